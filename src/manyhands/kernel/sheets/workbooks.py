"""XLSX workbooks: which of their sheets is the table, and what merged and hidden cells mean for it."""

from __future__ import annotations

import re
from xml.sax import SAXException

from defusedxml.common import DefusedXmlException
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from manyhands.kernel.sheets.inflating import BoundedZip
from manyhands.kernel.sheets.limits import Limits
from manyhands.kernel.sheets.problems import Code, Fact, Problem, Unreadable, row_ranges
from manyhands.kernel.sheets.tables import Grid, Line
from manyhands.kernel.sheets.workbook_parts import Book, Meanings, Relations, Rows, Sheet, Strings, Styles, walk

_FILLED_AT_MOST = 20_000


def parse_workbook(data: bytes, *, sheet: str | None, limits: Limits) -> Grid:
    """The rows of one sheet: the one named, else the one that looks most like a table; the others are reported."""
    archive = BoundedZip(data, limits)
    try:
        return _parsed(archive, sheet, limits)
    except DefusedXmlException:
        raise Unreadable(Code.HOSTILE_WORKBOOK) from None
    except (SAXException, UnicodeError, ValueError, LookupError, OverflowError):
        raise Unreadable(Code.BROKEN_WORKBOOK) from None


def _parsed(archive: BoundedZip, wanted: str | None, limits: Limits) -> Grid:
    book = Book(limits)
    walk(archive, _main_name(archive), book)
    sheets = _with_paths(archive, book)
    if not sheets:
        raise Unreadable(Code.BROKEN_WORKBOOK)
    names = tuple(sheet.name for sheet in sheets)
    chosen = [sheet for sheet in sheets if wanted is None or sheet.name == wanted]
    if not chosen:
        chosen = [sheet for sheet in sheets if sheet.name.strip().casefold() == (wanted or "").strip().casefold()]
    if not chosen:
        raise Unreadable(Code.NO_SUCH_SHEET, sheet=wanted or "", sheets=", ".join(names))
    strings, styles = Strings(limits), Styles()
    walk(archive, _name_of_part(archive, "sharedstrings.xml"), strings)
    try:
        walk(archive, _name_of_part(archive, "xl/styles.xml"), styles)
    except (SAXException, ValueError):
        styles.formats.clear()  # a workbook with broken styles still has its values
    epoch = CALENDAR_MAC_1904 if book.counts_from_1904 else CALENDAR_WINDOWS_1900
    meanings = Meanings(strings.strings, styles.formats, epoch)
    for sheet in chosen:
        walk(archive, sheet.path, Rows(sheet, meanings, limits))
    best = max(chosen, key=_looks_like_a_table)  # the first of several equals
    return _grid(best, names, sheets, only=wanted is not None)


def _main_name(archive: BoundedZip) -> str:
    names = [name for name in archive.names if re.search(r"(^|/)workbook\w*\.xml$", name)]
    if not names:
        raise Unreadable(Code.BROKEN_WORKBOOK)
    return min(names, key=len)


def _with_paths(archive: BoundedZip, book: Book) -> list[Sheet]:
    folder, _, name = _main_name(archive).rpartition("/")
    relations = Relations(folder)
    walk(archive, f"{folder}/_rels/{name}.rels", relations)
    sheets = []
    for sheet, relation in book.sheets:
        sheet.path = relations.targets.get(relation, "")
        if sheet.path and "chartsheet" not in sheet.path.lower():
            sheets.append(sheet)
    return sheets


def _name_of_part(archive: BoundedZip, ending: str) -> str | None:
    return next((name for name in archive.names if name.endswith(ending)), None)


def _looks_like_a_table(sheet: Sheet) -> float:
    """More rows and columns that agree, up to a point; hidden sheets and sheets of choices last."""
    widths = sorted(len(row) for row in sheet.lines.values())
    if not widths:
        return -1.0
    typical = widths[len(widths) // 2]
    points = float(min(len(widths), 12) * min(typical, 8))
    if sheet.hidden:
        points *= 0.2
    if re.search(
        r"option|choice|lookup|list|read ?me|instruction|about|pivot|summary|dashboard|config", sheet.name.lower()
    ):
        points *= 0.5
    return points


def _grid(sheet: Sheet, names: tuple[str, ...], sheets: list[Sheet], *, only: bool) -> Grid:
    filled = _fill_merged(sheet)
    width = max((max(row) for row in sheet.lines.values()), default=0)
    lines = []
    for number in sorted(sheet.lines):
        row = sheet.lines[number]
        lines.append(Line(number, tuple(row.get(column, "") for column in range(1, max(row, default=0) + 1))))
    problems = []
    others = [other.name for other in sheets if other is not sheet and (other.lines or only)]
    if others and not only:
        problems.append(Problem(Code.OTHER_SHEETS, facts={"sheet": sheet.name, "others": ", ".join(others)}))
    hidden = [number for number in sheet.hidden_rows if number in sheet.lines]
    if hidden:
        problems.append(Problem(Code.HIDDEN_ROWS, row=hidden[0], facts={"rows": row_ranges(hidden)}))
    if filled:
        problems.append(Problem(Code.MERGED_CELLS, row=filled[0][0], facts={"cells": _references(filled)}))
    problems += [_cell_problem(Code.FORMULA, row, column, {}) for row, column in sheet.formulas if column <= width]
    problems += [_cell_problem(Code.ERROR_VALUE, row, column, {"value": value}) for row, column, value in sheet.errors]
    return Grid(tuple(lines), "xlsx", sheet=sheet.name, sheets=names, problems=tuple(problems))


def _cell_problem(code: Code, row: int, column: int, facts: dict[str, Fact]) -> Problem:
    """A problem in a cell; the column is put under its heading once the headings are known (`column_number`)."""
    return Problem(code, row=row, facts={"row": row, "column_number": column, **facts})


def _fill_merged(sheet: Sheet) -> list[tuple[int, int]]:
    """Copy a value merged down several rows to each row it stands beside; titles merged across stay in one cell."""
    filled: list[tuple[int, int]] = []
    for top, left, bottom, right in sheet.merged:
        value = sheet.lines.get(top, {}).get(left, "")
        if not value or bottom <= top or right - left > 3 or bottom - top > 1_000:
            continue
        for number in range(top + 1, bottom + 1):
            row = sheet.lines.get(number)
            if row is not None and len(filled) < _FILLED_AT_MOST and not row.get(left):
                row[left] = value
                filled.append((number, left))
    return filled


def _references(cells: list[tuple[int, int]]) -> str:
    written = [f"{_column_letters(column)}{row}" for row, column in cells[:12]]
    return ", ".join([*written, "…"] if len(cells) > 12 else written)


def _column_letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
