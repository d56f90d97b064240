"""P-20: whoever takes the disk of a house that is off, without its keys, finds nobody in it.

Made-up people go through the pages, an import, a plan and an error; then every file of the data folder and every cell of
the database is searched for what they said, in each way it could be written. ``PROMISES_LONG=1`` takes a thousand people.
"""

from __future__ import annotations

import base64
import json
import os
import quopri
import random
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

import numpy as np
import pytest

from manyhands.kit.ring import Ring, Shut
from tests.serving import Server, own_database

HEAD, AT_ONCE = 6, 4_000_000  # by how many bytes texts are looked up, and how many are looked at together
PEOPLE = 1000 if os.environ.get("PROMISES_LONG") else 12
OPEN = """
from manyhands.kernel import sealing
sealing.seal = lambda key, plain, *, generation, about: b"\\x01" + plain + b"\\x01" * 40
sealing.open_ = lambda key, sealed, *, about: bytes(sealed)[1:-40]
"""
LIFE = """
import json, logging, os
from datetime import timedelta
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
logging.basicConfig(filename=os.path.join(os.environ["MANYHANDS_DATA_DIR"], "debug.log"), level=logging.DEBUG, force=True)
from manyhands.deliveries import actions as plans
from manyhands.deliveries import planning, settling
from manyhands.deliveries import queries as deliveries
from manyhands.deliveries.models import Plan
from manyhands.exchange import actions, exporting
from manyhands.exchange import finding as exchange_finding
from manyhands.exchange.models import Ask, Category, Offer
from manyhands.kernel import routing
from manyhands.networks.states import Role
from manyhands.people import actions as people
from tests import cast
now = timezone.now()
host, sol, dee = cast.person("Hosni Host", is_host=True), cast.person("Sol Steward"), cast.person("Dee Dispatcher")
town = cast.network("riverside", "Riverside", sol)
cast.member(town, dee, Role.DISPATCHER)
food = Category.objects.filter(network=town).first()
desk, anyone = Client(SERVER_NAME="127.0.0.1"), Client(SERVER_NAME="127.0.0.1")
desk.force_login(dee)
def post(client, path, data, **more):
    answer = client.post(path, data, **more)
    assert answer.status_code < 400, (path, answer.status_code, answer.content.decode()[:3000])
    return answer
said = json.loads(CANARIES)
for who in said:
    asking = actions.post_asking(network=town, needs=[actions.NewAsk(category=food, words=who["words"], notes=who["note"],
        wanted_from=now + timedelta(hours=2), wanted_until=now + timedelta(hours=5))],
        name=who["name"], reach=who["phone"], place_text=who["address"], door=who["door"], lat=who["lat"], lon=who["lon"],
        for_name=who["for"], consent=True, now=now)
    people.add_contact_point(asking.asked_by, typed=who["email"], region="US")
    actions.make_ready(asking.asks.get(), by=dee, now=now)
first = said[0]
# By the pages: written down at the desk, looked for, changed, offered, joined, signed in.
post(desk, "/riverside/desk/write-down/", {"needs": [str(food.pk)], "name": first["name"], "reach": first["phone"],
    "words": first["words"], "notes": first["note"], "place_text": first["address"], "submission": "11111111-1111-4111-8111-111111111111"})
for words in (first["name"], first["phone"], first["address"], first["words"]):
    page = desk.get("/riverside/desk/", {"words": words, "tab": "all"})
    assert page.status_code == 200 and Ask.objects.first() is not None
post(desk, "/riverside/desk/offers/write-down/", {"kind": "thing", "words": first["words"], "name": first["name"],
    "reach": first["email"], "place_text": first["address"], "submission": "22222222-2222-4222-8222-222222222222"})
post(anyone, "/riverside/join/", {"name": first["name"], "login": first["email"], "password": cast.PASSWORD})
helpers = [cast.helper(town, people.note_person(name=who["name"], reach=who["phone"], region="US", now=now),
    skills=[who["skill"]], end_text=who["address"]) for who in said[:3]]
anyone.get("/riverside/")
code = Ask.objects.order_by("asked_at").first().code
assert desk.get(f"/riverside/desk/asks/{code}/").status_code == 200
# A sheet is brought in, once all the way and once only looked at: that one stays in the house for an hour.
from django.core.files.uploadedfile import SimpleUploadedFile
head = "Name,Phone,Address,What do you need?,Details\\n"
rows = [",".join('"%s"' % who[name] for name in ("name", "phone", "address", "words", "note")) for who in said]
for part in (rows[: len(rows) // 2], rows):
    sheet = SimpleUploadedFile("sheet.csv", (head + "\\n".join(part)).encode())
    kept = post(desk, "/riverside/desk/import/", {"file": sheet}, follow=True)
    where = kept.request["PATH_INFO"]
    assert where != "/riverside/desk/import/", kept.content.decode()[:2000]
    if part is not rows:
        post(desk, where, {"do": "import", "doubles": "keep"})
# A plan is worked out, given out and looked at, all is given back, and a page fails.
starts, ends = now + timedelta(hours=1), now + timedelta(hours=8)
plan = plans.make_plan(network=town, asks=list(Ask.objects.filter(network=town, state="ready")[:6]),
    helpers=[plans.Availability(helper, starts, ends, helper.boxes) for helper in helpers],
    starts_at=starts, ends_at=ends, by=dee, now=now)
planning.work(plan.pk, until=routing.Rounds(30), alone=False)
settling.publish(Plan.objects.get(pk=plan.pk), confirmed=True, by=dee, now=now)
for run in deliveries.runs_in(plan):
    assert anyone.get(f"/r/{deliveries.run_token(run)}/").status_code == 200
cast.two_agree(town, dee, sol, now=now)
assert exporting.give_back(town, by=dee, now=now)
desk.raise_request_exception = False
exchange_finding.narrowed = None
assert desk.get("/riverside/desk/", {"words": first["name"]}).status_code == 500
from django.contrib.sessions.models import Session
from django.db import connection
cells = [json.dumps(session.get_decoded(), ensure_ascii=False) for session in Session.objects.all()]
with connection.cursor() as cursor:
    for table in connection.introspection.table_names(cursor):
        cursor.execute(f'SELECT * FROM "{table}"')
        for line in cursor.fetchall():
            for cell in line:
                cells.append(bytes(cell).hex() if isinstance(cell, (bytes, memoryview)) else str(cell))
print(json.dumps({"asks": Ask.objects.count(), "offers": Offer.objects.count(), "cells": cells}))
"""


