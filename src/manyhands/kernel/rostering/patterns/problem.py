"""A roster by days and kinds of shift: who works which kind on which day, over weeks.

The form in which hospitals and the published instances of Curtois and Qu state it ("Computational results on new staff
scheduling benchmark instances", University of Nottingham, 2014).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

WEEK = 7
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of shift, one a day and person. `not_before`: kinds that may not stand on the day after it."""

    id: str
    minutes: int
    not_before: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Worker:
    """Someone who can work, and the rules of their time over the whole span.

    `most`: how many shifts of each kind at most (a kind left out: any number). `minutes`: the least and the most.
    `row`: the fewest and the most days of work in a row; the fewest does not bind a row that touches the first or the
    last day, as it may go on beyond. `rest`: the fewest days off in a row, likewise; before the first and after the
    last day everyone is off. `weekends`: on how many at most a Saturday or Sunday is worked.
    `off`: days (0 is the first) on which they cannot.
    """

    id: str
    minutes: tuple[int, int]
    row: tuple[int, int]
    rest: int
    weekends: int
    most: Mapping[str, int] = field(default_factory=dict)
    off: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Request:
    """A wish to have (`on`) or not to have a kind of shift on a day; `weight` is paid where it is not met."""

    worker: str
    day: int
    kind: str
    weight: int
    on: bool


@dataclass(frozen=True, slots=True)
class Cover:
    """How many people a kind of shift wants on a day, and what each one too few or too many costs."""

    day: int
    kind: str
    wanted: int
    under: int
    over: int


@dataclass(frozen=True)
class Weeks:
    """The whole span; day 0 is a Monday. Raises ValueError, in a sentence, for what no roster could be read from."""

    days: int
    kinds: tuple[Kind, ...]
    workers: tuple[Worker, ...]
    requests: tuple[Request, ...] = ()
    covers: tuple[Cover, ...] = ()

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError("A roster needs at least one day.")
        _refuse_repeated("kinds of shift", (kind.id for kind in self.kinds))
        _refuse_repeated("workers", (worker.id for worker in self.workers))
        _refuse_repeated("covers", (f"{cover.day} {cover.kind}" for cover in self.covers))
        kinds, workers = set(self.kind), set(self.worker)
        for kind in self.kinds:
            if kind.minutes <= 0:
                raise ValueError(f"Shift {kind.id} takes no time.")
            self._refuse_unknown(f"Shift {kind.id}", kind.not_before - kinds)
        for worker in self.workers:
            self._refuse_unknown(f"Worker {worker.id}", set(worker.most) - kinds)
        for request in self.requests:
            self._refuse_unknown(f"A request of {request.worker}", {request.kind} - kinds)
            if request.worker not in workers:
                raise ValueError(f"A request names worker {request.worker}, who is not among the workers.")
            self._refuse_day(request.day)
        for cover in self.covers:
            self._refuse_unknown("A cover", {cover.kind} - kinds)
            self._refuse_day(cover.day)

    def _refuse_unknown(self, whose: str, unknown: Iterable[str]) -> None:
        if names := sorted(unknown):
            raise ValueError(f"{whose} names the shift {names[0]}, which is not among the kinds of shift.")

    def _refuse_day(self, day: int) -> None:
        if not 0 <= day < self.days:
            raise ValueError(f"Day {day} is not within the {self.days} days.")

    @cached_property
    def kind(self) -> Mapping[str, Kind]:
        """Each kind of shift by its id."""
        return {kind.id: kind for kind in self.kinds}

    @cached_property
    def worker(self) -> Mapping[str, Worker]:
        """Each worker by their id."""
        return {worker.id: worker for worker in self.workers}


@dataclass(frozen=True)
class WeeksRoster:
    """Who works what: for each worker a kind of shift a day, None for a day off.

    `cost`: the sum of the penalties. `bound`: no roster can cost less (None: not known). Both in the weights given.
    """

    days: Mapping[str, tuple[str | None, ...]]
    cost: int
    bound: int | None = None

    @property
    def proven(self) -> bool:
        """Whether no better roster exists."""
        return self.bound is not None and self.cost <= self.bound


def _refuse_repeated(what: str, ids: Iterable[str]) -> None:
    repeated = [i for i, times in Counter(ids).items() if times > 1]
    if repeated:
        raise ValueError(f"Two {what} have the same id: {', '.join(repeated[:5])}.")
