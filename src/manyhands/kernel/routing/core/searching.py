"""The portfolio: engines and pieces combined by the shape of the case, on all cores, the best that holds kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from manyhands.kernel.routing.core import vroom_engine
from manyhands.kernel.routing.core.board import Board, Worth
from manyhands.kernel.routing.core.case import JOB, PICKUP, Answer, Case, Route, Step
from manyhands.kernel.routing.core.efforts import effort_for, too_little_help
from manyhands.kernel.routing.core.groups import Groups
from manyhands.kernel.routing.core.hands import Hands, hands_for
from manyhands.kernel.routing.core.piece import Cut, Piece
from manyhands.kernel.routing.core.pyvrp_engine import USUAL, Effort
from manyhands.kernel.routing.core.starts import neighbourhoods, only_loads_bind, savings
from manyhands.kernel.routing.core.tasks import Done, Task
from manyhands.kernel.routing.until import Rounds, Seconds, Until

BIG = 1200
"""Above so many visits no hand looks at the whole case at once."""

SMALL = 300
"""Up to so many visits one hand stays with the whole case until the end."""

UNSURE = 0.35
"""From this share of the budget on, a hand with the whole case leaves it once pieces have brought more."""

LOADS_PIECE = 350
"""The same where only loads bind: these are done faster."""

VROOM_SHARE = 0.5
"""How often a piece with nothing but hand-overs is VROOM's."""

POOL = 8000
"""The most routes that are put together anew."""

PIECE = 150
"""About how many visits a piece has."""

EVENING_PIECE, EVENING_IDLE = 110, 250
"""The same, and after how many rounds without anything better it is left, where there is too little help."""

PATIENCE = 30
"""How often, for a twentieth of a second, hands are waited for when the time is over."""

Progress = Callable[[float, int, int], None]
"""Hears the share done, how many jobs and shipments the best so far serves, and of how many."""


def search(
    case: Case,
    *,
    until: Until,
    seed: int = 1,
    progress: Progress | None = None,
    start: Answer = (),
    cores: int = 2,
    patience: int | None = None,
) -> Answer:
    """The best answer found. It holds, unless required jobs found no place: then they are left, for `assess` to tell.

    With `Rounds` the same case, rounds and seed give the same answer on any number of cores; with `Seconds` the clock
    decides only how long. `start`: never worse than this answer, and only pieces of it are searched. `patience`: so
    many tasks that brought nothing better end the search before its time. A hand that dies takes with it what it was
    at; the answer is then the best without it.
    """
    total = len(case.jobs) + len(case.shipments)
    piece = _what_is_possible(case, start)
    if piece is None:
        return _Search(case, until, seed, progress, start, cores, patience, total).answer()
    return piece.back(_Search(piece.case, until, seed, progress, piece.start, cores, patience, total).answer())


def _what_is_possible(case: Case, start: Answer) -> Piece | None:
    """The case without vehicles there are none of and without windows that shut before they open; None if it has none.

    The engines refuse a case with such things.
    """
    free = {k: v.count for k, v in enumerate(case.vehicles) if v.count > 0 and _opens(v.window)}
    jobs = tuple(n for n, job in enumerate(case.jobs) if _opens(job.window))
    shipments = tuple(
        n for n, each in enumerate(case.shipments) if _opens(each.pickup_window) and _opens(each.delivery_window)
    )
    if len(free) + len(jobs) + len(shipments) == len(case.vehicles) + len(case.jobs) + len(case.shipments):
        return None
    begun = Board(case).sound(start)
    for route in begun:
        free[route.vehicles] -= 1
    return Piece(case, Cut(begun, tuple(free.items()), jobs, shipments))


def _opens(window: tuple[int, int]) -> bool:
    return window[0] <= window[1]


