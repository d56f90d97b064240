"""The check of the search core: small cases by hand, and published answers to exactly their published cost."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
from bench.routing_files import Instance, Unreadable, class_of, instances_in, read

from manyhands.kernel.routing.core import (
    DELIVERY,
    JOB,
    PICKUP,
    RELOAD,
    Case,
    Job,
    Lines,
    Route,
    Shipment,
    Vehicles,
    assess,
)

SHARED = Path(__file__).resolve().parents[4] / "shared" / "bench" / "routing"
LINE = Lines(np.array([[10.0 * n, 0.0] for n in range(6)]))


def job(place, load=1, **more):
    return Job(place, (load,), (0,), **more)


def case(*jobs, shipments=(), **vehicle):
    told = {"count": 1, "capacity": (10,), "start": 0, "end": 0} | vehicle
    return Case(LINE, jobs, (Vehicles(**told),), shipments)


def told(case, *steps):
    return assess(case, (Route(0, steps),))


def test_cost_is_way_time_and_vehicle_and_what_is_left():
    both = case(job(1, prize=50, required=False), job(3), fixed=100, per_distance=2, per_duration=3)
    verdict = told(both, (JOB, 1))
    assert verdict.holds
    assert (verdict.cost, verdict.distance, verdict.left) == (100 + 2 * 60 + 3 * 60 + 50, 60, 1)


def test_one_sets_out_as_late_as_ends_no_later():
    waits = case(job(1, window=(100, 200), service=5), job(2, window=(0, 130)), per_distance=0, per_duration=1)
    # At 100 at the first, home at 135: set out at 90.
    assert told(waits, (JOB, 0), (JOB, 1)).cost == 45


@pytest.mark.parametrize(
    ("broken", "steps", "words"),
    [
        (case(job(3, window=(0, 29))), [(JOB, 0)], "begins at 30, at the latest 29"),
        (case(job(3), window=(0, 59)), [(JOB, 0)], "end 0 begins at 60"),
        (case(job(3), most_duration=59), [(JOB, 0)], "takes 60, at most 59"),
        (case(job(3), most_distance=59), [(JOB, 0)], "60 long, at most 59"),
        (case(job(1, 6), job(2, 5)), [(JOB, 0), (JOB, 1)], "carries [11]"),
        (case(job(1), job(2)), [(JOB, 0)], "job 1 is left"),
        (case(job(1)), [(JOB, 0), (JOB, 0)], "done 2 times"),
        (case(job(1, skills=frozenset({4}))), [(JOB, 0)], "wants skills"),
        (case(job(1), allowed=frozenset()), [(JOB, 0)], "not among those allowed"),
        (case(job(1)), [(JOB, 0), (RELOAD, 0)], "loads 1 times"),
        (case(shipments=(Shipment(1, 2, (1,)),)), [(DELIVERY, 0), (PICKUP, 0)], "before it is picked up"),
        (case(shipments=(Shipment(1, 2, (1,)),)), [(PICKUP, 0)], "stay on board"),
        (case(shipments=(Shipment(1, 2, (11,)),)), [(PICKUP, 0), (DELIVERY, 0)], "carries [11]"),
    ],
)
def test_each_broken_promise_is_told(broken, steps, words):
    assert any(words in each for each in told(broken, *steps).broken)


def test_more_vehicles_than_there_are_is_told():
    two = assess(case(job(1), job(2)), (Route(0, ((JOB, 0),)), Route(0, ((JOB, 1),))))
    assert two.broken == ("2 vehicles of kind 0, there are 1",)


def test_loading_anew_empties_the_count_and_waits_for_release():
    twice = case(job(1, 8), job(2, 8, release=100), reloads=(0,), most_reloads=1, per_distance=0, per_duration=1)
    verdict = told(twice, (JOB, 0), (RELOAD, 0), (JOB, 1))
    assert verdict.holds
    # Home at 140; the first trip may wait until 80.
    assert verdict.cost == 60


def test_files_without_a_class_in_their_name_are_known_by_what_is_in_them(tmp_path):
    vrp = "NAME : odd\nTYPE : CVRP\nDIMENSION : 3\nEDGE_WEIGHT_TYPE : EUC_2D\nCAPACITY : 5\nNODE_COORD_SECTION\n"
    vrp += "1 0 0\n2 3 4\n3 6 8\nDEMAND_SECTION\n1 0\n2 2\n3 2\nDEPOT_SECTION\n1\n-1\nEOF\n"
    (tmp_path / "odd.vrp").write_text(vrp)
    (tmp_path / "odd.sol").write_text("Route #1: 1 2\nCost 20\n")
    (found,) = instances_in(tmp_path)
    instance = read(found)
    assert (class_of(found), instance.best_known) == ("CVRP", 20)
    assert assess(instance.case, instance.published).cost == 20


def test_a_file_that_is_no_instance_is_told_in_a_sentence(tmp_path):
    (tmp_path / "CVRP__bad.vrp").write_text("NAME : bad\nTYPE : CVRP\n")
    with pytest.raises(Unreadable, match="cannot be read"):
        read(tmp_path / "CVRP__bad.vrp")


@pytest.fixture(scope="module")
def published():
    if not SHARED.exists():
        pytest.skip(f"The shared benchmark is not beside the checkout: {SHARED}")
    return [i for f in instances_in(SHARED) if (i := read(f)).published]


@pytest.mark.data
def test_published_answers_cost_exactly_what_is_published(published: list[Instance]):
    for instance in published:
        verdict = assess(instance.case, instance.published)
        assert (instance.name, verdict.broken, verdict.cost) == (instance.name, (), instance.best_known)


@pytest.mark.data
def test_the_judge_of_the_benchmark_says_the_same_of_spoiled_answers(published: list[Instance], monkeypatch):
    spec = importlib.util.spec_from_file_location("bench_core", SHARED / "bench_core.py")
    judge = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "bench_core", judge)
    spec.loader.exec_module(judge)
    modes = {"VRPTW": "dimacs", "PCVRPTW": "dimacs", "MTVRPTWR": "dimacs", "CVRP": "round"}
    rng = np.random.default_rng(7)
    for instance in published:
        if instance.case.size > 600:
            continue
        theirs = judge.load(instance.file, instance.cls, modes.get(instance.cls, "exact"))
        for spoil in range(4):
            routes = [[r.vehicles, list(r.steps)] for r in instance.published]
            for _ in range(spoil):
                here, there = rng.integers(len(routes), size=2)
                if routes[here][1]:
                    step = routes[here][1].pop(int(rng.integers(len(routes[here][1]))))
                    routes[there][1].insert(int(rng.integers(len(routes[there][1]) + 1)), step)
            mine = assess(instance.case, tuple(Route(kind, tuple(steps)) for kind, steps in routes))
            names = {JOB: "c", RELOAD: "r"}
            other = judge.check(theirs, [(kind, [(names[k], n) for k, n in steps]) for kind, steps in routes])
            assert (mine.cost, mine.left) == (other["cost"], other["unserved"])
            assert mine.holds == other["feasible"]
