"""A network that sleeps holds nobody: no column of any table says who was in it; what is counted stays; and it wakes.

This is promise 7.11 of the trust model ("hibernate without a trove"). What is looked for are canaries, in every column
as it opens today, after the same search found them before.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from manyhands.exchange import actions as exchange
from manyhands.exchange import hibernating, queries
from manyhands.exchange.models import Ask, Helper
from manyhands.kit import ring
from manyhands.kit.refusals import Refused
from manyhands.networks import actions as networks
from manyhands.networks.models import Membership, Network
from manyhands.outlook import figures
from manyhands.people.models import ContactPoint, Person
from manyhands.places.models import Place
from manyhands.privacy import actions as privacy
from manyhands.privacy import forgetting
from manyhands.privacy import queries as seeing
from manyhands.privacy.models import Unlock
from manyhands.privacy.states import Bulk, Why
from tests import cast
from tests.cast import NOW

LATER = NOW + timedelta(days=120)
NOTE = "The community centre, Mondays"
CANARIES = ("Canary", "canary", "7185550", "Nia", "Gil", "412 Elm", "bell 3B", "Hana", "Hugo", "40.7031", "pram")


def _columns() -> dict[str, str]:
    """Every column of every table as it opens today, and as it lies in the database: where -> what."""
    found: dict[str, list[str]] = {}
    for model in apps.get_models():
        if model.__module__.startswith("manyhands."):
            for thing in model._default_manager.all():
                for field in model._meta.concrete_fields:
                    said = str(getattr(thing, field.attname))
                    found.setdefault(f"{model._meta.label}.{field.name}", []).append(said)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            lying = [bytes(cell).decode("latin-1") if isinstance(cell, bytes | memoryview) else str(cell)
                     for row in cursor.fetchall() for cell in row]  # fmt: skip
            found[f"{table}, as it lies"] = lying
    return {where: "\n".join(said) for where, said in found.items()}


def _canaries() -> set[str]:
    return {f"{canary} in {where}" for where, said in _columns().items() for canary in CANARIES if canary in said}


@pytest.fixture
def lived(town):
    """A network with a past: brought, withdrawn, offered, agreed, planned, seen, careful; all of it over."""
    hana, hugo = town.hana.membership.person, town.hugo.membership.person
    claim = exchange.claim_ask(town.groceries, helper=town.hana, by=hana, now=NOW)
    privacy.reveal_one(
        town.nia, town.groceries.place, about=town.groceries.code, why=Why.CLAIM, by=hana, network=town.riverside,
        now=NOW,
    )  # fmt: skip
    exchange.mark_outcome(claim, outcome="handed_over", note="Canary in the notes", by=hana, now=NOW)
    for number in range(6):
        ask = cast.ask(
            town.riverside, name=f"Canary {number}", reach=f"718 555 01{number:02d}", words=f"canary words {number}"
        )
        if number % 2:
            exchange.close_ask(ask, state="not_met", why_not_met="no_helper", by=town.dee, now=NOW + timedelta(days=3))
        else:
            exchange.withdraw_ask(ask, by=None, now=NOW + timedelta(days=2))
    privacy.take_care(town.nia, network=town.riverside, by=town.nia, now=NOW, word="canary word")
    exchange.repeat_asking(cast.ask(town.riverside, name="Canary Weekly").asking, weekday=3, by=town.dee, now=NOW)
    for ask in Ask.objects.filter(network=town.riverside, closed_at=None):
        exchange.withdraw_ask(ask, by=None, now=NOW + timedelta(days=9))
    Ask.objects.filter(network=town.riverside).update(moved_at=NOW + timedelta(days=9))
    networks.invite_member(town.riverside, name="Canary Invited", role="helper", by=town.sol, now=NOW)
    assert hugo.name
    return town


def _two_agree(town, *, now=LATER):
    unlock = privacy.ask_to_open(
        what=Bulk.SLEEP, network=town.riverside, reason="The storm is over", by=town.sol, now=now
    )
    privacy.answer(unlock, yes=True, by=town.dee, now=now)


def _sleep(town, *, now=LATER):
    _two_agree(town, now=now)
    return hibernating.put_to_sleep(town.riverside, note=NOTE, by=town.sol, now=now)


def test_no_column_says_who_was_in_it_and_the_figures_stay(lived, client, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: LATER)
    people = set(Person.objects.values_list("pk", flat=True)) - {
        lived.sol.pk, lived.dee.pk, lived.host.pk, lived.otto.pk, lived.eve.pk, lived.ola.membership.person_id,
        lived.elsewhere.asking.asked_by_id,
    }  # fmt: skip
    for holder in people:
        ring.key_of(holder, make=True)
    told = figures.published(lived.riverside, now=LATER)
    page = client.get(reverse("outlook:figures", args=["riverside"])).content
    before = _canaries()
    assert len(before) > 10
    # Elsewhere the same words may stand.
    assert any("bell 3B in places.Place" in each for each in before)
    lone = {each for each in before if any(same in each for same in ("412 Elm", "bell 3B", "40.7031", "7185550"))}
    _sleep(lived)
    assert {each for each in _canaries() if each not in lone} == set()
    assert not ContactPoint.objects.exclude(person=lived.elsewhere.asking.asked_by).exists()
    theirs = Place.objects.filter(network=lived.riverside)
    assert [place.pk for place in theirs if place.text or place.door or place.lat is not None] == []
    for holder in people:
        with pytest.raises(ring.Gone):
            ring.key_of(holder)
    assert figures.published(lived.riverside, now=LATER) == told
    after = client.get(reverse("outlook:figures", args=["riverside"])).content
    assert after.count(b"<td") == page.count(b"<td")


def test_the_other_network_is_as_it_was(lived):
    before = cast.as_it_is(lived.elsewhere)
    _sleep(lived)
    assert cast.as_it_is(lived.elsewhere) == before
    assert ContactPoint.objects.filter(person=lived.elsewhere.asking.asked_by).exists()
    assert Helper.objects.get(pk=lived.ola.pk).languages == ["en"]


def test_who_is_in_another_network_too_is_kept_there(lived):
    hana = lived.hana.membership.person
    networks.bring_in(lived.hillside, person=hana, role="helper", by=None, now=NOW)
    _sleep(lived)
    assert Person.objects.get(pk=hana.pk).name == "Hana Helper"
    assert ring.key_of(hana.pk, make=True)
    assert Membership.objects.filter(person=hana, network=lived.riverside).exclude(standing="left").count() == 0


def test_the_two_who_agreed_stay_and_nobody_else(lived):
    _sleep(lived)
    stay = Membership.objects.filter(network=lived.riverside).exclude(standing="left")
    assert {each.person.name for each in stay} == {"Sol Steward", "Dee Dispatcher"}
    assert Unlock.objects.get(network=lived.riverside).what == Bulk.SLEEP


def test_it_takes_two_and_nobody_who_waits(lived):
    with pytest.raises(Refused, match="takes two"):
        hibernating.put_to_sleep(lived.riverside, note=NOTE, by=lived.sol, now=LATER)
    _two_agree(lived)
    with pytest.raises(Refused, match="how somebody is reached"):
        hibernating.put_to_sleep(lived.riverside, note=" ", by=lived.sol, now=LATER)
    with pytest.raises(Refused, match="Only a steward"):
        hibernating.put_to_sleep(lived.riverside, note=NOTE, by=lived.dee, now=LATER)
    waits = cast.ask(lived.riverside, name="Somebody Waiting", now=LATER)
    with pytest.raises(Refused, match="1 ask is still open"):
        hibernating.put_to_sleep(lived.riverside, note=NOTE, by=lived.sol, now=LATER)
    exchange.withdraw_ask(waits, by=None, now=LATER)
    hibernating.put_to_sleep(lived.riverside, note=NOTE, by=lived.sol, now=LATER)
    with pytest.raises(Refused, match="asleep already"):
        hibernating.put_to_sleep(lived.riverside, note=NOTE, by=None, now=LATER)


def test_a_letter_that_waits_to_be_read_keeps_it_awake(lived):
    exchange.put_letter(
        network=lived.riverside, typed={"place_text": ["Elm Park"]}, things=1, submission=uuid4(), reads="en", now=LATER
    )
    with pytest.raises(Refused, match="1 ask is still open"):
        _sleep(lived)


def test_what_the_law_demands_stays(lived):
    held = privacy.hold(
        lived.riverside, reason="Court", codes=[lived.groceries.code], people=[], since=None, until=None,
        review_on=LATER.date() + timedelta(days=30), may_tell=True, by=lived.sol, now=LATER,
    )  # fmt: skip
    privacy.answer(held.unlock, yes=True, by=lived.dee, now=LATER)
    _sleep(lived)
    kept = Ask.objects.get(pk=lived.groceries.pk)
    assert kept.words == "Groceries for four"
    assert kept.asking.asked_by.name == "Nia Neighbour"
    assert [ask.words for ask in Ask.objects.filter(network=lived.riverside).exclude(pk=kept.pk) if ask.words] == []


def test_asleep_its_pages_say_so_and_how_to_reach_someone(lived, client, as_, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: LATER)
    link = reverse("exchange:asking", args=[queries.asking_token(lived.asking)])
    _sleep(lived)
    front = client.get(reverse("home:network", args=["riverside"])).content.decode()
    assert "This network is asleep" in front
    assert NOTE in front
    assert client.get(link).status_code == 404
    for page in ("exchange:ask", "exchange:offer", "exchange:board", "networks:join"):
        answer = client.get(reverse(page, args=["riverside"]))
        assert answer.status_code == 503
        assert NOTE in answer.content.decode()
    assert as_(lived.dee).get(reverse("exchange:desk", args=["riverside"])).status_code == 503
    assert as_(lived.sol).get(reverse("exchange:sleep", args=["riverside"])).status_code == 200
    with pytest.raises(Refused, match="asleep"):
        exchange.post_asking(
            network=Network.objects.get(pk=lived.riverside.pk), place_text="Elm", now=LATER, source="desk",
            by=lived.dee, needs=[exchange.NewAsk(category=lived.groceries.category)],
        )  # fmt: skip
    # Nothing comes round, and the clocks find nothing to trip over.
    assert exchange.come_round(now=LATER + timedelta(days=30)) == 0
    forgetting.sweep(now=LATER + timedelta(days=1))


def test_it_wakes_as_it_was_set(lived, as_, client, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: LATER)
    settings = {
        field.name: getattr(Network.objects.get(pk=lived.riverside.pk), field.name)
        for field in Network._meta.concrete_fields
    }
    told = figures.published(lived.riverside, now=LATER)
    _sleep(lived)
    answer = as_(lived.sol).post(reverse("exchange:wake", args=["riverside"]))
    assert answer.status_code == 302
    woken = Network.objects.get(pk=lived.riverside.pk)
    assert {field.name: getattr(woken, field.name) for field in Network._meta.concrete_fields} == settings
    assert figures.published(woken, now=LATER) == told
    assert queries.categories_of(woken).count() == queries.categories_of(lived.hillside).count()
    as_(None)
    food = cast.category(woken, "Food")
    client.post(
        reverse("exchange:ask", args=["riverside"]),
        {"needs": [food.pk], "place_text": "Elm Park", "when": "any", "reach": "7185550999"},
    )
    fresh = Ask.objects.get(network=woken, closed_at=None)
    exchange.make_ready(fresh, by=lived.dee, now=LATER)
    helper = cast.helper(woken, cast.person("Nova Newcomer"))
    exchange.claim_ask(fresh, helper=helper, by=helper.membership.person, now=LATER)
    mine = as_(helper).get(reverse("exchange:mine", args=["riverside"])).content.decode()
    assert "Elm Park" in mine
    assert as_(lived.dee).get(reverse("home:now", args=["riverside"])).status_code == 200


def test_both_steps_on_the_page(lived, as_, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: LATER)
    page = reverse("exchange:sleep", args=["riverside"])
    as_(lived.sol).post(page, {"reason": "The storm is over"})
    unlock = Unlock.objects.get(what=Bulk.SLEEP)
    me = as_(lived.hana).get(reverse("networks:me", args=["riverside"])).content.decode()
    assert "put the network to sleep" in me  # every member reads it
    as_(lived.sol).post(page, {"reason": "again", "note": NOTE, "sure": "on"})
    assert Network.objects.get(pk=lived.riverside.pk).asleep_since is None
    privacy.answer(unlock, yes=True, by=lived.dee, now=LATER)
    assert as_(lived.sol).post(page, {"note": NOTE}).status_code == 400
    as_(lived.sol).post(page, {"note": NOTE, "sure": "on"})
    assert Network.objects.get(pk=lived.riverside.pk).asleep_since is not None


def test_ninety_quiet_days_are_said_and_nothing_is_done(lived, as_, monkeypatch):
    quiet = NOW + timedelta(days=9 + 89)
    # Hillside beside it has been quiet for longer.
    for moment, said in ((quiet, 1), (quiet + timedelta(days=2), 2)):
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        as_(None)
        host = as_(lived.host).get(reverse("networks:host")).content.decode()
        assert host.count("Nothing happened here for") == said
    as_(None)
    assert "Put it to sleep" in as_(lived.sol).get(reverse("home:now", args=["riverside"])).content.decode()
    assert "Put it to sleep" not in as_(lived.dee).get(reverse("home:now", args=["riverside"])).content.decode()
    forgetting.sweep(now=quiet)
    assert Network.objects.get(pk=lived.riverside.pk).asleep_since is None
    assert seeing.learned(lived.riverside, now=quiet).held >= 0
