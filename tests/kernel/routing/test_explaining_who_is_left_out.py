"""The reason an ask is left out is true: with the change it names, and nothing else, the ask is served."""

from dataclasses import replace

import pytest

from manyhands.kernel.geo import Mode
from manyhands.kernel.routing import (
    REASONS,
    Code,
    Hub,
    Order,
    Problem,
    Rounds,
    Stop,
    Window,
    check,
    explain,
    named,
    retime,
    solve,
)

from .evenings import EVENING, HOME, HOUR, SIX, dee, north, town


def reason_for(problem: Problem, ask: str = "a"):
    plan = solve(problem, until=Rounds(60))
    assert ask in plan.reason_of
    assert explain(problem, plan, ask) == plan.reason_of[ask]
    return plan.reason_of[ask]


def served(problem: Problem, ask: str = "a") -> bool:
    plan = solve(problem, until=Rounds(60))
    assert check(problem, plan) == []
    return ask in plan.run_of


def with_helper(problem: Problem, helper_id: str, **changes) -> Problem:
    """The problem with one helper otherwise."""
    return replace(problem, helpers=tuple(replace(h, **changes) if h.id == helper_id else h for h in problem.helpers))


def test_a_skill_that_nobody_has():
    problem = Problem((Stop("a", north(100), skills=frozenset({"lift"})),), (dee(),))
    reason = reason_for(problem)
    assert (reason.code, reason.facts["skills"]) == (Code.NO_SKILL, "lift")
    assert served(with_helper(problem, "dee", skills=frozenset({"lift"})))


def test_a_language_that_nobody_speaks():
    problem = Problem((Stop("a", north(100), languages=frozenset({"zh", "yue"})),), (dee(languages=frozenset({"en"})),))
    reason = reason_for(problem)
    assert (reason.code, reason.facts["languages"]) == (Code.NO_LANGUAGE, "yue, zh")
    assert "speaks: yue, zh" in reason.sentence()
    assert served(with_helper(problem, "dee", languages=frozenset({"yue"})))


def test_a_skill_and_a_language_that_no_one_person_has():
    stop = Stop("a", north(100), skills=frozenset({"lift"}), languages=frozenset({"es"}))
    helpers = (dee(id="strong", skills=frozenset({"lift"})), dee(id="spanish", languages=frozenset({"es"})))
    problem = Problem((stop,), helpers)
    assert reason_for(problem).code == Code.NO_SKILL_AND_LANGUAGE
    assert served(with_helper(problem, "strong", languages=frozenset({"es"})))


def test_everyone_ruled_out_by_name():
    problem = Problem((Stop("a", north(100), never=frozenset({"dee"})),), (dee(),))
    assert reason_for(problem).code == Code.NOBODY_ALLOWED
    assert served(replace(problem, helpers=(*problem.helpers, dee(id="cy"))))


def test_nobody_loads_where_the_goods_lie():
    problem = Problem((Stop("a", north(100), hub="pantry"),), (dee(),), (Hub("pantry", HOME),))
    assert reason_for(problem).code == Code.NOBODY_AT_HUB
    assert served(with_helper(problem, "dee", hub="pantry"))


def test_a_hub_that_is_shut():
    hub = Hub("pantry", HOME, Window(SIX - 2 * HOUR, SIX - HOUR))
    problem = Problem((Stop("a", north(100)),), (dee(hub="pantry"),), (hub,))
    assert reason_for(problem).code == Code.HUB_SHUT
    assert served(replace(problem, hubs=(replace(hub, window=None),)))


def test_a_load_too_big_for_anyone():
    problem = Problem((Stop("a", north(100), loads=(12,)),), (dee(), dee(id="cy", capacity=(8,))))
    reason = reason_for(problem)
    assert (reason.code, reason.facts) == (Code.TOO_BIG, {"load": 12, "unit": "boxes", "most": 10})
    assert served(with_helper(problem, "dee", capacity=(12,)))


