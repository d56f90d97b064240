"""Guessing where each column belongs, from its heading, its neighbours and what its cells look like."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from manyhands.kernel.sheets.evidence import fit, points_of_content
from manyhands.kernel.sheets.fields import FIELDS_OF, ONE_COLUMN_ONLY, Field, Kind
from manyhands.kernel.sheets.hours import weekday_of
from manyhands.kernel.sheets.kinds import guess_kind
from manyhands.kernel.sheets.lexicon import phrase_fields, plain
from manyhands.kernel.sheets.problems import Code, Problem, Unreadable, shown
from manyhands.kernel.sheets.profiles import Profile, profile_of
from manyhands.kernel.sheets.questions import first_clause, heading_points
from manyhands.kernel.sheets.records import Column
from manyhands.kernel.sheets.signs import ASIDE, HELPERS_THEMSELVES, QUESTIONS, SOMEBODY_ELSE
from manyhands.kernel.sheets.tables import Table

SURE_ENOUGH = 0.52  # below this a column goes to the notes
_UNNAMED = re.compile(r"Column \d+( \(\d+\))?")
_OF_THE_PERSON = frozenset(
    {
        Field.NAME, Field.FIRST_NAME, Field.LAST_NAME, Field.PHONE, Field.EMAIL, Field.ADDRESS, Field.LANGUAGE,
        Field.CITY, Field.STATE, Field.POSTCODE, Field.CONTACT_METHOD, Field.EXTERNAL_ID, Field.AREA, Field.UNIT,
        Field.STATUS,
    }
)  # fmt: skip
_ASIDE_FOR_ALL = frozenset(Field) - {Field.NOTES}
_NOT_A_THING = re.compile(
    r"\b(id|no|number|code|date|time|year|total|serial|lat|lon|count|zip|condo|verified|internal|deleted?|inactive"
    r"|active|has|is|was|did|desc|related|score|split|week|version|rank|rate|percent|pct|index)\b"
    r"|^(in|out|gone|limited|at risk|event|wait|\d.*)$"
)
_ASKED_OF_OTHERS = re.compile(r"\b(requests?|needs?|asks?|needed|orders?|requested)\b")

# The same words mean another field in another kind of sheet.
_ALIASES: dict[Kind, dict[Field, Field]] = {
    Kind.ASKS: {
        Field.AVAILABILITY: Field.WANTED_WINDOW,
        Field.AVAILABLE_FROM: Field.WANTED_FROM,
        Field.AVAILABLE_UNTIL: Field.WANTED_UNTIL,
        Field.AVAILABLE_ON: Field.WANTED_ON,
        Field.CAPACITY: Field.LOAD,
    },
    Kind.OFFERS: {
        Field.AVAILABILITY: Field.WANTED_WINDOW,
        Field.AVAILABLE_FROM: Field.WANTED_FROM,
        Field.AVAILABLE_UNTIL: Field.WANTED_UNTIL,
        Field.AVAILABLE_ON: Field.WANTED_ON,
        Field.SKILLS: Field.WHAT,
        Field.SKILL: Field.NEED,
    },
    Kind.HELPERS: {
        Field.WANTED_WINDOW: Field.AVAILABILITY,
        Field.WANTED_FROM: Field.AVAILABLE_FROM,
        Field.WANTED_UNTIL: Field.AVAILABLE_UNTIL,
        Field.WANTED_ON: Field.AVAILABLE_ON,
        Field.WHAT: Field.SKILLS,
        Field.NEED: Field.SKILL,
        Field.LOAD: Field.CAPACITY,
        Field.WORDS: Field.NOTES,
        Field.MINUTES: Field.MAX_MINUTES,
    },
    Kind.OTHER: {},
}

_Chosen = dict[int, tuple[Field, float]]


def guess_columns(table: Table, kind: Kind | None = None, given: Mapping[str, str] | None = None) -> tuple[Column, ...]:
    """Where each column lands, in the order of the file. `given` is taken as said; the rest is guessed around it.

    Raises `Unreadable` where `given` names a field there is not.
    """
    profiles = [profile_of(table.column(index)) for index in range(len(table.headings))]
    kind = kind or guess_kind(table, profiles)
    fixed = _fixed(table, given or {})
    points = [_column_points(table, index, kind, profiles[index]) for index in range(len(table.headings))]
    chosen = _shared_out(points, fixed)
    _settle(kind, profiles, chosen, fixed)
    _settle_names(table, profiles, chosen, fixed)
    _map_weekdays(table, kind, chosen)
    _map_wide_columns(table, kind, profiles, chosen)
    columns = []
    for index, heading in enumerate(table.headings):
        field, value = chosen.get(index, (Field.NOTES, 1.0 - max(points[index].values(), default=0.0)))
        cells = dict.fromkeys(line.cells[index] for line in table.lines[:50] if line.cells[index].strip())
        examples = tuple(shown(cell) for cell in list(cells)[:3])
        columns.append(Column(heading, field, round(max(0.0, min(1.0, value)), 2), index in fixed, examples))
    return tuple(columns)


def _shared_out(points: Sequence[Mapping[Field, float]], fixed: Mapping[int, Field]) -> _Chosen:
    """Give each column its best field, the surest first; a field that takes one column is then gone.

    A column that comes too late for its field goes to the notes rather than to a second-best that means something else.
    """
    chosen: _Chosen = {index: (field, 1.0) for index, field in fixed.items()}
    taken = set(fixed.values())
    wishes = [
        (value, index, field)
        for index, column in enumerate(points)
        if index not in fixed
        for field, value in column.items()
    ]
    for value, index, field in sorted(wishes, key=lambda wish: (-wish[0], wish[1], wish[2])):
        gone = field in taken and field in ONE_COLUMN_ONLY
        if index in chosen or value < SURE_ENOUGH or gone or value < max(points[index].values()) * 0.9:
            continue
        chosen[index] = (field, value)
        taken.add(field)
    return chosen


def _same_heading(heading: str) -> str:
    return " ".join(heading.casefold().split())


def _fixed(table: Table, given: Mapping[str, str]) -> dict[int, Field]:
    exactly = {heading: index for index, heading in enumerate(table.headings)}
    loosely: dict[str, int] = {}
    for index, heading in enumerate(table.headings):
        loosely.setdefault(_same_heading(heading), index)
    fixed = {}
    for heading, name in given.items():
        try:
            field = Field(str(name).strip().casefold().replace(" ", "_"))
        except ValueError:
            fields = ", ".join(sorted(Field))
            raise Unreadable(Code.NO_SUCH_FIELD, field=shown(str(name)), fields=fields) from None
        index = exactly.get(heading, loosely.get(_same_heading(heading), -1))
        if index >= 0:
            fixed[index] = field
    return fixed


def unknown_headings(table: Table, given: Mapping[str, str]) -> list[Problem]:
    """A problem for each heading somebody gave a field for that the file does not have."""
    known = {_same_heading(heading) for heading in table.headings}
    return [
        Problem(Code.NO_SUCH_HEADING, facts={"heading": shown(heading)})
        for heading in given
        if _same_heading(heading) not in known
    ]


def _column_points(table: Table, index: int, kind: Kind, profile: Profile) -> dict[Field, float]:
    """How far each field is spoken for by the heading and the cells of one column."""
    heading = table.headings[index]
    text = plain(heading[:400])
    named = not _UNNAMED.fullmatch(heading)
    points = _in_this_kind(_heading_points(table, heading, text), kind, text) if named else {}
    _weigh_owner(text, kind, points)
    if text.endswith(" id") and Field.EXTERNAL_ID not in points:
        points = {field: value * 0.5 for field, value in points.items()}
    if profile.filled:
        points = {field: value * fit(field, profile) for field, value in points.items()}
    for field, value in points_of_content(profile, kind, named=named).items():
        points[field] = max(points.get(field, 0.0), value)
    # What notes are usually called keeps out a weaker reading.
    notes = points.pop(Field.NOTES, 0.0)
    return {field: value for field, value in points.items() if value > notes}


def _heading_points(table: Table, heading: str, text: str) -> dict[Field, float]:
    points = dict(heading_points(heading))
    prefix = _common_prefix(table.headings)
    if prefix and text.startswith(prefix + " "):
        for field, value in heading_points(text[len(prefix) + 1 :]).items():
            points[field] = max(points.get(field, 0.0), value * 0.97)
    if ASIDE.search(first_clause(heading)) or (len(text.split()) <= 8 and ASIDE.search(text)):
        exact = text in phrase_fields()
        asked = {field for pattern, field, value in QUESTIONS if value >= 0.85 and pattern.search(text)}
        for field in points.keys() & _ASIDE_FOR_ALL:
            if not (exact and points[field] >= 1.0) and field not in asked:
                points[field] *= 0.5
    return points


def _in_this_kind(scored: Mapping[Field, float], kind: Kind, text: str) -> dict[Field, float]:
    """The fields a sheet of this kind has, under the names they have there."""
    points: dict[Field, float] = {}
    for field, value in scored.items():
        wanted = _ALIASES[kind].get(field, field)
        if wanted is Field.SKILLS and wanted is not field and _ASKED_OF_OTHERS.search(text):
            continue
        if wanted in FIELDS_OF[kind]:
            points[wanted] = max(points.get(wanted, 0.0), value * (1.0 if wanted is field else 0.93))
    if kind == Kind.OTHER and text in {"date", "time", "day"}:
        points.pop(Field.ASKED_AT, None)
    if kind in {Kind.ASKS, Kind.OFFERS} and Field.WORDS in points and Field.NAME in points:
        del points[Field.NAME]  # the title of an ask says what it is about
    return points


@lru_cache(maxsize=64)
def _common_prefix(headings: tuple[str, ...]) -> str:
    """The word most headings begin with ("volunteer_email", "volunteer_phone"), or nothing."""
    firsts = Counter(words[0] for heading in headings if len(words := plain(heading).split()) > 1)
    word, count = firsts.most_common(1)[0] if firsts else ("", 0)
    return word if count >= 4 and count * 10 >= len(headings) * 6 else ""


def _weigh_owner(text: str, kind: Kind, points: dict[Field, float]) -> None:
    """Whose it is: "delivery volunteer phone" of an ask is not the neighbour's phone; of helpers it is theirs."""
    if not SOMEBODY_ELSE.search(text) or (text in phrase_fields() and kind not in {Kind.ASKS, Kind.OTHER}):
        return
    themselves = HELPERS_THEMSELVES.search(text) and not re.search(r"\b(coordinator|admin|emergency|backup)\b", text)
    if kind in {Kind.HELPERS, Kind.OFFERS} and themselves:
        return
    for field in _OF_THE_PERSON & points.keys():
        points[field] *= 0.45


