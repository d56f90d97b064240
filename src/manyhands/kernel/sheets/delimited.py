"""CSV, TSV and their relatives: which delimiter, which rows, and what to do with quotes that never close."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator

from manyhands.kernel.sheets.limits import Limits
from manyhands.kernel.sheets.problems import Code, Problem, Unreadable
from manyhands.kernel.sheets.tables import Grid, Line
from manyhands.kernel.sheets.writing import unguard

_DELIMITERS = (",", "\t", ";", "|")
_EXCEL_DIRECTIVE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_SNIFFED_LINES = 300
_LINES_PER_ROW = 10  # cells may hold line breaks, and rows may be blank; so many on average are never meant
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def parse_delimited(text: str, *, encoding: str, limits: Limits) -> Grid:
    """The rows of a delimited text. Rows are numbered as a spreadsheet shows them: one per record, blank ones counted.

    A quotation mark that is never closed, or closed in the middle of a word, costs only its own line: that line is
    read as plain text and reported.
    """
    # The limit is one number for the whole process; it only ever goes up, to what one cell may hold here.
    if csv.field_size_limit() < limits.inflated_bytes:
        csv.field_size_limit(limits.inflated_bytes)
    if max(text.count("\n"), text.count("\r")) > limits.rows * _LINES_PER_ROW:
        raise Unreadable(Code.TOO_MANY_ROWS, limit=limits.rows)
    lines = _LINE.findall(text)
    directive = _EXCEL_DIRECTIVE.fullmatch(lines[0]) if lines else None
    delimiter = directive.group(1) if directive else sniff(lines)
    numbered: list[Line] = []
    problems: list[Problem] = []
    number = cells_seen = filled_rows = 0
    for cells, broken in _rows(lines, delimiter):
        number += 1
        if directive and number == 1:
            continue
        if broken:
            problems.append(Problem(Code.BROKEN_QUOTES, row=number, facts={"row": number}))
        row = _checked(cells, number, limits)
        if not any(row):
            continue
        filled_rows += 1
        cells_seen += len(row)
        if filled_rows > limits.rows:
            raise Unreadable(Code.TOO_MANY_ROWS, limit=limits.rows)
        if cells_seen > limits.cells:
            raise Unreadable(Code.TOO_MANY_CELLS, limit=limits.cells)
        numbered.append(Line(number, row))
    return Grid(tuple(numbered), "csv", encoding=encoding, delimiter=delimiter, problems=tuple(problems))


def _checked(cells: list[str], number: int, limits: Limits) -> tuple[str, ...]:
    """The cells without trailing empty ones and without export guards; raises where there are too many or too long."""
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > limits.columns:
        raise Unreadable(Code.TOO_MANY_COLUMNS, row=number, columns=len(cells), limit=limits.columns)
    for cell in cells:
        if len(cell) > limits.cell_chars:
            raise Unreadable(Code.CELL_TOO_LONG, row=number, characters=len(cell), limit=limits.cell_chars)
    return tuple([unguard(cell) if cell[:1] == "'" else cell for cell in cells])


def _rows(lines: list[str], delimiter: str) -> Iterator[tuple[list[str], bool]]:
    """Each record of the file, and whether it had to be read leniently because of a broken quotation mark."""
    start = 0
    # Looking for the end of a quote may read far ahead; a file full of traps gets no more than this in all.
    patience = 20 * len(lines) + 1_000
    while start < len(lines):
        reader = csv.reader(_from(lines, start), delimiter=delimiter, strict=True)
        done = 0
        try:
            for row in reader:
                done = reader.line_num
                yield row, False
            return
        except csv.Error:
            patience -= reader.line_num - done
            start += done
            yield _lenient(lines[start], delimiter), True
            start += 1
        if patience < 0:
            for line in lines[start:]:
                yield _lenient(line, delimiter), '"' in line
            return


def _from(lines: list[str], start: int) -> Iterator[str]:
    for index in range(start, len(lines)):
        yield lines[index]


def _lenient(line: str, delimiter: str) -> list[str]:
    """One line read with quotes only where they are whole; otherwise they are characters like any other."""
    plain = line.rstrip("\r\n")
    if plain.count('"') % 2:  # the open one would swallow the cells behind it
        return plain.split(delimiter)
    return next(csv.reader([plain], delimiter=delimiter), [])


def sniff(lines: list[str]) -> str:
    """The delimiter under which the rows agree most on how many cells they have; a comma where nothing is agreed."""
    sample = [line for line in lines[: _SNIFFED_LINES * 4] if line.strip()][:_SNIFFED_LINES]
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        widths = [len(_trimmed(row)) for row, _ in _rows(sample, delimiter) if any(cell.strip() for cell in row)]
        score = _agreement(widths)
        if score > best_score + 1e-9:
            best, best_score = delimiter, score
    return best


def _trimmed(row: list[str]) -> list[str]:
    return row if len(row) < 2 or row[-1] else [*row[:-1], ""]


def _agreement(widths: list[int]) -> float:
    if not widths:
        return 0.0
    width, count = Counter(widths).most_common(1)[0]
    if width < 2:
        # Even where most rows hold no delimiter (ragged notes above a table), a large agreeing part may.
        wide = Counter(number for number in widths if number > 1)
        if not wide:
            return 0.0
        width, count = wide.most_common(1)[0]
        if count < 2:
            return 0.0
    share = count / len(widths)
    wide_share = sum(1 for number in widths if number > 1) / len(widths)
    first = 1.15 if widths[0] == width else 1.0
    return (share + 0.3 * wide_share) * first * min(2.0, 1 + width / 20)
