"""From the bytes of a file to a table, or to a sentence saying what to do instead."""

from __future__ import annotations

import re

from manyhands.kernel.sheets.decoding import decode
from manyhands.kernel.sheets.delimited import parse_delimited
from manyhands.kernel.sheets.headings import find_table
from manyhands.kernel.sheets.inflating import BoundedZip, gunzip
from manyhands.kernel.sheets.limits import Limits
from manyhands.kernel.sheets.objects import parse_objects
from manyhands.kernel.sheets.problems import Code, Unreadable
from manyhands.kernel.sheets.tables import Grid, Table
from manyhands.kernel.sheets.workbooks import parse_workbook

_OTHER_FILES: tuple[tuple[bytes, Code], ...] = (
    (b"%PDF", Code.PDF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Code.OLD_EXCEL),
    (b"\x09\x08\x10\x00", Code.OLD_EXCEL),
    (b"\x89PNG", Code.PICTURE),
    (b"\xff\xd8\xff", Code.PICTURE),
    (b"GIF8", Code.PICTURE),
    (b"BM\x00", Code.PICTURE),
    (b"RIFF", Code.PICTURE),
    (b"Rar!", Code.ARCHIVE),
    (b"7z\xbc\xaf", Code.ARCHIVE),
    (b"BZh9", Code.ARCHIVE),
    (b"\xfd7zXZ", Code.ARCHIVE),
    (b"\x28\xb5\x2f\xfd", Code.ARCHIVE),
    (b"{\\rtf", Code.OTHER_OFFICE),
    (b"SQLite format 3", Code.BINARY),
    (b"\x7fELF", Code.BINARY),
    (b"PAR1", Code.BINARY),
)
_OTHER_OFFICE_PARTS = ("workbook.bin", "word/document.xml", "ppt/presentation.xml", "document.iwa")
_WEB_PAGE = re.compile(
    r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype html|html|head|body|table|meta|style|div)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML = re.compile(r"\s*<\?xml\b|\s*<(\w+:)?\w+[^>]*>", re.IGNORECASE)


def read(data: bytes, *, sheet: str | None = None, limits: Limits | None = None) -> Table:
    """The table in a file: CSV and its relatives in any encoding, XLSX, JSON records, or any of these gzipped.

    `sheet` names a sheet of a workbook; without it the one that looks most like a table is taken (`Table.sheet` says
    which). Raises `Unreadable`, and nothing else, with a sentence saying what to do.
    """
    limits = limits or Limits()
    limits.refuse_bytes(len(data))
    if data[:2] == b"\x1f\x8b":
        data = gunzip(data, limits)
        if data[:2] == b"\x1f\x8b":
            raise Unreadable(Code.ARCHIVE)
    return find_table(_grid(data, sheet, limits))


def _grid(data: bytes, sheet: str | None, limits: Limits) -> Grid:
    if not data.strip(b"\x00 \t\r\n\x0b\x0c\xef\xbb\xbf\xff\xfe"):
        raise Unreadable(Code.EMPTY)
    for beginning, code in _OTHER_FILES:
        if data.startswith(beginning):
            raise Unreadable(code)
    if data[:4] in {b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"}:
        return _workbook(data, sheet, limits)
    decoded = decode(data)
    # Two characters of text per byte is the most a decoder gives; the bound above holds for what comes out as well.
    limits.refuse_inflated(len(decoded.text))
    text = decoded.text
    if _WEB_PAGE.match(text[:20_000]):
        raise Unreadable(Code.WEB_PAGE)
    if _XML.match(text[:2_000]) and text.count("<") > text.count(","):
        raise Unreadable(Code.OTHER_OFFICE)
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if start in {"[", "{"}:
        try:
            grid = parse_objects(text, encoding=decoded.encoding, limits=limits)
        except Unreadable as unreadable:
            # A CSV may well begin with a bracket; what closes like JSON was meant as JSON.
            if text.rstrip()[-1:] in {"]", "}"} or unreadable.code not in {Code.BROKEN_JSON, Code.JSON_IS_NO_TABLE}:
                raise
            grid = parse_delimited(text, encoding=decoded.encoding, limits=limits)
    else:
        grid = parse_delimited(text, encoding=decoded.encoding, limits=limits)
    return Grid(
        grid.lines,
        grid.made_by,
        encoding=grid.encoding,
        delimiter=grid.delimiter,
        headed=grid.headed,
        problems=decoded.problems + grid.problems,
    )


def _workbook(data: bytes, sheet: str | None, limits: Limits) -> Grid:
    """An .xlsx, or the sentence for the other things that are zip archives inside."""
    names = BoundedZip(data, limits).names
    if "content.xml" in names and "mimetype" in names:
        raise Unreadable(Code.OPEN_DOCUMENT)
    if any(name.endswith(_OTHER_OFFICE_PARTS) for name in names):
        raise Unreadable(Code.OTHER_OFFICE)
    if not any(name.startswith("xl/") for name in names):
        raise Unreadable(Code.ARCHIVE)
    return parse_workbook(data, sheet=sheet, limits=limits)
