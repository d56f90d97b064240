"""P-21: who was forgotten is gone from the live files and from every older backup; everybody else stays readable."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from urllib.parse import quote

import pytest

from manyhands.config.backups import archive
from tests.serving import Server, own_database

pytestmark = pytest.mark.server

OTHERS = 20_000 if os.environ.get("PROMISES_LONG") else 20
BACKUPS = 5 if os.environ.get("PROMISES_LONG") else 2
CANARY = ("Zoë Kanarienvogel", "Bernsteingasse 77", "+17185559911", "Wellensittichfutter", "Klingel Dachboden")
HELPER = ("Kalle Papageitaucher", "kalle.papagei@example.org", "Muschelweg 12")

GATHER = f"""
import json
from tests import cast
from manyhands.exchange import actions as exchange
from manyhands.people.models import ContactPoint, Person
town = cast.gather()
for n in range({OTHERS}):
    cast.ask(town.riverside, name=f"Other {{n}}", reach=f"+1718556{{n % 10000:04}}", words=f"Soup number {{n}}")
posted = exchange.post_asking(
    network=town.riverside, needs=[exchange.NewAsk(category=cast.category(town.riverside, "Food"), words={CANARY[3]!r})],
    name={CANARY[0]!r}, reach={CANARY[2]!r}, language="de", place_text={CANARY[1]!r}, door={CANARY[4]!r},
    lat=40.70417, lon=-73.95313, by=None, now=cast.NOW)
kalle = Person(name={HELPER[0]!r}, login={HELPER[1]!r}, joined_at=cast.NOW)
kalle.set_unusable_password()
kalle.save()
helper = cast.helper(town.riverside, kalle, languages=["en"])
exchange.change_helper(helper.membership, by=None, now=cast.NOW, start_text={HELPER[2]!r}, lat=40.7, lon=-73.9)
exchange.claim_ask(town.groceries, helper=helper, by=None, now=cast.NOW)
zoe = posted.asked_by
marks = [bytes(Person.objects.get(pk=kalle.pk).login_index).hex()]
marks += [bytes(m).hex() for m in ContactPoint.objects.filter(person=zoe).values_list("value_index", flat=True)]
print(json.dumps([[str(zoe.pk), str(kalle.pk)], marks]))
"""

FORGET = """
from django.utils import timezone
from manyhands.exchange import forgetting
from manyhands.people.models import Person
from manyhands.privacy import actions as privacy
for person in Person.objects.filter(pk__in=%r):
    privacy.destroy_key(forgetting.erase_person(person, by=person, now=timezone.now()), now=timezone.now())
"""

# Every column of every row as bytes, and what the house reads of everybody.
READ = """
import json
from django.apps import apps
from django.db import connection
from manyhands.exchange.models import Ask, Helper
from manyhands.people.models import ContactPoint, Person
from manyhands.privacy.models import Erasure
rows = []
with connection.cursor() as cursor:
    for table in connection.introspection.table_names():
        cursor.execute(f'SELECT * FROM "{table}"')
        for row in cursor:
            rows += [bytes(v).hex() if isinstance(v, (bytes, memoryview)) else repr(v) for v in row]
