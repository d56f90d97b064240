"""The two homes our data can have, and which SQLite we trust with it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

# WAL with several connections can lose committed rows from 3.7.0 until these releases (sqlite.org, "WAL-reset bug").
MENDED = ((3, 44, 6), (3, 50, 7))
MENDED_FROM = (3, 51, 3)


def use_bundled_sqlite() -> None:
    """Let the SQLite that comes with our dependencies stand in for the system's, where there is one."""
    try:
        import pysqlite3
        import pysqlite3.dbapi2
    except ImportError:
        return
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2


def safe_in_wal(version: tuple[int, ...]) -> bool:
    """Whether this SQLite may use write-ahead logging with several connections."""
    return version >= MENDED_FROM or any(version[:2] == good[:2] and version >= good for good in MENDED)


def settings_for(database: dict[str, Any]) -> dict[str, Any]:
    """Django's DATABASES["default"] for what the host chose."""
    if database["kind"] == "postgres":
        return {
            "ENGINE": "manyhands.config.walled_postgres",
            "NAME": database["name"],
            "USER": database["user"],
            "PASSWORD": database["password"],
            "HOST": database["host"],
            "PORT": database["port"],
            # Threads keep their connection: the server answers with a fixed number of them.
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
        }
    import sqlite3

    # An old SQLite still keeps every promise with its rollback journal; it only answers more slowly.
    journal = "WAL" if safe_in_wal(sqlite3.sqlite_version_info) else "DELETE"
    return {
        "ENGINE": "manyhands.config.fair_sqlite",
        "NAME": Path(database["path"]),
        "TEST": {"NAME": ":memory:"},
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                f"PRAGMA journal_mode={journal}; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; "
                "PRAGMA trusted_schema=OFF; PRAGMA foreign_keys=ON; PRAGMA journal_size_limit=67108864"
            ),
        },
    }


def hold_open(settings: dict[str, Any]) -> object:
    """Keep a SQLite file open while this process lasts; hold on to what comes back.

    Whoever closes the file last takes its log and the log's index away. On a full disk they could not be made again,
    and then nobody could even read.
    """
    if "sqlite" not in settings["ENGINE"]:
        return None
    import sqlite3

    try:
        where = quote(str(Path(settings["NAME"]).absolute()).lstrip("/"))
        held = sqlite3.connect(f"file:///{where}?mode=rw", uri=True, check_same_thread=False)
        held.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        return None  # not there yet: whoever needs it will say so
    return held
