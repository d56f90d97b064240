"""The squares places are shown in: none with fewer homes than asked for, and the same place always in the same one.

Where homes are known, the land is cut in two along the lines of a fine grid, and each part again, as long as both
sides keep enough homes. What is left over is a partition: whoever sees a square knows that the place is one of at least
so many homes, and can't subtract another square from it. (Cutting by quarters, as a quadtree does, and showing the
whole where a quarter is too thin would give just that away.) Where homes are not known, squares are as wide as a guess
at how thickly the place is settled makes them; nothing is promised then.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from manyhands.kernel.geo import METRES_PER_DEGREE, Point, cell, centre_of, is_on_the_globe

FINE_METRES = 50.0
# A guess at how many homes there are to a square kilometre may be wrong by this much, and squares still hold enough.
DOUBT = 4.0
Integers = NDArray[np.int64]


class TooFew(ValueError):
    """There are fewer homes than one square needs."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A fine grid of about ``metres`` by ``metres`` around a middle given in whole degrees: it stays the same."""

    metres: float
    lat: int
    lon: int

    def at(self, point: Point) -> tuple[int, int]:
        """The row and the column of the fine cell in which a place lies."""
        return math.floor(point.lat / self._high), math.floor(self._east(point.lon) / self._wide)

    def point(self, row: float, column: float) -> Point:
        """The place on the globe where a row and a column begin."""
        return Point(row * self._high, (self.lon + column * self._wide + 180) % 360 - 180)

    @property
    def _high(self) -> float:
        return self.metres / METRES_PER_DEGREE

    @property
    def _wide(self) -> float:
        return self._high / max(0.01, math.cos(math.radians(self.lat)))

    def _east(self, lon: float) -> float:
        return (lon - self.lon + 180) % 360 - 180


class Square(NamedTuple):
    """A piece of the fine grid, from a row and a column to just before others, and how many homes lie in it."""

    south: int
    west: int
    north: int
    east: int
    homes: int


@dataclass(frozen=True)
class Measured:
    """Squares made from homes that were counted."""

    grid: Grid
    squares: tuple[Square, ...]

    def middle(self, lat: float, lon: float) -> Point | None:
        """The middle of the square a place lies in; ``None`` outside the land whose homes were counted."""
        found = self.around(lat, lon)
        if found is None:
            return None
        return self.grid.point((found.south + found.north) / 2, (found.west + found.east) / 2)

    def around(self, lat: float, lon: float) -> Square | None:
        """The square a place lies in."""
        row, column = self.grid.at(Point(lat, lon))
        south, west, north, east = self._edges
        (inside,) = np.nonzero((south <= row) & (row < north) & (west <= column) & (column < east))
        return self.squares[int(inside[0])] if len(inside) else None

    @cached_property
    def _edges(self) -> tuple[Integers, Integers, Integers, Integers]:
        edges = np.array([square[:4] for square in self.squares], dtype=np.int64).reshape(-1, 4)
        return edges[:, 0], edges[:, 1], edges[:, 2], edges[:, 3]

    @property
    def fewest(self) -> int:
        """The homes in the square that has the fewest."""
        return min(square.homes for square in self.squares)

    @property
    def usual_metres(self) -> float:
        """The side of a square: half are narrower, half are wider (taken as the root of what they cover)."""
        sides = sorted(math.sqrt((s.north - s.south) * (s.east - s.west)) for s in self.squares)
        return self.grid.metres * sides[len(sides) // 2]


@dataclass(frozen=True, slots=True)
class Assumed:
    """Squares of one width, where nobody counted homes."""

    metres: float

    def middle(self, lat: float, lon: float) -> Point | None:
        """The middle of the square a place lies in."""
        found = cell(lat, lon, self.metres)
        return Point(found.lat, found.lon)


def assume(*, homes_per_km2: float, least: int) -> Assumed:
    """Squares in which ``least`` homes are expected even where a guess is :data:`DOUBT` times too high."""
    return Assumed(1000 * math.sqrt(least * DOUBT / homes_per_km2))


def measure(homes: Iterable[tuple[float, float, int]], *, least: int, fine_metres: float = FINE_METRES) -> Measured:
    """Cut the land into squares with at least ``least`` homes each, from homes as (latitude, longitude, how many).

    The lines that are taken are those on which the fine grid is roundest, near the middle: so a list that is a little
    longer next year gives mostly the same squares. Raises :class:`TooFew` where all of them together are too few.
    """
    counted: dict[Point, int] = {}
    for lat, lon, count in homes:
        if count > 0 and is_on_the_globe(Point(lat, lon)):
            counted[Point(lat, lon)] = counted.get(Point(lat, lon), 0) + count
    if sum(counted.values()) < max(1, least):
        raise TooFew(f"{sum(counted.values())} homes are fewer than {least}.")
    # A middle of a sample is as good, and whole degrees don't move when a few homes are added.
    middle = centre_of(list(counted)[:: max(1, len(counted) // 10_000)]) or next(iter(counted))
    grid = Grid(fine_metres, round(middle.lat), round(middle.lon))
    return Measured(grid, tuple(_cut(_on(grid, counted), least=max(1, least))))


def _on(grid: Grid, counted: Mapping[Point, int]) -> Integers:
    """Rows, columns and homes of the fine cells that have any."""
    cells: dict[tuple[int, int], int] = {}
    for point, count in counted.items():
        here = grid.at(point)
        cells[here] = cells.get(here, 0) + count
    return np.array([(row, column, count) for (row, column), count in cells.items()], dtype=np.int64)


def _cut(cells: Integers, *, least: int) -> Iterable[Square]:
    (south, west), (north, east) = cells[:, :2].min(axis=0), cells[:, :2].max(axis=0) + 1
    waiting = [(cells, int(south), int(west), int(north), int(east))]
    while waiting:
        cells, south, west, north, east = waiting.pop()
        homes = int(cells[:, 2].sum())
        # The longer side first; where no line keeps enough homes on both sides, the other one.
        for axis in (0, 1) if north - south >= east - west else (1, 0):
            first, last = ((south, north), (west, east))[axis]
            line = _line(cells[:, axis], cells[:, 2], first, last, least=least) if homes >= 2 * least else None
            if line is not None:
                before = cells[:, axis] < line
                low = (south, west, line, east) if axis == 0 else (south, west, north, line)
                high = (line, west, north, east) if axis == 0 else (south, line, north, east)
                waiting += [(cells[before], *low), (cells[~before], *high)]
                break
        else:
            yield Square(south, west, north, east, homes)


def _line(at: Integers, homes: Integers, first: int, last: int, *, least: int) -> int | None:
    """The best line of the grid with enough homes on both sides, or ``None``."""
    before = np.cumsum(np.bincount(at - first, weights=homes, minlength=last - first).astype(np.int64))[:-1]
    (possible,) = np.nonzero((before >= least) & (homes.sum() - before >= least))
    if not len(possible):
        return None
    lines = possible + first + 1
    off = np.abs(lines - (first + last) / 2)
    central = lines[off <= (last - first) / 4]
    if len(central):
        return int(max(central, key=lambda line: (int(line) & -int(line), -abs(line - (first + last) / 2))))
    return int(lines[off.argmin()])
