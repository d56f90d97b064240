"""An evening as a case of the search core: it costs the same, holds the same, and comes back as it went."""

from dataclasses import replace

import pytest

from manyhands.kernel.geo import StraightLines
from manyhands.kernel.routing import Break, PickUp, Problem, Rounds, Seconds, Stop, Window, check, solve, solving
from manyhands.kernel.routing.casting import Cast, fits_the_core
from manyhands.kernel.routing.core import assess
from manyhands.kernel.routing.solving import Search

from .evenings import HOUR, SIX, dee, north, town


@pytest.fixture(autouse=True)
def small_evenings_too(monkeypatch):
    monkeypatch.setattr(solving, "CORE_FROM", 0)


def search_for(problem):
    return Search(problem, Rounds(30), 1, None, StraightLines(), None)


def with_pick_ups(problem):
    stops = [
        replace(stop, pick_up=PickUp(north(200 * n, 100), (Window(SIX, SIX + 2 * HOUR),), 120)) if n % 4 == 0 else stop
        for n, stop in enumerate(problem.stops)
    ]
    return replace(problem, stops=tuple(stops))


def with_locks_and_limits(problem):
    locked = [
        replace(stop, locked_to="h0", locked_order=n, windows=(), skills=frozenset(), languages=frozenset())
        for n, stop in enumerate(problem.stops[:2])
    ]
    helpers = [
        replace(helper, max_stops=3 + n % 2, max_seconds=2 * HOUR, max_metres=40_000 if n % 3 else None)
        for n, helper in enumerate(problem.helpers)
    ]
    return replace(problem, stops=(*locked, *problem.stops[2:]), helpers=tuple(helpers))


@pytest.mark.parametrize("change", [lambda problem: problem, with_pick_ups, with_locks_and_limits])
@pytest.mark.parametrize("hub", [False, True])
def test_a_plan_costs_and_holds_in_the_core_as_it_does_for_people(change, hub):
    problem = change(town(30, 6, seed=4, hub=hub))
    plan = solve(problem, until=Rounds(60))
    assert plan.served > 5
    one = search_for(problem)
    assert one.by_core
    row = {turn.key: number for number, turn in enumerate(one.turns)}
    orders = {row[run.helper_id, run.shift]: [one.number[i] for i in run.stop_ids] for run in plan.runs}
    cast = Cast(one.part, one.travel, 7)
    answer = cast.answer(orders)
    verdict = assess(cast.case, answer)
    assert verdict.broken == ()
    left = 7 * sum(one.counted(stop) for stop in one.stops if stop.id not in plan.run_of)
    assert verdict.cost == plan.metres + plan.seconds + left
    assert cast.orders(answer, orders) == orders


def test_what_the_core_would_break_is_broken_for_people():
    """An order by lot is late, too long or too much for both or for neither."""
    problem = town(16, 6, seed=4)
    one = search_for(problem)
    cast = Cast(one.part, one.travel, 7)
    verdicts = set()
    for turn in range(len(one.turns)):
        for first in range(len(one.stops) - 1):
            order = [first, first + 1]
            stops = [one.stops[i] for i in order]
            holds = one._kept(problem, one.turns[turn], stops) == stops
            assert assess(cast.case, cast.answer({turn: order})).holds == holds
            verdicts.add(holds)
    assert verdicts == {True, False}


@pytest.mark.parametrize(
    ("stop", "helper"),
    [
        ({}, {"breaks": (Break(Window(SIX, SIX + HOUR), 600),)}),
        ({}, {"trips": 2}),
        ({"together": "flat"}, {}),
        ({"building": "tower"}, {}),
        ({"remembered": frozenset({"dee"})}, {}),
        ({"windows": (Window(SIX, SIX + HOUR), Window(SIX + 2 * HOUR, SIX + 3 * HOUR))}, {}),
        ({"pick_up": PickUp(north(10))}, {"max_stops": 3}),
        ({}, {"shifts": (Window(SIX, SIX + 10**9),)}),
    ],
)
def test_what_a_case_cannot_say_is_searched_without_the_core(stop, helper, monkeypatch):
    def never(*_given, **_more):
        raise AssertionError("asked")

    monkeypatch.setattr(solving, "search", never)
    asks = [replace(Stop(f"a{n}", north(300 * n + 100), service=60), **stop) for n in range(4)]
    problem = Problem(tuple(asks), (dee(**helper), dee(id="cy")))
    plan = solve(problem, until=Rounds(60))
    assert check(problem, plan) == []
    assert plan.served == 4
    monkeypatch.setattr(solving, "CORE_FROM", 5)
    few = Problem(tuple(Stop(f"a{n}", north(300 * n + 100)) for n in range(4)), (dee(), dee(id="cy")))
    assert solve(few, until=Rounds(60)).served == 4
    monkeypatch.setattr(solving, "CORE_FROM", 4)
    with pytest.raises(AssertionError, match="asked"):
        solve(few, until=Rounds(60))


def test_windows_of_other_days_are_no_windows_of_this_evening():
    days = tuple(Window(SIX + day * 24 * HOUR, SIX + day * 24 * HOUR + HOUR) for day in range(3))
    assert fits_the_core(search_for(Problem((Stop("a", north(500), days),), (dee(),))).part)


def test_what_the_core_finds_worse_or_nothing_changes_nothing(monkeypatch):
    problem = town(20, 4)
    monkeypatch.setattr(solving, "search", lambda *_given, **_more: ())
    plan = solve(problem, until=Rounds(60))
    assert check(problem, plan) == []
    assert plan.served > 5


def test_a_small_evening_ends_before_its_time_and_stopping_keeps_the_best():
    problem = town(8, 2)
    plan = solve(problem, until=Rounds(10**7))
    assert plan.served > 1
    told = []
    stopped = solve(
        problem,
        until=Seconds(10**6, lambda: 0.0, stop=lambda: len(told) > 2),
        progress=lambda *so_far: told.append(so_far),
    )
    assert check(problem, stopped) == []
    assert stopped.served > 1
