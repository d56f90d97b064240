"""The drill: a backup nobody has restored is a hope. Every night the machine restores the newest and looks at it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings

from manyhands.config.backups import databases, making, restoring, shelf
from manyhands.config.backups.archive import Unreadable
from manyhands.config.backups.databases import CannotCopy
from manyhands.config.backups.keys import key_to


@dataclass(frozen=True, slots=True)
class Drill:
    """How a drill went: what was looked at, and what was found wrong."""

    at: datetime
    backup: str
    backup_made_at: datetime | None
    seconds: float
    looked_at: dict[str, Any]
    found: list[str]

    @property
    def is_good(self) -> bool:
        return not self.found


def drill(*, now: datetime, path: Path | None = None) -> Drill:
    """Restore the newest backup (or this one) into a scratch place, look at it, write down how it went, and tidy up."""
    began = monotonic()
    shelved = shelf.kept()
    path = path or (shelved[0].path if shelved else None)
    looked_at: dict[str, Any] = {}
    made_at = None
    if path is None:
        found = ["There is no backup to restore."]
    else:
        try:
            with making.alone():
                key = key_to(path)
                header, manifest = restoring.read_through(path, key)
                made_at = header.made_at
                looked_at = {"tables": len(manifest["tables"]), "rows": sum(manifest["tables"].values())}
                if no := restoring.why_not_here(header, manifest, kind=header.kind):
                    found = [no]
                else:
                    with _restored(path, key, manifest, header.kind) as (database, wrong):
                        told = {"found": wrong} if wrong else look_over(database)
                        found = told.pop("found")
                        looked_at |= told
        except (Unreadable, CannotCopy) as no:
            found = [str(no)]
    done = Drill(now, path.name if path else "", made_at, round(monotonic() - began, 1), looked_at, found)
    _note(done)
    return done


def _note(done: Drill) -> None:
    before = shelf.last_drill()
    last_good = done.at if done.is_good else before and before["last_good"]
    shelf.note_drill(
        {
            "at": done.at.astimezone(UTC).isoformat(),
            "backup": done.backup,
            "backup_made_at": done.backup_made_at and done.backup_made_at.isoformat(),
            "seconds": done.seconds,
            "looked_at": done.looked_at,
            "found": done.found,
            "last_good": last_good and last_good.astimezone(UTC).isoformat(),
        }
    )


@contextmanager
def _restored(
    path: Path, key: bytes, manifest: dict[str, Any], kind: str
) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """The backup restored into a scratch place that is gone afterwards, and what is wrong with it at first sight."""
    if kind == "sqlite":
        with making.scratch_folder() as scratch:
            target = scratch / "drill.sqlite3"
            try:
                restoring.put_sqlite(path, key, target)
            except OSError as error:
                raise CannotCopy(f"The scratch copy can't be written ({error.strerror}).") from None
            yield {"kind": "sqlite", "path": str(target)}, restoring.wrong_in_sqlite(target, manifest)
        return
    if settings.ENV.database["kind"] != "postgres":
        raise CannotCopy(
            "This backup is of PostgreSQL, and MANYHANDS_DATABASE_URL names SQLite: there is nowhere to try it."
        )
    with _scratch_database(settings.ENV.database) as (database, server):
        restoring.put_postgres(path, key, database, server=server)
        with databases.postgres(database) as connection:
            wrong = restoring.differences(databases.counted_in_postgres(connection), manifest)
        yield database, wrong


@contextmanager
def _scratch_database(live: dict[str, Any]) -> Iterator[tuple[dict[str, Any], int]]:
    import psycopg
    from psycopg import sql

    mark = f"{live['name'][:40]}_drill_"
    with databases.postgres(live, autocommit=True) as connection:
        # What a killed drill left behind.
        left = connection.execute("SELECT datname FROM pg_database WHERE left(datname, %s) = %s", (len(mark), mark))
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        for (name,) in left.fetchall():
            connection.execute(drop.format(sql.Identifier(name)))
        name = mark + uuid.uuid4().hex[:8]
        try:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege:
            user = connection.info.user
            raise CannotCopy(
                "The drill may not make a scratch database. As PostgreSQL's own user, run: "
                f'psql -c "ALTER ROLE \\"{user}\\" CREATEDB"'
            ) from None
        try:
            yield {**live, "name": name}, connection.info.server_version // 10_000
        finally:
            connection.execute(drop.format(sql.Identifier(name)))


def look_over(database: dict[str, Any]) -> dict[str, Any]:
    """What a process of our own, which knows only the restored database, finds in it."""
    done = restoring.ours("look-over", database=database)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1][:200]
        return {"found": [f"The restored database could not be looked at: {last}"]}
    told: dict[str, Any] = json.loads(done.stdout)
    return told
