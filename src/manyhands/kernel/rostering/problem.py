"""What is to be filled: shifts with roles, helpers with their time, and what was already said yes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

DAY = 24 * 60
WEEK = 7 * DAY
MONTH = 28  # days: four whole weeks, so that no month is longer than another
SATURDAY = 5
NIGHT_ENDS = 5 * 60


class Span(NamedTuple):
    """A time in whole minutes since a Monday at midnight, the same Monday for the whole problem."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Role:
    """What someone does in a shift: how many there must be, how many are wanted, and the skills each of them needs."""

    name: str = ""
    minimum: int = 1
    wanted: int = 1
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shift:
    """A piece of work at a time. `weight`: how much a missing person matters (1 is usual).

    `unpopular`: to be shared fairly. A shift that is under way at any time between 0:00 and 5:00 is a night, one that
    touches a Saturday or Sunday belongs to that weekend; it counts for the day and week it begins in.
    """

    id: str
    start: int
    end: int
    roles: tuple[Role, ...] = (Role(),)
    weight: int = 1
    unpopular: bool = False

    @property
    def minutes(self) -> int:
        """How long it is."""
        return self.end - self.start

    @property
    def day(self) -> int:
        """The day it begins on, counted from the Monday."""
        return self.start // DAY

    @property
    def at_night(self) -> bool:
        """Whether anyone in it is up between 0:00 and 5:00."""
        return any(
            max(self.start, day * DAY) < min(self.end, day * DAY + NIGHT_ENDS)
            for day in range(self.day, self.end // DAY + 1)
        )

    @property
    def weekend(self) -> int | None:
        """The number of the week whose Saturday or Sunday it touches, or None."""
        last = max(self.start, self.end - 1) // DAY
        return next((day // 7 for day in range(self.day, last + 1) if day % 7 >= SATURDAY), None)


@dataclass(frozen=True, slots=True)
class Helper:
    """Someone who may be asked.

    `free`: the whole shift lies inside one of these; none means any time. `wishes`: shift -> points, above zero to be
    in it, below zero rather not; `never`: shifts they are not asked for. `day_minutes`, `week_minutes`: the most in a
    day and in a week from Monday on; `rest`: minutes unbroken between two shifts; `days_in_row`, `nights` and
    `weekends` in any four weeks: the most; None means no limit of their own. `newcomer`: only beside someone who is
    not. `had_minutes`, `had_unpopular`: what they did in the weeks before, so that it evens out.
    """

    id: str
    skills: frozenset[str] = frozenset()
    free: tuple[Span, ...] = ()
    wishes: Mapping[str, int] = field(default_factory=dict)
    never: frozenset[str] = frozenset()
    day_minutes: int | None = None
    week_minutes: int | None = None
    rest: int = 0
    days_in_row: int | None = None
    nights: int | None = None
    weekends: int | None = None
    newcomer: bool = False
    had_minutes: int = 0
    had_unpopular: int = 0


class State(StrEnum):
    """How far an assignment is: only a yes binds."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"


class Assignment(NamedTuple):
    """Someone in a role of a shift."""

    shift: str
    role: str
    helper: str
    state: State = State.PROPOSED


@dataclass(frozen=True)
class Problem:
    """The weeks to fill. Raises ValueError, in a sentence, for what can only be a mistake of the program that made it.

    `apart`: pairs never in one shift. `together`: pairs in a shift both or neither. `standing`: the roster so far:
    confirmed assignments stay whatever the rules say, proposed ones are kept where nothing better stands against it.
    `newcomers`: at most so many of them for each experienced person in a shift.
    """

    shifts: tuple[Shift, ...] = ()
    helpers: tuple[Helper, ...] = ()
    apart: frozenset[frozenset[str]] = frozenset()
    together: frozenset[frozenset[str]] = frozenset()
    standing: tuple[Assignment, ...] = ()
    newcomers: int = 2

    def __post_init__(self) -> None:
        _refuse_repeated("shifts", (shift.id for shift in self.shifts))
        _refuse_repeated("helpers", (helper.id for helper in self.helpers))
        for shift in self.shifts:
            _refuse_repeated(f"roles of shift {shift.id}", (role.name for role in shift.roles))
            if shift.end <= shift.start:
                raise ValueError(f"Shift {shift.id} ends before it begins.")
            if shift.start < 0:
                raise ValueError(f"Shift {shift.id} begins before the first Monday.")
            if any(not 0 <= role.minimum <= role.wanted for role in shift.roles):
                raise ValueError(f"Shift {shift.id} must have more people than it wants.")
            if shift.weight < 1:
                raise ValueError(f"Shift {shift.id} has a weight below one.")
        _refuse_repeated("assignments", (f"{one.shift}, {one.helper}" for one in self.standing))
        for one in self.standing:
            if one.shift not in self.shift or all(role.name != one.role for role in self.shift[one.shift].roles):
                raise ValueError(f"Someone stands in role {one.role} of shift {one.shift}, which is not there.")
            if one.helper not in self.helper:
                raise ValueError(f"Helper {one.helper} stands in a shift but is not among the helpers.")
        if any(len(pair) != 2 for pair in self.apart | self.together):
            raise ValueError("Two people are kept apart or together, no more and no fewer.")

    @cached_property
    def shift(self) -> Mapping[str, Shift]:
        """Each shift by its id."""
        return {shift.id: shift for shift in self.shifts}

    @cached_property
    def helper(self) -> Mapping[str, Helper]:
        """Each helper by their id."""
        return {helper.id: helper for helper in self.helpers}

    @cached_property
    def confirmed(self) -> frozenset[tuple[str, str, str]]:
        """What was said yes to: shift, role, helper."""
        return frozenset(one[:3] for one in self.standing if one.state == State.CONFIRMED)

    @cached_property
    def proposed(self) -> frozenset[tuple[str, str, str]]:
        """What was proposed before and not answered yet."""
        return frozenset(one[:3] for one in self.standing if one.state == State.PROPOSED)


@dataclass(frozen=True, slots=True)
class Score:
    """What a roster is worth, each line before all after it; less is better.

    `minimum`: people missing below the minimum, by the weight of their shift. `wanted`: the same below what is wanted.
    `changes`: proposals of before that were dropped. `strain`: wishes and fairness, see `solve`.
    """

    minimum: int
    wanted: int
    changes: int
    strain: int

    def key(self) -> tuple[int, int, int, int]:
        """For comparing."""
        return self.minimum, self.wanted, self.changes, self.strain


@dataclass(frozen=True)
class Roster:
    """Who is asked for what. `proven`: no roster is better. Nothing is assigned by it: a proposal waits for a yes."""

    assignments: tuple[Assignment, ...]
    score: Score
    proven: bool = False

    @cached_property
    def of_shift(self) -> Mapping[str, tuple[Assignment, ...]]:
        """The assignments of each shift that has any."""
        return _grouped(self.assignments, by="shift")

    @cached_property
    def of_helper(self) -> Mapping[str, tuple[Assignment, ...]]:
        """The assignments of each helper who has any."""
        return _grouped(self.assignments, by="helper")


def _grouped(assignments: Iterable[Assignment], by: str) -> dict[str, tuple[Assignment, ...]]:
    found: dict[str, list[Assignment]] = {}
    for one in assignments:
        found.setdefault(getattr(one, by), []).append(one)
    return {key: tuple(ones) for key, ones in found.items()}


def _refuse_repeated(what: str, ids: Iterable[str]) -> None:
    repeated = [i for i, times in Counter(ids).items() if times > 1]
    if repeated:
        raise ValueError(f"Two {what} are the same: {', '.join(repeated[:5])}.")
