"""A plan gives many asks to their helpers at once, by the same rules as one by one."""

import pytest

from manyhands.exchange import actions, queries
from manyhands.exchange.states import AskState
from manyhands.journal import queries as journal
from tests import cast
from tests.cast import NOW


def test_each_ask_goes_to_its_helper_and_the_journal_says_so(town):
    asks = [town.groceries, cast.ask(town.riverside), cast.ask(town.riverside, ready=False)]
    helpers = [town.hana, town.hugo, town.hugo]
    claims, left_out = actions.give_asks(list(zip(asks, helpers, strict=True)), by=town.dee, now=NOW)
    assert left_out == {}
    for ask, helper in zip(asks, helpers, strict=True):
        ask.refresh_from_db()
        assert ask.state == AskState.CLAIMED
        assert queries.claim_on(ask) == claims[ask.pk]
        assert claims[ask.pk].helper == helper
        assert journal.about(ask).last().verb == "ask.claimed"


def test_what_is_taken_closed_or_of_another_network_is_left_out_and_told(town):
    taken, closed = cast.ask(town.riverside), cast.ask(town.riverside)
    actions.claim_ask(taken, helper=town.hana, by=None, now=NOW)
    actions.withdraw_ask(closed, by=town.dee, now=NOW)
    pairs = [(ask, town.hugo) for ask in (taken, closed, town.elsewhere, town.groceries)]
    claims, left_out = actions.give_asks(pairs, by=town.dee, now=NOW)
    assert set(claims) == {town.groceries.pk}
    assert set(left_out) == {taken.pk, closed.pk, town.elsewhere.pk}
    assert taken.code in left_out[taken.pk]


def test_the_same_ask_twice_is_given_once(town):
    claims, left_out = actions.give_asks([(town.groceries, town.hana), (town.groceries, town.hugo)], by=None, now=NOW)
    assert claims[town.groceries.pk].helper == town.hana
    assert set(left_out) == {town.groceries.pk}


def test_a_helper_gives_nothing_to_others(town):
    _claims, left_out = actions.give_asks([(town.groceries, town.hugo)], by=town.hana.membership.person, now=NOW)
    assert "Only a dispatcher" in left_out[town.groceries.pk]


@pytest.mark.parametrize("many", [2, 20])
def test_however_many_they_are_it_takes_few_questions(town, many, django_assert_max_num_queries):
    pairs = [(cast.ask(town.riverside), town.hugo) for _ in range(many)]
    # However many are given, it takes the same questions.
    with django_assert_max_num_queries(12):
        actions.give_asks(pairs, by=town.dee, now=NOW)