def _settle(kind: Kind, profiles: Sequence[Profile], chosen: _Chosen, fixed: Mapping[int, Field]) -> None:
    """Put right what only the whole table shows."""
    fields = {field for field, _ in chosen.values()}
    # One half of a point, or of a pair of roles, is none.
    if (Field.LAT in fields) != (Field.LON in fields):
        _drop(chosen, fixed, {Field.LAT, Field.LON})
    if Field.IS_ASKER not in fields or Field.IS_HELPER not in fields:
        _drop(chosen, fixed, {Field.IS_ASKER, Field.IS_HELPER})
    for index, (field, value) in list(chosen.items()):
        if index in fixed:
            continue
        ticks = profiles[index].yes_no >= 0.8 or (profiles[index].number >= 0.9 and profiles[index].largest <= 1)
        if field == Field.SKILLS and ticks:
            chosen[index] = (Field.SKILL, value)
        elif field == Field.WHAT and ticks:
            chosen[index] = (Field.NEED, value)
        # A requester is somebody besides the person the row is about.
        named = fields & {Field.NAME, Field.FIRST_NAME, Field.LAST_NAME}
        if field == Field.REQUESTER and kind == Kind.ASKS and not named:
            chosen[index] = (Field.NAME, value)


_NAMES_OF_ROWS = frozenset(
    "helper volunteer driver member recipient client neighbour neighbor household family consumer resident".split()  # noqa: SIM905
)
_LAST_BESIDE_FIRST = frozenset({"nom", "name", "naam"})
_FIRST_BESIDE_LAST = frozenset({"nome", "nombre", "name", "nom", "naam"})


