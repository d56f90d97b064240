"""Two sheets as weeks to fill: one row a role of a shift, one row a helper; nothing that can't be read is lost."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from manyhands.config.rosters.columns import Columns
from manyhands.config.rosters.free_time import free_spans
from manyhands.config.rosters.standing import answers
from manyhands.deliveries.from_files import names_of
from manyhands.kernel import rostering
from manyhands.kernel.rostering import Helper, Role, Shift
from manyhands.kernel.rostering.problem import DAY
from manyhands.kernel.sheets import Line, Record, Table
from manyhands.kernel.sheets.answers import parse_number, parse_yes_no
from manyhands.kernel.sheets.dates import FIRST_YEAR, LAST_YEAR, Dated, can_be_meant, parse_dates
from manyhands.kernel.sheets.hours import parse_clock, parse_hours
from manyhands.kernel.sheets.lexicon import plain

LIST = re.compile(r"\s*[;,|\n/]\s*|\s+(?:and|und|et|y)\s+", re.IGNORECASE)
MOST_PEOPLE = 1_000
RATHER, RATHER_NOT = 2, -2


@dataclass(frozen=True, slots=True)
class Unsaid:
    """What holds where the sheets don't say: when a shift begins, its hours, rest, and the other limits."""

    begins: time = time(10)
    hours: float = 3.0
    rest_hours: float = 10.0
    day_hours: float | None = 10.0
    week_hours: float | None = None


@dataclass(frozen=True, slots=True)
class Aside:
    """A row of the shifts that is no shift: why, and what to do."""

    row: int
    why: str
    change: str


@dataclass(frozen=True)
class Weeks:
    """The problem, and what stands behind its ids."""

    monday: date
    problem: rostering.Problem
    names: Mapping[str, str]
    titles: Mapping[str, str]
    places: Mapping[str, str]
    rows: Mapping[tuple[str, str], int]
    contacts: Mapping[str, str]
    aside: tuple[Aside, ...] = ()
    remarks: tuple[str, ...] = ()

    def moment(self, minute: int) -> datetime:
        """A minute of the problem on the clocks of the place."""
        return datetime.combine(self.monday, time()) + timedelta(minutes=minute)


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    title: str
    start: datetime
    end: datetime
    role: Role
    weight: int
    unpopular: bool
    place: str


@dataclass(slots=True)
class _Notes:
    """What is told about the sheets as a whole, counted while they are read."""

    aside: list[Aside] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    times: Counter[str] = field(default_factory=Counter)


def weeks_from(
    shifts: Table,
    shift_columns: Columns,
    helpers: Sequence[Record],
    helper_cells: Mapping[int, tuple[str, ...]],
    helper_columns: Columns,
    *,
    unsaid: Unsaid,
    region: str,
    today: date,
    standing: Table | None = None,
    since: date | None = None,
) -> Weeks:
    """Put two sheets, and the roster so far where there is one, into one problem.

    Rows of one title, day and hour are roles of one shift. `since`: shifts before this day are left aside.
    """
    notes = _Notes()
    rows = list(_rows(shifts, shift_columns, unsaid, region, today, notes))
    rows = [row for row in rows if not _is_over(row, since, notes)]
    first = min((row.start.date() for row in rows), default=today)
    monday = first - timedelta(days=first.weekday())
    made, titles, places, numbers = _shifts(rows, monday)
    names = names_of({str(helper.number): helper for helper in helpers})
    ids = {plain(name): helper for helper, name in names.items()}
    by_title: dict[str, list[str]] = {}
    for shift in made:
        by_title.setdefault(plain(titles[shift.id]), []).append(shift.id)
    days = max((shift.end for shift in made), default=0) // DAY + 2
    people: list[Helper] = []
    apart: set[frozenset[str]] = set()
    together: set[frozenset[str]] = set()
    for record in helpers:
        cells = helper_cells[record.number]
        helper = _helper(record, cells, helper_columns, unsaid, monday, days, by_title, notes)
        people.append(helper)
        for pairs, what in ((apart, "apart"), (together, "together")):
            for name in _listed(helper_columns.cell(cells, what)):
                other = ids.get(plain(name))
                if other is None or other == helper.id:
                    notes.remarks.append(f"Row {record.number} of the helpers names “{name}”, who is not in the sheet.")
                else:
                    pairs.add(frozenset({helper.id, other}))
    kept, refused = answers(standing, made, titles, ids, monday, notes.remarks) if standing else ((), {})
    people = [_without(helper, refused.get(helper.id, frozenset())) for helper in people]
    if notes.times["begins"]:
        notes.remarks.append(
            f"Shifts that don't say when they begin: {notes.times['begins']}. They begin at {unsaid.begins:%H:%M}; "
            "--from says otherwise."
        )
    if notes.times["hours"]:
        notes.remarks.append(
            f"Shifts that don't say when they end: {notes.times['hours']}. They take {unsaid.hours:g} hours; "
            "--hours says otherwise."
        )
    if notes.times["over"]:
        notes.remarks.append(f"Shifts before the day given with --since: {notes.times['over']}. They were left out.")
    return Weeks(
        monday,
        rostering.Problem(tuple(made), tuple(people), frozenset(apart), frozenset(together), kept),
        names,
        titles,
        places,
        numbers,
        {str(record.number): record.phone or record.email for record in helpers},
        tuple(notes.aside),
        tuple(notes.remarks),
    )


