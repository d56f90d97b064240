"""P-01: killing the server in the middle of a stream of asks loses none that was answered with a code.

With ``PROMISES_LONG=1``: 100 kills under 50 asks a second over 16 lines, 0.8 to 1.8 seconds apart.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import threading
import time
import urllib.parse
import uuid
from collections.abc import Callable

import pytest

from tests.serving import Server, serving

pytestmark = pytest.mark.server

LONG = os.environ.get("PROMISES_LONG") == "1"
KILLS = 100 if LONG else 20
STREAMS = 16 if LONG else 4
A_SECOND = 50 if LONG else 0  # all lines together; 0: one ask after another
# The neighbours are signed in: so many anonymous asks from one place would be asked to wait (kit/flood.py).
SCENE = f"""
import json
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from tests import cast
store = import_module(settings.SESSION_ENGINE).SessionStore
town = cast.network("riverside", "Riverside", cast.person("Sol Steward"))
cookies = []
for number in range({STREAMS}):
    someone = cast.person(f"Nia{{number}} Neighbour")
    session = store()
    session[SESSION_KEY] = str(someone.pk)
    session[BACKEND_SESSION_KEY] = "manyhands.people.signing_in.LoginNameBackend"
    session[HASH_SESSION_KEY] = someone.get_session_auth_hash()
    session.create()
    cookies.append(session.session_key)
print(json.dumps({{"category": cast.category(town, "Food").pk, "cookies": cookies}}))
"""
COUNT = """
import json
from django.db import connection
from manyhands.exchange.models import Ask
sound = "ok"
if connection.vendor == "sqlite":
    with connection.cursor() as cursor:
        sound = cursor.execute("PRAGMA integrity_check").fetchone()[0]
print(json.dumps([sound, sorted(ask.words for ask in Ask.objects.all())]))
"""
STATE = """
from django.contrib.sessions.models import Session
from manyhands.people.models import Device, Person
print("sessions", Session.objects.count(), "browsers", Device.objects.count(), "people with a name", sum(bool(p.name) for p in Person.objects.all()))
"""


class Stream(threading.Thread):
    """A neighbour's browser that sends one ask after another, and again where the line broke, and remembers what was answered."""

    def __init__(self, server: Server, category: int, session: str) -> None:
        super().__init__()
        self.server, self.category, self.session = server, category, session
        self.answered: list[str] = []
        self.broke: Exception | None = None
        self.is_over = threading.Event()

    def run(self) -> None:
        try:
            self._ask_without_end()
        except (AssertionError, ValueError) as broke:  # said by the test, which would wait for this neighbour otherwise
            self.broke = broke

    def _ask_without_end(self) -> None:
        due = time.monotonic()
        while not self.is_over.is_set():
            if A_SECOND:
                # Offered by the clock, not when the last one is through: a slow server is not spared.
                due += STREAMS / A_SECOND
                self.is_over.wait(max(0.0, due - time.monotonic()))
            mark, words = str(uuid.uuid4()), f"ask {uuid.uuid4().hex}"
            while not self.is_over.is_set():
                if self._send(mark, words):
                    self.answered.append(words)
                    break

    def _send(self, mark: str, words: str) -> bool:
        token = "a" * 32
        body = urllib.parse.urlencode(
            {"csrfmiddlewaretoken": token, "submission": mark, "needs": self.category, "words": words, "place_text": "Elm St", "when": "any", "reach": "", "people": "1"}
        )  # fmt: skip
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"session={self.session}; csrf={token}",
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        try:
            connection.request("POST", "/riverside/ask/", body, headers)
            response = connection.getresponse()
            page = response.read().decode()
            if response.status == 302:
                where = response.getheader("Location") or ""
                connection.request("GET", where, headers=headers)
                page = connection.getresponse().read().decode()
            elif response.status < 500:
                raise AssertionError(f"{response.status}: {re.sub('<[^>]+>', ' ', page)[:2000]}")
            return 'class="code' in page
        except (OSError, http.client.HTTPException):
            return False  # the line broke: the browser sends the same form again
        finally:
            connection.close()


def test_killing_the_server_loses_nothing_that_was_answered(tmp_path):
    def kill(server: Server, luck: random.Random) -> None:
        if LONG:
            time.sleep(0.8 + luck.random())
        server.kill()
        server.start()

    with serving(tmp_path) as server:
        nothing_is_lost(server, kill, kills=KILLS)


def nobody_was_turned_away(streams: list[Stream], server: Server) -> None:
    """Say at once what a neighbour was answered who was neither taken in nor told that the line broke."""
    for stream in streams:
        if stream.broke is not None:
            for each in streams:
                each.is_over.set()
            said = f"after {sum(len(each.answered) for each in streams)} answered asks; {server.python(STATE)}"
            raise AssertionError(said + server.log.read_text()[-2000:]) from stream.broke


def nothing_is_lost(server: Server, kill: Callable[[Server, random.Random], None], *, kills: int) -> None:
    """Let neighbours ask without end while `kill` strikes, and compare what was answered with what is there."""
    luck = random.Random(5)
    scene = json.loads(server.python(SCENE))
    streams = [Stream(server, scene["category"], session) for session in scene["cookies"]]
    for stream in streams:
        stream.start()
    for _ in range(kills):
        before = sum(len(stream.answered) for stream in streams)
        deadline = time.monotonic() + 30
        while sum(len(stream.answered) for stream in streams) < before + 5 and time.monotonic() < deadline:
            nobody_was_turned_away(streams, server)
            time.sleep(0.02 + luck.random() * 0.1)
        kill(server, luck)
    for stream in streams:
        stream.is_over.set()
    for stream in streams:
        stream.join(timeout=60)
    nobody_was_turned_away(streams, server)
    sound, kept = json.loads(server.python(COUNT))
    answered = [words for stream in streams for words in stream.answered]
    print(f"\n{kills} kills, {len(answered)} answered, {len(set(answered) - set(kept))} lost, {len(kept)} there")
    assert sound == "ok"
    assert len(answered) >= kills * 5
    assert set(answered) <= set(kept), "an answered ask was lost"
    assert len(kept) == len(set(kept)), "a repeated form made a second ask"
