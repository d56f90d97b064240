"""The portfolio: what it gives back holds, is the same for the same seed, and is never worse than where it began."""

import multiprocessing
import time
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from manyhands.kernel.routing.core import (
    DELIVERY,
    JOB,
    PICKUP,
    RELOAD,
    Case,
    Job,
    Lines,
    Matrices,
    Route,
    Shipment,
    Vehicles,
    assess,
    searching,
    vroom_engine,
)
from manyhands.kernel.routing.core.board import Board
from manyhands.kernel.routing.core.efforts import effort_for
from manyhands.kernel.routing.core.groups import Groups
from manyhands.kernel.routing.core.piece import Cut, Piece
from manyhands.kernel.routing.core.pyvrp_engine import USUAL
from manyhands.kernel.routing.core.recombining import recombined
from manyhands.kernel.routing.core.searching import search
from manyhands.kernel.routing.core.starts import neighbourhoods, only_loads_bind, savings
from manyhands.kernel.routing.until import Rounds, Seconds


def town(seed, jobs=30, shipments=0, kinds=4, *, plain=False):
    """An evening by lot: windows, skills, several loads, own starts, too little help."""
    rng = np.random.default_rng(seed)
    places = 1 + kinds + jobs + 2 * shipments
    ways = Lines(rng.integers(0, 5000, (places, 2)).astype(float), 1.3, speed=8.0, stopping=60)
    skills = [frozenset(int(s) for s in rng.choice(4, rng.integers(0, 2), replace=False)) for _ in range(places)]

    def window():
        opens = int(rng.integers(0, 10_000))
        return opens, opens + int(rng.integers(1800, 7200))

    def amounts(most):
        return int(rng.integers(1, most)), int(rng.integers(0, 3))

    if plain:
        plain_jobs = tuple(Job(1 + n, (int(rng.integers(1, 5)),), (0,)) for n in range(jobs))
        return Case(ways, plain_jobs, (Vehicles(jobs, (20,), 0, 0),))
    made = tuple(
        Job(
            1 + kinds + n,
            amounts(9),
            (0, 0),
            int(rng.integers(60, 600)),
            window(),
            prize=int(rng.choice([9000, 25000, 60000])),
            required=False,
            skills=skills[n],
        )
        for n in range(jobs)
    )
    first = 1 + kinds + jobs
    carried = tuple(
        Shipment(
            first + 2 * n,
            first + 2 * n + 1,
            amounts(5),
            window(),
            (0, 20_000),
            120,
            120,
            prize=25000,
            required=False,
            skills=skills[jobs + n],
        )
        for n in range(shipments)
    )
    fleet = []
    for k in range(kinds):
        opens = int(rng.integers(0, 8000))
        able = frozenset(int(s) for s in rng.choice(4, 2, replace=False))
        home = 1 + k
        fleet.append(
            Vehicles(1, (30, 8), 0 if k % 2 else home, home, (opens, opens + 7200), 7200, 40_000, 1500, 1, 1, 0, able)
        )
    return Case(ways, made, tuple(fleet), carried)


@pytest.mark.parametrize("seed", range(4))
def test_odd_evenings_are_planned_so_that_every_promise_holds(seed):
    case = town(seed, jobs=20 + 10 * seed, shipments=6 * (seed % 2), kinds=3 + seed)
    answer = search(case, until=Rounds(400), seed=seed, cores=1)
    verdict = assess(case, answer)
    assert verdict.holds
    assert verdict.cost < assess(case, ()).cost
    assert assess(case, search(case, until=Rounds(50), seed=seed, start=answer, cores=1)).cost <= verdict.cost


def test_the_same_seed_gives_the_same_answer_on_one_core_and_on_two(monkeypatch):
    for name in ("SMALL", "PIECE"):  # so that it is done in pieces
        monkeypatch.setattr(searching, name, 20)
    case = town(21, jobs=60, shipments=5, kinds=12)
    one = search(case, until=Rounds(600), seed=3, cores=1)
    assert set(one) == set(search(case, until=Rounds(600), seed=3, cores=2))
    assert set(one) == set(search(case, until=Rounds(600), seed=3, cores=1))