class _Search:
    def __init__(
        self,
        case: Case,
        until: Until,
        seed: int,
        progress: Progress | None,
        start: Answer,
        cores: int,
        patience: int | None,
        total: int,
    ) -> None:
        self.case, self.until, self.seed, self.progress = case, until, seed, progress
        self.clock = until.clock if isinstance(until, Seconds) else None
        self.began = self.clock() if self.clock else 0.0
        self.rng = np.random.default_rng(seed)
        self.board = Board(case)
        if start:
            self.board.offer(start)
        self.cores, self.total = cores, total
        self.groups = Groups(case)
        self.effort = effort_for(case)
        self.loads_only = only_loads_bind(case)
        self.helpers = too_little_help(case)
        self.piece = LOADS_PIECE if self.loads_only else EVENING_PIECE if self.helpers else PIECE
        self.patience, self.in_vain = patience, 0
        # Measured on hand-overs: VROOM's pieces need fewer vehicles than PyVRP's, and far less time.
        self.vroom_pieces = bool(case.shipments) and not case.jobs and vroom_engine.can_plan(case)
        self.rounds = 0
        self.given: dict[int, Task] = {}
        self.queue: list[Task] = []
        self.line: Worth | None = None
        # With little help and many kinds of it, pieces are ahead from the first moment on.
        self.wholes = 0 if case.size <= SMALL or (case.size <= BIG and not self.helpers) else 99
        if start:
            self.wholes = 99
        self.pool: dict[Route, int] = {}
        self.fresh = 0
        self.recombined_at = 0.0

    # -- budget

    def spent(self) -> float:
        """The share of the budget that is gone."""
        if self.until.stop():
            return 1.0
        if isinstance(self.until, Seconds):
            gone = self.until.clock() - self.began
            return gone / self.until.seconds if self.until.seconds > 0 else 1.0
        return self.rounds / self.until.rounds if self.until.rounds > 0 else 1.0

    def by(self, share: float) -> float | None:
        """The moment at which that share of the budget is gone."""
        return self.began + share * self.until.seconds if isinstance(self.until, Seconds) else None

    def some(self, share: float) -> int | None:
        """That share of the rounds."""
        return max(1, int(share * self.until.rounds)) if isinstance(self.until, Rounds) else None

    # -- the whole way

    def answer(self) -> Answer:
        """Search until it is enough."""
        if self.case.size and self.case.vehicles:
            self.hands: Hands = hands_for(self.case, self.clock, self.until.stop, self.cores)
            try:
                self._search()
            finally:
                self.hands.close()
        self._tell(1.0)
        return tuple(self.board.routes)

    def _search(self) -> None:
        self._first_tasks()
        while self.spent() < 1 and (self.patience is None or self.in_vain < self.patience):
            for hand in self.hands.numbers:
                task = None if hand in self.given else self._next(hand)
                if task is not None:
                    self.given[hand] = task
                    self.hands.give(hand, task)
            if not self.given:
                break
            self._wait(0.1)
            self._leave_the_worse_way()
            self._tell(self.spent())
        for hand in self.given:
            self.hands.interrupt(hand)
        for _ in range(PATIENCE):
            if not self.given:
                break
            for hand, done in self.hands.finished(0.05, self._heard):
                self._take(hand, done)

    def _wait(self, patience: float) -> None:
        """Take what is done: with a clock whenever it comes, by rounds always both hands' in the same order."""
        if self.clock:
            for hand, done in self.hands.finished(patience, self._heard):
                self._take(hand, done)
            return
        all_done: dict[int, Done | None] = {}
        while self.given.keys() - all_done.keys() and not self.until.stop():
            all_done.update(self.hands.finished(patience, self._heard))
        for hand in sorted(all_done):
            self._take(hand, all_done[hand])

    def _first_tasks(self) -> None:
        n = self.case.size
        if self.board.routes or n <= SMALL:
            return
        if self.loads_only:
            self.board.offer(savings(self.case))
        elif self.vroom_pieces:
            self.wholes = 99
            self.queue = [
                Task(cut=cut, exploration=0, deadline=self.by(0.4)) for cut in neighbourhoods(self.case, 2 * PIECE)
            ]
        else:
            self.queue = [
                Task(self.seed, cut=cut, rounds=20, idle=5, deadline=self.by(0.5), effort=self.effort)
                for cut in neighbourhoods(self.case, PIECE)
            ]

    def _next(self, hand: int) -> Task | None:
        if self.queue:
            return self.queue.pop(0)
        if self.wholes < (1 if self.case.size > SMALL else 3) and not (self.given and not self.clock):
            return self._whole()
        if self._may_recombine():
            return self._recombine()
        return self._group()

    def _whole(self) -> Task | None:
        """The whole case: by PyVRP, as it would do alone; by VROOM; and by PyVRP from the best there is."""
        self.wholes += 1
        collect = self._routes_are_short()
        if self.wholes == 1:
            return Task(
                self.seed,
                rounds=self.some(0.4),
                deadline=self.by(1),
                effort=self.effort,
                collect=collect,
            )
        if self.wholes == 2 and vroom_engine.can_plan(self.case):
            return Task(exploration=5, deadline=self.by(0.3))
        # Something required that is still left is no good beginning: another way of searching, from nothing.
        misses = self.board.worth[0] > 0
        return Task(
            self.seed + 1,
            start=() if misses else tuple(self.board.routes),
            rounds=self.some(0.3),
            deadline=self.by(1 if misses else 0.5),
            effort=USUAL if misses else self._usual,
            collect=collect,
        )

    @property
    def _usual(self) -> Effort:
        return replace(USUAL, penalties=self.effort.penalties, most_penalty=self.effort.most_penalty)

    def _group(self) -> Task | None:
        busy: set[Route] = set()
        kinds: Counter[int] = Counter()
        left: set[Step] = set()
        for task in self.given.values():
            if task.cut:
                busy.update(task.cut.routes)
                kinds.update(dict(task.cut.spare))
                left.update((JOB, n) for n in task.cut.jobs)
                left.update((PICKUP, n) for n in task.cut.shipments)
        for _ in range(20):
            size = int(self.piece * (0.4 + 1.2 * self.rng.random()))
            cut = self.groups.around(self.board, self.rng, size, busy, kinds, left)
            if cut is not None and self.vroom_pieces and self.rng.random() < VROOM_SHARE:
                return Task(cut=cut, exploration=3, deadline=self.by(1))
            if cut is not None:
                return Task(
                    int(self.rng.integers(1 << 30)),
                    cut=cut,
                    idle=EVENING_IDLE if self.helpers else 200 + cut.size * (2 if self.case.size <= BIG else 1),
                    rounds=self.some(0.1) or 5000,
                    deadline=self.by(1),
                    effort=self.effort,
                    collect=self._routes_are_short(),
                )
        return None

    # -- putting routes together anew

    def _routes_are_short(self) -> bool:
        return self.case.size <= 1500 and self.case.size <= 30 * max(1, len(self.board.routes) or 10**6)

    def _may_recombine(self) -> bool:
        waited = self.spent() - self.recombined_at
        return self.fresh >= 200 and waited >= 0.12 and not any(t.pool for t in self.given.values())

    def _recombine(self) -> Task:
        self.fresh, self.recombined_at = 0, self.spent()
        while len(self.pool) > POOL:
            self.pool.pop(next(iter(self.pool)))
        for route in self.board.routes:
            self.pool[route] = self.board.cost_of(route) or 0
        limit = None
        if isinstance(self.until, Seconds):
            limit = self.until.clock() + min(4.0, 0.1 * self.until.seconds)
        return Task(pool=tuple(self.pool.items()), deadline=limit)

    # -- what comes back

    def _heard(self, hand: int, answer: Answer) -> None:
        task = self.given.get(hand)
        if task is not None and task.cut is None:
            sound = self.board.sound(answer)
            worth = self.board.worth_of(sound)
            self.line = worth if self.line is None else min(self.line, worth)
            self.board.offer(sound)

    def _take(self, hand: int, done: Done | None) -> None:
        task = self.given.pop(hand, None)
        if task is None or done is None:  # the hand died
            return
        self.rounds += done.rounds or 1
        for route in done.seen:
            if route not in self.pool:
                cost = self.board.cost_of(route)
                if cost is not None:
                    self.pool[route] = cost
                    self.fresh += 1
        if task.cut is not None:
            better = self.board.exchange(task.cut.routes, self.board.sound(done.answer))
        else:
            better = self.board.offer(done.answer)
        self.in_vain = 0 if better else self.in_vain + 1

    def _leave_the_worse_way(self) -> None:
        """A hand that is still with the whole case comes to the pieces once these have brought more."""
        if self.case.size <= SMALL or self.line is None or self.spent() < UNSURE or self.board.worth >= self.line:
            return
        for hand, task in self.given.items():
            if task.cut is None and not task.pool and task.exploration is None:
                self.hands.interrupt(hand)
        self.line = None

    def _tell(self, share: float) -> None:
        if self.progress is not None:
            left = len(self.board.left_jobs) + len(self.board.left_shipments)
            served = len(self.case.jobs) + len(self.case.shipments) - left
            self.progress(min(1.0, round(share, 2)), served, self.total)
