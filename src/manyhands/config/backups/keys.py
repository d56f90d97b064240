"""The key of a backup: drawn from the root key of the ring, which never lies in a backup.

A sealed house draws one by lot for each backup and puts it into the backup's first lines as a letter to itself. So it
can be backed up while it is shut, and read only once it is open.
"""

from __future__ import annotations

from pathlib import Path

from manyhands.config.backups import archive
from manyhands.config.backups.archive import Unreadable
from manyhands.config.backups.databases import CannotCopy
from manyhands.kernel import sealing
from manyhands.kit import ring

ABOUT = b"backup key"
SHUT = "The house is sealed and shut: open it first (manyhands keys open; without a server, manyhands keys hold)."


def backup_key() -> bytes:
    """The backup key of a locked cabinet, or why it can't be had."""
    try:
        return ring.index_key("backup")
    except ring.RingTrouble as trouble:
        raise CannotCopy(str(trouble)) from None


def key_for_new() -> tuple[bytes, bytes]:
    """The key of a new backup, and the letter that goes into it; no letter where the house opens by itself."""
    try:
        if not ring.is_sealed():
            return backup_key(), b""
        key = sealing.fresh_key()
        return key, sealing.seal_letter(ring.the_ring().public_half("backup"), key, about=ABOUT)
    except ring.RingTrouble as trouble:
        raise CannotCopy(str(trouble)) from None


def key_to(path: Path) -> bytes:
    """The key of a backup that is there; :class:`CannotCopy` while the house is shut."""
    try:
        with path.open("rb") as file:
            letter = archive.read_header(file).letter
    except OSError as error:
        raise Unreadable(f"{path} can't be read ({error.strerror}).") from None
    if not letter:
        return backup_key()
    try:
        return sealing.open_letter(ring.the_ring().private_half("backup"), letter, about=ABOUT)
    except ring.Shut:
        raise CannotCopy(SHUT) from None
    except ring.RingTrouble as trouble:
        raise CannotCopy(str(trouble)) from None
    except sealing.Broken:
        # Another ring's; the archive says so in its own words.
        return backup_key()
