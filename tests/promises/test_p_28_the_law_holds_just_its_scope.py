"""P-28, second half: a legal hold keeps exactly its scope; sweeps and erasure forget everything beside it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from manyhands.exchange import actions as exchange
from manyhands.exchange import forgetting as asks
from manyhands.exchange import holding, queries
from manyhands.exchange.models import Ask, Claim
from manyhands.kit import ring
from manyhands.kit.refusals import Refused
from manyhands.people.models import ContactPoint, Person
from manyhands.places.models import Place
from manyhands.privacy import actions as privacy
from manyhands.privacy import forgetting
from manyhands.privacy import queries as seeing
from manyhands.privacy.models import Erasure, Hold
from tests import cast
from tests.cast import NOW

REVIEW = date(2026, 12, 24)
YEARS = NOW + timedelta(days=800)


def _hold(town, *, by=None, now=NOW, **scope):
    said = {"codes": [], "people": [], "since": None, "until": None, "may_tell": True} | scope
    return privacy.hold(
        town.riverside, reason="Court of Elm Park", review_on=REVIEW, by=by or town.sol, now=now, **said
    )


def _agreed(town, **scope) -> Hold:
    held = _hold(town, **scope)
    privacy.answer(held.unlock, yes=True, by=town.dee, now=NOW)
    return held


def _brought(town, ask: Ask, *, now=NOW) -> Ask:
    claim = exchange.claim_ask(ask, helper=town.hana, by=None, now=now)
    exchange.mark_outcome(claim, outcome="handed_over", by=None, now=now)
    return Ask.objects.get(pk=ask.pk)


@pytest.fixture
def scene(town):
    """Four asks that are over: two by Nia, one by Nora a month later, one elsewhere."""
    second = exchange.ask_same_again(_brought(town, town.groceries), by=None, now=NOW)
    exchange.make_ready(second, by=None, now=NOW)
    town.second = _brought(town, second)
    later = cast.ask(town.riverside, name="Lena Later", reach="718 555 0188", now=NOW + timedelta(days=30))
    town.later = _brought(town, later, now=NOW + timedelta(days=30))
    return town


def _kept(ask: Ask) -> bool:
    """Whether all of an ask is still there: words, door, phone, name."""
    ask = Ask.objects.select_related("asking__asked_by", "place").get(pk=ask.pk)
    whose = ask.asking.asked_by
    there = {bool(ask.words), Claim.objects.filter(ask=ask).exists()}
    assert len(there) == 1, "half forgotten"
    if there == {True}:
        assert Place.objects.get(pk=ask.place_id).door
        assert whose.name
        assert ContactPoint.objects.filter(person=whose).exists()
    return there == {True}


def _sweep(now=YEARS):
    forgetting.sweep(now=now)


@pytest.mark.parametrize(
    ("scope", "kept"),
    [
        ({"codes": "first"}, {"groceries"}),
        ({"people": "nia"}, {"groceries", "second"}),
        ({"since": NOW.date(), "until": NOW.date()}, {"groceries", "second"}),
        ({"since": NOW.date() + timedelta(days=1)}, {"later"}),
        ({"people": "nia", "since": NOW.date() + timedelta(days=1)}, set()),
        ({"codes": "first", "until": NOW.date()}, {"groceries"}),
        (None, set()),
    ],
)
def test_a_sweep_leaves_just_the_scope(scene, scope, kept):
    town = scene
    if scope is not None:
        scope = dict(scope)
        if "codes" in scope:
            scope["codes"] = [town.groceries.code]
        if "people" in scope:
            scope["people"] = [town.nia.pk]
        _agreed(town, **scope)
    _sweep()
    assert {name for name in ("groceries", "second", "later") if _kept(getattr(town, name))} == kept


def test_releasing_lets_the_next_sweep_forget(scene):
    held = _agreed(scene, codes=[scene.groceries.code])
    _sweep()
    assert _kept(scene.groceries)
    privacy.release(held, by=scene.sol, now=YEARS)
    _sweep(YEARS + timedelta(days=1))
    assert not _kept(scene.groceries)
    assert Person.objects.get(pk=scene.nia.pk).name == ""


def test_it_holds_at_once_and_lapses_without_a_second_yes(scene):
    _hold(scene, codes=[scene.groceries.code], now=YEARS)
    _sweep(YEARS + timedelta(days=2))
    assert _kept(scene.groceries)
    _sweep(YEARS + timedelta(days=4))
    assert not _kept(scene.groceries)


def test_a_no_ends_it(scene):
    held = _hold(scene, codes=[scene.groceries.code], now=YEARS)
    privacy.answer(held.unlock, yes=False, by=scene.dee, now=YEARS)
    _sweep()
    assert not _kept(scene.groceries)


def test_it_does_not_end_by_itself_when_it_is_to_be_looked_at_again(scene):
    _agreed(scene, codes=[scene.groceries.code])
    _sweep(YEARS + timedelta(days=3000))
    assert _kept(scene.groceries)
    assert seeing.holds_in_force(now=YEARS + timedelta(days=3000)).count() == 1


def test_somebody_who_wants_to_be_forgotten_is_but_for_the_scope(scene):
    town, nia = scene, scene.nia
    ring.key_of(nia.pk, make=True)
    held = _agreed(town, codes=[town.groceries.code])
    erasure = asks.erase_person(nia, by=nia, now=NOW + timedelta(days=1))
    privacy.destroy_key(erasure, now=NOW + timedelta(days=1))
    privacy.destroy_keys_left_over(now=NOW + timedelta(days=1))
    first, second = Ask.objects.get(pk=town.groceries.pk), Ask.objects.get(pk=town.second.pk)
    assert (first.words, second.words) == ("Groceries for four", "")
    assert Place.objects.get(pk=first.place_id).door
    assert ring.key_of(nia.pk)
    assert asks.erase_what_was_held(now=NOW + timedelta(days=2)) == 0
    privacy.release(held, by=town.sol, now=NOW + timedelta(days=3))
    assert asks.erase_what_was_held(now=NOW + timedelta(days=3)) == 1
    assert Ask.objects.get(pk=first.pk).words == ""
    assert Person.objects.get(pk=nia.pk).name == ""
    with pytest.raises(ring.Gone):
        ring.key_of(nia.pk)
    assert Erasure.objects.get().after


def test_the_person_reads_it_unless_the_law_forbids(scene, client):
    page = reverse("exchange:asking", args=[queries.asking_token(scene.asking)])
    assert "Some of it is kept" not in client.get(page).content.decode()
    held = _agreed(scene, codes=[scene.groceries.code])
    assert "Some of it is kept" in client.get(page).content.decode()
    assert "Court of Elm Park" not in client.get(page).content.decode()
    # It is about nobody else.
    other = reverse("exchange:asking", args=[queries.asking_token(scene.later.asking)])
    assert "Some of it is kept" not in client.get(other).content.decode()
    Hold.objects.filter(pk=held.pk).update(may_tell=False)
    assert "kept" not in client.get(page).content.decode()


def test_no_page_says_a_day_on_which_it_would_not_be_forgotten(scene, client, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(days=40))
    page = reverse("exchange:asking", args=[queries.asking_token(scene.later.asking)])
    assert "Forgotten on" in client.get(page).content.decode()
    _agreed(scene, codes=[scene.later.code], may_tell=False)
    assert "Forgotten on" not in client.get(page).content.decode()


def test_a_steward_and_nobody_else_holds_and_releases(scene):
    for who in (scene.dee, scene.host, scene.otto, scene.hana.membership.person):
        with pytest.raises(Refused):
            _hold(scene, codes=[scene.groceries.code], by=who)
    held = _agreed(scene, codes=[scene.groceries.code])
    with pytest.raises(Refused):
        privacy.release(held, by=scene.dee, now=NOW)
    with pytest.raises(Refused, match="Say what has to be kept"):
        _hold(scene)


def test_on_the_pages_of_steward_and_host(scene, as_, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(hours=1))
    here, code = reverse("exchange:keeping", args=["riverside"]), scene.groceries.code
    client = as_(scene.sol)
    wrong = {"reason": "Court", "codes": f"{code} QQQQQ", "review_on": "2026-12-24"}
    answer = client.post(reverse("exchange:hold", args=["riverside"]), wrong)
    assert answer.status_code == 400
    assert "no ask here: QQQQQ" in answer.content.decode()
    assert "Court" in answer.content.decode()
    client.post(reverse("exchange:hold", args=["riverside"]), wrong | {"codes": code.lower(), "whole": "on"})
    held = Hold.objects.get()
    assert (held.codes, held.people) == ([code], [str(scene.nia.pk)])
    assert "waits for a second yes" in client.get(here).content.decode()
    # Who is to agree reads what it is about.
    second = as_(scene.dee).get(reverse("privacy:two_people", args=["riverside"])).content.decode()
    assert code in second
    assert "everything of 1 person" in second
    host = as_(scene.host).get(reverse("networks:host")).content.decode()
    assert "1 thing is kept because the law demands it" in host
    assert code not in host
    as_(scene.sol).post(reverse("exchange:release", args=["riverside", held.pk]))
    assert not seeing.holds_in_force(now=NOW + timedelta(hours=2)).exists()


def test_another_network_and_nothing_held_cost_nothing(scene):
    assert holding.held(NOW) == {}
    _agreed(scene, since=NOW.date())
    kept = set(holding.held(NOW)["exchange.Ask"].values_list("pk", flat=True))
    assert kept == set(Ask.objects.filter(~Q(pk=scene.elsewhere.pk)).values_list("pk", flat=True))
