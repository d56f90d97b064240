"""A record while its cells are read, and one cell with all that is known around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from manyhands.kernel.sheets.answers import parse_yes_no
from manyhands.kernel.sheets.choices import Choices
from manyhands.kernel.sheets.dates import DateColumn
from manyhands.kernel.sheets.fields import Field
from manyhands.kernel.sheets.problems import Code, Fact, Problem, shown

LONGEST_PLAIN_ANSWER = 5  # "yes", "FALSE": a longer answer holds more than a yes or no


@dataclass(slots=True)
class Draft:
    """What has been read of a row so far: single values, lists, parts of the address, and lines for the notes."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, list[Any]] = field(default_factory=dict)
    parts: dict[Field, list[tuple[str, str]]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def put(self, name: str, value: object) -> None:
        """Set a value unless an earlier column said it."""
        self.values.setdefault(name, value)

    def add(self, name: str, *values: object) -> None:
        """Add to a list what it does not hold yet."""
        held = self.lists.setdefault(name, [])
        held.extend(value for value in values if value not in held)

    def note(self, heading: str, cell: str) -> None:
        """Keep a cell as a line of the notes."""
        line = f"{' '.join(heading.split())}: {cell.strip()}"
        if line not in self.notes:
            self.notes.append(line)


@dataclass(frozen=True, slots=True)
class Learnt:
    """What all cells of a sheet together tell about reading one of them.

    `choices`: how answers are cut, per column. `dates`: the columns of dates, read whole. `names`: what a column that
    is itself a need or a role is called. `details`: for a column of details the column of its need.
    """

    headings: tuple[str, ...]
    fields: tuple[Field, ...]
    region: str
    today: date
    problems: list[Problem]
    choices: Mapping[int, Choices]
    dates: Mapping[int, DateColumn]
    names: Mapping[int, str]
    details: Mapping[int, int]
    swapped: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One filled cell: its text, where it stands, and the record it is read into."""

    learnt: Learnt
    draft: Draft
    index: int
    text: str
    position: int  # of its row among the rows of the table

    @property
    def heading(self) -> str:
        """The heading it stands under, as spelled."""
        return self.learnt.headings[self.index]

    def note(self) -> None:
        """Keep the whole cell in the notes."""
        self.draft.note(self.heading, self.text)

    def put(self, name: str, value: object) -> None:
        """Set a value; where an earlier column said another, this cell goes to the notes."""
        if self.draft.values.setdefault(name, value) != value:
            self.note()

    def say(self, code: Code, text: str | None = None, **facts: Fact) -> None:
        """Tell a problem with this cell."""
        said: dict[str, Fact] = {
            "row": self.draft.number,
            "column": shown(self.heading),
            "value": shown(self.text if text is None else text),
            **facts,
        }
        self.learnt.problems.append(Problem(code, row=self.draft.number, column=self.heading, facts=said))


Reader = Callable[[Cell], None]


def read_note(cell: Cell) -> None:
    """Keep the cell in the notes."""
    cell.note()


def text_into(name: str) -> Reader:
    """The first such cell is the value; another that says something else goes to the notes."""

    def read(cell: Cell) -> None:
        cell.put(name, cell.text.strip())

    return read


def joined_into(name: str, between: str) -> Reader:
    """Several such cells are joined."""

    def read(cell: Cell) -> None:
        held: str = cell.draft.values.get(name, "")
        text = cell.text.strip()
        if not held:
            cell.draft.values[name] = text
        elif text not in held.split(between):
            cell.draft.values[name] = f"{held}{between}{text}"

    return read


def yes_no_into(name: str) -> Reader:
    """A yes or a no; an answer with its reasons is kept in the notes as well."""

    def read(cell: Cell) -> None:
        answer = parse_yes_no(cell.text)
        if answer is not None:
            cell.put(name, answer)
        if answer is None or len(cell.text.strip()) > LONGEST_PLAIN_ANSWER:
            cell.note()

    return read


def need_names(headings: tuple[str, ...], fields: tuple[Field, ...]) -> dict[int, str]:
    """What columns that are needs or roles are called: "needwater" -> "water", "Do you need rides?" as it stands."""
    names = {}
    for index, (heading, column) in enumerate(zip(headings, fields, strict=True)):
        if column in {Field.NEED, Field.SKILL, Field.NEED_DETAIL}:
            bare = " ".join(heading.replace("_", " ").split())
            glued = re.fullmatch(r"(?:needs?|detail)[_ ]?(\w{3,})", heading.strip(), re.IGNORECASE)
            names[index] = glued[1].replace("_", " ") if glued else bare
    return names


def details_of(headings: tuple[str, ...], fields: tuple[Field, ...]) -> dict[int, int]:
    """For each column of details the column of its need, by what is left of their names."""
    bare = [re.sub(r"^(?:needs?|details?)[_ ]?", "", heading.strip().casefold()) for heading in headings]
    needs = {bare[index]: index for index, column in enumerate(fields) if column == Field.NEED}
    return {
        index: needs[bare[index]]
        for index, column in enumerate(fields)
        if column == Field.NEED_DETAIL and bare[index] in needs
    }
