"""P-09: on a full disk a write is told so in words, reading goes on, and nothing that was answered is lost."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import urllib.parse
import uuid
from pathlib import Path

import pytest

from tests.serving import Server

pytestmark = pytest.mark.server

MEGABYTES = 64 if os.environ.get("PROMISES_LONG") == "1" else 16
SCENE = """
import json
from tests import cast
town = cast.network("riverside", "Riverside", cast.person("Sol Steward"))
print(json.dumps({"category": cast.category(town, "Food").pk}))
"""
KEPT = """
import json
from django.db import connection
from manyhands.exchange.models import Ask
with connection.cursor() as cursor:
    sound = cursor.execute("PRAGMA integrity_check").fetchone()[0]
print(json.dumps([sound, sorted(ask.words for ask in Ask.objects.all())]))
"""


@pytest.fixture
def small_disk(tmp_path):
    """A disk of its own, in memory, small enough to fill."""
    if os.environ.get("MANYHANDS_DATABASE_URL", "").startswith("postgres"):
        pytest.skip("PostgreSQL's disk is not ours to fill: this test did not fill one.")
    where = tmp_path / "disk"
    where.mkdir()
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("Only root on Linux can mount a small disk: this test did not fill one.")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(where)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"A small disk can't be mounted here ({mounted.stderr!r}): this test did not fill one.")
    yield where
    subprocess.run(["umount", "-l", str(where)], check=True)


class Neighbour:
    """Sends asks and remembers which were answered with a code."""

    def __init__(self, server: Server, category: int) -> None:
        self.server, self.category = server, category
        self.answered: list[str] = []
        self.told: list[tuple[int, str]] = []

    def read(self, path: str) -> int:
        return self._call("GET", path)[0]

    def ask(self) -> int:
        words = f"ask {uuid.uuid4().hex} " + "x" * 1500
        form = {
            "csrfmiddlewaretoken": "a" * 32, "submission": str(uuid.uuid4()), "needs": self.category, "words": words,
            "place_text": "Elm St", "when": "any", "reach": "", "people": "1",
        }  # fmt: skip
        status, page = self._call("POST", "/riverside/ask/", urllib.parse.urlencode(form))
        self.told.append((status, page))
        if status == 302:
            self.answered.append(words)
        return status

    def _call(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": "csrf=" + "a" * 32}
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()


def fill(filler: Path) -> None:
    with filler.open("ab", buffering=0) as file:
        for size in (1_000_000, 4096, 1):
            while True:
                try:
                    file.write(b"x" * size)
                except OSError:
                    break


def test_what_does_not_fit_is_refused_in_words_and_nothing_answered_is_lost(tmp_path, small_disk):
    server = Server(small_disk, f"sqlite:///{small_disk / 'served.sqlite3'}", demo=False)
    server.log = tmp_path / "server.log"
    server.start()
    try:
        someone = Neighbour(server, json.loads(server.python(SCENE))["category"])
        assert [someone.ask() for _ in range(5)] == [302] * 5
        fill(small_disk / "filler")
        while someone.ask() == 302:
            assert len(someone.told) < 2000, "the disk did not fill up"
        refused = [someone.ask() for _ in range(5)]
        assert set(refused) <= {302, 503, 507}, refused
        status, page = next(told for told in reversed(someone.told) if told[0] != 302)
        assert status == 507, page
        assert "This was not saved" in page
        assert someone.read("/riverside/") == 200
        assert someone.read("/riverside/board/") == 200
        (small_disk / "filler").unlink()
        assert someone.ask() == 302
        assert {status for status, _page in someone.told} <= {302, 503, 507}
        server.kill()
        server.start()
        sound, kept = json.loads(server.python(KEPT))
    finally:
        server.kill()
    assert sound == "ok"
    assert set(someone.answered) <= set(kept), "an answered ask was lost"
    assert len(kept) == len(set(kept))
