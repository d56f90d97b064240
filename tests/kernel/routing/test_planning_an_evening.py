"""A plan meets as much need as can be met, then makes the way short, and never breaks a rule."""

import itertools
import math
from dataclasses import replace

import pytest

from manyhands.kernel.geo import Mode, Point, StraightLines
from manyhands.kernel.routing import (
    Break,
    Code,
    Helper,
    Hub,
    Order,
    PickUp,
    Problem,
    Rounds,
    Seconds,
    Stop,
    Window,
    breaks,
    check,
    retime,
    solve,
)
from manyhands.kernel.routing.problem import FURTHEST, MOST_LOAD, MOST_TRIPS, MOST_WEIGHT

from .evenings import EVENING, HOME, HOUR, SIX, dee, north, town

ENOUGH = Rounds(150)


def planned(problem: Problem, **more):
    plan = solve(problem, until=ENOUGH, **more)
    assert check(problem, plan) == []
    return plan


def test_nothing_asked_and_nobody_there_is_an_empty_plan():
    assert planned(Problem()).runs == ()
    assert planned(Problem(helpers=(dee(),))).runs == ()
    alone = planned(Problem(stops=(Stop("a", HOME),)))
    assert [u.reason.code for u in alone.unserved] == [Code.NO_HELPERS]


def test_one_helper_visits_three_doors_in_the_order_of_the_street():
    stops = tuple(Stop(f"a{m}", north(m), service=300, loads=(1,)) for m in (2000, 1000, 3000))
    (run,) = planned(Problem(stops, (dee(end=None),))).runs
    assert run.stop_ids == ("a1000", "a2000", "a3000")
    assert [v.load for v in run.visits] == [(2,), (1,), (0,)]
    assert run.load == (3,)
    legs = StraightLines().matrix(Mode.CAR, [HOME], [north(1000)])
    assert run.visits[0].arrive - run.depart == legs[0][0, 0]
    assert run.finish == run.visits[-1].leave


def test_a_helper_sets_out_no_earlier_than_they_must():
    stop = Stop("a", north(1000), (Window(SIX + HOUR, SIX + 2 * HOUR),), service=300)
    (run,) = planned(Problem((stop,), (dee(),))).runs
    assert run.visits[0].arrive == run.visits[0].start == SIX + HOUR
    assert run.depart > SIX + HOUR - 300


def test_all_at_one_door_cost_no_way_in_between():
    stops = tuple(Stop(f"a{n}", north(500), service=60, loads=(1,)) for n in range(60))
    plan = planned(Problem(stops, (dee(capacity=(40,)), dee(id="cy", capacity=(20,)))))
    assert plan.served == 60
    assert plan.seconds == 60 * 60 + sum(
        r.visits[0].arrive - r.depart + r.finish - r.visits[-1].leave for r in plan.runs
    )


def test_the_heavier_ask_goes_first_and_among_equals_the_one_that_waited():
    one_stop = dee(max_stops=1)
    light, heavy = Stop("light", north(100)), Stop("heavy", north(5000), weight=2)
    assert set(planned(Problem((light, heavy), (one_stop,))).run_of) == {"heavy"}
    near, waited = Stop("near", north(100), waiting=1), Stop("waited", north(5000), waiting=9)
    assert set(planned(Problem((near, waited), (one_stop,))).run_of) == {"waited"}


def test_languages_need_one_in_common_and_skills_all_of_them():
    chinese = Stop("chinese", north(300), languages=frozenset({"zh", "yue"}))
    piano = Stop("piano", north(-300), skills=frozenset({"lift", "van"}))
    mei = dee(id="mei", languages=frozenset({"yue"}), skills=frozenset({"lift"}))
    sam = dee(id="sam", languages=frozenset({"en"}), skills=frozenset({"lift", "van"}))
    plan = planned(Problem((chinese, piano), (mei, sam)))
    assert {stop: run.helper_id for stop, run in plan.run_of.items()} == {"chinese": "mei", "piano": "sam"}


