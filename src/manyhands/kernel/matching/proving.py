"""Is there a better matching? An independent answer: over all pairs, one by one, without the engine or its prices."""

from __future__ import annotations

import numpy as np

from manyhands.kernel.geo import StraightLines, Travel
from manyhands.kernel.matching.everyone import Matching
from manyhands.kernel.matching.pairs import cost, ways, why_not
from manyhands.kernel.matching.problem import Problem

FAR = 1 << 60


def better_exists(problem: Problem, matching: Matching, travel: Travel | None = None) -> bool:
    """Whether some other matching meets more need, or as much at less cost (`match_all` has the objective).

    A matching of flows is the best exactly if no round of changes pays: an ask goes to another helper, who passes one
    of theirs on, and so on, until someone had room or is left without anyone. Such a round is a cycle of negative cost
    between helpers (and nobody), looked for by Bellman and Ford's method (R. Bellman, "On a routing problem", 1958).
    Looks at every pair in turn: for up to about a million pairs.
    """
    seconds, metres = ways(travel or StraightLines(), problem.helpers, problem.asks)
    nobody = len(problem.helpers)
    number = {helper.id: n for n, helper in enumerate(problem.helpers)}
    with_whom = {pair.ask_id: number[pair.helper_id] for pair in matching.pairs}
    prices: dict[tuple[int, int], int] = {}
    for row, helper in enumerate(problem.helpers):
        for column, ask in enumerate(problem.asks):
            far, there = int(metres[row, column]), int(seconds[row, column])
            if why_not(problem, ask, helper, far if far >= 0 else None) is None:
                prices[row, column] = cost(problem, ask, helper, there if there >= 0 else None)
    # A point of need is dearer than all pairs together; nobody costs nothing.
    known = [0, *prices.values()]
    point = (max(known) - min(known) + 1) * (len(problem.asks) + 1)
    change = np.full((nobody + 1, nobody + 1), FAR, dtype=np.int64)
    for column, ask in enumerate(problem.asks):
        here = with_whom.get(ask.id, nobody)
        costs = {row: prices[row, column] for row in range(nobody) if (row, column) in prices}
        costs[nobody] = problem.need[ask.id] * point
        for there, price in costs.items():
            change[here, there] = min(change[here, there], price - costs[here])
    for row, helper in enumerate(problem.helpers):
        taken = sum(1 for at in with_whom.values() if at == row)
        if taken < helper.open_places:
            change[row, nobody] = min(change[row, nobody], 0)
        if taken:
            change[nobody, row] = min(change[nobody, row], 0)
    return _has_a_negative_cycle(change)


def _has_a_negative_cycle(change: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> bool:
    reached = np.zeros(len(change), dtype=np.int64)
    for _ in range(len(change) + 1):
        better = np.minimum(reached, (reached[:, None] + change).min(axis=0))
        if (better == reached).all():
            return False
        reached = better
    return True
