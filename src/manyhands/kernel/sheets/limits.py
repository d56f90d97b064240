"""How much of a file is ever read."""

from __future__ import annotations

from dataclasses import dataclass

from manyhands.kernel.sheets.problems import Code, Unreadable

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that keep one import from taking the whole machine. Passing one raises `Unreadable` with a sentence.

    `bytes`: the file as sent. `inflated_bytes`: what it unpacks to (gzip, xlsx). `rows` and `columns`: those that hold
    something; `cells`: all of them together. `cell_chars`: the longest single cell. `sheets`: how many sheets of a
    workbook are looked at.
    """

    bytes: int = 16 * MEGABYTE
    inflated_bytes: int = 48 * MEGABYTE
    rows: int = 50_000
    columns: int = 1_000
    cell_chars: int = 1_000_000
    cells: int = 800_000
    sheets: int = 40

    def refuse_bytes(self, size: int) -> None:
        """Raise if a file of this size is more than is read."""
        if size > self.bytes:
            raise Unreadable(Code.TOO_BIG, megabytes=in_megabytes(size), limit=in_megabytes(self.bytes))

    def refuse_inflated(self, size: int) -> None:
        """Raise if a file unpacks to more than is read."""
        if size > self.inflated_bytes:
            raise Unreadable(Code.INFLATES_TOO_BIG, limit=in_megabytes(self.inflated_bytes))


def in_megabytes(size: int) -> str:
    """Bytes as people say them: 16000000 -> "16", 1234567 -> "1.2"."""
    return f"{size / MEGABYTE:.1f}".removesuffix(".0")