def test_what_lies_at_a_hub_comes_with_someone_who_loads_there():
    hub = Hub("pantry", north(2000), Window(SIX + 1800, SIX + HOUR), loading=600)
    box = Stop("box", north(2500), hub="pantry", service=60)
    (run,) = planned(Problem((box,), (dee(), dee(id="cy", hub="pantry")), (hub,))).runs
    assert run.helper_id == "cy"
    assert run.hub_arrive >= SIX + 1800
    assert run.hub_leave == run.hub_arrive + 600
    assert run.visits[0].arrive > run.hub_leave


def test_a_stop_with_two_windows_is_visited_in_one_of_them():
    stop = Stop("a", north(500), (Window(SIX - HOUR, SIX), Window(SIX + 2 * HOUR, SIX + 2 * HOUR + 900)), service=300)
    (run,) = planned(Problem((stop,), (dee(),))).runs
    assert SIX + 2 * HOUR <= run.visits[0].start <= SIX + 2 * HOUR + 600


def test_a_helper_with_two_shifts_makes_two_runs():
    shifts = (Window(SIX, SIX + 1800), Window(SIX + 2 * HOUR, SIX + 3 * HOUR))
    early = Stop("early", north(300), (Window(SIX, SIX + 1800),))
    late = Stop("late", north(300), (Window(SIX + 2 * HOUR, SIX + 3 * HOUR),))
    plan = planned(Problem((early, late), (dee(shifts=shifts),)))
    assert {run.shift for run in plan.runs} == {0, 1}


@pytest.mark.parametrize(
    "limit", [{"max_stops": 2}, {"max_metres": 6000}, {"max_seconds": 700}, {"capacity": (2,)}, {"capacity": (0,)}]
)
def test_the_limits_of_a_helper_hold(limit):
    stops = tuple(Stop(f"a{n}", north(700 * n), service=120, loads=(1,)) for n in range(1, 7))
    plan = planned(Problem(stops, (dee(**limit),)))
    assert plan.served < 6


def test_nobody_is_sent_out_in_the_past():
    stops = (Stop("over", north(100), (Window(SIX, SIX + 600),)), Stop("on", north(100)))
    problem = Problem(stops, (dee(),), now=SIX + HOUR)
    plan = planned(problem)
    assert set(plan.run_of) == {"on"}
    assert plan.runs[0].depart >= SIX + HOUR
    assert plan.reason_of["over"].code == Code.WINDOW_OVER


def test_what_has_no_place_or_no_time_is_left_out_with_its_reason():
    stops = (
        Stop("nowhere", None),
        Stop("nan", Point(math.nan, 1)),
        Stop("off", Point(95, 10)),
        Stop("backwards", HOME, (Window(SIX + HOUR, SIX),)),
        Stop("short", HOME, (Window(SIX, SIX + 60),), service=300),
    )
    plan = planned(Problem(stops, (dee(),)))
    codes = {u.stop_id: u.reason.code for u in plan.unserved}
    assert codes == {
        "nowhere": Code.NO_PLACE,
        "nan": Code.NO_PLACE,
        "off": Code.NO_PLACE,
        "backwards": Code.WINDOW_BACKWARDS,
        "short": Code.WINDOW_TOO_SHORT,
    }


def test_the_other_end_of_the_world_is_too_far_and_nothing_overflows():
    stops = (Stop("antipode", Point(-HOME.lat, HOME.lon + 180)), Stop("pole", Point(90, 0)), Stop("near", north(10)))
    plan = planned(Problem(stops, (dee(), dee(id="cy", mode=Mode.FOOT))))
    assert set(plan.run_of) == {"near"}
    assert {u.reason.code for u in plan.unserved} == {Code.PLACE_DOUBTFUL}


