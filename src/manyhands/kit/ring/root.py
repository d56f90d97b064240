"""What the ring opens by itself with, in the locked cabinet: a file beside it, or a text the host hands in."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

from manyhands.kernel import sealing
from manyhands.kit.ring.troubles import RingTrouble
from manyhands.kit.writing_once import write_once

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
        try:
            write_once(file, secrets.token_urlsafe(48))
        except OSError as error:
            raise RingTrouble(f"{file} can't be written: {error}.") from None
        return _kept(file, make=False)
    except (OSError, UnicodeError) as error:
        raise RingTrouble(f"{file} can't be read: {error}.") from None
    if len(text) < 32:
        raise RingTrouble(f"{file} is no key: it is shorter than 32 signs.")
    return text
