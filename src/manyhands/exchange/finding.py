"""Finding asks and offers at the desk: what is looked for, in which order, and what looks alike."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nsmallest
from math import cos, inf, radians
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz, utils

from manyhands.exchange.models import Ask, Category, Helper, Match, Offer
from manyhands.exchange.states import OPEN, AskState, OfferState
from manyhands.kit import codes, reaching
from manyhands.kit.sealed_fields import read_opened
from manyhands.networks.models import Network
from manyhands.networks.queries import Someone, may_see
from manyhands.people.models import ContactPoint, Person
from manyhands.people.queries import reached_at
from manyhands.places.models import Area
from manyhands.privacy.queries import in_danger

# Tabs: key -> (its name, the states it holds). None holds all.
Tabs = dict[str, tuple[Any, tuple[str, ...] | None]]
TABS: Tabs = {
    "new": (_("New"), (AskState.NEW,)),
    "ready": (_("Ready"), (AskState.READY,)),
    "claimed": (_("Claimed"), (AskState.CLAIMED,)),
    "on_the_way": (_("On the way"), (AskState.ON_THE_WAY,)),
    "met": (_("Met"), (AskState.MET, AskState.PARTLY_MET)),
    "could_not": (_("Could not"), (AskState.NOT_MET, AskState.EXPIRED)),
    "all": (_("All"), None),
}
SORTS = {
    "waiting": (_("Waiting longest"), ("asked_at", "pk")),
    "wanted": (_("Wanted soonest"), (F("wanted_until").asc(nulls_last=True), "asked_at", "pk")),
    "latest": (_("Asked last"), ("-asked_at", "pk")),
}
WHENS = {
    "tonight": _("Today"),
    "tomorrow": _("Tomorrow"),
    "overdue": _("Overdue"),
    "any": _("No day named"),
}
OFFER_TABS: Tabs = {
    "open": (_("Open"), (OfferState.OPEN,)),
    "promised": (_("Promised"), (OfferState.PROMISED,)),
    "given": (_("Given"), (OfferState.GIVEN,)),
    "over": (_("Over"), (OfferState.WITHDRAWN, OfferState.EXPIRED)),
    "all": (_("All"), None),
}
ALIKE = 80  # of 100: how much the words of two asks resemble each other before we say so
NEAR_DEGREES = 0.004  # about 400 m
MOST_WEIGHED = 300  # things one list of suggestions is made from
MOST_TOLD = 30_000  # things a search finds by what is sealed: a database takes no longer list


@dataclass(frozen=True, slots=True)
class Search:
    """What a dispatcher is looking for; an empty one finds everything."""

    words: str = ""
    category: Category | None = None
    area: Area | None = None
    language: str = ""
    urgent: bool = False
    when: str = ""  # a key of WHENS


def day_of(network: Network, now: datetime, *, ahead: int = 0) -> tuple[datetime, datetime]:
    """The beginning and the end of today, or of a day ahead, by the network's clock."""
    start = now.astimezone(network.zone).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=ahead)
    return start, start + timedelta(days=1)


def narrowed(asks: QuerySet[Ask], search: Search, network: Network, *, now: datetime) -> QuerySet[Ask]:
    """Those of the asks that a dispatcher is looking for."""
    if search.category is not None:
        asks = asks.filter(category=search.category)
    if search.area is not None:
        asks = asks.filter(Q(place__area=search.area) | Q(place__area__within=search.area))
    if search.language:
        asks = asks.filter(language=search.language)
    if search.urgent:
        asks = asks.filter(is_urgent=True)
    if search.when == "any":
        asks = asks.filter(wanted_from=None, wanted_until=None)
    elif search.when == "overdue":
        asks = asks.filter(wanted_until__lt=now, state__in=OPEN)
    elif search.when:
        start, end = day_of(network, now, ahead=1 if search.when == "tomorrow" else 0)
        asks = asks.filter(
            Q(wanted_from__lt=end) | Q(wanted_from=None),
            Q(wanted_until__gt=start) | Q(wanted_until=None),
        ).exclude(wanted_from=None, wanted_until=None)
    return _that_tell(asks, search.words, network, "asking__asked_by", "asking__for_name") if search.words else asks


