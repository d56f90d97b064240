"""P-66: whoever makes the house send texts costs it at most a day's worth, and a person can still be reached.

Somebody types number after number into the sign-in page, or the same number again and again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail

from manyhands.config import undone
from manyhands.jobs import queries
from manyhands.jobs.models import Job
from manyhands.notices import actions, tasks
from manyhands.notices.models import Notice
from manyhands.notices.states import NoticeState, Way, WhyNot
from manyhands.people import actions as people
from tests import cast
from tests.cast import NOW
from tests.notices import gateway
from tests.working import work_off

pytestmark = pytest.mark.django_db
A_DAY = 20
KIND = "letter"


@pytest.fixture
def texts(settings):
    with gateway.running() as running:
        settings.ENV = replace(settings.ENV, texts=running.url, texts_a_day=A_DAY, mail={})
        yield running


@pytest.fixture(autouse=True)
def kind(monkeypatch):
    monkeypatch.setattr(actions.letters, "_WRITERS", {})
    words = actions.Words("Look", "Something waits for you.", link="/sign-in/")
    actions.says(KIND, lambda person, about: words, urgent=True)


def someone(number: int):
    return people.note_person(name=f"Nia {number}", reach=f"+1718555{1000 + number}", now=NOW)


def text(person, now=NOW):
    return actions.tell(person, kind=KIND, way=Way.TEXT, by=None, now=now)


def work_off_at(monkeypatch, moment) -> None:
    """Let the day go on: the job asks the clock itself when it counts."""
    monkeypatch.setattr(tasks.timezone, "now", lambda: moment)
    work_off(moment)


def test_very_many_numbers_cost_a_days_worth(texts):
    for number in range(3 * A_DAY):
        text(someone(number))
    work_off()
    assert len(texts.given) == A_DAY
    assert Notice.objects.filter(state=NoticeState.FAILED, why_not=WhyNot.TOO_MANY).count() == 2 * A_DAY
    assert any(f"{2 * A_DAY} text messages did not go out" in said for said in undone.complaints())

    # Whoever has mail is still told, and asks are taken as ever.
    rosa = people.note_person(name="Rosa", reach="rosa@example.org", now=NOW)
    actions.tell(rosa, kind=KIND, by=None, now=NOW)
    work_off()
    assert [letter.to for letter in mail.outbox] == [["rosa@example.org"]]
    assert cast.ask(cast.network("quay", "Quay", cast.person("Sol")), name="Noor", reach="", now=NOW).code


def test_the_next_day_texts_go_out_again(texts, monkeypatch):
    for number in range(A_DAY + 1):
        text(someone(number))
    work_off()
    assert len(texts.given) == A_DAY
    notice = text(someone(900))
    work_off_at(monkeypatch, queries.moment() + timedelta(days=1, minutes=1))
    notice.refresh_from_db()
    assert notice.state == NoticeState.SENT


def test_one_number_is_not_rung_all_day(texts):
    nia = someone(1)
    for _ in range(A_DAY):
        text(nia)
    text(someone(2))
    work_off()
    assert sum(each["to"].endswith("1001") for each in texts.given) == actions.TEXTS_TO_ONE_A_DAY
    assert sum(each["to"].endswith("1002") for each in texts.given) == 1


def test_a_gateway_that_is_asked_again_costs_no_more(texts):
    texts.status = 503
    text(someone(1))
    work_off()
    texts.status = 201
    for number in range(2, A_DAY + 1):
        text(someone(number))
    work_off(queries.moment() + timedelta(hours=1))
    assert Notice.objects.filter(state=NoticeState.SENT).count() == A_DAY


def test_workers_that_die_before_they_counted_let_nothing_more_through(texts):
    for number in range(A_DAY + 5):
        text(someone(number))
    # As if a worker had taken each of them up, and had been killed at once.
    assert Job.objects.filter(attempts=0).update(attempts=1) == A_DAY + 5
    work_off()
    assert len(texts.given) == A_DAY
    assert Notice.objects.filter(state=NoticeState.FAILED, why_not=WhyNot.TOO_MANY).count() == 5
