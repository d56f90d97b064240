"""For an ask, the helpers who fit best, with reasons; for everyone else, what rules them out."""

import math
from dataclasses import replace

import pytest

from manyhands.kernel.geo import Mode, Point
from manyhands.kernel.matching import REASONS, Against, Ask, For, Helper, Problem, suggest, suggest_for_helper

HERE = Point(40.70, -73.95)
NEAR = Point(40.71, -73.95)
FAR = Point(40.90, -73.95)
ASK = Ask("a", HERE)


def order(problem: Problem, **more) -> list[str]:
    return [s.helper_id for s in suggest(problem, "a", **more).ranked]


def test_the_nearer_helper_comes_first_and_the_limit_holds():
    problem = Problem((ASK,), (Helper("far", FAR), Helper("near", NEAR), Helper("walks", NEAR, mode=Mode.FOOT)))
    assert order(problem) == ["near", "walks", "far"]
    assert order(problem, limit=1) == ["near"]


def test_whoever_knows_the_asker_comes_before_one_a_little_nearer():
    problem = Problem((ASK,), (Helper("near", HERE), Helper("friend", NEAR)), remembered=frozenset({("a", "friend")}))
    assert order(problem) == ["friend", "near"]
    assert suggest(problem, "a").ranked[0].reasons[0].code == For.KNOWN


def test_whoever_helped_yesterday_or_was_asked_a_lot_comes_later():
    problem = Problem(
        (ASK,),
        (
            Helper("yesterday", NEAR, days_since_helped=1),
            Helper("asked", NEAR, asked_lately=2),
            Helper("rested", NEAR, days_since_helped=40),
        ),
    )
    assert order(problem) == ["rested", "asked", "yesterday"]


def test_someone_without_a_place_can_still_be_suggested():
    problem = Problem((ASK,), (Helper("nowhere", None), Helper("nan", Point(math.nan, 0)), Helper("far", FAR)))
    assert order(problem) == ["nan", "nowhere", "far"]
    assert suggest(problem, "a").ranked[0].reasons[0].code == For.PLACE_UNKNOWN


@pytest.mark.parametrize(
    ("ask", "helper", "code"),
    [
        ({}, {"id": "blocked"}, Against.BLOCKED),
        ({"never": frozenset({"h"})}, {}, Against.RULED_OUT),
        ({"only": frozenset({"x"})}, {}, Against.RULED_OUT),
        ({"skills": frozenset({"lift"})}, {}, Against.SKILL),
        ({"languages": frozenset({"es", "pt"})}, {"languages": frozenset({"en"})}, Against.LANGUAGE),
        ({"windows": ((0, 10),)}, {"shifts": ((10, 20),)}, Against.NOT_FREE),
        ({"place": FAR}, {"max_metres": 5000}, Against.TOO_FAR),
        ({}, {"open_places": 0}, Against.NO_PLACES),
    ],
)
def test_each_rule_leaves_a_helper_out_and_says_so(ask, helper, code):
    problem = Problem(
        (replace(ASK, **ask),), (replace(Helper("h", NEAR), **helper),), blocked=frozenset({("a", "blocked")})
    )
    found = suggest(problem, "a")
    assert found.ranked == ()
    assert [out.reason.code for out in found.left_out] == [code]
    assert "%(" not in found.left_out[0].reason.sentence()


def test_the_reasons_say_language_skill_and_time():
    ask = replace(ASK, languages=frozenset({"es", "pt"}), skills=frozenset({"lift"}), windows=((0, 10),))
    helper = Helper("h", NEAR, frozenset({"es", "en"}), frozenset({"lift", "van"}), ((5, 20),), days_since_helped=3)
    (found,) = suggest(Problem((ask,), (helper,)), "a").ranked
    assert [r.sentence() for r in found.reasons] == [
        "1.5 km away, about 4 min",
        "Speaks es",
        "Has lift",
        "Is free then",
        "Helped only 3 days ago",
    ]


def test_a_helper_sees_the_nearest_first_unless_another_matters_more():
    asks = (Ask("near", NEAR), Ask("here", HERE), Ask("heavy", FAR, weight=9), Ask("waited", NEAR, waiting=90))
    problem = Problem(asks, (Helper("h", HERE),))
    assert [s.ask_id for s in suggest_for_helper(problem, "h").ranked] == ["heavy", "waited", "here", "near"]


def test_a_stranger_is_a_key_error_and_a_repeated_id_a_sentence():
    with pytest.raises(KeyError):
        suggest(Problem(), "a")
    with pytest.raises(ValueError, match="Two asks have the same id: a"):
        Problem((ASK, ASK))
    with pytest.raises(ValueError, match="below zero"):
        Problem((), (Helper("h", open_places=-1),))


def test_every_code_has_its_words():
    assert set(REASONS) == {*For, *Against}
