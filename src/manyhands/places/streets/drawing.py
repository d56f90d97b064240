"""The step `map` of an import: what a light street map is drawn from, so small that every page may carry some of it.

Roads by what they are, water, green, rails, houses and names, as whole numbers on a square that is the world in
Mercator's projection, 2^24 wide: a tile of zoom 15 is 512 of them across. They lie in an SQLite file with an index of
where each lies; nothing of it is about anyone.
"""

from __future__ import annotations

import math
import sqlite3
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SHAPE = 1
FILE = "map.sqlite3"
WORLD = 2**24
FINEST = 15
TILE = WORLD >> FINEST
HIGHEST = 85.05  # degrees; Mercator has no poles

# What is drawn, from below to above, with the first zoom it is drawn at.
GREEN, WATER, HOUSE, STREAM, RIVER, RAIL, PATH, LANE, STREET, MIDDLE, MAIN, TRUNK, NAME = range(13)
FIRST_ZOOM = {
    GREEN: 11, WATER: 8, HOUSE: 15, STREAM: 14, RIVER: 10, RAIL: 11, PATH: 15, LANE: 15, STREET: 13, MIDDLE: 11,
    MAIN: 9, TRUNK: 8, NAME: 8,
}  # fmt: skip
COARSE = 12  # up to this zoom only what FIRST_ZOOM calls for by then is looked at: it has an index of its own
_ROADS = {
    "motorway": TRUNK, "trunk": TRUNK, "motorway_link": TRUNK, "trunk_link": TRUNK, "primary": MAIN,
    "primary_link": MAIN, "secondary": MIDDLE, "secondary_link": MIDDLE, "tertiary": MIDDLE, "tertiary_link": MIDDLE,
    "residential": STREET, "unclassified": STREET, "living_street": STREET, "pedestrian": STREET, "road": STREET,
    "service": LANE, "track": LANE, "footway": PATH, "path": PATH, "cycleway": PATH, "steps": PATH, "bridleway": PATH,
}  # fmt: skip
_GREEN = {
    "leisure": {"park", "garden", "golf_course", "nature_reserve", "playground", "pitch"},
    "landuse": {"forest", "cemetery", "recreation_ground", "village_green", "allotments", "orchard", "vineyard"},
    "natural": {"wood", "scrub", "heath"},
}
_NAMED_FROM = {
    "city": 8, "town": 10, "borough": 12, "suburb": 12, "village": 11, "quarter": 13, "neighbourhood": 14, "hamlet": 14,
}  # fmt: skip

_TABLES = """
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;
CREATE TABLE box (south REAL, west REAL, north REAL, east REAL);
CREATE TABLE line (id INTEGER PRIMARY KEY, sort INTEGER, name TEXT, zoom INTEGER, rings BLOB);
CREATE VIRTUAL TABLE coarse USING rtree_i32(id, west, east, north, south);
CREATE VIRTUAL TABLE fine USING rtree_i32(id, west, east, north, south);
"""


def make(file: Path, folder: Path, tell: Callable[[float], None]) -> dict[str, int]:
    """Read the extract and write FILE into the folder. Says how much of what will be drawn."""
    path = folder / FILE
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    counts: dict[int, int] = {}
    reach = [WORLD, WORLD, 0, 0]
    try:
        db.executescript(_TABLES)
        for key, (sort, name, zoom, rings) in enumerate(_read(file), start=1):
            counts[sort] = counts.get(sort, 0) + 1
            west, east, north, south = _keep(db, key, sort, name, zoom, rings)
            reach = [min(reach[0], west), min(reach[1], north), max(reach[2], east), max(reach[3], south)]
            if key % 20_000 == 0:
                tell(1 - 1 / (1 + key / 200_000))  # nobody knows how many there are
        if counts:
            (north_end, west_end), (south_end, east_end) = _degrees(*reach[:2]), _degrees(*reach[2:])
            db.execute("INSERT INTO box VALUES (?, ?, ?, ?)", (south_end, west_end, north_end, east_end))
        db.commit()
    finally:
        db.close()
    roads = sum(counts.get(sort, 0) for sort in (PATH, LANE, STREET, MIDDLE, MAIN, TRUNK))
    water = counts.get(WATER, 0) + counts.get(RIVER, 0) + counts.get(STREAM, 0)
    names = counts.get(NAME, 0)
    return {
        "roads": roads,
        "waters": water,
        "greens": counts.get(GREEN, 0),
        "houses": counts.get(HOUSE, 0),
        "names": names,
    }


