"""Fitting what is left over into runs as they stand: the stop that matters most, where it costs least."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from manyhands.kernel.geo import Integers, Point, Travel
from manyhands.kernel.routing.ability import Table, Truths, way_in
from manyhands.kernel.routing.loading import fullest
from manyhands.kernel.routing.plan import Run
from manyhands.kernel.routing.problem import Problem, Stop
from manyhands.kernel.routing.promises import breaches
from manyhands.kernel.routing.steps import FOREVER, as_visited
from manyhands.kernel.routing.timing import Turn, schedule, slack

IMPOSSIBLE = 1 << 60


@dataclass(frozen=True)
class Leftovers:
    """The stops that are in no run, as columns, with their points of need, and which turn may take which (a row per
    turn).
    """

    problem: Problem
    table: Table
    need: Integers
    may: Truths

    @cached_property
    def simple(self) -> Truths:
        """Which of them are one visit on its own."""
        alone = [s.pick_up is None and s.together not in self.problem.companions for s in self.table.stops]
        return np.array(alone, dtype=np.bool_)


def openings(turn: Turn, row: int, order: Sequence[Stop], left: Leftovers, travel: Travel) -> tuple[Integers, Integers]:
    """For each leftover stop the cheapest cost of fitting it into this run, and the position; IMPOSSIBLE where none
    fits.

    Duration limits and breaks are left to the caller, who times the run; all else is looked at here. Asks with a
    pick-up and those that go together find no opening here (see `fitting`).
    """
    problem, helper = left.problem, turn.helper
    count = len(left.table.stops)
    best = np.full(count, IMPOSSIBLE, dtype=np.int64)
    position = np.zeros(count, dtype=np.int64)
    leave, _, _, hub_open = way_in(turn, travel)
    possible = left.may[row] & left.simple
    asks = len({s.id for s in order})
    if not hub_open or (helper.max_stops is not None and asks >= helper.max_stops):
        return best, position
    run = schedule(problem, turn, order, travel) if order else None
    if helper.capacity:
        on_board = np.zeros(len(problem.units), dtype=np.int64)
        if run is not None and helper.trips == 1:
            on_board = np.array(fullest(run), dtype=np.int64)
        possible &= (left.table.loads + on_board <= np.array(helper.capacity)).all(axis=1)
    who = np.flatnonzero(possible)
    if not len(who):
        return best, position

    places = [left.table.places[int(i)] for i in who]
    on_the_way = [s.place for s in as_visited(order)]
    before: list[Point | None] = [turn.first_place, *on_the_way]
    after: list[Point | None] = [*on_the_way, turn.end]
    leaving, latest = slack(turn, order, leave, travel)
    known = [p for p in dict.fromkeys([*before, *after]) if p is not None]
    number = {p: i for i, p in enumerate(known)}
    to_seconds, to_metres = travel.matrix(helper.mode, known, places)
    from_seconds, from_metres = travel.matrix(helper.mode, places, known)
    hop_seconds, hop_metres = travel.matrix(helper.mode, known, known)
    service = left.table.service[who]
    zero = np.zeros(len(who), dtype=np.int64)
    run_metres = run.metres if run else way_in(turn, travel)[2]
    for place in range(len(order) + 1):
        a, b = before[place], after[place]
        there, there_m = (to_seconds[number[a]], to_metres[number[a]]) if a is not None else (zero, zero)
        on, on_m = (from_seconds[:, number[b]], from_metres[:, number[b]]) if b is not None else (zero, zero)
        skipped = skipped_m = 0
        if a is not None and b is not None and order:
            skipped, skipped_m = int(hop_seconds[number[a], number[b]]), int(hop_metres[number[a], number[b]])
        start = np.full(len(who), FOREVER, dtype=np.int64)
        for opens, shuts in left.table.windows:
            begin = np.maximum(leaving[place] + there, opens[who])
            start = np.where((begin <= shuts[who]) & (begin < start), begin, start)
        fits = (start < FOREVER) & (start + service + on <= latest[place])
        extra_metres = there_m + on_m - skipped_m
        if helper.max_metres is not None:
            fits &= run_metres + extra_metres <= helper.max_metres
        cost = np.where(fits, there + on + service - skipped + extra_metres, IMPOSSIBLE)
        better = cost < best[who]
        best[who[better]] = cost[better]
        position[who[better]] = place
    return best, position


def squeeze_in(
    turns: Sequence[Turn],
    orders: dict[int, list[Stop]],
    left: Leftovers,
    travel: Travel,
    enough: Callable[[], bool],
) -> dict[int, list[Stop]]:
    """Put leftovers into the runs while any fits: the one with most need first, then the cheapest."""
    orders = {turn: list(order) for turn, order in orders.items()}
    table = left.table
    taken = np.zeros(len(table.stops), dtype=np.bool_)
    found: dict[int, tuple[Integers, Integers]] = {}

    def look(row: int) -> None:
        if not enough():
            cost, position = openings(turns[row], row, orders.get(row, []), left, travel)
            found[row] = cost, position

    for row in range(len(turns)):
        look(row)
    while found and not enough():
        choice = None
        for row, (cost, _) in found.items():
            open_to = np.flatnonzero((cost < IMPOSSIBLE) & ~taken)
            if len(open_to):
                best = min(open_to.tolist(), key=lambda i: (-left.need[i], cost[i], i))
                rank = (-int(left.need[best]), int(cost[best]), row, best)
                choice = rank if choice is None else min(choice, rank)
        if choice is None:
            break
        _, _, row, stop = choice
        cost, position = found[row]
        tried = list(orders.get(row, []))
        tried.insert(int(position[stop]), table.stops[stop])
        run: Run = schedule(left.problem, turns[row], tried, travel)
        if breaches(left.problem, turns[row], tried, run):
            cost[stop] = IMPOSSIBLE
            continue
        orders[row] = tried
        taken[stop] = True
        look(row)
    return orders
