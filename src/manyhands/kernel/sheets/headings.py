"""Where the table begins, what its columns are called, and which rows are not part of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from manyhands.kernel.sheets.lexicon import is_known_heading
from manyhands.kernel.sheets.looks import is_data
from manyhands.kernel.sheets.problems import Code, Problem, Unreadable, row_ranges, shown
from manyhands.kernel.sheets.tables import Grid, Line, Table

_LOOKED_AT = 40  # rows from the top among which the headings are looked for
_LATER_LOOKED_AT = 400  # rows after a gap that may start a second table
_BLOCK_BEGINS = re.compile(r"\W*(\w*?)[ _-]?(begins?|starts?)\W*", re.IGNORECASE)
_BLOCK_ENDS = re.compile(r"\W*(\w*?)[ _-]?(ends?|stops?)\W*", re.IGNORECASE)


def find_table(grid: Grid) -> Table:
    """The table of a sheet. Raises `Unreadable` where there is nothing in it."""
    lines = [line for line in grid.lines if not line.blank]
    if not lines:
        raise Unreadable(Code.EMPTY)
    problems: list[Problem] = list(grid.problems)
    head = 0 if grid.headed else heading_index(lines)
    if head is None:
        problems.append(Problem(Code.NO_HEADINGS))
        spelled: list[str] = []
        above, body, header_row = [], lines, None
    else:
        spelled = list(lines[head].cells)
        above, body, header_row = lines[:head], lines[head + 1 :], lines[head].number
    columns = _Columns(spelled, problems, max(len(spelled), _usual_width(body)))
    aside = list(above)
    if above:
        problems.append(Problem(Code.ROWS_ASIDE, row=above[0].number, facts={"rows": _rows(above)}))
    body, settings = _without_control_block(body)
    if settings:
        problems.append(Problem(Code.CONTROL_BLOCK, row=settings[0].number, facts={"rows": _rows(settings)}))
        aside += settings
    kept = _laid_under(columns, body, aside, problems, headed=head is not None and not grid.headed)
    width = len(columns.names)
    table_lines = tuple(Line(line.number, line.cells + ("",) * (width - len(line.cells))) for line in kept)
    return Table(
        headings=tuple(columns.names),
        lines=table_lines,
        header_row=header_row,
        aside=tuple(sorted(aside, key=lambda line: line.number)),
        made_by=grid.made_by,
        sheet=grid.sheet,
        sheets=grid.sheets,
        encoding=grid.encoding,
        delimiter=grid.delimiter,
        problems=tuple(_under_headings(problem, columns.names) for problem in problems),
    )


def _rows(lines: Iterable[Line]) -> str:
    return row_ranges(line.number for line in lines)


class _Columns:
    """The names of the columns: as spelled, but never empty and never twice; more may be added on the right."""

    def __init__(self, spelled: Sequence[str], problems: list[Problem], width: int) -> None:
        self.names: list[str] = []
        self.spelled: list[str] = []
        self._problems = problems
        self._taken = {heading for heading in spelled if heading.strip()}
        for index in range(width):
            self.add(spelled[index] if index < len(spelled) else "")

    def add(self, spelled: str) -> int:
        """Name one more column; its index."""
        if not spelled.strip():
            name = self._free(f"Column {len(self.names) + 1}")
        elif spelled in self.names:
            name = self._numbered(spelled)
            self._problems.append(
                Problem(Code.SAME_HEADING, column=name, facts={"heading": shown(spelled), "name": shown(name)})
            )
        else:
            name = spelled
        self.names.append(name)
        self.spelled.append(spelled)
        self._taken.add(name)
        return len(self.names) - 1

    def _numbered(self, spelled: str) -> str:
        number = 2
        while f"{spelled} ({number})" in self._taken:
            number += 1
        return f"{spelled} ({number})"

    def _free(self, name: str) -> str:
        return name if name not in self._taken else self._numbered(name)


def heading_index(lines: Sequence[Line]) -> int | None:
    """Which of the first rows holds the headings, or None where the data begin at once."""
    looked_at = lines[:_LOOKED_AT]
    usual = _usual_width(lines)
    best: int | None = None
    best_points = 0.0
    for index, line in enumerate(looked_at):
        points = _heading_points(line, usual, is_last=index == len(lines) - 1)
        if index == 0 and points > 0:
            points += 1.5
        if points > best_points + (1.0 if best is not None else 0.0):
            best, best_points = index, points
    if best is not None or len(lines) == 1:
        return best if best is not None else (None if any(map(is_data, lines[0].cells)) else 0)
    return _heading_by_contrast(lines)


def _heading_points(line: Line, usual: int, *, is_last: bool) -> float:
    cells = [cell.strip() for cell in line.cells if cell.strip()]
    known = sum(1 for cell in cells if len(cell) <= 200 and is_known_heading(cell))
    data = sum(1 for cell in cells if is_data(cell))
    repeated = len(cells) - len({cell.casefold() for cell in cells})
    if not known or data * 2 > len(cells):
        return 0.0
    others = len(cells) - known - data
    points = 2.0 * known + 0.35 * others - 2.5 * data - 0.5 * repeated
    points -= 0.6 * max(0, min(usual, 40) - len(cells))
    if len(cells) == 1 and usual > 2:
        points -= 2.0
    if is_last and usual > 1:
        points -= 1.0
    return points


def _heading_by_contrast(lines: Sequence[Line]) -> int | None:
    """Headings in words not known here: a first row that holds no data and comes back in no column below."""
    cells = [cell.strip() for cell in lines[0].cells]
    filled = [cell.casefold() for cell in cells if cell]
    if any(map(is_data, filled)) or len(set(filled)) < len(filled) or max(map(len, filled), default=0) > 300:
        return None
    for index, cell in enumerate(cells):
        below = (line.cells[index].strip() for line in lines[1:200] if index < len(line.cells))
        if cell and any(cell.casefold() == other.casefold() for other in below):
            return None
    return 0


def _usual_width(lines: Sequence[Line]) -> int:
    widths = Counter(len(line.cells) for line in lines[:500])
    if not widths:
        return 0
    # Rows end where their last filled cell is, so the usual width is the widest that more than a few rows reach.
    enough = max(1, min(len(lines), 500) // 20)
    reached = 0
    for width in sorted(widths, reverse=True):
        reached += widths[width]
        if reached >= enough:
            return width
    return max(widths)


def _without_control_block(body: list[Line]) -> tuple[list[Line], list[Line]]:
    """Rows between "ControlBegin" and "ControlEnd" (or any pair of such names) hold settings."""
    kept: list[Line] = []
    settings: list[Line] = []
    index = 0
    while index < len(body):
        end = _block_end(body, index)
        if end is None:
            kept.append(body[index])
            index += 1
        else:
            settings += body[index : end + 1]
            index = end + 1
    return kept, settings


def _block_end(body: list[Line], index: int) -> int | None:
    for position, cell in enumerate(body[index].cells):
        begins = _BLOCK_BEGINS.fullmatch(cell) if 6 <= len(cell) <= 40 else None
        if begins and begins.group(1):
            for later in range(index + 1, min(len(body), index + 500)):
                cells = body[later].cells
                ends = _BLOCK_ENDS.fullmatch(cells[position]) if position < len(cells) else None
                if ends and ends.group(1).casefold() == begins.group(1).casefold():
                    return later
    return None


def _laid_under(
    columns: _Columns, body: list[Line], aside: list[Line], problems: list[Problem], *, headed: bool
) -> list[Line]:
    """The rows laid under the headings; a second heading row after a gap brings its own, named alike where alike."""
    kept: list[Line] = []
    order: list[int] | None = None
    before = body[0].number - 1 if body else 0
    first_names = [heading.strip().casefold() for heading in columns.spelled]
    looked_at = 0
    for line in body:
        gap, before = line.number > before + 1, line.number
        cells = line.cells
        if headed and _repeats(cells, first_names):
            aside.append(line)
            problems.append(Problem(Code.REPEATED_HEADINGS, row=line.number, facts={"row": line.number}))
            order = None
            continue
        if headed and gap and looked_at < _LATER_LOOKED_AT:
            looked_at += 1
            if _starts_another_table(line):
                order = _places_for(columns, cells)
                aside.append(line)
                problems.append(Problem(Code.SECOND_HEADINGS, row=line.number, facts={"row": line.number}))
                continue
        if order is not None:
            cells = _moved(columns, cells, order)
        if len(cells) > len(columns.names):
            problems.append(
                Problem(
                    Code.LONG_ROW,
                    row=line.number,
                    facts={"row": line.number, "cells": len(cells), "columns": len(columns.names)},
                )
            )
            while len(columns.names) < len(cells):
                columns.add("")
        kept.append(replace(line, cells=cells))
    return kept


def _repeats(cells: tuple[str, ...], names: list[str]) -> bool:
    written = [cell.strip().casefold() for cell in cells]
    filled = sum(1 for cell in written if cell)
    return filled >= 2 and written + [""] * (len(names) - len(written)) == names


def _starts_another_table(line: Line) -> bool:
    cells = [cell.strip() for cell in line.cells if cell.strip()]
    if len(cells) < 3 or len({cell.casefold() for cell in cells}) < len(cells) or any(map(is_data, cells)):
        return False
    return sum(1 for cell in cells if len(cell) <= 80 and is_known_heading(cell)) * 10 >= len(cells) * 7


def _places_for(columns: _Columns, cells: tuple[str, ...]) -> list[int]:
    """For each column of the second table, the column of the first of the same name, or a new one."""
    places: list[int] = []
    for cell in cells:
        same = (
            index
            for index, name in enumerate(columns.spelled)
            if cell.strip() and name.strip().casefold() == cell.strip().casefold() and index not in places
        )
        found = next(same, None)
        places.append(columns.add(cell) if found is None else found)
    return places


def _moved(columns: _Columns, cells: tuple[str, ...], order: list[int]) -> tuple[str, ...]:
    while len(order) < len(cells):
        order.append(columns.add(""))
    moved = [""] * len(columns.names)
    for cell, place in zip(cells, order, strict=False):
        moved[place] = cell
    return tuple(moved)


def _under_headings(problem: Problem, names: list[str]) -> Problem:
    """Name the column of a problem found before the headings were known."""
    number = problem.facts.get("column_number")
    if not isinstance(number, int):
        return problem
    name = names[number - 1] if 0 < number <= len(names) else f"Column {number}"
    facts = {key: value for key, value in problem.facts.items() if key != "column_number"}
    return replace(problem, column=name, facts={**facts, "column": shown(name)})
