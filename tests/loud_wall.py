"""The wall between networks is silent in life: a question that forgot its filter finds nothing. In the suite it speaks.

Each question asked while we stand inside one network's wall is asked twice more, with the wall in it and without: where
the answers differ, something of another network came through. That takes a row of another network. So where a test is
`strict` the question is read as well: every table with a network's rows has to be held to ours by what the question
itself says, the network or a row's key, directly or over a join.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db.models.expressions import Col
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler, SQLDeleteCompiler, SQLUpdateCompiler
from django.db.models.sql.where import AND, OR, WhereNode

from manyhands.config.walled_queries.walling import _walled
from manyhands.kit import wall


class HangsOnNothing(AssertionError):
    """A question about a network's rows that names neither the network nor a row's key."""


class LeansOnTheWall(AssertionError):
    """Without the wall this question would have found rows of another network."""


@dataclass
class Spoken:
    """How often the wall spoke so far, for whoever wants to know who it was that failed a test."""

    times: int = 0
    is_on: bool = True
    is_strict: bool = False


SPOKE = Spoken()


def _is_walled(model: Any) -> bool:
    return model is not None and model._meta.db_table in _walled()


def _held_by(node: Any) -> set[str]:
    """The tables (by alias) that a condition holds to rows somebody named: by their network, their key, or a key of theirs
    that leads to another such row.
    """
    if isinstance(node, WhereNode):
        if node.negated:
            return set()
        each = [_held_by(child) for child in node.children]
        if node.connector == AND:
            return set().union(*each)
        return set.intersection(*each) if each and node.connector == OR else set()
    column = getattr(node, "lhs", None)
    if getattr(node, "lookup_name", "") not in {"exact", "in"} or not isinstance(column, Col):
        return set()
    field = column.target
    leads = field.remote_field.model if field.is_relation and field.remote_field else None
    label = leads._meta.label if leads is not None else ""
    if field.primary_key or label == "networks.Network" or _is_walled(leads):
        return {column.alias}
    return set()


def _unheld(query: Any) -> str | None:
    """The first table with a network's rows that nothing holds to ours; also in a question within this one."""
    for inner in _inner(query):
        if (found := _unheld(inner)) is not None:
            return found
    if query.combinator:
        return None
    query = query.clone()
    if not query.alias_map and getattr(query, "inner_query", None) is None:
        query.get_initial_alias()  # a question that says nothing at all has not looked at its table yet
    standing = {alias: table for alias, table in query.alias_map.items() if query.alias_refcount[alias]}
    walled = {alias for alias, table in standing.items() if table.table_name in _walled()}
    held, before = _held_by(query.where), None
    networks = {alias for alias, table in standing.items() if table.table_name == "networks_network"} & held
    while before != held:
        before = set(held)
        for alias, table in standing.items():
            parent = getattr(table, "parent_alias", None)
            if parent is None:
                continue
            # Rows of networks that hang together belong to the same one. Over a person, or a square, they need not.
            if (alias in walled or alias in networks) and (parent in walled or parent in networks):
                held |= {alias, parent} if {alias, parent} & held else set()
    loose = sorted(walled - held)
    return standing[loose[0]].table_name if loose else None


def _inner(query: Any) -> Iterator[Any]:
    """The questions within a question."""
    yield from query.combined_queries
    if getattr(query, "inner_query", None) is not None:
        yield query.inner_query
    waiting = [query.where, *query.annotations.values(), *(query.select or ())]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Query):
            yield node
        elif isinstance(node, WhereNode):
            waiting.extend(node.children)
        else:
            waiting.extend(
                each for each in (getattr(node, "lhs", None), getattr(node, "rhs", None)) if each is not None
            )
            if isinstance(getattr(node, "query", None), Query):
                yield node.query
            elif hasattr(node, "get_source_expressions"):
                waiting.extend(each for each in node.get_source_expressions() if each is not None)


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
            if SPOKE.is_strict and (table := _unheld(compiler.query)) is not None:
                SPOKE.times += 1
                raise HangsOnNothing(f"{table}, in a question about {compiler.query.model}")
            if isinstance(compiler, (SQLUpdateCompiler, SQLDeleteCompiler)):
                _rows_of(compiler)
            else:
                _question(compiler)
        return inner(compiler, *args, **kwargs)

    with patch.object(SQLCompiler, "execute_sql", execute_sql):
        yield
