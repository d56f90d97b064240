"""The wall between networks in the SQL itself, on both databases and without anybody having to remember it.

While the work at hand is about one network (kit/wall.py), every table that holds a network's rows is narrowed to that
network's wherever it stands in a question: at the bottom, joined, in a question within another, in a count, a change or
a removal. A question that forgot its filter is answered as if nothing else were there.
"""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from django.db.models.sql.datastructures import BaseTable
from django.db.models.sql.where import AND, ExtraWhere, WhereNode

from manyhands.config import walls
from manyhands.kit import wall


@cache
def _walled() -> dict[str, walls.Walled]:
    """The tables behind the wall, by name."""
    return {one.table.strip('"'): one for one in walls.walled()}


def only_ours(table: str, alias: str, compiler: Any) -> str | None:
    """SQL that is true for the rows of the network we stand in; ``None`` where there is nothing to narrow.

    The network is written into the SQL and not handed over beside it: it comes from a UUID, so there is nothing in it
    that could break out, and a join's place among the other values need not be known.
    """
    if (where := wall.inside()) == wall.EVERY or (walled := _walled().get(table)) is None:
        return None
    if where == wall.NOT_SAID:
        raise wall.NotSaid(table)
    network = UUID(where)
    plain = "" if compiler.connection.vendor == "postgresql" else "+"
    return _narrowed(
        walled, f"{compiler.quote_name_unless_alias(alias)}.", str(network) if not plain else network.hex, plain
    )


def _narrowed(walled: walls.Walled, prefix: str, network: str, plain: str) -> str:
    if not walled.parent:
        # With a plus before it SQLite takes no index for this, so the way it goes stays what it was without the wall.
        return f"{plain}{prefix}{walled.column} = '{network}'"
    above = _narrowed(_walled()[walled.parent.strip('"')], "", network, plain)
    return f"{prefix}{walled.column} IN (SELECT {walled.parent_key} FROM {walled.parent} WHERE {above})"  # noqa: S608


def also(where: WhereNode | None, said: str | None) -> WhereNode | None:
    """A condition and one more."""
    if said is None:
        return where
    return WhereNode([*([where] if where is not None else []), ExtraWhere([said], [])], AND)  # type: ignore[list-item]


class Reading:
    """A question: its tables show the rows of the network we stand in."""

    query: Any
    where: Any

    def pre_sql_setup(self, **how: Any) -> Any:
        found = super().pre_sql_setup(**how)  # type: ignore[misc]
        for alias, table in self.query.alias_map.items():
            if type(table) is BaseTable and self.query.alias_refcount[alias]:
                self.where = also(self.where, only_ours(table.table_name, alias, self))
        return found

    def get_from_clause(self) -> tuple[list[str], list[Any]]:
        said, values = super().get_from_clause()  # type: ignore[misc]
        if wall.inside() != wall.EVERY:
            standing = [alias for alias in self.query.alias_map if self.query.alias_refcount[alias]]
            for place, alias in enumerate(standing):
                table = self.query.alias_map[alias]
                # What is joined is narrowed where it is joined: a row without a partner stays a row.
                if type(table) is not BaseTable and (ours := only_ours(table.table_name, alias, self)):
                    said[place] = f"{said[place].removesuffix(')')} AND {ours})"
        return said, values


class Changing:
    """A change to rows that are there: to those of the network we stand in, and none of them moves to another."""

    query: Any

    def as_sql(self) -> Any:
        table = self.query.get_initial_alias()
        if (ours := only_ours(table, table, self)) is None:
            return super().as_sql()  # type: ignore[misc]
        for field, _model, value in self.query.values:
            _stays_here(table, field, value)
        # What is changed is found by a question of its own where that takes other tables; it is narrowed as well.
        before, self.query.where = self.query.where, also(self.query.where, ours)
        try:
            return super().as_sql()  # type: ignore[misc]
        finally:
            self.query.where = before


class Removing:
    """Taking rows out: those of the network we stand in."""

    def _as_sql(self, query: Any) -> Any:
        before = query.where
        query.where = also(before, only_ours(query.base_table, query.base_table, self))
        try:
            return super()._as_sql(query)  # type: ignore[misc]
        finally:
            query.where = before


class PuttingIn:
    """New rows: of the network we stand in, or none."""

    query: Any

    def as_sql(self) -> Any:
        table = self.query.get_meta().db_table
        if wall.inside() != wall.EVERY and table in _walled():
            for field in self.query.fields:
                for one in self.query.objs:
                    _stays_here(table, field, getattr(one, field.attname, None))
        return super().as_sql()  # type: ignore[misc]


def _stays_here(table: str, field: Any, value: Any) -> None:
    """What a row says of its network is the network we stand in."""
    walled = _walled()[table]
    if walled.parent or field.column != walled.column.strip('"'):
        return
    if wall.inside() == wall.NOT_SAID:
        raise wall.NotSaid(table)
    if str(getattr(value, "pk", value)) != wall.inside():
        raise wall.OfAnother(table)
