"""Workers are killed and stopped in the middle of their jobs: every job's effect is there once, and none is left behind.

PROMISES_LONG=1 does it with 1,000 jobs and 60 kills.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.promises.crew import LONG, crew_of
from tests.serving import Server, own_database

pytestmark = pytest.mark.server

JOBS, KILLS = (1000, 60) if LONG else (200, 10)
STOPS, MOST_STOPS = (6 if LONG else 2), 30
SCENE = "from tests.promises import errands; errands.make_table()"
RECKONING = """
import json
from manyhands.jobs.models import Job
from tests.promises import errands
jobs = list(Job.objects.values_list("state", "attempts"))
print(json.dumps({"done": errands.done(), "states": [s for s, _ in jobs], "attempts": sum(a for _, a in jobs)}))
"""


@pytest.fixture
def house(tmp_path) -> Iterator[Server]:
    with own_database(tmp_path) as database:
        server = Server(tmp_path, database, demo=False)
        server.python(SCENE)
        yield server


def reckon(house: Server, jobs: int) -> None:
    """0 lost, 0 doubled, 0 left behind; and something did go wrong on the way, or this would prove nothing."""
    found = json.loads(house.python(RECKONING))
    assert Counter(found["done"]) == Counter(range(jobs))
    assert Counter(found["states"]) == {"done": jobs}
    assert found["attempts"] > jobs


def test_killing_workers_loses_and_doubles_nothing(house):
    luck = random.Random(7)
    with crew_of(house) as crew:
        crew.put(JOBS)
        for kill in range(KILLS):
            crew.until(lambda done, left, kill=kill: done >= kill * JOBS // (KILLS + 2))
            time.sleep(luck.random() * 0.03)
            crew.replace(luck.randrange(2))
        crew.until(lambda done, left: left == 0)
    reckon(house, JOBS)


def test_a_worker_that_wakes_after_its_lease_does_nothing_twice(house):
    luck = random.Random(11)
    stops = 0
    with crew_of(house) as crew:
        # On SQLite a worker may be stopped while it holds the writer's place, and then nobody can overtake it. So it
        # goes on until one was overtaken.
        while stops < STOPS or not crew.counted()[2]:
            stops += 1
            assert stops <= MOST_STOPS
            crew.put(JOBS // STOPS)
            before = crew.counted()[0]
            crew.until(lambda done, left, before=before: done >= before + 5)
            sleeper = crew.workers[luck.randrange(2)]
            time.sleep(luck.random() * 0.03)
            os.kill(sleeper, signal.SIGSTOP)
            time.sleep(2.5)  # its lease is one second
            os.kill(sleeper, signal.SIGCONT)
            crew.until(lambda done, left: left == 0)
    reckon(house, stops * (JOBS // STOPS))