def test_nobody_free_at_that_hour():
    problem = Problem((Stop("a", north(100), (Window(SIX - HOUR, SIX - 1200),), service=300),), (dee(),))
    reason = reason_for(problem)
    assert reason.code == Code.NOBODY_FREE
    assert reason.facts == {"helper": "dee", "minutes": 25}
    assert served(with_helper(problem, "dee", shifts=(Window(SIX - HOUR, SIX + HOUR),)))


def test_helpers_without_any_time():
    problem = Problem((Stop("a", north(100)),), (dee(shifts=()),))
    assert reason_for(problem).code == Code.NO_TIME
    assert served(with_helper(problem, "dee", shifts=EVENING))


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("limit", [None, 1800])
@pytest.mark.parametrize("windows", [(), (Window(SIX + 600, SIX + 1500),), (Window(SIX + 9000, SIX + 10_800),)])
def test_too_far_to_go_and_be_back_in_time(mode, limit, windows):
    far = Stop("a", north(70_000), windows, service=300)
    problem = Problem((far,), (dee(mode=mode, max_seconds=limit, shifts=(Window(SIX, SIX + 10_800),)),))
    reason = reason_for(problem)
    assert reason.code == Code.TOO_FAR
    facts = reason.facts
    shift = Window(SIX - 60 * facts["earlier"], SIX + 10_800 + 60 * facts["later"])
    longer = {} if limit is None else {"max_seconds": limit + 60 * facts["longer"]}
    assert served(with_helper(problem, "dee", shifts=(shift,), **longer))
    less = Window(shift.start + 60, shift.end) if facts["earlier"] else Window(shift.start, shift.end - 60)
    if facts["earlier"] or facts["later"]:
        assert not served(with_helper(problem, "dee", shifts=(less,), **longer))


def test_more_kilometres_than_a_helper_can_go():
    problem = Problem((Stop("a", north(9000)),), (dee(max_metres=10_000),))
    reason = reason_for(problem)
    assert reason.code == Code.TOO_MANY_KM
    assert served(with_helper(problem, "dee", max_metres=round(1000 * reason.facts["needed"])))


def test_hands_full_by_time_names_the_minutes_that_would_do():
    stops = tuple(Stop(f"b{n}", north(100), service=3000, weight=2) for n in range(3))
    problem = Problem((*stops, Stop("a", north(100), service=3000)), (dee(),))
    reason = reason_for(problem)
    assert reason.code == Code.FULL_TIME
    more = Window(SIX, SIX + 3 * HOUR + 60 * reason.facts["minutes"])
    assert served(with_helper(problem, "dee", shifts=(more,)))
    less = Window(SIX, more.end - 60)
    assert not served(with_helper(problem, "dee", shifts=(less,)))


def test_hands_full_by_load_names_the_boxes_that_would_do():
    stops = (Stop("b", north(100), loads=(7,), weight=2), Stop("a", north(100), loads=(6,)))
    problem = Problem(stops, (dee(),))
    reason = reason_for(problem)
    assert (reason.code, reason.facts["amount"]) == (Code.FULL_LOAD, 3)
    assert served(with_helper(problem, "dee", capacity=(13,)))
    assert not served(with_helper(problem, "dee", capacity=(12,)))


def test_hands_full_by_the_number_of_stops():
    problem = Problem((Stop("b", north(100), weight=2), Stop("a", north(100))), (dee(max_stops=1),))
    assert reason_for(problem).code == Code.FULL_STOPS
    assert served(with_helper(problem, "dee", max_stops=2))


def test_hands_full_by_the_way():
    problem = Problem((Stop("b", north(2000), weight=2), Stop("a", north(-2000))), (dee(max_metres=8000),))
    reason = reason_for(problem)
    assert reason.code == Code.FULL_DISTANCE
    assert served(with_helper(problem, "dee", max_metres=8000 + round(1000 * reason.facts["km"])))


