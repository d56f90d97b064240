"""P-04: a form sent three times at once, and again after the server was killed, is done once and answered the same."""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import threading
import time
import urllib.parse
from typing import Any

import pytest

from tests.serving import Server, serving

pytestmark = pytest.mark.server

LONG = os.environ.get("PROMISES_LONG") == "1"
ROUNDS, KILLS = (60, 20) if LONG else (12, 4)
TOKEN = "a" * 32
SCENE = """
import json
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from tests import cast
store = import_module(settings.SESSION_ENGINE).SessionStore
sol = cast.person("Sol Steward")
town = cast.network("riverside", "Riverside", sol)
session = store()
session[SESSION_KEY] = str(sol.pk)
session[BACKEND_SESSION_KEY] = "manyhands.people.signing_in.LoginNameBackend"
session[HASH_SESSION_KEY] = sol.get_session_auth_hash()
session.create()
print(json.dumps({"category": cast.category(town, "Food").pk, "session": session.session_key}))
"""
COUNTS = """
import json
from collections import Counter
from manyhands.deliveries.models import Hub
from manyhands.exchange.models import Ask, Offer
from manyhands.people.models import Person
from manyhands.places.models import Area
def of(model, field):
    return Counter(getattr(each, field) for each in model.objects.all())  # sealed: only read one by one
print(json.dumps({
    "area": of(Area, "name"), "hub": of(Hub, "name"), "invite": of(Person, "name"),
    "ask": of(Ask, "words"), "offer": of(Offer, "words"),
}))
"""


class Forms:
    """What a phone sends: one form of each kind, each with something of its own to count by."""

    def __init__(self, server: Server, scene: dict[str, Any]) -> None:
        self.server, self.scene = server, scene

    def fill(self, kind: str, word: str) -> tuple[str, dict[str, str]]:
        category = str(self.scene["category"])
        return {
            "area": (self.path("places:areas"), {"name": word}),
            "hub": (self.path("deliveries:new_hub"), {"name": word, "lat": "40.7", "lon": "-73.9", "loading_minutes": "9"}),
            "invite": (self.path("networks:invite"), {"name": word, "role": "helper"}),
            "ask": ("/riverside/ask/", {"needs": category, "words": word, "place_text": "Elm St", "when": "any", "people": "1"}),
            "offer": (self.path("exchange:offer"), {"kind": "thing", "words": word, "place_text": "Elm St", "name": "Gil", "reach": "7185550199"}),
        }[kind]  # fmt: skip

    def path(self, name: str) -> str:
        from django.urls import reverse

        return reverse(name, args=("riverside",))

    def send(self, kind: str, word: str, mark: str) -> tuple[int, str] | None:
        """The answer, or nothing where the line broke."""
        path, said = self.fill(kind, word)
        cookies = f"csrf={TOKEN}" + ("" if kind in {"ask", "offer"} else f"; session={self.scene['session']}")
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            connection.request(
                "POST",
                path,
                urllib.parse.urlencode({**said, "once": mark, "csrfmiddlewaretoken": TOKEN}),
                {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies},
            )
            answer = connection.getresponse()
            page = answer.read().decode()
            # What it said where it did not work, so that the test can show it.
            where = answer.getheader("Location") or "" if answer.status < 400 else re.sub("<[^>]+>|\\s+", " ", page)
            return answer.status, where
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


KINDS = ("area", "hub", "invite", "ask", "offer")


def at_once(forms: Forms, kind: str, word: str, mark: str, times: int = 3) -> list[tuple[int, str] | None]:
    line = threading.Barrier(times)
    answers: list[tuple[int, str] | None] = [None] * times

    def send(number: int) -> None:
        line.wait()
        answers[number] = forms.send(kind, word, mark)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_three_at_once_and_again_after_a_kill_make_one(tmp_path):
    luck = random.Random(4)
    with serving(tmp_path) as server:
        forms = Forms(server, json.loads(server.python(SCENE)))
        sent: list[tuple[str, str]] = []
        for number in range(ROUNDS):
            # Strangers' posts are few: beyond forty from one place in ten minutes the flood gate would ask them to wait.
            for kind in KINDS if number < 12 else KINDS[:3]:
                word, mark = f"{kind} {number}", f"mark-{kind}-{number}"
                sent.append((kind, word))
                answers = at_once(forms, kind, word, mark)
                where = {answer for answer in answers if answer}
                assert all(status < 400 for status, _where in where), answers
                if kind == "invite":  # its answer is a page: the others are led back to where it was sent from
                    assert sorted(status for status, _where in where) in ([200], [200, 303]), answers
                else:
                    assert len(where) == 1, answers

        for kill in range(KILLS):
            kind = KINDS[kill % len(KINDS)]
            word, mark = f"{kind} killed {kill}", f"mark-killed-{kill}"
            sent.append((kind, word))
            thread = threading.Thread(target=at_once, args=(forms, kind, word, mark))
            thread.start()
            time.sleep(luck.random() * 0.06)
            server.kill()
            thread.join()
            server.start()
            first, second = forms.send(kind, word, mark), forms.send(kind, word, mark)
            assert first is not None
            assert first[0] < 400, first
            assert kind == "invite" or first == second

        counts = json.loads(server.python(COUNTS))
    assert [(kind, word, counts[kind].get(word)) for kind, word in sent if counts[kind].get(word) != 1] == []
