"""A case put to PyVRP."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyvrp
import pyvrp.search
import pyvrp.stop
from pyvrp.exceptions import PenaltyBoundWarning

from manyhands.kernel.routing.core.case import BEYOND, DELIVERY, JOB, PICKUP, RELOAD, Answer, Case, Integers, Route

UNLIMITED = int(np.iinfo(np.int64).max)
FORBIDDEN = 1 << 33
"""A way nobody may go. Longer than any, short enough that sums of many and their cost stay within 64 bits."""

MATRIX_BYTES = 600_000_000
"""Above this, who may not go where is said by loads of skills, not by a matrix for every set of skills."""


@dataclass(frozen=True)
class Effort:
    """How PyVRP searches: its own defaults, but for what measuring showed to be better on a kind of case."""

    neighbours: int = 50
    shaking: tuple[int, int] = (1, 25)
    restart_after: int = 150_000
    history: int = 300
    penalties: tuple[float, float] | None = None
    most_penalty: float = 100_000.0
    without: tuple[str, ...] = ()


USUAL = Effort()

SEEN_EVERY, SEEN_MOST = 20, 3000
"""Every so many rounds the routes of the plan at hand are kept, so many at most."""


def _limit(value: int) -> int:
    return UNLIMITED if value >= BEYOND else value


class Pyvrp:
    """PyVRP's picture of a case. `search` may be asked again and again, each time from another start."""

    def __init__(self, case: Case, effort: Effort = USUAL) -> None:
        self.case = case
        self.effort = effort
        stations = sorted({p for v in case.vehicles for p in (v.start, v.end, *v.reloads)})
        self._station = {place: number for number, place in enumerate(stations)}
        self._stations = stations
        places = [*stations, *(j.place for j in case.jobs), *(s.pickup for s in case.shipments)]
        places += [s.delivery for s in case.shipments]
        self._places = np.array(places, dtype=np.int64)
        self._first_job = len(stations)
        self._first_pickup = self._first_job + len(case.jobs)
        self._first_delivery = self._first_pickup + len(case.shipments)
        ends = [v.window[1] for v in case.vehicles]
        self._forbidden = min(FORBIDDEN, 10 * max(ends) + 1_000_000)  # the less, the further penalties for it can go
        self._skills = self._skills_as_loads()
        self.data = self._put()
        self._neighbours: object = None

    # -- the case in PyVRP's words

    def _skills_as_loads(self) -> tuple[int, ...]:
        rows = {(v.mode, self._rights(kind)) for kind, v in enumerate(self.case.vehicles)}
        if len(rows) * len(self._places) ** 2 * 16 <= MATRIX_BYTES:
            return ()
        wanted = {s for j in self.case.jobs for s in j.skills} | {s for s_ in self.case.shipments for s in s_.skills}
        return tuple(sorted(s for s in wanted if not all(s in v.skills for v in self.case.vehicles)))

    def _rights(self, kind: int) -> bytes:
        both = np.concatenate((self.case.may_job[kind], self.case.may_shipment[kind]))
        return bytes(both.tobytes())

    def _loads(self, amounts: tuple[int, ...], skills: frozenset[int]) -> list[int]:
        return [*amounts, *(int(skill in skills) for skill in self._skills)]

    def _put(self) -> pyvrp.ProblemData:
        case = self.case
        nothing: frozenset[int] = frozenset()
        clients = [
            pyvrp.Client(
                location=self._first_job + number,
                delivery=self._loads(job.delivery, job.skills),
                pickup=self._loads(job.pickup, nothing),
                service_duration=job.service,
                tw_early=job.window[0],
                tw_late=_limit(job.window[1]),
                release_time=job.release,
                prize=job.prize,
                required=job.required,
            )
            for number, job in enumerate(case.jobs)
        ]
        shipments = [
            pyvrp.Shipment(
                pickup_location=self._first_pickup + number,
                delivery_location=self._first_delivery + number,
                pickup_tw_early=s.pickup_window[0],
                pickup_tw_late=_limit(s.pickup_window[1]),
                pickup_service_duration=s.pickup_service,
                delivery_tw_early=s.delivery_window[0],
                delivery_tw_late=_limit(s.delivery_window[1]),
                delivery_service_duration=s.delivery_service,
                amount=self._loads(s.amount, s.skills),
                prize=s.prize,
                required=s.required,
            )
            for number, s in enumerate(case.shipments)
        ]
        profiles: dict[tuple[int, bytes], int] = {}
        roomy = case.size + 1
        types = []
        for kind, v in enumerate(case.vehicles):
            rights = b"" if self._skills and v.allowed is None else self._rights(kind)
            profile = profiles.setdefault((v.mode, rights), len(profiles))
            types.append(
                pyvrp.VehicleType(
                    num_available=v.count,
                    capacity=[*v.capacity, *(roomy if skill in v.skills else 0 for skill in self._skills)],
                    start_depot=self._station[v.start],
                    end_depot=self._station[v.end],
                    fixed_cost=v.fixed,
                    tw_early=v.window[0],
                    tw_late=_limit(v.window[1]),
                    shift_duration=_limit(v.most_duration),
                    max_distance=_limit(v.most_distance),
                    unit_distance_cost=v.per_distance,
                    unit_duration_cost=v.per_duration,
                    profile=profile,
                    reload_depots=[self._station[p] for p in v.reloads] if v.most_reloads else [],
                    max_reloads=min(v.most_reloads, 1000) if v.reloads else 0,
                )
            )
        distances, durations = self._matrices(profiles)
        xy = case.ways.points()[self._places]
        return pyvrp.ProblemData(
            locations=[pyvrp.Location(float(x), float(y)) for x, y in xy],
            clients=clients,
            depots=[pyvrp.Depot(location=number) for number in range(len(self._stations))],
            vehicle_types=types,
            distance_matrices=distances,  # type: ignore[arg-type]  # PyVRP's hint for an array's shape is off
            duration_matrices=durations,  # type: ignore[arg-type]
            shipments=shipments,
        )

    def _matrices(self, profiles: dict[tuple[int, bytes], int]) -> tuple[list[Integers], list[Integers]]:
        known: dict[int, tuple[Integers, Integers]] = {}
        distances, durations = [], []
        for mode, rights in profiles:
            if mode not in known:
                known[mode] = self.case.ways.between(mode, self._places, self._places)
                for each in known[mode]:
                    np.fill_diagonal(each, 0)
            distance, duration = known[mode]
            may = np.frombuffer(rights, dtype=np.bool_)
            if rights and not may.all():
                jobs, shipments = may[: len(self.case.jobs)], may[len(self.case.jobs) :]
                shut = self._first_job + np.flatnonzero(~np.concatenate((jobs, shipments, shipments)))
                distance, duration = distance.copy(), duration.copy()
                for each, never in ((distance, min(FORBIDDEN, 100 * self._forbidden)), (duration, self._forbidden)):
                    each[:, shut] = each[shut, :] = never
                    np.fill_diagonal(each, 0)
            distances.append(distance)
            durations.append(duration)
        return distances, durations

    # -- searching

    def search(
        self,
        enough: Callable[[int], bool],
        seed: int,
        start: Answer | None = None,
        heard: Callable[[Answer], None] | None = None,
        seen: dict[Route, None] | None = None,
    ) -> Answer:
        """The best answer found until `enough(cost)`, asked once a round, says so. It may break promises: assess it.

        `start`: an answer to begin with. `heard` is told each new best that PyVRP thinks feasible. `seen` collects
        routes that were met on the way and keep their promises, by PyVRP's word.
        """
        rng = pyvrp.RandomNumberGenerator(seed=seed)
        if self._neighbours is None:
            wanted = pyvrp.search.NeighbourhoodParams(num_neighbours=self.effort.neighbours)
            self._neighbours = pyvrp.search.compute_neighbours(self.data, wanted)
        local = pyvrp.search.LocalSearch(
            self.data,
            rng,
            self._neighbours,  # type: ignore[arg-type]
            pyvrp.search.PerturbationManager(pyvrp.search.PerturbationParams(*self.effort.shaking)),
        )
        for operator in pyvrp.search.OPERATORS:
            if operator.__name__ not in self.effort.without and operator.supports(self.data):
                local.add_operator(operator(self.data))
        penalties = pyvrp.PenaltyParams(max_penalty=self.effort.most_penalty)
        first_penalties = penalties.midpoint_penalties(self.data)
        if self.effort.penalties:
            load, time = self.effort.penalties
            first_penalties = ([load] * self.data.num_load_dimensions, time, time)
        manager = pyvrp.PenaltyManager(first_penalties, penalties)
        if start:
            first = self.solution(start)
        else:
            first = local(pyvrp.Solution.make_random(self.data, rng), manager.max_cost_evaluator(), exhaustive=True)
        params = pyvrp.IteratedLocalSearchParams(
            num_iters_no_improvement=self.effort.restart_after,
            history_length=self.effort.history,
            callbacks=_Listener(self, heard, seen),
        )
        with warnings.catch_warnings():
            # A case in which little can be served keeps the penalties high; that is no mistake in the numbers.
            warnings.simplefilter("ignore", PenaltyBoundWarning)
            result = pyvrp.IteratedLocalSearch(self.data, manager, local, first, params).run(
                _Enough(enough), collect_stats=False
            )
        return self.answer(result.best)

    def solution(self, answer: Answer) -> pyvrp.Solution:
        """An answer in PyVRP's words."""
        kinds = {PICKUP: pyvrp.ActivityType.PICKUP, DELIVERY: pyvrp.ActivityType.DELIVERY}
        routes = []
        for route in answer:
            if not route.steps:
                continue
            steps = []
            for kind, number in route.steps:
                if kind == JOB:
                    steps.append(pyvrp.Activity(pyvrp.ActivityType.CLIENT, number))
                elif kind == RELOAD:
                    steps.append(pyvrp.Activity(pyvrp.ActivityType.DEPOT, self._station[number]))
                else:
                    steps.append(pyvrp.Activity(kinds[kind], number))
            routes.append(pyvrp.Route(self.data, steps, route.vehicles))
        return pyvrp.Solution(self.data, routes)

    def answer(self, solution: pyvrp.Solution) -> Answer:
        """PyVRP's solution in our words."""
        return tuple(Route(route.vehicle_type(), self.steps(route)) for route in solution.routes())

    def steps(self, route: pyvrp.Route) -> tuple[tuple[str, int], ...]:
        """What is done on a route of PyVRP's."""
        steps = []
        for activity in list(route)[1:-1]:
            if activity.is_client():
                steps.append((JOB, activity.idx))
            elif activity.is_depot():
                steps.append((RELOAD, self._stations[activity.idx]))
            else:
                steps.append((PICKUP if activity.is_pickup() else DELIVERY, activity.idx))
        return tuple(steps)


