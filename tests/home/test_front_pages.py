"""The front pages lead on; what presses at the desk is counted from what is there."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from manyhands.exchange import actions as exchange
from manyhands.home import queries
from manyhands.people import actions as people
from tests import cast


def test_the_networks_page_leads_to_asking_without_an_account(client, town):
    page = client.get("/riverside/").content.decode()
    assert reverse("exchange:ask", args=["riverside"]) in page
    assert reverse("exchange:offer", args=["riverside"]) in page


def test_a_closed_network_says_so(client, town):
    from manyhands.networks import actions

    actions.settle(town.riverside, by=None, now=cast.NOW, is_open=False, closed_note="We open again on Monday.")
    assert "We open again on Monday." in client.get("/riverside/").content.decode()


def test_what_presses_is_counted(town):
    now = timezone.now()
    before = queries.what_presses(town.riverside, now=now)
    cast.ask(town.riverside, ready=False, now=now)
    cast.ask(
        town.riverside, "Supplies", now=now, wanted_from=now - timedelta(hours=3), wanted_until=now - timedelta(hours=1)
    )
    after = queries.what_presses(town.riverside, now=now)
    assert after.new == before.new + 1
    assert after.late == before.late + 1
    assert after.ready == before.ready + 1


def test_demo_faces_are_only_for_the_demo(client, town, settings):
    people.mark_as_demo(town.dee)
    enter = reverse("home:demo_enter", args=[town.dee.pk])
    assert client.post(enter).status_code == 404
    settings.DEMO = True
    assert client.post(enter).headers["Location"] == "/riverside/desk/now/"
    assert client.session["_auth_user_id"] == str(town.dee.pk)


def test_in_the_demo_nobody_becomes_someone_real(client, town, settings):
    settings.DEMO = True
    assert client.post(reverse("home:demo_enter", args=[town.dee.pk])).status_code == 404


@pytest.mark.django_db
def test_the_demo_neighbour_sees_their_ask(client, town, settings):
    settings.DEMO = True
    people.mark_as_demo(town.nia)
    answer = client.post(reverse("home:demo_enter", args=[town.nia.pk]))
    assert answer.headers["Location"].startswith("/a/")


def test_a_pressing_ask_that_is_claimed_presses_no_more(town):
    assert town.groceries in queries.pressing_asks(town.riverside)
    exchange.claim_ask(town.groceries, helper=town.hana, by=None, now=timezone.now())
    assert town.groceries not in queries.pressing_asks(town.riverside)


def test_everyone_learns_where_the_source_is_to_be_had(client, town, settings):
    from dataclasses import replace

    assert reverse("home:about") in client.get("/riverside/").content.decode()
    assert "ask whoever looks after this install" in client.get(reverse("home:about")).content.decode()
    settings.ENV = replace(settings.ENV, source_url="https://source.example/manyhands")
    assert 'href="https://source.example/manyhands"' in client.get(reverse("home:about")).content.decode()
