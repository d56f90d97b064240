"""Reading cells about what is wanted, offered, or can be done, and how much of it."""

from __future__ import annotations

import re
from collections.abc import Callable

from manyhands.kernel.sheets import looks
from manyhands.kernel.sheets.answers import parse_minutes, parse_number, parse_people, parse_yes_no
from manyhands.kernel.sheets.drafts import LONGEST_PLAIN_ANSWER, Cell, Draft, Reader, joined_into
from manyhands.kernel.sheets.fields import Field
from manyhands.kernel.sheets.lexicon import plain
from manyhands.kernel.sheets.problems import Code
from manyhands.kernel.sheets.records import Need
from manyhands.kernel.sheets.urgency import priority_of
from manyhands.kernel.sheets.vehicles import modes_of

_ONCE = re.compile(
    r"\bone[ -]?time\b|\bonce\b|\bone off\b|\bjust this\b|\bonly (this|need)\b|\buna vez\b|\bune fois\b|\beinmal",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"\b(week|month|daily|every|regular|recurr|ongoing|occasional|always|semana|mensual|cada|semaine|woche|monat)",
    re.IGNORECASE,
)
_BY_HOURS = re.compile(r"\b(hours?|hrs?|horas|heures|stunden|ore)\b")


def _read_what(cell: Cell) -> None:
    for answer in cell.learnt.choices[cell.index].split(cell.text):
        cell.draft.add("needs", Need(answer))


def _read_need(cell: Cell) -> None:
    """A tick, a number or words under the name of a thing."""
    name = cell.learnt.names[cell.index]
    text = cell.text.strip()
    number = parse_number(text) if looks.is_number(text) else None
    if number is not None:
        if number > 0:
            cell.draft.add("needs", Need(name, number))
        return
    answer = parse_yes_no(text)
    if answer is True:
        cell.draft.add("needs", Need(name, None, text if len(text) > LONGEST_PLAIN_ANSWER else ""))
    elif answer is None and not looks.says_none(text):
        cell.draft.add("needs", Need(name, None, text))
    elif len(text) > LONGEST_PLAIN_ANSWER:
        cell.note()


def _read_need_detail(cell: Cell) -> None:
    names = cell.learnt.names
    name = names[cell.learnt.details.get(cell.index, cell.index)]
    held: list[Need] = cell.draft.lists.get("needs", [])
    for place, need in enumerate(held):
        if need.what == name and not need.detail:
            held[place] = Need(need.what, need.quantity, cell.text.strip())
            return
    cell.note()  # details without their tick are still somebody's words


def _read_skills(cell: Cell) -> None:
    for answer in cell.learnt.choices[cell.index].split(cell.text):
        cell.draft.add("skills", answer)
        cell.draft.add("modes", *modes_of(answer, heading=""))


def _read_skill(cell: Cell) -> None:
    answer = parse_yes_no(cell.text)
    name = cell.learnt.names[cell.index]
    if answer is True:
        cell.draft.add("skills", name)
        cell.draft.add("modes", *modes_of(name, heading=""))
    if answer is None or len(cell.text.strip()) > LONGEST_PLAIN_ANSWER:
        cell.note()


def _read_mode(cell: Cell) -> None:
    modes = modes_of(cell.text, heading=cell.heading)
    cell.draft.add("modes", *modes)
    # A yes under a heading that names no way of getting around says nothing yet: it is kept in the notes.
    said = bool(modes) or parse_yes_no(cell.text) is False or looks.says_none(cell.text)
    if not said or len(cell.text.strip()) > 12:
        cell.note()


def _read_urgency(cell: Cell) -> None:
    cell.put("urgency", cell.text.strip())
    priority = priority_of(cell.text)
    if priority is not None:
        cell.put("priority", priority)


def _read_recurring(cell: Cell) -> None:
    answer = parse_yes_no(cell.text)
    if answer is None:
        answer = False if _ONCE.search(cell.text) else True if _AGAIN.search(cell.text) else None
    if answer is not None:
        cell.put("recurring", answer)
    cell.put("recurring_words", cell.text.strip())


def _number_into(name: str, read_text: Callable[[str], float | int | None], *, whole: bool = False) -> Reader:
    """A number at least zero; where more than a number stands in the cell, all of it is kept in the notes as well."""

    def read(cell: Cell) -> None:
        if looks.says_none(cell.text):
            return
        number = read_text(cell.text)
        if number is None or not 0 <= number <= 1e9 or (whole and number != int(number)):
            cell.say(Code.NUMBER_WRONG)
            cell.note()
            return
        value = int(number) if whole else float(number)
        if cell.draft.values.setdefault(name, value) != value or not looks.is_number(cell.text):
            cell.note()

    return read


def _read_max_minutes(cell: Cell) -> None:
    by_hours = bool(_BY_HOURS.search(plain(cell.heading)))
    _number_into("max_minutes", lambda text: parse_minutes(text, hours=by_hours))(cell)


def _read_household_part(cell: Cell) -> None:
    """Adults here, children there: together the household. Which is which stays in the notes."""
    number = 0 if looks.says_none(cell.text) else parse_people(cell.text)
    if number is None and parse_yes_no(cell.text) is None:
        cell.say(Code.NUMBER_WRONG)
    cell.draft.values["_household"] = cell.draft.values.get("_household", 0) + (number or 0)
    cell.note()


def join_household(draft: Draft) -> None:
    """The size of the household from its parts, where no column says it whole."""
    together = draft.values.pop("_household", 0)
    if together:
        draft.put("household_size", together)


WISHES: dict[Field, Reader] = {
    Field.WHAT: _read_what,
    Field.WORDS: joined_into("words", "\n"),
    Field.NEED: _read_need,
    Field.NEED_DETAIL: _read_need_detail,
    Field.QUANTITY: _number_into("load", parse_number),
    Field.LOAD: _number_into("load", parse_number),
    Field.MINUTES: _number_into("minutes", parse_minutes),
    Field.URGENCY: _read_urgency,
    Field.RECURRING: _read_recurring,
    Field.HOUSEHOLD_SIZE: _number_into("household_size", parse_people, whole=True),
    Field.HOUSEHOLD_PART: _read_household_part,
    Field.SKILLS: _read_skills,
    Field.SKILL: _read_skill,
    Field.MODE: _read_mode,
    Field.CAPACITY: _number_into("capacity", parse_number),
    Field.MAX_MINUTES: _read_max_minutes,
    Field.MAX_STOPS: _number_into("max_stops", parse_number, whole=True),
}
