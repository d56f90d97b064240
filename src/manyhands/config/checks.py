"""What must hold of the database and the surroundings before people trust us with anything; Django's checks, our words.

`manyhands check` says all of it. What would lose acknowledged rows stops `manyhands serve` as well.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags
from django.db import OperationalError, connections

from manyhands.config import walls
from manyhands.config.database import safe_in_wal

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
# Their locks and their syncs can't be relied on, and write-ahead logging needs memory that both sides share.
NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "fuse.sshfs", "fuse.glusterfs"}
)
MOUNTS = Path("/proc/self/mountinfo")


def register() -> None:
    """Add our checks to Django's."""
    checks.register(database_keeps_its_promises, Tags.database)
    checks.register(surroundings_are_safe, Tags.security, deploy=True)


def database_keeps_its_promises(*_: Any, databases: Sequence[str] | None = None, **__: Any) -> list[CheckMessage]:
    """What is wrong with the databases named; each is connected to."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        found += sqlite(connection) if connection.vendor == "sqlite" else postgres(connection)
    return found


def why_not_start() -> list[str]:
    """What of it would lose acknowledged rows, or can't work at all: a reason not to answer anybody."""
    connection = connections["default"]
    try:
        connection.ensure_connection()
    except OperationalError:
        # Our SQLite would stop the logging ahead as it opens the file, but somebody else has it open.
        if connection.vendor == "sqlite" and not _mended() and _logs_ahead(Path(connection.settings_dict["NAME"])):
            return [str(_loses_rows().msg)]
        raise
    return [
        str(message.msg)
        for message in database_keeps_its_promises(databases=["default"])
        if message.level >= checks.CRITICAL
    ]


def sqlite(connection: Any) -> list[CheckMessage]:
    """Whether this SQLite file is safe with this SQLite, on this disk, opened as it is."""
    found: list[CheckMessage] = []
    if not connection.is_in_memory_db() and (kind := network_file_system(Path(connection.settings_dict["NAME"]))):
        found.append(
            checks.Critical(
                f"The database lies on a network file system ({kind}), where locks can't be relied on. Put "
                "MANYHANDS_DATA_DIR on a disk of this machine, or use PostgreSQL.",
                id="manyhands.C002",
            )
        )
    with connection.cursor() as cursor:
        told = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "secure_delete")
        }
    if told["journal_mode"] == "wal" and not _mended():
        found.append(_loses_rows())
    if told["synchronous"] < 2:
        found.append(
            checks.Error(
                "SQLite does not wait for the disk, so a power cut may lose what was acknowledged.", id="manyhands.E003"
            )
        )
    if not told["secure_delete"]:
        found.append(
            checks.Error(
                "SQLite leaves deleted text in its file: this build can't delete securely.", id="manyhands.E004"
            )
        )
    return found


def _mended() -> bool:
    import sqlite3

    return safe_in_wal(sqlite3.sqlite_version_info)


def _logs_ahead(path: Path) -> bool:
    """Whether a SQLite file says of itself that it is written ahead (sqlite.org/fileformat2.html, bytes 18 and 19)."""
    with path.open("rb") as file:
        return file.read(20)[18:] == b"\x02\x02"


def _loses_rows() -> CheckMessage:
    import sqlite3

    return checks.Critical(
        f"SQLite {sqlite3.sqlite_version} can lose committed rows while the database logs ahead (WAL). Reinstall with "
        "script/setup, which brings a mended SQLite; or stop everything that has the database open and start again: "
        "then it is opened without.",
        id="manyhands.C001",
    )


def postgres(connection: Any) -> list[CheckMessage]:
    """Whether this PostgreSQL is new enough and waits for its disk."""
    found: list[CheckMessage] = []
    if connection.pg_version < 150000:
        found.append(checks.Critical("PostgreSQL is older than 15. Upgrade it.", id="manyhands.C005"))
    with connection.cursor() as cursor:

        def told(name: str) -> str:
            cursor.execute("SELECT current_setting(%s)", [name])
            return str(cursor.fetchone()[0])

        if told("fsync") != "on":
            found.append(
                checks.Error(
                    "PostgreSQL does not wait for the disk (fsync is off), so a power cut may destroy the database. "
                    "Set fsync = on.",
                    id="manyhands.E006",
                )
            )
        if told("full_page_writes") != "on":
            found.append(
                checks.Error(
                    "PostgreSQL can't mend a page torn by a power cut (full_page_writes is off). "
                    "Set full_page_writes = on.",
                    id="manyhands.E007",
                )
            )
        if told("synchronous_commit") == "off":
            found.append(
                checks.Error(
                    "PostgreSQL answers before the disk has it (synchronous_commit is off), so a power cut may lose "
                    "what was acknowledged. Set synchronous_commit = on.",
                    id="manyhands.E008",
                )
            )
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            found.append(
                checks.Warning(
                    "The database's second wall between networks does not stand: Manyhands signs in to PostgreSQL with "
                    "a role that may pass every wall. Give it a role of its own without SUPERUSER and BYPASSRLS.",
                    id="manyhands.W009",
                )
            )
    if unwalled := walls.missing(connection):
        found.append(
            checks.Error(
                f"The wall between networks is missing around {', '.join(unwalled)}. Run `manyhands migrate`.",
                id="manyhands.E010",
            )
        )
    return found


def network_file_system(path: Path, mounts: Path = MOUNTS) -> str | None:
    """The kind of network file system a path lies on, as far as this system tells; ``None`` for a disk of one's own."""
    if not sys.platform.startswith("linux") or not mounts.exists():
        return None
    path, deepest, kind = path.resolve(), "", ""
    for line in mounts.read_text(errors="replace").splitlines():
        before, _, after = line.partition(" - ")
        # Spaces stand there as \\040.
        where = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), before.split()[4])
        if path.is_relative_to(where) and len(where) >= len(deepest):
            deepest, kind = where, after.split()[0]
    return kind if kind in NETWORK_FILE_SYSTEMS else None


def surroundings_are_safe(*_: Any, **__: Any) -> list[CheckMessage]:
    """What a server that other machines reach must not do."""
    if settings.ENV.bind in LOOPBACK:
        return []
    found: list[CheckMessage] = []
    if settings.DEBUG:
        found.append(
            checks.Error(
                "MANYHANDS_DEBUG is on while other machines can reach the server. Turn it off.", id="manyhands.E020"
            )
        )
    if not settings.ENV.https:
        found.append(
            checks.Error(
                "The server is reached from other machines without https. Put Caddy in front and set MANYHANDS_HTTPS.",
                id="manyhands.E021",
            )
        )
    if settings.DEMO:
        found.append(
            checks.Error(
                "The demo is on while other machines can reach the server: anybody signs in with one tap. "
                "Never with real people's data.",
                id="manyhands.E022",
            )
        )
    if "*" in settings.ALLOWED_HOSTS:
        found.append(
            checks.Error(
                "MANYHANDS_HOSTS lets the server answer to any name, so links it writes can be forged. "
                "Name the names it is reached by.",
                id="manyhands.E023",
            )
        )
    return found
