"""The queue before a SQLite file: whoever wants to write takes the lock beside it first.

SQLite lets writers knock again and again, and the lucky one gets in: of eight, one had a single turn while another had
two thousand. The kernel's file lock lets them in in order, and frees it for whoever dies, however they die.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

if sys.platform != "win32":
    import fcntl


class WaitedTooLong(Exception):
    """Somebody else has been writing for longer than we wait."""


class Queue:
    """One connection's place before the file. Reentrant it is not: a connection writes one transaction at a time."""

    def __init__(self, beside: Path, *, most_seconds: float) -> None:
        self.path = Path(f"{beside}-queue")
        self.most_seconds = most_seconds
        self.is_ours = False
        self._door: int | None = None
        self._opened_by = 0

    def take(self) -> None:
        """Wait for our turn; raise :class:`WaitedTooLong` when it does not come."""
        if sys.platform == "win32":
            return
        door = self._the_door()
        try:
            fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._stand_in_line(door)
        self.is_ours = True

    def leave(self) -> None:
        """Let the next one in. Says nothing when it was not our turn."""
        if not self.is_ours or sys.platform == "win32":
            return
        self.is_ours = False
        if self._opened_by == os.getpid() and self._door is not None:
            fcntl.flock(self._door, fcntl.LOCK_UN)

    def close(self) -> None:
        """Leave, and forget the lock file; the next turn opens it again."""
        self.leave()
        if self._door is not None:
            os.close(self._door)
            self._door = None

    def __del__(self) -> None:
        # A thread that ends without closing its connection takes its place with it.
        self.close()

    def _the_door(self) -> int:
        # A door carried through a fork is the parent's: freeing it here would free it there.
        if self._door is not None and self._opened_by != os.getpid():
            os.close(self._door)
            self._door, self.is_ours = None, False
        if self._door is None:
            self._door = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._opened_by = os.getpid()
        return self._door

    def _stand_in_line(self, door: int) -> None:
        """Wait in the kernel's line, which is in order, but not for ever: a stopped writer must not stop every page."""
        if sys.platform == "win32":
            return
        settling, granted, given_up = threading.Lock(), threading.Event(), threading.Event()

        def wait() -> None:
            fcntl.flock(door, fcntl.LOCK_EX)
            with settling:
                if not given_up.is_set():
                    granted.set()
                    return
            os.close(door)  # which lets the next one in: nobody waits for this turn any more

        threading.Thread(target=wait, name="before the database", daemon=True).start()
        try:
            if not granted.wait(self.most_seconds):
                raise WaitedTooLong
        except BaseException:
            with settling:
                given_up.set()
                if granted.is_set():
                    fcntl.flock(door, fcntl.LOCK_UN)
                else:
                    self._door = None
            raise
