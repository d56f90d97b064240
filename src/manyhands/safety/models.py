"""People of trust, reports, who reads them, and what was written."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from manyhands.kit.sealed_fields import SealedCharField, SealedTextField, Sealing, Under
from manyhands.networks.models import Network
from manyhands.people.models import Person
from manyhands.safety.states import Outcome, ReportState


class Trusted(models.Model):
    """Somebody whom a network chose to read reports. That is public: who reports sees who would read it."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["network", "person"], name="trusted_once"),)


class Outside(models.Model):
    """Somebody outside the network whom one may turn to instead: a name and a number, for everyone to read."""

    network = models.OneToOneField(Network, models.CASCADE, related_name="+", primary_key=True)
    text = models.CharField(max_length=300, blank=True)


class Report(Sealing):
    """What somebody told people of trust. Whom it is about and who wrote it lie sealed, under the network's key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=ReportState, default=ReportState.NEW)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    about = SealedCharField(max_length=36, blank=True)  # the key of a person, where it is known
    about_words = SealedCharField(max_length=200, blank=True)  # else what was written of them
    written_by = SealedCharField(max_length=36, blank=True)
    words = SealedTextField(max_length=4000, blank=True)
    at_host = models.BooleanField(default=False)
    nonce = models.CharField(max_length=32)
    token_digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    under: ClassVar[Under] = Under(holder="network_id", network="network_id")
    is_never_exported: ClassVar[bool] = True

    class Meta:
        ordering = ("-moved_at", "pk")
        constraints = (
            models.CheckConstraint(
                name="report_end_has_its_time",
                condition=Q(state__in=["ended", "withdrawn"], ended_at__isnull=False)
                | (~Q(state__in=["ended", "withdrawn"]) & Q(ended_at__isnull=True)),
            ),
        )


class Reader(models.Model):
    """Who may read a report: fixed when it is sent, so that nobody can add themself or take others off later."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="readers")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    takes_it = models.BooleanField(default=False)

    is_never_exported: ClassVar[bool] = True

    class Meta:
        constraints = (models.UniqueConstraint(fields=["report", "person"], name="reader_once"),)


class Line(Sealing):
    """What was written later, by whoever reported or by somebody of trust."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    report = models.ForeignKey(Report, models.CASCADE, related_name="lines")
    is_answer = models.BooleanField()
    words = SealedTextField(max_length=4000, blank=True)
    at = models.DateTimeField()

    under: ClassVar[Under] = Under(holder="network_id", network="network_id")
    is_never_exported: ClassVar[bool] = True

    class Meta:
        ordering = ("at", "pk")
