"""A new plan: which asks, which helpers, when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_time
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from manyhands.deliveries import actions, planning, queries, rules
from manyhands.deliveries.forms import HelperRow, HelperTimes, PlanForm
from manyhands.deliveries.models import Hub, Plan, Run
from manyhands.deliveries.views.plans import person
from manyhands.exchange import queries as exchange
from manyhands.exchange.models import Ask, Helper
from manyhands.kit.refusals import Refused
from manyhands.networks.here import NetworkRequest, for_role
from manyhands.networks.states import Role

EVENING = (time(17, 30), time(20, 30))
TOO_LATE_TODAY = time(20, 0)
# Beyond this many a helper is one tick, with their usual hours; else the page grows heavy on a bad line.
ROWS_IN_FULL = 25


@for_role(Role.DISPATCHER)
def new_plan(request: NetworkRequest) -> HttpResponse:
    """Choose what is planned, and start it. ``ask`` are those picked at the desk; ``from`` is a plan to go on from."""
    now = timezone.now()
    earlier = _earlier(request)
    picked = _picked(request, earlier)
    sent = request.method == "POST" and "day" in request.POST
    first = _first_guess(request, now)
    choices = _choices(request, picked, first)
    form = PlanForm(
        request.POST if sent else None,
        hubs=queries.hubs_to_load_at(request.network),
        which=choices.offered,
        initial={
            "day": first.day,
            "starts": first.starts,
            "ends": first.ends,
            "which": "picked" if picked else "all",
            "asks": " ".join(ask.code for ask in picked),
            "hub": _hub_of(earlier),
        },
    )
    hubs = list(form.fields["hub"].queryset)  # type: ignore[attr-defined]
    rows = _rows(request, first, earlier, hubs, keep=sent and "look" not in request.POST)
    if sent and "look" not in request.POST:
        plan = _planned(request, form, rows, picked, {str(hub.pk): hub for hub in hubs}, now=now)
        if plan is not None:
            return redirect("deliveries:plan", request.network.slug, plan.pk)
    return render(
        request,
        "deliveries/new_plan.html",
        {
            "form": form,
            "rows": rows[:ROWS_IN_FULL],
            "more_rows": rows[ROWS_IN_FULL:],
            "ready": choices.ready,
            "picked": len(picked),
            "earlier": earlier,
            "several_hubs": len(hubs) > 1,
            "offered": choices.offered,
        },
    )


@dataclass(frozen=True)
class _Span:
    day: date
    starts: time
    ends: time

    def times(self, request: NetworkRequest) -> tuple[datetime, datetime]:
        return planning.span(self.day, self.starts, self.ends, request.network)


def _first_guess(request: NetworkRequest, now: datetime) -> _Span:
    """The day and hours asked about: as typed, or tonight, or tomorrow evening when tonight is over."""
    here = now.astimezone(request.network.zone)
    day, (starts, ends) = here.date(), EVENING
    if here.time() >= TOO_LATE_TODAY:
        day += timedelta(days=1)
    elif here.time() > starts:
        begin = here + timedelta(minutes=15 - here.minute % 15)
        starts, ends = (
            time(begin.hour, begin.minute),
            (begin + timedelta(hours=3)).time().replace(second=0, microsecond=0),
        )
    said = request.POST if request.method == "POST" else request.GET
    try:
        return _Span(
            parse_date(said.get("day", "")) or day,
            parse_time(said.get("starts", "")) or starts,
            parse_time(said.get("ends", "")) or ends,
        )
    except ValueError:  # well formed, but no such day or hour
        return _Span(day, starts, ends)


def _earlier(request: NetworkRequest) -> Plan | None:
    key = request.POST.get("from") or request.GET.get("from")
    if not key:
        return None
    try:
        return queries.visible_to(request.user, request.network).filter(pk=key).first()
    except (ValueError, ValidationError):
        return None


def _picked(request: NetworkRequest, earlier: Plan | None) -> list[Ask]:
    keys = [*request.GET.getlist("ask"), *request.POST.getlist("ask"), *request.POST.get("asks", "").split()]
    if keys:
        return list(queries.picked(request.network, request.user, keys))
    return list(queries.left_over(earlier)) if earlier is not None else []


@dataclass(frozen=True)
class _Choices:
    ready: int
    offered: list[tuple[str, str]]


def _choices(request: NetworkRequest, picked: Sequence[Ask], first: _Span) -> _Choices:
    ready = queries.askable(request.network, request.user, until=first.times(request)[1]).count()
    everything = ngettext(
        "The %(count)d ask that is ready and wanted by then",
        "All %(count)d asks that are ready and wanted by then",
        ready,
    ) % {"count": ready}
    chosen = ngettext(
        "Only the %(count)d ask that was picked", "Only the %(count)d asks that were picked", len(picked)
    ) % {"count": len(picked)}
    return _Choices(ready, ([("picked", chosen)] if picked else []) + [("all", everything)])


def _hub_of(earlier: Plan | None) -> Any:
    if earlier is None:
        return None
    return earlier.runs.filter(hub__isnull=False).values_list("hub", flat=True).first()


def _rows(
    request: NetworkRequest, first: _Span, earlier: Plan | None, hubs: Sequence[Hub], *, keep: bool
) -> list[HelperRow]:
    """Every active helper, those usually free then first. ``keep`` what was typed."""
    on_the_road = queries.helpers_on_the_road(request.network)
    before = {run.helper_id: run for run in queries.runs_in(earlier)} if earlier is not None else {}
    ticked = set(request.POST.getlist("helper"))
    places = [("", _("as everyone")), *((str(hub.pk), hub.name) for hub in hubs)]
    rows = []
    for helper in exchange.by_name(exchange.helpers_of(request.network)):
        hours = _hours(helper, first)
        away = on_the_road.get(helper.pk)
        since, until = hours or (first.starts, first.ends)
        times = HelperTimes(
            request.POST if keep and _was_sent(request, helper) else None,
            prefix=str(helper.pk),
            hubs=places,
            initial={"since": since, "until": until, "boxes": helper.boxes},
        )
        guessed = (helper.pk in before if before else hours is not None) and away is None
        chosen = str(helper.pk) in ticked if request.method == "POST" and "day" in request.POST else guessed
        rows.append(HelperRow(helper, times, chosen, usually_free=hours is not None, note=_away_until(away, request)))
    return sorted(rows, key=lambda row: (not row.chosen, not row.usually_free))


def _was_sent(request: NetworkRequest, helper: Helper) -> bool:
    return f"{helper.pk}-since" in request.POST


def _hours(helper: Helper, first: _Span) -> tuple[time, time] | None:
    """The part of the span in which a helper is usually free."""
    usual = planning.usual_hours(helper, first.day)
    if usual is None:
        return None
    network = helper.network
    since, until = planning.span(first.day, *usual, network)
    opens, shuts = planning.span(first.day, first.starts, first.ends, network)
    since, until = max(since, opens), min(until, shuts)
    return (since.time(), until.time()) if since < until else None


def _away_until(run: Run | None, request: NetworkRequest) -> str:
    if run is None or run.finish_at is None:
        return ""
    return _("on a run until %(time)s") % {"time": run.finish_at.astimezone(request.network.zone).strftime("%H:%M")}


def _planned(
    request: NetworkRequest,
    form: PlanForm,
    rows: list[HelperRow],
    picked: list[Ask],
    hubs: Mapping[str, Hub],
    *,
    now: datetime,
) -> Plan | None:
    """Make the plan and start the planner; None where something has to be looked at again."""
    chosen = [row for row in rows if row.chosen]
    wrong = [row for row in chosen if row.times.is_bound and not row.times.is_valid()]
    for row in wrong:
        form.add_error(None, _("Look at the times and boxes of %(name)s again.") % {"name": row.name})
    if not chosen:
        form.add_error(None, _("Tick at least one helper."))
    if not form.is_valid() or wrong or not chosen:
        return None
    said = form.cleaned_data
    first = _Span(said["day"], said["starts"], said["ends"])
    starts_at, ends_at = first.times(request)
    if (no := rules.why_not_when(starts_at, ends_at, now=now)) is not None:
        form.add_error(None, no)
        return None
    asks = (
        picked
        if picked and said["which"] != "all"
        else list(queries.askable(request.network, request.user, until=ends_at))
    )
    if not asks:
        form.add_error(None, _("No ask is ready for that time. Make asks ready at the desk, or choose another time."))
        return None
    try:
        plan = actions.make_plan(
            network=request.network,
            asks=asks,
            helpers=[_availability(row, first, _hub_for(row, hubs) or said["hub"]) for row in chosen],
            starts_at=starts_at,
            ends_at=ends_at,
            seconds=int(said["patience"]),
            by=person(request),
            now=now,
        )
    except Refused as no:
        form.add_error(None, str(no))
        return None
    planning.begin(plan)
    if len(asks) > 2000:
        messages.info(request, _("That is a lot to plan: it may take a little longer."))
    return plan


def _hub_for(row: HelperRow, hubs: Mapping[str, Hub]) -> Hub | None:
    """Where this one loads, if elsewhere than everyone."""
    return hubs.get(row.times.cleaned_data.get("hub") or "") if row.times.is_bound else None


def _availability(row: HelperRow, first: _Span, hub: Hub | None) -> actions.Availability:
    usual = _hours(row.helper, first) or (first.starts, first.ends)
    if row.times.is_bound:
        since, until, boxes = row.said(*usual)
    else:
        since, until, boxes = (*usual, row.helper.boxes)
    # A plan that goes on past midnight: what is earlier than its beginning is meant for the next day.
    next_day = first.ends <= first.starts and since < first.starts
    day = first.day + timedelta(days=1) if next_day else first.day
    available_from, available_until = planning.span(day, since, until, row.helper.network)
    return actions.Availability(row.helper, available_from, available_until, boxes, hub)
