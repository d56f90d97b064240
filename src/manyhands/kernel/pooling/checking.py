"""An independent look at a pooling plan: nothing here is shared with what made it but the words of the problem."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from manyhands.kernel.pooling.plan import Plan, Transfer
from manyhands.kernel.pooling.problem import Lot, Network, Problem, Want

CLOSE = 1e-6
EARTH_KM = 6371.0088


def check(problem: Problem, plan: Plan) -> list[str]:
    """Every promise the plan breaks, a sentence each; [] where all hold.

    Looked at: kinds, days, reach, quantities, the space of vans, what is left and unmet, the points gained, and the
    proof: that no way there is gains more than its prices, and that the prices of all there is come to what is gained
    (to one part in a million).
    """
    kilometres = _Kilometres(problem)
    return [*_transfers(problem, plan, kilometres), *_sums(problem, plan), *_proof(problem, plan, kilometres)]


class _Kilometres:
    """Great-circle kilometres between networks, by the haversine formula, each worked out once."""

    def __init__(self, problem: Problem) -> None:
        self._networks = problem.network
        self._known: dict[tuple[str, str], float] = {}

    def __call__(self, one: str, other: str) -> float:
        key = (one, other) if one < other else (other, one)
        if key not in self._known:
            self._known[key] = _haversine(self._networks[one], self._networks[other])
        return self._known[key]


def _haversine(one: Network, other: Network) -> float:
    lat, lat2 = math.radians(one.place.lat), math.radians(other.place.lat)
    lon = math.radians(other.place.lon - one.place.lon)
    h = math.sin((lat2 - lat) / 2) ** 2 + math.cos(lat) * math.cos(lat2) * math.sin(lon / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, h)))


def _points(problem: Problem, lot: Lot, want: Want, km: float) -> float:
    return want.worth - problem.points_per_km * km * lot.space


def _tolerance(problem: Problem, lot: Lot, want: Want, km: float) -> float:
    """How far two ways to reckon the points of a unit may be apart."""
    return CLOSE * (want.worth + problem.points_per_km * km * lot.space)


def _transfers(problem: Problem, plan: Plan, kilometres: _Kilometres) -> Iterator[str]:
    gained = tolerance = 0.0
    for t in plan.transfers:
        if t.lot_id not in problem.lot or t.want_id not in problem.want:
            yield f"A transfer speaks of {t.lot_id} and {t.want_id}, which the problem does not know."
            continue
        lot, want = problem.lot[t.lot_id], problem.want[t.want_id]
        km = kilometres(lot.network, want.network)
        gained += t.amount * _points(problem, lot, want, km)
        tolerance += t.amount * _tolerance(problem, lot, want, km)
        yield from _transfer_holds(problem, t, lot, want, km)
    if abs(gained - plan.gained) > tolerance:
        yield f"The plan is said to gain {plan.gained:.6f} points and gains {gained:.6f}."


def _transfer_holds(problem: Problem, t: Transfer, lot: Lot, want: Want, km: float) -> Iterator[str]:
    way = f"{lot.id} goes to {want.id}"
    if lot.kind != want.kind:
        yield f"{way}, but is {lot.kind} and not {want.kind}."
    if t.amount <= 0:
        yield f"{way}: {t.amount} of it."
    if not max(lot.ready, want.since) <= t.day <= min(lot.use_by, want.until):
        yield f"{way} on day {t.day}, which does not suit both."
    if problem.vans is None:
        if km > problem.reach_km * (1 + CLOSE):
            yield f"{way}, {km:.1f} km, and {problem.reach_km} is the most."
    elif t.van_id is None:
        if lot.network != want.network:
            yield f"{way} without a van."
    elif t.van_id not in problem.van:
        yield f"{way} in {t.van_id}, a van the problem does not know."
    else:
        van = problem.van[t.van_id]
        if van.network not in {lot.network, want.network} or t.day not in van.days:
            yield f"{way} in {van.id}, which is not there on day {t.day}."
        if km > van.reach_km * (1 + CLOSE):
            yield f"{way} in {van.id}, {km:.1f} km, and {van.reach_km} is the most."


def _sums(problem: Problem, plan: Plan) -> Iterator[str]:
    out: defaultdict[str, float] = defaultdict(float)
    got: defaultdict[str, float] = defaultdict(float)
    space: defaultdict[tuple[str, int], float] = defaultdict(float)
    for t in plan.transfers:
        out[t.lot_id] += t.amount
        got[t.want_id] += t.amount
        if t.van_id is not None and t.lot_id in problem.lot:
            space[t.van_id, t.day] += t.amount * problem.lot[t.lot_id].space
    for lot in problem.lots:
        if abs(out[lot.id] + plan.left.get(lot.id, 0.0) - lot.quantity) > CLOSE * lot.quantity:
            yield f"Of {lot.id} there are {lot.quantity}; {out[lot.id]} go and {plan.left.get(lot.id, 0.0)} stay."
    for want in problem.wants:
        if abs(got[want.id] + plan.unmet.get(want.id, 0.0) - want.quantity) > CLOSE * want.quantity:
            yield f"{want.id} is for {want.quantity}; {got[want.id]} come and {plan.unmet.get(want.id, 0.0)} don't."
    if min([0.0, *plan.left.values(), *plan.unmet.values()]) < 0:
        yield "Less than nothing is left of a lot, or of a want."
    for (van_id, day), used in space.items():
        most = problem.van[van_id].capacity if van_id in problem.van else 0.0
        if used > most + CLOSE * most:
            yield f"{van_id} carries {used} on day {day} and has room for {most}."


def _proof(problem: Problem, plan: Plan, kilometres: _Kilometres) -> Iterator[str]:
    if min([0.0, *plan.per_lot.values(), *plan.per_want.values(), *plan.per_room.values()]) < 0:
        yield "A price is below zero."
    bound = sum(lot.quantity * plan.per_lot.get(lot.id, 0.0) for lot in problem.lots)
    bound += sum(want.quantity * plan.per_want.get(want.id, 0.0) for want in problem.wants)
    vans_at: defaultdict[str, list[tuple[float, dict[int, float]]]] = defaultdict(list)
    for van in problem.vans or ():
        of_day = {day: plan.per_room.get((van.id, day), 0.0) for day in van.days}
        bound += van.capacity * sum(of_day.values())
        vans_at[van.network].append((van.reach_km * (1 - CLOSE), of_day))
    if bound - plan.gained > CLOSE * abs(bound):
        yield f"The prices allow for {bound:.6f} points, and the plan gains {plan.gained:.6f}."
    wants_of: defaultdict[str, list[Want]] = defaultdict(list)
    for want in problem.wants:
        wants_of[want.kind].append(want)
    for lot in problem.lots:
        price_of_lot = plan.per_lot.get(lot.id, 0.0)
        for want in wants_of[lot.kind]:
            price = price_of_lot + plan.per_want.get(want.id, 0.0)
            if want.worth > price:
                km = kilometres(lot.network, want.network)
                beyond = _points(problem, lot, want, km) - price - _tolerance(problem, lot, want, km)
                if beyond > 0 and beyond > (room := _room(problem, lot, want, km, vans_at)):
                    yield f"{lot.id} could go to {want.id} and gain {beyond - room:.6f} points a unit beyond its price."


def _room(
    problem: Problem,
    lot: Lot,
    want: Want,
    km: float,
    vans_at: defaultdict[str, list[tuple[float, dict[int, float]]]],
) -> float:
    """The least that room for a unit costs on any way there is; without end where there is no way."""
    days = range(max(lot.ready, want.since), min(lot.use_by, want.until) + 1)
    if not days:
        return math.inf
    if problem.vans is None:
        return 0.0 if km <= problem.reach_km * (1 - CLOSE) else math.inf
    if lot.network == want.network:
        return 0.0
    prices = [
        price * lot.space
        for network in (lot.network, want.network)
        for reach, of_day in vans_at[network]
        if km <= reach
        for day, price in of_day.items()
        if day in days
    ]
    return min(prices, default=math.inf)