def test_helpers_without_time_or_place_make_no_trouble():
    helpers = (
        dee(id="no-shift", shifts=()),
        dee(id="no-time", shifts=(Window(SIX, SIX),)),
        dee(id="backwards", shifts=(Window(SIX + HOUR, SIX),)),
        dee(id="nowhere", start=Point(math.nan, 0), end=None),
    )
    plan = planned(Problem((Stop("a", north(100)),), helpers))
    assert plan.run_of["a"].helper_id == "nowhere"
    assert plan.run_of["a"].visits[0].arrive == plan.run_of["a"].depart


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ({"stops": (Stop("a", HOME), Stop("a", HOME))}, "Two asks have the same id: a."),
        ({"helpers": (dee(), dee())}, "Two helpers have the same id: dee."),
        ({"hubs": (Hub("h", HOME), Hub("h", HOME))}, "Two hubs have the same id: h."),
        ({"stops": (Stop("a", HOME, loads=(1, 2)),)}, "Ask a has 2 amounts, but the problem has 1 units."),
        ({"stops": (Stop("a", HOME, loads=(-1,)),)}, "Ask a has an amount below zero."),
        ({"stops": (Stop("a", HOME, service=-1),)}, "Ask a has a service below zero."),
        ({"stops": (Stop("a", HOME, hub="x"),)}, "Ask a is to be loaded at hub x, which is not among the hubs."),
        ({"stops": (Stop("a", HOME, locked_to="x"),)}, "Ask a is locked to helper x, who is not among the helpers."),
        ({"helpers": (dee(hub="x"),)}, "Helper dee is to load at hub x, which is not among the hubs."),
        ({"hubs": (Hub("h", Point(math.nan, 0)),)}, "Hub h is not on the globe."),
        ({"stops": (Stop("a", HOME, weight=10**30),)}, "Ask a has a weight above 10000."),
        ({"stops": (Stop("a", HOME, waiting=10**30),)}, "Ask a has a waiting above 1000000000000."),
        ({"stops": (Stop("a", HOME, loads=(10**30,)),)}, "Ask a has an amount above 1000000000."),
        (
            {"stops": (Stop("a", HOME, (Window(0, 10**30),)),)},
            "Ask a has a time further off than 1000000000000 seconds.",
        ),
        (
            {"stops": (Stop("a", HOME, pick_up=PickUp(HOME, (), 10**30)),)},
            "The pick-up of ask a has a service above 1000000000000.",
        ),
        (
            {"stops": (Stop("a", HOME, locked_to="dee", locked_order=10**30),), "helpers": (dee(),)},
            "Ask a has a locked order beyond 1000000000000.",
        ),
        (
            {"helpers": (dee(shifts=(Window(-(10**30), 0),)),)},
            "Helper dee has a time further off than 1000000000000 seconds.",
        ),
        ({"helpers": (dee(max_metres=10**30),)}, "Helper dee has a max_metres above 1000000000000."),
        ({"helpers": (dee(trips=10**30),)}, "Helper dee has a trips above 1000."),
        (
            {"helpers": (dee(breaks=(Break(Window(0, 10**30), 1),)),)},
            "A break of helper dee has a time further off than 1000000000000 seconds.",
        ),
        ({"hubs": (Hub("h", HOME, loading=10**30),)}, "Hub h has a loading above 1000000000000."),
        ({"now": 10**30}, "Now has a time further off than 1000000000000 seconds."),
    ],
)
def test_a_program_that_makes_a_mistake_reads_a_sentence(what, sentence):
    with pytest.raises(ValueError) as refused:
        Problem(**what)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    "stop",
    [
        {"weight": MOST_WEIGHT},
        {"waiting": FURTHEST},
        {"loads": (MOST_LOAD,)},
        {"service": FURTHEST},
        {"windows": (Window(-FURTHEST, FURTHEST),), "service": FURTHEST},
        {"windows": (Window(FURTHEST, FURTHEST),)},
        {"pick_up": PickUp(north(9), (Window(-FURTHEST, FURTHEST),), FURTHEST), "building": "a", "arriving": FURTHEST},
    ],
)
@pytest.mark.parametrize(
    "helper",
    [
        {},
        {"shifts": (Window(-FURTHEST, FURTHEST),)},
        {"capacity": (MOST_LOAD,), "trips": MOST_TRIPS, "max_seconds": FURTHEST, "max_stops": FURTHEST},
        {"breaks": (Break(Window(-FURTHEST, FURTHEST), FURTHEST),), "max_metres": FURTHEST},
    ],
)
@pytest.mark.parametrize("now", [None, -FURTHEST, FURTHEST])
def test_the_largest_numbers_are_planned(stop, helper, now):
    asks = tuple(replace(Stop(f"a{n}", north(300 * n)), **(stop if n < 3 else {})) for n in range(5))
    hub = Hub("pantry", HOME, Window(-FURTHEST, FURTHEST), 60)
    problem = Problem(asks, (dee(**helper), dee(id="cy", hub="pantry")), (hub,), now=now)
    plan = solve(problem, until=Rounds(10))
    assert check(problem, plan) == []
    if now != FURTHEST:
        assert {"a3", "a4"} <= plan.run_of.keys()


