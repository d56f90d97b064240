"""Plans put to the planner and back: rows to a problem, the problem to runs, the runs to rows.

The search happens outside the request, in a process of its own (`work`). `start` is the one way to begin it; tests put
another in its place.
"""

from __future__ import annotations

import faulthandler
import logging
import subprocess
import sys
import threading
import time as clocks
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from manyhands.deliveries import actions, queries
from manyhands.deliveries.models import LONGEST, Hub, Plan, Run, Stop
from manyhands.deliveries.states import PlanState
from manyhands.exchange.models import Ask, Helper
from manyhands.kernel import routing
from manyhands.kernel.geo import Mode, Point, Travel
from manyhands.kit import again
from manyhands.networks.models import Network
from manyhands.places import queries as places
from manyhands.places.models import Place

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
ADVICE_SECONDS = 5.0  # beside what the plan itself was given
URGENT = 3  # an urgent ask weighs as much as three others
UNTIMED = timedelta(days=1)  # what an open end of a wanted time reaches beyond the plan


# ── Rows to a problem ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Evening:
    """A plan with its rows at hand, and the problem they make. Stops go by the ask's code, helpers by the run's key."""

    plan: Plan
    runs: tuple[Run, ...]
    stops: tuple[Stop, ...]
    problem: routing.Problem
    now: datetime

    @cached_property
    def travel(self) -> Travel:
        """How long ways take this evening: by road where the streets are in. Those between its places are at hand."""
        travel = places.travel()
        if (roads := places.by_road(travel)) is not None:
            for mode, (everywhere, own) in self._places.items():
                roads.prepare(mode, everywhere, own)
        return travel

    @property
    def _places(self) -> dict[Mode, tuple[list[Point], list[Point]]]:
        """Where each way of getting about may lead: everywhere, and where its helpers set out and end."""
        everywhere = [stop.place for stop in self.problem.stops] + [hub.place for hub in self.problem.hubs]
        found: dict[Mode, tuple[list[Point], list[Point]]] = {}
        for helper in self.problem.helpers:
            _all, own = found.setdefault(helper.mode, (list(filter(None, everywhere)), []))
            own.extend(filter(None, (helper.start, helper.end)))
        return found

    @property
    def times(self) -> dict[str, Any]:
        """What the times go by, for the page: by road and of which day's map, or in straight lines."""
        roads = places.by_road(self.travel)
        if roads is None:
            return {"by": "straight"}
        places_of = {mode: [*everywhere, *own] for mode, (everywhere, own) in self._places.items()}
        off = {place for mode, each in places_of.items() for place in roads.off_road(mode, each)}
        if off >= {place for each in places_of.values() for place in each}:
            return {"by": "straight"}  # the map is of somewhere else
        map_of = roads.streets.data_of
        return {"by": "road", "map_of": map_of.date().isoformat() if map_of else "", "off": len(off)}

    def is_as(self, other: Evening) -> bool:
        """Whether nothing that plans are made of has changed between the two: asks, helpers, hubs, runs and locks."""
        mine, theirs = ([(s.ask_id, s.run_id, s.position) for s in one.stops] for one in (self, other))
        return mine == theirs and self.problem == other.problem

    @cached_property
    def former(self) -> routing.Plan:
        """The runs as the rows have them, timed anew from now."""
        order: dict[object, list[str]] = {run.pk: [] for run in self.runs}
        for stop in self.stops:
            if stop.run_id is not None:
                order[stop.run_id].append(stop.ask.code)
        return routing.retime(
            self.problem,
            [routing.Order(str(key), tuple(codes)) for key, codes in order.items() if codes],
            self.travel,
        )


def evening(plan: Plan, *, now: datetime) -> Evening:
    """The plan as it stands in the database."""
    runs = tuple(queries.runs_in(plan))
    stops = tuple(queries.stops_in(plan))
    hubs = {run.hub_id: run.hub for run in runs if run.hub is not None and run.hub.place.is_on_map}
    settled = {run.pk: str(run.pk) for run in runs if run.is_locked}
    problem = routing.Problem(
        stops=tuple(_stop(stop, plan, settled, now=now) for stop in stops),
        helpers=tuple(_helper(run, loads=run.hub_id in hubs) for run in runs),
        hubs=tuple(_hub(hub, plan) for hub in hubs.values()),
        now=_seconds(now),
    )
    return Evening(plan=plan, runs=runs, stops=stops, problem=problem, now=now)


