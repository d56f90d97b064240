"""Taking some asks out of their runs and fitting them in anew, again and again: for all that the engine cannot express.

Ruin and recreate (Schrimpf et al. 2000; the string of neighbours as in Christiaens and Vanden Berghe 2020), with every
run timed and looked at before it stands.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from manyhands.kernel.geo import Floats, Point, Travel, great_circle
from manyhands.kernel.routing.ability import Truths
from manyhands.kernel.routing.fitting import Fit, cost_of, fitted
from manyhands.kernel.routing.plan import Run
from manyhands.kernel.routing.problem import Problem, Stop
from manyhands.kernel.routing.promises import breaches
from manyhands.kernel.routing.timing import Turn, schedule
from manyhands.kernel.routing.ways import Ways

Value = tuple[int, ...]
"""What a run is worth, the first number before the second; those of several runs are added up."""

ROWS_TRIED = 10
"""Into how many runs an ask is tried, the nearest first."""

LEFT_TRIED = 12
"""How many asks that are in no run are tried in one round, those nearest to what was taken out."""

MOST_PLACES = 1500
"""With more places the distances between them all would be the wrong memory; then only some runs are mended at once."""


class Bench:
    """Runs on the bench: orders that hold, what is in none of them, and the ways between them.

    `orders`: the stops of each run by the number of its turn, an ask with a pick-up twice. `may`: which turn may take
    which stop (a row per turn, a column per stop). `worth(row, run)` says what a run is worth.
    """

    def __init__(
        self,
        problem: Problem,
        turns: Sequence[Turn],
        stops: Sequence[Stop],
        may: Truths,
        travel: Travel,
        orders: Mapping[int, Sequence[Stop]],
        worth: Callable[[int, Run], Value] | None = None,
    ) -> None:
        self.problem = problem
        self.turns = turns
        self.stops = stops
        self.may = may
        self.worth = worth or self._need_then_cost
        self.number = {s.id: i for i, s in enumerate(stops)}
        halves = [s.collecting.place for s in stops if s.pick_up is not None]
        bases = [p for t in turns for p in (t.start, t.hub.place if t.hub else None, t.end)]
        self.ways = Ways(travel, [*(s.place for s in stops), *halves, *bases])
        self.far: Floats = great_circle(
            [s.place or Point(0, 0) for s in stops], [s.place or Point(0, 0) for s in stops]
        )
        self._base_far = self._from_bases()
        self.orders: dict[int, tuple[Stop, ...]] = {}
        self.runs: dict[int, Run] = {}
        self.row_of: dict[str, int] = {}
        for row, order in orders.items():
            if order:
                self.put(row, tuple(order), schedule(problem, turns[row], order, self.ways))
        groups = {i: ids for ids in problem.companions.values() for i in ids}
        self._bundle = {s.id: groups.get(s.id, (s.id,)) for s in stops}

    def _need_then_cost(self, _row: int, run: Run) -> Value:
        return sum(self.problem.need[i] for i in run.served), -cost_of(self.problem, run)

    def _from_bases(self) -> Floats:
        bases = [t.start or (t.hub.place if t.hub else None) or t.end for t in self.turns]
        far = great_circle([b or Point(0, 0) for b in bases], [s.place or Point(0, 0) for s in self.stops])
        far[[i for i, b in enumerate(bases) if b is None], :] = 0
        return far

    # -- the runs

    def put(self, row: int, order: tuple[Stop, ...], run: Run | None) -> None:
        """Let a turn make this run; () takes it away."""
        for stop in self.orders.pop(row, ()):
            self.row_of.pop(stop.id, None)
        self.runs.pop(row, None)
        if order and run is not None:
            self.orders[row], self.runs[row] = order, run
            for stop in order:
                self.row_of[stop.id] = row

    def bundle(self, stop_id: str) -> tuple[Stop, ...]:
        """The ask with those it goes together with; () where one of them cannot be visited."""
        ids = self._bundle[stop_id]
        return tuple(self.stops[self.number[i]] for i in ids) if all(i in self.number for i in ids) else ()

    def left(self) -> list[Stop]:
        """What is in no run, in order."""
        return [s for s in self.stops if s.id not in self.row_of]

    def without(self, row: int, out: set[str]) -> bool:
        """Take these out of a run; whether what is left still holds. (Setting out at another time may not.)"""
        order = tuple(s for s in self.orders[row] if s.id not in out)
        run = schedule(self.problem, self.turns[row], order, self.ways) if order else None
        if run is not None and breaches(self.problem, self.turns[row], order, run):
            return False
        self.put(row, order, run)
        return True

    def best_fit(self, stops: Sequence[Stop], rows: Iterable[int] | None = None) -> tuple[int, Fit] | None:
        """The run that takes these with the least cost, and how."""
        best: tuple[int, Fit] | None = None
        for row in rows if rows is not None else self.near(stops):
            fit = fitted(self.problem, self.turns[row], self.orders.get(row, ()), stops, self.ways)
            if fit is not None and (best is None or fit.cost < best[1].cost):
                best = row, fit
        return best

    def near(self, stops: Sequence[Stop]) -> list[int]:
        """The turns that may take all of these, those that come by nearest first."""
        columns = [self.number[s.id] for s in stops]
        rows = np.flatnonzero(self.may[:, columns].all(axis=1)).tolist()
        column = columns[0]

        def away(row: int) -> float:
            here = [self.far[column, self.number[s.id]] for s in self.orders.get(row, ())]
            return float(min([*here, self._base_far[row, column]]))

        known = [row for row in rows if any(self.turns[row].helper.id in s.remembered for s in stops)]
        nearest = sorted(rows, key=lambda r: (away(r), r))[:ROWS_TRIED]
        return [*nearest, *(row for row in known if row not in nearest)]

    def fit_in(self, stop_ids: Iterable[str], enough: Callable[[], bool]) -> None:
        """Fit in what can be, in this order, each with what it goes together with."""
        for stop_id in stop_ids:
            if enough():
                return
            if stop_id in self.row_of or not (bundle := self.bundle(stop_id)):
                continue
            if found := self.best_fit(bundle):
                self.put(found[0], found[1].order, found[1].run)

    # -- the search

    def mend(self, enough: Callable[[], bool], seed: int) -> None:
        """Round after round, until `enough()`: take out a few that lie together, fit in anew, keep it if not worse."""
        luck = random.Random(seed)
        ids = [s.id for s in self.stops if self.bundle(s.id)]
        if not ids or not self.turns:
            return
        while not enough():
            left = [i for i in ids if i not in self.row_of]
            middle = luck.choice(left) if left and luck.random() < 0.6 else luck.choice(ids)
            out = self._taken_out(middle, luck)
            before = {
                row: (self.orders.get(row, ()), self.runs.get(row)) for row in sorted({self.row_of[i] for i in out})
            }
            if not all(self.without(row, out) for row in before):
                self._back(before)
                continue
            far = self.far[self.number[middle]]
            more = sorted((i for i in left if i not in out), key=lambda i: (far[self.number[i]], i))[:LEFT_TRIED]
            self._recreate([*sorted(out), *more], before, luck)
            if self._total(before) < self._former_total(before):
                self._back(before)

    def _taken_out(self, middle: str, luck: random.Random) -> set[str]:
        far = self.far[self.number[middle]]
        served = sorted(self.row_of, key=lambda i: (far[self.number[i]] * (0.7 + 0.6 * luck.random()), i))
        out: set[str] = set()
        for stop_id in served[: luck.randint(1, 7)]:
            out.update(i for i in self._bundle[stop_id] if i in self.row_of)
        return out

    def _recreate(
        self, stop_ids: Sequence[str], before: dict[int, tuple[tuple[Stop, ...], Run | None]], luck: random.Random
    ) -> None:
        noise = {i: luck.random() for i in stop_ids}
        ranked = sorted(stop_ids, key=lambda i: (-self.problem.need[i] * (0.8 + 0.4 * noise[i]), i))
        for stop_id in ranked:
            if stop_id in self.row_of:
                continue
            bundle = self.bundle(stop_id)
            if bundle and (found := self.best_fit(bundle)):
                row = found[0]
                before.setdefault(row, (self.orders.get(row, ()), self.runs.get(row)))
                self.put(row, found[1].order, found[1].run)

    def _back(self, before: Mapping[int, tuple[tuple[Stop, ...], Run | None]]) -> None:
        for row in before:
            self.put(row, (), None)
        for row, (order, run) in before.items():
            self.put(row, order, run)

    def _total(self, rows: Iterable[int]) -> Value:
        return _sum(self.worth(row, self.runs[row]) for row in rows if row in self.runs)

    def _former_total(self, before: Mapping[int, tuple[tuple[Stop, ...], Run | None]]) -> Value:
        return _sum(self.worth(row, run) for row, (_, run) in before.items() if run is not None)


def _sum(values: Iterable[Value]) -> Value:
    total: Value = ()
    for value in values:
        total = tuple(a + b for a, b in zip(total, value, strict=True)) if total else value
    return total
