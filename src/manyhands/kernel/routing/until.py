"""When a search ends. The kernel has no clock of its own: whoever wants a time limit brings one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Seconds:
    """Search for about so many seconds of the given clock (`time.monotonic`), or until `stop()` says so; the best so
    far is kept.
    """

    seconds: float
    clock: Callable[[], float]
    stop: Callable[[], bool] = _never

    def __post_init__(self) -> None:
        if not self.seconds >= 0:
            raise ValueError("A search cannot last less than no time.")


@dataclass(frozen=True, slots=True)
class Rounds:
    """Search for so many rounds, or until `stop()` says so. The same problem, rounds and seed give the same plan."""

    rounds: int
    stop: Callable[[], bool] = _never

    def __post_init__(self) -> None:
        if self.rounds < 0:
            raise ValueError("A search cannot last less than no rounds.")


Until = Seconds | Rounds
