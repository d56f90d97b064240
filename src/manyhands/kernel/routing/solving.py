"""Making a plan: cut where it is too big, search with PyVRP, mend neighbourhoods (by the search core where it can), fit
in what is left, time it, explain.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from manyhands.kernel.geo import Floats, Integers, Point, StraightLines, Travel, centre_of, great_circle
from manyhands.kernel.routing.ability import Table, Truths, allowed, alone, can_be_visited
from manyhands.kernel.routing.budget import Budget
from manyhands.kernel.routing.casting import Cast, fits_the_core
from manyhands.kernel.routing.core.searching import search
from manyhands.kernel.routing.engine import Engine, Part, need_with_locks
from manyhands.kernel.routing.explaining import explain_all
from manyhands.kernel.routing.fairness import lengths, share_out
from manyhands.kernel.routing.fitting import cost_of
from manyhands.kernel.routing.insertion import Leftovers, squeeze_in
from manyhands.kernel.routing.locking import in_locked_order
from manyhands.kernel.routing.mending import MOST_PLACES, Bench
from manyhands.kernel.routing.parts import base_of, cut, worth_trying
from manyhands.kernel.routing.plan import Plan, Progress, Run, Stats
from manyhands.kernel.routing.problem import Problem, Stop
from manyhands.kernel.routing.promises import breaches
from manyhands.kernel.routing.reasons import Breach
from manyhands.kernel.routing.timing import Turn, schedule, turns_of
from manyhands.kernel.routing.until import Until

LARGEST_PART = 700
"""The most stops in one matrix: with more, the engine's first look alone takes seconds."""

MATRIX_BYTES = 300_000_000
"""The most memory for the matrices of one part."""

CORE_FROM = 200
"""From so many asks on, and wherever something is picked up, neighbourhoods are the search core's: with fewer, nothing
was gained by it.
"""

LAST_TRIED = 200
"""How many asks are tried once more at the very end."""

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
    """Plan the evening: as much need met as can be, then helpers' time shared fairly, then as little way as can be.

    Objective, each before the next:

    1. most Σ need(stop) over the served stops (`Problem.need`: priority, then waiting);
    2. fairest: how long each run lasts, from setting out to being through, waiting and breaks included, in half hours
       begun and sorted from the longest; of two plans the one whose first difference is shorter (leximin on time);
    3. least Σ metres + seconds over the runs, less `REMEMBERED` for each visit by someone who is remembered.

    The search itself goes for 1 and 3, and shares the time out at the end. It looks at the whole with PyVRP, then at
    neighbourhoods: by the search core where there are many asks or pick-ups and it can say all that is asked
    (`fits_the_core`), else by PyVRP and by a search of our own that times every run. Windows, shifts, breaks, loads,
    skills, languages, hubs, pick-ups before visits, what goes together, names, locks and the limits of each helper are
    never broken.

    `until` is `Seconds` or `Rounds`. The same problem, `Rounds` and `seed` give the same plan. `progress` hears the
    share done and the stops served so far. `start_plan`: begin with this plan, and never give back a worse one for this
    problem. Everything odd that people may enter ends as an unserved ask with its reason; nothing raises.
    """
    return Search(problem, until, seed, progress, travel or StraightLines(), start_plan).plan()


def needs_mending(problem: Problem) -> bool:
    """Whether there is something in this problem that the engine cannot express, or only roughly."""
    return any(
        s.pick_up is not None or s.together in problem.companions or s.building is not None or s.remembered
        for s in problem.stops
    ) or any(h.breaks or h.trips > 1 for h in problem.helpers)


@dataclass(frozen=True, order=True)
class _Worth:
    """Plans compare by need first, then by what they cost; whole plans by how long the runs are before that."""

    need: int
    fair: tuple[int, ...]
    saved: int


