"""The step `addresses` of an import: an extract of OpenStreetMap becomes a small file in which places are found.

The file is SQLite, written once and only read afterwards. It holds things (streets, landmarks, places and postcodes)
with their names in folded words, the words with the names they occur in, the houses of each street, and where two
streets cross.
"""

from __future__ import annotations

import math
import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from manyhands.kernel.geo import METRES_PER_DEGREE
from manyhands.places.streets import gathering
from manyhands.places.streets.gathering import Gathered, House, Spot
from manyhands.places.streets.words import Sort, Word, category_word, numbers_in, words_of_name

SHAPE = 1
FILE = "addresses.sqlite3"
ONE_STREET = 900.0  # metres: pieces of one name and one town that are further apart are two streets
TOO_FAR = 2_500.0  # metres: a house further from its street stands in another of that name
MOST_CORNERS = 60  # kept of the course of a street
# How far a place reaches where the map doesn't say, in metres, and how strongly it draws streets towards itself.
REACHES = {
    "city": 9_000, "town": 4_000, "village": 2_000, "municipality": 4_000, "borough": 4_000, "suburb": 1_800,
    "quarter": 1_200, "neighbourhood": 800, "hamlet": 800, "locality": 900, "isolated_dwelling": 400, "island": 5_000,
    "allotments": 600, "district": 15_000, "square": 200, "county": 60_000, "state": 400_000, "region": 100_000,
    "country": 2_000_000,
}  # fmt: skip
TOWNS = {"city": 4.0, "town": 2.0, "village": 1.0, "municipality": 1.0, "hamlet": 0.5}
STREET, LANDMARK, PLACE, POSTCODE = "street", "landmark", "place", "postcode"

_TABLES = """
CREATE TABLE thing (id INTEGER PRIMARY KEY, kind TEXT, sort TEXT, name TEXT, town INTEGER, lat REAL, lon REAL,
    reach REAL, line INTEGER, course BLOB);
CREATE TABLE name (id INTEGER PRIMARY KEY, thing INTEGER, words TEXT);
CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT, names INTEGER);
CREATE TABLE posting (word INTEGER, name INTEGER, PRIMARY KEY (word, name)) WITHOUT ROWID;
CREATE TABLE house (street INTEGER, number INTEGER, label TEXT, lat REAL, lon REAL, reckoned INTEGER,
    PRIMARY KEY (street, number, label, lat, lon)) WITHOUT ROWID;
CREATE TABLE crossing (street INTEGER, other INTEGER, lat REAL, lon REAL,
    PRIMARY KEY (street, other, lat, lon)) WITHOUT ROWID;
"""


def make(file: Path, folder: Path, tell: Callable[[float], None]) -> dict[str, int]:
    """Read the extract and write FILE into the folder. Says how many streets, houses, crossings and words it holds."""
    found = gathering.gather(file)
    tell(0.7)
    store = _Store(folder / FILE)
    try:
        return store.fill(found)
    finally:
        store.close()


