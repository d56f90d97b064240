"""What can happen to an evening that is planned already, and the evening as it is then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from manyhands.kernel.geo import Floats, Integers, Mode, Point, Travel
from manyhands.kernel.routing.plan import Plan, Run
from manyhands.kernel.routing.problem import Helper, Problem, Stop, Window


@dataclass(frozen=True, slots=True)
class DroppedOut:
    """A helper makes no run, or goes no further after the first so many `visits` of the run in this shift."""

    helper_id: str
    visits: int = 0
    shift: int = 0


@dataclass(frozen=True, slots=True)
class Joined:
    """A helper more, or the same helper with other times, room or limits."""

    helper: Helper


@dataclass(frozen=True, slots=True)
class Wanted:
    """An ask that came in, or one that is otherwise now: another place, another time, more boxes."""

    stop: Stop


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An ask that is not wanted any more."""

    stop_id: str


@dataclass(frozen=True, slots=True)
class UnderWay:
    """How far a helper is: the first so many `visits` of their run are behind them (pick-ups counted; 0: they have not
    set out), and they are free to go on at `free_at`.

    So a stop that takes longer than planned, or a helper who sets out late. What they carry stays with them, and what
    has to be loaded first cannot be added to their run.
    """

    helper_id: str
    free_at: int
    visits: int = 0
    shift: int = 0


@dataclass(frozen=True, slots=True)
class RoadShut:
    """A road between two places is shut: whoever would cross the line between them needs so much more."""

    here: Point
    there: Point
    seconds: int
    metres: int = 0


Happening = DroppedOut | Joined | Wanted | Withdrawn | UnderWay | RoadShut


@dataclass(frozen=True)
class Detour:
    """Travel with a detour for every way whose straight line crosses the line from `here` to `there`.

    A rough picture of a shut bridge or road, for travel times that do not come from real streets.
    """

    travel: Travel
    shut: RoadShut

    def matrix(self, mode: Mode, froms: Sequence[Point], tos: Sequence[Point]) -> tuple[Integers, Integers]:
        """Seconds and metres, as `Travel` gives them."""
        seconds, metres = self.travel.matrix(mode, froms, tos)
        crossing = _crosses(froms, tos, self.shut.here, self.shut.there)
        return seconds + crossing * self.shut.seconds, metres + crossing * self.shut.metres


def _crosses(froms: Sequence[Point], tos: Sequence[Point], a: Point, b: Point) -> Integers:
    """1 where the line from one place to another crosses the line a to b, on a plane around a."""

    def flat(points: Sequence[Point]) -> Floats:
        lat, lon = np.array([(p[0], p[1]) for p in points], dtype=np.float64).reshape(-1, 2).T
        east = ((lon - a.lon + 180) % 360 - 180) * np.cos(np.radians(a.lat))
        return np.column_stack((east, lat - a.lat))

    starts, ends, line = flat(froms), flat(tos), flat([b])[0]
    # Which side of the line each place is on, and which side of each way the ends of the line are on.
    side_of = [line[0] * points[:, 1] - line[1] * points[:, 0] for points in (starts, ends)]
    way = ends[None, :, :] - starts[:, None, :]
    to_a, to_b = -starts[:, None, :], line[None, None, :] - starts[:, None, :]
    side_a = way[:, :, 0] * to_a[:, :, 1] - way[:, :, 1] * to_a[:, :, 0]
    side_b = way[:, :, 0] * to_b[:, :, 1] - way[:, :, 1] * to_b[:, :, 0]
    crossing = (side_of[0][:, None] * side_of[1][None, :] < 0) & (side_a * side_b < 0)
    return np.asarray(crossing, dtype=np.int64)


@dataclass(frozen=True)
class Now:
    """The evening as it is after what happened: the problem, the plan people were told, the ways, and what is done."""

    problem: Problem
    told: Plan
    travel: Travel
    done: tuple[str, ...] = ()


def after(problem: Problem, plan: Plan, happenings: Sequence[Happening], travel: Travel) -> Now:
    """The evening once these have happened, one after another. Raises KeyError for a helper or ask there never was."""
    now = Now(problem, plan, travel)
    for happening in happenings:
        now = _one(now, happening)
    return now


