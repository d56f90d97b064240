"""Pooling, exactly: a linear program over the few ways that can matter, and a look at all the others."""

from __future__ import annotations

import itertools
import math
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

AS_GOOD, NOTHING = 1e-9, 1e-9


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
    can = np.flatnonzero(ways.most > 0)
    amounts = np.zeros(len(ways.lot))
    if not len(can):
        return _plan(ways, amounts, _Prices(*(np.zeros(len(x)) for x in (ways.lots, ways.wants, ways.room))))
    if whole or len(can) <= FEW:
        amounts[can], prices = _solved(ways, can)
        return _plan(ways, amounts, prices)
    first, dearest = ways.over(*guess(ways)), ways.gain[can].max()
    pair = np.unique(ways.lot * len(ways.wants) + ways.want, return_inverse=True)[1]
    near = can[first[can] > -NEAR * dearest]
    chosen = np.unique(
        np.concatenate(
            [_best_of(first, near, pair, NEAREST)]
            + [_best_of(first, can, group, COVERED) for group in (ways.lot, ways.want)]
        )
    )
    for rounds in itertools.count(1):
        some, prices = _solved(ways, chosen)
        beyond = ways.over(prices.lot, prices.want, prices.room)
        # Worths may be in any unit: what rounding alone makes of the largest is nothing gained.
        if not (beyond[can] > AS_GOOD * dearest).any():
            break
        fresh = _best_of(beyond, can[beyond[can] > -WITH * dearest], pair, NEAREST)
        # What gains beyond its prices within the program does so by the solver's tolerance, and would for ever.
        if np.isin(fresh, chosen).all():
            break
        if rounds == 1:  # prices are near the last ones now: what is far from paying them can go
            chosen = chosen[beyond[chosen] > -FAR * dearest]
        chosen = np.union1d(chosen, fresh)
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
    """The program over some ways: amounts, and the prices per lot, want and room.

    It is told in shares: of the most that could go each way, of what there is, of the most points one way could bring.
    So a solver's tolerance, a small number, is small beside each lot and each want, be they crumbs or shiploads.
    """
    lots, wants, rooms, columns = len(ways.lots), len(ways.wants), len(ways.room), len(chosen)
    trip = ways.trip[chosen]
    in_van = np.flatnonzero(trip >= 0)
    rows = np.concatenate([ways.lot[chosen], lots + ways.want[chosen], lots + wants + trip[in_van]])
    places = np.concatenate([np.arange(columns), np.arange(columns), in_van])
    there = np.concatenate([ways.have, ways.wanted, ways.room])
    most = ways.most[chosen]
    values = np.concatenate([most, most, (ways.space[chosen] * most)[in_van]]) / there[rows]
    matrix = sparse.csc_matrix((values, (rows, places)), shape=(lots + wants + rooms, columns))
    used = np.flatnonzero(np.diff(matrix.tocsr().indptr))
    points = float((ways.gain[chosen] * most).max())
    for method in ("highs-ipm", "highs-ds"):  # where numbers are hard on the one, the other takes its time
        answer = linprog(-ways.gain[chosen] * most / points, A_ub=matrix[used], b_ub=np.ones(len(used)), method=method)
        if answer.status == 0:
            break
    else:
        raise RuntimeError(f"HiGHS found no answer: {answer.message}")
    prices = np.zeros(len(there))
    prices[used] = np.maximum(0.0, -answer.ineqlin.marginals) * (points / there[used])
    return answer.x * most, _Prices(prices[:lots], prices[lots : lots + wants], prices[lots + wants :])


def _plan(ways: Ways, amounts: Floats, prices: _Prices) -> Plan:
    """The plan, and prices that prove it, without what a solver's rounding leaves.

    Amounts are rounded first, and then what is left, what is unmet and what is gained follow from them.
    """
    amounts = np.array([_tidy(n, most) if n > 0 else 0.0 for n, most in zip(amounts, ways.most, strict=True)])
    prices = _covering(ways, prices)
    transfers = []
    for way in np.flatnonzero(amounts):
        lot, want = ways.lots[ways.lot[way]], ways.wants[ways.want[way]]
        van, day = ways.trips[ways.trip[way]] if ways.trip[way] >= 0 else (None, max(lot.ready, want.since))
        transfers.append(Transfer(lot.id, want.id, van.id if van else None, day, float(amounts[way])))
    gone = np.bincount(ways.lot, amounts, len(ways.lots))
    come = np.bincount(ways.want, amounts, len(ways.wants))
    left = {x.id: _rest(x.quantity, float(n)) for x, n in zip(ways.lots, gone, strict=True)}
    unmet = {x.id: _rest(x.quantity, float(n)) for x, n in zip(ways.wants, come, strict=True)}
    return Plan(
        tuple(sorted(transfers, key=lambda t: (t.lot_id, t.want_id, t.day, t.van_id or ""))),
        {id_: rest for id_, rest in left.items() if rest},
        {id_: rest for id_, rest in unmet.items() if rest},
        float(ways.gain @ amounts),
        float(ways.have @ prices.lot + ways.wanted @ prices.want + ways.room @ prices.room),
        {x.id: float(p) for x, p in zip(ways.lots, prices.lot, strict=True) if p > 0},
        {x.id: float(p) for x, p in zip(ways.wants, prices.want, strict=True) if p > 0},
        {(van.id, day): float(p) for (van, day), p in zip(ways.trips, prices.room, strict=True) if p > 0},
        len(ways.lot),
    )


def _covering(ways: Ways, prices: _Prices) -> _Prices:
    """The prices, raised where a solver's rounding leaves a way some gain beyond them: there where least is priced."""
    over = ways.over(prices.lot, prices.want, prices.room)
    one = np.ones(len(over))
    columns = [(prices.lot, ways.lot, ways.have, one), (prices.want, ways.want, ways.wanted, one)]
    if len(ways.room):
        columns.append((prices.room, ways.trip, ways.room, ways.space))
    dear = [np.where(of >= 0, there[of] / space, np.inf) for _, of, there, space in columns]
    where = np.where(over > 0, np.argmin(dear, axis=0), -1)
    raised = []
    for number, (price, of, _, space) in enumerate(columns):
        mine, higher = where == number, price.copy()
        np.maximum.at(higher, of[mine], price[of[mine]] + (over / space)[mine])
        raised.append(higher)
    return _Prices(*raised, *([prices.room] if len(raised) == 2 else []))


def _rest(quantity: float, gone: float) -> float:
    """What stays of a quantity; what many roundings add up to is nothing."""
    rest = quantity - gone
    return _tidy(rest, quantity) if rest > NOTHING * quantity else 0.0


def _tidy(amount: float, part_of: float) -> float:
    """To eleven digits of what it is a part of, which is what a solver's numbers are good for."""
    return round(amount, 10 - math.floor(math.log10(part_of))) if part_of > 0 else 0.0
