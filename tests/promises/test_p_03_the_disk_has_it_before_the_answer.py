"""P-03: between the last write of a commit and its answer the disk is waited for; `kill -9` alone can't see this.

It counts what the kernel was asked for. A disk that says it has what it has not is beyond any program.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest

pytestmark = pytest.mark.server

COMMITS = 10
WRITER = """
import os, sys
import django
from django.conf import settings
from manyhands.config import database
database.use_bundled_sqlite()
opened = database.settings_for({"kind": "sqlite", "path": sys.argv[1]})
opened["OPTIONS"]["init_command"] = opened["OPTIONS"]["init_command"].replace("synchronous=FULL", "synchronous=" + sys.argv[2])
settings.configure(DATABASES={"default": opened}, INSTALLED_APPS=[])
django.setup()
from django.db import connection, transaction
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE note (words TEXT)")
os.write(1, b"begin")
for number in range(int(sys.argv[3])):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO note VALUES (%s)", [f"note {number}"])
    os.write(1, b"answered")
"""


def synced_before_the_answer(folder, synchronous: str) -> list[bool]:
    """For each commit, whether the log was synced after its last write to it and before the answer."""
    trace = folder / f"{synchronous}.trace"
    subprocess.run(
        ["strace", "-f", "-y", "-o", str(trace), "-e", "trace=write,pwrite64,fsync,fdatasync",
         sys.executable, "-c", WRITER, str(folder / f"{synchronous}.sqlite3"), synchronous, str(COMMITS)],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    found: list[bool] = []
    wrote = synced = started = False
    for line in trace.read_text().splitlines():
        if re.search(r'write\(1<[^>]*>, "begin"', line):
            started, wrote, synced = True, False, False
        elif started and re.search(r"pwrite64\(\d+<[^>]*-wal>", line):
            wrote, synced = True, False
        elif started and re.search(r"f(data)?sync\(\d+<[^>]*-wal>\)", line):
            synced = True
        elif started and re.search(r'write\(1<[^>]*>, "answered"', line):
            assert wrote, "a commit wrote nothing"
            found.append(synced)
            wrote = synced = False
    return found


@pytest.fixture(autouse=True)
def strace_is_here():
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed: this test did not look at what the disk was asked for.")


def test_every_commit_waits_for_the_disk(tmp_path):
    assert synced_before_the_answer(tmp_path, "FULL") == [True] * COMMITS


def test_the_same_measurement_sees_a_database_that_does_not_wait(tmp_path):
    assert synced_before_the_answer(tmp_path, "NORMAL") == [False] * COMMITS
