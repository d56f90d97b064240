"""The bytes an entry is made of, and how one is tied to the one before."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

BEFORE_ALL = bytes(32)  # what the first entry of a chain is tied to
SALT_BYTES = 16
FIELDS = ("by", "subject", "details")  # what could tell about people, in the order of the commitments


def canonical(value: Any) -> str:
    """One text for one value, whichever database it has been through: PostgreSQL gives 1e3 back as 1000."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        number = Decimal(repr(value))
        if not number.is_finite():
            raise ValueError("The journal holds no number that is not finite.")
        whole = format(number, "f")
        return (whole.rstrip("0").rstrip(".") if "." in whole else whole) if number else "0"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(key)}:{canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, Sequence):
        return "[" + ",".join(canonical(each) for each in value) + "]"
    raise TypeError(f"The journal can't hold {type(value).__name__}.")


def commit(salt: bytes, field: str, value: Any) -> bytes:
    """What stands in the chain for a value: nothing can be told from it without the salt."""
    return hmac.digest(salt, f"{field}={canonical(value)}".encode(), "sha256")


def commitments_of(salts: Sequence[bytes], values: Sequence[Any]) -> bytes:
    """The commitments to all of an entry's values, one after the other."""
    return b"".join(commit(salt, field, value) for salt, field, value in zip(salts, FIELDS, values, strict=True))


def body_of(*, at: datetime, network: UUID | None, verb: str, commitments: bytes) -> bytes:
    """What an entry brings to the chain."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    text = f"manyhands journal 1\n{moment}\n{network or ''}\n{canonical(verb)}\n"
    return hashlib.sha256(text.encode() + commitments).digest()


def digest_of(before: bytes, number: int, body: bytes) -> bytes:
    """What vouches for an entry and all before it."""
    return hashlib.sha256(before + number.to_bytes(8, "big", signed=True) + body).digest()
