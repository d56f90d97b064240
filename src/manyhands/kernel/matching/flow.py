"""The choice itself: minimum-cost flow over the pairs, and the prices that prove it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from manyhands.kernel.geo import Integers

NOBODY = -1
MUCH = 1000


@dataclass(frozen=True, slots=True)
class Arcs:
    """Pairs that may be chosen: the ask's number, the helper's, and the cost."""

    asks: Integers
    helpers: Integers
    costs: Integers


@dataclass(frozen=True, slots=True)
class Prices:
    """What a place of each helper is worth, and what each ask pays for theirs, or for having nobody.

    They prove a choice (complementary slackness of the linear programme): no pair costs less than its ask pays, a
    helper with room is free of charge, and nobody pays more than being left out costs.
    """

    helpers: Integers
    asks: Integers


def choose(arcs: Arcs, places: Integers, dear: Integers) -> Integers:
    """For each ask the number of its arc, or `NOBODY`: the choice of the least cost, where `dear` is what none costs.

    `places`: how many each helper can take. Raises ArithmeticError where the engine fails, which it never should.
    """
    return _flow(arcs, np.arange(len(arcs.asks)), arcs.costs, places, dear, np.zeros(len(places), dtype=np.int64))


def choose_again(arcs: Arcs, places: Integers, dear: Integers, guess: Prices) -> Integers | None:
    """The same from prices that were right a moment ago: several times faster. None where they are of no use.

    Costs are told as what a pair costs above the guess, and whatever is more than `MUCH` above it is left aside or
    taken for `MUCH`: small numbers make the engine fast. Whether the choice is the best is for `prices` to say.
    """
    above = arcs.costs + guess.helpers[arcs.helpers] - guess.asks[arcs.asks]
    if not len(above) or int(above.min()) < -MUCH:
        return None
    kept = np.flatnonzero(above <= MUCH)
    return _flow(arcs, kept, above[kept], places, np.minimum(dear - guess.asks, MUCH), np.minimum(guess.helpers, MUCH))


def _flow(arcs: Arcs, which: Integers, costs: Integers, places: Integers, dear: Integers, empty: Integers) -> Integers:
    """The choice among `which` arcs at these `costs`; a place of a helper left empty costs `empty`."""
    count, helpers = len(dear), len(places)
    chosen = np.full(count, NOBODY, dtype=np.int64)
    if not len(which):
        return chosen
    nobody = count + helpers
    flow = min_cost_flow.SimpleMinCostFlow()
    # Every ask takes exactly one way, so all ways may cost as much more: then none costs less than nothing.
    least = min(0, int(costs.min()))
    flow.add_arcs_with_capacity_and_unit_cost(
        arcs.asks[which].astype(np.int32),
        (arcs.helpers[which] + count).astype(np.int32),
        np.ones(len(which), dtype=np.int64),
        costs - least,
    )
    everyone = np.arange(count, dtype=np.int32)
    flow.add_arcs_with_capacity_and_unit_cost(
        everyone, np.full(count, nobody, dtype=np.int32), np.ones(count, dtype=np.int64), dear - least
    )
    rows = np.arange(helpers, dtype=np.int32) + count
    wanted = empty > 0
    for some, tails, heads, price in (
        (~wanted, rows, np.full(helpers, nobody, dtype=np.int32), np.zeros(helpers, dtype=np.int64)),
        (wanted, np.full(helpers, nobody, dtype=np.int32), rows, empty),
    ):
        flow.add_arcs_with_capacity_and_unit_cost(tails[some], heads[some], places[some], price[some])
    flow.set_nodes_supplies(everyone, np.ones(count, dtype=np.int64))
    flow.set_nodes_supplies(rows[wanted], -places[wanted])
    flow.set_node_supply(nobody, int(places[wanted].sum()) - count)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise ArithmeticError(f"The matching could not be computed ({status}).")
    used = which[np.flatnonzero(flow.flows(np.arange(len(which), dtype=np.int32)))]
    chosen[arcs.asks[used]] = used
    return chosen


def prices(arcs: Arcs, places: Integers, dear: Integers, chosen: Integers) -> Prices | None:
    """The least prices that prove the choice to be of least cost among these arcs; None where it is not.

    A helper's price must be at least what the ask with the most to gain from them would gain. The least such prices are
    found by raising them from nothing; they exist, with a helper who has room free of charge and nobody paying more
    than `dear`, exactly if the choice is the best.
    """
    charge = np.zeros(len(places), dtype=np.int64)
    has_one = chosen >= 0
    own_helper = np.where(has_one, arcs.helpers[chosen] if len(arcs.helpers) else 0, 0)
    own_cost = np.where(has_one, arcs.costs[chosen] if len(arcs.costs) else 0, dear)
    taken = np.bincount(own_helper[has_one], minlength=len(places))
    has_room = taken < places
    by_ask = _Grouped(arcs.asks, len(dear))
    changed = np.arange(len(dear))
    # A way along which prices are handed on meets no helper twice, unless there is a better choice.
    for _ in range(len(places) + 2):
        pays = own_cost[changed] + np.where(has_one[changed], charge[own_helper[changed]], 0)
        if (pays > dear[changed]).any():
            return None
        which, whose = by_ask.of(changed)
        wanted = pays[whose] - arcs.costs[which]
        heads = arcs.helpers[which]
        worth = wanted > charge[heads]
        heads, wanted = heads[worth], wanted[worth]
        if not len(heads):
            return Prices(charge, own_cost + np.where(has_one, charge[own_helper], 0))
        before = charge.copy()
        np.maximum.at(charge, heads, wanted)
        risen = charge > before
        if (risen & has_room).any():
            return None
        changed = np.flatnonzero(has_one & risen[own_helper])
    return None


class _Grouped:
    """The arcs of each ask, found at once."""

    def __init__(self, asks: Integers, count: int) -> None:
        self._order: NDArray[np.int64] = np.argsort(asks, kind="stable")
        self._start = np.searchsorted(asks[self._order], np.arange(count + 1))

    def of(self, some: Integers) -> tuple[Integers, Integers]:
        """The arcs of some asks, and for each arc which of the asks it is of."""
        lengths = self._start[some + 1] - self._start[some]
        whose = np.repeat(np.arange(len(some)), lengths)
        within = np.arange(len(whose)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return self._order[np.repeat(self._start[some], lengths) + within], whose
