"""P-33: the number on the host's page is the truth: the most that one account could have learned in 30 days.

What was seen is read off the pages, by looking for each neighbour's own street and e-mail in the bytes that went out;
what stood open is noted by hand as it is given. Neither asks the code that counts.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from random import Random

from django.urls import reverse
from django.utils import timezone

from manyhands.exchange import actions as exchange
from manyhands.exchange.models import Ask, Claim
from manyhands.exchange.states import ClaimState
from manyhands.kit.refusals import Refused
from manyhands.networks import actions as networks
from manyhands.privacy import actions as privacy
from manyhands.privacy import queries
from tests import cast
from tests.cast import NOW

NEIGHBOURS = 12


def _neighbours(town) -> list[Ask]:
    asks = []
    for number in range(NEIGHBOURS):
        posted = exchange.post_asking(
            network=town.riverside, needs=[exchange.NewAsk(category=town.groceries.category)],
            name=f"Neighbour {number:03d}", reach=f"canary{number:03d}@example.org",
            place_text=f"Canary Street {number:03d}", now=NOW,
        )  # fmt: skip
        asks.append(exchange.make_ready(posted.asks.get(), by=None, now=NOW))
    Ask.objects.update(expires_at=NOW + timedelta(days=400))
    return asks


def test_the_number_is_what_was_seen_or_stood_open(town, client, monkeypatch):
    clock = [NOW]
    monkeypatch.setattr(timezone, "now", lambda: clock[0])
    asks, luck = _neighbours(town), Random(33)
    here = {"network": "riverside"}
    # Who could have learned of whom, and until when they still could.
    truth: dict[object, dict[int, object]] = defaultdict(dict)

    def look(who, page: str) -> None:
        client.force_login(who)
        text = client.get(page).content.decode()
        for number in range(NEIGHBOURS):
            if f"Canary Street {number:03d}" in text or f"canary{number:03d}@" in text:
                truth[who.pk][number] = clock[0]

    for _step in range(60):
        clock[0] += timedelta(hours=luck.randint(1, 30))
        helper = luck.choice([town.hana, town.hugo])
        number = luck.randrange(NEIGHBOURS)
        match luck.choice(["take", "take", "hand back", "look", "desk", "away"]):
            case "take":
                try:
                    exchange.claim_ask(asks[number], helper=helper, by=helper.membership.person, now=clock[0])
                except Refused:
                    continue
                truth[helper.membership.person_id][number] = clock[0]
            case "hand back":
                for claim in Claim.objects.filter(helper=helper, state=ClaimState.HELD):
                    exchange.hand_back(claim, by=helper.membership.person, now=clock[0])
                    truth[helper.membership.person_id][asks.index(claim.ask)] = clock[0]
            case "look":
                look(helper.membership.person, reverse("exchange:mine", kwargs=here))
            case "desk":
                code = asks[number].code
                look(luck.choice([town.dee, town.sol]), reverse("exchange:ask_page", kwargs={**here, "code": code}))
            case "away":
                look(town.eve, reverse("exchange:board", kwargs=here))
        for claim in Claim.objects.filter(state=ClaimState.HELD, network=town.riverside):
            truth[claim.helper.membership.person_id][asks.index(claim.ask)] = clock[0]
        month = clock[0] - timedelta(days=30)
        counted = {who: count for who, _is_desk, count in queries.learned(town.riverside, now=clock[0]).accounts}
        expected = {who: sum(last > month for last in seen.values()) for who, seen in truth.items()}
        assert counted == {who: count for who, count in expected.items() if count}
    assert clock[0] > NOW + timedelta(days=31)  # the month has moved on: something fell out of it
    assert sum(map(len, truth.values())) > 15


def _what_a_month_teaches(town, asks: list[Ask], *, now) -> int:
    """Hana takes on and hands back all she can."""
    hana = town.hana.membership.person
    for hours, ask in enumerate(asks):
        try:
            claim = exchange.claim_ask(ask, helper=town.hana, by=hana, now=now + timedelta(hours=hours))
        except Refused:
            continue
        exchange.hand_back(claim, by=hana, now=now + timedelta(hours=hours))
    return queries.learned(town.riverside, now=now + timedelta(days=1)).helper


def test_it_falls_when_the_limits_tighten(town):
    asks = _neighbours(town)
    assert _what_a_month_teaches(town, asks, now=NOW) == 10  # a day's limit
    privacy.limit(town.riverside, a_day=2, a_month=3, by=town.sol, now=NOW)
    assert _what_a_month_teaches(town, asks, now=NOW + timedelta(days=40)) == 2


def test_the_host_reads_numbers_and_no_names(town, as_, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(minutes=5))
    hana = town.hana.membership.person
    exchange.claim_ask(town.groceries, helper=town.hana, by=hana, now=NOW)
    held = queries.learned(town.riverside, now=NOW).held
    page = as_(town.host).get(reverse("networks:host")).content.decode()
    # Nia, Gil, and the two helpers, whose place to set out from is held.
    assert f"the door or phone of 1 of {held} people" in page
    assert held == 4
    assert "Hana" not in page
    two_people = reverse("privacy:two_people", args=["riverside"])
    assert "Hana H.</bdi>: 1" in as_(town.sol).get(two_people).content.decode()
    assert "Hana H.</bdi>: 1" not in as_(town.dee).get(two_people).content.decode()
    assert "Hana H.</bdi>: 1" not in as_(town.hugo).get(two_people).content.decode()


def test_who_left_still_counts_and_nobody_counts_themselves(town):
    hana = town.hana.membership.person
    cast.ask(town.riverside, by=hana)
    exchange.claim_ask(town.groceries, helper=town.hana, by=hana, now=NOW)
    networks.move(town.hana.membership, standing="left", by=hana, now=NOW + timedelta(hours=1))
    assert queries.learned(town.riverside, now=NOW + timedelta(days=2)).helper == 1
    assert queries.learned(town.riverside, now=NOW + timedelta(days=32)).helper == 0
