"""The problem as numbers: what a shift costs someone, what a place too few or too many costs."""

from __future__ import annotations

from functools import reduce
from math import gcd

import numpy as np
from numpy.typing import NDArray

from manyhands.kernel.rostering.patterns.problem import Weeks

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
OFF = -1


class Tables:
    """Arrays over workers, days and kinds, in the order of the problem.

    `wish` (workers, days, kinds): what the requests make a shift cost, infinite where it is not allowed; `paid`: what
    they cost when nobody works. `wanted`, `under`, `over` (days, kinds). Minutes are in units of their common divisor.
    A line of a roster is a row of numbers of kinds, OFF for a day off.
    """

    def __init__(self, problem: Weeks) -> None:
        self.problem = problem
        kinds = {kind.id: number for number, kind in enumerate(problem.kinds)}
        workers = {worker.id: number for number, worker in enumerate(problem.workers)}
        shape = (len(workers), problem.days, len(kinds))
        self.wish: Floats = np.zeros(shape)
        self.paid = 0
        for request in problem.requests:
            self.wish[workers[request.worker], request.day, kinds[request.kind]] += (
                -request.weight if request.on else request.weight
            )
            self.paid += request.weight if request.on else 0
        self.most: Ints = np.full((len(workers), len(kinds)), problem.days)
        for number, worker in enumerate(problem.workers):
            for kind, most in worker.most.items():
                self.most[number, kinds[kind]] = most
            self.wish[number, sorted(day for day in worker.off if 0 <= day < problem.days)] = np.inf
        self.wish[np.broadcast_to((self.most <= 0)[:, None, :], shape)] = np.inf
        self.wanted: Ints = np.zeros(shape[1:], dtype=np.int64)
        self.under, self.over = self.wanted.copy(), self.wanted.copy()
        for cover in problem.covers:
            at = cover.day, kinds[cover.kind]
            self.wanted[at], self.under[at], self.over[at] = cover.wanted, cover.under, cover.over
        self.unit = reduce(gcd, (kind.minutes for kind in problem.kinds), 0) or 1
        self.length: Ints = np.array([kind.minutes // self.unit for kind in problem.kinds], dtype=np.int64)
        self.may_follow = np.array(
            [[after.id not in kind.not_before for after in problem.kinds] for kind in problem.kinds], dtype=bool
        ).reshape(len(kinds), len(kinds))
        self.least: Ints = np.array([-(-w.minutes[0] // self.unit) for w in problem.workers], dtype=np.int64)
        self.longest: Ints = np.array([w.minutes[1] // self.unit for w in problem.workers], dtype=np.int64)
        self.weekends: Ints = np.array([w.weekends for w in problem.workers], dtype=np.int64)
        self.rest: Ints = np.array([max(1, w.rest) for w in problem.workers], dtype=np.int64)
        self.row: Ints = np.array([w.row for w in problem.workers], dtype=np.int64).reshape(-1, 2)

    def counted(self, lines: Ints) -> Ints:
        """How many people each kind has on each day, from lines of shape (workers, days)."""
        there = np.zeros(self.wanted.shape, dtype=np.int64)
        who, day = np.nonzero(lines >= 0)
        np.add.at(there, (day, lines[who, day]), 1)
        return there

    def cost(self, lines: Ints) -> int:
        """What the whole roster costs."""
        there = self.counted(lines)
        short, spare = np.maximum(self.wanted - there, 0), np.maximum(there - self.wanted, 0)
        who, day = np.nonzero(lines >= 0)
        wished = self.wish[who, day, lines[who, day]].sum()
        return round(self.paid + float(wished) + float((short * self.under + spare * self.over).sum()))
