"""What is done later about signing in."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from manyhands.people import codes, devices


# Someone sits and waits for it.
@task(priority=50)
def send_code(code: str) -> None:
    """Send a code to whoever it is for, if that is anyone."""
    codes.send(code, now=timezone.now())


@task
def sweep_codes() -> int:
    """Forget the codes that are over."""
    return codes.sweep(now=timezone.now())


@task
def sweep_devices() -> int:
    """Forget the browsers whose time is over."""
    return devices.sweep(now=timezone.now())
