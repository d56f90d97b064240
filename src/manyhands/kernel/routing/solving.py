"""Making a plan: cut where it is too big, search with PyVRP, mend neighbourhoods, fit in what is left, time it,
explain.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from manyhands.kernel.geo import Floats, Integers, Point, StraightLines, Travel, centre_of, great_circle
from manyhands.kernel.routing.ability import Table, Truths, allowed, alone, can_be_visited
from manyhands.kernel.routing.budget import Budget
from manyhands.kernel.routing.engine import Engine, Part, need_with_locks
from manyhands.kernel.routing.explaining import explain_all
from manyhands.kernel.routing.insertion import Leftovers, squeeze_in
from manyhands.kernel.routing.locking import in_locked_order
from manyhands.kernel.routing.parts import base_of, cut, worth_trying
from manyhands.kernel.routing.plan import Plan, Progress, Run, Stats
from manyhands.kernel.routing.problem import Problem, Stop
from manyhands.kernel.routing.promises import breaches
from manyhands.kernel.routing.timing import Turn, schedule, turns_of
from manyhands.kernel.routing.until import Until

LARGEST_PART = 700
"""The most stops in one matrix: with more, the engine's first look alone takes seconds."""

MATRIX_BYTES = 300_000_000
"""The most memory for the matrices of one part."""

Orders = dict[int, list[Stop]]
"""The stops of each run, by the number of its turn."""


def solve(
    problem: Problem,
    *,
    until: Until,
    seed: int = 1,
    progress: Progress | None = None,
    travel: Travel | None = None,
    start_plan: Plan | None = None,
) -> Plan:
    """Plan the evening: as much need met as can be, then as little way and time as can be.

    Objective, the first before the second: most Σ need(stop) over the served stops (`Problem.need`: priority, then
    waiting); least Σ metres + seconds over the runs, seconds counted from setting out to being through. Windows,
    shifts, loads, skills, languages, hubs, names, locks and the limits of each helper are never broken.

    `until` is `Seconds` or `Rounds`. The same problem, `Rounds` and `seed` give the same plan. `progress` hears the
    share done and the stops served so far. `start_plan`: begin with this plan, and never give back a worse one for this
    problem. Everything odd that people may enter ends as an unserved ask with its reason; nothing raises.
    """
    return _Search(problem, until, seed, progress, travel or StraightLines(), start_plan).plan()


@dataclass(frozen=True, order=True)
class _Worth:
    """Plans compare by need first, then by what they cost."""

    need: int
    saved: int


