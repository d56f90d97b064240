"""One worker's line by CP-SAT, where prices do not tame the most of a kind, and to know that there is none."""

from __future__ import annotations

import numpy as np
from ortools.sat.python import cp_model

from manyhands.kernel.rostering.patterns.problem import SATURDAY, WEEK
from manyhands.kernel.rostering.patterns.tables import OFF, Floats, Ints, Tables

EFFORT = 20.0
SCALE = 1000


def exact_line(tables: Tables, worker: int, costs: Floats) -> Ints | None:
    """The line of least `costs` (days, kinds), or near it, found within a fixed effort; None where none was."""
    return cheapest(tables, worker, costs, EFFORT, 0.02)[1]


def cheapest(
    tables: Tables, worker: int, costs: Floats, effort: float = EFFORT, gap: float = 0.0
) -> tuple[float, Ints | None]:
    """What no line can cost less than, and the best line found; minus infinity and None where the effort was too small.

    Costs are taken down to a thousandth, so that the bound is one.
    """
    model = cp_model.CpModel()
    days, kinds = costs.shape
    allowed = np.isfinite(tables.wish[worker])
    has = {(int(d), int(k)): model.new_bool_var("") for d, k in np.argwhere(allowed)}
    works = [model.new_bool_var("") for _ in range(days)]
    for day in range(days):
        model.add(sum(has[day, k] for k in range(kinds) if (day, k) in has) == works[day])
    for (day, kind), variable in has.items():
        for after in np.nonzero(~tables.may_follow[kind])[0]:
            if (day + 1, int(after)) in has:
                model.add_bool_or(~variable, ~has[day + 1, int(after)])
    for kind in range(kinds):
        if tables.most[worker, kind] < days:
            model.add(sum(v for (_, k), v in has.items() if k == kind) <= int(tables.most[worker, kind]))
    model.add_linear_constraint(
        sum(int(tables.length[k]) * v for (_, k), v in has.items()),
        int(tables.least[worker]),
        int(tables.longest[worker]),
    )
    fewest, most = (int(n) for n in tables.row[worker])
    for day in range(days - most):
        model.add(sum(works[day : day + most + 1]) <= most)
    _runs(model, works, fewest, True)
    _runs(model, works, int(tables.rest[worker]), False)
    weekends = []
    for saturday in range(SATURDAY, days, WEEK):
        touched = model.new_bool_var("")
        for day in range(saturday, min(days, saturday + 2)):
            model.add_implication(works[day], touched)
        weekends.append(touched)
    model.add(sum(weekends) <= int(tables.weekends[worker]))
    model.minimize(sum(int(np.floor(SCALE * costs[at])) * variable for at, variable in has.items()))
    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = effort
    solver.parameters.num_workers = 1
    solver.parameters.relative_gap_limit = gap
    solver.parameters.random_seed = 1
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return -np.inf, None
    line: Ints = np.full(days, OFF, dtype=np.int64)
    for (day, kind), variable in has.items():
        if solver.boolean_value(variable):
            line[day] = kind
    return solver.best_objective_bound / SCALE, line


def _runs(model: cp_model.CpModel, works: list[cp_model.IntVar], fewest: int, of_work: bool) -> None:
    """No run inside the span is shorter than `fewest`: what lies between two of the other sort is long enough."""
    for length in range(1, fewest):
        for day in range(1, len(works) - length):
            inside = works[day : day + length]
            ends = [works[day - 1], works[day + length]]
            if of_work:
                model.add_bool_or([*ends, *(~each for each in inside)])
            else:
                model.add_bool_or([*(~each for each in ends), *inside])
