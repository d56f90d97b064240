"""What is to be planned, as numbers: places, jobs, shipments, vehicles; and an answer to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]

BEYOND = 1 << 44
"""Later, longer and more than anything that occurs: no limit."""

JOB, PICKUP, DELIVERY, RELOAD = "job", "pickup", "delivery", "reload"

Step = tuple[str, int]
"""What is done, and to which: (JOB, its number), (PICKUP or DELIVERY, number of the shipment), (RELOAD, a place)."""


class Ways(Protocol):
    """How far and how long it is from place to place, per mode of travel. Never more of it at once than was asked."""

    def between(self, mode: int, rows: Integers, columns: Integers) -> tuple[Integers, Integers]:
        """Distance and duration from each of `rows` to each of `columns`: two arrays of that shape."""
        ...

    def along(self, mode: int, places: Integers) -> tuple[Integers, Integers]:
        """Distance and duration of each leg of a way: one fewer than there are places."""
        ...

    def points(self) -> Floats:
        """A point on a plane for each place, a row each: only for telling neighbours from strangers."""
        ...


@dataclass(frozen=True, eq=False)
class Lines:
    """Straight lines: distance = `scale` × the line, rounded to the nearest or cut off.

    Duration = distance, or with a `speed` distance / speed, rounded, plus `stopping` where the distance is not 0.
    """

    xy: Floats
    scale: float = 1.0
    cut_off: bool = False
    speed: float | None = None
    stopping: int = 0

    def between(self, mode: int, rows: Integers, columns: Integers) -> tuple[Integers, Integers]:
        here, there = self.xy[rows], self.xy[columns]
        squares = (here[:, None, 0] - there[None, :, 0]) ** 2
        squares += (here[:, None, 1] - there[None, :, 1]) ** 2
        return self._measured(squares)

    def along(self, mode: int, places: Integers) -> tuple[Integers, Integers]:
        legs = self.xy[places[1:]] - self.xy[places[:-1]]
        return self._measured(legs[:, 0] ** 2 + legs[:, 1] ** 2)

    def points(self) -> Floats:
        return self.xy

    def _measured(self, squares: Floats) -> tuple[Integers, Integers]:
        exact = self.scale * np.sqrt(squares)
        distance = (exact if self.cut_off else np.rint(exact)).astype(np.int64)
        if self.speed is None:
            return distance, distance
        duration = np.rint(distance / self.speed).astype(np.int64) + (distance > 0) * self.stopping
        return distance, duration


@dataclass(frozen=True, eq=False)
class Matrices:
    """Measured ways: one square matrix of distances and one of durations per mode; `xy` tells who are neighbours."""

    distances: tuple[Integers, ...]
    durations: tuple[Integers, ...]
    xy: Floats

    def between(self, mode: int, rows: Integers, columns: Integers) -> tuple[Integers, Integers]:
        chosen = np.ix_(rows, columns)
        return self.distances[mode][chosen], self.durations[mode][chosen]

    def along(self, mode: int, places: Integers) -> tuple[Integers, Integers]:
        here, there = places[:-1], places[1:]
        return self.distances[mode][here, there], self.durations[mode][here, there]

    def points(self) -> Floats:
        return self.xy


@dataclass(frozen=True, slots=True)
class Job:
    """One visit. `delivery` is carried from the start (or the reload) to it, `pickup` from it to the end (or reload).

    `window`: service begins in it. `release`: the trip with this job does not set out before. `prize`: what it costs
    to leave it; `required`: it may not be left. `skills`: the vehicle has all of them.
    """

    place: int
    delivery: tuple[int, ...]
    pickup: tuple[int, ...]
    service: int = 0
    window: tuple[int, int] = (0, BEYOND)
    release: int = 0
    prize: int = 0
    required: bool = True
    skills: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Shipment:
    """Something fetched at one place and brought to another by the same vehicle, in that order."""

    pickup: int
    delivery: int
    amount: tuple[int, ...]
    pickup_window: tuple[int, int] = (0, BEYOND)
    delivery_window: tuple[int, int] = (0, BEYOND)
    pickup_service: int = 0
    delivery_service: int = 0
    prize: int = 0
    required: bool = True
    skills: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Vehicles:
    """`count` vehicles alike. `allowed`: the only jobs they may do (None: all their skills allow).

    `reloads`: places where they may load anew between two trips, at most `most_reloads` times.
    """

    count: int
    capacity: tuple[int, ...]
    start: int
    end: int
    window: tuple[int, int] = (0, BEYOND)
    most_duration: int = BEYOND
    most_distance: int = BEYOND
    fixed: int = 0
    per_distance: int = 1
    per_duration: int = 0
    mode: int = 0
    skills: frozenset[int] = frozenset()
    allowed: frozenset[int] | None = None
    reloads: tuple[int, ...] = ()
    most_reloads: int = 0


@dataclass(frozen=True, eq=False)
class Case:
    """Cost of an answer = Σ over routes (fixed + per distance × distance + per duration × duration) + Σ prizes left.

    A route's duration runs from setting out, as late as that makes it end no later, to the end. Whole numbers
    throughout; loads have as many dimensions as every capacity.
    """

    ways: Ways
    jobs: tuple[Job, ...]
    vehicles: tuple[Vehicles, ...]
    shipments: tuple[Shipment, ...] = ()

    @property
    def size(self) -> int:
        """How many visits there are to make."""
        return len(self.jobs) + 2 * len(self.shipments)

    @cached_property
    def may_job(self) -> Truths:
        """Whether vehicles of a kind (row) may do a job (column)."""
        return self._may([job.skills for job in self.jobs], restricted=True)

    @cached_property
    def may_shipment(self) -> Truths:
        """Whether vehicles of a kind (row) may take a shipment (column)."""
        return self._may([shipment.skills for shipment in self.shipments], restricted=False)

    def _may(self, wanted: list[frozenset[int]], *, restricted: bool) -> Truths:
        kinds = {each: number for number, each in enumerate(dict.fromkeys(wanted))}
        which = np.array([kinds[each] for each in wanted], dtype=np.int64)
        may = np.ones((len(self.vehicles), len(wanted)), dtype=np.bool_)
        for row, vehicles in enumerate(self.vehicles):
            may[row] = np.array([each <= vehicles.skills for each in kinds], dtype=np.bool_)[which] if wanted else True
            if restricted and vehicles.allowed is not None:
                named = np.zeros(len(wanted), dtype=np.bool_)
                named[sorted(vehicles.allowed)] = True
                may[row] &= named
        return may

    def place_of(self, step: Step) -> int:
        """Where a step is done."""
        kind, number = step
        if kind == JOB:
            return self.jobs[number].place
        if kind == PICKUP:
            return self.shipments[number].pickup
        return self.shipments[number].delivery if kind == DELIVERY else number


@dataclass(frozen=True, slots=True)
class Route:
    """The steps of one vehicle of the kind `vehicles`, in order, without its start and end."""

    vehicles: int
    steps: tuple[Step, ...]


Answer = tuple[Route, ...]
"""The routes that are driven; what is in none of them is left."""
