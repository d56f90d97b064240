"""Small files of which whoever comes first makes the only one. Knows nothing of Django: the settings need it."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path


def write_once(file: Path, text: str) -> None:
    """Write a file that is whole or not there, and that only the first of several processes makes."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
    finally:
        draft.unlink()
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the disk knows the names of the files in a folder: a crash may lose one that nobody waited for."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
