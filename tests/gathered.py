"""The cast, gathered once per process and laid out again for each test: the same rows, the same keys, fresh objects.

Bringing everyone together takes some four hundred questions to the database and twenty writes to the key ring, and
half of all tests begin with it. What that left behind is noted before the first of them, and put there as it was. A
test that already has something in its database, commits for real, or has a key ring of its own gets a cast that is
gathered on the spot.
"""

from __future__ import annotations

import copy
import os
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

from manyhands.journal.models import Entry
from manyhands.kit import ring
from manyhands.people.models import Person
from tests import cast

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Gathered:
    """What there was once everyone had come."""

    everyone: cast.Cast
    rows: list[tuple[str, Rows]]  # how they are put into a table, and which
    keys: Any  # a copy of the ring, in memory
    looks: tuple[Any, ...]


def once() -> Gathered:
    """Gather everyone, note what that left in the database, and take it out again."""
    assert not _has_own_ring(), "Ask for `gathered_once` before the key ring is changed."
    with transaction.atomic(), translation.override("en"):
        before = _everything()
        everyone = cast.gather()
        after = _everything()
        transaction.set_rollback(True)
    rows = []
    for table, (columns, there) in after.items():
        _columns, was = before[table]
        assert all(row in there for row in was), f"Gathering changed what was in {table} before."
        if new := [row for row in there if row not in was]:
            names, marks = ", ".join(map(_quoted, columns)), ", ".join(["%s"] * len(columns))
            rows.append((f"INSERT INTO {_quoted(table)} ({names}) VALUES ({marks})", new))
    return Gathered(everyone, rows, *_ring_copied())


def again(gathered: Gathered) -> cast.Cast:
    """Everyone, in the database of this test."""
    if _has_own_ring() or not connection.in_atomic_block or Person.objects.exists() or Entry.objects.exists():
        return cast.gather()
    with connection.cursor() as cursor:
        for put, rows in gathered.rows:
            cursor.executemany(put, rows)
    _put_ring_back(gathered)
    return copy.deepcopy(gathered.everyone)


def _has_own_ring() -> bool:
    return os.environ["MANYHANDS_KEYS_DIR"] != str(settings.KEYS_DIR)


def _everything() -> dict[str, tuple[list[str], Rows]]:
    """Every row of every table, as the database has it."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
            # A plus before a column: SQLite then tells what lies there, unread by Django's converters.
            plus = "+" if connection.vendor == "sqlite" else ""
            cursor.execute(f"SELECT {', '.join(plus + _quoted(name) for name in columns)} FROM {_quoted(table)}")
            found[table] = (columns, [tuple(_bytes(value) for value in row) for row in cursor.fetchall()])
    return found


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _bytes(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _ring_copied() -> tuple[Any, tuple[Any, ...]]:
    import sqlite3

    own, copied = ring.the_ring()._connected(), sqlite3.connect(":memory:")
    own.backup(copied)
    return copied, _looks_of(own)


def _put_ring_back(gathered: Gathered) -> None:
    """Whoever was forgotten has a key again, and whoever came since has none."""
    there = ring.the_ring()
    with there._lock:
        if _looks_of(there._connected()) != gathered.looks:
            gathered.keys.backup(there._connected())
            there._drop_keys()


def _looks_of(connected: Any) -> tuple[Any, ...]:
    """What any change of a ring changes: its epoch, or how many there are of something."""
    return (
        connected.execute("SELECT epoch, epoch_key FROM house").fetchone(),
        *connected.execute("SELECT (SELECT count(*) FROM holders), (SELECT count(*) FROM forgotten)").fetchone(),
        connected.execute("SELECT name, wrapped FROM slots ORDER BY name").fetchall(),
        connected.execute("SELECT name, value FROM kept ORDER BY name").fetchall(),
    )
