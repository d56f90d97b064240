"""A real server for tests that need one: its own data folder, its own database, its own port."""

from __future__ import annotations

import contextlib
import functools
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
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
def own_database(folder: Path, *, empty: bool = False) -> Iterator[str]:
    """The URL of a database of the kind the suite runs on, gone afterwards: with its tables, unless wanted empty.

    Making the tables takes seconds; that they are made on a first start is for the tests that ask for an empty one.
    """
    suite = os.environ.get("MANYHANDS_DATABASE_URL", "")
    if not suite.startswith("postgres"):
        place = folder / "served.sqlite3"
        if not empty:
            shutil.copyfile(_with_tables(suite).removeprefix("sqlite:///"), place)
        yield f"sqlite:///{place}"
        return
    name = f"manyhands_served_{uuid.uuid4().hex[:12]}"
    like = "" if empty else f' TEMPLATE "{_with_tables(suite).rsplit("/", 1)[1]}"'
    _at_postgres(suite, f'CREATE DATABASE "{name}"{like}')
    try:
        yield suite.rsplit("/", 1)[0] + "/" + name
    finally:
        # With the scratch database of a drill that was killed together with the server.
        for each in _at_postgres(suite, f"SELECT datname FROM pg_database WHERE datname ~ '^{name}(_drill_.*)?$'"):
            _at_postgres(suite, f'DROP DATABASE IF EXISTS "{each}" WITH (FORCE)')


_to_be_put_away = contextlib.ExitStack()


def put_away() -> None:
    """Take away what was kept to be copied."""
    _with_tables.cache_clear()
    _to_be_put_away.close()


@functools.cache
def _with_tables(suite: str) -> str:
    """The URL of a database nobody uses, with all tables and nothing in them: made once per process, to be copied."""
    folder = Path(tempfile.mkdtemp())
    _to_be_put_away.callback(shutil.rmtree, folder)
    database = f"sqlite:///{folder / 'tables.sqlite3'}"
    if suite.startswith("postgres"):
        name = f"manyhands_tables_{uuid.uuid4().hex[:12]}"
        _at_postgres(suite, f'CREATE DATABASE "{name}"')
        _to_be_put_away.callback(_at_postgres, suite, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        database = suite.rsplit("/", 1)[0] + "/" + name
    data = folder / "data"
    data.mkdir()
    Server(data, database, demo=False).run("migrate")
    # All of it is in the file itself, so that a copy of that is all of it.
    assert not (folder / "tables.sqlite3-wal").exists()
    return database


def _at_postgres(suite: str, statement: str) -> list[str]:
    """Run a statement; the first column of what it gives, if anything."""
    import psycopg

    with psycopg.connect(suite.replace("postgres://", "postgresql://"), autocommit=True) as connection:
        done = connection.execute(statement)
        return [row[0] for row in done] if done.description else []


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
            # Not on the command line: what a thousand people said is too long for that.
            [sys.executable, "-W", "error", "-"], input=start + code, env=self.env, capture_output=True, text=True,
            check=False, cwd=Path(__file__).parents[1],
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextlib.contextmanager
def serving(folder: Path, *, demo: bool = False, empty: bool = False) -> Iterator[Server]:
    """A running server in a house without anybody (or with the demo's town)."""
    with own_database(folder, empty=empty or demo) as database:
        server = Server(folder, database, demo=demo)
        server.start()
        try:
            yield server
        finally:
            server.kill()
