"""Finding a place as people type it, on the machine itself: ranked candidates, each with how exactly it is known.

How it ranks is told in docs/explanation/finding-places.md.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from manyhands.kernel.geo import METRES_PER_DEGREE
from manyhands.kernel.sheets.points import parse_point
from manyhands.places.streets import scoring
from manyhands.places.streets.lookup import Door, Lookup, Thing
from manyhands.places.streets.scoring import Heard, Match
from manyhands.places.streets.words import Sort, Word, streets_that_cross, words_typed

SURE = 0.74  # of 1: from here on a single candidate is taken without asking
APART = 0.09  # a second one less than this behind makes it unsure which is meant
SAME_SPOT = 150.0  # metres: two candidates nearer to each other than this are one answer
ONE_HOUSE = 50.0  # metres its entrances and its outline may lie apart
LONG_STREET = 1_500.0  # metres from its middle: "somewhere in it" is no place any more
WIDE_AREA = 12_000.0
MOST = 6
NEXT_DOOR = 12  # numbers apart, at most, for the houses on both sides to tell where one between them is


class Exactness(StrEnum):
    """How exactly a candidate is known."""

    DOOR = "door"  # this very number
    NEAR = "near"  # a house nearby
    CROSSING = "crossing"
    LANDMARK = "landmark"
    STREET = "street"  # somewhere in it
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Near:
    """Where the one who asks mostly means: a middle, and how many metres around it."""

    lat: float
    lon: float
    metres: float


@dataclass(frozen=True, slots=True)
class Found:
    """One candidate. ``label`` says it plainly in the map's own names; ``score`` is up to 1, to be compared only."""

    label: str
    lat: float
    lon: float
    exactness: Exactness
    score: float
    is_sure: bool = False
    lines: frozenset[int] = frozenset()  # the streets it lies in, through all towns

    @property
    def key(self) -> str:
        """Tells it from the other candidates of one question, also later."""
        return f"{self.lat:.5f},{self.lon:.5f},{self.exactness}"


