"""What is settled stays: locked stops keep their helper and their order, and a new plan disturbs little."""

from dataclasses import replace

import pytest

from manyhands.kernel.routing import Problem, Rounds, Stop, Window, check, solve

from .evenings import HOME, HOUR, SIX, dee, north, town


def locked_as_planned(problem: Problem, plan, *, some=lambda _: True) -> Problem:
    """The problem with the stops of a plan locked to who has them, in their order."""
    held = {v.stop_id: (run.helper_id, n) for run in plan.runs for n, v in enumerate(run.visits) if some(v.stop_id)}
    return replace(
        problem,
        stops=tuple(
            replace(s, locked_to=held[s.id][0], locked_order=held[s.id][1]) if s.id in held else s
            for s in problem.stops
        ),
    )


def test_a_locked_stop_stays_with_its_helper_though_another_is_nearer():
    near, far = dee(id="near", start=north(5000), end=north(5000)), dee(id="far")
    plan = solve(Problem((Stop("a", north(5000), locked_to="far"),), (near, far)), until=Rounds(30))
    assert plan.run_of["a"].helper_id == "far"


def test_a_locked_order_is_kept_though_another_is_shorter():
    stops = tuple(Stop(f"a{m}", north(m), service=60, locked_to="dee", locked_order=-m) for m in (1000, 2000, 3000))
    problem = Problem((*stops, Stop("new", north(1500), service=60)), (dee(),))
    plan = solve(problem, until=Rounds(100))
    assert check(problem, plan) == []
    assert [i for i in plan.runs[0].stop_ids if i != "new"] == ["a3000", "a2000", "a1000"]
    assert plan.served == 4


def test_what_is_locked_comes_before_what_weighs_more():
    promised = Stop("promised", north(100), locked_to="dee")
    heavy = Stop("heavy", north(100), weight=9)
    plan = solve(Problem((heavy, promised), (dee(max_stops=1),)), until=Rounds(50))
    assert set(plan.run_of) == {"promised"}


@pytest.mark.parametrize("seed", range(4))
def test_planning_again_with_everything_locked_changes_nothing_told(seed):
    problem = town(30, 4, seed=seed, hub=True)
    plan = solve(problem, until=Rounds(200))
    again = solve(locked_as_planned(problem, plan), until=Rounds(100), seed=seed + 9, start_plan=plan)
    assert [(r.helper_id, r.stop_ids) for r in again.runs] == [(r.helper_id, r.stop_ids) for r in plan.runs]


@pytest.mark.parametrize("seed", range(4))
def test_new_asks_come_in_between_and_the_locked_ones_stay_in_order(seed):
    problem = town(40, 5, seed=seed)
    early = replace(problem, stops=problem.stops[:25])
    plan = solve(early, until=Rounds(200))
    locked = locked_as_planned(problem, plan, some=lambda stop: int(stop[1:]) % 3 > 0)
    again = solve(locked, until=Rounds(200), start_plan=plan)
    assert check(locked, again) == []
    for run in plan.runs:
        told = [i for i in run.stop_ids if locked.stop[i].locked_to]
        new = again.run_of[told[0]] if told else run
        assert [i for i in new.stop_ids if i in told] == told
    assert again.need_met >= plan.need_met


def test_when_someone_drops_out_the_others_keep_their_runs_and_take_what_they_can():
    problem = town(40, 5, seed=2)
    plan = solve(problem, until=Rounds(300))
    gone = max(plan.runs, key=lambda run: len(run.visits)).helper_id
    without = replace(problem, helpers=tuple(h for h in problem.helpers if h.id != gone))
    kept = [run for run in plan.runs if run.helper_id != gone]
    locked = locked_as_planned(without, replace(plan, runs=tuple(kept)))
    again = solve(locked, until=Rounds(200), start_plan=plan)
    assert check(locked, again) == []
    for run in kept:
        stops = next(r.stop_ids for r in again.runs if r.helper_id == run.helper_id)
        assert [i for i in stops if i in run.stop_ids] == list(run.stop_ids)


def test_a_settled_run_gets_nothing_new():
    promised = Stop("promised", north(1000), locked_to="dee")
    problem = Problem((promised, Stop("by-the-way", north(500))), (dee(settled=True),))
    plan = solve(problem, until=Rounds(30))
    assert plan.runs[0].stop_ids == ("promised",)


def test_locked_stops_of_a_helper_with_two_shifts_stay_in_order():
    shifts = (Window(SIX, SIX + 900), Window(SIX + HOUR, SIX + 2 * HOUR))
    stops = tuple(Stop(f"a{n}", north(n * 900), service=200, locked_to="dee", locked_order=n) for n in range(1, 5))
    problem = Problem(stops, (dee(shifts=shifts, end=HOME),))
    plan = solve(problem, until=Rounds(80))
    assert check(problem, plan) == []
    assert plan.served == 4


def test_among_helpers_who_are_alike_each_keeps_their_own_run():
    stops = tuple(Stop(f"a{n}", north(3000 if n % 2 else -3000, 100 * n), service=900) for n in range(8))
    problem = Problem(stops, tuple(dee(id=f"h{n}", max_stops=4) for n in range(2)))
    plan = solve(problem, until=Rounds(200))
    for seed in range(4):
        again = solve(problem, until=Rounds(200), seed=seed, start_plan=plan)
        assert {i: r.helper_id for i, r in again.run_of.items()} == {i: r.helper_id for i, r in plan.run_of.items()}
