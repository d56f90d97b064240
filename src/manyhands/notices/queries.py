"""What was sent and what was not."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from manyhands.networks.queries import networks_of
from manyhands.notices.models import Notice
from manyhands.notices.states import NoticeState
from manyhands.people.models import ContactPoint, Person

LATE_AFTER = timedelta(days=1)
NIGHT, MORNING = time(21), time(8)


def untold(now: datetime) -> QuerySet[Notice]:
    """Notices that could not be sent, or that have waited for more than a day. For counting them."""
    late = Q(state=NoticeState.WAITING, made_at__lt=now - LATE_AFTER)
    return Notice.objects.filter(Q(state=NoticeState.FAILED) | late)


def quiet_until(person: Person, now: datetime) -> datetime | None:
    """When the night ends in which no text wakes somebody; ``None`` by day. By the clock of the network they are in.

    Of several it is the one they came to first; whoever is in none goes by the clock of the house.
    """
    membership = networks_of(person).order_by("since", "pk").first()
    zone = membership.network.zone if membership is not None else timezone.get_default_timezone()
    here = now.astimezone(zone)
    if MORNING <= here.time() < NIGHT:
        return None
    day = here.date() + timedelta(days=1) if here.time() >= NIGHT else here.date()
    return datetime.combine(day, MORNING, tzinfo=zone)


def mail_address_of(person: Person) -> str:
    """Where mail reaches them now, or nothing."""
    if "@" in (person.login or ""):
        return str(person.login)
    return _first(person, ContactPoint.Kind.EMAIL)


def number_of(person: Person) -> str:
    """Where a text reaches them now, or nothing."""
    if (person.login or "").startswith("+"):
        return str(person.login)
    number = _first(person, ContactPoint.Kind.PHONE)
    return number if number.startswith("+") else ""


def _first(person: Person, kind: str) -> str:
    point = ContactPoint.objects.filter(person=person, kind=kind).order_by("pk").first()
    return point.value if point else ""
