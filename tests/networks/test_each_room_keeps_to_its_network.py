"""What is done for one network asks for its rows alone and refuses another's, wherever it is done from.

The first part stands inside the network's wall, where the suite hears of every question that names no network
(tests/loud_wall.py); the second hands over a thing of another network.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from manyhands.deliveries import actions as deliveries
from manyhands.deliveries import queries as runs
from manyhands.deliveries.models import Hub
from manyhands.exchange import actions as exchange
from manyhands.exchange import exporting, finding, hibernating, queries, rules
from manyhands.exchange.models import Ask, Cause, Offer
from manyhands.kit import wall
from manyhands.kit.refusals import Refused
from manyhands.networks import actions as networks
from manyhands.networks.models import Membership
from manyhands.places import actions as places
from manyhands.privacy import actions as privacy
from manyhands.privacy.states import Bulk
from tests import cast
from tests.cast import NOW

DONE_FOR_ONE = {
    "everything is given back": lambda town: exporting.give_back(town.riverside, by=None, now=NOW),
    "as it was brought": lambda town: exporting.as_imported(town.riverside),
    "an ask is written down": lambda town: cast.ask(town.riverside, name="Ada", reach="718 555 0111"),
    "an offer is written down": lambda town: exchange.post_offer(
        network=town.riverside, kind="thing", words="A cot", name="Gus", place_text="Harbour", now=NOW
    ),
    "its people": lambda town: list(finding.network_people(town.riverside)),
    "asks that may fit": lambda town: list(finding.asks_that_may_fit(town.pram)),
    "what looks alike": lambda town: finding.look_alikes(town.groceries),
    "offers on the board": lambda town: list(queries.offers_on_the_board(town.riverside)),
    "between two": lambda town: [
        list(each) for each in queries.between(town.riverside, town.nia, town.hana.membership.person)
    ],
    "who is reached at": lambda town: (
        queries.open_asks_reached_at(town.riverside, ["+17185550123"]),
        queries.helpers_reached_at(town.riverside, ["+17185550123"]),
    ),
    "picked for a plan": lambda town: list(runs.picked(town.riverside, town.dee, [town.groceries.code])),
    "words of its own": lambda town: [
        networks.reword(town.riverside, word="ask", language="en", text=text, by=town.sol, now=NOW)
        for text in ("wish", "")
    ],
    "somebody joins": lambda town: networks.join(town.eve, network=town.riverside, now=NOW),
    "kept apart": lambda town: networks.keep_apart(
        town.riverside, town.nia, town.hana.membership.person, apart=True, now=NOW
    ),
    "the homes are forgotten": lambda town: places.forget_homes(town.riverside, by=town.sol, now=NOW),
    "whether it may sleep": lambda town: hibernating.why_not_sleep(town.sol, town.riverside, is_open=True),
}  # fmt: skip


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("what", DONE_FOR_ONE)
def test_it_asks_for_its_own_rows_alone(what, town):
    with wall.within(town.riverside.pk):
        DONE_FOR_ONE[what](town)


def test_a_helper_of_another_network_takes_nothing_here(town):
    assert rules.why_not_claim(town.hana, town.groceries, holding=0) is None
    assert rules.why_not_claim(town.ola, town.groceries, holding=0) == "Only helpers of this network can take this on."
    assert rules.why_not_give(town.dee, town.hana, town.groceries, holding=0) is None
    assert rules.why_not_give(town.dee, town.ola, town.groceries, holding=0) == "Choose a helper of this network."


def _theirs(town) -> Offer:
    return exchange.post_offer(
        network=town.hillside, kind="thing", words="A cot", name="Gus", place_text="Harbour", now=NOW
    )


def test_an_ask_meets_no_offer_cause_or_twin_of_another_network(town):
    assert rules.why_not_match(town.dee, town.groceries, town.pram) is None
    assert rules.why_not_match(town.dee, town.groceries, _theirs(town)) is not None
    cause = Cause.objects.filter(network=town.hillside).first()
    with pytest.raises(Refused):
        exchange.tell_cause(town.groceries, cause=cause, by=None, now=NOW)
    with pytest.raises(Refused):
        exchange.mark_duplicate(town.groceries, of=town.elsewhere, by=town.dee, now=NOW)


def test_a_hub_of_another_network_is_not_changed(town):
    hub = deliveries.save_hub(town.hillside, name="Pantry", lat=40.7, lon=-73.9, by=None, now=NOW)
    with pytest.raises(Hub.DoesNotExist):
        deliveries.save_hub(town.riverside, name="Ours", hub=hub, lat=40.7, lon=-73.9, by=None, now=NOW)


def test_one_network_falls_asleep_and_the_other_goes_on(town):
    later, theirs = NOW + timedelta(days=100), _theirs(town)
    exchange.repeat_ask(town.elsewhere, weekday=3, by=None, now=NOW)
    Ask.objects.filter(network=town.riverside).update(state="withdrawn", closed_at=NOW)
    unlock = privacy.ask_to_open(what=Bulk.SLEEP, network=town.riverside, reason="Over", by=town.sol, now=later)
    privacy.answer(unlock, yes=True, by=town.dee, now=later)
    hibernating.put_to_sleep(town.riverside, note="Ring the hall", by=town.sol, now=later)
    assert set(Membership.objects.filter(network=town.hillside).values_list("standing", flat=True)) == {"active"}
    assert Offer.objects.get(pk=theirs.pk).state == "open"
    town.elsewhere.refresh_from_db()
    assert town.elsewhere.repeat.state == "running"
    assert town.elsewhere.words == "Groceries for four"
