"""`manyhands check` says in sentences what would break a promise, and the worst of it stops the start."""

from __future__ import annotations

from typing import Self

import pytest
from django.core import checks as djangos
from django.db import connection

from manyhands.config import checks, wellbeing

pytestmark = pytest.mark.django_db


def ids(messages) -> set[str]:
    return {message.id for message in messages}


class Answering:
    """A connection of our own making, which answers as it is told."""

    def __init__(self, vendor: str, answers: dict[str, object], **more: object) -> None:
        self.vendor, self.answers, self.settings_dict = vendor, answers, {"NAME": "/nowhere/data.sqlite3"}
        self.__dict__.update(more)

    def is_in_memory_db(self) -> bool:
        return False

    def cursor(self) -> Answering:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def execute(self, query: str, parameters: list[str] | None = None) -> Answering:
        self.asked = parameters[0] if parameters else query.removeprefix("PRAGMA ")
        return self

    def fetchone(self) -> tuple[object]:
        return (self.answers["may pass every wall" if "pg_roles" in self.asked else self.asked],)


SQLITE = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}
POSTGRES = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "may pass every wall": False}


@pytest.mark.parametrize(
    ("answers", "version", "expected"),
    [
        ({}, (3, 53, 4), set()),
        ({}, (3, 40, 1), {"manyhands.C001"}),
        ({"journal_mode": "delete"}, (3, 40, 1), set()),
        ({"synchronous": 1}, (3, 53, 4), {"manyhands.E003"}),
        ({"secure_delete": 0}, (3, 53, 4), {"manyhands.E004"}),
    ],
)
def test_sqlite_is_looked_at(monkeypatch, answers, version, expected):
    monkeypatch.setattr("sqlite3.sqlite_version_info", version)
    assert ids(checks.sqlite(Answering("sqlite", {**SQLITE, **answers}))) == expected


@pytest.mark.parametrize(
    ("answers", "version", "expected"),
    [
        ({}, 150000, set()),
        ({}, 140012, {"manyhands.C005"}),
        ({"fsync": "off"}, 160000, {"manyhands.E006"}),
        ({"full_page_writes": "off"}, 160000, {"manyhands.E007"}),
        ({"synchronous_commit": "off"}, 160000, {"manyhands.E008"}),
        ({"synchronous_commit": "remote_apply"}, 160000, set()),
        ({"may pass every wall": True}, 160000, {"manyhands.W009"}),
    ],
)
def test_postgres_is_looked_at(monkeypatch, answers, version, expected):
    monkeypatch.setattr("manyhands.config.walls.missing", lambda connection: [])
    told = checks.postgres(Answering("postgresql", {**POSTGRES, **answers}, pg_version=version))
    assert ids(told) == expected


def test_a_table_without_its_wall_is_named(monkeypatch):
    monkeypatch.setattr("manyhands.config.walls.missing", lambda connection: ['"exchange_ask"'])
    told = checks.postgres(Answering("postgresql", POSTGRES, pg_version=160000))
    assert ids(told) == {"manyhands.E010"}
    assert '"exchange_ask"' in told[0].msg


def test_a_network_file_system_is_named(tmp_path):
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
        "40 22 0:40 / /srv/our\\040share rw,relatime shared:1 - nfs4 server:/share rw\n"
        "41 40 8:2 / /srv/our\\040share/fast rw - xfs /dev/sdb1 rw\n"
    )
    kind = checks.network_file_system
    assert kind(checks.Path("/srv/our share/data/x.sqlite3"), mounts) == "nfs4"
    assert kind(checks.Path("/srv/our share/fast/x.sqlite3"), mounts) is None
    assert kind(checks.Path("/srv/our shares/x.sqlite3"), mounts) is None
    assert kind(checks.Path("/var/lib/x.sqlite3"), tmp_path / "none") is None


def test_a_database_on_a_network_file_system_is_a_reason_not_to_start(monkeypatch):
    monkeypatch.setattr(checks, "network_file_system", lambda path: "nfs4")
    told = checks.sqlite(Answering("sqlite", SQLITE))
    assert [message.level for message in told] == [djangos.CRITICAL]
    assert "a network file system (nfs4)" in told[0].msg


def test_the_database_of_the_suite_is_looked_at_for_real():
    found = ids(checks.database_keeps_its_promises(databases=["default"]))
    # A PostgreSQL made for tests may not wait for its disk; in memory SQLite can't.
    assert found <= {"manyhands.E006", "manyhands.E007", "manyhands.E008", "manyhands.W009"}
    assert not checks.why_not_start()


@pytest.mark.parametrize(
    ("bind", "https", "debug", "demo", "hosts", "expected"),
    [
        ("127.0.0.1", False, True, True, ["*"], set()),
        ("0.0.0.0", True, False, False, ["aid.example"], set()),
        ("0.0.0.0", False, False, False, ["aid.example"], {"manyhands.E021"}),
        ("0.0.0.0", True, True, True, ["*"], {"manyhands.E020", "manyhands.E022", "manyhands.E023"}),
    ],
)
def test_a_server_that_others_reach_is_looked_at(settings, bind, https, debug, demo, hosts, expected):
    settings.ENV = type("Env", (), {"bind": bind, "https": https})()
    settings.DEBUG, settings.DEMO, settings.ALLOWED_HOSTS = debug, demo, hosts
    assert ids(checks.surroundings_are_safe()) == expected


def test_the_terminal_says_what_the_checks_found(monkeypatch):
    monkeypatch.setattr(checks, "safe_in_wal", lambda version: False)
    monkeypatch.setattr(checks, "network_file_system", lambda path: None)
    complaints = wellbeing.complaints()
    assert not any("MANYHANDS_HTTPS" in sentence for sentence in complaints)
    if connection.vendor == "sqlite":
        assert not any("lose committed rows" in sentence for sentence in complaints), (
            "in memory nothing is logged ahead"
        )
