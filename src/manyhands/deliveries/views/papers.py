"""A plan to take along: run sheets and labels on paper, a table, and a map for other programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from manyhands.deliveries import queries
from manyhands.deliveries.models import Plan, Stop
from manyhands.deliveries.reasons import Names
from manyhands.deliveries.states import PlanState
from manyhands.deliveries.views import showing
from manyhands.deliveries.views.plans import found, person
from manyhands.deliveries.views.runs import Card
from manyhands.kernel.sheets.writing import write_csv
from manyhands.kit.refusals import NotHere
from manyhands.networks.here import NetworkRequest, for_role
from manyhands.networks.states import Role
from manyhands.people.here import fresh_sign_in_required
from manyhands.privacy import actions as privacy
from manyhands.privacy.states import Why

# A printing page stays light enough for a bad line; larger plans are printed in several goes.
RUNS_AT_A_TIME = 8
LABELS_AT_A_TIME = 240
ON_PAPER = (PlanState.DRAFT, PlanState.PUBLISHED)


def _finished(request: NetworkRequest, key: Any) -> Plan:
    """A plan there is something to print of."""
    plan = found(request, key)
    if plan.state not in ON_PAPER:
        raise NotHere
    return plan


@for_role(Role.DISPATCHER)
def sheets(request: NetworkRequest, plan: Any) -> HttpResponse:
    """A run sheet for each run, with the doors and phones; `run` prints only that one."""
    this = _finished(request, plan)
    only = request.GET.get("run", "")
    each = [
        one
        for one in showing.shown(list(queries.runs_in(this)), queries.stops_on_paper(this))
        if one.stops and (not only or str(one.run.pk) == only)
    ]
    page = Paginator(each, RUNS_AT_A_TIME).get_page(request.GET.get("page"))
    printed = [stop for one in page.object_list for stop in one.stops if not _gone(this, stop)]
    doors = _see(request, printed, Why.SHEETS)
    papers = [
        {
            "each": one,
            "run": one.run,
            "cards": [Card(stop, False, doors[stop.pk]) for stop in one.stops if not _gone(this, stop)],
        }
        for one in page.object_list
    ]
    return render(
        request,
        "deliveries/sheets.html",
        {"plan": this, "numbers": showing.numbers(this), "papers": papers, "page": page},
    )


def _see(request: NetworkRequest, stops: list[Stop], why: Why) -> dict[object, privacy.Shown]:
    return showing.see_stops(stops, why=why, by=person(request), network=request.network, now=timezone.now())


def _gone(plan: Plan, stop: Stop) -> bool:
    return plan.state == PlanState.PUBLISHED and stop.is_gone


@dataclass(frozen=True)
class Label:
    """One box: whose it is says only the code."""

    code: str
    what: str
    name: str
    number: int
    position: int
    box: int
    boxes: int


@for_role(Role.DISPATCHER)
def labels(request: NetworkRequest, plan: Any) -> HttpResponse:
    """A label for each box: the ask's code, the helper and the stop; no name and no address of who gets it."""
    this = _finished(request, plan)
    page = Paginator(list(_labels(this)), LABELS_AT_A_TIME).get_page(request.GET.get("page"))
    return render(request, "deliveries/labels.html", {"plan": this, "page": page})


def _labels(plan: Plan) -> Iterator[Label]:
    for each in showing.shown(list(queries.runs_in(plan)), queries.stops_on_paper(plan)):
        for stop in each.stops:
            if _gone(plan, stop):
                continue
            boxes = max(1, stop.ask.boxes)
            for box in range(1, boxes + 1):
                yield Label(
                    stop.ask.code, stop.ask.category.name, each.name, each.run.number, stop.position or 0, box, boxes
                )


HEADINGS = (
    "run", "helper", "stop", "code", "category", "arrive", "leave", "boxes", "people", "place", "door", "lat", "lon",
    "state", "why not",
)  # fmt: skip


@for_role(Role.DISPATCHER)
@fresh_sign_in_required()
def table(request: NetworkRequest, plan: Any) -> HttpResponse:
    """The plan as CSV, a row for each ask. Without names and phones: those belong to the one who goes there."""
    this = _finished(request, plan)
    runs = {run.pk: run for run in queries.runs_in(this)}
    names = Names(runs.values())
    stops = list(queries.stops_in(this))
    seen = _see(request, stops, Why.TABLE)
    zone = this.network.zone

    def clock(moment: datetime | None) -> str:
        return "" if moment is None else moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")

    def rows() -> Iterator[list[str]]:
        for stop in stops:
            run = runs.get(stop.run_id) if stop.run_id else None
            ask, place = stop.ask, seen[stop.pk]
            yield [
                str(run.number) if run else "",
                showing.name_of(run) if run else "",
                str(stop.position or ""),
                ask.code,
                ask.category.name,
                clock(stop.arrive_at),
                clock(stop.leave_at),
                str(ask.boxes),
                str(ask.people),
                str(privacy.ASK_THE_DESK) if place.held_back else place.text,
                place.door,
                "" if place.lat is None else f"{place.lat:.6f}",
                "" if place.lon is None else f"{place.lon:.6f}",
                str(ask.get_state_display()),
                "" if run else names.tell(stop.reason).why,
            ]

    response = HttpResponse(write_csv(HEADINGS, rows()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(this)}.csv"'
    return response


@for_role(Role.DISPATCHER)
@fresh_sign_in_required()
def geojson(request: NetworkRequest, plan: Any) -> HttpResponse:
    """The plan as GeoJSON: a line for each run and a point for each ask, by code."""
    this = _finished(request, plan)
    stops = list(queries.stops_in(this))
    seen = _see(request, stops, Why.MAP)
    each = showing.shown(list(queries.runs_in(this)), stops)
    without = showing.see_map(each, [], by=person(request), network=this.network, now=timezone.now())
    ways = {line.run: line for line in showing.lines(each, without=without, network=this.network)}
    numbers = {one.run.pk: one.run.number for one in each}
    features: list[dict[str, Any]] = [
        {
            "type": "Feature",
            "geometry": {
                "type": "LineString",
                "coordinates": [[lon, lat] for lat, lon in ways[one.run.index].places],
            },
            "properties": {
                "run": one.run.number,
                "helper": one.name,
                "departs_at": one.run.departs_at,
                "finish_at": one.run.finish_at,
                "metres": one.run.metres,
            },
        }
        for one in each
        if one.run.index in ways and len(ways[one.run.index].places) > 1
    ]
    features += [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [seen[stop.pk].lon, seen[stop.pk].lat]},
            "properties": {
                "code": stop.ask.code,
                "run": numbers.get(stop.run_id) if stop.run_id else None,
                "stop": stop.position,
                "arrive_at": stop.arrive_at,
                "boxes": stop.ask.boxes,
            },
        }
        for stop in stops
        if seen[stop.pk].is_on_map
    ]
    response = JsonResponse(
        {"type": "FeatureCollection", "features": features},
        content_type="application/geo+json",
        json_dumps_params={"ensure_ascii": False},
    )
    response["Content-Disposition"] = f'attachment; filename="{_file_name(this)}.geojson"'
    return response


def _file_name(plan: Plan) -> str:
    day = plan.starts_at.astimezone(plan.network.zone)
    return f"{plan.network.slug}-{day:%Y-%m-%d}-{str(plan.pk)[:8]}"
