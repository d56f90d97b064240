"""Tasks for the promise that a job happens once, and a nursery that starts workers for them quickly.

An errand takes a while, leaves a row that everyone can see, and takes a while again: every other one within one
transaction, the rest in steps of which the last finishes the job. The table has no unique key: a
row that comes twice stays, to be counted.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import timedelta

from django.db import connection, transaction
from django_tasks import task

from manyhands.jobs.models import Job
from manyhands.notices import actions as notices
from manyhands.people import actions as people
from tests.cast import NOW

LEASE = timedelta(seconds=1)


def make_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE errands_done (number integer NOT NULL)")


def put(many: int) -> None:
    """Put so many more in line, numbered on from those before."""
    with transaction.atomic():
        before = Job.objects.count()
        for number in range(before, before + many):
            (errand, long_errand)[number % 2].enqueue(number)


def put_notices(many: int) -> None:
    """Let so many people be told something by text."""
    for number in range(many):
        person = people.note_person(name="Nobody", reach=f"+1718555{number:04}", now=NOW)
        notices.tell(person, kind="errand", by=None, now=NOW)


notices.says("errand", lambda person, about: notices.Words("An errand", "Something waits for you."), urgent=True)


def done() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM errands_done")
        return [number for (number,) in cursor.fetchall()]


@task
def errand(number: int) -> None:
    time.sleep(0.006)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO errands_done (number) VALUES (%s)", [number])
    time.sleep(0.006)


@task(by_steps=True, takes_context=True)
def long_errand(context, number: int) -> None:
    time.sleep(0.006)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO errands_done (number) VALUES (%s)", [number])
        context.finish()
    time.sleep(0.006)


def _work() -> None:
    from manyhands.jobs import queries
    from manyhands.jobs.working import Worker

    worker = Worker(clock=queries.moment, lease=LEASE)
    signal.signal(signal.SIGTERM, lambda *_: worker.is_over.set())
    worker.work()


def nursery() -> None:
    """For every line that comes in, start a worker and say its process number. No connection is open when it forks."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _line in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _work()
            os._exit(0)
        print(child, flush=True)
