"""Which routes are looked at again together: those that pass by the same neighbourhood, at the same time of day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

import numpy as np
from scipy.spatial import cKDTree

from manyhands.kernel.routing.core.board import Board
from manyhands.kernel.routing.core.case import (
    BEYOND,
    DELIVERY,
    JOB,
    PICKUP,
    RELOAD,
    Case,
    Floats,
    Job,
    Route,
    Shipment,
    Step,
)
from manyhands.kernel.routing.core.piece import Cut

WEIGHTS = (0.0, 0.4)
"""How much time counts beside the way, where there are windows: the whole day is as far as that share of the map."""

LEFT = 0.6
"""The largest share of a piece that is what no route has."""

NEEDED = 1 << 60
"""Dearer than any prize: what may not be left."""


class Groups:
    """Cuts groups of routes, with what is left around them, out of the answer on a board."""

    def __init__(self, case: Case) -> None:
        self.case = case
        points = case.ways.points()
        self._steps: list[Step] = [(JOB, n) for n in range(len(case.jobs))]
        windows = [job.window for job in case.jobs]
        for number, shipment in enumerate(case.shipments):
            self._steps += [(PICKUP, number), (DELIVERY, number)]
            windows += [shipment.pickup_window, shipment.delivery_window]
        xy = points[[case.place_of(step) for step in self._steps]].astype(np.float64)
        extent = float(np.ptp(xy, axis=0).max()) or 1.0 if len(xy) else 1.0
        spans = np.array(windows, dtype=np.float64).reshape(-1, 2)
        known = spans[:, 1] < BEYOND
        self._maps: list[tuple[Floats, cKDTree]] = [(xy, cKDTree(xy))]
        if known.any():
            horizon = float(spans[known, 1].max()) or 1.0
            middle = np.where(known, spans.clip(max=horizon).mean(axis=1), horizon / 2) / horizon * extent
            timed = np.column_stack((xy, WEIGHTS[1] * middle))
            self._maps.append((timed, cKDTree(timed)))
        self._looked = np.zeros(len(self._steps), dtype=np.int64)
        self._number = {step: n for n, step in enumerate(self._steps)}
        self._starts = points[[v.start for v in case.vehicles]].astype(np.float64)

    def around(
        self,
        board: Board,
        rng: np.random.Generator,
        stops: int,
        busy_routes: Collection[Route],
        busy_kinds: Counter[int],
        busy_left: Collection[Step],
    ) -> Cut | None:
        """A group of routes of about so many stops around one picked by lot, none of them busy; None if there is none.

        With it go a few spare vehicles and what is left and could be done by one of these vehicles.
        """
        if not self._steps:
            return None
        xy, tree = self._maps[int(rng.integers(len(self._maps)))]
        # Of a few by lot the one looked at least, so that a search that is short reaches all of a big case.
        some = rng.integers(len(self._steps), size=8)
        seed = int(some[self._looked[some].argmin()])
        self._looked[seed] += 1
        reach = min(len(self._steps), 6 * stops + 50)
        near = np.atleast_1d(tree.query(xy[seed], k=reach)[1])
        of_step = {step: route for route in board.routes for step in route.steps}
        left = [step for step in self._left(board) if step not in busy_left]
        wanted = min(len(left), int(LEFT * stops))
        chosen: dict[Route, None] = {}
        size = 0
        for index in near:
            route = of_step.get(self._steps[int(index)])
            if route is None or route in chosen or route in busy_routes:
                continue
            if len(chosen) >= 2 and size + len(route.steps) > (stops - wanted) * 1.25:
                break
            chosen[route] = None
            size += len(route.steps)
            if size >= stops - wanted:
                break
        spare = self._spare(board, busy_kinds, self._starts, xy[seed, :2])
        kinds = sorted({route.vehicles for route in chosen} | {kind for kind, _ in spare})
        more = self._worth_trying(left, kinds, xy, xy[seed], rng)[: max(0, stops - size)]
        if (not chosen and not (spare and more)) or (len(chosen) < 2 and not more and not spare):
            return None
        jobs = tuple(n for kind, n in more if kind == JOB)
        shipments = tuple(n for kind, n in more if kind == PICKUP)
        self._looked[[self._number[s] for route in chosen for s in route.steps if s[0] != RELOAD]] += 1
        return Cut(tuple(chosen), spare, jobs, shipments)

    def _left(self, board: Board) -> list[Step]:
        jobs: list[Step] = [(JOB, n) for n in sorted(board.left_jobs)]
        return jobs + [(PICKUP, n) for n in sorted(board.left_shipments)]

    def _worth_trying(
        self, left: list[Step], kinds: list[int], xy: Floats, here: Floats, rng: np.random.Generator
    ) -> list[Step]:
        """What is left and one of these kinds may do: near and dear first, with some luck in it."""
        case = self.case
        may = {
            (kind, int(number))
            for kind, rights in ((JOB, case.may_job), (PICKUP, case.may_shipment))
            for number in np.flatnonzero(rights[kinds].any(axis=0))
        }
        left = [step for step in left if step in may]
        if not left:
            return []
        things: list[Job | Shipment] = [case.jobs[n] if kind == JOB else case.shipments[n] for kind, n in left]
        prizes = np.array([NEEDED if thing.required else max(1, thing.prize) for thing in things], dtype=np.float64)
        far = np.sqrt(((xy[[self._number[step] for step in left]] - here) ** 2).sum(axis=1))
        rank = (1 + far) * (1 + rng.random(len(left))) / prizes
        return [left[n] for n in np.argsort(rank, kind="stable")]

    def _spare(self, board: Board, busy: Counter[int], starts: Floats, here: Floats) -> tuple[tuple[int, int], ...]:
        used = Counter(route.vehicles for route in board.routes)
        free = [(k, v.count - used[k] - busy[k]) for k, v in enumerate(self.case.vehicles)]
        free = [(kind, count) for kind, count in free if count > 0]
        away = ((starts - here) ** 2).sum(axis=1)
        free.sort(key=lambda each: (away[each[0]], each[0]))
        return tuple((kind, min(count, 2)) for kind, count in free[:6])
