"""P-38: nobody learns who has an account, and nobody can lock anyone out by trying wrong passwords.

The short form looks at the work that is done (queries and password hashes), which a loaded machine can't blur; the long
form (PROMISES_LONG=1) also measures 1,000 answers and tries 1,000 wrong passwords.
"""

from __future__ import annotations

import os
import re
import statistics
import time
from unittest.mock import Mock

import pytest
from django.contrib.auth import hashers
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from manyhands.kit.models import Allowance
from manyhands.people import codes, sending
from tests.cast import PASSWORD
from tests.working import work_off

LONG = bool(os.environ.get("PROMISES_LONG"))
WRONG_TRIES = 1_000 if LONG else 130
SIGN_IN, CODE = reverse("people:sign_in"), reverse("people:sign_in_code")

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch) -> Mock:
    send = Mock()
    monkeypatch.setattr(sending, "_WAYS", {"email": (lambda: True, send)})
    return send


@pytest.fixture
def dee(town):
    town.dee.set_password(PASSWORD)
    town.dee.save()
    return town.dee


def probe(login: str, do: str = "") -> tuple[object, int, list[str]]:
    """What a stranger sees, how many hashes were worked out, and which tables were asked, in order."""
    client, hashed = Client(REMOTE_ADDR="203.0.113.9"), Mock(wraps=hashers.get_hasher("default").encode)
    with (
        CaptureQueriesContext(
            connection,
        ) as asked,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(type(hashers.get_hasher("default")), "encode", lambda self, *args, **more: hashed(*args, **more))
        answer = client.post(SIGN_IN, {"login": login, "password": "not this one at all", "do": do})
    page = re.sub(r'value="[^"]*"', "", answer.content.decode())
    shape = [re.sub(r"'[^']*'|%s|\d+", "?", each["sql"])[:70] for each in asked.captured_queries]
    return (answer.status_code, answer.headers.get("Location"), page), hashed.call_count, shape


@pytest.mark.parametrize("unknown", ["nobody@example.org", "+1 718 555 0199", "x"])
def test_a_wrong_password_and_an_unknown_name_are_the_same_page_and_the_same_work(dee, town, unknown):
    known, nobody = probe("dee@example.org"), probe(unknown)
    assert known[0] == nobody[0]
    assert known[1] == nobody[1] == 1
    assert known[2] == nobody[2]
    # ... and someone who signs in with codes only, who has no password to hash.
    assert probe("sol@example.org")[:2] == known[:2]


def test_asking_for_a_code_is_the_same_page_and_the_same_work(dee, sent):
    known, nobody = probe("dee@example.org", "code"), probe("nobody@example.org", "code")
    work_off()
    assert sent.call_count == 1
    assert known == nobody


def test_an_invitation_that_never_was_looks_like_one_that_is_over(client, town):
    from datetime import timedelta

    from manyhands.people import actions, queries

    old = actions.invite(town.eve, by=None, now=timezone.now() - timedelta(days=8))
    pages = {
        client.get(reverse("people:invited", args=[each])).content for each in (queries.invitation_token(old), "a" * 26)
    }
    assert len({re.sub(rb'value="[^"]*"', b"", page) for page in pages}) == 1


def wrong_from_elsewhere(tries: int = WRONG_TRIES) -> list[int]:
    """Somebody tries one password after another, from ever new places."""
    return [
        Client(REMOTE_ADDR=f"198.51.{number // 200}.{number % 200}")
        .post(SIGN_IN, {"login": "dee@example.org", "password": f"guess number {number}"})
        .status_code
        for number in range(tries)
    ]


def test_a_thousand_wrong_passwords_from_elsewhere_keep_the_owner_out_of_no_browser_they_used_before(dee):
    mine = Client(REMOTE_ADDR="203.0.113.9")
    said = {"login": "dee@example.org", "password": PASSWORD}
    assert mine.post(SIGN_IN, said).status_code == 302
    mine.post(reverse("people:sign_out"))
    assert set(wrong_from_elsewhere()) == {400}
    # The guessing itself was stopped: even the right password does not help a stranger's browser now.
    stranger = Client(REMOTE_ADDR="192.0.2.66").post(SIGN_IN, said)
    assert stranger.status_code == 400
    assert "tried many times" in stranger.content.decode()
    # The owner notices nothing, from the same browser in another place.
    mine.defaults["REMOTE_ADDR"] = "192.0.2.1"
    assert mine.post(SIGN_IN, said).status_code == 302
    assert mine.session["_auth_user_id"] == str(dee.pk)


def test_on_a_new_browser_the_owner_gets_in_with_a_code_meanwhile(dee, sent):
    wrong_from_elsewhere()
    new = Client(REMOTE_ADDR="203.0.113.9")
    assert new.post(SIGN_IN, {"login": "dee@example.org", "do": "code"}).url == CODE
    work_off()
    _subject, text = codes.words_of(sent.call_args.kwargs["code"], now=timezone.now())
    code = re.search(r"\b\w{4}-\w{4}\b", text).group()
    assert new.post(CODE, {"code": code}).status_code == 302
    assert new.session["_auth_user_id"] == str(dee.pk)


def test_the_mark_of_a_known_browser_is_worth_nothing_for_another_name(dee, town):
    town.sol.set_password(PASSWORD)
    town.sol.save()
    mine = Client(REMOTE_ADDR="203.0.113.9")
    mine.post(SIGN_IN, {"login": "sol@example.org", "password": PASSWORD})
    mine.post(reverse("people:sign_out"))
    assert str(town.sol.pk) not in mine.cookies["known"].value
    wrong_from_elsewhere()
    assert mine.post(SIGN_IN, {"login": "dee@example.org", "password": PASSWORD}).status_code == 400
    assert mine.post(SIGN_IN, {"login": "sol@example.org", "password": PASSWORD}).status_code == 302


def test_a_known_browser_that_guesses_is_stopped_too(dee):
    mine = Client()
    mine.post(SIGN_IN, {"login": "dee@example.org", "password": PASSWORD})
    mine.post(reverse("people:sign_out"))
    for number in range(15):
        answer = mine.post(SIGN_IN, {"login": "dee@example.org", "password": f"guess {number}"})
    assert "tried many times" in answer.content.decode()


def test_a_name_nobody_has_is_stopped_with_the_same_sentence(dee):
    sentences = []
    for login in ("dee@example.org", "nobody@example.org"):
        for _ in range(11):
            page = (
                Client(REMOTE_ADDR="203.0.113.9").post(SIGN_IN, {"login": login, "password": "wrong"}).content.decode()
            )
        sentences.append(re.search(r"That was tried many times[^<]*", page).group())
    assert sentences[0] == sentences[1]
    assert Allowance.objects.exists()


@pytest.mark.skipif(not LONG, reason="Measures 1,000 answers: PROMISES_LONG=1.")
def test_answers_take_as_long_for_a_name_nobody_has(dee, settings, monkeypatch):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    from manyhands.people import signing_in

    monkeypatch.setattr(signing_in, "why_not_try", lambda *args, **more: None)
    dee.set_password(PASSWORD)
    dee.save()
    took: dict[str, list[float]] = {"dee@example.org": [], "nobody@example.org": []}
    for _ in range(500):
        for login, times in took.items():
            start = time.perf_counter()
            Client().post(SIGN_IN, {"login": login, "password": "not this one at all"})
            times.append(time.perf_counter() - start)
    known, nobody = (statistics.median(times) for times in took.values())
    print(f"median for a known name {known * 1000:.1f} ms, for an unknown one {nobody * 1000:.1f} ms")
    assert abs(known - nobody) < 0.010