@pytest.mark.parametrize("dying", [1, 2])
def test_a_hand_that_dies_costs_only_what_it_was_at(dying):
    case = town(11, jobs=40, shipments=5, kinds=6)
    hands = []

    def kill(*_told):
        if not hands:
            hands.extend(multiprocessing.active_children())
            for hand in hands[:dying]:
                hand.kill()

    answer = search(case, until=Rounds(100), seed=3, cores=2, progress=kill)
    assert len(hands) == 2
    assert not multiprocessing.active_children()
    assert assess(case, answer).holds
    assert answer


def test_no_hand_is_left_over_where_something_fails(monkeypatch):
    def broken(_self):
        raise MemoryError

    monkeypatch.setattr(searching._Search, "_first_tasks", broken)
    with pytest.raises(MemoryError):
        search(town(5), until=Rounds(10), cores=2)
    assert not multiprocessing.active_children()
    monkeypatch.setattr(searching, "Groups", broken)
    with pytest.raises(MemoryError):
        search(town(5), until=Rounds(10), cores=2)
    assert not multiprocessing.active_children()


def test_what_nobody_can_do_is_left_and_the_rest_is_done():
    ways = Lines(np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [5.0, 5.0]]))
    jobs = (Job(1, (1,), (0,)), Job(2, (1,), (0,), window=(9, 3)))
    odd = Shipment(1, 2, (1,), delivery_window=(50, 20), prize=5, required=False)
    even = Shipment(2, 3, (1,), prize=500, required=False)
    none, some = Vehicles(0, (5,), 0, 0), Vehicles(1, (5,), 0, 0)
    shut = Vehicles(1, (5,), 3, 3, window=(50, 20))
    case = Case(ways, jobs, (none, shut, some), (odd, even))
    done = ((2, {(JOB, 0), (PICKUP, 1), (DELIVERY, 1)}),)
    told = []
    answer = search(case, until=Rounds(20), cores=1, progress=lambda *each: told.append(each))
    assert tuple((route.vehicles, set(route.steps)) for route in answer) == done
    assert told[-1] == (1.0, 2, 4)
    assert set(search(case, until=Rounds(1), cores=1, start=answer)) == set(answer)
    if vroom_engine.can_plan(case):
        assert tuple((route.vehicles, set(route.steps)) for route in vroom_engine.plan(case, None, 1)) == done


@pytest.mark.parametrize("fleet", [(), (Vehicles(0, (5,), 0, 0),)])
@pytest.mark.parametrize("jobs", [(), (Job(1, (1,), (0,)),)])
def test_nobody_and_nothing_are_answered(fleet, jobs):
    case = Case(Lines(np.zeros((2, 2))), jobs, fleet)
    assert search(case, until=Rounds(5)) == ()
    assert vroom_engine.plan(case, None, 1) == () if vroom_engine.can_plan(case) else True


def test_what_nobody_pays_for_is_not_what_vroom_does_first():
    thing = Shipment(0, 1, (1,), required=False)
    case = Case(
        Lines(np.zeros((2, 2))),
        (Job(1, (1,), (0,), prize=40, required=False),),
        (),
        (thing, replace(thing, prize=3)),
    )
    assert vroom_engine._priorities(case) == {0: 0, 3: 8, 40: 100}


def test_a_clock_ends_the_search_and_what_was_found_is_told_on_the_way():
    case = town(5, jobs=60, kinds=8)
    told = []
    answer = search(case, until=Seconds(2, time.monotonic), progress=lambda *each: told.append(each), cores=2)
    assert assess(case, answer).holds
    assert told[-1][0] == 1.0
    assert told[-1][1] == 60 - assess(case, answer).left


