"""Putting a backup back: read to its end before anything is touched, and what was there is kept aside."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from manyhands.config.backups import archive, databases, making
from manyhands.config.backups.archive import Unreadable
from manyhands.config.backups.databases import ASIDE, CannotCopy
from manyhands.config.backups.keys import key_to
from manyhands.kit.writing_once import sync_folder

SERVING = "serving.lock"


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup that was put back, and where what it replaced lies now."""

    header: archive.Header
    manifest: dict[str, Any]
    aside: str
    forgotten_again: int


def read_through(path: Path, key: bytes) -> tuple[archive.Header, dict[str, Any]]:
    """Read an archive to its end without keeping anything: whole and unchanged, or :class:`Unreadable`."""
    try:
        with path.open("rb") as file:
            reader = archive.Reader(file, key=key)
            for _piece in reader.pieces():
                pass
    except OSError as error:
        raise Unreadable(f"{path} can't be read ({error.strerror}).") from None
    return reader.header, reader.manifest


def why_not_here(header: archive.Header, manifest: dict[str, Any], *, kind: str) -> str | None:
    """Why this version of Manyhands, with this kind of database, can't take the backup."""
    if _numbers(header.version) > _numbers(settings.VERSION):
        return (
            f"This backup is of Manyhands {header.version}, and this is {settings.VERSION}. "
            "Install that version or a newer one first."
        )
    from django.db.migrations.loader import MigrationLoader

    known = set(MigrationLoader(None).disk_migrations)
    ours = {app for app, _name in known}
    if any((app, name) not in known for app, name in manifest["migrations"] if app in ours):
        return "This backup is of a newer state of Manyhands than this one. Bring Manyhands up to date first."
    if header.kind != kind:
        names = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
        return (
            f"This backup is of {names[header.kind]}, and MANYHANDS_DATABASE_URL names {names[kind]}. "
            "Put it back into its own kind; then move (docs/how-to/host/move-to-postgresql.md)."
        )
    return None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def restore(path: Path, *, now: datetime, into: dict[str, Any] | None = None, replace: bool = False) -> Restored:
    """Put a backup back, into the live database or another one, and bring it up to date."""
    database = into or settings.ENV.database
    key = key_to(path)
    header, manifest = read_through(path, key)
    if no := why_not_here(header, manifest, kind=database["kind"]):
        raise CannotCopy(no)
    settings.ENV.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    put = _over_sqlite if database["kind"] == "sqlite" else _over_postgres
    with making.alone(), nullcontext() if database != settings.ENV.database else _nobody_serves():
        aside = put(path, key, manifest, database, now=now, replace=replace)
    bring_up_to_date(database)
    return Restored(header, manifest, aside, forget_again(database))


@contextmanager
def _nobody_serves() -> Iterator[None]:
    try:
        with making.held(settings.ENV.data_dir / SERVING, wait=False):
            yield
    except BlockingIOError:
        raise CannotCopy("The server is running on this data. Stop it first.") from None


def _over_sqlite(
    path: Path, key: bytes, manifest: dict[str, Any], database: dict[str, Any], *, now: datetime, replace: bool
) -> str:
    target = Path(database["path"])
    there = target.exists() and target.stat().st_size > 0
    if there and not replace:
        raise CannotCopy(
            f"There is a database at {target} already. Add --yes-replace to put the backup in its place; "
            "what is there now is kept aside."
        )
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = target.with_name(f"{target.name}.restoring")
    try:
        put_sqlite(path, key, fresh)
        if wrong := wrong_in_sqlite(fresh, manifest):
            raise CannotCopy(" ".join(wrong))
        aside = ""
        if there:
            _settle(target)
            aside = str(target.with_name(f"{target.name}.replaced-{now:%Y%m%dT%H%M%S}"))
            for tail in ("", "-wal", "-shm", "-journal"):
                with suppress(FileNotFoundError):
                    moved = Path(f"{target}{tail}").replace(f"{aside}{tail}")
                    moved.chmod(0o600)
        fresh.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise CannotCopy(f"The database can't be written ({error.strerror}).") from None
    finally:
        fresh.unlink(missing_ok=True)
    return aside


def _settle(live: Path) -> None:
    """Have everything of the live database in its one file, and be sure that nobody has it open."""
    import sqlite3

    try:
        connection = databases.sqlite(live, read_only=False)
    except sqlite3.Error:
        return
    try:
        connection.execute("PRAGMA busy_timeout=1000")
        connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise CannotCopy("Somebody is using the database now. Stop the server first.") from None
    except sqlite3.DatabaseError:
        pass  # What is damaged goes aside as it is.
    finally:
        connection.close()


