"""A helper's pages: what fits them, taking it on, what they hold, and what they can carry."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from manyhands.exchange import actions, finding, planning, queries, rules
from manyhands.exchange.forms.care import OpenDoorForm
from manyhands.exchange.forms.helping import HelperForm, HelpingForm, LookForm, OutcomeForm
from manyhands.exchange.models import Ask, Claim, Helper
from manyhands.exchange.states import AskState, ClaimState, Outcome
from manyhands.kit import codes
from manyhands.kit.maps import Point
from manyhands.kit.refusals import NotHere, Refused
from manyhands.kit.versions import saving, status_of
from manyhands.networks import queries as networks
from manyhands.networks.here import NetworkRequest, for_role
from manyhands.networks.models import Membership, Network
from manyhands.networks.states import Role, Standing
from manyhands.people.models import Person
from manyhands.privacy import actions as privacy
from manyhands.privacy import queries as seeing
from manyhands.privacy.models import Care
from manyhands.privacy.queries import in_danger
from manyhands.privacy.states import Bulk, Part, Why

PAGE = 25
WENT_WELL = (Outcome.HANDED_OVER, Outcome.LEFT_AT_DOOR, Outcome.PICKED_UP)


def _member(request: NetworkRequest) -> Person:
    """Someone of this network, resting or waiting to be welcomed as well."""
    if request.membership is None or not isinstance(request.user, Person):
        raise NotHere
    return request.user


# ── What fits ────────────────────────────────────────────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "HEAD", "POST"])
@for_role(Role.HELPER)
def open_asks(request: NetworkRequest) -> HttpResponse:
    """Open asks, those that fit first and why; POST takes on those that were ticked."""
    person, now = _member(request), timezone.now()
    helper = queries.helper_of(person, request.network)
    if request.method == "POST":
        return _claim_some(request, helper, now)
    form = LookForm(request.GET, network=request.network)
    context = {"now": now, "form": form, "helper": helper}
    if helper is None:
        return render(request, "exchange/open_asks.html", context)
    ready = queries.visible_to(person, request.network).filter(state=AskState.READY)
    ready = finding.narrowed(
        ready,
        finding.Search(category=form.cleaned_data.get("category"), area=form.cleaned_data.get("area")),
        request.network,
        now=now,
    )
    if form.cleaned_data.get("area"):
        ready = ready.exclude(place__holder__in=in_danger(request.network))
    asks, others = finding.nearest(ready, helper)
    for ask in asks:
        _hide_area(ask, request.network)
    fits = planning.asks_for_helper(helper, asks, now=now)
    page = Paginator(fits.ranked, PAGE).get_page(request.GET.get("page"))
    holding = queries.holding(helper)
    context |= {
        "page": page,
        "left_out": fits.left_out[:PAGE],
        "left_out_count": len(fits.left_out),
        "others": others,
        "points": _points([fitting.thing for fitting in page], request),
        "holding": holding,
        "cap": rules.cap_of(helper),
        "is_full": holding >= rules.cap_of(helper),
    }
    return render(request, "exchange/open_asks.html", context)


def _hide_area(ask: Ask, network: Network) -> None:
    """What a helper reads before they hold it says no part of town where somebody would be in danger."""
    if not queries.area_of(ask.place, network):
        ask.place.area = None


def _points(asks: list[Ask], request: NetworkRequest) -> list[Point]:
    found = [(ask, queries.square_of(ask.place, request.network)) for ask in asks]
    return [
        Point(place.lat, place.lon, label=f"{ask.code} {ask.category}", tone="wait", key=ask.code)
        for ask, place in found
        if place is not None and not ask.category.is_sensitive
    ]


def _claim_some(request: NetworkRequest, helper: Helper | None, now: datetime) -> HttpResponse:
    if helper is None:
        return _to_profile(request)
    picked = list(dict.fromkeys(request.POST.getlist("ask")))[: rules.cap_of(helper) + 20]
    held = set(queries.claims_held_by(helper).values_list("ask__code", flat=True))
    # What a double tap or a retry sends again is simply held already.
    got, missed = [code for code in picked if code in held], []
    for code in (code for code in picked if code not in held):
        try:
            got.append(_claim(request, helper, code, now).ask.code)
        except Refused as no:
            missed.append(str(no))
        except NotHere:
            missed.append(_("Ask %(code)s is not open any more.") % {"code": code[:12]})
    if got:
        messages.success(
            request,
            ngettext("You hold %(codes)s now.", "You hold these now: %(codes)s.", len(got)) % {"codes": ", ".join(got)},
        )
    for sentence in missed:
        messages.warning(request, sentence)
    if not picked:
        messages.error(request, _("Tick at least one first."))
    return redirect("exchange:mine" if got else "exchange:open_asks", request.network.slug)


def _to_profile(request: NetworkRequest) -> HttpResponse:
    messages.info(request, _("First say what you can carry and when; then you can take asks on."))
    return redirect("exchange:helping", request.network.slug)


def _claim(request: NetworkRequest, helper: Helper, code: str, now: datetime) -> Claim:
    """Take on the ask with this code. Raises ``Refused`` with why not; ``NotHere`` where there is none to take on."""
    ask = queries.by_code(request.user, request.network, code)
    if ask is None:
        # It may have been taken between reading the page and pressing: that is no secret, it is still on the board.
        ask = queries.on_the_board(request.network).filter(code=codes.as_spoken(code)).first()
    if ask is None:
        raise NotHere
    return actions.claim_ask(ask, helper=helper, by=_member(request), now=now)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_role(Role.HELPER)
def claim(request: NetworkRequest, code: str) -> HttpResponse:
    """One open ask, to take on. Of many who press in one second one holds it; the others read so, politely."""
    person, now = _member(request), timezone.now()
    helper = queries.helper_of(person, request.network)
    if request.method == "POST":
        if helper is None:
            return _to_profile(request)
        try:
            _claim(request, helper, code, now)
        except Refused as no:
            if queries.claims_held_by(helper).filter(ask__code=codes.as_spoken(code)).exists():
                # A double tap, or a retry on a bad line: the first one took it.
                return redirect("exchange:mine", request.network.slug)
            return render(request, "exchange/claim_missed.html", {"refused": str(no), "code": code}, status=409)
        messages.success(request, _("It is yours. Here is where it goes."))
        return redirect("exchange:mine", request.network.slug)
    ask = queries.by_code(person, request.network, code)
    if ask is None:
        raise NotHere
    if helper is not None and queries.claims_held_by(helper).filter(ask=ask).exists():
        return redirect("exchange:mine", request.network.slug)
    _hide_area(ask, request.network)
    place = queries.square_of(ask.place, request.network) if not ask.category.is_sensitive else None
    fits = planning.asks_for_helper(helper, [ask], now=now) if helper is not None else None
    context = {
        "now": now,
        "ask": ask,
        "helper": helper,
        "fitting": next(iter([*fits.ranked, *fits.left_out]), None) if fits else None,
        "fits": bool(fits and fits.ranked),
        "why_not": rules.why_not_claim(helper, ask, holding=queries.holding(helper)) if helper else None,
        "points": [Point(place.lat, place.lon, label=str(ask.category), tone="wait")] if place else [],
    }
    return render(request, "exchange/claim.html", context)


# ── What I hold ──────────────────────────────────────────────────────────────────────────────────────────────────────


@never_cache
@require_http_methods(["GET", "HEAD"])
def mine(request: NetworkRequest) -> HttpResponse:
    """What I hold, with door and phone while I hold it; what I did lately, without, to be undone."""
    person, now = _member(request), timezone.now()
    helper = queries.helper_of(person, request.network)
    held = list(queries.claims_held_by(helper)) if helper else []
    lately = queries.claims_of(helper).filter(ended_at__gte=now - rules.UNDO_FOR)[:20] if helper else []
    return render(
        request,
        "exchange/mine.html",
        {
            "now": now,
            "helper": helper,
            "held": list(zip(held, _doors(held, person, request.network, now), strict=True)),
            "lately": [(each, rules.why_not_unmark(person, each, now=now) is None) for each in lately],
            "went_well": WENT_WELL,
            "went_wrong": [outcome for outcome in Outcome if outcome not in WENT_WELL],
        },
    )


def _doors(held: list[Claim], person: Person, network: Network, now: datetime) -> list[privacy.Shown]:
    """Doors and phones of what is held: open now, and no longer than it is held."""
    asks = [claim.ask for claim in held]
    whose = [privacy.Whose(ask.asking.asked_by, ask.place, ask.code) for ask in asks]
    return privacy.reveal(whose, why=Why.CLAIM, by=person, network=network, now=now)


@require_POST
def claim_move(request: NetworkRequest, key: UUID) -> HttpResponse:
    """Set out, say how it went, hand back, or undo: for what is one's own."""
    person, now = _member(request), timezone.now()
    helper = queries.helper_of(person, request.network)
    claim = queries.claims_of(helper).filter(pk=key).first() if helper else None
    if claim is None:
        raise NotHere
    try:
        messages.success(request, _move(request, claim, person, now))
    except Refused as no:
        messages.error(request, str(no))
    return redirect("exchange:mine", request.network.slug)


