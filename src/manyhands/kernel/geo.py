"""Places on the globe: distances, travel times on straight lines, and the blurred cell a place lies in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_METRES = 6_371_008.8  # mean radius (IUGG)
METRES_PER_DEGREE = EARTH_RADIUS_METRES * math.pi / 180

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


class Point(NamedTuple):
    """A place in degrees (WGS 84)."""

    lat: float
    lon: float


def is_on_the_globe(point: Point | None) -> bool:
    """Whether both numbers are there, finite, and within −90..90 and −180..180."""
    if point is None:
        return False
    lat, lon = point
    return (
        isinstance(lat, int | float)
        and isinstance(lon, int | float)
        and math.isfinite(lat)
        and math.isfinite(lon)
        and -90 <= lat <= 90
        and -180 <= lon <= 180
    )


class Places(tuple[Point, ...]):  # noqa: SLOT001 - the slot of a cached property is its dictionary
    """Many places that distances are asked for again and again: where they lie on the globe is worked out once."""

    @cached_property
    def vectors(self) -> tuple[Floats, Floats, Floats]:
        """The places as unit vectors from the middle of the earth."""
        return _vectors(self)


def _chords(places: Sequence[Point]) -> tuple[Floats, Floats, Floats]:
    return places.vectors if isinstance(places, Places) else _vectors(places)


def _vectors(froms: Sequence[Point]) -> tuple[Floats, Floats, Floats]:
    degrees = np.radians(np.array([(p[0], p[1]) for p in froms], dtype=np.float64).reshape(-1, 2))
    lat, lon = degrees[:, 0], degrees[:, 1]
    return np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)


def great_circle(froms: Sequence[Point], tos: Sequence[Point]) -> Floats:
    """Metres over the ground from each of `froms` (rows) to each of `tos` (columns)."""
    squared = np.zeros((len(froms), len(tos)))
    for a, b in zip(_chords(froms), _chords(tos), strict=True):
        squared += (a[:, None] - b[None, :]) ** 2
    # The straight line through the earth is precise for neighbours (metres) as well as for antipodes.
    return 2 * EARTH_RADIUS_METRES * np.arcsin(np.minimum(np.sqrt(squared) / 2, 1.0))


def metres_between(here: Point, there: Point) -> float:
    """Great-circle metres between two places."""
    return float(great_circle([here], [there])[0, 0])


class Mode(StrEnum):
    """How a helper gets about."""

    FOOT = "foot"
    BIKE = "bike"
    CAR = "car"
    VAN = "van"


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a mode is in a town, stops at lights included, and how much longer its way is than the straight line."""

    metres_per_second: float
    detour: float


PACES: Mapping[Mode, Pace] = {
    Mode.FOOT: Pace(1.3, 1.25),
    Mode.BIKE: Pace(4.2, 1.3),
    Mode.CAR: Pace(8.0, 1.35),
    Mode.VAN: Pace(8.0, 1.35),
}


class Travel(Protocol):
    """The port behind which travel times come from: straight lines today, real streets where they were imported."""

    def matrix(self, mode: Mode, froms: Sequence[Point], tos: Sequence[Point]) -> tuple[Integers, Integers]:
        """Whole seconds and whole metres from each of `froms` (rows) to each of `tos` (columns).

        Both are zero from a place to itself. The same pair always gives the same numbers, whatever it is asked together
        with.
        """
        ...


@dataclass(frozen=True)
class StraightLines:
    """Travel along the great circle times a detour factor, at the pace of the mode. Needs nothing from outside."""

    paces: Mapping[Mode, Pace] = field(default_factory=lambda: PACES)

    def matrix(self, mode: Mode, froms: Sequence[Point], tos: Sequence[Point]) -> tuple[Integers, Integers]:
        pace = self.paces[mode]
        metres = np.rint(great_circle(froms, tos) * pace.detour).astype(np.int64)
        seconds = np.ceil(metres / pace.metres_per_second).astype(np.int64)
        return seconds, metres


def legs(travel: Travel, mode: Mode, path: Sequence[Point]) -> tuple[list[int], list[int]]:
    """Seconds and metres of each leg along a path of places, one fewer than there are places."""
    seconds: list[int] = []
    metres: list[int] = []
    # Blocks keep the matrix small however long the path is.
    for first in range(0, len(path) - 1, 32):
        block = path[first : first + 33]
        block_seconds, block_metres = travel.matrix(mode, block[:-1], block[1:])
        seconds.extend(int(x) for x in np.diagonal(block_seconds))
        metres.extend(int(x) for x in np.diagonal(block_metres))
    return seconds, metres


def centre_of(points: Iterable[Point]) -> Point | None:
    """The middle of some places on the globe (also across the date line), or None where there is none."""
    known = [p for p in points if is_on_the_globe(p)]
    if not known:
        return None
    x, y, z = (float(part.mean()) for part in _chords(known))
    if math.hypot(x, y, z) < 1e-9:  # places all around the globe have no middle; any of them will do
        return known[0]
    return Point(math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x)))


class Cell(NamedTuple):
    """A piece of the globe about as wide as asked for: a stable name and its middle."""

    id: str
    lat: float
    lon: float


def cell(lat: float, lon: float, metres: float) -> Cell:
    """The grid cell of about `metres` by `metres` in which a place lies; the same place always lies in the same cell.

    Cells line up in rows of equal height; each row has as many columns as fit around the globe there, so that a cell is
    about as wide in Tromsø as in Quito. Raises ValueError for a place that is not on the globe or a size that is not
    positive.
    """
    if not is_on_the_globe(Point(lat, lon)):
        raise ValueError("A cell needs a latitude within -90..90 and a longitude within -180..180.")
    if not (math.isfinite(metres) and metres > 0):
        raise ValueError("A cell needs a width in metres above zero.")
    rows = max(1, round(180 * METRES_PER_DEGREE / metres))
    row = min(rows - 1, math.floor((lat + 90) / 180 * rows))
    middle = (row + 0.5) / rows * 180 - 90
    columns = max(1, round(360 * METRES_PER_DEGREE * math.cos(math.radians(middle)) / metres))
    # 180 east and 180 west are the same meridian.
    column = min(columns - 1, math.floor((lon + 180) % 360 / 360 * columns))
    return Cell(f"{metres:g}:{row}:{column}", middle, (column + 0.5) / columns * 360 - 180)
