"""A case put to OR-Tools routing: only for comparing, the planner itself does not use it."""

from __future__ import annotations

from typing import Any

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from manyhands.kernel.routing.core import BEYOND, DELIVERY, JOB, PICKUP, Answer, Case, Route

FOREVER = 1 << 40


def can_plan(case: Case) -> bool:
    """It is not told of second trips and releases, nor of more than 3,000 places (a dense matrix in Python)."""
    return case.size <= 3000 and not any(v.reloads for v in case.vehicles) and not any(j.release for j in case.jobs)


def plan(case: Case, seconds: float) -> Answer:
    """OR-Tools' answer: guided local search from the cheapest insertion or path."""
    kinds = [kind for kind, v in enumerate(case.vehicles) for _ in range(min(v.count, case.size))]
    steps: list[tuple[str, int]] = [(JOB, j) for j in range(len(case.jobs))]
    for s in range(len(case.shipments)):
        steps += [(PICKUP, s), (DELIVERY, s)]
    begins = list(range(len(steps), len(steps) + len(kinds)))
    ends = list(range(begins[-1] + 1, begins[-1] + 1 + len(kinds)))
    places = [case.place_of(step) for step in steps]
    places += [case.vehicles[k].start for k in kinds] + [case.vehicles[k].end for k in kinds]
    index, which = np.unique(np.array(places, dtype=np.int64), return_inverse=True)
    manager = pywrapcp.RoutingIndexManager(len(places), len(kinds), begins, ends)
    model = pywrapcp.RoutingModel(manager)
    ways = {mode: case.ways.between(mode, index, index) for mode in {v.mode for v in case.vehicles}}
    node_of = [manager.IndexToNode(i) for i in range(manager.GetNumberOfIndices())]
    service = [_service(case, step) for step in steps] + [0] * (2 * len(kinds))
    costs: dict[Any, int] = {}
    transits: dict[Any, int] = {}
    meters: dict[Any, int] = {}
    for vehicle, kind in enumerate(kinds):
        v = case.vehicles[kind]
        key = (v.mode, v.per_distance)
        if key not in costs:
            distance, duration = ways[v.mode]
            costs[key] = _callback(model, node_of, which, v.per_distance * distance, [0] * len(service))
            transits[v.mode] = _callback(model, node_of, which, duration, service)
            meters[v.mode] = _callback(model, node_of, which, distance, [0] * len(service))
        model.SetArcCostEvaluatorOfVehicle(costs[key], vehicle)
        model.SetFixedCostOfVehicle(v.fixed, vehicle)
    horizon = min(FOREVER, max(v.window[1] for v in case.vehicles))
    modes = [case.vehicles[k].mode for k in kinds]
    model.AddDimensionWithVehicleTransits([transits[m] for m in modes], horizon, horizon, False, "time")
    time = model.GetDimensionOrDie("time")
    for vehicle, kind in enumerate(kinds):
        v = case.vehicles[kind]
        for at in (model.Start(vehicle), model.End(vehicle)):
            time.CumulVar(at).SetRange(v.window[0], min(v.window[1], horizon))
        if v.most_duration < BEYOND:
            time.SetSpanUpperBoundForVehicle(v.most_duration, vehicle)
        time.SetSpanCostCoefficientForVehicle(v.per_duration, vehicle)
    if any(v.most_distance < BEYOND for v in case.vehicles):
        model.AddDimensionWithVehicleTransits([meters[m] for m in modes], 0, FOREVER, True, "way")
        way = model.GetDimensionOrDie("way")
        for vehicle, kind in enumerate(kinds):
            way.CumulVar(model.End(vehicle)).SetMax(min(case.vehicles[kind].most_distance, FOREVER))
    for unit in range(len(case.vehicles[0].capacity)):
        demand = [_load(case, step, unit) for step in steps] + [0] * (2 * len(kinds))
        turned = model.RegisterUnaryTransitCallback(lambda i, d=demand: d[node_of[i]])
        room = [min(case.vehicles[k].capacity[unit], FOREVER) for k in kinds]
        model.AddDimensionWithVehicleCapacity(turned, 0, room, True, f"load {unit}")
    may = (case.may_job[kinds], case.may_shipment[kinds])
    for number, (kind, which_one) in enumerate(steps):
        at = manager.NodeToIndex(number)
        opens, shuts = _window(case, (kind, which_one))
        time.CumulVar(at).SetRange(opens, min(shuts, horizon))
        able = np.flatnonzero(may[0 if kind == JOB else 1][:, which_one])
        if len(able) < len(kinds):
            model.VehicleVar(at).SetValues([-1, *(int(a) for a in able)])
        if kind == JOB and not case.jobs[which_one].required:
            model.AddDisjunction([at], case.jobs[which_one].prize)
        if kind == PICKUP:
            there = manager.NodeToIndex(number + 1)
            model.AddPickupAndDelivery(at, there)
            model.solver().Add(model.VehicleVar(at) == model.VehicleVar(there))
            model.solver().Add(time.CumulVar(at) <= time.CumulVar(there))
            if not case.shipments[which_one].required:
                model.AddDisjunction([at], case.shipments[which_one].prize)
                model.AddDisjunction([there], 0)
                model.solver().Add(model.ActiveVar(at) == model.ActiveVar(there))
    search = pywrapcp.DefaultRoutingSearchParameters()
    search.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    search.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    search.time_limit.FromMilliseconds(int(1000 * seconds))
    found = model.SolveWithParameters(search)
    if found is None:
        return ()
    routes = []
    for vehicle, kind in enumerate(kinds):
        order, at = [], found.Value(model.NextVar(model.Start(vehicle)))
        while not model.IsEnd(at):
            order.append(steps[node_of[at]])
            at = found.Value(model.NextVar(at))
        if order:
            routes.append(Route(kind, tuple(order)))
    return tuple(routes)


def _callback(model: Any, node_of: list[int], which: Any, matrix: Any, service: list[int]) -> int:
    rows, where = matrix.tolist(), which.tolist()
    return int(
        model.RegisterTransitCallback(
            lambda i, j: rows[where[node_of[i]]][where[node_of[j]]] + service[node_of[i]],
        )
    )


def _service(case: Case, step: tuple[str, int]) -> int:
    kind, number = step
    if kind == JOB:
        return case.jobs[number].service
    shipment = case.shipments[number]
    return shipment.pickup_service if kind == PICKUP else shipment.delivery_service


def _window(case: Case, step: tuple[str, int]) -> tuple[int, int]:
    kind, number = step
    if kind == JOB:
        return case.jobs[number].window
    shipment = case.shipments[number]
    return shipment.pickup_window if kind == PICKUP else shipment.delivery_window


def _load(case: Case, step: tuple[str, int], unit: int) -> int:
    # What jobs are brought counts along the whole way of the vehicle, so the sum is bounded as well as what is aboard.
    kind, number = step
    if kind == JOB:
        return case.jobs[number].delivery[unit]
    amount = case.shipments[number].amount[unit]
    return amount if kind == PICKUP else -amount
