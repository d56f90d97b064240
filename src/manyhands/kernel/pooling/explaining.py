"""Why each transfer, what is left and why, what is not met and why: by looking at the ways there are, rule by rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from manyhands.kernel.geo import great_circle
from manyhands.kernel.pooling.plan import Plan, Transfer
from manyhands.kernel.pooling.problem import Lot, Problem, Van, Want
from manyhands.kernel.pooling.reasons import Fact, Reason, Why


@dataclass(frozen=True)
class Reasons:
    """A reason for each transfer (in the plan's order), for each lot left over and for each want not met, by id."""

    transfers: tuple[Reason, ...]
    left: Mapping[str, Reason]
    unmet: Mapping[str, Reason]


def explain(problem: Problem, plan: Plan) -> Reasons:
    """The reasons behind a plan. A price on the room of a van says that it is full, and what more room would bring."""
    look = _Look(problem, plan)
    return Reasons(
        tuple(look.why(t) for t in plan.transfers),
        {lot_id: look.why_left(lot_id) for lot_id in sorted(plan.left)},
        {want_id: look.why_unmet(want_id) for want_id in sorted(plan.unmet)},
    )


_Pair = tuple[Lot, Want]
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Kind:
    """All lots or all wants of a kind: where they are, and the first and last day of each."""

    all: tuple[Lot | Want, ...]
    at: Integers
    first: Integers
    last: Integers


class _Look:
    """One plan looked at: distances, and what there is of each kind."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem, self.plan = problem, plan
        networks = sorted(problem.networks, key=lambda n: n.id)
        self.number = {n.id: row for row, n in enumerate(networks)}
        self.kilometres = great_circle([n.place for n in networks], [n.place for n in networks]) / 1000
        self._vans: defaultdict[str, list[Van]] = defaultdict(list)
        for van in sorted(problem.vans or (), key=lambda v: v.id):
            self._vans[van.network].append(van)
        self._reach = np.array([max((v.reach_km for v in self._vans[n.id]), default=-1.0) for n in networks])
        self._farthest = max((van.reach_km for van in problem.vans or ()), default=0.0)
        self._lots = self._by_kind(problem.lots)
        self._wants = self._by_kind(problem.wants)

    def _by_kind(self, things: Sequence[Lot | Want]) -> dict[str, _Kind]:
        found: defaultdict[str, list[Lot | Want]] = defaultdict(list)
        for thing in sorted(things, key=lambda each: each.id):
            found[thing.kind].append(thing)
        return {kind: self._of_kind(tuple(all_)) for kind, all_ in found.items()}

    def _of_kind(self, things: tuple[Lot | Want, ...]) -> _Kind:
        days = [(x.ready, x.use_by) if isinstance(x, Lot) else (x.since, x.until) for x in things]
        first, last = np.array(days, dtype=np.int64).reshape(-1, 2).T
        return _Kind(things, np.array([self.number[x.network] for x in things], dtype=np.int64), first, last)

    def km(self, pair: _Pair) -> float:
        return float(self.kilometres[self.number[pair[0].network], self.number[pair[1].network]])

    def points(self, pair: _Pair) -> float:
        return pair[1].worth - self.problem.points_per_km * self.km(pair) * pair[0].space

    def why(self, transfer: Transfer) -> Reason:
        pair = self.problem.lot[transfer.lot_id], self.problem.want[transfer.want_id]
        if pair[0].network == pair[1].network:
            return Reason(Why.HERE)
        return Reason(Why.BEST, {"want": pair[1].network, "km": self.km(pair), "points": self.points(pair)})

    def why_left(self, lot_id: str) -> Reason:
        """Why nobody gets the rest of a lot."""
        lot = self.problem.lot[lot_id]
        others = self._wants.get(lot.kind)
        if others is None:
            return Reason(Why.NOBODY_WANTS, {"kind": lot.kind})
        return self._why_not(lot, lot.ready, lot.use_by, others)

    def why_unmet(self, want_id: str) -> Reason:
        """Why the rest of a want is not met."""
        want = self.problem.want[want_id]
        others = self._lots.get(want.kind)
        if others is None:
            return Reason(Why.NOBODY_HAS, {"kind": want.kind})
        return self._why_not(want, want.since, want.until, others)

    def _why_not(self, one: Lot | Want, first: int, last: int, others: _Kind) -> Reason:
        """The first rule that leaves no pair, with the pair that came nearest to passing it."""
        here = self.number[one.network]
        km = self.kilometres[here, others.at]

        def about(other: int, **more: Fact) -> dict[str, Fact]:
            return {"kind": one.kind, "other": others.all[other].network, "km": float(km[other]), **more}

        reached = np.flatnonzero(km <= self._reach_between(here, others.at))
        if not len(reached):
            return Reason(Why.TOO_FAR, about(int(np.argmin(km))))
        late = np.maximum(first, others.first[reached]) - np.minimum(last, others.last[reached])
        if late.min() > 0:
            nearest = int(np.argmin(late))
            return Reason(Why.NOT_IN_TIME, about(int(reached[nearest]), days=int(late[nearest])))
        timely = [int(each) for each in reached[late <= 0]]
        pairs = {each: _paired(one, others.all[each]) for each in timely}
        carried = [each for each in timely if self._trips(pairs[each]) != []]
        if not carried:
            nearest = min(timely, key=lambda each: float(km[each]))
            return Reason(Why.NO_VAN, about(nearest, day=max(first, int(others.first[nearest]))))
        worth = [each for each in carried if self.points(pairs[each]) > 0]
        if not worth:
            return Reason(Why.NOT_WORTH, about(min(carried, key=lambda each: float(km[each]))))
        full = self._dearest([pairs[each] for each in worth], for_lot=isinstance(one, Lot))
        if full is not None:
            van, day, price = full
            return Reason(Why.VANS_FULL, {"van": van, "day": day, "points": price})
        return Reason(Why.ALL_MET if isinstance(one, Lot) else Why.ALL_GONE, {"kind": one.kind})

    def _reach_between(self, here: int, there: Integers) -> Floats:
        """How far goods go between two networks. Where neither has a van that is no matter of distance: what is missing
        there is a van, and that is told.
        """
        if self.problem.vans is None:
            return np.full(len(there), self.problem.reach_km)
        reach = np.maximum(self._reach[here], self._reach[there])
        return np.where(there == here, np.inf, np.where(reach < 0, self._farthest, reach))

    def _trips(self, pair: _Pair) -> list[tuple[str, int]] | None:
        """The vans and days that could bring a pair together; None where no van is needed."""
        if self.problem.vans is None or pair[0].network == pair[1].network:
            return None
        first, last = max(pair[0].ready, pair[1].since), min(pair[0].use_by, pair[1].until)
        return [
            (van.id, day)
            for van in (*self._vans[pair[0].network], *self._vans[pair[1].network])
            if self.km(pair) <= van.reach_km
            for day in sorted(van.days)
            if first <= day <= last
        ]

    def _dearest(self, pairs: Sequence[_Pair], *, for_lot: bool) -> tuple[str, int, float] | None:
        """A full van, and what room for one more unit in it would bring, where only room keeps a pair apart."""
        found: list[tuple[float, str, int]] = []
        for pair in pairs:
            others = self.plan.per_want.get(pair[1].id, 0.0) if for_lot else self.plan.per_lot.get(pair[0].id, 0.0)
            trips = self._trips(pair)
            if trips and self.points(pair) > others + 1e-9:
                price, trip = min((self.plan.per_room.get(trip, 0.0), trip) for trip in trips)
                if price > 0:
                    found.append((price, *trip))
        if not found:
            return None
        price, van, day = max(found)
        return van, day, price


def _paired(one: Lot | Want, other: Lot | Want) -> _Pair:
    if isinstance(one, Lot) and isinstance(other, Want):
        return one, other
    if isinstance(one, Want) and isinstance(other, Lot):
        return other, one
    raise TypeError("A lot goes with a want.")
