"""The nets of an import as they lie on the disk: opened at once, read only where something is asked.

Nothing of anybody is in them, so they are kept open between questions and shared by all threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from manyhands.kernel.geo import Floats, Mode, Point
from manyhands.kernel.streets.hierarchy import Ends, Hierarchy, Small, ways
from manyhands.places.streets import snapping
from manyhands.places.streets.costs import cost_of, told_by
from manyhands.places.streets.snapping import Cells, Snapped

NAME, SHAPE = "roads", 2
WALKED = 1.3 / 1.25  # metres a second in a straight line from the road to the door, whatever one came with
NET_OF = {Mode.FOOT: Mode.FOOT, Mode.BIKE: Mode.BIKE, Mode.CAR: Mode.CAR, Mode.VAN: Mode.CAR}
ARRAYS = (
    "first", "to", "up", "down", "tails", "heads", "forth", "back", "tail_x", "tail_y", "head_x", "head_y",
    "cell_keys", "cell_first", "cell_pieces", "corner",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Net:
    """The net of one way of getting about. ``forth`` and ``back``: what each piece of road costs (`costs`)."""

    hierarchy: Hierarchy
    tails: Small
    heads: Small
    forth: Floats
    back: Floats
    ends: tuple[Floats, Floats, Floats, Floats]
    cells: Cells

    def snap(self, places: Sequence[Point]) -> Snapped:
        """Where the places lie beside the roads."""
        return snapping.snap(self.cells, self.ends, places)

    def between(self, froms: Snapped, tos: Snapped) -> tuple[Floats, Floats]:
        """Seconds and metres from each place to each; infinite where no road leads."""
        costs = ways(self.hierarchy, self._leaving(froms), self._arriving(tos))
        # Two doors on one piece of road: straight along it, without going round by a junction.
        rows, columns = np.nonzero((froms.pieces[:, None] == tos.pieces[None, :]) & (froms.pieces[:, None] >= 0))
        pieces, shares = froms.pieces[rows], tos.shares[columns] - froms.shares[rows]
        walked = froms.metres[rows] + tos.metres[columns]
        along = np.where(
            shares >= 0,
            _some_of(self.forth[pieces], np.abs(shares), walked),
            _some_of(self.back[pieces], np.abs(shares), walked),
        )
        costs[rows, columns] = np.minimum(costs[rows, columns], along)
        return told_by(costs)

    def _leaving(self, places: Snapped) -> Ends:
        return self._ends(places, self.back, self.forth)

    def _arriving(self, places: Snapped) -> Ends:
        return self._ends(places, self.forth, self.back)

    def _ends(self, places: Snapped, by_tail: Floats, by_head: Floats) -> Ends:
        at = np.maximum(places.pieces, 0)
        tail = _some_of(by_tail[at], places.shares, places.metres)
        head = _some_of(by_head[at], 1 - places.shares, places.metres)
        junctions = np.stack([self.tails[at], self.heads[at]], axis=1).astype(np.int64)
        costs = np.stack([tail, head], axis=1)
        junctions[(places.pieces < 0)[:, None] | ~np.isfinite(costs)] = -1
        return Ends(junctions, costs)


def _some_of(costs: Floats, shares: Floats, walked: Floats) -> Floats:
    """The cost of a share of a piece, and of walking from it to the door."""
    seconds, metres = told_by(np.asarray(costs))
    with np.errstate(invalid="ignore"):
        return np.where(
            np.isfinite(seconds) & np.isfinite(walked),
            cost_of(seconds * shares + walked / WALKED, metres * shares + walked),
            np.inf,
        )


def write(folder: Path, mode: Mode, arrays: dict[str, Any]) -> None:
    """Put a net on the disk."""
    assert set(arrays) == set(ARRAYS), set(arrays) ^ set(ARRAYS)
    for name, values in arrays.items():
        np.save(folder / f"{mode.value}-{name}.npy", values, allow_pickle=False)


@lru_cache(maxsize=8)
def read(folder: Path, mode: Mode) -> Net:
    """A net on the disk. Raises OSError or ValueError where it can't be read."""
    said = {name: np.load(folder / f"{mode.value}-{name}.npy", mmap_mode="r", allow_pickle=False) for name in ARRAYS}
    south, west, narrow = (float(x) for x in said["corner"])
    return Net(
        hierarchy=Hierarchy(said["first"], said["to"], said["up"], said["down"]),
        tails=said["tails"],
        heads=said["heads"],
        forth=said["forth"],
        back=said["back"],
        ends=(said["tail_x"], said["tail_y"], said["head_x"], said["head_y"]),
        cells=Cells(south, west, narrow, said["cell_keys"], said["cell_first"], said["cell_pieces"]),
    )
