"""Which pairs are worth weighing: neighbours found through a tree in space, and every pair that prices call for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from manyhands.kernel.geo import EARTH_RADIUS_METRES, Integers
from manyhands.kernel.matching.flow import Arcs, Prices
from manyhands.kernel.matching.pairs import UNKNOWN_WAY
from manyhands.kernel.matching.table import Numbers, Table, Truths

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

NEAREST, CHEAPEST = 4, 6
ENOUGH = 3
"""An ask with fewer helpers than these among its neighbours is looked at further off, up to everyone."""

LEVELS = 6
CALLED = 4
"""How many helpers of each level of price are added for an ask that would pay less with them."""

CHUNK = 2_000_000
"""How many pairs are in memory at once."""


class Search:
    """Finds pairs in a table. What is found holds to every rule."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._members = [np.flatnonzero(table.kind == kind) for kind in range(len(table.kinds))]

    def every_pair(self) -> Arcs:
        """All pairs there are."""
        return self._joined(self._all_of(asks, kind) for kind, asks in enumerate(self._members))

    def first(self) -> Arcs:
        """A few pairs for each ask: the nearest helpers, those that cost least, the ones someone named; and for asks
        without enough of them as many more as it takes.
        """
        return self._joined(self._first())

    def _first(self) -> Iterator[Arcs]:
        table = self.table
        for kind, members in enumerate(self._members):
            rows = table.fitting(kind)
            if not len(rows):
                continue
            yield self._named(members)
            asks = members[~table.is_choosy[members]]
            if len(asks) * len(rows) <= CHUNK // 20 or len(rows) <= 2 * (NEAREST + CHEAPEST):
                yield self._all_of(asks, kind)
                continue
            found = [self._scattered(asks, rows)]
            placed, standing = asks[table.ask_placed[asks]], rows[table.helper_placed[rows]]
            if len(placed) and len(standing):
                flat = _tree(self._metres(table.helper_at[standing]))
                found.append(self._near(placed, standing, flat, NEAREST))
                if np.ptp(table.base[standing]):
                    found.append(self._cheap(placed, standing))
            arcs = _distinct(found, len(table.helpers))
            yield arcs
            if len(placed) and len(standing):
                many = np.bincount(arcs.asks, minlength=len(table.asks))
                yield from self._further(placed[many[placed] < ENOUGH], standing, flat)

    def _near(self, asks: Integers, rows: Integers, tree: cKDTree, count: int) -> Arcs:
        count = min(count, len(rows))
        found = []
        for part in np.array_split(asks, max(1, len(asks) * count // CHUNK)):
            _, near = tree.query(self._metres(self.table.ask_at[part]), k=[*range(1, count + 1)])
            found.append(self._priced(np.repeat(part, count), rows[near.reshape(-1)]))
        return _together(found)

    def _cheap(self, asks: Integers, rows: Integers) -> Arcs:
        """Neighbours where what a helper costs before the way counts as a fourth direction."""
        table = self.table
        pace = float((table.detour[rows] / table.speed[rows]).min())
        lifted = np.c_[self._metres(table.helper_at[rows]) * pace, table.base[rows] - table.base[rows].min()]
        tree = _tree(lifted)
        count = min(CHEAPEST, len(rows))
        found = []
        for part in np.array_split(asks, max(1, len(asks) * count // CHUNK)):
            from_here = np.c_[self._metres(table.ask_at[part]) * pace, np.zeros(len(part))]
            _, near = tree.query(from_here, k=[*range(1, count + 1)])
            found.append(self._priced(np.repeat(part, count), rows[near.reshape(-1)]))
        return _together(found)

    def _further(self, asks: Integers, rows: Integers, tree: cKDTree) -> Iterator[Arcs]:
        """More and more neighbours for asks that have too few, until they have enough or there are no more."""
        table, count = self.table, 4 * NEAREST
        # What lies further than anyone here goes need not be looked at.
        most = float(table.reach[rows].max())
        while len(asks):
            count = min(count, len(rows))
            short = []
            for part in np.array_split(asks, max(1, len(asks) * count // CHUNK)):
                far, near = tree.query(self._metres(table.ask_at[part]), k=[*range(1, count + 1)])
                arcs = self._priced(np.repeat(part, count), rows[near.reshape(-1)])
                yield arcs
                enough = np.bincount(arcs.asks, minlength=len(table.asks))[part] >= ENOUGH
                short.append(part[~enough & (far[:, -1] - 1 <= most)])
            asks = np.concatenate(short)
            if count == len(rows):
                return
            count *= 4

    def _scattered(self, asks: Integers, rows: Integers) -> Arcs:
        """Pairs of which one has no place on the map: each is offered a few of the cheapest, and some in turn."""
        table, count = self.table, NEAREST
        by_cost = rows[np.argsort(table.base[rows], kind="stable")]
        unplaced = by_cost[~table.helper_placed[by_cost]]
        pairs = []
        for some, cheapest in ((asks[~table.ask_placed[asks]], by_cost), (asks[table.ask_placed[asks]], unplaced)):
            if len(some) and len(cheapest):
                first = np.arange(min(2, len(cheapest)))
                turn = np.arange(min(count, len(cheapest)))
                ranks = np.concatenate(
                    [np.tile(first, (len(some), 1)), (np.arange(len(some))[:, None] + turn) % len(cheapest)], axis=1
                )
                pairs.append(self._priced(np.repeat(some, ranks.shape[1]), cheapest[ranks.reshape(-1)]))
        return _distinct(pairs, len(table.helpers))

    def _named(self, asks: Integers) -> Arcs:
        """The pairs that know one another, stood before or were chosen: no tree knows what these cost."""
        table = self.table
        codes = np.unique(np.concatenate([table.remembered, table.former, table.chosen]))
        helpers = max(1, len(table.helpers))
        codes = codes[np.isin(codes // helpers, asks)]
        pairs = codes // helpers, codes % helpers
        kind = int(table.kind[asks[0]])
        fits = np.isin(pairs[1], table.fitting(kind))
        return self._priced(pairs[0][fits], pairs[1][fits])

    def _all_of(self, asks: Integers, kind: int) -> Arcs:
        rows = self.table.fitting(kind)
        step = max(1, CHUNK // max(1, len(rows)))
        return _together(
            [
                self._priced(np.repeat(some, len(rows)), np.tile(rows, len(some)))
                for some in (asks[first : first + step] for first in range(0, len(asks), step))
            ]
        )

    def called_for(self, prices: Prices) -> tuple[Arcs, bool]:
        """Pairs that cost less than their ask pays now, and whether that is all: with none left the choice is the best
        of all pairs there are, not only of those that were weighed.

        Helpers stand in levels of cost before the way and price together; within a level the nearest come first, and
        beyond those looked at none can be worth it once the way alone makes up the difference.
        """
        found: list[Arcs] = []
        whole = True
        for kind, members in enumerate(self._members):
            rows = self.table.fitting(kind)
            asks = members[~self.table.is_choosy[members]]
            if not len(rows) or not len(asks):
                continue
            before = self.table.base[rows] + prices.helpers[rows]
            order = np.argsort(before, kind="stable")
            for some in np.array_split(order, min(LEVELS, len(order))):
                arcs, none_beyond = self._level(asks, rows[some], int(before[some].min()), prices)
                found.append(arcs)
                whole = whole and none_beyond
        return _distinct(found, len(self.table.helpers)), whole

    def _level(self, asks: Integers, rows: Integers, least: int, prices: Prices) -> tuple[Arcs, bool]:
        table, found, whole = self.table, [], True
        asks = asks[prices.asks[asks] > least]
        placed, standing = asks[table.ask_placed[asks]], rows[table.helper_placed[rows]]
        for all_of_them, others in ((asks[~table.ask_placed[asks]], rows), (placed, rows[~table.helper_placed[rows]])):
            some = all_of_them[prices.asks[all_of_them] > least + UNKNOWN_WAY]
            if len(some) and len(others):
                arcs, complete = self._called_without_a_way(some, others, prices)
                found.append(arcs)
                whole = whole and complete
        if not len(placed) or not len(standing):
            return _together(found), whole
        tree = _tree(self._metres(table.helper_at[standing]))
        pace = float((table.detour[standing] / table.speed[standing]).min())
        most, count = float(table.reach[standing].max()), CALLED
        while len(placed):
            count = min(count, len(standing))
            open_still = []
            for part in np.array_split(placed, max(1, len(placed) * count // CHUNK)):
                far, near = tree.query(self._metres(table.ask_at[part]), k=[*range(1, count + 1)])
                arcs = self._worth_it(np.repeat(part, count), standing[near.reshape(-1)], prices)
                found.append(arcs)
                far = far[:, -1]
                more = (least + far * pace - 2 < prices.asks[part]) & (far - 1 <= most)
                has_some = np.bincount(arcs.asks, minlength=len(table.asks))[part] > 0
                whole = whole and (count == len(standing) or not bool((more & has_some).any()))
                open_still.append(part[more & ~has_some])
            if count == len(standing):
                break
            placed = np.concatenate(open_still)
            count *= 4
        return _together(found), whole

    def _called_without_a_way(self, asks: Integers, rows: Integers, prices: Prices) -> tuple[Arcs, bool]:
        """As no way tells these apart, some are asked in turn besides the cheapest, so that not all ask the same."""
        before = self.table.base[rows] + prices.helpers[rows]
        order = np.argsort(before, kind="stable")
        turn = (np.arange(len(asks))[:, None] + np.arange(CALLED)) % len(order)
        found = [self._worth_it(np.repeat(asks, CALLED), rows[order[turn.reshape(-1)]], prices)]
        count, whole = CALLED, True
        while len(asks):
            count = min(count, len(order))
            open_still = []
            for part in np.array_split(asks, max(1, len(asks) * count // CHUNK)):
                arcs = self._worth_it(np.repeat(part, count), np.tile(rows[order[:count]], len(part)), prices)
                found.append(arcs)
                more = before[order[count - 1]] + UNKNOWN_WAY < prices.asks[part]
                has_some = np.bincount(arcs.asks, minlength=len(self.table.asks))[part] > 0
                whole = whole and (count == len(order) or not bool((more & has_some).any()))
                open_still.append(part[more & ~has_some])
            if count == len(order):
                break
            asks = np.concatenate(open_still)
            count *= 4
        return _together(found), whole

    def _worth_it(self, asks: Integers, helpers: Integers, prices: Prices) -> Arcs:
        arcs = self._priced(asks, helpers)
        worth = arcs.costs + prices.helpers[arcs.helpers] < prices.asks[arcs.asks]
        return _picked(arcs, worth)

    def _priced(self, asks: Integers, helpers: Integers) -> Arcs:
        may = self.table.rules_allow(asks, helpers)
        asks, helpers = asks[may], helpers[may]
        costs, _, metres = self.table.price(asks, helpers)
        return _picked(Arcs(asks, helpers, costs), metres <= self.table.reach[helpers])

    def _joined(self, parts: Iterator[Arcs]) -> Arcs:
        return _distinct(list(parts), len(self.table.helpers))

    @staticmethod
    def _metres(at: Numbers) -> Numbers:
        """Vectors as metres: the straight line through the earth is never longer than the way over the ground."""
        return at * EARTH_RADIUS_METRES


def _tree(points: Numbers) -> cKDTree:
    # Loading it takes longer than a suggestion for one ask, which needs none.
    from scipy.spatial import cKDTree

    return cKDTree(points)


def _picked(arcs: Arcs, which: Truths) -> Arcs:
    return Arcs(arcs.asks[which], arcs.helpers[which], arcs.costs[which])


def _together(parts: list[Arcs]) -> Arcs:
    none = [np.zeros(0, dtype=np.int64)]
    return Arcs(
        np.concatenate([p.asks for p in parts] or none),
        np.concatenate([p.helpers for p in parts] or none),
        np.concatenate([p.costs for p in parts] or none),
    )


def _distinct(parts: list[Arcs], helpers: int) -> Arcs:
    """Every pair once, in the order of asks and helpers."""
    arcs = _together(parts)
    _, once = np.unique(arcs.asks * max(1, helpers) + arcs.helpers, return_index=True)
    return Arcs(arcs.asks[once], arcs.helpers[once], arcs.costs[once])


def united(some: Arcs, more: Arcs, helpers: int) -> Arcs:
    """Both together, every pair once."""
    return _distinct([some, more], helpers)
