"""Which line each worker gets: the linear program over lines found so far, and its prices."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from ortools.linear_solver import pywraplp

from manyhands.kernel.rostering.patterns.tables import OFF, Floats, Ints

WHOLE = 1 - 1e-6


@dataclass(slots=True)
class Column:
    """One line for one worker within the days that are open, what its wishes cost, and its variable."""

    worker: int
    line: Ints
    cost: float
    variable: pywraplp.Variable = field(repr=False)


class Master:
    """Each worker takes one line; what is missing or too many in a place is paid for.

    `need` (days, kinds) is what the workers in here are to cover; `under` and `over` what missing it costs.
    """

    def __init__(self, workers: int, need: Ints, under: Ints, over: Ints) -> None:
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        self.solver.SetSolverSpecificParametersAsString("use_preprocessing: false")
        self.need = need
        infinity = self.solver.infinity()
        self.objective = self.solver.Objective()
        self.takes_one = [self.solver.Constraint(1, 1) for _ in range(workers)]
        self.places: dict[tuple[int, int], pywraplp.Constraint] = {}
        for day, kind in np.argwhere((under > 0) | (over > 0)):
            place = self.solver.Constraint(int(need[day, kind]), int(need[day, kind]))
            for sign, price in ((1, under[day, kind]), (-1, over[day, kind])):
                slack = self.solver.NumVar(0, infinity, "")
                place.SetCoefficient(slack, sign)
                self.objective.SetCoefficient(slack, float(price))
            self.places[int(day), int(kind)] = place
        self.objective.SetMinimization()
        self.columns: list[Column] = []
        self.of: list[list[Column]] = [[] for _ in range(workers)]
        self._known: set[tuple[int, bytes]] = set()
        self.value = float("inf")

    def add(self, worker: int, line: Ints, cost: float) -> bool:
        """Let the worker take this line too; False where they could already."""
        key = (worker, line.tobytes())
        if key in self._known:
            return False
        self._known.add(key)
        variable = self.solver.NumVar(0, self.solver.infinity(), "")
        self.objective.SetCoefficient(variable, cost)
        self.takes_one[worker].SetCoefficient(variable, 1)
        for day in np.nonzero(line != OFF)[0]:
            place = self.places.get((int(day), int(line[day])))
            if place is not None:
                place.SetCoefficient(variable, 1)
        column = Column(worker, line, cost, variable)
        self.columns.append(column)
        self.of[worker].append(column)
        return True

    def solve(self) -> None:
        """Find the best mixture of lines."""
        status = self.solver.Solve()
        if status != pywraplp.Solver.OPTIMAL:
            raise ArithmeticError(f"The linear program of the roster ended with status {status}.")
        self.value = self.objective.Value()

    def prices(self) -> tuple[Floats, Floats]:
        """What one more person is worth in each place (days, kinds), and what each worker's line costs in all."""
        worth = np.zeros(self.need.shape)
        for at, place in self.places.items():
            worth[at] = place.dual_value()
        return worth, np.array([one.dual_value() for one in self.takes_one])

    def settle(self, column: Column) -> None:
        """Give the worker this line for good."""
        column.variable.SetLb(1)

    def shares(self, worker: int) -> list[tuple[float, Column]]:
        """The lines the worker has in the mixture, the largest share first."""
        shares = [(column.variable.solution_value(), column) for column in self.of[worker]]
        return sorted((pair for pair in shares if pair[0] > 1e-7), key=lambda pair: -pair[0])