def _move(request: NetworkRequest, claim: Claim, person: Person, now: datetime) -> str:
    match request.POST.get("do"):
        case "set_out":
            actions.set_out(claim, by=person, now=now)
            return _("Good way! They can see that you are coming.")
        case "hand_back":
            actions.hand_back(claim, by=person, now=now)
            return _("Handed back. Thank you for saying so: someone else can take it now.")
        case "undo" if claim.state == ClaimState.HANDED_BACK:
            if not actions.take_up_again(claim, by=person, now=now):
                raise Refused(_("Someone else has taken it meanwhile."))
            return _("You hold it again.")
        case "undo":
            actions.unmark_outcome(claim, by=person, now=now)
            return _("Undone: you hold it again.")
        case "visited":
            form = OutcomeForm(request.POST)
            if not form.is_valid():
                raise Refused(_("Choose how it went."))
            ask = actions.mark_outcome(claim, by=person, now=now, **form.cleaned_data)
            if ask.state == AskState.READY:
                return _("Noted. It is back at the desk and will be tried again. Thank you for going.")
            return _("Noted. Thank you!")
    raise Refused(_("Choose what to do."))


# ── What I can carry ─────────────────────────────────────────────────────────────────────────────────────────────────


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@saving
def helping(request: NetworkRequest) -> HttpResponse:
    """What I can carry, from where, and when."""
    person = _member(request)
    membership = request.membership
    assert membership is not None
    helper = queries.helper_of(person, request.network)
    form = HelpingForm(request.POST or None, network=request.network, helper=helper)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_helper(membership, by=person, now=timezone.now(), **form.profile())
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Saved."))
            active = membership.standing == Standing.ACTIVE
            return redirect("exchange:open_asks" if active else "networks:me", request.network.slug)
    return render(request, "exchange/helping.html", {"form": form, "helper": helper}, status=status_of(form))


