"""Questions about who may be written down twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from manyhands.doubles.models import Pair
from manyhands.doubles.states import PairState
from manyhands.exchange import queries as exchange
from manyhands.exchange.models import Ask, Asking, Claim, Helper, Offer
from manyhands.exchange.states import ClaimState
from manyhands.kernel.likeness import LIKELY, Someone, home_of
from manyhands.kit.sealed_fields import read_opened
from manyhands.networks.models import Joined, Membership, Network
from manyhands.networks.queries import kept_apart_from, may
from manyhands.networks.states import Role, Standing
from manyhands.people.models import ContactPoint, Person
from manyhands.places.models import Place
from manyhands.privacy.models import Erasure
from manyhands.privacy.queries import in_danger

Looker = Person | AnonymousUser | None


def visible_to(person: Looker, network: Network) -> QuerySet[Pair]:
    """The pairs of this network, the likeliest first: for the desk, and without whom the looker is kept apart from."""
    if not isinstance(person, Person) or not may(person, network, Role.DISPATCHER):
        return Pair.objects.none()
    pairs = Pair.objects.filter(network=network).select_related("one", "other", "answered_by", "network")
    if apart := kept_apart_from(person.pk, network):
        pairs = pairs.exclude(Q(one__in=apart) | Q(other__in=apart))
    return pairs


def in_state(pairs: QuerySet[Pair], state: str, *, now: datetime, network: Network) -> QuerySet[Pair]:
    """Those that stand there. What was put off until a day that has come is to be looked at again."""
    is_due = Q(state=PairState.LATER, again_on__lte=now.astimezone(network.zone).date())
    if state == PairState.OPEN:
        return pairs.filter(Q(state=PairState.OPEN) | is_due)
    if state == PairState.LATER:
        return pairs.filter(state=PairState.LATER).exclude(is_due)
    return pairs.filter(state=state)


def likely(pairs: QuerySet[Pair]) -> QuerySet[Pair]:
    """Those who are more than possibly one, and whom the desk itself put side by side."""
    return pairs.filter(Q(bits__gte=LIKELY) | Q(bits=None))


def unlikely(pairs: QuerySet[Pair]) -> QuerySet[Pair]:
    """The rest: often namesakes. For whoever has the time."""
    return pairs.filter(bits__lt=LIKELY)


def said_to_differ(network: Network, ones: frozenset[UUID], others: frozenset[UUID], *, besides: Pair) -> bool:
    """Whether the desk said of one of these and one of those that they are two different people."""
    said = Pair.objects.filter(network=network, state=PairState.DIFFERENT).exclude(pk=besides.pk)
    return said.filter(Q(one__in=ones, other__in=others) | Q(one__in=others, other__in=ones)).exists()


def with_person(pairs: QuerySet[Pair], person: Person) -> QuerySet[Pair]:
    """Those of some pairs that somebody is one of."""
    return pairs.filter(Q(one=person) | Q(other=person))


def more_of_them(looker: Looker, pair: Pair, *, now: datetime) -> QuerySet[Pair]:
    """Other pairs to look at in which one of these two is: three records of one person are three pairs."""
    waiting = in_state(visible_to(looker, pair.network), PairState.OPEN, now=now, network=pair.network)
    both = (pair.one_id, pair.other_id)
    return waiting.filter(Q(one__in=both) | Q(other__in=both)).exclude(pk=pair.pk)


def joined_in(person: Looker, network: Network) -> QuerySet[Joined]:
    """Who is held to be whom here, the latest first: for the desk."""
    if not isinstance(person, Person) or not may(person, network, Role.DISPATCHER):
        return Joined.objects.none()
    rows = Joined.objects.filter(network=network).select_related("person", "into").order_by("-since", "pk")
    if apart := kept_apart_from(person.pk, network):
        rows = rows.exclude(Q(person__in=apart) | Q(into__in=apart))
    return rows


# ── Everybody, to be compared ────────────────────────────────────────────────────────────────────────────────────────


def people_of(network: Network) -> QuerySet[Person]:
    """Everyone who asked, offered or belongs here."""
    gone = Erasure.objects.filter(holder=OuterRef("pk"))
    return (
        Person.objects.exclude(Exists(gone))
        .filter(
            Exists(Asking.objects.filter(network=network, asked_by=OuterRef("pk")))
            | Exists(Offer.objects.filter(network=network, offered_by=OuterRef("pk")))
            | Exists(Membership.objects.filter(network=network, person=OuterRef("pk")).exclude(standing=Standing.LEFT))
        )
        .order_by("pk")
    )


def everybody(network: Network) -> list[Someone]:
    """What is known of everyone here, opened, to be compared: in five questions, however many they are.

    Where an ask was for somebody else, the place is theirs and says nothing of whoever asked. Of those who would be in
    danger only the name is compared: a reason would tell whoever guesses an address that they guessed right.
    """
    people, hidden = people_of(network), in_danger(network)
    names = dict(read_opened(people, "pk", "name"))
    phones: dict[UUID, set[str]] = defaultdict(set)
    emails: dict[UUID, set[str]] = defaultdict(set)
    points = ContactPoint.objects.filter(person__in=people.order_by().values("pk"))
    for person, kind, value in read_opened(points, "person_id", "kind", "value"):
        if person in hidden:
            continue
        if kind == ContactPoint.Kind.PHONE:
            phones[person].add(value)
        elif kind == ContactPoint.Kind.EMAIL:
            emails[person].add(value)
    homes: dict[UUID, tuple[str, str]] = {}
    areas: dict[UUID, str] = {}
    for person, text, area in _where(network):
        if person in hidden:
            continue
        if (home := home_of(text)) != ("", ""):
            homes[person] = home
        if area:
            areas[person] = area
    return [
        Someone(
            key=person, names=(name,) if name else (), phones=frozenset(phones[person]),
            emails=frozenset(emails[person]), number=homes.get(person, ("", ""))[0],
            street=homes.get(person, ("", ""))[1], place=areas.get(person, ""),
        )
        for person, name in names.items()
    ]  # fmt: skip


def _where(network: Network) -> Iterable[tuple[UUID, str, str | None]]:
    """Where people live as far as it is known, the latest last: person, the place as written, the part of town."""
    asks = Ask.objects.filter(network=network, asking__consent_at=None).order_by("asked_at", "pk")
    yield from read_opened(asks, "asking__asked_by_id", "place__text", "place__area__name")
    offers = Offer.objects.filter(network=network).order_by("offered_at", "pk")
    yield from read_opened(offers, "offered_by_id", "place__text", "place__area__name")
    helpers = Helper.objects.filter(network=network).order_by("pk")
    yield from read_opened(helpers, "membership__person_id", "start__text", "start__area__name")


def behind_code(code: str, looker: Looker, network: Network) -> Person | None:
    """Who asked or offered what has this code, if the looker sees it."""
    ask = exchange.visible_to(looker, network).filter(code=code).first()
    if ask is not None:
        return ask.asking.asked_by
    offer = exchange.offers_visible_to(looker, network).filter(code=code).first()
    return offer.offered_by if offer is not None else None


# ── Some, to be shown ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Known:
    """What the desk knows of somebody without looking at their door or phone."""

    person: Person
    asks: list[Ask] = field(default_factory=list)  # the latest first
    offers: list[Offer] = field(default_factory=list)
    membership: Membership | None = None
    helper: Helper | None = None
    held: int = 0  # asks they hold now

    @property
    def about(self) -> str:
        """The code of what they were seen for: their latest ask, or else offer."""
        return (self.asks or self.offers)[0].code if self.asks or self.offers else ""

    @property
    def place(self) -> Place | None:
        own = [ask for ask in self.asks if not ask.asking.is_for_someone_else]
        if own or self.offers:
            return (own or self.offers)[0].place
        return self.helper.start if self.helper is not None else None

    @property
    def is_member(self) -> bool:
        return self.membership is not None and self.membership.standing != Standing.LEFT

    @property
    def signs_in(self) -> bool:
        return self.person.login_index is not None


def known(people: Iterable[Person], network: Network) -> dict[UUID, Known]:
    """What is known of some people here: key -> known, in five questions however many they are."""
    found = {person.pk: Known(person) for person in people}
    asks = Ask.objects.filter(network=network, asking__asked_by__in=found.keys())
    for ask in asks.select_related("asking", "category", "place__area").order_by("-asked_at", "pk"):
        found[ask.asking.asked_by_id].asks.append(ask)
    offers = Offer.objects.filter(network=network, offered_by__in=found.keys())
    for offer in offers.select_related("category", "place__area").order_by("-offered_at", "pk"):
        found[offer.offered_by_id].offers.append(offer)
    for membership in Membership.objects.filter(network=network, person__in=found.keys()):
        found[membership.person_id].membership = membership
    helpers = Helper.objects.filter(network=network, membership__person__in=found.keys())
    for helper in helpers.select_related("membership", "start__area"):
        found[helper.membership.person_id].helper = helper
    held = Claim.objects.filter(network=network, state=ClaimState.HELD, helper__membership__person__in=found.keys())
    for person in held.values_list("helper__membership__person", flat=True):
        found[person].held += 1
    return found


def who_stands(one: Known, other: Known) -> tuple[Known, Known]:
    """Of two who are one: who stands for both, and who rests behind them.

    Whoever signs in; else whoever works at the desk, holds something now, is a member here, or was here first.
    """

    def weight(each: Known) -> tuple[Any, ...]:
        member = each.membership if each.is_member else None
        order = list(Role)
        return (
            each.signs_in,
            order.index(Role(member.role)) if member is not None else -1,
            each.held > 0,
            member is not None and member.standing == Standing.ACTIVE,
            -each.person.joined_at.timestamp(),
            str(each.person.pk),
        )

    first, second = sorted((one, other), key=weight, reverse=True)
    return first, second
