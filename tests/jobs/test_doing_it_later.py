"""What is put off to a job happens once, with the transaction it was put off in, and is tried again where it fails."""

from __future__ import annotations

import logging
import sys
from datetime import timedelta

import pytest
from django.db import transaction
from django_tasks import TaskResultStatus, default_task_backend
from django_tasks.exceptions import TaskResultDoesNotExist, TaskResultMismatch

from manyhands.jobs import actions, queries
from manyhands.jobs.models import Job
from manyhands.jobs.states import MOVES, JobState
from manyhands.jobs.working import Worker
from manyhands.kit.ring import asking, the_ring
from tests import sealed
from tests.jobs import chores
from tests.working import work_off

pytestmark = pytest.mark.django_db

LEASE = timedelta(seconds=60)


@pytest.fixture
def now():
    """A moment after everything that was put in line during a test."""
    return queries.moment() + timedelta(minutes=1)


def test_a_job_is_done_once_and_says_so():
    put = chores.sweep.enqueue("stairs")
    assert put.status == TaskResultStatus.READY
    assert work_off() == 1
    assert work_off() == 0
    assert chores.did() == ["chore.stairs"]
    put.refresh()
    assert (put.status, put.return_value, put.attempts) == (TaskResultStatus.SUCCESSFUL, "stairs", 1)
    assert put.finished_at >= put.started_at > put.enqueued_at
    assert chores.sweep.get_result(put.id).args == ["stairs"]
    assert default_task_backend.get_result(put.id).task == chores.sweep
    with pytest.raises(TaskResultMismatch):
        chores.fails.get_result(put.id)
    with pytest.raises(TaskResultDoesNotExist):
        default_task_backend.get_result("no-such-job")


def test_a_job_is_in_line_exactly_if_what_put_it_there_happened():
    with transaction.atomic():
        chores.sweep.enqueue()
        assert Job.objects.count() == 1
        transaction.set_rollback(True)
    assert Job.objects.count() == 0


def test_the_urgent_first_then_the_oldest_and_none_before_its_time(now):
    chores.sweep.enqueue("first")
    chores.sweep.enqueue("second")
    chores.sweep.using(priority=5).enqueue("urgent")
    chores.sweep.using(run_after=now + timedelta(hours=1)).enqueue("later")
    work_off(now)
    assert chores.did() == ["chore.urgent", "chore.first", "chore.second"]
    work_off(now + timedelta(hours=2))
    assert chores.did()[-1] == "chore.later"


def test_two_with_one_key_are_one():
    first = chores.sweep.using(key="sweep:7").enqueue()
    assert chores.sweep.using(key="sweep:7").enqueue().id == first.id
    assert chores.sweep.using(key="sweep:8").enqueue().id != first.id
    work_off()
    assert chores.sweep.using(key="sweep:7").enqueue().status == TaskResultStatus.SUCCESSFUL
    assert len(chores.did()) == 2


def test_what_fails_leaves_nothing_behind_and_is_tried_again_after_growing_pauses(now, caplog):
    put = chores.fails.enqueue()
    pauses = []
    with caplog.at_level(logging.WARNING):
        while True:
            assert work_off(now) == 1
            job = Job.objects.get()
            if job.state == JobState.FAILED:
                break
            assert (job.state, work_off(now)) == (JobState.READY, 0)
            pauses.append((job.run_at - now).total_seconds())
            now = job.run_at
    assert pauses == [10, 40]
    assert chores.did() == []
    put.refresh()
    assert (put.status, put.attempts) == (TaskResultStatus.FAILED, 3)
    assert put.errors[0].exception_class is ValueError
    assert [each.pk for each in queries.failed()] == [job.pk]
    assert "ValueError" in caplog.text
    assert "chores.py" in caplog.text
    assert "Nia" not in caplog.text + str(Job.objects.values().get())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="A sealed house needs Linux.")
def test_what_needs_a_key_waits_until_the_house_is_open_and_that_is_no_failure(now, settings, tmp_path, caplog):
    settings.KEYS_DIR = tmp_path / "keys"
    ring = the_ring()
    sealed.seal(ring)
    put = chores.needs_a_key.enqueue()
    worker = Worker(clock=lambda: now)
    with sealed.holding(ring.folder):
        for _again in range(12):
            assert worker.work_off() == 1
            job = Job.objects.get(pk=put.id)
            assert (job.state, job.attempts, job.last_error) == ("ready", 0, "")
            assert job.run_at > now
            now += timedelta(minutes=1)
        assert (chores.did(), caplog.text) == ([], "")
        asking.open_with_passphrase(ring.folder, sealed.PASSPHRASE)
        worker.work_off()
    assert chores.did() == ["chore.half", "chore.read"]


