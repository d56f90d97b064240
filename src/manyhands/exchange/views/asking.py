"""Asking without an account, and the page behind the private link: see, change, repeat, take back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
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

from manyhands.exchange import actions, holding, inbox, queries, rules, telling
from manyhands.exchange.forms.asking import AskForm, CauseForm, ChangeAskForm, ReachForm, RepeatForm
from manyhands.exchange.models import Ask, Asking, Category, Match
from manyhands.exchange.states import MatchState, RepeatState
from manyhands.exchange.views.private_links import (
    behind_asking_link,
    hidden_reach,
    note_reach,
    others_once_agreed,
    own_details,
    seen_lately,
    tell,
    who_saw_page,
)
from manyhands.journal import queries as journal
from manyhands.kit import flood, reaching, ring
from manyhands.kit.refusals import NotHere, Refused, refuse_if
from manyhands.kit.versions import saving, status_of
from manyhands.networks.here import NetworkRequest
from manyhands.networks.models import Network
from manyhands.privacy import actions as privacy
from manyhands.privacy import queries as seeing

SOON = timedelta(days=2)
MONTH = timedelta(days=30)
FINISHED_SHOWN = 12


@require_http_methods(["GET", "POST"])
def ask(request: NetworkRequest) -> HttpResponse:
    """Ask for one or several things, in under a minute and without an account."""
    network, now = request.network, timezone.now()
    form = AskForm(request.POST if request.method == "POST" else None, network=network, now=now)
    if request.method == "POST" and form.is_valid():
        try:
            refuse_if(flood.why_not_take(request, "ask", network.pk, now=now))
            reads = translation.get_language() or ""
            if not ring.is_open():
                return redirect("exchange:asked", _put_letter(request, form, reads=reads, now=now))
            asking = inbox.take_in(form, network=network, reads=reads, now=now)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            if asking.made_at != now:
                messages.info(request, _("You had sent this already; we took it in once."))
            return redirect("exchange:asked", queries.asking_token(asking))
    return render(
        request,
        "exchange/ask.html",
        {
            "form": form,
            "keeping": seeing.keeping_of(network),
            "closed": rules.why_not_ask(None, network, Asking.Source.PAGE),
            "figure": "" if form.is_bound else _figure(network, None),
            "puzzle": flood.puzzle_for(request, "ask", network.pk, now=now),
            "shut": not ring.is_open(),
        },
        status=400 if form.is_bound else 200,
    )


def _put_letter(request: NetworkRequest, form: AskForm, *, reads: str, now: datetime) -> str:
    """Put the ask into the inbox of the shut house; the secret part of its private link."""
    fields = {name: request.POST.getlist(name) for name in form.fields if name in request.POST}
    _letter, token = actions.put_letter(
        network=request.network,
        typed={**fields, "submission": [str(form.cleaned_data["submission"])]},
        things=len(form.needs_told()),
        submission=form.cleaned_data["submission"],
        reads=reads,
        now=now,
    )
    return token


def _figure(network: Network, category: Category | None) -> str:
    """How asks fared here lately, told honestly or not at all."""
    until = timezone.now() - SOON
    met, asked = queries.met_soon(network, since=until - MONTH, until=until, within=SOON, category=category)
    return telling.met_soon_said(met, asked, what=str(category or ""), hide_below=network.hide_below)


@require_GET
@behind_asking_link
def asked(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Thank you, here is your code and your private link, and this is what happens next."""
    asks = list(queries.asks_of(asking))
    kinds = {each.category_id: each.category for each in asks}
    figures = [_figure(asking.network, kind) for kind in list(kinds.values())[:3]]
    return render(
        request,
        "exchange/asked.html",
        {
            "asking": asking,
            "asks": asks,
            "link": _link(request, asking),
            "token": queries.asking_token(asking),
            "figures": [figure for figure in figures if figure],
            "can_be_reached": asking.asked_by.contact_points.exists(),
        },
    )


def _link(request: HttpRequest, asking: Asking) -> str:
    return request.build_absolute_uri(reverse("exchange:asking", args=[queries.asking_token(asking)]))


