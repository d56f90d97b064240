"""What one hand does at a time: a whole case by PyVRP or VROOM, or a piece of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from manyhands.kernel.routing.core import vroom_engine
from manyhands.kernel.routing.core.case import Answer, Case, Route
from manyhands.kernel.routing.core.piece import Cut, Piece
from manyhands.kernel.routing.core.pyvrp_engine import USUAL, Effort, Pyvrp
from manyhands.kernel.routing.core.recombining import recombined

Clock = Callable[[], float]

NODES = 200
"""How far a choice among routes is followed where no clock ends it."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. `rounds` and `idle` (rounds without anything better) end it, and `deadline` by the clock.

    With a `pool` of routes and costs it is putting them together anew, with `exploration` it is VROOM's, else PyVRP's;
    with a `cut` it is that piece, else the whole case. `collect`: routes met on the way are wanted.
    """

    seed: int = 1
    cut: Cut | None = None
    start: Answer = ()
    rounds: int | None = None
    idle: int | None = None
    deadline: float | None = None
    exploration: int | None = None
    effort: Effort = USUAL
    pool: tuple[tuple[Route, int], ...] = ()
    collect: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a task, and after how many rounds."""

    answer: Answer
    rounds: int
    seen: tuple[Route, ...] = ()


def do(
    case: Case,
    task: Task,
    clock: Clock | None = None,
    interrupted: Callable[[], bool] = lambda: False,
    heard: Callable[[Answer], None] | None = None,
) -> Done:
    """Do a task here and now. `interrupted` is asked every round; `heard` hears each new best of a whole case."""
    if task.pool:
        seconds = None if clock is None or task.deadline is None else max(0.1, task.deadline - clock())
        return Done(recombined(case, dict(task.pool), nodes=NODES, seconds=seconds), 0)
    piece = Piece(case, task.cut) if task.cut else None
    mine, start = (piece.case, piece.start) if piece else (case, task.start)
    if not mine.size or not mine.vehicles:
        return Done((), 0)
    if task.exploration is not None:
        seconds = None if clock is None or task.deadline is None else max(0.05, task.deadline - clock())
        answer = vroom_engine.plan(mine, seconds, task.exploration)
        return Done(piece.back(answer) if piece else answer, 0)
    counted = _Counted(task, clock, interrupted)
    seen: dict[Route, None] | None = {} if task.collect else None
    answer = Pyvrp(mine, task.effort).search(counted.enough, task.seed, start, None if piece else heard, seen)
    met = tuple(seen or ())
    if piece:
        return Done(piece.back(answer), counted.rounds, piece.back(met))
    return Done(answer, counted.rounds, met)


class _Counted:
    def __init__(self, task: Task, clock: Clock | None, interrupted: Callable[[], bool]) -> None:
        self._task, self._clock, self._interrupted = task, clock, interrupted
        self.rounds = 0
        self._best: int | None = None
        self._since = 0

    def enough(self, cost: int) -> bool:
        task = self._task
        if self._best is None or cost < self._best:
            self._best, self._since = cost, 0
        if task.rounds is not None and self.rounds >= task.rounds:
            return True
        if task.idle is not None and self._since > task.idle:
            return True
        if task.deadline is not None and self._clock is not None and self._clock() >= task.deadline:
            return True
        if self._interrupted():
            return True
        self.rounds += 1
        self._since += 1
        return False
