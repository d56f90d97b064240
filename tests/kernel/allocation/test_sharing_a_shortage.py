"""Sharing a shortage: whoever has least comes first, nothing hard is broken, and it is proven that it can't be fairer."""

import dataclasses
import random

import pytest

from manyhands.kernel.allocation import (
    Given,
    Had,
    Household,
    Item,
    Level,
    Per,
    Problem,
    Rule,
    Tie,
    Why,
    check,
    explain,
    share,
)
from tests.kernel.allocation.shortages import every_split, from_the_lowest_up, how_many_looks, shortage

FEW = 8_000  # splits a test looks at, at most


def holdings(split):
    return {(given.household_id, given.item_id): given.pieces for given in split.given}


def tiny(seeds, **more):
    for seed in seeds:
        problem = shortage(seed, 2 + seed % 2, 1 + seed % 3, **more)
        if how_many_looks(problem) <= FEW:
            yield problem


def test_no_split_of_any_is_fairer():
    looked = 0
    for problem in tiny(range(150)):
        split = share(problem)
        assert split.exact
        assert check(problem, split) == []
        best = max(from_the_lowest_up(problem, other) for other in every_split(problem))
        assert from_the_lowest_up(problem, holdings(split)) == best
        looked += 1
    assert looked > 80


def test_with_kits_of_other_worth_the_best_is_proven_where_it_is_small():
    looked = 0
    for problem in tiny(range(100), worths=(1, 2, 3)):
        split = share(problem)
        assert split.exact
        assert check(problem, split) == []
        best = max(from_the_lowest_up(problem, other) for other in every_split(problem))
        assert from_the_lowest_up(problem, holdings(split)) == best
        looked += 1
    assert looked > 50


def test_kind_by_kind_each_kind_is_shared_as_well_as_can_be():
    looked = 0
    for problem in tiny(range(100), level=Level.KIND_BY_KIND):
        split = share(problem)
        assert check(problem, split) == []
        if split.exact:
            looked += 1
            for kind in {item.stands_for for item in problem.items}:
                of_kind = frozenset(item.id for item in problem.items if item.stands_for == kind)
                mine = {key: n for key, n in holdings(split).items() if key[1] in of_kind}
                best = max(
                    from_the_lowest_up(problem, {key: n for key, n in other.items() if key[1] in of_kind}, kind)
                    for other in every_split(problem)
                )
                assert from_the_lowest_up(problem, mine, kind) == best
    assert looked > 40


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("worths", [(1,), (1, 3, 7)])
def test_odd_shortages_keep_every_promise_in_whatever_order_they_come(level, worths):
    for seed in range(12):
        problem = shortage(seed, 5 + 3 * seed, 4 + 2 * seed, worths=worths, level=level)
        split = share(problem, work=0)
        assert check(problem, split) == []
        luck = random.Random(seed)
        shuffled = Problem(
            tuple(luck.sample(problem.households, len(problem.households))),
            tuple(luck.sample(problem.items, len(problem.items))),
            problem.rule,
        )
        assert share(shuffled, work=0) == split


def test_so_many_more_give_one_more_and_one_fewer_does_not():
    tried = 0
    for seed in range(60):
        problem = shortage(seed, 3 + seed % 4, 1 + seed % 4, level=list(Level)[seed % 2])
        split = share(problem)
        if not split.exact:
            continue
        for household_id, reason in explain(problem, split).items():
            if "pieces" in reason.facts:
                now = sum(split.of.get(household_id, {}).values())
                for pieces, more in ((reason.facts["pieces"], 1), (reason.facts["pieces"] - 1, 0)):
                    then = share(with_more(problem, reason.facts["item"], pieces))
                    if then.exact:
                        assert sum(then.of.get(household_id, {}).values()) == now + more
                        tried += 1
    assert tried > 120


def with_more(problem, item_id, pieces):
    items = (
        dataclasses.replace(item, quantity=item.quantity + pieces) if item.id == item_id else item
        for item in problem.items
    )
    return Problem(problem.households, tuple(items), problem.rule)


def test_everyone_gets_a_reason_in_words():
    for seed in range(20):
        problem = shortage(seed, 12, 8, worths=(1, 4), level=list(Level)[seed % 2])
        reasons = explain(problem, share(problem, work=0))
        assert reasons.keys() == problem.household.keys()
        assert all(reason.sentence().strip() and "%(" not in reason.sentence() for reason in reasons.values())


AMINA = Household("Amina", people=4, waited=3)
BO = Household("Bo", people=1, waited=9, had=(Had("Rice", 2, days=10),))
CARMEN = Household("Carmen", people=2, waited=5, diets=frozenset({"vegetarian"}))
DAWIT = Household("Dawit", people=3, need=2, waited=1, avoids=frozenset({"nuts"}))
VEGETARIAN = frozenset({"vegetarian"})
GIVE_OUT = Problem(
    (AMINA, BO, CARMEN, DAWIT),
    (
        Item("Rice", 6, kind="staples", suits=VEGETARIAN, rest=14),
        Item("Pasta", 3, kind="staples", suits=VEGETARIAN),
        Item("Chicken", 5, suits=frozenset()),
        Item("Peanut butter", 3, suits=VEGETARIAN, contains=frozenset({"nuts"}), most=2),
    ),
    Rule(draw="2026-11-28"),
)


