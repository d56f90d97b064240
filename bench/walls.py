"""What the wall between networks costs a page of the desk, with and without it in one run.

    python bench/walls.py                       # SQLite in memory; PostgreSQL if MANYHANDS_DATABASE_URL names one
    python bench/walls.py --asks 400 --pairs 200

A town of `--asks` open asks in one network and as many in another; each page is read in turn with Django's own way of
making questions and with the walled one, and the ratio of each such pair is taken: of the processor's time in this
process, so that others at work do not count (on PostgreSQL without what the database does). Absolute figures belong to
the machine. Reference (2026-11-27, two shared cores): docs/decisions/0022-the-wall-in-every-question.md.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "manyhands.config.settings")


def main() -> None:
    said = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    said.add_argument("--asks", type=int, default=200)
    said.add_argument("--pairs", type=int, default=150)
    how = said.parse_args()

    import django

    django.setup()
    from django.conf import settings
    from django.test.utils import get_runner, setup_test_environment

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    setup_test_environment()
    runner = get_runner(settings)(verbosity=0)
    databases = runner.setup_databases()
    try:
        _measure(how.asks, how.pairs)
    finally:
        runner.teardown_databases(databases)


def _measure(asks: int, pairs: int) -> None:
    from django.db import connection
    from django.test import Client
    from tests import cast

    town = cast.gather()
    for network in (town.riverside, town.hillside):
        for _ in range(asks):
            cast.ask(network)
    client = Client()
    client.force_login(town.dee)
    ways = {
        "without": import_module(
            "django.db.backends.postgresql.compiler"
            if connection.vendor == "postgresql"
            else "django.db.models.sql.compiler"
        ),
        "with": import_module(type(connection.ops).compiler_module),
    }
    print(f"{connection.vendor}: {asks} asks in each of two networks, {pairs} pairs")
    for page in ("/riverside/desk/", "/riverside/desk/now/", "/riverside/board/", "/riverside/desk/plans/new/"):
        took: dict[str, list[float]] = {"without": [], "with": []}
        for turn in range(pairs + 5):
            for way in sorted(ways, reverse=bool(turn % 2)):
                connection.ops._cache = ways[way]
                begun = time.process_time()
                answer = client.get(page)
                if turn >= 5:
                    took[way].append(time.process_time() - begun)
                assert answer.status_code == 200, (page, answer.status_code)
        ratio = statistics.median(w / wo for w, wo in zip(took["with"], took["without"], strict=True))
        middle = {way: 1000 * statistics.median(times) for way, times in took.items()}
        print(
            f"{page:28} without {middle['without']:7.2f} ms, with {middle['with']:7.2f} ms: "
            f"{100 * (ratio - 1):+.1f} % (median of pairs)"
        )


if __name__ == "__main__":
    main()
