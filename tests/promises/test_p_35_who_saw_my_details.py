"""P-35: every view of a contact detail leaves a trace that the person can read, and no trace holds the detail.

What was seen is read off the pages themselves, by looking for each neighbour's own e-mail and street in the bytes that
went out: none of the code that writes the trace has a say in it. Whoever opens a private link counts as the one it
belongs to, so those pages are looked at by themselves (tests/privacy). PROMISES_LONG=1 looks 500 times instead of 100.
"""

from __future__ import annotations

import os
from datetime import timedelta
from random import Random

from django.urls import reverse
from django.utils import timezone

from manyhands.deliveries import queries as deliveries
from manyhands.exchange import actions as exchange
from manyhands.exchange import queries
from manyhands.privacy.models import Reveal
from manyhands.privacy.states import Part
from tests import cast
from tests.architecture import access  # noqa: F401 - first: it takes the rows of the next in
from tests.architecture.access_deliveries import published

VIEWS = 500 if os.environ.get("PROMISES_LONG") else 100
NEIGHBOURS = 8


def _street(number: int) -> str:
    return f"Canary Street {number:03d}"


def _mail(number: int) -> str:
    return f"canary{number:03d}@example.org"


def _told(town, *, now):
    """Neighbours with a street and an e-mail of their own: two of them held by Hana, one by Hugo."""
    asks = []
    for number in range(NEIGHBOURS):
        posted = exchange.post_asking(
            network=town.riverside,
            needs=[exchange.NewAsk(category=cast.category(town.riverside, "Food"))],
            name=f"Neighbour {number:03d}", reach=_mail(number), place_text=_street(number), door="bell",
            lat=40.70 + number / 1000, lon=-73.95, now=now,
        )  # fmt: skip
        asks.append(exchange.make_ready(posted.asks.get(), by=None, now=now))
    for helper, ask in ((town.hana, asks[0]), (town.hana, asks[1]), (town.hugo, asks[2])):
        exchange.claim_ask(ask, helper=helper, by=helper.membership.person, now=now)
    return asks


def test_every_view_leaves_a_trace_and_every_trace_was_a_view(town, client, monkeypatch):
    clock = [timezone.now()]
    monkeypatch.setattr(timezone, "now", lambda: clock[0])
    asks = _told(town, now=clock[0])
    scene = published(town)
    Reveal.objects.all().delete()
    owners = {number: ask.asking.asked_by_id for number, ask in enumerate(asks)}
    hana, hugo = town.hana.membership.person, town.hugo.membership.person
    here = {"network": "riverside"}
    pages = [
        reverse("exchange:mine", kwargs=here), reverse("exchange:open_asks", kwargs=here),
        reverse("exchange:desk", kwargs=here), reverse("exchange:board", kwargs=here),
        reverse("networks:members", kwargs=here), reverse("home:now", kwargs=here),
        reverse("deliveries:run", args=[deliveries.run_token(scene.run)]),
        reverse("deliveries:sheets", kwargs={**here, "plan": scene.plan.pk}),
        reverse("deliveries:table", kwargs={**here, "plan": scene.plan.pk}),
        reverse("exchange:offer_page", kwargs={**here, "code": town.pram.code}),
        *(reverse("exchange:ask_page", kwargs={**here, "code": ask.code}) for ask in asks),
        *(reverse("exchange:put_right", kwargs={**here, "code": ask.code}) for ask in asks[:3]),
        *(reverse("exchange:claim", kwargs={**here, "code": ask.code}) for ask in asks[2:5]),
    ]  # fmt: skip
    luck, truth, shown = Random(35), set(), 0
    for _view in range(VIEWS):
        clock[0] += timedelta(minutes=luck.randint(1, 400))
        who, page = luck.choice([hana, hugo, town.dee, town.sol, town.eve, town.host]), luck.choice(pages)
        client.force_login(who)
        answer = client.get(page)
        text = answer.content.decode()
        day = clock[0].astimezone(town.riverside.zone).date()
        for number, owner in owners.items():
            for part, canary in ((Part.PLACE, _street(number)), (Part.REACH, _mail(number))):
                if canary in text:
                    shown += 1
                    truth.add((who.pk, owner, str(part), day))
    traced = {
        (reveal.seen_by_id, reveal.whose_id, part, reveal.day)
        for reveal in Reveal.objects.filter(whose__in=owners.values())
        for part in reveal.parts.split(",")
        if part in {Part.PLACE, Part.REACH}
    }
    assert shown > VIEWS / 10
    assert traced == truth
    # And nothing of what was seen stands in the trace.
    kept = " ".join(str(row) for row in Reveal.objects.values_list())
    assert "anary" not in kept
    assert "@" not in kept
    # The person reads every one of them on their own page.
    for ask in asks:
        page = client.get(reverse("exchange:who_saw", args=[queries.asking_token(ask.asking)])).content.decode()
        assert page.count(" saw your ") + page.count("the run sheet") + page.count("took a plan") >= len(
            Reveal.objects.filter(whose=ask.asking.asked_by)
        )