def spot(lat: float, lon: float) -> tuple[int, int]:
    """A place as whole numbers on the square: from the west, and from the north."""
    sine = math.sin(math.radians(max(-HIGHEST, min(HIGHEST, lat))))
    north = 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)
    return int((lon + 180) / 360 * WORLD), int(north * WORLD)


def _degrees(x: int, y: int) -> tuple[float, float]:
    """Latitude and longitude of a spot on the square."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / WORLD)))), x / WORLD * 360 - 180


def _keep(
    db: sqlite3.Connection, key: int, sort: int, name: str, zoom: int, rings: list[array[int]]
) -> tuple[int, int, int, int]:
    """Write one thing down. Where it lies: its western, eastern, northern and southern end."""
    xs = [x for ring in rings for x in ring[::2]]
    ys = [y for ring in rings for y in ring[1::2]]
    lengths = array("i", [len(rings), *(len(ring) // 2 for ring in rings)])
    blob = lengths.tobytes() + b"".join(ring.tobytes() for ring in rings)
    db.execute("INSERT INTO line VALUES (?, ?, ?, ?, ?)", (key, sort, name, zoom, blob))
    where = key, min(xs), max(xs), min(ys), max(ys)
    if zoom <= COARSE:
        db.execute("INSERT INTO coarse VALUES (?, ?, ?, ?, ?)", where)
    else:
        db.execute("INSERT INTO fine VALUES (?, ?, ?, ?, ?)", where)
    return where[1:]


def rings_in(blob: bytes) -> list[array[int]]:
    """The corners of a line as they were kept: from the west and from the north in turn, ring after ring."""
    numbers = array("i", blob)
    count = numbers[0]
    rings, at = [], count + 1
    for length in numbers[1 : count + 1]:
        rings.append(numbers[at : at + 2 * length])
        at += 2 * length
    return rings


def _read(file: Path) -> Iterator[tuple[int, str, int, list[array[int]]]]:
    """What is drawn: its sort, its name, the first zoom it is drawn at, and its rings or its one line."""
    import osmium

    keys = ("highway", "waterway", "railway", "place", "natural", "landuse", "leisure", "building")
    wanted = osmium.filter.KeyFilter(*keys)
    outlines = osmium.filter.KeyFilter("natural", "landuse", "leisure", "building", "waterway")
    stream = osmium.FileProcessor(str(file)).with_locations().with_areas(outlines).with_filter(wanted)
    for thing in stream:
        tags = thing.tags
        if isinstance(thing, osmium.osm.Area):
            sort = _area(tags)
            rings = [_corners(ring) for ring in _rings(thing)] if sort is not None else []
            rings = [ring for ring in rings if len(ring) > 6]
            if sort is not None and rings:
                yield sort, "", FIRST_ZOOM[sort], rings
        elif isinstance(thing, osmium.osm.Way):
            sort = _way(tags)
            line = _corners(thing.nodes) if sort is not None else array("i")
            if sort is not None and len(line) > 2:
                yield sort, (tags.get("name") or "")[:60] if "highway" in tags else "", FIRST_ZOOM[sort], [line]
        elif isinstance(thing, osmium.osm.Node):
            zoom = _NAMED_FROM.get(tags.get("place") or "")
            if zoom is not None and "name" in tags and thing.location.valid():
                yield NAME, tags["name"][:40], zoom, [array("i", spot(thing.location.lat, thing.location.lon))]


def _rings(area: Any) -> Iterator[Any]:
    for outer in area.outer_rings():
        yield outer
        yield from area.inner_rings(outer)


def _corners(nodes: Any) -> array[int]:
    """The corners on the square; what falls on one number twice is there once."""
    line = array("i")
    for node in nodes:
        if node.location.valid():
            corner = spot(node.location.lat, node.location.lon)
            if len(line) < 2 or (line[-2], line[-1]) != corner:
                line.extend(corner)
    return line


def _way(tags: Any) -> int | None:
    if "highway" in tags:
        return _ROADS.get(tags["highway"]) if tags.get("area") != "yes" else None
    if tags.get("railway") in {"rail", "light_rail", "tram", "narrow_gauge", "subway"}:
        return RAIL if tags.get("tunnel") != "yes" else None
    if tags.get("waterway") in {"river", "canal"}:
        return RIVER
    return STREAM if tags.get("waterway") in {"stream", "ditch", "drain"} else None


def _area(tags: Any) -> int | None:
    if tags.get("natural") in {"water", "bay"} or tags.get("waterway") == "riverbank":
        return WATER
    if tags.get("landuse") in {"reservoir", "basin"}:
        return WATER
    if any(tags.get(key) in values for key, values in _GREEN.items()):
        return GREEN
    return HOUSE if tags.get("building", "no") != "no" else None
