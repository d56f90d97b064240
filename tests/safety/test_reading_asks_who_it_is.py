"""A report is read by who was meant to read it, and not by whoever finds their browser open."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from manyhands.people.here import FRESH_AT, GRACE
from manyhands.people.models import SecondStepDue
from manyhands.safety import actions
from manyhands.safety.models import Report
from tests.safety.test_telling_people_of_trust import SECRET, tell

pytestmark = pytest.mark.django_db

AGAIN, REPORTS = reverse("people:again"), reverse("safety:reports")


def _signed_in(person, *, minutes: int) -> Client:
    client = Client()
    client.force_login(person)
    client.get("/")  # the browser is noted as signed in
    session = client.session
    session[FRESH_AT] = (timezone.now() - timedelta(minutes=minutes)).timestamp()
    session.save()
    return client


@pytest.fixture
def told(town) -> Report:
    """Nobody of trust was chosen: the host reads it."""
    tell(town, to_host="on")
    return Report.objects.get()


@pytest.fixture
def told_to_dee(town) -> Report:
    actions.choose(town.riverside, people=[town.dee, town.sol], outside="", by=town.sol, now=timezone.now())
    tell(town)
    return Report.objects.get()


def test_the_host_reads_after_a_fresh_sign_in_only(town, told):
    page = reverse("safety:handle", args=[told.pk])
    assert SECRET in _signed_in(town.host, minutes=14).get(page).content.decode()
    for each in (page, REPORTS):
        assert _signed_in(town.host, minutes=14).get(each).status_code == 200
        answer = _signed_in(town.host, minutes=16).get(each)
        assert answer.status_code == 302
        assert answer["Location"].startswith(AGAIN)
        assert "need=fresh" in answer["Location"]


def test_the_host_shows_a_second_step_as_on_the_hosts_other_pages(town, told):
    SecondStepDue.objects.create(person=town.host, told_at=timezone.now() - GRACE - timedelta(minutes=1))
    client = _signed_in(town.host, minutes=1)
    for page in (reverse("networks:host"), REPORTS, reverse("safety:handle", args=[told.pk])):
        answer = client.get(page)
        assert (answer.status_code, answer["Location"]) == (302, reverse("people:second_step")), page
    client.post(reverse("safety:handle", args=[told.pk]), {"do": "take"})
    assert Report.objects.get().state == told.state


def test_people_of_trust_prove_it_too_but_lose_no_answer_they_wrote(town, told_to_dee):
    page = reverse("safety:handle", args=[told_to_dee.pk])
    assert SECRET in _signed_in(town.dee, minutes=14).get(page).content.decode()
    assert _signed_in(town.dee, minutes=16).get(page)["Location"].startswith(AGAIN)
    late = _signed_in(town.dee, minutes=60)
    late.post(page, {"do": "take"}, headers={"Referer": page})
    assert Report.objects.get().state == told_to_dee.state
    late.post(page, {"do": "answer", "words": "We call you tonight"})
    assert "We call you tonight" in _signed_in(town.dee, minutes=1).get(page).content.decode()


def test_to_whoever_may_not_read_it_the_page_is_not_there_however_long_ago_they_signed_in(town, told_to_dee):
    for person in (town.hana.membership.person, town.eve, town.otto):
        for minutes in (1, 60):
            client = _signed_in(person, minutes=minutes)
            assert client.get(reverse("safety:handle", args=[told_to_dee.pk])).status_code == 404
            assert client.get(REPORTS).status_code == 404