@dataclass(frozen=True, slots=True)
class MatchTold:
    """Something found for an ask, as the asker reads it."""

    match: Match
    what: str
    area: str
    i_agreed: bool
    is_agreed: bool
    giver: str
    reach: list[str]


@dataclass(frozen=True, slots=True)
class AskTold:
    """One linked ask on the private page."""

    ask: Ask
    standing: str
    tone: str
    window: str
    way: list[tuple[str, str]]
    reached: str
    went_wrong: str
    history: list[telling.Happened]
    may_change: bool
    may_withdraw: bool
    may_repeat: bool
    may_ask_again: bool
    may_ask_the_same: bool
    repeats: str
    cause: CauseForm | None
    matches: list[MatchTold] = field(default_factory=list)
    forgotten_on: date | None = None


@require_GET
@behind_asking_link
def asking(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Everything about what was asked, for whoever holds the private link."""
    asks, now = list(queries.asks_of(asking)), timezone.now()
    told = _told(asking, [each for each in asks if each.is_open] + [each for each in asks if not each.is_open], now=now)
    place, code = (asks[0].place, asks[0].code) if asks else (None, "")
    mine = own_details(request, asking.asked_by, place, about=code, network=asking.network, now=now)
    return render(
        request,
        "exchange/asking.html",
        {
            "asking": asking,
            "told": told,
            "link": _link(request, asking),
            "token": queries.asking_token(asking),
            "reach": [hidden_reach(way) for way in mine.ways],
            "mine": mine,
            "place": place,
            "seen": seen_lately(asking.asked_by),
            "care": seeing.care_of(asking.asked_by, asking.network),
            "keeping": seeing.keeping_of(asking.network),
            "held": holding.held_and_told(asking.asked_by, now=now),
            "repeat_states": RepeatState,
        },
    )


def _told(asking: Asking, asks: list[Ask], *, now: datetime) -> list[AskTold]:
    """The asks as the asker reads them: all the open ones, and the last of the finished."""
    shown = [each for each in asks if each.is_open]
    shown += [each for each in asks if not each.is_open][:FINISHED_SHOWN]
    asker, holders = asking.asked_by, queries.holders_of(shown)
    histories: dict[str, list[Any]] = {}
    for entry in journal.about_many([*shown]):
        histories.setdefault(entry.subject, []).append(entry)
    matches: dict[object, list[MatchTold]] = {}
    found = list(queries.matches_of_asking(asking))
    givers = others_once_agreed(found, by=asker, network=asking.network, now=now)
    for match in found:
        matches.setdefault(match.ask_id, []).append(_match_told(match, givers.get(match.pk, privacy.NOTHING)))
    causes = list(queries.causes_of(asking.network))
    days = holding.forgotten_on(shown, asking.network, now=now)
    told = []
    for each in shown:
        each.asking, each.network = asking, asking.network
        holder = holders.get(each.pk)
        way, reached = telling.steps_of(each)
        again = rules.why_not_ask_again(asker, each) is None and not each.is_open
        told.append(
            AskTold(
                ask=each,
                standing=telling.standing_of(
                    each, held_by=holder.helper.membership.person.short_name if holder else ""
                ),
                tone=telling.tone_of(each),
                window=telling.window_said(each.wanted_from, each.wanted_until),
                way=way,
                reached=reached,
                went_wrong=telling.went_wrong(each),
                history=telling.history(histories.get(f"ask:{each.pk}", [])),
                may_change=rules.why_not_change(asker, each) is None,
                may_withdraw=rules.why_not_withdraw(asker, each) is None,
                may_repeat=rules.why_not_repeat(asker, each) is None,
                may_ask_again=again,
                may_ask_the_same=not again and rules.why_not_ask_same_again(asker, each) is None,
                repeats=telling.repeat_said(each.repeat) if each.repeat else "",
                cause=CauseForm(ask=each, causes=causes) if causes else None,
                matches=matches.get(each.pk, []) if each.is_open else [],
                forgotten_on=days.get(each.pk),
            )
        )
    return told


def _match_told(match: Match, giver: privacy.Shown) -> MatchTold:
    return MatchTold(
        match=match,
        what=match.offer.words,
        area=queries.area_of(match.offer.place, match.network),
        i_agreed=match.asker_agreed_at is not None,
        is_agreed=match.state == MatchState.AGREED,
        giver=giver.short_name,
        reach=[reaching.readable(way) for way in giver.reach],
    )


@require_safe
@behind_asking_link
def who_saw(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Everyone who saw the details of the one who asked, the latest first."""
    back = reverse("exchange:asking", args=[queries.asking_token(asking)])
    return who_saw_page(request, asking.asked_by, back=back)


def _one_of(asking: Asking, code: str) -> Ask:
    found = queries.ask_of(asking, code)
    if found is None:
        raise NotHere
    return found


def _back(asking: Asking, code: str = "") -> HttpResponse:
    response = redirect("exchange:asking", queries.asking_token(asking))
    if code:
        response["Location"] += f"#{code}"
    return response


@require_http_methods(["GET", "POST"])
@behind_asking_link
@saving
def change_ask(request: HttpRequest, asking: Asking, code: str) -> HttpResponse:
    """Change the words, the day, the place: nothing else of it moves."""
    one, now = _one_of(asking, code), timezone.now()
    own_details(request, asking.asked_by, one.place, about=one.code, network=asking.network, now=now)
    form = ChangeAskForm(request.POST if request.method == "POST" else None, ask=one, now=now)
    if (no := rules.why_not_change(asking.asked_by, one)) is not None:
        messages.error(request, no)
        return _back(asking, one.code)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_ask(one, by=asking.asked_by, now=now, **form.changes())
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Changed. Whoever takes it on sees it as it is now."))
            return _back(asking, one.code)
    return render(
        request,
        "exchange/asking_change.html",
        {"form": form, "ask": one, "token": queries.asking_token(asking)},
        status=status_of(form),
    )


@require_http_methods(["GET", "POST"])
@behind_asking_link
@saving
def change_reach(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Tell another way to reach oneself."""
    asking.asked_by.refresh_from_db()
    asker = asking.asked_by
    form = ReachForm(
        request.POST if request.method == "POST" else None, network=asking.network, initial={"name": asker.name}
    )
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            note_reach(asker, form, asking.network, now=timezone.now())
        messages.success(request, _("Noted. We will use this from now on."))
        return _back(asking)
    return render(
        request,
        "exchange/asking_reach.html",
        {"form": form, "back": reverse("exchange:asking", args=[queries.asking_token(asking)])},
        status=status_of(form),
    )


@require_http_methods(["GET", "POST"])
@behind_asking_link
def withdraw(request: HttpRequest, asking: Asking, code: str) -> HttpResponse:
    """Take one ask back, after asking whether that is meant."""
    one = _one_of(asking, code)
    if request.method == "POST":
        tell(
            request,
            _("Taken back. If that was a slip, press “Ask again”."),
            lambda: actions.withdraw_ask(one, by=asking.asked_by, now=timezone.now()),
        )
        return _back(asking, one.code)
    if (no := rules.why_not_withdraw(asking.asked_by, one)) is not None:
        messages.error(request, no)
        return _back(asking, one.code)
    return render(
        request,
        "kit/confirm.html",
        {
            "question": _("Take back ask %(code)s?") % {"code": one.code},
            "consequence": _("Nobody will come for it then. The other things you asked for stay as they are.")
            if not one.is_held
            else _("Someone has taken it on; it will disappear from their list."),
            "yes": _("Yes, I don’t need it any more"),
            "no": _("No, keep it"),
            "no_url": reverse("exchange:asking", args=[queries.asking_token(asking)]),
            "danger": True,
        },
    )


@require_POST
@behind_asking_link
def again(request: HttpRequest, asking: Asking, code: str) -> HttpResponse:
    """Open an ask again that was taken back or expired."""
    one = _one_of(asking, code)
    tell(
        request,
        _("It is open again."),
        lambda: actions.ask_again(one, by=asking.asked_by, now=timezone.now()),
    )
    return _back(asking, one.code)


@require_POST
@behind_asking_link
def same_again(request: HttpRequest, asking: Asking, code: str) -> HttpResponse:
    """Ask for the same once more."""
    one = _one_of(asking, code)
    tell(
        request,
        _("Asked again. You find it at the top of this page."),
        lambda: actions.ask_same_again(one, by=asking.asked_by, now=timezone.now()),
    )
    return _back(asking)


@require_POST
@behind_asking_link
def still_needed(request: HttpRequest, asking: Asking, code: str) -> HttpResponse:
    """Say that it is still needed, so that it does not expire."""
    one = _one_of(asking, code)
    tell(
        request,
        _("Thank you for telling us. It stays open."),
        lambda: actions.still_needed(one, by=asking.asked_by, now=timezone.now()),
    )
    return _back(asking, one.code)


@require_POST
@behind_asking_link
def tell_cause(request: HttpRequest, asking: Asking, code: str) -> HttpResponse:
    """Say what lies behind the need, or take that back."""
    one = _one_of(asking, code)
    form = CauseForm(request.POST, ask=one, causes=list(queries.causes_of(asking.network)))
    if form.is_valid():
        cause = form.cleaned_data["cause"]
        tell(
            request,
            _("Thank you. It is counted, without your name.") if cause else _("Taken out again."),
            lambda: actions.tell_cause(one, cause=cause, by=asking.asked_by, now=timezone.now()),
        )
    else:
        messages.error(request, _("This is not on the list any more. Please choose again."))
    return _back(asking, one.code)


@require_http_methods(["GET", "POST"])
@behind_asking_link
def repeat(request: HttpRequest, asking: Asking, code: str) -> HttpResponse:
    """Let an ask come round on a weekday."""
    one, now = _one_of(asking, code), timezone.now()
    if (no := rules.why_not_repeat(asking.asked_by, one)) is not None:
        messages.error(request, no)
        return _back(asking, one.code)
    today = timezone.localtime(one.wanted_from or now)
    form = RepeatForm(request.POST if request.method == "POST" else None, initial={"weekday": today.weekday()})
    if request.method == "POST" and form.is_valid():
        done = tell(
            request,
            _("It will come round by itself. Pause or stop it here whenever you like."),
            lambda: actions.repeat_ask(one, **form.cleaned_data, by=asking.asked_by, now=now),
        )
        if done:
            return _back(asking, one.code)
    return render(
        request,
        "exchange/asking_repeat.html",
        {"form": form, "ask": one, "token": queries.asking_token(asking)},
        status=status_of(form),
    )


_REPEAT_SAID = {
    RepeatState.RUNNING: gettext_lazy("It comes round again."),
    RepeatState.PAUSED: gettext_lazy("Paused. It does not come round until you continue."),
    RepeatState.STOPPED: gettext_lazy("Stopped. It does not come round any more."),
}


@require_POST
@behind_asking_link
def move_repeat(request: HttpRequest, asking: Asking, code: str, state: str) -> HttpResponse:
    """Pause what comes round, let it go on, or stop it."""
    one = _one_of(asking, code)
    if one.repeat is None or state not in RepeatState.values:
        raise NotHere
    moving = one.repeat
    tell(
        request,
        str(_REPEAT_SAID[RepeatState(state)]),
        lambda: actions.move_repeat(moving, state=state, by=asking.asked_by, now=timezone.now()),
    )
    return _back(asking, one.code)


@require_POST
@behind_asking_link
def answer_match(request: HttpRequest, asking: Asking, key: UUID, answer: str) -> HttpResponse:
    """Say yes or no to something that was found; or, once agreed, that it did not work out."""
    found = queries.match_put_to(asking, key)
    if found is None:
        raise NotHere
    asker, now = asking.asked_by, timezone.now()
    match answer:
        case "yes":
            said = _("You said yes. Once the other side says yes as well, each sees how to reach the other.")
            tell(request, said, lambda: actions.answer_match(found, yes=True, by=asker, now=now))
        case "no":
            said = _("You said no. Your ask stays open.")
            tell(request, said, lambda: actions.answer_match(found, yes=False, by=asker, now=now))
        case "end":
            said = _("Noted. Your ask is open to others again.")
            tell(request, said, lambda: actions.end_match(found, by=asker, now=now))
        case _other:
            raise NotHere
    return _back(asking)
