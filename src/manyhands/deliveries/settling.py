"""A plan settled by hand: what a move costs and breaks, where a stop would fit, the last look before publishing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from manyhands.deliveries import actions, queries, rules
from manyhands.deliveries.models import Plan, Run, Stop
from manyhands.deliveries.planning import Evening, evening
from manyhands.deliveries.states import PlanState
from manyhands.kernel import routing
from manyhands.kit.refusals import Refused, refuse_if
from manyhands.people.models import Person


@dataclass(frozen=True, slots=True)
class Move:
    """What a move does: what it breaks that was whole before, and what it adds to the way."""

    run: Run | None
    position: int
    plan: routing.Plan
    breaks: tuple[routing.Reason, ...]
    added_seconds: int
    added_metres: int

    @property
    def added_minutes(self) -> int:
        return round(self.added_seconds / 60)

    @property
    def asks_first(self) -> bool:
        return rules.asks_first({str(reason.code) for reason in self.breaks})


def price(tonight: Evening, stop: Stop, run: Run | None, position: int) -> Move:
    """What it would mean to put a stop at this position (from 1) of a run, or to take it out of its run."""
    loose = _without_lock(tonight.problem, stop.ask.code)
    former = tonight.former
    moved = routing.price_of_move(
        loose, former, stop.ask.code, None if run is None else str(run.pk), max(0, position - 1), travel=tonight.travel
    )
    before = set(map(_same, routing.breaks(tonight.problem, former, tonight.travel)))
    return Move(
        run=run,
        position=position,
        plan=moved.plan,
        breaks=tuple(reason for reason in moved.breaks if _same(reason) not in before),
        added_seconds=moved.added_seconds,
        added_metres=moved.added_metres,
    )


def _same(reason: routing.Reason) -> tuple[str, tuple[tuple[str, object], ...]]:
    return str(reason.code), tuple(sorted(reason.facts.items()))


def _without_lock(problem: routing.Problem, code: str) -> routing.Problem:
    """The same evening with one stop free to move: whoever moves a locked stop by hand means it."""
    stops = tuple(
        replace(stop, locked_to=None, locked_order=None) if stop.id == code else stop for stop in problem.stops
    )
    return replace(problem, stops=stops)


@transaction.atomic
def move_stop(
    stop: Stop, *, run: Run | None, position: int, confirmed: bool = False, by: Person | None, now: datetime
) -> Move:
    """Put a stop at a position (from 1) of a run by hand, or take it out of its run; moved by hand, it stays there.

    Breaking a rule about people has to be `confirmed`. Raises ``Refused`` where it can't be, or was not.
    """
    plan = actions.locked_plan(stop.plan)
    stop = _fresh(plan, stop)
    refuse_if(rules.why_not_put(by, stop, run))
    tonight = evening(plan, now=now)
    move = price(tonight, stop, run, position)
    refuse_if(rules.why_not_break({str(r.code) for r in move.breaks}, confirmed=confirmed or not move.asks_first))
    actions.put_stops(
        plan,
        move.plan,
        broken=routing.breaks(_without_lock(tonight.problem, stop.ask.code), move.plan, tonight.travel),
        times=tonight.times,
        lock=stop if run is not None else None,
        by=by,
        now=now,
        stop=stop.pk,
        run=None if run is None else str(run.pk),
        position=position,
    )
    return move


def _fresh(plan: Plan, stop: Stop) -> Stop:
    found = queries.stop_in(plan, stop.pk)
    if found is None:
        raise Refused(_("This ask is not in the plan any more."))
    return found


@dataclass(frozen=True, slots=True)
class Room:
    """Where an ask would fit with the least added way."""

    run: Run
    position: int
    added_minutes: int


def rooms_for(tonight: Evening, stop: Stop, most: int = 5) -> list[Room]:
    """The runs that could take a stop without breaking anything, the one that costs least first."""
    if not stop.ask.place.is_on_map:
        return []
    loose = _without_lock(tonight.problem, stop.ask.code)
    others = (run for run in tonight.runs if run.pk != stop.run_id and not run.is_locked)
    rooms = [room for run in others if (room := _room_in(run, loose, tonight, stop.ask.code)) is not None]
    return sorted(rooms, key=lambda room: (room.added_minutes, room.run.number))[:most]


def _room_in(run: Run, problem: routing.Problem, tonight: Evening, code: str) -> Room | None:
    """The best place in one run that breaks nothing, if there is one. The other runs don't matter for that."""
    order = tuple(stop.ask.code for stop in tonight.stops if stop.run_id == run.pk)
    alone = replace(
        problem, stops=tuple(problem.stop[each] for each in (*order, code)), helpers=(problem.helper[str(run.pk)],)
    )
    former = routing.retime(alone, [routing.Order(str(run.pk), order)], tonight.travel)
    best: Room | None = None
    for position in range(len(order) + 1):
        moved = routing.price_of_move(alone, former, code, str(run.pk), position, travel=tonight.travel)
        if rules.asks_first({str(reason.code) for reason in moved.breaks}):
            return None  # a rule about people holds at every position
        minutes = round(moved.added_seconds / 60)
        if not moved.breaks and (best is None or minutes < best.added_minutes):
            best = Room(run, position + 1, minutes)
    return best


def check_again(plan: Plan, *, by: Person | None, now: datetime) -> Plan:
    """Time a draft anew from this moment and look at every promise; what it breaks is then in its summary."""
    with transaction.atomic():
        plan = actions.locked_plan(plan)
        tonight = evening(plan, now=now)
        former = tonight.former
        broken = routing.breaks(tonight.problem, former, tonight.travel)
        return actions.put_stops(plan, former, broken=broken, times=tonight.times, by=by, now=now, checked=True)


@transaction.atomic
def publish(plan: Plan, *, confirmed: bool, by: Person | None, now: datetime) -> actions.Published:
    """Check every promise as things stand now, and give the runs to their helpers.

    Raises ``Refused`` where a promise is broken and nobody `confirmed` it, or where nobody could.
    """
    plan = actions.locked_plan(plan)
    refuse_if(rules.why_not_move_plan(by, plan, PlanState.PUBLISHED, now=now))
    tonight = evening(plan, now=now)
    former = tonight.former
    broken = routing.breaks(tonight.problem, former, tonight.travel)
    refuse_if(rules.why_not_break({str(reason.code) for reason in broken}, confirmed=confirmed))
    actions.put_stops(plan, former, broken=broken, times=tonight.times, by=by, now=now, checked=True)
    return actions.publish_plan(plan, by=by, now=now)


def broken_now(plan: Plan, *, now: datetime) -> tuple[routing.Reason, ...]:
    """Every promise a draft breaks as things stand now; nothing is changed."""
    tonight = evening(plan, now=now)
    return routing.breaks(tonight.problem, tonight.former, tonight.travel)
