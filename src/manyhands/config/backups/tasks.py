"""The backup of the night, as a job."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from manyhands.config.backups import drilling, nightly


# It takes long, and what it makes is a file: where it is killed, the next one makes another.
@task(by_steps=True)
def back_up_at_night() -> None:
    """Back up and try the backup out, once the night's hour has passed."""
    now = timezone.now()
    if nightly.is_due(now=now):
        nightly.run(now=now)
    elif nightly.drill_is_due():
        drilling.drill(now=now)
