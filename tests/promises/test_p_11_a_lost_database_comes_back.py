"""P-11: a database that is lost at a random minute comes back with everything that was answered before the backup.

By default that is last night's at the latest; with streaming (docs/how-to/host/backups.md) the last minute's.
"""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path

import pytest

from tests.promises.test_no_answered_ask_is_lost import COUNT, SCENE, Stream, nobody_was_turned_away
from tests.serving import Server, serving

pytestmark = pytest.mark.server

LOST = 12 if os.environ.get("PROMISES_LONG") else 1


def lose(server) -> None:
    """The whole database is gone, as after a wrong command."""
    url = server.env["MANYHANDS_DATABASE_URL"]
    if url.startswith("sqlite"):
        for tail in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + tail).unlink(missing_ok=True)
        return
    import psycopg

    with psycopg.connect(url.replace("postgres://", "postgresql://"), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def test_everything_answered_before_the_backup_comes_back(tmp_path):
    luck, folder = random.Random(), tmp_path / "data"
    folder.mkdir()
    with serving(folder) as server:
        scene = json.loads(server.python(SCENE))
        for _ in range(LOST):
            streams = [Stream(server, scene["category"], session) for session in scene["cookies"][:3]]
            for stream in streams:
                stream.start()
            _until(server, streams, 15)
            answered_before = [words for stream in streams for words in stream.answered]
            made = Path(server.run("backup").stdout.split(" to ")[-1].strip())
            _until(server, streams, len(answered_before) + 15)
            time.sleep(luck.random())
            server.kill()
            for stream in streams:
                stream.is_over.set()
            for stream in streams:
                stream.join(timeout=60)

            lose(server)
            server.run("restore", str(made))
            sound, kept = json.loads(server.python(COUNT))
            assert sound == "ok"
            assert len(answered_before) >= 15
            assert set(answered_before) <= set(kept), "an ask answered before the backup is gone"
            assert len(kept) == len(set(kept))

            server.start()  # and the house answers again, with people who go on asking
            stream = Stream(server, scene["category"], scene["cookies"][0])
            stream.start()
            _until(server, [stream], 1)
            stream.is_over.set()
            stream.join(timeout=60)


def _until(server: Server, streams: list[Stream], most: int) -> None:
    deadline = time.monotonic() + 60
    while sum(len(stream.answered) for stream in streams) < most and time.monotonic() < deadline:
        nobody_was_turned_away(streams, server)
        time.sleep(0.02)
    assert sum(len(stream.answered) for stream in streams) >= most
