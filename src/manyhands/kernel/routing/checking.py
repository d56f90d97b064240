"""An independent look at a plan. Nothing here is shared with the planner but the words of problem and plan and the
travel port.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from manyhands.kernel.geo import Point, StraightLines, Travel
from manyhands.kernel.routing.plan import Pause, Plan, Reload, Run, Visit
from manyhands.kernel.routing.problem import Helper, Problem, Stop, Window


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
        *_what_goes_together_does(problem, plan),
    ]


def _everyone_is_accounted_for(problem: Problem, plan: Plan) -> Iterator[str]:
    asked = {stop.id for stop in problem.stops}
    visits = Counter(visit.stop_id for run in plan.runs for visit in run.visits if not visit.collects)
    fetched = Counter(visit.stop_id for run in plan.runs for visit in run.visits if visit.collects)
    reasons = Counter(left.stop_id for left in plan.unserved)
    for stop_id in sorted(set(visits) | set(reasons) | set(fetched)):
        if stop_id not in asked:
            yield f"The plan speaks of ask {stop_id}, which is not in the problem."
        if visits[stop_id] > 1:
            yield f"Ask {stop_id} is visited {visits[stop_id]} times."
        if fetched[stop_id] > 1:
            yield f"Ask {stop_id} is picked up {fetched[stop_id]} times."
        if fetched[stop_id] and not visits[stop_id]:
            yield f"Ask {stop_id} is picked up and never brought."
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
    met = sum(points.get(visit.stop_id, 0) for run in plan.runs for visit in run.visits if not visit.collects)
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
    places = [_place_of(stop, visit) for stop, visit in zip(stops, run.visits, strict=True)]
    if not all(_somewhere(place) for place in places):
        yield f"{who} is sent to an ask without a place."
        return
    extras = [*(again.before for again in run.reloads), *(pause.before for pause in run.pauses)]
    if any(not 0 <= before <= len(run.visits) for before in extras):
        yield f"{who} loads or rests at a point that is not in their run."
        return
    yield from _times_hold(problem, helper, run, stops, travel)
    yield from _loads_hold(problem, helper, run, stops)
    yield from _rests_are_kept(helper, run)
    yield from _what_is_picked_up_is_there(helper, run, stops)
    for stop, visit in zip(stops, run.visits, strict=True):
        if not visit.collects:
            yield from _person_fits(helper, stop)


def _place_of(stop: Stop, visit: Visit) -> Point | None:
    return stop.pick_up.place if visit.collects and stop.pick_up is not None else stop.place


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

    base, opening, loading = here, None, 0
    if helper.hub is not None:
        hub = problem.hub[helper.hub]
        base, opening, loading = hub.place, hub.window, hub.loading
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
    if run.reloads and base is None:
        yield f"{who} loads again, but has nowhere to."
        return
    for number in range(len(run.visits) + 1):
        between: list[Reload | Pause] = [*run.reloads, *run.pauses]
        for extra in sorted((e for e in between if e.before == number), key=lambda e: e.start):
            if isinstance(extra, Pause):
                if extra.start < free_at or extra.end < extra.start:
                    yield f"{who} is said to rest from {extra.start}, but is busy until {free_at}."
                free_at = extra.end
                continue
            seconds, metres = go(base)
            gone += metres
            if extra.arrive < free_at + seconds:
                yield f"{who} cannot be back to load by {extra.arrive}."
            if extra.start < extra.arrive or extra.leave < extra.start + loading:
                yield f"{who} has no time to load again."
            if opening and (extra.start < opening[0] or extra.leave > opening[1]):
                yield f"{who} loads again while the hub is shut."
            here, free_at = base, extra.leave
        if number == len(run.visits):
            break
        stop, visit = stops[number], run.visits[number]
        building, service, arriving, windows = _what_it_takes(stop, visit)
        stayed = number > 0 and all(again.before != number for again in run.reloads)
        if stayed and building and building == _what_it_takes(stops[number - 1], run.visits[number - 1])[0]:
            service = max(0, service - arriving)
        seconds, metres = go(_place_of(stop, visit))
        gone += metres
        if visit.arrive < free_at + seconds:
            yield f"{who} cannot be at ask {stop.id} by {visit.arrive}; {free_at + seconds} is the earliest."
        if visit.start < visit.arrive or visit.leave < visit.start + service:
            yield f"The visit to ask {stop.id} is shorter than its {service} seconds."
        if windows and not any(w[0] <= visit.start and visit.leave <= w[1] for w in windows):
            yield f"The visit to ask {stop.id}, {visit.start} to {visit.leave}, is not in any of its windows."
        if visit.late:
            yield f"The visit to ask {stop.id} is said to be {visit.late} seconds late."
        here, free_at = _place_of(stop, visit), visit.leave
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


def _what_it_takes(stop: Stop, visit: Visit) -> tuple[str | None, int, int, tuple[Window, ...]]:
    """The building, the seconds there, those of them for arriving, and the windows of a visit or a pick-up."""
    if visit.collects and stop.pick_up is not None:
        up = stop.pick_up
        return up.building, up.service, up.arriving, up.windows
    return stop.building, stop.service, stop.arriving, stop.windows


def _loads_hold(problem: Problem, helper: Helper, run: Run, stops: list[Stop]) -> Iterator[str]:
    who = f"Helper {helper.id}"
    asks = sum(not visit.collects for visit in run.visits)
    if helper.max_stops is not None and asks > helper.max_stops:
        yield f"{who} makes {asks} stops and can make {helper.max_stops}."
    if len(run.reloads) >= max(1, helper.trips):
        yield f"{who} brings {len(run.reloads) + 1} loads and can bring {helper.trips}."
    fetched = {visit.stop_id for visit in run.visits if visit.collects}
    again = {reload.before: reload for reload in run.reloads}
    for number, unit in enumerate(problem.units):
        amounts = [stop.loads[number] if stop.loads else 0 for stop in stops]
        from_base = [
            0 if visit.stop_id in fetched else amount for amount, visit in zip(amounts, run.visits, strict=True)
        ]
        cuts = [0, *sorted(again), len(stops)]
        trips = {first: sum(from_base[first:last]) for first, last in pairwise(cuts)}
        if 0 in again:
            yield f"{who} loads again before their first stop."
            continue
        board = most = trips[0] if stops else 0
        if run.load[number] != board:
            yield f"{who} is said to set out with {run.load[number]} {unit}; it is {board}."
        for position, visit in enumerate(run.visits):
            if position in again:
                board += trips[position]
                if again[position].load[number] != board:
                    yield f"{who} is said to have {again[position].load[number]} {unit} after loading; it is {board}."
                most = max(most, board)
            board += amounts[position] if visit.collects else -amounts[position]
            most = max(most, board)
            if visit.load[number] != board:
                yield f"After ask {visit.stop_id} helper {helper.id} is said to have {visit.load[number]} {unit} left."
        if helper.capacity and most > helper.capacity[number]:
            yield f"{who} carries {most} {unit} and can carry {helper.capacity[number]}."


def _rests_are_kept(helper: Helper, run: Run) -> Iterator[str]:
    for (opens, shuts), seconds in helper.breaks:
        before = min(run.depart, shuts) - opens
        after = shuts - max(run.finish, opens)
        inside = [p.end - p.start for p in run.pauses if opens <= p.start and p.end <= shuts]
        if max([before, after, *inside]) < seconds:
            yield f"Helper {helper.id} does not get their break of {seconds} seconds between {opens} and {shuts}."


def _what_is_picked_up_is_there(helper: Helper, run: Run, stops: list[Stop]) -> Iterator[str]:
    fetched: set[str] = set()
    for stop, visit in zip(stops, run.visits, strict=True):
        if visit.collects:
            if stop.pick_up is None:
                yield f"Helper {helper.id} picks up ask {stop.id}, which has no pick-up."
            fetched.add(stop.id)
        elif stop.pick_up is not None and stop.id not in fetched:
            yield f"Helper {helper.id} comes to ask {stop.id} without having picked it up."


def _what_goes_together_does(problem: Problem, plan: Plan) -> Iterator[str]:
    groups: dict[str, list[str]] = {}
    for stop in problem.stops:
        if stop.together is not None:
            groups.setdefault(stop.together, []).append(stop.id)
    run_of = {v.stop_id: number for number, run in enumerate(plan.runs) for v in run.visits}
    for members in groups.values():
        if len({run_of.get(member) for member in members}) > 1:
            yield f"Asks {', '.join(members)} go together, but are not in one run."


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
            if not visit.collects and visit.stop_id in locked and locked[visit.stop_id].locked_to == helper.id
        ]
        if any(before > after for before, after in pairwise(numbers)):
            yield f"Helper {helper.id} visits their locked stops in another order than agreed."


def _somewhere(place: Point | None) -> bool:
    return place is not None and abs(place[0]) <= 90 and abs(place[1]) <= 180 and not math.isnan(place[0] + place[1])