class _Search:
    def __init__(
        self,
        problem: Problem,
        until: Until,
        seed: int,
        progress: Progress | None,
        travel: Travel,
        start_plan: Plan | None,
    ) -> None:
        self.problem = problem
        self.seed = seed
        self.travel = travel
        self.start_plan = start_plan
        self.turns = turns_of(problem)
        self.budget = Budget(until, progress, len(problem.stops))
        self.budget.tell(0)
        stops = [s for s in problem.stops if can_be_visited(s)]
        table = Table.of(problem, stops)
        may = allowed(self.turns, stops)
        price = np.full(len(stops), np.iinfo(np.int64).max)
        for row, turn in enumerate(self.turns):
            one = alone(turn, table, travel)
            may[row] &= one.works
            price = np.where(may[row], np.minimum(price, one.seconds + one.metres), price)
        possible = may.any(axis=0) if self.turns else np.zeros(len(stops), dtype=np.bool_)
        chosen = np.flatnonzero(possible)
        self.stops: list[Stop] = [stops[i] for i in chosen]
        self.may: Truths = may[:, chosen]
        self.price: Integers = price[chosen]
        # From here on, locked stops have the windows that keep them in their order.
        self.stops, self.may = in_locked_order(problem, self.turns, self.stops, self.may, travel, start_plan)
        self.pinned = replace(problem, stops=tuple(self.stops))
        self.number = {s.id: i for i, s in enumerate(self.stops)}
        # Writing the plan with its reasons looks at every pair once more, which takes about as long as it took until
        # here.
        self.last = 1 - min(0.4, max(0.07, 1.5 * self.budget.spent()))
        self.need = np.array([need_with_locks(problem, s) for s in self.stops], dtype=np.int64)

    # -- the whole way

    def plan(self) -> Plan:
        orders: Orders = self._former() if self.start_plan else {}
        parts = 0
        if self.stops and self.turns:
            orders = self._fit_in(orders, only_locked=True)
            orders, parts = self._first_look(orders)
            orders = self._mend(orders)
            orders = self._fit_in(orders)
        runs = self._runs(orders)
        if self.start_plan:
            former = self._runs(self._former())
            if self._worth_of_runs(former) > self._worth_of_runs(runs):
                runs = former
        return self._written(runs, parts)

    def _first_look(self, orders: Orders) -> tuple[Orders, int]:
        """Each part searched once; together they have half of the budget, one part alone has most of it."""
        worth = worth_trying(self.turns, self.stops, self.need.tolist(), self.may, len(self.problem.units))
        if len(worth) <= self._largest(range(len(self.turns))):
            # A handful of stops is soon at its best; there is no use in waiting for the time to be over.
            idle = 1000 + 100 * len(worth)
            found = self._searched(range(len(self.turns)), worth, orders, 0.6 * self.last, self.seed, idle)
            return self._better(orders, found), 1
        look = np.array(worth, dtype=np.int64)
        largest = self._largest(range(len(self.turns)))
        parts = cut(self.turns, [self.stops[i] for i in worth], self.may[:, look], largest)
        for number, (turns, stops) in enumerate(parts):
            mine = sorted((worth[i] for i in stops), key=lambda i: (-self.need[i], i))
            found = self._searched(
                turns,
                sorted(mine[: self._largest(turns)]),
                orders,
                0.75 * self.last * (number + 1) / len(parts),
                self.seed + number,
            )
            orders = self._better(orders, {**orders, **found} if found else orders)
            if self.budget.spent() >= self.last:
                break
        return orders, len(parts)

    def _mend(self, orders: Orders) -> Orders:
        """Neighbouring runs and what is left around them, searched again in turn, as long as the budget lasts."""
        rng = np.random.default_rng(self.seed)
        idle = 0
        while self.budget.spent() < self.last and self.turns and idle < 3 * len(self.turns) + 10:
            turns, stops = self._neighbourhood(orders, rng)
            if not stops:
                idle += 1
                continue
            before = self.budget.rounds
            found = self._searched(turns, stops, orders, self.last, int(rng.integers(1 << 30)), idle_rounds=250)
            better = self._better(orders, {**{t: o for t, o in orders.items() if t not in set(turns)}, **found})
            idle = 0 if better is not orders else idle + 1
            orders = better
            if self.budget.rounds == before:
                break
        return orders

    def _neighbourhood(self, orders: Orders, rng: np.random.Generator) -> tuple[list[int], list[int]]:
        """A turn by lot, the turns whose runs lie nearest to its run, and the leftovers they could take."""
        seed_turn = int(rng.integers(len(self.turns)))
        middles = [self._middle(t, orders) for t in range(len(self.turns))]
        here = middles[seed_turn]
        known = [m if m is not None else (here or self._place(0)) for m in middles]
        away: Floats = great_circle([here or self._place(0)], known)[0]
        ranked = sorted(range(len(self.turns)), key=lambda t: (t != seed_turn, away[t], t))
        turns: list[int] = []
        in_runs: list[int] = []
        for turn in ranked:
            if len(turns) >= 2 and (len(turns) >= 6 or len(in_runs) + len(orders.get(turn, [])) > 120):
                break
            turns.append(turn)
            in_runs.extend(self.number[s.id] for s in orders.get(turn, []))
        left = self._left(orders)
        left = left[self.may[turns][:, left].any(axis=0)] if len(left) else left
        if len(left):
            far = great_circle([here or self._place(0)], [self._place(i) for i in left])[0]
            left = left[np.lexsort((left, far * (1 + rng.random()) / self.need[left]))][:80]
        return sorted(turns), sorted([*in_runs, *(int(i) for i in left)])

    def _fit_in(self, orders: Orders, *, only_locked: bool = False) -> Orders:
        left = self._left(orders)
        if only_locked:
            left = np.array([i for i in left if self.stops[i].locked_to is not None], dtype=np.int64)
        if not len(left):
            return orders
        # With thousands left over, looking at all of them would take longer than the search did.
        left = left[np.lexsort((left, -self.need[left]))][: 40_000 // max(1, len(self.turns)) + 100]
        leftovers = Leftovers(
            self.pinned,
            Table.of(self.pinned, [self.stops[i] for i in left]),
            self.need[left],
            self.may[:, left],
        )
        return squeeze_in(self.turns, orders, leftovers, self.travel, lambda: self.budget.spent() > 1.1)

    # -- one part

    def _largest(self, turns: Sequence[int] | range) -> int:
        profiles = len({(self.turns[t].helper.mode, self.may[t].tobytes()) for t in turns}) or 1
        return max(50, min(LARGEST_PART, int((MATRIX_BYTES / (16 * profiles)) ** 0.5)))

    def _searched(
        self,
        turns: Iterable[int],
        stops: Iterable[int],
        orders: Orders,
        share: float,
        seed: int,
        idle_rounds: int | None = None,
    ) -> Orders:
        """New orders of these turns with these stops, beginning with those they have."""
        mine, these = list(turns), list(stops)
        if not these:
            return {}
        here = {stop: i for i, stop in enumerate(these)}
        part = Part(
            self.pinned, [self.turns[t] for t in mine], [self.stops[i] for i in these], self.may[np.ix_(mine, these)]
        )
        start = {
            row: [here[self.number[s.id]] for s in orders[turn] if self.number[s.id] in here]
            for row, turn in enumerate(mine)
            if orders.get(turn)
        }
        price = int(self.price[these].max())
        engine = Engine(part, self.travel, max(1, price if len(these) <= 50 else price // 20))
        others = sum(len(o) for t, o in orders.items() if t not in set(mine))
        found = engine.search(
            self.budget.until(share, idle_rounds), seed, start, lambda served: self.budget.tell(others + served)
        )
        kept: Orders = {}
        for row, order in found.items():
            turn = mine[row]
            kept[turn] = self._kept(self.pinned, self.turns[turn], [part.stops[i] for i in order])
        return kept

    def _kept(self, problem: Problem, turn: Turn, order: list[Stop]) -> list[Stop]:
        """The order without the stops that would break a promise; nearly always all of it."""
        kept = list(order)
        while kept:
            run = schedule(problem, turn, kept, self.travel)
            if not breaches(problem, turn, kept, run):
                break
            late = [i for i, v in enumerate(run.visits) if v.late]
            # Without the late one if there is one, else without the one that matters least; never a locked one first.
            kept.pop(
                late[0]
                if late
                else min(
                    range(len(kept)),
                    key=lambda i: (kept[i].locked_to is not None, self.problem.need[kept[i].id], -i),
                )
            )
        return kept

    # -- small questions

    def _former(self) -> Orders:
        """What of the former plan still stands in this problem."""
        rows = {t.key: i for i, t in enumerate(self.turns)}
        orders: Orders = {}
        seen: set[str] = set()
        for run in self.start_plan.runs if self.start_plan else ():
            row = rows.get((run.helper_id, run.shift))
            if row is None or row in orders:
                continue
            order = []
            for stop_id in run.stop_ids:
                number = self.number.get(stop_id)
                if number is not None and stop_id not in seen and self.may[row, number]:
                    seen.add(stop_id)
                    order.append(self.stops[number])
            orders[row] = self._kept(self.pinned, self.turns[row], order)
        return orders

    def _better(self, old: Orders, new: Orders) -> Orders:
        """The better of two sets of orders; the old one itself where the new one is no better."""
        changed = [t for t in {*old, *new} if old.get(t) != new.get(t)]
        return new if self._worth(new, changed) > self._worth(old, changed) else old

    def _worth(self, orders: Orders, turns: Iterable[int]) -> _Worth:
        runs = []
        for turn in turns:
            if orders.get(turn):
                given = [self.problem.stop[s.id] for s in orders[turn]]
                runs.append(schedule(self.problem, self.turns[turn], given, self.travel))
        return self._worth_of_runs(runs)

    def _worth_of_runs(self, runs: Sequence[Run]) -> _Worth:
        need = sum(need_with_locks(self.problem, self.problem.stop[i]) for run in runs for i in run.stop_ids)
        return _Worth(need, -sum(run.metres + run.seconds for run in runs))

    def _left(self, orders: Orders) -> Integers:
        served = np.zeros(len(self.stops), dtype=np.bool_)
        for order in orders.values():
            for stop in order:
                served[self.number[stop.id]] = True
        return np.flatnonzero(~served)

    def _place(self, number: int) -> Point:
        place = self.stops[number].place
        return place if place is not None else Point(0, 0)

    def _middle(self, turn: int, orders: Orders) -> Point | None:
        return centre_of(s.place for s in orders[turn] if s.place) if orders.get(turn) else base_of(self.turns[turn])

    # -- the plan

    def _runs(self, orders: Orders) -> list[Run]:
        """The orders as runs with times, in the problem as it was given."""
        runs = []
        for turn, order in sorted(orders.items()):
            given = [self.problem.stop[s.id] for s in order]
            while given:
                run = schedule(self.problem, self.turns[turn], given, self.travel)
                if not breaches(self.problem, self.turns[turn], given, run):
                    runs.append(run)
                    break
                given = self._kept(self.problem, self.turns[turn], given)
        return runs

    def _written(self, runs: list[Run], parts: int) -> Plan:
        self.budget.tell(sum(len(run.visits) for run in runs))
        bare = Plan(
            runs=tuple(runs),
            need_met=sum(self.problem.need[i] for run in runs for i in run.stop_ids),
            need_total=sum(self.problem.need.values()),
            stats=Stats(self.budget.rounds, parts, self.budget.stopped),
        )
        return replace(bare, unserved=explain_all(self.problem, bare, self.travel))
