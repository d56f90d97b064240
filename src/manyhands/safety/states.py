"""The lifecycle of a report, and how one may end."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportState(models.TextChoices):
    """Where a report stands."""

    NEW = "new", _("waiting to be read")
    TAKEN = "taken", _("someone looks after it")
    ENDED = "ended", _("ended")
    WITHDRAWN = "withdrawn", _("taken back")


MOVES: dict[str, set[str]] = {
    ReportState.NEW: {ReportState.TAKEN, ReportState.ENDED, ReportState.WITHDRAWN},
    ReportState.TAKEN: {ReportState.ENDED, ReportState.WITHDRAWN},
    ReportState.ENDED: {ReportState.TAKEN},
    ReportState.WITHDRAWN: set(),
}


class Outcome(models.TextChoices):
    """What came of it."""

    PROTECTED = "protected", _("they are kept away from you, or no longer help here")
    TALKED = "talked", _("we talked with them, as you wished")
    PASSED_ON = "passed_on", _("someone outside takes it on, as you wished")
    NOTHING = "nothing", _("there was no more we could do; you can always write again")
