"""Django's SQLite back end that takes its place in the queue before it writes."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base as djangos
from django.db.backends.sqlite3.operations import DatabaseOperations
from django.db.utils import OperationalError

from manyhands.config.fair_sqlite.queue import Queue, WaitedTooLong

# What begins so only looks. Anything else is taken to write: a needless turn costs less than a write out of turn.
LOOKS = re.compile(
    r"\s*(SELECT|PRAGMA|EXPLAIN|BEGIN|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE|ATTACH|DETACH|VACUUM\s+(\w+\s+)?INTO|"
    r"WITH(?!.*\b(INSERT|UPDATE|DELETE)\b))\b",
    re.IGNORECASE | re.DOTALL,
)


class Operations(DatabaseOperations):
    """Questions made with the wall between networks in them."""

    compiler_module = "manyhands.config.walled_queries.of_sqlite"


class DatabaseWrapper(djangos.DatabaseWrapper):
    """A connection whose write transactions begin when it is their turn.

    Every transaction here begins IMMEDIATE, so it holds SQLite's one place for writers from its first moment: the turn
    is taken just before and given back as soon as it ends, by whatever end. A single write outside a transaction is
    one too.
    """

    ops_class = Operations
    queue: Queue | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if not self.is_in_memory_db():
            self.queue = Queue(Path(conn_params["database"]), most_seconds=conn_params.get("timeout", 5.0))
        return super().get_new_connection(conn_params)

    def create_cursor(self, name: Any = None) -> Any:
        cursor = self.connection.cursor(factory=InTurn)
        cursor.house = self
        return cursor

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One write outside a transaction; one that begins a transaction by itself keeps its turn until that ends."""
        self._take()
        try:
            yield
        finally:
            if not self.connection.in_transaction:
                self._leave()

    @property
    def is_in_a_turn(self) -> bool:
        return self.queue is None or self.queue.is_ours or self.connection.in_transaction

    def _take(self) -> None:
        if self.queue is not None:
            try:
                self.queue.take()
            except WaitedTooLong:
                raise OperationalError("database is locked") from None

    def _leave(self) -> None:
        if self.queue is not None:
            self.queue.leave()

    def _start_transaction_under_autocommit(self) -> None:
        self._take()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> None:
        # A commit that fails leaves the transaction open, and the turn ours, until it is rolled back.
        super()._commit()  # type: ignore[misc]
        self._leave()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            if self.queue is not None:
                self.queue.close()


class InTurn(djangos.SQLiteCursorWrapper):
    """A cursor that waits for its turn with a write outside a transaction."""

    house: DatabaseWrapper
    _told: deque[Any] | None = None

    def execute(self, query: str, params: Any = None) -> Any:
        self._told = None
        if self.house.is_in_a_turn or LOOKS.match(query):
            return super().execute(query, params)
        with self.house.turn():
            super().execute(query, params)
            if self.description is not None:
                # A write that answers (RETURNING) is not over before its last row is read.
                self._told = deque(super().fetchall())
        return self

    def executemany(self, query: str, param_list: Any) -> Any:
        self._told = None
        if self.house.is_in_a_turn:
            return super().executemany(query, param_list)
        with self.house.turn():
            return super().executemany(query, param_list)

    def fetchone(self) -> Any:
        if self._told is None:
            return super().fetchone()
        return self._told.popleft() if self._told else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        if self._told is None:
            return super().fetchmany(self.arraysize if size is None else size)
        return [self._told.popleft() for _ in range(min(size or self.arraysize, len(self._told)))]

    def fetchall(self) -> list[Any]:
        if self._told is None:
            return super().fetchall()
        rows = list(self._told)
        self._told.clear()
        return rows

    def __next__(self) -> Any:
        if self._told is None:
            return super().__next__()
        if not self._told:
            raise StopIteration
        return self._told.popleft()
