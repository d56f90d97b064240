"""What is done by the clock: a task and how often. Which ones stands in config/timetable.py."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django_tasks.base import Task

from manyhands.jobs import actions, queries

_BEGINNING = datetime(2024, 1, 1, tzinfo=UTC)  # a Monday


@dataclass(slots=True)
class Due:
    """A task that is done once in every period, whoever and however many work."""

    task: Task[Any, Any]
    period: timedelta
    past: timedelta = timedelta(0)  # how long after the period's beginning (midnight UTC, Monday ...)
    _served: int | None = field(default=None, init=False, repr=False)

    def period_at(self, now: datetime) -> int:
        return (now - _BEGINNING - self.past) // self.period


def every(
    *, do: Task[Any, Any], days: float = 0, hours: float = 0, minutes: float = 0, past: timedelta = timedelta(0)
) -> Due:
    """One line of the timetable: `every(hours=24, past=timedelta(hours=3), do=tasks.sweep)` is daily at 3:00 UTC."""
    period = timedelta(days=days, hours=hours, minutes=minutes)
    if not timedelta(minutes=1) <= period <= actions.LONGEST_PERIOD:
        raise ValueError(f"{do.module_path}: a period is between a minute and 31 days.")
    return Due(do, period, past)


def put_what_is_due(timetable: Iterable[Due], *, now: datetime) -> int:
    """Put in line what this moment's periods ask for and nobody has put there yet. Returns how many jobs that made.

    Periods nobody was awake in are not made up for: after a week's sleep a job runs once. One that still waits or runs
    from an earlier period is not put in line again behind itself.
    """
    made = 0
    for due in timetable:
        period = due.period_at(now)
        if due._served == period:
            continue
        path = due.task.module_path
        key = f"{path}@{int(due.period.total_seconds())}:"
        if queries.waiting(path, key_begins=key):
            # One that pauses after a failure does not pause past the next period.
            actions.hurry(path, key_begins=key, now=now)
        else:
            job = actions.put(path, [], {}, now=now, priority=due.task.priority, key=f"{key}{period}")
            made += job.put_at == now
        due._served = period
    return made
