"""The other end of the line to the key process: for everyone who needs keys while the house is sealed and open."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from manyhands.kit.ring.holding import DOOR, SOCKET, peer_of
from manyhands.kit.ring.troubles import Busy, RingTrouble, Shut, Wrong

PATIENCE_SECONDS = 5.0
# A guess takes seconds, and up to four wait for one another.
OPENING_SECONDS = 120.0
SEALING_SECONDS = 1.0
NOBODY = "The house is sealed, and nobody has opened it."


@dataclass(frozen=True, slots=True)
class Standing:
    """What the key process says of itself; ``None`` for shares it has not been asked about."""

    is_there: bool
    is_open: bool = False
    shares_given: int = 0
    may_reach_swap: bool = True


class Line:
    """A line to the key process. It is cut the moment that process ends: then every key that came over it is void."""

    def __init__(self, folder: Path) -> None:
        if not sys.platform.startswith("linux"):
            raise RingTrouble("A sealed house needs Linux: elsewhere no process can be sure whom it gives keys to.")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(PATIENCE_SECONDS)
        try:
            place = os.open(folder / DOOR, os.O_RDONLY | os.O_DIRECTORY)
            try:
                self._socket.connect(f"/proc/self/fd/{place}/{SOCKET}")
            finally:
                os.close(place)
            self.pid, uid = peer_of(self._socket)
        except OSError:
            self._socket.close()
            raise Shut(NOBODY) from None
        if uid != os.geteuid():
            self._socket.close()
            raise RingTrouble("The key process belongs to another user. Run this as the user the server runs as.")

    def is_cut(self) -> bool:
        try:
            self._socket.setblocking(False)
            return self._socket.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def is_cut_within(self, seconds: float) -> bool:
        """Wait for the end of the process at the other end, so long at most."""
        select.select([self._socket], [], [], seconds)
        return self.is_cut()

    def ask(self, *, patience: float = PATIENCE_SECONDS, **said: Any) -> dict[str, Any]:
        """Say one thing and hear the answer; :class:`Shut` where the process is gone meanwhile."""
        self._socket.settimeout(patience)
        try:
            self._socket.sendall(json.dumps(said).encode() + b"\n")
            heard = b""
            while not heard.endswith(b"\n"):
                part = self._socket.recv(4096)
                if not part:
                    raise Shut(NOBODY)
                heard += part
        except TimeoutError:
            # What it says later would be taken for the answer to something else.
            self.close()
            raise RingTrouble("The key process does not answer.") from None
        except OSError:
            raise Shut(NOBODY) from None
        answer: dict[str, Any] = json.loads(heard)
        return answer

    def derive(self, label: str) -> bytes:
        answer = self.ask(do="derive", label=label)
        if "key" not in answer:
            raise Shut(NOBODY)
        return bytes.fromhex(answer["key"])

    def close(self) -> None:
        self._socket.close()

    def __del__(self) -> None:
        if hasattr(self, "_socket"):
            self.close()


@contextlib.contextmanager
def _line(folder: Path) -> Any:
    line = Line(folder)
    try:
        yield line
    finally:
        line.close()


def standing(folder: Path) -> Standing:
    """How the key process of this house stands."""
    try:
        with _line(folder) as line:
            told = line.ask(do="look")
    except Shut:
        return Standing(is_there=False)
    return Standing(True, told["open"], told["given"], told["in_swap"])


def open_with_passphrase(folder: Path, passphrase: str) -> Standing:
    """Open the house. :class:`Wrong` says what is wrong, :class:`Busy` that others are trying."""
    return _opening(folder, do="open", passphrase=passphrase)


def give_share(folder: Path, words: str) -> Standing:
    """Lay one share beside the others; the house is open once there are enough."""
    return _opening(folder, do="share", words=words)


def take_shares_back(folder: Path) -> None:
    """Forget the shares that were given so far."""
    with _line(folder) as line:
        line.ask(do="drop")


def _opening(folder: Path, **said: str) -> Standing:
    try:
        with _line(folder) as line:
            told = line.ask(patience=OPENING_SECONDS, **said)
    except Shut:
        raise RingTrouble("The key process is not running. Is the server?") from None
    if told.get("busy"):
        raise Busy("Others are trying to open the house right now. Wait a moment, then try again.")
    if "trouble" in told:
        raise RingTrouble(told["trouble"])
    if "wrong" in told:
        raise Wrong(told["wrong"])
    return Standing(True, told["open"], told["given"], told["in_swap"])


def seal(folder: Path) -> bool:
    """End the key process and everyone who holds keys from it, but for whoever asks; says whether there was one.

    Where it does not answer, the system ends it.
    """
    try:
        line = Line(folder)
    except Shut:
        return False
    try:
        with contextlib.suppress(RingTrouble):
            line.ask(patience=SEALING_SECONDS, do="seal")
        if not line.is_cut_within(SEALING_SECONDS / 2):
            with contextlib.suppress(ProcessLookupError):
                os.kill(line.pid, signal.SIGKILL)
            line.is_cut_within(SEALING_SECONDS / 2)
    finally:
        line.close()
    return True
