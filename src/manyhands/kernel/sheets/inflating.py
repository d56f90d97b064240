"""Unpacking, never more than was agreed: what a file says about its own size is not believed."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import IO, cast

from manyhands.kernel.sheets.limits import Limits
from manyhands.kernel.sheets.problems import Code, Unreadable

_CHUNK = 1 << 16
_TAGS_PER_CELL = 5  # a cell and its value open and close; a little more for all around them


def gunzip(data: bytes, limits: Limits) -> bytes:
    """The content of a gzip file (several members too). Raises `Unreadable` where it is damaged or too much."""
    parts: list[bytes] = []
    total = 0
    rest = data
    while rest[:2] == b"\x1f\x8b":
        inflater = zlib.decompressobj(wbits=31)
        try:
            while not inflater.eof:
                piece = inflater.decompress(rest, _CHUNK)
                rest = inflater.unconsumed_tail
                total += len(piece)
                limits.refuse_inflated(total)
                parts.append(piece)
                if not piece and not rest and not inflater.eof:
                    raise Unreadable(Code.BROKEN_GZIP)
        except zlib.error:
            raise Unreadable(Code.BROKEN_GZIP) from None
        rest = inflater.unused_data
    return b"".join(parts)


class BoundedZip:
    """A zip archive read through one budget for all its members together."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, UnicodeError):
            raise Unreadable(Code.BROKEN_WORKBOOK) from None
        self._limits = limits
        self._spent = self._tags = 0
        infos = self._zip.infolist()
        if len(infos) > 5_000:
            raise Unreadable(Code.HOSTILE_WORKBOOK)
        self._members = {info.filename.replace("\\", "/").lstrip("/").lower(): info for info in infos}

    @property
    def names(self) -> list[str]:
        """The members, lower-cased, with forward slashes and without a leading one."""
        return list(self._members)

    def read(self, name: str) -> bytes | None:
        """One member whole, or None if there is none of this name."""
        stream = self.open(name)
        return None if stream is None else stream.read()

    def spend_tags(self, size: int) -> None:
        """Count opening and closing tags; raise `Unreadable` when following them all would take too long."""
        self._tags += size
        if self._tags > self._limits.cells * _TAGS_PER_CELL:
            raise Unreadable(Code.TOO_MANY_CELLS, limit=self._limits.cells)

    def open(self, name: str) -> IO[bytes] | None:
        """One member as a stream that raises `Unreadable` when the budget is spent, or None."""
        info = self._members.get(name.replace("\\", "/").lstrip("/").lower())
        if info is None:
            return None
        if info.flag_bits & 0x1:
            raise Unreadable(Code.OLD_EXCEL)  # a password
        # What the archive claims is checked first because it is quick; what really comes out is counted as well.
        self._limits.refuse_inflated(self._spent + info.file_size)
        try:
            return cast("IO[bytes]", _Counted(self._zip.open(info), self))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, RuntimeError):
            raise Unreadable(Code.BROKEN_WORKBOOK) from None

    def spend(self, size: int) -> None:
        """Count bytes that came out; raise `Unreadable` when they are too many."""
        self._spent += size
        self._limits.refuse_inflated(self._spent)


class _Counted(io.RawIOBase):
    def __init__(self, source: IO[bytes], budget: BoundedZip) -> None:
        super().__init__()
        self._source = source
        self._budget = budget

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        wanted = _CHUNK if size is None or size < 0 else min(size, _CHUNK)
        parts = []
        while True:
            try:
                piece = self._source.read(wanted)
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError):
                raise Unreadable(Code.BROKEN_WORKBOOK) from None
            self._budget.spend(len(piece))
            parts.append(piece)
            if not piece or (size is not None and size >= 0):
                return b"".join(parts)
