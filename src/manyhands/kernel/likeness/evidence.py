"""What speaks for and against two records being one person: the levels on which two records are compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log2

from rapidfuzz.distance import OSA, JaroWinkler

from manyhands.kernel.likeness.names import UNKNOWN, Alike, Kind, Shape, compare
from manyhands.kernel.likeness.people import Ready

BESIDES = 1_500  # people there are besides, whom a small circle does not know: who is rare in it may not be rare


@dataclass(frozen=True, slots=True)
class Circle:
    """The people among whom two are compared: how many they are, and how many share a word, a phone or an address."""

    many: int
    words: Mapping[str, int]
    ways: Mapping[str, int]

    def rarity(self, word: str) -> float:
        """How much it says that two have this word in their name: bits, 1 to 12."""
        return min(12.0, max(1.0, log2((self.many + BESIDES) / (self.words.get(word, 1) + 1))))

    def sharers(self, way: str) -> int:
        """How many people can be reached at this phone or address."""
        return self.ways.get(way, 1)


def circle_of(people: Iterable[Ready]) -> Circle:
    """Count what these people share."""
    words: Counter[str] = Counter()
    ways: Counter[str] = Counter()
    many = 0
    for each in people:
        many += 1
        words.update({word for name in each.names for word in name.words})
        ways.update(each.phones)
        ways.update(each.emails)
        if home := door_of(each):
            ways[home] += 1
    return Circle(many, words, ways)


def door_of(each: Ready) -> str:
    """A home as one text, where it is known to the door; else ""."""
    return f"{each.number} {each.street}" if each.number and each.street else ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """How two records compare: on each level either there or not (1.0), some with a measure in bits."""

    levels: Mapping[str, float]
    names: Alike
    words: tuple[tuple[str, str, Kind], ...] = ()


def compare_people(one: Ready, two: Ready, circle: Circle) -> Evidence:
    """Compare two records. What is missing on either side says nothing and is on no level."""
    levels: dict[str, float] = {}
    names = _best_names(one, two, circle, levels)
    ways = list(_ways(one, two, circle, levels))
    ways += _home(one, two, circle, levels)
    _born(one.born, two.born, levels)
    if names.shape is Shape.PARTLY and ways:
        levels["household"] = 1.0
    elif names.shape is Shape.NONE and ways:
        levels["strangers_share"] = 1.0
    if "born differ" in levels and ways:
        levels["ages_share"] = 1.0
    return Evidence(levels, names, names.ties)


# ── Names ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _best_names(one: Ready, two: Ready, circle: Circle, levels: dict[str, float]) -> Alike:
    best, worth = UNKNOWN, -1.0
    for a in one.names:
        for b in two.names:
            alike = compare(a, b)
            now = _worth(alike, circle)
            if best is UNKNOWN or (-alike.shape, now) > (-best.shape, worth):
                best, worth = alike, now
    if best is UNKNOWN:
        return best
    if best.shape is Shape.NONE:
        levels["name none"] = 1.0
        return best
    levels[f"name {best.shape.name.lower()} {best.kind.name.lower()}"] = 1.0
    if best.turned:
        levels["name turned"] = 1.0
    sure = sum(_rarity(a, b, circle) for a, b, kind in best.ties if kind is Kind.SAME)
    nearly = sum(_rarity(a, b, circle) for a, b, kind in best.ties if kind in {Kind.SPELT, Kind.SHORT, Kind.TYPO})
    levels["rarity sure"], levels["rarity nearly"] = sure, nearly
    return best


def _worth(alike: Alike, circle: Circle) -> float:
    return sum(_rarity(a, b, circle) / (1 + kind) for a, b, kind in alike.ties)


def _rarity(one: str, two: str, circle: Circle) -> float:
    return min(circle.rarity(one), circle.rarity(two))


# ── Ways to reach them ───────────────────────────────────────────────────────────────────────────────────────────────


def _ways(one: Ready, two: Ready, circle: Circle, levels: dict[str, float]) -> Iterator[str]:
    for what, mine, theirs, near in (
        ("phone", one.phones, two.phones, _near_phone),
        ("email", one.emails, two.emails, _near_email),
    ):
        if not mine or not theirs:
            continue
        if both := mine & theirs:
            levels[f"{what} same"] = 1.0
            # An office's phone, a shelter's address: the more share it, the less it says.
            many = min(circle.sharers(way) for way in both)
            if many > 2:
                levels["shared by many"] = max(levels.get("shared by many", 0.0), log2(many / 2))
            yield what
        elif any(near(a, b) for a in mine for b in theirs):
            levels[f"{what} near"] = 1.0
        else:
            levels[f"{what} differ"] = 1.0


@lru_cache(maxsize=100_000)
def _near_phone(one: str, two: str) -> bool:
    return abs(len(one) - len(two)) <= 1 and OSA.distance(one, two, score_cutoff=1) <= 1


@lru_cache(maxsize=100_000)
def _near_email(one: str, two: str) -> bool:
    mine, theirs = one.partition("@")[0], two.partition("@")[0]
    if mine == theirs:
        return len(mine) >= 5
    # Mary12 and mary31 are two Marys.
    if "".join(filter(str.isdigit, mine)) != "".join(filter(str.isdigit, theirs)):
        return False
    return len(mine) >= 5 and OSA.distance(one, two, score_cutoff=2) <= 2


# ── Where they live ──────────────────────────────────────────────────────────────────────────────────────────────────


def _home(one: Ready, two: Ready, circle: Circle, levels: dict[str, float]) -> list[str]:
    found: list[str] = []
    if one.postcode and two.postcode:
        levels[f"postcode {_near_code(one.postcode, two.postcode)}"] = 1.0
    if one.place and two.place:
        levels[f"place {_near_text(one.place, two.place)}"] = 1.0
    if one.street and two.street:
        street = _near_text(one.street, two.street)
        if one.number and two.number:
            house = "same" if one.number == two.number else "near" if _near_number(one.number, two.number) else "differ"
        else:
            house = "unknown"
        levels[f"street {street}, house {house}" if street != "differ" else "street differ"] = 1.0
        if street != "differ" and house == "same":
            found.append("home")
            many = max(circle.sharers(door_of(one)), circle.sharers(door_of(two)))
            if many > 4:
                levels["shared by many"] = max(levels.get("shared by many", 0.0), log2(many / 4))
    return found


def _near_number(one: str, two: str) -> bool:
    """One house number is what is left of the other, or one digit is another."""
    return one in two or two in one or (len(one) > 1 and OSA.distance(one, two) == 1)


@lru_cache(maxsize=100_000)
def _near_code(one: str, two: str) -> str:
    if one == two:
        return "same"
    if OSA.distance(one, two) == 1:
        return "near"
    if len(one) > 4 and len(two) > 4 and one[:-3] == two[:-3]:
        return "district"
    return "differ"


@lru_cache(maxsize=200_000)
def _near_text(one: str, two: str) -> str:
    if one == two:
        return "same"
    if one.replace(" ", "") == two.replace(" ", "") or JaroWinkler.similarity(one, two) >= 0.9:
        return "near"
    mine, theirs = set(one.split()), set(two.split())
    if mine <= theirs or theirs <= mine or OSA.normalized_similarity(one, two) >= 0.7:
        return "near"
    return "differ"


# ── When they were born ──────────────────────────────────────────────────────────────────────────────────────────────


def _born(one: str, two: str, levels: dict[str, float]) -> None:
    if len(one) < 4 or len(two) < 4:
        return
    if len(one) != 8 or len(two) != 8:
        levels["born year" if one[:4] == two[:4] else "born differ"] = 1.0
        return
    if one == two:
        # A first of January is often just a year.
        levels["born newyear" if one[4:] == "0101" else "born same"] = 1.0
    elif (one[:4], one[4:6], one[6:]) == (two[:4], two[6:], two[4:6]) or OSA.distance(one, two) == 1:
        levels["born near"] = 1.0
    elif one[:4] == two[:4] or one[4:] == two[4:] or OSA.distance(one, two) == 2:
        levels["born partly"] = 1.0
    else:
        levels["born differ"] = 1.0
