"""Whoever streams loses a minute and not a day: PostgreSQL's own log, kept as deploy/postgresql-wal.conf says, brings back
what was asked after the last base backup, when the whole folder of the database is gone.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import psycopg
import pytest

from tests.promises.test_p_02_the_database_is_killed import Cluster, cluster  # noqa: F401  a fixture
from tests.serving import Server

pytestmark = pytest.mark.server
CONF = Path(__file__).parents[2] / "deploy" / "postgresql-wal.conf"
PATIENCE_SECONDS = 60
ASK = """
from django.utils import timezone
from manyhands.exchange import actions as exchange
from manyhands.exchange.models import Category
from manyhands.networks import actions as networks
from manyhands.networks.models import Network
now = timezone.now()
town = Network.objects.first() or networks.create_network(slug="town", name="Town", steward=None, by=None, now=now)
exchange.post_asking(network=town, needs=[exchange.NewAsk(category=Category.objects.first(), words="{words}")],
    name="Ada", reach="", place_text="Elm Street", now=now)
"""
READ = "from manyhands.exchange.models import Ask\nprint(sorted(ask.words for ask in Ask.objects.all()))"


def _ask(database: Cluster, question: str) -> object:
    with psycopg.connect(database.url.replace("postgres://", "postgresql://"), autocommit=True) as connection:
        return connection.execute(question).fetchone()[0]


def _wait_until(holds) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)


def _settle(database: Cluster, lines: str) -> None:
    with (database.folder / "data" / "postgresql.conf").open("a") as conf:
        conf.write(f"\n{lines}\n")


def test_the_databases_own_log_brings_back_what_came_after_the_last_backup(tmp_path, cluster):  # noqa: F811
    kept = cluster.folder / "kept"
    kept.mkdir()
    if cluster.user:
        shutil.chown(kept, cluster.user)
    _settle(cluster, CONF.read_text().replace("/srv/wal", str(kept)))
    cluster.kill()
    cluster.start()
    house = Server(tmp_path, cluster.url, demo=False)
    house.run("migrate")
    house.python(ASK.format(words="before the base backup"))
    cluster._run(
        "pg_basebackup", "-h", "127.0.0.1", "-p", str(cluster.port), "-U", "postgres", "-c", "fast",
        "-D", str(cluster.folder / "base"),
    )  # fmt: skip
    house.python(ASK.format(words="after it"))
    # What `archive_timeout` does within a minute.
    last = _ask(cluster, "SELECT pg_walfile_name(pg_switch_wal())")
    _wait_until((kept / str(last)).exists)

    cluster.kill()
    shutil.rmtree(cluster.folder / "data")
    shutil.move(cluster.folder / "base", cluster.folder / "data")
    (cluster.folder / "data" / "recovery.signal").touch()
    _settle(cluster, f"restore_command = 'cp {kept}/%f %p'")
    cluster.start()
    _wait_until(lambda: _ask(cluster, "SELECT pg_is_in_recovery()") is False)
    assert house.python(READ).strip() == "['after it', 'before the base backup']"
