"""Offers at the desk: found, put together with asks, given, withdrawn."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from manyhands.exchange import actions, finding, planning, queries
from manyhands.exchange.forms.desk import AskForOfferForm, OfferSearchForm
from manyhands.exchange.models import Offer
from manyhands.exchange.states import OFFER_MOVES, OfferState
from manyhands.exchange.story import story_of_offer
from manyhands.exchange.views.desk import PAGE, dispatcher, tabs_of
from manyhands.kit import codes
from manyhands.kit.refusals import NotHere, Refused
from manyhands.networks.here import NetworkRequest, for_role
from manyhands.networks.queries import may_see
from manyhands.networks.states import Role
from manyhands.privacy import actions as privacy
from manyhands.privacy.states import Why


@require_safe
@for_role(Role.DISPATCHER)
def offers_desk(request: NetworkRequest) -> HttpResponse:
    """All offers: a tab for each state, and what is looked for."""
    form = OfferSearchForm(request.GET, network=request.network)
    found = finding.narrowed_offers(
        queries.offers_visible_to(request.user, request.network), form.search(), request.network
    )
    counts = finding.counted(found, finding.OFFER_TABS)
    tab = request.GET.get("tab", "")
    if tab not in finding.OFFER_TABS:
        tab = "all" if form.search().words else "open"
    offers = finding.in_tab(found, tab, finding.OFFER_TABS)
    return render(
        request,
        "exchange/offers_desk.html",
        {
            "now": timezone.now(),
            "form": form,
            "tab": tab,
            "tabs": tabs_of(request, tab, counts, finding.OFFER_TABS),
            "page": Paginator(offers, PAGE).get_page(request.GET.get("page")),
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_role(Role.DISPATCHER)
def offer_page(request: NetworkRequest, code: str) -> HttpResponse:
    """GET shows an offer and the asks it fits; POST does one of the things that can be done about it (``do``)."""
    offer, now = _offer(request, code), timezone.now()
    whose: dict[str, Any] = {"network": request.network, "person": request.user}
    form = AskForOfferForm(**whose)
    problem, status = "", 200
    if request.method == "POST":
        form = AskForOfferForm(request.POST if request.POST.get("do") == "match" else None, **whose)
        try:
            said = _do(request, offer, form, now)
        except Refused as no:
            problem, status = str(no), 400
        else:
            messages.success(request, said)
            return redirect("exchange:offer_page", request.network.slug, offer.code)
        offer = _offer(request, code)
    context: dict[str, Any] = {
        "now": now,
        "offer": offer,
        "shown": privacy.reveal_one(
            offer.offered_by,
            offer.place,
            about=offer.code,
            why=Why.DESK,
            by=dispatcher(request),
            network=request.network,
            now=now,
        ),
        "form": form,
        "problem": problem,
        "matches": queries.matches_of_offer(offer).filter(
            may_see(request.user, request.network, by="ask__asking__asked_by")
        ),
        "fitting": planning.asks_for_offer(offer, now=now, person=request.user)
        if offer.state == OfferState.OPEN
        else None,
        "can_become": {str(state) for state in OFFER_MOVES[offer.state]},
        "story": story_of_offer(offer, person=request.user),
        "private_link": request.build_absolute_uri(reverse("exchange:given", args=(queries.offer_token(offer),))),
    }
    return render(request, "exchange/offers_desk_page.html", context, status=status)


def _offer(request: NetworkRequest, code: str) -> Offer:
    offer = queries.offers_visible_to(request.user, request.network).filter(code=codes.as_spoken(code)).first()
    if offer is None:
        raise NotHere
    return offer


def _do(request: NetworkRequest, offer: Offer, form: AskForOfferForm, now: datetime) -> str:
    by = dispatcher(request)
    match request.POST.get("do"):
        case "match":
            if not form.is_valid() or form.found is None:
                raise Refused(_("Write the code of the ask it may fit."))
            actions.propose_match(form.found, offer, by=by, now=now)
            return _("Put to both. Each sees how to reach the other once both said yes.")
        case "end_match":
            which = request.POST.get("which")
            match = next((each for each in queries.matches_of_offer(offer) if str(each.pk) == which), None)
            if match is None:
                raise Refused(_("This is already over."))
            actions.end_match(match, by=by, now=now)
            return _("Ended: the ask and the offer are open again.")
        case OfferState.GIVEN | OfferState.WITHDRAWN | OfferState.OPEN as state:
            actions.move_offer(offer, state=state, by=by, now=now)
            return _("Noted: this offer is %(state)s.") % {"state": OfferState(state).label}
    raise NotHere
