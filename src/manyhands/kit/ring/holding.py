"""The key process: the only place where the root key of a sealed house is, while the house is open.

    python -m manyhands.kit.ring FOLDER [PARENT]

It starts with nothing. Whoever gives it a passphrase or enough shares lays the root key into its memory; others of the
same user ask it for keys drawn from that one, over a socket only they can reach. It knows who holds such keys, and
takes all of them along when it is told to seal: a killed process keeps nothing, and Python can't wipe its own memory.

It writes nothing down, and has no settings, no database and no Django at work in it.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import socket
import struct
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shamir_mnemonic import Share

from manyhands.kernel import sealing
from manyhands.kit.ring import slots as ring_slots
from manyhands.kit.ring.troubles import RingTrouble, Wrong

DOOR, SOCKET, LOCK = "door", "keys.sock", "keys.lock"
RING = "ring.sqlite3"
LONGEST_WORD = 8192
MOST_LINES = 64
MOST_TRYING = 4
FORGET_SHARES_AFTER_SECONDS = 24 * 60 * 60
PR_SET_DUMPABLE = 4
MCL_CURRENT = 1


@dataclass(eq=False)
class Line:
    """Somebody of ours on the other end, known by a handle that no other process can inherit."""

    socket: socket.socket
    pid: int
    handle: int | None
    holds_keys: bool = False

    def end_them(self) -> None:
        with contextlib.suppress(OSError):
            if self.handle is not None:
                signal.pidfd_send_signal(self.handle, signal.SIGKILL)
            else:
                os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        self.socket.close()
        if self.handle is not None:
            os.close(self.handle)


@dataclass
class Holder:
    """What the process knows: nothing, some shares, or the root key."""

    ring: Path
    root: ring_slots.Root | None = None
    shares: dict[int, Share] = field(default_factory=dict)
    in_swap: bool = True
    _guard: threading.RLock = field(default_factory=threading.RLock)
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)
    _trying: int = 0
    _forget: threading.Timer | None = None
    lines: set[Line] = field(default_factory=set)

    def answer(self, said: dict[str, Any], line: Line) -> dict[str, Any]:
        """The answer to one word from the line."""
        match said.get("do"):
            case "derive":
                return self._derive(str(said["label"]), line)
            case "look":
                return self._look()
            case "open":
                return self._try(lambda: self._open_with(str(said["passphrase"])))
            case "share":
                return self._try(lambda: self._take(str(said["words"])))
            case "drop":
                self._drop_shares()
                return self._look()
            case "seal":
                return self._seal(line)
        return {"wrong": "This is not known here."}

    def _derive(self, label: str, line: Line) -> dict[str, Any]:
        with self._guard:
            if self.root is None:
                return {"shut": True}
            line.holds_keys = True
            return {"key": self.root.derive(label).hex()}

    def _look(self) -> dict[str, Any]:
        with self._guard:
            return {"open": self.root is not None, "given": len(self.shares), "in_swap": self.in_swap}

    def _try(self, work: Any) -> dict[str, Any]:
        """One guess at a time: each takes a quarter of a gigabyte, and a flood of them shall not take the machine."""
        with self._guard:
            if self._trying >= MOST_TRYING:
                return {"busy": True}
            self._trying += 1
        try:
            with self._one_at_a_time:
                if self.root is None:
                    work()
            return self._look()
        except Wrong as wrong:
            return {"wrong": str(wrong), **self._look()}
        except RingTrouble as trouble:
            return {"trouble": str(trouble)}
        finally:
            with self._guard:
                self._trying -= 1

    def _open_with(self, passphrase: str) -> None:
        slots, secret = ring_slots.read(self.ring)
        self._keep(ring_slots.open_with_passphrase(slots, passphrase), secret)

    def _take(self, words: str) -> None:
        """Lay one share beside those that came before; with the last one needed the house is open."""
        slots, secret = ring_slots.read(self.ring)
        share = ring_slots.read_share(slots, words)
        with self._guard:
            # What was given for papers that count no more is no use.
            self.shares = {at: one for at, one in self.shares.items() if one.identifier == share.identifier}
            self.shares[share.index] = share
            self._forget_shares_later()
            asked = ring_slots.asked_by(slots)
            if asked is None or len(self.shares) < asked.needed:
                return
            given = list(self.shares.values())
            self._drop_shares()
        self._keep(ring_slots.open_with_shares(slots, given), secret)

    def _keep(self, key: bytes, secret: bytes | None) -> None:
        try:
            root = ring_slots.root_of(key, secret)
        except sealing.Broken:
            raise RingTrouble("The key ring was changed by somebody: its secret does not open.") from None
        with self._guard:
            self.root = root
            self._drop_shares()
            self.in_swap = not _keep_out_of_swap()

    def _forget_shares_later(self) -> None:
        if self._forget is not None:
            self._forget.cancel()
        self._forget = threading.Timer(FORGET_SHARES_AFTER_SECONDS, self._drop_shares)
        self._forget.daemon = True
        self._forget.start()

    def _drop_shares(self) -> None:
        with self._guard:
            self.shares.clear()
            if self._forget is not None:
                self._forget.cancel()
                self._forget = None

    def _seal(self, asker: Line) -> dict[str, Any]:
        with self._guard:
            others = [line for line in self.lines if line.holds_keys and line.pid != asker.pid]
            for line in others:
                line.end_them()
            # Before it is answered, so that then nobody at all opens anything any more, not even the one who asked.
            for line in self.lines - {asker}:
                with contextlib.suppress(OSError):
                    line.socket.shutdown(socket.SHUT_RDWR)
            with contextlib.suppress(OSError):
                asker.socket.sendall(json.dumps({"sealed": True, "ended": len(others)}).encode() + b"\n")
            os.kill(os.getpid(), signal.SIGKILL)
        raise SystemExit  # nobody comes here


def _keep_out_of_swap() -> bool:
    """Lock what the process holds now into memory; says whether the system let it."""
    with contextlib.suppress(OSError, AttributeError):
        return bool(ctypes.CDLL(None, use_errno=True).mlockall(MCL_CURRENT) == 0)
    return False


def harden() -> None:
    """No core dump, and nobody of the same user may look into this process's memory."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform.startswith("linux") and ctypes.CDLL(None, use_errno=True).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        raise RingTrouble("The system does not let a process keep its memory to itself.")