def _settle_names(table: Table, profiles: Sequence[Profile], chosen: _Chosen, fixed: Mapping[int, Field]) -> None:
    """In French "Nom" beside "Prénom" is the family name; where no column is a name, one called "Volunteer" is."""
    fields = {field for field, _ in chosen.values()}
    for index, (field, value) in list(chosen.items()):
        word = plain(table.headings[index])
        if field == Field.NAME and index not in fixed:
            if Field.FIRST_NAME in fields and Field.LAST_NAME not in fields and word in _LAST_BESIDE_FIRST:
                chosen[index] = (Field.LAST_NAME, value)
            elif Field.LAST_NAME in fields and Field.FIRST_NAME not in fields and word in _FIRST_BESIDE_LAST:
                chosen[index] = (Field.FIRST_NAME, value)
    if not fields & {Field.NAME, Field.FIRST_NAME, Field.LAST_NAME}:
        for index, heading in enumerate(table.headings):
            words = max(profiles[index].yes_no, profiles[index].number, profiles[index].record_id) < 0.5
            if index not in chosen and plain(heading) in _NAMES_OF_ROWS and words:
                chosen[index] = (Field.NAME, 0.6)
                return


def _map_weekdays(table: Table, kind: Kind, chosen: _Chosen) -> None:
    """A column per day of the week, with a tick or hours in it, says when."""
    field = {Kind.HELPERS: Field.AVAILABILITY, Kind.ASKS: Field.WANTED_WINDOW, Kind.OFFERS: Field.WANTED_WINDOW}.get(
        kind
    )
    days = [index for index, heading in enumerate(table.headings) if weekday_of(heading) is not None]
    if field is not None and len(days) >= 3:
        chosen.update({index: (field, 0.8) for index in days if index not in chosen})


