"""P-25: from where someone came is written down nowhere: not in a table, not in a log, not in a file."""

from __future__ import annotations

import base64
import ipaddress
import re
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from tests.serving import Server, own_database

pytestmark = pytest.mark.server

MARKED = ("198.51.100.213", "2001:db8:77ab:1234:5678:9abc:def0:4321")
SCENE = """
import json
from tests import cast
from manyhands.people.models import Person
town = cast.network("riverside", "Riverside", cast.person("Sol Steward"))
sol = Person.objects.get()
sol.set_password(cast.PASSWORD)
sol.save()
print(json.dumps(cast.category(town, "Food").pk))
"""
DUMP = """
from django.contrib.sessions.models import Session
from django.db import connection
from manyhands.kit.models import Allowance
with connection.cursor() as cursor:
    for table in connection.introspection.table_names(cursor):
        cursor.execute(f'SELECT * FROM "{table}"')
        for row in cursor.fetchall():
            print(table, [bytes(value).hex() if isinstance(value, (bytes, memoryview)) else value for value in row])
for session in Session.objects.all():
    print("session", session.get_decoded())
print("counted", Allowance.objects.count())
"""


class Browser:
    """Keeps its cookies and comes from a marked address, as our proxy tells."""

    def __init__(self, server: Server, address: str) -> None:
        self.server, self.address = server, address
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())

    def open(self, path: str, **said: object) -> str:
        if said:
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.open(path))
            said["csrfmiddlewaretoken"] = token.group(1)
        request = urllib.request.Request(
            self.server.url + path,
            data=urllib.parse.urlencode(said).encode() if said else None,
            headers={"X-Forwarded-For": self.address, "User-Agent": f"Mozilla/5.0 Firefox/128.0 {self.address}"},
        )
        try:
            return self.opener.open(request, timeout=30).read().decode()
        except urllib.error.HTTPError as error:
            return error.read().decode()


def shapes_of(address: str) -> set[bytes]:
    """The address as it may lie somewhere: as text, packed, in hex, as a number, in base64, cut to its network."""
    parsed = ipaddress.ip_address(address)
    texts = {address, parsed.exploded, parsed.reverse_pointer, str(int(parsed)), parsed.packed.hex()}
    if parsed.version == 6:
        texts |= {str(ipaddress.ip_network(f"{address}/64", strict=False).network_address), address[:20]}
    else:
        texts.add(address.rsplit(".", 1)[0] + ".")
    found = {parsed.packed} | {text.encode(coding) for text in texts for coding in ("utf-8", "utf-16-le")}
    for before in (b"", b"x", b"xx"):
        # What does not depend on what stands around it.
        found.add(base64.b64encode(before + address.encode() + b"xxx")[4 if before else 0 :][: len(address) - 2])
    return found


def hits(haystack: bytes) -> list[bytes]:
    low = haystack.lower()
    return [shape for address in MARKED for shape in shapes_of(address) if shape in haystack or shape.lower() in low]


@pytest.fixture(scope="module")
def left_behind(tmp_path_factory) -> tuple[str, list[Path]]:
    """A day at the server, looked at afterwards: everything in its tables, and every file."""
    folder = tmp_path_factory.mktemp("served")
    with own_database(folder) as database:
        server = Server(folder, database, demo=False)
        server.env["MANYHANDS_PROXIES"] = "1"
        server.start()
        try:
            category = int(server.python(SCENE))
            for address in MARKED:
                browser = Browser(server, address)
                for path in ("/", "/riverside/", "/riverside/ask/", "/sign-in/", "/no-such-page/", "/invited/wrong/"):
                    browser.open(path)
                for _ in range(12):
                    browser.open("/sign-in/", login="sol@example.org", password="wrong")
                browser.open("/sign-in/", login="nobody@example.org", do="code")
                asked = browser.open(
                    "/riverside/ask/", needs=category, words="Bread", place_text="Elm St", when="any", reach="", people=1,
                    submission=f"11111111-1111-4111-8111-11111111111{MARKED.index(address)}",
                )  # fmt: skip
                assert 'class="code' in asked, re.sub("<[^>]+>", " ", asked)[:2000]
            # From a place that has not been guessing.
            owner = Browser(server, "192.0.2.10")
            inside = owner.open("/sign-in/", login="sol@example.org", password="a long enough pass phrase")
            owner.address = MARKED[0]
            assert "Sol" in inside
            assert "Firefox" in owner.open("/account/")
            tables = server.python(DUMP)
        finally:
            server.kill()
        yield tables, [path for path in folder.rglob("*") if path.is_file()]


def test_the_look_out_finds_an_address_in_every_shape():
    for address in MARKED:
        packed = ipaddress.ip_address(address).packed
        assert hits(b"..." + address.encode() + b"...")
        assert hits(b"\0" + packed + b"\0")
        assert hits(packed.hex().upper().encode())
        assert hits(base64.b64encode(b"ab" + address.encode() + b"cd"))
        assert hits(address.encode("utf-16-le"))
    assert not hits(b"203.0.113.1 and 2001:db8:1::1")


def test_the_tries_were_counted_and_sol_signed_in(left_behind):
    tables, _files = left_behind
    assert int(re.search(r"^counted (\d+)$", tables, re.MULTILINE).group(1)) >= 4
    assert "people_device [" in tables


def test_no_table_holds_an_address(left_behind):
    tables, _files = left_behind
    assert hits(tables.encode()) == []


def test_no_file_holds_an_address(left_behind):
    _tables, files = left_behind
    assert any(path.name == "server.log" for path in files)
    assert {path.name: hits(path.read_bytes()) for path in files if hits(path.read_bytes())} == {}
