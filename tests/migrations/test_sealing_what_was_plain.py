"""A house of 0.1.0 is brought up to date: all it knew can still be read, and none of it lies open."""

from __future__ import annotations

import json
import os

from tests.serving import Server, own_database

# Rows as 0.1.0 wrote them.
BEFORE = """
import json, uuid
from datetime import datetime, timezone
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
OLD = [("people", "0001_initial"), ("networks", "0001_initial"), ("places", "0001_initial"),
       ("exchange", "0001_initial"), ("deliveries", "0001_initial")]
for room, name in OLD:
    call_command("migrate", room, name, verbosity=0)
apps = MigrationExecutor(connection).loader.project_state(OLD).apps
now = datetime(2026, 6, 4, 15, tzinfo=timezone.utc)
def make(label, **said):
    return apps.get_model(label).objects.create(**said)
town = make("networks.Network", slug="riverside", name="Riverside", made_at=now)
nia = make("people.Person", name="Nia Zephyrine", login="nia@zephyr.example", password="!", joined_at=now)
hana = make("people.Person", name="Hana Quillfeather", joined_at=now, password="!")
gil = make("people.Person", name="Gil Ximenes", joined_at=now, password="!")
for value, kind in (("+17185550123", "phone"), ("nia@zephyr.example", "email")):
    make("people.ContactPoint", person=nia, kind=kind, value=value, typed=value + " please", note="my sister's line")
door = make("places.Place", network=town, text="77 Marmoset Lane", door="bell Kestrel", lat=40.703125, lon=-73.951171875, exactness="door")
start = make("places.Place", network=town, text="Start at Okapi Yard", lat=40.5, lon=-73.5, exactness="corner")
pier = make("places.Place", network=town, text="Pier Narwhal")
hall = make("places.Place", network=town, text="Hall of Gnus", lat=40.1, lon=-73.1, exactness="corner")
food = make("exchange.Category", network=town, name="Food")
row = {"key": str(uuid.uuid4()), "number": 2, "headings": ["Name"], "cells": ["Nia Zephyrine, wheelchair Tapir"]}
asking = make("exchange.Asking", network=town, asked_by=nia, source="file", for_name="Aunt Quetzal", consent_at=now,
              nonce="n", token_digest="d", made_at=now, submission=row["key"])
make("exchange.Ask", network=town, asking=asking, code="AAAA", category=food, words="Soup for Capybara", notes="knock, says Ibex",
     place=door, asked_at=now, moved_at=now, expires_at=now, row=row)
make("exchange.Offer", network=town, offered_by=gil, code="BBBB", words="A pram from Wombat", place=pier, offered_at=now,
     expires_at=now, nonce="o", token_digest="e", row=row)
membership = make("networks.Membership", network=town, person=hana, since=now)
make("exchange.Helper", network=town, membership=membership, start=start, languages=["es", "xx-lemur"], skills=["sloth tamer"],
     hours=[{"day": 0, "from": "17:00", "until": "20:00"}], row=row)
make("deliveries.Hub", network=town, name="Hall", place=hall)
make("people.Person", joined_at=now, password="!")
make("exchange.Helper", network=town, start=pier,
     membership=make("networks.Membership", network=town, person=gil, since=now))
print(json.dumps(row["key"]))
"""
AFTER = """
import json
from django.core.management import call_command
from django.db import connection
call_command("migrate", verbosity=0)
from manyhands.deliveries.models import Hub
from manyhands.exchange.importing import blinded
from manyhands.exchange.models import Ask, Asking, Helper, Offer
from manyhands.kit import ring
from manyhands.people.models import ContactPoint, Person
from manyhands.people.queries import reached_at, signing_in_as
from uuid import UUID
ask, offer, asking = Ask.objects.get(), Offer.objects.get(), Asking.objects.get()
hana = next(helper for helper in Helper.objects.all() if helper.languages)
name = blinded(UUID(KEY), ring.index_key(f"index:{ask.network_id}:row"))
assert (asking.submission, offer.submission == name, hana.imported_as) == (name, False, name)
assert ask.place.holder == ask.holder == asking.asked_by_id
assert hana.start.holder == hana.holder == hana.membership.person_id
assert Hub.objects.get().place.holder == ask.network_id
nia = asking.asked_by
assert signing_in_as(["nia@zephyr.example"]) == nia
assert [point.person for point in reached_at(["+17185550123"])] == [nia]
assert len({point.row for point in ContactPoint.objects.all()}) == 2
columns = []
with connection.cursor() as cursor:
    for table in connection.introspection.table_names(cursor):
        cursor.execute(f'SELECT * FROM "{table}"')
        columns += [repr(bytes(cell) if isinstance(cell, memoryview) else cell) for line in cursor.fetchall() for cell in line]
print(json.dumps({
    "names": sorted(person.name for person in Person.objects.all()), "login": nia.login,
    "contacts": sorted([point.value, point.typed, point.note] for point in ContactPoint.objects.all()),
    "ask": [ask.words, ask.notes, ask.row["cells"], asking.for_name],
    "door": [ask.place.text, ask.place.door, ask.place.lat, ask.place.lon],
    "offer": [offer.words, offer.row["number"], offer.place.text, offer.place.lat],
    "helper": [hana.languages, hana.skills, hana.hours, hana.start.text, hana.start.lat],
    "hub": [Hub.objects.get().place.text, Hub.objects.get().place.lat],
    "columns": columns,
}))
"""
CANARIES = (
    "Zephyrine", "zephyr.example", "Quillfeather", "Ximenes", "7185550123", "sister", "Marmoset", "Kestrel", "Okapi", "Narwhal",
    "Gnus", "Quetzal", "Tapir", "Capybara", "Ibex", "Wombat", "lemur", "sloth", "40.703125",
)  # fmt: skip


