"""Someone asks to join, is welcomed, carries a role, rests and leaves; stewards look after it, others can't."""

import pytest
from django.urls import reverse
from django.utils import timezone

from manyhands.kit.refusals import Refused
from manyhands.networks import actions, queries
from manyhands.networks.models import Membership
from manyhands.networks.states import Role, Standing
from tests import cast
from tests.cast import NOW

JOIN = "/riverside/join/"


def test_a_newcomer_joins_with_a_name_and_waits_to_be_welcomed(client, town):
    said = {"name": "Robin Fell", "login": "robin@example.net", "password": "walnut bicycle harbour lamp"}
    answer = client.post(JOIN, said)
    assert answer.status_code == 302
    robin = cast.the_one(Membership.objects.all(), person__name="Robin Fell")
    assert (robin.standing, robin.role) == (Standing.WAITING, Role.HELPER)
    assert client.get("/riverside/me/").status_code == 200


def test_where_everyone_is_welcome_one_is_in_at_once(client, town):
    actions.settle(town.riverside, by=None, now=NOW, welcome_helpers=False)
    client.force_login(town.eve)
    client.post(JOIN)
    assert Membership.objects.get(network=town.riverside, person=town.eve).standing == Standing.ACTIVE


def test_joining_twice_is_said_kindly_and_changes_nothing(client, town):
    client.force_login(town.eve)
    client.post(JOIN)
    page = client.post(JOIN, follow=True).content.decode()
    assert "already asked to join" in page
    assert Membership.objects.filter(person=town.eve).count() == 1


def test_a_login_already_taken_keeps_what_was_typed_and_makes_nobody(client, town):
    said = {"name": "Not Dee", "login": "DEE@example.org", "password": "walnut bicycle harbour lamp"}
    answer = client.post(JOIN, said)
    assert answer.status_code == 400
    assert "Not Dee" in answer.content.decode()
    assert not cast.those(Membership.objects.all(), person__name="Not Dee")


def test_a_dispatcher_welcomes(as_, town):
    waiting = actions.join(town.eve, network=town.riverside, now=NOW)
    as_(town.dee).post(reverse("networks:change_member", args=["riverside", waiting.pk]), {"do": "welcome"})
    waiting.refresh_from_db()
    assert waiting.standing == Standing.ACTIVE


def test_a_dispatcher_gives_no_roles(as_, town):
    key = town.hana.membership_id
    page = as_(town.dee).post(
        reverse("networks:change_member", args=["riverside", key]), {"do": "role", "role": "steward"}, follow=True
    )
    assert "Only a steward" in page.content.decode()
    assert Membership.objects.get(pk=key).role == Role.HELPER


def test_the_last_steward_can_neither_leave_nor_step_down(town):
    sol = queries.membership_of(town.sol, town.riverside)
    with pytest.raises(Refused, match="only steward"):
        actions.move(sol, standing=Standing.LEFT, by=town.sol, now=NOW)
    with pytest.raises(Refused, match="only steward"):
        actions.give_role(sol, role=Role.HELPER, by=town.sol, now=NOW)


def test_a_removed_member_finds_nothing_on_the_next_request(as_, town):
    client = as_(town.dee)
    assert client.get("/riverside/desk/members/").status_code == 200
    dee = Membership.objects.get(network=town.riverside, person=town.dee)
    actions.move(dee, standing=Standing.LEFT, by=town.sol, now=NOW)
    assert client.get("/riverside/desk/members/").status_code == 404


def test_someone_resting_may_not_dispatch(as_, town):
    dee = Membership.objects.get(network=town.riverside, person=town.dee)
    actions.move(dee, standing=Standing.PAUSED, by=town.dee, now=NOW)
    assert as_(town.dee).get("/riverside/desk/now/").status_code == 404


def test_an_invited_dispatcher_gets_a_link_that_works(as_, client, town):
    page = as_(town.sol).post(reverse("networks:invite", args=["riverside"]), {"name": "Ivo New", "role": "dispatcher"})
    link = page.context["link"]
    client.logout()
    path = link[link.index("/invited/") :]
    client.post(path, {"name": "Ivo New", "login": "ivo@example.net", "password": "walnut bicycle harbour lamp"})
    assert client.get("/riverside/desk/now/").status_code == 200


def test_a_steward_cannot_enter_another_network_by_the_side_door(town):
    otto = actions.bring_in(town.riverside, person=town.otto, role=Role.HELPER, by=None, now=NOW)
    with pytest.raises(Refused, match="another network"):
        actions.invite_again(otto, by=town.sol, now=timezone.now())


def test_who_cannot_be_a_member_is_not_seen(town):
    assert list(queries.visible_to(town.eve, town.riverside)) == []
    assert {m.person for m in queries.visible_to(town.hana.membership.person, town.riverside)} == {
        town.hana.membership.person
    }
