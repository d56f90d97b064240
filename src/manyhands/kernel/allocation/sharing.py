"""Sharing a shortage out, piece by piece, to whoever stands lowest."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np

from manyhands.kernel.allocation.best import make_best
from manyhands.kernel.allocation.chains import carry_out, chain_from, chain_to, reach
from manyhands.kernel.allocation.goods import Goods, Integers, sorts_of
from manyhands.kernel.allocation.levels import Levels
from manyhands.kernel.allocation.mixing import mix
from manyhands.kernel.allocation.problem import NO_END, Household, Problem
from manyhands.kernel.allocation.split import Bound, Circle, Given, Split


def share(problem: Problem, *, work: float = 1.5) -> Split:
    """Who gets what, by the rule; the same problem gives the same split, in whatever order its parts come.

    Objective: leximin over households of the pair (level, place), where

      level(h) = (Σ points had lately + Σ pieces × worth) ÷ (people or 1) ÷ (need or 1)
      place(h) = the order in which the rule lets ties be won, the draw last, so that no two are the same

    that is: of two splits the better is the one whose lowest pair is higher; if that is the same, whose second lowest
    is, and so on. Diets, what is avoided, rest and every bound are hard.

    What is guaranteed. Where all pieces of a level are worth the same, the split is exactly the best (`Split.exact`):
    the numbers of pieces households can have form a polymatroid, on which giving the next piece to the lowest who can
    have one, along augmenting paths, is optimal (Edmonds 1970; Federgruen and Groenevelt 1986, "The greedy procedure
    for resource allocation problems"). With kits and single things on one level the problem is NP-hard (it holds
    PARTITION); there the sorts are dealt from the worthiest down and then pieces are moved along chains as long as that
    lifts somebody who has less; what comes out leaves nothing that somebody could have, and no such move. Where such a
    problem is small (`best.SMALL`) the best split is then looked for and proven with CP-SAT, for about `work` seconds,
    counted in steps of the solver and not by a clock; 0 leaves that out.
    Kind by kind, a household's bound on all pieces together (`Household.most`) is used up in the order of the kinds.
    """
    households = sorted(problem.households, key=lambda h: h.id)
    sorts = sorts_of(problem)
    levels = {goods.level: Levels(problem, households, goods.level) for goods in sorts}
    free = np.array([NO_END if h.most is None else h.most for h in households], dtype=np.int64)
    by_level: dict[str, list[Goods]] = {}
    for goods in sorts:
        by_level.setdefault(goods.level, []).append(goods)
    exact = True
    for name, together in by_level.items():
        for goods in together:
            goods.leave_room_for(together)
            _deal(goods, levels[name], free)
            mix(goods, households)
        if len(together) > 1:
            _even_out(together, levels[name], free)
            exact &= make_best(together, levels[name], free, work)
    if len(by_level) > 1 and (free == 0).any():
        exact = False
    circles, bounds = _proof(by_level, households, free)
    given = [
        Given(households[row].id, goods.items[column].id, int(goods.has[row, column]))
        for goods in sorts
        for row, column in np.argwhere(goods.has > 0)
    ]
    left = {item.id: int(pieces) for goods in sorts for item, pieces in zip(goods.items, goods.left, strict=True)}
    return Split(
        tuple(sorted(given, key=lambda g: (g.household_id, g.item_id))),
        dict(sorted(left.items())),
        circles,
        bounds,
        exact,
    )


def _deal(goods: Goods, levels: Levels, free: Integers) -> None:
    """Piece by piece to the lowest who can have one; who can't have one now can't later either (polymatroid)."""
    users = (goods.bound > 0).sum(axis=0)
    # What few can use is given first where there is a choice: it spares chains later and changes no number of pieces.
    handy = np.argsort(np.lexsort((np.arange(len(goods.items)), users)))
    queue = [(levels.standing[row], row) for row in range(len(goods.bound)) if free[row] > 0]
    heapq.heapify(queue)
    while queue:
        _, row = queue[0]
        at_hand = np.flatnonzero(goods.open_to(row) & (goods.left > 0))
        if len(at_hand):
            item = int(at_hand[np.argmin(handy[at_hand])])
            goods.put(row, item)
            goods.left[item] -= 1
        else:
            found = reach(goods, row)
            if found.free < 0:
                heapq.heappop(queue)
                continue
            carry_out(goods, chain_to(goods, found, found.free))
        free[row] -= 1
        levels.add(row, goods.worth)
        if free[row] > 0:
            heapq.heapreplace(queue, (levels.standing[row], row))
        else:
            heapq.heappop(queue)


def _even_out(together: Sequence[Goods], levels: Levels, free: Integers) -> None:
    """Move pieces, one at a time, to who has less, until no move is left. Each raises the lowest of those it touches,
    so it ends.
    """
    moved = True
    while moved:
        moved = False
        for row in (int(each) for each in np.argsort(levels.standing)):
            for goods in together:
                while free[row] > 0 and _lift(goods, together, levels, free, row):
                    moved = True


def _lift(goods: Goods, together: Sequence[Goods], levels: Levels, free: Integers, row: int) -> bool:
    """One more piece of a sort for a household, from what is left or from the best-off who stays above it."""
    without = levels.after_losing(goods.worth)
    richer = (without > levels.standing[row]) & goods.has.any(axis=1)
    if not goods.left.any() and not richer.any():
        return False
    goods.leave_room_for(together)
    found = reach(goods, row)
    if found.free >= 0:
        carry_out(goods, chain_to(goods, found, found.free))
    else:
        givers = np.flatnonzero(found.households & richer)
        if not len(givers):
            return False
        giver = int(givers[np.argmax(without[givers])])
        carry_out(goods, chain_from(goods, found, giver))
        levels.add(giver, -goods.worth)
        free[giver] += 1
    levels.add(row, goods.worth)
    free[row] -= 1
    return True


def _proof(
    by_level: dict[str, list[Goods]],
    households: Sequence[Household],
    free: Integers,
) -> tuple[tuple[Circle, ...], tuple[Bound, ...]]:
    """For each household and sort of goods the circle it is bound by."""
    numbers: dict[Circle, int] = {}
    bounds = []
    for together in by_level.values():
        for goods in together:
            goods.leave_room_for(together)
            for row, household in enumerate(households):
                if free[row] <= 0:
                    bounds.append(Bound(household.id, goods.level, goods.worth, None))
                    continue
                found = reach(goods, row)
                inside = found.households
                inside[row] = True
                circle = Circle(
                    goods.level,
                    goods.worth,
                    frozenset(households[int(each)].id for each in np.flatnonzero(inside)),
                    frozenset(goods.items[int(each)].id for each in np.flatnonzero(found.items)),
                )
                bounds.append(Bound(household.id, goods.level, goods.worth, numbers.setdefault(circle, len(numbers))))
    return tuple(numbers), tuple(bounds)
