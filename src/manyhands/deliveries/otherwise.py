"""A plan when something happens to it: who drops out, what is asked for as well, and what that changes for whom."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction

from manyhands.deliveries import actions, queries, rules
from manyhands.deliveries.models import Plan, Run
from manyhands.deliveries.planning import Evening, evening, with_asks
from manyhands.exchange.models import Ask
from manyhands.kernel import routing
from manyhands.kit.refusals import refuse_if
from manyhands.people.models import Person

ROUNDS = 40  # of search: a second or two for a large evening, and the same again when it is confirmed
# What was shown longer ago than this is looked at once more: the evening has gone on meanwhile.
LASTS = timedelta(minutes=30)


@dataclass(frozen=True)
class Otherwise:
    """The plan as it would be. ``mark``: what the page showed, and when. Anything else is asked about again."""

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
        return f"{int(self.tonight.now.timestamp())}.{hashlib.sha256(repr(told).encode()).hexdigest()[:16]}"


def look(plan: Plan, *, without: Collection[str], added: Sequence[Ask], now: datetime) -> Otherwise:
    """What would change without the runs with these keys and with these asks more; nothing is written."""
    # The mark says whole seconds: what is made must be worked out from the very same moment.
    tonight = evening(plan, now=now.replace(microsecond=0))
    before = tonight.former
    runs = tuple(run for run in tonight.runs if str(run.pk) in without)
    happenings: list[routing.Happening] = [routing.DroppedOut(str(run.pk)) for run in runs]
    happenings += [routing.Wanted(stop) for stop in with_asks(tonight, added)]
    found = routing.replan(
        tonight.problem, before, happenings, until=routing.Rounds(ROUNDS), seed=plan.seed, travel=tonight.travel
    )
    return Otherwise(tonight, before, runs, tuple(added), found)


def take(
    plan: Plan, *, without: Collection[str], added: Sequence[Ask], mark: str, by: Person | None, now: datetime
) -> Otherwise | None:
    """Make it so, if it is still what was shown; else None, and nothing is written. Raises ``Refused``.

    It is worked out as of the moment it was shown at, or it would be another plan each minute once the evening has
    begun; and before anything is locked, for it takes a second or two.
    """
    refuse_if(rules.why_not_change(by, plan))
    shown_at = _shown_at(mark, now=now)
    if shown_at is None:
        return None
    seen = look(plan, without=without, added=added, now=shown_at)
    return seen if seen.mark == mark and _put(plan, seen, by=by, now=now) else None


def _shown_at(mark: str, *, now: datetime) -> datetime | None:
    seconds = mark.partition(".")[0]
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 11):
        return None
    shown_at = datetime.fromtimestamp(int(seconds), tz=UTC)
    return shown_at if now - LASTS <= shown_at <= now else None


@transaction.atomic
def _put(plan: Plan, seen: Otherwise, *, by: Person | None, now: datetime) -> bool:
    """Write it down, if the plan is what it was when this was worked out."""
    plan = actions.locked_plan(plan)
    refuse_if(rules.why_not_change(by, plan))
    again = evening(plan, now=seen.tonight.now)
    added = queries.to_add(plan, by).filter(pk__in=[ask.pk for ask in seen.added])
    if not again.is_as(seen.tonight) or _by_code(again, added) != _by_code(seen.tonight, seen.added):
        return False
    actions.put_otherwise(
        plan,
        seen.found.plan,
        broken=routing.breaks(seen.found.problem, seen.found.plan, seen.found.travel),
        times=seen.tonight.times,
        without=seen.without,
        added=seen.added,
        mark=seen.mark,
        by=by,
        now=now,
    )
    return True


def _by_code(tonight: Evening, added: Iterable[Ask]) -> dict[str, routing.Stop]:
    return {stop.id: stop for stop in with_asks(tonight, list(added))}


def is_made(plan: Plan, mark: str) -> bool:
    """Whether this was made so already, and nothing like it since: a form that comes twice."""
    return bool(mark) and plan.summary.get("made_so") == mark


def moment(seconds: int | None) -> datetime | None:
    """A time of the planner's as one a page can show."""
    return None if seconds is None else datetime.fromtimestamp(seconds, tz=UTC)
