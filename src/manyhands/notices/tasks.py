"""Sending notices, and forgetting them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django_tasks import task

MOST_ATTEMPTS = 8


# Before what the clock asks for: people wait for it.
@task(by_steps=True, takes_context=True, most_attempts=MOST_ATTEMPTS, priority=10)
def send(context: Any, notice: str) -> None:
    """Send one notice."""
    from manyhands.notices import actions
    from manyhands.notices.models import Notice
    from manyhands.notices.states import NoticeState

    found = Notice.objects.select_related("person").filter(pk=notice, state=NoticeState.WAITING).first()
    if found is not None:
        last = context.attempt >= MOST_ATTEMPTS
        actions.send(found, now=timezone.now(), last=last, context=context)


@task
def forget_what_is_over() -> int:
    """Delete notices that ended a while ago."""
    from manyhands.notices import actions

    return actions.forget_what_is_over(now=timezone.now())
