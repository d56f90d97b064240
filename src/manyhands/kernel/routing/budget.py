"""How much of a search is spent: by the caller's clock or by rounds, never by a clock of our own."""

from __future__ import annotations

from collections.abc import Callable

from manyhands.kernel.routing.plan import Progress
from manyhands.kernel.routing.until import Rounds, Seconds, Until


class Budget:
    """Counts rounds and asks the caller's clock; tells the caller how far the search is."""

    def __init__(self, until: Until, progress: Progress | None, total: int) -> None:
        self._until = until
        self._progress = progress
        self._total = total
        self._began = until.clock() if isinstance(until, Seconds) else 0.0
        self._told = (-1.0, -1)
        self.rounds = 0
        self.stopped = False

    def spent(self) -> float:
        """The share of the time or rounds that is gone, 1 or more when all of it is; 1 once the caller said stop."""
        if not self.stopped:
            self.stopped = bool(self._until.stop())
        if self.stopped:
            return 1.0
        if isinstance(self._until, Seconds):
            gone = self._until.clock() - self._began
            return gone / self._until.seconds if self._until.seconds > 0 else 1.0
        return self.rounds / self._until.rounds if self._until.rounds > 0 else 1.0

    def left(self) -> float:
        """The seconds left, or the rounds left."""
        whole = self._until.seconds if isinstance(self._until, Seconds) else self._until.rounds
        return max(0.0, (1 - self.spent()) * whole)

    def until(self, share: float, idle: int | None = None) -> Callable[[int], bool]:
        """A stopping rule for the engine: true when `share` of the budget is gone, or `idle` rounds brought nothing
        better.
        """
        best: int | None = None
        since = 0

        def enough(cost: int) -> bool:
            nonlocal best, since
            if best is None or cost < best:
                best, since = cost, 0
            since += 1
            if self.spent() >= share or (idle is not None and since > idle):
                return True
            self.rounds += 1
            return False

        return enough

    def rest(self, share: float) -> Until:
        """What is left until `share` of the budget is gone, for a search that counts by itself; its rounds are gone."""
        left = max(0.0, share - self.spent())
        if isinstance(self._until, Seconds):
            return Seconds(left * self._until.seconds, self._until.clock, self._until.stop)
        rounds = int(left * self._until.rounds)
        self.rounds += rounds
        return Rounds(rounds, self._until.stop)

    def turns(self, share: float, most: int | None = None) -> Callable[[], bool]:
        """The same for a search of our own, asked once per round; `most` rounds at most."""
        done = 0

        def enough() -> bool:
            nonlocal done
            if self.spent() >= share or (most is not None and done >= most):
                return True
            done += 1
            self.rounds += 1
            return False

        return enough

    def out_of_time(self, share: float) -> bool:
        """Whether `share` of the time is gone, or the caller said stop; what ends by itself costs no rounds."""
        gone = self.spent()
        return gone >= share and (self.stopped or isinstance(self._until, Seconds))

    def tell(self, served: int) -> None:
        """Let the caller know, where something changed that can be seen."""
        if self._progress is None:
            return
        share = min(1.0, round(self.spent(), 2))
        if (share, served) != self._told:
            self._told = (share, served)
            self._progress(share, served, self._total)
