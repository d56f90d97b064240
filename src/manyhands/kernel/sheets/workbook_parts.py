"""The parts of an XLSX workbook, streamed: its list of sheets, shared texts, styles, and the cells of a sheet.

They pass through defusedxml, and what number formats mean is openpyxl's knowledge. The walk over a sheet is ours
because real exports (from web sheets, databases, scripts) break the full reader in ways that lose the whole file, and
because every step must stay within `Limits`: nothing is kept of a part but its cells.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote
from xml.sax import ContentHandler

from defusedxml.sax import make_parser
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import from_excel

from manyhands.kernel.sheets.inflating import BoundedZip
from manyhands.kernel.sheets.limits import Limits
from manyhands.kernel.sheets.problems import Code, Unreadable
from manyhands.kernel.sheets.writing import unguard

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PADDED = re.compile("0{2,15}")
_MERGED_AT_MOST = 20_000
_CHUNK = 1 << 16
_Attributes = Mapping[str, str]


@dataclass(slots=True)
class Sheet:
    """One sheet while it is read: its cells by row and column (from 1), and what is odd about it."""

    name: str
    path: str
    hidden: bool
    lines: dict[int, dict[int, str]] = field(default_factory=dict)
    hidden_rows: list[int] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    formulas: list[tuple[int, int]] = field(default_factory=list)
    errors: list[tuple[int, int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Meanings:
    """What cells refer to: texts by number, formats by style, and the day from which days are counted."""

    strings: list[str]
    formats: list[str]
    epoch: dt.datetime


def walk(archive: BoundedZip, name: str | None, handler: Handler) -> None:
    """Send one part through a parser that follows no instruction in it."""
    part = archive.read(name) if name else None
    if part is None:
        return
    archive.spend_tags(part.count(b"<"))
    parser = make_parser()
    parser.forbid_dtd = True
    parser.setContentHandler(handler)
    for start in range(0, len(part), _CHUNK):
        parser.feed(part[start : start + _CHUNK])
    parser.close()


class Handler(ContentHandler):
    """Elements by their local name; the text of those in `texts`."""

    texts: frozenset[str] = frozenset()

    def __init__(self) -> None:
        super().__init__()
        self._text: list[str] | None = None

    def startElement(self, name: str, attrs: object) -> None:  # noqa: N802 - the interface of xml.sax
        local = name.rpartition(":")[2]
        if local in self.texts:
            self._text = []
        self.begins(local, attrs)  # type: ignore[arg-type]

    def characters(self, content: str) -> None:
        if self._text is not None:
            self._text.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802 - the interface of xml.sax
        local = name.rpartition(":")[2]
        text = ""
        if local in self.texts and self._text is not None:
            text = "".join(self._text)
            self._text = None
        self.ends(local, text)

    def begins(self, name: str, attributes: _Attributes) -> None:
        """An element opens."""

    def ends(self, name: str, text: str) -> None:
        """An element closes; `text` is what stood in it, if it is one of `texts`."""


class Book(Handler):
    """The list of sheets."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self.limits = limits
        self.counts_from_1904 = False
        self.sheets: list[tuple[Sheet, str]] = []

    def begins(self, name: str, attributes: _Attributes) -> None:
        if name == "workbookPr":
            self.counts_from_1904 = attributes.get("date1904", "") in {"1", "true"}
        elif name == "sheet" and len(self.sheets) < self.limits.sheets:
            relation = next((attributes[key] for key in attributes.keys() if key.endswith(":id") or key == "id"), "")  # noqa: SIM118 - not a dict
            hidden = attributes.get("state", "") in {"hidden", "veryHidden"}
            self.sheets.append((Sheet(attributes.get("name", ""), "", hidden), relation))