class Finder:
    """Finds places in one folder of streets. Safe to share between threads."""

    def __init__(self, file: Path) -> None:
        self._lookup = Lookup(file)

    def find(self, text: str, *, near: Near | None = None, most: int = MOST) -> list[Found]:
        """Candidates for a place as it was typed, the best first; the first says whether it is sure.

        Nothing is written down of what was asked.
        """
        point = parse_point(text) if any(letter.isdigit() for letter in text) else None
        if point is not None:
            return [Found(f"{point.lat:.5f}, {point.lon:.5f}", point.lat, point.lon, Exactness.DOOR, 1.0, True)]
        typed = words_typed(text)
        if not any(word.sort is not Sort.SMALL for word in typed.words):
            return []
        candidates = self._addresses(typed.words, near)
        for left, right in streets_that_cross(text):
            candidates += self._crossings(left, right, near)
        if typed.is_rough:
            candidates = [_roughly(each) for each in candidates]
        return _ranked(candidates, most)

    def _addresses(self, words: Sequence[Word], near: Near | None) -> list[Found]:
        heard = Heard(words, self._lookup)
        matches = scoring.matches(heard, self._lookup)
        contexts = [each for each in matches if each.thing.kind in {"place", "postcode"}]
        named = {each.covered for each in contexts if each.score > 0.95}
        found: list[Found] = []
        for match in matches:
            if match.thing.kind == "street":
                found += self._in_street(match, heard, contexts, near)
                continue
            said = _with_contexts(match, contexts, heard)
            if match.thing.kind == "landmark":
                # A café may bear the name of its village, and "Meadow Road" is no house called Meadow.
                doubt = 0.85 if match.covered in named else 0.8 if heard.kinds - said.covered else 1.0
                found.append(self._told(match, heard, said, Exactness.LANDMARK, near, doubt=doubt))
            else:
                found.append(self._told(match, heard, said, Exactness.AREA, near))
        return found + self._met(matches, contexts, heard, near)

    def _met(self, matches: list[Match], contexts: list[Match], heard: Heard, near: Near | None) -> list[Found]:
        """Where two streets meet that were named one after the other, with nothing between that says so."""
        streets = {each.thing.key: each for each in matches if each.thing.kind == "street"}
        if len({each.covered for each in streets.values()}) < 2:
            return []
        met: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
        for one, other, lat, lon in self._lookup.crossings(list(streets), list(streets)):
            if min(streets[one].covered) < min(streets[other].covered):
                met[one, other].append((lat, lon))
        found = []
        for (one, other), spots in met.items():
            first, second = streets[one], streets[other]
            if first.covered & second.covered:
                continue
            both = replace(first, covered=first.covered | second.covered, score=math.sqrt(first.score * second.score))
            said = _with_contexts(both, contexts, heard)
            score = 0.97 * both.score * (0.35 + 0.65 * heard.share(dict.fromkeys(said.covered, 1.0))) * said.agrees
            found.append(self._crossing(first.thing, second.thing, spots, score, near, heard.telling <= said.covered))
        return found

    def _in_street(self, match: Match, heard: Heard, contexts: list[Match], near: Near | None) -> list[Found]:
        """The house that was asked for, the nearest to it, or the street."""
        thing, said = match.thing, _with_contexts(match, contexts, heard)
        found: list[Found] = []
        for word, piece in zip(heard.words, heard.first, strict=True):
            if word.number is None or piece in said.covered or len(found) == 3:
                continue
            doors = self._lookup.doors(thing.key, word.number)
            spot = _at_number(doors, word)
            if spot is None:
                # Where the map knows no house at all, this one may well stand there.
                worth = 0.7 if doors or self._lookup.has_doors(thing.key) else 0.85
                found.append(self._told(match, heard, said, Exactness.STREET, near, number=(piece, worth)))
                continue
            lat, lon, exactness, worth = spot
            there = replace(match, thing=replace(thing, lat=lat, lon=lon, reach=0.0))
            label, beside = f"{thing.name} {word.text}", _with_contexts(there, contexts, heard)
            found.append(self._told(there, heard, beside, exactness, near, number=(piece, worth), label=label))
        return found or [self._told(match, heard, said, Exactness.STREET, near)]

    def _told(
        self,
        match: Match,
        heard: Heard,
        said: Said,
        exactness: Exactness,
        near: Near | None,
        *,
        number: tuple[int, float] | None = None,
        label: str = "",
        doubt: float = 1.0,
    ) -> Found:
        thing = match.thing
        if thing.kind == "street" and heard.kinds - said.covered:
            doubt *= 0.93  # "Mill Road" was typed, and this is only called "Mill"
        worths = dict.fromkeys(said.covered, 1.0) | ({number[0]: number[1]} if number else {})
        score = match.score * (0.35 + 0.65 * heard.share(worths)) * said.agrees * doubt * _nearness(thing, near)
        # A word of the map that this leaves out may be what was meant.
        may_be_sure = not heard.telling - said.covered
        may_be_sure &= exactness is not Exactness.STREET or thing.reach <= LONG_STREET
        # In so wide a place it could be anywhere.
        may_be_sure &= exactness is not Exactness.AREA or thing.reach <= WIDE_AREA
        told = self._label(label or thing.name, thing)
        return Found(told, thing.lat, thing.lon, exactness, score, may_be_sure, _lines(thing))

    def _label(self, name: str, thing: Thing) -> str:
        town = self._lookup.name_of(thing.town) if thing.town else ""
        return f"{name}, {town}" if town and town != name else name

    def _crossings(self, left: str, right: str, near: Near | None) -> list[Found]:
        """Where two streets meet; one half may also name the town."""
        sides = [Heard(words_typed(text).words, self._lookup) for text in (left, right)]
        matches = [scoring.matches(side, self._lookup) for side in sides]
        streets = [{each.thing.key: each for each in some if each.thing.kind == "street"} for some in matches]
        contexts = [[each for each in some if each.thing.kind in {"place", "postcode"}] for some in matches]
        if not all(streets):
            return []
        met: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
        for one, other, lat, lon in self._lookup.crossings(list(streets[0])[:80], list(streets[1])[:80]):
            met[one, other].append((lat, lon))
        told = []
        for (one, other), spots in (met or self._nearly(streets[0], streets[1])).items():
            score = 1.0
            for side, match, places in zip(sides, (streets[0][one], streets[1][other]), contexts, strict=True):
                said = _with_contexts(match, places, side)
                score *= match.score * (0.35 + 0.65 * side.share(dict.fromkeys(said.covered, 1.0))) * said.agrees
            told.append(self._crossing(streets[0][one].thing, streets[1][other].thing, spots, math.sqrt(score), near))
        return told

    def _crossing(
        self,
        one: Thing,
        other: Thing,
        spots: list[tuple[float, float]],
        score: float,
        near: Near | None,
        may_be_sure: bool = True,
    ) -> Found:
        lat, lon = sorted(spots)[len(spots) // 2]
        is_one = max(_metres(lat, lon, *spot) for spot in spots) <= SAME_SPOT
        score *= _nearness(replace(one, lat=lat, lon=lon, reach=0.0), near)
        label = self._label(f"{one.name} / {other.name}", one)
        return Found(label, lat, lon, Exactness.CROSSING, score, is_one and may_be_sure, _lines(one, other))

    def _nearly(
        self, ones: dict[int, Match], others: dict[int, Match]
    ) -> dict[tuple[int, int], list[tuple[float, float]]]:
        """Streets that come within a few steps of each other without the map joining them, of the likeliest ones."""
        found = {}
        for one in list(ones)[:4]:
            for other in list(others)[:4]:
                if one == other or _apart(ones[one].thing, others[other].thing) > 0:
                    continue
                pairs = ((_metres(*a, *b), a) for a in self._lookup.course(one) for b in self._lookup.course(other))
                metres, spot = min(pairs, default=(math.inf, (0.0, 0.0)))
                if metres <= 60:
                    found[one, other] = [spot]
        return found


def _ranked(candidates: list[Found], most: int) -> list[Found]:
    """The best first, one for each spot; the first is sure where nothing else comes near it."""
    kept: list[Found] = []
    for each in sorted(candidates, key=lambda each: (-each.score, _rank(each), each.label)):
        if each.score < 0.3 or len(kept) >= most * 3:
            break
        if not any(_is_said_by(other, each) for other in kept):
            kept.append(each)
    if not kept:
        return []
    first = kept[0]
    rival = next((each.score for each in kept[1:]), 0.0)
    # The less it fits itself, the further behind the next one has to be.
    sure = first.is_sure and first.score >= SURE and first.score - rival >= APART + (1 - first.score) / 2
    return [replace(first, is_sure=sure), *(replace(each, is_sure=False) for each in kept[1:most])]


def _is_said_by(kept: Found, other: Found) -> bool:
    """Whether a worse candidate says nothing more: it is the same spot, or the street of what was found."""
    if other.exactness is Exactness.STREET and kept.exactness is not Exactness.STREET and other.lines:
        return other.lines <= kept.lines
    return _metres(kept.lat, kept.lon, other.lat, other.lon) <= SAME_SPOT


def _lines(*streets: Thing) -> frozenset[int]:
    return frozenset(street.line for street in streets if street.line is not None)


def _rank(found: Found) -> int:
    return list(Exactness).index(found.exactness)


def _roughly(found: Found) -> Found:
    exact = found.exactness in {Exactness.DOOR, Exactness.LANDMARK, Exactness.CROSSING}
    return replace(found, exactness=Exactness.NEAR) if exact else found


@dataclass(frozen=True, slots=True)
class Said:
    """The pieces a match and the places named beside it use, and how far those places agree with it, up to 1."""

    covered: frozenset[int]
    agrees: float


def _with_contexts(match: Match, contexts: Iterable[Match], heard: Heard) -> Said:
    """The town, the postcode and whatever else was named beside it, as far as they can be meant together."""
    weighed = []
    for context in contexts:
        if context.thing.key == match.thing.key or context.covered & match.covered or context.score < 0.6:
            continue
        fits = _agreement(match.thing, context.thing)
        weighed.append((fits, heard.share(dict.fromkeys(context.covered, context.score)), context))
    covered, agrees = match.covered, 1.0
    for fits, _, context in sorted(weighed, key=lambda each: (-each[0] * each[1], each[2].thing.key)):
        if not context.covered & covered and fits:
            covered |= context.covered
            agrees *= 0.65 + 0.35 * fits
    against = any(not fits and context.score > 0.9 and not context.covered & covered for fits, _, context in weighed)
    return Said(covered, agrees * (0.75 if against else 1.0))


def _agreement(thing: Thing, place: Thing) -> float:
    if thing.town == place.key:
        return 1.0
    apart = _metres(thing.lat, thing.lon, place.lat, place.lon)
    if apart <= place.reach:
        return 0.9
    return 0.3 if apart <= 2 * place.reach + thing.reach else 0.0


def _at_number(doors: list[Door], word: Word) -> tuple[float, float, Exactness, float] | None:
    """Where a number lies among the doors that were looked up, how exactly, and what that is worth."""
    if not doors or word.number is None:
        return None
    exact = [door for door in doors if door.label == word.text]
    same = [door for door in doors if door.number == word.number]
    for chosen, worth in ((exact, 1.0), (same, 0.9)):
        if chosen:
            door = chosen[0]
            # A number the map knows in two places is a door in neither.
            apart = max(_metres(door.lat, door.lon, other.lat, other.lon) for other in chosen)
            certain = apart <= ONE_HOUSE and (worth == 1.0 or word.text == str(word.number) or len(same) == 1)
            sort = Exactness.NEAR if door.is_reckoned or not certain else Exactness.DOOR
            return door.lat, door.lon, sort, worth
    before = [door for door in doors if door.number < word.number]
    after = [door for door in doors if door.number > word.number]
    if before and after and after[0].number - before[0].number <= NEXT_DOOR:
        share = (word.number - before[0].number) / (after[0].number - before[0].number)
        lat = before[0].lat + share * (after[0].lat - before[0].lat)
        lon = before[0].lon + share * (after[0].lon - before[0].lon)
        return lat, lon, Exactness.NEAR, 0.8
    nearest = min(doors, key=lambda door: abs(door.number - (word.number or 0)))
    if abs(nearest.number - word.number) <= 4:
        return nearest.lat, nearest.lon, Exactness.NEAR, 0.7
    return None


def _nearness(thing: Thing, near: Near | None) -> float:
    """1 within where the one who asks mostly means, 0.82 far beyond it."""
    if near is None:
        return 1.0
    beyond = _metres(thing.lat, thing.lon, near.lat, near.lon) - near.metres - thing.reach
    return 1.0 if beyond <= 0 else max(0.82, 1 - 0.18 * beyond / (near.metres + 1_000))


def _apart(one: Thing, other: Thing) -> float:
    return _metres(one.lat, one.lon, other.lat, other.lon) - one.reach - other.reach - 60


def _metres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    north = (lat - other_lat) * METRES_PER_DEGREE
    east = (lon - other_lon) * METRES_PER_DEGREE * math.cos(math.radians(lat))
    return math.hypot(north, east)
