"""What is sealed reads as before, lies as bytes, and lets itself be used for nothing else."""

from __future__ import annotations

import copy
import json
import pickle
import uuid

import pytest
from django.db import ProgrammingError, connection
from django.db.models import F, Max
from django.db.models.functions import Lower

from manyhands.exchange.models import Ask, Asking, Helper, Offer
from manyhands.kernel import sealing
from manyhands.kit import ring
from manyhands.kit.sealed_fields import Misused, Sealed, SealedField, _filled_up, _taken_off, read_opened
from manyhands.people.models import ContactPoint, Person
from manyhands.people.queries import reached_at, signing_in_as
from manyhands.places.models import Place
from tests import cast
from tests.cast import NOW


def stored(thing, column: str) -> bytes | None:
    """What really stands in the column."""
    table, key = thing._meta.db_table, thing._meta.pk.get_db_prep_value(thing.pk, connection)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM "{table}" WHERE id = %s', [key])
        (value,) = cursor.fetchone()
    return None if value is None else bytes(value)


def put(thing, column: str, content: bytes) -> None:
    key = thing._meta.pk.get_db_prep_value(thing.pk, connection)
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{thing._meta.db_table}" SET "{column}" = %s WHERE id = %s', [content, key])


# ── It reads as before ───────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_written_is_read_and_lies_sealed(town):
    ask = Ask.objects.select_related("place", "asking__asked_by").get(pk=town.groceries.pk)
    assert (ask.words, ask.place.text, ask.place.lat) == ("Groceries for four", "412 Elm Street", 40.7031)
    assert ask.asking.asked_by.name == "Nia Neighbour"
    for thing, column, said in (
        (ask, "words", b"Groceries"), (ask.place, "text", b"Elm"), (ask.asking.asked_by, "name", b"Nia"),
    ):  # fmt: skip
        lies = stored(thing, column)
        assert said not in lies
        assert lies[0] == 1


@pytest.mark.parametrize("words", ["", "x", "ناديا", "a\x80\x00", "\x00", "ä" * 31, "y" * 255, "z" * 2000])
def test_every_text_comes_back(town, words):
    ask = Ask.objects.get(pk=town.groceries.pk)
    ask.words = words
    ask.save()
    assert Ask.objects.get(pk=ask.pk).words == words


def test_how_long_a_text_is_does_not_show():
    lengths = {len(_filled_up(b"n" * length)) for length in range(32)}
    assert lengths == {32}
    assert {len(_filled_up(b"n" * length)) for length in range(256, 511)} == {512}
    assert _taken_off(_filled_up(b"a\x80\0\0")) == b"a\x80\0\0"


def test_nothing_stays_nothing(town):
    ask, place = Ask.objects.get(pk=town.groceries.pk), Place.objects.get(pk=town.pram.place_id)
    ask.words, ask.notes, place.lat, place.lon = "", "", None, None
    ask.save()
    place.save()
    assert (stored(ask, "words"), stored(ask, "notes"), stored(ask, "row"), stored(place, "lat")) == (
        b"",
        b"",
        b"",
        None,
    )
    assert (Ask.objects.get(pk=ask.pk).row, Place.objects.get(pk=place.pk).lat) == ({}, None)
    assert Ask.objects.filter(pk=ask.pk, words="", row={}).exists()
    assert Place.objects.filter(pk=place.pk, lat=None).exists()
    assert not Place.objects.filter(pk=town.groceries.place_id, lat__isnull=True).exists()


def test_lists_and_mappings_come_back(town):
    helper = Helper.objects.get(pk=town.hana.pk)
    helper.hours, helper.row = [{"day": 0, "from": "17:00"}], {"cells": ["Ä", 1, None]}
    helper.save(update_fields=["hours", "row"])
    again = Helper.objects.get(pk=town.hana.pk)
    assert (again.hours, again.row, again.languages) == (
        [{"day": 0, "from": "17:00"}],
        {"cells": ["Ä", 1, None]},
        ["en", "es"],
    )


def test_a_place_lies_on_the_earth_or_nowhere(town):
    place = Place.objects.get(pk=town.groceries.place_id)
    for lat in (91.0, float("nan"), -200.0):
        place.lat = lat
        with pytest.raises(ValueError, match="lat"):
            place.save()


def test_saving_what_was_not_opened_leaves_it_as_it_lies(town):
    before = stored(town.groceries, "words")
    Ask.objects.get(pk=town.groceries.pk).save()
    assert stored(town.groceries, "words") == before


def test_fields_left_out_are_fetched_when_they_are_asked_for(town):
    assert Ask.objects.only("code").get(pk=town.groceries.pk).words == "Groceries for four"
    assert Ask.objects.defer("words", "holder").get(pk=town.groceries.pk).words == "Groceries for four"
    ask = Ask.objects.get(pk=town.groceries.pk)
    ask.words = "not saved"
    ask.refresh_from_db()
    assert ask.words == "Groceries for four"