def _rows(table: Table, columns: Columns, unsaid: Unsaid, region: str, today: date, notes: _Notes) -> Iterable[_Row]:
    dates: dict[str, tuple[Dated, ...]] = {}
    for which in ("date", "from", "until"):
        if which in columns.where:
            cells = [line.cells[columns.where[which]] for line in table.lines]
            dates[which] = parse_dates(cells, region=region, today=today).cells
    for position, line in enumerate(table.lines):
        if line.blank:
            continue
        said = {which: cells[position] for which, cells in dates.items()}
        row = _row(line, columns, said, unsaid, notes)
        if isinstance(row, Aside):
            notes.aside.append(row)
        else:
            yield row


def _row(line: Line, columns: Columns, said: Mapping[str, Dated], unsaid: Unsaid, notes: _Notes) -> _Row | Aside:
    def cell(name: str) -> str:
        return columns.cell(line.cells, name)

    day = next((said[w].moment for w in ("date", "from") if w in said and said[w].moment is not None), None)
    if day is None:
        told = cell("date") or cell("from")
        why = f"“{told}” could not be read as a date." if told else "It names no date."
        return Aside(line.number, why, "Write the date like 2026-06-04.")
    for which, dated in said.items():
        if dated.moment is not None and not can_be_meant(dated.moment.date()):
            heading = columns.heading(which)
            why = f"“{cell(which)}” in the column “{heading}” is not in the years {FIRST_YEAR} to {LAST_YEAR}."
            return Aside(line.number, why, "Write the date like 2026-06-04.")
    start, end = _hours(day, cell, said, unsaid, notes)
    if start is None or end is None:
        return Aside(line.number, "Its hours could not be read.", "Write them like 17:00 and 19:30.")
    if end - start > timedelta(days=2):
        return Aside(line.number, "It lasts more than two days.", "Write each day of it as a row of its own.")
    wanted = _count(cell("needed"), 1)
    least = _count(cell("minimum"), None)
    if wanted is None or (least is None and cell("minimum")):
        return Aside(line.number, f"“{cell('needed') or cell('minimum')}” is no number of people.", "Write a number.")
    minimum = min(1, wanted) if least is None else least
    skills = frozenset(plain(skill) for skill in _listed(cell("skills")))
    role = Role(cell("role"), minimum, max(wanted, minimum), skills)
    weight = parse_number(cell("weight"))
    return _Row(
        line.number,
        cell("shift") or cell("role") or f"Shift in row {line.number}",
        start,
        end,
        role,
        max(1, min(9, round(weight))) if weight is not None else 1,
        parse_yes_no(cell("unpopular")) is True,
        cell("place"),
    )


def _hours(
    day: datetime, get: Callable[[str], str], said: Mapping[str, Dated], unsaid: Unsaid, notes: _Notes
) -> tuple[datetime | None, datetime | None]:
    """When it begins and ends; None for what is written and can't be read."""
    midnight = datetime.combine(day.date(), time())
    begins, ends = _clock(get("from"), said.get("from")), _clock(get("until"), said.get("until"))
    if window := get("window"):
        hours = parse_hours(window)
        begins, ends = begins or hours.after, ends or hours.before
    if begins is None and "date" in said and said["date"].has_time and said["date"].moment is not None:
        begins = said["date"].moment.time()
    if begins is None:
        if get("from") or (get("window") and ends is None):
            return None, None
        notes.times["begins"] += 1
        begins = unsaid.begins
    start = midnight + timedelta(hours=begins.hour, minutes=begins.minute)
    if ends is None:
        if get("until"):
            return start, None
        length = parse_number(get("hours"))
        if length is None or not 0 < length <= 48:
            notes.times["hours"] += 1
            length = unsaid.hours
        return start, start + timedelta(minutes=max(1, round(length * 60)))
    last = said["until"].moment if "until" in said else None
    end = datetime.combine(last.date() if last is not None else day.date(), ends)
    return start, end if end > start else end + timedelta(days=1)


