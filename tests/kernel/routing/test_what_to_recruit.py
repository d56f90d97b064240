"""What a plan advises to recruit was planned: with just that one thing more, so many more are reached."""

from dataclasses import replace

import pytest

from manyhands.kernel.geo import Mode
from manyhands.kernel.routing import (
    Code,
    Problem,
    Recruit,
    Rounds,
    Stop,
    Wanted,
    Window,
    advise,
    check,
    explain,
    replan,
    solve,
)
from manyhands.kernel.routing.happenings import Joined

from .evenings import HOUR, SIX, dee, north, town


def advised(problem):
    plan = solve(problem, until=Rounds(60))
    return plan, advise(problem, plan)


@pytest.mark.parametrize("seed", range(4))
def test_each_advice_holds_when_it_is_taken(seed):
    problem = town(40, 4, seed=seed)
    plan, advice = advised(problem)
    assert advice
    assert [a.need for a in advice] == sorted((a.need for a in advice), reverse=True)
    for one in advice:
        assert "%(" not in one.reason.sentence() + one.reason.change()
        assert one.reason.facts["asks"] == len(one.stop_ids) > 0
        assert not set(one.stop_ids) & set(plan.run_of)
        made = replan(problem, plan, [Joined(taken(problem, one))], until=Rounds(0))
        assert check(made.problem, made.plan) == []
        assert made.plan.need_met >= plan.need_met


def test_looking_ends_when_it_is_told_to_and_gives_what_it_found():
    problem = town(40, 4, seed=1)
    plan, advice = advised(problem)
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 3

    some = advise(problem, plan, stop=stop)
    assert 0 < len(some) < len(advice)
    assert advise(problem, plan, stop=lambda: True) == ()


def taken(problem, advice):
    facts = advice.reason.facts
    if "helper" in facts:
        helper = problem.helper[facts["helper"]]
        if advice.reason.code in (Recruit.LATER, Recruit.EARLIER):
            return replace(helper, shifts=(Window(facts["since"], facts["until"]),))
        if advice.reason.code == Recruit.CAR:
            return replace(helper, mode=Mode.CAR)
        return replace(helper, languages=helper.languages | set(facts["languages"].split(", ")))
    near = problem.stop[facts["near"]].place
    return dee(
        id="new",
        start=near,
        end=near,
        mode=Mode(facts["mode"]),
        shifts=(Window(facts["since"], facts["until"]),),
        languages=frozenset({"en", "es", *facts.get("languages", "").split(", ")}),
        skills=frozenset(filter(None, facts.get("skills", "").split(", "))),
    )


def test_a_language_nobody_speaks_is_what_is_missing():
    stops = tuple(Stop(f"a{n}", north(500 * n), (), 300, languages=frozenset({"uk"})) for n in range(1, 4))
    _, advice = advised(Problem(stops, (dee(languages=frozenset({"en"})),)))
    assert advice[0].stop_ids == ("a1", "a2", "a3") or set(advice[0].stop_ids) == {"a1", "a2", "a3"}
    assert {a.reason.code for a in advice} == {Recruit.HELPER_SPEAKING, Recruit.LANGUAGE}


def test_an_hour_more_is_worth_what_fits_into_it():
    stops = tuple(Stop(f"a{n}", north(100 * n), (), 1700) for n in range(1, 5))
    plan, advice = advised(Problem(stops, (dee(shifts=(Window(SIX, SIX + HOUR),)),)))
    later = next(a for a in advice if a.reason.code == Recruit.LATER)
    assert plan.served == 2
    assert len(later.stop_ids) == 2


def test_a_plan_that_reaches_everyone_recruits_nobody():
    assert advised(Problem((Stop("a", north(100)),), (dee(),)))[1] == ()


def test_a_missing_language_says_who_could_go_then():
    problem = Problem((Stop("a", north(500), (), 300, languages=frozenset({"uk"})),), (dee(),))
    reason = explain(problem, solve(problem, until=Rounds(5)), "a")
    assert reason.code == Code.NO_LANGUAGE
    assert reason.detail.code == Code.THEN_ROOM
    assert reason.detail.facts["helper"] == "dee"


def test_a_missing_language_that_is_not_all_that_is_missing_says_what_comes_next():
    far = Stop("a", north(90_000), (), 300, languages=frozenset({"uk"}))
    problem = Problem((far,), (dee(),))
    reason = explain(problem, solve(problem, until=Rounds(5)), "a")
    assert reason.code == Code.NO_LANGUAGE
    assert reason.detail.code == Code.EVEN_SO
    assert reason.detail.detail.code == Code.TOO_FAR


def test_the_change_a_reason_names_lets_the_ask_in():
    problem = town(40, 4, seed=9)
    plan = solve(problem, until=Rounds(60))
    tried = 0
    for left in plan.unserved:
        facts = left.reason.facts
        if left.reason.code == Code.FULL_TIME and facts["later"] == facts["minutes"]:
            helper = problem.helper[facts["helper"]]
            shifts = (Window(helper.shifts[0].start, helper.shifts[0].end + 60 * facts["minutes"]),)
            more = replace(
                problem, helpers=tuple(replace(h, shifts=shifts) if h is helper else h for h in problem.helpers)
            )
            heavy = replace(more.stop[left.stop_id], weight=99)
            made = replan(more, plan, [Wanted(heavy)], until=Rounds(0))
            assert left.stop_id in made.plan.run_of
            tried += 1
    assert tried
