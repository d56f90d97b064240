"""A piece of a case: some of its vehicles, jobs and shipments as a case of its own, and the way back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from manyhands.kernel.routing.core.case import DELIVERY, JOB, PICKUP, RELOAD, Answer, Case, Route, Step


@dataclass(frozen=True, slots=True)
class Cut:
    """What belongs to a piece, by the numbers of the whole case: routes to begin with, spare vehicles by kind, more."""

    routes: Answer
    spare: tuple[tuple[int, int], ...] = ()
    jobs: tuple[int, ...] = ()
    shipments: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """How many visits it has."""
        return sum(len(route.steps) for route in self.routes) + len(self.jobs) + 2 * len(self.shipments)


class Piece:
    """The case of a cut. Its places keep their numbers, everything else is numbered anew."""

    def __init__(self, whole: Case, cut: Cut) -> None:
        counts: Counter[int] = Counter(route.vehicles for route in cut.routes)
        for kind, count in cut.spare:
            counts[kind] += count
        self._kinds = sorted(kind for kind, count in counts.items() if count)
        steps = {step for route in cut.routes for step in route.steps}
        self._jobs = sorted({number for kind, number in steps if kind == JOB} | set(cut.jobs))
        self._shipments = sorted({number for kind, number in steps if kind == PICKUP} | set(cut.shipments))
        self._here: dict[Step, Step] = {}
        for here, number in enumerate(self._jobs):
            self._here[JOB, number] = (JOB, here)
        for here, number in enumerate(self._shipments):
            self._here[PICKUP, number] = (PICKUP, here)
            self._here[DELIVERY, number] = (DELIVERY, here)
        self._whole = {here: there for there, here in self._here.items()}
        mine = set(self._jobs)
        vehicles = []
        for kind in self._kinds:
            v = whole.vehicles[kind]
            allowed = None
            if v.allowed is not None:
                allowed = frozenset(self._here[JOB, number][1] for number in v.allowed & mine)
            vehicles.append(replace(v, count=counts[kind], allowed=allowed))
        self.case = Case(
            whole.ways,
            tuple(whole.jobs[number] for number in self._jobs),
            tuple(vehicles),
            tuple(whole.shipments[number] for number in self._shipments),
        )
        row = {kind: here for here, kind in enumerate(self._kinds)}
        self.start: Answer = tuple(
            Route(row[route.vehicles], tuple(step if step[0] == RELOAD else self._here[step] for step in route.steps))
            for route in cut.routes
        )

    def back(self, routes: Iterable[Route]) -> Answer:
        """Routes of the piece as routes of the whole."""
        return tuple(
            Route(
                self._kinds[route.vehicles],
                tuple(step if step[0] == RELOAD else self._whole[step] for step in route.steps),
            )
            for route in routes
        )