def test_copies_of_a_row_take_no_keys_along(town):
    ask = Ask.objects.get(pk=town.groceries.pk)
    assert ask.words
    packed = pickle.dumps(ask)
    assert ring.key_of(ask.holder) not in packed
    assert pickle.loads(packed).words == copy.copy(ask).words == "Groceries for four"


def test_a_row_copied_under_another_key_is_sealed_anew(town):
    again = Ask.objects.get(pk=town.groceries.pk)
    again.pk, again.code, again._state.adding = uuid.uuid4(), "COPY", True
    again.save()
    assert Ask.objects.get(code="COPY").words == "Groceries for four"


def test_many_at_once_are_made_and_read(town):
    asks = [Ask.objects.get(pk=cast.ask(town.riverside, words=f"ask {number}").pk) for number in range(3)]
    copies = [Ask(**{f.attname: getattr(ask, f.attname) for f in Ask._meta.concrete_fields}) for ask in asks]
    Ask.objects.filter(pk__in=[ask.pk for ask in asks]).delete()
    Ask.objects.bulk_create(copies)
    assert sorted(Ask.objects.get(pk=ask.pk).words for ask in asks) == ["ask 0", "ask 1", "ask 2"]


def test_the_keys_of_a_list_are_fetched_together(town, monkeypatch):
    for number in range(12):
        cast.ask(town.riverside, name=f"Ada {number}")
    fetched = []
    monkeypatch.setattr(ring, "keys_of", lambda holders, keys_of=ring.keys_of: fetched.append(1) or keys_of(holders))
    names = [ask.asking.asked_by.name + ask.words for ask in Ask.objects.select_related("asking__asked_by")]
    assert len(names) == 14
    assert len(fetched) == 1


def test_many_rows_are_read_opened_without_loading_them(town):
    rows = read_opened(
        Ask.objects.filter(network=town.riverside), "code", "words", "asking__asked_by__name", "place__lat"
    )
    assert list(rows) == [(town.groceries.code, "Groceries for four", "Nia Neighbour", 40.7031)]


# ── It lets itself be used for nothing else ──────────────────────────────────────────────────────────────────────────


MISUSES = {
    "filter": lambda: list(Person.objects.filter(name="Nia")),
    "over a relation": lambda: list(Ask.objects.filter(asking__asked_by__name="Nia")),
    "exclude": lambda: list(Ask.objects.exclude(words="Groceries")),
    "one of": lambda: list(Person.objects.filter(name__in=["Nia"])),
    "icontains": lambda: list(Ask.objects.filter(words__icontains="gro")),
    "greater": lambda: list(Place.objects.filter(lat__gte=1)),
    "between": lambda: list(Place.objects.filter(lat__range=(1, 2))),
    "within json": lambda: list(Helper.objects.filter(row__key="x")),
    "order": lambda: list(Person.objects.order_by("name")),
    "order over a relation": lambda: list(Ask.objects.order_by("asking__asked_by__name")),
    "order by F": lambda: list(Person.objects.order_by(F("name").desc())),
    "order by a function": lambda: list(Person.objects.order_by(Lower("name"))),
    "compare": lambda: list(Ask.objects.filter(code=F("words"))),
    "update": lambda: Ask.objects.update(words="x"),
    "bulk update": lambda: Offer.objects.bulk_update([_with(Offer.objects.get(), words="x")], ["words"]),
    "values": lambda: "Nia" in [row["name"] for row in Person.objects.values("name")],
    "values list": lambda: sorted(Person.objects.values_list("name", flat=True)),
    "values as text": lambda: str(Person.objects.values_list("name", flat=True)[0]),
    "values as json": lambda: json.dumps(list(Person.objects.values_list("name", flat=True))),
    "annotated": lambda: [f"{ask.who}" for ask in Ask.objects.annotate(who=F("asking__asked_by__name"))],
    "greatest": lambda: bool(Person.objects.aggregate(last=Max("name"))["last"]),
}  # fmt: skip


def _with(thing, **said):
    for name, value in said.items():
        setattr(thing, name, value)
    return thing


@pytest.mark.parametrize("how", MISUSES)
def test_the_database_is_never_asked_about_it_quietly(town, how):
    # PostgreSQL refuses some of it by itself: it knows no greatest of two runs of bytes.
    with pytest.raises((TypeError, ProgrammingError), match=r"seal|Sealed|bytea"):
        MISUSES[how]()


def test_a_row_without_a_holder_can_seal_nothing(town):
    with pytest.raises(Misused, match="holder"):
        Place(network=town.riverside, text="Pier 3").save()


