"""How the install is doing, in sentences a host can act on: one line a matter, and one next step where there is one."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from manyhands.config import undone
from manyhands.config.backups import nightly, shelf
from manyhands.config.wellbeing import LEAST_FREE_BYTES
from manyhands.jobs import queries as jobs
from manyhands.notices import queries as notices
from manyhands.places import queries as places

GOOD, WAIT, STUCK = "good", "wait", "stuck"


@dataclass(frozen=True, slots=True)
class Matter:
    """One line of the page: what it is about, how it stands, in a word and a colour, and what to do next."""

    about: str
    says: str
    tone: str
    word: str
    step: str = ""


def matters(*, now: datetime) -> list[Matter]:
    """Every matter of the install, in the order a host looks at them."""
    return [
        _version(),
        _database(),
        _migrations(),
        _line(),
        _notices(now),
        _backup(now),
        _drill(now),
        _keys(),
        _streets(),
        _disk(),
        _clock(now),
    ]


def _fine(about: str, says: str) -> Matter:
    return Matter(about, says, GOOD, _("fine"))


def _later(about: str, says: str, step: str = "") -> Matter:
    return Matter(about, says, WAIT, _("not yet"), step)


def _wrong(about: str, says: str, step: str) -> Matter:
    return Matter(about, says, STUCK, _("needs you"), step)


def _version() -> Matter:
    return _fine(_("Version"), f"Manyhands {settings.VERSION}")


def _database() -> Matter:
    about = _("Database")
    try:
        if connection.vendor == "sqlite":
            import sqlite3

            path = Path(str(connection.settings_dict["NAME"]))
            size = path.stat().st_size if path.is_file() else 0
            kind = f"SQLite {sqlite3.sqlite_version}"
        else:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_database_size(current_database()), current_setting('server_version')")
                size, version = cursor.fetchone()
            kind = f"PostgreSQL {version.split()[0]}"
    except (DatabaseError, OSError):
        return _wrong(about, _("The database can't be reached."), "manyhands check")
    return _fine(about, _("%(kind)s, %(size)s.") % {"kind": kind, "size": filesizeformat(size)})


def _migrations() -> Matter:
    from manyhands.config.cli import pending_migrations

    about = _("Shape of the data")
    try:
        pending = pending_migrations()
    except DatabaseError:
        return _wrong(about, _("The database can't be reached."), "manyhands check")
    if pending:
        return _wrong(about, _("The database is of an earlier version."), "manyhands migrate")
    return _fine(about, _("Up to date."))


def _line() -> Matter:
    about = _("What is to be done later")
    now = jobs.moment()
    line = jobs.line(now)
    if failed := jobs.failed().count():
        says = ngettext("%(count)s job failed for good.", "%(count)s jobs failed for good.", failed)
        return _wrong(about, says % {"count": failed}, "manyhands jobs")
    if not line.due:
        return _fine(about, _("Nothing waits."))
    says = ngettext(
        "%(count)s job waits, the oldest for %(minutes)s min.",
        "%(count)s jobs wait, the oldest for %(minutes)s min.",
        line.due,
    ) % {"count": line.due, "minutes": int(line.oldest.total_seconds() // 60)}
    return _wrong(about, says, "manyhands work") if line.oldest > undone.UNWORKED_AFTER else _fine(about, says)


def _notices(now: datetime) -> Matter:
    about = _("Mail and texts")
    if untold := notices.untold(now).count():
        says = ngettext("%(count)s did not get out.", "%(count)s did not get out.", untold)
        return _wrong(about, says % {"count": untold}, "manyhands check")
    return _fine(about, _("All that were to go out did."))


def _backup(now: datetime) -> Matter:
    about = _("Last backup")
    newest = next(iter(shelf.kept()), None)
    tried = shelf.last_try()
    failed = tried is not None and tried.failed and (newest is None or newest.made_at < tried.at)
    if settings.DEMO and newest is None:
        return _later(about, _("A demo makes none: its people are made up."))
    if newest is None:
        if failed:
            return _wrong(about, _("The last one could not be made."), "manyhands backup")
        return _later(about, _("None yet. The server makes one every night."), "manyhands backup")
    says = _("%(when)s, %(size)s. %(count)s are kept.") % {
        "when": _when(newest.made_at), "size": filesizeformat(newest.size), "count": len(shelf.kept()),
    }  # fmt: skip
    if failed or now - newest.made_at > nightly.RED_AFTER:
        return _wrong(about, says, "manyhands backup")
    return _fine(about, says)


def _drill(now: datetime) -> Matter:
    about = _("Last time a backup was tried out")
    drill = shelf.last_drill()
    if drill is None:
        if settings.DEMO or not shelf.kept():
            return _later(about, _("Not yet. It happens every night, after the backup."))
        return _wrong(about, _("Never. A backup nobody has tried is only a hope."), "manyhands drill")
    good = drill["last_good"]
    if drill["found"]:
        says = _("%(when)s, and it was no good.") % {"when": _when(drill["at"])}
        if good:
            says += " " + _("The last good one: %(when)s.") % {"when": _when(good)}
        return _wrong(about, says, "manyhands drill")
    says = _("%(when)s: it can be put back.") % {"when": _when(drill["at"])}
    if now - drill["at"] > nightly.RED_AFTER:
        return _wrong(about, says, "manyhands drill")
    return _fine(about, says)


def _keys() -> Matter:
    from manyhands.kit import ring

    about = _("Key ring")
    try:
        if not ring.is_sealed():
            ring.is_open()
            return _fine(
                about,
                _(
                    "Locked cabinet: the house opens by itself. This protects a stolen backup and people who were "
                    "forgotten; it does not protect against whoever takes this machine, on or off."
                ),
            )
        if not ring.is_open():
            return _later(
                about,
                _("Sealed and shut: nobody has opened the house yet. It reads nothing."),
                "manyhands keys open",
            )
    except ring.RingTrouble:
        return _wrong(about, _("The key ring can't be used."), "manyhands check")
    return _fine(
        about,
        _(
            "Sealed, and open now. Off or shut, this machine tells whoever takes it nothing about anybody; while it is "
            "open, whoever rules it can read everything."
        ),
    )


def _streets() -> Matter:
    about = _("Streets")
    streets = places.streets()
    if streets is None:
        # Nothing is amiss without; the step is there for who wants it.
        says = _("None. Plans go by straight lines with a detour.")
        return Matter(about, says, GOOD, _("fine"), "manyhands places import CITY.osm.pbf")
    says = _("%(name)s, brought in on %(when)s.") % {"name": streets.name, "when": _when(streets.imported_at)}
    if streets.data_of is not None:
        says += " " + _("Map of %(day)s.") % {"day": date_format(streets.data_of, "DATE_FORMAT")}
    if not places.streets_are_whole():
        return _wrong(about, says + " " + _("It was made by another version."), "manyhands places import")
    return _fine(about, f"{says} {streets.licence}")


def _disk() -> Matter:
    about = _("Room on the disk")
    folders = [folder for folder in (settings.ENV.data_dir, settings.ENV.backup_dir) if folder.is_dir()]
    free = min((shutil.disk_usage(folder).free for folder in folders), default=0)
    says = _("%(size)s are free.") % {"size": filesizeformat(free)}
    return _fine(about, says) if free >= LEAST_FREE_BYTES else _wrong(about, says, f"df -h {settings.ENV.data_dir}")


def _clock(now: datetime) -> Matter:
    """A clock that runs wrong makes links die early and asks expire; the last backup gives a time it is after."""
    about = _("Clock")
    says = _("It is %(when)s here.") % {"when": _when(now)}
    newest = next(iter(shelf.kept()), None)
    if newest is not None and newest.made_at > now + timedelta(minutes=5):
        return _wrong(about, says + " " + _("The last backup was made later than that."), "timedatectl")
    return _fine(about, says)


def _when(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def is_serving() -> bool:
    """Whether this process can answer pages: the database answers, and the disk is not full."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
        return shutil.disk_usage(settings.ENV.data_dir).free > 10_000_000 and os.access(settings.ENV.data_dir, os.W_OK)
    except (DatabaseError, OSError):
        return False
