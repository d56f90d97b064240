"""Forgetting by the clock, as a job."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from manyhands.privacy import actions, forgetting


# It may take long, and may be stopped anywhere: the next one goes on where this one was.
@task(by_steps=True)
def forget_what_is_over() -> None:
    """Once a day, forget all that is over for long enough; and finish erasures that were interrupted."""
    now = timezone.now()
    if forgetting.is_due(now=now):
        forgetting.sweep(now=now)
    actions.destroy_keys_left_over(now=now)