def narrowed_offers(offers: QuerySet[Offer], search: Search, network: Network) -> QuerySet[Offer]:
    """Those of the offers that a dispatcher is looking for."""
    if search.category is not None:
        offers = offers.filter(category=search.category)
    if search.area is not None:
        offers = offers.filter(Q(place__area=search.area) | Q(place__area__within=search.area))
    return _that_tell(offers, search.words, network, "offered_by") if search.words else offers


def _that_tell(things: QuerySet[Any], words: str, network: Network, person: str, *more: str) -> QuerySet[Any]:
    """Those with this code or phone number, or with these words said, noted, of a name or of a place.

    What is sealed can't be searched in the database: every thing that may be meant is opened and read here.
    """
    words = words.strip()
    found = Q(place__area__name__icontains=words)
    if codes.as_spoken(words):
        found |= Q(code__startswith=codes.as_spoken(words))
    reached = _reached_by(words, network)
    wanted, told = words.casefold(), []
    rows = read_opened(things, "pk", f"{person}_id", "words", f"{person}__name", "place__text", *more)
    for key, whose, *texts in rows:
        if whose in reached or any(wanted in text.casefold() for text in texts):
            told.append(key)
    return things.filter(found | Q(pk__in=told[:MOST_TOLD]))


def _reached_by(words: str, network: Network) -> set[UUID]:
    """Who asked or offered here and can be reached at the number or address some words hold, or a part of one."""
    digits = "".join(sign for sign in words if sign.isdigit())
    ways = {reaching.phone(words, network.country), digits if len(digits) >= 4 else None}
    ways.add(words.lower() if "@" in words else None)
    parts = [way for way in ways if way]
    if not parts:
        return set()
    points = ContactPoint.objects.filter(person__in=network_people(network).values("pk"))
    values = read_opened(points, "person_id", "value")
    return {person for person, value in values if any(part in value.casefold() for part in parts)}


def network_people(network: Network) -> QuerySet[Person]:
    """Everyone who asked or offered something in this network."""
    asked = Ask.objects.filter(network=network).values("asking__asked_by")
    offered = Offer.objects.filter(network=network).values("offered_by")
    return Person.objects.filter(Q(pk__in=asked) | Q(pk__in=offered))


def in_tab(things: QuerySet[Any], tab: str, tabs: Tabs = TABS) -> QuerySet[Any]:
    """Those that stand where the tab says."""
    states = tabs[tab][1]
    return things if states is None else things.filter(state__in=states)


def counted(things: QuerySet[Any], tabs: Tabs = TABS) -> dict[str, int]:
    """How many stand in each tab, in one question: tab -> number."""
    by_state = dict(things.order_by().values_list("state").annotate(Count("pk")))
    return {
        tab: sum(by_state.values()) if states is None else sum(by_state.get(state, 0) for state in states)
        for tab, (_name, states) in tabs.items()
    }


def in_order(asks: QuerySet[Ask], sort: str) -> QuerySet[Ask]:
    """In an order of :data:`SORTS`."""
    return asks.order_by(*SORTS[sort][1])


def languages_wanted(network: Network) -> list[str]:
    """The languages open asks here need."""
    asks = Ask.objects.filter(network=network, state__in=OPEN).exclude(language="")
    return sorted(asks.order_by().values_list("language", flat=True).distinct())


def look_alikes(ask: Ask, *, limit: int = 5, person: Someone = None) -> list[tuple[Ask, str]]:
    """Asks that may say the same, with why we think so: "same_contact", "same_words". Never those asked together.

    For ``person`` without what they may not see.
    """
    others = (
        Ask.objects.filter(may_see(person, ask.network, by="asking__asked_by"), network=ask.network_id)
        .filter(Q(state__in=OPEN) | Q(closed_at__gte=ask.asked_at - timedelta(days=14)))
        .exclude(asking=ask.asking_id)
        .exclude(state=AskState.DUPLICATE)
        .select_related("category", "place__area", "asking__asked_by")
        .order_by("-asked_at", "pk")
    )
    ways = [point.value for point in ask.asking.asked_by.contact_points.all() if point.kind != "other"]
    found: dict[Any, tuple[Ask, str]] = {}
    if ways:
        people = reached_at(ways).values("person")
        # One household may well need several different things; the same thing twice is what looks odd.
        for other in others.filter(asking__asked_by__in=people)[:50]:
            if other.category_id == ask.category_id or (ask.words and _alike(ask, other)):
                found[other.pk] = (other, "same_contact")
    for other in _near(ask, others)[:50] if ask.words else ():
        if _alike(ask, other):
            found.setdefault(other.pk, (other, "same_words"))
    return list(found.values())[:limit]


