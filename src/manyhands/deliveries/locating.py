"""Rows of a sheet that say where only in words, put where the street map of the install surely finds them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from manyhands.kernel.sheets import Place, Record


class Spot(NamedTuple):
    """Where something was found, in degrees; ``is_rough`` where only its street is known."""

    lat: float
    lon: float
    is_rough: bool


Find = Callable[[str], Spot | None]
"""Looks up a place as it is written; None where it is not sure."""


@dataclass(frozen=True, slots=True)
class Located:
    """The rows, those that were found with their point, and how many that are; ``roughly`` of them by the street."""

    records: tuple[Record, ...]
    found: int
    roughly: int


def located(records: Sequence[Record], find: Find) -> Located:
    """Look up every row that has no point. The words are tried with the town first, then without."""
    known: dict[str, Spot | None] = {}
    found = roughly = 0
    rows = []
    for record in records:
        place, spot = record.place, None
        if place.lat is None and place.words:
            for words in _ways_to_say(place):
                if words not in known:
                    known[words] = find(words)
                spot = spot or known[words]
        if spot is not None:
            found, roughly = found + 1, roughly + spot.is_rough
            record = replace(record, place=replace(place, lat=spot.lat, lon=spot.lon))  # noqa: PLW2901
        rows.append(record)
    return Located(tuple(rows), found, roughly)


def _ways_to_say(place: Place) -> Sequence[str]:
    more = [part for part in (place.city, place.postcode) if part and part.casefold() not in place.words.casefold()]
    return [", ".join([place.words, *more]), place.words] if more else [place.words]


def told(asks: Located, helpers: Located) -> Sequence[str]:
    """What was put on the map, in a sentence; nothing where nothing was."""
    if not asks.found and not helpers.found:
        return []
    rough = asks.roughly + helpers.roughly
    by_street = f"; {rough} of them only somewhere in their street" if rough else ""
    sentence = f"Found on the street map by their words: {asks.found} asks and {helpers.found} helpers{by_street}."
    return [f"{sentence} “lat” and “lon” in their rows are more exact."]
