"""The two engines, given one linear model: HiGHS first, CP-SAT where it does not come to an end.

HiGHS is the one inside SciPy: `highspy` does not load beside OR-Tools (docs/decisions/0028).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse
from ortools.sat.python import cp_model
from scipy.optimize import Bounds, LinearConstraint, milp

from manyhands.kernel.rostering.model import Model

WORKERS = 8
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to try: seconds, or a count of steps that gives the same answer every time."""

    seconds: float | None = None
    steps: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The places taken, and whether nothing is better."""

    taken: frozenset[int]
    proven: bool


Limit = tuple[Mapping[int, float], float]


def by_highs(model: Model, cost: Mapping[int, float], limits: Sequence[Limit], effort: Effort) -> Found | None:
    """Least `cost` under the rows of the model and further limits; None where none was found in time."""
    count = len(model.upper)
    if not count:
        return Found(frozenset(), proven=True)
    lower, upper = np.zeros(count), np.array(model.upper)
    lower[list(model.fixed)] = 1.0
    rows = [*model.rows, *((list(limit), list(limit.values()), most) for limit, most in limits)]
    weights = np.zeros(count)
    weights[list(cost)] = list(cost.values())
    options: dict[str, float] = {"mip_rel_gap": 0.0}
    if effort.seconds is not None:
        options["time_limit"] = max(0.05, effort.seconds)
    if effort.steps is not None:
        options["node_limit"] = max(1, effort.steps)
    result = milp(
        weights,
        integrality=np.array(model.whole, dtype=np.int64),
        bounds=Bounds(lower, upper),
        constraints=LinearConstraint(_matrix(rows, count), -np.inf, [row[2] for row in rows]) if rows else (),
        options=options,
    )
    if result.x is None:
        return None
    taken = np.nonzero(result.x[: len(model.places)] > HALF)[0]
    return Found(frozenset(taken.tolist()), proven=result.status == 0)


def by_cp_sat(
    model: Model, cost: Mapping[int, float], limits: Sequence[Limit], effort: Effort, start: frozenset[int], seed: int
) -> Found | None:
    """The same by CP-SAT, from a start that keeps the rules. All numbers of the model are whole."""
    sat = cp_model.CpModel()
    variables = [sat.new_int_var(int(n in model.fixed), int(upper), "") for n, upper in enumerate(model.upper)]
    for numbers, factors, most in model.rows:
        sat.add(sum(int(f) * variables[v] for v, f in zip(numbers, factors, strict=True)) <= int(most))
    for limit, most in limits:
        sat.add(sum(int(f) * variables[v] for v, f in limit.items()) <= int(most))
    sat.minimize(sum(int(f) * variables[v] for v, f in cost.items()))
    for number in range(len(model.places)):
        sat.add_hint(variables[number], int(number in start))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = WORKERS
    solver.parameters.random_seed = seed % 2**31
    if effort.seconds is not None:
        solver.parameters.max_time_in_seconds = max(0.05, effort.seconds)
    if effort.steps is not None:
        solver.parameters.interleave_search = True
        solver.parameters.max_deterministic_time = effort.steps / 100
    status = solver.solve(sat)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    taken = frozenset(n for n in range(len(model.places)) if solver.value(variables[n]))
    return Found(taken, proven=status == cp_model.OPTIMAL)


def _matrix(rows: Sequence[tuple[list[int], list[float], float]], count: int) -> scipy.sparse.csr_array:
    indices = np.concatenate([np.array(row[0], dtype=np.int64) for row in rows])
    values = np.concatenate([np.array(row[1], dtype=np.float64) for row in rows])
    starts = np.concatenate([[0], np.cumsum([len(row[0]) for row in rows])])
    return scipy.sparse.csr_array((values, indices, starts), shape=(len(rows), count))
