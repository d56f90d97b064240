"""A network forgets sooner than the house if it wants to, never later; neighbours read it before they ask."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.urls import reverse

from manyhands.exchange import actions as exchange
from manyhands.exchange import queries
from manyhands.exchange.models import Ask
from manyhands.kit.refusals import Refused
from manyhands.people.models import ContactPoint, Person
from manyhands.places.models import Place
from manyhands.privacy import actions as privacy
from manyhands.privacy import forgetting
from manyhands.privacy.models import Keeping
from tests import cast
from tests.cast import NOW
from tests.promises.test_p_28_what_is_over_is_forgotten import _days

SOON = {"door_days": 2, "words_days": 5, "name_days": 9}


def _over(ask: Ask) -> Ask:
    exchange.withdraw_ask(ask, by=None, now=NOW)
    return ask


def _there(ask: Ask) -> tuple[bool, bool, bool, bool]:
    """Whether door, words, phone and name are still there."""
    ask = Ask.objects.get(pk=ask.pk)
    person = Person.objects.get(pk=ask.asking.asked_by_id)
    door = bool(Place.objects.get(pk=ask.place_id).door)
    return door, bool(ask.words), ContactPoint.objects.filter(person=person).exists(), bool(person.name)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (1, (True, True, True, True)),
        (3, (False, True, True, True)),
        (6, (False, False, False, True)),
        (10, (False, False, False, False)),
    ],
)
def test_each_goes_after_its_days_and_elsewhere_it_stays(town, days, expected):
    privacy.keep(town.riverside, by=town.sol, now=NOW, **SOON)
    here, elsewhere = _over(town.groceries), _over(town.elsewhere)
    now = NOW + timedelta(days=days)
    due = forgetting.what_is_over(now=now)
    counts = forgetting.sweep(now=now)
    assert due == counts
    assert _there(here) == expected
    assert _there(elsewhere) == (True, True, True, True)


def test_who_also_asked_elsewhere_keeps_their_phone_there(town):
    privacy.keep(town.riverside, by=town.sol, now=NOW, **SOON)
    _over(town.groceries)
    other = _over(cast.ask(town.hillside, name="Nia Neighbour"))
    other.asking.asked_by = town.nia
    other.asking.save()
    forgetting.sweep(now=NOW + timedelta(days=10))
    assert _there(town.groceries) == (False, False, True, True)


@pytest.mark.parametrize("name", sorted(SOON))
def test_never_longer_than_the_house(town, as_, name):
    most = Keeping._meta.get_field(name).default
    assert {_days(model) for model, field in forgetting.SHORTER.items() if field == name} == {most}
    with pytest.raises(Refused, match="no longer than the house"):
        privacy.keep(town.riverside, by=town.sol, now=NOW, **{**SOON, name: most + 1})
    answer = as_(town.sol).post(reverse("exchange:keeping", args=["riverside"]), {**SOON, name: most + 1})
    assert answer.status_code == 400
    assert not Keeping.objects.exists()
    assert all(apps.get_model(model) for model in forgetting.SHORTER)


def test_the_neighbour_reads_it_before_and_after(town, as_, client):
    as_(town.sol).post(reverse("exchange:keeping", args=["riverside"]), SOON)
    as_(None)
    page = client.get(reverse("exchange:ask", args=["riverside"])).content.decode()
    assert "We forget your address 2 days after it is over, your words and your phone after 5" in page
    _over(town.groceries)
    mine = client.get(reverse("exchange:asking", args=[queries.asking_token(town.asking)])).content.decode()
    assert "June 9, 2026" in mine  # five days after the fourth


def test_only_a_steward_sets_it(town):
    with pytest.raises(Refused):
        privacy.keep(town.riverside, by=town.dee, now=NOW, **SOON)
