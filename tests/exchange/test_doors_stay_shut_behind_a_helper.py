"""Whoever no longer holds an ask finds no way back to its door: not by undoing, not by coming back, not by measuring."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from manyhands.exchange import actions, planning, queries
from manyhands.exchange.models import Ask, Claim, Helper
from manyhands.exchange.states import AskState, ClaimState, OfferState, Outcome
from manyhands.kit.refusals import Refused
from manyhands.networks import actions as networks
from manyhands.networks.models import Membership
from manyhands.networks.states import Standing
from manyhands.places.models import Place
from manyhands.places.queries import blurred
from tests import cast
from tests.cast import NOW


@pytest.fixture
def hana(town):
    return town.hana.membership.person


def held(ask: Ask, helper: Helper, now=NOW) -> Claim:
    return actions.claim_ask(ask, helper=helper, by=helper.membership.person, now=now)


def state_of(ask: Ask) -> str:
    return Ask.objects.values_list("state", flat=True).get(pk=ask.pk)


# ── Undoing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_visit_is_undone_by_its_helper_right_after(town, hana):
    claim = held(town.groceries, town.hana)
    actions.mark_outcome(claim, outcome=Outcome.HANDED_OVER, by=hana, now=NOW)
    actions.unmark_outcome(claim, by=hana, now=NOW + timedelta(minutes=5))
    assert state_of(town.groceries) == AskState.CLAIMED


def test_weeks_later_a_visit_is_not_undone_to_see_the_door_again(town, hana):
    claim = held(town.groceries, town.hana)
    actions.mark_outcome(claim, outcome=Outcome.HANDED_OVER, by=hana, now=NOW)
    with pytest.raises(Refused):
        actions.unmark_outcome(claim, by=hana, now=NOW + timedelta(days=20))
    assert state_of(town.groceries) == AskState.MET


def test_an_ask_the_asker_took_back_is_not_undone_into_the_helpers_hands(town, hana):
    claim = held(town.groceries, town.hana)
    actions.mark_outcome(claim, outcome=Outcome.NOT_HOME, by=hana, now=NOW)
    actions.withdraw_ask(town.groceries, by=town.nia, now=NOW + timedelta(minutes=1))
    with pytest.raises(Refused):
        actions.unmark_outcome(claim, by=hana, now=NOW + timedelta(minutes=2))
    assert state_of(town.groceries) == AskState.WITHDRAWN


def test_what_the_desk_closed_is_not_opened_by_the_helper(town, hana):
    claim = held(town.groceries, town.hana)
    actions.close_ask(town.groceries, state=AskState.MET, by=town.dee, now=NOW)
    with pytest.raises(Refused):
        actions.unmark_outcome(claim, by=hana, now=NOW + timedelta(minutes=2))
    assert state_of(town.groceries) == AskState.MET


def test_the_desk_can_still_undo_a_visit_days_later(town, hana):
    claim = held(town.groceries, town.hana)
    actions.mark_outcome(claim, outcome=Outcome.HANDED_OVER, by=hana, now=NOW)
    actions.unmark_outcome(claim, by=town.dee, now=NOW + timedelta(days=3))
    assert state_of(town.groceries) == AskState.CLAIMED


def test_handing_back_and_taking_up_again_does_not_pass_the_cap(town, hana):
    Helper.objects.filter(pk=town.hana.pk).update(cap=1)
    claim = held(town.groceries, town.hana)
    actions.hand_back(claim, by=hana, now=NOW)
    held(cast.ask(town.riverside, name="Nia Two"), town.hana)
    with pytest.raises(Refused):
        actions.take_up_again(claim, by=hana, now=NOW + timedelta(minutes=1))
    assert queries.holding(town.hana) == 1


def test_weeks_later_a_hand_back_is_not_undone(town, hana):
    claim = held(town.groceries, town.hana)
    actions.hand_back(claim, by=hana, now=NOW)
    with pytest.raises(Refused):
        actions.take_up_again(claim, by=hana, now=NOW + timedelta(days=20))


def test_another_helper_does_not_take_up_what_was_not_theirs(town, hana):
    claim = held(town.groceries, town.hana)
    actions.hand_back(claim, by=hana, now=NOW)
    with pytest.raises(Refused):
        actions.take_up_again(claim, by=town.hugo.membership.person, now=NOW)


def test_someone_who_waits_to_be_welcomed_does_not_undo(town, hana):
    claim = held(town.groceries, town.hana)
    actions.mark_outcome(claim, outcome=Outcome.HANDED_OVER, by=hana, now=NOW)
    Membership.objects.filter(pk=town.hana.membership.pk).update(standing=Standing.WAITING)
    with pytest.raises(Refused):
        actions.unmark_outcome(claim, by=hana, now=NOW + timedelta(minutes=1))


# ── Leaving and coming back ──────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_is_removed_holds_nothing_any_more_and_sees_no_door_when_they_ask_to_join_again(town, hana, as_):
    claim = held(town.groceries, town.hana)
    networks.move(town.hana.membership, standing=Standing.LEFT, by=town.sol, now=NOW)
    assert state_of(town.groceries) == AskState.READY
    claim.refresh_from_db()
    assert claim.state == ClaimState.HANDED_BACK
    client = as_(hana)
    client.post(reverse("networks:join", args=["riverside"]))
    page = client.get(reverse("exchange:mine", args=["riverside"])).content.decode()
    assert "412 Elm Street" not in page
    assert "5550123" not in page.replace("-", "").replace(" ", "")


def test_taking_a_rest_keeps_what_one_holds(town, hana):
    held(town.groceries, town.hana)
    networks.move(town.hana.membership, standing=Standing.PAUSED, by=hana, now=NOW)
    assert state_of(town.groceries) == AskState.CLAIMED


# ── Measuring ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_moving_ones_own_start_does_not_measure_out_where_an_ask_is(town):
    """Two doors in the same square are the same distance away for everyone who holds neither."""
    cell = cast.ask(town.riverside, name="Nia Near", lat=40.7031, lon=-73.9508, words="one")
    other = cast.ask(town.riverside, name="Nia Near Too", lat=40.7031, lon=-73.9430, words="two")
    assert blurred(cell.place, town.riverside, hidden=()) == blurred(other.place, town.riverside, hidden=())
    for lat, lon in ((40.7035, -73.9520), (40.70, -73.95), (40.7300, -73.9300)):
        start = Place.objects.get(pk=town.hana.start_id)
        start.lat, start.lon = lat, lon
        start.save()
        helper = Helper.objects.select_related("start", "network", "membership").get(pk=town.hana.pk)
        fits = planning.asks_for_helper(helper, [cell, other], now=NOW)
        said = {fitting.thing.pk: fitting.reasons for fitting in (*fits.ranked, *fits.left_out)}
        assert any("km" in reason for reason in said[cell.pk])
        assert said[cell.pk] == said[other.pk]


# ── An offer's giver ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_giver_stops_seeing_how_to_reach_the_asker_once_it_is_over(town, client):
    stroller = cast.ask(town.riverside, "Childcare", name="Pia Parent", reach="718 555 0177")
    match = actions.propose_match(stroller, town.pram, by=town.dee, now=NOW)
    actions.answer_match(match, yes=True, by=stroller.asking.asked_by, now=NOW)
    actions.answer_match(match, yes=True, by=town.pram.offered_by, now=NOW)
    page = reverse("exchange:given", args=[queries.offer_token(town.pram)])
    assert "0177" in client.get(page).content.decode()
    actions.close_ask(stroller, state=AskState.MET, by=town.dee, now=timezone.now())
    later = client.get(page).content.decode()
    assert "0177" not in later
    assert "Pia" not in later


def test_taking_back_another_ask_does_not_break_the_promise_of_an_offer(town):
    one, two = (cast.ask(town.riverside, "Childcare", name=name) for name in ("Pia Parent", "Pio Parent"))
    with_one, with_two = (actions.propose_match(ask, town.pram, by=town.dee, now=NOW) for ask in (one, two))
    actions.answer_match(with_one, yes=True, by=one.asking.asked_by, now=NOW)
    actions.answer_match(with_one, yes=True, by=town.pram.offered_by, now=NOW)
    actions.withdraw_ask(two, by=two.asking.asked_by, now=NOW)
    town.pram.refresh_from_db()
    with_two.refresh_from_db()
    assert with_two.state == "declined"
    assert town.pram.state == OfferState.PROMISED
