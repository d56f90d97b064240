"""What is to be done later."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Q

from manyhands.jobs.states import JobState


class Job(models.Model):
    """One call to make later. Arguments and answer hold ids, numbers and codes, never anything about a person.

    Whoever works on it holds a lease. A worker that was killed can't give it back; once the lease is over, the job is
    another's, and what the first still does for it is thrown away (`owner` is new with every claim).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.CharField(max_length=200)  # "manyhands.exchange.tasks.come_round"
    arguments = models.JSONField()  # {"args": [...], "kwargs": {...}}
    key = models.CharField(max_length=200, null=True, unique=True)  # two jobs with one key are one job
    priority = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=JobState, default=JobState.READY)
    put_at = models.DateTimeField()
    run_at = models.DateTimeField()
    owner = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    first_tried_at = models.DateTimeField(null=True)
    last_tried_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)  # the kind of error, never its text
    ended_at = models.DateTimeField(null=True)
    answer = models.JSONField(null=True)

    class Meta:
        indexes = (
            # What a worker asks every second: only of what is not over, however much lies behind it.
            models.Index(
                name="jobs_in_line",
                fields=["-priority", "run_at", "put_at"],
                condition=Q(state__in=["ready", "running"]),
            ),
            models.Index(name="jobs_over", fields=["state", "ended_at"]),
        )
        constraints = (
            models.CheckConstraint(
                name="a_job_is_held_while_it_runs",
                condition=Q(state="running", owner__isnull=False, lease_until__isnull=False)
                | (~Q(state="running") & Q(lease_until__isnull=True)),
            ),
            models.CheckConstraint(
                name="a_job_that_is_over_says_since_when",
                condition=Q(state__in=["done", "failed"], ended_at__isnull=False)
                | (~Q(state__in=["done", "failed"]) & Q(ended_at__isnull=True)),
            ),
        )

    @property
    def args(self) -> list[Any]:
        return list(self.arguments["args"])

    @property
    def kwargs(self) -> dict[str, Any]:
        return dict(self.arguments["kwargs"])
