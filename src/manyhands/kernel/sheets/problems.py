# ruff: noqa: E501 - sentences stand unbroken
"""What can be wrong with a file, a column or a cell, each with a sentence a person can read and translate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


def gettext_noop(text: str) -> str:
    """Mark a sentence for the translation catalogues; it is translated where it is shown."""
    return text


class Code(StrEnum):
    """The name of each sentence, stable for machines."""

    # The file cannot be read at all.
    EMPTY = "empty"
    TOO_BIG = "too_big"
    INFLATES_TOO_BIG = "inflates_too_big"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    TOO_MANY_CELLS = "too_many_cells"
    CELL_TOO_LONG = "cell_too_long"
    BINARY = "binary"
    PDF = "pdf"
    OLD_EXCEL = "old_excel"
    OPEN_DOCUMENT = "open_document"
    OTHER_OFFICE = "other_office"
    ARCHIVE = "archive"
    PICTURE = "picture"
    WEB_PAGE = "web_page"
    BROKEN_WORKBOOK = "broken_workbook"
    HOSTILE_WORKBOOK = "hostile_workbook"
    BROKEN_GZIP = "broken_gzip"
    BROKEN_JSON = "broken_json"
    JSON_IS_NO_TABLE = "json_is_no_table"
    NO_SUCH_SHEET = "no_such_sheet"
    NO_SUCH_FIELD = "no_such_field"
    NO_SUCH_KIND = "no_such_kind"
    # The file as a whole.
    OTHER_SHEETS = "other_sheets"
    HIDDEN_ROWS = "hidden_rows"
    MERGED_CELLS = "merged_cells"
    MIXED_ENCODING = "mixed_encoding"
    BROKEN_QUOTES = "broken_quotes"
    LONG_ROW = "long_row"
    ROWS_ASIDE = "rows_aside"
    CONTROL_BLOCK = "control_block"
    SECOND_HEADINGS = "second_headings"
    REPEATED_HEADINGS = "repeated_headings"
    NO_HEADINGS = "no_headings"
    SAME_HEADING = "same_heading"
    NO_SUCH_HEADING = "no_such_heading"
    DATES_BOTH_WAYS = "dates_both_ways"
    # One cell.
    FORMULA = "formula"
    ERROR_VALUE = "error_value"
    PHONE_NONE = "phone_none"
    PHONE_WRONG = "phone_wrong"
    PHONE_DOUBTFUL = "phone_doubtful"
    PHONE_ROUNDED = "phone_rounded"
    PHONE_AND_WORDS = "phone_and_words"
    EMAIL_WRONG = "email_wrong"
    DATE_WRONG = "date_wrong"
    DATE_OTHER_ORDER = "date_other_order"
    DATE_FAR_OFF = "date_far_off"
    TIME_WRONG = "time_wrong"
    NUMBER_WRONG = "number_wrong"
    YES_NO_WRONG = "yes_no_wrong"
    PLACE_WRONG = "place_wrong"
    PLACE_SWAPPED = "place_swapped"
    PLACE_HALF = "place_half"
    LANGUAGE_UNKNOWN = "language_unknown"
    ROW_REMARK = "row_remark"


SENTENCES: Mapping[Code, str] = {
    Code.EMPTY: gettext_noop("This file is empty. Choose a file with a heading row and at least one row below it."),
    Code.TOO_BIG: gettext_noop(
        "This file has %(megabytes)s MB; at most %(limit)s MB can be read. "
        "Delete sheets or columns you do not need, or split the file."
    ),
    Code.INFLATES_TOO_BIG: gettext_noop(
        "This file unpacks to more than %(limit)s MB, which is more than can be read safely. "
        "Save the one sheet you need as CSV and try again."
    ),
    Code.TOO_MANY_ROWS: gettext_noop(
        "This file has more than %(limit)d rows. Split it into smaller files and import them one after the other."
    ),
    Code.TOO_MANY_COLUMNS: gettext_noop(
        "Row %(row)d reaches column %(columns)d; at most %(limit)d columns can be read. "
        "Delete the columns you do not need and save the file again."
    ),
    Code.TOO_MANY_CELLS: gettext_noop(
        "This file holds more than %(limit)d cells, which is more than can be read safely. "
        "Delete empty rows, empty columns and sheets you do not need, and save it again."
    ),
    Code.CELL_TOO_LONG: gettext_noop(
        "A cell in row %(row)d holds %(characters)d characters; at most %(limit)d can be read. "
        "Shorten that cell and try again."
    ),
    Code.BINARY: gettext_noop(
        "This does not look like a table. Open it in the program it comes from and save it as CSV or XLSX."
    ),
    Code.PDF: gettext_noop(
        "This is a PDF. Ask for the spreadsheet it was made from, or copy the table into a new spreadsheet "
        "and save that as CSV."
    ),
    Code.OLD_EXCEL: gettext_noop(
        "This is an old Excel file (.xls), or one with a password. Open it, remove the password if there is one, "
        "and save it as .xlsx or CSV."
    ),
    Code.OPEN_DOCUMENT: gettext_noop(
        "This is an OpenDocument file. Open it in LibreOffice and save it as .xlsx or CSV."
    ),
    Code.OTHER_OFFICE: gettext_noop(
        "This file comes from an office program but is not an .xlsx workbook. Open it and save the table as .xlsx or CSV."
    ),
    Code.ARCHIVE: gettext_noop("This is an archive. Unpack it and choose the table inside."),
    Code.PICTURE: gettext_noop("This is a picture. Type the table into a spreadsheet, or ask for the file behind it."),
    Code.WEB_PAGE: gettext_noop(
        "This is a web page, even if its name says something else. Open it in a spreadsheet program "
        "and save it as .xlsx or CSV."
    ),
    Code.BROKEN_WORKBOOK: gettext_noop(
        "This workbook is damaged and cannot be read. Open it in a spreadsheet program and save it again, or save it as CSV."
    ),
    Code.HOSTILE_WORKBOOK: gettext_noop(
        "This workbook holds instructions that are not safe to follow. Save the sheet you need as CSV and try again."
    ),
    Code.BROKEN_GZIP: gettext_noop("This compressed file is damaged or cut short. Get it again, or unpack it first."),
    Code.BROKEN_JSON: gettext_noop(
        "This JSON file has a mistake near character %(position)d and cannot be read. Export the table as CSV instead."
    ),
    Code.JSON_IS_NO_TABLE: gettext_noop(
        "This JSON file is not a list of records. Export the table as CSV, or as a list of flat objects."
    ),
    Code.NO_SUCH_SHEET: gettext_noop("There is no sheet called “%(sheet)s”. This file has: %(sheets)s."),
    Code.NO_SUCH_FIELD: gettext_noop("“%(field)s” is not a field. Choose one of: %(fields)s."),
    Code.NO_SUCH_KIND: gettext_noop("“%(kind)s” is not a kind of sheet. Choose one of: %(kinds)s."),
    Code.OTHER_SHEETS: gettext_noop("Only the sheet “%(sheet)s” was read. Not read: %(others)s."),
    Code.HIDDEN_ROWS: gettext_noop("Hidden rows were read too: %(rows)s."),
    Code.MERGED_CELLS: gettext_noop("Merged cells were filled with the value they show: %(cells)s."),
    Code.MIXED_ENCODING: gettext_noop(
        "Some letters in this file were written in another encoding than the rest; check accents and names."
    ),
    Code.BROKEN_QUOTES: gettext_noop(
        "Row %(row)d has a quotation mark that is never closed; it was read as plain text."
    ),
    Code.LONG_ROW: gettext_noop(
        "Row %(row)d has %(cells)d cells but there are %(columns)d headings; the extra cells went to the notes."
    ),
    Code.ROWS_ASIDE: gettext_noop("Rows %(rows)s stand outside the table and were set aside."),
    Code.CONTROL_BLOCK: gettext_noop("Rows %(rows)s hold settings, not people, and were set aside."),
    Code.SECOND_HEADINGS: gettext_noop("New headings start in row %(row)d; the rows below were read under them."),
    Code.REPEATED_HEADINGS: gettext_noop("Row %(row)d repeats the headings and was set aside."),
    Code.NO_HEADINGS: gettext_noop("No heading row was found; the columns were named by their number."),
    Code.SAME_HEADING: gettext_noop("The heading “%(heading)s” stands twice; the later one is called “%(name)s” here."),
    Code.NO_SUCH_HEADING: gettext_noop("There is no column “%(heading)s” in this file; check its spelling."),
    Code.DATES_BOTH_WAYS: gettext_noop(
        "Column “%(column)s” writes some dates with the day first and some with the month first; "
        "doubtful ones were read as %(order)s."
    ),
    Code.FORMULA: gettext_noop(
        "Row %(row)d, column “%(column)s”: this is a formula, not a value; its text was kept and nothing was calculated."
    ),
    Code.ERROR_VALUE: gettext_noop(
        "Row %(row)d, column “%(column)s”: the spreadsheet shows the error %(value)s here; the cell was left empty."
    ),
    Code.PHONE_NONE: gettext_noop(
        "Row %(row)d, column “%(column)s”: “%(value)s” is not a phone number; the phone was left empty."
    ),
    Code.PHONE_WRONG: gettext_noop(
        "Row %(row)d, column “%(column)s”: “%(value)s” is not a phone number that can be called; it went to the notes."
    ),
    Code.PHONE_DOUBTFUL: gettext_noop(
        "Row %(row)d, column “%(column)s”: “%(value)s” may not be a real phone number; it was kept. Please check it."
    ),
    Code.PHONE_ROUNDED: gettext_noop(
        "Row %(row)d, column “%(column)s”: the spreadsheet rounded this phone number to “%(value)s”; "
        "it went to the notes. Format the column as text and export again."
    ),
    Code.PHONE_AND_WORDS: gettext_noop(
        "Row %(row)d, column “%(column)s”: more than a phone number stands here; all of it is also in the notes."
    ),
    Code.EMAIL_WRONG: gettext_noop(
        "Row %(row)d, column “%(column)s”: “%(value)s” is not an e-mail address; it went to the notes."
    ),
    Code.DATE_WRONG: gettext_noop(
        "Row %(row)d, column “%(column)s”: “%(value)s” is not a date that exists; it went to the notes."
    ),
    Code.DATE_OTHER_ORDER: gettext_noop(
        "Row %(row)d, column “%(column)s”: “%(value)s” only makes sense with day and month the other way round; "
        "it was read as %(date)s."
    ),
    Code.DATE_FAR_OFF: gettext_noop(
        "Row %(row)d, column “%(column)s”: “%(value)s” is a date far from today; it was kept. Please check it."
    ),
    Code.TIME_WRONG: gettext_noop(
        "Row %(row)d, column “%(column)s”: “%(value)s” is not a time that can be planned with; it went to the notes."
    ),
    Code.NUMBER_WRONG: gettext_noop(
        "Row %(row)d, column “%(column)s”: no usable number in “%(value)s”; it went to the notes."
    ),
    Code.YES_NO_WRONG: gettext_noop(
        "Row %(row)d, column “%(column)s”: “%(value)s” is neither yes nor no; it went to the notes."
    ),
    Code.PLACE_WRONG: gettext_noop(
        "Row %(row)d, column “%(column)s”: “%(value)s” is not a point on the map; it went to the notes."
    ),
    Code.PLACE_SWAPPED: gettext_noop(
        "Row %(row)d, column “%(column)s”: latitude and longitude were swapped and have been put right."
    ),
    Code.PLACE_HALF: gettext_noop(
        "Row %(row)d, column “%(column)s”: a point needs both latitude and longitude; “%(value)s” went to the notes."
    ),
    Code.LANGUAGE_UNKNOWN: gettext_noop(
        "Row %(row)d, column “%(column)s”: “%(value)s” is not a language known here; it went to the notes."
    ),
    Code.ROW_REMARK: gettext_noop("Row %(row)d holds a remark, not a person (“%(value)s”), and was set aside."),
}

# Nothing went wrong with these: they tell what was done, so that nothing is done silently.
TOLD_ONLY = frozenset(
    {
        Code.OTHER_SHEETS,
        Code.HIDDEN_ROWS,
        Code.MERGED_CELLS,
        Code.ROWS_ASIDE,
        Code.CONTROL_BLOCK,
        Code.SECOND_HEADINGS,
        Code.REPEATED_HEADINGS,
        Code.SAME_HEADING,
        Code.PHONE_NONE,
        Code.PHONE_AND_WORDS,
        Code.PLACE_SWAPPED,
        Code.ROW_REMARK,
    }
)

Fact = str | int | float


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person should know: where (`row` as in the file, `column` as spelled), and a sentence.

    To translate: `gettext(problem.template) % problem.facts`.
    """

    code: Code
    row: int | None = None
    column: str | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def template(self) -> str:
        """The English sentence with named placeholders, as it stands in the catalogues."""
        return SENTENCES[self.code]

    @property
    def sentence(self) -> str:
        """The sentence in English."""
        return self.template % self.facts

    @property
    def only_told(self) -> bool:
        """True where nothing is wrong and a choice made for the person is merely reported."""
        return self.code in TOLD_ONLY


