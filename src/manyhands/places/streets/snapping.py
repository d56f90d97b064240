"""From a place to the road beside it: which piece, how far along, and how far off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from manyhands.kernel.geo import METRES_PER_DEGREE, Floats, Integers, Point

CELL = 100.0  # metres
STEP = 25.0  # a piece is noted in the cell of each of its points, at most this far from one another
REACH = 1_000.0  # further off there is no road to a place


@dataclass(frozen=True, slots=True)
class Cells:
    """Which pieces of road lie where: ``keys`` of cells in rising order, each one's ``pieces`` from ``first`` on."""

    south: float
    west: float
    narrow: float  # how much shorter a degree of longitude is here than one of latitude
    keys: Integers
    first: Integers
    pieces: Integers

    def flat(self, lats: Floats, lons: Floats) -> tuple[Floats, Floats]:
        """Metres east and north of the corner."""
        return (lons - self.west) * METRES_PER_DEGREE * self.narrow, (lats - self.south) * METRES_PER_DEGREE


@dataclass(frozen=True, slots=True)
class Snapped:
    """Where places lie beside the roads: the piece (-1: none near), the share of it that lies before, metres to it."""

    pieces: Integers
    shares: Floats
    metres: Floats

    def some(self, numbers: Integers) -> Snapped:
        """Those with these numbers, in this order."""
        return Snapped(self.pieces[numbers], self.shares[numbers], self.metres[numbers])


def into_cells(lats: Floats, lons: Floats, tails: Integers, heads: Integers) -> Cells:
    """Note for each cell of the area which pieces of road pass through it. ``lats``, ``lons``: those of the points."""
    south, west = float(lats.min()), float(lons.min())
    narrow = float(np.cos(np.radians((south + float(lats.max())) / 2)))
    bare = Cells(south, west, narrow, *(np.zeros(0, dtype=np.int64) for _ in range(3)))
    x, y = bare.flat(lats, lons)
    lengths = np.hypot(x[heads] - x[tails], y[heads] - y[tails])
    counts = np.ceil(lengths / STEP).astype(np.int64) + 1
    piece = np.repeat(np.arange(len(tails)), counts)
    number = np.arange(len(piece)) - np.repeat(np.cumsum(counts) - counts, counts)
    share = number / np.maximum(counts[piece] - 1, 1)
    columns = np.floor((x[tails][piece] * (1 - share) + x[heads][piece] * share) / CELL).astype(np.int64)
    rows = np.floor((y[tails][piece] * (1 - share) + y[heads][piece] * share) / CELL).astype(np.int64)
    noted = np.unique(np.stack([_key(rows, columns), piece], axis=1), axis=0)
    keys, first = np.unique(noted[:, 0], return_index=True)
    return Cells(south, west, narrow, keys, np.append(first, len(noted)), noted[:, 1])


def _key(row: Integers, column: Integers) -> Integers:
    return np.asarray(row * (1 << 31) + column, dtype=np.int64)


def snap(cells: Cells, ends: tuple[Floats, Floats, Floats, Floats], places: Sequence[Point]) -> Snapped:
    """The piece of road nearest to each place. ``ends``: east and north of the tails, east and north of the heads."""
    found = Snapped(np.full(len(places), -1, dtype=np.int64), np.zeros(len(places)), np.full(len(places), np.inf))
    x, y = cells.flat(np.array([p[0] for p in places], dtype=float), np.array([p[1] for p in places], dtype=float))
    for i in range(len(places)):
        if not (np.isfinite(x[i]) and np.isfinite(y[i])):
            continue
        for ring in range(int(REACH / CELL) + 1):
            near = _ring(cells, int(np.floor(y[i] / CELL)), int(np.floor(x[i] / CELL)), ring)
            if len(near):
                share, off = _beside(x[i], y[i], *(np.asarray(end[near]) for end in ends))
                best = int(np.argmin(off))
                if off[best] < found.metres[i]:
                    found.pieces[i], found.shares[i], found.metres[i] = near[best], share[best], off[best]
            if found.metres[i] <= ring * CELL - STEP:  # whatever lies in a wider ring is further off
                break
        if found.metres[i] > REACH:
            found.pieces[i], found.metres[i] = -1, np.inf
    return found


def _ring(cells: Cells, row: int, column: int, ring: int) -> Integers:
    """The pieces in the cells exactly ``ring`` steps away, each once, in rising order."""
    around = np.arange(-ring, ring + 1)
    if ring:
        sides = around[1:-1]
        rows = np.concatenate([np.full(len(around), -ring), np.full(len(around), ring), sides, sides])
        columns = np.concatenate([around, around, np.full(len(sides), -ring), np.full(len(sides), ring)])
    else:
        rows = columns = around
    wanted = _key(row + rows, column + columns)
    at = np.searchsorted(cells.keys, wanted)
    at = at[at < len(cells.keys)] if len(cells.keys) else at[:0]
    hits = at[np.isin(cells.keys[at], wanted)]
    if not len(hits):
        return np.zeros(0, dtype=np.int64)
    return np.unique(np.concatenate([cells.pieces[cells.first[h] : cells.first[h + 1]] for h in np.unique(hits)]))


def _beside(x: float, y: float, ax: Floats, ay: Floats, bx: Floats, by: Floats) -> tuple[Floats, Floats]:
    """For each piece, the share of it that lies before the place, and the metres from the place to it."""
    dx, dy = bx - ax, by - ay
    long = dx * dx + dy * dy
    share = np.clip(((x - ax) * dx + (y - ay) * dy) / np.where(long > 0, long, 1.0), 0.0, 1.0)
    return share, np.hypot(ax + share * dx - x, ay + share * dy - y)
