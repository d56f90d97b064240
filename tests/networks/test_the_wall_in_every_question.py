"""P-31: inside one network every question Django makes is about that network's rows alone, on both databases."""

from __future__ import annotations

import uuid

import pytest
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Prefetch, Q

from manyhands.config.walled_queries.walling import only_ours
from manyhands.deliveries.models import Plan, Run, Stop
from manyhands.exchange.models import Ask, Asking, Category, Claim
from manyhands.kit import wall
from manyhands.networks.models import Membership, Network
from manyhands.people.models import Person
from tests import cast, loud_wall
from tests.architecture.access import ACCESS


@pytest.fixture
def silent(town, monkeypatch):
    """The town, and the wall as it is in life: it narrows and says nothing."""
    monkeypatch.setattr(loud_wall.SPOKE, "is_on", False)
    return town


QUESTIONS = {
    "rows": lambda: {one.network_id for one in Ask.objects.all()},
    "values": lambda: set(Ask.objects.values_list("network", flat=True)),
    "values of what is joined": lambda: set(Ask.objects.values_list("asking__network", flat=True)),
    "one by its key": lambda: {one.network_id for one in Ask.objects.filter(pk__in=Ask.objects.values("pk"))},
    "in chunks": lambda: {one.network_id for one in Ask.objects.iterator(chunk_size=1)},
    "several together": lambda: set(
        Ask.objects.order_by()
        .values_list("network", flat=True)
        .union(Membership.objects.values_list("network", flat=True))
    ),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_without_a_filter_finds_this_networks_rows(question, silent):
    assert QUESTIONS[question]() == {silent.riverside.pk, silent.hillside.pk}
    for network in (silent.riverside, silent.hillside):
        with wall.within(network.pk):
            assert QUESTIONS[question]() == {network.pk}


def test_what_is_counted_summed_and_asked_within_is_this_networks_alone(silent):
    one = Category.objects.filter(network=silent.hillside).first()
    with wall.within(silent.riverside.pk):
        assert Ask.objects.count() == 1
        assert Ask.objects.aggregate(n=Count("pk")) == {"n": 1}
        assert not Ask.objects.filter(pk=silent.elsewhere.pk).exists()
        assert not Category.objects.filter(pk=one.pk).exists()
        has_ask = Exists(Ask.objects.filter(network=OuterRef("pk")))
        assert list(Network.objects.filter(has_ask)) == [silent.riverside]
        assert dict(Network.objects.annotate(n=Count("memberships")).values_list("slug", "n"))["hillside"] == 0
        with pytest.raises(Ask.DoesNotExist):
            silent.elsewhere.refresh_from_db()


def test_what_is_joined_and_may_be_missing_is_missing_and_not_its_row(silent):
    """Otto's only membership is Hillside's: inside Riverside he is a person without one, and still a person."""
    with wall.within(silent.riverside.pk):
        people = Person.objects.filter(pk__in=[silent.otto.pk, silent.dee.pk])
        loaded = Network.objects.prefetch_related(Prefetch("memberships")).get(pk=silent.hillside.pk)
        assert len(people) == 2
        assert list(loaded.memberships.all()) == []


def test_what_belongs_to_a_networks_thing_is_behind_the_wall_with_it(silent):
    scene = ACCESS["deliveries:plan"].prepare(silent)
    with wall.within(silent.riverside.pk):
        assert set(Stop.objects.values_list("plan", flat=True)) == {scene.plan.pk}
        assert list(Stop.objects.filter(pk=scene.foreign_stop.pk)) == []
        assert list(Plan.objects.filter(stops=scene.foreign_stop.pk)) == []
        assert list(Run.objects.values_list("pk", flat=True)) == [scene.run.pk]


def test_no_row_of_another_network_is_changed_or_taken_out(silent):
    claims = [
        Claim.objects.create(
            network=ask.network, ask=ask, helper=helper, state="returned", claimed_at=cast.NOW, ended_at=cast.NOW
        )
        for ask, helper in ((silent.groceries, silent.hana), (silent.elsewhere, silent.ola))
    ]  # fmt: skip
    with wall.within(silent.riverside.pk):
        assert Ask.objects.update(skill="driver") == 1
        assert Ask.objects.filter(asking__source="page").update(skill="cook") == 1
        assert Claim.objects.filter(pk=claims[1].pk).delete()[0] == 0
        assert Claim.objects.filter(helper__mode="foot").delete()[0] == 0
        assert Claim.objects.all().delete()[0] == 1
    assert list(Claim.objects.values_list("pk", flat=True)) == [claims[1].pk]
    silent.elsewhere.refresh_from_db()
    assert silent.elsewhere.skill == ""


def test_no_row_is_put_into_another_network_or_moved_there(silent):
    with wall.within(silent.riverside.pk):
        with pytest.raises(wall.OfAnother), transaction.atomic():
            Category.objects.create(network=silent.hillside, name="Stairs")
        with pytest.raises(wall.OfAnother), transaction.atomic():
            Category.objects.bulk_create([Category(network=silent.hillside, name="Stairs")])
        with pytest.raises(wall.OfAnother), transaction.atomic():
            Category.objects.update(network=silent.hillside)
        with pytest.raises(wall.OfAnother), transaction.atomic():
            silent.elsewhere.save()
        Category.objects.create(network=silent.riverside, name="Stairs")
        silent.groceries.save()


def test_who_said_nothing_gets_no_answer(town):
    wall.not_yet()
    try:
        joined = Network.objects.filter(memberships__role="helper")
        for question in (Ask.objects.all, Asking.objects.values_list, joined.all, Stop.objects.all):
            with pytest.raises(wall.NotSaid), transaction.atomic():
                list(question())
        with pytest.raises(wall.NotSaid), transaction.atomic():
            Ask.objects.update(skill="driver")
        with pytest.raises(wall.NotSaid), transaction.atomic():
            Claim.objects.all().delete()
        with pytest.raises(wall.NotSaid), transaction.atomic():
            Category.objects.bulk_create([Category(network=town.riverside, name="Stairs")])
        assert Network.objects.count() == 2, "that a network exists is public"
        with wall.everywhere():
            assert Ask.objects.count() == 2
    finally:
        wall.step_out()


def test_a_page_that_asks_before_it_knows_of_which_network_is_not_answered(client, town, monkeypatch):
    from manyhands.home import views

    client.raise_request_exception = False
    assert client.get("/").status_code == 200
    monkeypatch.delattr(views.front, "looks_across")
    client.force_login(town.eve)
    assert client.get("/").status_code == 500
    assert wall.inside() == wall.EVERY


def test_in_the_suite_the_wall_speaks(town):
    """What each of these asks leans on the wall: silent in life, it fails a test."""
    leaning = (
        lambda: list(Ask.objects.all()),
        Ask.objects.count,
        lambda: Ask.objects.filter(pk=town.elsewhere.pk).exists(),
        lambda: list(Ask.objects.values_list("code")),
        lambda: Ask.objects.update(skill="driver"),
        lambda: Claim.objects.filter(helper__network=town.hillside).count() or Membership.objects.all().delete(),
    )
    with wall.within(town.riverside.pk):
        for question in leaning:
            with pytest.raises(loud_wall.LeansOnTheWall), transaction.atomic():
                question()
        mine = Ask.objects.filter(network=town.riverside)
        assert [mine.count(), len(mine), mine.update(skill="driver")] == [1, 1, 1]


@pytest.mark.usefixtures("strict")
def test_a_strict_question_has_to_hang_on_the_network_or_a_key_whatever_rows_there_are(town):
    town.elsewhere.delete()
    here, asking = town.riverside, town.asking
    loose = (
        lambda: list(Ask.objects.all()),
        lambda: Ask.objects.filter(code="AAAAA").exists(),
        lambda: Ask.objects.filter(Q(network=here) | Q(state="new")).count(),
        lambda: list(Ask.objects.exclude(network=here)),
        lambda: list(Membership.objects.filter(person=town.dee)),
        lambda: list(Network.objects.filter(Exists(Ask.objects.filter(state="new")))),
        lambda: list(Ask.objects.filter(network=here, asking__asked_by__in=Membership.objects.values("person"))),
        lambda: Ask.objects.filter(state="new").update(skill="driver"),
        lambda: Ask.objects.filter(state="new").delete(),
    )
    held = (
        lambda: list(Ask.objects.filter(Q(network=here) | Q(pk=asking.pk), state="new")),
        lambda: list(Ask.objects.filter(asking=asking)),
        lambda: list(Ask.objects.filter(asking__network=here, place__area__name="Harbour")),
        lambda: list(Claim.objects.filter(ask__in=Ask.objects.filter(network=here))),
        lambda: list(here.memberships.filter(person=town.dee)),
    )
    with wall.within(here.pk):
        for question in loose:
            with pytest.raises(loud_wall.HangsOnNothing), transaction.atomic():
                question()
        for question in held:
            question()


def test_what_is_written_into_the_sql_comes_from_a_network_alone(town):
    compiler = Ask.objects.all().query.get_compiler("default")
    for odd in ("' OR 1=1 --", "%s", "riverside"):
        wall._inside.set(odd)
        try:
            with pytest.raises(ValueError, match="hexadecimal"):
                only_ours("exchange_ask", "exchange_ask", compiler)
        finally:
            wall.step_out()
    with wall.within(uuid.uuid4()):
        assert only_ours("people_person", "people_person", compiler) is None
