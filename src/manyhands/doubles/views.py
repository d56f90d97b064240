"""The desk's pages about who may be written down twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from manyhands.doubles import actions, queries, tasks
from manyhands.doubles.forms import TogetherForm
from manyhands.doubles.models import Pair
from manyhands.doubles.queries import Known
from manyhands.doubles.states import PairState
from manyhands.exchange import queries as exchange
from manyhands.kit import codes
from manyhands.kit.refusals import NotHere, Refused
from manyhands.networks.here import NetworkRequest, for_role
from manyhands.networks.states import Role
from manyhands.people.models import Person
from manyhands.privacy import actions as privacy
from manyhands.privacy.states import Part, Why

PAGE = 10
# People looked through while somebody waits for the page; more take a worker.
AT_ONCE, FOR_ONE = 1_500, 8_000
PERHAPS = "perhaps"
TABS = (PairState.OPEN, PERHAPS, PairState.LATER, PairState.DIFFERENT)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two, as far as the page shows them."""

    known: Known
    shown: privacy.Shown


def _sides(
    request: NetworkRequest, people: Iterable[Person], *, only: frozenset[Part] | None = frozenset({Part.NAME})
) -> dict[UUID, Side]:
    found = queries.known(people, request.network)
    whose = [privacy.Whose(each.person, each.place, each.about) for each in found.values()]
    shown = privacy.reveal(
        whose, why=Why.TWICE, by=_by(request), network=request.network, now=timezone.now(), only=only
    )
    return {key: Side(known, seen) for (key, known), seen in zip(found.items(), shown, strict=True)}


def _told(found: Pair, sides: dict[UUID, Side]) -> tuple[Side, Side, list[tuple[str, str]], bool]:
    """The two, each reason with the tone it is told in, and whether the reasons are kept back.

    Of those who would be in danger none is told: from before it was known they may say more than a name.
    """
    one, other = sides[found.one_id], sides[found.other_id]
    if one.shown.held_back or other.shown.held_back:
        return one, other, [], True
    return one, other, [("good" if each.speaks_for else "over", each.sentence(_)) for each in found.reasons], False


def _by(request: NetworkRequest) -> Person:
    assert isinstance(request.user, Person)  # `for_role` saw to it
    return request.user


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_role(Role.DISPATCHER)
def pairs(request: NetworkRequest) -> HttpResponse:
    """Who may be written down twice, the likeliest first. POST looks through everybody, or puts two together."""
    network, now = request.network, timezone.now()
    do = request.POST.get("do", "")
    form = TogetherForm(request.POST if do == "together" else None, network=network, person=request.user)
    if request.method == "POST":
        if do == "look":
            messages.success(request, _look(request))
            return redirect("doubles:pairs", network.slug)
        if do != "together":
            raise NotHere
        if form.is_valid():
            try:
                made = actions.put_together(
                    form.people["one"], form.people["other"], network=network, by=_by(request), now=now
                )
            except Refused as no:
                form.add_error(None, str(no))
            else:
                return redirect("doubles:pair", network.slug, made.pk)
    visible = queries.visible_to(request.user, network)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else PairState.OPEN
    page = Paginator(_in_tab(request, visible, tab), PAGE).get_page(request.GET.get("page"))
    sides = _sides(request, {person.pk: person for each in page for person in (each.one, each.other)}.values())
    context = {
        "now": now, "tab": tab, "tabs": _tabs(request, tab), "page": page, "form": form, "states": PairState,
        "listed": [(each, *_told(each, sides)) for each in page],
    }  # fmt: skip
    return render(request, "doubles/pairs.html", context, status=400 if form.errors else 200)


def _tabs(request: NetworkRequest, current: str) -> list[dict[str, Any]]:
    network = request.network
    visible = queries.visible_to(request.user, network)
    url = reverse("doubles:pairs", args=[network.slug])
    tabs = [
        {
            "url": f"{url}?tab={tab}",
            "name": _("Perhaps") if tab == PERHAPS else PairState(tab).label.capitalize(),
            "count": _in_tab(request, visible, tab).count(),
            "current": tab == current,
        }
        for tab in TABS
    ]
    joined = {
        "url": reverse("doubles:joined", args=[network.slug]),
        "name": PairState.JOINED.label.capitalize(),
        "count": queries.joined_in(request.user, network).count(),
        "current": current == PairState.JOINED,
    }
    return [*tabs, joined]


def _in_tab(request: NetworkRequest, visible: QuerySet[Pair], tab: str) -> QuerySet[Pair]:
    """What is likely is to be looked at; what is only possible stands behind a tab of its own."""
    state = PairState.OPEN if tab == PERHAPS else tab
    found = queries.in_state(visible, state, now=timezone.now(), network=request.network)
    if state != PairState.OPEN:
        return found
    return queries.unlikely(found) if tab == PERHAPS else queries.likely(found)


def _look(request: NetworkRequest) -> str:
    """Look at once where that takes no time, else leave it to a worker."""
    if queries.people_of(request.network).count() > AT_ONCE:
        return _enqueue(request)
    found = actions.look(request.network, by=_by(request), now=timezone.now())
    if not found:
        return _("Looked through everybody: nobody seems to be written down twice.")
    return ngettext(
        "Looked through everybody: %(count)d pair to look at.",
        "Looked through everybody: %(count)d pairs to look at.",
        found,
    ) % {"count": found}


