"""What is done by the clock about counts of tries."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from manyhands.kit import limits


@task
def sweep_limits() -> int:
    """Forget every count whose time is over."""
    return limits.sweep(now=timezone.now())
