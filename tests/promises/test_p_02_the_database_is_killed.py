"""P-02: killing PostgreSQL itself, with everything it runs, loses no ask that was answered with a code.

It gets a database server of its own, so that nobody else's is killed. ``PROMISES_LONG=1`` kills it 15 times.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.promises.test_no_answered_ask_is_lost import LONG, nothing_is_lost
from tests.serving import Server, free_port

pytestmark = pytest.mark.server
KILLS = 15 if LONG else 1
PATIENCE_SECONDS = 60


def _programs() -> Path | None:
    """Where PostgreSQL's own programs lie: on the path, or where Debian puts them."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda path: int(path.parent.name))


class Cluster:
    """A PostgreSQL server that may be killed. It refuses to run as root; then it runs as the user Debian made for it."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.folder, self.port = programs, folder, free_port()
        self.user = pwd.getpwnam("postgres").pw_name if os.geteuid() == 0 else None
        if self.user:
            shutil.chown(folder, self.user)
        self._run("initdb", "-D", str(folder / "data"), "-A", "trust", "-U", "postgres", "-E", "UTF8")
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def _run(self, program: str, *arguments: str, check: bool = True) -> bool:
        done = subprocess.run(
            [self.programs / program, *arguments], check=check, user=self.user, capture_output=True, cwd=self.folder
        )
        return done.returncode == 0

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.folder / "data", "-p", str(self.port), "-k", self.folder],
                stdout=log, stderr=log, start_new_session=True, user=self.user, cwd=self.folder,
            )  # fmt: skip
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._run("pg_isready", "-h", "127.0.0.1", "-p", str(self.port), check=False):
            assert time.monotonic() < deadline, (self.folder / "log").read_text()
            time.sleep(0.1)

    def kill(self) -> None:
        """The postmaster first, so that it can tidy up for nobody, and then each process it had begun."""
        children = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], check=False, capture_output=True, text=True
        ).stdout.split()
        for number in (self.process.pid, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):  # it ended together with the first
                os.kill(number, signal.SIGKILL)
        self.process.wait(timeout=30)


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    if not os.environ.get("MANYHANDS_DATABASE_URL", "").startswith("postgres"):
        pytest.skip("This run is on SQLite, which has no server of its own to kill.")
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL's programs (initdb, postgres) are not on this machine.")
    # Not pytest's folder: nobody but its owner may enter that.
    with tempfile.TemporaryDirectory() as folder:
        made = Cluster(programs, Path(folder))
        try:
            yield made
        finally:
            made.kill()


def test_killing_the_database_loses_nothing_that_was_answered(tmp_path, cluster):
    def kill(_server: Server, luck: random.Random) -> None:
        time.sleep(luck.random() * (1.0 if LONG else 0.2))
        cluster.kill()
        cluster.start()

    server = Server(tmp_path, cluster.url, demo=False)
    server.start()
    try:
        nothing_is_lost(server, kill, kills=KILLS)
    finally:
        server.kill()
