"""One ask at the desk: all that is known, all that happened, and all that can be done about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from manyhands.exchange import actions, finding, planning, queries
from manyhands.exchange.forms.ask_page import (
    ChangeForm,
    CloseForm,
    TellCauseForm,
    VisitForm,
    WhichPlaceForm,
    as_it_says,
)
from manyhands.exchange.forms.care import OpenDoorForm
from manyhands.exchange.forms.desk import GiveForm, OfferForm, SameAsForm, WhyNotForm
from manyhands.exchange.models import Ask, Claim, Match
from manyhands.exchange.states import AskState, ClaimState
from manyhands.exchange.story import story_of
from manyhands.exchange.templatetags.asks import tone
from manyhands.exchange.views.desk import dispatcher
from manyhands.kit.forms import PlainForm
from manyhands.kit.maps import Point
from manyhands.kit.refusals import NotHere, Refused
from manyhands.networks.here import NetworkRequest, for_role
from manyhands.networks.queries import may_see
from manyhands.networks.states import Role
from manyhands.people import actions as people
from manyhands.places import queries as places
from manyhands.privacy import actions as privacy
from manyhands.privacy import queries as seeing
from manyhands.privacy.states import Bulk, Why

LINKED = 12


def _ask(request: NetworkRequest, code: str) -> Ask:
    ask = queries.by_code(request.user, request.network, code)
    if ask is None:
        raise NotHere
    return ask


@contextmanager
def _untouched(request: NetworkRequest, ask: Ask) -> Iterator[Ask]:
    """The ask, held, if it still stands where it stood on the page that was sent."""
    with actions.as_it_was_read(ask, seen=request.POST.get("standing", ""), told_by=finding.standing_of) as current:
        yield current


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_role(Role.DISPATCHER)
def ask_page(request: NetworkRequest, code: str) -> HttpResponse:
    """GET shows an ask; POST does one of the things that can be done about it (``do``)."""
    ask, now = _ask(request, code), timezone.now()
    forms = _forms(request, ask)
    status, problem = 200, ""
    if request.method == "POST":
        do = request.POST.get("do", "")
        form = forms.get(do)
        if do not in DO:
            raise NotHere
        status = 400
        if form is None or form.is_valid():
            try:
                with _untouched(request, ask) as current:
                    said = _do(request, current, form, now)
            except actions.ChangedMeanwhile as no:
                problem, status, forms = str(no), 409, _forms(request, ask, fresh=True)
            except Refused as no:
                problem = str(no)
            else:
                messages.success(request, said)
                return redirect("exchange:ask_page", request.network.slug, ask.code)
        ask = _ask(request, code)
    return render(request, "exchange/ask_page.html", _page(request, ask, forms, problem, now), status=status)


def _forms(request: NetworkRequest, ask: Ask, *, fresh: bool = False) -> dict[str, PlainForm]:
    """The forms of the page; the one that was sent keeps what was typed."""
    do = "" if fresh or request.method != "POST" else request.POST.get("do", "")

    def data(name: str) -> Any:
        return request.POST if do == name else None

    network = request.network
    meant = places.places_meant(ask.place) if ask.is_open else []
    return {
        **({"place": WhichPlaceForm(data("place"), found=meant)} if meant else {}),
        "give": GiveForm(data("give"), network=network),
        "visited": VisitForm(data("visited")),
        "close": CloseForm(data("close")),
        "could_not": WhyNotForm(data("could_not")),
        "duplicate": SameAsForm(data("duplicate"), network=network, person=request.user),
        "cause": TellCauseForm(data("cause"), initial={"cause": ask.cause_id}, ask=ask),
        "match": OfferForm(data("match"), network=network, person=request.user),
        "open_door": OpenDoorForm(data("open_door")),
        "less_care": OpenDoorForm(data("less_care"), auto_id="id_less_care_%s"),
    }


def _page(
    request: NetworkRequest, ask: Ask, forms: dict[str, PlainForm], problem: str, now: datetime
) -> dict[str, Any]:
    claim = queries.claim_on(ask)
    seen = _seen(request, ask, now)
    is_waiting = ask.state in {AskState.NEW, AskState.READY}
    last = queries.latest_claim(ask)
    linked = queries.asks_of(ask.asking).exclude(pk=ask.pk)
    return {
        "now": now,
        "ask": ask,
        "shown": seen,
        "problem": problem,
        "standing": finding.standing_of(ask),
        "claim": claim,
        "last_visit": last if claim is None and last is not None and last.state == ClaimState.DONE else None,
        # What comes round every week is linked to all its rounds: those that are open, and the latest.
        "linked": linked.order_by(F("closed_at").desc(nulls_first=True), "asked_at", "code")[:LINKED],
        "more": queries.more_of(ask.asking.asked_by, request.network, besides=ask.asking),
        "look_alikes": finding.look_alikes(ask, person=request.user) if ask.is_open else [],
        "story": story_of(ask, person=request.user),
        **_care(ask, claim, request, now),
        "forms": forms,
        "is_waiting": is_waiting,
        "suggested": planning.helpers_for(ask, now=now) if is_waiting else None,
        "fitting": planning.offers_for(ask, now=now, person=request.user) if is_waiting else None,
        "matches": queries.matches_of_ask(ask).filter(may_see(request.user, request.network, by="offer__offered_by")),
        "points": [Point(seen.lat, seen.lon, label=ask.code, tone=tone(ask.state))] if seen.is_on_map else [],
        "private_link": request.build_absolute_uri(
            reverse("exchange:asking", args=(queries.asking_token(ask.asking),))
        ),
    }


def _care(ask: Ask, claim: Claim | None, request: NetworkRequest, now: datetime) -> dict[str, Any]:
    """The extra care taken of whoever asked, and whether the door stands open to the helper who holds it."""
    care = seeing.care_known_of(ask.asking.asked_by, request.network)
    if care is None or claim is None:
        return {"care": care}
    helper = claim.helper.membership.person
    return {"care": care, "door": seeing.waiting_for(request.network, Bulk.DOOR, ask.code, helper, now=now)}


def _seen(request: NetworkRequest, ask: Ask, now: datetime) -> privacy.Shown:
    """Who asked, where, and how to reach them, for the desk."""
    by = dispatcher(request)
    return privacy.reveal_one(
        ask.asking.asked_by, ask.place, about=ask.code, why=Why.DESK, by=by, network=request.network, now=now
    )


# ── What can be done ─────────────────────────────────────────────────────────────────────────────────────────────────


def _do(request: NetworkRequest, ask: Ask, form: Any, now: datetime) -> str:
    """Do one thing about an ask; what to tell the dispatcher then. ``form`` is the valid form of what was chosen."""
    by = dispatcher(request)
    match request.POST["do"]:
        case "ready":
            actions.make_ready(ask, by=by, now=now)
            return _("Ready: helpers can see it now.")
        case "look_again":
            actions.look_again(ask, by=by, now=now)
            return _("Set aside: helpers don't see it until you make it ready.")
        case "give":
            helper = form.cleaned_data["helper"]
            actions.claim_ask(ask, helper=helper, by=by, now=now)
            name = helper.membership.person.short_name
            return _("%(name)s holds it now. Tell them, if they don't know yet.") % {"name": name}
        case "match":
            actions.propose_match(ask, form.found, by=by, now=now)
            return _("Put to both. Each sees how to reach the other once both said yes.")
        case "end_match":
            actions.end_match(_match_on(request, ask), by=by, now=now)
            return _("Ended: the ask and the offer are open again.")
        case "withdraw":
            actions.withdraw_ask(ask, by=by, now=now)
            return _("Withdrawn.")
        case "reopen":
            actions.reopen_ask(ask, by=by, now=now)
            return _("Open again.")
        case "close":
            actions.close_ask(ask, state=form.cleaned_data["state"], by=by, now=now)
            return _("Closed.")
        case "could_not":
            why = form.cleaned_data["why_not_met"]
            actions.close_ask(ask, state=AskState.NOT_MET, why_not_met=why, by=by, now=now)
            return _("Closed as not met; the reason is counted.")
        case "duplicate":
            actions.mark_duplicate(ask, of=form.found, by=by, now=now)
            return _("Closed: %(code)s says the same and stays.") % {"code": form.found.code}
        case "cause":
            actions.tell_cause(ask, cause=form.cleaned_data["cause"], by=by, now=now)
            return _("Saved.")
        case "care":
            privacy.take_care(ask.asking.asked_by, network=request.network, by=by, now=now)
            return _("From now on their door and phone open only by two of the desk.")
        case "less_care":
            privacy.ask_to_open(
                what=Bulk.LESS_CARE, network=request.network, by=by, now=now, about=ask.code, whom=ask.asking.asked_by,
                **form.cleaned_data,
            )  # fmt: skip
            return _("Asked. Tell someone of the desk that you wait for their yes.")
        case "open_door":
            whom = _claim_on(queries.claim_on(ask)).helper.membership.person
            privacy.ask_to_open(
                what=Bulk.DOOR, network=request.network, by=by, now=now, about=ask.code, whom=whom, **form.cleaned_data
            )
            return _("Asked. Tell someone of the desk that you wait for their yes.")
        case "place":
            if form is None:
                raise Refused(_("Where it is was found or changed meanwhile."))
            actions.put_on_map(ask, found=form.found, by=by, now=now)
            return _("Put on the map.")
        case "unvisit":
            actions.unmark_outcome(_claim_on(queries.latest_claim(ask)), by=by, now=now)
            return _("Undone: the helper holds it again.")
    return _do_for_helper(request, _claim_on(queries.claim_on(ask)), form, now)


def _do_for_helper(request: NetworkRequest, claim: Claim, form: Any, now: datetime) -> str:
    """What a helper who calls in could do themselves on their own page."""
    by = dispatcher(request)
    match request.POST["do"]:
        case "hand_back":
            actions.hand_back(claim, by=by, now=now)
            return _("Handed back: it is ready for someone else.")
        case "set_out":
            actions.set_out(claim, by=by, now=now)
            return _("On the way.")
        case "visited":
            actions.mark_outcome(claim, by=by, now=now, **form.cleaned_data)
            return _("Noted how it went.")
    raise NotHere


DO = {
    "ready", "look_again", "give", "match", "end_match", "withdraw", "reopen", "close", "could_not", "duplicate",
    "cause", "unvisit", "hand_back", "set_out", "visited", "care", "less_care", "open_door",
    "place",
}  # fmt: skip


def _claim_on(claim: Claim | None) -> Claim:
    if claim is None:
        raise Refused(_("Nobody holds this any more."))
    return claim


def _match_on(request: NetworkRequest, ask: Ask) -> Match:
    which = request.POST.get("which")
    match = next((each for each in queries.matches_of_ask(ask) if str(each.pk) == which), None)
    if match is None:
        raise Refused(_("This is already over."))
    return match


# ── Putting right what it says ───────────────────────────────────────────────────────────────────────────────────────


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_role(Role.DISPATCHER)
def put_right(request: NetworkRequest, code: str) -> HttpResponse:
    """Change what an ask says. Where someone else changed it meanwhile, both are shown and nothing is overwritten."""
    ask, now = _ask(request, code), timezone.now()
    initial = {**as_it_says(ask), "mark": finding.mark_of(ask)}
    _seen(request, ask, now)
    form = ChangeForm(request.POST or None, ask=ask, initial=initial)
    differences: list[tuple[str, str, str]] = []
    status = 400 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            with actions.as_it_was_read(ask, seen=form.cleaned_data["mark"], told_by=finding.mark_of) as current:
                _save(request, current, form, now)
        except actions.ChangedMeanwhile:
            differences, status = form.differences(), 409
            # Sent again, it is sent by someone who has seen both.
            data = request.POST.copy()
            data["mark"] = finding.mark_of(ask)
            form.data = data
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Saved."))
            return redirect("exchange:ask_page", request.network.slug, ask.code)
    context = {"ask": ask, "form": form, "differences": differences, "changed_meanwhile": status == 409}
    return render(request, "exchange/ask_page_change.html", context, status=status)


def _save(request: NetworkRequest, ask: Ask, form: ChangeForm, now: datetime) -> None:
    by, asker = dispatcher(request), ask.asking.asked_by
    actions.change_ask(ask, by=by, now=now, **form.where(), **form.what_it_says())
    was = as_it_says(ask)
    if form.cleaned_data["name"] != was["name"]:
        people.rename(asker, name=form.cleaned_data["name"], language=asker.language, by=by, now=now)
    reach = "\n".join(form.cleaned_data["reach"].split("\n"))
    if reach.split() != was["reach"].split():
        people.change_contact(asker, reach=reach, region=request.network.country, by=by, now=now)
