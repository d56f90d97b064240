"""One sealed file that holds a whole database: how it is written and how it is read, a piece at a time.

    manyhands backup 1            what this is, and which shape it has
    {"made_at": ..., ...}         a line in clear: when, of which version, of which kind of database
    piece, piece, ... last piece  each: length (4 bytes), kind (1 byte), AES-256-GCM of up to 256 kB and its mark

Every archive has a key of its own, drawn from the backup key and the salt in its line. A piece is bound to that line,
to its place in the file and to its kind, so that none can be changed, moved, left out or taken from another archive.
The last piece is the manifest: what was counted when the copy was taken. A file that does not end with it was cut off.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FIRST_LINE = b"manyhands backup 1\n"
LONGEST_LINE = 8192
PIECE = 256 * 1024
MARK = 16
DATA, MANIFEST = 0, 1
KINDS = ("sqlite", "postgres")


class Unreadable(Exception):
    """An archive can't be read. The text is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Header:
    """What an archive says of itself in clear: nothing about anybody."""

    made_at: datetime
    version: str
    kind: str
    salt: bytes
    key_mark: str
    letter: bytes  # the archive's key, sealed to a house that may be shut; empty where it comes of the backup key
    line: bytes  # as it stands in the file, to the last sign


def new_header(*, key: bytes, made_at: datetime, version: str, kind: str, letter: bytes = b"") -> Header:
    """The header of a new archive, with a salt nobody used before."""
    salt, mark = os.urandom(32), mark_of(key)
    said = {"made_at": made_at.isoformat(), "version": version, "kind": kind, "salt": salt.hex(), "key": mark}
    if letter:
        said["letter"] = letter.hex()
    return Header(made_at, version, kind, salt, mark, letter, json.dumps(said).encode() + b"\n")


def mark_of(key: bytes) -> str:
    """Tells one backup key from another without telling anything about either."""
    mark = hmac.HMAC(key, hashes.SHA256())
    mark.update(b"manyhands backup: which key")
    return mark.finalize().hex()[:16]


def read_header(file: BinaryIO) -> Header:
    """Read the two lines in clear, or say why this is no archive of ours."""
    first = file.readline(len(FIRST_LINE) + 1)
    if first != FIRST_LINE:
        if first.startswith(b"manyhands backup "):
            raise Unreadable("This backup was written by a newer version of Manyhands. Install that version first.")
        raise Unreadable("This file is not a backup of Manyhands.")
    try:
        line = file.readline(LONGEST_LINE)
        said = json.loads(line)
        header = Header(
            made_at=datetime.fromisoformat(said["made_at"]),
            version=str(said["version"]),
            kind=str(said["kind"]),
            salt=bytes.fromhex(said["salt"]),
            key_mark=str(said["key"]),
            letter=bytes.fromhex(said.get("letter", "")),
            line=line,
        )
    except (ValueError, KeyError, TypeError):
        raise Unreadable("The beginning of this backup is damaged. Take an older one.") from None
    if header.kind not in KINDS or len(header.salt) != 32 or header.made_at.tzinfo is None:
        raise Unreadable("The beginning of this backup is damaged. Take an older one.")
    return header


class _Sealing:
    """The archive's own key, and the bond of each piece to its place."""

    def __init__(self, key: bytes, header: Header) -> None:
        own = HKDF(algorithm=hashes.SHA256(), length=32, salt=header.salt, info=b"manyhands backup 1").derive(key)
        self._cipher, self._about, self._place = AESGCM(own), hashlib.sha256(FIRST_LINE + header.line).digest(), 0

    def nonce(self, kind: int) -> bytes:
        place = self._place.to_bytes(11, "big") + bytes([kind])
        self._place += 1
        return place

    def seal(self, kind: int, plain: bytes) -> bytes:
        return self._cipher.encrypt(self.nonce(kind), plain, self._about)

    def open(self, kind: int, sealed: bytes) -> bytes:
        return self._cipher.decrypt(self.nonce(kind), sealed, self._about)


