"""The check trusts nothing: whatever is wrong with a plan is found, from the problem alone."""

from dataclasses import replace

import pytest

from manyhands.kernel.routing import (
    Break,
    Code,
    Hub,
    Order,
    Pause,
    PickUp,
    Plan,
    Problem,
    Reason,
    Reload,
    Stop,
    Unserved,
    Window,
    check,
    retime,
)

from .evenings import HOME, HOUR, SIX, dee, north

STOPS = (
    Stop("a", north(1000), (Window(SIX, SIX + HOUR),), 300, (2,), frozenset({"lift"}), frozenset({"es"})),
    Stop("b", north(2000), (), 300, (2,), locked_to="dee"),
    Stop("c", None),
)
DEE = dee(skills=frozenset({"lift"}), languages=frozenset({"es"}), hub="pantry")
PROBLEM = Problem(STOPS, (DEE, dee(id="cy")), (Hub("pantry", north(100), Window(SIX - HOUR, SIX + HOUR), 60),), now=SIX)


@pytest.fixture
def plan() -> Plan:
    plan = retime(PROBLEM, [Order("dee", ("a", "b"))])
    assert check(PROBLEM, plan) == []
    return plan


def run_with(plan, **changes) -> Plan:
    return replace(plan, runs=(replace(plan.runs[0], **changes),))


def visit_with(plan, number, **changes) -> Plan:
    visits = list(plan.runs[0].visits)
    visits[number] = replace(visits[number], **changes)
    return run_with(plan, visits=tuple(visits))


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda p: replace(p, unserved=()), "Ask c is neither visited nor left out with a reason."),
        (lambda p: replace(p, unserved=(*p.unserved, *p.unserved)), "Ask c is left out 2 times."),
        (
            lambda p: replace(p, unserved=(*p.unserved, Unserved("a", Reason(Code.NO_PLACE)))),
            "Ask a is both visited and left out.",
        ),
        (lambda p: replace(p, unserved=(*p.unserved, Unserved("x", Reason(Code.NO_PLACE)))), "speaks of ask x"),
        (lambda p: visit_with(p, 1, stop_id="a"), "Ask a is visited 2 times."),
        (lambda p: replace(p, runs=(p.runs[0], p.runs[0])), "Helper dee makes 2 runs in shift 0."),
        (lambda p: replace(p, need_met=1), "The plan says it meets 1 points"),
        (lambda p: replace(p, need_total=1), "The plan says there are 1 points"),
        (lambda p: run_with(p, helper_id="x"), "A run is given to helper x, who is not in the problem."),
        (lambda p: run_with(p, helper_id="cy"), "Helper cy is sent to ask a without lift."),
        (lambda p: run_with(p, helper_id="cy"), "Helper cy is sent to ask a without a language in common."),
        (lambda p: run_with(p, helper_id="cy"), "Helper cy is sent to ask b, which is locked to helper dee."),
        (lambda p: run_with(p, helper_id="cy"), "Helper cy loads at hub pantry, but has none."),
        (lambda p: run_with(p, shift=1), "Helper dee has no shift 1."),
        (lambda p: run_with(p, visits=()), "Helper dee has a run without a stop."),
        (lambda p: run_with(p, depart=SIX - 60), "Helper dee is on the way outside their shift"),
        (lambda p: run_with(p, depart=SIX - 60), "Helper dee would have to set out in the past."),
        (lambda p: run_with(p, finish=SIX + 4 * HOUR), "Helper dee is on the way outside their shift"),
        (lambda p: run_with(p, finish=p.runs[0].visits[-1].leave), "Helper dee cannot be through by"),
        (lambda p: run_with(p, metres=1), "The run of helper dee is said to be 1 m long"),
        (lambda p: run_with(p, load=(3,)), "Helper dee is said to set out with 3 boxes; it is 4."),
        (lambda p: run_with(p, hub_id=None), "Helper dee does not load at hub pantry."),
        (lambda p: run_with(p, hub_arrive=p.runs[0].depart), "Helper dee cannot be at hub pantry by"),
        (lambda p: run_with(p, hub_leave=p.runs[0].hub_arrive), "Helper dee has no time to load at hub pantry."),
        (lambda p: run_with(p, hub_leave=SIX + 2 * HOUR), "Helper dee loads at hub pantry after it has shut."),
        (lambda p: visit_with(p, 0, arrive=SIX), "Helper dee cannot be at ask a by"),
        (
            lambda p: visit_with(p, 0, leave=p.runs[0].visits[0].start),
            "The visit to ask a is shorter than its 300 seconds.",
        ),
        (lambda p: visit_with(p, 0, start=SIX + HOUR, leave=SIX + HOUR + 300), "is not in any of its windows."),
        (lambda p: visit_with(p, 0, late=5), "The visit to ask a is said to be 5 seconds late."),
        (lambda p: visit_with(p, 0, load=(9,)), "After ask a helper dee is said to have 9 boxes left."),
        (lambda p: visit_with(p, 1, stop_id="c"), "Helper dee is sent to an ask without a place."),
    ],
)
def test_a_spoilt_plan_is_found_out(plan, spoil, sentence):
    assert any(sentence in found for found in check(PROBLEM, spoil(plan)))


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [
        ({"max_stops": 1}, "Helper dee makes 2 stops and can make 1."),
        ({"max_seconds": 60}, "and can be for 60."),
        ({"max_metres": 60}, "and can go 60 m."),
        ({"capacity": (3,)}, "Helper dee carries 4 boxes and can carry 3."),
        ({"settled": True}, "Helper dee is sent to ask a, though their run is settled."),
    ],
)
def test_a_limit_that_came_later_is_found(plan, limit, sentence):
    stricter = replace(PROBLEM, helpers=(replace(DEE, **limit),))
    assert any(sentence in found for found in check(stricter, plan))


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"only": frozenset({"cy"})}, "Helper dee is sent to ask a, which is kept for others."),
        ({"never": frozenset({"dee"})}, "Helper dee is sent to ask a, who is ruled out there."),
        ({"hub": "other"}, "Helper dee is sent to ask a without loading at hub other."),
    ],
)
def test_a_rule_that_came_later_is_found(plan, rule, sentence):
    stricter = replace(
        PROBLEM,
        stops=(replace(STOPS[0], **rule), *STOPS[1:]),
        hubs=(*PROBLEM.hubs, Hub("other", HOME)),
    )
    assert any(sentence in found for found in check(stricter, plan))


