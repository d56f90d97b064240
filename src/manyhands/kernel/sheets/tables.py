"""What stands in a file: rows of text under headings, and what was set aside on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from manyhands.kernel.sheets.problems import Problem


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it stands in the file: `number` counts from 1 and includes headings and blank rows."""

    number: int
    cells: tuple[str, ...]

    @property
    def blank(self) -> bool:
        """True where no cell holds anything but blanks."""
        return not any(cell.strip() for cell in self.cells)

    @property
    def filled(self) -> int:
        """How many cells hold something."""
        return sum(1 for cell in self.cells if cell.strip())

    @property
    def text(self) -> str:
        """The row in one line, for showing what was set aside."""
        return " | ".join(cell.strip() for cell in self.cells if cell.strip())


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet before its headings are known."""

    lines: tuple[Line, ...]
    made_by: str = "csv"  # csv, xlsx or json
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    headed: bool = False  # the first line is known to hold headings (JSON keys)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings.

    `headings`: one name per column, unique: as spelled (edge blanks and line breaks kept); a second "Phone" is called
    "Phone (2)", an empty heading "Column 7". `lines`: the rows, each with exactly as many cells as there are headings.
    `aside`: rows of the file that are not part of the table (titles, settings), for a person to look at.
    """

    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    header_row: int | None = None
    aside: tuple[Line, ...] = ()
    made_by: str = "csv"
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    problems: tuple[Problem, ...] = field(default=())

    def column(self, index: int) -> Iterator[str]:
        """The cells of one column, top to bottom."""
        return (line.cells[index] for line in self.lines)
