"""Something happens to an evening that is planned: the new plan holds, and most people hear nothing new."""

import os
import random
from dataclasses import replace

import pytest

from manyhands.kernel.geo import Mode, StraightLines
from manyhands.kernel.routing import (
    DroppedOut,
    Joined,
    PickUp,
    Plan,
    Problem,
    RoadShut,
    Rounds,
    Stop,
    UnderWay,
    Wanted,
    Window,
    Withdrawn,
    check,
    replan,
    solve,
    what_changes,
)

from .evenings import HOUR, SIX, dee, north, town
from .test_what_an_evening_may_have import evening_with_everything

EVENINGS = 1500 if os.environ.get("PROMISES_LONG") else 40


@pytest.fixture(scope="module")
def planned() -> tuple[Problem, Plan]:
    problem = town(60, 8, seed=3, hub=True)
    return problem, solve(problem, until=Rounds(150))


def again(planned, *happenings, rounds=60):
    problem, plan = planned
    made = replan(problem, plan, happenings, until=Rounds(rounds))
    assert check(made.problem, made.plan, made.travel) == []
    return made


def busiest(plan):
    return max(plan.runs, key=lambda run: len(run.visits))


def test_nothing_happened_and_nobody_is_told_anything(planned):
    made = again(planned)
    assert made.plan.need_met >= planned[1].need_met
    assert made.changes.people == 0 or made.plan.need_met > planned[1].need_met
    easy = Problem(tuple(Stop(f"a{n}", north(400 * n), (), 300) for n in range(1, 6)), (dee(), dee(id="cy")))
    assert again((easy, solve(easy, until=Rounds(60)))).changes.nothing


def test_who_drops_out_leaves_asks_that_others_take_or_that_are_named_as_dropped(planned):
    run = busiest(planned[1])
    made = again(planned, DroppedOut(run.helper_id))
    assert all(r.helper_id != run.helper_id for r in made.plan.runs)
    told_anew = {c.stop_id for c in (*made.changes.moved, *made.changes.retimed, *made.changes.dropped)}
    assert set(run.served) <= told_anew
    others = [i for r in planned[1].runs if r is not run for i in r.served]
    kept = [i for i in others if i not in told_anew]
    assert len(kept) >= 0.7 * len(others)


def test_an_urgent_ask_comes_in_and_is_fitted_in(planned):
    made = again(planned, Wanted(Stop("new", north(300), (), 300, (1,), weight=9)))
    assert made.plan.run_of["new"]
    assert [c.stop_id for c in made.changes.added if c.stop_id == "new"] == ["new"]


def test_a_withdrawn_ask_is_gone_and_told_as_gone(planned):
    stop_id = busiest(planned[1]).served[0]
    made = again(planned, Withdrawn(stop_id))
    assert stop_id not in made.problem.stop
    assert stop_id in made.changes.gone


def test_who_runs_late_keeps_what_is_on_board_and_what_is_done_stays_done(planned):
    run = busiest(planned[1])
    first, rest = run.visits[0], run.visits[1:]
    made = again(planned, UnderWay(run.helper_id, first.leave + 1800, 1, run.shift))
    assert made.done == (first.stop_id,)
    for other in made.plan.runs:
        if other.helper_id == run.helper_id and other.shift == run.shift:
            assert other.depart >= first.leave + 1800
        else:
            on_board = [v.stop_id for v in rest if any(made.problem.stop[v.stop_id].loads)]
            assert not set(on_board) & set(other.served)


def test_what_was_picked_up_already_is_brought_by_who_has_it():
    problem = Problem(
        (Stop("cot", north(3000), pick_up=PickUp(north(1000))), Stop("soup", north(2000))), (dee(), dee(id="cy"))
    )
    plan = solve(problem, until=Rounds(30))
    run = plan.run_of["cot"]
    behind = next(i for i, v in enumerate(run.visits) if v.collects) + 1
    made = replan(problem, plan, [UnderWay(run.helper_id, run.visits[behind - 1].leave + 60, behind)], until=Rounds(20))
    assert check(made.problem, made.plan, made.travel) == []
    assert made.problem.stop["cot"].pick_up is None
    assert made.plan.run_of["cot"].helper_id == run.helper_id
    assert [v.stop_id for v in made.plan.run_of["cot"].visits].count("cot") == 1


