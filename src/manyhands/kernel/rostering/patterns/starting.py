"""A first roster that keeps every rule: a few workers at a time, each the line that is best beside those already there.

A long span is walked a few weeks at a time, with the share of each worker's hours and weekends that belongs to them.
"""

from __future__ import annotations

import numpy as np

from manyhands.kernel.rostering.patterns.exactly import exact_line
from manyhands.kernel.rostering.patterns.pricing import Span, weeks_around
from manyhands.kernel.rostering.patterns.problem import WEEK
from manyhands.kernel.rostering.patterns.tables import OFF, Floats, Ints, Tables

STRETCH = 4 * WEEK
AT_ONCE = 8 * WEEK
BATCHES = 20


class NoLine(Exception):
    """No line keeps every rule of these workers (their numbers), whatever the others do."""

    def __init__(self, workers: list[int]) -> None:
        super().__init__(f"No line keeps the rules of the workers {workers}.")
        self.workers = workers


def first_lines(tables: Tables, rng: np.random.Generator) -> Ints:
    """Lines of shape (workers, days). Raises NoLine where somebody's own rules leave no line."""
    workers, days = tables.wish.shape[:2]
    lines: Ints = np.full((workers, days), OFF, dtype=np.int64)
    there = np.zeros_like(tables.wanted)
    stuck: list[int] = []
    for batch in _batches(tables, rng, days > AT_ONCE):
        costs = _worth(tables, batch, there, rng)
        if days > AT_ONCE:
            found = _in_stretches(tables, batch, costs)
        else:
            span = Span(tables, batch, 0, days, None, slice(0, days))
            _bounds, found = span.best(np.arange(len(batch)), costs, np.zeros((len(batch), costs.shape[2])))
        for worker, line, cost in zip(batch.tolist(), found, costs, strict=True):
            kept: Ints | None = line
            if not _keeps_hours(tables, worker, line):
                kept = _whole(tables, worker, cost)
            if kept is None:
                stuck.append(worker)
                continue
            lines[worker] = kept
            worked = np.nonzero(kept != OFF)[0]
            there[worked, kept[worked]] += 1
    if stuck:
        raise NoLine(sorted(stuck))
    return lines


def _batches(tables: Tables, rng: np.random.Generator, several: bool) -> list[Ints]:
    """Workers of one rest, in an order of luck: one at a time, or several where there are many."""
    order = rng.permutation(len(tables.rest))
    size = max(1, len(order) // BATCHES) if several else 1
    batches = []
    for rest in np.unique(tables.rest):
        alike = order[tables.rest[order] == rest]
        batches += [alike[begin : begin + size] for begin in range(0, len(alike), size)]
    return batches


def _worth(tables: Tables, batch: Ints, there: Ints, rng: np.random.Generator) -> Floats:
    """What each shift costs each worker of the batch; a place that wants fewer than they are is offered to some."""
    missing = tables.wanted - there
    offered = rng.random((len(batch), *missing.shape)) * len(batch) < 2 * missing if len(batch) > 1 else missing > 0
    worth: Floats = tables.wish[batch] + np.where(offered, -tables.under, tables.over)
    return np.where(np.isinf(worth), 0.0, worth)


def _whole(tables: Tables, worker: int, costs: Floats) -> Ints | None:
    """The line over all days at once; None where the worker's rules leave none."""
    span = Span(tables, np.array([worker]), 0, tables.problem.days, None, slice(0, tables.problem.days))
    bounds, lines = span.best(np.array([0]), costs[None], np.zeros((1, costs.shape[1])))
    if np.isinf(bounds[0]):
        return None
    return lines[0] if _keeps_hours(tables, worker, lines[0]) else exact_line(tables, worker, costs)


def _in_stretches(tables: Tables, batch: Ints, costs: Floats) -> Ints:
    """The lines, a stretch after the other; OFF on every day where the shares do not go together."""
    days, around = tables.problem.days, weeks_around(tables, batch)
    lines: Ints = np.full((len(batch), days), OFF, dtype=np.int64)
    full: Ints = np.full((tables.wish.shape[0], days), OFF, dtype=np.int64)
    good = np.ones(len(batch), dtype=bool)
    for begins in range(0, days, STRETCH):
        ends = min(days, begins + STRETCH)
        before, after = max(0, begins - around), min(days, ends + around)
        full[batch] = lines
        span = Span(tables, batch, before, after, full, slice(begins, ends))
        _give_share(tables, span, ends)
        priced = np.zeros((len(batch), span.days, costs.shape[2]))
        priced[:, begins - before : ends - before] = costs[:, begins:ends]
        open_ = np.nonzero(good)[0]
        bounds, found = span.best(open_, priced[open_], np.zeros((len(batch), costs.shape[2])))
        good[open_[np.isinf(bounds)]] = False
        lines[open_, begins:ends] = found[:, begins - before : ends - before]
    lines[~good] = OFF
    return lines


def _give_share(tables: Tables, span: Span, ends: int) -> None:
    """Leave each worker, up to the day `ends`, the share of their time that belongs to the days until then."""
    who, days = span.who, tables.problem.days
    share = ends / days
    used = tables.longest[who] - span.longest
    slack = 0 if ends == days else int(tables.length.max())
    span.least = np.maximum(0, np.ceil(tables.least[who] * share).astype(np.int64) - slack - used)
    span.longest = (tables.longest[who] * share).astype(np.int64) - used
    gone = tables.weekends[who] - span.weekends
    span.weekends = np.floor(tables.weekends[who] * share + 1e-9).astype(np.int64) - gone
    gone_kinds = tables.most[who] - span.most
    shared = np.ceil(tables.most[who] * share).astype(np.int64) - gone_kinds
    span.most = np.where(tables.most[who] < days, shared, span.most)


def _keeps_hours(tables: Tables, worker: int, line: Ints) -> bool:
    """Whether the line is one: OFF on every day stands for none found."""
    hours = int(tables.length[line[line != OFF]].sum())
    return bool(tables.least[worker] <= hours <= tables.longest[worker])
