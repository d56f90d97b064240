"""What is waiting, what failed, and what time it is for everyone who works on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet

from manyhands.jobs.models import Job
from manyhands.jobs.states import JobState


def moment() -> datetime:
    """The database's clock. Leases are judged by it alone, so that machines whose clocks differ can share the work."""
    asked = (
        "SELECT statement_timestamp()"
        if connection.vendor == "postgresql"
        else "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')"
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        (told,) = cursor.fetchone()
    return told if isinstance(told, datetime) else datetime.fromisoformat(told).replace(tzinfo=UTC)


def due(now: datetime) -> QuerySet[Job]:
    """Jobs a worker may take: ready ones whose time has come, and running ones whose worker fell silent."""
    return Job.objects.filter(
        Q(state=JobState.READY, run_at__lte=now) | Q(state=JobState.RUNNING, lease_until__lt=now)
    ).order_by("-priority", "run_at", "put_at")


@dataclass(frozen=True, slots=True)
class Line:
    """How the line stands: how many are due and not taken, since when the oldest of them, and how many are run now."""

    due: int
    oldest: timedelta
    running: int


def line(now: datetime) -> Line:
    """How the line stands at this moment of the database's clock (:func:`moment`)."""
    is_due = due(now).order_by()
    told = is_due.aggregate(count=Count("pk"), oldest=Min("run_at"))
    running = Job.objects.filter(state=JobState.RUNNING, lease_until__gte=now).count()
    return Line(told["count"], max(timedelta(), now - told["oldest"]) if told["oldest"] else timedelta(), running)


def finished(job: Job) -> bool:
    """Whether this very claim of the job has been finished."""
    return Job.objects.filter(pk=job.pk, owner=job.owner, state=JobState.DONE).exists()


def failed() -> QuerySet[Job]:
    """Jobs that failed for good, newest first."""
    return Job.objects.filter(state=JobState.FAILED).order_by("-ended_at")


def late(now: datetime, *, by: timedelta) -> QuerySet[Job]:
    """Jobs that have been due for long and that nobody took: nobody seems to be working."""
    return due(now - by)


def waiting(task: str, *, key_begins: str) -> bool:
    """Whether such a job is in line or running."""
    return Job.objects.filter(
        task=task, key__startswith=key_begins, state__in=[JobState.READY, JobState.RUNNING]
    ).exists()
