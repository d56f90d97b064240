"""Forgetting pairs: with either of the two, and a year after they were looked at."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from manyhands.doubles.models import Pair
from manyhands.people.models import Person
from manyhands.privacy.actions import Clock
from manyhands.privacy.models import Forgotten


def _over(before: datetime) -> QuerySet[Pair]:
    gone = Forgotten.objects.filter(model="people.Person").values("key")
    old = Q(answered_at__lt=before) | Q(answered_at=None, found_at__lt=before)
    return Pair.objects.filter(Q(one__in=gone) | Q(other__in=gone) | old).order_by("pk")


CLOCKS = (Clock("doubles.Pair", _over, lambda pair: pair.delete(), goes=True),)


def forget_pairs(person: Person, **_how: object) -> None:
    """Whoever is erased may be nobody any more."""
    Pair.objects.filter(Q(one=person) | Q(other=person)).delete()
