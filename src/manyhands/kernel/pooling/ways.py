"""Every way there is: which lot could go to which want, in which van, on which day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from manyhands.kernel.geo import great_circle
from manyhands.kernel.pooling.problem import Lot, Problem, Van, Want

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass
class Ways:
    """All ways as columns. `lot`, `want`, `trip`: the numbers of each way's lot, want, and van-and-day (-1: in no van);
    `gain`: points a unit; `space`: what a unit takes up; `km`. `trips` names the vans and days, `room` is their space.
    """

    lots: tuple[Lot, ...]
    wants: tuple[Want, ...]
    trips: tuple[tuple[Van, int], ...]
    room: Floats
    lot: Integers
    want: Integers
    trip: Integers
    gain: Floats
    space: Floats
    km: Floats

    @property
    def have(self) -> Floats:
        """How much each lot holds."""
        return np.array([each.quantity for each in self.lots], dtype=np.float64)

    @property
    def wanted(self) -> Floats:
        """How much each want is for."""
        return np.array([each.quantity for each in self.wants], dtype=np.float64)

    @property
    def most(self) -> Floats:
        """The most that could go each way: all of the lot, of the want, or of the room in the van."""
        least = np.minimum(self.have[self.lot], self.wanted[self.want])
        in_van = np.flatnonzero(self.trip >= 0)
        least[in_van] = np.minimum(least[in_van], self.room[self.trip[in_van]] / self.space[in_van])
        return least

    def over(self, per_lot: Floats, per_want: Floats, per_room: Floats) -> Floats:
        """What each way gains a unit beyond the prices of its lot, its want and its van's space."""
        prices = per_lot[self.lot] + per_want[self.want]
        if len(per_room):
            prices = prices + np.where(self.trip >= 0, per_room[self.trip], 0.0) * self.space
        return np.asarray(self.gain - prices)


def ways_of(problem: Problem) -> Ways:
    """The ways that gain something, in an order that does not depend on that of the problem's parts."""
    networks = sorted(problem.networks, key=lambda n: n.id)
    number = {n.id: row for row, n in enumerate(networks)}
    lots = tuple(sorted(problem.lots, key=lambda each: each.id))
    wants = tuple(sorted(problem.wants, key=lambda each: each.id))
    trips = tuple((van, day) for van in sorted(problem.vans or (), key=lambda v: v.id) for day in sorted(van.days))
    km = great_circle([n.place for n in networks], [n.place for n in networks]) / 1000
    lot, want, km_of = _pairs(problem, lots, wants, number, km)
    gain = _array([w.worth for w in wants])[want] - problem.points_per_km * km_of * _array([x.space for x in lots])[lot]
    trip = np.full(len(lot), -1, dtype=np.int64)
    first, last = _days(lots, wants, lot, want)
    keep = (gain > 0) & (first <= last)
    lot, want, first, last, trip = lot[keep], want[keep], first[keep], last[keep], trip[keep]
    km_of, gain = km_of[keep], gain[keep]
    if problem.vans is not None:
        at_home = np.array([each.network for each in lots])[lot] == np.array([each.network for each in wants])[want]
        rows, trip = _in_vans(trips, number, lots, wants, lot, want, km_of, first, last, at_home)
        lot, want, km_of, gain = lot[rows], want[rows], km_of[rows], gain[rows]
    return Ways(
        lots,
        wants,
        trips,
        _array([van.capacity for van, _ in trips]),
        lot,
        want,
        trip,
        gain,
        _array([x.space for x in lots])[lot],
        km_of,
    )


def _pairs(
    problem: Problem, lots: tuple[Lot, ...], wants: tuple[Want, ...], number: dict[str, int], km: Floats
) -> tuple[Integers, Integers, Floats]:
    by_kind: dict[str, tuple[list[int], list[int]]] = {}
    for row, each in enumerate(lots):
        by_kind.setdefault(each.kind, ([], []))[0].append(row)
    for row, want in enumerate(wants):
        by_kind.setdefault(want.kind, ([], []))[1].append(row)
    reach = max((van.reach_km for van in problem.vans), default=0.0) if problem.vans is not None else problem.reach_km
    found: list[tuple[Integers, Integers, Floats]] = []
    for kind in sorted(by_kind):
        lot_rows, want_rows = (np.array(rows, dtype=np.int64) for rows in by_kind[kind])
        if len(lot_rows) and len(want_rows):
            froms = [number[lots[row].network] for row in lot_rows]
            tos = [number[wants[row].network] for row in want_rows]
            way = km[np.ix_(froms, tos)]
            here, there = np.nonzero(way <= reach)
            found.append((lot_rows[here], want_rows[there], way[here, there]))
    if not found:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
    one, two, three = zip(*found, strict=True)
    return np.concatenate(one), np.concatenate(two), np.concatenate(three)


def _days(lots: tuple[Lot, ...], wants: tuple[Want, ...], lot: Integers, want: Integers) -> tuple[Integers, Integers]:
    """The first and last day each pair can be brought together on."""
    ready, use_by = (np.array(x, dtype=np.int64) for x in ([x.ready for x in lots], [x.use_by for x in lots]))
    since, until = (np.array(x, dtype=np.int64) for x in ([w.since for w in wants], [w.until for w in wants]))
    return np.maximum(ready[lot], since[want]), np.minimum(use_by[lot], until[want])


def _in_vans(
    trips: tuple[tuple[Van, int], ...],
    number: dict[str, int],
    lots: tuple[Lot, ...],
    wants: tuple[Want, ...],
    lot: Integers,
    want: Integers,
    km: Floats,
    first: Integers,
    last: Integers,
    at_home: NDArray[np.bool_],
) -> tuple[Integers, Integers]:
    """For each pair the trips that can carry it: those of either end, on a day that suits, near enough."""
    lot_at = np.array([number[each.network] for each in lots], dtype=np.int64)[lot]
    want_at = np.array([number[each.network] for each in wants], dtype=np.int64)[want]
    of_network: dict[int, list[int]] = {}
    for row, (van, _) in enumerate(trips):
        of_network.setdefault(number[van.network], []).append(row)
    found_rows, found_trips = [np.flatnonzero(at_home)], [np.full(int(at_home.sum()), -1, dtype=np.int64)]
    for ends, other in ((lot_at, None), (want_at, lot_at)):
        order = np.argsort(ends, kind="stable")
        starts = np.searchsorted(ends[order], np.arange(len(number) + 1))
        for network, own in of_network.items():
            rows = order[starts[network] : starts[network + 1]]
            rows = rows[~at_home[rows]]
            if other is not None:
                rows = rows[other[rows] != network]
            for row in own:
                van, day = trips[row]
                fits = rows[(first[rows] <= day) & (day <= last[rows]) & (km[rows] <= van.reach_km)]
                found_rows.append(fits)
                found_trips.append(np.full(len(fits), row, dtype=np.int64))
    rows, trip = np.concatenate(found_rows), np.concatenate(found_trips)
    order = np.lexsort((trip, rows))
    return rows[order], trip[order]


def _array(numbers: list[float]) -> Floats:
    return np.array(numbers, dtype=np.float64)
