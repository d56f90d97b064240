"""P-12: a backup never blocks work: whoever writes meanwhile waits less than half a second.

Short: 50 MB, ten writes a second. With PROMISES_LONG=1: 190 MB, 50 writes a second.
"""

from __future__ import annotations

import ast
import os
import threading
import time
from pathlib import Path

import pytest

from tests.serving import Server, own_database

pytestmark = pytest.mark.server

LONG = bool(os.environ.get("PROMISES_LONG"))
MEGABYTES, EVERY_SECONDS = (190, 0.02) if LONG else (50, 0.1)
LONGEST_SECONDS = 0.5
BALLAST = f"""
import os
from datetime import datetime, timezone
from manyhands.journal.models import Entry
now = datetime(2026, 11, 27, tzinfo=timezone.utc)
for _ in range({MEGABYTES} // 10):
    Entry.objects.bulk_create([Entry(at=now, by="house", verb="test.ballast", subject="x", details={{"x": os.urandom(5000).hex()}}) for _ in range(1000)])
"""


class Writer(threading.Thread):
    """Somebody who writes a little all the time, on a connection of their own, and notes how long each took."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url, self.is_over, self.took = url, threading.Event(), []
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            write, close = self._sqlite() if self.url.startswith("sqlite") else self._postgres()
            while not self.is_over.wait(EVERY_SECONDS):
                began = time.monotonic()
                write()
                self.took.append(time.monotonic() - began)
            close()
        except Exception as error:  # noqa: BLE001  the test says what it was
            self.error = error

    def _sqlite(self):
        import sqlite3

        connection = sqlite3.connect(self.url.removeprefix("sqlite:///"), isolation_level=None, timeout=20)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE written (at REAL)")

        def write() -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO written VALUES (?)", (time.time(),))
            connection.execute("COMMIT")

        return write, connection.close

    def _postgres(self):
        import psycopg

        connection = psycopg.connect(self.url.replace("postgres://", "postgresql://"), autocommit=True)
        connection.execute("CREATE TABLE written (at double precision)")
        return lambda: connection.execute("INSERT INTO written VALUES (%s)", (time.time(),)), connection.close


def test_whoever_writes_during_a_backup_hardly_waits(tmp_path, record_property):
    folder = tmp_path / "data"
    folder.mkdir()
    with own_database(folder) as database:
        house = Server(folder, database, demo=False)
        house.python(BALLAST)
        writer = Writer(database)
        writer.start()
        time.sleep(0.5)
        before = len(writer.took)
        began = time.monotonic()
        house.run("backup")
        lasted = time.monotonic() - began
        during = writer.took[before:]
        writer.is_over.set()
        writer.join(timeout=60)
    assert writer.error is None
    (made,) = (tmp_path / "data-backups").glob("*.backup")
    assert made.stat().st_size > MEGABYTES * 400_000  # hex packs to a half
    assert len(during) >= lasted / EVERY_SECONDS / 3, "hardly anything was written: this looked at nothing"
    record_property("longest_wait_seconds", max(during))
    print(f"\n{len(during)} writes in {lasted:.1f} s of backup, the longest took {max(during) * 1000:.0f} ms")
    assert max(during) < LONGEST_SECONDS


def test_the_way_of_copying_that_never_ends_is_used_nowhere():
    """SQLite's backup in steps starts anew with every write of another process."""
    house = Path(__file__).parents[2] / "src" / "manyhands"
    calls = [
        f"{path.name}:{node.lineno}"
        for path in house.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "backup"
    ]
    assert calls == []
