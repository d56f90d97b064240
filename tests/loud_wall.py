"""The wall between networks is silent in life: a question that forgot its filter finds nothing. In the suite it speaks.

Each question asked while we stand inside one network's wall is asked twice more, with the wall in it and without; where
the answers differ, the rooms' own filter has let something of another network through, and the test fails.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db.models.sql.compiler import SQLCompiler, SQLDeleteCompiler, SQLUpdateCompiler

from manyhands.kit import wall


class LeansOnTheWall(AssertionError):
    """Without the wall this question would have found rows of another network."""


@dataclass
class Spoken:
    """How often the wall spoke so far, for whoever wants to know who it was that failed a test."""

    times: int = 0
    is_on: bool = True


SPOKE = Spoken()


def _answer(connection: Any, sql: str, params: Any) -> Counter[str]:
    with closing(connection.create_cursor()) as cursor:  # not counted among the questions of the page
        cursor.execute(sql, params)
        return Counter(repr(row) for row in cursor.fetchall())


def _compared(compiler: Any, with_wall: tuple[str, Any], without: tuple[str, Any]) -> None:
    if not with_wall[0] or with_wall[0] == without[0]:
        return
    ours = _answer(compiler.connection, *with_wall)
    with wall.within(None):
        everyones = _answer(compiler.connection, *without)
    if ours != everyones:
        SPOKE.times += 1
        raise LeansOnTheWall(without[0])


def _question(compiler: Any) -> None:
    asked = compiler.query.clone()
    asked.select_for_update = False

    def made() -> tuple[str, Any]:
        return asked.clone().get_compiler(compiler.using).as_sql()

    try:
        with_wall = made()
        with wall.within(None):
            without = made()
    except (EmptyResultSet, FullResultSet):
        return
    _compared(compiler, with_wall, without)


def _rows_of(compiler: Any) -> None:
    """What a change or a removal would reach."""

    def made() -> tuple[str, Any]:
        again = compiler.query.clone().get_compiler(compiler.using)
        sql, params = again.as_sql()
        if isinstance(compiler, SQLUpdateCompiler) and sql:
            values = again.query.clone()
            values.where = type(values.where)()
            head, _before = values.get_compiler(compiler.using).as_sql()
            head = head.partition(" WHERE ")[0]
            sql, params = f"DELETE FROM {sql.split()[1]}{sql[len(head) :]}", params[head.count("%s") :]
        return sql.replace("DELETE FROM", "SELECT count(*) FROM", 1), params

    try:
        with_wall = made()
        with wall.within(None):
            without = made()
    except (EmptyResultSet, FullResultSet):
        return
    _compared(compiler, with_wall, without)


@contextmanager
def loud() -> Iterator[None]:
    """From here on the wall speaks."""
    inner = SQLCompiler.execute_sql

    def execute_sql(compiler: Any, *args: Any, **kwargs: Any) -> Any:
        if SPOKE.is_on and wall.inside() not in {wall.EVERY, wall.NOT_SAID} and hasattr(compiler.query, "alias_map"):
            if isinstance(compiler, (SQLUpdateCompiler, SQLDeleteCompiler)):
                _rows_of(compiler)
            else:
                _question(compiler)
        return inner(compiler, *args, **kwargs)

    with patch.object(SQLCompiler, "execute_sql", execute_sql):
        yield
