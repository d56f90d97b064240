"""P-34: an address shuts when the visit is over: on the page, behind the run's link, in every copy a browser kept.

There is no calendar feed and no API yet: whoever adds one adds it here.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from manyhands.deliveries import actions as deliveries
from manyhands.deliveries import queries as runs
from manyhands.exchange import actions as exchange
from manyhands.exchange.models import Claim
from manyhands.exchange.states import ClaimState
from manyhands.kit.refusals import Refused
from manyhands.privacy import actions as privacy
from manyhands.privacy.models import Reveal
from tests.architecture.access import ACCESS
from tests.architecture.access_deliveries import published
from tests.cast import NOW

DETAILS = re.compile(r"412 Elm|bell 3B|555.?0123|40\.7031")
THREE_DAYS = timedelta(hours=72)
# Ways by which an address could go on beside pages: none of them is there.
FEEDS = re.compile(r"\.ics|calendar|/api/|feed|webcal")


@pytest.fixture
def clock(monkeypatch):
    at = [NOW + timedelta(minutes=5)]
    monkeypatch.setattr(timezone, "now", lambda: at[0])
    return at


def _pages_of(town, code: str) -> list[str]:
    here = {"network": "riverside"}
    return [
        reverse("exchange:mine", kwargs=here), reverse("exchange:open_asks", kwargs=here),
        reverse("exchange:claim", kwargs={**here, "code": code}), reverse("deliveries:my_runs", kwargs=here),
        reverse("networks:me", kwargs=here), reverse("exchange:board", kwargs=here),
        reverse("exchange:ask_page", kwargs={**here, "code": code}), reverse("privacy:who_saw_me", kwargs=here),
    ]  # fmt: skip


@pytest.mark.parametrize("outcome", ["handed_over", "not_home", "handed back"])
def test_once_the_visit_is_over_no_page_of_the_helper_shows_it(town, as_, clock, outcome):
    hana, code = town.hana.membership.person, town.groceries.code
    claim = exchange.claim_ask(town.groceries, helper=town.hana, by=hana, now=NOW)
    assert DETAILS.search(as_(hana).get(reverse("exchange:mine", args=["riverside"])).content.decode())
    if outcome == "handed back":
        exchange.hand_back(claim, by=hana, now=clock[0])
    else:
        exchange.mark_outcome(claim, outcome=outcome, by=hana, now=clock[0])
    for later in (timedelta(minutes=1), THREE_DAYS):
        clock[0] = NOW + later
        as_(None)
        client = as_(hana)
        for page in _pages_of(town, code):
            assert not DETAILS.search(client.get(page).content.decode()), page
        if outcome == "handed_over":
            for page in ("exchange:claim", "exchange:ask_page"):
                assert client.get(reverse(page, args=["riverside", code])).status_code == 404


def test_after_three_days_nothing_opens_it_again(town, clock):
    hana = town.hana.membership.person
    claim = exchange.claim_ask(town.groceries, helper=town.hana, by=hana, now=NOW)
    exchange.mark_outcome(claim, outcome="handed_over", by=hana, now=NOW)
    over = Claim.objects.get(pk=claim.pk)
    with pytest.raises(Refused):
        exchange.unmark_outcome(over, by=hana, now=NOW + THREE_DAYS)
    assert Claim.objects.get(pk=claim.pk).state == ClaimState.DONE


def test_a_run_that_is_over_is_not_there(town, client, as_, clock):
    scene = published(town)
    # Its helper, its stops and the moment it begins are those of the scene.
    rider = scene.run.helper.membership.person
    link = reverse("deliveries:run", args=[runs.run_token(scene.run)])
    clock[0] = scene.run.departs_at
    stops = [stop for stop in runs.stops_of(scene.run) if stop.is_to_do]
    assert stops
    assert client.get(link).status_code == 200
    for stop in stops:
        deliveries.mark_stop(scene.run, stop, outcome="handed_over", note="", by=rider, now=clock[0])
    assert not DETAILS.search(client.get(link).content.decode())
    deliveries.finish_run(scene.run, by=rider, now=clock[0])
    mine = reverse("deliveries:my_run", args=["riverside", scene.run.pk])
    for later in (timedelta(minutes=1), THREE_DAYS):
        clock[0] = scene.run.departs_at + later
        assert client.get(link).status_code == 404
        assert as_(rider).get(mine).status_code == 404
        as_(None)


def test_a_run_nobody_closed_shuts_by_itself(town, client, clock):
    scene = published(town)
    link = reverse("deliveries:run", args=[runs.run_token(scene.run)])
    clock[0] = scene.run.departs_at
    assert client.get(link).status_code == 200
    clock[0] = scene.run.finish_at + THREE_DAYS
    assert client.get(link).status_code == 404


def test_no_browser_and_no_proxy_keeps_a_page_with_a_door(town, client, as_, clock):
    exchange.claim_ask(town.groceries, helper=town.hana, by=town.hana.membership.person, now=NOW)
    scene, looked = published(town), 0
    here = {"network": "riverside"}
    shows = {
        town.hana.membership.person: [reverse("exchange:mine", kwargs=here)],
        town.dee: [
            reverse("exchange:ask_page", kwargs={**here, "code": town.groceries.code}),
            reverse("exchange:put_right", kwargs={**here, "code": town.groceries.code}),
            reverse("deliveries:sheets", kwargs={**here, "plan": scene.plan.pk}),
            reverse("deliveries:table", kwargs={**here, "plan": scene.plan.pk}),
            reverse("deliveries:geojson", kwargs={**here, "plan": scene.plan.pk}),
        ],
        None: [reverse("deliveries:run", args=[runs.run_token(scene.run)])],
    }
    clock[0] = scene.run.departs_at
    for who, pages in shows.items():
        for page in pages:
            as_(None)
            answer = as_(who).get(page)
            assert answer.status_code == 200, page
            assert "no-store" in answer.headers.get("Cache-Control", ""), page
            looked += 1
    assert looked == 7


def test_there_is_no_other_way_out():
    assert [name for name in ACCESS if FEEDS.search(name)] == []


def test_the_trace_of_it_stays_when_the_door_is_shut(town, as_, clock):
    hana = town.hana.membership.person
    claim = exchange.claim_ask(town.groceries, helper=town.hana, by=hana, now=NOW)
    as_(hana).get(reverse("exchange:mine", args=["riverside"]))
    exchange.mark_outcome(claim, outcome="handed_over", by=hana, now=NOW)
    assert Reveal.objects.filter(whose=town.nia, seen_by=hana).count() == 1
    assert privacy.NOTHING.reach == []
