"""Goods of one sort on the table: what is left, who has what, and who may still have more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from manyhands.kernel.allocation.problem import Item, Problem
from manyhands.kernel.allocation.room import bound_of_item, bound_of_kind
from manyhands.kernel.allocation.rules import Level

Integers = NDArray[np.int64]
Truths = NDArray[np.bool_]


@dataclass
class Goods:
    """Items of one level whose pieces are worth the same: a piece of one is as good as a piece of another.

    Rows are households in the order of their ids, columns kinds by name, or items by kind and id. `bound` (households,
    items) and `kind_bound` (households, kinds) are the most pieces; `has` (households, items) what they have now;
    `left` (items) what is still there. `kind_whole` is the bound of a kind before other sorts of it were given.
    """

    level: str
    worth: int
    items: tuple[Item, ...]
    kinds: tuple[str, ...]
    bound: Integers
    kind_bound: Integers
    kind_of: Integers
    has: Integers = field(init=False)
    left: Integers = field(init=False)
    used: Integers = field(init=False)
    first_of: Integers = field(init=False)
    room: Truths = field(init=False)
    open: Truths = field(init=False)
    holds: Truths = field(init=False)
    kind_whole: Integers = field(init=False)

    def __post_init__(self) -> None:
        self.has = np.zeros_like(self.bound)
        self.kind_whole = self.kind_bound.copy()
        self.used = np.zeros_like(self.kind_bound)
        self.left = np.array([item.quantity for item in self.items], dtype=np.int64)
        self.first_of = np.searchsorted(self.kind_of, np.arange(len(self.kinds)))
        self.look_again()

    def look_again(self) -> None:
        """Note afresh who has what and who may have more.

        `room`: may have one more of an item, its kind left aside; `open`: its kind looked at too; `holds`: has some.
        """
        self.used = np.add.reduceat(self.has, self.first_of, axis=1)
        self.room = self.has < self.bound
        self.open = self.room & (self.used < self.kind_bound)[:, self.kind_of]
        self.holds = self.has > 0

    def open_to(self, household: int) -> Truths:
        """The items a household may have one more of."""
        return np.array(self.open[household])

    def put(self, household: int, item: int, pieces: int = 1) -> None:
        """Give pieces to a household, or take them back where below zero; `left` is the caller's."""
        self.has[household, item] += pieces
        self.used[household, self.kind_of[item]] += pieces
        self.room[household, item] = self.has[household, item] < self.bound[household, item]
        self.holds[household, item] = self.has[household, item] > 0
        kinds = self.used[household] < self.kind_bound[household]
        self.open[household] = self.room[household] & kinds[self.kind_of]

    def leave_room_for(self, others: Iterable[Goods]) -> None:
        """Bound kinds by what other sorts of the same kind leave of them."""
        changed = False
        for column, kind in enumerate(self.kinds):
            taken = [g.used[:, g.kinds.index(kind)] for g in others if g is not self and kind in g.kinds]
            if taken:
                self.kind_bound[:, column] = self.kind_whole[:, column] - sum(taken)
                changed = True
        if changed:
            self.look_again()

    def pieces(self) -> Integers:
        """How many pieces each household has."""
        return np.asarray(self.has.sum(axis=1, dtype=np.int64))


def sorts_of(problem: Problem) -> list[Goods]:
    """The goods sorted by level and worth: levels by name, within one the pieces that are worth most first."""
    households = sorted(problem.households, key=lambda h: h.id)
    found: dict[tuple[str, int], list[Item]] = {}
    for item in sorted(problem.items, key=lambda i: (i.stands_for, i.id)):
        level = item.stands_for if problem.rule.level is Level.KIND_BY_KIND else ""
        found.setdefault((level, -item.worth), []).append(item)
    sorts = []
    for (level, minus_worth), items in sorted(found.items(), key=lambda each: each[0]):
        kinds = sorted({item.stands_for for item in items})
        sorts.append(
            Goods(
                level,
                -minus_worth,
                tuple(items),
                tuple(kinds),
                bound=_table([[bound_of_item(h, i) for i in items] for h in households], len(items)),
                kind_bound=_table([[bound_of_kind(h, k) for k in kinds] for h in households], len(kinds)),
                kind_of=np.array([kinds.index(i.stands_for) for i in items], dtype=np.int64),
            )
        )
    return sorts


def _table(rows: Sequence[Sequence[int]], columns: int) -> Integers:
    return np.array(rows, dtype=np.int64).reshape(len(rows), columns)