def _enqueue(request: NetworkRequest) -> str:
    key = f"doubles.look:{request.network.pk}:{timezone.now():%Y-%m-%dT%H:%M}"
    tasks.look_through.using(key=key).enqueue(str(request.network.pk))  # type: ignore[call-arg]
    return _("Looking through everybody. That takes some minutes: come back then.")


@require_POST
@for_role(Role.DISPATCHER)
def of(request: NetworkRequest, code: str) -> HttpResponse:
    """Look whether whoever asked or offered this was here before."""
    person = queries.behind_code(codes.as_spoken(code), request.user, request.network)
    if person is None:
        raise NotHere
    network, now = request.network, timezone.now()
    if queries.people_of(network).count() > FOR_ONE:
        messages.success(request, _enqueue(request))
        return redirect(_page_of(request, codes.as_spoken(code)))
    if not actions.look_for(person, network=network, by=_by(request), now=now):
        messages.success(request, _("Nobody here seems to be the same person."))
        return redirect(_page_of(request, codes.as_spoken(code)))
    visible = queries.in_state(queries.visible_to(request.user, network), PairState.OPEN, now=now, network=network)
    first = queries.with_person(visible, person).first()
    if first is None:
        return redirect("doubles:pairs", network.slug)
    return redirect("doubles:pair", network.slug, first.pk)


def _page_of(request: NetworkRequest, code: str) -> str:
    is_ask = exchange.visible_to(request.user, request.network).filter(code=code).exists()
    return reverse("exchange:ask_page" if is_ask else "exchange:offer_page", args=[request.network.slug, code])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_role(Role.DISPATCHER)
def pair(request: NetworkRequest, key: UUID) -> HttpResponse:
    """Two side by side. POST shows where they live and how to reach them, or says what they are."""
    network = request.network
    found = queries.visible_to(request.user, network).filter(pk=key).first()
    if found is None:
        raise NotHere
    do, problem, status = request.POST.get("do", ""), "", 200
    is_shown = do == "show"
    if request.method == "POST" and not is_shown:
        try:
            messages.success(request, _do(request, found, do))
        except Refused as no:
            problem, status = str(no), 409
            found = queries.visible_to(request.user, network).filter(pk=key).first()
            if found is None:  # whoever answered meanwhile said it of these two as well
                messages.error(request, problem)
                return redirect("doubles:pairs", network.slug)
        else:
            return redirect(_next(request, found))
    sides = _sides(request, (found.one, found.other), only=None if is_shown else frozenset({Part.NAME}))
    one, other, reasons, is_hidden = _told(found, sides)
    stands, rests = queries.who_stands(one.known, other.known)
    context = {
        "now": timezone.now(), "pair": found, "sides": [one, other], "is_shown": is_shown, "problem": problem,
        "reasons": reasons, "is_hidden": is_hidden,
        "both_help": one.known.is_member and other.known.is_member,
        "states": PairState, "more": queries.more_of_them(request.user, found, now=timezone.now()),
        "stands": sides[stands.person.pk], "rests": sides[rests.person.pk],
    }  # fmt: skip
    return render(request, "doubles/pair.html", context, status=status)


def _do(request: NetworkRequest, found: Pair, do: str) -> str:
    by, now, seen = _by(request), timezone.now(), request.POST.get("seen", "")
    match do:
        case "one":
            actions.join(found, seen=seen, by=by, now=now)
            return _("One person from now on. If that was a mistake, take them apart under “One person”.")
        case "different":
            actions.answer(found, state=PairState.DIFFERENT, seen=seen, by=by, now=now)
            return _("Two different people. You are not asked about them again.")
        case "later":
            actions.answer(found, state=PairState.LATER, seen=seen, by=by, now=now)
            return _("They are shown again in two weeks.")
        case "again":
            actions.answer(found, state=PairState.OPEN, seen=seen, by=by, now=now)
            return _("To look at again.")
    raise NotHere


def _next(request: NetworkRequest, answered: Pair) -> str:
    """The next pair to look at; back to the list after the last."""
    network = request.network
    tab = PairState.OPEN if answered.is_likely else PERHAPS
    waiting = _in_tab(request, queries.visible_to(request.user, network), tab)
    following = waiting.exclude(pk=answered.pk).first()
    if following is None or request.POST.get("do") == "again":
        return reverse("doubles:pairs", args=[network.slug])
    return reverse("doubles:pair", args=[network.slug, following.pk])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_role(Role.DISPATCHER)
def joined(request: NetworkRequest) -> HttpResponse:
    """Who is held to be whom. POST takes somebody out again."""
    network = request.network
    rows = queries.joined_in(request.user, network)
    if request.method == "POST":
        which = _key(request.POST.get("which"))
        row = rows.filter(pk=which).first() if which is not None else None
        if row is None:
            raise NotHere
        try:
            actions.take_out(row.person, network=network, by=_by(request), now=timezone.now())
        except Refused as no:
            messages.error(request, str(no))
        else:
            messages.success(request, _("Two people again, each as before."))
        return redirect("doubles:joined", network.slug)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    sides = _sides(request, {person.pk: person for row in page for person in (row.person, row.into)}.values())
    context = {
        "now": timezone.now(), "tabs": _tabs(request, PairState.JOINED), "page": page,
        "listed": [(row, sides[row.person_id], sides[row.into_id]) for row in page],
    }  # fmt: skip
    return render(request, "doubles/joined.html", context)


def _key(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
