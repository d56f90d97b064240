"""Offering without an account, and the page behind the offer's private link."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from manyhands.exchange import actions, queries, rules, telling
from manyhands.exchange.forms.asking import ReachForm
from manyhands.exchange.forms.offering import KIND_ICONS, ChangeOfferForm, OfferForm
from manyhands.exchange.models import Match, Offer
from manyhands.exchange.states import MatchState, OfferState
from manyhands.exchange.views.private_links import (
    behind_offer_link,
    hidden_reach,
    note_reach,
    others_once_agreed,
    own_details,
    seen_lately,
    tell,
    who_saw_page,
)
from manyhands.kit import flood, reaching
from manyhands.kit.refusals import NotHere, Refused, refuse_if
from manyhands.kit.versions import saving, status_of
from manyhands.networks.here import NetworkRequest
from manyhands.privacy import actions as privacy
from manyhands.privacy import queries as seeing


@require_http_methods(["GET", "POST"])
def offer(request: NetworkRequest) -> HttpResponse:
    """Offer something, in under a minute and without an account."""
    network, now = request.network, timezone.now()
    form = OfferForm(request.POST if request.method == "POST" else None, network=network, now=now)
    if request.method == "POST" and form.is_valid():
        try:
            refuse_if(flood.why_not_take(request, "offer", network.pk, now=now))
            posted = actions.post_offer(network=network, **form.told(), reads=translation.get_language() or "", now=now)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            if posted.offered_at != now:
                messages.info(request, _("You had sent this already; we took it in once."))
            return redirect("exchange:offered", queries.offer_token(posted))
    puzzle = flood.puzzle_for(request, "offer", network.pk, now=now)
    context = {"form": form, "puzzle": puzzle}
    return render(request, "exchange/offer.html", context, status=400 if form.is_bound else 200)


@require_GET
@behind_offer_link
def offered(request: HttpRequest, offer: Offer) -> HttpResponse:
    """Thank you, here is your code and your private link, and this is what happens next."""
    return render(
        request,
        "exchange/offered.html",
        {
            "offer": offer,
            "link": _link(request, offer),
            "token": queries.offer_token(offer),
            "can_be_reached": offer.offered_by.contact_points.exists(),
        },
    )


def _link(request: HttpRequest, offer: Offer) -> str:
    return request.build_absolute_uri(reverse("exchange:given", args=[queries.offer_token(offer)]))


_STANDING = {
    OfferState.OPEN: gettext_lazy("It is on the board. A dispatcher gets in touch when someone needs it."),
    OfferState.PROMISED: gettext_lazy("It is promised to someone. Thank you!"),
    OfferState.GIVEN: gettext_lazy("You gave it. Thank you!"),
    OfferState.WITHDRAWN: gettext_lazy("You took this back. If that was a slip, offer it again."),
    OfferState.EXPIRED: gettext_lazy("Nobody asked for it in time. If you still have it, offer it again."),
}
_TONES = {OfferState.OPEN: "wait", OfferState.PROMISED: "move", OfferState.GIVEN: "good"}


@dataclass(frozen=True, slots=True)
class MatchTold:
    """Someone who may need it, as the giver reads it: what for and roughly where; who, once both agreed."""

    match: Match
    what: str
    area: str
    window: str
    i_agreed: bool
    is_agreed: bool
    asker: str
    reach: list[str]


@require_GET
@behind_offer_link
def given(request: HttpRequest, offer: Offer) -> HttpResponse:
    """Everything about what was offered, for whoever holds the private link."""
    giver, state, now = offer.offered_by, OfferState(offer.state), timezone.now()
    found = [match for match in queries.matches_of_offer(offer) if match.ask.is_open]
    askers = others_once_agreed(found, by=giver, network=offer.network, now=now)
    mine = own_details(request, giver, offer.place, about=offer.code, network=offer.network, now=now)
    return render(
        request,
        "exchange/given.html",
        {
            "offer": offer,
            "icon": KIND_ICONS[Offer.Kind(offer.kind)],
            "standing": _STANDING[state],
            "tone": _TONES.get(state, "over"),
            "window": telling.window_said(offer.free_from, offer.free_until),
            # Once the ask is over, how to reach its asker is nobody's business any more.
            "matches": [_match_told(match, askers.get(match.pk, privacy.NOTHING)) for match in found],
            "may_change": rules.why_not_change_offer(giver, offer) is None,
            "may_withdraw": rules.why_not_move_offer(giver, offer, OfferState.WITHDRAWN) is None,
            "may_give": rules.why_not_move_offer(giver, offer, OfferState.GIVEN) is None,
            "may_open": state != OfferState.PROMISED
            and rules.why_not_move_offer(giver, offer, OfferState.OPEN) is None,
            "link": _link(request, offer),
            "token": queries.offer_token(offer),
            "reach": [hidden_reach(way) for way in mine.ways],
            "mine": mine,
            "seen": seen_lately(giver),
            "care": seeing.care_of(giver, offer.network),
        },
    )


def _match_told(match: Match, asker: privacy.Shown) -> MatchTold:
    ask = match.ask
    return MatchTold(
        match=match,
        what=str(ask.category),
        area=queries.area_of(ask.place, match.network) if not ask.category.is_sensitive else "",
        window=telling.window_said(ask.wanted_from, ask.wanted_until),
        i_agreed=match.giver_agreed_at is not None,
        is_agreed=match.state == MatchState.AGREED,
        asker=asker.short_name,
        reach=[reaching.readable(way) for way in asker.reach],
    )


@require_safe
@behind_offer_link
def giver_who_saw(request: HttpRequest, offer: Offer) -> HttpResponse:
    """Everyone who saw the details of the one who offered, the latest first."""
    back = reverse("exchange:given", args=[queries.offer_token(offer)])
    return who_saw_page(request, offer.offered_by, back=back)


def _back(offer: Offer) -> HttpResponse:
    return redirect("exchange:given", queries.offer_token(offer))


@require_http_methods(["GET", "POST"])
@behind_offer_link
@saving
def change_offer(request: HttpRequest, offer: Offer) -> HttpResponse:
    """Change what is offered, where or when."""
    if (no := rules.why_not_change_offer(offer.offered_by, offer)) is not None:
        messages.error(request, no)
        return _back(offer)
    now = timezone.now()
    offer.refresh_from_db()  # nobody else saves now: it stands as it is read
    own_details(request, offer.offered_by, offer.place, about=offer.code, network=offer.network, now=now)
    form = ChangeOfferForm(request.POST if request.method == "POST" else None, offer=offer, now=now)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_offer(offer, by=offer.offered_by, now=now, **form.changes())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Changed."))
            return _back(offer)
    return render(
        request,
        "exchange/given_change.html",
        {"form": form, "offer": offer, "back": reverse("exchange:given", args=[queries.offer_token(offer)])},
        status=status_of(form),
    )


@require_http_methods(["GET", "POST"])
@behind_offer_link
@saving
def change_giver_reach(request: HttpRequest, offer: Offer) -> HttpResponse:
    """Tell another way to reach oneself."""
    offer.offered_by.refresh_from_db()
    giver = offer.offered_by
    form = ReachForm(
        request.POST if request.method == "POST" else None, network=offer.network, initial={"name": giver.name}
    )
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            note_reach(giver, form, offer.network, now=timezone.now())
        messages.success(request, _("Noted. We will use this from now on."))
        return _back(offer)
    return render(
        request,
        "exchange/asking_reach.html",
        {"form": form, "back": reverse("exchange:given", args=[queries.offer_token(offer)])},
        status=status_of(form),
    )


@require_http_methods(["GET", "POST"])
@behind_offer_link
def withdraw_offer(request: HttpRequest, offer: Offer) -> HttpResponse:
    """Take an offer back, after asking whether that is meant."""
    if request.method == "POST":
        tell(
            request,
            _("Taken back. If that was a slip, press “Offer it again”."),
            lambda: actions.move_offer(offer, state=OfferState.WITHDRAWN, by=offer.offered_by, now=timezone.now()),
        )
        return _back(offer)
    if (no := rules.why_not_move_offer(offer.offered_by, offer, OfferState.WITHDRAWN)) is not None:
        messages.error(request, no)
        return _back(offer)
    promised = offer.state == OfferState.PROMISED
    return render(
        request,
        "kit/confirm.html",
        {
            "question": _("Take back your offer?"),
            "consequence": _("It is promised to someone; their ask will be open to others again.")
            if promised
            else _("It leaves the board, and nobody is sent to you."),
            "yes": _("Yes, take it back"),
            "no": _("No, keep it"),
            "no_url": reverse("exchange:given", args=[queries.offer_token(offer)]),
            "danger": True,
        },
    )


_MOVED = {
    OfferState.GIVEN: gettext_lazy("Thank you for giving!"),
    OfferState.OPEN: gettext_lazy("It is on the board again."),
}


@require_POST
@behind_offer_link
def move_given(request: HttpRequest, offer: Offer, state: str) -> HttpResponse:
    """Say that it was given, or offer it again."""
    if state not in _MOVED:
        raise NotHere
    tell(
        request,
        str(_MOVED[OfferState(state)]),
        lambda: actions.move_offer(offer, state=state, by=offer.offered_by, now=timezone.now()),
    )
    return _back(offer)


@require_POST
@behind_offer_link
def answer_giver_match(request: HttpRequest, offer: Offer, key: UUID, answer: str) -> HttpResponse:
    """Say yes or no to someone who may need it; or, once agreed, that it did not work out."""
    found = queries.match_put_to(offer, key)
    if found is None:
        raise NotHere
    giver, now = offer.offered_by, timezone.now()
    match answer:
        case "yes":
            said = _("You said yes. Once the other side says yes as well, each sees how to reach the other.")
            tell(request, said, lambda: actions.answer_match(found, yes=True, by=giver, now=now))
        case "no":
            said = _("You said no. Your offer stays open.")
            tell(request, said, lambda: actions.answer_match(found, yes=False, by=giver, now=now))
        case "end":
            said = _("Noted. Your offer is open to others again.")
            tell(request, said, lambda: actions.end_match(found, by=giver, now=now))
        case _other:
            raise NotHere
    return _back(offer)
