"""Somebody who would be in danger if they were found: at each place where a door or a phone could leak."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from manyhands.deliveries import queries as deliveries
from manyhands.exchange import actions as exchange
from manyhands.exchange import exporting, forgetting, queries
from manyhands.exchange.models import Ask
from manyhands.kit.refusals import Refused
from manyhands.notices.models import Notice
from manyhands.places.models import Area, Place
from manyhands.privacy import actions as privacy
from manyhands.privacy import queries as seeing
from manyhands.privacy.models import Care, Reveal, Unlock
from manyhands.privacy.states import Bulk, Why
from tests import cast
from tests.architecture import access
from tests.architecture.access_deliveries import published
from tests.cast import NOW

# All that could find Nia: name, street, door, phone, words, spot.
SECRETS = ("Nia", "412 Elm", "bell 3B", "555-0123", "5550123", "Groceries for four", "40.7031", "73.9512")
HERE = {"network": "riverside"}


@pytest.fixture
def careful(town, monkeypatch):
    """Nia asked for extra care, and Hana holds what she asked for."""
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(minutes=5))
    privacy.take_care(town.nia, network=town.riverside, by=town.nia, now=NOW, word="marigold")
    return town


def _held(town):
    return exchange.claim_ask(town.groceries, helper=town.hana, by=town.hana.membership.person, now=NOW)


def _open_to_hana(town, *, now=NOW, agrees=True):
    unlock = privacy.ask_to_open(
        what=Bulk.DOOR, network=town.riverside, reason="She is on her way", by=town.dee, now=now,
        about=town.groceries.code, whom=town.hana.membership.person,
    )  # fmt: skip
    return privacy.answer(unlock, yes=agrees, by=town.sol, now=now)


def _leaks(text: str) -> list[str]:
    said = re.sub(r'value="[^"]*"', "", text)
    return [secret for secret in SECRETS if secret in said]


# ── The helper who holds it ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_helper_sees_nothing_before_two_of_the_desk_said_yes(careful, as_):
    _held(careful)
    mine = reverse("exchange:mine", kwargs=HERE)
    before = as_(careful.hana).get(mine).content.decode()
    assert _leaks(before) == ["Groceries for four"]  # their own words: that is what is brought
    assert "Ask the desk" in before
    assert not Reveal.objects.filter(whose=careful.nia, seen_by=careful.hana.membership.person).exists()
    _open_to_hana(careful)
    after = as_(careful.hana).get(mine).content.decode()
    assert {"412 Elm", "bell 3B"} <= set(_leaks(after))
    assert Reveal.objects.filter(whose=careful.nia, seen_by=careful.hana.membership.person, why=Why.CLAIM).exists()


def test_the_yes_is_for_this_helper_this_ask_and_these_days(careful, as_):
    _held(careful)
    _open_to_hana(careful, agrees=False)
    hana, hugo = careful.hana.membership.person, careful.hugo.membership.person

    def sees(who, about, now):
        whose = privacy.Whose(careful.nia, careful.groceries.place, about)
        return privacy.reveal([whose], why=Why.CLAIM, by=who, network=careful.riverside, now=now)[0].door != ""

    assert not sees(hana, careful.groceries.code, NOW)
    _open_to_hana(careful)
    assert sees(hana, careful.groceries.code, NOW)
    assert not sees(hana, "QQQQQ", NOW)
    assert not sees(hana, "", NOW)
    assert not sees(hugo, careful.groceries.code, NOW)
    assert sees(hana, careful.groceries.code, NOW + timedelta(days=6))
    assert not sees(hana, careful.groceries.code, NOW + timedelta(days=8))


def test_one_of_the_desk_alone_opens_nothing(careful):
    unlock = privacy.ask_to_open(
        what=Bulk.DOOR, network=careful.riverside, reason="x", by=careful.dee, now=NOW, about=careful.groceries.code,
        whom=careful.hana.membership.person,
    )  # fmt: skip
    with pytest.raises(Refused, match="second person"):
        privacy.answer(unlock, yes=True, by=careful.dee, now=NOW)
    with pytest.raises(Refused, match="Only someone"):
        privacy.ask_to_open(
            what=Bulk.DOOR, network=careful.riverside, reason="x", by=careful.hana.membership.person, now=NOW,
            about=careful.groceries.code, whom=careful.hana.membership.person,
        )  # fmt: skip
    # Asked twice it waits once.
    again = privacy.ask_to_open(
        what=Bulk.DOOR, network=careful.riverside, reason="y", by=careful.sol, now=NOW, about=careful.groceries.code,
        whom=careful.hana.membership.person,
    )  # fmt: skip
    assert again.pk == unlock.pk


# ── Runs, papers, files ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def planned(town, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(minutes=5))
    scene = published(town)
    stop = deliveries.stops_in(scene.plan)[0]
    person = stop.ask.asking.asked_by
    privacy.take_care(person, network=town.riverside, by=town.dee, now=NOW, word="marigold")
    return scene, stop


def _spot(stop) -> list[str]:
    place = Place.objects.get(pk=stop.ask.place_id)
    return [place.text, place.door, f"{place.lat:.4f}", f"{place.lon:.4f}"]


def _on_map(page: str) -> list[str]:
    return re.findall(r'class="mark-at[^>]*>\s*<title>([^<]*)', page)


def test_a_run_shows_the_stop_only_after_the_yes(town, planned, client):
    scene, stop = planned
    link = reverse("deliveries:run", args=[deliveries.run_token(scene.run)])
    before = client.get(link).content.decode()
    text, door, lat, lon = _spot(stop)
    assert [each for each in (text, door, lat, lon, stop.ask.asking.asked_by.short_name) if each in before] == []
    assert "ask the desk" in before
    assert not any(stop.ask.code in title for title in _on_map(before))
    unlock = privacy.ask_to_open(
        what=Bulk.DOOR, network=town.riverside, reason="On her run", by=town.dee, now=NOW, about=stop.ask.code,
        whom=scene.run.helper.membership.person,
    )  # fmt: skip
    privacy.answer(unlock, yes=True, by=town.sol, now=NOW)
    after = client.get(link).content.decode()
    assert text in after
    assert any(stop.ask.code in title for title in _on_map(after))


def test_no_paper_no_table_and_no_map_of_the_desk_holds_it(town, planned, as_):
    scene, stop = planned
    text, door, lat, lon = _spot(stop)
    plan = {**HERE, "plan": scene.plan.pk}
    for name in ("sheets", "table", "geojson", "plan", "labels"):
        page = as_(town.dee).get(reverse(f"deliveries:{name}", kwargs=plan)).content.decode()
        others = [each for each in deliveries.stops_in(scene.plan) if each.pk != stop.pk]
        if not any(other.ask.place.text == text for other in others):
            assert [each for each in (text, door) if each in page] == [], name
        assert f"{lat}" not in page, name
        assert f"{lon}" not in page, name
        assert not any(stop.ask.code in title for title in _on_map(page)), name
    assert "ask the desk" in as_(town.dee).get(reverse("deliveries:sheets", kwargs=plan)).content.decode()
    assert "ask the desk" in as_(town.dee).get(reverse("deliveries:table", kwargs=plan)).content.decode()


def test_no_export_holds_it(careful):
    _held(careful)
    _open_to_hana(careful)
    for by in (careful.dee, None):
        if by is not None:
            cast.two_agree(careful.riverside, careful.dee, careful.sol)
        files = exporting.give_back(careful.riverside, by=by, now=NOW)
        everything = b"".join(files.values()).decode()
        assert _leaks(everything) == []
        assert "ask the desk" in files["asks.csv"].decode()
        assert careful.groceries.code in files["asks.csv"].decode()
        # Nor that there is such a list, or who is on it.
        assert "marigold" not in everything
        assert not any("care" in name for name in files)
        assert "She is on her way" not in everything


# ── Everybody ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _everything_anyone_reads(client, town) -> dict[str, bytes]:
    board = reverse("exchange:board", kwargs=HERE)
    pages = [board, *(f"{board}?area={area.pk}" for area in Area.objects.filter(network=town.riverside))]
    pages += [reverse("home:network", kwargs=HERE), reverse("outlook:figures", kwargs=HERE)]
    return {page: re.sub(rb'value="[^"]{20,}"', b"", client.get(page).content) for page in pages}


def test_no_public_page_and_no_list_of_a_helper_tells_where(careful, client, as_):
    places = Area.objects.filter(network=careful.riverside)
    open_asks = reverse("exchange:open_asks", kwargs=HERE)
    claim = reverse("exchange:claim", kwargs={**HERE, "code": careful.groceries.code})
    seen = []
    for area in places:
        place = Place.objects.get(pk=careful.groceries.place_id)
        place.area, place.lat, place.lon = area, area.lat, area.lon
        place.save()
        as_(None)
        public = _everything_anyone_reads(client, careful)
        helper = as_(careful.hana)
        lists = [open_asks, claim, *(f"{open_asks}?area={each.pk}" for each in places)]
        seen.append((public, {page: re.sub(rb'value="[^"]{20,}"', b"", helper.get(page).content) for page in lists}))
    assert all(each == seen[0] for each in seen[1:])
    # It stands there all the same: somebody can take it on.
    assert careful.groceries.code.encode() in seen[0][0][reverse("exchange:board", kwargs=HERE)]
    assert careful.groceries.code.encode() in seen[0][1][open_asks]


def test_no_message_holds_it(careful):
    _held(careful)
    _open_to_hana(careful)
    exchange.hand_back(queries.claim_on(careful.groceries), by=careful.hana.membership.person, now=NOW)
    assert all(_leaks(letter.body + letter.subject) == [] for letter in mail.outbox)
    assert not Notice.objects.filter(Q(person=careful.nia)).exists()


def test_the_giver_of_a_match_is_told_to_wait(careful, client):
    match = exchange.propose_match(careful.groceries, careful.pram, by=careful.dee, now=NOW)
    exchange.answer_match(match, yes=True, by=careful.nia, now=NOW)
    exchange.answer_match(match, yes=True, by=careful.pram.offered_by, now=NOW)
    page = client.get(reverse("exchange:given", args=[queries.offer_token(careful.pram)])).content.decode()
    assert [secret for secret in _leaks(page) if secret != "Groceries for four"] == []


def test_members_dont_read_whom_it_is_about(careful, as_):
    _open_to_hana(careful)
    page = as_(careful.hugo).get(reverse("networks:me", kwargs=HERE)).content.decode()
    assert careful.groceries.code not in page
    assert "in danger" not in page


# ── On and off ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_neighbour_switches_it_on_while_asking(town, client):
    food = cast.category(town.riverside, "Food")
    client.post(
        reverse("exchange:ask", kwargs=HERE),
        {"needs": [food.pk], "place_text": "Elm Park", "when": "any", "careful": "on", "reach": "7185550777"},
    )
    asked = Ask.objects.order_by("-asked_at").first()
    assert seeing.care_of(asked.asking.asked_by, town.riverside) is not None
    page = client.get(reverse("exchange:asking", args=[queries.asking_token(asked.asking)])).content.decode()
    assert "Leave this page quickly" in page


def test_behind_the_private_link_it_goes_on_and_off(town, client):
    page = reverse("exchange:care_of_asker", args=[queries.asking_token(town.asking)])
    client.post(page, {"do": "on", "word": "marigold"})
    assert "marigold" in client.get(page).content.decode()
    client.post(page, {"do": "on", "word": ""})
    assert Care.objects.get().word == "marigold"
    client.post(page, {"do": "off"})
    assert not Care.objects.exists()


def test_the_desk_switches_it_on_alone_and_off_with_two(town, as_, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(minutes=5))
    page = reverse("exchange:ask_page", kwargs={**HERE, "code": town.groceries.code})

    def do(what, **more):
        from manyhands.exchange import finding

        standing = finding.standing_of(Ask.objects.get(pk=town.groceries.pk))
        return as_(town.dee).post(page, {"do": what, "standing": standing, **more})

    do("care")
    assert Care.objects.get().person_id == town.nia.pk
    assert Care.objects.get().word in as_(town.dee).get(page).content.decode()
    with pytest.raises(Refused):
        privacy.end_care(town.nia, network=town.riverside, by=town.dee, now=NOW)
    do("less_care", reason="They moved away")
    assert Care.objects.exists()
    answer = reverse("privacy:answer", kwargs={**HERE, "key": Unlock.objects.get().pk})
    as_(town.dee).post(answer, {"answer": "yes"})
    assert Care.objects.exists()
    as_(town.sol).post(answer, {"answer": "yes"})
    assert not Care.objects.exists()


def test_opening_the_door_from_the_page_of_the_ask(careful, as_):
    from manyhands.exchange import finding

    _held(careful)
    page = reverse("exchange:ask_page", kwargs={**HERE, "code": careful.groceries.code})
    standing = finding.standing_of(Ask.objects.get(pk=careful.groceries.pk))
    as_(careful.dee).post(page, {"do": "open_door", "standing": standing, "reason": "Tonight"})
    assert "Waits for a second yes" in as_(careful.dee).get(page).content.decode()
    two_people = as_(careful.sol).get(reverse("privacy:two_people", kwargs=HERE)).content.decode()
    assert "to Hana H." in two_people
    as_(careful.sol).post(reverse("privacy:answer", kwargs={**HERE, "key": Unlock.objects.get().pk}), {"answer": "yes"})
    assert "sees door and phone until" in as_(careful.dee).get(page).content.decode()


def test_leaving_quickly_leaves_nothing(town, as_):
    client = as_(town.hana)
    answer = client.get(reverse("privacy:leave"))
    assert answer["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert "no-store" in answer["Cache-Control"]
    for word in ("Riverside", "Manyhands", "Hana"):
        assert word not in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_it_is_forgotten_with_the_person(careful):
    forgetting.erase_person(careful.nia, by=careful.nia, now=NOW)
    assert not Care.objects.exists()


def test_without_care_nothing_changes(town, as_):
    assert access  # the table of pages is read in first
    _held(town)
    assert {"412 Elm", "bell 3B"} <= set(
        _leaks(as_(town.hana).get(reverse("exchange:mine", kwargs=HERE)).content.decode())
    )