class Writer:
    """Writes an archive: :meth:`write` what comes, then :meth:`finish` with what was counted."""

    def __init__(self, file: BinaryIO, *, key: bytes, header: Header) -> None:
        self._file, self._sealing = file, _Sealing(key, header)
        self._packing, self._waiting = zlib.compressobj(1), bytearray()
        self._digest, self._size = hashlib.sha256(), 0
        file.write(FIRST_LINE + header.line)

    def write(self, plain: bytes) -> None:
        self._digest.update(plain)
        self._size += len(plain)
        self._waiting += self._packing.compress(plain)
        while len(self._waiting) >= PIECE:
            self._put(DATA, bytes(self._waiting[:PIECE]))
            del self._waiting[:PIECE]

    def finish(self, manifest: dict[str, Any]) -> dict[str, Any]:
        """Write the last piece; the manifest with the size and the digest of everything before it."""
        self._waiting += self._packing.flush()
        while self._waiting:
            self._put(DATA, bytes(self._waiting[:PIECE]))
            del self._waiting[:PIECE]
        whole = {**manifest, "size": self._size, "sha256": self._digest.hexdigest()}
        self._put(MANIFEST, json.dumps(whole).encode())
        return whole

    def _put(self, kind: int, plain: bytes) -> None:
        sealed = self._sealing.seal(kind, plain)
        self._file.write(len(sealed).to_bytes(4, "big") + bytes([kind]) + sealed)


class Reader:
    """Reads an archive. What :meth:`pieces` gives is whole and true only once it has come to its end without a word."""

    def __init__(self, file: BinaryIO, *, key: bytes) -> None:
        self._file, self.header = file, read_header(file)
        if self.header.key_mark != mark_of(key):
            raise Unreadable(
                "This backup was sealed with another key than the one kept here. Put the keys back that belonged "
                "to the server it was made on (MANYHANDS_KEYS_DIR)."
            )
        self._sealing = _Sealing(key, self.header)
        self.manifest: dict[str, Any] = {}

    def pieces(self) -> Iterator[bytes]:
        """What was written, in pieces that never fill the memory; :class:`Unreadable` if anything is wrong."""
        unpacking, digest, size = zlib.decompressobj(), hashlib.sha256(), 0
        for packed in self._data():
            rest = packed
            while rest:
                try:
                    plain = unpacking.decompress(rest, PIECE)
                except zlib.error:
                    raise Unreadable("This backup is damaged. Take an older one.") from None
                rest = unpacking.unconsumed_tail
                digest.update(plain)
                size += len(plain)
                yield plain
        plain = unpacking.flush()
        digest.update(plain)
        size += len(plain)
        yield plain
        if (size, digest.hexdigest()) != (self.manifest.get("size"), self.manifest.get("sha256")):
            raise Unreadable("This backup does not hold what it says it holds. Take an older one.")

    def _data(self) -> Iterator[bytes]:
        while True:
            start = self._file.read(5)
            length, kind = int.from_bytes(start[:4], "big"), start[4:]
            # No piece is longer, but for a manifest of a database with very many tables.
            if len(start) != 5 or kind not in (b"\0", b"\1") or not MARK <= length <= PIECE * 16:
                raise Unreadable("This backup was cut off, or is damaged. Take an older one.")
            sealed = self._file.read(length)
            if len(sealed) != length:
                raise Unreadable("This backup was cut off, or is damaged. Take an older one.")
            try:
                plain = self._sealing.open(kind[0], sealed)
            except InvalidTag:
                raise Unreadable("This backup is damaged, or somebody changed it. Take an older one.") from None
            if kind[0] == DATA:
                yield plain
                continue
            if self._file.read(1):
                raise Unreadable("Something was added behind the end of this backup. Take an older one.")
            self.manifest = json.loads(plain)
            return
