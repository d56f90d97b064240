"""What an answer costs and which promises it breaks, from the case alone: no engine's word is taken for anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from manyhands.kernel.routing.core.case import BEYOND, DELIVERY, JOB, PICKUP, RELOAD, Answer, Case, Route, Vehicles


@dataclass(frozen=True, slots=True)
class Verdict:
    """`cost` as `Case` defines it, `left` = jobs and shipments in no route, `broken` = each broken promise in words."""

    cost: int
    distance: int
    vehicles: int
    left: int
    broken: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether every promise is kept."""
        return not self.broken


def assess(case: Case, answer: Answer) -> Verdict:
    """Recompute cost and promises of an answer."""
    broken: list[str] = []
    cost = distance = driven = 0
    for number, route in enumerate(answer):
        if route.steps:
            driven += 1
            route_cost, route_distance, trouble = assess_route(case, route)
            cost += route_cost
            distance += route_distance
            broken.extend(f"route {number}: {each}" for each in trouble)
    used = Counter(route.vehicles for route in answer if route.steps)
    broken.extend(
        f"{times} vehicles of kind {kind}, there are {case.vehicles[kind].count}"
        for kind, times in sorted(used.items())
        if times > case.vehicles[kind].count
    )
    done = Counter(step for route in answer for step in route.steps if step[0] != RELOAD)
    broken.extend(f"{kind} {number} is done {times} times" for (kind, number), times in done.items() if times > 1)
    left = 0
    for number, job in enumerate(case.jobs):
        if (JOB, number) not in done:
            left += 1
            cost += job.prize
            if job.required:
                broken.append(f"job {number} is left, which is required")
    for number, shipment in enumerate(case.shipments):
        if (DELIVERY, number) not in done:
            left += 1
            cost += shipment.prize
            if shipment.required:
                broken.append(f"shipment {number} is left, which is required")
    return Verdict(cost, distance, driven, left, tuple(broken))


def assess_route(case: Case, route: Route) -> tuple[int, int, list[str]]:
    """Cost (without prizes), distance and broken promises of one route that is driven."""
    vehicles = case.vehicles[route.vehicles]
    places = np.array([vehicles.start, *(case.place_of(s) for s in route.steps), vehicles.end], dtype=np.int64)
    distances, durations = case.ways.along(vehicles.mode, places)
    distance = int(distances.sum())
    duration, late = _timed(case, vehicles, route, durations.tolist())
    broken = list(late)
    if duration > vehicles.most_duration:
        broken.append(f"takes {duration}, at most {vehicles.most_duration}")
    if distance > vehicles.most_distance:
        broken.append(f"is {distance} long, at most {vehicles.most_distance}")
    broken.extend(_wrongly_taken(case, route))
    broken.extend(_overloaded(case, vehicles, route))
    cost = vehicles.fixed + vehicles.per_distance * distance + vehicles.per_duration * duration
    return cost, distance, broken


def _timed(case: Case, vehicles: Vehicles, route: Route, legs: list[int]) -> tuple[int, list[str]]:
    """The duration, and who is reached too late: everything as early as can be, then the start as late as can be."""
    releases = [_released(case, trip) for trip in _trips(route)]
    spans: list[tuple[int, int, int]] = []  # opens, shuts, service
    trip = 0
    for kind, number in route.steps:
        if kind == JOB:
            job = case.jobs[number]
            spans.append((*job.window, job.service))
        elif kind == RELOAD:
            trip += 1
            spans.append((releases[trip], BEYOND, 0))
        else:
            shipment = case.shipments[number]
            if kind == PICKUP:
                spans.append((*shipment.pickup_window, shipment.pickup_service))
            else:
                spans.append((*shipment.delivery_window, shipment.delivery_service))
    spans.append((0, vehicles.window[1], 0))
    earliest = max(vehicles.window[0], releases[0])
    now, late = earliest, []
    for (opens, shuts, service), leg, step in zip(spans, legs, [*route.steps, ("end", 0)], strict=True):
        begin = max(now + leg, opens)
        if begin > shuts:
            late.append(f"{step[0]} {step[1]} begins at {begin}, at the latest {shuts}")
        now = begin + service
    latest = now
    for (_, shuts, service), leg in zip(reversed(spans), reversed(legs), strict=True):
        latest = min(shuts, latest - service) - leg
    return now - max(earliest, min(latest, now)), late


def _trips(route: Route) -> Iterator[list[tuple[str, int]]]:
    trip: list[tuple[str, int]] = []
    for step in route.steps:
        if step[0] == RELOAD:
            yield trip
            trip = []
        else:
            trip.append(step)
    yield trip


def _released(case: Case, trip: list[tuple[str, int]]) -> int:
    return max((case.jobs[number].release for kind, number in trip if kind == JOB), default=0)


def _wrongly_taken(case: Case, route: Route) -> Iterator[str]:
    vehicles = case.vehicles[route.vehicles]
    aboard: set[int] = set()
    reloads = 0
    for kind, number in route.steps:
        if kind == JOB:
            if not case.jobs[number].skills <= vehicles.skills:
                yield f"job {number} wants skills it does not have"
            if vehicles.allowed is not None and number not in vehicles.allowed:
                yield f"job {number} is not among those allowed"
        elif kind == PICKUP:
            aboard.add(number)
            if not case.shipments[number].skills <= vehicles.skills:
                yield f"shipment {number} wants skills it does not have"
        elif kind == DELIVERY:
            if number not in aboard:
                yield f"shipment {number} is delivered before it is picked up"
            aboard.discard(number)
        else:
            reloads += 1
            if number not in vehicles.reloads:
                yield f"may not load at place {number}"
    if aboard:
        yield f"shipments {sorted(aboard)} stay on board"
    if reloads > vehicles.most_reloads:
        yield f"loads {reloads} times, at most {vehicles.most_reloads}"


def _overloaded(case: Case, vehicles: Vehicles, route: Route) -> Iterator[str]:
    carried = [0] * len(vehicles.capacity)  # shipments stay on board when a vehicle loads anew
    for trip in _trips(route):
        load = list(carried)
        for kind, number in trip:
            if kind == JOB:
                load = [a + b for a, b in zip(load, case.jobs[number].delivery, strict=True)]
        most = list(load)
        for kind, number in trip:
            if kind == JOB:
                job = case.jobs[number]
                load = [a - d + p for a, d, p in zip(load, job.delivery, job.pickup, strict=True)]
            else:
                sign = 1 if kind == PICKUP else -1
                amount = case.shipments[number].amount
                load = [a + sign * b for a, b in zip(load, amount, strict=True)]
                carried = [a + sign * b for a, b in zip(carried, amount, strict=True)]
            most = [max(pair) for pair in zip(most, load, strict=True)]
        if any(a > b for a, b in zip(most, vehicles.capacity, strict=True)):
            yield f"carries {most}, at most {list(vehicles.capacity)}"
