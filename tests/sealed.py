"""A sealed house for tests: quick to guess at, with a key process of its own that ends with the test."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from manyhands.config import keeping
from manyhands.kit.ring import Ring, asking, slots

QUICK = slots.Cost(memory=64, passes=1)
PASSPHRASE = "seven words that belong to no sentence"
NAME = slots.PASSPHRASE + "first"


def seal(ring: Ring, *, passphrase: str = PASSPHRASE, needed: int = 0, of: int = 0) -> list[str]:
    """Turn a locked cabinet into a sealed house; the words of the shares, if any were wanted."""
    papers: list[str] = []

    def lock(key: bytes) -> dict[str, bytes]:
        made = {NAME: slots.lock_with_passphrase(key, passphrase, name=NAME, cost=QUICK)}
        if of:
            made[slots.SHARES], words = slots.lock_with_shares(key, needed=needed, of=of)
            papers.extend(words)
        return made

    ring.change_slots(ring.root_from(), lock)
    return papers


@contextmanager
def holding(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The key process of a house, shut."""
    process = subprocess.Popen(keeping.key_process(str(folder), os.getpid()), stdin=subprocess.DEVNULL)
    try:
        until_it_listens(folder)
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()


def until_it_listens(folder: Path) -> None:
    """Wait until the key process of a house answers."""
    deadline = time.monotonic() + 30
    while not asking.standing(folder).is_there:
        assert time.monotonic() < deadline, "The key process does not answer."
        time.sleep(0.02)
