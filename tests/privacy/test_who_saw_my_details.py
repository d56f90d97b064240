"""People read who saw their details: neighbours behind their private link, members on a page of their own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from manyhands.exchange import actions as exchange
from manyhands.exchange import queries
from manyhands.people import actions as people
from manyhands.privacy import actions
from manyhands.privacy.models import Reveal
from manyhands.privacy.states import Part, Why
from tests.cast import NOW, Cast


def _look(town: Cast, *, by, why=Why.DESK, now=NOW):
    return actions.reveal_one(
        town.nia, town.groceries.place, about=town.groceries.code, why=why, by=by, network=town.riverside, now=now
    )


def test_a_helper_who_took_it_on_stands_on_the_neighbours_page_in_words(town, as_, client):
    exchange.claim_ask(town.groceries, helper=town.hana, by=town.hana.membership.person, now=NOW)
    link = reverse("exchange:asking", args=[queries.asking_token(town.asking)])
    assert "Nobody so far" in client.get(link).content.decode()
    as_(town.hana).get(reverse("exchange:mine", args=["riverside"]))
    as_(None)
    page = client.get(link).content.decode()
    assert f"Hana H., who took on “Food” ({town.groceries.code}), saw your" in page
    assert "address and door, place on the map and phone or e-mail" in page


def test_looking_ten_times_on_one_day_is_one_line_and_tomorrow_another(town):
    for hour in range(8):
        _look(town, by=town.dee, now=NOW + timedelta(hours=hour))
    assert Reveal.objects.filter(whose=town.nia).count() == 1
    _look(town, by=town.dee, now=NOW + timedelta(days=1))
    assert Reveal.objects.filter(whose=town.nia).count() == 2


@pytest.mark.parametrize("who", ["eve", "host", "otto"])
def test_whoever_has_no_role_is_shown_nothing_and_leaves_no_trace(town, who):
    shown = _look(town, by=getattr(town, who))
    assert (shown.name, shown.text, shown.door, shown.lat, shown.ways) == ("", "", "", None, ())
    assert not Reveal.objects.exists()


def test_ones_own_details_leave_no_trace(town):
    assert _look(town, by=town.nia, why=Why.OWN).door
    assert not Reveal.objects.exists()


def test_a_helper_reads_who_saw_their_phone(town, as_):
    hana = town.hana.membership.person
    people.change_contact(hana, reach="718 555 0188", region="US", by=hana, now=NOW)
    as_(town.dee).get(reverse("networks:members", args=["riverside"]))
    page = as_(town.hana).get(reverse("privacy:who_saw_me", args=["riverside"])).content.decode()
    assert "Dee D., at the desk, saw your name and phone or e-mail in the list of members" in page
    assert "0188" not in page


def test_the_desk_that_opens_a_private_link_is_seen_as_the_desk(town, as_):
    as_(town.dee).get(reverse("exchange:asking", args=[queries.asking_token(town.asking)]))
    assert [(seen.seen_by, seen.why) for seen in Reveal.objects.all()] == [(town.dee, Why.DESK)]


def test_many_people_take_no_more_questions_than_few(town, django_assert_max_num_queries):
    whose = [actions.Whose(town.nia, town.groceries.place, f"Q{number}") for number in range(200)]
    told = {"why": Why.DESK, "by": town.dee, "network": town.riverside, "now": NOW, "only": frozenset({Part.PLACE})}
    actions.reveal(whose[:1], **told)
    with django_assert_max_num_queries(3):  # who they are here, what is known, what is new
        actions.reveal(whose, **told)
    with django_assert_max_num_queries(1):
        actions.reveal(whose, **told)
    assert Reveal.objects.count() == 200
