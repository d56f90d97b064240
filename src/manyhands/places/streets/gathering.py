"""What an extract of OpenStreetMap says about finding: streets, houses, crossings, landmarks and places.

Reads the file twice, as a stream; only what has a name or a house number is kept.
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import osmium

NAMES = ("name", "alt_name", "short_name", "official_name", "loc_name", "int_name", "old_name", "nat_name", "reg_name")
PLACES = (
    "city", "town", "village", "hamlet", "suburb", "quarter", "neighbourhood", "borough", "locality",
    "isolated_dwelling", "country", "state", "region", "county", "island", "municipality", "district", "allotments",
    "square",
)  # fmt: skip
LANDMARKS = (
    "amenity", "shop", "tourism", "leisure", "office", "historic", "healthcare", "railway", "public_transport",
    "building", "man_made", "craft", "club", "landuse", "aeroway", "natural",
)  # fmt: skip
NO_LANDMARK = {
    "railway": {"rail", "abandoned", "disused", "tram", "subway", "platform", "level_crossing", "signal", "switch"},
    "landuse": set(),
    "natural": {"tree", "water", "wetland", "wood", "scrub", "glacier", "ridge", "valley", "cliff"},
    "historic": {"boundary_stone", "wayside_cross"},
}
LANDUSES = {"cemetery", "commercial", "industrial", "retail", "recreation_ground", "allotments"}
MOST_STEPS = 400  # houses between the two ends of an interpolation


@dataclass(slots=True)
class Way:
    """A named piece of street: its names, and its corners as latitude and longitude in turn."""

    names: tuple[str, ...]
    nodes: array[int]
    corners: array[float]


@dataclass(slots=True)
class House:
    """A number and where it is; ``street`` as it is written there."""

    street: str
    number: str
    lat: float
    lon: float
    city: str = ""
    postcode: str = ""
    suburb: str = ""
    is_reckoned: bool = False  # between two ends of an interpolation


@dataclass(slots=True)
class Spot:
    """A landmark or a place with its names; ``sort`` is the value of the tag that says what it is."""

    names: tuple[str, ...]
    sort: str
    lat: float
    lon: float


@dataclass(slots=True)
class Gathered:
    """Everything an extract says."""

    ways: list[Way] = field(default_factory=list)
    houses: list[House] = field(default_factory=list)
    places: list[Spot] = field(default_factory=list)
    landmarks: list[Spot] = field(default_factory=list)
    around: tuple[str, ...] = ()  # what all of it lies in: a county, a country


def gather(file: Path) -> Gathered:
    """Read an extract. Raises ``RuntimeError`` (osmium's) where the file is none."""
    found = Gathered()
    outlines = dict(_relations_with_houses(file))
    houses_at: dict[int, int] = {}  # node to its house, for interpolations
    interpolations: list[tuple[dict[str, str], list[int]]] = []
    found.around = _around(file)
    keys = ("addr:housenumber", "addr:interpolation", "highway", "place", "name", *LANDMARKS)
    # Without the locations of all nodes ways have none; those of one city fit in memory.
    stream = osmium.FileProcessor(str(file), osmium.osm.NODE | osmium.osm.WAY).with_locations("flex_mem")
    bare = osmium.filter.EmptyTagFilter()
    bare.enable_for(osmium.osm.NODE)  # a way without tags may be the outline of a house
    for thing in stream.with_filter(bare):
        tags = thing.tags
        if isinstance(thing, osmium.osm.Node):
            before = len(found.houses)
            if thing.location.valid():
                _take(found, tags, thing.location.lat, thing.location.lon)
            if "addr:housenumber" in tags and len(found.houses) > before:
                houses_at[thing.id] = before
        elif isinstance(thing, osmium.osm.Way):
            if not any(key in tags for key in keys) and thing.id not in outlines:
                continue
            corners = array("d")
            nodes = array("q")
            for node in thing.nodes:
                if node.location.valid():
                    corners.extend((node.location.lat, node.location.lon))
                    nodes.append(node.ref)
            if not nodes:
                continue
            if "highway" in tags and names_of(tags) and "area" not in tags:
                found.ways.append(Way(names_of(tags), nodes, corners))
            elif "addr:interpolation" in tags:
                interpolations.append((dict(tags), list(nodes)))
            lat, lon = sum(corners[::2]) / len(nodes), sum(corners[1::2]) / len(nodes)
            if "highway" not in tags or "addr:housenumber" in tags:
                _take(found, tags, lat, lon)
            for told in outlines.get(thing.id, ()):
                _take(found, told, lat, lon)
    for told, ends in interpolations:
        found.houses += _between([found.houses[houses_at[node]] for node in ends if node in houses_at], told)
    return found


def _relations_with_houses(file: Path) -> Iterator[tuple[int, list[dict[str, str]]]]:
    """By the way that draws their outline: relations that have a number or a name."""
    by_way: dict[int, list[dict[str, str]]] = defaultdict(list)
    for relation in osmium.FileProcessor(str(file), osmium.osm.RELATION):
        if isinstance(relation, osmium.osm.Relation) and relation.tags.get("type") == "multipolygon":
            outer = next((each.ref for each in relation.members if each.type == "w" and each.role != "inner"), None)
            if outer is not None and ("addr:housenumber" in relation.tags or "name" in relation.tags):
                by_way[outer].append({tag.k: tag.v for tag in relation.tags})
    yield from by_way.items()


def _around(file: Path) -> tuple[str, ...]:
    """The names of the wide areas that lie wholly in the extract, which so is about them."""
    borders: list[tuple[tuple[str, ...], list[int]]] = []
    for relation in osmium.FileProcessor(str(file), osmium.osm.RELATION):
        tags = relation.tags
        is_wide = tags.get("boundary") == "administrative" and tags.get("admin_level") in {"2", "3", "4", "5", "6"}
        # "Austria — Hungary" is a border, not what lies within it.
        is_border = re.search(r"\s[—–-]\s|^$", tags.get("name") or "")
        if isinstance(relation, osmium.osm.Relation) and is_wide and not is_border:
            borders.append((names_of(tags), [each.ref for each in relation.members if each.type == "w"]))
    there = {way.id for way in osmium.FileProcessor(str(file), osmium.osm.WAY)} if borders else set()
    return tuple(name for names, ways in borders if ways and there.issuperset(ways) for name in names)


def _take(found: Gathered, tags: Any, lat: float, lon: float) -> None:
    if "addr:housenumber" in tags:
        street = tags.get("addr:street") or tags.get("addr:place") or tags.get("addr:city") or ""
        for number in re.split(r"[;,]", tags["addr:housenumber"])[:20]:
            if number.strip() and street:
                found.houses.append(
                    House(
                        street,
                        number.strip()[:20],
                        lat,
                        lon,
                        (tags.get("addr:city") or "").strip(),
                        (tags.get("addr:postcode") or "").strip(),
                        (tags.get("addr:suburb") or tags.get("addr:district") or "").strip(),
                    )
                )
    if "name" not in tags:
        return
    place = "neighbourhood" if tags.get("landuse") == "residential" else tags.get("place")
    if place in PLACES:
        found.places.append(Spot(names_of(tags), place, lat, lon))
        return
    for key in LANDMARKS:
        sort = tags.get(key)
        if sort and sort != "no" and sort not in NO_LANDMARK.get(key, ()) and (key != "landuse" or sort in LANDUSES):
            found.landmarks.append(Spot(names_of(tags), key if sort == "yes" else sort, lat, lon))
            return


def names_of(tags: Any) -> tuple[str, ...]:
    """The name, then what else it is called, in every language the map knows, without repeating."""
    said: dict[str, None] = {}
    for key in NAMES:
        said.update(dict.fromkeys(_several(tags.get(key))))
    for tag in tags if not isinstance(tags, dict) else ():
        if tag.k.startswith("name:") and tag.k.count(":") == 1 and len(tag.k) < 13:
            said.update(dict.fromkeys(_several(tag.v)))
    shorter = (re.sub(r"\s*\([^)]*\)", "", name) for name in tuple(said))
    said.update(dict.fromkeys(name for name in shorter if name))
    return tuple(said)


def _several(said: str | None) -> Iterable[str]:
    return [part.strip()[:120] for part in said.split(";") if part.strip()] if said else []


def _between(ends: list[House], told: dict[str, str]) -> Iterator[House]:
    """The houses an interpolation stands for, between its ends, evenly."""
    every = {"odd": 2, "even": 2, "all": 1}.get(told["addr:interpolation"])
    for first, last in pairwise(ends):
        numbers = [re.match(r"\d{1,6}", each.number) for each in (first, last)]
        if every is None or numbers[0] is None or numbers[1] is None or first.street != last.street:
            continue
        low, high = int(numbers[0][0]), int(numbers[1][0])
        step = every if high > low else -every
        if abs(high - low) > MOST_STEPS * every:
            continue
        for number in range(low + step, high, step):
            share = (number - low) / (high - low)
            lat, lon = first.lat + share * (last.lat - first.lat), first.lon + share * (last.lon - first.lon)
            yield House(first.street, str(number), lat, lon, first.city, first.postcode, first.suburb, is_reckoned=True)
