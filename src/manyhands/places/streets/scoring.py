"""How well a name on the map fits the words somebody typed.

Each word weighs by how much it tells: rare ones most, the kind of street ("st", "av") little, small words next to
nothing. The score of a name is the weight of its words that were typed, each as surely as the typed word means it,
as a share of the weight of all its words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from manyhands.places.streets.lookup import Lookup, Name, Thing
from manyhands.places.streets.words import Sort, Word, category_of

KIND, SMALL, NUMBER, POSTCODE, UNKNOWN = 0.22, 0.05, 0.8, 0.2, 0.9
LEAST = 0.5  # a name that fits less is not looked at further
MOST_NAMES, MOST_MATCHES = 250, 100


@dataclass(frozen=True, slots=True)
class Match:
    """A thing whose name was typed: how well it fits, and which pieces of what was typed it uses."""

    thing: Thing
    score: float
    covered: frozenset[int]


@dataclass(slots=True)
class Unit:
    """One word as it may be meant: whole, a part of one that was written as two, or two that were written apart."""

    covers: frozenset[int]
    means: dict[str, float]


@dataclass(slots=True)
class Heard:
    """What was typed, with what each word may mean on this map.

    A word is one piece, or two where it holds two ("Landstrasse"); ``first[n]`` is the first piece of word n.
    """

    words: Sequence[Word]
    lookup: Lookup
    units: list[Unit] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    kinds: frozenset[int] = frozenset()  # pieces that say what kind of street it is
    telling: frozenset[int] = frozenset()  # pieces that are words of this map's names

    def __post_init__(self) -> None:
        kinds, telling = set(), set()
        for word in self.words:
            piece = len(self.weights)
            self.first.append(piece)
            means = self._means(word)
            if word.parts:
                stem = self.lookup.alike(word.parts[0])
                self.units.append(Unit(frozenset({piece, piece + 1}), means))
                self.units.append(Unit(frozenset({piece}), stem))
                self.units.append(Unit(frozenset({piece + 1}), {word.parts[1]: 1.0}))
                self.weights += [self._weight(Sort.NAMES, word.parts[0], stem), KIND]
                kinds.add(piece + 1)
            else:
                self.units.append(Unit(frozenset({piece}), means))
                self.weights.append(self._weight(word.sort, word.text, means))
                if word.sort is Sort.KIND:
                    kinds.add(piece)
            if word.sort is Sort.NAMES and max(means.values(), default=0.0) >= 0.95:
                telling.add(piece)
        self.kinds, self.telling = frozenset(kinds), frozenset(telling)
        self._weigh_postcodes()
        for one, other, piece in zip(self.words, self.words[1:], self.first, strict=False):
            joined = one.text.rstrip("_") + other.text.rstrip("_")
            if one.sort is Sort.NAMES and not one.parts and not other.parts and self.lookup.knows(joined):
                self.units.append(Unit(frozenset({piece, piece + 1}), {joined: 1.0}))

    def _weigh_postcodes(self) -> None:
        """Beside a shorter number, a long one the map doesn't know is a postcode, and says little."""
        numbers = [(word, piece) for word, piece in zip(self.words, self.first, strict=True) if word.number is not None]
        shortest = min((len(word.text) for word, _ in numbers), default=0)
        for word, piece in numbers:
            if len(word.text) > max(3, shortest) and not self.lookup.knows(word.text):
                self.weights[piece] = POSTCODE

    def _means(self, word: Word) -> dict[str, float]:
        if word.sort is not Sort.NAMES:
            return {word.text: 0.95 if word.sort is Sort.NUMBER else 1.0}
        means = self.lookup.alike(word.text)
        category = category_of(word.text)
        return {**means, category: 0.95} if category and self.lookup.knows(category) else means

    def _weight(self, sort: Sort, text: str, means: dict[str, float]) -> float:
        match sort:
            case Sort.KIND:
                return KIND
            case Sort.SMALL:
                return SMALL
            case Sort.NUMBER:
                return NUMBER
        known = max(means, key=lambda each: means[each], default="")
        # A word of two letters that the map doesn't know is a state or a country more often than a street.
        return self.lookup.weight(known) if known else UNKNOWN if len(text) > 2 else 0.2

    def share(self, worths: Mapping[int, float]) -> float:
        """The weight of these pieces, each with its worth, as a share of the weight of all that was typed."""
        return sum(self.weights[piece] * worth for piece, worth in worths.items()) / (sum(self.weights) or 1.0)


def matches(heard: Heard, lookup: Lookup) -> list[Match]:
    """The things whose names were typed, the best first; of each the name that fits best."""
    meant: dict[str, float] = {}
    for unit in heard.units:
        for text, sure in unit.means.items():
            meant[text] = max(sure, meant.get(text, 0.0))
    gains: dict[int, float] = defaultdict(float)
    for text, names in lookup.names_with(meant).items():
        gain = meant[text] * _weight(text, lookup)
        for name in names:
            gains[name] += gain
    likely = sorted(gains, key=lambda name: (-gains[name], name))[:MOST_NAMES]
    best: dict[int, tuple[float, frozenset[int]]] = {}
    for named in lookup.names(likely).values():
        score, covered = _fit(named, heard, lookup)
        if score >= LEAST and (named.thing not in best or score > best[named.thing][0]):
            best[named.thing] = score, covered
    kept = sorted(best, key=lambda thing: (-best[thing][0] - heard.share(dict.fromkeys(best[thing][1], 1.0)), thing))
    things = lookup.things(kept[:MOST_MATCHES])
    return [Match(things[key], *best[key]) for key in kept[:MOST_MATCHES]]


def _weight(text: str, lookup: Lookup) -> float:
    if text.endswith("~"):
        return SMALL
    return KIND if text.endswith("_") else lookup.weight(text)


def _fit(name: Name, heard: Heard, lookup: Lookup) -> tuple[float, frozenset[int]]:
    used: set[int] = set()
    whole = got = 0.0
    of_another_kind = False
    for text, parts in name.words:
        weight = sum(_weight(part, lookup) for part in parts) if parts else _weight(text, lookup)
        whole += weight
        sure, covers = _best_unit(text.rstrip("~"), heard, used)
        if parts and sure < 1.0:
            in_parts, both = 0.0, frozenset[int]()
            for part in parts:
                one, covering = _best_unit(part, heard, used)
                in_parts += one * _weight(part, lookup)
                both |= covering
            if in_parts / weight > sure:
                sure, covers = in_parts / weight, both
        got += sure * weight
        used |= covers
        of_another_kind |= text.endswith("_") and not sure
    # "26th Street" was typed, and this is 26th Avenue.
    doubt = 0.85 if of_another_kind and heard.kinds - used else 1.0
    return got / whole * doubt if whole else 0.0, frozenset(used)


def _best_unit(text: str, heard: Heard, used: set[int]) -> tuple[float, frozenset[int]]:
    best, covers = 0.0, frozenset[int]()
    for unit in heard.units:
        sure = unit.means.get(text, 0.0)
        if sure > best and not unit.covers & used:
            best, covers = sure, unit.covers
    return best, covers