def test_it_works_without_vroom(monkeypatch):
    monkeypatch.setattr(vroom_engine, "_loaded", lambda: None)
    case = town(6, jobs=25, shipments=4)
    assert not vroom_engine.can_plan(case)
    assert assess(case, search(case, until=Rounds(200), cores=1)).holds


def test_vroom_answers_hold_or_are_mended_by_leaving_the_broken_route():
    case = town(7, jobs=40, shipments=8, kinds=6)
    if not vroom_engine.can_plan(case):
        pytest.skip("VROOM is not there.")
    board = Board(case)
    board.offer(vroom_engine.plan(case, None, 1))
    assert assess(case, tuple(board.routes)).holds
    assert board.worth == (0, assess(case, tuple(board.routes)).cost)


def test_second_trips_and_releases_are_planned():
    jobs = tuple(Job(n, (6,), (0,), release=100 * n) for n in range(1, 4))
    ways = Lines(np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [10.0, 10.0]]))
    case = Case(ways, jobs, (Vehicles(1, (6,), 0, 0, reloads=(0,), most_reloads=5),))
    answer = search(case, until=Rounds(300), cores=1)
    assert assess(case, answer).holds
    assert sum(step[0] == RELOAD for route in answer for step in route.steps) == 2


def test_what_cannot_be_done_is_left_and_told():
    case = Case(Lines(np.zeros((2, 2))), (Job(1, (9,), (0,)),), (Vehicles(1, (5,), 0, 0),))
    assert search(case, until=Rounds(20), cores=1) == ()
    assert not assess(case, ()).holds
    assert search(Case(case.ways, (), ()), until=Rounds(5)) == ()


def test_savings_plan_two_thousand_without_a_matrix_and_hold():
    case = town(8, jobs=2000, plain=True)
    assert only_loads_bind(case)
    assert not only_loads_bind(town(8))
    answer = savings(case)
    verdict = assess(case, answer)
    assert verdict.holds
    alone = assess(case, tuple(Route(0, ((JOB, n),)) for n in range(2000)))
    assert verdict.cost < alone.cost / 4


def test_neighbourhoods_share_out_everything_once():
    case = town(9, jobs=200, shipments=20, kinds=30)
    cuts = neighbourhoods(case, 40)
    assert sorted(n for cut in cuts for n in cut.jobs) == list(range(200))
    assert sorted(n for cut in cuts for n in cut.shipments) == list(range(20))
    assert sorted(kind for cut in cuts for kind, _ in cut.spare) == list(range(30))


def test_a_piece_and_the_way_back_keep_every_step_and_cost():
    case = town(10, jobs=40, shipments=6, kinds=6)
    answer = search(case, until=Rounds(200), cores=1)
    piece = Piece(case, Cut(answer[:2], jobs=(), shipments=()))
    assert piece.back(piece.start) == answer[:2]
    rest = sum(j.prize for j in case.jobs) + sum(s.prize for s in case.shipments)
    inside = sum(j.prize for j in piece.case.jobs) + sum(s.prize for s in piece.case.shipments)
    assert assess(piece.case, piece.start).cost + rest - inside == assess(case, answer[:2]).cost


def test_a_board_takes_nothing_that_breaks_a_promise_or_is_no_better():
    case = town(12, jobs=12, shipments=2, kinds=3)
    board = Board(case)
    done_twice = Route(0, ((JOB, 0), (JOB, 0)))
    half = Route(1, ((PICKUP, 0),))
    backwards = Route(1, ((DELIVERY, 0), (PICKUP, 0)))
    assert board.sound((half, backwards)) == ()
    assert not board.exchange((), (half,))
    assert not board.exchange((), (done_twice,))
    assert not board.exchange((Route(0, ((JOB, 1),)),), ())
    assert board.worth == (0, assess(case, ()).cost)


