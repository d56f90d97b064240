"""A helper takes an ask on; of two, one holds it and the other reads why not."""

import pytest

from manyhands.exchange import actions, queries
from manyhands.exchange.states import AskState
from manyhands.kit.refusals import Refused
from tests import cast
from tests.cast import NOW


def test_a_ready_ask_is_claimed_and_the_contact_shows(town):
    claim = actions.claim_ask(town.groceries, helper=town.hana, by=town.hana.membership.person, now=NOW)
    town.groceries.refresh_from_db()
    assert town.groceries.state == AskState.CLAIMED
    assert list(queries.claims_held_by(town.hana)) == [claim]


def test_the_second_helper_reads_who_was_faster(town):
    actions.claim_ask(town.groceries, helper=town.hana, by=town.hana.membership.person, now=NOW)
    with pytest.raises(Refused, match="Someone was faster"):
        actions.claim_ask(town.groceries, helper=town.hugo, by=town.hugo.membership.person, now=NOW)


def test_a_helper_of_another_network_cannot_claim(town):
    with pytest.raises(Refused, match="Only helpers of this network"):
        actions.claim_ask(town.groceries, helper=town.ola, by=town.ola.membership.person, now=NOW)


def test_nobody_holds_more_than_the_cap(town):
    town.hana.cap = 1
    town.hana.save()
    actions.claim_ask(town.groceries, helper=town.hana, by=town.hana.membership.person, now=NOW)
    another = cast.ask(town.riverside, "Supplies")
    with pytest.raises(Refused, match="which is the most here"):
        actions.claim_ask(another, helper=town.hana, by=town.hana.membership.person, now=NOW)


def test_a_visit_that_ends_well_meets_the_ask_and_can_be_undone(town):
    claim = actions.claim_ask(town.groceries, helper=town.hana, by=None, now=NOW)
    actions.set_out(claim, by=town.hana.membership.person, now=NOW)
    ask = actions.mark_outcome(claim, outcome="left_at_door", by=town.hana.membership.person, now=NOW)
    assert ask.state == AskState.MET
    assert ask.closed_at == NOW
    ask = actions.unmark_outcome(claim, by=town.hana.membership.person, now=NOW)
    assert (ask.state, ask.closed_at) == (AskState.CLAIMED, None)


def test_nobody_in_brings_the_ask_back_to_the_desk(town):
    claim = actions.claim_ask(town.groceries, helper=town.hana, by=None, now=NOW)
    ask = actions.mark_outcome(claim, outcome="not_home", by=None, now=NOW)
    assert (ask.state, ask.tries) == (AskState.READY, 1)


def test_handing_back_makes_it_ready_for_someone_else(town):
    claim = actions.claim_ask(town.groceries, helper=town.hana, by=None, now=NOW)
    actions.hand_back(claim, by=town.hana.membership.person, now=NOW)
    actions.claim_ask(town.groceries, helper=town.hugo, by=None, now=NOW)
    assert actions.take_up_again(claim, by=None, now=NOW) is False
