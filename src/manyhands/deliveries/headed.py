"""A sheet under headings of its own: which column is which, and what its cells say, with a sentence for each that can't
be read.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from manyhands.kernel.sheets import Table, unguard
from manyhands.kernel.sheets.dates import FIRST_YEAR, LAST_YEAR, can_be_meant, parse_dates
from manyhands.kernel.sheets.lexicon import plain
from manyhands.kernel.sheets.looks import says_none
from manyhands.kernel.sheets.problems import shown

_NUMBER = re.compile(r"[-+]?\d[\d\s.,'’_]*")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}([.,'’\s]\d{3})+")
_BETWEEN = re.compile(r"\s*[,;/|\n•]\s*|\s+(?:and|und|y|et|e)\s+", re.IGNORECASE)
NOTES = "notes"
OUT_OF_YEARS = f"is not in the years {FIRST_YEAR} to {LAST_YEAR}"


class NotAField(Exception):
    """A mapping names a column or a field there is not. The text is a sentence."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A cell that could not be used, or a row that was left out for it: where, and a sentence."""

    row: int
    column: str
    sentence: str


@dataclass
class Headed:
    """A table and which of its columns hold which field; `troubles` gathers what could not be read on the way."""

    table: Table
    columns: Mapping[str, int]
    given: frozenset[str] = frozenset()
    troubles: list[Trouble] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Whether the sheet has a column for a field."""
        return name in self.columns

    def heading(self, name: str) -> str:
        """The column's heading as spelled."""
        return self.table.headings[self.columns[name]].strip() if name in self.columns else name

    def text(self, row: int, name: str) -> str:
        """The cell in one line; "" where it says that there is nothing."""
        if name not in self.columns:
            return ""
        cell = unguard(" ".join(self.table.lines[row].cells[self.columns[name]].split()))
        return "" if says_none(cell) else cell

    def words(self, row: int, name: str) -> tuple[str, ...]:
        """What a cell lists."""
        text = self.table.lines[row].cells[self.columns[name]] if name in self.columns else ""
        return tuple(word.strip() for word in _BETWEEN.split(text) if word.strip() and not says_none(word))

    def number(self, row: int, name: str, otherwise: float | None = None, *, least: float = 0.0) -> float | None:
        """The number in a cell, `otherwise` where it is empty or can't be read, which then is told."""
        text = self.text(row, name)
        if not text:
            return otherwise
        found = number_in(text)
        if found is None or found < least:
            taken = "it was left out" if otherwise is None else f"{otherwise:g} was taken"
            self.tell(row, name, f"“{shown(text)}” is no number from {least:g} up; {taken}.")
            return otherwise
        return found

    def whole(self, row: int, name: str, otherwise: int | None = None, *, least: int = 0) -> int | None:
        """The same in whole ones, rounded down; that it was rounded is told."""
        found = self.number(row, name, otherwise, least=least)
        if found is None:
            return None
        if found != math.floor(found):
            self.tell(row, name, f"“{shown(self.text(row, name))}” is not whole; {math.floor(found)} was taken.")
        return max(least, math.floor(found))

    def days(self, name: str, *, today: date, region: str) -> list[int | None]:
        """For each row how many days from today on its cell names: a date, or a number of days."""
        if name not in self.columns:
            return [None] * len(self.table.lines)
        texts = [self.text(row, name) for row in range(len(self.table.lines))]
        dated = parse_dates(texts, region=region, today=today).cells
        found: list[int | None] = []
        for row, (text, cell) in enumerate(zip(texts, dated, strict=True)):
            bare = re.fullmatch(r"(-?\d{1,4})\s*(days?|d|tage?|dias?|jours?|giorni|أيام)?\.?", text.casefold())
            if not text:
                found.append(None)
            elif bare:
                found.append(int(bare.group(1)))
            elif cell.moment is None:
                self.tell(row, name, f"“{shown(text)}” is no date and no number of days; it was left out.")
                found.append(None)
            elif not can_be_meant(cell.moment.date()):
                self.tell(row, name, f"“{shown(text)}” {OUT_OF_YEARS}; it was left out.")
                found.append(None)
            else:
                found.append((cell.moment.date() - today).days)
        return found

    def tell(self, row: int, name: str, what: str) -> None:
        """Note what is wrong with a cell."""
        number, heading = self.table.lines[row].number, self.heading(name)
        self.troubles.append(Trouble(number, heading, f"Row {number}, column “{shown(heading)}”: {what}"))

    def missing(self, row: int, name: str) -> None:
        """Note that a row was left out as a cell it can't do without is empty."""
        self.tell(row, name, "nothing stands here, so the row was left out.")

    @property
    def fields(self) -> dict[str, str]:
        """Every column as spelled, and the field it lands in."""
        lands = {index: name for name, index in self.columns.items()}
        return {heading: lands.get(index, NOTES) for index, heading in enumerate(self.table.headings)}


