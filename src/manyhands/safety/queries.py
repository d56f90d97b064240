"""Questions about reports: who reads them, and which are mine to read."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from manyhands.exchange import queries as exchange
from manyhands.kit import links, wall
from manyhands.networks.models import Membership, Network
from manyhands.networks.queries import same_as
from manyhands.networks.states import Role, Standing
from manyhands.people.models import Person
from manyhands.safety.models import Outside, Reader, Report, Trusted

Someone = Person | AnonymousUser | None


def visible_to(person: Someone) -> QuerySet[Report]:
    """The reports this person may read, those that moved last first: as they were sent, whatever was changed since.

    But whoever left, or was removed, reads no more; nor does who is no host any longer. To everyone else, a steward or
    host too, they are not there and are not counted.
    """
    if not isinstance(person, Person):
        return Report.objects.none()
    is_still_here = Q(at_host=True) if person.is_host else Q()
    is_still_here |= Q(at_host=False, network__in=_networks_of(person))
    return Report.objects.filter(is_still_here, readers__person=person).select_related("network")


def _networks_of(person: Person) -> QuerySet[Membership, Any]:
    return Membership.objects.filter(person=person).exclude(standing=Standing.LEFT).values("network")


def readers_of(report: Report) -> QuerySet[Reader]:
    """Who can read it still: whom it was sent to, without those who left or are no host any more."""
    readers = report.readers.select_related("person")
    if report.at_host:
        return readers.filter(person__is_host=True)
    members = Membership.objects.filter(network=report.network).exclude(standing=Standing.LEFT)
    return readers.filter(person__in=members.values("person"))


def people_of_trust(network: Network) -> list[Person]:
    """Who reads reports here: those chosen who are active members. In the order they were chosen."""
    chosen = Trusted.objects.filter(network=network).select_related("person").order_by("pk")
    active = set(Membership.objects.filter(network=network, standing=Standing.ACTIVE).values_list("person", flat=True))
    return [each.person for each in chosen if each.person_id in active]


def is_trusted(person: Someone) -> bool:
    """Whether this person reads reports anywhere: then their menu says so, with or without one to read."""
    if not isinstance(person, Person):
        return False
    with wall.everywhere():
        return Trusted.objects.filter(person=person, network__in=_networks_of(person)).exists()


def hosts() -> list[Person]:
    """Who looks after the install."""
    return list(Person.objects.filter(is_host=True).order_by("pk"))


def outside_of(network: Network) -> str:
    """Whom outside one may turn to."""
    found = Outside.objects.filter(network=network).first()
    return found.text if found else ""


def who_may_be_meant(person: Someone, network: Network) -> list[Person]:
    """Whom somebody may want to report: whoever they met here, and for members also the desk."""
    if not isinstance(person, Person):
        return []
    found = dict.fromkeys(exchange.whom_they_met(person, network))
    if Membership.objects.filter(network=network, person=person).exclude(standing=Standing.LEFT).exists():
        desk = Membership.objects.filter(network=network, role__in=[Role.DISPATCHER, Role.STEWARD])
        desk = desk.exclude(standing=Standing.LEFT).exclude(person=person).select_related("person").order_by("pk")
        found |= {each.person: None for each in desk}
    return list(found)


def readers_without(network: Network, keys: Collection[UUID]) -> tuple[list[Person], bool]:
    """Who would read a report that these must not read, and whether that is only the host any more."""
    trusted = [person for person in people_of_trust(network) if person.pk not in keys]
    return (trusted, False) if trusted else ([host for host in hosts() if host.pk not in keys], True)


def report_behind(token: str) -> Report | None:
    """The report a private link opens, for whoever wrote it."""
    with wall.everywhere():
        return Report.objects.filter(token_digest=links.digest(token)).select_related("network").first()


def token_of(report: Report) -> str:
    """The secret part of a report's private link."""
    return links.token_for("report", report.pk, report.nonce)


def person_of(key: str) -> Person | None:
    """Whom a sealed key stands for."""
    return Person.objects.filter(pk=UUID(key)).first() if key else None


def membership_of_the_one_meant(report: Report) -> Membership | None:
    if not report.about:
        return None
    # Who is written down twice helps as one of the two.
    theirs = Membership.objects.filter(network=report.network, person__in=same_as(UUID(report.about), report.network))
    return theirs.exclude(standing=Standing.LEFT).first() or theirs.first()
