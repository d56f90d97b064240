"""Chains of stand-ins: one household takes a piece from another, which takes something else in its place, and so on.

The goods and the households are a network with bounds, and a chain is a shortest augmenting path in it (breadth first,
all households of a step at once).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from manyhands.kernel.allocation.goods import Goods, Integers, Truths

Move = tuple[int, int, int]  # household, item it takes, item it gives back (-1: none)
NOT_REACHED = -1


@dataclass
class Reach:
    """Where a household's wish for one more piece can lead.

    `item_step` and `household_step` say after how many exchanges an item, or a household that would give one up, is
    reached (-1: not at all). `free`: an item that is still there and can be reached, or -1.
    """

    wisher: int
    item_step: Integers
    household_step: Integers
    pair_step: Integers
    free: int

    @property
    def items(self) -> Truths:
        """The items a piece of which would help, directly or along a chain."""
        return np.asarray(self.item_step >= 0)

    @property
    def households(self) -> Truths:
        """The households one of which would have to give up a piece."""
        return np.asarray(self.household_step >= 0)


def reach(goods: Goods, wisher: int, *, to_the_end: bool = False) -> Reach:
    """Look for something that is left, nearest first; `to_the_end` looks at everything that can be reached."""
    found = Reach(
        wisher,
        np.full(len(goods.items), NOT_REACHED, dtype=np.int64),
        np.full(len(goods.bound), NOT_REACHED, dtype=np.int64),
        np.full(goods.kind_bound.shape, NOT_REACHED, dtype=np.int64),
        NOT_REACHED,
    )
    new = goods.open_to(wisher)
    there = goods.left > 0
    step = 0
    while new.any():
        found.item_step[new] = step
        if found.free < 0 and (new & there).any():
            candidates = np.flatnonzero(new & there)
            found.free = int(candidates[np.argmax(goods.left[candidates])])
            if not to_the_end:
                break
        given = goods.holds & new
        rows = np.flatnonzero(given.any(axis=1))
        fresh = rows[found.household_step[rows] < 0]
        found.household_step[fresh] = step
        # A giver may take any other kind that has room, or another of the kind it gave from.
        takes = goods.open[fresh].any(axis=0)
        if len(goods.kinds) < len(goods.items):
            pairs = np.logical_or.reduceat(given[rows], goods.first_of, axis=1) & (found.pair_step[rows] < 0)
            some = pairs.any(axis=1)
            rows, pairs = rows[some], pairs[some]
            found.pair_step[rows] = np.where(pairs, step, found.pair_step[rows])
            takes |= (pairs[:, goods.kind_of] & goods.room[rows]).any(axis=0)
        new = takes & (found.item_step < 0)
        step += 1
    return found


def chain_to(goods: Goods, found: Reach, item: int) -> list[Move]:
    """Who takes what for what, so that the wisher gets one more and `item` (reached, and left) is used."""
    moves: list[Move] = []
    step = int(found.item_step[item])
    while step > 0:
        household, kind = _taker(goods, found, item, step - 1)
        given = np.flatnonzero((found.item_step == step - 1) & (goods.has[household] > 0))
        if kind is not None:
            given = given[goods.kind_of[given] == kind]
        moves.append((household, item, int(given[0])))
        item, step = int(given[0]), step - 1
    moves.append((found.wisher, item, NOT_REACHED))
    return moves


def chain_from(goods: Goods, found: Reach, giver: int) -> list[Move]:
    """Who takes what for what, so that the wisher gets one more and `giver` has one less."""
    held = np.flatnonzero(found.items & (goods.has[giver] > 0))
    item = int(held[np.argmin(found.item_step[held])])
    return [(giver, NOT_REACHED, item), *chain_to(goods, found, item)]


def carry_out(goods: Goods, moves: list[Move]) -> None:
    """Make the moves of a chain."""
    for household, taken, given in moves:
        if taken >= 0:
            goods.put(household, taken)
            goods.left[taken] -= 1
        if given >= 0:
            goods.put(household, given, -1)
            goods.left[given] += 1


def _taker(goods: Goods, found: Reach, item: int, step: int) -> tuple[int, int | None]:
    """A household reached at this step that can take the item, and the kind it has to give from (None: any)."""
    room = goods.has[:, item] < goods.bound[:, item]
    kind = int(goods.kind_of[item])
    free = goods.used[:, kind] < goods.kind_bound[:, kind]
    anything = np.flatnonzero(room & free & (found.household_step == step))
    if len(anything):
        return int(anything[0]), None
    return int(np.flatnonzero(room & (found.pair_step[:, kind] == step))[0]), kind
