"""What is due by the clock is done once in its period, whoever and however many work, and however long all slept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from manyhands.config.timetable import TIMETABLE
from manyhands.jobs import actions, queries
from manyhands.jobs.models import Job
from manyhands.jobs.states import JobState
from manyhands.jobs.timetable import every
from manyhands.jobs.working import Worker
from tests.jobs import chores

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def worker(at: datetime, **period) -> Worker:
    """A worker that has just started, at a moment."""
    return Worker(clock=lambda: at, timetable=[every(do=chores.sweep, **(period or {"hours": 1}))])


def test_once_in_a_period_however_many_work():
    for minutes in (0, 1, 30, 59):
        for _ in range(3):
            worker(NOON + timedelta(minutes=minutes)).work_off()
    assert chores.did() == ["chore.floor"]
    worker(NOON + timedelta(hours=1)).work_off()
    assert len(chores.did()) == 2


def test_after_a_long_sleep_once_and_not_a_hundred_times():
    worker(NOON).work_off()
    worker(NOON + timedelta(days=9)).work_off()
    assert len(chores.did()) == 2


def test_one_that_was_killed_is_taken_over_and_not_put_in_line_again():
    one = worker(NOON)
    assert one.work_one()
    Job.objects.update(state=JobState.RUNNING, owner=Job.objects.get().pk, lease_until=NOON, ended_at=None)
    worker(NOON + timedelta(hours=2)).work_off()
    assert Job.objects.count() == 1
    assert Job.objects.get().state == JobState.DONE


def test_one_that_failed_does_not_pause_past_its_next_period():
    timetable = [every(do=chores.fails, minutes=1)]
    Worker(clock=lambda: NOON, timetable=timetable).work_off()
    Job.objects.update(run_at=NOON + timedelta(hours=6))
    Worker(clock=lambda: NOON + timedelta(minutes=1), timetable=timetable).work_off()
    assert Job.objects.get().attempts == 2


def test_a_day_can_begin_at_an_hour_of_its_own():
    at_three = {"hours": 24, "past": timedelta(hours=3)}
    worker(NOON, **at_three).work_off()
    worker(NOON + timedelta(hours=14, minutes=59), **at_three).work_off()
    assert len(chores.did()) == 1
    worker(NOON + timedelta(hours=15), **at_three).work_off()
    assert len(chores.did()) == 2


def test_that_a_period_was_served_is_known_for_as_long_as_it_lasts():
    worker(NOON, days=31).work_off()
    Job.objects.update(ended_at=NOON)
    actions.forget_what_is_over(now=NOON + timedelta(days=30))
    assert Job.objects.count() == 1


@pytest.mark.parametrize("period", [{"minutes": 0.5}, {"days": 32}])
def test_a_period_is_between_a_minute_and_a_month(period):
    with pytest.raises(ValueError, match="between a minute and 31 days"):
        every(do=chores.sweep, **period)


def test_the_house_does_all_its_own_timetable_holds():
    now = queries.moment()
    assert Worker(clock=lambda: now, timetable=TIMETABLE).work_off() == len(TIMETABLE)
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}
