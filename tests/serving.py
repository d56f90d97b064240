"""A real server for tests that need one: its own data folder, its own database, its own port."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

COMMAND = [str(Path(sys.executable).with_name("manyhands"))]
PATIENCE_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def own_database(folder: Path) -> Iterator[str]:
    """The URL of an empty database of the kind the suite runs on, gone afterwards."""
    suite = os.environ.get("MANYHANDS_DATABASE_URL", "")
    if not suite.startswith("postgres"):
        yield f"sqlite:///{folder / 'served.sqlite3'}"
        return
    import psycopg

    base = suite.replace("postgres://", "postgresql://")
    name = f"manyhands_served_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield suite.rsplit("/", 1)[0] + "/" + name
    finally:
        with psycopg.connect(base, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


class Server:
    """`manyhands serve` in a process group of its own, so that it can be killed like by a power cut."""

    def __init__(self, folder: Path, database: str, *, demo: bool) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("MANYHANDS_")},
            "MANYHANDS_DATA_DIR": str(folder),
            "MANYHANDS_DATABASE_URL": database,
            "MANYHANDS_PORT": str(self.port),
            "MANYHANDS_PUBLIC_URL": self.url,
            "MANYHANDS_DEMO": "yes" if demo else "no",
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder / "server.log"

    def start(self, at: str = "/sign-in/") -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "serve"], env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"The server ended by itself:\n{self.log.read_text()}")
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                with contextlib.closing(connection):
                    connection.request("GET", at)
                    if connection.getresponse().status < 500:
                        return
            time.sleep(0.1)
        raise AssertionError(f"The server did not answer within {PATIENCE_SECONDS} s:\n{self.log.read_text()}")

    def kill(self) -> None:
        """SIGKILL the whole group at once: nobody gets to tidy up."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=30)

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command of ours on the same data."""
        return subprocess.run([*COMMAND, *arguments], env=self.env, capture_output=True, text=True, check=check)

    def python(self, code: str) -> str:
        """Run Python in the served house's own settings; what it prints comes back."""
        start = "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'manyhands.config.settings'\nimport django; django.setup()\n"
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", start + code], env=self.env, capture_output=True, text=True, check=False,
            cwd=Path(__file__).parents[1],
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextlib.contextmanager
def serving(folder: Path, *, demo: bool = False) -> Iterator[Server]:
    """A running server on an empty (or the demo's) house."""
    with own_database(folder) as database:
        server = Server(folder, database, demo=demo)
        server.start()
        try:
            yield server
        finally:
            server.kill()
