"""The desk: one queue of asks, looked through, and moved one by one or many at once."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from manyhands.exchange import actions, finding, planning, queries
from manyhands.exchange.actions import Do, Moved
from manyhands.exchange.forms.desk import GiveForm, PickedForm, SameAsForm, SearchForm, WhyNotForm
from manyhands.exchange.models import Ask, Claim
from manyhands.exchange.templatetags.asks import tone
from manyhands.kit.forms import PlainForm
from manyhands.kit.maps import Point
from manyhands.networks.here import NetworkRequest, for_role
from manyhands.networks.models import Network
from manyhands.networks.states import Role
from manyhands.people.models import Person

PAGE = 50
LAST_MOVE = "exchange.moved"  # the session keeps what was moved last, so that it can be undone


@dataclass(frozen=True, slots=True)
class Line:
    """One ask on the desk: its number on the page and on the map, and who holds it."""

    number: int
    ask: Ask
    holder: Claim | None


def dispatcher(request: NetworkRequest) -> Person:
    """Who works at the desk; ``for_role`` has seen to it that someone does."""
    assert isinstance(request.user, Person)
    return request.user


@require_safe
@for_role(Role.DISPATCHER)
def desk(request: NetworkRequest) -> HttpResponse:
    """The queue: a tab for each state, what is looked for, a table beside a map."""
    now, network = timezone.now(), request.network
    form = SearchForm(request.GET, network=network)
    search = form.search()
    found = finding.narrowed(queries.visible_to(request.user, network), search, network, now=now)
    counts = finding.counted(found)
    tab = request.GET.get("tab", "")
    if tab not in finding.TABS:
        # Someone looking for a name or a code wants it wherever it stands; otherwise what is new comes first.
        tab = "all" if search.words else ("new" if counts["new"] else "ready")
    asks = finding.in_order(finding.in_tab(found, tab), form.sort_by)
    pages = Paginator(asks, PAGE)
    pages.count = counts[tab]  # known already: the tabs show it
    page = pages.get_page(request.GET.get("page"))
    shown = list(page)
    holders = queries.holders_of(shown)
    lines = [Line(number, ask, holders.get(ask.pk)) for number, ask in enumerate(shown, page.start_index() or 1)]
    return render(
        request,
        "exchange/desk.html",
        {
            "now": now,
            "form": form,
            "tabs": tabs_of(request, tab, counts, finding.TABS),
            "tab": tab,
            "page": page,
            "lines": lines,
            "points": _points(lines, network),
            "last": _last(request),
        },
    )


@require_safe
@for_role(Role.DISPATCHER)
def together(request: NetworkRequest) -> HttpResponse:
    """Everyone at once: which helper for which waiting ask is best for all of them together, and why."""
    now, network = timezone.now(), request.network
    visible = queries.visible_to(request.user, network)
    counts = finding.counted(visible)
    asks = list(finding.in_order(finding.in_tab(visible, "ready"), "waiting")[: finding.MOST_WEIGHED])
    found = planning.everyone_at_once(asks, network, now=now)
    # One list over all pages: first who is brought something, then who has nobody.
    page = Paginator([*found.pairs, *((out.thing, out) for out in found.left_out)], PAGE).get_page(
        request.GET.get("page")
    )
    split = min(max(0, len(found.pairs) - max(0, page.start_index() - 1)), len(page))
    listed = list(page)
    return render(
        request,
        "exchange/together.html",
        {
            "now": now,
            "page": page,
            "pairs": listed[:split],
            "left_out": [out for _ask, out in listed[split:]],
            "asks": len(asks),
            "more": max(0, counts["ready"] - len(asks)),
            "new": counts["new"],
        },
    )


def tabs_of(request: NetworkRequest, current: str, counts: dict[str, int], tabs: finding.Tabs) -> list[dict[str, Any]]:
    """The tabs with their counts; going to another one keeps what is looked for."""
    shown = []
    for key, (name, _states) in tabs.items():
        query = request.GET.copy()
        query["tab"] = key
        query.pop("page", None)
        shown.append({"url": f"?{query.urlencode()}", "name": name, "count": counts[key], "current": key == current})
    return shown


def _points(lines: list[Line], network: Network) -> list[Point]:
    """Where they are, as vaguely as everyone may see it: a desk is looked at over shoulders."""
    points = []
    for line in lines:
        place = queries.square_of(line.ask.place, network)
        points.append(
            Point(
                place.lat if place else None,
                place.lon if place else None,
                label=f"{line.ask.code} {line.ask.category}",
                tone=tone(line.ask.state),
                href=reverse("exchange:ask_page", args=(network.slug, line.ask.code)),
                number=line.number,
                key=line.ask.code,
            )
        )
    return points


@require_POST
@for_role(Role.DISPATCHER)
def bulk(request: NetworkRequest) -> HttpResponse:
    """Do one thing with the asks that were picked; what needs to be said first is asked for on the way."""
    person, now = dispatcher(request), timezone.now()
    picked = PickedForm(request.POST, network=request.network, person=person)
    if not picked.is_valid():
        return render(request, "exchange/desk_pick.html", {"form": picked, "back": _back(request)}, status=400)
    do = picked.cleaned_data["do"]
    if do == PickedForm.PLAN:
        codes = urlencode([("ask", ask.code) for ask in picked.asks])
        return redirect(f"{reverse('deliveries:new_plan', args=(request.network.slug,))}?{codes}")
    asked = _what_to_ask(request, do, picked.asks)
    if asked is not None and not (asked.is_bound and asked.is_valid()):
        context = {
            "form": asked, "do": do, "name": Do(do).label, "asks": picked.asks, "back": _back(request), "now": now,
        }  # fmt: skip
        return render(request, "exchange/desk_bulk.html", context, status=400 if asked.is_bound else 200)
    of = asked.found if isinstance(asked, SameAsForm) else None
    moved = actions.move_many(
        [ask for ask in picked.asks if of is None or ask.pk != of.pk],
        do=do,
        helper=asked.cleaned_data["helper"] if isinstance(asked, GiveForm) else None,
        why_not_met=asked.cleaned_data["why_not_met"] if isinstance(asked, WhyNotForm) else "",
        of=of,
        by=person,
        now=now,
    )
    request.session[LAST_MOVE] = {
        "network": request.network.slug,
        "mark": uuid4().hex[:12],
        "do": do,
        "at": now.isoformat(),
        "back": _back(request),
        "moved": [asdict(each) | {"ask": str(each.ask), "claim": str(each.claim or "")} for each in moved],
    }
    return redirect("exchange:moved", request.network.slug)


def _what_to_ask(request: NetworkRequest, do: str, asks: list[Ask]) -> PlainForm | None:
    """The form that says with whom, why or as which other ask; not yet bound when it was not on the page."""
    if do == Do.GIVE:
        return GiveForm(request.POST if "helper" in request.POST else None, network=request.network)
    if do == Do.COULD_NOT:
        return WhyNotForm(request.POST if "said" in request.POST else None)
    if do == Do.DUPLICATE:
        first = min(asks, key=lambda ask: ask.asked_at)
        data = request.POST if "of" in request.POST else None
        return SameAsForm(data, initial={"of": first.code}, network=request.network, person=request.user)
    return None


def _last(request: NetworkRequest) -> dict[str, Any] | None:
    """What this person moved last in this network, while their session lasts."""
    last: dict[str, Any] | None = request.session.get(LAST_MOVE)
    return last if last is not None and last["network"] == request.network.slug else None


def _back(request: NetworkRequest) -> str:
    """The list one came from: its own address with what was looked for."""
    query = request.POST.get("back", "")
    desk_url = reverse("exchange:desk", args=(request.network.slug,))
    return f"{desk_url}?{query}" if query and "\n" not in query else desk_url


@require_http_methods(["GET", "HEAD", "POST"])
@for_role(Role.DISPATCHER)
def moved(request: NetworkRequest) -> HttpResponse:
    """What became of the asks that were moved last: GET shows it, POST undoes it where nothing happened since."""
    last = _last(request)
    if last is None:
        return redirect("exchange:desk", request.network.slug)
    each = [
        Moved(UUID(m["ask"]), m["code"], m["before"], UUID(m["claim"]) if m["claim"] else None, m["refused"])
        for m in last["moved"]
    ]
    asks = {
        ask.pk: ask for ask in queries.visible_to(request.user, request.network).filter(pk__in=[m.ask for m in each])
    }
    # What they may not see any more is not named either.
    each = [m for m in each if m.ask in asks]
    done, refused = [m for m in each if not m.refused], [m for m in each if m.refused]
    undone: list[Moved] | None = None
    if request.method == "POST":
        if request.POST.get("mark") == last["mark"]:
            undone = actions.undo_many(
                done,
                do=last["do"],
                asks=asks,
                at=datetime.fromisoformat(last["at"]),
                by=dispatcher(request),
                now=timezone.now(),
            )
            del request.session[LAST_MOVE]
        else:
            refused = []
    return render(
        request,
        "exchange/desk_moved.html",
        {
            "last": last,
            "name": Do(last["do"]).label,
            "done": done,
            "refused": refused,
            "undone": undone,
            "another": request.method == "POST" and undone is None,
        },
    )
