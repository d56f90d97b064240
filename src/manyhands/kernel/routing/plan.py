"""What comes out: runs with times, what stayed unserved and why, and the sums."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from manyhands.kernel.routing.reasons import Reason


@dataclass(frozen=True, slots=True)
class Visit:
    """One stop of a run, in seconds: when the helper gets there, begins and leaves, and what is still on board
    afterwards.

    `late` is by how many seconds the visit begins too late for its windows; always 0 in a plan that `check` accepts.
    `collects`: this is the pick-up of the ask and not yet the visit.
    """

    stop_id: str
    arrive: int
    start: int
    leave: int
    load: tuple[int, ...]
    late: int = 0
    collects: bool = False


@dataclass(frozen=True, slots=True)
class Reload:
    """Loading once more before the visit with the number `before`: when the helper is there, begins and leaves, and
    what is then on board.
    """

    before: int
    arrive: int
    start: int
    leave: int
    load: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pause:
    """A break before the visit with the number `before` (as many as there are visits: after the last one)."""

    before: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Run:
    """One helper's way through one of their shifts.

    `shift` is the number of the shift (0 for the first). `depart` is when they set out, `finish` when they are through
    (home, or done at the last stop). `hub_arrive` and `hub_leave` are when they get to and away from the hub, None
    without one.
    `load` is what they carry when they set out for the first stop.
    """

    helper_id: str
    shift: int
    depart: int
    finish: int
    visits: tuple[Visit, ...]
    metres: int
    load: tuple[int, ...]
    hub_id: str | None = None
    hub_arrive: int | None = None
    hub_leave: int | None = None
    reloads: tuple[Reload, ...] = ()
    pauses: tuple[Pause, ...] = ()

    @property
    def seconds(self) -> int:
        """From setting out to being through."""
        return self.finish - self.depart

    @property
    def stop_ids(self) -> tuple[str, ...]:
        """The stops in the order of the visits; an ask with a pick-up stands twice."""
        return tuple(v.stop_id for v in self.visits)

    @property
    def served(self) -> tuple[str, ...]:
        """The asks that are met by this run, each once, in the order of the visits."""
        return tuple(v.stop_id for v in self.visits if not v.collects)


@dataclass(frozen=True, slots=True)
class Unserved:
    """An ask that is in no run, and why not."""

    stop_id: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Stats:
    """How the plan came about: rounds of search, how many parts it was cut into, whether it was stopped early."""

    rounds: int = 0
    parts: int = 0
    stopped: bool = False


@dataclass(frozen=True)
class Plan:
    """Runs and what is left. `need_met` of `need_total` are the points of `Problem.need`."""

    runs: tuple[Run, ...] = ()
    unserved: tuple[Unserved, ...] = ()
    need_met: int = 0
    need_total: int = 0
    stats: Stats = Stats()

    @property
    def metres(self) -> int:
        """The metres of all runs together."""
        return sum(run.metres for run in self.runs)

    @property
    def seconds(self) -> int:
        """The seconds of all runs together, from setting out to being through."""
        return sum(run.seconds for run in self.runs)

    @property
    def served(self) -> int:
        """How many asks are in a run."""
        return sum(len(run.served) for run in self.runs)

    @cached_property
    def run_of(self) -> Mapping[str, Run]:
        """The run each served ask is in."""
        return {v.stop_id: run for run in self.runs for v in run.visits}

    @cached_property
    def reason_of(self) -> Mapping[str, Reason]:
        """The reason of each unserved ask."""
        return {u.stop_id: u.reason for u in self.unserved}


Progress = Callable[[float, int, int], None]
"""Called during the search with the share done (0 to 1), how many asks the best plan so far serves, and of how many."""
