"""What a roster is worth: the lines of its score, counted from the problem."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from manyhands.kernel.rostering.problem import Assignment, Problem, Score, Shift

# The strain of one more hour grows by one point for every four hours someone has; so does each unpopular shift.
QUARTER = 15
STEP = 4 * 60
UNPOPULAR = 4
WISH = 3


def score(problem: Problem, assignments: Iterable[Assignment]) -> Score:
    """The score of these assignments."""
    ones = list(assignments)
    there = Counter((one.shift, one.role) for one in ones)
    minimum = wanted = 0
    for shift in problem.shifts:
        for role in shift.roles:
            count = there[shift.id, role.name]
            minimum += shift.weight * max(0, role.minimum - count)
            wanted += shift.weight * max(0, role.wanted - max(count, role.minimum))
    kept = {one[:3] for one in ones}
    return Score(minimum, wanted, len(problem.proposed - kept), strain(problem, ones))


def strain(problem: Problem, assignments: list[Assignment]) -> int:
    """Wishes and fairness in points: see `solve` for the formula."""
    quarters: Counter[str] = Counter()
    unpopular: Counter[str] = Counter()
    points = 0
    for one in assignments:
        shift = problem.shift[one.shift]
        quarters[one.helper] += quarters_of(shift)
        unpopular[one.helper] += shift.unpopular
        points -= WISH * problem.helper[one.helper].wishes.get(one.shift, 0)
    for helper in problem.helpers:
        if helper.id in quarters:
            points += load_points(helper.had_minutes, quarters[helper.id])
            points += sum(UNPOPULAR * (helper.had_unpopular + n) for n in range(1, unpopular[helper.id] + 1))
    return points


def quarters_of(shift: Shift) -> int:
    """How long a shift is, in quarters of an hour begun."""
    return -(-shift.minutes // QUARTER)


def load_points(had: int, quarters: int) -> int:
    """What so many quarters of an hour cost someone who had so many minutes: each by how much they have by then."""
    return sum(1 + (had + quarter * QUARTER) // STEP for quarter in range(quarters))


def load_steps(had: int, quarters: int) -> list[tuple[int, int]]:
    """The same as steps: how many quarters at which price, the cheapest first."""
    prices = Counter(1 + (had + quarter * QUARTER) // STEP for quarter in range(quarters))
    return sorted((price, count) for price, count in prices.items())
