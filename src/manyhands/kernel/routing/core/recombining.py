"""Routes seen on the way, put together anew: the choice of routes that costs least, by mixed-integer programming."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_matrix

from manyhands.kernel.routing.core.case import DELIVERY, JOB, Answer, Case, Job, Route, Shipment


def recombined(case: Case, pool: Mapping[Route, int], *, nodes: int, seconds: float | None) -> Answer:
    """The cheapest choice of routes from the pool (each with its cost), or nothing if none was found in time.

    Set partitioning: minimise Σ (cost - prizes collected) of the chosen routes, so that each job and shipment is in at
    most one of them (in exactly one where it is required) and no kind of vehicle is chosen more often than there are.
    """
    routes = list(pool)
    row_of: dict[tuple[str, int], int] = {(JOB, n): n for n in range(len(case.jobs))}
    row_of |= {(DELIVERY, n): len(case.jobs) + n for n in range(len(case.shipments))}
    things: list[Job | Shipment] = [*case.jobs, *case.shipments]
    first_kind = len(things)
    rows, columns, gains = [], [], []
    for column, route in enumerate(routes):
        gain = -pool[route]
        for step in route.steps:
            row = row_of.get(step)
            if row is not None:
                rows.append(row)
                columns.append(column)
                gain += things[row].prize
        rows.append(first_kind + route.vehicles)
        columns.append(column)
        gains.append(gain)
    most = np.ones(first_kind + len(case.vehicles))
    most[first_kind:] = [v.count for v in case.vehicles]
    least = np.zeros_like(most)
    least[:first_kind] = [float(thing.required) for thing in things]
    matrix = csc_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(most), len(routes)))
    options: dict[str, float] = {"node_limit": nodes, "mip_rel_gap": 1e-5}
    if seconds is not None:
        options["time_limit"] = seconds
    found = milp(
        -np.array(gains, dtype=np.float64),
        integrality=np.ones(len(routes)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, least, most),
        options=options,
    )
    if found.x is None:
        return ()
    return tuple(route for route, chosen in zip(routes, found.x, strict=True) if chosen > 0.5)