class Unreadable(Exception):
    """The one exception of this package: the file cannot be taken at all. `str()` says what to do, in English.

    To translate: `gettext(unreadable.template) % unreadable.facts`.
    """

    def __init__(self, code: Code, **facts: Fact) -> None:
        self.code = code
        self.facts: Mapping[str, Fact] = facts
        super().__init__(self.template % facts)

    @property
    def template(self) -> str:
        """The English sentence with named placeholders, as it stands in the catalogues."""
        return SENTENCES[self.code]


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """The same thing wrong in the same column, `count` times; `first` shows one of them, `rows` the first few."""

    first: Problem
    count: int
    rows: tuple[int, ...]


def grouped(problems: Iterable[Problem], *, rows_shown: int = 10) -> tuple[ProblemGroup, ...]:
    """Problems gathered by kind and column, most frequent first, so that a page can show ten lines and not ten thousand."""
    first: dict[tuple[Code, str | None], Problem] = {}
    rows: dict[tuple[Code, str | None], list[int]] = {}
    count: Counter[tuple[Code, str | None]] = Counter()
    for problem in problems:
        key = (problem.code, problem.column)
        first.setdefault(key, problem)
        count[key] += 1
        shown = rows.setdefault(key, [])
        if problem.row is not None and len(shown) < rows_shown:
            shown.append(problem.row)
    return tuple(ProblemGroup(first[key], number, tuple(rows[key])) for key, number in count.most_common())


def shown(text: str, *, longest: int = 60) -> str:
    """A cell's text made fit for a sentence: one line, not too long, nothing invisible."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text[: longest * 4]).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def row_ranges(numbers: Iterable[int]) -> str:
    """Row numbers as people write them: 2, 3, 4, 9 -> "2–4, 9"."""
    ranges: list[list[int]] = []
    for number in sorted(set(numbers)):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    written = [str(low) if low == high else f"{low}–{high}" for low, high in ranges]
    return ", ".join(written if len(written) <= 12 else [*written[:12], "…"])
