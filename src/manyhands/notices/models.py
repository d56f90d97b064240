"""What people are told."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from manyhands.notices.states import NoticeState, Way, WhyNot
from manyhands.people.models import Person


class Notice(models.Model):
    """That someone is to be told something. Its words are made when it is sent, and not kept; nor is where it went."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)  # "sign_in_code": whose words are made by who said so
    about = models.CharField(max_length=60, blank=True)  # the id or code of what it is about
    link = models.CharField(max_length=200, blank=True)  # a page of ours that is no secret
    key = models.CharField(max_length=120, null=True, unique=True)  # two with one key are one
    way = models.CharField(max_length=4, choices=Way, blank=True)  # asked for, or found when it was sent
    state = models.CharField(max_length=8, choices=NoticeState, default=NoticeState.WAITING)
    why_not = models.CharField(max_length=12, choices=WhyNot, blank=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["state", "made_at"]),)
        constraints = (
            models.CheckConstraint(
                name="a_notice_that_was_not_sent_says_why",
                condition=Q(state__in=["dropped", "failed"]) & ~Q(why_not="")
                | Q(state__in=["waiting", "sent"], why_not=""),
            ),
        )