def test_a_shut_road_makes_the_way_across_it_longer():
    shut = RoadShut(north(500, -2000), north(500, 2000), 1200, 5000)
    problem = Problem((Stop("a", north(1000), (), 300),), (dee(),))
    plan = solve(problem, until=Rounds(20))
    made = replan(problem, plan, [shut], until=Rounds(20))
    seconds, _ = made.travel.matrix(Mode.CAR, [north(0)], [north(1000), north(400)])
    straight, _ = StraightLines().matrix(Mode.CAR, [north(0)], [north(1000), north(400)])
    assert (seconds - straight).tolist() == [[1200, 0]]
    assert check(made.problem, made.plan, made.travel) == []
    assert made.plan.seconds == plan.seconds + 2400


def test_a_helper_who_joins_takes_what_nobody_could(planned):
    left = len(planned[1].unserved)
    newcomer = dee(id="new", capacity=(50,), languages=frozenset({"es", "zh", "yue"}), skills=frozenset({"lift"}))
    made = again(planned, Joined(newcomer))
    assert len(made.plan.unserved) < left
    assert any(run.helper_id == "new" for run in made.plan.runs)


def test_the_same_seed_gives_the_same_new_plan(planned):
    run = busiest(planned[1])
    one, other = (again(planned, DroppedOut(run.helper_id)) for _ in range(2))
    assert one.plan == other.plan
    assert one.changes == other.changes


def test_who_never_was_cannot_drop_out(planned):
    with pytest.raises(KeyError):
        again(planned, DroppedOut("nobody"))
    with pytest.raises(KeyError):
        again(planned, Withdrawn("nothing"))


def test_a_time_within_the_tolerance_is_as_told(planned):
    _, plan = planned
    run = plan.runs[0]

    def by(seconds):
        visits = tuple(replace(v, start=v.start + seconds) for v in run.visits)
        return replace(plan, runs=(replace(run, visits=visits), *plan.runs[1:]))

    assert what_changes(plan, by(600)).nothing
    assert len(what_changes(plan, by(601)).retimed) == len(run.served)


@pytest.mark.parametrize("block", range(4))
def test_whatever_happens_to_an_odd_evening_the_new_plan_holds(block):
    for seed in range(block, EVENINGS, 4):
        luck = random.Random(seed)
        problem = evening_with_everything(seed)
        plan = solve(problem, until=Rounds(10), seed=seed)
        run = luck.choice(plan.runs) if plan.runs else None
        other = evening_with_everything(seed + 10_000)
        happenings = [
            Wanted(
                replace(
                    luck.choice(other.stops),
                    id="new",
                    never=frozenset(),
                    locked_to=None,
                    together=None,
                    remembered=frozenset(),
                )
            ),
            Wanted(replace(luck.choice(problem.stops), windows=(Window(SIX, SIX + HOUR),))),
            Withdrawn(luck.choice(problem.stops).id),
            RoadShut(north(500, -900), north(500, 900), 600, 1000),
            Joined(dee(id="newcomer", capacity=(6, 2))),
            DroppedOut(luck.choice(problem.helpers).id),
        ]
        if run is not None:
            behind = luck.randint(1, len(run.visits))
            visit = run.visits[behind - 1]
            happenings.append(UnderWay(run.helper_id, visit.leave + luck.choice([0, 1200]), behind, run.shift))
            happenings.append(UnderWay(run.helper_id, run.depart + 900, 0, run.shift))
            happenings.append(DroppedOut(run.helper_id, behind, run.shift))
        happening = luck.choice(happenings)
        made = replan(problem, plan, [happening], until=Rounds(8), seed=seed)
        assert check(made.problem, made.plan, made.travel) == [], (seed, happening)
        named = {c.stop_id for c in (*made.changes.moved, *made.changes.retimed, *made.changes.dropped)}
        for stop_id, was in plan.run_of.items():
            now = made.plan.run_of.get(stop_id)
            if stop_id in made.problem.stop and (now is None or now.helper_id != was.helper_id):
                assert stop_id in named, (seed, stop_id)
