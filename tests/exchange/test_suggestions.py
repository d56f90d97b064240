"""Who could bring what: suggestions with reasons, for the desk, for a helper and for an offer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from manyhands.exchange import actions, planning
from tests import cast
from tests.cast import NOW


def names(fits) -> list[str]:
    return [fitting.thing.membership.person.name for fitting in fits.ranked]


def reasons(fits, thing) -> str:
    found = [fitting for fitting in (*fits.ranked, *fits.left_out) if fitting.thing == thing]
    return " · ".join(found[0].reasons)


def test_who_sets_out_nearer_comes_first_and_why_is_said(town):
    actions.change_helper(town.hugo.membership, by=None, now=NOW, start_text="Far out", lat=40.80, lon=-73.95)
    fits = planning.helpers_for(town.groceries, now=NOW)
    assert names(fits) == ["Hana Helper", "Hugo Helper"]
    assert "km away" in reasons(fits, town.hana)


@pytest.mark.parametrize(
    ("ask", "left_out", "why"),
    [
        ({"skill": "driver"}, "hana", "Does not have driver"),
        ({"language": "es"}, "hugo", "Speaks none of: Spanish"),
    ],
)
def test_a_skill_and_a_language_are_hard_rules(town, ask, left_out, why):
    actions.change_ask(town.groceries, by=None, now=NOW, **ask)
    town.groceries.refresh_from_db()
    fits = planning.helpers_for(town.groceries, now=NOW)
    out = getattr(town, left_out)
    assert [each.thing for each in fits.left_out] == [out]
    assert why in reasons(fits, out)


@pytest.mark.parametrize(
    ("hours", "fits_then"),
    [
        ([], True),
        ([{"day": 3, "from": "17:00", "until": "20:00"}], True),  # the ask is for a Thursday, 17:30 to 20:00
        ([{"day": 3, "from": "12:00", "until": "17:00"}], False),
        ([{"day": 0, "from": "17:00", "until": "20:00"}], False),
        ([{"day": 3, "from": "19:00", "until": "01:00"}], True),
        ([{"day": 2, "from": "22:00", "until": "18:00"}], True),  # from Wednesday night into Thursday
        ([{"day": 3, "from": "nonsense", "until": None}], True),
    ],
)
def test_usual_hours_are_reckoned_on_the_networks_clock(town, hours, fits_then):
    actions.change_helper(town.hana.membership, by=None, now=NOW, hours=hours)
    fits = planning.helpers_for(town.groceries, now=NOW)
    assert (town.hana in [each.thing for each in fits.ranked]) is fits_then
    if not fits_then:
        assert "not free then" in reasons(fits, town.hana)


def test_who_holds_as_many_as_they_may_is_left_out(town):
    town.hana.cap = 0
    town.hana.save()
    assert "as many asks as they can" in reasons(planning.helpers_for(town.groceries, now=NOW), town.hana)


def test_who_was_there_before_is_remembered_by_the_phone(town):
    claim = actions.claim_ask(town.groceries, helper=town.hugo, by=None, now=NOW)
    actions.mark_outcome(claim, outcome="handed_over", by=None, now=NOW)
    again = cast.ask(town.riverside, reach="718-555-0123")
    assert "They know one another" in reasons(planning.helpers_for(again, now=NOW), town.hugo)
    assert "You were there before" in reasons(planning.asks_for_helper(town.hugo, [again], now=NOW), again)


def test_who_helped_lately_gives_way_to_who_did_not(town):
    claim = actions.claim_ask(town.groceries, helper=town.hugo, by=None, now=NOW)
    actions.mark_outcome(claim, outcome="handed_over", by=None, now=NOW)
    actions.change_helper(town.hana.membership, by=None, now=NOW, mode="car")
    other = cast.ask(town.riverside, reach="someone@example.org")
    assert names(planning.helpers_for(other, now=NOW)) == ["Hana Helper", "Hugo Helper"]


def test_a_helper_reads_what_fits_them_in_their_own_words(town):
    near, spanish, ride = (
        town.groceries,
        cast.ask(town.riverside, lat=40.72, lon=-73.95),
        cast.ask(town.riverside, "A ride"),
    )
    actions.change_ask(spanish, by=None, now=NOW, language="es")
    spanish.refresh_from_db()
    fits = planning.asks_for_helper(town.hana, [ride, spanish, near], now=NOW)
    assert [each.thing for each in fits.ranked] == [near, spanish]
    assert "from where you set out" in reasons(fits, near)
    assert "You speak Spanish" in reasons(fits, spanish)
    assert "someone who can do this: driver" in reasons(fits, ride)
    assert "Has not helped yet" not in reasons(fits, near)


def test_what_is_urgent_comes_before_what_is_a_little_nearer(town):
    urgent = cast.ask(town.riverside, lat=40.706, is_urgent=True)
    fits = planning.asks_for_helper(town.hana, [town.groceries, urgent], now=NOW)
    assert [each.thing for each in fits.ranked] == [urgent, town.groceries]


def test_an_ask_wanted_in_three_weeks_is_measured_against_the_hours_of_that_day(town):
    actions.change_helper(town.hana.membership, by=None, now=NOW, hours=[{"day": 3, "from": "17:00", "until": "20:00"}])
    town.hana.refresh_from_db()
    later = NOW + timedelta(weeks=3)
    ask = cast.ask(town.riverside, wanted_from=later, wanted_until=later + timedelta(hours=3))
    assert [each.thing for each in planning.asks_for_helper(town.hana, [ask], now=NOW).ranked] == [ask]


def test_offers_of_the_same_kind_fit_an_ask_and_asks_fit_an_offer(town):
    pram = cast.ask(town.riverside, "Childcare", words="A pram")
    fits = planning.offers_for(pram, now=NOW)
    assert [each.thing for each in fits.ranked] == [town.pram]
    assert "Has not helped yet" not in reasons(fits, town.pram)
    assert [each.thing for each in planning.asks_for_offer(town.pram, now=NOW).ranked] == [pram]
    assert planning.offers_for(town.groceries, now=NOW).ranked == ()


def test_what_was_put_to_both_already_is_not_suggested_again(town):
    pram = cast.ask(town.riverside, "Childcare", words="A pram")
    actions.propose_match(pram, town.pram, by=town.dee, now=NOW)
    assert planning.offers_for(pram, now=NOW).ranked == ()
    assert planning.asks_for_offer(town.pram, now=NOW).ranked == ()


def test_reasons_name_languages_as_the_reader_calls_them(town):
    actions.change_ask(town.groceries, by=None, now=NOW, language="ar")
    town.groceries.refresh_from_db()
    with translation.override("es"):
        assert "árabe" in reasons(planning.helpers_for(town.groceries, now=NOW), town.hana)


def test_suggesting_from_many_helpers_takes_a_fixed_number_of_questions(town, django_assert_max_num_queries):
    for number in range(12):
        cast.helper(town.riverside, cast.person(f"Helper{number} Extra"))
    with django_assert_max_num_queries(8):
        planning.helpers_for(town.groceries, now=NOW)