def test_a_locked_order_that_is_turned_round_is_found():
    stops = tuple(Stop(n, north(100), locked_to="dee", locked_order=i) for i, n in enumerate("ab"))
    problem = Problem(stops, (dee(),))
    turned = retime(problem, [Order("dee", ("b", "a"))])
    assert check(problem, turned) == ["Helper dee visits their locked stops in another order than agreed."]


# -- what only some evenings have

REST = Break(Window(SIX + 900, SIX + HOUR), 600)
RICH = Problem(
    (
        Stop("a", north(2000), (), 600, (3,), building="tower", arriving=240, together="flat"),
        Stop("b", north(2000), (), 600, (3,), building="tower", arriving=240, together="flat"),
        Stop("c", north(3000), (Window(SIX, SIX + 2 * HOUR),), 300, (2,)),
        Stop("d", north(4000), (), 300, (1,), pick_up=PickUp(north(1000), (Window(SIX, SIX + HOUR),), 300)),
    ),
    (dee(capacity=(7,), trips=2, breaks=(REST,), hub="pantry"), dee(id="cy", hub="pantry")),
    (Hub("pantry", north(100), Window(SIX, SIX + 2 * HOUR), 60),),
)


@pytest.fixture
def rich() -> Plan:
    plan = retime(RICH, [Order("dee", ("d", "c", "a", "b", "d"))])
    assert check(RICH, plan) == []
    assert len(plan.runs[0].reloads) == 1
    assert len(plan.runs[0].pauses) == 1
    return plan


def reload_with(plan, **changes) -> Plan:
    return run_with(plan, reloads=(replace(plan.runs[0].reloads[0], **changes),))


def without_visit(plan, number) -> Plan:
    visits = plan.runs[0].visits
    return run_with(plan, visits=(*visits[:number], *visits[number + 1 :]))


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda p: without_visit(p, 0), "comes to ask d without having picked it up."),
        (lambda p: without_visit(p, 4), "Ask d is picked up and never brought."),
        (lambda p: visit_with(p, 4, collects=True), "Ask d is picked up 2 times."),
        (lambda p: visit_with(p, 1, collects=True), "picks up ask c, which has no pick-up."),
        (lambda p: visit_with(p, 0, start=SIX + HOUR, leave=SIX + HOUR + 300), "is not in any of its windows."),
        (lambda p: visit_with(p, 0, load=(6,)), "After ask d helper dee is said to have 6 boxes left."),
        (lambda p: without_visit(p, 2), "Asks a, b go together, but are not in one run."),
        (lambda p: visit_with(p, 3, leave=p.runs[0].visits[3].start + 300), "is shorter than its 360 seconds."),
        (lambda p: run_with(p, pauses=()), "does not get their break of 600 seconds"),
        (lambda p: run_with(p, pauses=(Pause(1, SIX, SIX + 600),)), "is said to rest from"),
        (
            lambda p: run_with(p, pauses=(Pause(9, SIX, SIX + 600),)),
            "loads or rests at a point that is not in their run.",
        ),
        (lambda p: run_with(p, reloads=()), "is said to set out with 2 boxes; it is 8."),
        (
            lambda p: run_with(p, reloads=(*p.runs[0].reloads, Reload(1, SIX, SIX, SIX, (0,)))),
            "brings 3 loads and can bring 2.",
        ),
        (lambda p: reload_with(p, load=(9,)), "boxes after loading; it is"),
        (lambda p: reload_with(p, arrive=SIX), "cannot be back to load by"),
        (lambda p: reload_with(p, leave=p.runs[0].reloads[0].start), "has no time to load again."),
        (lambda p: reload_with(p, leave=SIX + 3 * HOUR), "loads again while the hub is shut."),
    ],
)
def test_a_spoilt_plan_of_a_fuller_evening_is_found_out(rich, spoil, sentence):
    assert any(sentence in found for found in check(RICH, spoil(rich)))