class _Store:
    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._db = sqlite3.connect(path)
        self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _TABLES)
        self._words: dict[str, int] = {}
        self._counts: list[int] = []
        self._postings: array[int] = array("q")
        self._names = 0
        self._things = 0

    def close(self) -> None:
        self._db.close()

    def fill(self, found: Gathered) -> dict[str, int]:
        towns = self._places(found.places, found.houses)
        if found.around and found.places:
            middle = found.places[0]
            self.thing(PLACE, "country", found.around, None, middle.lat, middle.lon, float(REACHES["country"]))
        streets = _Streets(self, towns)
        streets.take(found)
        for spot in found.landmarks:
            self.thing(LANDMARK, spot.sort, spot.names, towns.of(spot.lat, spot.lon), spot.lat, spot.lon, 60.0)
        self._finish()
        with closing(self._db.cursor()) as cursor:
            count = {
                "streets": "SELECT count(*) FROM thing WHERE kind = 'street'",
                "houses": "SELECT count(*) FROM house",
                "crossings": "SELECT count(*) / 2 FROM crossing",
                "landmarks": "SELECT count(*) FROM thing WHERE kind = 'landmark'",
                "places": "SELECT count(*) FROM thing WHERE kind IN ('place', 'postcode')",
                "words": "SELECT count(*) FROM word",
            }
            return {what: cursor.execute(question).fetchone()[0] for what, question in count.items()}

    def _places(self, places: list[Spot], houses: list[House]) -> _Towns:
        towns = _Towns()
        known: set[tuple[str, ...]] = set()
        for spot in places:
            reach = float(REACHES[spot.sort])
            key = self.thing(PLACE, spot.sort, spot.names, None, spot.lat, spot.lon, reach)
            known.update(_folded(words_of_name(name)) for name in spot.names)
            towns.add(key, spot)
        for kind, sort, attribute in ((PLACE, "city", "city"), (PLACE, "suburb", "suburb"), (POSTCODE, "", "postcode")):
            for name, spots in _by(houses, attribute).items():
                if _folded(words_of_name(name)) in known:
                    continue
                lat, lon = np.median(spots, axis=0)
                far = np.quantile(_metres(spots, (lat, lon)), 0.9)
                key = self.thing(kind, sort, (name,), None, float(lat), float(lon), float(far) + 300)
                if sort == "city":
                    towns.add(key, Spot((name,), "village", float(lat), float(lon)))
        return towns

    def thing(
        self,
        kind: str,
        sort: str,
        names: Iterable[str],
        town: int | None,
        lat: float,
        lon: float,
        reach: float,
        line: int | None = None,
        course: bytes | None = None,
    ) -> int:
        """Keep one thing under all its names; the first is the one it is shown by."""
        # A name of nothing but a semicolon is none.
        named = list(names) or [""]
        self._things += 1
        self._db.execute(
            "INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (self._things, kind, sort, named[0], town, round(lat, 7), round(lon, 7), round(reach), line, course),
        )
        for words in dict.fromkeys(words for name in named if (words := words_of_name(name))):
            self._name(words)
        if kind == LANDMARK and (category := category_word(sort)):
            self._name((Word(category, Sort.NAMES),))
        return self._things

    def _name(self, words: tuple[Word, ...]) -> None:
        self._names += 1
        self._db.execute("INSERT INTO name VALUES (?, ?, ?)", (self._names, self._things, " ".join(map(_kept, words))))
        posted = {text for word in words if word.sort is not Sort.SMALL for text in (word.text, *word.parts)}
        for text in posted:
            key = self._words.setdefault(text, len(self._words))
            if key == len(self._counts):
                self._counts.append(0)
            self._counts[key] += 1
            self._postings.extend((key, self._names))

    def houses(self, rows: Iterable[tuple[int, int, str, float, float, int]]) -> None:
        self._db.executemany("INSERT OR IGNORE INTO house VALUES (?, ?, ?, ?, ?, ?)", rows)

    def crossings(self, rows: Iterable[tuple[int, int, float, float]]) -> None:
        self._db.executemany("INSERT OR IGNORE INTO crossing VALUES (?, ?, ?, ?)", rows)

    def _finish(self) -> None:
        rows = [(key, text, self._counts[key]) for text, key in self._words.items()]
        self._db.executemany("INSERT INTO word VALUES (?, ?, ?)", rows)
        pairs = np.array(self._postings, dtype=np.int64).reshape(-1, 2)
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        self._db.executemany("INSERT INTO posting VALUES (?, ?)", pairs.tolist())
        self._db.executescript("CREATE INDEX name_of ON name (thing); ANALYZE;")
        self._db.commit()


