"""Questions about networks: which one, who is in it, what do they call things."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from manyhands.journal import queries as journal
from manyhands.kernel.chain import Head
from manyhands.networks.models import Apart, Joined, Membership, Network
from manyhands.networks.states import Role, Standing
from manyhands.people.models import Person

Someone = Person | AnonymousUser | None


def open_to_all() -> QuerySet[Network]:
    """The networks of this install, by name. That a network exists is public."""
    return Network.objects.order_by("name")


def by_slug(slug: str) -> Network | None:
    return Network.objects.filter(slug=slug).first()


def membership_of(person: Person | AnonymousUser | None, network: Network) -> Membership | None:
    """The person's membership, unless they left. Asked once per person and network while one request lasts."""
    if person is None or not isinstance(person, Person):
        return None
    known: dict[object, Membership | None] = person.__dict__.setdefault("_memberships", {})
    if network.pk not in known:
        known[network.pk] = (
            Membership.objects.filter(network=network, person=person).exclude(standing=Standing.LEFT).first()
        )
        if (found := known[network.pk]) is not None:
            found.network, found.person = network, person
    return known[network.pk]


def may(person: Person | AnonymousUser | None, network: Network, role: str) -> bool:
    """Whether this person may now do what ``role`` does in this network."""
    membership = membership_of(person, network)
    return membership is not None and membership.may(role)


def role_of(person: Person | AnonymousUser | None, network: Network) -> Role | None:
    """What an active member does here; ``None`` for everyone else."""
    membership = membership_of(person, network)
    return Role(membership.role) if membership is not None and membership.standing == Standing.ACTIVE else None


def networks_of(person: Person) -> QuerySet[Membership]:
    """Where a person is a member, with the networks at hand."""
    return (
        Membership.objects.filter(person=person)
        .exclude(standing=Standing.LEFT)
        .select_related("network")
        .order_by("network__name")
    )


def members_of(network: Network) -> QuerySet[Membership]:
    """Everyone who is or wants to be a member, those who wait first. For dispatchers and stewards."""
    return (
        Membership.objects.filter(network=network)
        .exclude(standing=Standing.LEFT)
        .select_related("person")
        .prefetch_related("person__contact_points")
        .order_by("-standing", "pk")
    )


def by_name(memberships: QuerySet[Membership]) -> list[Membership]:
    """Those who wait first, and among each by name: names are sealed, so the database can't sort by them."""
    order = list(Standing)
    return sorted(memberships, key=lambda one: (order.index(Standing(one.standing)), one.person.name.casefold()))


def visible_to(person: Person | AnonymousUser, network: Network) -> QuerySet[Membership]:
    """The memberships this person may see: all of them for a dispatcher, one's own for everyone else."""
    if may(person, network, Role.DISPATCHER):
        return members_of(network)
    if isinstance(person, Person):
        return members_of(network).filter(person=person)
    return Membership.objects.none()


def same_as(person: UUID, network: Network) -> frozenset[UUID]:
    """Everyone written down here who is held to be this person, by their keys, with themself."""
    into = _joined_in(network)
    one = into.get(person, person)
    return frozenset({person, one, *(each for each, other in into.items() if other == one)})


def with_those_joined(people: Iterable[UUID], network: Network) -> frozenset[UUID]:
    """These people and everyone who is held to be one of them."""
    found = frozenset(people)
    return found.union(*(same_as(each, network) for each in found)) if found and _joined_in(network) else found


def _joined_in(network: Network) -> dict[UUID, UUID]:
    """Who is held to be whom. Asked once while a request lasts."""
    known: dict[UUID, UUID] | None = network.__dict__.get("_joined")
    if known is None:
        rows = Joined.objects.filter(network=network).values_list("person", "into")
        known = network.__dict__["_joined"] = dict(rows)
    return known


def kept_apart_from(person: UUID, network: Network) -> frozenset[UUID]:
    """Whom nothing brings together with somebody here, by their keys. Asked once while a request lasts.

    Who is written down twice is kept apart twice.
    """
    pairs: list[tuple[UUID, UUID]] | None = network.__dict__.get("_apart")
    if pairs is None:
        pairs = network.__dict__["_apart"] = list(Apart.objects.filter(network=network).values_list("one", "other"))
    if not pairs:
        return frozenset()
    ours = same_as(person, network)
    others = {other if one in ours else one for one, other in pairs if (one in ours) != (other in ours)}
    # What was said of just these two holds, whatever else somebody thinks they are.
    just_these = {other if one == person else one for one, other in pairs if person in {one, other}}
    return with_those_joined(others, network) | just_these


def not_kept_apart(membership: Membership, *, by: str) -> Q:
    """For a question about many things: those whose person ``by`` names nothing keeps apart from this member."""
    apart = kept_apart_from(membership.person_id, membership.network)
    return ~Q(**{f"{by}__in": apart}) if apart else Q()


def may_see(person: Someone, network: Network, *, by: str) -> Q:
    """The same for whoever looks at a page, whatever they are here: it stands on none for them, nor in any number."""
    membership = membership_of(person, network)
    return Q() if membership is None else not_kept_apart(membership, by=by)


def networks_with_people_kept_apart() -> QuerySet[Apart, Any]:
    """Where anybody is kept apart from anybody: the keys of the networks."""
    return Apart.objects.order_by().values("network").distinct()


def kept_apart_from_all_the_desk(network: Network) -> frozenset[UUID]:
    """Whom everybody at the desk is kept apart from, by their keys: nobody there sees what they ask for."""
    roles = [Role.DISPATCHER, Role.STEWARD]
    desk = Membership.objects.filter(network=network, standing=Standing.ACTIVE, role__in=roles)
    apart = [kept_apart_from(key, network) for key in desk.values_list("person", flat=True)]
    return frozenset.intersection(*apart) if apart else frozenset()


def wordings_of(network: Network, language: str) -> dict[str, str]:
    """The network's own words in one language: our word -> theirs."""
    return dict(network.wordings.filter(language=language).values_list("word", "text"))


_DAYS_OF_HEADS = 31


def heads_of(network: Network, *, now: datetime) -> tuple[Head, list[Head]]:
    """Where the network's journal stands now, and where it stood at the end of each day, newest first."""
    today = now.astimezone(network.zone).date()
    by_day = journal.heads_by_day(network.pk, name=network.slug, zone=network.zone, days=_DAYS_OF_HEADS)
    return journal.head_of(network.pk, name=network.slug, on=today), by_day
