"""P-13: a SQLite that can lose committed rows while it logs ahead is not started with."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pysqlite3 = pytest.importorskip("pysqlite3", reason="The SQLite of this system is used: none can be passed off as old.")

AS_IF_OLD = """
import pysqlite3
pysqlite3.sqlite_version_info, pysqlite3.sqlite_version = (3, 40, 1), "3.40.1"
from manyhands.config.cli import main
main()
"""


@pytest.fixture
def logged_ahead(tmp_path):
    """A database that somebody has open with write-ahead logging."""
    connection = pysqlite3.connect(tmp_path / "data.sqlite3")
    assert connection.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
    connection.execute("CREATE TABLE something (it TEXT)")
    connection.commit()
    yield connection
    connection.close()


def run_as_if_old(folder, *arguments: str) -> subprocess.CompletedProcess[str]:
    surroundings = {
        **os.environ,
        "MANYHANDS_DATA_DIR": str(folder), "MANYHANDS_DATABASE_URL": f"sqlite:///{folder / 'data.sqlite3'}",
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-c", AS_IF_OLD, *arguments], env=surroundings, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("command", [("serve", "--port", "1"), ("migrate",)])
def test_the_start_is_refused_with_a_sentence(tmp_path, logged_ahead, command):
    done = run_as_if_old(tmp_path, *command)
    assert done.returncode == 1
    assert done.stderr.startswith("Manyhands can't start. SQLite 3.40.1 can lose committed rows")
    assert "Traceback" not in done.stderr
    tables = logged_ahead.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    assert tables == [("something",)], "it wrote to the database it refused"


def test_alone_with_the_file_it_is_opened_without_logging_ahead_which_is_safe(tmp_path, logged_ahead):
    logged_ahead.close()
    assert run_as_if_old(tmp_path, "migrate").returncode == 0
    assert (tmp_path / "data.sqlite3").read_bytes()[18:20] == b"\x01\x01"
