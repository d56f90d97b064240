"""Pooling, exactly: a linear program over the few ways that can matter, and a look at all the others."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from manyhands.kernel.pooling.plan import Plan, Transfer
from manyhands.kernel.pooling.prices import guess
from manyhands.kernel.pooling.problem import Problem
from manyhands.kernel.pooling.ways import Floats, Integers, Ways, ways_of

FEW = 20_000
"""Up to so many ways the whole program is solved at once."""

NEAR, FAR, WITH = 0.005, 0.01, 0.002
"""How far a way may be from paying its prices, in shares of the largest gain: to be in the first program, to stay in
the second, to come in with those that would gain. They change how long it takes and nothing else.
"""

NEAREST, COVERED = 1, 3
"""How many ways of a pair, and of each lot and want, are in the first program."""

AS_GOOD, NOTHING = 1e-9, 1e-7


def pool(problem: Problem, *, whole: bool = False) -> Plan:
    """Who gives what to whom: the exact optimum, with a proof; the same problem gives the same plan.

    Objective: most Σ amount × (worth of the want − points_per_km × km × space of the lot), over all amounts ≥ 0 of a
    lot sent to a want of its kind in a van (of either end) on a day that both suit, where

      Σ over the ways of a lot ≤ its quantity          Σ over the ways of a want ≤ its quantity
      Σ space × amount over the ways of a van on a day ≤ its capacity

    What is at a network already needs no van. It is a linear program in which goods of different kinds meet only in the
    space of vans. It is solved by its structure: prices are guessed for all kinds at once (`prices.guess`), the ways
    that about pay their prices go into a program (HiGHS, interior point with crossover), its prices judge all other
    ways, and those that would gain go in, until there is none (column generation; Dantzig and Wolfe 1960). What comes
    out is the optimum of the whole program, and its prices are the proof. `whole` solves it as one program instead.
    """
    ways = ways_of(problem)
    if not len(ways.lot):
        return _plan(ways, np.zeros(0), _Prices(*(np.zeros(len(x)) for x in (ways.lots, ways.wants, ways.room))))
    if whole or len(ways.lot) <= FEW:
        amounts, prices = _solved(ways, np.arange(len(ways.lot)))
        return _plan(ways, amounts, prices)
    first = ways.over(*guess(ways))
    pair = np.unique(ways.lot * len(ways.wants) + ways.want, return_inverse=True)[1]
    near = np.flatnonzero(first > -NEAR * ways.gain.max())
    chosen = np.unique(
        np.concatenate(
            [_best_of(first, near, pair, NEAREST)]
            + [_best_of(first, np.arange(len(first)), group, COVERED) for group in (ways.lot, ways.want)]
        )
    )
    for rounds in itertools.count(1):
        some, prices = _solved(ways, chosen)
        beyond = ways.over(prices.lot, prices.want, prices.room)
        # Worths may be in any unit: what rounding alone makes of the largest is nothing gained.
        if not (beyond > AS_GOOD * max(1.0, ways.gain.max())).any():
            break
        fresh = _best_of(beyond, np.flatnonzero(beyond > -WITH * ways.gain.max()), pair, NEAREST)
        if rounds == 1:  # prices are near the last ones now: what is far from paying them can go
            chosen = chosen[beyond[chosen] > -FAR * ways.gain.max()]
        chosen = np.union1d(chosen, fresh)
    amounts = np.zeros(len(ways.lot))
    amounts[chosen] = some
    return _plan(ways, amounts, prices)


@dataclass
class _Prices:
    lot: Floats
    want: Floats
    room: Floats


def _best_of(over: Floats, among: Integers, group: Integers, most: int) -> Integers:
    """Of each group the ways that gain most beyond their prices, so many at most."""
    order = among[np.lexsort((among, -over[among], group[among]))]
    groups = group[order]
    place = np.arange(len(order))
    begins = np.ones(len(order), dtype=bool)
    begins[1:] = groups[1:] != groups[:-1]
    return np.asarray(order[place - np.maximum.accumulate(np.where(begins, place, 0)) < most])


def _solved(ways: Ways, chosen: Integers) -> tuple[Floats, _Prices]:
    """The program over some ways: amounts, and the prices per lot, want and room."""
    lots, wants, rooms, columns = len(ways.lots), len(ways.wants), len(ways.room), len(chosen)
    trip = ways.trip[chosen]
    in_van = np.flatnonzero(trip >= 0)
    rows = np.concatenate([ways.lot[chosen], lots + ways.want[chosen], lots + wants + trip[in_van]])
    places = np.concatenate([np.arange(columns), np.arange(columns), in_van])
    values = np.concatenate([np.ones(2 * columns), ways.space[chosen][in_van]])
    matrix = sparse.csc_matrix((values, (rows, places)), shape=(lots + wants + rooms, columns))
    there = np.concatenate([ways.have, ways.wanted, ways.room])
    used = np.flatnonzero(np.diff(matrix.tocsr().indptr))
    for method in ("highs-ipm", "highs-ds"):  # where numbers are hard on the one, the other takes its time
        answer = linprog(-ways.gain[chosen], A_ub=matrix[used], b_ub=there[used], method=method)
        if answer.status == 0:
            break
    else:
        raise RuntimeError(f"HiGHS found no answer: {answer.message}")
    prices = np.zeros(len(there))
    prices[used] = np.maximum(0.0, -answer.ineqlin.marginals)
    return answer.x, _Prices(prices[:lots], prices[lots : lots + wants], prices[lots + wants :])


def _plan(ways: Ways, amounts: Floats, prices: _Prices) -> Plan:
    """The plan, and prices that prove it: what a solver's rounding left of a gain is laid on the lot."""
    lot_price = prices.lot.copy()
    np.maximum.at(lot_price, ways.lot, lot_price[ways.lot] + ways.over(prices.lot, prices.want, prices.room))
    bound = float(ways.have @ lot_price + ways.wanted @ prices.want + ways.room @ prices.room)
    transfers = []
    for way in np.flatnonzero(amounts > NOTHING):
        lot, want = ways.lots[ways.lot[way]], ways.wants[ways.want[way]]
        van, day = ways.trips[ways.trip[way]] if ways.trip[way] >= 0 else (None, max(lot.ready, want.since))
        transfers.append(Transfer(lot.id, want.id, van.id if van else None, day, _tidy(float(amounts[way]))))
    left = ways.have - np.bincount(ways.lot, amounts, len(ways.lots))
    unmet = ways.wanted - np.bincount(ways.want, amounts, len(ways.wants))
    return Plan(
        tuple(sorted(transfers, key=lambda t: (t.lot_id, t.want_id, t.day, t.van_id or ""))),
        {x.id: _tidy(float(n)) for x, n in zip(ways.lots, left, strict=True) if n > NOTHING},
        {x.id: _tidy(float(n)) for x, n in zip(ways.wants, unmet, strict=True) if n > NOTHING},
        float(ways.gain @ amounts),
        bound,
        {x.id: float(p) for x, p in zip(ways.lots, lot_price, strict=True) if p > 0},
        {x.id: float(p) for x, p in zip(ways.wants, prices.want, strict=True) if p > 0},
        {(van.id, day): float(p) for (van, day), p in zip(ways.trips, prices.room, strict=True) if p > 0},
        len(ways.lot),
    )


def _tidy(amount: float) -> float:
    """Without what a solver's rounding leaves behind the sixth digit."""
    whole = round(amount, 6)
    return float(round(whole)) if abs(whole - round(whole)) < 1e-6 else whole