def _near(ask: Ask, others: QuerySet[Ask]) -> QuerySet[Ask]:
    """Those of the same kind that are wanted a few hundred metres away at most."""
    place = ask.place
    if place.lat is None or place.lon is None:
        return others.none()
    points = read_opened(others.filter(category=ask.category_id), "pk", "place__lat", "place__lon")
    near = [
        key
        for key, lat, lon in points
        if lat is not None
        and lon is not None
        and abs(lat - place.lat) <= NEAR_DEGREES
        and abs(lon - place.lon) <= 2 * NEAR_DEGREES
    ]
    return others.filter(pk__in=near[:MOST_TOLD])


def _alike(ask: Ask, other: Ask) -> bool:
    return fuzz.token_sort_ratio(ask.words, other.words, processor=utils.default_process) >= ALIKE


def nearest(asks: QuerySet[Ask], helper: Helper, *, limit: int = MOST_WEIGHED) -> tuple[list[Ask], int]:
    """Of more asks than can be weighed one by one, those nearest to where a helper sets out, and how many are left.

    Those without a place come last; among equals those that wait longest come first.
    """
    start = helper.start
    squeeze = cos(radians(start.lat)) if start.lat is not None else 1.0

    hidden = in_danger(helper.network)

    def far(row: tuple[Any, datetime, Any, float | None, float | None]) -> tuple[float, datetime]:
        _key, asked_at, whose, lat, lon = row
        if lat is None or lon is None or start.lat is None or start.lon is None or whose in hidden:
            return inf, asked_at
        return (lat - start.lat) ** 2 + ((lon - start.lon) * squeeze) ** 2, asked_at

    rows = list(read_opened(asks.order_by(), "pk", "asked_at", "place__holder", "place__lat", "place__lon"))
    chosen = [row[0] for row in nsmallest(limit, rows, key=far)]
    found = asks.in_bulk(chosen)
    return [found[key] for key in chosen if key in found], len(rows) - len(chosen)


def offers_that_may_fit(ask: Ask) -> QuerySet[Offer]:
    """Open offers of an ask's kind, or of no kind named, that were not already put to it."""
    put = Match.objects.filter(ask=ask).values("offer")
    return (
        Offer.objects.filter(network=ask.network_id, state=OfferState.OPEN)
        .filter(Q(category=ask.category_id) | Q(category=None))
        .exclude(pk__in=put)
        .select_related("category", "place__area", "offered_by")
        .order_by("offered_at", "pk")
    )


def asks_that_may_fit(offer: Offer) -> QuerySet[Ask]:
    """Waiting asks of an offer's kind, or any where it names none, that it was not already put to."""
    put = Match.objects.filter(offer=offer).values("ask")
    asks = Ask.objects.filter(network=offer.network_id, state__in=[AskState.NEW, AskState.READY]).exclude(pk__in=put)
    if offer.category_id is not None:
        asks = asks.filter(category=offer.category_id)
    return asks.select_related("category", "place__area", "asking__asked_by").order_by("asked_at", "pk")


def standing_of(ask: Ask) -> str:
    """Changes whenever the ask comes to stand somewhere else."""
    return f"{ask.state}@{ask.moved_at.timestamp():.6f}"


def mark_of(ask: Ask) -> str:
    """Changes whenever anything the ask says changes, its place and contact included."""
    says = [
        ask.words, ask.notes, ask.category_id, ask.wanted_from, ask.wanted_until, ask.people, ask.boxes, ask.minutes,
        ask.skill, ask.language, ask.is_urgent, ask.is_open, ask.place.text, ask.place.door, ask.place.area_id,
        ask.place.lat, ask.place.lon, ask.asking.asked_by.name,
        sorted(point.typed for point in ask.asking.asked_by.contact_points.all()),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(says, default=str).encode()).hexdigest()[:16]
