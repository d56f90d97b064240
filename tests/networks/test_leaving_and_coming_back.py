"""Who was a member once is welcomed again by a person; nobody slips back in through two tabs."""

import pytest
from django.urls import reverse

from manyhands.kit.refusals import Refused
from manyhands.networks import actions
from manyhands.networks.models import Membership
from manyhands.networks.states import Role, Standing
from manyhands.people import actions as people
from manyhands.people import queries as people_queries
from tests.cast import NOW


def standing_of(membership: Membership) -> str:
    return Membership.objects.values_list("standing", flat=True).get(pk=membership.pk)


def test_someone_who_was_removed_waits_even_where_everyone_is_welcome(town):
    actions.settle(town.riverside, by=town.sol, now=NOW, welcome_helpers=False)
    town.riverside.refresh_from_db()
    actions.move(town.hana.membership, standing=Standing.LEFT, by=town.sol, now=NOW)
    back = actions.join(town.hana.membership.person, network=town.riverside, now=NOW)
    assert back.standing == Standing.WAITING
    new = actions.join(town.eve, network=town.riverside, now=NOW)
    assert new.standing == Standing.ACTIVE


def test_whoever_was_removed_is_told_that_they_wait(town, as_):
    actions.settle(town.riverside, by=town.sol, now=NOW, welcome_helpers=False)
    actions.move(town.hana.membership, standing=Standing.LEFT, by=town.sol, now=NOW)
    page = as_(town.hana).post(reverse("networks:join", args=["riverside"]), follow=True).content.decode()
    assert "right away" not in page


def test_a_page_open_since_before_one_was_removed_brings_nobody_back(town):
    """The membership was read before the steward removed them; what counts is how it stands now."""
    hana = town.hana.membership.person
    actions.move(town.hana.membership, standing=Standing.LEFT, by=town.sol, now=NOW)
    with pytest.raises(Refused):
        actions.move(town.hana.membership, standing=Standing.ACTIVE, by=hana, now=NOW)
    assert standing_of(town.hana.membership) == Standing.LEFT


def test_welcoming_is_for_those_who_wait(town):
    for standing in (Standing.PAUSED, Standing.LEFT):
        Membership.objects.filter(pk=town.hana.membership.pk).update(standing=standing)
        with pytest.raises(Refused):
            actions.welcome(town.hana.membership, by=town.dee, now=NOW)
        assert standing_of(town.hana.membership) == standing


def test_joining_in_two_tabs_at_once_is_answered_in_words(town, monkeypatch):
    """The second tab looked before the first had written: it reads so, and nothing breaks."""
    real = actions.rules.why_not_join

    def the_other_tab_first(former):
        Membership.objects.get_or_create(
            network=town.riverside, person=town.eve,
            defaults={"since": NOW, "role": Role.HELPER, "standing": Standing.WAITING},
        )  # fmt: skip
        return real(former)

    monkeypatch.setattr(actions.rules, "why_not_join", the_other_tab_first)
    with pytest.raises(Refused):
        actions.join(town.eve, network=town.riverside, now=NOW)


def test_a_short_name_taken_in_the_same_second_is_refused_in_words(town, monkeypatch):
    monkeypatch.setattr(actions.Network.objects, "filter", lambda **_: actions.Network.objects.none())
    with pytest.raises(Refused):
        actions.create_network(slug="riverside", name="Again", steward=None, by=None, now=NOW)


def test_a_sign_in_link_made_before_someone_joined_another_network_dies(town):
    """Its maker could otherwise walk into the other network as them."""
    invitation = actions.invite_again(town.ola.membership, by=town.otto, now=NOW)
    token = people_queries.invitation_token(invitation)
    assert people_queries.invitation_behind(token, now=NOW) is not None
    actions.join(town.ola.membership.person, network=town.riverside, now=NOW)
    assert people_queries.invitation_behind(token, now=NOW) is None


def test_an_invited_person_without_a_sign_in_keeps_their_link(town):
    someone = people.note_person(name="Ines Invited", by=town.sol, now=NOW)
    invitation = people.invite(someone, by=town.sol, now=NOW)
    actions.bring_in(town.riverside, person=someone, role=Role.HELPER, by=town.sol, now=NOW)
    assert people_queries.invitation_behind(people_queries.invitation_token(invitation), now=NOW) is not None