def test_a_piece_has_what_is_left_and_dear_before_what_is_only_near():
    xy = np.zeros((51, 2))
    xy[1:, 0] = np.arange(50) + 1
    prizes = {19: 1000, 20: 1000, 21: 1000, 49: 100_000}
    jobs = tuple(Job(n + 1, (1,), (0,), prize=prizes.get(n, 1), required=False) for n in range(50))
    case = Case(Lines(xy), jobs, (Vehicles(2, (2,), 0, 0),))
    board = Board(case)
    assert board.offer((Route(0, ((JOB, 19), (JOB, 20))), Route(0, ((JOB, 21),))))
    cuts = [Groups(case).around(board, np.random.default_rng(seed), 10, (), Counter(), ()) for seed in range(10)]
    assert all(49 in cut.jobs for cut in cuts)
    assert all(cut.size <= 10 for cut in cuts)


def test_a_load_too_many_costs_more_than_any_prize():
    case = town(5)
    dear = replace(case, jobs=tuple(replace(job, prize=10**7) for job in case.jobs))
    assert effort_for(dear).most_penalty >= 10**7
    assert effort_for(dear).penalties[0] >= 10**7


def test_what_brings_nothing_better_ends_the_search_before_its_time():
    case = town(12, jobs=12, kinds=3)
    start = search(case, until=Rounds(400), cores=1)
    assert set(search(case, until=Rounds(10**9), cores=1, start=start, patience=4)) == set(start)


def test_routes_are_put_together_at_the_least_cost():
    xy = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    jobs = tuple(Job(n, (1,), (0,)) for n in range(1, 4))
    case = Case(Lines(xy, 100), jobs, (Vehicles(2, (3,), 0, 0),))
    routes = [((0,)), ((1,)), ((2,)), (0, 1), (1, 2), (0, 2)]
    pool = {}
    for order in routes:
        route = Route(0, tuple((JOB, n) for n in order))
        pool[route] = assess(case, (route,)).cost
    best = recombined(case, pool, nodes=100, seconds=None)
    # Three jobs, two vehicles: of the three ways to pair them, the cheapest leaves one neighbour alone.
    costs = [
        pool[Route(0, ((JOB, a), (JOB, b)))] + pool[Route(0, ((JOB, c),))]
        for a, b, c in ((0, 1, 2), (1, 2, 0), (0, 2, 1))
    ]
    assert sum(pool[route] for route in best) == min(costs)
    assert assess(case, best).holds


def test_measured_ways_are_used_as_they_are():
    distance = np.array([[0, 5, 9], [7, 0, 2], [1, 8, 0]])
    ways = Matrices((distance,), (distance * 2,), np.zeros((3, 2)))
    case = Case(ways, (Job(1, (1,), (0,)), Job(2, (1,), (0,))), (Vehicles(1, (2,), 0, 0, per_duration=1),))
    (route,) = search(case, until=Rounds(100), cores=1)
    assert route.steps == ((JOB, 0), (JOB, 1))
    assert assess(case, (route,)).cost == 8 + 16


def test_what_must_be_done_and_found_no_place_is_tried_another_way_from_nothing():
    jobs = tuple(Job(1 + n, (1,), (0,)) for n in range(6))
    sizes = (Vehicles(2, (1,), 0, 0), Vehicles(1, (9,), 0, 0))
    case = Case(Lines(np.arange(14.0).reshape(7, 2), 1.0), jobs, sizes)
    effort = effort_for(case)
    assert (effort.neighbours, effort.shaking) == (USUAL.neighbours, USUAL.shaking), "vehicles of several sizes"
    hand = searching._Search(case, Rounds(100), 1, None, (), 1, total=6, patience=None)
    hand.board.offer((Route(1, tuple((JOB, n) for n in range(5))),))
    hand.wholes = 2
    task = hand._whole()
    assert (task.start, task.effort) == ((), USUAL)
    hand.board.offer((Route(1, tuple((JOB, n) for n in range(6))),))
    assert hand._whole().start == tuple(hand.board.routes)
