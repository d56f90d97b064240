"""Small maps to bring in: written as .osm.pbf, each a few ways on a plain near the equator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import osmium

from manyhands.kernel.geo import METRES_PER_DEGREE, Point


def at(east: float, north: float) -> Point:
    """A place so many metres east and north of 0°, 10°."""
    return Point(north / METRES_PER_DEGREE, 10 + east / METRES_PER_DEGREE)


Spot = tuple[float, float]


def write_map(
    file: Path,
    ways: Sequence[tuple[Mapping[str, str], Sequence[Spot]]],
    points: Mapping[Spot, Mapping[str, str]] | None = None,
) -> Path:
    """A map with these ways (tags, and spots in metres); ways that name the same spot meet there."""
    points, ids = points or {}, {}
    for spot in [*points, *(spot for _tags, spots in ways for spot in spots)]:
        ids.setdefault(spot, len(ids) + 1)
    file.unlink(missing_ok=True)
    with osmium.SimpleWriter(str(file)) as writer:
        for spot, number in ids.items():
            place = at(*spot)
            writer.add_node(
                osmium.osm.mutable.Node(id=number, location=(place.lon, place.lat), tags=dict(points.get(spot, {})))
            )
        for number, (tags, spots) in enumerate(ways, 1):
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=[ids[spot] for spot in spots], tags=dict(tags)))
    return file


STREET = {"highway": "residential"}
CROSS = [(STREET, [(-500, 0), (0, 0), (500, 0)]), (STREET, [(0, -500), (0, 0), (0, 500)])]