def _clock(text: str, dated: Dated | None) -> time | None:
    clock = parse_clock(text) if text else None
    if clock is None and dated is not None and dated.has_time and dated.moment is not None:
        clock = dated.moment.time()
    return clock


def _count(text: str, otherwise: int | None) -> int | None:
    if not text:
        return otherwise
    number = parse_number(text)
    return round(number) if number is not None and 0 <= number <= MOST_PEOPLE else None


def _is_over(row: _Row, since: date | None, notes: _Notes) -> bool:
    over = since is not None and row.start.date() < since
    notes.times["over"] += over
    return over


def _shifts(
    rows: Iterable[_Row], monday: date
) -> tuple[list[Shift], dict[str, str], dict[str, str], dict[tuple[str, str], int]]:
    """Rows of one title, time and place as the roles of one shift, in the order of time."""
    grouped: dict[tuple[datetime, datetime, str, str], list[_Row]] = {}
    for row in rows:
        grouped.setdefault((row.start, row.end, row.title, row.place), []).append(row)
    zero = datetime.combine(monday, time())
    shifts, titles, places, numbers = [], {}, {}, {}
    for (start, end, title, place), group in sorted(grouped.items(), key=lambda one: one[0]):
        id_ = str(group[0].number)
        roles: dict[str, Role] = {}
        for row in group:
            name = row.role.name
            if name in roles:
                before = roles[name]
                skills = before.skills | row.role.skills
                roles[name] = Role(name, before.minimum + row.role.minimum, before.wanted + row.role.wanted, skills)
            else:
                roles[name] = row.role
                numbers[id_, name] = row.number
        minutes = [int((moment - zero).total_seconds() // 60) for moment in (start, end)]
        shifts.append(
            Shift(
                id_,
                minutes[0],
                minutes[1],
                tuple(roles.values()),
                max(row.weight for row in group),
                any(row.unpopular for row in group),
            )
        )
        titles[id_], places[id_] = title, place
    return shifts, titles, places, numbers


def _helper(
    record: Record,
    cells: tuple[str, ...],
    columns: Columns,
    unsaid: Unsaid,
    monday: date,
    days: int,
    by_title: Mapping[str, Sequence[str]],
    notes: _Notes,
) -> Helper:
    def number(name: str, otherwise: float | None) -> float | None:
        found = parse_number(columns.cell(cells, name))
        return found if found is not None and 0 <= found <= 10_000 else otherwise

    def minutes(name: str, otherwise: float | None) -> int | None:
        hours = number(name, otherwise)
        return None if hours is None else round(hours * 60)

    def whole(name: str) -> int | None:
        found = number(name, None)
        return None if found is None else int(found)

    def shifts(name: str) -> list[str]:
        found: list[str] = []
        for title in _listed(columns.cell(cells, name)):
            known = by_title.get(plain(title))
            if known is None:
                notes.remarks.append(f"Row {record.number} of the helpers names “{title}”, which is no shift.")
            found.extend(known or ())
        return found

    wishes = dict.fromkeys(shifts("rather_not"), RATHER_NOT) | dict.fromkeys(shifts("wishes"), RATHER)
    return Helper(
        id=str(record.number),
        skills=frozenset(plain(skill) for skill in record.skills),
        free=free_spans(record.when, monday, days),
        wishes=wishes,
        never=frozenset(shifts("never")),
        day_minutes=minutes("day_minutes", unsaid.day_hours),
        week_minutes=minutes("week_minutes", unsaid.week_hours),
        rest=minutes("rest", unsaid.rest_hours) or 0,
        days_in_row=whole("days_in_row"),
        nights=whole("nights"),
        weekends=whole("weekends"),
        newcomer=_is_new(columns, cells),
        had_minutes=minutes("had_minutes", 0) or 0,
        had_unpopular=whole("had_unpopular") or 0,
    )


def _is_new(columns: Columns, cells: tuple[str, ...]) -> bool:
    """Whether the row says so; a column about experience says it the other way round."""
    answer = columns.cell(cells, "newcomer")
    heading = next((heading for heading, where in columns.of.items() if where == "newcomer"), "")
    said = parse_yes_no(answer)
    if said is None:
        return bool(re.search(r"\b(new|newcomer|first time|none)\b", plain(answer)))
    return said != ("experience" in plain(heading))


def _without(helper: Helper, refused: frozenset[str]) -> Helper:
    return replace(helper, never=helper.never | refused) if refused else helper


def _listed(text: str) -> list[str]:
    return [part.strip() for part in LIST.split(text) if part.strip() and plain(part) not in {"none", "no", "n a"}]
