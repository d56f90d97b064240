"""What a job may carry: ids, numbers and codes. It outlives what it is about, and is read by whoever mends things."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# An id, a date, a code, a dotted name: no spaces, no "@", nothing that could be someone's words, name or address.
_CODE = re.compile(r"[A-Za-z0-9_.:/+-]{0,120}")


def why_not_carry(value: Any) -> str | None:
    """Why a job can't carry this; for developers, so it is not translated."""
    match value:
        case None | bool() | int() | float():
            return None
        case str():
            return None if _CODE.fullmatch(value) else "A job carries ids and codes, not text."
        case list() | tuple():
            return next((why for why in map(why_not_carry, value) if why), None)
        case Mapping():
            return next((why for pair in value.items() for why in map(why_not_carry, pair) if why), None)
        case _:
            return f"A job carries ids and codes, not {type(value).__name__}."
