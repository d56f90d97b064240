"""Planning again after something happened, changing as little as can be of what people were told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from manyhands.kernel.geo import StraightLines, Travel
from manyhands.kernel.routing.differing import TOLERANCE, Changes, what_changes
from manyhands.kernel.routing.fitting import cost_of
from manyhands.kernel.routing.happenings import Happening, after
from manyhands.kernel.routing.mending import Bench
from manyhands.kernel.routing.plan import Plan, Run
from manyhands.kernel.routing.problem import Problem
from manyhands.kernel.routing.solving import Search
from manyhands.kernel.routing.until import Until


@dataclass(frozen=True)
class Replanned:
    """The evening as it is now, the new plan for it, and what that changes for whom. `done`: asks met already."""

    problem: Problem
    plan: Plan
    changes: Changes
    travel: Travel
    done: tuple[str, ...] = ()


def replan(
    problem: Problem,
    plan: Plan,
    happenings: Sequence[Happening],
    *,
    until: Until,
    seed: int = 1,
    tolerance: int = TOLERANCE,
    travel: Travel | None = None,
) -> Replanned:
    """Plan again after these happenings, beginning with what people were told.

    Objective, each before the next:

    1. most Σ need(stop) over the served stops, as in `solve` (what is locked to someone counts far more);
    2. fewest people who have to be told something new: asks told a helper and a time who get another helper, a time
       more than `tolerance` seconds off, or nobody; and helpers whose stops or order change (`Changes.people`);
    3. least Σ metres + seconds over the runs.

    Helpers' time is not shared out anew: that would change what people were told. The same problem, plan, happenings,
    `Rounds` and `seed` give the same plan; with `Seconds` it ends soon after them. `travel` is as it is now. Raises
    KeyError for a helper who drops out or an ask that is withdrawn and is not in the problem. The new plan is for
    `Replanned.problem` with `Replanned.travel`; `check` it with these.
    """
    now = after(problem, plan, happenings, travel or StraightLines())
    search = Search(now.problem, until, seed, None, now.travel, now.told)
    told = {
        v.stop_id: (run.helper_id, v.start)
        for run in plan.runs
        for v in run.visits
        if not v.collects and v.stop_id in now.problem.stop
    }
    orders = {(r.helper_id, r.shift): tuple(i for i in r.stop_ids if i in now.problem.stop) for r in plan.runs}

    def worth(row: int, run: Run) -> tuple[int, ...]:
        kept = sum(
            v.stop_id in told and told[v.stop_id][0] == run.helper_id and abs(told[v.stop_id][1] - v.start) <= tolerance
            for v in run.visits
            if not v.collects
        )
        same = orders.get(search.turns[row].key, ()) == run.stop_ids
        return search.need_of([run]), kept + same, -cost_of(now.problem, run)

    if search.stops and search.turns:
        bench = Bench(search.pinned, search.turns, search.stops, search.may, now.travel, search.former(), worth)
        left = sorted(bench.left(), key=lambda s: (-search.counted(s), s.id not in told, s.id))
        # What lost its place, or is new, is few: it is tried whatever the time.
        first = [s.id for s in left if s.id in told or s.id not in plan.reason_of]
        bench.fit_in(first, lambda: search.budget.stopped)
        bench.fit_in([s.id for s in left if s.id not in first], lambda: search.budget.out_of_time(0.5))
        bench.mend(search.budget.turns(search.last), seed)
        orders_now = {row: list(order) for row, order in bench.orders.items()}
    else:
        orders_now = {}
    made = search.written(search.runs(orders_now), 0)
    changes = what_changes(plan, made, tolerance=tolerance, asked=now.problem.stop)
    return Replanned(now.problem, made, replace(changes, gone=changes.gone), now.travel, now.done)
