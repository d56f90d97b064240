"""What every test may ask for."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.contrib.auth import SESSION_KEY
from django.db import transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test import Client
from django.utils import translation

from manyhands.journal.models import Entry
from tests import cast, gathered, loud_wall, serving

# The suite throws the same odd inputs each time, so that a change is judged by what it changed. To look for new ones:
# HYPOTHESIS_PROFILE=wild script/test -- tests/kernel
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
hypothesis.settings.register_profile("wild", deadline=None, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

# Where Python is told to keep nothing it compiled, each server and command a test starts would compile the house anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts servers and browsers takes longest and comes first, so that no worker waits for it at the end."""
    items.sort(key=lambda item: not (item.get_closest_marker("server") or item.get_closest_marker("browser")))


@pytest.fixture(autouse=True, scope="session")
def own_keys() -> Iterator[None]:
    """Every process of the suite has a key ring of its own, and so have the commands its tests start.

    It lies in memory where that can be had, so that nobody waits for the disk; the tests of the ring make their own.
    """
    from django.conf import settings

    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with (
        tempfile.TemporaryDirectory(prefix="manyhands-keys-", dir=memory) as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(settings, "KEYS_DIR", Path(folder))
        patch.setenv("MANYHANDS_KEYS_DIR", folder)
        yield


@pytest.fixture(autouse=True, scope="session")
def nothing_kept() -> Iterator[None]:
    """What real servers' databases are copied from ends with the tests."""
    yield
    serving.put_away()


@pytest.fixture(autouse=True)
def quick_passwords(settings) -> None:
    """Slow password hashing is the point in life and a waste in tests."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def plain_english() -> Iterator[None]:
    """A page shown in Arabic leaves its language behind in the thread; each test begins in English."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="session", autouse=True)
def a_test_may_empty_the_journal() -> Iterator[None]:
    """Between tests that commit, the tables are emptied; the journal's own triggers stand aside for just that."""
    inner = BaseDatabaseOperations.execute_sql_flush

    def emptied(operations, sql_list):
        journal = Entry._meta.db_table
        with transaction.atomic(), operations.connection.cursor() as cursor:
            if operations.connection.vendor == "sqlite":
                cursor.execute(
                    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [journal]
                )
                guards = cursor.fetchall()
                for name, _sql in guards:
                    cursor.execute(f"DROP TRIGGER {name}")
                inner(operations, sql_list)
                for _name, sql in guards:
                    cursor.execute(sql)
            else:
                cursor.execute(f"ALTER TABLE {journal} DISABLE TRIGGER USER")
                inner(operations, sql_list)
                cursor.execute(f"ALTER TABLE {journal} ENABLE TRIGGER USER")

    BaseDatabaseOperations.execute_sql_flush = emptied
    yield
    BaseDatabaseOperations.execute_sql_flush = inner


@pytest.fixture(scope="session")
def gathered_once(django_db_setup: None, django_db_blocker) -> gathered.Gathered:
    """The cast, before any test changed the clock or a setting."""
    with django_db_blocker.unblock():
        return gathered.once()


@pytest.fixture(scope="session", autouse=True)
def no_question_leans_on_the_wall() -> Iterator[None]:
    """A question that finds rows of another network fails its test, though the wall would have held them back."""
    with loud_wall.loud():
        yield


@pytest.fixture
def strict(monkeypatch) -> None:
    """Every question asked inside a network's wall has to name the network, or a key of one of its rows."""
    monkeypatch.setattr(loud_wall.SPOKE, "is_strict", True)


@pytest.fixture
def town(gathered_once: gathered.Gathered, db: None) -> cast.Cast:
    """The cast, in the database."""
    return gathered.again(gathered_once)


@pytest.fixture
def as_(client: Client):
    """The test client signed in as someone: ``as_(town.dee).get(...)``; ``None`` signs out."""

    def signed_in(someone) -> Client:
        if someone is None:
            client.logout()
        else:
            person = getattr(getattr(someone, "membership", None), "person", someone)
            client.force_login(person)
            assert client.session[SESSION_KEY] == str(person.pk)
        return client

    return signed_in


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared data beside the checkout; a test that needs it says loudly when it is not there."""
    if not SHARED.is_dir():
        pytest.skip(f"The shared data is not beside the checkout ({SHARED}): this test did not look at real data.")
    return SHARED