class Search:
    """One search, from the problem to the written plan; `replan` uses its pieces."""

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
        # What goes together is possible together or not at all.
        column = {s.id: i for i, s in enumerate(stops)}
        for companions in problem.companions.values():
            where = [column[i] for i in companions if i in column]
            if len(where) < len(companions):
                may[:, where] = False
            else:
                both: Truths = np.asarray(may[:, where].all(axis=1))
                may[:, where] &= both[:, None]
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
        self.part = Part(self.pinned, self.turns, self.stops, self.may)
        large = len(self.stops) >= CORE_FROM or any(s.pick_up is not None for s in self.stops)
        self.by_core = bool(self.turns and self.stops) and large and fits_the_core(self.part)
        self.engine_last = (0.5 if needs_mending(problem) and not self.by_core else 0.9) * self.last
        self.need = np.array([need_with_locks(problem, s) for s in self.stops], dtype=np.int64)

    # -- the whole way

    def plan(self) -> Plan:
        orders: Orders = self.former() if self.start_plan else {}
        parts = 0
        if self.stops and self.turns:
            orders = self._fit_in(orders, only_locked=True)
            orders, parts = self._first_look(orders)
            orders = self._mend(orders)
            orders = self._fit_in(orders)
            orders = self._finish(orders)
        runs = self.runs(orders)
        if self.start_plan:
            former = self.runs(self.former())
            if self._worth_of_runs(former, whole=True) > self._worth_of_runs(runs, whole=True):
                runs = former
        return self.written(runs, parts)

    def _first_look(self, orders: Orders) -> tuple[Orders, int]:
        """Each part searched once; together they have half of the budget, one part alone has most of it."""
        worth = worth_trying(self.turns, self.stops, self.need.tolist(), self.may, len(self.problem.units))
        if len(worth) <= self._largest(range(len(self.turns))):
            # A handful of stops is soon at its best; there is no use in waiting for the time to be over.
            idle = 1000 + 100 * len(worth)
            found = self._searched(range(len(self.turns)), worth, orders, 0.6 * self.engine_last, self.seed, idle)
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
                0.75 * self.engine_last * (number + 1) / len(parts),
                self.seed + number,
            )
            orders = self._better(orders, {**orders, **found} if found else orders)
            if self.budget.spent() >= self.engine_last:
                break
        return orders, len(parts)

    def _mend(self, orders: Orders) -> Orders:
        """Neighbouring runs and what is left around them, searched again in turn, as long as the budget lasts."""
        if self.by_core:
            return self._by_core(orders)
        rng = np.random.default_rng(self.seed)
        idle = 0
        while self.budget.spent() < self.engine_last and self.turns and idle < self._patience:
            turns, stops = self._neighbourhood(orders, rng)
            if not stops:
                idle += 1
                continue
            before = self.budget.rounds
            found = self._searched(turns, stops, orders, self.engine_last, int(rng.integers(1 << 30)), idle_rounds=250)
            better = self._better(orders, {**{t: o for t, o in orders.items() if t not in set(turns)}, **found})
            idle = 0 if better is not orders else idle + 1
            orders = better
            if self.budget.rounds == before:
                break
        return orders

    def _by_core(self, orders: Orders) -> Orders:
        """The same by the search core, which also puts runs met on the way together anew."""
        if self.budget.spent() >= self.engine_last:
            return orders
        cast = Cast(self.part, self.travel, self._price(range(len(self.stops))))
        former = {turn: [self.number[s.id] for s in order] for turn, order in orders.items()}
        found = search(
            cast.case,
            until=self.budget.rest(self.engine_last),
            seed=self.seed,
            progress=lambda _share, served, _of: self.budget.tell(served),
            start=cast.answer(former),
            cores=1,
            patience=self._patience,
        )
        kept = {
            turn: self._kept(self.pinned, self.turns[turn], [self.stops[i] for i in order])
            for turn, order in cast.orders(found, former).items()
        }
        return self._better(orders, kept)

    @property
    def _patience(self) -> int:
        """After so many neighbourhoods in which nothing was better, it is enough."""
        return 3 * len(self.turns) + 10

    def _finish(self, orders: Orders) -> Orders:
        """What the engine cannot express, mended by hand; then the time shared out."""
        orders = {turn: order for turn, order in orders.items() if order}
        if len(self.stops) > MOST_PLACES:
            return orders
        bench = Bench(self.pinned, self.turns, self.stops, self.may, self.travel, orders, self._run_worth)
        if needs_mending(self.problem):
            left = sorted(bench.left(), key=lambda s: (-need_with_locks(self.problem, s), s.id))
            bench.fit_in([s.id for s in left], lambda: self.budget.out_of_time(1.1))
            bench.mend(self.budget.turns(0.9 * self.last, 40 + 4 * len(self.stops)), self.seed)
        share_out(bench, lambda: self.budget.out_of_time(self.last))
        # Who gave something away has room now.
        left = sorted(bench.left(), key=lambda s: (-need_with_locks(self.problem, s), s.id))[:LAST_TRIED]
        bench.fit_in([s.id for s in left], lambda: self.budget.out_of_time(1.1))
        return {row: list(order) for row, order in bench.orders.items()}

    def _run_worth(self, _row: int, run: Run) -> tuple[int, ...]:
        worth = self._worth_of_runs([run])
        return worth.need, worth.saved

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
            in_runs.extend(dict.fromkeys(self.number[s.id] for s in orders.get(turn, [])))
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
        engine = Engine(part, self.travel, self._price(these))
        others = sum(len(o) for t, o in orders.items() if t not in set(mine))
        found = engine.search(
            self.budget.until(share, idle_rounds), seed, start, lambda served: self.budget.tell(others + served)
        )
        kept: Orders = {}
        for row, order in found.items():
            turn = mine[row]
            kept[turn] = self._kept(self.pinned, self.turns[turn], [part.stops[i] for i in order])
        return kept

    def _price(self, stops: Sequence[int] | range) -> int:
        """What a point of need is worth beside the way, so that no way is worth an ask."""
        price = int(self.price[list(stops)].max())
        return max(1, price if len(stops) <= 50 else price // 20)

    def _kept(self, problem: Problem, turn: Turn, order: list[Stop]) -> list[Stop]:
        """The order without the stops that would break a promise; nearly always all of it."""
        kept = list(order)
        while kept:
            run = schedule(problem, turn, kept, self.travel)
            found = breaches(problem, turn, kept, run)
            if not found:
                break
            out = {str(r.facts["ask"]) for r in found if r.code in (Breach.APART, Breach.NOT_COLLECTED)}
            if not out:
                # Without a late one if there is one, else without the one that matters least; never a locked one first.
                late = [v.stop_id for v in run.visits if v.late]
                least = min(
                    range(len(kept)),
                    key=lambda i: (kept[i].locked_to is not None, self.problem.need[kept[i].id], -i),
                )
                out = {late[0] if late else kept[least].id}
            kept = [s for s in kept if s.id not in out]
        return kept

    # -- small questions

    def former(self) -> Orders:
        """What of the former plan still stands in this problem."""
        rows = {t.key: i for i, t in enumerate(self.turns)}
        orders: Orders = {}
        seen: set[str] = set()
        for run in self.start_plan.runs if self.start_plan else ():
            row = rows.get((run.helper_id, run.shift))
            if row is None or row in orders:
                continue
            order: list[Stop] = []
            for stop_id in run.stop_ids:
                number = self.number.get(stop_id)
                if number is not None and stop_id not in seen and self.may[row, number]:
                    stop = self.stops[number]
                    # What is picked up already stands only once now.
                    order = [s for s in order if s.id != stop_id] if stop.pick_up is None else order
                    order.append(stop)
            seen.update(run.stop_ids)
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

    def _worth_of_runs(self, runs: Sequence[Run], *, whole: bool = False) -> _Worth:
        need = self.need_of(runs)
        fair = tuple(-length for length in lengths(runs)) if whole else ()
        return _Worth(need, fair, -sum(cost_of(self.problem, run) for run in runs))

    def counted(self, stop: Stop) -> int:
        """The points of need the search counts for a stop."""
        return need_with_locks(self.problem, self.problem.stop[stop.id])

    def need_of(self, runs: Sequence[Run]) -> int:
        """The points of need these runs meet, as the search counts them."""
        return sum(need_with_locks(self.problem, self.problem.stop[i]) for run in runs for i in run.served)

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

    def runs(self, orders: Orders) -> list[Run]:
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

    def written(self, runs: list[Run], parts: int) -> Plan:
        """The runs as a plan, with a reason for everyone left out."""
        self.budget.tell(sum(len(run.served) for run in runs))
        bare = Plan(
            runs=tuple(runs),
            need_met=sum(self.problem.need[i] for run in runs for i in run.served),
            need_total=sum(self.problem.need.values()),
            stats=Stats(self.budget.rounds, parts, self.budget.stopped),
        )
        return replace(bare, unserved=explain_all(self.problem, bare, self.travel))
