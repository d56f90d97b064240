"""An independent look at a plan. Nothing here is shared with the planner but the words of problem and plan and the
travel port.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from manyhands.kernel.geo import Point, StraightLines, Travel
from manyhands.kernel.routing.plan import Plan, Run
from manyhands.kernel.routing.problem import Helper, Problem, Stop


def check(problem: Problem, plan: Plan, travel: Travel | None = None) -> list[str]:
    """Every promise the plan breaks, a sentence each; [] for a plan that can be published.

    Travel is asked for again, leg by leg, and every time, sum and rule is worked out from the problem alone.
    """
    travel = travel or StraightLines()
    return [
        *_everyone_is_accounted_for(problem, plan),
        *_sums_are_true(problem, plan),
        *(broken for run in plan.runs for broken in _run_holds(problem, run, travel)),
        *_locked_order_is_kept(problem, plan),
    ]


def _everyone_is_accounted_for(problem: Problem, plan: Plan) -> Iterator[str]:
    asked = {stop.id for stop in problem.stops}
    visits = Counter(visit.stop_id for run in plan.runs for visit in run.visits)
    reasons = Counter(left.stop_id for left in plan.unserved)
    for stop_id in sorted(set(visits) | set(reasons)):
        if stop_id not in asked:
            yield f"The plan speaks of ask {stop_id}, which is not in the problem."
        if visits[stop_id] > 1:
            yield f"Ask {stop_id} is visited {visits[stop_id]} times."
        if reasons[stop_id] > 1:
            yield f"Ask {stop_id} is left out {reasons[stop_id]} times."
        if visits[stop_id] and reasons[stop_id]:
            yield f"Ask {stop_id} is both visited and left out."
    for stop_id in sorted(asked - set(visits) - set(reasons)):
        yield f"Ask {stop_id} is neither visited nor left out with a reason."
    for left in plan.unserved:
        if not left.reason.sentence().strip():
            yield f"Ask {left.stop_id} is left out without a reason."
    for (helper, shift), times in sorted(Counter((run.helper_id, run.shift) for run in plan.runs).items()):
        if times > 1:
            yield f"Helper {helper} makes {times} runs in shift {shift}."


def _sums_are_true(problem: Problem, plan: Plan) -> Iterator[str]:
    longest = max([stop.waiting for stop in problem.stops], default=0)
    points = {
        stop.id: max(1, 100 * stop.weight + (round(50 * stop.waiting / longest) if longest else 0))
        for stop in problem.stops
    }
    met = sum(points.get(visit.stop_id, 0) for run in plan.runs for visit in run.visits)
    if met != plan.need_met:
        yield f"The plan says it meets {plan.need_met} points of need; it meets {met}."
    if sum(points.values()) != plan.need_total:
        yield f"The plan says there are {plan.need_total} points of need; there are {sum(points.values())}."


def _run_holds(problem: Problem, run: Run, travel: Travel) -> Iterator[str]:
    helper = problem.helper.get(run.helper_id)
    if helper is None:
        yield f"A run is given to helper {run.helper_id}, who is not in the problem."
        return
    who = f"Helper {helper.id}"
    if not 0 <= run.shift < len(helper.shifts):
        yield f"{who} has no shift {run.shift}."
        return
    if not run.visits:
        yield f"{who} has a run without a stop."
        return
    known = problem.stop
    if any(visit.stop_id not in known for visit in run.visits):
        return  # said above
    stops = [known[visit.stop_id] for visit in run.visits]
    if any(not _somewhere(stop.place) for stop in stops):
        yield f"{who} is sent to an ask without a place."
        return
    yield from _times_hold(problem, helper, run, stops, travel)
    yield from _loads_hold(problem, helper, run, stops)
    for stop in stops:
        yield from _person_fits(helper, stop)


def _times_hold(problem: Problem, helper: Helper, run: Run, stops: list[Stop], travel: Travel) -> Iterator[str]:
    who = f"Helper {helper.id}"
    opens, closes = helper.shifts[run.shift]
    if run.depart < opens or run.finish > closes:
        yield f"{who} is on the way outside their shift: {run.depart} to {run.finish}, free {opens} to {closes}."
    if problem.now is not None and run.depart < problem.now:
        yield f"{who} would have to set out in the past."
    here = helper.start if _somewhere(helper.start) else None
    free_at, gone = run.depart, 0

    def go(there: Point | None) -> tuple[int, int]:
        if here is None or there is None:
            return 0, 0
        seconds, metres = travel.matrix(helper.mode, [here], [there])
        return int(seconds[0, 0]), int(metres[0, 0])

    if helper.hub is not None:
        hub = problem.hub[helper.hub]
        seconds, metres = go(hub.place)
        gone += metres
        if run.hub_id != hub.id or run.hub_arrive is None or run.hub_leave is None:
            yield f"{who} does not load at hub {hub.id}."
            return
        if run.hub_arrive < free_at + seconds:
            yield f"{who} cannot be at hub {hub.id} by {run.hub_arrive}."
        begin = max(run.hub_arrive, hub.window[0]) if hub.window else run.hub_arrive
        if run.hub_leave < begin + hub.loading:
            yield f"{who} has no time to load at hub {hub.id}."
        if hub.window and run.hub_leave > hub.window[1]:
            yield f"{who} loads at hub {hub.id} after it has shut."
        here, free_at = hub.place, run.hub_leave
    elif run.hub_id is not None:
        yield f"{who} loads at hub {run.hub_id}, but has none."
    for stop, visit in zip(stops, run.visits, strict=True):
        seconds, metres = go(stop.place)
        gone += metres
        if visit.arrive < free_at + seconds:
            yield f"{who} cannot be at ask {stop.id} by {visit.arrive}; {free_at + seconds} is the earliest."
        if visit.start < visit.arrive or visit.leave < visit.start + stop.service:
            yield f"The visit to ask {stop.id} is shorter than its {stop.service} seconds."
        if stop.windows and not any(w[0] <= visit.start and visit.leave <= w[1] for w in stop.windows):
            yield f"The visit to ask {stop.id}, {visit.start} to {visit.leave}, is not in any of its windows."
        if visit.late:
            yield f"The visit to ask {stop.id} is said to be {visit.late} seconds late."
        here, free_at = stop.place, visit.leave
    seconds, metres = go(helper.end if _somewhere(helper.end) else None)
    gone += metres
    if run.finish < free_at + seconds:
        yield f"{who} cannot be through by {run.finish}; {free_at + seconds} is the earliest."
    if gone != run.metres:
        yield f"The run of helper {helper.id} is said to be {run.metres} m long; it is {gone} m."
    if helper.max_seconds is not None and run.finish - run.depart > helper.max_seconds:
        yield f"{who} is on the way for {run.finish - run.depart} seconds and can be for {helper.max_seconds}."
    if helper.max_metres is not None and gone > helper.max_metres:
        yield f"{who} goes {gone} m and can go {helper.max_metres} m."


def _loads_hold(problem: Problem, helper: Helper, run: Run, stops: list[Stop]) -> Iterator[str]:
    who = f"Helper {helper.id}"
    if helper.max_stops is not None and len(stops) > helper.max_stops:
        yield f"{who} makes {len(stops)} stops and can make {helper.max_stops}."
    for number, unit in enumerate(problem.units):
        amounts = [stop.loads[number] if stop.loads else 0 for stop in stops]
        if helper.capacity and sum(amounts) > helper.capacity[number]:
            yield f"{who} carries {sum(amounts)} {unit} and can carry {helper.capacity[number]}."
        if run.load[number] != sum(amounts):
            yield f"{who} is said to set out with {run.load[number]} {unit}; it is {sum(amounts)}."
        for position, visit in enumerate(run.visits):
            if visit.load[number] != sum(amounts[position + 1 :]):
                yield f"After ask {visit.stop_id} helper {helper.id} is said to have {visit.load[number]} {unit} left."


def _person_fits(helper: Helper, stop: Stop) -> Iterator[str]:
    pair = f"Helper {helper.id} is sent to ask {stop.id}"
    for skill in sorted(stop.skills):
        if skill not in helper.skills:
            yield f"{pair} without {skill}."
    if stop.languages and not any(language in helper.languages for language in stop.languages):
        yield f"{pair} without a language in common."
    if stop.hub is not None and stop.hub != helper.hub:
        yield f"{pair} without loading at hub {stop.hub}."
    if stop.only is not None and helper.id not in stop.only:
        yield f"{pair}, which is kept for others."
    if helper.id in stop.never:
        yield f"{pair}, who is ruled out there."
    if stop.locked_to is not None and stop.locked_to != helper.id:
        yield f"{pair}, which is locked to helper {stop.locked_to}."
    if helper.settled and stop.locked_to is None:
        yield f"{pair}, though their run is settled."


def _locked_order_is_kept(problem: Problem, plan: Plan) -> Iterator[str]:
    locked = {s.id: s for s in problem.stops if s.locked_to is not None and s.locked_order is not None}
    for helper in problem.helpers:
        mine = sorted((run for run in plan.runs if run.helper_id == helper.id), key=lambda run: run.depart)
        numbers = [
            locked[visit.stop_id].locked_order or 0
            for run in mine
            for visit in run.visits
            if visit.stop_id in locked and locked[visit.stop_id].locked_to == helper.id
        ]
        if any(before > after for before, after in pairwise(numbers)):
            yield f"Helper {helper.id} visits their locked stops in another order than agreed."


def _somewhere(place: Point | None) -> bool:
    return place is not None and abs(place[0]) <= 90 and abs(place[1]) <= 180 and not math.isnan(place[0] + place[1])
