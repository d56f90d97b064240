"""Times for a given order of stops: when a helper sets out, gets to each stop, and is through."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from manyhands.kernel.geo import Point, Travel, is_on_the_globe, legs
from manyhands.kernel.routing.loading import Station, loaded_for, with_reloads
from manyhands.kernel.routing.plan import Pause, Reload, Run, Visit
from manyhands.kernel.routing.problem import Break, Helper, Hub, Problem, Stop, Window
from manyhands.kernel.routing.steps import FOREVER, Doing, Step, as_visited, steps_of, windows_for


@dataclass(frozen=True, slots=True)
class Turn:
    """One helper in one of their shifts: the most that can become one run."""

    helper: Helper
    shift: int
    window: Window
    hub: Hub | None
    start: Point | None
    end: Point | None

    @property
    def key(self) -> tuple[str, int]:
        """The helper and the number of the shift."""
        return self.helper.id, self.shift

    @property
    def first_place(self) -> Point | None:
        """Where the first stop is reached from; None means the run begins at the first stop."""
        return self.hub.place if self.hub else self.start


def station_of(turn: Turn) -> Station | None:
    """Where this turn loads again: at its hub, else where it sets out; None where it has neither."""
    if turn.hub is not None:
        return Station(turn.hub.place, turn.hub.window or Window(-FOREVER, FOREVER), turn.hub.loading)
    return Station(turn.start, Window(-FOREVER, FOREVER), 0) if turn.start is not None else None


def turns_of(problem: Problem) -> list[Turn]:
    """Every shift of every helper that has time in it, after `now`.

    A place that is not on the globe counts as none: the run then begins (or ends) at a stop.
    """
    turns = []
    for helper in problem.helpers:
        for number, shift in enumerate(helper.shifts):
            opens = shift[0] if problem.now is None else max(shift[0], problem.now)
            if opens < shift[1]:
                turns.append(turn_of(problem, helper, number))
    return turns


def turn_of(problem: Problem, helper: Helper, shift: int) -> Turn:
    """One shift of a helper, from `now` on, also where no time is left in it or there is no such shift."""
    window = helper.shifts[shift] if 0 <= shift < len(helper.shifts) else Window(0, 0)
    opens = window[0] if problem.now is None else max(window[0], problem.now)
    return Turn(
        helper=helper,
        shift=shift,
        window=Window(opens, window[1]),
        hub=problem.hub[helper.hub] if helper.hub is not None else None,
        start=helper.start if is_on_the_globe(helper.start) else None,
        end=helper.end if is_on_the_globe(helper.end) else None,
    )


def schedule(problem: Problem, turn: Turn, stops: Sequence[Stop], travel: Travel) -> Run:
    """The run that visits these stops in this order: through as early as possible, then setting out as late as
    possible.

    Where the load does not fit at once and the helper makes several trips, they load again where that costs the least.
    Breaks are put where they delay the least. Every stop must have a place. Nothing is refused: a visit that begins too
    late says by how much in `Visit.late`, and a run may end after the shift, last too long or carry too much (see
    `breaches`).
    """
    steps = steps_of(stops)
    if turn.helper.trips > 1 and (station := station_of(turn)):
        steps = with_reloads(steps, turn.helper, station, travel)
    run = _timed(problem, turn, steps, travel)
    if turn.helper.breaks:
        run = _rested(problem, turn, steps, run, travel)
    return run


def _rested(problem: Problem, turn: Turn, steps: list[Step], run: Run, travel: Travel) -> Run:
    """The run with a break wherever one is not kept before setting out or after being through."""
    for rest in (*turn.helper.breaks, *turn.helper.breaks):
        if kept(run, rest):
            continue
        rested = rest.window[0] + rest.seconds
        later = replace(turn, window=Window(max(turn.window.start, rested), turn.window.end))
        pause = Step(Doing.REST, None, (Window(*rest.window),), rest.seconds)
        options = [(run, turn, steps), (_timed(problem, later, steps, travel), later, steps)]
        for gap in range(len(steps) + 1):
            tried = [*steps[:gap], pause, *steps[gap:]]
            options.append((_timed(problem, turn, tried, travel), turn, tried))
        run, turn, steps = min(
            options, key=lambda o: (_lateness(o[0], turn) > 0, not kept(o[0], rest), _lateness(o[0], turn), o[0].finish)
        )
    return run


def kept(run: Run, rest: Break) -> bool:
    """Whether a run leaves its helper this break: before, in it, or after."""
    opens, shuts = rest.window
    return (
        min(run.depart, shuts) - opens >= rest.seconds
        or shuts - max(run.finish, opens) >= rest.seconds
        or any(opens <= p.start and p.end <= shuts and p.end - p.start >= rest.seconds for p in run.pauses)
    )


def _path(turn: Turn, steps: Sequence[Step]) -> list[Point]:
    """The places of a run in order. Where the run begins or ends at a stop, that stop's place stands twice."""
    places = [s.place for s in steps if s.place is not None]
    first: list[Point] = [p for p in (turn.start, turn.hub.place if turn.hub else None) if p is not None]
    if turn.hub is not None and turn.start is None:
        first = [turn.hub.place, turn.hub.place]
    elif not first:
        first = places[:1]
    last = turn.end or (places[-1] if places else first[-1])
    return [*first, *places, last]


