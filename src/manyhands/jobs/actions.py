"""What can be done with a job. All but putting it in line are said by workers.

The lease is what makes an effect happen once: a claim makes a new owner, and whoever finishes, fails or renews must
still be that owner, or :class:`LeaseLost` undoes the transaction it stands in.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, models, transaction

from manyhands.jobs import plain, queries
from manyhands.jobs.models import Job
from manyhands.jobs.states import JobState

# How long to wait before trying again: ten seconds, then four times as long each time, at most six hours.
FIRST_PAUSE, MOST_PAUSE = timedelta(seconds=10), timedelta(hours=6)
MOST_ATTEMPTS = 8
# While the house is shut; whoever opens it does not wait long for what was to be done meanwhile.
SHUT_PAUSE = timedelta(seconds=30)
KEEP_DONE, KEEP_FAILED = timedelta(days=14), timedelta(days=90)
# A job of the timetable is what says that its day, week or month was served; no period is longer than this.
LONGEST_PERIOD = timedelta(days=31)


class LeaseLost(Exception):
    """The job is another's by now: nothing of what was done for it may stay."""


class NotNow(Exception):
    """A task says: nothing was done yet, and it is to be tried at another moment. That counts as no attempt."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


def put(
    task: str,
    args: list[Any],
    kwargs: dict[str, Any],
    *,
    now: datetime,
    run_at: datetime | None = None,
    priority: int = 0,
    key: str | None = None,
) -> Job:
    """Put a job in line, as part of the caller's transaction: it is there exactly if the rest is.

    With a key, the job that has this key already is returned instead of making a second.
    """
    for value in (args, kwargs):
        if why_not := plain.why_not_carry(value):
            raise TypeError(f"{task}: {why_not}")
    job = Job(
        task=task,
        arguments={"args": args, "kwargs": kwargs},
        key=key,
        priority=priority,
        put_at=now,
        run_at=run_at or now,
    )
    if key is None:
        job.save(force_insert=True)
        return job
    # Nothing raised where another was first: an error would end the caller's transaction on PostgreSQL.
    Job.objects.bulk_create([job], ignore_conflicts=True)
    return Job.objects.get(key=key)


def claim(*, now: datetime, lease: timedelta) -> Job | None:
    """Take the job that is first in line, in one statement; two workers never take the same one."""
    if not queries.due(now).exists():
        return None  # without a word to the writers' queue
    # Workers at once pass over each other's choice on PostgreSQL; on SQLite they take turns anyway.
    passing = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    found = list(
        Job.objects.raw(
            f"""
            UPDATE jobs_job SET state = 'running', owner = %s, lease_until = %s, attempts = attempts + 1,
                first_tried_at = COALESCE(first_tried_at, %s), last_tried_at = %s
            WHERE id = (
                SELECT id FROM jobs_job
                WHERE state IN ('ready', 'running')
                    AND ((state = 'ready' AND run_at <= %s) OR (state = 'running' AND lease_until < %s))
                ORDER BY priority DESC, run_at, put_at LIMIT 1 {passing}
            ) RETURNING *
            """,  # noqa: S608 - one of two texts of our own
            [_stored(value) for value in (uuid4(), now + lease, now, now, now, now)],
        )
    )
    return found[0] if found else None


def _stored(value: datetime | UUID) -> Any:
    """A moment or an id as this database stores it."""
    field = models.UUIDField() if isinstance(value, UUID) else models.DateTimeField()
    return field.get_db_prep_value(value, connection)


def _held(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, owner=job.owner, state=JobState.RUNNING)


def renew(job: Job, *, now: datetime, lease: timedelta) -> None:
    """Hold on to a job for longer, or learn that it is another's."""
    if _held(job).update(lease_until=now + lease) != 1:
        raise LeaseLost


def finish(job: Job, *, now: datetime, answer: Any = None) -> None:
    """The job is done. Say it in the transaction of what it did: if it is another's by now, all of that goes back."""
    if why_not := plain.why_not_carry(answer):
        raise TypeError(f"{job.task}: {why_not}")
    if _held(job).update(state=JobState.DONE, lease_until=None, ended_at=now, answer=answer) != 1:
        raise LeaseLost


def fail(job: Job, *, error: str, most_attempts: int = MOST_ATTEMPTS, now: datetime) -> JobState:
    """Say that an attempt came to nothing: the next one after a pause, or none. Says which."""
    over = job.attempts >= most_attempts
    changes: dict[str, Any] = {"state": JobState.FAILED, "ended_at": now} if over else {"state": JobState.READY}
    if not over:
        changes["run_at"] = now + min(MOST_PAUSE, FIRST_PAUSE * 4 ** min(job.attempts - 1, 10))
    if _held(job).update(lease_until=None, last_error=error[:200], **changes) != 1:
        raise LeaseLost
    return changes["state"]  # type: ignore[no-any-return]


def wait(job: Job, *, now: datetime, until: datetime | None = None) -> None:
    """Put a job back in line as if it had not been tried: the house is shut, or it is not the time for it."""
    waiting = {"state": JobState.READY, "lease_until": None, "run_at": until or now + SHUT_PAUSE}
    if _held(job).update(attempts=models.F("attempts") - 1, **waiting) != 1:
        raise LeaseLost


def hurry(task: str, *, key_begins: str, now: datetime) -> None:
    """Let jobs that pause after a failed attempt be tried now."""
    pausing = Job.objects.filter(task=task, key__startswith=key_begins, state=JobState.READY, run_at__gt=now)
    pausing.update(run_at=now)


@transaction.atomic
def try_again(job: Job, *, now: datetime) -> bool:
    """Let a job that failed for good begin anew; says whether it had failed."""
    found = Job.objects.filter(pk=job.pk, state=JobState.FAILED)
    return found.update(state=JobState.READY, ended_at=None, attempts=0, run_at=now) == 1


def forget_what_is_over(*, now: datetime) -> int:
    """Delete jobs that were done or failed long ago. Returns how many."""
    done = Job.objects.filter(state=JobState.DONE)
    gone, _ = done.filter(ended_at__lt=now - KEEP_DONE, key=None).delete()
    served, _ = done.filter(ended_at__lt=now - 2 * LONGEST_PERIOD).exclude(key=None).delete()
    failed, _ = Job.objects.filter(state=JobState.FAILED, ended_at__lt=now - KEEP_FAILED).delete()
    return gone + served + failed
