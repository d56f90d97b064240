"""From a map to nets that can be asked for times: one for each way of getting about, written beside the map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from manyhands.kernel.geo import Floats, Integers, Mode
from manyhands.kernel.streets.hierarchy import contract
from manyhands.places.streets import nets, reading, speeds
from manyhands.places.streets.costs import PER_SECOND, cost_of
from manyhands.places.streets.importing import CannotImport
from manyhands.places.streets.nets import NAME
from manyhands.places.streets.reading import Roads
from manyhands.places.streets.snapping import into_cells

SMALLEST = 0.01  # of the largest: pieces of net that hang together among themselves only are left out below that


def make(file: Path, folder: Path, tell: Callable[[float], None]) -> Mapping[str, Any]:
    """Read the roads of a map and prepare a net for each way of getting about. Gives back how much there is."""
    roads = reading.read_roads(file, lambda share: tell(share * 0.3))
    if not len(roads.tails):
        raise CannotImport(
            "There is no road in this file. Fetch the map of your area, for one from download.geofabrik.de."
        )
    into = folder / NAME
    into.mkdir()
    found: dict[str, Any] = {"ways": roads.ways}
    for number, mode in enumerate(speeds.MODES):
        found[mode.value] = _make_net(roads, number, mode, into, _part(tell, number))
    return found


def _part(tell: Callable[[float], None], number: int) -> Callable[[float], None]:
    """Reading is three tenths of the work, and the nets share the rest."""
    return lambda share: tell(0.3 + 0.7 * (number + share) / len(speeds.MODES))


def _make_net(roads: Roads, number: int, mode: Mode, into: Path, tell: Callable[[float], None]) -> Mapping[str, int]:
    used = np.flatnonzero((roads.pace[number] > 0).any(axis=0))
    tails, heads = roads.tails[used], roads.heads[used]
    barred = (roads.marks & (reading.BARRED << number)) > 0
    count = len(roads.lats)
    names = np.arange(count)
    # What bars the way cuts it: each piece that ends there ends at a point of its own.
    at_tails, at_heads = np.flatnonzero(barred[tails]), np.flatnonzero(barred[heads])
    names = np.concatenate([names, tails[at_tails], heads[at_heads]])
    tails, heads = tails.copy(), heads.copy()
    tails[at_tails] = count + np.arange(len(at_tails))
    heads[at_heads] = count + len(at_tails) + np.arange(len(at_heads))
    forth, back = _costs(roads, number, mode, used, tails, heads, names)
    keep = _hangs_together(len(names), tails, heads, forth, back)
    tails, heads, forth, back = tails[keep], heads[keep], forth[keep], back[keep]
    if not len(tails):
        return {"points": 0, "pieces": 0, "shortcuts": 0}
    points, ends = np.unique(np.concatenate([tails, heads]), return_inverse=True)
    tails, heads = ends[: len(tails)], ends[len(tails) :]
    there, again = np.isfinite(forth), np.isfinite(back)
    net, rank = contract(
        len(points),
        np.concatenate([tails[there], heads[again]]),
        np.concatenate([heads[there], tails[again]]),
        np.concatenate([forth[there], back[again]]),
        tell,
    )
    lats, lons = roads.lats[names[points]], roads.lons[names[points]]
    cells = into_cells(lats, lons, tails, heads)
    x, y = cells.flat(lats, lons)
    nets.write(into, mode, {
        "first": net.first, "to": net.to, "up": net.up, "down": net.down,
        "tails": rank[tails].astype(np.int32), "heads": rank[heads].astype(np.int32), "forth": forth, "back": back,
        "tail_x": x[tails], "tail_y": y[tails], "head_x": x[heads], "head_y": y[heads],
        "cell_keys": cells.keys, "cell_first": cells.first, "cell_pieces": cells.pieces.astype(np.int32),
        "corner": np.array([cells.south, cells.west, cells.narrow]),
    })  # fmt: skip
    return {"points": len(points), "pieces": len(tails), "shortcuts": len(net.to)}


def _costs(
    roads: Roads, number: int, mode: Mode, used: Integers, tails: Integers, heads: Integers, names: Integers
) -> tuple[Floats, Floats]:
    """What each piece costs forth and back, lights and crossings included; infinity where it may not be used."""
    delay = speeds.DELAYS[mode]
    meeting = np.bincount(np.concatenate([tails, heads]), minlength=len(names)) > 2
    marks = roads.marks[names]
    lost = delay.meeting * meeting
    lost = np.where(marks & reading.SIGN, np.maximum(lost, delay.sign), lost)
    lost = np.where(marks & reading.LIGHT, np.maximum(lost, delay.light), lost)
    metres = roads.metres[used]
    found = []
    for way, arriving in ((0, heads), (1, tails)):
        pace = roads.pace[number, way, used]
        with np.errstate(divide="ignore"):
            # No piece is free, or a way could go round in it for ever.
            seconds = np.maximum(metres / pace + lost[arriving], 1 / PER_SECOND)
        found.append(np.where(pace > 0, cost_of(np.where(pace > 0, seconds, 0.0), metres), np.inf))
    return found[0], found[1]


def _hangs_together(count: int, tails: Integers, heads: Integers, forth: Floats, back: Floats) -> Integers:
    """The pieces from both of whose ends one gets to most others and back; the rest is of no use to anyone."""
    there, again = np.isfinite(forth), np.isfinite(back)
    rows = np.concatenate([tails[there], heads[again]])
    columns = np.concatenate([heads[there], tails[again]])
    net = coo_matrix((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(count, count))
    _parts, part = connected_components(net, directed=True, connection="strong")
    # A part of one point is no part.
    sizes = np.bincount(part[np.unique(np.concatenate([tails, heads]))], minlength=_parts)
    large = sizes >= max(2.0, SMALLEST * sizes.max(initial=0))
    return np.flatnonzero((part[tails] == part[heads]) & large[part[tails]])
