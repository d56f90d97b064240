"""Short codes people read out over the phone: no letter that looks or sounds like another."""

from __future__ import annotations

import secrets

ALPHABET = "23456789ACDEFHJKMNPQRTUVWXY"
LENGTH = 5


def fresh_code() -> str:
    """A new code of :data:`LENGTH` signs; the caller makes sure it is not taken."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def as_spoken(typed: str) -> str:
    """What someone typed, as a code: upper case, without blanks and dashes."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())
