"""Several parts made anew at once, each in a process of its own: the arrays of one keep one core busy."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from manyhands.kernel.rostering.patterns.diving import Dive, Part
from manyhands.kernel.rostering.patterns.problem import Weeks
from manyhands.kernel.rostering.patterns.tables import Ints, Tables

ROUNDS = 60
_tables: list[Tables] = []


@dataclass(frozen=True, slots=True)
class Task:
    """Some workers and days of a roster to make anew, and the cost to beat."""

    who: Ints
    first: int
    last: int
    beat: float


@dataclass(frozen=True, slots=True)
class Clock:
    """The caller's clock and the moment it should show at the end: enough to stop in time in another process."""

    now: Callable[[], float]
    ends: float

    def __call__(self) -> bool:
        return self.now() >= self.ends


def never() -> bool:
    """No end but that of the work itself."""
    return False


class Crew:
    """As many processes as cores given; one core works here and now. To be used in a `with`.

    The answers come in the order of the tasks, so the same tasks give the same answers on any number of cores.
    """

    def __init__(self, problem: Weeks, tables: Tables, cores: int) -> None:
        self._tables = tables
        self._pool = (
            ProcessPoolExecutor(cores, multiprocessing.get_context("spawn"), initializer=_begin, initargs=(problem,))
            if cores > 1
            else None
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, trouble: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def make_anew(self, lines: Ints, tasks: Sequence[Task], enough: Callable[[], bool]) -> list[Dive]:
        """Each part by itself, the rest of `lines` standing."""
        if self._pool is None:
            return [_dive(self._tables, lines, task, enough) for task in tasks]
        return list(self._pool.map(_work, [(lines, task, enough) for task in tasks]))


def _begin(problem: Weeks) -> None:
    _tables[:] = [Tables(problem)]


def _work(given: tuple[Ints, Task, Callable[[], bool]]) -> Dive:
    return _dive(_tables[0], *given)


def _dive(tables: Tables, lines: Ints, task: Task, enough: Callable[[], bool]) -> Dive:
    return Part(tables, lines, task.who, task.first, task.last).dive(enough, task.beat, ROUNDS)
