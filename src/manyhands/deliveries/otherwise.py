"""A plan when something happens to it: who drops out, what is asked for as well, and what that changes for whom."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction

from manyhands.deliveries import actions, rules
from manyhands.deliveries.models import Plan, Run
from manyhands.deliveries.planning import Evening, evening, with_asks
from manyhands.exchange.models import Ask
from manyhands.kernel import routing
from manyhands.kit.refusals import refuse_if
from manyhands.people.models import Person

ROUNDS = 40  # of search: a second or two for a large evening, and the same again when it is confirmed


@dataclass(frozen=True)
class Otherwise:
    """The plan as it would be. ``mark`` stands for what the page showed: something else is asked about again."""

    tonight: Evening
    before: routing.Plan
    without: tuple[Run, ...]
    added: tuple[Ask, ...]
    found: routing.Replanned

    @property
    def changes(self) -> routing.Changes:
        return self.found.changes

    @property
    def mark(self) -> str:
        told = [
            (run.helper_id, [(v.stop_id, v.start // 60) for v in run.visits])
            for run in sorted(self.found.plan.runs, key=lambda run: run.helper_id)
        ]
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def look(plan: Plan, *, without: Collection[str], added: Sequence[Ask], now: datetime) -> Otherwise:
    """What would change without the runs with these keys and with these asks more; nothing is written."""
    tonight = evening(plan, now=now)
    before = tonight.former
    runs = tuple(run for run in tonight.runs if str(run.pk) in without)
    happenings: list[routing.Happening] = [routing.DroppedOut(str(run.pk)) for run in runs]
    happenings += [routing.Wanted(stop) for stop in with_asks(tonight, added)]
    found = routing.replan(
        tonight.problem, before, happenings, until=routing.Rounds(ROUNDS), seed=plan.seed, travel=tonight.travel
    )
    return Otherwise(tonight, before, runs, tuple(added), found)


@transaction.atomic
def take(
    plan: Plan, *, without: Collection[str], added: Sequence[Ask], mark: str, by: Person | None, now: datetime
) -> Otherwise | None:
    """Make it so, if it is still what was shown; else None, and nothing is written. Raises ``Refused``."""
    plan = actions.locked_plan(plan)
    refuse_if(rules.why_not_change(by, plan))
    seen = look(plan, without=without, added=added, now=now)
    if seen.mark != mark:
        return None
    actions.put_otherwise(
        plan,
        seen.found.plan,
        broken=routing.breaks(seen.found.problem, seen.found.plan, seen.found.travel),
        times=seen.tonight.times,
        without=seen.without,
        added=seen.added,
        by=by,
        now=now,
    )
    return seen


def moment(seconds: int | None) -> datetime | None:
    """A time of the planner's as one a page can show."""
    return None if seconds is None else datetime.fromtimestamp(seconds, tz=UTC)
