"""The check of a split finds what is broken, whoever made it."""

import dataclasses

import pytest

from manyhands.kernel.allocation import Bound, Circle, Given, Household, Item, Problem, check, share
from tests.kernel.allocation.shortages import shortage
from tests.kernel.allocation.test_sharing_a_shortage import GIVE_OUT


def test_a_piece_moved_from_low_to_high_is_found():
    """The proof no longer holds when anybody but the right one has the piece."""
    found = moved = 0
    for seed in range(30):
        problem = shortage(seed, 6, 5)
        split = share(problem)
        for number, given in enumerate(split.given):
            for other in problem.households:
                if other.id != given.household_id and other.id not in {
                    g.household_id for g in split.given if g.item_id == given.item_id
                }:
                    changed = list(split.given)
                    changed[number] = dataclasses.replace(given, household_id=other.id)
                    moved += 1
                    found += bool(check(problem, dataclasses.replace(split, given=tuple(changed))))
    assert moved > 100
    assert found == moved


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"given": (Given("Eve", "Rice", 1),)}, "which the problem does not know"),
        ({"given": (Given("Bo", "Pasta", 0),)}, "less than one piece"),
        ({"left": {"Rice": 1}}, "Of Rice there are 6"),
        ({"bounds": ()}, "It is not said once why Amina has no more of all worth 1."),
        ({"bounds": (Bound("Amina", "", 1, 9),)}, "a circle that is not there"),
        ({"bounds": (Bound("Bo", "", 1, None),)}, "Bo is said to have all they take, and takes more."),
        ({"circles": (Circle("", 1, frozenset({"Bo"}), frozenset({"Rice"})),) * 2}, "could have"),
    ],
)
def test_every_broken_promise_is_named(change, said):
    broken = check(GIVE_OUT, dataclasses.replace(share(GIVE_OUT), **change))
    assert any(said in sentence for sentence in broken)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (Given("Carmen", "Chicken", 1), "not known to suit vegetarian"),
        (Given("Dawit", "Peanut butter", 1), "which contains nuts"),
        (Given("Bo", "Rice", 1), "it rests 14"),
        (Given("Amina", "Peanut butter", 3), "more than they may"),
    ],
)
def test_a_hard_rule_is_seen_from_the_words_of_the_problem(given, said):
    split = share(GIVE_OUT)
    others = tuple(g for g in split.given if (g.household_id, g.item_id) != (given.household_id, given.item_id))
    assert any(said in each for each in check(GIVE_OUT, dataclasses.replace(split, given=(*others, given))))


def test_a_bound_on_a_kind_and_on_the_whole_is_looked_at():
    home = Household("a", wants={"milk": 1}, most=1)
    problem = Problem((home,), (Item("oat", 1, kind="milk"), Item("cow", 1, kind="milk")))
    split = dataclasses.replace(share(problem), given=(Given("a", "cow", 1), Given("a", "oat", 1)), left={})
    broken = " ".join(check(problem, split))
    assert "a gets 2 of milk and wants 1." in broken
    assert "a gets 2 pieces and takes 1." in broken
