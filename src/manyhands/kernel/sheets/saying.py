"""Saying what a row says in one line."""

from __future__ import annotations

from collections.abc import Iterable

from manyhands.kernel.sheets.records import Need, Place


def place_in_words(place: Place) -> str:
    """Where, as the sheet says it, with the corner and the area behind an address that does not name them."""
    words = [place.words]
    for more in (place.cross_street, place.area):
        if more and more.casefold() not in " ".join(words).casefold():
            words.append(more)
    return ", ".join(word for word in words if word)


def needs_in_words(needs: Iterable[Need]) -> str:
    """What is wanted, with how many where that is said: "Groceries × 2 (no nuts), Diapers"."""
    return ", ".join(need_in_words(need) for need in needs)


def need_in_words(need: Need) -> str:
    """One thing, with how many and the details where they are said."""
    words = f"{need.what} × {need.quantity:g}" if need.quantity not in {None, 1} else need.what
    return f"{words} ({need.detail})" if need.detail else words
