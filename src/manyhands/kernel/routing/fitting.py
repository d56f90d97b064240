"""Fitting one ask, or asks that go together, into one run: pick-ups before visits, breaks kept, loads fetched again.

Slower than `insertion` and fit for everything a problem may have: each way in is timed and looked at before it counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from manyhands.kernel.geo import Point
from manyhands.kernel.routing.ability import way_in
from manyhands.kernel.routing.plan import Run
from manyhands.kernel.routing.problem import REMEMBERED, Problem, Stop
from manyhands.kernel.routing.promises import breaches
from manyhands.kernel.routing.reasons import Breach
from manyhands.kernel.routing.steps import as_visited, windows_for
from manyhands.kernel.routing.timing import Turn, schedule, slack
from manyhands.kernel.routing.ways import Ways

WAYS_TRIED = 4
"""How many places in a run are timed for an ask, the cheapest first."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A run with something more in it, and what that costs in seconds and metres together."""

    cost: int
    order: tuple[Stop, ...]
    run: Run


def cost_of(problem: Problem, run: Run) -> int:
    """Seconds and metres of a run, less what visits by remembered helpers may cost more."""
    known = sum(run.helper_id in problem.stop[i].remembered for i in run.served if i in problem.stop)
    return run.seconds + run.metres - REMEMBERED * known


def fitted(problem: Problem, turn: Turn, order: Sequence[Stop], more: Sequence[Stop], ways: Ways) -> Fit | None:
    """The cheapest of the ways tried to have these asks in this run too; None where none holds."""
    before = cost_of(problem, schedule(problem, turn, order, ways)) if order else 0
    now: Sequence[Stop] = order
    for number, stop in enumerate(more):
        last = number == len(more) - 1
        best: Fit | None = None
        for _, tried in ways_in(turn, now, stop, ways)[:WAYS_TRIED]:
            run = schedule(problem, turn, tried, ways)
            found = breaches(problem, turn, tried, run)
            if all(reason.code == Breach.APART for reason in found) and not (last and found):
                fit = Fit(cost_of(problem, run) - before, tuple(tried), run)
                if best is None or fit.cost < best.cost:
                    best = fit
        if best is None or last:
            return best
        now = best.order
    return None


def ways_in(turn: Turn, order: Sequence[Stop], stop: Stop, ways: Ways) -> list[tuple[int, list[Stop]]]:
    """The orders with this ask in them that look as if they hold, the cheapest first; loads and breaks left aside."""
    leave, _, _, hub_open = way_in(turn, ways)
    if not hub_open:
        return []
    along = as_visited(order)
    places: list[Point | None] = [turn.first_place, *(s.place for s in along), turn.end]
    leaving, latest = slack(turn, order, leave, ways)
    mode = turn.helper.mode
    found: list[tuple[int, int, int]] = []

    def begin(half: Stop, arrive: int) -> int | None:
        return next((max(arrive, w.start) for w in windows_for(half) if arrive <= w.end - half.service), None)

    def extra(half: Stop, gap: int, at: Point | None) -> int:
        """What it costs to go by a place in a gap, less the time that is shared with a neighbour in the same house."""
        before, after = places[gap], places[gap + 1]
        there, on = ways.hop(mode, before, at)[1], ways.hop(mode, at, after)[1]
        skipped = ways.hop(mode, before, after)[1] if order else 0
        shared = 0
        if half.building is not None:
            if gap and along[gap - 1].building == half.building:
                shared = half.arriving
            elif gap < len(along) and along[gap].building == half.building:
                shared = along[gap].arriving
        return there + on - skipped - shared

    first = stop.collecting
    for gap in range(len(order) + 1):
        start = begin(first, leaving[gap] + ways.hop(mode, places[gap], first.place)[0])
        if start is None:
            continue
        now = start + first.service
        if stop.pick_up is None:
            if now + ways.hop(mode, first.place, places[gap + 1])[0] <= latest[gap]:
                found.append((extra(first, gap, first.place), gap, gap))
            continue
        fetching = extra(first, gap, first.place)
        at: Point | None = first.place
        for later in range(gap, len(order) + 1):
            if later > gap:
                passed = along[later - 1]
                met = begin(passed, now + ways.hop(mode, at, passed.place)[0])
                if met is None:
                    break
                now, at = met + passed.service, passed.place
            start = begin(stop, now + ways.hop(mode, at, stop.place)[0])
            if start is None:
                continue
            if start + stop.service + ways.hop(mode, stop.place, places[later + 1])[0] > latest[later]:
                continue
            if later > gap:
                cost = fetching + extra(stop, later, stop.place)
            else:
                skipped = ways.hop(mode, places[gap], places[gap + 1])[1] if order else 0
                cost = (
                    ways.hop(mode, places[gap], first.place)[1]
                    + ways.hop(mode, first.place, stop.place)[1]
                    + ways.hop(mode, stop.place, places[gap + 1])[1]
                    - skipped
                )
            found.append((cost, gap, later))
    found.sort()
    out = []
    for cost, gap, later in found:
        if stop.pick_up is None:
            out.append((cost, [*order[:gap], stop, *order[gap:]]))
        else:
            out.append((cost, [*order[:gap], stop, *order[gap:later], stop, *order[later:]]))
    return out
