"""What can stand between a room and a key."""

from __future__ import annotations


class RingTrouble(Exception):
    """The ring can't be used. The text says why, for the host; it never holds a key."""


class Shut(RingTrouble):
    """The house is sealed and nobody has opened it yet."""


class Wrong(RingTrouble):
    """A passphrase or a share does not open the house. The text says so to whoever gave it."""


class Busy(RingTrouble):
    """Too many people try to open the house at once."""


class Gone(Exception):
    """The key was destroyed, and with it all it had sealed."""


class Missing(Exception):
    """There never was a key for this holder."""
