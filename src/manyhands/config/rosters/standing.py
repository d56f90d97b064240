"""The roster so far, given back with a yes or a no in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from manyhands.kernel.rostering import Assignment, Shift, State
from manyhands.kernel.sheets import Table
from manyhands.kernel.sheets.answers import parse_yes_no
from manyhands.kernel.sheets.lexicon import plain


def answers(
    table: Table,
    shifts: Sequence[Shift],
    titles: Mapping[str, str],
    people: Mapping[str, str],
    monday: date,
    remarks: list[str],
) -> tuple[tuple[Assignment, ...], dict[str, frozenset[str]]]:
    """What was proposed or said yes to, and who said no to what, from an earlier `roster.csv`."""
    index = {plain(heading): number for number, heading in enumerate(table.headings)}
    zero = datetime.combine(monday, time())
    known = {(plain(titles[s.id]), zero + timedelta(minutes=s.start)): s for s in shifts}
    found: dict[tuple[str, str], Assignment] = {}
    refused: dict[str, set[str]] = {}
    lost = 0
    for line in table.lines:
        row = {name: line.cells[number].strip().lstrip("'") for name, number in index.items()}
        try:
            start = datetime.fromisoformat(f"{row['date']}T{row['from']}")
        except ValueError:
            lost += 1
            continue
        shift = known.get((plain(row["shift"]), start))
        helper = people.get(plain(row["helper"]))
        role = next((r.name for r in shift.roles if plain(r.name) == plain(row["role"])), None) if shift else None
        if shift is None or helper is None or role is None:
            lost += 1
        elif _says_no(row["state"]):
            refused.setdefault(helper, set()).add(shift.id)
        else:
            found[shift.id, helper] = Assignment(shift.id, role, helper, _state(row["state"]))
    if lost:
        remarks.append(f"Rows of the standing roster whose shift or helper is gone: {lost}. They were left out.")
    return tuple(found.values()), {helper: frozenset(ids) for helper, ids in refused.items()}


def _says_no(state: str) -> bool:
    return parse_yes_no(state) is False or bool(
        re.search(r"\b(declined|refused|cancel\w*|can t|cannot)\b", plain(state))
    )


def _state(state: str) -> State:
    yes = parse_yes_no(state) is True or bool(re.search(r"\b(confirmed|accepted|agreed)\b", plain(state)))
    return State.CONFIRMED if yes else State.PROPOSED
