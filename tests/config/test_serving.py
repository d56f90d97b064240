"""What `manyhands serve` starts, and what is left of it when it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest

from manyhands.config.timetable import TIMETABLE
from manyhands.jobs.working import LEASE
from tests.serving import Server, own_database, serving

pytestmark = pytest.mark.server


def processes() -> list[tuple[int, list[str]]]:
    """Every process of this machine: its number and its command."""
    shown = subprocess.run(["ps", "-eww", "-o", "pid=,args="], capture_output=True, text=True, check=True).stdout
    return [(int(line.split()[0]), line.split()[1:]) for line in shown.splitlines()]


def keepers(server: int) -> list[int]:
    """The processes that keep workers running for the server with this process number."""
    return [pid for pid, command in processes() if command[-3:-1] == ["keep-working", str(server)]]


def workers(keeper: int) -> list[int]:
    """The processes that work off jobs, started by this keeper."""
    return [pid for pid, command in processes() if command[-3:] == ["work", "--beside", str(keeper)]]


def until(true, patience: float = 30) -> bool:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_jobs_are_worked_on_in_a_process_of_its_own_that_ends_with_the_server(tmp_path, ending):
    """In a thread, it could hold a lock in the middle of the server's fork: then no page would ever answer."""
    with serving(tmp_path, empty=True) as server:
        assert server.process is not None
        pid = server.process.pid
        assert until(lambda: len(keepers(pid)) == 1)
        (keeper,) = keepers(pid)
        assert until(lambda: len(workers(keeper)) == 1)
        os.kill(pid, ending)
        assert until(lambda: keepers(pid) + workers(keeper) == [])


def test_a_worker_that_dies_is_started_anew_and_what_is_due_by_the_clock_is_done(tmp_path):
    with serving(tmp_path) as server:
        assert server.process is not None
        pid = server.process.pid
        assert until(lambda: bool(keepers(pid)) and bool(workers(keepers(pid)[0])))
        (keeper,) = keepers(pid)
        (first,) = workers(keeper)
        os.kill(first, signal.SIGKILL)
        assert until(lambda: bool(workers(keeper)) and workers(keeper) != [first])
        done = "from manyhands.jobs.models import Job; print(Job.objects.filter(state='done').count())"
        # What the first held in its hands when it died is another's once the lease is over.
        assert until(lambda: int(server.python(done)) >= len(TIMETABLE), patience=LEASE.total_seconds() + 60)


def test_a_worker_without_its_keeper_ends(tmp_path):
    with serving(tmp_path) as server:
        assert server.process is not None
        pid = server.process.pid
        assert until(lambda: bool(keepers(pid)) and bool(workers(keepers(pid)[0])))
        (keeper,) = keepers(pid)
        os.kill(keeper, signal.SIGKILL)
        assert until(lambda: workers(keeper) == [])


def test_a_server_may_leave_the_work_to_another(tmp_path):
    with own_database(tmp_path) as database:
        server = Server(tmp_path, database, demo=False)
        server.env["MANYHANDS_WORKERS"] = "0"
        server.start()
        try:
            assert server.process is not None
            assert keepers(server.process.pid) == []
            assert server.run("work", "--once").stdout.strip() == f"{len(TIMETABLE)} jobs worked on."
            assert server.run("jobs").stdout == ""
            assert server.run("wake").stdout.splitlines()[0] == "come round: 0"
        finally:
            server.kill()