def test_hands_full_at_that_hour_calls_for_one_more_like_them():
    at_six = (Window(SIX + 600, SIX + 1200),)
    problem = Problem(
        (Stop("b", north(100), at_six, service=500, weight=2), Stop("a", north(3000), at_six, service=500)), (dee(),)
    )
    reason = reason_for(problem)
    assert (reason.code, reason.facts["helper"]) == (Code.FULL, "dee")
    assert served(replace(problem, helpers=(*problem.helpers, dee(id="another"))))


def test_a_promise_that_its_helper_cannot_keep_says_why():
    problem = Problem((Stop("a", north(100), locked_to="dee", skills=frozenset({"lift"})),), (dee(), dee(id="cy")))
    reason = reason_for(problem)
    assert (reason.code, reason.detail.code) == (Code.LOCKED_HELPER_CANNOT, Code.NO_SKILL)
    assert "dee, who cannot make it. It needs someone with: lift" in reason.sentence()


def test_settled_runs_take_nothing_new():
    problem = Problem((Stop("a", north(100)),), (dee(settled=True),))
    assert reason_for(problem).code == Code.ALL_SETTLED
    assert served(with_helper(problem, "dee", settled=False))


def test_an_ask_that_would_fit_is_said_to_fit():
    problem = Problem((Stop("a", north(100)), Stop("b", north(200))), (dee(),))
    plan = retime(problem, [Order("dee", ("b",))])
    assert explain(problem, plan, "a").code == Code.ROOM_LEFT


def test_every_change_named_in_a_mixed_evening_comes_true():
    """Time and load: with what the reason names, the stop fits where the reason says, and all else stays as planned."""
    problem = town(60, 4, seed=3)
    plan = solve(problem, until=Rounds(400))
    tried = 0
    for left in plan.unserved:
        facts = left.reason.facts
        helper = problem.helper.get(str(facts.get("helper")))
        if left.reason.code == Code.FULL_TIME:
            (opens, shuts), *_ = helper.shifts
            better = with_helper(problem, helper.id, shifts=(Window(opens, shuts + 60 * facts["later"]),))
        elif left.reason.code == Code.FULL_LOAD:
            better = with_helper(problem, helper.id, capacity=(helper.capacity[0] + facts["amount"],))
        elif left.reason.code == Code.FULL:
            better = replace(problem, helpers=(*problem.helpers, replace(helper, id="one-more")))
            helper = better.helper["one-more"]
        else:
            continue
        tried += 1
        orders = {run.helper_id: list(run.stop_ids) for run in plan.runs}
        orders.setdefault(helper.id, []).insert(facts.get("position", 0), left.stop_id)
        changed = retime(better, [Order(name, tuple(stops)) for name, stops in orders.items()])
        assert check(better, changed) == []
        assert left.stop_id in changed.run_of
    assert tried >= 10


def test_every_reason_reads_well_with_names_and_in_another_language():
    problem = Problem((Stop("b", north(100), loads=(7,), weight=2), Stop("a", north(100), loads=(6,))), (dee(),))
    reason = named(reason_for(problem), {"helper": {"dee": "Dee Okafor"}})
    assert reason.change().startswith("Helper Dee Okafor could take it with 3 more boxes")
    spanish = {
        "Helper %(helper)s could take it with %(amount)d more %(unit)s of room, or one more helper like them could.": (
            "%(helper)s podría llevarlo con sitio para %(amount)d %(unit)s más."
        )
    }
    assert reason.change(lambda text: spanish[text]) == "Dee Okafor podría llevarlo con sitio para 3 boxes más."


def test_every_code_has_a_sentence_and_every_unserved_code_says_what_would_change_it():
    assert set(Code) <= set(REASONS)
    for code, template in REASONS.items():
        assert template.why.endswith(".")
        if isinstance(code, Code):
            assert template.change.endswith(".")


def test_asking_about_a_served_or_unknown_ask_is_refused():
    problem = Problem((Stop("a", north(100)),), (dee(),))
    plan = solve(problem, until=Rounds(5))
    with pytest.raises(ValueError, match="Ask a is served, by helper dee"):
        explain(problem, plan, "a")
    with pytest.raises(KeyError):
        explain(problem, plan, "b")
