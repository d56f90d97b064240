"""What the ring opens by itself with, in the locked cabinet: a file beside it, or a text the host hands in."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from pathlib import Path

from manyhands.kernel import sealing
from manyhands.kit.ring.troubles import RingTrouble

UNATTENDED = "unattended.key"


def opener_in(folder: Path, given: str, *, make: bool = False) -> bytes:
    """The key of the unattended slot: from the text given (MANYHANDS_ROOT_KEY), else from the file in the folder."""
    text = given or _kept(folder / UNATTENDED, make=make)
    return sealing.derive(hashlib.sha256(text.encode()).digest(), "unattended slot")


def _kept(file: Path, *, make: bool) -> str:
    try:
        text = file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        if not make:
            raise RingTrouble(
                f"The key ring is there, but {file}, which opens it, is not. Bring it back, or set MANYHANDS_ROOT_KEY."
            ) from None
        _write_once(file, secrets.token_urlsafe(48))
        return _kept(file, make=False)
    except (OSError, UnicodeError) as error:
        raise RingTrouble(f"{file} can't be read: {error}.") from None
    if len(text) < 32:
        raise RingTrouble(f"{file} is no key: it is shorter than 32 signs.")
    return text


def _write_once(file: Path, text: str) -> None:
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
    """Wait until the disk knows the names of the files in a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
