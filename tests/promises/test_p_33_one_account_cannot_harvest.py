"""P-33: one account cannot harvest: a helper who takes on and hands back all they can for 30 days learns the cap.

The script is a helper with no other wish than addresses: it takes on whatever is open, reads door and phone, hands it
back, and goes on, every few minutes of every day. What it learned is read off its own page.
"""

from __future__ import annotations

import os
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from manyhands.exchange import actions as exchange
from manyhands.exchange.models import Ask, Claim
from manyhands.exchange.states import ClaimState
from manyhands.kit.refusals import Refused
from manyhands.privacy import actions as privacy
from manyhands.privacy import queries
from tests import cast
from tests.cast import NOW

ASKS = 300 if os.environ.get("PROMISES_LONG") else 90
TRIES_A_DAY = 40 if os.environ.get("PROMISES_LONG") else 11


def _many_asks(town):
    first = town.groceries
    asks = []
    for number in range(ASKS):
        posted = exchange.post_asking(
            network=town.riverside, needs=[exchange.NewAsk(category=first.category)], name=f"N{number}",
            place_text=f"Canary Street {number:03d}", now=NOW,
        )  # fmt: skip
        asks.append(posted.pk)
    exchange.withdraw_ask(first, by=None, now=NOW)
    Ask.objects.filter(asking__in=asks).update(state="ready", expires_at=NOW + timedelta(days=90))


def test_thirty_days_of_taking_on_and_handing_back_teach_no_more_than_the_cap(town, as_, monkeypatch):
    _many_asks(town)
    hana = town.hana.membership.person
    clock = [NOW]
    monkeypatch.setattr(timezone, "now", lambda: clock[0])
    mine = reverse("exchange:mine", args=["riverside"])
    learned: set[str] = set()
    by_day: dict[object, set[str]] = {}
    client = as_(hana)
    for day in range(30):
        clock[0] = NOW + timedelta(days=day, minutes=1)
        client.logout()
        client.force_login(hana)  # a session of its own each day
        for ask in Ask.objects.filter(network=town.riverside, state="ready").exclude(claims__helper=town.hana)[
            :TRIES_A_DAY
        ]:
            clock[0] += timedelta(minutes=5)
            try:
                exchange.claim_ask(ask, helper=town.hana, by=hana, now=clock[0])
            except Refused:
                continue
            seen = set(re.findall(r"Canary Street \d{3}", client.get(mine).content.decode()))
            by_day.setdefault(day, set()).update(seen - learned)
            learned |= seen
            for claim in Claim.objects.filter(helper=town.hana, state=ClaimState.HELD):
                exchange.hand_back(claim, by=hana, now=clock[0])
    assert len(learned) == 60
    assert max(map(len, by_day.values())) <= 10
    worst = queries.learned(town.riverside, now=clock[0])
    assert (worst.helper, worst.desk) == (60, 0)


def test_a_second_yes_opens_more_for_a_day_and_not_longer(town):
    _many_asks(town)
    privacy.limit(town.riverside, a_day=2, a_month=3, by=town.sol, now=NOW)
    hana = town.hana.membership.person

    def take_one(now):
        ask = Ask.objects.filter(network=town.riverside, state="ready").exclude(claims__helper=town.hana).first()
        exchange.hand_back(exchange.claim_ask(ask, helper=town.hana, by=hana, now=now), by=hana, now=now)

    take_one(NOW)
    take_one(NOW)
    with pytest.raises(Refused, match="You opened 2 addresses in a day"):
        take_one(NOW)
    # What was opened before is no new address.
    again = Claim.objects.filter(helper=town.hana).first().ask
    exchange.hand_back(exchange.claim_ask(again, helper=town.hana, by=hana, now=NOW), by=hana, now=NOW)
    take_one(NOW + timedelta(days=2))
    with pytest.raises(Refused, match="in 30 days"):
        take_one(NOW + timedelta(days=4))
    cast.two_agree(town.riverside, hana, town.dee, what="addresses", now=NOW + timedelta(days=4))
    take_one(NOW + timedelta(days=4, hours=1))
    with pytest.raises(Refused):
        take_one(NOW + timedelta(days=5, hours=1))


def test_what_the_desk_gives_is_the_desks_yes(town):
    privacy.limit(town.riverside, a_day=1, a_month=1, by=None, now=NOW)
    hana = town.hana.membership.person
    exchange.claim_ask(town.groceries, helper=town.hana, by=hana, now=NOW)
    other = cast.ask(town.riverside)
    with pytest.raises(Refused):
        exchange.claim_ask(other, helper=town.hana, by=hana, now=NOW)
    exchange.claim_ask(other, helper=town.hana, by=town.dee, now=NOW)
