"""Phone numbers and e-mail addresses as people write them, and as we keep them."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

NOTHING = {"", "none", "no", "n/a", "na", "-", "nil", "ninguno", "ninguna", "لا يوجد"}
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+")


@dataclass(frozen=True, slots=True)
class Reach:
    """One way to reach someone: ``kind`` is "phone", "email" or "other"; ``value`` is E.164, lower case or as typed."""

    kind: str
    value: str
    typed: str


def understand(typed: str, region: str) -> Reach | None:
    """Understand one line as a phone, an e-mail address or another way; ``None`` where it says there is none.

    ``region`` is the ISO 3166 country a number without a country code belongs to.
    """
    text = " ".join(typed.split())
    if text.lower().strip(".") in NOTHING:
        return None
    if match := _EMAIL.search(text):
        return Reach("email", match.group().lower(), text)
    if number := phone(text, region):
        return Reach("phone", number, text)
    return Reach("other", text, text)


def phone(typed: str, region: str) -> str | None:
    """The number in E.164 ("+17185550101"), or ``None`` where the text is not a possible number of that country."""
    if sum(sign.isdigit() for sign in typed) < 6:
        return None
    try:
        number = phonenumbers.parse(typed, region or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def readable(value: str) -> str:
    """An E.164 number as people read it out; anything else unchanged."""
    if not value.startswith("+"):
        return value
    try:
        number = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return value
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
