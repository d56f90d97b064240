"""How fairly and how fast eight processes write to one database, with and without the queue before SQLite.

    python bench/writers.py                  # SQLite both ways; PostgreSQL too if MANYHANDS_DATABASE_URL names one
    python bench/writers.py --seconds 10 --writers 8
    python bench/writers.py --a-second 200   # offered load instead of as fast as possible

Each transaction looks, adds a row of 300 signs and changes one, through Django. Ratios of one run count; absolute
figures belong to the machine. Reference (2026-11-27, two shared cores, SQLite 3.53.4, nine other people at work):
docs/decisions/0012-keeping-what-was-answered.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SHAPE = "CREATE TABLE note (id INTEGER PRIMARY KEY, writer INTEGER, words TEXT)"
TALLY = "CREATE TABLE tally (writer INTEGER PRIMARY KEY, turns INTEGER)"


def _settings(engine: str, path: str) -> None:
    import django
    from django.conf import settings

    from manyhands.config import database, env

    database.use_bundled_sqlite()
    if engine == "postgres":
        databases = {"default": database.settings_for(env._database(path))}
    else:
        databases = {"default": database.settings_for({"kind": "sqlite", "path": path})}
        if engine == "without":
            databases["default"]["ENGINE"] = "django.db.backends.sqlite3"
    settings.configure(DATABASES=databases, INSTALLED_APPS=[], USE_TZ=True)
    django.setup()


def write(engine: str, path: str, writer: int, begin: float, seconds: float, a_second: float) -> None:
    """One writer: as many turns as it gets; its waits and errors as JSON."""
    _settings(engine, path)
    from django.db import DatabaseError, connection, transaction

    waits, errors, text = [], [], "x" * 300
    connection.ensure_connection()
    time.sleep(max(0.0, begin - time.time()))
    due = time.perf_counter()
    ends = due + seconds
    while (now := time.perf_counter()) < ends:
        if a_second:
            # The wait counts from when the write was due: a late one makes the next ones late too.
            if now < due:
                time.sleep(due - now)
            started, due = due, due + 1 / a_second
        else:
            started = now
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT turns FROM tally WHERE writer = %s", [writer])
                cursor.fetchone()
                cursor.execute("INSERT INTO note (writer, words) VALUES (%s, %s)", [writer, text])
                cursor.execute("UPDATE tally SET turns = turns + 1 WHERE writer = %s", [writer])
        except DatabaseError as error:
            errors.append(str(error))
        else:
            waits.append(time.perf_counter() - started)
    print(json.dumps({"waits": waits, "errors": errors}))


def measure(engine: str, *, writers: int, seconds: float, a_second: float, folder: Path) -> dict[str, object]:
    """Start the writers at one moment; what they came to."""
    path = os.environ["MANYHANDS_DATABASE_URL"] if engine == "postgres" else str(folder / f"{engine}.sqlite3")
    prepare = subprocess.run(
        [sys.executable, __file__, "--prepare", engine, path, str(writers)], check=False, capture_output=True, text=True
    )
    if prepare.returncode:
        sys.exit(prepare.stderr)
    begin = time.time() + 2 + writers * 0.3
    when = [str(begin), str(seconds), str(a_second / writers)]
    started = [
        subprocess.Popen(
            [sys.executable, __file__, "--write", engine, path, str(writer), *when], stdout=subprocess.PIPE, text=True
        )
        for writer in range(writers)
    ]  # fmt: skip
    told = [json.loads(process.communicate()[0]) for process in started]
    kept = int(
        subprocess.run(
            [sys.executable, __file__, "--count", engine, path], check=True, capture_output=True, text=True
        ).stdout
    )
    waits = sorted(wait for one in told for wait in one["waits"])
    turns = [len(one["waits"]) for one in told]
    return {
        "engine": engine,
        "tx_s": round(len(waits) / seconds, 1),
        "turns_min": min(turns),
        "turns_max": max(turns),
        "p50_ms": round(waits[len(waits) // 2] * 1000, 1),
        "p99_ms": round(waits[int(len(waits) * 0.99)] * 1000, 1),
        "worst_ms": round(waits[-1] * 1000, 1),
        "errors": sum(len(one["errors"]) for one in told),
        "lost": len(waits) - kept,
    }


def _prepare(engine: str, path: str, writers: int) -> None:
    _settings(engine, path)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS note")
        cursor.execute("DROP TABLE IF EXISTS tally")
        cursor.execute(SHAPE.replace("INTEGER PRIMARY KEY", "SERIAL PRIMARY KEY") if engine == "postgres" else SHAPE)
        cursor.execute(TALLY)
        for writer in range(writers):
            cursor.execute("INSERT INTO tally VALUES (%s, 0)", [writer])


def _count(engine: str, path: str) -> None:
    _settings(engine, path)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), (SELECT sum(turns) FROM tally) FROM note")
        notes, turns = cursor.fetchone()
        assert notes == turns
        print(notes)


def main() -> None:
    if sys.argv[1:2] == ["--write"]:
        engine, path, writer, begin, seconds, a_second = sys.argv[2:]
        write(engine, path, int(writer), float(begin), float(seconds), float(a_second))
        return
    if sys.argv[1:2] == ["--prepare"]:
        _prepare(sys.argv[2], sys.argv[3], int(sys.argv[4]))
        return
    if sys.argv[1:2] == ["--count"]:
        _count(sys.argv[2], sys.argv[3])
        return
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--writers", type=int, default=8)
    options.add_argument("--seconds", type=float, default=5)
    options.add_argument("--a-second", type=float, default=0, help="writes offered a second, all together; 0: no pause")
    asked = options.parse_args()
    engines = ["without", "with"]
    if os.environ.get("MANYHANDS_DATABASE_URL", "").startswith("postgres"):
        engines.append("postgres")
    with tempfile.TemporaryDirectory() as folder:
        for engine in engines:
            figures = measure(
                engine, writers=asked.writers, seconds=asked.seconds, a_second=asked.a_second, folder=Path(folder)
            )
            print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
