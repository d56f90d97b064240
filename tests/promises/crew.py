"""Two workers on one database, to be killed and replaced."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.serving import Server

LONG = os.environ.get("PROMISES_LONG") == "1"
PATIENCE_SECONDS = 600 if LONG else 60
NURSERY = """
import os; os.environ["DJANGO_SETTINGS_MODULE"] = "manyhands.config.settings"
import django; django.setup()
from tests.promises import errands
errands.nursery()
"""
WATCH = """
import os, sys; os.environ["DJANGO_SETTINGS_MODULE"] = "manyhands.config.settings"
import django; django.setup()
from manyhands.jobs.models import Job
from tests.promises import errands
for line in sys.stdin:
    errands.put(int(line))
    counts = [Job.objects.filter(state="done"), Job.objects.exclude(state="done"), Job.objects.filter(attempts__gt=1)]
    print(*[each.count() for each in counts], flush=True)
"""


class Crew:
    """Two workers on one database, whoever of them has to be replaced."""

    def __init__(self, house: Server) -> None:
        started = {
            "env": house.env, "stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True,
            "cwd": Path(__file__).parents[2],
        }  # fmt: skip
        self.nursery = subprocess.Popen([sys.executable, "-c", NURSERY], **started)
        self.watch = subprocess.Popen([sys.executable, "-c", WATCH], **started)
        self.workers = [self.another(), self.another()]

    def _ask(self, whom: subprocess.Popen[str], number: int = 0) -> str:
        whom.stdin.write(f"{number}\n")
        whom.stdin.flush()
        return whom.stdout.readline()

    def another(self) -> int:
        return int(self._ask(self.nursery))

    def put(self, errands: int) -> None:
        """Put so many more errands in line, all in one transaction."""
        self._ask(self.watch, errands)

    def counted(self) -> tuple[int, int, int]:
        """How many jobs are done, how many are left, and how many took more than one attempt."""
        done, left, again = self._ask(self.watch).split()
        return int(done), int(left), int(again)

    def until(self, true: Callable[[int, int], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not true(*self.counted()[:2]):
            assert time.monotonic() < deadline, self.counted()
            time.sleep(0.02)

    def replace(self, which: int) -> None:
        os.kill(self.workers[which], signal.SIGKILL)
        self.workers[which] = self.another()

    def dismiss(self) -> None:
        for worker in self.workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        for helper in (self.nursery, self.watch):
            helper.stdin.close()
            helper.wait(timeout=30)
            helper.stdout.close()


@contextlib.contextmanager
def crew_of(house: Server) -> Iterator[Crew]:
    crew = Crew(house)
    try:
        yield crew
    finally:
        crew.dismiss()
