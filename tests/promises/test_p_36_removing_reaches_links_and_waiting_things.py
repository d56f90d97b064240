"""P-36, beyond pages: the run's link, a second yes that waits, a door two people opened, a plan that is being worked out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from manyhands.deliveries import actions as deliveries
from manyhands.deliveries import queries as runs
from manyhands.exchange import actions as exchange
from manyhands.exchange import exporting, kept_files, queries
from manyhands.exchange.models import Claim
from manyhands.exchange.states import ClaimState
from manyhands.kit.refusals import Refused
from manyhands.networks import actions as networks
from manyhands.networks.models import Membership
from manyhands.privacy import actions as privacy
from manyhands.privacy.states import Bulk, Why
from tests import cast
from tests.architecture import access  # noqa: F401 - first: it takes the rows of the next in
from tests.architecture.access_deliveries import published
from tests.cast import NOW


def _remove(town, person, *, now=None) -> None:
    mine = Membership.objects.get(network=town.riverside, person=person)
    networks.move(mine, standing="left", by=town.sol, now=now or timezone.now())


def test_the_link_of_their_run_shows_no_stop_any_more(town, client, monkeypatch):
    scene = published(town)
    monkeypatch.setattr(timezone, "now", lambda: scene.run.departs_at)
    link = reverse("deliveries:run", args=[runs.run_token(scene.run)])
    stop = next(stop for stop in runs.stops_of(scene.run) if stop.is_to_do)
    assert stop.ask.place.text in client.get(link).content.decode()
    _remove(town, scene.run.helper.membership.person)
    answer = client.get(link)
    assert answer.status_code == 404 or stop.ask.place.text not in answer.content.decode()
    assert not Claim.objects.filter(helper=scene.run.helper, state=ClaimState.HELD).exists()
    with pytest.raises(Refused):
        deliveries.mark_stop(
            scene.run, stop, outcome="handed_over", note="", by=scene.run.helper.membership.person, now=timezone.now()
        )


def test_a_yes_they_were_given_opens_nothing(town):
    cast.two_agree(town.riverside, town.dee, town.sol)
    _remove(town, town.dee, now=NOW)
    town.dee.__dict__.pop("_memberships", None)
    with pytest.raises(Refused):
        exporting.give_back(town.riverside, by=town.dee, now=NOW)


def test_they_are_nobodys_second_person(town):
    unlock = privacy.ask_to_open(what="export", network=town.riverside, reason="x", by=town.sol, now=NOW)
    _remove(town, town.dee, now=NOW)
    town.dee.__dict__.pop("_memberships", None)
    with pytest.raises(Refused, match="Only someone of the desk"):
        privacy.answer(unlock, yes=True, by=town.dee, now=NOW)


def test_a_door_two_people_opened_to_them_is_shut(town, as_, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(minutes=5))
    hana = town.hana.membership.person
    privacy.take_care(town.nia, network=town.riverside, by=town.nia, now=NOW)
    exchange.claim_ask(town.groceries, helper=town.hana, by=hana, now=NOW)
    unlock = privacy.ask_to_open(
        what=Bulk.DOOR, network=town.riverside, reason="x", by=town.dee, now=NOW, about=town.groceries.code, whom=hana
    )
    privacy.answer(unlock, yes=True, by=town.sol, now=NOW)
    client = as_(hana)
    assert "bell 3B" in client.get(reverse("exchange:mine", args=["riverside"])).content.decode()
    _remove(town, hana)
    assert client.get(reverse("exchange:mine", args=["riverside"])).status_code == 404
    assert queries.claim_on(town.groceries) is None


def test_the_desk_shows_them_nothing_though_they_hold_the_page(town):
    _remove(town, town.dee, now=NOW)
    town.dee.__dict__.pop("_memberships", None)
    whose = privacy.Whose(town.nia, town.groceries.place, town.groceries.code)
    for why in (Why.DESK, Why.MAP, Why.SHEETS, Why.TABLE, Why.MEMBERS, Why.HELPER, Why.EXPORT):
        (shown,) = privacy.reveal([whose], why=why, by=town.dee, network=town.riverside, now=NOW)
        assert (shown.name, shown.text, shown.ways, shown.lat) == ("", "", (), None), why


def test_a_file_they_brought_is_not_read_by_their_page(town, as_):
    key = kept_files.keep(
        b"name,phone\nNia,1",
        {"name": "x.csv", "kind": "", "sheet": "", "mapping": {}},
        by=town.dee,
        network=town.riverside,
        now=timezone.now(),
    )
    client = as_(town.dee)
    page = reverse("exchange:import_look", args=["riverside", key])
    assert client.get(page).status_code != 500
    _remove(town, town.dee)
    assert client.get(page).status_code == 404


def test_their_own_private_link_stays_theirs(town, client):
    """Whoever helped may ask as well: that link is a neighbour's, and shows nobody but themselves."""
    hana = town.hana.membership.person
    asked = cast.ask(town.riverside, name="Hana Helper", by=town.dee)
    _remove(town, hana)
    assert client.get(reverse("exchange:asking", args=[queries.asking_token(asked.asking)])).status_code == 200
