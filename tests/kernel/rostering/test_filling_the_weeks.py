"""The weeks are filled as far as the rules allow, fairly, and every place that stays empty says why."""

import itertools
from dataclasses import replace

import pytest

from manyhands.kernel.rostering import (
    REASONS,
    Assignment,
    Code,
    Helper,
    Problem,
    Role,
    Roster,
    Rounds,
    Shift,
    Span,
    State,
    check,
    gaps,
    idle,
    named,
    solve,
)
from manyhands.kernel.rostering.scoring import score
from tests.kernel.rostering.weeks import odd_weeks

H = 60
DAY = 24 * H
FRIDAY = 4 * DAY
COOKS = Shift("supper", FRIDAY + 17 * H, FRIDAY + 21 * H, (Role("cook", 2, 3, frozenset({"cook"})),))
ANA = Helper("ana", frozenset({"cook"}), week_minutes=10 * H)
BO, CLEO = Helper("bo", frozenset({"cook"})), Helper("cleo", frozenset({"cook"}))


def put(problem: Problem, *pairs: tuple[str, str], state: State = State.PROPOSED) -> Roster:
    """A roster made by hand; each shift has one role."""
    ones = tuple(Assignment(shift, problem.shift[shift].roles[0].name, helper, state) for shift, helper in pairs)
    return Roster(ones, score(problem, ones))


def two(first: tuple[int, int], second: tuple[int, int], helper: Helper, **changes) -> Problem:
    """One helper and two shifts from hour to hour of the weeks."""
    shifts = tuple(Shift(f"s{n}", a * H, b * H) for n, (a, b) in enumerate((first, second)))
    return Problem(shifts, (helper,), **changes)


@pytest.mark.parametrize("seed", range(40))
def test_odd_weeks_keep_every_promise_and_say_why(seed):
    problem = odd_weeks(seed, helpers=1 + seed % 17, shifts=2 + seed % 23)
    roster = solve(problem, until=Rounds(1), seed=seed)
    assert check(problem, roster) == []
    for gap in gaps(problem, roster):
        assert gap.there < gap.wanted
        assert gap.reason.sentence()
        # What nobody is kept away from would be filled.
        assert gap.reason.code != Code.SEARCH_ENDED
    assert set(idle(problem, roster)) == set(problem.helper) - set(roster.of_helper)


@pytest.mark.parametrize("seed", range(8))
def test_no_small_roster_is_better(seed):
    problem = replace(odd_weeks(2 * seed, helpers=3, shifts=3), together=frozenset())
    places = [(s.id, r.name, h.id) for s in problem.shifts for r in s.roles for h in problem.helpers]
    best = None
    for chosen in itertools.chain.from_iterable(itertools.combinations(places, n) for n in range(min(len(places), 7))):
        ones = tuple(Assignment(*place) for place in chosen)
        roster = Roster(ones, score(problem, ones))
        if (best is None or roster.score.key() < best) and not check(problem, roster):
            best = roster.score.key()
    roster = solve(problem, until=Rounds(5), seed=seed)
    assert roster.proven
    assert roster.score.key() == best


def test_the_same_weeks_rounds_and_seed_give_the_same_roster():
    problem = odd_weeks(7, helpers=20, shifts=30)
    assert solve(problem, until=Rounds(1), seed=3) == solve(problem, until=Rounds(1), seed=3)


def test_a_yes_stays_whatever_the_rules_say_and_a_proposal_where_nothing_is_lost():
    tired = replace(BO, week_minutes=60)
    said_yes = Assignment("supper", "cook", "bo", State.CONFIRMED)
    proposed = Assignment("supper", "cook", "cleo")
    many = tuple(Helper(f"x{n}", frozenset({"cook"}), wishes={"supper": 9}) for n in range(4))
    problem = Problem((COOKS,), (tired, CLEO, *many), standing=(said_yes, proposed))
    roster = solve(problem, until=Rounds(1))
    assert {said_yes, proposed} <= set(roster.assignments)
    assert roster.score.changes == 0
    assert check(problem, replace(roster, assignments=roster.assignments[1:])) != []


