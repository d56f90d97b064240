"""The rule that binds: everyone is put into the empty place for a try, and what then breaks is the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from manyhands.kernel.rostering.model import may_take
from manyhands.kernel.rostering.problem import MONTH, Assignment, Helper, Problem, Role, Roster, Shift
from manyhands.kernel.rostering.reasons import RULES, Code, Reason, hours


@dataclass(frozen=True, slots=True)
class Gap:
    """A role with too few people: how many there are, must be and are wanted, why, and what else was tried.

    `tried`: for each helper with the skills and the time, everything that stands against them.
    """

    shift: str
    role: str
    there: int
    minimum: int
    wanted: int
    reason: Reason
    tried: Mapping[str, tuple[Reason, ...]]


def gaps(problem: Problem, roster: Roster) -> tuple[Gap, ...]:
    """Every place that stays empty, in the order of the problem."""
    found = []
    lists = _Made(problem, roster.of_shift, roster.of_helper)
    for shift in problem.shifts:
        for role in shift.roles:
            there = sum(one.role == role.name for one in roster.of_shift.get(shift.id, ()))
            if there < role.wanted:
                tried = dict(_tried(lists, shift, role))
                reason = _binding(problem, roster, shift, role, role.wanted - there, tried)
                found.append(Gap(shift.id, role.name, there, role.minimum, role.wanted, reason, tried))
    return tuple(found)


def idle(problem: Problem, roster: Roster) -> dict[str, Reason]:
    """Everyone who has nothing, and why."""
    lists = _Made(problem, roster.of_shift, roster.of_helper)
    empty = [
        (shift, role)
        for shift in problem.shifts
        for role in shift.roles
        if sum(one.role == role.name for one in roster.of_shift.get(shift.id, ())) < role.wanted
    ]
    reasons: dict[str, Reason] = {}
    for helper in problem.helpers:
        if helper.id in roster.of_helper:
            continue
        if not any(may_take(helper, shift, role) for shift in problem.shifts for role in shift.roles):
            reasons[helper.id] = Reason(Code.NO_SHIFTS)
            continue
        against = [
            breaks[0]
            for shift, role in empty
            if may_take(helper, shift, role) and (breaks := tuple(stands_against(lists, helper, shift)))
        ]
        reasons[helper.id] = against[0] if against else Reason(Code.NOT_NEEDED)
    return reasons


@dataclass(frozen=True, slots=True)
class _Made:
    problem: Problem
    of_shift: Mapping[str, Sequence[Assignment]]
    of_helper: Mapping[str, Sequence[Assignment]]


def _tried(lists: Lists, shift: Shift, role: Role) -> Iterator[tuple[str, tuple[Reason, ...]]]:
    here = {one.helper for one in lists.of_shift.get(shift.id, ())}
    for helper in lists.problem.helpers:
        if helper.id not in here and may_take(helper, shift, role):
            yield helper.id, tuple(stands_against(lists, helper, shift))


def _binding(
    problem: Problem, roster: Roster, shift: Shift, role: Role, missing: int, tried: Mapping[str, tuple[Reason, ...]]
) -> Reason:
    if tried:
        helper, breaks = min(tried.items(), key=lambda one: (len(one[1]), *_ease(one[1])))
        if not breaks:
            return Reason(Code.SEARCH_ENDED, {"helper": helper})
        if len(breaks) == 1:
            return breaks[0]
        rules = ", ".join(RULES[reason.code] for reason in breaks)
        return Reason(Code.SEVERAL, {"helper": helper, "rules": rules})
    here = {one.helper for one in roster.of_shift.get(shift.id, ())}
    others = [helper for helper in problem.helpers if helper.id not in here]
    if not others:
        return Reason(Code.NO_HELPERS)
    able = [helper for helper in others if role.skills <= helper.skills]
    if not able:
        return Reason(Code.SKILL, {"skills": ", ".join(sorted(role.skills)), "missing": missing})
    willing = [helper for helper in able if shift.id not in helper.never]
    if not willing:
        return Reason(Code.RULED_OUT, {"helper": able[0].id})
    return Reason(Code.NOT_FREE, {"able": len(willing), "helper": willing[0].id})


def _ease(breaks: tuple[Reason, ...]) -> tuple[int, int]:
    """The rule that is easiest to talk about comes first: hours before rest, rest before people."""
    order = (Code.WEEK, Code.DAY, Code.ROW, Code.WEEKENDS, Code.NIGHTS, Code.REST, Code.NEWCOMER, Code.TOGETHER)
    first = breaks[0].code if breaks else Code.WEEK
    return (order.index(first) if first in order else len(order)), 0


class Lists(Protocol):
    """A roster, made or in the making: who is in each shift, and what each helper has."""

    @property
    def problem(self) -> Problem:
        """What it is a roster of."""

    @property
    def of_shift(self) -> Mapping[str, Sequence[Assignment]]:
        """The assignments of each shift that has any."""

    @property
    def of_helper(self) -> Mapping[str, Sequence[Assignment]]:
        """The assignments of each helper who has any."""


def stands_against(lists: Lists, helper: Helper, shift: Shift) -> Iterator[Reason]:
    """Every rule that someone with the skills and the time would break in this shift, beside all they have."""
    problem = lists.problem
    mine = [problem.shift[one.shift] for one in lists.of_helper.get(helper.id, ())]
    who = {"helper": helper.id}
    for other in mine:
        if other.start < shift.end and shift.start < other.end:
            yield Reason(Code.OVERLAP, {**who, "other": other.id})
        elif other.start < shift.end + helper.rest and shift.start < other.end + helper.rest:
            yield Reason(Code.REST, {**who, "other": other.id, "hours": hours(helper.rest)})
    for code, most, length in ((Code.DAY, helper.day_minutes, 1), (Code.WEEK, helper.week_minutes, 7)):
        total = sum(other.minutes for other in mine if other.day // length == shift.day // length) + shift.minutes
        if most is not None and total > most:
            yield Reason(code, {**who, "hours": hours(most), "more": hours(total - most)})
    days = {other.day for other in mine} | {shift.day}
    if helper.days_in_row is not None and _row_through(days, shift.day) > helper.days_in_row:
        yield Reason(Code.ROW, {**who, "days": helper.days_in_row})
    after = [*mine, shift]
    if helper.nights is not None and shift.at_night and _most(after, nights=True) > helper.nights:
        yield Reason(Code.NIGHTS, {**who, "nights": helper.nights})
    new_weekend = shift.weekend is not None and shift.weekend not in {other.weekend for other in mine}
    if helper.weekends is not None and new_weekend and _most(after, nights=False) > helper.weekends:
        yield Reason(Code.WEEKENDS, {**who, "weekends": helper.weekends})
    yield from _company(lists, helper, shift)


def _company(lists: Lists, helper: Helper, shift: Shift) -> Iterator[Reason]:
    problem = lists.problem
    here = {one.helper for one in lists.of_shift.get(shift.id, ())}
    new = sum(problem.helper[other].newcomer for other in here)
    if helper.newcomer and new + 1 > problem.newcomers * (len(here) - new):
        yield Reason(Code.NEWCOMER, {"helper": helper.id})
    for pair in problem.apart:
        if helper.id in pair and (others := pair & here):
            yield Reason(Code.APART, {"helper": helper.id, "other": min(others)})
    for pair in problem.together:
        if helper.id in pair and not pair & here:
            yield Reason(Code.TOGETHER, {"helper": helper.id, "other": min(pair - {helper.id})})


def _row_through(days: set[int], day: int) -> int:
    first = last = day
    while first - 1 in days:
        first -= 1
    while last + 1 in days:
        last += 1
    return last - first + 1


def _most(shifts: list[Shift], *, nights: bool) -> int:
    """The most nights, or weekends, in any four weeks."""
    if nights:
        days = [shift.day for shift in shifts if shift.at_night]
        return max((sum(first <= day < first + MONTH for day in days) for first in days), default=0)
    weekends = {shift.weekend for shift in shifts if shift.weekend is not None}
    return max((sum(first <= weekend < first + MONTH // 7 for weekend in weekends) for first in weekends), default=0)
