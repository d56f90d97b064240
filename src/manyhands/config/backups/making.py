"""Making a backup: a copy of one moment, sealed, on the disk for good before it gets its name. Nobody waits for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from manyhands.config.backups import archive, databases, shelf
from manyhands.config.backups.databases import CannotCopy
from manyhands.config.backups.keys import key_for_new
from manyhands.kit.writing_once import sync_folder

READ = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made."""

    path: Path
    header: archive.Header
    manifest: dict[str, Any]

    @property
    def rows(self) -> int:
        return int(sum(self.manifest["tables"].values()))


def make(*, now: datetime, to: Path | None = None, database: dict[str, Any] | None = None) -> Made:
    """Back the database up into ``to`` (or where backups lie), and throw away those that had their time."""
    where, database = to or shelf.folder(), database or settings.ENV.database
    key, letter = key_for_new()
    header = archive.new_header(key=key, made_at=now, version=settings.VERSION, kind=database["kind"], letter=letter)
    path = where / shelf.name_for(now)
    part = path.with_suffix(".part")
    with alone():
        try:
            where.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as error:
            raise CannotCopy(f"The folder {where} can't be written ({error.strerror}).") from None
        try:
            with os.fdopen(descriptor, "wb") as file:
                writer = archive.Writer(file, key=key, header=header)
                copy = _sqlite if database["kind"] == "sqlite" else _postgres
                manifest = writer.finish(copy(writer, database))
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            sync_folder(where)
        except OSError as error:
            raise CannotCopy(f"The backup can't be written ({error.strerror}).") from None
        finally:
            part.unlink(missing_ok=True)
        if to is None:
            shelf.throw_away(where)
    return Made(path, header, manifest)


def _sqlite(writer: archive.Writer, database: dict[str, Any]) -> dict[str, Any]:
    import sqlite3

    live = Path(database["path"])
    if not live.is_file():
        raise CannotCopy(f"There is no database at {live} to back up.")
    with scratch_folder() as scratch:
        if shutil.disk_usage(scratch).free < live.stat().st_size * 1.1:
            raise CannotCopy(f"There is not enough room on the disk of {scratch.parent} for a copy. Make room.")
        copy = scratch / "copy.sqlite3"
        # SQLite would make the file readable by whoever may; an empty one of ours it takes as it is.
        os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        connection = databases.sqlite(live, read_only=False)
        try:
            # One read transaction: who writes goes on writing. SQLite's backup in steps begins anew with every write
            # of another process, and under steady work never ends.
            connection.execute("VACUUM INTO ?", (str(copy),))
            version = connection.execute("SELECT sqlite_version()").fetchone()[0]
        except sqlite3.Error as error:
            raise CannotCopy(f"SQLite can't copy the database: {error}.") from None
        finally:
            connection.close()
        with copy.open("rb") as file:
            os.fsync(file.fileno())
        copied = databases.sqlite(copy)
        try:
            counted = databases.counted_in_sqlite(copied)
        finally:
            copied.close()
        with copy.open("rb") as file:
            _pour(file, writer)
    return {**counted, "database": f"SQLite {version}"}


def _postgres(writer: archive.Writer, database: dict[str, Any]) -> dict[str, Any]:
    with databases.postgres(database) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        server = connection.info.server_version
        dump = databases.tool("pg_dump", at_least=server // 10_000)
        # What is counted and what is copied are of the same moment.
        moment = connection.execute("SELECT pg_export_snapshot()").fetchone()[0]
        with tempfile.TemporaryFile() as complaints:
            process = subprocess.Popen(  # noqa: S603
                [dump, "--format=custom", "--compress=0", "--no-owner", "--no-privileges", "--no-password",
                 "--enable-row-security",
                 f"--snapshot={moment}", f"--exclude-schema={databases.ASIDE}*"],
                env=databases.surroundings(database), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=complaints,
            )  # fmt: skip
            try:
                counted = databases.counted_in_postgres(connection)
                assert process.stdout is not None
                _pour(process.stdout, writer)
            except BaseException:
                process.kill()
                raise
            finally:
                process.wait()
            if process.returncode:
                complaints.seek(0)
                said = databases.last_words(complaints.read(), otherwise=f"it ended with {process.returncode}")
                raise CannotCopy(f"pg_dump could not copy the database: {said}")
    return {**counted, "database": f"PostgreSQL {server // 10_000}.{server % 10_000}"}


def _pour(file: Any, writer: archive.Writer) -> None:
    while piece := file.read(READ):
        writer.write(piece)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder beside the data that is gone afterwards. Whoever uses it is :func:`alone`."""
    place: Path = settings.ENV.data_dir / "scratch"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    # What somebody left who was killed holds a whole database in clear.
    for left in place.iterdir():
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(dir=place))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def alone() -> Iterator[None]:
    """One backup, drill or restore at a time on this machine; the next one waits."""
    place = shelf.folder()
    with held(place / "lock"):
        for left in place.glob("*.part"):
            with suppress(OSError):
                left.unlink()
        yield


@contextmanager
def held(path: Path, *, share: bool = False, wait: bool = True) -> Iterator[BinaryIO]:
    """Hold a lock that ends with the process, however that ends; :class:`BlockingIOError` if it can't wait."""
    with path.open("ab") as file:
        try:
            import fcntl
        except ImportError:  # Windows: there a second one fails at the files themselves
            yield file
            return
        fcntl.flock(file, (fcntl.LOCK_SH if share else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
        yield file