def test_the_same_seed_and_rounds_give_the_same_plan():
    problem = town(60, 6, hub=True)
    first, again = (solve(problem, until=Rounds(120), seed=5) for _ in range(2))
    assert first == again


def test_progress_goes_from_nothing_to_all_and_the_served_are_counted():
    heard = []
    plan = solve(town(30, 4), until=Rounds(200), progress=lambda *so_far: heard.append(so_far))
    shares = [share for share, _, _ in heard]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert heard[-1][1:] == (plan.served, 30)


def test_stopping_early_keeps_the_best_so_far():
    problem = town(60, 6)
    asked = itertools.count()
    plan = solve(problem, until=Rounds(10_000_000, stop=lambda: next(asked) > 40))
    assert check(problem, plan) == []
    assert plan.stats.stopped
    assert plan.served > 0


def test_the_clock_of_the_caller_ends_the_search():
    ticks = itertools.count()
    problem = town(40, 4)
    plan = solve(problem, until=Seconds(60, clock=lambda: next(ticks)))
    assert check(problem, plan) == []
    assert plan.served > 0
    assert next(ticks) < 200


def test_no_time_at_all_still_gives_a_plan_that_holds():
    problem = town(25, 3)
    for until in (Rounds(0), Seconds(0, clock=lambda: 0.0)):
        assert check(problem, solve(problem, until=until)) == []


def _best_need_by_trying_everything(problem: Problem) -> int:
    """The most need that any way of giving stops to helpers, in any order, can meet."""
    best = 0
    holds: dict[tuple[str, frozenset[str]], bool] = {}

    def possible(helper: str, stops: frozenset[str]) -> bool:
        if (helper, stops) not in holds:
            holds[helper, stops] = any(
                not breaks(problem, retime(problem, [Order(helper, order)])) for order in itertools.permutations(stops)
            )
        return holds[helper, stops]

    names = [h.id for h in problem.helpers]
    for choice in itertools.product([None, *names], repeat=len(problem.stops)):
        need = sum(problem.need[s.id] for s, who in zip(problem.stops, choice, strict=True) if who)
        if need > best and all(
            possible(name, frozenset(s.id for s, who in zip(problem.stops, choice, strict=True) if who == name))
            for name in names
        ):
            best = need
    return best


@pytest.mark.parametrize("seed", range(6))
def test_on_small_evenings_no_other_plan_meets_more_need(seed):
    whole = town(5, 2, seed=seed, hub=True)
    tight = replace(
        whole, helpers=tuple(replace(h, shifts=(Window(SIX, SIX + 2400),), capacity=(4,)) for h in whole.helpers)
    )
    for problem in (whole, tight):
        assert planned(problem).need_met == _best_need_by_trying_everything(problem)


def test_a_second_search_from_a_plan_never_gives_a_worse_one():
    problem = town(60, 6)
    first = solve(problem, until=Rounds(300), seed=1)
    for seed in range(3):
        again = planned(problem, seed=seed, start_plan=first)
        assert (again.need_met, -again.metres - again.seconds) >= (first.need_met, -first.metres - first.seconds)


def test_several_units_are_each_a_limit():
    stops = tuple(Stop(f"a{n}", north(100 * n), loads=(1, 20)) for n in range(1, 6))
    plan = planned(Problem(stops, (dee(capacity=(10, 60)),), units=("boxes", "kg")))
    assert plan.served == 3
    assert plan.unserved[0].reason.facts["unit"] == "kg"


def test_unlimited_helpers_take_everything():
    stops = tuple(Stop(f"a{n}", north(10 * n), loads=(50,)) for n in range(1, 9))
    assert planned(Problem(stops, (Helper("dee", HOME, None, EVENING),))).served == 8
