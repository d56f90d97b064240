"""A city's evening is cut into neighbourhoods: it ends, it holds, and it stays small in memory."""

import random
import tracemalloc
from dataclasses import replace

import numpy as np

from manyhands.kernel.geo import Point
from manyhands.kernel.routing import Problem, Rounds, check, solve
from manyhands.kernel.routing.parts import cut

from .evenings import HOME, dee, north, town


def test_ten_thousand_asks_are_planned_and_everyone_left_out_has_a_reason():
    problem = town(10_000, 60, hub=True)
    tracemalloc.start()
    plan = solve(problem, until=Rounds(30))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert check(problem, plan) == []
    assert plan.stats.parts > 1
    assert plan.served + len(plan.unserved) == 10_000
    assert all(run.visits for run in plan.runs)
    # A matrix of all with all would be 1,600 MB for one mode alone.
    assert peak < 600_000_000


def test_one_helper_and_ten_thousand_asks():
    problem = replace(town(10_000, 1), helpers=(dee(capacity=()),))
    plan = solve(problem, until=Rounds(5))
    assert check(problem, plan) == []
    assert plan.served > 5


def test_ten_thousand_asks_at_one_door():
    problem = town(10_000, 20)
    problem = replace(problem, stops=tuple(replace(s, place=HOME) for s in problem.stops))
    plan = solve(problem, until=Rounds(5))
    assert check(problem, plan) == []
    assert plan.served > 50


def test_a_cut_leaves_nobody_out_who_can_be_reached():
    luck = random.Random(3)
    problem = town(900, 24)
    for stops in (
        problem.stops,
        [replace(s, place=Point(0, 179.99 + luck.random() / 50 - 0.01)) for s in problem.stops],
    ):
        turns = _turns(problem)
        may = np.array([[luck.random() < 0.2 for _ in stops] for _ in turns])
        parts = cut(turns, stops, may, 200)
        assert len(parts) > 3
        seen = [stop for _, part in parts for stop in part]
        helped = [turn for team, _ in parts for turn in team]
        assert sorted(set(seen)) == sorted(seen) == np.flatnonzero(may.any(axis=0)).tolist()
        assert sorted(helped) == list(range(len(turns)))
        for team, part in parts:
            assert may[np.ix_(team, part)].any(axis=0).all()


def _turns(problem: Problem):
    from manyhands.kernel.routing.timing import turns_of

    return turns_of(problem)


def test_neighbours_stay_together():
    problem = Problem((), (dee(id="n", start=north(9000)), dee(id="s", start=north(-9000))))
    asks = town(400, 1).stops
    two_towns = [replace(s, place=north(9000 if i % 2 else -9000, i)) for i, s in enumerate(asks)]
    parts = cut(_turns(problem), two_towns, np.ones((2, 400), dtype=bool), 300)
    assert sorted(parts) == [([0], list(range(1, 400, 2))), ([1], list(range(0, 400, 2)))]
