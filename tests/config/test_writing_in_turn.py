"""Whoever writes to a SQLite file waits for their turn and gives it back, whatever becomes of them; readers never wait."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from django.db import IntegrityError, OperationalError, connections, transaction
from django.db.backends.sqlite3.base import DatabaseWrapper as Djangos

from manyhands.config import database
from manyhands.config.fair_sqlite.queue import Queue, WaitedTooLong

HOLD = """
import sys, time
from pathlib import Path
from manyhands.config.fair_sqlite.queue import Queue
queue = Queue(Path(sys.argv[1]), most_seconds=20)
queue.take()
print("mine", flush=True)
time.sleep(60)
"""


@pytest.fixture
def notes(tmp_path, django_db_setup, django_db_blocker):
    """A SQLite file of our own with one table, opened as the house opens its database."""
    connections.databases["notes"] = {
        **connections.databases["default"],
        **database.settings_for({"kind": "sqlite", "path": str(tmp_path / "notes.sqlite3")}),
        "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False, "USER": "", "PASSWORD": "", "HOST": "", "PORT": "",
    }  # fmt: skip
    with django_db_blocker.unblock():
        connection = connections["notes"]
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, words TEXT UNIQUE)")
        yield connection
        connection.close()
    del connections["notes"]
    del connections.databases["notes"]


@pytest.fixture
def others_turn(notes):
    """Another process writes, and does not come to an end."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, notes.settings_dict["NAME"]], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"mine\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def is_free(notes) -> bool:
    probe = Queue(notes.settings_dict["NAME"], most_seconds=0.01)
    try:
        probe.take()
    except WaitedTooLong:
        return False
    probe.close()
    return True


def write(notes, words: str) -> None:
    with notes.cursor() as cursor:
        cursor.execute("INSERT INTO note (words) VALUES (%s)", [words])


def count(notes) -> int:
    with notes.cursor() as cursor:
        return cursor.execute("SELECT count(*) FROM note").fetchone()[0]


def test_a_transaction_takes_its_turn_at_its_first_moment_and_gives_it_back_at_its_end(notes):
    with transaction.atomic(using="notes"):
        assert not is_free(notes)
        write(notes, "bread")
        with transaction.atomic(using="notes"):
            write(notes, "milk")
        assert not is_free(notes), "an inner block does not end the turn"
    assert is_free(notes)
    assert count(notes) == 2


def test_a_transaction_that_fails_gives_its_turn_back(notes):
    write(notes, "bread")
    with pytest.raises(IntegrityError), transaction.atomic(using="notes"):
        write(notes, "bread")
    assert is_free(notes)
    with transaction.atomic(using="notes"):
        write(notes, "milk")
        transaction.set_rollback(True, using="notes")
    assert is_free(notes)
    assert count(notes) == 1


def test_a_connection_closed_in_the_middle_gives_its_turn_back(notes):
    with transaction.atomic(using="notes"):
        write(notes, "bread")
        notes.close()
        assert is_free(notes)
    assert count(notes) == 0


def test_a_commit_that_fails_gives_its_turn_back(notes, monkeypatch):
    def refuse(self):
        raise OperationalError("disk I/O error")

    def write_and_fail() -> None:
        with transaction.atomic(using="notes"):
            write(notes, "bread")
            monkeypatch.setattr(Djangos, "_commit", refuse)

    with pytest.raises(OperationalError):
        write_and_fail()
    assert is_free(notes)
    assert count(notes) == 0


def test_readers_never_wait(notes, others_turn):
    began = time.monotonic()
    assert count(notes) == 0
    with notes.cursor() as cursor:
        cursor.execute("WITH one AS (SELECT 1 AS it) SELECT it FROM one")
        assert cursor.fetchone() == (1,)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "writing",
    [
        "INSERT INTO note (words) VALUES ('x')",
        "UPDATE note SET words = 'x'",
        "DELETE FROM note",
        "WITH one AS (SELECT 'x' AS it) INSERT INTO note (words) SELECT it FROM one",
        "CREATE TABLE more (id INTEGER)",
    ],
)
def test_a_single_write_waits_for_its_turn_too(notes, others_turn, writing):
    notes.queue.most_seconds = 0.05
    with notes.cursor() as cursor, pytest.raises(OperationalError, match="locked"):
        cursor.execute(writing)
    with notes.cursor() as cursor, pytest.raises(OperationalError, match="locked"):
        cursor.executemany("INSERT INTO note (words) VALUES (%s)", [("a",), ("b",)])
    os.kill(others_turn.pid, signal.SIGKILL)
    others_turn.wait()
    with notes.cursor() as cursor:
        cursor.execute(writing)
    assert is_free(notes)


@pytest.mark.parametrize("how", ["fetchone", "fetchmany", "fetchall", "each"])
def test_a_single_write_that_answers_is_over_when_it_answers(notes, how):
    cursor = notes.cursor()
    cursor.execute("INSERT INTO note (words) VALUES ('a'), ('b') RETURNING words")
    assert is_free(notes)
    assert count(notes) == 2
    rows = {
        "fetchone": lambda: [cursor.fetchone(), cursor.fetchone()],
        "fetchmany": lambda: [*cursor.fetchmany(1), *cursor.fetchmany(5)],
        "fetchall": cursor.fetchall,
        "each": lambda: list(cursor),
    }[how]()
    assert rows == [("a",), ("b",)]
    assert cursor.fetchone() is None
    assert cursor.fetchall() == []
    cursor.execute("SELECT count(*) FROM note")
    assert cursor.fetchone() == (2,)
    cursor.close()


def test_a_writer_that_is_killed_lets_the_next_one_in(notes, others_turn):
    killer = threading.Timer(0.3, others_turn.kill)
    killer.start()
    with transaction.atomic(using="notes"):
        write(notes, "bread")
    killer.join()
    assert count(notes) == 1


def test_who_gave_up_waiting_leaves_no_place_in_the_line(notes, others_turn):
    notes.queue.most_seconds = 0.05
    with pytest.raises(OperationalError, match="locked"), transaction.atomic(using="notes"):
        raise AssertionError("it was not our turn")
    others_turn.kill()
    others_turn.wait()
    notes.queue.most_seconds = 20
    with transaction.atomic(using="notes"):
        write(notes, "bread")
    assert is_free(notes)


def test_threads_wait_for_each_other(notes):
    inside, most = [], []

    def one(number: int) -> None:
        for turn in range(10):
            with transaction.atomic(using="notes"):
                inside.append(number)
                most.append(len(inside))
                write(connections["notes"], f"{number} {turn}")
                inside.remove(number)
        connections.close_all()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(most) == {1}
    assert count(notes) == 40


def test_a_child_of_the_process_does_not_end_its_parents_turn(notes):
    with transaction.atomic(using="notes"):
        child = os.fork()
        if child == 0:
            notes.queue.close()
            os._exit(0)
        os.waitpid(child, 0)
        assert not is_free(notes)
    assert is_free(notes)


def test_a_database_in_memory_has_no_queue(db):
    in_memory = connections["default"]
    if in_memory.vendor != "sqlite" or not in_memory.is_in_memory_db():
        pytest.skip("The suite's database is not a SQLite one in memory.")
    assert in_memory.queue is None
