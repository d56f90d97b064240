"""How PyVRP searches a kind of case best, as measured; its own defaults where nothing was better."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from manyhands.kernel.routing.core.case import Case, Job, Shipment
from manyhands.kernel.routing.core.pyvrp_engine import USUAL, Effort

FEWER = ("Swap21", "Swap22", "Relocate2")
"""Moves that bring little where short routes with windows and too little help are planned."""

TOO_MUCH = 3.0
"""What one unit of load too many costs, in shares of a way to an average stop and back for each unit that fits."""


FEW = 300
"""Up to so many visits large steps cost little."""


def too_little_help(case: Case) -> bool:
    """Whether things may be left and the vehicles differ: an evening of helpers."""
    things: list[Job | Shipment] = [*case.jobs, *case.shipments]
    return len(case.vehicles) > 1 and not all(thing.required for thing in things)


def effort_for(case: Case) -> Effort:
    """Neighbours, shaking, moves and first penalties for a case."""
    if too_little_help(case):
        usual = Effort(neighbours=100, shaking=(1, 5), without=FEWER)
        dearest = float(max([*(job.prize for job in case.jobs), *(each.prize for each in case.shipments)]))
        if dearest <= usual.most_penalty:
            return usual
        # One box too many, or a minute too late, must cost more than any prize, or the search ends among plans that
        # don't hold.
        return replace(usual, penalties=(dearest, dearest / 60), most_penalty=2 * dearest)
    if case.shipments and not case.jobs:
        return Effort(neighbours=20, shaking=(1, 10), without=FEWER)
    if case.jobs and case.vehicles and not case.shipments and all(job.required for job in case.jobs):
        # PyVRP begins with penalties so high that a short search never sees a plan that breaks a promise a little.
        penalties = _penalties(case)
        if case.size <= FEW and len({vehicles.capacity for vehicles in case.vehicles}) > 1:
            # With hardly any room to spare, in vehicles of several sizes, small steps may find no way in.
            return Effort(penalties=penalties)
        return Effort(neighbours=30, shaking=(1, 10), penalties=penalties)
    return USUAL


def _penalties(case: Case) -> tuple[float, float]:
    """For one unit of load too many, and for one unit of time or way too much."""
    v = case.vehicles[0]
    some = np.array([job.place for job in case.jobs[:: max(1, len(case.jobs) // 200)]], dtype=np.int64)
    distance, duration = case.ways.between(v.mode, np.array([v.start]), some)
    per_distance = float(np.mean([each.per_distance for each in case.vehicles]))
    there_and_back = 2 * float(distance.mean()) * per_distance
    fits = [each.capacity[0] for each in case.vehicles if each.capacity and each.capacity[0] > 0]
    needed = sum(job.delivery[0] if job.delivery else 0 for job in case.jobs)
    room = float(np.mean([min(fit, max(1, needed)) for fit in fits])) if fits else 1.0
    pace = float(distance.sum()) / max(1.0, float(duration.sum()))
    time = per_distance * pace + float(np.mean([each.per_duration for each in case.vehicles]))
    return max(0.1, TOO_MUCH * there_and_back / room), max(0.1, time)
