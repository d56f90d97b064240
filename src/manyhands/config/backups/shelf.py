"""The folder the backups lie in: what they are called, which are kept, and which have had their time."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from manyhands.config.backups.databases import CannotCopy
from manyhands.kit.writing_once import sync_folder

_NAME = re.compile(r"manyhands-(\d{8}T\d{6})Z\.backup")
_DRILL, _TRY = "drill.json", "try.json"


@dataclass(frozen=True, slots=True, order=True)
class Kept:
    """One backup on the shelf."""

    made_at: datetime
    path: Path

    @property
    def size(self) -> int:
        return self.path.stat().st_size


def folder() -> Path:
    """Where backups lie; made if it is not there, and closed to others."""
    found: Path = settings.ENV.backup_dir
    try:
        found.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotCopy(f"The folder {found} can't be written ({error.strerror}).") from None
    return found


def name_for(made_at: datetime) -> str:
    return f"manyhands-{made_at.astimezone(UTC):%Y%m%dT%H%M%S}Z.backup"


def kept(where: Path | None = None) -> list[Kept]:
    """Every backup on the shelf, the newest first."""
    where = where or settings.ENV.backup_dir
    found = []
    for path in where.glob("manyhands-*.backup") if where.is_dir() else ():
        if named := _NAME.fullmatch(path.name):
            made_at = datetime.strptime(named[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
            found.append(Kept(made_at, path))
    return sorted(found, reverse=True)


def to_keep(moments: Iterable[datetime], *, days: int, weeks: int, months: int) -> set[datetime]:
    """The newest of each of the last days, weeks and months that have one, and always the very newest."""
    newest_first = sorted(moments, reverse=True)
    keep = set(newest_first[:1])
    for most, span in ((days, "%Y-%j"), (weeks, "%G-%V"), (months, "%Y-%m")):
        newest_of: dict[str, datetime] = {}
        for moment in newest_first:
            newest_of.setdefault(moment.astimezone(UTC).strftime(span), moment)
        keep |= set(list(newest_of.values())[:most])
    return keep


def throw_away(where: Path | None = None) -> list[Path]:
    """Delete the backups that had their time, and what a killed backup left half written; says which."""
    days, weeks, months = settings.ENV.backup_keep
    shelf = kept(where)
    keep = to_keep((each.made_at for each in shelf), days=days, weeks=weeks, months=months)
    gone = [each.path for each in shelf if each.made_at not in keep]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def note_drill(said: dict[str, Any]) -> None:
    """Write down how the last drill went. It stands beside the backups: the database it is about may be lost."""
    _note(_DRILL, said)


def last_drill() -> dict[str, Any] | None:
    """How the last drill went; None where there was none, or its note can't be read."""
    try:
        said = _noted(_DRILL)
        said["at"] = datetime.fromisoformat(said["at"])
        said["last_good"] = datetime.fromisoformat(said["last_good"]) if said.get("last_good") else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return said


@dataclass(frozen=True, slots=True)
class Try:
    """The last time the night's backup was begun, and why it could not be made."""

    at: datetime
    failed: str


def note_try(*, at: datetime, failed: str) -> None:
    """Write down that a backup was begun, or why it could not be made."""
    _note(_TRY, {"at": at.astimezone(UTC).isoformat(), "failed": failed})


def last_try() -> Try | None:
    """The last time the night's backup was begun."""
    try:
        said = _noted(_TRY)
        return Try(datetime.fromisoformat(said["at"]), str(said["failed"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _note(name: str, said: dict[str, Any]) -> None:
    path = folder() / name
    scratch = path.with_suffix(".new")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(said, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)
    sync_folder(path.parent)


def _noted(name: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((settings.ENV.backup_dir / name).read_text(encoding="utf-8"))
    return said