def put_sqlite(path: Path, key: bytes, target: Path) -> None:
    """Write the file an archive holds, for good."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out, path.open("rb") as file:
        for piece in archive.Reader(file, key=key).pieces():
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())


def wrong_in_sqlite(path: Path, manifest: dict[str, Any]) -> list[str]:
    """What a restored file does not keep of what was promised."""
    import sqlite3

    try:
        connection = databases.sqlite(path)
        try:
            if connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                return ["The restored database is damaged."]
            if connection.execute("PRAGMA foreign_key_check").fetchone():
                return ["In the restored database something points at what is not there."]
            return differences(databases.counted_in_sqlite(connection), manifest)
        finally:
            connection.close()
    except sqlite3.DatabaseError:
        return ["The restored database is damaged."]


def differences(counted: dict[str, Any], manifest: dict[str, Any]) -> list[str]:
    """Where the rows counted now are not those counted when the backup was made."""
    now, then = counted["tables"], manifest["tables"]
    return [
        f"Table {name} has {now.get(name, 'no')} rows, and had {then.get(name, 'no')} when it was backed up."
        for name in sorted({*now, *then})
        if now.get(name) != then.get(name)
    ]


def _over_postgres(
    path: Path, key: bytes, manifest: dict[str, Any], database: dict[str, Any], *, now: datetime, replace: bool
) -> str:
    from psycopg import sql

    aside = f"{ASIDE}{now:%Y%m%dt%H%M%S}"
    with databases.postgres(database, autocommit=True) as connection:
        there = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()[0]
        if there and not replace:
            raise CannotCopy(
                f"The database {database['name']} is not empty. Add --yes-replace to put the backup in its place; "
                "what is there now is kept aside."
            )
        others = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        ).fetchone()[0]
        if there and others:
            raise CannotCopy(f"{others} others are using the database now. Stop every server first.")
        named = sql.Identifier(aside)
        if there:
            connection.execute(sql.SQL("ALTER SCHEMA public RENAME TO {}").format(named))
            connection.execute("CREATE SCHEMA public")
        try:
            put_postgres(path, key, database, server=connection.info.server_version // 10_000)
            if wrong := differences(databases.counted_in_postgres(connection), manifest):
                raise CannotCopy(" ".join(wrong))
            connection.execute("ANALYZE")
        except BaseException:
            if there:
                connection.execute("DROP SCHEMA public CASCADE")
                connection.execute(sql.SQL("ALTER SCHEMA {} RENAME TO public").format(named))
            raise
    return f"the schema {aside}" if there else ""


def put_postgres(path: Path, key: bytes, database: dict[str, Any], *, server: int) -> None:
    """Let pg_restore read what an archive holds, all or nothing."""
    tool = databases.tool("pg_restore", at_least=server)
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(  # noqa: S603
            [tool, f"--dbname={database['name']}", "--single-transaction", "--exit-on-error", "--no-owner",
             "--no-privileges", "--no-password"],
            env=databases.surroundings(database), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=complaints,
        )  # fmt: skip
        try:
            assert process.stdin is not None
            with path.open("rb") as file, suppress(BrokenPipeError), process.stdin:
                for piece in archive.Reader(file, key=key).pieces():
                    process.stdin.write(piece)
        except BaseException:
            process.kill()
            raise
        finally:
            process.wait()
        if process.returncode:
            complaints.seek(0)
            said = databases.last_words(complaints.read(), otherwise=f"it ended with {process.returncode}")
            raise CannotCopy(f"pg_restore could not put the backup back: {said}")


def bring_up_to_date(database: dict[str, Any]) -> None:
    """Migrate a restored database, in a process of its own that knows it as the only one."""
    done = ours("migrate", "--without-backup", database=database)
    if done.returncode:
        raise CannotCopy(f"The backup is back, but could not be brought up to date: {done.stderr.strip()[-300:]}")


def forget_again(database: dict[str, Any]) -> int:
    """Forget in a restored database whoever was forgotten since the backup was made; how many they were."""
    done = ours("forget-again", database=database)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1][:300]
        raise CannotCopy(
            "The backup is back, but who was forgotten since it was made is in it again. "
            f"Before you start the server, run: manyhands forget-again ({last})"
        )
    return int(done.stdout.split()[0])


def ours(*arguments: str, database: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """Run one of our commands on another database."""
    surroundings = {
        **os.environ,
        "MANYHANDS_DATABASE_URL": databases.as_url(database),
        "MANYHANDS_DATA_DIR": str(settings.ENV.data_dir),
    }
    surroundings.pop("MANYHANDS_DATABASE_URL_FILE", None)
    command = [sys.executable, "-c", "from manyhands.config.cli import main; main()", *arguments]
    return subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)  # noqa: S603
