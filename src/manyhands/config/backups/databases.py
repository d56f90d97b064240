"""What copying needs to know of the two kinds of database: their tables, their tools, their files."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# A schema that a restore put aside is neither copied nor counted.
ASIDE = "replaced_"
# Copying stands in every network at once, where PostgreSQL itself keeps them apart (row-level security).
EVERYWHERE = "-c manyhands.network=all"


class CannotCopy(Exception):
    """A database can't be copied or put back. The text is a sentence that says why, and what to do."""


def as_url(database: dict[str, Any]) -> str:
    """The setting MANYHANDS_DATABASE_URL that names this database."""
    from urllib.parse import quote

    if database["kind"] == "sqlite":
        return f"sqlite:///{database['path']}"
    user = quote(database["user"], safe="") + (
        f":{quote(database['password'], safe='')}" if database["password"] else ""
    )
    host = quote(database["host"], safe="") + (f":{database['port']}" if database["port"] else "")
    return f"postgres://{user + '@' if user else ''}{host}/{quote(database['name'], safe='')}"


def sqlite(path: Path, *, read_only: bool = True) -> Any:
    """A connection of our own to a SQLite file, which begins no transaction by itself."""
    import sqlite3

    mode = "ro" if read_only else "rw"
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=20)
    connection.execute("PRAGMA trusted_schema=OFF")
    return connection


def counted_in_sqlite(connection: Any) -> dict[str, Any]:
    """How many rows each table has, and which migrations were applied."""
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    names = sorted(name for (name,) in found)
    tables = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608
    applied: list[list[str]] = []
    if "django_migrations" in tables:
        rows = connection.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        applied = [list(row) for row in rows]
    return {"tables": tables, "migrations": applied}


@contextmanager
def postgres(database: dict[str, Any], **more: Any) -> Iterator[Any]:
    """A connection of our own to a PostgreSQL database."""
    import psycopg

    try:
        connection = psycopg.connect(
            dbname=database["name"], user=database["user"] or None, password=database["password"] or None,
            host=database["host"] or None, port=database["port"] or None, connect_timeout=10,
            options=EVERYWHERE, **more,
        )  # fmt: skip
    except psycopg.OperationalError as error:
        raise CannotCopy(f"The database can't be reached: {str(error).strip().splitlines()[0]}") from None
    with connection:
        yield connection


def counted_in_postgres(connection: Any) -> dict[str, Any]:
    """How many rows each table has, and which migrations were applied, in the transaction of the connection."""
    from psycopg import sql

    rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    tables = {}
    for (name,) in rows.fetchall():
        counting = sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(name))
        tables[name] = connection.execute(counting).fetchone()[0]
    applied: list[list[str]] = []
    if "django_migrations" in tables:
        found = connection.execute("SELECT app, name FROM public.django_migrations ORDER BY app, name")
        applied = [list(row) for row in found.fetchall()]
    return {"tables": tables, "migrations": applied}


def tool(name: str, *, at_least: int) -> str:
    """Where a tool of PostgreSQL is, if it is there and new enough for this database."""
    found = shutil.which(name)
    if found is None:
        raise CannotCopy(
            f"{name} is not installed; backups of PostgreSQL need it. On Debian: apt install postgresql-client"
        )
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    version = re.search(r"(\d+)(?:\.|devel|beta|rc|\s|$)", said)
    if version is None or int(version[1]) < at_least:
        raise CannotCopy(
            f"{name} is older than the database ({said.strip() or 'it does not say'}, and PostgreSQL {at_least}). "
            f"Install postgresql-client-{at_least}."
        )
    return found


def surroundings(database: dict[str, Any]) -> dict[str, str]:
    """The environment in which PostgreSQL's tools find a database: never on a command line, which others can read."""
    said = {
        "PGDATABASE": database["name"], "PGUSER": database["user"], "PGPASSWORD": database["password"],
        "PGHOST": database["host"], "PGPORT": database["port"], "PGOPTIONS": EVERYWHERE,
    }  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if name not in said}
    return {**kept, **{name: value for name, value in said.items() if value}}


def last_words(said: bytes, *, otherwise: str) -> str:
    """What a tool complained of last, without what it may have read."""
    lines = [line for line in said.decode(errors="replace").splitlines() if "error:" in line or "fatal" in line.lower()]
    return lines[-1].split("error:")[-1].strip()[:200] if lines else otherwise
