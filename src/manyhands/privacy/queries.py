"""Questions about who saw what."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from manyhands.networks.models import Membership, Network
from manyhands.networks.queries import kept_apart_from, may, same_as, with_those_joined
from manyhands.networks.states import Role, Standing
from manyhands.people.models import Person
from manyhands.privacy.learning import MONTH, Learned, learned
from manyhands.privacy.models import Care, Erasure, Hold, Keeping, Limits, Reveal, Unlock
from manyhands.privacy.rules import why_not_export, why_not_open_one_more
from manyhands.privacy.states import ABOUT_A_MEMBER, TOLD_TO_ALL, Bulk
from manyhands.privacy.telling import Seen, told

NAMED = 5

__all__ = [
    "MONTH",
    "Learned",
    "Seen",
    "care_known_of",
    "care_of",
    "doors_opened_to",
    "holds_in_force",
    "holds_of",
    "homes_opened_to",
    "in_danger",
    "is_open",
    "keeping_of",
    "learned",
    "limits_of",
    "others_of_the_desk",
    "receipt_of",
    "told",
    "two_who_agreed",
    "unlocks_of",
    "unlocks_visible_to",
    "waiting_for",
    "who_learned_most",
    "who_saw",
    "why_not_export",
    "why_not_open_one_more",
]


def who_saw(person: Person) -> QuerySet[Reveal]:
    """Every time somebody saw details of this person, the latest first. For the person alone."""
    return Reveal.objects.filter(whose=person).select_related("seen_by", "network").order_by("-seen_at", "-pk")


def limits_of(network: Network) -> Limits:
    """How many addresses one helper may open by themselves here."""
    return Limits.objects.filter(network=network).first() or Limits(network=network)


def is_open(person: Person, network: Network, what: str, *, now: datetime) -> bool:
    """Whether a second person's yes, or the long wait of someone who is alone, opens this to this person now."""
    return Unlock.objects.filter(
        asked_by=person, network=network, what=what, opens_at__lte=now, ends_at__gt=now
    ).exists()


def in_danger(network: Network) -> frozenset[UUID]:
    """Who here would be in danger if they were found, by their keys. Asked once while a request lasts."""
    known: frozenset[UUID] | None = network.__dict__.get("_in_danger")
    if known is None:
        found = Care.objects.filter(network=network).values_list("person", flat=True)
        known = network.__dict__["_in_danger"] = with_those_joined(found, network)
    return known


def care_of(person: Person, network: Network) -> Care | None:
    """The extra care taken of somebody here: for the person themself."""
    return Care.objects.filter(person=person, network=network).first()


def care_known_of(person: Person, network: Network) -> Care | None:
    """The extra care taken of somebody here, or of somebody held to be them. For the desk alone."""
    return Care.objects.filter(person__in=same_as(person.pk, network), network=network).order_by("since").first()


def doors_opened_to(person: Person, network: Network, *, now: datetime) -> set[str]:
    """The asks whose doors two of the desk opened to a helper, by their codes."""
    opened = Unlock.objects.filter(network=network, what=Bulk.DOOR, whom=person, opens_at__lte=now, ends_at__gt=now)
    return set(opened.values_list("about", flat=True))


def homes_opened_to(person: Person, network: Network, *, now: datetime) -> set[UUID]:
    """The helpers in danger whose own door and phone two of the desk opened to one of the desk, by their keys."""
    opened = Unlock.objects.filter(network=network, what=Bulk.HOME, asked_by=person, opens_at__lte=now, ends_at__gt=now)
    return set(opened.exclude(whom=None).values_list("whom", flat=True))


def waiting_for(
    network: Network, what: str, about: str, whom: Person | None, *, now: datetime, by: Person | None = None
) -> Unlock | None:
    """What was asked for about one ask and one person, and is open or waits for a second yes; by one, if said."""
    asked = Unlock.objects.filter(network=network, what=what, about=about, whom=whom, ends_at__gt=now)
    if by is not None:
        asked = asked.filter(asked_by=by)
    return asked.exclude(answered_at__isnull=False, opens_at=None).first()


def two_who_agreed(person: Person, network: Network, what: str, *, now: datetime) -> set[UUID]:
    """The keys of the two whose yes is open now; of one, who was alone at the desk."""
    unlock = Unlock.objects.filter(
        asked_by=person, network=network, what=what, opens_at__lte=now, ends_at__gt=now
    ).first()
    return {key for key in (unlock.asked_by_id, unlock.answered_by_id) if key} if unlock is not None else set()


def unlocks_of(network: Network, *, since: datetime) -> QuerySet[Unlock]:
    """What was asked for that takes two. Every member may read it."""
    told = Unlock.objects.filter(network=network, asked_at__gte=since, what__in=TOLD_TO_ALL)
    return told.select_related("asked_by", "answered_by")


def unlocks_visible_to(person: Person, network: Network) -> QuerySet[Unlock]:
    """What takes two, the latest first: all of it for the desk, one's own for everyone else."""
    unlocks = Unlock.objects.filter(network=network).select_related("asked_by", "answered_by", "whom", "network")
    if not may(person, network, Role.DISPATCHER):
        return unlocks.filter(asked_by=person)
    apart = kept_apart_from(person.pk, network)
    return unlocks.exclude(what__in=ABOUT_A_MEMBER, whom__in=apart) if apart else unlocks


def others_of_the_desk(person: Person, network: Network) -> int:
    """How many others could be the second person."""
    desk = Membership.objects.filter(
        network=network, role__in=[Role.DISPATCHER, Role.STEWARD], standing=Standing.ACTIVE
    )
    return desk.exclude(person=person).count()


def who_learned_most(person: Person, network: Network, worst: Learned) -> list[tuple[Person, bool, int]]:
    """The accounts that could have learned most, by name: for a steward, and for nobody else."""
    if not may(person, network, Role.STEWARD):
        return []
    most = worst.accounts[:NAMED]
    people = Person.objects.in_bulk([who for who, _is_desk, _count in most])
    return [(people[who], is_desk, count) for who, is_desk, count in most if who in people]


def keeping_of(network: Network) -> Keeping:
    """How many days a network keeps what is over; the house's where it set nothing."""
    return Keeping.objects.filter(network=network).first() or Keeping(network=network)


def holds_in_force(*, now: datetime) -> QuerySet[Hold]:
    """What is held by law, in all networks in sight.

    It holds from the moment a steward asks: what is forgotten while a second one is looked for comes back no more. It
    ends when they say no, or nobody answers in three days, and else when a steward releases it.
    """
    agreed = Q(unlock__opens_at__isnull=False)
    waits = Q(unlock__answered_at=None, unlock__ends_at__gt=now)
    return Hold.objects.filter(agreed | waits, released_at=None).select_related("network", "unlock")


def holds_of(network: Network) -> QuerySet[Hold]:
    """All holds of a network, those to look at first. For its stewards."""
    return Hold.objects.filter(network=network).select_related("unlock__asked_by", "unlock__answered_by", "network")


def receipt_of(key: UUID) -> Erasure | None:
    """The receipt of somebody who was forgotten, for whoever holds its address."""
    return Erasure.objects.filter(pk=key).first()