def test_nothing_is_assigned_without_a_yes():
    roster = solve(Problem((COOKS,), (ANA, BO, CLEO)), until=Rounds(1))
    assert {one.state for one in roster.assignments} == {State.PROPOSED}


def test_hours_of_the_weeks_before_even_out():
    ana, bo = replace(ANA, had_minutes=600), replace(BO, had_minutes=0)
    shift = replace(COOKS, roles=(Role("cook", 1, 1, frozenset({"cook"})),))
    assert [one.helper for one in solve(Problem((shift,), (ana, bo)), until=Rounds(1)).assignments] == ["bo"]


def test_unpopular_shifts_go_round():
    nights = tuple(Shift(f"n{n}", n * DAY + 22 * H, n * DAY + 30 * H, unpopular=True) for n in range(4))
    people = tuple(Helper(f"h{n}", had_unpopular=n % 2) for n in range(4))
    roster = solve(Problem(nights, people), until=Rounds(1))
    assert {who: len(ones) for who, ones in roster.of_helper.items()} == {"h0": 2, "h2": 2} or all(
        len(ones) == 1 for ones in roster.of_helper.values()
    )


def test_newcomers_come_beside_someone_experienced():
    new = tuple(Helper(f"new{n}", newcomer=True) for n in range(3))
    shift = Shift("s", 0, H, (Role("", 1, 3),))
    assert solve(Problem((shift,), new), until=Rounds(1)).assignments == ()
    roster = solve(Problem((shift,), (*new, Helper("old")), newcomers=1), until=Rounds(1))
    assert sorted(one.helper.rstrip("012") for one in roster.assignments) == ["new", "old"]


BREACHES = [
    (two((9, 12), (11, 13), BO), "less than 0 minutes"),
    (two((9, 12), (20, 22), replace(BO, rest=660)), "less than 660 minutes"),
    (two((9, 12), (13, 16), replace(BO, day_minutes=300)), "360 minutes in day 0"),
    (two((9, 12), (33, 36), replace(BO, week_minutes=300)), "360 minutes in week 0"),
    (two((9, 12), (33, 36), replace(BO, days_in_row=1)), "more than 1 days in a row"),
    (two((22, 26), (46, 50), replace(BO, nights=1)), "more than 1 nights"),
    (two((129, 131), (299, 301), replace(BO, weekends=1)), "more than 1 weekends"),
    (two((9, 12), (33, 36), replace(BO, free=(Span(0, 20 * H),))), "not free for all of s1"),
    (two((9, 12), (33, 36), replace(BO, never=frozenset({"s1"}))), "not to be asked for s1"),
    (two((9, 12), (33, 36), replace(BO, newcomer=True)), "1 newcomers beside 0"),
]


@pytest.mark.parametrize(("problem", "said"), BREACHES)
def test_every_rule_is_checked_and_kept(problem, said):
    assert any(said in broken for broken in check(problem, put(problem, ("s0", "bo"), ("s1", "bo"))))
    assert check(problem, solve(problem, until=Rounds(1))) == []


def test_pairs_are_kept_apart_and_together():
    shift = Shift("s", 0, H, (Role("", 0, 2),))
    people = (Helper("a"), Helper("b"))
    pair = frozenset({frozenset({"a", "b"})})
    apart, together = Problem((shift,), people, apart=pair), Problem((shift,), people, together=pair)
    assert any("kept apart" in said for said in check(apart, put(apart, ("s", "a"), ("s", "b"))))
    assert any("go together" in said for said in check(together, put(together, ("s", "a"))))
    assert len(solve(apart, until=Rounds(1)).assignments) == 1
    assert len(solve(together, until=Rounds(1)).assignments) == 2


def test_a_roster_that_lies_about_itself_is_found_out():
    problem = Problem((COOKS,), (ANA,))
    lie = replace(put(problem, ("supper", "ana")), score=score(problem, ()))
    assert "counted again" in check(problem, lie)[0]
    assert "said yes" in check(problem, put(problem, ("supper", "ana"), state=State.CONFIRMED))[0]


