"""P-26: wrapping every key anew loses none, however often it is killed in the middle."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

from manyhands.kit.ring import Ring
from tests.cast import NOW

IS_LONG = bool(os.environ.get("PROMISES_LONG"))
PEOPLE = 20_000 if IS_LONG else 1_500
KILLS = 20
ROTATING = """
import sys
from pathlib import Path
from manyhands.kit.ring import Ring
ring = Ring(Path(sys.argv[1]))
print("begun", flush=True)
while True:
    ring.rotate()
"""


def rotating(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", ROTATING, str(folder)],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    assert process.stdout.readline() == "begun\n"
    return process


def test_rotation_killed_at_any_moment_leaves_a_whole_ring(tmp_path):
    luck = random.Random(26)
    people = [UUID(int=number) for number in range(PEOPLE)]
    keys = Ring(tmp_path).keys_of(people, make=True)
    begun = time.perf_counter()
    Ring(tmp_path).rotate()
    takes = time.perf_counter() - begun

    left_half_done = 0
    for _ in range(KILLS):
        process = rotating(tmp_path)
        time.sleep(luck.random() * takes * 3)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        left_half_done += (tmp_path / "ring.sqlite3-journal").exists()
        # Whoever comes next finds every key under one epoch key.
        assert Ring(tmp_path).keys_of(people) == keys
    assert left_half_done, "no kill hit a rotation in the middle: this looked at nothing"

    receipt = Ring(tmp_path).forget([people[0]], now=NOW)[0]
    assert receipt.epoch > 2
    del keys[people[0]]
    assert Ring(tmp_path).keys_of(people) == keys
    assert not (tmp_path / "ring.sqlite3-journal").exists()