class Relations(Handler):
    """Which part each relation leads to."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = folder
        self.targets: dict[str, str] = {}

    def begins(self, name: str, attributes: _Attributes) -> None:
        if name == "Relationship" and attributes.get("TargetMode", "") != "External":
            target = unquote(attributes.get("Target", ""))
            whole = target if target.startswith("/") else posixpath.join(self.folder, target)
            self.targets[attributes.get("Id", "")] = posixpath.normpath(whole).lstrip("/")


class Strings(Handler):
    """The texts many cells share; readings of Chinese and Japanese characters are left out."""

    texts = frozenset({"t"})

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self.limits = limits
        self.strings: list[str] = []
        self._parts: list[str] = []
        self._reading = 0

    def begins(self, name: str, attributes: _Attributes) -> None:
        if name == "rPh":
            self._reading += 1

    def ends(self, name: str, text: str) -> None:
        if name == "rPh":
            self._reading -= 1
        elif name == "t" and not self._reading:
            self._parts.append(text)
        elif name == "si":
            self.strings.append(_unescaped("".join(self._parts)))
            self._parts.clear()
            if len(self.strings) > self.limits.cells:
                raise Unreadable(Code.TOO_MANY_CELLS, limit=self.limits.cells)


class Styles(Handler):
    """The number format of each cell style that is a date, an hour or padded with zeros, and "" for the others."""

    def __init__(self) -> None:
        super().__init__()
        self.formats: list[str] = []
        self._codes: dict[int, str] = dict(BUILTIN_FORMATS)
        self._inside = False

    def begins(self, name: str, attributes: _Attributes) -> None:
        if name == "cellXfs":
            self._inside = True
        elif name == "numFmt":
            self._codes[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
        elif name == "xf" and self._inside and len(self.formats) < 100_000:
            code = self._codes.get(int(attributes.get("numFmtId", "0")), "")
            self.formats.append(code if code and (_PADDED.fullmatch(code) or is_date_format(code)) else "")

    def ends(self, name: str, text: str) -> None:
        if name == "cellXfs":
            self._inside = False


class Rows(Handler):
    """The cells of one sheet."""

    texts = frozenset({"v", "t", "f"})

    def __init__(self, sheet: Sheet, meanings: Meanings, limits: Limits) -> None:
        super().__init__()
        self.sheet = sheet
        self.meanings = meanings
        self.limits = limits
        self._number = self._column = self._cells = 0
        self._kind = self._style = self._formula = ""
        self._value: str | None = None
        self._inline: list[str] = []
        self._reading = 0

    def begins(self, name: str, attributes: _Attributes) -> None:
        if name == "c":
            found = _REFERENCE.fullmatch(attributes.get("r", ""))
            self._column = _letters(found.group(1)) if found else self._column + 1
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._formula, self._value = "", None
            self._inline.clear()
        elif name == "row":
            written = attributes.get("r", "")
            known = written.isdigit() and 0 < int(written) <= 10_000_000
            self._number, self._column = int(written) if known else self._number + 1, 0
            if attributes.get("hidden", "") in {"1", "true"} and len(self.sheet.hidden_rows) < self.limits.rows:
                self.sheet.hidden_rows.append(self._number)
        elif name == "rPh":
            self._reading += 1
        elif name == "mergeCell":
            area = _area(attributes.get("ref", ""))
            if area and len(self.sheet.merged) < _MERGED_AT_MOST:
                self.sheet.merged.append(area)

    def ends(self, name: str, text: str) -> None:
        if name == "v":
            self._value = text
        elif name == "f":
            self._formula = text
        elif name == "t" and not self._reading:
            self._inline.append(text)
        elif name == "rPh":
            self._reading -= 1
        elif name == "c":
            self._keep(self._cell())

    def _keep(self, text: str) -> None:
        if not text:
            return
        limits = self.limits
        if self._column > limits.columns:
            raise Unreadable(Code.TOO_MANY_COLUMNS, row=self._number, columns=self._column, limit=limits.columns)
        if len(text) > limits.cell_chars:
            raise Unreadable(Code.CELL_TOO_LONG, row=self._number, characters=len(text), limit=limits.cell_chars)
        self.sheet.lines.setdefault(self._number, {})[self._column] = text
        self._cells += 1
        if len(self.sheet.lines) > limits.rows:
            raise Unreadable(Code.TOO_MANY_ROWS, limit=limits.rows)
        if self._cells > limits.cells:
            raise Unreadable(Code.TOO_MANY_CELLS, limit=limits.cells)

    def _cell(self) -> str:
        """The text a person would type to get this cell: ISO dates, whole numbers without a point, TRUE and FALSE."""
        kind, value = self._kind, self._value
        if kind == "s":
            index = int(value) if value and value.strip().isdigit() else -1
            strings = self.meanings.strings
            return unguard(strings[index]) if 0 <= index < len(strings) else ""
        if kind == "inlineStr":
            return unguard(_unescaped("".join(self._inline)))
        if self._formula and not (value or (kind == "str" and value is not None)):
            self.sheet.formulas.append((self._number, self._column))
            return f"={self._formula}"
        if not value:
            return ""
        if kind == "b":
            return "TRUE" if value.strip() in {"1", "true"} else "FALSE"
        if kind == "e":
            self.sheet.errors.append((self._number, self._column, value))
            return ""
        if kind == "str":
            return _unescaped(value)
        if kind == "d":
            return value.replace("T", " ", 1)
        formats = self.meanings.formats
        pattern = formats[int(self._style)] if self._style.isdigit() and int(self._style) < len(formats) else ""
        return _number(value.strip(), pattern, self.meanings.epoch)


def _unescaped(text: str) -> str:
    """Characters XML cannot hold are written _x0000_ in workbooks."""
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text) if "_x" in text else text


def _letters(text: str) -> int:
    number = 0
    for letter in text.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _area(reference: str) -> tuple[int, int, int, int] | None:
    first, _, last = reference.replace("$", "").partition(":")
    start, end = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last)
    if not start or not end:
        return None
    return int(start.group(2)), _letters(start.group(1)), int(end.group(2)), _letters(end.group(1))


def _number(value: str, pattern: str, epoch: dt.datetime) -> str:
    try:
        number = float(value)
    except ValueError:
        return value
    if _PADDED.fullmatch(pattern) and number.is_integer() and 0 <= number < 1e15:
        return str(int(number)).zfill(len(pattern))  # a postcode that begins with a nought
    if pattern:
        dated = _date(number, pattern, epoch)
        if dated:
            return dated
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return value if len(value) <= 24 else repr(number)


def _date(number: float, pattern: str, epoch: dt.datetime) -> str:
    try:
        moment = from_excel(number, epoch, timedelta="[" in pattern and "h" in pattern.lower() and number < 10)
    except (ValueError, OverflowError, TypeError):
        return ""
    if isinstance(moment, dt.timedelta):
        minutes = round(moment.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    if isinstance(moment, dt.datetime):
        moment = (moment + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
        shows_time = re.search(r"[hs]", re.sub(r"\[[^\]]*\]|\"[^\"]*\"", "", pattern.lower()))
        if not shows_time and moment.time() == dt.time():
            return moment.date().isoformat()
        return moment.isoformat(sep=" ")
    if isinstance(moment, dt.time):
        return moment.isoformat(timespec="seconds" if moment.second else "minutes")
    return str(moment)
