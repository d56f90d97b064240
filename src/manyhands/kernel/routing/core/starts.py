"""Where a search begins on big cases: savings where only loads bind, else neighbourhoods, each with vehicles."""

from __future__ import annotations

from collections import Counter

import numpy as np
from scipy.spatial import cKDTree

from manyhands.kernel.routing.core.case import BEYOND, JOB, Answer, Case, Floats, Integers, Route
from manyhands.kernel.routing.core.piece import Cut

NEIGHBOURS = 40
"""How many neighbours of each stop are looked at for savings."""


def only_loads_bind(case: Case) -> bool:
    """Whether the case is nothing but required jobs and vehicles alike, one load, without windows or limits."""
    if len(case.vehicles) != 1 or case.shipments:
        return False
    v = case.vehicles[0]
    free = v.window[0] <= 0 and v.window[1] >= BEYOND and v.most_duration >= BEYOND and v.most_distance >= BEYOND
    return (
        free
        and v.start == v.end
        and v.allowed is None
        and not v.reloads
        and len(v.capacity) == 1
        and all(j.required and j.window[1] >= BEYOND and not any(j.pickup) and j.skills <= v.skills for j in case.jobs)
    )


def savings(case: Case) -> Answer:
    """Clarke and Wright 1964: routes of one stop, joined end to end where that saves most, as long as the load fits.

    Saving of joining i and j = d(0, i) + d(0, j) - d(i, j), over the nearest neighbours of each stop only, so that
    memory and time grow with the stops and not with their square.
    """
    depot = case.vehicles[0].start
    room = case.vehicles[0].capacity[0]
    places = np.array([job.place for job in case.jobs], dtype=np.int64)
    load = [job.delivery[0] for job in case.jobs]
    points = case.ways.points()[places]
    _, near = cKDTree(points).query(points, k=min(NEIGHBOURS + 1, len(places)))
    here = np.repeat(np.arange(len(places)), near.shape[1])
    there = near.ravel()
    pairs = here < there
    here, there = here[pairs], there[pairs]
    out = case.ways.between(0, np.array([depot]), places)[0][0]
    hop = _hops(case, places[here], places[there])
    saved = out[here] + out[there] - hop
    order = np.argsort(-saved, kind="stable")
    order = order[saved[order] > 0]
    route_of = list(range(len(places)))
    routes: dict[int, list[int]] = {n: [n] for n in route_of}
    loads = dict(enumerate(load))
    for i, j in zip(here[order].tolist(), there[order].tolist(), strict=True):
        a, b = route_of[i], route_of[j]
        if a == b or loads[a] + loads[b] > room:
            continue
        first, second = routes[a], routes[b]
        if first[-1] != i and first[0] != i:
            continue
        if second[0] != j and second[-1] != j:
            continue
        if first[-1] != i:
            first.reverse()
        if second[0] != j:
            second.reverse()
        first.extend(second)
        loads[a] += loads.pop(b)
        for n in routes.pop(b):
            route_of[n] = a
    return tuple(Route(0, tuple((JOB, n) for n in order)) for order in routes.values())


def _hops(case: Case, here: Integers, there: Integers) -> Integers:
    """Distances pair by pair, asked for as one way back and forth."""
    both = np.empty(2 * len(here), dtype=np.int64)
    both[0::2], both[1::2] = here, there
    return case.ways.along(0, both)[0][0::2]


def neighbourhoods(case: Case, size: int) -> list[Cut]:
    """The case cut into neighbourhoods of about `size` visits, each with the vehicles that are near and its share.

    Halved along the longer side until small enough. Vehicles go, nearest first, where what is to be done is still more
    than what they could take; each job goes with its place, each shipment with where it is picked up.
    """
    points = case.ways.points()
    spots = [points[j.place] for j in case.jobs] + [points[s.pickup] for s in case.shipments]
    xy = np.array(spots, dtype=np.float64).reshape(-1, 2)
    if not len(xy):
        return []
    weight = np.array([1] * len(case.jobs) + [2] * len(case.shipments))
    fleet = sum(v.count for v in case.vehicles)
    pieces = max(1, min(fleet, round(float(weight.sum()) / size)))
    parts = _halved(xy, np.arange(len(xy)), pieces)
    middles = np.array([xy[part].mean(axis=0) for part in parts])
    shares: list[Counter[int]] = [Counter() for _ in parts]
    quota = _quota(fleet, [int(weight[part].sum()) for part in parts])
    bases = np.array([(points[v.start] + points[v.end]) / 2 for v in case.vehicles], dtype=np.float64)
    away = ((bases[:, None, :] - middles[None, :, :]) ** 2).sum(-1)
    # Those for whom it matters most where they go choose first.
    spread = np.sort(away, axis=1)
    regret = spread[:, min(1, len(parts) - 1)] - spread[:, 0]
    for kind in np.argsort(-regret, kind="stable"):
        count = case.vehicles[kind].count
        for part in np.argsort(away[kind], kind="stable"):
            take = min(count, quota[part])
            if take:
                shares[part][int(kind)] += take
                quota[part] -= take
                count -= take
    cuts = []
    for part, share in zip(parts, shares, strict=True):
        jobs = tuple(int(n) for n in part if n < len(case.jobs))
        shipments = tuple(int(n) - len(case.jobs) for n in part if n >= len(case.jobs))
        cuts.append(Cut((), tuple(sorted(share.items())), jobs, shipments))
    return cuts


def _quota(total: int, sizes: list[int]) -> list[int]:
    exact = [total * size / max(1, sum(sizes)) for size in sizes]
    quota = [int(x) for x in exact]
    for k in sorted(range(len(sizes)), key=lambda k: (quota[k] - exact[k], k))[: total - sum(quota)]:
        quota[k] += 1
    return quota


def _halved(xy: Floats, members: Integers, pieces: int) -> list[Integers]:
    if pieces <= 1 or len(members) <= 1:
        return [members]
    side = int(np.ptp(xy[members], axis=0).argmax())
    ordered = members[np.argsort(xy[members, side], kind="stable")]
    first = pieces // 2
    at = len(members) * first // pieces
    return [*_halved(xy, ordered[:at], first), *_halved(xy, ordered[at:], pieces - first)]
