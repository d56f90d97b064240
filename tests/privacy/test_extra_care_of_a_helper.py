"""A helper who would be in danger if they were found: at each place where the desk sees a helper's door or phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from manyhands.deliveries import queries as deliveries
from manyhands.exchange import actions as exchange
from manyhands.exchange import exporting, planning
from manyhands.exchange.models import Helper
from manyhands.kit.refusals import Refused
from manyhands.people import actions as people
from manyhands.privacy import actions as privacy
from manyhands.privacy.models import Care, Reveal, Unlock
from manyhands.privacy.states import Bulk, Why
from tests import cast
from tests.architecture import access
from tests.architecture.access_deliveries import published
from tests.cast import NOW

HERE = {"network": "riverside"}
SECRETS = ("9 Willow Lane", "77 Mill Road", "40.69871", "555-0177", "5550177")
ME, MEMBERS = reverse("networks:me", kwargs=HERE), reverse("networks:members", kwargs=HERE)
MY_CARE = reverse("exchange:my_care", kwargs=HERE)

pytestmark = pytest.mark.django_db


def _leaks(page: str) -> list[str]:
    return [secret for secret in SECRETS if secret in page]


def _page_of(helper: Helper) -> str:
    return reverse("exchange:helper_page", kwargs={**HERE, "key": helper.membership_id})


def _read(client, url: str) -> str:
    return client.get(url).content.decode()


@pytest.fixture
def at_home(town, monkeypatch):
    """Hana sets out from her own door and left a phone."""
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(minutes=5))
    hana = town.hana.membership.person
    exchange.change_helper(
        town.hana.membership, by=hana, now=NOW, start_text="9 Willow Lane", lat=40.69871, lon=-73.97123,
        end_text="77 Mill Road",
    )  # fmt: skip
    people.change_contact(hana, reach="(718) 555-0177", region="US", by=hana, now=NOW)
    town.hana.refresh_from_db()
    return town


@pytest.fixture
def careful(at_home):
    hana = at_home.hana.membership.person
    privacy.take_care(hana, network=at_home.riverside, by=hana, now=NOW, word="marigold")
    return at_home


def test_a_member_switches_it_on_and_off_under_my_part(at_home, as_):
    client = as_(at_home.hana)
    assert "Be extra careful with me" in _read(client, ME)
    client.post(MY_CARE, {"do": "on", "word": "marigold"})
    assert Care.objects.get().person_id == at_home.hana.membership.person_id
    assert "marigold" in _read(client, MY_CARE)
    assert "Where you set out and your phone" in _read(client, MY_CARE)
    assert "Leave this page quickly" in _read(client, ME)
    client.post(MY_CARE, {"do": "off"})
    assert not Care.objects.exists()
    assert "Leave this page quickly" not in _read(client, ME)


def test_of_whoever_did_not_ask_for_it_the_desk_sees_what_it_saw(at_home, as_):
    assert _leaks(_read(as_(at_home.dee), _page_of(at_home.hana)))[:2] == ["9 Willow Lane", "77 Mill Road"]
    assert "555" in _read(as_(at_home.dee), MEMBERS)


def test_no_page_of_the_desk_says_where_they_live_before_two_said_yes(careful, as_):
    for who in (careful.dee, careful.sol):
        client = as_(who)
        for url in (MEMBERS, _page_of(careful.hana)):
            page = _read(client, url)
            assert _leaks(page) == [], url
            assert "718" not in page, url
        assert "opens by two of the desk" in _read(client, MEMBERS)
        assert "marigold" in _read(client, _page_of(careful.hana))
    assert not Reveal.objects.filter(whose=careful.hana.membership.person).exists()
    # They themselves see and change it as before.
    assert "9 Willow Lane" in _read(as_(careful.hana), reverse("exchange:helping", kwargs=HERE))


def test_two_open_it_for_the_one_who_asked_for_a_day_and_they_read_it(careful, as_, monkeypatch):
    care = reverse("exchange:care_of_helper", kwargs={**HERE, "key": careful.hana.membership_id})
    as_(careful.dee).post(care, {"do": "open", "reason": "She did not come back"})
    unlock = Unlock.objects.get()
    assert (unlock.what, unlock.whom) == (Bulk.HOME, careful.hana.membership.person)
    assert _leaks(_read(as_(careful.dee), _page_of(careful.hana))) == []
    assert "Hana H." in _read(as_(careful.sol), reverse("privacy:two_people", kwargs=HERE))
    as_(careful.sol).post(reverse("privacy:answer", kwargs={**HERE, "key": unlock.pk}), {"answer": "yes"})
    page = _read(as_(careful.dee), _page_of(careful.hana))
    assert {"9 Willow Lane", "77 Mill Road", "5550177"} <= set(_leaks(page))
    assert _leaks(_read(as_(careful.sol), _page_of(careful.hana))) == []
    assert [(each.seen_by, each.why) for each in Reveal.objects.all()][:1] == [(careful.dee, Why.HELPER)]
    seen = _read(as_(careful.hana), reverse("privacy:who_saw_me", kwargs=HERE))
    assert "Dee D., at the desk, looked up what you can carry" in seen
    # Nobody else reads that there was a question, and after a day it is shut.
    assert "in danger" not in _read(as_(careful.hugo), ME)
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(days=2))
    assert _leaks(_read(as_(careful.dee), _page_of(careful.hana))) == []


def test_nobody_alone_and_no_helper_opens_it(careful):
    hana, hugo = careful.hana.membership.person, careful.hugo.membership.person
    ask = {"what": Bulk.HOME, "network": careful.riverside, "reason": "x", "now": NOW, "whom": hana}
    with pytest.raises(Refused, match="Only someone who works here"):
        privacy.ask_to_open(by=hugo, **ask)
    unlock = privacy.ask_to_open(by=careful.dee, **ask)
    with pytest.raises(Refused, match="second person"):
        privacy.answer(unlock, yes=True, by=careful.dee, now=NOW)
    # Another one of the desk asks on their own account: what opens to one opens to no other.
    assert privacy.ask_to_open(by=careful.sol, **ask).pk != unlock.pk
    assert privacy.ask_to_open(by=careful.dee, **ask).pk == unlock.pk
    privacy.answer(unlock, yes=False, by=careful.sol, now=NOW)
    whose = privacy.Whose(hana, careful.hana.start)
    (shown,) = privacy.reveal([whose], why=Why.HELPER, by=careful.dee, network=careful.riverside, now=NOW)
    assert shown.held_back
    # Who is alone at the desk waits for nothing: it stays shut.
    ola = careful.ola.membership.person
    privacy.take_care(ola, network=careful.hillside, by=ola, now=NOW)
    with pytest.raises(Refused, match="two of the desk"):
        privacy.ask_to_open(by=careful.otto, **{**ask, "network": careful.hillside, "whom": ola})


def test_the_desk_saves_the_rest_and_changes_no_place(careful, as_):
    said = {"mode": "bike", "boxes": "9", "most_minutes": "60", "cap": "3", "start_text": "Nowhere", "end_text": ""}
    assert as_(careful.dee).post(_page_of(careful.hana), said).status_code == 302
    helper = Helper.objects.get(pk=careful.hana.pk)
    assert (helper.boxes, helper.cap) == (9, 3)
    assert (helper.start.text, helper.end.text) == ("9 Willow Lane", "77 Mill Road")


def test_the_desk_switches_it_on_alone_and_off_by_two(at_home, as_):
    care = reverse("exchange:care_of_helper", kwargs={**HERE, "key": at_home.hana.membership_id})
    as_(at_home.dee).post(care, {"do": "care"})
    assert Care.objects.get().person_id == at_home.hana.membership.person_id
    as_(at_home.dee).post(care, {"do": "less", "reason": "She says it is over"})
    assert Care.objects.exists()
    privacy.answer(Unlock.objects.get(), yes=True, by=at_home.sol, now=NOW + timedelta(minutes=5))
    assert not Care.objects.exists()


def test_no_export_holds_it(careful):
    cast.two_agree(careful.riverside, careful.dee, careful.sol)
    for by in (careful.dee, None):
        everything = b"".join(exporting.give_back(careful.riverside, by=by, now=NOW).values()).decode()
        assert _leaks(everything) == []
        assert "marigold" not in everything


def test_no_suggestion_says_how_far_they_live(at_home, careful):
    careful.hana.membership.network.__dict__.pop("_in_danger", None)
    fits = planning.helpers_for(careful.groceries, now=NOW)
    said = {each.thing.pk: " ".join(each.reasons) for each in (*fits.ranked, *fits.left_out)}
    assert "km" not in said[careful.hana.pk]
    assert said[careful.hana.pk]
    assert "km" in said[careful.hugo.pk]


def test_no_map_of_runs_draws_where_they_set_out(town, as_, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(minutes=5))
    assert access  # the table of pages is read in first
    scene = published(town)
    someone, start = scene.run.helper.membership.person, scene.run.helper.start
    at = f"[{start.lon}, {start.lat}]"
    geojson = reverse("deliveries:geojson", kwargs={**HERE, "plan": scene.plan.pk})
    runs = [run for run in deliveries.runs_in(scene.plan) if run.pk != scene.run.pk]
    assert at in _read(as_(town.dee), geojson)
    for one in [scene.run, *runs]:
        person = one.helper.membership.person
        privacy.take_care(person, network=town.riverside, by=person, now=NOW)
    assert at not in _read(as_(town.dee), geojson)
    assert not Reveal.objects.filter(whose=someone, why=Why.HELPER).exists()
