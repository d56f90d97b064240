"""Hiding small numbers in tables, and enough others that sums and totals don't give a hidden one away.

A number from 1 to ``below`` − 1 could point at someone, so it is not shown. But "12 asks, 9 met, the rest not" shows it
all the same: whoever hides one number must hide more. Here a table is any numbers tied by sums, in one dimension or
several, also several tables that share totals. The promise: whoever adds and subtracts all that is shown, and knows
that nothing is counted below nought, still can't narrow a small number to fewer than ``below`` values. What is hidden
only for its sake, a nought or a large number, is no secret in itself.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Key: TypeAlias = Hashable
Floats: TypeAlias = NDArray[np.float64]
TINY = 1e-6


def _programs() -> Any:
    """What solves the programs here. Loaded when it is first needed: it makes up half of a start of the house."""
    from scipy import optimize

    return optimize


@dataclass(frozen=True)
class Table:
    """Counts by a key of the caller's, and which of them are the sum of which others: (total, parts) pairs.

    ``between`` are numbers nobody prints but anyone can subtract, such as those asked in the last quarter and not in
    the last month. They are never shown; the small ones among them are protected like any other.

    Raises ValueError where a sum does not add up, names an unknown key, or a count is below nought.
    """

    counts: Mapping[Any, int]
    sums: Sequence[tuple[Any, Sequence[Any]]] = ()
    between: frozenset[Any] = frozenset()

    def __post_init__(self) -> None:
        if any(count < 0 for count in self.counts.values()):
            raise ValueError("Nothing is counted below nought.")
        for total, parts in self.sums:
            unknown = [key for key in (total, *parts) if key not in self.counts]
            if unknown:
                raise ValueError(f"A sum names what is not counted: {unknown[0]}")
            if self.counts[total] != sum(self.counts[part] for part in parts):
                raise ValueError(f"The parts of {total} don't add up to it.")

    def small(self, *, below: int) -> set[Any]:
        """The numbers that could point at someone."""
        return {key for key, count in self.counts.items() if 0 < count < below}


@dataclass(frozen=True)
class Shown:
    """What may be shown: a count for every key, ``None`` where it is hidden or was never meant to be shown."""

    counts: Mapping[Any, int | None]

    @property
    def hidden(self) -> frozenset[Any]:
        return frozenset(key for key, count in self.counts.items() if count is None)

    def __getitem__(self, key: Key) -> int | None:
        return self.counts[key]


def hide(table: Table, *, below: int) -> Shown:
    """Hide what is small, and as little else as keeps it hidden; the same table is always hidden the same way.

    What is nought by the shape of the table alone, such as a sum of nothing, is no secret and stays shown.
    """
    noughts = _noughts(table)
    hidden = (table.small(below=below) | table.between) - noughts
    costs = {key: _cost(key, count, levels) for levels in [_levels(table)] for key, count in table.counts.items()}
    # A large number that hides a small one must itself have something to hide behind; a nought is not worth the chase.
    guarded = table.small(below=below)
    # Hiding more never narrows what a hidden number could be: who was found free stays free.
    free: set[Any] = set()
    while weak := _Audit(table, hidden, guarded, below, free).weak():
        left = {key: cost for key, cost in costs.items() if key not in hidden and key not in noughts}
        if not left:
            break
        added: set[Any] = set()
        for key in weak:
            # One companion may free several; whoever got one in this round is looked at again in the next.
            if (found := _companion(table, key, hidden, left, spared=added)) is not None:
                added.add(found)
        # All around the weak ones may be hidden already: what is shown farther away still pins them down.
        hidden |= added or {min(left, key=left.__getitem__)}
        guarded |= {key for key in added if table.counts[key]}
    return Shown({key: None if key in hidden else count for key, count in table.counts.items()})


def _levels(table: Table) -> dict[Key, int]:
    """How many floors of sums lie below each number: 0 for what is never a total."""
    levels: dict[Key, int] = dict.fromkeys(table.counts, 0)
    for _floor in range(len(table.sums)):
        risen = {total: 1 + max((levels[part] for part in parts), default=0) for total, parts in table.sums}
        if all(levels[key] >= level for key, level in risen.items()):
            break
        levels.update({key: max(level, levels[key]) for key, level in risen.items()})
    return levels


def _noughts(table: Table) -> set[Any]:
    """What is nought whatever is hidden, because it is a sum of nothing, or a part of such a sum."""
    noughts: set[Any] = set()
    while True:
        more = {total for total, parts in table.sums if noughts.issuperset(parts)}
        more |= {part for total, parts in table.sums if total in noughts | more for part in parts}
        if more <= noughts:
            return noughts
        noughts |= more


def _cost(key: Key, count: int, levels: Mapping[Any, int]) -> tuple[int, bool, int, str]:
    """How much is lost by hiding this one: totals are dear, noughts protect nobody, large numbers say more."""
    return levels[key], count == 0, count, str(key)


def _companion(table: Table, key: Any, hidden: set[Any], left: Mapping[Any, Any], *, spared: set[Any]) -> Any:
    """The cheapest number that can still be hidden in a sum with this one, out of the sum where it is most alone.

    ``left`` says what hiding each costs. ``None`` where nothing around it is left, or one of ``spared`` is near.
    """
    around = []
    for total, parts in table.sums:
        cells = [total, *parts]
        if key in cells:
            if not spared.isdisjoint(cells):
                return None
            if shown := [cell for cell in cells if cell in left]:
                around.append((len(hidden.intersection(cells)), shown))
    if not around:
        return None
    alone = min(count for count, _shown in around)
    return min((cell for count, shown in around if count == alone for cell in shown), key=left.__getitem__)


@dataclass
class _Audit:
    """Which of the guarded numbers can be told too nearly. One linear programme moves many of them at once."""

    table: Table
    hidden: set[Any]
    guarded: set[Any]
    below: int
    free: set[Any]
    low: dict[Any, float] = field(default_factory=dict)
    high: dict[Any, float] = field(default_factory=dict)

    def weak(self) -> list[Any]:
        """The guarded numbers that could take fewer than ``below`` values, in a stable order."""
        alone = self._alone()
        if weak := alone & self.guarded:
            return sorted(weak, key=str)
        # What anyone can subtract is as good as shown.
        keys = sorted(self.hidden - alone, key=str)
        if not keys:
            return []
        self.low = {key: float(self.table.counts[key]) for key in keys}
        self.high = dict(self.low)
        equations, right = _equations(self.table, keys)
        open_ones = [key for key in keys if key in self.guarded and key not in self.free]
        moving = True
        while open_ones and moving:
            for sign in (1.0, -1.0):
                self._move_together(keys, open_ones, equations, right, sign)
            left = [key for key in open_ones if not self._is_free(key)]
            moving = len(left) < len(open_ones)
            open_ones = left
        for key in open_ones:
            if not self._is_free(key):
                self._move_alone(keys, key, equations, right)
        return [key for key in open_ones if not self._is_free(key)]

    def _is_free(self, key: Key) -> bool:
        if self.high[key] - self.low[key] >= self.below - 1 - TINY:
            self.free.add(key)
        return key in self.free

    def _alone(self) -> set[Any]:
        """Numbers that are the only hidden one of a sum: anyone can subtract."""
        only = ([cell for cell in (total, *parts) if cell in self.hidden] for total, parts in self.table.sums)
        return {cells[0] for cells in only if len(cells) == 1}

    def _move_together(
        self, keys: list[Any], targets: list[Any], equations: Floats, right: Floats, sign: float
    ) -> None:
        """Move as many targets as possible as far up (or down) as is needed, all in one imagined table."""
        count, wanted = len(keys), [keys.index(key) for key in targets]
        cost = np.zeros(count + len(wanted))
        cost[count:] = -1.0
        rows = np.zeros((len(wanted), count + len(wanted)))
        limits = np.zeros(len(wanted))
        for row, place in enumerate(wanted):
            rows[row, count + row], rows[row, place] = 1.0, -sign
            limits[row] = -sign * self.table.counts[keys[place]]
        wide = np.hstack([equations, np.zeros((len(right), len(wanted)))])
        bounds = [(0.0, None)] * count + [(0.0, float(self.below - 1))] * len(wanted)
        self._note(
            keys,
            _programs().linprog(cost, A_ub=rows, b_ub=limits, A_eq=wide, b_eq=right, bounds=bounds, method="highs"),
        )

    def _move_alone(self, keys: list[Any], key: Key, equations: Floats, right: Floats) -> None:
        """As far as this one goes by itself, up and down."""
        place = keys.index(key)
        bounds: list[tuple[float, float | None]] = [(0.0, None)] * len(keys)
        bounds[place] = (0.0, float(self.table.counts[key] + self.below))
        for sign in (1.0, -1.0):
            cost = np.zeros(len(keys))
            cost[place] = -sign
            self._note(keys, _programs().linprog(cost, A_eq=equations, b_eq=right, bounds=bounds, method="highs"))

    def _note(self, keys: list[Any], answer: Any) -> None:
        if answer.status != 0:
            return
        for key, value in zip(keys, answer.x, strict=False):
            self.low[key] = min(self.low[key], float(value))
            self.high[key] = max(self.high[key], float(value))


def _equations(table: Table, keys: Sequence[Any]) -> tuple[Floats, Floats]:
    """What is known of the hidden numbers: one row for every sum in which one of them stands."""
    place = {key: index for index, key in enumerate(keys)}
    rows: list[Floats] = []
    right: list[float] = []
    for total, parts in table.sums:
        row, known = np.zeros(len(keys)), 0.0
        for key, sign in [(total, -1.0), *((part, 1.0) for part in parts)]:
            if key in place:
                row[place[key]] += sign
            else:
                known -= sign * table.counts[key]
        if row.any():
            rows.append(row)
            right.append(known)
    return np.array(rows).reshape(-1, len(keys)), np.array(right)


def check(table: Table, shown: Shown, *, below: int) -> list[str]:
    """Every broken promise, in words; empty where what is shown is safe and true.

    Looks at each small number by itself, in whole numbers, and so takes its time.
    """
    broken = [f"{key} is missing." for key in table.counts if key not in shown.counts]
    for key, count in shown.counts.items():
        if count is not None and count != table.counts.get(key):
            broken.append(f"{key} is shown as {count} and is {table.counts.get(key)}.")
        if count is not None and 0 < count < below:
            broken.append(f"{key} is shown as {count}, which is below {below}.")
    hidden = list(shown.hidden)
    for key in sorted(table.small(below=below).intersection(hidden), key=str):
        least, most = _range_of(table, hidden, key, below)
        if most - least < below - 1:
            broken.append(f"{key} is hidden, but can only be {least} to {most}.")
    return broken


def _range_of(table: Table, hidden: Sequence[Any], key: Key, below: int) -> tuple[int, int]:
    """The least and the most a hidden number can be, up to a little above what it is."""
    count = len(hidden)
    upper = np.full(count, np.inf)
    upper[hidden.index(key)] = table.counts[key] + below
    rows = list(_known_sums(table, hidden))
    programs = _programs()
    ties = programs.LinearConstraint(
        np.array([row for row, _ in rows]), [known for _, known in rows], [known for _, known in rows]
    )
    ends = []
    for sign in (1.0, -1.0):
        cost = np.array([sign if other == key else 0.0 for other in hidden])
        answer = programs.milp(
            cost, constraints=[ties] if rows else [], integrality=np.ones(count), bounds=programs.Bounds(0, upper)
        )
        ends.append(round(float(answer.x[hidden.index(key)])))
    return ends[0], ends[1]


def _known_sums(table: Table, hidden: Sequence[Any]) -> Iterable[tuple[list[float], float]]:
    for total, parts in table.sums:
        if not {total, *parts}.isdisjoint(hidden):
            row = [float(list(parts).count(other) - (other == total)) for other in hidden]
            shown_parts = sum(table.counts[part] for part in parts if part not in hidden)
            yield row, float((table.counts[total] if total not in hidden else 0) - shown_parts)
