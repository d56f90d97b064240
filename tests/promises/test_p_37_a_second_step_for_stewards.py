"""P-37: whoever looks after others signs in with a passkey or an app; nobody else is made to own a smartphone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from typer.testing import CliRunner

from manyhands.config import cli
from manyhands.networks import actions as networks
from manyhands.people import here, queries
from manyhands.people.models import Device, SecondStepDue
from tests.architecture.access import ACCESS
from tests.architecture.test_who_finds_which_page import _person
from tests.cast import PASSWORD
from tests.people.authenticators import digits_shown
from tests.people.test_the_second_step import with_app

pytestmark = pytest.mark.django_db

AGAIN, SECOND_STEP = reverse("people:again"), reverse("people:second_step")
SETTINGS = "/riverside/desk/settings/"
STEWARD_PAGES = [SETTINGS, "/riverside/desk/words/", "/riverside/desk/areas/"]


def after_the_grace(person) -> None:
    SecondStepDue.objects.update_or_create(
        person=person, defaults={"told_at": timezone.now() - here.GRACE - timedelta(minutes=1)}
    )


def as_(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def answer_the_step(client: Client, spelled: str, when=None, back: str = SETTINGS):
    shown = digits_shown(spelled, when or timezone.now())
    return client.post(AGAIN, {"do": "step", "need": "step", "step-code": shown, "next": back})


def test_a_steward_has_two_weeks_from_the_first_time_they_are_told(town):
    client = as_(town.sol)
    assert "Please add a passkey or an app" in client.get(SETTINGS).content.decode()
    assert "Please add a passkey or an app" in as_(town.host).get(reverse("networks:host")).content.decode()
    assert queries.second_step_due(town.sol) is not None
    assert "From " in client.get(SECOND_STEP).content.decode()
    after_the_grace(town.sol)
    for page in STEWARD_PAGES:
        answer = client.get(page)
        assert (answer.status_code, answer.url) == (302, SECOND_STEP), page


def test_after_the_grace_nothing_a_steward_alone_may_do_is_done(town):
    after_the_grace(town.sol)
    client = as_(town.sol)
    member = town.hana.membership
    for data in ({"do": "role", "role": "steward"}, {"do": "link"}):
        answer = client.post(reverse("networks:change_member", args=["riverside", member.pk]), data)
        assert answer.url == SECOND_STEP
    assert (
        client.post(reverse("networks:invite", args=["riverside"]), {"name": "Ivo", "role": "steward"}).url
        == SECOND_STEP
    )
    member.refresh_from_db()
    assert member.role == "helper"
    # What a dispatcher may do as well goes on.
    assert client.get("/riverside/desk/").status_code == 200


def test_the_host_needs_it_too(town):
    after_the_grace(town.host)
    assert as_(town.host).get(reverse("networks:host")).url == SECOND_STEP


def test_with_the_app_the_step_is_asked_for_and_then_the_page_opens(town):
    spelled, _paper = with_app(town.sol)
    client = as_(town.sol)
    assert client.get(SETTINGS).url.startswith(AGAIN)
    assert (
        client.post(AGAIN, {"do": "step", "need": "step", "step-code": "000000", "next": SETTINGS}).status_code == 400
    )
    assert client.get(SETTINGS).status_code == 302
    assert answer_the_step(client, spelled).url == SETTINGS
    assert client.get(SETTINGS).status_code == 200


def test_a_password_or_a_code_does_not_stand_in_for_the_step(town):
    with_app(town.sol)
    town.sol.set_password(PASSWORD)
    town.sol.save()
    client = as_(town.sol)
    for data in ({"do": "password", "password-password": PASSWORD}, {"do": "code"}):
        client.post(AGAIN, {**data, "need": "step", "next": SETTINGS})
    assert client.get(SETTINGS).url.startswith(AGAIN)


def test_powers_rest_after_half_an_hour_and_are_over_after_twelve_but_the_sign_in_stays(town):
    spelled, _paper = with_app(town.sol)
    client = as_(town.sol)
    answer_the_step(client, spelled)

    def moved_back(**names: timedelta) -> int:
        session = client.session
        for name, span in names.items():
            session[name] = timezone.now().timestamp() - span.total_seconds()
        session.save()
        return client.get(SETTINGS).status_code

    assert moved_back(powers_at=timedelta(minutes=29)) == 200
    assert moved_back(powers_at=timedelta(minutes=31)) == 302
    assert client.get("/riverside/desk/").status_code == 200
    assert moved_back(powers_at=timedelta(minutes=1), proved_at=timedelta(hours=11)) == 200
    assert moved_back(powers_at=timedelta(minutes=1), proved_at=timedelta(hours=13)) == 302


def test_a_network_may_decide_otherwise(town):
    after_the_grace(town.sol)
    networks.settle(town.riverside, second_step=False, by=town.sol, now=timezone.now())
    assert as_(town.sol).get(SETTINGS).status_code == 200


def test_the_demo_asks_nobody_and_says_so(town, settings):
    settings.DEMO = True
    after_the_grace(town.sol)
    assert as_(town.sol).get(SETTINGS).status_code == 302  # a real person on a demo server
    town.sol.is_demo = True
    town.sol.save()
    client = as_(town.sol)
    assert client.get(SETTINGS).status_code == 200
    assert "The demo asks nobody" in client.get(SECOND_STEP).content.decode()


@pytest.mark.parametrize("role", ["hana", "hugo", "dee"])
def test_no_page_of_helpers_or_dispatchers_ever_asks_for_it(town, role):
    """Also not long after the grace, and not of someone who never set one up."""
    person = _person(town, role)
    after_the_grace(person)
    client = as_(person)
    theirs = [name for name, row in ACCESS.items() if role in row.who and row.method == "get"]
    for name in sorted(name for name in theirs if not name.startswith("people:")):
        row = ACCESS[name]
        with transaction.atomic():
            answer = client.get(reverse(name, kwargs=row.own(town, row.prepare(town))), row.data)
            transaction.set_rollback(True)
        assert not answer.headers.get("Location", "").startswith((AGAIN, SECOND_STEP)), name


def test_neighbours_need_neither_an_account_nor_a_phone(client, town):
    from manyhands.exchange import queries as exchange

    assert client.get("/riverside/ask/").status_code == 200
    assert client.get(reverse("exchange:asking", args=[exchange.asking_token(town.asking)])).status_code == 200


def test_who_lost_everything_gets_in_again_by_the_hosts_terminal(town, monkeypatch):
    spelled, _paper = with_app(town.sol)
    client = as_(town.sol)
    answer_the_step(client, spelled)
    monkeypatch.setattr(cli, "open_data", lambda: None)
    done = CliRunner().invoke(cli.app, ["mend-sign-in", "Sol@example.org"])
    assert done.exit_code == 0, done.output
    assert not queries.has_second_step(town.sol)
    assert not Device.objects.filter(person=town.sol).exists()
    assert client.get(SETTINGS).status_code == 404
    link = done.output.strip().splitlines()[-1]
    assert "/invited/" in link
    nobody = CliRunner().invoke(cli.app, ["mend-sign-in", "nobody@example.org"])
    assert nobody.exit_code == 2


# ── Proving it again before dangerous things ─────────────────────────────────────────────────────────────────────────


def test_a_dangerous_page_opens_only_shortly_after_signing_in(town):
    from django.contrib.auth import get_user
    from django.http import HttpResponse

    town.dee.set_password(PASSWORD)
    town.dee.save()
    client = Client()
    client.post(reverse("people:sign_in"), {"login": "dee@example.org", "password": PASSWORD})
    page = here.fresh_sign_in_required(minutes=15)(lambda request: HttpResponse("the whole list"))

    def looked_at():
        request = RequestFactory().get("/dangerous/?all=1")
        request.session = client.session
        request.user = get_user(request)
        return page(request)

    assert looked_at().status_code == 200
    session = client.session
    session["fresh_at"] -= 16 * 60
    session.save()
    answer = looked_at()
    assert answer.status_code == 302
    assert answer.url == f"{AGAIN}?need=fresh&next=%2Fdangerous%2F%3Fall%3D1"
    assert "Your password" in client.get(answer.url).content.decode()
    wrong = client.post(AGAIN, {"do": "password", "need": "fresh", "password-password": "wrong", "next": "/account/"})
    assert wrong.status_code == 400
    assert looked_at().status_code == 302
    right = client.post(AGAIN, {"do": "password", "need": "fresh", "password-password": PASSWORD, "next": "/account/"})
    assert right.url == "/account/"
    assert looked_at().status_code == 200