def test_the_worked_example_of_the_explanation():
    """The numbers of docs/explanation/rostering.md."""
    monday = Shift("pantry", 9 * H, 16 * H, (Role("cook", 1, 1, frozenset({"cook"})),), weight=2)
    bo, cleo = replace(BO, free=(Span(FRIDAY, FRIDAY + DAY),)), replace(CLEO, free=bo_free())
    problem = Problem((monday, COOKS), (ANA, bo, cleo))
    roster = solve(problem, until=Rounds(1))
    assert [(one.shift, one.helper) for one in roster.assignments] == [
        ("pantry", "ana"),
        ("supper", "bo"),
        ("supper", "cleo"),
    ]
    assert roster.score.key() == (0, 1, 0, 28 + 12 + 16 + 16)
    (gap,) = gaps(problem, roster)
    reason = named(gap.reason, {"ana": "Ana"}, {})
    assert (gap.there, gap.wanted) == (2, 3)
    assert reason.sentence() == "Ana would exceed 10 hours this week."
    assert reason.change() == "1 more hours this week would do."


def bo_free() -> tuple[Span, ...]:
    return (Span(FRIDAY, FRIDAY + DAY),)


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (Problem((COOKS,), ()), Code.NO_HELPERS),
        (Problem((COOKS,), (Helper("x"),)), Code.SKILL),
        (Problem((COOKS,), (replace(ANA, free=(Span(0, DAY),)),)), Code.NOT_FREE),
        (Problem((COOKS,), (replace(ANA, never=frozenset({"supper"})),)), Code.RULED_OUT),
        (Problem((COOKS,), (replace(ANA, week_minutes=60),)), Code.WEEK),
        (Problem((COOKS,), (replace(ANA, day_minutes=60),)), Code.DAY),
        (Problem((COOKS,), (replace(ANA, newcomer=True),)), Code.NEWCOMER),
        (Problem((COOKS,), (replace(ANA, day_minutes=60, week_minutes=60),)), Code.SEVERAL),
        (Problem((COOKS,), (ANA, BO), apart=frozenset({frozenset({"ana", "bo"})})), Code.APART),
        (
            Problem((COOKS,), (ANA, replace(BO, skills=frozenset())), together=frozenset({frozenset({"ana", "bo"})})),
            Code.TOGETHER,
        ),
    ],
)
def test_an_empty_place_names_the_rule_that_binds(problem, code):
    (gap,) = gaps(problem, solve(problem, until=Rounds(1)))
    assert gap.reason.code == code
    assert gap.reason.sentence().endswith(".")


def test_every_code_has_its_sentence():
    assert set(REASONS) == set(Code)


@pytest.mark.parametrize(
    "wrong",
    [
        {"shifts": (COOKS, COOKS)},
        {"shifts": (replace(COOKS, end=COOKS.start),)},
        {"shifts": (replace(COOKS, roles=(Role("cook", 3, 2),)),)},
        {"helpers": (ANA, ANA)},
        {"standing": (Assignment("supper", "cook", "nobody"),)},
        {"standing": (Assignment("lunch", "cook", "ana"),)},
        {"apart": frozenset({frozenset({"ana"})})},
    ],
)
def test_what_can_only_be_a_mistake_is_refused(wrong):
    with pytest.raises(ValueError, match=r"\.$"):
        replace(Problem((COOKS,), (ANA,)), **wrong)


def test_who_says_stop_gets_the_best_so_far_and_is_told_how_far_it_was():
    problem, told = Problem((COOKS,), (ANA, BO, CLEO)), []
    stopped = solve(
        problem, until=Rounds(1, stop=lambda: len(told) > 1), progress=lambda *how_far: told.append(how_far)
    )
    assert check(problem, stopped) == []
    assert not stopped.proven
    assert len(stopped.assignments) == 3
    assert told == [(0.0, 3, 3), (0.5, 3, 3)]
    told.clear()
    assert solve(problem, until=Rounds(1), progress=lambda *how_far: told.append(how_far)).proven
