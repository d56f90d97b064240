"""Moving stops by hand: new times for orders that someone chose, and in words what a move would break."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from manyhands.kernel.geo import StraightLines, Travel, is_on_the_globe
from manyhands.kernel.routing.explaining import explain_all
from manyhands.kernel.routing.plan import Plan, Run, Stats
from manyhands.kernel.routing.problem import Problem, Stop
from manyhands.kernel.routing.promises import breaches
from manyhands.kernel.routing.reasons import Breach, Reason
from manyhands.kernel.routing.timing import schedule, turn_of


@dataclass(frozen=True, slots=True)
class Order:
    """The stops one helper makes in one shift, in order; an ask with a pick-up stands twice, the pick-up first."""

    helper_id: str
    stop_ids: tuple[str, ...]
    shift: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """What a move leads to: the new plan, what it breaks (() if it holds), and seconds and metres more (or, below 0,
    less).
    """

    plan: Plan
    breaks: tuple[Reason, ...]
    added_seconds: int = 0
    added_metres: int = 0


def retime(
    problem: Problem,
    orders: Sequence[Order],
    travel: Travel | None = None,
    stats: Stats | None = None,
    reasons: Mapping[str, Reason] | None = None,
) -> Plan:
    """A plan with exactly these orders, timed; what is in none of them is unserved with its reason.

    `reasons` are known already (by ask id) and are not looked for again, which is most of the work with many unserved
    asks.

    The times are honest where an order cannot be kept: `Visit.late` says by how much. Stops and helpers that are not in
    the problem, stops without a place, and a stop that stands in an order already, are left out.
    """
    travel = travel or StraightLines()
    runs: list[Run] = []
    seen: set[str] = set()
    standing: Counter[str] = Counter()
    for order in orders:
        helper = problem.helper.get(order.helper_id)
        if helper is None:
            continue
        stops: list[Stop] = []
        for stop_id in order.stop_ids:
            stop = problem.stop.get(stop_id)
            if stop is None or not is_on_the_globe(stop.place) or not is_on_the_globe(stop.collecting.place):
                continue
            # The second of a pick-up and its visit has to stand in the order of the first.
            if standing[stop_id] < stop.visits and (not standing[stop_id] or stop in stops):
                seen.add(stop_id)
                standing[stop_id] += 1
                stops.append(stop)
        if stops:
            runs.append(schedule(problem, turn_of(problem, helper, order.shift), stops, travel))
    plan = Plan(
        runs=tuple(runs),
        need_met=sum(problem.need[i] for i in seen),
        need_total=sum(problem.need.values()),
        stats=stats or Stats(),
    )
    return replace(plan, unserved=explain_all(problem, plan, travel, reasons or {}))


def breaks(problem: Problem, plan: Plan, travel: Travel | None = None) -> tuple[Reason, ...]:
    """Every promise the runs of a plan break, as reasons that can be translated; () where all hold. The times are made
    anew.
    """
    return tuple(_breaks(problem, plan.runs, travel or StraightLines()))


def _breaks(problem: Problem, runs: Sequence[Run], travel: Travel) -> Iterator[Reason]:
    for run in runs:
        helper = problem.helper.get(run.helper_id)
        if helper is None:
            yield Reason(Breach.UNKNOWN_HELPER, {"helper": run.helper_id})
            continue
        stops = []
        for stop_id in run.stop_ids:
            stop = problem.stop.get(stop_id)
            if stop is None:
                yield Reason(Breach.UNKNOWN_ASK, {"ask": stop_id})
            elif not is_on_the_globe(stop.place) or not is_on_the_globe(stop.collecting.place):
                yield Reason(Breach.UNREACHABLE, {"ask": stop_id})
            else:
                stops.append(stop)
        if stops:
            turn = turn_of(problem, helper, run.shift)
            yield from breaches(problem, turn, stops, schedule(problem, turn, stops, travel))


def price_of_move(
    problem: Problem,
    plan: Plan,
    ask_id: str,
    helper_id: str | None,
    position: int = 0,
    shift: int | None = None,
    travel: Travel | None = None,
) -> Move:
    """What it means to put this ask into this helper's run before the stop at `position` (0: first; past the end:
    last).

    `helper_id` None takes it out of its run. `shift` None means the shift the helper already has a run in, else their
    first.
    `position` counts in the run without the ask; what is picked up for it is picked up right before.
    The new plan comes also where the move breaks something: a person decides.
    """
    travel = travel or StraightLines()
    if ask_id not in problem.stop:
        return Move(plan, (Reason(Breach.UNKNOWN_ASK, {"ask": ask_id}),))
    if helper_id is not None and helper_id not in problem.helper:
        return Move(plan, (Reason(Breach.UNKNOWN_HELPER, {"helper": helper_id}),))
    moved = problem.stop[ask_id]
    if helper_id is not None and not (is_on_the_globe(moved.place) and is_on_the_globe(moved.collecting.place)):
        return Move(plan, (Reason(Breach.UNREACHABLE, {"ask": ask_id}),))
    orders = {(run.helper_id, run.shift): [i for i in run.stop_ids if i != ask_id] for run in plan.runs}
    touched = {(run.helper_id, run.shift) for run in plan.runs if ask_id in run.stop_ids}
    if helper_id is not None:
        shifts = sorted(number for helper, number in orders if helper == helper_id)
        key = (helper_id, shift if shift is not None else next(iter(shifts), 0))
        order = orders.setdefault(key, [])
        position = min(max(0, position), len(order))
        order[position:position] = [ask_id] * moved.visits
        touched.add(key)
    reasons = {i: reason for i, reason in plan.reason_of.items() if i != ask_id}
    after = retime(problem, [Order(h, tuple(ids), s) for (h, s), ids in orders.items()], travel, plan.stats, reasons)
    new_runs = [run for run in after.runs if (run.helper_id, run.shift) in touched]
    broken = [*_breaks(problem, new_runs, travel)]
    locked = problem.stop[ask_id].locked_to
    if helper_id is None and locked is not None:
        broken.append(Reason(Breach.LOCKED, {"ask": ask_id, "locked": locked, "helper": locked}))
    return Move(
        plan=after,
        breaks=tuple(broken),
        added_seconds=after.seconds - plan.seconds,
        added_metres=after.metres - plan.metres,
    )
