"""A list that asks for what a group should not know: it is argued against, takes a second person, and ends by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from manyhands.exchange import actions, queries
from manyhands.exchange.models import Category, Cause
from manyhands.journal.models import Entry
from manyhands.privacy import actions as privacy
from manyhands.privacy.models import Unlock
from tests import cast

pytestmark = pytest.mark.django_db

NEW_CAUSE = "/riverside/desk/lists/cause/new/"
ASKING = {"name": "Immigration status", "is_used": "on", "position": "9", "name_es": "Estatus migratorio"}


def in_days(days: int) -> str:
    """The day so many days from today, where the network is: at night it is another one in London."""
    return (timezone.now() + timedelta(days=days)).astimezone(cast.ZONE).date().isoformat()


def test_it_argues_says_what_instead_and_loses_nothing(town, as_):
    answer = as_(town.sol).post(NEW_CAUSE, ASKING)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "this asks for immigration status or papers" in page
    assert "can be demanded by a court" in page
    assert "In which language shall we talk?" in page
    assert 'value="Immigration status"' in page
    assert 'value="Estatus migratorio"' in page
    assert "Ask for it until" in page
    assert not Cause.objects.filter(name="Immigration status").exists()


def test_a_translation_is_read_as_well(town, as_):
    answer = as_(town.sol).post(NEW_CAUSE, {**ASKING, "name": "Papers"})
    assert "Perhaps better not asked" in answer.content.decode()


def test_neither_a_day_nor_a_second_yes_alone_is_enough(town, as_):
    client = as_(town.sol)
    assert "It takes a second person" in client.post(NEW_CAUSE, {**ASKING, "asked_until": in_days(30)}).content.decode()
    unlock = privacy.ask_to_open(
        what="question", network=town.riverside, reason="A fund asks", by=town.sol, now=timezone.now()
    )
    privacy.answer(unlock, yes=True, by=town.dee, now=timezone.now())
    for day in ("", in_days(-1), in_days(91)):
        answer = client.post(NEW_CAUSE, {**ASKING, "asked_until": day})
        assert "Please say until when" in answer.content.decode(), day
    assert not Cause.objects.filter(name="Immigration status").exists()


def test_with_both_it_is_asked_is_written_down_and_ends_by_itself(town, as_):
    client = as_(town.sol)
    asked = client.post(NEW_CAUSE, {**ASKING, "asked_until": in_days(30), "do": "second"})
    assert "Save once they agreed" in asked.content.decode()
    unlock = Unlock.objects.get(what="question")
    assert unlock.reason == "Immigration status: It asks for immigration status or papers."
    privacy.answer(unlock, yes=True, by=town.dee, now=timezone.now())
    assert client.post(NEW_CAUSE, {**ASKING, "asked_until": in_days(30)}).status_code == 302
    cause = Cause.objects.get(name="Immigration status")
    assert Entry.objects.filter(verb="cause.saved").latest("pk").details == {
        "asks_for": ["immigration"], "until": in_days(30),
    }  # fmt: skip
    # Moving it about needs no third person.
    later = timezone.now() + timedelta(days=3)
    actions.save_cause(
        town.riverside, cause=cause, by=town.sol, now=later, name=cause.name, names=cause.names, is_used=True, position=1,
        asked_until=cause.asked_until,
    )  # fmt: skip
    assert actions.take_off_the_form(now=timezone.now() + timedelta(days=29)) == 0
    assert cause in queries.causes_of(town.riverside)
    assert actions.take_off_the_form(now=timezone.now() + timedelta(days=32)) == 1
    assert cause not in queries.causes_of(town.riverside)


def test_every_member_reads_that_it_was_asked(town, as_):
    privacy.ask_to_open(what="question", network=town.riverside, reason="A fund asks", by=town.sol, now=timezone.now())
    assert (
        "ask for what a group should rather not know" in as_(town.hugo).get("/riverside/two-people/").content.decode()
    )


def test_an_honest_kind_of_need_meets_no_argument(town, as_):
    said = {"name": "Halal food", "icon": "carrot", "minutes": "5", "boxes": "1", "is_used": "on", "position": "20"}
    assert as_(town.sol).post("/riverside/desk/lists/category/new/", said).status_code == 302
    assert Category.objects.get(name="Halal food").asked_until is None


def test_what_is_off_the_form_may_say_what_it_likes(town, as_):
    said = {key: value for key, value in ASKING.items() if key != "is_used"}
    assert as_(town.sol).post(NEW_CAUSE, said).status_code == 302
