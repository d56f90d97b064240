"""People are told by mail or text that something waits for them: once, in their language, and nothing about anyone."""

from __future__ import annotations

import logging
import smtplib
from dataclasses import replace

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.translation import gettext as _

from manyhands.config.wellbeing import complaints
from manyhands.jobs.models import Job
from manyhands.notices import actions, letters, queries
from manyhands.notices.models import Notice
from manyhands.notices.states import MOVES, NoticeState, Way, WhyNot
from manyhands.people import actions as people
from tests.cast import NOW
from tests.notices import gateway
from tests.working import work_off

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kind(monkeypatch):
    """A kind of notice with a link and a code; "over" has nothing to tell any more."""
    monkeypatch.setattr(letters, "_WRITERS", {})
    monkeypatch.setattr(letters, "_URGENT", set())

    def words(person, about):
        if about == "over":
            return None
        # A word that Django itself translates.
        return actions.Words("Sign in", _("Sunday"), link="/sign-in/", code=f"C{about}")

    actions.says("code", words, urgent=True)


@pytest.fixture
def post(settings):
    """A house that sends mail, into Django's own outbox for tests."""
    settings.ENV = replace(settings.ENV, mail={})
    settings.PUBLIC_URL = "https://riverside.example"
    return mail.outbox


@pytest.fixture
def texts(settings):
    """A house that sends texts, to a gateway of ours."""
    with gateway.running() as running:
        settings.ENV = replace(settings.ENV, texts=running.url)
        yield running


@pytest.fixture
def rosa():
    person = people.note_person(name="Rosa Mora", reach="rosa@example.org", now=NOW)
    people.add_contact_point(person, typed="+1 718 555 0147", region="US")
    return person


def tell(person, **more) -> Notice:
    return actions.tell(person, **{"kind": "code", "about": 42, "by": None, "now": NOW, **more})


def test_a_mail_says_where_to_look_and_carries_the_notices_id(rosa, post):
    notice = tell(rosa)
    assert post == []
    work_off()
    (letter,) = post
    assert (letter.to, letter.subject) == (["rosa@example.org"], "Sign in")
    assert letter.extra_headers["Message-ID"] == f"<{notice.pk}@riverside.example>"
    assert letter.body.startswith("Sunday\n\nC42\n\nhttps://riverside.example/sign-in/\n\n-- \n")
    notice.refresh_from_db()
    assert (notice.state, notice.way) == (NoticeState.SENT, Way.MAIL)


def test_a_text_goes_to_whoever_has_no_mail_or_where_it_is_asked_for(rosa, post, texts):
    by_phone = people.note_person(name="Pia", reach="+17185550148", now=NOW)
    tell(by_phone)
    notice = tell(rosa, way=Way.TEXT)
    work_off()
    assert post == []
    assert [(text["to"], text["text"]) for text in texts.given] == [
        ("+17185550148", "Sunday C42 https://riverside.example/sign-in/"),
        ("+17185550147", "Sunday C42 https://riverside.example/sign-in/"),
    ]
    assert texts.given[1]["id"] == texts.headers[1]["Idempotency-Key"] == str(notice.pk)
    assert texts.headers[1]["Authorization"] == "Basic dXM6c2VjcmV0"


def test_it_is_said_in_the_language_of_whoever_reads_it(rosa, post):
    rosa.language = "es-MX"
    rosa.save()
    tell(rosa)
    work_off()
    assert post[0].body.startswith("domingo\n")


def test_it_goes_where_they_are_reached_when_it_is_sent(rosa, post):
    tell(rosa)
    people.change_contact(rosa, reach="rosa@new.example", region="US", by=rosa, now=NOW)
    work_off()
    assert post[0].to == ["rosa@new.example"]


def test_two_with_one_key_are_one(rosa, post):
    assert tell(rosa, key="code:42").pk == tell(rosa, key="code:42").pk
    work_off()
    assert tell(rosa, key="code:42").state == NoticeState.SENT
    work_off()
    assert len(post) == 1


def test_it_stands_exactly_if_what_it_tells_of_happened(rosa, post):
    with transaction.atomic():
        tell(rosa)
        transaction.set_rollback(True)
    assert (Notice.objects.count(), work_off()) == (0, 0)