def _folded(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple(word.text for word in words)


def _kept(word: Word) -> str:
    """A word as it lies in the file: two parts are behind it, and small words end in a tilde."""
    if word.parts:
        return f"{word.text}={'+'.join(word.parts)}"
    return word.text + "~" if word.sort is Sort.SMALL else word.text


def _by(houses: list[House], attribute: str) -> dict[str, Any]:
    spots: dict[str, array[float]] = defaultdict(lambda: array("d"))
    for house in houses:
        if name := getattr(house, attribute):
            spots[name].extend((house.lat, house.lon))
    return {name: np.array(many).reshape(-1, 2) for name, many in spots.items()}


def _metres(spots: Any, middle: tuple[float, float]) -> Any:
    """How far each is from the middle, on a plane: these are the ends of one town."""
    north = (spots[:, 0] - middle[0]) * METRES_PER_DEGREE
    east = (spots[:, 1] - middle[1]) * METRES_PER_DEGREE * math.cos(math.radians(middle[0]))
    return np.hypot(north, east)


class _Towns:
    """The towns of the extract, and which of them a spot belongs to: the nearest, the larger ones further."""

    def __init__(self) -> None:
        self._keys: list[int] = []
        self._spots: list[tuple[float, float]] = []
        self._pull: list[float] = []

    def add(self, key: int, spot: Spot) -> None:
        if spot.sort in TOWNS:
            self._keys.append(key)
            self._spots.append((spot.lat, spot.lon))
            self._pull.append(TOWNS[spot.sort])

    def of(self, lat: float, lon: float) -> int | None:
        if not self._keys:
            return None
        far = _metres(np.array(self._spots), (lat, lon)) / np.array(self._pull)
        nearest = int(np.argmin(far))
        return self._keys[nearest] if far[nearest] < 8_000 else None


class _Streets:
    """Pieces of street put together by name, town and nearness; then their houses and where they cross."""

    def __init__(self, store: _Store, towns: _Towns) -> None:
        self._store, self._towns = store, towns
        self._lines = 0  # a street that runs through several towns is several, of one line
        self._of_name: dict[tuple[str, ...], list[tuple[int, Any]]] = defaultdict(list)

    def take(self, found: Gathered) -> None:
        way_of: list[int] = [0] * len(found.ways)
        alike: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, way in enumerate(found.ways):
            alike[_folded(words_of_name(way.names[0]))].append(number)
        for folded, numbers in alike.items():
            for together in _near_ones([_spots_of(found.ways[number].corners) for number in numbers]):
                self._lines += 1
                by_town: dict[int | None, list[int]] = defaultdict(list)
                for each in together:
                    by_town[self._town_of(found.ways[numbers[each]])].append(numbers[each])
                for town, mine in by_town.items():
                    names = dict.fromkeys(name for each in mine for name in found.ways[each].names)
                    key = self._street(folded, names, town, [_spots_of(found.ways[each].corners) for each in mine])
                    for each in mine:
                        way_of[each] = key
        self._houses(found.houses)
        self._cross(found, way_of)

    def _town_of(self, way: gathering.Way) -> int | None:
        middle = len(way.nodes) // 2 * 2
        return self._towns.of(way.corners[middle], way.corners[middle + 1])

    def _street(self, folded: tuple[str, ...], names: Iterable[str], town: int | None, pieces: list[Any]) -> int:
        spots = np.concatenate(pieces)
        middle = spots.mean(axis=0)
        # On the street, not beside its bend.
        lat, lon = spots[np.argmin(_metres(spots, (middle[0], middle[1])))]
        reach = float(_metres(spots, (lat, lon)).max())
        thin = spots[:: max(1, len(spots) // MOST_CORNERS)]
        course = np.round(thin * 1e6).astype("<i4").tobytes()
        key = self._store.thing(STREET, "", names, town, float(lat), float(lon), reach, self._lines, course)
        self._of_name[folded].append((key, spots))
        return key

    def _houses(self, houses: list[House]) -> None:
        by_name: dict[str, list[House]] = defaultdict(list)
        for house in houses:
            by_name[house.street].append(house)
        for name, many in by_name.items():
            self._number(name, many)

    def _number(self, name: str, houses: list[House]) -> None:
        folded = _folded(words_of_name(name))
        spots = np.array([(house.lat, house.lon) for house in houses])
        streets, far = self._nearest(folded, spots)
        lost = [index for index, metres in enumerate(far) if metres > TOO_FAR]
        if lost:  # the map knows houses there and no street, or writes its name in another way
            by_town: dict[int | None, list[int]] = defaultdict(list)
            for index in lost:
                by_town[self._towns.of(*spots[index])].append(index)
            for town, indices in by_town.items():
                for together in _near_ones([spots[[index]] for index in indices]):
                    mine = [indices[each] for each in together]
                    self._lines += 1
                    key = self._street(folded, (name,), town, [spots[mine]])
                    for index in mine:
                        streets[index] = key
        self._store.houses(
            (int(street), number, label, round(house.lat, 7), round(house.lon, 7), int(house.is_reckoned))
            for street, house in zip(streets, houses, strict=True)
            for number, label in _numbers(house.number)
        )

    def _nearest(self, folded: tuple[str, ...], spots: Any) -> tuple[list[int], list[float]]:
        streets = self._of_name.get(folded, ())
        if not streets:
            return [0] * len(spots), [math.inf] * len(spots)
        squeeze = np.array([METRES_PER_DEGREE, METRES_PER_DEGREE * math.cos(math.radians(spots[0][0]))])
        tree = cKDTree(np.concatenate([course for _, course in streets]) * squeeze)
        whose = np.concatenate([np.full(len(course), key) for key, course in streets])
        far, which = tree.query(spots * squeeze)
        return whose[which].tolist(), far.tolist()

    def _cross(self, found: Gathered, way_of: list[int]) -> None:
        nodes = np.concatenate([np.array(way.nodes) for way in found.ways] or [np.zeros(0, np.int64)])
        streets = np.repeat(np.array(way_of, dtype=np.int64), [len(way.nodes) for way in found.ways])
        spots = np.concatenate([_spots_of(way.corners) for way in found.ways] or [np.zeros((0, 2))])
        order = np.argsort(nodes, kind="stable")
        nodes, streets, spots = nodes[order], streets[order], spots[order]
        ends = np.flatnonzero(np.r_[True, nodes[1:] != nodes[:-1], True])
        for start, end in pairwise(ends):
            if end - start > 1 and len(met := set(streets[start:end].tolist())) > 1:
                lat, lon = (round(float(degree), 7) for degree in spots[start])
                self._store.crossings((one, other, lat, lon) for one in met for other in met if one != other)


def _spots_of(corners: array[float]) -> Any:
    return np.frombuffer(corners).reshape(-1, 2)


def _near_ones(pieces: list[Any]) -> Iterable[list[int]]:
    """Which of the pieces are near enough to one another, or to one between them, to be one street."""
    if len(pieces) == 1:
        return [[0]]
    spots = np.concatenate(pieces)
    whose = np.repeat(np.arange(len(pieces)), [len(piece) for piece in pieces])
    metres = spots * [METRES_PER_DEGREE, METRES_PER_DEGREE * math.cos(math.radians(spots[0][0]))]
    # Cells as wide as the gap: what lies in neighbouring ones belongs together. Pairs of all would be too many.
    cells, cell_of = np.unique(np.floor(metres / ONE_STREET).astype(np.int64), axis=0, return_inverse=True)
    near = cKDTree(cells).query_pairs(1.5, output_type="ndarray")
    size = len(pieces) + len(cells)
    rows = np.r_[whose, near[:, 0] + len(pieces)]
    columns = np.r_[cell_of.reshape(-1) + len(pieces), near[:, 1] + len(pieces)]
    links = coo_array((np.ones(len(rows)), (rows, columns)), shape=(size, size))
    _, label = connected_components(links, directed=False)
    groups: dict[int, list[int]] = defaultdict(list)
    for piece, group in enumerate(label[: len(pieces)].tolist()):
        groups[group].append(piece)
    return groups.values()


def _numbers(said: str) -> Iterable[tuple[int, str]]:
    """The numbers one house answers to, with the label it is told by: "12-16" is 12 and 16 and what lies between."""
    for first, label in numbers_in(said):
        ends = label.split("-")
        last = int(ends[1]) if len(ends) == 2 and ends[1].isdigit() else first
        if first < last <= first + 40:
            step = 2 if (last - first) % 2 == 0 else 1
            yield from ((number, label) for number in range(first, last + 1, step))
        else:
            yield first, label
