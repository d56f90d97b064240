"""A case put to VROOM, where VROOM is there: the fastest way to a usable answer."""

from __future__ import annotations

import importlib
from datetime import timedelta
from typing import Any

import numpy as np

from manyhands.kernel.routing.core.case import BEYOND, DELIVERY, JOB, PICKUP, Answer, Case, Route, Vehicles

FOREVER = 2**31 - 1
"""The latest moment VROOM can be told of."""

DEAREST_WAY, DEAREST_VEHICLE = 2**20, 2**26
"""The most one way and one vehicle may cost in VROOM: it adds up in hundredths."""


def _loaded() -> Any:
    try:
        return importlib.import_module("vroom")
    except ImportError:
        return None


def can_plan(case: Case) -> bool:
    """Whether VROOM is there and knows all that the case has: it has no second trip and no release."""
    if any(v.most_reloads and v.reloads for v in case.vehicles) or any(j.release for j in case.jobs):
        return False
    if any(j.pickup and any(j.pickup) and any(j.delivery) for j in case.jobs):
        return False
    return _loaded() is not None


def plan(case: Case, seconds: float | None, exploration: int, threads: int = 1) -> Answer:
    """VROOM's answer after about so many seconds. It is always the same for the same case when there is time enough.

    Shifts that are longer than a vehicle may be out are narrowed to what it may, spread over the shift among vehicles
    alike. Prizes become priorities: the dearest 100, the others by their share of it. The answer may break promises
    VROOM does not know: assess it.
    """
    if not case.vehicles:
        return ()
    vroom = _loaded()
    problem = vroom.Input()
    horizon = _horizon(case)
    places = sorted(
        {p for v in case.vehicles for p in (v.start, v.end)}
        | {j.place for j in case.jobs}
        | {p for s in case.shipments for p in (s.pickup, s.delivery)}
    )
    here = {place: number for number, place in enumerate(places)}
    coarse = _tell_ways(problem, case, np.array(places, dtype=np.int64))
    priority = _priorities(case)
    allowing = _skills_for_allowed(case)
    skill_base = 1 + max((s for v in case.vehicles for s in v.skills), default=0)
    for number, job in enumerate(case.jobs):
        if job.window[0] > min(job.window[1], horizon):
            continue
        extra = {skill_base + allowing[1][number]} if allowing[1][number] >= 0 else set()
        problem.add_job(
            vroom.Job(
                id=number,
                location=here[job.place],
                default_service=job.service,
                delivery=list(job.delivery) if any(job.delivery) or not any(job.pickup) else [0] * len(job.delivery),
                pickup=list(job.pickup) if any(job.pickup) else [0] * len(job.delivery),
                skills=set(job.skills) | extra,
                priority=100 if job.required else priority[job.prize],
                time_windows=[vroom.TimeWindow(job.window[0], min(job.window[1], horizon))],
            )
        )
    first = len(case.jobs)
    for number, s in enumerate(case.shipments):
        if any(opens > min(shuts, horizon) for opens, shuts in (s.pickup_window, s.delivery_window)):
            continue
        problem.add_shipment(
            vroom.ShipmentStep(
                first + 2 * number,
                here[s.pickup],
                default_service=s.pickup_service,
                time_windows=[vroom.TimeWindow(s.pickup_window[0], min(s.pickup_window[1], horizon))],
            ),
            vroom.ShipmentStep(
                first + 2 * number + 1,
                here[s.delivery],
                default_service=s.delivery_service,
                time_windows=[vroom.TimeWindow(s.delivery_window[0], min(s.delivery_window[1], horizon))],
            ),
            amount=vroom.Amount(list(s.amount)),
            skills=set(s.skills),
            priority=100 if s.required else priority[s.prize],
        )
    kind_of: list[int] = []
    for kind, v in enumerate(case.vehicles):
        rights = {skill_base + group for group in allowing[0][kind]}
        for which in range(min(v.count, case.size)):
            opens, shuts = _shift(v, which, horizon)
            if opens > shuts:
                continue
            problem.add_vehicle(
                vroom.Vehicle(
                    id=len(kind_of),
                    start=here[v.start],
                    end=here[v.end],
                    profile=_profile(v),
                    capacity=list(v.capacity),
                    skills=set(v.skills) | rights,
                    time_window=vroom.TimeWindow(opens, shuts),
                    costs=vroom.VehicleCosts(fixed=v.fixed // coarse),
                    **({} if v.most_distance >= BEYOND else {"max_distance": v.most_distance}),
                )
            )
            kind_of.append(kind)
    if not kind_of:
        return ()
    limit = None if seconds is None else timedelta(milliseconds=int(1000 * max(seconds, 0.05)))
    solution = problem.solve(exploration_level=exploration, nb_threads=threads, timeout=limit)
    return _read(solution, kind_of, first)


def _horizon(case: Case) -> int:
    if any(v.window[1] >= BEYOND and v.most_duration >= BEYOND for v in case.vehicles):
        return FOREVER // 200
    ends = [v.window[1] for v in case.vehicles]
    ends += [j.window[1] for j in case.jobs]
    ends += [w for s in case.shipments for w in (s.pickup_window[1], s.delivery_window[1])]
    known = [end for end in ends if end < BEYOND]
    # VROOM counts in hundredths: what is later than this is no limit for anybody, or the case has no times at all.
    return min(FOREVER // 200, max(known)) if known and max(known) < FOREVER // 200 else FOREVER // 200


def _profile(v: Vehicles) -> str:
    return f"{v.mode}-{v.per_distance}-{v.per_duration}"


def _tell_ways(problem: Any, case: Case, places: Any) -> int:
    """Hand over the matrices. What all costs were divided by, so that their sum stays within VROOM's numbers."""
    told: dict[str, Any] = {}
    for v in case.vehicles:
        profile = _profile(v)
        if profile in told:
            continue
        distance, duration = case.ways.between(v.mode, places, places)
        problem.set_durations_matrix(profile, duration)
        problem.set_distances_matrix(profile, distance)
        told[profile] = v.per_distance * distance + v.per_duration * duration
    coarse = 1 + max(int(costs.max()) for costs in told.values()) // DEAREST_WAY
    coarse = max(coarse, 1 + max(v.fixed for v in case.vehicles) // DEAREST_VEHICLE)
    for profile, costs in told.items():
        problem.set_costs_matrix(profile, costs // coarse)
    return coarse


def _priorities(case: Case) -> dict[int, int]:
    prizes = {job.prize for job in case.jobs} | {shipment.prize for shipment in case.shipments}
    most = max(prizes, default=0) or 1
    return {prize: -(-100 * prize // most) for prize in prizes}


def _skills_for_allowed(case: Case) -> tuple[list[set[int]], list[int]]:
    """Jobs that not all vehicles are allowed get a skill for each set of vehicles that are: rights, and the group."""
    if all(v.allowed is None for v in case.vehicles):
        return [set() for _ in case.vehicles], [-1] * len(case.jobs)
    named = np.array([[v.allowed is None or j in v.allowed for j in range(len(case.jobs))] for v in case.vehicles])
    groups: dict[bytes, int] = {}
    rights: list[set[int]] = [set() for _ in case.vehicles]
    group_of = []
    for number in range(len(case.jobs)):
        column = named[:, number]
        if column.all():
            group_of.append(-1)
            continue
        group = groups.setdefault(column.tobytes(), len(groups))
        group_of.append(group)
        for kind in np.flatnonzero(column):
            rights[kind].add(group)
    return rights, group_of


def _shift(v: Vehicles, which: int, horizon: int) -> tuple[int, int]:
    opens, shuts = v.window[0], min(v.window[1], horizon)
    spare = shuts - opens - v.most_duration
    if spare <= 0:
        return opens, shuts
    alike = max(1, v.count - 1)
    begin = opens + (spare * which) // alike if v.count > 1 else opens + spare // 2
    return begin, begin + v.most_duration


def _read(solution: Any, kind_of: list[int], first: int) -> Answer:
    steps: dict[int, list[tuple[str, int]]] = {}
    table = solution.routes
    if "id" not in table:  # nobody drives
        return ()
    for vehicle, kind, told in zip(table["vehicle_id"], table["type"], table["id"], strict=True):
        if kind in ("start", "end", "break"):
            continue
        number = int(told)
        step = (JOB, number)
        if number >= first:
            step = ((PICKUP, DELIVERY)[(number - first) % 2], (number - first) // 2)
        steps.setdefault(int(vehicle), []).append(step)
    return tuple(Route(kind_of[vehicle], tuple(each)) for vehicle, each in steps.items())
