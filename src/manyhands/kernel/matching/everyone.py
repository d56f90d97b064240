"""Matching everyone at once: exact, by minimum-cost flow over neighbours, with prices that say whether that was all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from manyhands.kernel.geo import EARTH_RADIUS_METRES, Integers, StraightLines, Travel
from manyhands.kernel.matching.flow import NOBODY, Arcs, Prices, choose, choose_again, prices
from manyhands.kernel.matching.leaving import why_left_out
from manyhands.kernel.matching.pairs import UNKNOWN_WAY, what_speaks_for
from manyhands.kernel.matching.problem import Problem
from manyhands.kernel.matching.search import Search, united
from manyhands.kernel.matching.suggesting import LeftOut, Suggestion
from manyhands.kernel.matching.table import Table

EVERY_PAIR = 250_000
"""Up to so many pairs all of them are weighed from the start."""

ROUNDS = 12
STEPS = (2, 64, 1 << 14, 1 << 40)
MOST_TOLD = 1 << 61


@dataclass(frozen=True, slots=True)
class Matching:
    """Who goes to whom, and who is left without anyone, with the reason.

    `proven`: no pair at all, weighed or not, would make a better matching. Where it is False, none of the `weighed`
    pairs would.
    """

    pairs: tuple[Suggestion, ...] = ()
    unmatched: tuple[LeftOut, ...] = ()
    proven: bool = True
    weighed: int = 0


def match_all(problem: Problem, travel: Travel | None = None, *, rounds: int = ROUNDS) -> Matching:
    """Everyone at once: as much need met as can be, then at the least cost of all pairs together.

    Objective, lexicographic: most Σ need(ask) over the matched asks (`Problem.need`: 100 per weight, up to 50 for
    waiting), then least Σ cost over the pairs (`pairs.cost`: seconds of way, rest of the helper, who knows whom, who
    stood together before). Every ask has one helper or none, a helper has at most `open_places` asks, and every pair
    holds to all hard rules (`pairs.why_not`).

    Weighed are first the neighbours of each ask. The prices of that choice then call for pairs left aside that would
    make it better, and it is made again with them, `rounds` times at most: where nothing is called for any more, it is
    the best of all pairs there are (`Matching.proven`). With other travel than straight lines that holds for the pairs
    weighed alone, unless all were.

    The same problem always gives the same answer, and the answer does not depend on the order in which asks and helpers
    come.
    """
    table = Table(problem, travel or StraightLines())
    if not table.asks or not table.helpers:
        return Matching((), why_left_out(table, np.arange(len(table.asks)), None))
    search = Search(table)
    every = len(table.asks) * len(table.helpers) <= EVERY_PAIR
    arcs = search.every_pair() if every else search.first()
    chosen, worth = _best(table, arcs)
    whole = every
    for _ in range(0 if every else rounds):
        if worth is None:
            break
        more, whole = search.called_for(worth)
        if not len(more.asks):
            break
        before, arcs = len(arcs.asks), united(arcs, more, len(table.helpers))
        if len(arcs.asks) == before:
            break
        whole = False
        chosen, worth = _best(table, arcs, worth)
    proven = worth is not None and (every or (whole and isinstance(table.travel, StraightLines)))
    return _in_words(table, arcs, chosen, proven=proven)


def _best(table: Table, arcs: Arcs, guess: Prices | None = None) -> tuple[Integers, Prices | None]:
    """The best choice among some pairs, and the prices that prove it.

    Need comes before cost when a point of it is dearer than all pairs together can be. So dear a point makes the engine
    slow, and one that is as dear as a few pairs mostly leads to the same choice: this is tried first, and the prices
    tell whether it is.
    """
    dearest = _dearest(table)
    surely = table.need * (dearest * len(table.asks) + 1)
    highest = max(1, int(arcs.costs.max(initial=0) - min(0, arcs.costs.min(initial=0))))
    again = None if guess is None else choose_again(arcs, table.places, surely, guess)
    if again is not None and (worth := prices(arcs, table.places, surely, again)) is not None:
        return again, worth
    # The engine multiplies what it is told by the number of nodes, and must not run over.
    most = MOST_TOLD // (len(table.asks) + len(table.helpers) + 2) // int(table.need.max())
    tried, chosen = 0, np.full(len(table.asks), NOBODY)
    for step in STEPS:
        point = min(step * highest, dearest * len(table.asks) + 1, most)
        if point > tried:
            chosen = choose(arcs, table.places, table.need * point)
            if (worth := prices(arcs, table.places, surely, chosen)) is not None:
                return chosen, worth
            tried = point
    return chosen, None


def _dearest(table: Table) -> int:
    """More than any pair costs, and at least 1, with all that pairs can cost less than nothing."""
    placed = np.concatenate([table.ask_at[table.ask_placed], table.helper_at[table.helper_placed]])
    across = float(np.linalg.norm(np.ptp(placed, axis=0))) if len(placed) else 0.0
    # An arc is at most π/2 times its chord.
    way = across * EARTH_RADIUS_METRES * np.pi / 2 * float((table.detour / table.speed).max()) + 2
    if not isinstance(table.travel, StraightLines):
        way = max(way * 10, 1e6)
    return int(table.base.max()) + max(int(way), UNKNOWN_WAY) + 3600


def _in_words(table: Table, arcs: Arcs, chosen: Integers, *, proven: bool) -> Matching:
    matched = np.flatnonzero(chosen >= 0)
    some = chosen[matched]
    costs, seconds, metres = table.price(arcs.asks[some], arcs.helpers[some])
    found = []
    for ask, helper, price, there, far in zip(
        arcs.asks[some].tolist(),
        arcs.helpers[some].tolist(),
        costs.tolist(),
        seconds.tolist(),
        metres.tolist(),
        strict=True,
    ):
        one, other = table.asks[ask], table.helpers[helper]
        way = (there, far) if there >= 0 else (None, None)
        found.append(Suggestion(one.id, other.id, price, what_speaks_for(table.problem, one, other, *way)))
    left = why_left_out(table, np.flatnonzero(chosen < 0), arcs)
    return Matching(tuple(found), left, proven, len(arcs.asks))
