"""Stops that are promised in an order stay in it: each gets the part of its window that lies between its neighbours."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace

from manyhands.kernel.geo import Travel
from manyhands.kernel.routing.ability import Truths, way_in
from manyhands.kernel.routing.plan import Plan
from manyhands.kernel.routing.problem import Problem, Stop, Window
from manyhands.kernel.routing.promises import breaches
from manyhands.kernel.routing.steps import windows_for
from manyhands.kernel.routing.timing import Turn, schedule, slack


def in_locked_order(
    problem: Problem,
    turns: Sequence[Turn],
    stops: Sequence[Stop],
    may: Truths,
    travel: Travel,
    former: Plan | None = None,
) -> tuple[list[Stop], Truths]:
    """The stops with narrower windows where an order is locked, and who may visit whom with those in one turn only.

    Whoever is visited inside these windows is visited in the locked order, whatever else comes in between. Where a
    former plan says when they are visited, the borders lie between those times; else in the middle of what is possible.
    """
    narrowed = list(stops)
    may = may.copy()
    number = {s.id: i for i, s in enumerate(stops)}
    chains: dict[str, list[Stop]] = {}
    for stop in stops:
        if stop.locked_to is not None and stop.locked_order is not None:
            chains.setdefault(stop.locked_to, []).append(stop)
    for helper, chain in chains.items():
        chain.sort(key=lambda s: (s.locked_order or 0, s.id))
        rows = [i for i, t in enumerate(turns) if t.helper.id == helper]
        row = _turn_for(problem, turns, rows, chain, travel, former)
        if row is None:
            continue
        borders = _borders(turns[row], chain, travel, _times(former, helper, turns[row].shift))
        for position, stop in enumerate(chain):
            opens = borders[position - 1] if position else turns[row].window.start
            shuts = borders[position] if position < len(borders) else turns[row].window.end
            windows = [Window(max(w.start, opens), min(w.end, shuts)) for w in windows_for(stop)]
            fitting = tuple(w for w in windows if w.end - w.start >= stop.service)
            if fitting:
                narrowed[number[stop.id]] = replace(stop, windows=fitting)
            for other in rows:
                if other != row:
                    may[other, number[stop.id]] = False
    return narrowed, may


def _turn_for(
    problem: Problem,
    turns: Sequence[Turn],
    rows: Sequence[int],
    chain: Sequence[Stop],
    travel: Travel,
    former: Plan | None,
) -> int | None:
    """The turn that takes a locked chain: the one that had it, else the first in which it holds, else the first."""
    if former is not None:
        had = {run.shift for run in former.runs if run.helper_id == chain[0].locked_to and chain[0].id in run.stop_ids}
        for row in rows:
            if turns[row].shift in had:
                return row
    for row in rows:
        order = [s for stop in chain for s in (stop,) * stop.visits]
        if not breaches(problem, turns[row], order, schedule(problem, turns[row], order, travel)):
            return row
    return rows[0] if rows else None


def _times(former: Plan | None, helper: str, shift: int) -> Mapping[str, tuple[int, int]]:
    runs = former.runs if former is not None else ()
    return {
        v.stop_id: (v.start, v.leave)
        for run in runs
        if (run.helper_id, run.shift) == (helper, shift)
        for v in run.visits
        if not v.collects
    }


def _borders(turn: Turn, chain: Sequence[Stop], travel: Travel, known: Mapping[str, tuple[int, int]]) -> list[int]:
    """Between each two stops of the chain the moment by which the first is over and from which the second may begin."""
    leaving, latest = slack(turn, chain, way_in(turn, travel)[0], travel)
    borders = []
    for position, (stop, after) in enumerate(itertools.pairwise(chain)):
        if stop.id in known and after.id in known and known[stop.id][1] <= known[after.id][0]:
            borders.append((known[stop.id][1] + known[after.id][0]) // 2)
        else:
            borders.append((leaving[position + 1] + latest[position + 1]) // 2)
    return borders
