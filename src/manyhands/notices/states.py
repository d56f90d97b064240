"""The life of a notice, and the ways it can go."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class NoticeState(models.TextChoices):
    """Where a notice stands. A dropped one had nobody to go to; one that failed was not taken by who carries it."""

    WAITING = "waiting", _("waiting to be sent")
    SENT = "sent", _("sent")
    DROPPED = "dropped", _("not sent")
    FAILED = "failed", _("could not be sent")


MOVES: dict[str, set[str]] = {
    NoticeState.WAITING: {NoticeState.SENT, NoticeState.DROPPED, NoticeState.FAILED},
    NoticeState.SENT: set(),
    NoticeState.DROPPED: set(),
    NoticeState.FAILED: set(),
}


class Way(models.TextChoices):
    """How a notice goes to someone."""

    MAIL = "mail", _("mail")
    TEXT = "text", _("text message")


class WhyNot(models.TextChoices):
    """Why a notice was not sent."""

    OFF = "off", _("this house sends nothing that way")
    NO_WAY = "no_way", _("there is no way to reach them")
    OVER = "over", _("there was nothing to tell any more")
    REFUSED = "refused", _("who carries it refused it")
    TOO_MANY = "too_many", _("there were more in a day than may go out")
    UNREACHABLE = "unreachable", _("who carries it did not answer")
