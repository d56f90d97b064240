"""The best split where kits and single things are levelled together, proven where the problem is small."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from ortools.sat.python import cp_model

from manyhands.kernel.allocation.goods import Goods, Integers
from manyhands.kernel.allocation.levels import Levels

SMALL = 600
"""Pairs of household and item up to which it is tried: NP-hard, so more would rarely be proven in time."""

LARGEST = 1 << 40


def make_best(together: Sequence[Goods], levels: Levels, free: Integers, work: float) -> bool:
    """Put the best split in place of the one there is; False, and nothing changed, where it can't be proven.

    Leximin, one household at a time: as all standings differ, the highest lowest standing there can be names the one
    household that has it. It is held there, and the lowest of the others is lifted in turn.
    """
    pairs = sum(int((goods.bound > 0).sum()) for goods in together)
    if not work or pairs > SMALL or levels.standing.dtype == object or max(levels.standing, default=0) > LARGEST:
        return False
    model = cp_model.CpModel()
    pieces, standing = _described(model, together, levels, free)
    open_rows = set(range(len(standing)))
    row_at = {int(levels.standing[row] % len(standing)): row for row in open_rows}
    hint = {number: int(goods.has[row, column]) for goods, row, column, number in pieces}
    while open_rows:
        model.clear_hints()  # type: ignore[no-untyped-call]
        for variable, value in hint.items():
            model.add_hint(variable, value)
        lowest = model.new_int_var(0, 2 * LARGEST, "")
        for row in sorted(open_rows):
            model.add(standing[row] >= lowest)
        model.maximize(lowest)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.max_deterministic_time = max(work, 1e-3)
        if solver.solve(model) != cp_model.OPTIMAL:
            return False
        work -= solver.deterministic_time
        found = round(solver.objective_value)
        row = row_at[found % len(standing)]
        open_rows.remove(row)
        model.add(standing[row] == found)
        hint = {number: solver.value(number) for number in hint}
    _put(pieces, hint, levels, free)
    return True


_Piece = tuple[Goods, int, int, cp_model.IntVar]


def _described(
    model: cp_model.CpModel, together: Sequence[Goods], levels: Levels, free: Integers
) -> tuple[list[_Piece], list[cp_model.LinearExprT]]:
    """The pieces each household could have of each item, and where it then would stand."""
    pieces: list[_Piece] = []
    of_household: dict[int, list[cp_model.IntVar]] = {}
    of_kind: dict[tuple[int, str], list[cp_model.IntVar]] = {}
    most_of_kind: dict[tuple[int, str], int] = {}
    before = levels.standing.copy()
    more: dict[int, list[cp_model.LinearExpr]] = {}
    for goods in together:
        before -= goods.pieces() * goods.worth * levels.step
        for column, item in enumerate(goods.items):
            taken = []
            for row in np.flatnonzero(goods.bound[:, column]):
                number = model.new_int_var(0, min(item.quantity, int(goods.bound[row, column])), "")
                pieces.append((goods, int(row), column, number))
                taken.append(number)
                of_household.setdefault(int(row), []).append(number)
                of_kind.setdefault((int(row), item.stands_for), []).append(number)
                most_of_kind[int(row), item.stands_for] = int(goods.kind_whole[row, goods.kind_of[column]])
                more.setdefault(int(row), []).append(number * (goods.worth * int(levels.step[row])))
            model.add(sum(taken) <= item.quantity)
    for key, numbers in of_kind.items():
        model.add(sum(numbers) <= most_of_kind[key])
    for whose, numbers in of_household.items():
        model.add(sum(numbers) <= int(free[whose]) + sum(int(goods.has[whose].sum()) for goods in together))
    return pieces, [sum(more.get(row, []), int(before[row])) for row in range(len(before))]


def _put(pieces: Sequence[_Piece], found: dict[cp_model.IntVar, int], levels: Levels, free: Integers) -> None:
    for goods, row, column, number in pieces:
        change = found[number] - int(goods.has[row, column])
        goods.put(row, column, change)
        goods.left[column] -= change
        levels.add(row, change * goods.worth)
        free[row] -= change
