"""Which tables hold a network's rows, and PostgreSQL's own wall around each of them: row-level security.

Which tables those are is read from the models: whatever names its network, and whatever belongs to such a thing. So a
new table has its wall as soon as the database is brought up to date, and nobody has to remember it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.backends.utils import CursorWrapper

SETTING = "current_setting('manyhands.network', true)"
OURS = f"NULLIF(NULLIF({SETTING}, 'all'), '')::uuid"


@dataclass(frozen=True, slots=True)
class Walled:
    """A table that holds rows of one network each, and how a row tells which."""

    table: str
    column: str
    parent: str = ""
    parent_key: str = ""

    @property
    def own_rows(self) -> str:
        """SQL that is true for the rows of the network we stand in."""
        if not self.parent:
            return f"{self.column} = {OURS}"
        # The parent stands behind its own wall, which this one leans on.
        return f"{OURS} IS NOT NULL AND {self.column} IN (SELECT {self.parent_key} FROM {self.parent})"  # noqa: S608


def walled() -> list[Walled]:
    """Every table that holds a network's rows, parents before what belongs to them."""
    known: dict[type[models.Model], Walled] = {}
    ours = [
        model for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("manyhands.") and model._meta.managed and not model._meta.proxy
    ]  # fmt: skip
    for model in ours:
        if field := _network_of(model):
            known[model] = Walled(_quoted(model._meta.db_table), _quoted(field.column))
    found_more = True
    while found_more:
        found_more = False
        for model in ours:
            if model not in known and (field := _parent_of(model, known)):
                parent = field.related_model
                known[model] = Walled(
                    _quoted(model._meta.db_table), _quoted(field.column), _quoted(parent._meta.db_table),
                    _quoted(field.target_field.column),
                )  # fmt: skip
                found_more = True
    return list(known.values())


def _network_of(model: type[models.Model]) -> Any:
    return next(
        (
            field for field in model._meta.concrete_fields
            if isinstance(field, models.ForeignKey) and field.related_model._meta.label == "networks.Network"
        ),
        None,
    )  # fmt: skip


def _parent_of(model: type[models.Model], known: dict[type[models.Model], Walled]) -> Any:
    return next(
        (
            field for field in model._meta.concrete_fields
            if isinstance(field, models.ForeignKey) and not field.null and field.related_model in known
        ),
        None,
    )  # fmt: skip


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def build(connection: Any) -> None:
    """Put the wall up around every table that is there, as the models say today. Does nothing on SQLite."""
    if connection.vendor != "postgresql":
        return
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for wall in walled():
            if wall.table.strip('"') in there and not _stands(cursor, wall):
                _put_up(cursor, wall)


def missing(connection: Any) -> list[str]:
    """The tables that should be behind the wall and are not."""
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        return [
            wall.table for wall in walled() if wall.table.strip('"') in there and not _stands(cursor, wall)
        ]  # fmt: skip


def policies(wall: Walled) -> dict[str, str]:
    """The two policies of a table: its name and what it lets through."""
    return {"own_network": wall.own_rows, "every_network": f"{SETTING} = 'all'"}


def _mark(wall: Walled) -> str:
    """What we write on a table's policies, to see whether they are today's; PostgreSQL rewrites the SQL itself."""
    return f"manyhands: {wall.own_rows}"


def _stands(cursor: CursorWrapper, wall: Walled) -> bool:
    cursor.execute(
        """
        SELECT relrowsecurity AND relforcerowsecurity AND (
            SELECT count(*) FROM pg_policy WHERE polrelid = pg_class.oid
        ) = 2 AND (
            SELECT count(*) FROM pg_policy WHERE polrelid = pg_class.oid AND polname IN ('own_network', 'every_network')
            AND polpermissive AND polcmd = '*' AND obj_description(pg_policy.oid, 'pg_policy') = %s
        ) = 2
        FROM pg_class WHERE oid = %s::regclass
        """,
        [_mark(wall), wall.table],
    )
    row = cursor.fetchone()
    return bool(row and row[0])


def _put_up(cursor: CursorWrapper, wall: Walled) -> None:
    # Names come from our own models and are quoted; the mark goes through the driver's own quoting.
    cursor.execute(f"ALTER TABLE {wall.table} ENABLE ROW LEVEL SECURITY")
    cursor.execute(f"ALTER TABLE {wall.table} FORCE ROW LEVEL SECURITY")
    for name, lets_through in policies(wall).items():
        cursor.execute(f"DROP POLICY IF EXISTS {name} ON {wall.table}")
        cursor.execute(
            f"CREATE POLICY {name} ON {wall.table} FOR ALL USING ({lets_through}) WITH CHECK ({lets_through})"
        )
        cursor.execute(f"COMMENT ON POLICY {name} ON {wall.table} IS %s", [_mark(wall)])
