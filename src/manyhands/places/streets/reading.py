"""The roads of a map as rows of numbers: junctions and bends, the pieces between them, and how fast each one is."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from manyhands.kernel.geo import METRES_PER_DEGREE, Floats, Integers
from manyhands.places.streets import speeds

LIGHT, SIGN, BARRED = 1, 2, 4  # what a point may be; BARRED is shifted by the number of the mode


@dataclass(frozen=True)
class Roads:
    """Points in degrees, and pieces of road from one point to another.

    ``marks``: lights, signs and what bars the way, by point (bits). ``pace``: metres a second of each piece, a row for
    each of `speeds.MODES`, forth and back (modes × 2 × pieces). ``ways``: how many roads they were cut from.
    """

    lats: Floats
    lons: Floats
    marks: Integers
    tails: Integers
    heads: Integers
    metres: Floats
    pace: Floats
    ways: int


def read_roads(file: Path, tell: Callable[[float], None]) -> Roads:
    """Read every road of a map that somebody may use on foot, by bike or by car."""
    import osmium

    # Points of ways in one long row; each way takes `counts` of them.
    refs, xs, ys, counts, kinds = array("q"), array("i"), array("i"), array("q"), array("q")
    paces: dict[tuple[speeds.Pace, speeds.Pace, speeds.Pace], int] = {}
    marked: dict[int, int] = {}
    keys = osmium.filter.KeyFilter("highway", "barrier", "route", "crossing")
    kinds_read = osmium.osm.NODE | osmium.osm.WAY
    for thing in osmium.FileProcessor(str(file), kinds_read).with_locations().with_filter(keys):
        tags = cast(speeds.Tags, thing.tags)
        if isinstance(thing, osmium.osm.Node):
            if mark := _mark(tags):
                marked[thing.id] = mark
            continue
        if not isinstance(thing, osmium.osm.Way):
            continue
        found = speeds.of_way(tags)
        if found == (speeds.NO_WAY,) * 3:
            continue
        count = 0
        for node in thing.nodes:
            place = node.location
            if place.valid():  # the map may have been cut out of a larger one
                refs.append(node.ref)
                xs.append(place.x)
                ys.append(place.y)
                count += 1
        counts.append(count)
        kinds.append(paces.setdefault(found, len(paces)))
        if len(counts) % 20_000 == 0:
            tell(1 - 1 / (1 + len(counts) / 100_000))  # nobody knows how many there are
    return _cut(refs, xs, ys, counts, kinds, list(paces), marked)


def _mark(tags: speeds.Tags) -> int:
    mark = 0
    if tags.get("highway") == "traffic_signals" or tags.get("crossing") == "traffic_signals":
        mark |= LIGHT
    if tags.get("highway") in {"give_way", "stop"}:
        mark |= SIGN
    if barrier := tags.get("barrier"):
        for number, barred in enumerate(speeds.bars(barrier, tags)):
            mark |= BARRED << number if barred else 0
    return mark


def _cut(
    refs: array[int],
    xs: array[int],
    ys: array[int],
    counts: array[int],
    kinds: array[int],
    paces: list[tuple[speeds.Pace, speeds.Pace, speeds.Pace]],
    marked: dict[int, int],
) -> Roads:
    names, firsts, points = np.unique(np.array(refs, dtype=np.int64), return_index=True, return_inverse=True)
    lats = np.array(ys, dtype=np.float64)[firsts] / 1e7
    lons = np.array(xs, dtype=np.float64)[firsts] / 1e7
    way_of = np.repeat(np.arange(len(counts)), np.array(counts, dtype=np.int64))
    inside = np.flatnonzero(way_of[1:] == way_of[:-1])
    tails, heads = points[inside], points[inside + 1]
    kind = np.array(kinds, dtype=np.int64)[way_of[inside]]
    apart = tails != heads
    tails, heads, kind = tails[apart], heads[apart], kind[apart]
    table = np.array([[list(pace) for pace in each] for each in paces], dtype=np.float64).reshape(-1, 3, 2)
    marks = np.zeros(len(names), dtype=np.int64)
    ids = np.array(sorted(marked), dtype=np.int64)
    if len(ids) and len(names):
        rows = np.minimum(np.searchsorted(names, ids), len(names) - 1)
        on_roads = names[rows] == ids
        marks[rows[on_roads]] = [marked[int(i)] for i in ids[on_roads]]
    return Roads(
        lats, lons, marks, tails, heads, _metres(lats, lons, tails, heads), table[kind].transpose(1, 2, 0), len(counts)
    )


def _metres(lats: Floats, lons: Floats, tails: Integers, heads: Integers) -> Floats:
    """Metres over the ground along each piece."""
    middle = np.radians((lats[tails] + lats[heads]) / 2)
    north = lats[heads] - lats[tails]
    east = (lons[heads] - lons[tails] + 180) % 360 - 180
    # Pieces are short: the globe is flat along them, to a millionth.
    return np.hypot(north, east * np.cos(middle)) * METRES_PER_DEGREE