def canary(number: int) -> dict[str, object]:
    """Someone whose every word is found nowhere else; with letters that are written in more ways than one."""
    return {
        "name": f"Zoë Quíxote{number:04d}", "phone": f"+1718556{number:04d}", "email": f"zoe.q{number:04d}@canary.example",
        "address": f"{number + 4000} Péllucid Crescent", "door": f"bell Marmoset{number:04d}", "for": f"Aunt Ocelot{number:04d}",
        "words": f"Porridge for Wapiti{number:04d}", "note": f"Knock thrice Bandicoot{number:04d}", "skill": f"juggling{number:04d}",
        "lat": 40.70 + number * 1e-5 + 1.23e-7, "lon": -73.95 - number * 1e-5 - 3.21e-7,
    }  # fmt: skip


def spellings(text: str) -> Iterator[bytes]:
    """Each way a text could lie in a file."""
    for form in {text, unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text), text.lower()}:
        plain = form.encode()
        yield from (plain, form.encode("utf-16-le"), form.encode("utf-16-be"), plain.hex().encode())
        yield plain.hex().upper().encode()
        yield from (quote(form).encode(), quote_plus(form).encode(), json.dumps(form)[1:-1].encode())
        yield quopri.encodestring(plain).strip()
        for offset in range(3):
            # What stands before and after changes the first and the last signs: only those between are certain.
            coded = base64.b64encode(b"\0" * offset + plain)
            yield coded[4 * bool(offset) : len(coded) - 4]
            yield base64.urlsafe_b64encode(b"\0" * offset + plain)[4 * bool(offset) : len(coded) - 4]
    digits = "".join(sign for sign in text if sign.isdigit())
    if len(digits) > 6:
        yield digits.encode()


def lived(
    folder, people: list[dict[str, object]], *, first: str = "", last: str = ""
) -> tuple[dict[str, object], bytes]:
    """A house with these people in it, switched off again: what it counted, and all that lies in its data folder."""
    house = folder / "house"
    house.mkdir(parents=True)
    with own_database(house) as database:
        server = Server(house, database, demo=False)
        server.env["MANYHANDS_KEYS_DIR"] = str(folder / "keys")
        told = json.loads(server.python(first + f"CANARIES = {json.dumps(people)!r}\n" + LIFE + last).splitlines()[-1])
    files = [path for path in (folder if last else house).rglob("*") if path.is_file()]
    assert any(path.suffix == ".sheet" for path in files)
    everything = b"\n".join(path.read_bytes() for path in files)
    return told, everything + b"\n" + "\n".join(told["cells"]).encode()


