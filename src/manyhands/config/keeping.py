"""Keeps what runs beside a server running, and ends with it: workers, and in a sealed house the process with the keys.

Knows nothing of Django, so that it stays small.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

# A worker that ends as soon as it begins is started again, but ever more slowly.
LEAST_PAUSE_SECONDS, MOST_PAUSE_SECONDS = 1.0, 60.0
STEADY_AFTER_SECONDS = 30.0
# What a worker gets to end the job it has begun. One that takes longer is killed: its lease passes to another.
PATIENCE_SECONDS = 20.0


def ours(*arguments: str) -> list[str]:
    """A command of ours, with the Python this one runs in."""
    return [sys.executable, "-c", "from manyhands.config.cli import main; main()", *arguments]


def key_process(folder: str, parent: int) -> list[str]:
    """The command of the process that holds the keys of a sealed house. It starts with none."""
    return [sys.executable, "-m", "manyhands.kit.ring", folder, str(parent)]


class _Kept:
    """One process, and when it may be started again after it ended."""

    def __init__(self, command: list[str], *, least_pause: float = LEAST_PAUSE_SECONDS) -> None:
        self.command, self.least_pause = command, least_pause
        self.process: subprocess.Popen[bytes] | None = None
        self.started, self.pause, self.not_before = 0.0, least_pause, 0.0

    def look_after(self) -> None:
        now = time.monotonic()
        if self.process is not None:
            if self.process.poll() is None:
                return
            steady = now - self.started >= STEADY_AFTER_SECONDS
            self.pause = self.least_pause if steady else min(self.pause * 2, MOST_PAUSE_SECONDS)
            self.process, self.not_before = None, now + self.pause
        if now >= self.not_before:
            self.started = now
            self.process = subprocess.Popen(  # noqa: S603 - our own command
                self.command, stdin=subprocess.DEVNULL
            )

    def end(self, deadline: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def keep(server: int, *, workers: int, keys: str = "") -> None:
    """Keep so many workers running while the server with this process number is our parent.

    With a folder of ``keys``, also the process that holds the keys of this sealed house.
    """
    is_over = threading.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: is_over.set())
    me = os.getpid()
    kept = [_Kept(ours("work", "--beside", str(me))) for _ in range(workers)]
    if keys:
        kept.insert(0, _Kept(key_process(keys, me), least_pause=0.1))
    # A server that was killed can't say so; whoever has lost it belongs to somebody else.
    while os.getppid() == server and not is_over.is_set():
        for each in kept:
            each.look_after()
        is_over.wait(0.5)
    for each in kept:
        if each.process is not None:
            each.process.terminate()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for each in kept:
        each.end(deadline)