def test_the_worked_table_of_the_explanation():
    split = share(GIVE_OUT)
    assert split.exact
    assert check(GIVE_OUT, split) == []
    assert split.given == (
        Given("Amina", "Chicken", 2),
        Given("Amina", "Peanut butter", 2),
        Given("Amina", "Rice", 2),
        Given("Carmen", "Pasta", 1),
        Given("Carmen", "Peanut butter", 1),
        Given("Carmen", "Rice", 1),
        Given("Dawit", "Chicken", 3),
        Given("Dawit", "Pasta", 2),
        Given("Dawit", "Rice", 3),
    )
    assert set(split.left.values()) == {0}
    reasons = explain(GIVE_OUT, split)
    assert {name: (r.facts["ours"], r.facts["item"], r.facts["pieces"]) for name, r in reasons.items()} == {
        "Amina": (1.5, "Chicken", 3),
        "Bo": (2.0, "Chicken", 8),
        "Carmen": (1.5, "Chicken", 2),
        "Dawit": (8 / 6, "Chicken", 1),
    }


def test_the_rule_is_said_in_one_sentence():
    assert GIVE_OUT.rule.sentence() == (
        "Who has least, counted per head and by need with what they had in the last 28 days, comes first; who waited "
        "longer wins a tie, and a draw (number 2026-11-28) settles the rest."
    )
    plain = Rule(per=Per.HOUSEHOLD, by_need=False, lately=0, level=Level.KIND_BY_KIND, ties=())
    assert plain.sentence() == (
        "Who has least of a kind, counted per household, comes first; a draw (number 1) settles a tie."
    )
    two = Rule(ties=(Tie.NEED, Tie.WAITED, Tie.DRAW, Tie.SIZE))
    assert "who needs it more, then who waited longer wins a tie" in two.sentence()


def test_another_draw_is_other_luck_and_the_same_draw_the_same():
    homes = tuple(Household(f"h{n}") for n in range(20))
    problems = [Problem(homes, (Item("kit", 7),), Rule(draw=draw)) for draw in ("1", "1", "2")]
    first, again, other = (set(share(problem).of) for problem in problems)
    assert first == again
    assert first != other


def test_a_chain_of_stand_ins_reaches_whom_nothing_on_the_shelf_suits():
    eats_all, oats_only = Household("a", waited=9), Household("b", avoids=frozenset({"milk"}))
    milk = Item("milk", 1, kind="milk", contains=frozenset({"milk"}))
    split = share(Problem((eats_all, oats_only), (Item("oat", 1, kind="milk"), milk)))
    assert split.of == {"a": {"milk": 1}, "b": {"oat": 1}}


def test_what_spoils_first_goes_first_and_the_mix_is_even():
    homes = tuple(Household(f"h{n}", most=2) for n in range(3))
    split = share(Problem(homes, (Item("bread", 3, keeps=1), Item("rice", 9), Item("soup", 3, keeps=20))))
    assert split.left == {"bread": 0, "rice": 9, "soup": 0}
    assert all(of == {"bread": 1, "soup": 1} for of in split.of.values())


def test_who_is_left_without_is_told_why():
    item = Item("yogurt", 5, suits=frozenset(), contains=frozenset({"milk"}), rest=7)
    homes = (
        Household("avoids", avoids=frozenset({"milk"})),
        Household("diet", diets=frozenset({"vegan"})),
        Household("rests", had=(Had("yogurt", 1, days=3),)),
        Household("other", wants={"rice": 2}),
    )
    problem = Problem(homes, (item,))
    reasons = explain(problem, share(problem))
    assert {name: (r.code, r.detail and r.detail.code) for name, r in reasons.items()} == {
        "avoids": (Why.NOTHING_SUITS, Why.CONTAINS),
        "diet": (Why.NOTHING_SUITS, Why.DIET),
        "rests": (Why.NOTHING_SUITS, Why.RESTING),
        "other": (Why.NOTHING_WANTED, None),
    }
    assert reasons["rests"].change() == "Come back in 4 days."


@pytest.mark.parametrize(
    ("households", "items", "said"),
    [
        ((Household("a"), Household("a")), (), "Two households have the same id: a."),
        ((), (Item("x", 1), Item("x", 2)), "Two items have the same id: x."),
        ((Household("a", people=0),), (), "Household a has less than one person, or a need below one."),
        ((Household("a", wants={"x": -1}),), (), "Household a has a number below zero."),
        ((), (Item("x", -1),), "Item x has a number below zero."),
        ((), (Item("x", 1, worth=0),), "A piece of x is worth less than one point."),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(households, items, said):
    with pytest.raises(ValueError, match=said):
        Problem(households, items)


def test_nobody_and_nothing_are_no_trouble():
    assert share(Problem()).given == ()
    nothing = Problem((AMINA,), ())
    assert explain(nothing, share(nothing))["Amina"].code is Why.NOTHING_THERE
    assert share(Problem((), (Item("x", 3),))).left == {"x": 3}
