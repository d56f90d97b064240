"""Forgetting what was sent."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from manyhands.once import actions


@task
def forget_what_is_over() -> int:
    """Forget what was sent more than a day ago."""
    return actions.forget_what_is_over(now=timezone.now())
