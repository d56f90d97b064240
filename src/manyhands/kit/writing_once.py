"""Small files of which whoever comes first makes the only one. Knows nothing of Django: the settings need it."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from pathlib import Path

# Disks that know no second name for a file: memory sticks, many shares.
NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}


def write_once(file: Path, text: str) -> None:
    """Write a file that is whole or not there, and that only the first of several processes makes.

    Where the disk knows no links, whoever comes at the very same moment may find less than the whole.
    """
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    _write(draft, text)
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        with contextlib.suppress(FileExistsError):
            _write(file, text)
    finally:
        draft.unlink()
    sync_folder(file.parent)


def remove(file: Path) -> None:
    """Remove such a file, and what a process that was killed while it wrote one left behind. It need not be there."""
    for each in (file, *file.parent.glob(f".{file.name}.*")):
        each.unlink(missing_ok=True)
    sync_folder(file.parent)


def _write(file: Path, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
    except BaseException:
        file.unlink()
        raise


def sync_folder(folder: Path) -> None:
    """Wait until the disk knows the names of the files in a folder: a crash may lose one that nobody waited for."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
