"""Matching everyone at once: exact, by minimum-cost flow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from manyhands.kernel.geo import StraightLines, Travel
from manyhands.kernel.matching.pairs import cost, free_then, ways, what_speaks_for, why_not
from manyhands.kernel.matching.problem import Ask, Helper, Problem
from manyhands.kernel.matching.reasons import Against, Fact, Reason
from manyhands.kernel.matching.suggesting import LeftOut, Suggestion

BLOCK = 2_000_000
"""How many pairs are looked at in one go, to keep memory small."""

CANDIDATES = 100
"""How many helpers are kept per ask where there are more pairs than `EVERY_PAIR`: the cheapest of them."""

EVERY_PAIR = 4_000_000

NO_LIMIT = 1 << 60

Truths = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Matching:
    """Who goes to whom, and who is left without anyone, with the reason."""

    pairs: tuple[Suggestion, ...] = ()
    unmatched: tuple[LeftOut, ...] = ()


def match_all(problem: Problem, travel: Travel | None = None) -> Matching:
    """Everyone at once: as much need met as can be, then at the least cost of all pairs together.

    Objective: most Σ need(ask) over the matched asks (`Problem.need`), then least Σ `pairs.cost`. Exact over all pairs
    up to four million of them; with more, over the hundred cheapest helpers of each ask. The answer does not depend on
    the order in which asks and helpers come.
    """
    travel = travel or StraightLines()
    asks = sorted(problem.asks, key=lambda a: a.id)
    helpers = sorted(problem.helpers, key=lambda h: h.id)
    pairs = list(_candidates(problem, asks, helpers, travel))
    chosen = _flow(problem, asks, helpers, pairs)
    matched = {asks[column].id for column, *_ in chosen}
    found = []
    for column, row, price, seconds, metres in chosen:
        said = what_speaks_for(problem, asks[column], helpers[row], seconds, metres)
        found.append(Suggestion(asks[column].id, helpers[row].id, price, said))
    could = Counter(column for column, *_ in pairs)
    example = {column: helpers[row].id for column, row, *_ in reversed(pairs)}
    unmatched = []
    for column, ask in enumerate(asks):
        if ask.id not in matched:
            if could[column]:
                facts: dict[str, Fact] = {"helpers": could[column], "helper": example[column]}
                unmatched.append(LeftOut(ask.id, None, Reason(Against.OTHERS_FIRST, facts)))
            else:
                unmatched.append(LeftOut(ask.id, None, _nobody(problem, ask, helpers, travel)))
    return Matching(tuple(found), tuple(unmatched))


_Pair = tuple[int, int, int, int | None, int | None]  # ask, helper, cost, seconds, metres


class _Helpers:
    """The helpers with open places as columns, and for each kind of wish which of them it allows, looked at once."""

    def __init__(self, problem: Problem, helpers: Sequence[Helper]) -> None:
        self.rows = [i for i, h in enumerate(helpers) if h.open_places > 0]
        self.open = [helpers[i] for i in self.rows]
        self.number = {h.id: i for i, h in enumerate(self.open)}
        nobody = Ask("")
        self.price = np.array([cost(problem, nobody, h, 0) for h in self.open], dtype=np.int64)
        self.unknown_way = np.array([cost(problem, nobody, h, None) for h in self.open], dtype=np.int64)
        self.reach = np.array([NO_LIMIT if h.max_metres is None else h.max_metres for h in self.open], dtype=np.int64)
        self._seen: dict[object, Truths] = {}
        self._blocked = _by_ask(problem.blocked)
        self._remembered = _by_ask(problem.remembered)

    def allowed(self, ask: Ask) -> Truths:
        """Who may take this ask, the way left aside."""
        may = self._once(("skills", ask.skills), lambda h: ask.skills <= h.skills)
        may = may & self._once(
            ("speaks", ask.languages), lambda h: not ask.languages or bool(ask.languages & h.languages)
        )
        if ask.windows:
            may = may & self._once(("free", ask.windows), lambda h: free_then(ask, h))
        if ask.only is not None:
            may = may & np.isin(np.arange(len(self.open)), self._numbers(ask.only))
        may[self._numbers(ask.never | self._blocked.get(ask.id, frozenset()))] = False
        return may

    def known_to(self, ask: Ask) -> list[int]:
        """The numbers of the helpers whom this ask remembers."""
        return self._numbers(self._remembered.get(ask.id, frozenset()))

    def _once(self, kind: object, holds: Callable[[Helper], bool]) -> Truths:
        if kind not in self._seen:
            self._seen[kind] = np.array([holds(h) for h in self.open], dtype=np.bool_)
        return self._seen[kind]

    def _numbers(self, ids: Iterable[str]) -> list[int]:
        return sorted(self.number[i] for i in ids if i in self.number)


def _by_ask(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for ask_id, helper_id in pairs:
        found.setdefault(ask_id, set()).add(helper_id)
    return {ask_id: frozenset(helpers) for ask_id, helpers in found.items()}


def _candidates(problem: Problem, asks: Sequence[Ask], helpers: Sequence[Helper], travel: Travel) -> Iterator[_Pair]:
    table = _Helpers(problem, helpers)
    if not table.open:
        return
    every = len(asks) * len(table.open) <= EVERY_PAIR
    known_discount = cost(Problem(remembered=frozenset({("", "")})), Ask(""), Helper(""), 0)
    step = max(1, BLOCK // len(table.open))
    for first in range(0, len(asks), step):
        some = asks[first : first + step]
        seconds, metres = ways(travel, table.open, some)
        for column, ask in enumerate(some):
            way, far = seconds[:, column], metres[:, column]
            price = np.where(way >= 0, way + table.price, table.unknown_way)
            price[table.known_to(ask)] += known_discount
            rows = np.flatnonzero(table.allowed(ask) & (far <= table.reach))
            if not every and len(rows) > CANDIDATES:
                rows = np.sort(rows[np.lexsort((rows, price[rows]))[:CANDIDATES]])
            for row in rows.tolist():
                there = int(way[row])
                known = there >= 0
                yield (
                    first + column,
                    table.rows[row],
                    int(price[row]),
                    there if known else None,
                    int(far[row]) if known else None,
                )


def _flow(problem: Problem, asks: Sequence[Ask], helpers: Sequence[Helper], pairs: Sequence[_Pair]) -> list[_Pair]:
    """The exact choice: every ask sends one unit to a helper or, at the price of its need, to nobody."""
    if not pairs:
        return []
    least = min(price for _, _, price, *_ in pairs)
    dearest = max(price for _, _, price, *_ in pairs) - least
    # So dear that no saving of way anywhere is worth one point of need.
    point = dearest * len(asks) + 1
    nobody = len(asks) + len(helpers)
    flow = min_cost_flow.SimpleMinCostFlow()
    heads = np.array([column for column, *_ in pairs], dtype=np.int32)
    tails = np.array([len(asks) + row for _, row, *_ in pairs], dtype=np.int32)
    prices = np.array([price - least for _, _, price, *_ in pairs], dtype=np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(heads, tails, np.ones(len(pairs), dtype=np.int64), prices)
    all_asks = np.arange(len(asks), dtype=np.int32)
    needs = np.array([problem.need[a.id] for a in asks], dtype=np.int64) * point
    flow.add_arcs_with_capacity_and_unit_cost(
        all_asks, np.full(len(asks), nobody, dtype=np.int32), np.ones(len(asks), dtype=np.int64), needs
    )
    rows = np.arange(len(helpers), dtype=np.int32) + len(asks)
    places = np.array([min(h.open_places, len(asks)) for h in helpers], dtype=np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(
        rows, np.full(len(helpers), nobody, dtype=np.int32), places, np.zeros(len(helpers), dtype=np.int64)
    )
    flow.set_nodes_supplies(all_asks, np.ones(len(asks), dtype=np.int64))
    flow.set_node_supply(nobody, -len(asks))
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise ArithmeticError(f"The matching could not be computed ({status}).")
    used = flow.flows(np.arange(len(pairs), dtype=np.int32))
    return [pair for pair, amount in zip(pairs, used, strict=True) if amount]


def _nobody(problem: Problem, ask: Ask, helpers: Sequence[Helper], travel: Travel) -> Reason:
    """Why nobody at all could take an ask: what rules out most of those who come nearest to fitting."""
    if not helpers:
        return Reason(Against.NO_HELPERS)
    _, metres = ways(travel, helpers, [ask])
    found = []
    for row, helper in enumerate(helpers):
        far = int(metres[row, 0]) if metres[row, 0] >= 0 else None
        if reason := why_not(problem, ask, helper, far):
            found.append(reason)
    kinds = Counter(reason.code for reason in found)
    # The rules are asked in a fixed order, so whoever fell at a later one came nearer to fitting.
    order = list(Against)
    furthest = max(kinds, key=lambda code: order.index(Against(code)))
    reason = next(r for r in found if r.code == furthest)
    return reason if len(kinds) == 1 else Reason(Against.NOBODY, {}, reason)
