"""From a table to records: every cell lands in a field or in the notes, and what was odd is said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from manyhands.kernel.sheets import looks
from manyhands.kernel.sheets.choices import Choices
from manyhands.kernel.sheets.contacts import CONTACTS, join_name
from manyhands.kernel.sheets.dates import DateColumn, parse_dates
from manyhands.kernel.sheets.drafts import Cell, Draft, Learnt, Reader, details_of, need_names, read_note
from manyhands.kernel.sheets.duplicates import find_duplicates
from manyhands.kernel.sheets.fields import Field, Kind
from manyhands.kernel.sheets.hours import weekday_of
from manyhands.kernel.sheets.kinds import guess_kind
from manyhands.kernel.sheets.lexicon import plain
from manyhands.kernel.sheets.mapping import guess_columns, unknown_headings
from manyhands.kernel.sheets.places import PLACES, join_end, join_place
from manyhands.kernel.sheets.points import columns_are_swapped, parse_degrees
from manyhands.kernel.sheets.problems import Code, Fact, Problem, Unreadable, shown
from manyhands.kernel.sheets.records import Column, Reading, Record
from manyhands.kernel.sheets.tables import Line, Table
from manyhands.kernel.sheets.times import DATED, TIMES, join_when
from manyhands.kernel.sheets.wishes import WISHES, join_household

_READERS: Mapping[Field, Reader] = {**CONTACTS, **PLACES, **WISHES, **TIMES, Field.NOTES: read_note}
_FORMULA = re.compile(
    r"=\s*(?:[A-Z][A-Z0-9.]*\s*\(|\$?[A-Z]{1,3}\$?\d+|[-+]?\d+\s*[-+*/^]|\"|'?[\w ]+'?!)", re.IGNORECASE
)
_LONGEST_NAME = 60
# Half surrogate pairs, NUL and other control characters: no database takes them and nobody sees them.
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff]")


def understand(
    table: Table,
    mapping: Mapping[str, str] | None = None,
    *,
    kind: Kind | str | None = None,
    region: str = "US",
    today: date,
) -> Reading:
    """Read every row of a table into a record.

    `mapping` gives the field of a column by its heading ("notes" parks it); the other columns are guessed. `kind` says
    what the rows are about where that is known. `region` ("US", "DE" ...) decides phones without a country code and
    dates that could be read both ways. Raises `Unreadable` only where `mapping` or `kind` name what does not exist.
    """
    try:
        chosen = Kind(kind) if kind is not None else guess_kind(table)
    except ValueError:
        raise Unreadable(Code.NO_SUCH_KIND, kind=shown(str(kind)), kinds=", ".join(Kind)) from None
    columns = guess_columns(table, chosen, mapping)
    problems = [*table.problems, *unknown_headings(table, mapping or {})]
    learnt = _learn(table, columns, region, today, problems)
    remarks = [line for line in table.lines if _is_remark(line, columns, problems)]
    left_out = {line.number for line in remarks}
    records = tuple(
        _record(learnt, line, position, chosen)
        for position, line in enumerate(table.lines)
        if line.number not in left_out
    )
    return Reading(
        kind=chosen,
        records=records,
        mapping=columns,
        problems=tuple(sorted(problems, key=lambda problem: problem.row or 0)),
        duplicates=find_duplicates(records),
        aside=tuple(sorted((*table.aside, *remarks), key=lambda line: line.number)),
    )


def _learn(table: Table, columns: Sequence[Column], region: str, today: date, problems: list[Problem]) -> Learnt:
    """What the columns tell as wholes, before any row is read."""
    fields = tuple(column.field for column in columns)
    cells = {index: list(table.column(index)) for index, field in enumerate(fields) if field in _LEARNT_FROM}
    dates = {}
    for index, field in enumerate(fields):
        if field in DATED:
            dates[index] = parse_dates(cells[index], region=region, today=today)
            _tell_both_ways(dates[index], table.headings[index], problems)
    swapped = False
    if Field.LAT in fields and Field.LON in fields:
        lats, lons = (map(parse_degrees, cells[fields.index(field)]) for field in (Field.LAT, Field.LON))
        swapped = columns_are_swapped(list(lats), list(lons))
    return Learnt(
        headings=table.headings,
        fields=fields,
        region=region,
        today=today,
        problems=problems,
        choices={i: Choices(cells[i]) for i, field in enumerate(fields) if field in {Field.WHAT, Field.SKILLS}},
        dates=dates,
        names=need_names(table.headings, fields),
        details=details_of(table.headings, fields),
        swapped=swapped,
    )


_LEARNT_FROM = DATED | {Field.WHAT, Field.SKILLS, Field.LAT, Field.LON}


def _tell_both_ways(dates: DateColumn, heading: str, problems: list[Problem]) -> None:
    if dates.both_ways:
        facts: dict[str, Fact] = {"column": shown(heading), "order": dates.order.value}
        problems.append(Problem(Code.DATES_BOTH_WAYS, column=heading, facts=facts))


def _is_remark(line: Line, columns: Sequence[Column], problems: list[Problem]) -> bool:
    """True for a row that is no person: a sum below the table, or a lone cell that is a link, a title or a sentence."""
    filled = [(columns[index].field, cell.strip()) for index, cell in enumerate(line.cells) if cell.strip()]
    field, first = filled[0] if filled else (Field.NOTES, "")
    if plain(first) in _SUMS and len(filled) > 1:
        remark = all(looks.is_number(cell) for _, cell in filled[1:])
    else:
        remark = len(filled) == 1 and len(columns) >= 5 and _stands_alone(field, first)
    if remark and not looks.is_yes_or_no(first):
        facts: dict[str, Fact] = {"row": line.number, "value": shown(line.text)}
        problems.append(Problem(Code.ROW_REMARK, row=line.number, facts=facts))
    return remark


_SUMS = frozenset(
    {
        "total", "totals", "sum", "subtotal", "grand total", "total general", "suma", "somme", "gesamt", "summe",
        "totale", "somma", "soma", "المجموع", "סך הכל", "סה כ", "合计", "總計", "总计",
    }
)  # fmt: skip


def _stands_alone(field: Field, cell: str) -> bool:
    """A lone cell where only a tick or a date belongs, or that is no name: a link, a weekday, a whole sentence."""
    if field in {Field.IS_ASKER, Field.IS_HELPER, Field.ASKED_AT}:
        return not looks.is_date(cell)
    if field in {Field.NAME, Field.FIRST_NAME, Field.LAST_NAME, Field.EXTERNAL_ID}:
        return len(cell) > _LONGEST_NAME or looks.is_url(cell) or weekday_of(cell) is not None
    return False


def _record(learnt: Learnt, line: Line, position: int, kind: Kind) -> Record:
    draft = Draft(line.number)
    cells = [text if text.isprintable() else _INVISIBLE.sub("", text) for text in line.cells]
    for index, text in enumerate(cells):
        if not text.strip():
            continue
        cell = Cell(learnt, draft, index, text, position)
        if text.lstrip().startswith("=") and _FORMULA.match(text.lstrip()):
            cell.say(Code.FORMULA)
            cell.note()
        else:
            _READERS.get(learnt.fields[index], read_note)(cell)
    join_name(draft, learnt, cells)
    join_household(draft)
    said: dict[str, Any] = {
        "kind": _kind_of(draft, kind, learnt),
        "place": join_place(draft, learnt),
        "end_place": join_end(draft, learnt),
        "when": join_when(draft),
        **draft.values,
        **{name: tuple(values) for name, values in draft.lists.items()},
    }
    raw = dict(zip(learnt.headings, cells, strict=True))
    return Record(number=line.number, raw=raw, notes="\n".join(draft.notes), **said)


def _kind_of(draft: Draft, kind: Kind, learnt: Learnt) -> Kind:
    """On a run sheet each row says itself whether it is a neighbour, a driver, or something else (a pick-up)."""
    asker, helper = draft.values.pop("_asker", None), draft.values.pop("_helper", None)
    if Field.IS_ASKER not in learnt.fields or Field.IS_HELPER not in learnt.fields:
        return kind
    if kind == Kind.HELPERS:
        return Kind.HELPERS if helper or draft.lists.get("skills") or not asker else Kind.OTHER
    return Kind.HELPERS if helper else Kind.ASKS if asker else Kind.OTHER
