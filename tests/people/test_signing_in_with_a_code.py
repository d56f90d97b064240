"""Nobody needs a password: a code is sent, works once, for ten minutes, in the browser that asked for it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from unittest.mock import Mock
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from manyhands.people import actions, codes, sending
from manyhands.people.models import SignInCode
from tests.working import work_off

SIGN_IN, CODE = reverse("people:sign_in"), reverse("people:sign_in_code")


@pytest.fixture
def sent(monkeypatch) -> Mock:
    """A way to send that only remembers what was sent."""
    send = Mock()
    monkeypatch.setattr(sending, "_WAYS", {"email": (lambda: True, send), "phone": (lambda: True, send)})
    return send


def code_in(sent: Mock) -> str:
    work_off()
    _subject, text = codes.words_of(sent.call_args.kwargs["code"], now=timezone.now())
    return re.search(r"\b\w{4}-\w{4}\b", text).group()


def ask_for_code(client, login: str, **more):
    return client.post(SIGN_IN, {"login": login, "do": "code", **more})


def signed_in(client) -> str | None:
    return client.session.get("_auth_user_id")


def test_a_code_that_was_sent_signs_in_and_goes_on_to_the_page_one_wanted(client, town, sent):
    assert ask_for_code(client, "Dee@Example.org", next="/account/").url == CODE
    plain = code_in(sent)
    assert sent.call_args.args == (town.dee,)
    answer = client.post(CODE, {"code": plain.lower().replace("-", " ")})
    assert answer.url == "/account/"
    assert signed_in(client) == str(town.dee.pk)


def test_a_code_works_once(client, town, sent):
    ask_for_code(client, "dee@example.org")
    key, plain = client.session["code_asked"]["key"], code_in(sent)
    client.post(CODE, {"code": plain})
    assert codes.use(key, plain, now=timezone.now()) is None
    assert codes.words_of(key, now=timezone.now()) is None
    assert not SignInCode.objects.exists()


def test_a_code_is_over_after_ten_minutes(town, sent):
    now = timezone.now()
    code = codes.ask_for(town.dee, now=now)
    plain = code_in(sent)
    assert codes.use(code.pk, plain, now=now + timedelta(minutes=10)) is None
    assert codes.words_of(code.pk, now=now + timedelta(minutes=10)) is None
    assert codes.use(code.pk, plain, now=now + timedelta(minutes=9)) == town.dee
    later = codes.ask_for(town.dee, now=now)
    assert codes.sweep(now=now + timedelta(minutes=10)) == 1
    assert not SignInCode.objects.filter(pk=later.pk).exists()


def test_after_five_wrong_tries_even_the_right_code_is_over(client, town, sent):
    ask_for_code(client, "dee@example.org")
    for _ in range(codes.TRIES):
        assert client.post(CODE, {"code": "WRNG-WRNG"}).status_code == 400
    assert client.post(CODE, {"code": code_in(sent)}).status_code == 400
    assert signed_in(client) is None


def test_a_code_is_worth_nothing_in_another_browser(client, town, sent):
    from django.test import Client

    ask_for_code(client, "dee@example.org")
    thief = Client()
    assert thief.post(CODE, {"code": code_in(sent)}).url == SIGN_IN
    ask_for_code(thief, "nobody@example.org")
    assert thief.post(CODE, {"code": code_in(sent)}).status_code == 400
    assert signed_in(thief) is None


def test_for_a_name_nobody_has_the_same_is_said_and_nothing_is_sent(client, town, sent):
    pages = []
    for login in ("dee@example.org", "nobody@example.org", "+1 718 555 0199"):
        client.logout()
        asked = ask_for_code(client, login)
        pages.append(
            (asked.status_code, asked.url, re.sub(r'value="\w{30,64}"', "", client.get(CODE).content.decode()))
        )
    assert pages[0] == pages[1] == pages[2]
    work_off()
    assert sent.call_count == 1
    assert SignInCode.objects.count() == 3


def test_the_code_is_not_in_the_database_nor_in_the_journal(client, town, sent):
    from manyhands.journal.models import Entry

    ask_for_code(client, "dee@example.org")
    plain = code_in(sent).replace("-", "")
    kept = str(list(SignInCode.objects.values())) + str(list(Entry.objects.values())) + str(dict(client.session))
    assert plain not in kept.upper().replace("-", "")


def test_where_nothing_can_be_sent_the_page_says_whom_to_ask(client, town):
    page = client.get(SIGN_IN).content.decode()
    assert "Send me a code" not in page
    assert "Ask a steward" in page
    answer = ask_for_code(client, "dee@example.org")
    assert answer.status_code == 400
    assert "send codes yet" in answer.content.decode()


def test_someone_invited_needs_no_password_where_a_code_can_be_sent(client, town, sent):
    from manyhands.people import queries

    link = reverse(
        "people:invited", args=[queries.invitation_token(actions.invite(town.eve, by=None, now=timezone.now()))]
    )
    assert client.post(link, {"name": "Eve", "login": "eve@example.net", "password": ""}).status_code == 302
    town.eve.refresh_from_db()
    assert not town.eve.has_usable_password()
    client.logout()
    wrong = client.post(SIGN_IN, {"login": "eve@example.net", "password": ""})
    assert wrong.status_code == 400
    ask_for_code(client, "eve@example.net")
    client.post(CODE, {"code": code_in(sent)})
    assert signed_in(client) == str(town.eve.pk)


def test_without_a_way_to_send_a_password_has_to_be_chosen(client, town):
    from manyhands.people import queries

    link = reverse(
        "people:invited", args=[queries.invitation_token(actions.invite(town.eve, by=None, now=timezone.now()))]
    )
    assert client.post(link, {"name": "Eve", "login": "eve@example.net", "password": ""}).status_code == 400


def test_a_code_that_does_not_exist_opens_nothing(town):
    assert codes.use(uuid4(), "ABCD-EFGH", now=timezone.now()) is None


def test_the_code_comes_by_mail_and_signs_in(client, town, settings, mailoutbox):
    settings.ENV = replace(settings.ENV, mail={})
    ask_for_code(client, "dee@example.org")
    work_off()
    (letter,) = mailoutbox
    assert letter.to == ["dee@example.org"]
    assert "Dee" not in letter.subject + letter.body
    client.post(CODE, {"code": re.search(r"\b\w{4}-\w{4}\b", letter.body).group()})
    assert signed_in(client) == str(town.dee.pk)


def test_a_code_that_is_over_is_not_sent(client, town, settings, mailoutbox):
    settings.ENV = replace(settings.ENV, mail={})
    ask_for_code(client, "dee@example.org")
    SignInCode.objects.update(expires_at=timezone.now())
    work_off()
    assert mailoutbox == []
