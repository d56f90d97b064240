"""The life of a job."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    """Where a job stands. One whose worker fell silent is still running until another takes it over."""

    READY = "ready", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed for good")


MOVES: dict[str, set[str]] = {
    JobState.READY: {JobState.RUNNING},
    JobState.RUNNING: {JobState.READY, JobState.DONE, JobState.FAILED},
    JobState.DONE: set(),
    JobState.FAILED: {JobState.READY},
}
