"""P-36: whoever is removed, or signed out by themselves from elsewhere, is refused at the very next page, everywhere."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from manyhands.networks import actions as networks
from manyhands.networks.models import Membership
from manyhands.networks.states import Role, Standing
from manyhands.people import devices
from tests.architecture.access import ACCESS
from tests.architecture.test_who_finds_which_page import _person

pytestmark = pytest.mark.django_db
NOW = timezone.now


def pages_of(role: str) -> list[str]:
    """Every page this member finds and somebody of no network does not."""
    return sorted(name for name, row in ACCESS.items() if role in row.who and not {"eve", "stranger"} & row.who)


def _url(town, name: str) -> str:
    row = ACCESS[name]
    return reverse(name, kwargs=row.own(town, row.prepare(town)))


def _answers(name: str, url: str, *clients: Client) -> list[int]:
    row, found = ACCESS[name], []
    for client in clients:
        with transaction.atomic():
            found.append(getattr(client, row.method)(url, row.data).status_code)
            transaction.set_rollback(True)
    return found


def test_there_are_pages_to_lose():
    assert len(pages_of("hugo")) >= 3
    assert len(pages_of("sol")) > 40


@pytest.mark.parametrize("name", pages_of("sol"))
@pytest.mark.parametrize("how", ["removed", "signed out elsewhere"])
def test_the_next_page_is_refused(town, name, how):
    url = _url(town, name)
    second = networks.bring_in(town.riverside, person=town.eve, role=Role.STEWARD, by=None, now=NOW())
    client, outsider = Client(), Client()
    client.force_login(town.sol)
    assert client.get(reverse("networks:me", args=["riverside"])).status_code == 200  # an open page
    if how == "removed":
        mine = Membership.objects.get(network=town.riverside, person=town.sol)
        networks.move(mine, standing=Standing.LEFT, by=second.person, now=NOW())
    else:
        devices.end(town.sol, by=town.sol, now=NOW())
    # Exactly what somebody sees who never signed in.
    assert _answers(name, url, client, outsider) == [404, 404]


@pytest.mark.parametrize("name", pages_of("hana"))
def test_a_removed_helper_finds_none_of_their_pages(town, name):
    hana = _person(town, "hana")
    client = Client()
    client.force_login(hana)
    row, url = ACCESS[name], _url(town, name)
    client.get(reverse("networks:me", args=["riverside"]))
    networks.move(
        Membership.objects.get(network=town.riverside, person=hana), standing=Standing.LEFT, by=town.sol, now=NOW()
    )
    assert getattr(client, row.method)(url, row.data).status_code == 404


def test_a_role_that_is_taken_back_is_gone_at_once(town):
    networks.bring_in(town.riverside, person=town.eve, role=Role.STEWARD, by=None, now=NOW())
    client = Client()
    client.force_login(town.eve)
    assert client.get(reverse("networks:settings", args=["riverside"])).status_code == 200
    mine = Membership.objects.get(network=town.riverside, person=town.eve)
    networks.give_role(mine, role=Role.HELPER, by=town.sol, now=NOW())
    assert client.get(reverse("networks:settings", args=["riverside"])).status_code == 404
