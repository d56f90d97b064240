"""What is done about asks and offers by the clock."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from manyhands.exchange import actions, forgetting, inbox, kept_files


# Each round and each expiry is a transaction of its own and bears repeating, so that none waits for all the others.
@task(by_steps=True)
def come_round() -> int:
    """Post every round of a repeating ask whose day is near."""
    return actions.come_round(now=timezone.now())


@task(by_steps=True)
def expire_what_is_due() -> int:
    """Let asks and offers expire whose time is over."""
    return actions.expire_what_is_due(now=timezone.now())


# Each ask is a transaction of its own.
@task(by_steps=True)
def let_through_what_nobody_sees() -> int:
    """Let helpers see the asks nobody at the desk may look at."""
    return actions.let_through_what_nobody_sees(now=timezone.now())


# Each letter is a transaction of its own.
@task(by_steps=True)
def read_inbox() -> int:
    """Let what was asked while the house was shut become asks."""
    return inbox.read(now=timezone.now())


@task(by_steps=True)
def take_off_the_form() -> int:
    """Stop asking what was to be asked until a day that is over."""
    return actions.take_off_the_form(now=timezone.now())


# Each person is a transaction of their own.
@task(by_steps=True)
def forget_again() -> int:
    """Forget again whoever came back with an old backup, and whoever waited for the law to let go of theirs."""
    now = timezone.now()
    return forgetting.erase_again(now=now) + forgetting.erase_what_was_held(now=now)


@task(by_steps=True)
def sweep_kept_files() -> None:
    """Delete uploaded files nobody came back for."""
    kept_files.sweep(now=timezone.now())
