"""The board: what is asked for and what is offered, for everyone to see, without anyone being seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from manyhands.exchange import languages, queries, telling
from manyhands.exchange.forms.board import BoardForm
from manyhands.exchange.forms.offering import KIND_ICONS
from manyhands.exchange.models import Ask, Category, Offer
from manyhands.exchange.states import AskState
from manyhands.kernel import disclosure
from manyhands.kit.maps import Point
from manyhands.networks.here import NetworkRequest
from manyhands.networks.models import Network
from manyhands.places.models import Area
from manyhands.privacy.queries import in_danger

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One ask or offer as everyone may see it: nothing in it names a person, a door or an hour."""

    code: str
    icon: str
    what: str
    is_ask: bool
    words: str = ""
    area: str = ""
    day: str = ""
    since: date | None = None
    people: int = 1
    language: str = ""
    is_held: bool = False
    is_urgent: bool = False
    claim_url: str = ""
    point: Point | None = None


@require_GET
def board(request: NetworkRequest) -> HttpResponse:
    """Open asks, or open offers, of one network."""
    network = request.network
    form = BoardForm(request.GET, network=network)
    category, area = form.wanted()
    shows_offers = request.GET.get("show") == "offers"
    page: Page[Any]
    if shows_offers:
        page = Paginator(_offers(request, category, area), PAGE).get_page(request.GET.get("page"))
        lines = [_offer_line(offer, network) for offer in page]
    else:
        page = Paginator(_asks(request, category, area), PAGE).get_page(request.GET.get("page"))
        may_claim = queries.may_claim_here(request.user, network)
        lines = [_ask_line(ask, network, may_claim=may_claim) for ask in page]
    chosen = request.GET.copy()
    for name in ("show", "page"):
        chosen.pop(name, None)
    return render(
        request,
        "exchange/board.html",
        {
            "form": form,
            "page": page,
            "lines": lines,
            "points": [line.point for line in lines if line.point],
            "shows_offers": shows_offers,
            "is_filtered": bool(category or area),
            "asks_url": f"?{chosen.urlencode()}",
            "offers_url": f"?show=offers&{chosen.urlencode()}",
        },
    )


def _asks(request: NetworkRequest, category: Category | None, area: Area | None) -> QuerySet[Ask]:
    network = request.network
    asks = queries.on_the_board(network, request.user)
    if category is not None:
        asks = asks.filter(category=category)
    if area is not None:
        # Asking by area must not tell what the board itself keeps: whose area is hidden is in none.
        asks = asks.filter(place__area=area, category__is_sensitive=False).exclude(place__holder__in=in_danger(network))
    return asks


def _offers(request: NetworkRequest, category: Category | None, area: Area | None) -> QuerySet[Offer]:
    network = request.network
    offers = queries.offers_on_the_board(network, request.user)
    if category is not None:
        offers = offers.filter(category=category)
    if area is not None:
        offers = offers.filter(place__area=area).exclude(place__holder__in=in_danger(network))
    return offers


def _ask_line(ask: Ask, network: Network, *, may_claim: bool) -> Line:
    """An ask without words, name, door, phone and hours. What is sensitive also goes without place and numbers."""
    category = ask.category
    may_claim = may_claim and ask.state == AskState.READY
    line = Line(
        code=ask.code,
        icon=category.icon,
        what=str(category),
        is_ask=True,
        day=telling.days_said(ask.wanted_from, ask.wanted_until) or _("any day"),
        since=timezone.localtime(ask.asked_at).date(),
        is_held=ask.state != AskState.READY,
        is_urgent=ask.is_urgent,
        claim_url=reverse("exchange:claim", args=[network.slug, ask.code]) if may_claim else "",
    )
    if category.is_sensitive or ask.place.holder in in_danger(network):
        return line
    return replace(
        line,
        area=queries.area_of(ask.place, network),
        people=ask.people,
        language=languages.name_of(ask.language),
        point=_point(ask, network, label=f"{ask.code} {category}"),
    )


def _offer_line(offer: Offer, network: Network) -> Line:
    """An offer in the giver's words, unless they tell where someone lives or how to reach them."""
    return Line(
        code=offer.code,
        icon=offer.category.icon if offer.category else KIND_ICONS[Offer.Kind(offer.kind)],
        what=f"{offer.get_kind_display()} · {offer.category}" if offer.category else offer.get_kind_display(),
        is_ask=False,
        words="" if disclosure.gives_away(offer.words) else offer.words,
        area=queries.area_of(offer.place, network),
        day=telling.days_said(offer.free_from, offer.free_until),
        since=timezone.localtime(offer.offered_at).date(),
        language=languages.name_of(offer.language),
        point=_point(offer, network, label=f"{offer.code} {offer.get_kind_display()}"),
    )


def _point(thing: Ask | Offer, network: Network, *, label: str) -> Point | None:
    """The middle of the square it lies in: always the same one, and never the place itself."""
    square = queries.square_of(thing.place, network)
    if square is None:
        return None
    return Point(square.lat, square.lon, label=label, tone="wait", href=f"#{thing.code}", key=thing.code)
