"""200 people claim one ask in the same second: one holds it, 199 read a polite sentence, nobody sees an error."""

from __future__ import annotations

import http.client
import json
import threading
import urllib.parse

import pytest

from tests.serving import serving

pytestmark = pytest.mark.server

PEOPLE = 200
SCENE = f"""
import json
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import transaction
from django.utils import timezone
from manyhands.kit.ring import keys_ahead
from tests import cast
store = import_module(settings.SESSION_ENGINE).SessionStore
sol = cast.person("Sol Steward")
town = cast.network("riverside", "Riverside", sol)
cookies = []
with keys_ahead({PEOPLE}), transaction.atomic():
    for number in range({PEOPLE}):
        someone = cast.person(f"helper{{number}} Rush")
        cast.helper(town, someone)
        session = store()
        session[SESSION_KEY] = str(someone.pk)
        session[BACKEND_SESSION_KEY] = "manyhands.people.signing_in.LoginNameBackend"
        session[HASH_SESSION_KEY] = someone.get_session_auth_hash()
        session.create()
        cookies.append(session.session_key)
ask = cast.ask(town, now=timezone.now())  # the worker would let one from June expire
print(json.dumps({{"code": ask.code, "cookies": cookies}}))
"""


def test_one_of_two_hundred_holds_it(tmp_path):
    with serving(tmp_path) as server:
        scene = json.loads(server.python(SCENE))
        path = f"/riverside/open/{scene['code']}/"
        answers: list[tuple[int, str]] = []
        starting_line = threading.Barrier(PEOPLE)

        def claim(cookie: str) -> None:
            mark = "a" * 32
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
            body = urllib.parse.urlencode({"csrfmiddlewaretoken": mark})
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": f"session={cookie}; csrf={mark}",
                "Host": f"127.0.0.1:{server.port}",
            }
            starting_line.wait()
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            answers.append((response.status, response.read().decode()))
            connection.close()

        threads = [threading.Thread(target=claim, args=(cookie,)) for cookie in scene["cookies"]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        held = server.python(
            "from manyhands.exchange.models import Claim, Ask\n"
            "print(Claim.objects.filter(state='held').count(), Claim.objects.count(), Ask.objects.get().state)"
        ).split()

    assert held == ["1", "1", "claimed"]
    assert len(answers) == PEOPLE
    winners = [status for status, _body in answers if status == 302]
    losers = [body for status, body in answers if status == 409]
    assert (len(winners), len(losers)) == (1, PEOPLE - 1), sorted({status for status, _body in answers})
    assert all("Someone was faster" in body for body in losers)
