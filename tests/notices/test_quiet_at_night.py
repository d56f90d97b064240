"""Nobody is woken by a text that can wait; what is urgent goes out, and nothing that waits is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from manyhands.jobs import actions as jobs
from manyhands.jobs.models import Job
from manyhands.notices import actions, letters, queries
from manyhands.notices.models import Notice
from manyhands.notices.states import NoticeState, Way
from manyhands.people import actions as people
from tests import cast
from tests.notices import gateway
from tests.working import work_off

pytestmark = pytest.mark.django_db

# Riverside is in New York, Hillside as well; the house's own clock is another one.
NEW_YORK, MADRID = ZoneInfo("America/New_York"), ZoneInfo("Europe/Madrid")
NIGHT = datetime(2026, 6, 4, 23, 30, tzinfo=NEW_YORK)
MORNING = datetime(2026, 6, 5, 8, 0, tzinfo=NEW_YORK)

# As config/wiring.py says it, before a test says otherwise.
WIRED, WIRED_AS_URGENT = frozenset(letters._WRITERS), frozenset(letters._URGENT)


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    """Something that can wait, which may be over by the morning, and a run tonight."""
    monkeypatch.setattr(letters, "_WRITERS", {})
    monkeypatch.setattr(letters, "_URGENT", set())
    over = set()
    words = actions.Words("Look", "Something waits for you.")
    actions.says("news", lambda _person, about: None if about in over else words)
    actions.says("run", lambda _person, _about: words, urgent=True)
    return over


@pytest.fixture
def texts(settings):
    with gateway.running() as running:
        settings.ENV = replace(settings.ENV, texts=running.url)
        yield running


@pytest.fixture
def hana(town):
    someone = town.hana.membership.person
    someone.login = ""
    someone.save(update_fields=["login"])
    people.change_contact(someone, reach="+1 718 555 0147", region="US", by=someone, now=NIGHT)
    return someone


def _tell(person, kind="news", **more) -> Notice:
    return actions.tell(person, **{"kind": kind, "about": "K7M3", "by": None, "now": NIGHT, **more})


def _work(monkeypatch, moment: datetime) -> int:
    monkeypatch.setattr(timezone, "now", lambda: moment)
    return work_off(moment)


def _state(notice: Notice) -> str:
    return Notice.objects.get(pk=notice.pk).state


def test_what_can_wait_waits_for_the_morning_and_goes_out_once(hana, texts, monkeypatch):
    notice = _tell(hana)
    Job.objects.update(run_at=NIGHT, put_at=NIGHT)
    _work(monkeypatch, NIGHT)
    assert texts.given == []
    job = Job.objects.get()
    assert (_state(notice), job.state, job.run_at, job.attempts) == (NoticeState.WAITING, "ready", MORNING, 0)
    # All night long nothing is even tried.
    assert _work(monkeypatch, MORNING - timedelta(minutes=1)) == 0
    _work(monkeypatch, MORNING)
    assert (_state(notice), len(texts.given)) == (NoticeState.SENT, 1)
    _work(monkeypatch, MORNING + timedelta(days=1))
    assert len(texts.given) == 1


def test_what_is_urgent_goes_out_at_any_hour(hana, texts, monkeypatch):
    notice = _tell(hana, "run")
    Job.objects.update(run_at=NIGHT)
    _work(monkeypatch, NIGHT)
    assert (_state(notice), len(texts.given)) == (NoticeState.SENT, 1)


def test_a_code_to_sign_in_is_urgent_and_a_report_is_not():
    assert "sign_in_code" in WIRED_AS_URGENT
    assert "report" in WIRED
    assert "report" not in WIRED_AS_URGENT


def test_mail_wakes_nobody_and_is_not_held_back(hana, settings, monkeypatch):
    settings.ENV = replace(settings.ENV, mail={})
    people.change_contact(hana, reach="hana@example.org", region="US", by=hana, now=NIGHT)
    notice = _tell(hana, way=Way.MAIL)
    Job.objects.update(run_at=NIGHT)
    _work(monkeypatch, NIGHT)
    assert (_state(notice), len(mail.outbox)) == (NoticeState.SENT, 1)


def test_what_is_over_by_the_morning_is_not_sent(hana, texts, kinds, monkeypatch):
    notice = _tell(hana)
    Job.objects.update(run_at=NIGHT)
    _work(monkeypatch, NIGHT)
    kinds.add("K7M3")
    _work(monkeypatch, MORNING)
    assert (_state(notice), texts.given) == (NoticeState.DROPPED, [])


def test_a_gateway_that_fails_in_the_morning_is_tried_as_often_as_ever(hana, texts, monkeypatch):
    notice = _tell(hana)
    Job.objects.update(run_at=NIGHT)
    for night in range(3):
        _work(monkeypatch, NIGHT + timedelta(minutes=night))
        Job.objects.update(run_at=NIGHT)
    assert Job.objects.get().attempts == 0
    texts.status = 500
    _work(monkeypatch, MORNING)
    job = Job.objects.get()
    assert (job.state, job.attempts, _state(notice)) == ("ready", 1, NoticeState.WAITING)
    texts.status = 200
    _work(monkeypatch, job.run_at)
    assert _state(notice) == NoticeState.SENT


def test_a_worker_that_dies_before_it_could_put_it_off_loses_nothing(hana, texts, monkeypatch):
    notice = _tell(hana)
    Job.objects.update(run_at=NIGHT)
    jobs.claim(now=NIGHT, lease=timedelta(minutes=1))  # and never seen again
    _work(monkeypatch, NIGHT + timedelta(minutes=2))
    assert Job.objects.get().run_at == MORNING
    _work(monkeypatch, MORNING)
    assert (_state(notice), len(texts.given)) == (NoticeState.SENT, 1)


@pytest.mark.parametrize(
    ("clock", "until"),
    [
        ("20:59", None), ("21:00", "2026-06-05T08:00"), ("23:59", "2026-06-05T08:00"), ("00:00", "2026-06-04T08:00"),
        ("07:59", "2026-06-04T08:00"), ("08:00", None), ("12:00", None),
    ],
)  # fmt: skip
def test_the_night_is_that_of_the_network(hana, clock, until):
    moment = datetime.fromisoformat(f"2026-06-04T{clock}").replace(tzinfo=NEW_YORK)
    found = queries.quiet_until(hana, moment.astimezone(MADRID))
    assert found == (datetime.fromisoformat(until).replace(tzinfo=NEW_YORK) if until else None)


def test_in_the_night_the_clock_changes_it_ends_at_eight_all_the_same(hana):
    before = datetime(2026, 10, 31, 22, 0, tzinfo=NEW_YORK)  # clocks go back at two
    found = queries.quiet_until(hana, before)
    assert (found.astimezone(NEW_YORK).hour, found.timestamp() - before.timestamp()) == (8, 11 * 3600)


def test_of_several_networks_it_is_the_first_and_of_none_the_house(hana, town):
    afar = cast.network("afar", "Afar", cast.person("Ada Afar"))
    type(afar).objects.filter(pk=afar.pk).update(time_zone="Asia/Tokyo")
    afar.memberships.create(network=afar, person=hana, standing="active", since=NIGHT)
    assert queries.quiet_until(hana, NIGHT) == MORNING
    stranger = people.note_person(name="Nobody", reach="", now=NIGHT)
    house = timezone.get_default_timezone()
    assert queries.quiet_until(stranger, datetime(2026, 6, 4, 23, 0, tzinfo=house)) is not None
    assert queries.quiet_until(stranger, datetime(2026, 6, 4, 12, 0, tzinfo=house)) is None
