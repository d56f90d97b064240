"""Suggestions: for one ask the helpers who fit best, for one helper the asks, and why the others are not among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from manyhands.kernel.geo import StraightLines, Travel
from manyhands.kernel.matching.pairs import cost, ways, what_speaks_for, why_not
from manyhands.kernel.matching.problem import Ask, Helper, Problem
from manyhands.kernel.matching.reasons import Reason


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A pair that fits. The lower the cost the better (seconds, see `pairs.cost`); `reasons` say what speaks for it."""

    ask_id: str
    helper_id: str
    cost: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A pair that is ruled out, and by what. `helper_id` is None where it is about an ask and everybody."""

    ask_id: str
    helper_id: str | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The pairs that fit, the best first, and the ones that don't."""

    ranked: tuple[Suggestion, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def suggest(problem: Problem, ask_id: str, limit: int = 5, travel: Travel | None = None) -> Suggestions:
    """The helpers who fit this ask best, at most `limit`, and all who are ruled out. KeyError for an unknown ask."""
    ask = problem.ask[ask_id]
    fitting, left_out = _judged(problem, [ask], problem.helpers, travel or StraightLines())
    fitting.sort(key=lambda s: (s.cost, s.helper_id))
    return Suggestions(tuple(fitting[:limit]), tuple(left_out))


def suggest_for_helper(problem: Problem, helper_id: str, limit: int = 5, travel: Travel | None = None) -> Suggestions:
    """The asks that fit this helper best, at most `limit`, and every ask ruled out. KeyError for an unknown helper.

    Of two asks, a point of need (`Problem.need`) weighs as much as six seconds of way: an ask of weight 2 comes before
    one of weight 1 that is ten minutes nearer.
    """
    helper = problem.helper[helper_id]
    fitting, left_out = _judged(problem, problem.asks, [helper], travel or StraightLines())
    fitting.sort(key=lambda s: (s.cost - 6 * problem.need[s.ask_id], s.ask_id))
    return Suggestions(tuple(fitting[:limit]), tuple(left_out))


def _judged(
    problem: Problem, asks: Sequence[Ask], helpers: Sequence[Helper], travel: Travel
) -> tuple[list[Suggestion], list[LeftOut]]:
    fitting: list[Suggestion] = []
    left_out: list[LeftOut] = []
    all_seconds, all_metres = ways(travel, helpers, asks)
    for row, helper in enumerate(helpers):
        for column, ask in enumerate(asks):
            metres = int(all_metres[row, column]) if all_metres[row, column] >= 0 else None
            seconds = int(all_seconds[row, column]) if all_seconds[row, column] >= 0 else None
            if reason := why_not(problem, ask, helper, metres):
                left_out.append(LeftOut(ask.id, helper.id, reason))
            else:
                said = what_speaks_for(problem, ask, helper, seconds, metres)
                fitting.append(Suggestion(ask.id, helper.id, cost(problem, ask, helper, seconds), said))
    return fitting, left_out
