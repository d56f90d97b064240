"""The lifecycle of a membership, and the roles a member can carry."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a member does. Each role may do what the ones before it may."""

    HELPER = "helper", _("helper")
    DISPATCHER = "dispatcher", _("dispatcher")
    STEWARD = "steward", _("steward")


class Standing(models.TextChoices):
    """Where a membership stands."""

    WAITING = "waiting", _("waiting to be welcomed")
    ACTIVE = "active", _("active")
    PAUSED = "paused", _("taking a rest")
    LEFT = "left", _("left")


MOVES: dict[str, set[str]] = {
    Standing.WAITING: {Standing.ACTIVE, Standing.LEFT},
    Standing.ACTIVE: {Standing.PAUSED, Standing.LEFT},
    Standing.PAUSED: {Standing.ACTIVE, Standing.LEFT},
    Standing.LEFT: {Standing.WAITING},
}

# Why some can't be held for one person: the desk said so, or people of trust did. Which of them, nobody reads.
SAID_TO_BE_TWO = _("These two can't be held for one here: somebody of this network said that they are two.")