@pytest.mark.parametrize(
    ("reach", "more", "on", "why"),
    [
        ("rosa@example.org", {}, False, WhyNot.OFF),
        ("", {}, True, WhyNot.NO_WAY),
        ("rosa@example.org", {"way": Way.TEXT}, True, WhyNot.OFF),
        ("rosa@example.org", {"about": "over"}, True, WhyNot.OVER),
    ],
)
def test_what_can_not_be_told_is_dropped_quietly(settings, reach, more, on, why):
    settings.ENV = replace(settings.ENV, mail={} if on else None)
    notice = tell(people.note_person(name="Rosa", reach=reach, now=NOW), **more)
    work_off()
    notice.refresh_from_db()
    assert (notice.state, notice.why_not) == (NoticeState.DROPPED, why)
    assert Job.objects.get().state == "done"
    assert mail.outbox == []


def test_a_carrier_that_does_not_answer_is_tried_again_and_then_it_is_said(rosa, texts, caplog):
    texts.status = 302  # nor is a redirect followed: nobody else gets the number
    notice = tell(rosa, way=Way.TEXT)
    with caplog.at_level(logging.DEBUG):
        for _attempt in range(8):
            notice.refresh_from_db()
            assert notice.state == NoticeState.WAITING
            job = Job.objects.get()
            work_off(max(job.run_at, job.put_at))
    notice.refresh_from_db()
    assert (notice.state, notice.why_not) == (NoticeState.FAILED, WhyNot.UNREACHABLE)
    assert {text["id"] for text in texts.given} == {str(notice.pk)}
    assert len(texts.given) == 8
    assert queries.untold(NOW).count() == 1
    assert any(sentence.startswith("1 notices could not be sent") for sentence in complaints())
    told = caplog.text + str(list(Job.objects.values())) + str(list(Notice.objects.values()))
    for secret in ("5550147", "rosa@", "Rosa", "C42"):
        assert secret not in told


def test_one_that_works_again_gets_it_after_all(rosa, texts):
    texts.status = 503
    tell(rosa, way=Way.TEXT)
    work_off()
    texts.status = 201
    work_off(Job.objects.get().run_at)
    assert Notice.objects.get().state == NoticeState.SENT


@pytest.mark.parametrize(
    ("no", "state", "attempts"),
    [
        (smtplib.SMTPRecipientsRefused({"rosa@example.org": (550, b"no such user rosa")}), NoticeState.FAILED, 1),
        (smtplib.SMTPRecipientsRefused({"rosa@example.org": (450, b"try later")}), NoticeState.WAITING, 1),
        (smtplib.SMTPAuthenticationError(535, b"wrong password"), NoticeState.WAITING, 1),
        (smtplib.SMTPServerDisconnected("gone"), NoticeState.WAITING, 1),
        (ConnectionRefusedError(), NoticeState.WAITING, 1),
    ],
)
def test_what_a_mail_server_refuses_for_good_is_not_tried_again(rosa, post, monkeypatch, no, state, attempts):
    def refuse(self, *_args, **_more):
        raise no

    monkeypatch.setattr(EmailMessage, "send", refuse)
    tell(rosa)
    work_off()
    assert (Notice.objects.get().state, Job.objects.get().attempts) == (state, attempts)


def test_a_text_into_a_folder_for_trying_things_out(rosa, settings, tmp_path):
    settings.ENV = replace(settings.ENV, texts=(tmp_path / "out box").as_uri())
    notice = tell(rosa, way=Way.TEXT)
    work_off()
    assert (tmp_path / "out box" / f"{notice.pk}.txt").read_text().startswith("To: +17185550147\n\nSunday C42 ")


def test_a_notice_keeps_no_words_and_has_a_writer(rosa):
    with pytest.raises(TypeError, match="not text"):
        tell(rosa, about="Rosa's rent")
    with pytest.raises(TypeError, match="not text"):
        tell(rosa, link="/?q=Rosa Mora")
    with pytest.raises(LookupError, match="Nobody says"):
        tell(rosa, kind="unheard_of")


def test_what_was_told_is_forgotten(rosa, post):
    tell(rosa)
    work_off()
    ended = Notice.objects.get().ended_at
    assert actions.forget_what_is_over(now=ended + actions.KEEP_FOR) == 0
    assert actions.forget_what_is_over(now=ended + actions.KEEP_FOR * 1.01) == 1


def test_a_notice_ends_in_one_way():
    assert {state for state, moves in MOVES.items() if not moves} == set(NoticeState) - {NoticeState.WAITING}
