"""A steward sets how a network works; a host creates networks; words are the network's own."""

from manyhands.exchange.models import Category
from manyhands.networks import queries
from manyhands.networks.models import Membership, Network
from manyhands.networks.states import Role

RULES = {
    "name": "Riverside Neighbours", "welcome": "Come in.", "language": "es", "time_zone": "Europe/Madrid", "country": "es",
    "lat": "40.4", "lon": "-3.7", "is_open": "on", "closed_note": "", "look_first": "on", "ask_days": "14",
    "offer_days": "30", "claim_cap": "3", "blur_metres": "800", "hide_below": "5",
}  # fmt: skip


def test_a_steward_sets_the_rules(as_, town):
    answer = as_(town.sol).post("/riverside/desk/settings/", RULES)
    assert answer.status_code == 302
    network = Network.objects.get(slug="riverside")
    assert (network.ask_days, network.claim_cap, network.country, network.welcome_helpers) == (14, 3, "ES", False)


def test_wrong_rules_are_named_and_nothing_typed_is_lost(as_, town):
    wrong = {**RULES, "time_zone": "Riverside", "ask_days": "0", "lon": ""}
    answer = as_(town.sol).post("/riverside/desk/settings/", wrong)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "is not a time zone" in page
    assert "both a latitude and a longitude" in page
    assert "Come in." in page
    assert Network.objects.get(slug="riverside").time_zone == "America/New_York"


def test_a_network_uses_its_own_word_and_goes_back_to_ours(as_, town):
    client = as_(town.sol)
    client.post("/riverside/desk/words/", {"language": "en", "helper": "carrier"})
    assert queries.wordings_of(town.riverside, "en") == {"helper": "carrier"}
    client.post("/riverside/desk/words/", {"language": "en", "helper": ""})
    assert queries.wordings_of(town.riverside, "en") == {}


def test_a_host_creates_a_network_with_the_usual_lists_and_a_link_for_its_steward(as_, client, town):
    said = {"name": "Eastside", "slug": "eastside", "language": "en", "time_zone": "UTC", "country": "US"}
    page = as_(town.host).post("/host/", {**said, "steward": "Esi East"})
    assert page.status_code == 200
    eastside = Network.objects.get(slug="eastside")
    assert Category.objects.filter(network=eastside).count() > 5
    link = page.context["link"]
    client.logout()
    path = link[link.index("/invited/") :]
    client.post(path, {"name": "Esi East", "login": "esi@example.net", "password": "walnut bicycle harbour lamp"})
    assert client.get("/eastside/desk/settings/").status_code == 200


def test_without_a_name_the_host_looks_after_it(as_, town):
    said = {"name": "Eastside", "slug": "eastside", "language": "en", "time_zone": "UTC", "country": "US"}
    as_(town.host).post("/host/", said)
    assert Membership.objects.get(network__slug="eastside").role == Role.STEWARD


def test_a_network_cannot_take_the_address_of_a_page(as_, town):
    said = {"name": "Host", "slug": "host", "language": "en", "time_zone": "UTC", "country": "US"}
    page = as_(town.host).post("/host/", said)
    assert page.status_code == 400
    assert "address of a page" in page.content.decode()


def test_every_first_word_of_an_address_is_reserved():
    from django.urls import get_resolver

    from manyhands.networks.models import RESERVED_SLUGS

    def first_words(resolver, before=""):
        for pattern in resolver.url_patterns:
            path = before + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                yield from first_words(pattern, path)
            elif path and not path.startswith("<"):
                yield path.split("/")[0]

    assert set(first_words(get_resolver())) <= RESERVED_SLUGS
