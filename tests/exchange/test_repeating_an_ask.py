"""The same again, every Thursday: from the form, from the private link, paused, continued and stopped."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from manyhands.exchange import actions, queries
from manyhands.exchange.models import Ask, Repeat
from manyhands.exchange.states import AskState, RepeatState
from manyhands.kit.refusals import Refused
from tests.cast import NOW, ZONE


@pytest.fixture
def link(town):
    return f"/a/{queries.asking_token(town.asking)}/"


def test_it_is_chosen_on_the_private_page(town, client, link):
    response = client.post(f"{link}{town.groceries.code}/repeat/", {"weekday": "3", "every_weeks": "2"})
    assert response.status_code == 302
    repeat = Repeat.objects.get()
    assert (repeat.weekday, repeat.every_weeks, repeat.first) == (3, 2, town.groceries)
    assert "Every two weeks on Thursday." in client.get(link).content.decode()


@pytest.mark.parametrize("data", [{}, {"weekday": "9", "every_weeks": "1"}, {"weekday": "x", "every_weeks": "1"}])
def test_a_day_that_is_none_is_asked_for_again(town, client, link, data):
    assert client.post(f"{link}{town.groceries.code}/repeat/", data).status_code == 400
    assert not Repeat.objects.exists()


def test_it_is_paused_continued_and_stopped(town, client, link):
    actions.repeat_ask(town.groceries, weekday=3, by=None, now=NOW)
    for state, said in (("paused", "Paused"), ("running", "comes round again"), ("stopped", "Stopped")):
        shown = client.post(f"{link}{town.groceries.code}/repeat/{state}/", follow=True).content.decode()
        assert Repeat.objects.get().state == state
        assert said in shown
    shown = client.post(f"{link}{town.groceries.code}/repeat/running/", follow=True).content.decode()
    assert "no longer repeats" in shown
    assert Repeat.objects.get().state == RepeatState.STOPPED


def test_another_word_in_the_address_is_not_there(town, client, link):
    actions.repeat_ask(town.groceries, weekday=3, by=None, now=NOW)
    assert client.post(f"{link}{town.groceries.code}/repeat/sometimes/").status_code == 404


def test_what_is_wanted_this_thursday_comes_round_the_next(town):
    """The groceries are wanted on Thursday 4 June: asked for every Thursday, they come again on the 11th."""
    repeat = actions.repeat_ask(town.groceries, weekday=3, by=None, now=NOW - timedelta(days=2))
    assert repeat.next_on == date(2026, 6, 11)


def test_a_round_keeps_the_hour_and_is_ready_for_helpers(town):
    actions.repeat_ask(town.groceries, weekday=3, by=None, now=NOW)
    assert actions.come_round(now=NOW + timedelta(days=5)) == 1
    assert actions.come_round(now=NOW + timedelta(days=5)) == 0
    again = Ask.objects.get(repeat_on=date(2026, 6, 11))
    opens = again.wanted_from.astimezone(town.riverside.zone)
    assert (opens.date(), opens.hour, opens.minute, again.state) == (date(2026, 6, 11), 17, 30, AskState.READY)
    assert again.asking == town.asking


def test_a_paused_one_does_not_come_round(town):
    repeat = actions.repeat_ask(town.groceries, weekday=3, by=None, now=NOW)
    actions.move_repeat(repeat, state="paused", by=None, now=NOW)
    assert actions.come_round(now=NOW + timedelta(days=5)) == 0


def test_days_missed_while_paused_are_not_made_up_for(town):
    repeat = actions.repeat_ask(town.groceries, weekday=3, by=None, now=NOW)
    actions.move_repeat(repeat, state="paused", by=None, now=NOW)
    repeat = actions.move_repeat(repeat, state="running", by=None, now=NOW + timedelta(days=21))
    assert repeat.next_on == date(2026, 7, 2)


def test_it_repeats_only_once(town, client, link):
    actions.repeat_ask(town.groceries, weekday=3, by=None, now=NOW)
    with pytest.raises(Refused, match="already repeats"):
        actions.repeat_ask(town.groceries, weekday=4, by=None, now=NOW)
    shown = client.get(f"{link}{town.groceries.code}/repeat/", follow=True).content.decode()
    assert "This already repeats." in shown


def test_a_round_that_came_is_seen_and_stopped_on_the_same_page(town, client, link):
    actions.repeat_ask(town.groceries, weekday=3, by=None, now=NOW)
    actions.come_round(now=NOW + timedelta(days=5))
    again = Ask.objects.get(repeat_on=date(2026, 6, 11))
    shown = client.get(link).content.decode()
    assert again.code in shown
    client.post(f"{link}{again.code}/repeat/stopped/")
    assert Repeat.objects.get().state == RepeatState.STOPPED


def test_it_can_be_said_while_asking(town, client):
    category = town.groceries.category.pk
    client.post("/riverside/ask/", {"needs": [category], "place_text": "Pier 3", "repeat": "3"})
    repeat = Repeat.objects.get()
    assert repeat.weekday == 3
    assert repeat.next_on > timezone.now().astimezone(ZONE).date()
