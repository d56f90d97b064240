"""What jobs do about themselves by the clock."""

from __future__ import annotations

from django_tasks import task

from manyhands.jobs import actions, queries


@task
def forget_what_is_over() -> int:
    """Delete jobs that were done long ago."""
    return actions.forget_what_is_over(now=queries.moment())