def _drop(chosen: _Chosen, fixed: Mapping[int, Field], fields: set[Field]) -> None:
    for index, (field, _) in list(chosen.items()):
        if field in fields and index not in fixed:
            del chosen[index]


def _map_wide_columns(table: Table, kind: Kind, profiles: Sequence[Profile], chosen: _Chosen) -> None:
    """Columns that are items or roles themselves: a number or a tick per row under the name of a thing."""
    target = {Kind.ASKS: Field.NEED, Kind.OFFERS: Field.NEED, Kind.HELPERS: Field.SKILL}.get(kind)
    if target is None:
        return
    found = []
    for index, heading in enumerate(table.headings):
        profile, text = profiles[index], plain(heading)
        if index in chosen or not profile.filled or not 0 < len(text.split()) <= 6 or _UNNAMED.fullmatch(heading):
            continue
        if ASIDE.search(text) or _NOT_A_THING.search(text) or phrase_fields().get(text) == (Field.NOTES,):
            continue
        counts = profile.number >= 0.8 and profile.largest <= 200 and profile.coordinate < 0.2
        if profile.yes_no >= 0.8 or (counts and kind != Kind.HELPERS):
            found.append(index)
    if len(found) >= 2 or (found and any(field == target for field, _ in chosen.values())):
        chosen.update(dict.fromkeys(found, (target, 0.6)))