def test_what_failed_for_good_can_begin_anew(now):
    chores.fails.enqueue()
    job = Job.objects.get()
    assert not actions.try_again(job, now=now)
    while Job.objects.get().state != JobState.FAILED:
        now = max(now, Job.objects.get().run_at)
        work_off(now)
    assert actions.try_again(job, now=now)
    assert (work_off(now), Job.objects.get().attempts) == (1, 1)


def test_a_worker_that_fell_silent_loses_its_job_and_what_it_did_for_it(now):
    chores.sweep.enqueue()
    silent = actions.claim(now=now, lease=LEASE)
    assert actions.claim(now=now + LEASE, lease=LEASE) is None
    later = now + LEASE + timedelta(seconds=1)
    other = actions.claim(now=later, lease=LEASE)
    assert (other.pk, other.attempts) == (silent.pk, 2)
    for late in (
        lambda: actions.finish(silent, now=later),
        lambda: actions.fail(silent, error="late", now=later),
        lambda: actions.renew(silent, now=later, lease=LEASE),
    ):
        with pytest.raises(actions.LeaseLost):
            late()
    actions.finish(other, now=later)
    assert Job.objects.get().state == JobState.DONE


def test_the_effect_of_a_worker_that_was_overtaken_goes_back():
    chores.is_overtaken.enqueue()
    assert work_off() == 1
    assert chores.did() == []
    assert Job.objects.get().state == JobState.RUNNING


def test_a_renewed_lease_is_not_taken_over(now):
    chores.sweep.enqueue()
    job = actions.claim(now=now, lease=LEASE)
    actions.renew(job, now=now + timedelta(seconds=40), lease=LEASE)
    assert actions.claim(now=now + timedelta(seconds=90), lease=LEASE) is None


def test_a_job_that_takes_every_worker_along_is_given_up(now):
    chores.fails.enqueue()
    for _ in range(3):
        assert actions.claim(now=now, lease=LEASE)
        now += LEASE * 2
    work_off(now)
    job = Job.objects.get()
    assert (job.state, job.last_error) == (JobState.FAILED, "WorkerLost")


def test_a_task_by_steps_keeps_its_steps_and_may_ask_whether_the_job_is_still_its_own(now):
    chores.steps.enqueue()
    assert work_off() == 1
    assert (chores.did(), Job.objects.get().answer) == (["chore.step"], 1)


@pytest.mark.parametrize(("comes_to_nothing", "left"), [(False, (["chore.last_step"], 7)), (True, ([], None))])
def test_the_last_step_of_a_task_may_finish_its_job(comes_to_nothing, left, caplog):
    chores.finishes_with_its_last_step.enqueue(comes_to_nothing=comes_to_nothing)
    assert work_off() == 1
    job = Job.objects.get()
    assert (job.state, (chores.did(), job.answer)) == (JobState.DONE, left)
    assert caplog.text == ""


def test_a_task_by_steps_learns_that_it_was_overtaken(now, monkeypatch):
    chores.steps.enqueue()
    lost = actions.claim(now=now, lease=LEASE)
    assert actions.claim(now=now + LEASE * 2, lease=LEASE)
    with pytest.raises(actions.LeaseLost):
        Worker(clock=lambda: now)._try(lost)
    assert Job.objects.get().state == JobState.RUNNING


@pytest.mark.parametrize("carried", ["Nia Neighbour", "nia@example.org", {"who": "12 Elm St"}, [["it is urgent"]]])
def test_a_job_carries_ids_and_nothing_about_people(carried):
    with pytest.raises(TypeError, match="ids and codes"):
        chores.sweep.enqueue(carried)
    assert Job.objects.count() == 0


def test_an_answer_about_people_is_not_kept():
    chores.tells_a_name.enqueue()
    work_off()
    assert (Job.objects.get().answer, Job.objects.get().last_error) == (None, "builtins.TypeError")
    assert chores.did() == []


def test_a_task_that_is_not_there_any_more_fails_for_itself(now):
    actions.put("tests.jobs.chores.gone", [], {}, now=now)
    chores.sweep.enqueue()
    work_off(now)
    assert chores.did() == ["chore.floor"]
    assert Job.objects.get(task="tests.jobs.chores.gone").last_error == "builtins.ImportError"


def test_what_was_done_is_forgotten_after_a_while(now):
    for which in ("old", "new"):
        chores.sweep.using(key=None).enqueue(which)
        work_off()
        if which == "old":
            Job.objects.update(ended_at=now - timedelta(days=15))
    assert actions.forget_what_is_over(now=now) == 1
    assert Job.objects.get().args == ["new"]


def test_no_job_moves_as_its_lifecycle_does_not_say():
    assert {state for moves in MOVES.values() for state in moves} == set(JobState)