def number_in(text: str) -> float | None:
    """The number a cell begins with, however its thousands and decimals are marked: "1.200,5 kg" is 1200.5."""
    plain_digits = "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() else c for c in unicodedata.normalize("NFKC", text)
    )
    begins = _NUMBER.match(plain_digits.strip())
    if not begins:
        return None
    written = re.sub(r"[\s'’_]", "", begins.group().strip().rstrip(".,"))
    comma, point = written.rfind(","), written.rfind(".")
    if comma >= 0 and point >= 0:
        written = written.replace("," if comma < point else ".", "").replace(",", ".")
    elif _THOUSANDS.fullmatch(written) and (written.count(",") + written.count(".") > 1 or comma >= 0):
        written = written.replace(",", "").replace(".", "")
    else:
        written = written.replace(",", ".")
    try:
        found = float(written)
    except ValueError:
        return None
    # Parts smaller than anything that is counted are nothing.
    return round(found, 9) if math.isfinite(found) and abs(found) < 1e9 else None


def headed(table: Table, phrases: Mapping[str, str], given: Mapping[str, str]) -> Headed:
    """Find the column of each field by what it is usually called; what `given` says is taken as said.

    `phrases`: field -> headings divided by semicolons. Raises `NotAField` with a sentence.
    """
    columns: dict[str, int] = {}
    aside: set[int] = set()
    for heading, name in given.items():
        index = next((i for i, each in enumerate(table.headings) if plain(each) == plain(heading)), None)
        if index is None:
            raise NotAField(
                f"There is no column “{heading}”. The file has: {', '.join(map(str.strip, table.headings))}."
            )
        if name not in phrases and name != NOTES:
            raise NotAField(f"“{name}” is not a field. Choose one of: {', '.join([*phrases, NOTES])}.")
        aside.add(index)
        if name != NOTES:
            columns[name] = index
    said = frozenset(columns)
    for _, index, name in sorted(_fits(table, phrases)):
        if name not in columns and index not in aside and index not in columns.values():
            columns[name] = index
    return Headed(table, columns, said)


def _fits(table: Table, phrases: Mapping[str, str]) -> Iterator[tuple[tuple[int, int], int, str]]:
    """Every column and field that go together, the surest first: the whole heading, then the longest part of it."""
    for order, (name, called) in enumerate(phrases.items()):
        for phrase in {plain(each) for each in called.split(";")}:
            for index, heading in enumerate(table.headings):
                text = plain(heading)
                if text == phrase:
                    yield (0, order), index, name
                elif phrase and f" {phrase} " in f" {text} " and len(text.split()) <= 6:
                    yield (100 - len(phrase), order), index, name


def same(words: str) -> str:
    """What makes two names one: case, accents and blanks don't count."""
    return plain(words) or " ".join(words.casefold().split())


def named_once(names: Sequence[str]) -> dict[str, str]:
    """For each way a thing is written, the first way it was."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(same(name), name)
    return found
