"""What a hold is about, down to the row: the asks it names, and what hangs on them, and nothing beside."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from manyhands.exchange.models import Ask, Asking, Claim, Helper, Match, Offer, Repeat
from manyhands.exchange.states import RepeatState
from manyhands.kit import wall
from manyhands.networks.models import Membership, Network
from manyhands.people.models import ContactPoint, Person
from manyhands.places.models import Place
from manyhands.privacy import queries as privacy
from manyhands.privacy.models import Hold


def held(now: datetime, *, network: Network | None = None) -> dict[str, QuerySet[Any]]:
    """The keys of all that is held by law now, by model. Empty where nothing is: that costs one question.

    ``network``: only what its own holds keep, of its own things; a page of the network asks no further.
    """
    in_force = privacy.holds_in_force(now=now)
    holds = list(in_force if network is None else in_force.filter(network=network))
    if not holds:
        return {}
    asks, offers, members, people = Q(pk=None), Q(pk=None), Q(pk=None), set[UUID]()
    for hold in holds:
        asks |= _asks(hold)
        offers |= _offers(hold)
        # What somebody is in another network as well, another network's law has to keep.
        members |= Q(network=hold.network_id, person__in=hold.people)
        people.update(map(UUID, hold.people))
    held_asks, held_offers = Ask.objects.filter(asks), Offer.objects.filter(offers)
    askings = Asking.objects.filter(pk__in=held_asks.values("asking"))
    memberships = Membership.objects.filter(members)
    helpers = Helper.objects.filter(membership__in=memberships.values("pk"))
    whose = Person.objects.filter(
        Q(pk__in=askings.values("asked_by")) | Q(pk__in=held_offers.values("offered_by")) | Q(pk__in=people)
    )
    places = Place.objects.filter(
        Q(pk__in=held_asks.values("place"))
        | Q(pk__in=held_offers.values("place"))
        | Q(pk__in=helpers.values("start"))
        | Q(pk__in=helpers.filter(end__isnull=False).values("end"))
    )
    found: dict[str, QuerySet[Any]] = {
        "exchange.Ask": held_asks,
        "exchange.Offer": held_offers,
        "exchange.Asking": askings,
        "exchange.Claim": Claim.objects.filter(Q(ask__in=held_asks.values("pk")) | Q(helper__in=helpers.values("pk"))),
        "exchange.Match": Match.objects.filter(
            Q(ask__in=held_asks.values("pk")) | Q(offer__in=held_offers.values("pk"))
        ),
        "exchange.Repeat": Repeat.objects.filter(first__in=held_asks.values("pk")),
        "exchange.Helper": helpers,
        "places.Place": places,
        "networks.Membership": memberships,
        "people.Person": whose,
        "people.ContactPoint": ContactPoint.objects.filter(person__in=whose.values("pk")),
    }
    return {model: things.order_by().values("pk") for model, things in found.items()}


def is_about(hold: Hold, person: Person) -> bool:
    """Whether a hold keeps something of this person."""
    return (
        str(person.pk) in hold.people
        or Ask.objects.filter(_asks(hold), asking__asked_by=person).exists()
        or Offer.objects.filter(_offers(hold), offered_by=person).exists()
    )


@wall.everywhere()
def held_and_told(person: Person, *, now: datetime) -> list[Hold]:
    """The holds that keep something of a person and of which they may be told: for the person."""
    return [hold for hold in privacy.holds_in_force(now=now).filter(may_tell=True) if is_about(hold, person)]


def forgotten_on(asks: list[Ask], network: Network, *, now: datetime) -> dict[UUID, date]:
    """The day on which the words of each of some asks are forgotten, of those that are over and not held."""
    days = timedelta(days=privacy.keeping_of(network).words_days)
    found = {
        ask.pk: (ask.closed_at + days).astimezone(network.zone).date()
        for ask in asks
        if ask.closed_at is not None and (ask.repeat is None or ask.repeat.state == RepeatState.STOPPED)
    }
    if (kept := held(now, network=network).get("exchange.Ask")) is not None:
        for key in kept.filter(pk__in=list(found)):
            found.pop(key["pk"])
    return found


def unknown_codes(hold_codes: list[str], network: Network) -> list[str]:
    """Codes that are no ask here."""
    known = set(Ask.objects.filter(network=network, code__in=hold_codes).values_list("code", flat=True))
    return [code for code in hold_codes if code not in known]


def _asks(hold: Hold) -> Q:
    named = Q()
    if hold.codes or hold.people:
        named = Q(code__in=hold.codes) | Q(asking__asked_by__in=hold.people)
    return Q(network=hold.network_id) & named & _span(hold, "asked_at")


def _offers(hold: Hold) -> Q:
    """Offers of the people named; a code is an ask's, and a span alone means asks."""
    if not hold.people:
        return Q(pk=None)
    return Q(network=hold.network_id, offered_by__in=hold.people) & _span(hold, "offered_at")


def _span(hold: Hold, moment: str) -> Q:
    """Whole days on the network's clock, the last one included."""
    zone, said = hold.network.zone, Q()
    if hold.since is not None:
        said &= Q(**{f"{moment}__gte": datetime.combine(hold.since, time.min, zone)})
    if hold.until is not None:
        said &= Q(**{f"{moment}__lt": datetime.combine(hold.until + timedelta(days=1), time.min, zone)})
    return said