# ── Found by its index ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sign_in_and_a_contact_are_found_exactly(town):
    assert signing_in_as(["dee@example.org"]) == town.dee
    assert signing_in_as(["DEE@example.org", "de"]) is None
    assert [point.person for point in reached_at(["+17185550123"])] == [town.nia]
    assert not reached_at(["+1718555012"]).exists()


def test_the_index_goes_with_what_it_finds(town):
    town.dee.login = "dee@elsewhere.example"
    town.dee.save(update_fields=["login"])
    assert (signing_in_as(["dee@elsewhere.example"]), signing_in_as(["dee@example.org"])) == (town.dee, None)
    Person.objects.get(pk=town.dee.pk).save()
    assert signing_in_as(["dee@elsewhere.example"]) == town.dee
    town.dee.login = None
    town.dee.save()
    assert stored(town.dee, "login_index") is None


def test_the_index_tells_nothing_without_the_ring(town):
    point = ContactPoint.objects.get(person=town.nia)
    mark = stored(point, "value_index")
    assert len(mark) == 16
    assert mark != sealing.blind(bytes(32), point.value)


# ── P-27: wrong or missing key fails closed ──────────────────────────────────────────────────────────────────────────


def test_a_forgotten_persons_fields_read_as_nothing(town):
    ring.forget(town.nia.pk, now=NOW)
    ask = Ask.objects.select_related("place", "asking__asked_by").get(pk=town.groceries.pk)
    assert (ask.words, ask.row, ask.place.text, ask.place.lat, ask.asking.asked_by.name) == ("", {}, "", None, "")
    assert list(read_opened(Ask.objects.filter(pk=ask.pk), "words", "place__lat")) == [("", None)]
    before = stored(ask, "words")
    ask.save()
    assert stored(ask, "words") == before
    ask.words = "new words"
    with pytest.raises(ring.Gone):
        ask.save()


def test_a_page_with_a_forgotten_person_still_shows(town, as_):
    ring.forget(town.nia.pk, now=NOW)
    page = as_(town.dee).get("/riverside/desk/?tab=all")
    assert page.status_code == 200
    assert town.groceries.code in page.content.decode()
    assert as_(town.dee).get(f"/riverside/desk/asks/{town.groceries.code}/").status_code == 200


def test_a_key_there_never_was_is_an_error(town):
    put_holder = Place.objects.filter(pk=town.groceries.place_id)
    put_holder.update(holder=town.groceries.pk)
    with pytest.raises(ring.Missing):
        _ = put_holder.get().text


def test_every_flipped_byte_is_noticed(town):
    content = stored(town.groceries, "words")
    for place in range(len(content)):
        put(town.groceries, "words", content[:place] + bytes([content[place] ^ 0x40]) + content[place + 1 :])
        with pytest.raises(sealing.Broken):
            _ = Ask.objects.get(pk=town.groceries.pk).words
    for length in range(1, len(content)):
        put(town.groceries, "words", content[:length])
        with pytest.raises(sealing.Broken):
            _ = Ask.objects.get(pk=town.groceries.pk).words


def test_what_was_moved_does_not_open(town):
    other = cast.ask(town.riverside)
    place = Place.objects.get(pk=town.groceries.place_id)
    moves = [
        (town.groceries, "notes", stored(town.groceries, "words")),  # another column
        (other, "words", stored(town.groceries, "words")),  # another row
        (place, "lat", stored(place, "lon")),
        (place, "door", stored(place, "text")),
    ]
    for thing, column, content in moves:
        put(thing, column, content)
        with pytest.raises(sealing.Broken):
            getattr(type(thing).objects.get(pk=thing.pk), column)


def test_what_went_to_another_network_or_holder_does_not_open(town):
    Ask.objects.filter(pk=town.groceries.pk).update(network=town.hillside)
    with pytest.raises(sealing.Broken):
        _ = Ask.objects.get(pk=town.groceries.pk).words
    Asking.objects.filter(pk=town.groceries.asking_id).update(asked_by=town.dee)
    Offer.objects.filter(pk=town.pram.pk).update(offered_by=town.dee)
    with pytest.raises(sealing.Broken):
        _ = Offer.objects.get(pk=town.pram.pk).words


def test_ciphertext_is_never_shown_as_text(town, as_):
    content = stored(town.groceries, "words")
    put(town.groceries, "words", content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(sealing.Broken):
        as_(town.dee).get(f"/riverside/desk/asks/{town.groceries.code}/")
    assert repr(Sealed(content)) == f"<sealed, {len(content)} bytes>"


def test_every_sealed_field_has_a_holder_to_lie_under():
    from django.apps import apps

    models = {
        model for model in apps.get_models() for field in model._meta.concrete_fields if isinstance(field, SealedField)
    }
    assert len(models) >= 7
    for model in models:
        under = model.under
        assert model._meta.get_field(under.row).get_internal_type() == "UUIDField"
        assert hasattr(model, under.holder)
        assert not under.network or hasattr(model, under.network)
