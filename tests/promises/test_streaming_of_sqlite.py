"""Whoever streams loses a second and not a day, on SQLite: Litestream, told by our deploy/litestream.yml, brings back what
was asked until the machine died, when the whole folder of the data is gone. The keys are not in its copies.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import pytest

from tests.promises.test_streaming_brings_back_the_last_minutes import ASK, READ
from tests.serving import serving

pytestmark = pytest.mark.server
CONF = Path(__file__).parents[2] / "deploy" / "litestream.yml"
LITESTREAM = shutil.which("litestream", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
ASKS, KILLS = (20, 6) if os.environ.get("PROMISES_LONG") else (6, 1)
PATIENCE_SECONDS = 60


def told(conf: Path, database: str, copies: Path) -> Path:
    """Our own settings, with a folder for what stands in them as a server far away."""
    said = CONF.read_text().replace("/var/lib/manyhands/manyhands.sqlite3", database)
    said, places = re.subn(r"type: sftp\n.*?( *)sync-interval", rf"type: file\n\1path: {copies}\n\1sync-interval", said, flags=re.DOTALL)  # fmt: skip
    assert places == 1
    conf.write_text(said)
    return conf


class Copying:
    """Litestream beside a house, as the service runs it."""

    def __init__(self, conf: Path) -> None:
        self.conf, self.log = conf, conf.with_suffix(".log")

    def __enter__(self) -> Self:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([str(LITESTREAM), "replicate", "-config", str(self.conf)], stdout=log, stderr=log)  # fmt: skip
        return self

    def __exit__(self, *_why: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=30)

    def copied(self) -> int:
        """How many pieces have arrived where the copies lie."""
        return sum(1 for each in self.conf.with_name("copies").rglob("*") if each.is_file())


def _wait_until(holds, why) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, why()
        time.sleep(0.05)


@pytest.mark.skipif(
    os.environ.get("MANYHANDS_DATABASE_URL", "").startswith("postgres"),
    reason="Litestream is for SQLite; PostgreSQL streams its own log.",
)
@pytest.mark.skipif(
    LITESTREAM is None, reason="Litestream is not installed: it is among the tools of the tests on Linux x86_64 only."
)
def test_litestream_brings_back_what_was_asked_until_the_machine_died(tmp_path):
    folder = tmp_path / "house"
    folder.mkdir()
    with serving(folder) as server:
        database = Path(server.env["MANYHANDS_DATABASE_URL"].removeprefix("sqlite:///"))
        conf = told(tmp_path / "litestream.yml", str(database), tmp_path / "copies")
        expected: list[str] = []
        for kill in range(KILLS):
            with Copying(conf) as copying:
                _wait_until(copying.copied, copying.log.read_text)
                for number in range(ASKS):
                    expected.append(f"asked {kill:02d}-{number:02d}")
                    server.python(ASK.format(words=expected[-1]))
                    if number == ASKS // 2 - 1:
                        # What comes from here on is copied piece by piece, after the first copy of the whole.
                        _wait_until(lambda: _has(conf, database, tmp_path / "looked", expected[-1]), copying.log.read_text)  # fmt: skip
                # A second later it is there; how long that took is not this test's business.
                _wait_until(lambda: _has(conf, database, tmp_path / "looked", expected[-1]), copying.log.read_text)  # fmt: skip
            server.kill()
            for part in database.parent.glob(f"{database.name}*"):
                part.unlink() if part.is_file() else shutil.rmtree(part)
            # Litestream's own notes beside it.
            for part in database.parent.glob(f".{database.name}*"):
                shutil.rmtree(part)
            _brought_back(conf, database, database)
            assert server.python(READ).strip() == str(sorted(expected))
            server.start()
    keys = [each for each in Path(f"{folder}-keys").rglob("*") if each.is_file()]
    assert keys, "the house has keys"
    kept = b"".join(each.read_bytes() for each in (tmp_path / "copies").rglob("*") if each.is_file())
    assert not any(each.read_bytes() in kept for each in keys if each.stat().st_size > 16)


def _brought_back(conf: Path, database: Path, into: Path) -> None:
    subprocess.run(
        [str(LITESTREAM), "restore", "-config", str(conf), "-o", str(into), str(database)],
        check=True,
        capture_output=True,
    )


def _has(conf: Path, database: Path, into: Path, words: str) -> bool:
    """Whether the copies hold this ask already; its words are sealed, so the asks are counted."""
    for part in into.parent.glob(f"{into.name}*"):
        part.unlink()
    _brought_back(conf, database, into)
    with contextlib.closing(sqlite3.connect(into)) as copy:
        found = copy.execute("SELECT count(*) FROM exchange_ask").fetchone()[0]
    return bool(found == int(words[6:8]) * ASKS + int(words[9:11]) + 1)
