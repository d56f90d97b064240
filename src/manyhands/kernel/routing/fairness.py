"""Helpers' time shared fairly: the longest runs give asks to shorter ones, as long as nobody is left out for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from manyhands.kernel.routing.mending import Bench
from manyhands.kernel.routing.plan import Run
from manyhands.kernel.routing.problem import Stop

STEP = 1800
"""Times are compared in half hours begun: a minute more for someone is not worth a longer way for another."""

GIVEN_AWAY = 8
"""How many asks a run may give away to become a half hour shorter."""


Before = dict[int, tuple[tuple[Stop, ...], Run | None]]
"""Runs as they were, by the number of their turn."""


def half_hours(run: Run | None) -> int:
    """How long a run lasts, in half hours begun."""
    return -(-run.seconds // STEP) if run is not None else 0


def lengths(runs: Iterable[Run]) -> tuple[int, ...]:
    """How long the runs last, the longest first; of two plans the one whose first difference is shorter is fairer.

    The last number stands for no run, which is shorter than any.
    """
    return (*sorted((half_hours(run) for run in runs), reverse=True), -1)


def share_out(bench: Bench, enough: Callable[[], bool]) -> None:
    """Shorten the longest run that can be, again and again, until none can or `enough()`."""
    stuck: set[int] = set()
    while not enough():
        open_to = [row for row in bench.runs if row not in stuck]
        if not open_to:
            return
        longest = max(open_to, key=lambda row: (half_hours(bench.runs[row]), bench.runs[row].seconds, -row))
        if half_hours(bench.runs[longest]) <= 1 or not _shortened(bench, longest, enough):
            stuck.add(longest)
        else:
            stuck.clear()


def _shortened(bench: Bench, row: int, enough: Callable[[], bool]) -> bool:
    """Give asks of this run away until it is a half hour shorter and nobody else is as long as it was."""
    limit = half_hours(bench.runs[row])
    before: Before = {row: (bench.orders[row], bench.runs[row])}
    for _ in range(GIVEN_AWAY):
        if enough() or not _one_given_away(bench, row, limit, before):
            break
        if half_hours(bench.runs.get(row)) < limit:
            return True
    for touched in before:
        bench.put(touched, (), None)
    for touched, (order, run) in before.items():
        bench.put(touched, order, run)
    return False


def _one_given_away(bench: Bench, row: int, limit: int, before: Before) -> bool:
    if row not in bench.runs:
        return False
    home, run = bench.orders[row], bench.runs[row]
    choices = []
    for stop_id in dict.fromkeys(s.id for s in home):
        bundle = bench.bundle(stop_id)
        if not bundle or bundle[0].id != stop_id:
            continue
        others = [r for r in bench.near(bundle) if r != row and half_hours(bench.runs.get(r)) < limit]
        fits = [found for r in others if (found := bench.best_fit(bundle, [r])) and half_hours(found[1].run) < limit]
        if not fits:
            continue
        found = min(fits, key=lambda f: (f[1].cost, f[0]))
        if bench.without(row, {s.id for s in bundle}):
            saved = run.seconds - (bench.runs[row].seconds if row in bench.runs else 0)
            bench.put(row, home, run)
            if saved > 0:
                choices.append((found[1].cost / saved, stop_id, found))
    if not choices:
        return False
    _, stop_id, (other, fit) = min(choices, key=lambda c: c[:2])
    bench.without(row, {s.id for s in bench.bundle(stop_id)})
    before.setdefault(other, (bench.orders.get(other, ()), bench.runs.get(other)))
    bench.put(other, fit.order, fit.run)
    return True
