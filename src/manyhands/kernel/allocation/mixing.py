"""What exactly each household gets once it is settled how many pieces: an even mix, of what spoils first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from ortools.graph.python import min_cost_flow

from manyhands.kernel.allocation.goods import Goods, Integers
from manyhands.kernel.allocation.problem import Household

SEGMENTS = 6
EVEN, NOT_LIKED, KEEPS_A_DAY, KEEPS_LONG = 1000, 3000, 100, 30


def mix(goods: Goods, households: Sequence[Household]) -> None:
    """Share the same numbers of pieces out again at the least cost, exactly, by minimum-cost flow.

    cost = Σ over household and item, for its first, second, ... piece, of 1000 × (1, 3, 5, 7, 9, 11, 11, ...) ÷ people
         + 3000 per piece of a kind of which the household likes another item better
         + 100 per piece and day the item still keeps, 30 at most
    """
    wanted = goods.pieces()
    if not wanted.any():
        return
    rows, columns = np.nonzero((goods.bound > 0) & (wanted > 0)[:, None])
    most = np.minimum(
        np.minimum(goods.bound[rows, columns], wanted[rows]), goods.kind_bound[rows, goods.kind_of[columns]]
    )
    items, kinds = len(goods.items), len(goods.kinds)
    item_node = np.arange(items) + 1
    pair_node = 1 + items + rows * kinds + goods.kind_of[columns]
    household_node = 1 + items + len(households) * kinds + np.arange(len(households))
    flow = min_cost_flow.SimpleMinCostFlow()
    stock = goods.left + goods.has.sum(axis=0)
    flow.add_arcs_with_capacity_and_unit_cost(np.zeros(items, dtype=np.int64), item_node, stock, _keeping(goods))
    people = np.array([h.people for h in households], dtype=np.int64)[rows]
    liking = _liking(goods, households)[rows, columns]
    arcs = []
    for segment in range(SEGMENTS):
        last = segment == SEGMENTS - 1
        here = np.flatnonzero(most > segment)
        wide = most[here] - segment if last else np.ones(len(here), dtype=np.int64)
        price = EVEN * (2 * segment + 1) // people[here] + liking[here]
        arcs.append(
            (here, flow.add_arcs_with_capacity_and_unit_cost(item_node[columns[here]], pair_node[here], wide, price))
        )
    pairs, first = np.unique(pair_node, return_index=True)
    flow.add_arcs_with_capacity_and_unit_cost(
        pairs,
        household_node[rows[first]],
        goods.kind_bound[rows[first], goods.kind_of[columns[first]]],
        np.zeros(len(pairs), dtype=np.int64),
    )
    flow.set_nodes_supplies(household_node, -wanted)
    flow.set_node_supply(0, int(wanted.sum()))
    if flow.solve() != flow.OPTIMAL:
        return  # what was dealt stands: it keeps every promise, only the mix is not the best
    goods.has[:] = 0
    for here, numbers in arcs:
        np.add.at(goods.has, (rows[here], columns[here]), flow.flows(numbers))
    goods.left = stock - goods.has.sum(axis=0)
    goods.look_again()


def _keeping(goods: Goods) -> Integers:
    days = [KEEPS_LONG if i.keeps is None else max(0, min(i.keeps, KEEPS_LONG)) for i in goods.items]
    return np.array(days, dtype=np.int64) * KEEPS_A_DAY


def _liking(goods: Goods, households: Sequence[Household]) -> Integers:
    price = np.zeros(goods.bound.shape, dtype=np.int64)
    for row, household in enumerate(households):
        if household.likes:
            liked = {item.stands_for for item in goods.items if item.id in household.likes}
            for column, item in enumerate(goods.items):
                if item.stands_for in liked and item.id not in household.likes:
                    price[row, column] = NOT_LIKED
    return price