def peer_of(line: socket.socket) -> tuple[int, int]:
    """Process and user on the other end, as the kernel knows them."""
    pid, uid, _gid = struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return pid, uid


def hold(folder: Path, *, parent: int | None = None) -> None:
    """Hold keys until the parent is gone. Where another one holds them already, wait for its end."""
    import fcntl

    harden()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    door = folder / DOOR
    door.mkdir(mode=0o700, parents=True, exist_ok=True)
    door.chmod(0o700)
    with (door / LOCK).open("ab") as lock:
        while not _over(parent):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                threading.Event().wait(0.5)
        else:
            return
        # Bound by a handle of the folder: a socket's name may be a hundred signs long, a folder's longer.
        place = os.open(door, os.O_RDONLY | os.O_DIRECTORY)
        (door / SOCKET).unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
            listening.bind(f"/proc/self/fd/{place}/{SOCKET}")
            (door / SOCKET).chmod(0o600)
            listening.listen(16)
            _serve(listening, Holder(folder / RING), parent)


def _over(parent: int | None) -> bool:
    return parent is not None and os.getppid() != parent


def _serve(listening: socket.socket, holder: Holder, parent: int | None) -> None:
    while not _over(parent):
        if not select.select([listening], [], [], 0.5)[0]:
            continue
        their, _address = listening.accept()
        pid, uid = peer_of(their)
        if uid != os.geteuid() or len(holder.lines) >= MOST_LINES:
            their.close()
            continue
        try:
            handle = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
        except OSError:  # gone already, or a system without
            handle = None
        line = Line(their, pid, handle)
        with holder._guard:
            holder.lines.add(line)
        threading.Thread(target=_listen, args=(line, holder), daemon=True).start()


def _listen(line: Line, holder: Holder) -> None:
    try:
        with line.socket.makefile("rb") as words:
            while word := words.readline(LONGEST_WORD):
                try:
                    said = json.loads(word)
                    answer = holder.answer(said, line)
                except (ValueError, KeyError, TypeError, AttributeError):
                    answer = {"wrong": "This can't be read."}
                line.socket.sendall(json.dumps(answer).encode() + b"\n")
    except OSError:
        pass
    finally:
        with holder._guard:
            holder.lines.discard(line)
            line.close()