def test_a_house_of_the_last_version_is_sealed_and_nothing_is_lost(tmp_path):
    house = tmp_path / "house"
    house.mkdir()
    with own_database(house, empty=True) as database:
        server = Server(house, database, demo=False)
        server.env["MANYHANDS_KEYS_DIR"] = str(tmp_path / "keys")
        key = json.loads(server.python(BEFORE))
        files = b"".join(path.read_bytes() for path in house.rglob("*") if path.is_file())
        on_files = not os.environ.get("MANYHANDS_DATABASE_URL", "").startswith("postgres")
        # The canaries can be seen where they lie open; only then does it mean something that they are not seen later.
        assert not on_files or all(canary.encode() in files for canary in CANARIES if canary != "40.703125")
        after = json.loads(server.python(f"KEY = {key!r}\n" + AFTER))
        assert after["names"] == ["", "Gil Ximenes", "Hana Quillfeather", "Nia Zephyrine"]
        assert after["login"] == "nia@zephyr.example"
        assert after["contacts"] == [
            ["+17185550123", "+17185550123 please", "my sister's line"],
            ["nia@zephyr.example", "nia@zephyr.example please", "my sister's line"],
        ]
        assert after["ask"] == [
            "Soup for Capybara", "knock, says Ibex", ["Nia Zephyrine, wheelchair Tapir"], "Aunt Quetzal"
        ]  # fmt: skip
        assert after["door"] == ["77 Marmoset Lane", "bell Kestrel", 40.703125, -73.951171875]
        assert after["offer"] == ["A pram from Wombat", 2, "Pier Narwhal", None]
        assert after["helper"] == [
            ["es", "xx-lemur"], ["sloth tamer"], [{"day": 0, "from": "17:00", "until": "20:00"}], "Start at Okapi Yard", 40.5
        ]  # fmt: skip
        assert after["hub"] == ["Hall of Gnus", 40.1]
        assert [canary for canary in CANARIES if any(canary in cell for cell in after["columns"])] == []
        files = b"".join(path.read_bytes() for path in house.rglob("*") if path.is_file())
        assert [canary for canary in CANARIES if canary.encode() in files] == []
