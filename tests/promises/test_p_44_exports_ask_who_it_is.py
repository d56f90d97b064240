"""P-44 (and ASVS 7.5.3): a phone left open on the table exports nobody, and is nobody's second person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from manyhands.people.here import FRESH_AT
from manyhands.privacy import actions
from manyhands.privacy.models import Unlock
from tests import cast
from tests.architecture import access  # noqa: F401 - first: it takes the rows of the next in
from tests.architecture.access_deliveries import published

AGAIN = reverse("people:again")


def _left_open(client, *, minutes: int):
    session = client.session
    session[FRESH_AT] = (timezone.now() - timedelta(minutes=minutes)).timestamp()
    session.save()
    return client


def _pages(town):
    plan = {"network": "riverside", "plan": published(town).plan.pk}
    return [
        reverse("exchange:export", args=["riverside"]),
        reverse("deliveries:table", kwargs=plan),
        reverse("deliveries:geojson", kwargs=plan),
    ]


def test_what_takes_all_along_asks_again_after_a_quarter_of_an_hour(town, as_):
    for page in _pages(town):
        client = as_(town.dee)
        client.get(page)  # the browser is noted as signed in
        assert _left_open(client, minutes=14).get(page).status_code == 200
        answer = _left_open(client, minutes=16).get(page)
        assert answer.status_code == 302
        assert answer["Location"].startswith(AGAIN)


def test_nothing_leaves_by_a_form_that_was_open_before(town, as_):
    cast.two_agree(town.riverside, town.dee, town.sol, now=timezone.now())
    page = reverse("exchange:export", args=["riverside"])
    client = as_(town.dee)
    client.get(page)
    late = _left_open(client, minutes=16).post(page, {"careful": "on"}, headers={"Referer": page})
    assert late["Location"].startswith(AGAIN)


@pytest.mark.parametrize("minutes", [1, 16])
def test_the_second_yes_comes_from_somebody_who_is_there(town, as_, minutes):
    unlock = actions.ask_to_open(
        what="export", network=town.riverside, reason="Report", by=town.dee, now=timezone.now()
    )
    two_people = reverse("privacy:two_people", args=["riverside"])
    client = as_(town.sol)
    client.get(two_people)
    answer = _left_open(client, minutes=minutes).post(
        reverse("privacy:answer", args=["riverside", unlock.pk]), {"answer": "yes"}, headers={"Referer": two_people}
    )
    assert answer["Location"].startswith(two_people if minutes == 1 else AGAIN)
    assert (Unlock.objects.get().opens_at is not None) == (minutes == 1)


def test_somebody_else_is_told_nothing_about_the_page(town, as_):
    client = as_(town.eve)
    client.get("/")
    for page in _pages(town):
        assert _left_open(client, minutes=60).get(page).status_code == 404
