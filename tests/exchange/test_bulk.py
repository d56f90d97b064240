"""A dispatcher moves many asks at once: each tells what became of it, and what can be undone is undone."""

from datetime import timedelta

import pytest

from manyhands.exchange import actions
from manyhands.exchange.actions import Do
from manyhands.exchange.models import Claim
from manyhands.exchange.states import AskState
from manyhands.kit.refusals import Refused
from tests import cast
from tests.cast import NOW

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def three(town):
    """Three new asks, the last of which was withdrawn meanwhile."""
    asks = [cast.ask(town.riverside, what, ready=False) for what in ("Food", "Supplies", "Medicine")]
    actions.withdraw_ask(asks[2], by=None, now=NOW)
    asks[2].refresh_from_db()
    return asks


def state_of(ask):
    ask.refresh_from_db()
    return ask.state


def test_what_works_is_done_and_what_does_not_says_why(town, three):
    first, second, gone = three
    moved = actions.move_many([gone, second, first], do=Do.READY, by=town.dee, now=LATER)
    assert [(each.code, bool(each.refused)) for each in moved] == [
        (gone.code, True),
        (second.code, False),
        (first.code, False),
    ]
    assert "only new ones" in moved[0].refused
    assert [state_of(ask) for ask in three] == [AskState.READY, AskState.READY, AskState.WITHDRAWN]


@pytest.mark.parametrize(
    ("do", "more", "becomes"),
    [
        (Do.READY, {}, AskState.READY),
        (Do.COULD_NOT, {"why_not_met": "no_helper"}, AskState.NOT_MET),
        (Do.WITHDRAW, {}, AskState.WITHDRAWN),
    ],
)
def test_a_move_and_its_undoing(town, three, do, more, becomes):
    first, second, _gone = three
    moved = actions.move_many([first, second], do=do, by=town.dee, now=LATER, **more)
    assert [state_of(ask) for ask in (first, second)] == [becomes] * 2
    undone = actions.undo_many(moved, do=do, asks={a.pk: a for a in three}, at=LATER, by=town.dee, now=LATER)
    assert [each.refused for each in undone] == ["", ""]
    assert [state_of(ask) for ask in (first, second)] == [AskState.NEW] * 2


def test_giving_to_a_helper_claims_for_them_up_to_their_cap(town, three):
    first, second, _gone = three
    town.hana.cap = 1
    town.hana.save()
    moved = actions.move_many([first, second], do=Do.GIVE, helper=town.hana, by=town.dee, now=LATER)
    assert sorted(each.refused for each in moved) == ["", "Hana H. holds 1 ask, which is the most here."]
    assert sorted([state_of(first), state_of(second)]) == [AskState.CLAIMED, AskState.NEW]
    undone = actions.undo_many(
        [each for each in moved if not each.refused],
        do=Do.GIVE, asks={a.pk: a for a in three}, at=LATER, by=town.dee, now=LATER,
    )  # fmt: skip
    assert [each.refused for each in undone] == [""]
    assert [state_of(first), state_of(second)] == [AskState.NEW] * 2


def test_undoing_brings_back_the_helper_who_was_on_the_way(town):
    claim = actions.claim_ask(town.groceries, helper=town.hana, by=None, now=NOW)
    actions.set_out(claim, by=None, now=NOW)
    town.groceries.refresh_from_db()
    moved = actions.move_many([town.groceries], do=Do.WITHDRAW, by=town.dee, now=LATER)
    actions.undo_many(moved, do=Do.WITHDRAW, asks={town.groceries.pk: town.groceries}, at=LATER, by=town.dee, now=LATER)
    assert state_of(town.groceries) == AskState.ON_THE_WAY
    assert Claim.objects.get(ask=town.groceries, state="held").helper == town.hana


def test_what_moved_on_since_is_not_undone(town, three):
    first, second, _gone = three
    moved = actions.move_many([first, second], do=Do.READY, by=town.dee, now=LATER)
    actions.claim_ask(first, helper=town.hana, by=None, now=LATER + timedelta(seconds=1))
    undone = actions.undo_many(moved, do=Do.READY, asks={a.pk: a for a in three}, at=LATER, by=town.dee, now=LATER)
    assert "moved on since" in undone[0].refused
    assert undone[1].refused == ""
    assert [state_of(first), state_of(second)] == [AskState.CLAIMED, AskState.NEW]


def test_marking_doubles_leaves_the_one_they_repeat(town, three):
    first, second, _gone = three
    moved = actions.move_many([first, second], do=Do.DUPLICATE, of=first, by=town.dee, now=LATER)
    assert "Choose the other ask" in moved[0].refused
    assert [state_of(first), state_of(second)] == [AskState.NEW, AskState.DUPLICATE]


def test_nobody_but_the_desk_gives_an_ask_to_someone_else(town):
    with pytest.raises(Refused, match="Only a dispatcher"):
        actions.claim_ask(town.groceries, helper=town.hana, by=town.hugo.membership.person, now=NOW)
