"""Two plans of one evening side by side: what each reaches, how long each keeps whom, and which visits differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from manyhands.deliveries import queries
from manyhands.deliveries.models import Plan, Run, Stop
from manyhands.deliveries.reasons import unpacked
from manyhands.kernel import routing


@dataclass(frozen=True, slots=True)
class AsPlanned:
    """A plan with its rows, and as the planner sees it: stops by the ask's code, helpers by their own key.

    The runs of two plans have keys of their own; the helper is who is the same in both.
    """

    plan: Plan
    runs: tuple[Run, ...]
    stops: tuple[Stop, ...]
    seen: routing.Plan


def as_planned(plan: Plan) -> AsPlanned:
    """The plan as its rows have it: nothing is timed anew, and what became of the visits since is not looked at."""
    runs, stops = tuple(queries.runs_in(plan)), tuple(queries.stops_in(plan))
    visits: dict[object, list[routing.Visit]] = {}
    left = []
    for stop in stops:
        if stop.run_id is not None and stop.arrive_at is not None and stop.leave_at is not None:
            arrive, start, leave = map(_seconds, (stop.arrive_at, stop.start_at or stop.arrive_at, stop.leave_at))
            visits.setdefault(stop.run_id, []).append(routing.Visit(stop.ask.code, arrive, start, leave, ()))
        elif (reason := unpacked(stop.reason)) is not None:
            left.append(routing.Unserved(stop.ask.code, reason))
    ridden = tuple(
        routing.Run(
            helper_id=str(run.helper_id),
            shift=0,
            depart=_seconds(run.departs_at),
            finish=_seconds(run.finish_at),
            visits=tuple(visits[run.pk]),
            metres=run.metres,
            load=(),
        )
        for run in runs
        if run.pk in visits and run.departs_at is not None and run.finish_at is not None
    )
    return AsPlanned(plan, runs, stops, routing.Plan(runs=ridden, unserved=tuple(left)))


def what_differs(one: AsPlanned, other: AsPlanned) -> routing.Changes:
    """Who is visited by whom and when in the other plan and not so in the one."""
    return routing.what_changes(one.seen, other.seen)


def minutes_of(plan: AsPlanned) -> dict[str, tuple[int, int]]:
    """By the key of each helper with a run: the minutes from setting out to being through, and the stops."""
    return {run.helper_id: (round(run.seconds / 60), len(run.visits)) for run in plan.seen.runs}


def helpers_in(plans: Sequence[AsPlanned]) -> dict[str, Run]:
    """By the key of the helper a run of theirs, to name them by; only of who has a visit."""
    riding = {run.helper_id for plan in plans for run in plan.seen.runs}
    return {str(run.helper_id): run for plan in plans for run in plan.runs if str(run.helper_id) in riding}


def _seconds(moment: datetime) -> int:
    return round(moment.timestamp())
