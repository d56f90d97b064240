"""P-28: what is over is forgotten, class by class, after the days its personal.py says; public figures stay as they are."""

from __future__ import annotations

import importlib
from datetime import timedelta

import pytest
from django.urls import reverse

from manyhands.config.timetable import TIMETABLE
from manyhands.deliveries.models import Plan
from manyhands.exchange import actions as exchange
from manyhands.exchange import queries
from manyhands.exchange.models import Ask, Claim, Helper
from manyhands.networks import actions as networks
from manyhands.outlook import queries as outlook
from manyhands.people import actions as people
from manyhands.people.models import ContactPoint, Invitation, Person
from manyhands.places.models import Place
from manyhands.privacy import actions as privacy
from manyhands.privacy import forgetting
from manyhands.privacy.models import Reveal, Sweep
from manyhands.privacy.states import Why
from tests import cast
from tests.architecture.test_the_house_stands import HALLWAYS, HOUSE, ROOMS
from tests.cast import NOW


def _days(model: str) -> int:
    personal = importlib.import_module(f"manyhands.{model.split('.')[0]}.personal")
    return next(each.keep_days for each in personal.HOLDS if each.model == model)


def _is_over(town):
    """Nia's groceries were brought; nothing else of hers is open."""
    claim = exchange.claim_ask(town.groceries, helper=town.hana, by=None, now=NOW)
    exchange.mark_outcome(claim, outcome="handed_over", note="Bell is broken", by=None, now=NOW)


def _after(model: str, *, more: timedelta = timedelta(minutes=1)):
    return NOW + timedelta(days=_days(model)) + more


def test_every_model_with_days_has_a_clock():
    """A later room that declares days and forgets nothing fails here."""
    with_days = {
        holds.model
        for room in set(ROOMS) - HALLWAYS
        if (HOUSE / room / "personal.py").exists()
        for holds in importlib.import_module(f"manyhands.{room}.personal").HOLDS
        if holds.keep_days is not None
    }
    assert forgetting.models_with_a_clock() == with_days
    # A room that deletes by itself is only asked to if the timetable says when.
    assert set(forgetting.tasks_that_forget()) <= {each.task for each in TIMETABLE}


FORGOTTEN = {
    "places.Place": lambda town: Place.objects.get(pk=town.groceries.place_id).door == "",
    "exchange.Ask": lambda town: _ask(town).words == "" and _ask(town).notes == "" and _ask(town).wanted_from is None,
    "exchange.Asking": lambda town: queries.asking_behind(town.link) is None,
    "exchange.Claim": lambda town: not Claim.objects.filter(ask=town.groceries).exists(),
    "people.ContactPoint": lambda town: not ContactPoint.objects.filter(person=town.nia).exists(),
    "people.Person": lambda town: Person.objects.get(pk=town.nia.pk).name == "",
}


def _ask(town):
    return Ask.objects.get(pk=town.groceries.pk)


@pytest.mark.parametrize("model", sorted(FORGOTTEN))
def test_each_class_is_there_a_day_before_and_gone_a_minute_after(town, model):
    town.link = queries.asking_token(town.asking)
    _is_over(town)
    forgetting.sweep(now=_after(model, more=timedelta(days=-1)))
    assert not FORGOTTEN[model](town)
    assert forgetting.what_is_over(now=_after(model))[model] >= 1
    assert not FORGOTTEN[model](town)  # looking changes nothing
    forgetting.sweep(now=_after(model))
    assert FORGOTTEN[model](town)
    assert forgetting.what_is_over(now=_after(model))[model] == 0


def test_what_is_open_is_kept_however_old(town):
    forgetting.sweep(now=NOW + timedelta(days=3000))
    assert _ask(town).words == "Groceries for four"
    assert Place.objects.get(pk=town.groceries.place_id).door
    assert ContactPoint.objects.filter(person=town.nia).exists()
    assert Person.objects.get(pk=town.nia.pk).name == "Nia Neighbour"


def test_what_comes_round_keeps_its_words_and_its_door(town):
    exchange.repeat_ask(town.groceries, weekday=3, by=None, now=NOW)
    _is_over(town)
    forgetting.sweep(now=NOW + timedelta(days=1000))
    assert _ask(town).words
    assert Place.objects.get(pk=town.groceries.place_id).door
    assert queries.asking_behind(queries.asking_token(town.asking)) is not None


def test_members_and_the_host_are_kept_and_who_left_is_not(town):
    networks.move(town.hugo.membership, standing="left", by=town.sol, now=NOW)
    forgetting.sweep(now=NOW + timedelta(days=366))
    names = {person.name for person in Person.objects.all()}
    assert {"Sol Steward", "Dee Dispatcher", "Hana Helper", "Hosni Host"} <= names
    assert "Hugo Helper" not in names
    assert Place.objects.get(pk=town.hana.start_id).text == "The hall"
    assert Place.objects.get(pk=town.hugo.start_id).text == ""
    assert Helper.objects.get(pk=town.hugo.pk).skills == []


def test_public_figures_stay_as_they_are(town):
    _is_over(town)
    told = {"network": town.riverside, "begins": NOW - timedelta(days=40), "until": NOW + timedelta(days=1)}
    before = list(
        Ask.objects.order_by("pk").values_list("category", "state", "asked_at", "closed_at", "cause", "place__area")
    )
    met = queries.met_soon(town.riverside, since=told["begins"], until=told["until"], within=timedelta(days=2))
    forgetting.sweep(now=NOW + timedelta(days=1000))
    after = list(
        Ask.objects.order_by("pk").values_list("category", "state", "asked_at", "closed_at", "cause", "place__area")
    )
    assert after == before
    assert met == queries.met_soon(town.riverside, since=told["begins"], until=told["until"], within=timedelta(days=2))
    assert outlook.cause_names(town.riverside)


def test_old_plans_invitations_and_traces_go(town):
    invitation = people.invite(town.eve, by=None, now=NOW)
    privacy.reveal_one(
        town.nia, town.groceries.place, about="X", why=Why.DESK, by=town.dee, network=town.riverside, now=NOW
    )
    forgetting.sweep(now=NOW + timedelta(days=400))
    assert not Invitation.objects.filter(pk=invitation.pk).exists()
    assert Reveal.objects.count() == 1
    assert not Plan.objects.exists()
    forgetting.sweep(now=NOW + timedelta(days=731))
    assert not Reveal.objects.exists()


def test_the_house_forgets_once_a_day(town):
    assert forgetting.is_due(now=NOW)
    forgetting.sweep(now=NOW)
    assert not forgetting.is_due(now=NOW + timedelta(hours=1))
    assert forgetting.is_due(now=NOW + timedelta(days=1))
    assert Sweep.objects.count() == 1


def test_a_link_that_was_shut_opens_nothing(town, client):
    link = reverse("exchange:asking", args=[queries.asking_token(town.asking)])
    _is_over(town)
    forgetting.sweep(now=_after("exchange.Asking"))
    assert client.get(link).status_code == 404


def test_asks_of_others_are_untouched(town):
    other = cast.ask(town.riverside, name="Ned", reach="718 555 0777")
    _is_over(town)
    forgetting.sweep(now=NOW + timedelta(days=1000))
    assert Ask.objects.get(pk=other.pk).words
    assert ContactPoint.objects.filter(person=other.asking.asked_by).exists()
