"""Passwords that are tried first: what many people use, also dressed up, and what others know of who signs in.

Twelve characters rule out nearly all of the common passwords there are lists of, and people put them on again by
adding digits. So a password is undressed before it is looked up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# What is read for what: "p@ssw0rd" for "password".
_DRESSED = str.maketrans("@4831!0$57", "aabeiiosst")
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop")
_SHORTEST_RUN = 4
_RUNS = re.compile(
    "|".join(
        row[first : first + length]
        for length in range(max(map(len, _ROWS)), _SHORTEST_RUN - 1, -1)
        for row in (*_ROWS, *(row[::-1] for row in _ROWS))
        for first in range(len(row) - length + 1)
    )
)
_LONGEST_REST = 3
# So many letters have to be left beside what everybody knows.
ENOUGH = 8

_KNOWN: list[Callable[[], Iterable[str]]] = []


def everybody_knows(words: Callable[[], Iterable[str]]) -> None:
    """Say what everybody knows of this install: its own name, its networks'. Said only in config/wiring.py."""
    _KNOWN.append(words)


class NotTriedFirst(CommonPasswordValidator):
    """Refuses a password many people use: as it stands on a list, said twice, or with digits and signs around it."""

    def validate(self, password: str, user: Any = None) -> None:
        is_common = any(each in self.passwords for each in _undressed(password))
        if is_common or len(_without_runs(_plain(password))) <= _LONGEST_REST:
            raise ValidationError(self.get_error_message(), code="password_too_common")

    def get_error_message(self) -> str:
        return _("Many people use a password like this, so it is tried first. Take three or four words in a row.")

    def get_help_text(self) -> str:
        return _("Nothing that many people use, and not the name of the group or your own address.")


def why_not_with(password: str, known: Iterable[str]) -> str | None:
    """Why not this password: others know some words of the one who signs in, ``known``, and of this install."""
    left, told = _plain(password), [*known, *(text for words in _KNOWN for text in words())]
    for word in sorted({each for text in told for each in _words_of(text)}, key=len, reverse=True):
        left = left.replace(word, " ")
    if left != _plain(password) and len(re.sub(r"[\W\d_]+", "", left)) < ENOUGH:
        return _("This is nearly the name of the group or your own address, which others know. Add two or three words.")
    return None


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


def _words_of(text: str) -> tuple[str, ...]:
    """A name or address, whole and in its words: "Elm Park Aid" -> "elmparkaid", "park"; ends of hosts say nothing."""
    plain = _plain(text)
    words = [word for word in re.split(r"[\W_]+", plain) if len(word) > 3]
    whole = re.sub(r"[\W_]+", "", plain)
    number = whole[-7:] if whole.isdigit() else ""  # a phone, without its country and area
    return tuple(word for word in (plain, whole, number, *words) if word)


def _undressed(password: str) -> set[str]:
    """A password, and what is left of it without digits, signs and letters in disguise, and said once."""
    plain = _plain(password)
    seen = {said for each in _without_edges(plain) for said in (each, each.translate(_DRESSED))}
    for text in (plain, plain.translate(_DRESSED)):
        seen |= {re.sub(r"[\W_]+", "", text), re.sub(r"[\W\d_]+", "", text)}
    # Said again and again: "monkeymonkey", and "202020" for each of its two readings, "20" and "2020".
    seen |= {each[:length] for each in tuple(seen) for length in range(1, len(each)) if _is_said_again(each, length)}
    # Two or three letters that are left are nobody's word.
    return {each for each in seen if len(each) > _LONGEST_REST}


def _is_said_again(text: str, length: int) -> bool:
    return len(text) % length == 0 and text == text[:length] * (len(text) // length)


def _without_edges(plain: str) -> Iterator[str]:
    """It without some of the digits and signs at its ends: "abc123" in "!!abc12312345678"."""
    found = re.fullmatch(r"([\W\d_]{0,20}).*?([\W\d_]{0,20})", plain, re.DOTALL)
    assert found is not None
    for first in range(len(found.group(1)) + 1):
        for last in range(len(found.group(2)) + 1):
            left = plain[first : len(plain) - last]
            # Of nothing but digits more than half: in a long number some short one stands always.
            if any(letter.isalpha() for letter in left) or len(left) * 2 >= len(plain):
                yield left


def _without_runs(plain: str) -> str:
    """What is left without keys that lie in a row, and without what is said again and again."""
    left = _RUNS.sub("", re.sub(r"^(.{1,4})\1+$|(.)\2{2,}", "", plain))
    return re.sub(r"[\W_]+", "", left)