def _see(
    membership: Membership, helper: Helper | None, care: Care | None, *, by: Person, now: datetime
) -> list[privacy.Shown]:
    """The form at the desk says where a helper lives: they can read who looked. One in danger opens by two, or not."""
    places = [helper.start, helper.end] if helper is not None else []
    whose = [privacy.Whose(membership.person, place) for place in places if place is not None]
    only = frozenset({Part.PLACE, Part.SPOT})
    if care is not None:
        # Their phone stands in no list, so it stands here, once two said yes.
        whose, only = whose or [privacy.Whose(membership.person)], only | {Part.REACH}
    why = Why.OWN if membership.person_id == by.pk else Why.HELPER
    return privacy.reveal(whose, why=why, by=by, network=membership.network, now=now, only=only)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_role(Role.DISPATCHER)
@saving
def helper_page(request: NetworkRequest, key: UUID) -> HttpResponse:
    """What a member can carry and when, noted at the desk for someone who called; and how much they may hold."""
    membership = networks.visible_to(request.user, request.network).filter(pk=key).first()
    if membership is None:
        raise NotHere
    helper, by, now = queries.member_helper(membership), _member(request), timezone.now()
    is_apart = membership.person_id in networks.kept_apart_from(by.pk, request.network)
    care = None if is_apart else seeing.care_known_of(membership.person, request.network)
    seen = _see(membership, helper, care, by=by, now=now)
    is_shut = is_apart or any(shown.held_back for shown in seen)
    form = HelperForm(
        request.POST or None, network=request.network, helper=helper, without_places=is_shut and helper is not None
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_helper(membership, by=by, now=now, **form.profile())
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Saved."))
            return redirect("networks:members", request.network.slug)
    context = {
        "form": form,
        "helper": helper,
        "member": membership,
        "someone": membership.person,
        "care": care,
        "is_shut": is_shut,
        "ways": seen[0].ways if care is not None else (),
        "asked": care and seeing.waiting_for(request.network, Bulk.HOME, "", membership.person, now=now, by=by),
        "care_form": OpenDoorForm(),
        "less_care_form": OpenDoorForm(auto_id="id_less_care_%s"),
    }
    return render(request, "exchange/helping_desk.html", context, status=status_of(form))
