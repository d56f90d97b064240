"""A dispatcher moves a stop and sees what it costs and what it would break, before it happens."""

import pytest

from manyhands.kernel.routing import (
    Breach,
    Code,
    Hub,
    Order,
    Problem,
    Reason,
    Stop,
    Window,
    breaks,
    check,
    price_of_move,
    retime,
)

from .evenings import HOME, HOUR, SIX, dee, north

A, B, C = (Stop(name, north(m), service=300, loads=(4,)) for name, m in (("a", 1000), ("b", 2000), ("c", 3000)))
CY = dee(id="cy", start=north(3000), end=north(3000), capacity=(4,))


@pytest.fixture
def problem() -> Problem:
    return Problem((A, B, C), (dee(), CY), (Hub("pantry", HOME, Window(0, 60)),))


@pytest.fixture
def plan(problem):
    return retime(problem, [Order("dee", ("a", "b")), Order("cy", ("c",))])


def test_moving_within_a_run_costs_the_detour(problem, plan):
    move = price_of_move(problem, plan, "a", "dee", 1)
    assert move.breaks == ()
    assert move.plan.runs[0].stop_ids == ("b", "a")
    assert move.added_metres == move.plan.metres - plan.metres
    assert check(problem, move.plan) == []


def test_moving_to_a_full_car_says_so_and_shows_the_plan_all_the_same(problem, plan):
    move = price_of_move(problem, plan, "b", "cy", 0)
    assert [r.sentence() for r in move.breaks] == ["Helper cy would carry 8 boxes and has room for 4."]
    assert move.plan.run_of["b"].helper_id == "cy"
    assert check(problem, move.plan) == ["Helper cy carries 8 boxes and can carry 4."]


def test_taking_a_stop_out_leaves_it_with_a_reason(problem, plan):
    move = price_of_move(problem, plan, "c", None)
    assert move.breaks == ()
    assert move.added_seconds == -300
    assert "c" in move.plan.reason_of
    assert [run.helper_id for run in move.plan.runs] == ["dee"]


def test_putting_in_what_was_left_out(problem):
    plan = retime(problem, [Order("dee", ("a",))])
    move = price_of_move(problem, plan, "b", "dee", 99)
    assert move.breaks == ()
    assert move.plan.runs[0].stop_ids == ("a", "b")
    assert price_of_move(problem, plan, "c", "cy").plan.run_of["c"].helper_id == "cy"


def codes(problem, orders):
    return [reason.code for reason in breaks(problem, retime(problem, orders))]


@pytest.mark.parametrize(
    ("stop", "helper", "code"),
    [
        (Stop("x", north(1), (Window(SIX, SIX + 1),)), dee(start=north(9000)), Breach.LATE),
        (Stop("x", north(1), skills=frozenset({"lift"})), dee(), Breach.SKILL),
        (Stop("x", north(1), languages=frozenset({"es"})), dee(), Breach.LANGUAGE),
        (Stop("x", north(1), never=frozenset({"dee"})), dee(), Breach.NOT_ALLOWED),
        (Stop("x", north(1), locked_to="cy"), dee(), Breach.LOCKED),
        (Stop("x", north(1)), dee(settled=True), Breach.SETTLED),
        (Stop("x", north(1), hub="pantry"), dee(), Breach.OTHER_HUB),
        (Stop("x", north(1)), dee(hub="pantry"), Breach.HUB_SHUT),
        (Stop("x", north(1), loads=(11,)), dee(), Breach.LOAD),
        (Stop("x", north(1), service=4 * HOUR), dee(), Breach.SHIFT),
        (Stop("x", north(1)), dee(shifts=()), Breach.NO_SHIFT),
        (Stop("x", north(1), service=HOUR), dee(max_seconds=60), Breach.DURATION),
        (Stop("x", north(1)), dee(max_stops=0), Breach.STOPS),
        (Stop("x", north(500)), dee(max_metres=100), Breach.DISTANCE),
    ],
)
def test_each_promise_that_breaks_is_named(stop, helper, code):
    problem = Problem((stop,), (helper, CY), (Hub("pantry", HOME, Window(0, 60)),))
    assert codes(problem, [Order("dee", ("x",))]) == [code]


def test_changing_a_locked_order_is_named():
    stops = (Stop("a", north(1), locked_to="dee", locked_order=1), Stop("b", north(2), locked_to="dee", locked_order=2))
    assert codes(Problem(stops, (dee(),)), [Order("dee", ("b", "a"))]) == [Breach.ORDER]


def test_what_is_not_there_is_named(problem, plan):
    assert price_of_move(problem, plan, "x", "dee").breaks[0].code == Breach.UNKNOWN_ASK
    assert price_of_move(problem, plan, "a", "x").breaks[0].code == Breach.UNKNOWN_HELPER
    nowhere = Problem((Stop("n", None),), (dee(),))
    assert price_of_move(nowhere, retime(nowhere, []), "n", "dee").breaks[0].code == Breach.UNREACHABLE


def test_a_late_visit_says_by_how_much():
    stop = Stop("x", north(1000), (Window(SIX - HOUR, SIX),), service=300)
    (run,) = retime(Problem((stop,), (dee(),)), [Order("dee", ("x",))]).runs
    (visit,) = run.visits
    assert visit.late == visit.leave - SIX


def test_orders_with_strangers_and_repeats_time_what_there_is(problem):
    plan = retime(problem, [Order("dee", ("a", "x", "a", "b")), Order("nobody", ("c",)), Order("cy", ())])
    assert [run.stop_ids for run in plan.runs] == [("a", "b")]
    assert set(plan.reason_of) == {"c"}


def test_choosing_a_later_window_saves_waiting_where_the_time_is_short():
    early_or_late = Stop("b", north(200), (Window(SIX, SIX + 900), Window(SIX + 2 * HOUR, SIX + 2 * HOUR + 900)))
    late = Stop("c", north(300), (Window(SIX + 2 * HOUR, SIX + 3 * HOUR),))
    problem = Problem((early_or_late, late), (dee(max_seconds=HOUR),))
    plan = retime(problem, [Order("dee", ("b", "c"))])
    assert check(problem, plan) == []


def test_reasons_that_are_known_are_not_looked_for_again(problem):
    known = Reason(Code.WINDOW_OVER, {"minutes": 7})
    plan = retime(problem, [Order("dee", ("a",))], reasons={"b": known})
    assert plan.reason_of["b"] is known
    assert plan.reason_of["c"].code == Code.ROOM_LEFT
    moved = price_of_move(problem, plan, "a", None).plan
    assert moved.reason_of["b"] is known
    assert set(moved.reason_of) == {"a", "b", "c"}
    assert price_of_move(problem, moved, "b", "dee").plan.reason_of.keys() == {"a", "c"}
