"""The ring itself: a SQLite file with one wrapped key per holder.

The root key wraps the epoch key, the epoch key wraps the key of every holder. Forgetting somebody deletes their key,
draws a fresh epoch key and wraps all the others anew in one transaction, so that nothing that was copied out of the
file before opens what is in it now.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from manyhands.kernel import sealing
from manyhands.kit.ring import asking, slots
from manyhands.kit.ring.root import UNATTENDED, opener_in
from manyhands.kit.ring.slots import Root
from manyhands.kit.ring.troubles import Gone, Missing, RingTrouble, Shut
from manyhands.kit.writing_once import remove, sync_folder

if TYPE_CHECKING:
    from sqlite3 import Connection

RING = "ring.sqlite3"
PATIENCE_SECONDS = 20
FORMAT = 1
# A rollback journal, not write-ahead logging: after a commit the file alone holds the ring, so a deleted key is in no
# second file that a reader could keep from being emptied; and every SQLite is safe with it.
CUSTOMS = "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF"
SHAPE = """
CREATE TABLE house (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    format INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    epoch_key BLOB NOT NULL
);
CREATE TABLE slots (name TEXT PRIMARY KEY, wrapped BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE holders (holder BLOB PRIMARY KEY, wrapped BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE forgotten (
    holder BLOB PRIMARY KEY, at TEXT NOT NULL, epoch INTEGER NOT NULL, before BLOB NOT NULL, after BLOB NOT NULL
) WITHOUT ROWID;
"""
# The secret that outlives a change of the root key, sealed; and the public halves a shut house seals with, in clear.
PUBLIC = ("inbox", "backup")
BESIDE = "CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"


KEYS = "SELECT holder, wrapped FROM holders"
TOMBSTONES = "SELECT holder, at, epoch, before, after FROM forgotten"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The proof that a key was destroyed: the ring's digest before and after, when, and the epoch it began."""

    holder: UUID
    at: datetime
    epoch: int
    before: bytes
    after: bytes


class Ring:
    """The ring in one folder. One connection and one set of opened keys per process, whatever the number of threads."""

    def __init__(self, folder: Path, given: str = "") -> None:
        self.folder, self._given = folder, given
        self.file = folder / RING
        self._begin_anew()
        _RINGS.add(self)

    def _begin_anew(self) -> None:
        self._lock = threading.RLock()
        self._connection: Connection | None = None
        self._seen: int | None = None
        self._epoch: int | None = None
        self._epoch_key = b""
        self._root: Root | None = None
        self._line: asking.Line | None = None
        self._keys: dict[UUID, bytes] = {}
        self._derived: dict[str, bytes] = {}

    # -- keys ------------------------------------------------------------------------------------------------------

    def key_of(self, holder: UUID, *, make: bool = False) -> bytes:
        with self._lock:
            found = self.keys_of([holder], make=make)
            if holder in found:
                return found[holder]
            with self._reading() as connection:
                gone = connection.execute("SELECT 1 FROM forgotten WHERE holder = ?", [holder.bytes]).fetchone()
        raise Gone("This key was destroyed.") if gone else Missing("There never was a key for this holder.")

    def keys_of(self, holders: Iterable[UUID], *, make: bool = False) -> dict[UUID, bytes]:
        wanted = list(dict.fromkeys(holders))
        with self._lock:
            self._notice_changes()
            if unread := [holder for holder in wanted if holder not in self._keys]:
                with self._reading() as connection:
                    self._read(connection, unread)
                unread = [holder for holder in unread if holder not in self._keys]
                if make and unread:
                    self._make(unread)
            return {holder: self._keys[holder] for holder in wanted if holder in self._keys}

    def index_key(self, purpose: str) -> bytes:
        with self._lock:
            self._notice_sealing()
            return self._derive(f"purpose|{purpose}")

    def is_open(self) -> bool:
        with self._lock:
            try:
                self._notice_sealing()
                self._derive("epoch")
            except Shut:
                return False
            return True

    # -- forgetting ------------------------------------------------------------------------------------------------

    def forget(self, holders: Iterable[UUID], *, now: datetime) -> list[Receipt]:
        wanted = list(dict.fromkeys(holders))
        with self._lock, self._writing() as connection:
            told = {
                UUID(bytes=holder): Receipt(UUID(bytes=holder), datetime.fromisoformat(at), epoch, before, after)
                for holder, at, epoch, before, after in _of(connection, TOMBSTONES, wanted)
            }
            if fresh := [holder for holder in wanted if holder not in told]:
                before = _digest(connection)
                connection.executemany("DELETE FROM holders WHERE holder = ?", [[holder.bytes] for holder in fresh])
                epoch = self._wrap_anew(connection)
                after = _digest(connection)
                # The tombstone stands also for who never had a key: nothing may be sealed under this name again.
                connection.executemany(
                    "INSERT INTO forgotten (holder, at, epoch, before, after) VALUES (?, ?, ?, ?, ?)",
                    [[holder.bytes, now.isoformat(), epoch, before, after] for holder in fresh],
                )
                told |= {holder: Receipt(holder, now, epoch, before, after) for holder in fresh}
        return [told[holder] for holder in wanted]

    def forgotten(self) -> dict[UUID, Receipt]:
        """Everyone whose key was destroyed, with the receipt: after an old backup came back, they are in it again."""
        with self._lock, self._reading() as connection:
            return {
                UUID(bytes=holder): Receipt(UUID(bytes=holder), datetime.fromisoformat(at), epoch, before, after)
                for holder, at, epoch, before, after in connection.execute(
                    "SELECT holder, at, epoch, before, after FROM forgotten"
                )
            }

    def rotate(self) -> int:
        """Wrap every key anew under a fresh epoch key; the number of the new epoch."""
        with self._lock, self._writing() as connection:
            return self._wrap_anew(connection)

    def digest(self) -> bytes:
        """The digest of all that is in the ring now: the next receipt's `before`."""
        with self._lock, self._reading() as connection:
            return _digest(connection)

    def holders(self) -> int:
        """How many holders have a key."""
        with self._lock, self._reading() as connection:
            return int(connection.execute("SELECT count(*) FROM holders").fetchone()[0])

    def _wrap_anew(self, connection: Connection) -> int:
        old_key, epoch, fresh = self._epoch_key, (self._epoch or 0) + 1, sealing.fresh_key()
        # All are opened before one is written: where one does not open, nothing is changed.
        wrapped = [
            (_wrap(fresh, epoch, holder, _unwrap(old_key, holder, there)), holder)
            for holder, there in connection.execute("SELECT holder, wrapped FROM holders")
        ]
        connection.executemany("UPDATE holders SET wrapped = ? WHERE holder = ?", wrapped)
        connection.execute(
            "UPDATE house SET epoch = ?, epoch_key = ?", [epoch, self._seal_epoch_key(fresh, epoch=epoch)]
        )
        return epoch

    # -- reading and writing ---------------------------------------------------------------------------------------

    def _read(self, connection: Connection, holders: list[UUID]) -> None:
        for holder, wrapped in _of(connection, KEYS, holders):
            self._keys[UUID(bytes=holder)] = _unwrap(self._epoch_key, holder, wrapped)

    def _make(self, holders: list[UUID]) -> None:
        with self._writing() as connection:
            # Somebody else may have made them meanwhile.
            self._read(connection, holders)
            gone = {row[0] for row in _of(connection, TOMBSTONES, holders)}
            made = {
                holder: sealing.fresh_key()
                for holder in holders
                if holder not in self._keys and holder.bytes not in gone
            }
            connection.executemany(
                "INSERT INTO holders (holder, wrapped) VALUES (?, ?)",
                [
                    (holder.bytes, _wrap(self._epoch_key, self._epoch or 0, holder.bytes, key))
                    for holder, key in made.items()
                ],
            )
        # Only what is on the disk may be sealed with.
        self._keys.update(made)

    def _notice_changes(self) -> None:
        """Drop the opened keys when another process has forgotten somebody, or sealed the house."""
        self._notice_sealing()
        with _told_in_a_sentence(self.file):
            if self._connected().execute("PRAGMA data_version").fetchone()[0] == self._seen:
                return
        with self._reading():
            pass

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection]:
        """A view of the ring in which nothing changes."""
        with _told_in_a_sentence(self.file):
            connection = self._connected()
            connection.execute("BEGIN")
            try:
                self._learn_epoch(connection)
                yield connection
            finally:
                connection.execute("ROLLBACK")

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction: all of it is on the disk afterwards, or nothing."""
        with _told_in_a_sentence(self.file):
            connection = self._connected()
            connection.execute("BEGIN IMMEDIATE")
            try:
                self._learn_epoch(connection)
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            finally:
                # Our own writes don't count as changes: look again next time.
                self._seen = None

    def _notice_sealing(self) -> None:
        # Whoever gave us keys is gone: so are the keys.
        if self._line is not None and self._line.is_cut():
            self._drop_keys()

    def _drop_keys(self) -> None:
        if self._line is not None:
            self._line.close()
        self._root, self._line, self._epoch, self._epoch_key, self._seen = None, None, None, b"", None
        self._keys, self._derived = {}, {}

    def _learn_epoch(self, connection: Connection) -> None:
        self._notice_sealing()
        self._seen = connection.execute("PRAGMA data_version").fetchone()[0]
        epoch, epoch_key = connection.execute("SELECT epoch, epoch_key FROM house").fetchone()
        if epoch != self._epoch:
            self._keys.clear()
            self._epoch_key = self._open_epoch_key(epoch_key, epoch=epoch)
            self._epoch = epoch

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> Connection:
        import sqlite3

        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise RingTrouble(
                f"The key ring can't be written at {self.file} ({error.strerror}). "
                "Set MANYHANDS_KEYS_DIR to a folder that can, outside the data folder."
            ) from None
        connection = sqlite3.connect(
            self.file, timeout=PATIENCE_SECONDS, isolation_level=None, check_same_thread=False, uri=False
        )
        connection.executescript(CUSTOMS)
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.execute(BESIDE)
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'house'").fetchone():
                self._found(connection)
            (format_,) = connection.execute("SELECT format FROM house").fetchone()
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            connection.close()
            self._drop_keys()
            raise
        if format_ != FORMAT:
            connection.close()
            raise RingTrouble(f"The key ring at {self.file} was written by another version of Manyhands.")
        return connection

    def _found(self, connection: Connection) -> None:
        """Begin a ring: draw the root key and the first epoch key, and lay the root key into the unattended slot."""
        for statement in SHAPE.split(";"):
            connection.execute(statement)
        key = sealing.fresh_key()
        self._root = Root(key, key)
        connection.execute(
            "INSERT INTO slots (name, wrapped) VALUES (?, ?)", [slots.UNATTENDED, self._unattended_slot(key)]
        )
        connection.execute(
            "INSERT INTO house (one, format, epoch, epoch_key) VALUES (1, ?, 1, ?)",
            [FORMAT, self._seal_epoch_key(sealing.fresh_key(), epoch=1)],
        )
        sync_folder(self.folder)

    # -- the root key ----------------------------------------------------------------------------------------------

    def is_sealed(self) -> bool:
        """Whether this house opens only by a passphrase or by shares, never by itself."""
        with self._lock:
            return slots.UNATTENDED not in self.ways_in()

    def ways_in(self) -> dict[str, bytes]:
        """What opens this house: the name of each slot, and what lies in it."""
        with self._lock, _told_in_a_sentence(self.file):
            return dict(self._connected().execute("SELECT name, wrapped FROM slots ORDER BY name").fetchall())

    def root_from(self, key: bytes | None = None) -> Root:
        """The root, from the key a slot gave; without one from the unattended slot, which a sealed house has not."""
        with self._lock, _told_in_a_sentence(self.file):
            connection = self._connected()
            kept = connection.execute("SELECT value FROM kept WHERE name = 'secret'").fetchone()
            return slots.root_of(self._open_unattended(connection) if key is None else key, kept[0] if kept else None)

    def put_slots(self, root: Root, *, add: dict[str, bytes], remove: Iterable[str] = ()) -> None:
        """Add and remove ways in, all at once; the root key stays. The last way in can't be removed."""
        with self._lock, self._as_root(root), self._writing() as connection:
            connection.executemany("DELETE FROM slots WHERE name = ?", [[name] for name in remove])
            connection.executemany("INSERT OR REPLACE INTO slots (name, wrapped) VALUES (?, ?)", list(add.items()))
            if not connection.execute("SELECT 1 FROM slots").fetchone():
                raise RingTrouble("This is the last way in: without it nobody could ever open the house again.")

    def change_slots(self, root: Root, lock: Callable[[bytes], dict[str, bytes]]) -> None:
        """Put new slots in the place of all there were, around a new root key, all at once or not at all.

        ``lock`` makes the slots of a root key. Whoever had a way in before has none now, also not with an older copy
        of the ring: that opens what was there then and none of what came after.
        """
        fresh = Root(sealing.fresh_key(), root.secret)
        ways = lock(fresh.key)
        with self._lock, self._as_root(root), self._writing() as connection:
            self._root, self._derived = fresh, {}
            self._wrap_anew(connection)
            connection.execute("DELETE FROM slots")
            connection.executemany("INSERT INTO slots (name, wrapped) VALUES (?, ?)", list(ways.items()))
            connection.execute(
                "INSERT OR REPLACE INTO kept (name, value) VALUES ('secret', ?)", [fresh.sealed_secret()]
            )
            for purpose in PUBLIC:
                self._public_half(connection, purpose)
        if slots.UNATTENDED not in ways:
            self.drop_opener()

    def public_half(self, purpose: str) -> bytes:
        """What can be sealed with while the house is shut: "inbox" or "backup". Only the open house reads it."""
        with self._lock, _told_in_a_sentence(self.file):
            connection = self._connected()
            found = connection.execute("SELECT value FROM kept WHERE name = ?", [f"public|{purpose}"]).fetchone()
            if found:
                return bytes(found[0])
            with self._writing() as connection:
                return self._public_half(connection, purpose)

    def private_half(self, purpose: str) -> bytes:
        """What opens that; :class:`Shut` while the house is."""
        return self.index_key(f"private {purpose}")

    def _public_half(self, connection: Connection, purpose: str) -> bytes:
        half = sealing.public_half(self._derive(f"purpose|private {purpose}"))
        connection.execute("INSERT OR REPLACE INTO kept (name, value) VALUES (?, ?)", [f"public|{purpose}", half])
        return half

    def unattended_slot(self, key: bytes) -> dict[str, bytes]:
        """The slot with which the house opens by itself; makes the file that opens it where there is none."""
        return {slots.UNATTENDED: self._unattended_slot(key)}

    def drop_opener(self) -> None:
        """Delete the file that opened the house by itself; in a sealed house it opens nothing any more."""
        remove(self.folder / UNATTENDED)

    @contextlib.contextmanager
    def _as_root(self, root: Root) -> Iterator[None]:
        """Work with this root key, and forget it afterwards."""
        self._drop_keys()
        self._root = root
        try:
            yield
        finally:
            self._drop_keys()

    def _derive(self, label: str) -> bytes:
        if label not in self._derived:
            if self._root is None and self.is_sealed():
                if self._line is None:
                    self._line = asking.Line(self.folder)
                self._derived[label] = self._line.derive(label)
            else:
                if self._root is None:
                    self._root = self.root_from()
                self._derived[label] = self._root.derive(label)
        return self._derived[label]

    def _open_unattended(self, connection: Connection) -> bytes:
        found = connection.execute("SELECT wrapped FROM slots WHERE name = ?", [slots.UNATTENDED]).fetchone()
        if found is None:
            raise Shut(asking.NOBODY)
        return sealing.open_(opener_in(self.folder, self._given), found[0], about=b"slot|unattended")

    def _unattended_slot(self, key: bytes) -> bytes:
        opener = opener_in(self.folder, self._given, make=True)
        return sealing.seal(opener, key, generation=1, about=b"slot|unattended")

    def _seal_epoch_key(self, key: bytes, *, epoch: int) -> bytes:
        return sealing.seal(self._derive("epoch"), key, generation=epoch, about=b"epoch|%d" % epoch)

    def _open_epoch_key(self, wrapped: bytes, *, epoch: int) -> bytes:
        return sealing.open_(self._derive("epoch"), wrapped, about=b"epoch|%d" % epoch)


def _wrap(epoch_key: bytes, epoch: int, holder: bytes, key: bytes) -> bytes:
    return sealing.seal(epoch_key, key, generation=epoch, about=b"holder|" + holder)


def _unwrap(epoch_key: bytes, holder: bytes, wrapped: bytes) -> bytes:
    return sealing.open_(epoch_key, wrapped, about=b"holder|" + holder)


def _of(connection: Connection, what: str, holders: list[UUID]) -> Iterator[tuple[Any, ...]]:
    """The rows of some holders, in handfuls that every SQLite takes."""
    for start in range(0, len(holders), 500):
        some = [holder.bytes for holder in holders[start : start + 500]]
        yield from connection.execute(f"{what} WHERE holder IN ({','.join('?' * len(some))})", some)


def _digest(connection: Connection) -> bytes:
    """SHA-256 over the epoch and every wrapped key, in order."""
    epoch, epoch_key = connection.execute("SELECT epoch, epoch_key FROM house").fetchone()
    digest = hashlib.sha256(b"%d|" % epoch + epoch_key)
    for holder, wrapped in connection.execute("SELECT holder, wrapped FROM holders ORDER BY holder"):
        digest.update(holder)
        digest.update(wrapped)
    return digest.digest()


@contextlib.contextmanager
def _told_in_a_sentence(file: Path) -> Iterator[None]:
    import sqlite3

    try:
        yield
    except sqlite3.Error as error:
        raise RingTrouble(f"The key ring at {file} can't be used: {error}.") from error
    except sealing.Broken:
        raise RingTrouble(
            f"The key ring at {file} does not open: its key is another one, or the file was changed."
        ) from None


_RINGS: weakref.WeakSet[Ring] = weakref.WeakSet()
_held: list[Ring] = []
# A child may neither use nor close what its parent opened: closing would throw away the parent's locks on the file.
_left_to_the_parent: list[object] = []


def _before_a_fork() -> None:
    # No transaction may be half done: the child would inherit SQLite's belief that it holds the lock.
    for ring in list(_RINGS):
        ring._lock.acquire()
        _held.append(ring)


def _after_in_parent() -> None:
    while _held:
        _held.pop()._lock.release()


def _after_in_child() -> None:
    while _held:
        ring = _held.pop()
        _left_to_the_parent.extend([ring._connection, ring._line])
        ring._begin_anew()


os.register_at_fork(before=_before_a_fork, after_in_parent=_after_in_parent, after_in_child=_after_in_child)
