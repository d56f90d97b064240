"""Why each transfer, what is left and why, what is not met and why: by looking at the ways there are, rule by rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from manyhands.kernel.geo import metres_between
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
    lots_of: defaultdict[str, list[Lot]] = defaultdict(list)
    wants_of: defaultdict[str, list[Want]] = defaultdict(list)
    for lot in sorted(problem.lots, key=lambda each: each.id):
        lots_of[lot.kind].append(lot)
    for want in sorted(problem.wants, key=lambda each: each.id):
        wants_of[want.kind].append(want)
    return Reasons(
        tuple(look.why(t) for t in plan.transfers),
        {
            lot_id: look.why_not([(problem.lot[lot_id], want) for want in wants_of[problem.lot[lot_id].kind]], lot_id)
            for lot_id in sorted(plan.left)
        },
        {
            want_id: look.why_not(
                [(lot, problem.want[want_id]) for lot in lots_of[problem.want[want_id].kind]], "", want_id
            )
            for want_id in sorted(plan.unmet)
        },
    )


_Pair = tuple[Lot, Want]


class _Look:
    """One plan looked at, distances kept."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem, self.plan = problem, plan
        self._km: dict[tuple[str, str], float] = {}
        self._vans: defaultdict[str, list[Van]] = defaultdict(list)
        for van in sorted(problem.vans or (), key=lambda v: v.id):
            self._vans[van.network].append(van)

    def km(self, pair: _Pair) -> float:
        key = (pair[0].network, pair[1].network)
        if key not in self._km:
            here, there = (self.problem.network[network].place for network in key)
            self._km[key] = metres_between(here, there) / 1000
        return self._km[key]

    def points(self, pair: _Pair) -> float:
        return pair[1].worth - self.problem.points_per_km * self.km(pair) * pair[0].space

    def why(self, transfer: Transfer) -> Reason:
        pair = self.problem.lot[transfer.lot_id], self.problem.want[transfer.want_id]
        if pair[0].network == pair[1].network:
            return Reason(Why.HERE)
        return Reason(Why.BEST, {"want": pair[1].network, "km": self.km(pair), "points": self.points(pair)})

    def why_not(self, pairs: Sequence[_Pair], lot_id: str, want_id: str = "") -> Reason:
        """The first rule that leaves no pair, with the pair that came nearest to passing it."""
        kind = self.problem.lot[lot_id].kind if lot_id else self.problem.want[want_id].kind
        if not pairs:
            return Reason(Why.NOBODY_WANTS if lot_id else Why.NOBODY_HAS, {"kind": kind})

        def about(pair: _Pair, **more: Fact) -> dict[str, Fact]:
            return {"kind": kind, "other": pair[1 if lot_id else 0].network, "km": self.km(pair), **more}

        reached = [pair for pair in pairs if self.km(pair) <= self._reach(pair)]
        if not reached:
            return Reason(Why.TOO_FAR, about(min(pairs, key=self.km)))
        timely = [pair for pair in reached if _days_off(pair) <= 0]
        if not timely:
            nearest = min(reached, key=_days_off)
            return Reason(Why.NOT_IN_TIME, about(nearest, days=_days_off(nearest)))
        carried = [pair for pair in timely if self._trips(pair) is None or self._trips(pair)]
        if not carried:
            nearest = min(timely, key=self.km)
            return Reason(Why.NO_VAN, about(nearest, day=max(nearest[0].ready, nearest[1].since)))
        worth = [pair for pair in carried if self.points(pair) > 0]
        if not worth:
            return Reason(Why.NOT_WORTH, about(min(carried, key=self.km)))
        full = self._dearest(worth, lot_id)
        if full is not None:
            van, day, price = full
            return Reason(Why.VANS_FULL, {"van": van, "day": day, "points": price})
        return Reason(Why.ALL_MET if lot_id else Why.ALL_GONE, {"kind": kind})

    def _reach(self, pair: _Pair) -> float:
        if self.problem.vans is None:
            return self.problem.reach_km
        vans = (*self._vans[pair[0].network], *self._vans[pair[1].network])
        # Where neither end has a van the way is not too far; there is no van, which is told as that.
        return max((van.reach_km for van in vans), default=self._farthest)

    @property
    def _farthest(self) -> float:
        return max((van.reach_km for van in self.problem.vans or ()), default=0.0)

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

    def _dearest(self, pairs: Sequence[_Pair], lot_id: str) -> tuple[str, int, float] | None:
        """A full van, and what room for one more unit in it would bring, where only room keeps a pair apart."""
        found: list[tuple[float, str, int]] = []
        for pair in pairs:
            others = self.plan.per_want.get(pair[1].id, 0.0) if lot_id else self.plan.per_lot.get(pair[0].id, 0.0)
            trips = self._trips(pair)
            if trips and self.points(pair) > others + 1e-9:
                price, trip = min((self.plan.per_room.get(trip, 0.0), trip) for trip in trips)
                if price > 0:
                    found.append((price, *trip))
        if not found:
            return None
        price, van, day = max(found)
        return van, day, price


def _days_off(pair: _Pair) -> int:
    """How many days too late it is: 0 or less where a day suits both."""
    return max(pair[0].ready, pair[1].since) - min(pair[0].use_by, pair[1].until)
