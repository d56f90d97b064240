"""The lifecycle of a pair of people who may be one."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PairState(models.TextChoices):
    """What the desk said of a pair."""

    OPEN = "open", _("to look at")
    LATER = "later", _("later")
    DIFFERENT = "different", _("two different people")
    JOINED = "joined", _("one person")


MOVES: dict[str, set[str]] = {
    PairState.OPEN: {PairState.LATER, PairState.DIFFERENT, PairState.JOINED},
    PairState.LATER: {PairState.OPEN, PairState.LATER, PairState.DIFFERENT, PairState.JOINED},
    PairState.DIFFERENT: {PairState.OPEN},
    PairState.JOINED: {PairState.DIFFERENT},
}