class _Listener(pyvrp.IteratedLocalSearchCallbacks):
    def __init__(self, engine: Pyvrp, heard: Callable[[Answer], None] | None, seen: dict[Route, None] | None) -> None:
        self._engine = engine
        self._heard = heard
        self._seen = seen
        self._round = 0

    def on_iteration(
        self,
        current: pyvrp.Solution,
        candidate: pyvrp.Solution,
        best: pyvrp.Solution,
        cost_evaluator: pyvrp.CostEvaluator,
    ) -> None:
        self._round += 1
        if self._seen is not None and self._round % SEEN_EVERY == 0 and len(self._seen) < SEEN_MOST:
            self._keep(candidate)

    def _keep(self, solution: pyvrp.Solution) -> None:
        if self._seen is not None:
            for route in solution.routes():
                if route.is_feasible():
                    self._seen[Route(route.vehicle_type(), self._engine.steps(route))] = None

    def on_best(self, best: pyvrp.Solution) -> None:
        if best.is_feasible():
            self._keep(best)
        if self._heard is not None and best.is_feasible():
            self._heard(self._engine.answer(best))


class _Enough(pyvrp.stop.StoppingCriterion):
    def __init__(self, enough: Callable[[int], bool]) -> None:
        self._enough = enough

    def __call__(self, best_cost: int) -> bool:
        return self._enough(best_cost)
