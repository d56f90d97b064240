"""What is about a person wherever they belong is asked across all networks, also from a page inside one's wall.

Each of these is done from a page of Riverside, about somebody who belongs to Hillside too. A wall that stands around the
page alone would make them look like Riverside's own.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from manyhands.exchange import hibernating, queries
from manyhands.exchange.models import Ask
from manyhands.kit import wall
from manyhands.networks import actions as networks
from manyhands.networks.models import Membership
from manyhands.people.models import Invitation, Person
from manyhands.privacy import actions as privacy
from manyhands.privacy.models import Erasure
from manyhands.privacy.states import Bulk, Why
from manyhands.safety import actions as safety
from tests.cast import NOW


@pytest.fixture
def both(town):
    """Nia and Hana belong to Hillside too."""
    for person in (town.nia, town.hana.membership.person):
        networks.bring_in(town.hillside, person=person, role="helper", by=None, now=NOW)
    return town


def test_a_steward_makes_no_sign_in_link_for_somebody_elsewhere_too(both, as_):
    page = reverse("networks:change_member", args=["riverside", both.hana.membership_id])
    as_(both.sol).post(page, {"do": "link"})
    assert not Invitation.objects.exists()
    Membership.objects.filter(network=both.hillside, person=both.hana.membership.person).delete()
    as_(both.sol).post(page, {"do": "link"})
    assert Invitation.objects.count() == 1


def test_a_steward_forgets_nobody_who_is_elsewhere_too(both, as_):
    page = reverse("exchange:forget_on_request", args=["riverside", both.groceries.code])
    assert as_(both.sol).post(page).status_code == 400
    assert not Erasure.objects.exists()


def test_who_is_forgotten_from_one_page_is_forgotten_everywhere(both, client):
    client.post(reverse("exchange:forget_asker", args=[queries.asking_token(both.asking)]))
    assert Erasure.objects.count() == 1
    assert set(Membership.objects.filter(person=both.nia).values_list("standing", flat=True)) == {"left"}


def test_what_the_law_demands_elsewhere_is_kept_whichever_page_forgets(both, client):
    today = NOW.date()
    privacy.hold(
        both.hillside, reason="A court", codes=[], people=[both.nia.pk], since=None, until=None, may_tell=True,
        by=both.otto, now=timezone.now(), review_on=today + timedelta(days=30),
    )  # fmt: skip
    client.post(reverse("exchange:forget_asker", args=[queries.asking_token(both.asking)]))
    assert Erasure.objects.get().is_held
    assert Person.objects.get(pk=both.nia.pk).name == "Nia Neighbour"


def test_who_saw_somebody_elsewhere_stands_on_their_page(both, client, as_):
    privacy.reveal_one(
        both.nia, both.groceries.place, about="", why=Why.DESK, by=both.otto, network=both.hillside, now=NOW
    )
    token = queries.asking_token(both.asking)
    assert "Otto" in client.get(reverse("exchange:who_saw", args=[token])).content.decode()
    assert "Otto" in as_(both.nia).get(reverse("privacy:who_saw_me", args=["hillside"])).content.decode()


def test_who_is_trusted_elsewhere_finds_the_way_to_reports_from_here(both, as_):
    hana = both.hana.membership.person
    safety.choose(both.hillside, people=[hana, both.otto], outside="", by=None, now=NOW)
    assert reverse("safety:reports") in as_(hana).get(reverse("networks:me", args=["riverside"])).content.decode()


def test_a_network_that_falls_asleep_from_its_page_keeps_who_is_elsewhere_too(both):
    later = NOW + timedelta(days=100)
    Ask.objects.filter(network=both.riverside).update(state="withdrawn", closed_at=NOW)
    unlock = privacy.ask_to_open(what=Bulk.SLEEP, network=both.riverside, reason="Over", by=both.sol, now=later)
    privacy.answer(unlock, yes=True, by=both.dee, now=later)
    with wall.within(both.riverside.pk):  # as its page does
        hibernating.put_to_sleep(both.riverside, note="Ring the hall", by=both.sol, now=later)
    assert Person.objects.get(pk=both.hana.membership.person_id).name == "Hana Helper"
    assert Person.objects.get(pk=both.hugo.membership.person_id).name == ""