gone = %r
people = {str(p.pk): [p.name, p.login or ""] for p in Person.objects.all()}
asks = {a.pk: [a.words, a.place.text, a.place.door, a.place.lat] for a in Ask.objects.select_related("place")}
theirs = [asks[a] for a in Ask.objects.filter(asking__asked_by__in=gone).values_list("pk", flat=True)]
starts = [[h.start.text, h.start.lat] for h in Helper.objects.filter(membership__person__in=gone).select_related("start")]
receipts = {str(e.holder): [e.before, e.after] for e in Erasure.objects.all()}
print(json.dumps({
    "bytes": rows, "names": [people.pop(key) for key in gone], "others": sum(bool(name) for name, _ in people.values()),
    "soups": sum(words.startswith("Soup number") for words, *_ in asks.values()), "theirs": theirs, "starts": starts,
    "reach": ContactPoint.objects.filter(person__in=gone).count(), "receipts": receipts,
    "held": Ask.objects.get(asking__asked_by__in=[p for p in people if people[p][0] == "Nia Neighbour"]).state,
}))
"""


def spellings(said: str) -> set[bytes]:
    """The ways a text may have been written down."""
    found = {said.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")}
    found |= {quote(said).encode(), json.dumps(said)[1:-1].encode(), said.encode().hex().encode()}
    for start in range(3):  # wherever it may stand within base64
        found.add(base64.b64encode(b"\0" * start + said.encode())[(0, 2, 3)[start] : -4])
    return found


def hits(haystack: bytes, marks: list[str]) -> list[str]:
    """What of the forgotten stands in some bytes."""
    found = [said for said in (*CANARY, *HELPER) for spelled in spellings(said) if spelled in haystack]
    return found + [mark for mark in marks if bytes.fromhex(mark) in haystack or mark.encode() in haystack]


@pytest.mark.parametrize("spell", ["utf-8", "utf-16-le", "hex", "base64"])
def test_what_did_lie_there_would_be_found(spell):
    written = {
        "hex": CANARY[0].encode().hex().encode(),
        "base64": base64.b64encode(b"before " + CANARY[0].encode() + b" behind"),
    }.get(spell) or CANARY[0].encode(spell)
    assert hits(b"\1\2" + written + b"\3", []) == [CANARY[0]]
    assert hits(b"\1\2" + b"\7" * 16 + b"\3", ["07" * 16]) == ["07" * 16]


def test_whoever_is_forgotten_is_gone_from_all_of_it(tmp_path):
    folder, shelf = tmp_path / "data", tmp_path / "shelf"
    folder.mkdir()
    with own_database(folder) as database:
        house = Server(folder, database, demo=False)
        house.run("createnetwork", "elm", "Elm Street", "--steward", "Stella")
        gone, marks = json.loads(house.python(GATHER))
        before = json.loads(house.python(READ % gone))
        assert before["theirs"] == [[CANARY[3], CANARY[1], CANARY[4], 40.70417]]
        assert before["names"] == [[CANARY[0], ""], [HELPER[0], HELPER[1]]]
        assert set(hits("\n".join(before["bytes"]).encode(), marks)) == set(marks)
        old = [
            Path(house.run("backup", "--to", str(shelf / str(n))).stdout.split(" to ")[-1].strip())
            for n in range(BACKUPS)
        ]

        house.python(FORGET % gone)
        now = json.loads(house.python(READ % gone))
        _nothing_is_left(now, marks, before)
        if database.startswith("sqlite"):
            files = [path for path in folder.rglob("*") if path.is_file()]
            assert any(path.name == "served.sqlite3" for path in files)
            assert [(path.name, hit) for path in files for hit in hits(path.read_bytes(), marks)] == []

        key = bytes.fromhex(house.python("from manyhands.kit import ring\nprint(ring.index_key('backup').hex())"))
        for backup in old:
            with backup.open("rb") as file:
                plain = b"".join(archive.Reader(file, key=key).pieces())
            # By what finds them they still stand in the old file, for whoever has the ring's root key; not by a word.
            assert [hit for hit in hits(plain, marks) if hit not in marks] == []
            said = house.run("restore", str(backup), "--yes-replace").stdout
            assert "2 who were forgotten since then were forgotten again." in said
            back = json.loads(house.python(READ % gone))
            _nothing_is_left(back, marks, before)
            assert back["receipts"] == now["receipts"]  # the same receipt as the one they were given
            assert "0 forgotten again." in house.run("forget-again").stdout
        house.run("verify")


def _nothing_is_left(read, marks, before) -> None:
    assert read["names"] == [["", ""], ["", ""]]
    assert read["theirs"] == [["", "", "", None]]
    assert read["starts"] == [["", None]]
    assert read["reach"] == 0
    assert hits("\n".join(read["bytes"]).encode(), marks) == []
    assert (read["others"], read["soups"]) == (before["others"], OTHERS)  # every other is readable
    assert (before["held"], read["held"]) == ("claimed", "ready")  # what they held waits for somebody else
    assert len(read["receipts"]) == 2
    assert all(before and after and before != after for before, after in read["receipts"].values())
