"""A welcome, a closed note or a word of one's own that asks for what a group should not know."""

from __future__ import annotations

import pytest
from django.utils import timezone

from manyhands.journal.models import Entry
from manyhands.kit.asking_less import AsksTooMuch
from manyhands.networks import actions, queries
from manyhands.networks.models import Network
from manyhands.privacy import actions as privacy
from tests.networks.test_settling_a_network import RULES

pytestmark = pytest.mark.django_db

SETTINGS, WORDS = "/riverside/desk/settings/", "/riverside/desk/words/"
ASKS = "Welcome! Please bring your ID and proof of address."


def _two_agree(town):
    unlock = privacy.ask_to_open(
        what="question", network=town.riverside, reason="A fund asks", by=town.sol, now=timezone.now()
    )
    privacy.answer(unlock, yes=True, by=town.dee, now=timezone.now())


@pytest.mark.parametrize("field", ["welcome", "closed_note"])
def test_it_argues_says_what_instead_and_loses_nothing(town, as_, field):
    answer = as_(town.sol).post(SETTINGS, {**RULES, field: ASKS, "claim_cap": "4"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "this asks for a number or document that proves who somebody is" in page
    assert "can be demanded by a court" in page
    assert "What shall we call you?" in page
    assert "It takes a second person of the desk" in page
    assert "/riverside/two-people/" in page
    assert ASKS in page
    network = Network.objects.get(slug="riverside")
    assert (getattr(network, field), network.claim_cap) == ("", 5)


def test_with_a_second_yes_it_stands_and_is_written_down(town, as_):
    _two_agree(town)
    assert as_(town.sol).post(SETTINGS, {**RULES, "welcome": ASKS}).status_code == 302
    assert Network.objects.get(slug="riverside").welcome == ASKS
    assert Entry.objects.filter(verb="network.settled").latest("pk").details["asks_for"] == ["identity"]


def test_what_stands_there_already_is_not_argued_about_again(town, as_):
    Network.objects.filter(slug="riverside").update(welcome=ASKS)
    assert as_(town.sol).post(SETTINGS, {**RULES, "welcome": ASKS, "claim_cap": "4"}).status_code == 302
    assert as_(town.sol).post(SETTINGS, {**RULES, "welcome": f"{ASKS} Now."}).status_code == 400


def test_an_ordinary_welcome_is_simply_saved(town, as_):
    said = {
        "welcome": "Undocumented, ill, of any religion: come in, and bring a bag.",
        "closed_note": "Back on Monday.",
    }
    assert as_(town.sol).post(SETTINGS, {**RULES, **said}).status_code == 302
    assert Network.objects.get(slug="riverside").welcome == said["welcome"]
    assert "asks_for" not in Entry.objects.filter(verb="network.settled").latest("pk").details


def test_of_the_networks_own_words_all_are_saved_or_none(town, as_):
    client = as_(town.sol)
    answer = client.post(WORDS, {"language": "en", "ask": "request", "neighbours": "US citizens"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "this asks for immigration status or papers" in page
    assert 'value="request"' in page
    assert queries.wordings_of(town.riverside, "en") == {}
    assert client.post(WORDS, {"language": "en", "ask": "request", "neighbours": "members"}).status_code == 302
    assert queries.wordings_of(town.riverside, "en") == {"ask": "request", "neighbours": "members"}
    _two_agree(town)
    assert client.post(WORDS, {"language": "en", "ask": "request", "neighbours": "US citizens"}).status_code == 302
    assert Entry.objects.filter(verb="network.reworded").latest("pk").details["asks_for"] == ["immigration"]


def test_no_other_way_leads_past_it_but_the_hosts_terminal(town):
    now = timezone.now()
    with pytest.raises(AsksTooMuch):
        actions.settle(town.riverside, welcome=ASKS, by=town.sol, now=now)
    with pytest.raises(AsksTooMuch):
        actions.reword(town.riverside, word="ask", language="en", text="Proof of income", by=town.sol, now=now)
    actions.settle(town.riverside, welcome=ASKS, by=None, now=now)