def _timed(problem: Problem, turn: Turn, steps: Sequence[Step], travel: Travel) -> Run:
    hops, far = legs(travel, turn.helper.mode, _path(turn, steps))
    known = iter(hops)
    seconds = [next(known)] if turn.hub is not None else []
    seconds += [0 if step.place is None else next(known) for step in steps]
    seconds.append(next(known))
    metres = sum(far)
    run = _leaving_as_late_as_it_may(problem, turn, steps, seconds, metres, turn.window.start)
    limit = turn.helper.max_seconds
    if limit is not None and run.seconds > limit and any(len(s.windows) > 1 for s in steps):
        # With several windows, a later one may cost less waiting: try setting out just in time for each of them.
        lead = sum(seconds[: len(seconds) - len(steps)]) + (turn.hub.loading if turn.hub else 0)
        for step, leg in zip(steps, [*seconds[len(seconds) - len(steps) :]], strict=True):
            for window in step.windows:
                depart = window.start - lead
                if turn.window.start < depart <= turn.window.end:
                    other = _leaving_as_late_as_it_may(problem, turn, steps, seconds, metres, depart)
                    if other.seconds < run.seconds and _lateness(other, turn) <= _lateness(run, turn):
                        run = other
            lead += step.service + leg
    return run


def _lateness(run: Run, turn: Turn) -> int:
    return sum(v.late for v in run.visits) + max(0, run.finish - turn.window.end)


def _leaving_as_late_as_it_may(
    problem: Problem, turn: Turn, steps: Sequence[Step], seconds: Sequence[int], metres: int, depart: int
) -> Run:
    run, spare = _forward(problem, turn, steps, seconds, metres, depart)
    if spare > 0:
        run, _ = _forward(problem, turn, steps, seconds, metres, depart + spare)
    return run


def _forward(
    problem: Problem, turn: Turn, steps: Sequence[Step], seconds: Sequence[int], metres: int, depart: int
) -> tuple[Run, int]:
    """Go through the steps from `depart` on; also by how much one may set out later without being through later."""
    now, leg = depart, 0
    waited, spare = 0, FOREVER
    hub_arrive = hub_leave = None
    if turn.hub is not None:
        hub_arrive = now + seconds[0]
        leg = 1
        opens, shuts = turn.hub.window or (-FOREVER, FOREVER)
        begin = max(hub_arrive, opens)
        waited += begin - hub_arrive
        now = hub_leave = begin + turn.hub.loading
        spare = min(spare, waited + max(0, shuts - hub_leave))
    board = loaded_for(steps, 0, len(problem.units))
    load = tuple(board)
    visits: list[Visit] = []
    reloads: list[Reload] = []
    pauses: list[Pause] = []
    for number, step in enumerate(steps):
        arrive = now + seconds[leg]
        leg += 1
        start, late, room = _begin(arrive, step.windows, step.service, step.asked)
        waited += start - arrive
        spare = min(spare, waited + room)
        now = start + step.service
        if step.doing is Doing.REST:
            pauses.append(Pause(len(visits), start, now))
            continue
        if step.doing is Doing.RELOAD:
            board = [b + x for b, x in zip(board, loaded_for(steps, number + 1, len(board)), strict=True)]
            reloads.append(Reload(len(visits), arrive, start, now, tuple(board)))
            continue
        sign = 1 if step.doing is Doing.COLLECT else -1
        if step.loads:
            board = [b + sign * x for b, x in zip(board, step.loads, strict=True)]
        assert step.stop is not None
        visits.append(Visit(step.stop.id, arrive, start, now, tuple(board), late, step.doing is Doing.COLLECT))
    run = Run(
        helper_id=turn.helper.id,
        shift=turn.shift,
        depart=depart,
        finish=now + seconds[leg],
        visits=tuple(visits),
        metres=metres,
        load=load,
        hub_id=turn.hub.id if turn.hub else None,
        hub_arrive=hub_arrive,
        hub_leave=hub_leave,
        reloads=tuple(reloads),
        pauses=tuple(pauses),
    )
    return run, max(0, min(spare, waited))


def _begin(arrive: int, windows: tuple[Window, ...], service: int, asked: tuple[Window, ...]) -> tuple[int, int, int]:
    """When a visit begins, by how much that is too late, and how much later it could still begin."""
    for window in windows:
        latest = window.end - service
        if arrive <= latest:
            start = max(arrive, window.start)
            return start, 0, latest - start
    if windows:
        return arrive, arrive - (windows[-1].end - service), 0
    # No window is long enough for the visit: as near to the last one as can be.
    opens, shuts = max(asked, key=lambda w: w[1])
    start = max(arrive, min(opens, shuts))
    return start, max(1, start + service - shuts), 0


def slack(turn: Turn, order: Sequence[Stop], leave: int, travel: Travel) -> tuple[list[int], list[int]]:
    """How tight an order is, one number per gap: before the first stop, between two, after the last.

    First list: from when on the helper can set out from what lies before the gap (`leave` is for the first gap). Second
    list: by when they must be at what lies after it (begin the visit, or be at the end), so that all that follows still
    holds.
    """
    order = as_visited(order)
    points = [turn.first_place, *(s.place for s in order), turn.end]
    known = [p for p in dict.fromkeys(points) if p is not None]
    if not order or not known:
        return [leave], [turn.window.end]
    number = {p: i for i, p in enumerate(known)}
    seconds, _ = travel.matrix(turn.helper.mode, known, known)
    hops = [0 if a is None or b is None else int(seconds[number[a], number[b]]) for a, b in itertools.pairwise(points)]
    leaving, shuts, now = [leave], [], leave
    for stop, hop in zip(order, hops, strict=False):
        start, _, room = _begin(now + hop, windows_for(stop), stop.service, stop.windows)
        shuts.append(start + room)
        now = start + stop.service
        leaving.append(now)
    latest = [turn.window.end]
    for index in range(len(order) - 1, -1, -1):
        latest.insert(0, min(shuts[index], latest[0] - hops[index + 1] - order[index].service))
    return leaving, latest
