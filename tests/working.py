"""Doing, in a test, what a worker would do."""

from __future__ import annotations

from datetime import datetime, timedelta

from manyhands.jobs import queries
from manyhands.jobs.working import Worker


def work_off(now: datetime | None = None) -> int:
    """Do every job that is due; says how many attempts that took. At another moment where one is given."""
    moment = now or queries.moment() + timedelta(seconds=1)
    return Worker(clock=lambda: moment).work_off()