def _one(now: Now, happening: Happening) -> Now:
    problem = now.problem
    if isinstance(happening, RoadShut):
        return replace(now, travel=Detour(now.travel, happening))
    if isinstance(happening, Joined):
        others = tuple(h for h in problem.helpers if h.id != happening.helper.id)
        return replace(now, problem=replace(problem, helpers=(*others, happening.helper)))
    if isinstance(happening, Wanted):
        return replace(now, problem=replace(problem, stops=_with(problem.stops, happening.stop)))
    if isinstance(happening, Withdrawn):
        problem.stop[happening.stop_id]  # KeyError for what never was
        return replace(now, problem=replace(problem, stops=_less(problem.stops, {happening.stop_id})))
    if isinstance(happening, UnderWay):
        return _under_way(now, happening)
    return _dropped_out(now, happening)


def _with(stops: tuple[Stop, ...], stop: Stop) -> tuple[Stop, ...]:
    if any(s.id == stop.id for s in stops):
        return tuple(stop if s.id == stop.id else s for s in stops)
    return (*stops, stop)


def _less(stops: tuple[Stop, ...], gone: set[str]) -> tuple[Stop, ...]:
    return tuple(s for s in stops if s.id not in gone)


def _dropped_out(now: Now, happening: DroppedOut) -> Now:
    problem = now.problem
    problem.helper[happening.helper_id]
    done: set[str] = set()
    for run in now.told.runs:
        if (run.helper_id, run.shift) == (happening.helper_id, happening.shift):
            done = set(_gone_through(run, happening.visits)[0])
    stops = tuple(
        replace(s, locked_to=None, locked_order=None) if s.locked_to == happening.helper_id else s
        for s in _less(problem.stops, done)
    )
    helpers = tuple(h for h in problem.helpers if h.id != happening.helper_id)
    return replace(now, problem=replace(problem, stops=stops, helpers=helpers), done=(*now.done, *sorted(done)))


def _gone_through(run: Run, count: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of the first so many visits of a run: which asks are met, and which are picked up only."""
    met = tuple(v.stop_id for v in run.visits[:count] if not v.collects)
    return met, tuple(v.stop_id for v in run.visits[:count] if v.collects and v.stop_id not in met)


def _under_way(now: Now, happening: UnderWay) -> Now:
    problem = now.problem
    helper = problem.helper[happening.helper_id]
    shifts = list(helper.shifts)
    if 0 <= happening.shift < len(shifts):
        opens, shuts = shifts[happening.shift]
        shifts[happening.shift] = Window(max(opens, happening.free_at), shuts)
    mine = [r for r in now.told.runs if (r.helper_id, r.shift) == (helper.id, happening.shift)]
    if happening.visits <= 0 or not mine:
        late = replace(helper, shifts=tuple(shifts))
        return replace(now, problem=replace(problem, helpers=_helpers(problem, late)))
    run = mine[0]
    count = min(happening.visits, len(run.visits))
    met, fetched = _gone_through(run, count)
    with_them = {v.stop_id for v in run.visits[count:]}
    last = problem.stop[run.visits[count - 1].stop_id]
    gone = happening.free_at - run.depart
    going_on = replace(
        helper,
        start=last.collecting.place if run.visits[count - 1].collects else last.place,
        shifts=tuple(shifts),
        hub=None,
        trips=1,
        max_seconds=None if helper.max_seconds is None else max(0, helper.max_seconds - gone),
        max_stops=None if helper.max_stops is None else max(0, helper.max_stops - len(met)),
    )
    mine_alone = frozenset({helper.id})

    def as_it_is(stop: Stop) -> Stop:
        if stop.id in fetched:
            return replace(stop, pick_up=None, only=mine_alone, hub=None)
        if stop.pick_up is not None or not (any(stop.loads) or stop.hub is not None):
            return stop
        if stop.id in with_them:
            return replace(stop, only=mine_alone, hub=None)
        return replace(stop, never=stop.never | mine_alone)

    return Now(
        replace(
            problem,
            stops=tuple(as_it_is(s) for s in _less(problem.stops, set(met))),
            helpers=_helpers(problem, going_on),
        ),
        now.told,
        now.travel,
        (*now.done, *met),
    )


def _helpers(problem: Problem, changed: Helper) -> tuple[Helper, ...]:
    return tuple(changed if h.id == changed.id else h for h in problem.helpers)
