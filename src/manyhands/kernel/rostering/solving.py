"""Filling the weeks: the most need first, then least change, then wishes and fairness."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from manyhands.kernel.rostering.engines import Effort, Found, Limit, by_cp_sat, by_highs
from manyhands.kernel.rostering.model import Model
from manyhands.kernel.rostering.polishing import Draft
from manyhands.kernel.rostering.problem import Assignment, Problem, Roster, State
from manyhands.kernel.rostering.scoring import score
from manyhands.kernel.routing.until import Rounds, Seconds, Until

# Beyond so many variables CP-SAT spends its time reading the model.
CP_SAT_VARIABLES = 20_000
GRACE = 2.0


Progress = Callable[[float, int, int], None]
"""Told how far it is: a share of the way, how many places are taken, and how many are wanted."""


def solve(problem: Problem, *, until: Until, seed: int = 1, progress: Progress | None = None) -> Roster:
    """Propose who to ask for what.

    What it tries for, each line before all after it:

    1. `minimum`: sum over roles of shift.weight × people missing below role.minimum, as little as possible;
    2. `wanted`: the same between the minimum and role.wanted;
    3. `changes`: proposals of the standing roster that are dropped, as few as possible;
    4. `strain`: sum over helpers of the points of their hours (each quarter of an hour begun costs 1 + the whole
       four-hours they have by then, what they had before included), plus 4 × (1 + those they had) for each unpopular
       shift, counting up, less 3 × the points of their wishes. As the next hour of who has more costs more, hours and
       unpopular shifts spread.

    Rules that are never broken by a proposal stand in `Helper`, `Role` and `Problem`. Confirmed assignments stay.
    Each line is solved in turn by HiGHS with those before it held, by CP-SAT where HiGHS does not end. With Rounds (of
    1000 nodes) the same problem, rounds and seed give the same roster; with Seconds about that long is spent. Where
    `until` says stop, no further step is begun, and the best so far is the answer.
    """
    model = Model(problem)
    clock = _Share(until)
    best = _filled(model, frozenset(number for number in model.fixed if number < len(model.places)))
    proven = True
    limits: list[Limit] = []
    heaviest = 1.0 + sum(model.upper[v] * f for v, f in model.wanted.items())
    need = {v: heaviest * f for v, f in model.minimum.items()} | dict(model.wanted)
    stages: list[tuple[Mapping[int, float], float]] = [(need, 0.6)]
    if model.changes:
        stages.append((model.changes, 0.4))
    stages.append((model.strain, 0.9))
    places = sum(role.wanted for shift in problem.shifts for role in shift.roles)
    for number, (cost, share) in enumerate(stages):
        if progress is not None:
            progress(number / len(stages), len(best), places)
        if until.stop():
            proven = False
            break
        found = _least(model, cost, limits, clock.take(share), best, seed, until.stop)
        proven = proven and found is not None and found.proven
        better = _filled(model, found.taken) if found else best
        if _key(model, better) <= _key(model, best):
            best = better
        limits.extend(_held(model, cost, best))
    if not proven:
        draft = Draft(problem, _assignments(model, best))
        draft.pass_on(clock.over)
        return Roster(draft.assignments(), score(problem, draft.assignments()))
    assignments = _assignments(model, best)
    return Roster(assignments, score(problem, assignments), proven)


def _assignments(model: Model, taken: frozenset[int]) -> tuple[Assignment, ...]:
    return tuple(
        Assignment(*model.places[number], State.CONFIRMED if number in model.fixed else State.PROPOSED)
        for number in sorted(taken)
    )


def _key(model: Model, taken: frozenset[int]) -> tuple[int, int, int, int]:
    return score(model.problem, _assignments(model, taken)).key()


def _filled(model: Model, taken: frozenset[int]) -> frozenset[int]:
    """The same, with everyone put into an open place whom no rule keeps away."""
    draft = Draft(model.problem, _assignments(model, taken))
    draft.fill()
    return frozenset(model.number[one[:3]] for one in draft.assignments())


class _Share:
    """Parts of what may be spent: seconds by the caller's clock, or steps."""

    def __init__(self, until: Until) -> None:
        self._until = until
        self._ends = until.clock() + until.seconds if isinstance(until, Seconds) else 0.0

    def over(self) -> bool:
        """Whether the time is up or somebody says stop; steps are not counted: what comes then ends by itself."""
        late = isinstance(self._until, Seconds) and self._until.clock() >= self._ends + GRACE
        return late or self._until.stop()

    def take(self, share: float) -> Effort:
        if isinstance(self._until, Rounds):
            return Effort(steps=max(1, round(1000 * self._until.rounds * share)))
        return Effort(seconds=max(0.05, (self._ends - self._until.clock()) * share))


def _least(
    model: Model,
    cost: Mapping[int, float],
    limits: list[Limit],
    effort: Effort,
    start: frozenset[int],
    seed: int,
    stop: Callable[[], bool],
) -> Found | None:
    """HiGHS for the first half; where it does not come to an end, CP-SAT from there."""
    small = len(model.upper) <= CP_SAT_VARIABLES
    half = Effort(
        effort.seconds / 2 if effort.seconds is not None else None,
        effort.steps // 2 + 1 if effort.steps is not None else None,
    )
    found = by_highs(model, cost, limits, half if small else effort)
    if not small or stop() or (found is not None and found.proven):
        return found
    again = by_cp_sat(model, cost, limits, half, found.taken if found else start, seed)
    return again or found


def _held(model: Model, cost: Mapping[int, float], taken: frozenset[int]) -> list[Limit]:
    """What a line came to is the most it may come to from now on."""
    if cost is model.changes:
        return [(cost, -float(sum(number in taken for number in cost)))]
    there: dict[tuple[str, str], int] = {}
    for number in taken:
        shift, role, _helper = model.places[number]
        there[shift, role] = there.get((shift, role), 0) + 1
    minimum = wanted = 0.0
    for shift_ in model.problem.shifts:
        for role_ in shift_.roles:
            count = there.get((shift_.id, role_.name), 0)
            minimum += shift_.weight * max(0, role_.minimum - count)
            wanted += shift_.weight * max(0, role_.wanted - max(count, role_.minimum))
    return [(model.minimum, minimum), (model.wanted, wanted)]
