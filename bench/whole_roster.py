"""The whole roster in one engine, for comparison: every rule as a constraint, nothing clever."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

from ortools.math_opt.python import mathopt
from ortools.sat.python import cp_model

from manyhands.kernel.rostering.patterns import Weeks, WeeksRoster, Worker
from manyhands.kernel.rostering.patterns.problem import SATURDAY, WEEK


class _CpSat:
    def __init__(self) -> None:
        self.model = cp_model.CpModel()

    def yes_no(self) -> Any:
        return self.model.new_bool_var("")

    def whole(self, most: int) -> Any:
        return self.model.new_int_var(0, most, "")

    def rule(self, constraint: Any) -> None:
        self.model.add(constraint)

    def solve(self, cost: Any, seconds: float, seed: int, cores: int) -> Any:
        self.model.minimize(cost)
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = max(8, cores)  # more workers than cores did better here
        solver.parameters.random_seed = seed
        if solver.solve(self.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        return solver.boolean_value, solver.best_objective_bound


class _Highs:
    def __init__(self) -> None:
        self.model = mathopt.Model()

    def yes_no(self) -> Any:
        return self.model.add_binary_variable()

    def whole(self, most: int) -> Any:
        return self.model.add_variable(lb=0, ub=most)

    def rule(self, constraint: Any) -> None:
        self.model.add_linear_constraint(constraint)

    def solve(self, cost: Any, seconds: float, seed: int, cores: int) -> Any:
        self.model.minimize(cost)
        limits = mathopt.SolveParameters(time_limit=timedelta(seconds=seconds), random_seed=seed)
        result = mathopt.solve(self.model, mathopt.SolverType.HIGHS, params=limits)
        if not result.has_primal_feasible_solution():
            return None
        values = result.variable_values()
        return (lambda variable: values[variable] > 0.5), result.dual_bound()


def solve_whole(problem: Weeks, engine: str, seconds: float, seed: int, cores: int) -> WeeksRoster | None:
    """The roster the engine found in the time, None where it found none."""
    solver = _CpSat() if engine == "cpsat" else _Highs()
    has: dict[tuple[str, int, str], Any] = {}
    for worker in problem.workers:
        for day in range(problem.days):
            for kind in problem.kinds:
                if day not in worker.off and worker.most.get(kind.id, 1):
                    has[worker.id, day, kind.id] = solver.yes_no()
        _rules(solver, problem, worker, has)
    cost: list[Any] = []
    constant = 0
    for request in problem.requests:
        variable = has.get((request.worker, request.day, request.kind))
        constant += request.weight if request.on else 0
        if variable is not None:
            cost.append((-request.weight if request.on else request.weight) * variable)
    there = defaultdict(list)
    for (_worker, day, kind_id), variable in has.items():
        there[day, kind_id].append(variable)
    for cover in problem.covers:
        under, over = solver.whole(cover.wanted), solver.whole(len(problem.workers))
        solver.rule(sum(there[cover.day, cover.kind]) + under - over == cover.wanted)
        cost += [cover.under * under, cover.over * over]
    answer = solver.solve(sum(cost), seconds, seed, cores)
    if answer is None:
        return None
    chosen, bound = answer
    lines: dict[str, list[str | None]] = {worker.id: [None] * problem.days for worker in problem.workers}
    for (worker_id, day, kind_id), variable in has.items():
        if chosen(variable):
            lines[worker_id][day] = kind_id
    roster = WeeksRoster({who: tuple(line) for who, line in lines.items()}, 0)
    from manyhands.kernel.rostering.patterns import penalty

    return WeeksRoster(roster.days, penalty(problem, roster), int(-(-(bound + constant - 1e-6) // 1)))


def _rules(solver: Any, problem: Weeks, worker: Worker, has: dict[tuple[str, int, str], Any]) -> None:
    days, zero = problem.days, 0
    works = [
        sum((has[worker.id, day, k.id] for k in problem.kinds if (worker.id, day, k.id) in has), zero)
        for day in range(days)
    ]
    for day in range(days):
        if day not in worker.off:
            solver.rule(works[day] <= 1)
    for kind in problem.kinds:
        all_of_it = [has[worker.id, d, kind.id] for d in range(days) if (worker.id, d, kind.id) in has]
        if all_of_it and kind.id in worker.most:
            solver.rule(sum(all_of_it) <= worker.most[kind.id])
        for day in range(days - 1):
            after = [has[worker.id, day + 1, k] for k in kind.not_before if (worker.id, day + 1, k) in has]
            if after and (worker.id, day, kind.id) in has:
                solver.rule(has[worker.id, day, kind.id] + sum(after) <= 1)
    minutes = sum(problem.kind[k].minutes * v for (w, _d, k), v in has.items() if w == worker.id)
    solver.rule(minutes <= worker.minutes[1])
    solver.rule(minutes >= worker.minutes[0])
    for day in range(days - worker.row[1]):
        solver.rule(sum(works[day : day + worker.row[1] + 1]) <= worker.row[1])
    for length in range(1, worker.row[0]):
        for day in range(1, days - length):
            solver.rule(works[day - 1] + works[day + length] + length - sum(works[day : day + length]) >= 1)
    for length in range(1, worker.rest):
        for day in range(1, days - length):
            between = sum(works[day : day + length])
            if not (
                isinstance(between, int) and isinstance(works[day - 1], int) and isinstance(works[day + length], int)
            ):
                solver.rule(works[day - 1] + works[day + length] - between <= 1)
    weekends = []
    for saturday in range(SATURDAY, days, WEEK):
        touched = solver.yes_no()
        for day in range(saturday, min(days, saturday + 2)):
            if day not in worker.off:
                solver.rule(works[day] <= touched)
        weekends.append(touched)
    solver.rule(sum(weekends) <= worker.weekends)