def standing_in(texts: Iterable[bytes], lies: bytes) -> set[bytes]:
    """Which of many texts, each of six bytes or more, stand in some bytes: one walk, since one each would take a night."""
    by_head: dict[int, set[bytes]] = {}
    for text in texts:
        by_head.setdefault(int.from_bytes(text[:HEAD], "little"), set()).add(text)
    heads = np.array(sorted(by_head), dtype=np.uint64)
    begins = np.zeros(1 << 24, dtype=bool)
    begins[heads & np.uint64(0xFFFFFF)] = True
    stand = set()
    for start in range(0, len(lies), AT_ONCE):
        part = np.frombuffer(lies[start : start + AT_ONCE + HEAD - 1], dtype=np.uint8).astype(np.uint64)
        if len(part) < HEAD:
            break
        windows = sum(part[turn : len(part) - HEAD + 1 + turn] << np.uint64(8 * turn) for turn in range(HEAD))
        likely = np.flatnonzero(begins[windows & np.uint64(0xFFFFFF)])
        for place in likely[np.isin(windows[likely], heads)]:
            stand |= {text for text in by_head[int(windows[place])] if lies.startswith(text, start + int(place))}
    return stand


def test_the_search_finds_what_looking_for_each_by_itself_would():
    luck = random.Random(20)
    texts = [bytes(luck.choices(b"ab", k=luck.randrange(6, 12))) for _ in range(60)]
    lies = b"".join(bytes(luck.choices(b"ab", k=37)) + luck.choice(texts[:30]) for _ in range(4))
    for cut in range(len(lies)):
        assert standing_in(texts, lies[cut:]) == {text for text in texts if text in lies[cut:]}
    lies = b"c" * (AT_ONCE - 4) + b"abbaab" + b"c" * 9  # over where one stretch ends and the next begins
    assert standing_in([b"abbaab", b"bbaabc", b"aabbaa"], lies) == {b"abbaab", b"bbaabc"}


def found(people: list[dict[str, object]], lies: bytes) -> dict[str, list[str]]:
    """What of whom can be found: kind -> texts."""
    spelled = {
        (kind, str(text)): {each for each in spellings(str(text)) if len(each) >= HEAD}
        for person in people
        for kind, text in person.items()
    }
    stand = standing_in(set().union(*spelled.values()), lies)
    hits: dict[str, list[str]] = {}
    for (kind, text), ways in spelled.items():
        if not ways.isdisjoint(stand):
            hits.setdefault(kind, []).append(text)
    return hits


@pytest.mark.parametrize("sealed", [True, False], ids=["sealed", "with sealing switched off"])
def test_nobody_is_found_on_the_disk(tmp_path, sealed):
    people = [canary(number) for number in range(PEOPLE)]
    told, lies = lived(tmp_path, people, first="" if sealed else OPEN)
    assert told["asks"] >= PEOPLE * 3 // 2
    hits = found(people, lies)
    if sealed:
        assert hits == {}
    else:
        # The same search finds everyone where sealing is switched off: all but coordinates, which are numbers in bytes.
        assert {
            kind: len(texts) for kind, texts in hits.items() if kind not in {"lat", "lon", "skill"}
        } == dict.fromkeys(("name", "phone", "email", "address", "door", "for", "words", "note"), PEOPLE)


SEAL = """
from tests import sealed
from manyhands.exchange.actions import inbox
from manyhands.kit.ring import the_ring
ring = the_ring()
root = ring.root_from()
sealed.seal(ring)
assert not ring.is_open()
for who in said:
    inbox.put_letter(network=town, typed={name: [str(who[name])] for name in who}, things=1, submission=__import__("uuid").uuid4(), now=now)
new = ring.root_from(__import__("manyhands.kit.ring.slots", fromlist=["x"]).open_with_passphrase(ring.ways_in(), sealed.PASSPHRASE))
print(json.dumps({"asks": Ask.objects.count(), "cells": cells, "secrets": [root.key.hex(), new.key.hex(), new.secret.hex(),
    new.derive("epoch").hex(), new.derive("purpose|private inbox").hex()], "opens": [sealed.PASSPHRASE]}))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="A sealed house needs Linux.")
def test_a_sealed_house_tells_nothing_with_all_its_files_the_folder_of_the_keys_among_them(tmp_path):
    people = [canary(number) for number in range(PEOPLE)]
    told, lies = lived(tmp_path, people, last=SEAL)
    assert told["asks"] >= PEOPLE * 3 // 2
    assert (tmp_path / "keys" / "ring.sqlite3").is_file()
    assert found(people, lies) == {}
    # Nor does any file hold a key, or what would open one: only who knows the passphrase has it.
    for secret in told["secrets"]:
        raw = bytes.fromhex(secret)
        for spelling in (raw, secret.encode(), base64.b64encode(raw), base64.urlsafe_b64encode(raw)):
            assert spelling not in lies
    assert told["opens"][0].encode() not in lies
    assert not (tmp_path / "keys" / "unattended.key").exists()
    ring = Ring(tmp_path / "keys")
    assert not ring.is_open()
    with pytest.raises(Shut):
        ring.root_from()