def with_asks(tonight: Evening, asks: Sequence[Ask]) -> list[routing.Stop]:
    """These asks as stops of that evening, though they are not in its plan."""
    return [_stop(Stop(plan=tonight.plan, ask=ask), tonight.plan, {}, now=tonight.now) for ask in asks]


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _point(place: Place | None) -> Point | None:
    return (
        Point(place.lat, place.lon) if place is not None and place.lat is not None and place.lon is not None else None
    )


def _spoken(languages: object) -> frozenset[str]:
    """Languages as they are spoken at a door: "es-MX" is answered in "es"."""
    listed = languages if isinstance(languages, list) else [languages]
    return frozenset(str(code).split("-")[0].lower() for code in listed if code)


def _able(skills: object) -> frozenset[str]:
    listed = skills if isinstance(skills, list) else [skills]
    return frozenset(str(skill).strip().lower() for skill in listed if str(skill).strip())


def _stop(stop: Stop, plan: Plan, settled: Mapping[UUID, str], *, now: datetime) -> routing.Stop:
    ask = stop.ask
    windows: tuple[routing.Window, ...] = ()
    if ask.wanted_from is not None or ask.wanted_until is not None:
        opens = ask.wanted_from or min(plan.starts_at, now) - UNTIMED
        shuts = ask.wanted_until or max(plan.ends_at, opens) + UNTIMED
        windows = (routing.Window(_seconds(opens), _seconds(shuts)),)
    locked_to = None
    if stop.run_id is not None and (stop.is_locked or stop.run_id in settled):
        locked_to = str(stop.run_id)
    return routing.Stop(
        id=ask.code,
        place=_point(ask.place),
        windows=windows,
        service=ask.minutes * 60,
        loads=(ask.boxes,),
        skills=_able(ask.skill),
        languages=_spoken(ask.language),
        weight=URGENT if ask.is_urgent else 1,
        waiting=max(0, int((now - ask.asked_at).total_seconds() // 3600)),
        locked_to=locked_to,
        locked_order=stop.position if locked_to else None,
    )


def _helper(run: Run, *, loads: bool) -> routing.Helper:
    helper = run.helper
    start = _point(helper.start)
    return routing.Helper(
        id=str(run.pk),
        start=start,
        end=_point(helper.end) or start,
        shifts=(routing.Window(_seconds(run.available_from), _seconds(run.available_until)),),
        capacity=(run.boxes,),
        mode=Mode(helper.mode),
        skills=_able(helper.skills),
        languages=_spoken(helper.languages),
        hub=str(run.hub_id) if loads else None,
        max_seconds=helper.most_minutes * 60,
        settled=run.is_locked,
    )


def _hub(hub: Hub, plan: Plan) -> routing.Hub:
    place = _point(hub.place)
    assert place is not None
    window = None
    if hub.opens is not None and hub.closes is not None:
        day = plan.starts_at.astimezone(plan.network.zone).date()
        opens, shuts = span(day, hub.opens, hub.closes, plan.network)
        window = routing.Window(_seconds(opens), _seconds(shuts))
    return routing.Hub(id=str(hub.pk), place=place, window=window, loading=hub.loading_minutes * 60)


def span(day: date, begin: time, end: time, network: Network) -> tuple[datetime, datetime]:
    """Two clock times on a day in the network's zone; an end that is not after the beginning is the next day's."""
    opens = datetime.combine(day, begin, network.zone)
    shuts = datetime.combine(day if end > begin else day + timedelta(days=1), end, network.zone)
    return opens, shuts


def usual_hours(helper: Helper, day: date) -> tuple[time, time] | None:
    """When a helper is usually free on that day of the week; None where they have not said so for that day."""
    for hours in helper.hours if isinstance(helper.hours, list) else []:
        try:
            if int(hours["day"]) == day.weekday():
                return time.fromisoformat(hours["from"]), time.fromisoformat(hours["until"])
        except (KeyError, TypeError, ValueError):
            continue
    return None


# ── The search, outside the request ──────────────────────────────────────────────────────────────────────────────────


def in_a_process_of_its_own(plan: Plan) -> None:
    """Start the planner for this plan and go on; what it finds appears in the plan's row."""
    _children[:] = [child for child in _children if child.poll() is None]
    command = [sys.executable, "-c", "from manyhands.config.cli import main; main()", "work-plan", str(plan.pk)]
    _children.append(
        subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
        )
    )


_children: list[subprocess.Popen[bytes]] = []
start: Callable[[Plan], None] = in_a_process_of_its_own


def begin(plan: Plan) -> None:
    """Start the planner for what was asked for, once that is safely written down: it reads it in another process."""
    again.afterwards(lambda: start(plan))


class _Watch:
    """Tells the row that the planner lives and how far it is, and hears whether it shall stop."""

    def __init__(self, plan: Plan, now: Callable[[], datetime], *, beats: bool) -> None:
        self._plan, self._now, self._beats = plan, now, beats
        self._share, self._best, self._stop = 0.0, 0, False
        self._began = clocks.monotonic()

    def tell(self) -> None:
        """Write down how far it is: by what the search said last, or by the time that is gone, whichever is more."""
        gone = (clocks.monotonic() - self._began) / self._plan.seconds if self._beats else 0.0
        overtaken = actions.note_progress(
            self._plan.pk,
            self._plan.attempt,
            now=self._now(),
            progress=max(self._share, min(0.99, gone)),
            best=self._best,
        )
        self._stop = overtaken or self._stop

    def further(self, share: float, served: int, _total: int) -> None:
        """The search is further; it is written down with the next beat, or at once where nothing beats."""
        self._share, self._best = share, served
        if not self._beats:
            self.tell()

    def stopped(self) -> bool:
        return self._stop


def work(
    key: UUID | str,
    *,
    until: routing.Until | None = None,
    now: Callable[[], datetime] = timezone.now,
    alone: bool = True,
) -> bool:
    """Work out the plan with this key and write down what was found. Says whether it was still wanted.

    ``alone``: in a process of its own, which beats while it searches and ends itself if it takes too long. ``until``
    replaces the plan's own time limit.
    """
    plan = Plan.objects.select_related("network").filter(pk=key, state=PlanState.WORKING).first()
    if plan is None:
        return False
    watch = _Watch(plan, now, beats=alone)
    limit = until or routing.Seconds(plan.seconds, clock=clocks.monotonic, stop=watch.stopped)
    ended = threading.Event()
    if alone:
        faulthandler.dump_traceback_later(LONGEST.total_seconds(), exit=True)
        threading.Thread(target=_keep_beating, args=(watch, ended), name="beating", daemon=True).start()
    try:
        return _worked_out(plan, watch, limit, now)
    except Exception:
        actions.note_failure(plan, now=now())
        raise
    finally:
        ended.set()
        if alone:
            faulthandler.cancel_dump_traceback_later()


def _worked_out(plan: Plan, watch: _Watch, limit: routing.Until, now: Callable[[], datetime]) -> bool:
    tonight = evening(plan, now=now())
    watch.further(0.0, 0, len(tonight.stops))
    former = tonight.former
    found = routing.solve(
        tonight.problem,
        until=limit,
        seed=plan.seed,
        progress=watch.further,
        travel=tonight.travel,
        start_plan=former if former.runs else None,
    )
    broken = routing.breaks(tonight.problem, found, tonight.travel)
    if not broken and (complaints := routing.check(tonight.problem, found, tonight.travel)):
        # What no single run can be blamed for: an ask lost or visited twice. Such a plan is not shown to anyone.
        raise RuntimeError(" ".join(complaints[:5]))
    advice = _advice(tonight, found, watch)
    return actions.keep_plan(plan, found, broken=broken, advice=advice, times=tonight.times, now=now())


def _advice(tonight: Evening, found: routing.Plan, watch: _Watch) -> tuple[routing.Advice, ...]:
    """What would reach more, as far as that is found in a few seconds: no plan is lost over it."""
    ends = clocks.monotonic() + ADVICE_SECONDS
    try:
        return routing.advise(
            tonight.problem, found, tonight.travel, stop=lambda: watch.stopped() or clocks.monotonic() >= ends
        )
    except Exception:
        log.exception("What would reach more was not found.")
        return ()


def _keep_beating(watch: _Watch, ended: threading.Event) -> None:
    while not ended.wait(BEAT_SECONDS):
        close_old_connections()
        # A beat that can't be written (the database is busy) is followed by another; only silence counts.
        with suppress(DatabaseError):
            watch.tell()
    connection.close()
