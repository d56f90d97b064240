"""A worker: takes one job at a time, does it, and says so in the same transaction."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from traceback import extract_tb
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils import translation
from django_tasks.base import Task
from django_tasks.utils import get_module_path

from manyhands.jobs import actions, queries
from manyhands.jobs.backend import LeaseContext, result_of, task_of
from manyhands.jobs.models import Job
from manyhands.jobs.states import JobState
from manyhands.jobs.timetable import Due, put_what_is_due
from manyhands.kit import ring

LEASE = timedelta(seconds=60)
IDLE_SECONDS = 1.0

log = logging.getLogger(__name__)


class Worker:
    """Works off what is due. `clock` is asked for the moment; every worker must ask the same one."""

    def __init__(
        self, *, clock: Callable[[], datetime], timetable: Iterable[Due] = (), lease: timedelta = LEASE
    ) -> None:
        self.clock, self.lease = clock, lease
        self.timetable = tuple(timetable)
        self.is_over = threading.Event()

    def work(self, *, stays: Callable[[], bool] = lambda: True) -> None:
        """Work until told to stop, or until `stays` says no; a job that was begun is ended first."""
        while not self.is_over.is_set() and stays():
            try:
                worked = self.work_one()
            except DatabaseError as error:
                # Locked for too long, or restarting: it is there again in a moment.
                log.warning("The database did not answer a worker: %s", type(error).__name__)
                connection.close()
                worked = False
            if not worked:
                close_old_connections()
                self.is_over.wait(IDLE_SECONDS)

    def work_off(self) -> int:
        """Do all that is due now, and say how many attempts that took. What is put off to later is left there."""
        return sum(iter(self.work_one, False))

    def work_one(self) -> bool:
        """Take the first job in line and try it; says whether there was one."""
        put_what_is_due(self.timetable, now=self.clock())
        job = actions.claim(now=self.clock(), lease=self.lease)
        if job is None:
            return False
        try:
            self._try(job)
        except actions.LeaseLost:
            log.warning("Job %s (%s) took longer than its lease; another worker has it.", job.pk, job.task)
        return True

    def _try(self, job: Job) -> None:
        most_attempts = actions.MOST_ATTEMPTS
        try:
            task = task_of(job)
            most_attempts = getattr(task, "most_attempts", most_attempts)
            if job.attempts > most_attempts:
                # Each attempt before took its worker along: the next would too.
                self._failed(job, "WorkerLost", "no attempt was left", most_attempts)
                return
            with translation.override(settings.LANGUAGE_CODE), self._renewing(job, task):
                if getattr(task, "by_steps", False):
                    self._call(task, job)
                    return
                with transaction.atomic():
                    self._call(task, job)
        except actions.LeaseLost:
            raise
        except ring.Shut:
            actions.wait(job, now=self.clock())
        except actions.NotNow as later:
            actions.wait(job, now=self.clock(), until=later.until)
        except Exception as error:  # noqa: BLE001 - whatever a job does wrong, the next one is not to blame
            self._failed(job, get_module_path(type(error)), _where(error), most_attempts)

    def _call(self, task: Task[Any, Any], job: Job) -> None:
        if not task.takes_context:
            actions.finish(job, answer=task.call(*job.args, **job.kwargs), now=self.clock())
            return
        context = LeaseContext(task_result=result_of(job, task=task), job=job, clock=self.clock)
        answer = task.call(context, *job.args, **job.kwargs)
        # Asked of the database: its last step may have finished it, and may have been undone since.
        if not queries.finished(job):
            actions.finish(job, answer=answer, now=self.clock())

    def _failed(self, job: Job, error: str, where: str, most_attempts: int) -> None:
        state = actions.fail(job, error=error, most_attempts=most_attempts, now=self.clock())
        tell = log.error if state == JobState.FAILED else log.warning
        # The error's text may hold what a person wrote, so it is not told: its kind and place must do.
        tell("Job %s (%s), attempt %s: %s at %s; %s.", job.pk, job.task, job.attempts, error, where, state.value)

    @contextmanager
    def _renewing(self, job: Job, task: Task[Any, Any]) -> Iterator[None]:
        """Keep the lease while a long job runs, from a thread: the job itself may be busy in one long step."""
        if connection.vendor == "sqlite" and not getattr(task, "by_steps", False):
            # It holds the only writer's place from its beginning: nobody can take it over, and nothing can be written.
            yield
            return
        ended = threading.Event()

        def keep() -> None:
            try:
                while not ended.wait(self.lease.total_seconds() / 3):
                    try:
                        actions.renew(job, now=self.clock(), lease=self.lease)
                    except actions.LeaseLost:
                        return
                    except DatabaseError:
                        continue  # there are two more chances before the lease is over
            finally:
                connection.close()

        keeper = threading.Thread(target=keep, daemon=True)
        keeper.start()
        try:
            yield
        finally:
            ended.set()
            keeper.join()


def _where(error: Exception) -> str:
    """The file and line an error came from, without a word of what it says."""
    frames = extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "an unknown place"
