"""Who saw whose details, and what takes two people."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from manyhands.kit.sealed_fields import SealedCharField, SealedJSONField, Sealing, Under
from manyhands.networks.models import Network
from manyhands.people.models import Person
from manyhands.privacy.states import Bulk, Part, Why


def _days(name: Any, most: int) -> Any:
    return models.PositiveSmallIntegerField(
        name, default=most, validators=[MinValueValidator(1), MaxValueValidator(most)]
    )


class Reveal(models.Model):
    """That somebody saw details of somebody: which kinds, on what grounds, on which day. Never the details."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    # Nobody: whoever holds the server's terminal.
    seen_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    whose = models.ForeignKey(Person, models.CASCADE, related_name="+")
    about = models.CharField(max_length=8, blank=True)  # the code of the ask or offer it was seen for
    why = models.CharField(max_length=8, choices=Why)
    parts = models.CharField(max_length=40)  # "place,reach": parts of `states.Part`
    day = models.DateField()  # by the network's clock
    seen_at = models.DateTimeField()  # first on that day

    class Meta:
        ordering = ("-seen_at", "-pk")
        indexes = (
            models.Index(fields=["whose", "-seen_at"]),
            models.Index(fields=["seen_by", "day"]),
            models.Index(fields=["network", "day"]),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["network", "seen_by", "whose", "about", "why", "parts", "day"], name="one_reveal_a_day"
            ),
        )

    @property
    def kinds(self) -> list[Part]:
        return [Part(part) for part in self.parts.split(",") if part]


class Limits(models.Model):
    """How many addresses one helper may open by themselves; where a network set nothing, the defaults hold."""

    network = models.OneToOneField(Network, models.CASCADE, related_name="+")
    a_day = models.PositiveSmallIntegerField(
        _("addresses a helper may open in a day"), default=10, validators=[MinValueValidator(1), MaxValueValidator(200)]
    )
    a_month = models.PositiveSmallIntegerField(
        _("addresses a helper may open in 30 days"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(2000)],
    )


class Unlock(Sealing):
    """A second person's yes to what one alone may not do: who asked, why, who agreed, and from when until when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    what = models.CharField(max_length=10, choices=Bulk)
    asked_by = models.ForeignKey(Person, models.CASCADE, related_name="+")
    reason = SealedCharField(max_length=200)
    # Of one ask and one person: whose door opens to which helper. Or of one person: which helper's own door and phone
    # open to whoever asked, or who needs no extra care any more.
    about = models.CharField(max_length=8, blank=True)
    whom = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    opens_at = models.DateTimeField(null=True)  # never, as long as nobody agreed
    ends_at = models.DateTimeField()

    under = Under(holder="asked_by_id", network="network_id")

    class Meta:
        ordering = ("-asked_at", "pk")
        indexes = (models.Index(fields=["network", "-asked_at"]),)
        constraints = (
            # Whatever the code above does: nobody is their own second person.
            models.CheckConstraint(
                name="unlock_takes_two", condition=Q(answered_by=None) | ~Q(answered_by=models.F("asked_by"))
            ),
        )

    @property
    def was_agreed(self) -> bool:
        return self.opens_at is not None and self.answered_by_id is not None


class Keeping(models.Model):
    """How many days a network keeps what is over: as many as the house, or fewer."""

    network = models.OneToOneField(Network, models.CASCADE, related_name="+")
    door_days = _days(_("Days an address and a door are kept"), 30)
    words_days = _days(_("Days words and phones are kept"), 90)
    name_days = _days(_("Days a name is kept"), 365)


class Hold(Sealing):
    """That just these things are not forgotten for now, because the law demands it: which, why, and until when to look.

    Which they are is told by the codes of asks, by people, and by a span of days; the rooms above know what that is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    unlock = models.OneToOneField("privacy.Unlock", models.PROTECT, related_name="+")  # the two who said so
    reason = SealedCharField(max_length=300)
    codes = models.JSONField(default=list, blank=True)
    people = SealedJSONField(default=list, blank=True)  # their keys
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    review_on = models.DateField()
    may_tell = models.BooleanField(default=True)
    released_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)

    under = Under(holder="network_id", network="network_id")

    class Meta:
        ordering = ("review_on", "pk")
        indexes = (models.Index(fields=["network", "released_at"]),)


class Care(Sealing):
    """That somebody would be in danger if they were found: door and phone open only by two of the desk."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    word = SealedCharField(max_length=60)  # with which the desk proves itself when it calls
    since = models.DateTimeField()

    under = Under(holder="person_id", network="network_id")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["network", "person"], name="one_care_per_person"),)


class Forgotten(models.Model):
    """That a thing's words are gone: which thing, and when. So that nothing is looked at twice; it says no more."""

    model = models.CharField(max_length=40)  # "exchange.Ask"
    key = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["model", "key"], name="forgotten_once"),)


class Sweep(models.Model):
    """One day's forgetting: how many of what. The house forgets once a day."""

    day = models.DateField(unique=True)
    at = models.DateTimeField()
    counts = models.JSONField(default=dict)


class Erasure(models.Model):
    """That somebody wanted all of theirs forgotten, and the receipt for it: no name, only that and when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.UUIDField(unique=True)  # whose key died
    at = models.DateTimeField()
    asks = models.PositiveIntegerField(default=0)  # what stays counted
    offers = models.PositiveIntegerField(default=0)
    # Some of it is held back by law: the rest of it, and the key, go when that ends.
    is_held = models.BooleanField(default=False)
    # Of the key ring, before and after; empty until the key is gone.
    before = models.CharField(max_length=64, blank=True)
    after = models.CharField(max_length=64, blank=True)
