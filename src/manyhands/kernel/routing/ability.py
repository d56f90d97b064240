"""Who could visit whom: the hard rules, and whether a run to that one stop alone would work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from manyhands.kernel.geo import Integers, Mode, Places, Point, Travel, is_on_the_globe
from manyhands.kernel.routing.problem import Helper, Problem, Stop, Window
from manyhands.kernel.routing.steps import FOREVER, windows_for
from manyhands.kernel.routing.timing import Turn

Truths = NDArray[np.bool_]


def rules_allow(helper: Helper, stop: Stop) -> bool:
    """Whether skills, language, hub, names and locks let this helper take this stop at all, whatever the time and the
    way.
    """
    return (
        stop.skills <= helper.skills
        and (not stop.languages or not stop.languages.isdisjoint(helper.languages))
        and (stop.hub is None or stop.hub == helper.hub)
        and (stop.only is None or helper.id in stop.only)
        and helper.id not in stop.never
        and stop.locked_to in ((helper.id,) if helper.settled else (None, helper.id))
    )


def without_people_rules(stop: Stop) -> Stop:
    """The same stop, open to anyone: what is left are place, time and load."""
    return replace(
        stop,
        skills=frozenset(),
        languages=frozenset(),
        hub=None,
        only=None,
        never=frozenset(),
        locked_to=None,
        together=None,
    )


def allowed(turns: Sequence[Turn], stops: Sequence[Stop]) -> Truths:
    """`rules_allow` for each turn (rows) and stop (columns). Those with the same wishes are looked at once."""
    kinds: dict[object, int] = {}
    examples: list[Stop] = []
    column = np.empty(len(stops), dtype=np.int64)
    for index, stop in enumerate(stops):
        kind = (stop.skills, stop.languages, stop.hub, stop.only, stop.never, stop.locked_to)
        if kind not in kinds:
            kinds[kind] = len(examples)
            examples.append(stop)
        column[index] = kinds[kind]
    table = np.array([[rules_allow(t.helper, s) for s in examples] for t in turns], dtype=np.bool_)
    return table.reshape(len(turns), len(examples))[:, column]


@dataclass(frozen=True)
class Table:
    """Stops that all have a place, as columns: looked at once, used for every turn.

    `windows` has a pair of columns for each first, second, ... window: when a visit may begin, and the latest it may.
    `loads` has a row per stop and a column per unit. `ups` are the numbers of the stops with a pick-up, `fetched` the
    same columns for these pick-ups.
    """

    stops: Sequence[Stop]
    places: Places
    service: Integers
    windows: Sequence[tuple[Integers, Integers]]
    loads: Integers
    ups: Integers
    fetched: Table | None = None

    @classmethod
    def of(cls, problem: Problem, stops: Sequence[Stop]) -> Table:
        """The columns of these stops."""
        ups = [i for i, s in enumerate(stops) if s.pick_up is not None]
        windows = [windows_for(s) for s in stops]
        return cls(
            stops=stops,
            places=Places(s.place for s in stops if s.place is not None),
            service=np.array([s.service for s in stops], dtype=np.int64),
            windows=[_nth_window(stops, windows, n) for n in range(max((len(w) for w in windows), default=0))],
            loads=np.array([s.loads or (0,) * len(problem.units) for s in stops], dtype=np.int64).reshape(
                len(stops), len(problem.units)
            ),
            ups=np.array(ups, dtype=np.int64),
            fetched=cls.of(problem, [stops[i].collecting for i in ups]) if ups else None,
        )


def _nth_window(stops: Sequence[Stop], windows: Sequence[tuple[Window, ...]], number: int) -> tuple[Integers, Integers]:
    opens = np.full(len(stops), FOREVER, dtype=np.int64)
    latest = np.full(len(stops), -FOREVER, dtype=np.int64)
    for index, (stop, its_windows) in enumerate(zip(stops, windows, strict=True)):
        if number < len(its_windows):
            opens[index] = its_windows[number].start
            latest[index] = its_windows[number].end - stop.service
    return opens, latest


@dataclass(frozen=True)
class Alone:
    """What a run to one stop alone would be like, for each stop: whether it works, and its numbers.

    `finish`: when the helper would be through; `seconds`: from setting out to that.
    """

    works: Truths
    carries: Truths
    in_window: Truths
    hub_open: bool
    finish: Integers
    seconds: Integers
    metres: Integers


def way_in(turn: Turn, travel: Travel) -> tuple[int, int, int, bool]:
    """From when on the helper can set out for the first stop, the seconds and metres gone by then, and whether the hub
    is open for it.
    """
    if turn.hub is None:
        return turn.window.start, 0, 0, True
    there, far = 0, 0
    if turn.start is not None:
        seconds, metres = travel.matrix(turn.helper.mode, [turn.start], [turn.hub.place])
        there, far = int(seconds[0, 0]), int(metres[0, 0])
    opens, shuts = turn.hub.window or (-FOREVER, FOREVER)
    leave = max(turn.window.start + there, opens) + turn.hub.loading
    return leave, there + turn.hub.loading, far, leave <= shuts


def alone(turn: Turn, table: Table, travel: Travel) -> Alone:
    """A run of this turn to each of the stops alone, the rules about people left aside."""
    to_seconds, to_metres = _there(travel, turn.helper.mode, turn.first_place, table.places)
    home_seconds, home_metres = _back(travel, turn.helper.mode, table.places, turn.end)
    leave, lead, far, hub_open = way_in(turn, travel)
    shuts = turn.hub.window[1] if turn.hub and turn.hub.window else FOREVER

    arrive = leave + to_seconds
    # Setting out as late as the first visit allows, but not after the hub has shut.
    set_out = np.full(len(table.stops), shuts - lead, dtype=np.int64)
    fetch_in_window: Truths = np.ones(len(table.stops), dtype=np.bool_)
    if table.fetched is not None:
        up = _fetched(turn, table, leave, travel)
        arrive[table.ups] = up.arrive
        to_metres = to_metres.copy()
        to_metres[table.ups] = up.metres
        fetch_in_window[table.ups] = up.in_window
    start, _, in_window = _begun(table, arrive)
    in_window = np.asarray(in_window & fetch_in_window, dtype=np.bool_)
    finish = start + table.service + home_seconds
    begin = start - to_seconds
    if table.fetched is not None:
        # Waiting at the second place can be spent before setting out, as far as the pick-up can be later.
        later = np.minimum(start[table.ups] - arrive[table.ups], up.room)
        begin[table.ups] = up.start + np.maximum(0, later) - up.to_seconds
    seconds = finish - np.minimum(begin - lead, set_out)
    metres = far + to_metres + home_metres
    carries: Truths = np.ones(len(table.stops), dtype=np.bool_)
    if turn.helper.capacity:
        carries = np.array((table.loads <= np.array(turn.helper.capacity)).all(axis=1), dtype=np.bool_)
    in_time = (finish <= turn.window.end) & (turn.window.start < turn.window.end)
    works: Truths = np.array(in_window & carries & hub_open & in_time, dtype=np.bool_)
    if turn.helper.max_seconds is not None:
        works = works & (seconds <= turn.helper.max_seconds)
    if turn.helper.max_metres is not None:
        works = works & (metres <= turn.helper.max_metres)
    if turn.helper.max_stops is not None:
        works = works & (turn.helper.max_stops >= 1)
    return Alone(works, carries, in_window, hub_open, finish, seconds, metres)


def _begun(table: Table, arrive: Integers) -> tuple[Integers, Integers, Truths]:
    """When each visit begins, how much later it could, and whether that is in a window of its."""
    best = np.full(len(table.stops), FOREVER, dtype=np.int64)
    room = np.zeros(len(table.stops), dtype=np.int64)
    for opens, latest in table.windows:
        start = np.maximum(arrive, opens)
        better = (start <= latest) & (start < best)
        best, room = np.where(better, start, best), np.where(better, latest - start, room)
    in_window: Truths = np.array(best < FOREVER, dtype=np.bool_)
    return np.where(in_window, best, arrive), room, in_window


@dataclass(frozen=True)
class _Fetched:
    """Pick-ups straight from the start: when they begin, and from there the arrival at the stop itself."""

    to_seconds: Integers
    start: Integers
    room: Integers
    in_window: Truths
    arrive: Integers
    metres: Integers


def _fetched(turn: Turn, table: Table, leave: int, travel: Travel) -> _Fetched:
    assert table.fetched is not None
    ups = table.fetched
    to_seconds, to_metres = _there(travel, turn.helper.mode, turn.first_place, ups.places)
    start, room, in_window = _begun(ups, leave + to_seconds)
    on_seconds = np.zeros(len(ups.stops), dtype=np.int64)
    on_metres = np.zeros(len(ups.stops), dtype=np.int64)
    for column, stop in enumerate(table.ups.tolist()):
        seconds, metres = travel.matrix(turn.helper.mode, [ups.places[column]], [table.places[stop]])
        on_seconds[column], on_metres[column] = seconds[0, 0], metres[0, 0]
    return _Fetched(to_seconds, start, room, in_window, start + ups.service + on_seconds, to_metres + on_metres)


def _there(travel: Travel, mode: Mode, start: Point | None, places: Sequence[Point]) -> tuple[Integers, Integers]:
    if start is None:
        return np.zeros(len(places), dtype=np.int64), np.zeros(len(places), dtype=np.int64)
    seconds, metres = travel.matrix(mode, [start], places)
    return seconds[0], metres[0]


def _back(travel: Travel, mode: Mode, places: Sequence[Point], end: Point | None) -> tuple[Integers, Integers]:
    if end is None:
        return np.zeros(len(places), dtype=np.int64), np.zeros(len(places), dtype=np.int64)
    seconds, metres = travel.matrix(mode, places, [end])
    return seconds[:, 0], metres[:, 0]


def can_be_visited(stop: Stop) -> bool:
    """Whether the stop has a place and a window that the visit fits in, and its pick-up too."""
    up = stop.collecting
    return (
        is_on_the_globe(stop.place) and bool(windows_for(stop)) and is_on_the_globe(up.place) and bool(windows_for(up))
    )
