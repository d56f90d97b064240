"""One part of a problem, put to PyVRP: every stop of it optional, with a prize that outweighs the way there."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyvrp
import pyvrp.search
import pyvrp.stop
from pyvrp.exceptions import PenaltyBoundWarning

from manyhands.kernel.geo import Integers, Mode, Point, Travel
from manyhands.kernel.routing.ability import Truths, way_in
from manyhands.kernel.routing.loading import Station
from manyhands.kernel.routing.problem import Helper, Problem, Stop
from manyhands.kernel.routing.steps import FOREVER, windows_for
from manyhands.kernel.routing.timing import Turn, station_of

Orders = dict[int, list[int]]
"""The numbers of the stops in the order of each run, by the number of the turn; stops and turns as numbered in the
part.
"""

FORBIDDEN_METRES = 10**8  # two and a half times round the earth; the forbidden seconds do the rest
UNLIMITED = int(np.iinfo(np.int64).max)  # PyVRP's own sign for no limit

MOST_COST = 1 << 60
"""What no sum in the engine may come near: it reckons with 64 bits, and goes on for ever where they do not do."""

LOCKED_PRIZE = 20
"""A locked stop counts this many times."""


@dataclass(frozen=True)
class Part:
    """Some turns and some stops that all have a place, and which turn may take which stop (`may`, a row per turn)."""

    problem: Problem
    turns: Sequence[Turn]
    stops: Sequence[Stop]
    may: Truths


def need_with_locks(problem: Problem, stop: Stop) -> int:
    """The points of need the search counts for a stop: what is promised to someone is kept before anything is added."""
    return problem.need[stop.id] * (LOCKED_PRIZE if stop.locked_to is not None else 1)


@dataclass
class _Locations:
    """The places of the matrices: a stop's place together with who may go there, so that one door is one location."""

    points: list[Point | None] = field(default_factory=list)
    number: dict[tuple[Point | None, object], int] = field(default_factory=dict)

    def at(self, point: Point | None, kind: object) -> int:
        key = (point, kind)
        if key not in self.number:
            self.number[key] = len(self.points)
            self.points.append(point)
        return self.number[key]


class _Kind(NamedTuple):
    """What makes two turns the same for the engine."""

    start: int
    end: int
    capacity: tuple[int, ...]
    early: int
    late: int
    start_late: int
    max_seconds: int | None
    max_metres: int | None
    profile: int
    reload: int | None
    trips: int


def _nothing(_served: int) -> None:
    pass


class Engine:
    """PyVRP's picture of a part; `search` can be called again with a better start.

    Cost of a plan: metres + seconds of all runs + the prizes of the stops left out. A prize is the stop's need (see
    `Problem.need`) times `price`, the cost of the dearest run to one stop alone, so that no saving of way is worth an
    ask. Who may not go where is a way too long and too far; loads, stops per run, shifts, windows, pick-ups before
    visits and loading again are PyVRP's own. Only roughly known: breaks (their time is missing at the end of the
    shift), several windows of an ask with a pick-up (it sees the longest), that such an ask counts as a stop. Not known
    at all: what goes together, what is saved in one building, who is remembered.
    """

    def __init__(self, part: Part, travel: Travel, price: int) -> None:
        self.part = part
        self._base = min(t.window.start for t in part.turns)
        self._horizon = max(t.window.end for t in part.turns) - self._base
        self._forbidden = 10 * (self._horizon + 1) + 10**6  # seconds that nobody has
        self._locations = _Locations()
        self._clients: list[pyvrp.Client] = []
        self._groups: list[pyvrp.ClientGroup] = []
        self._stop_of: list[int] = []
        self._shipments: list[pyvrp.Shipment] = []
        self._stop_of_shipment: list[int] = []
        self._shipment_of: dict[int, int] = {}
        self._doors: list[tuple[int, int]] = []
        self._clients_of: dict[int, list[int]] = {}
        self._profiles: dict[tuple[Mode, bytes], int] = {}
        self._turns_of: list[list[int]] = []
        self._vehicle_of: dict[int, int] = {}
        # Each unit costs time in every round, so only those that limit someone here are told to the engine.
        helpers = [turn.helper for turn in part.turns]
        limited = any(h.capacity for h in helpers)
        self._units = [
            u for u in range(len(part.problem.units)) if limited and any(s.loads and s.loads[u] for s in part.stops)
        ]
        self._count_stops = any(h.max_stops is not None for h in helpers)
        self._everything = [sum(each) for each in zip(*(self._amounts(s) for s in part.stops), strict=True)]
        self._ways_in = [way_in(turn, travel) for turn in part.turns]
        # All prizes together stay far within 64 bits.
        self._add_stops(max(1, min(price, MOST_COST // sum(need_with_locks(part.problem, s) for s in part.stops))))
        self._data = self._put_together(travel)

    def _add_stops(self, price: int) -> None:
        for index, stop in enumerate(self.part.stops):
            who = self.part.may[:, index]
            kind = None if who.all() else who.tobytes()
            location = self._locations.at(stop.place, kind)
            self._doors.append((location, index))
            spans = self._spans(stop)
            if stop.pick_up is not None:
                self._clients_of[index] = []
                self._add_shipment(index, location, self._locations.at(stop.pick_up.place, kind), spans, price)
                continue
            group = None
            if len(spans) > 1:
                group = len(self._groups)
                self._groups.append(pyvrp.ClientGroup(required=False))
            self._clients_of[index] = []
            for early, late in spans:
                self._clients_of[index].append(len(self._clients))
                if group is not None:
                    self._groups[group].add_client(len(self._clients))
                self._stop_of.append(index)
                self._clients.append(
                    pyvrp.Client(
                        location=location,
                        delivery=self._amounts(stop),
                        service_duration=stop.service,
                        tw_early=early,
                        tw_late=late,
                        prize=need_with_locks(self.part.problem, stop) * price,
                        required=False,
                        group=group,
                    )
                )

    def _spans(self, stop: Stop) -> list[tuple[int, int]]:
        """When the visit may begin, for each window, in seconds since the first turn begins."""
        spans = []
        for opens, shuts in windows_for(stop):
            early, late = max(0, opens - self._base), min(self._horizon, shuts - stop.service - self._base)
            if early <= late:
                spans.append((early, late))
        return spans

    def _add_shipment(self, index: int, to: int, origin: int, spans: list[tuple[int, int]], price: int) -> None:
        stop = self.part.stops[index]
        fetching = self._spans(stop.collecting)
        self._doors.append((origin, index))
        # Of the windows that follow one another, the longest.
        pairs = [(first, last) for first in fetching for last in spans if last[1] >= first[0]]
        if not pairs:
            return
        first, last = max(pairs, key=lambda pair: sum(span[1] - span[0] for span in pair))
        self._shipment_of[index] = len(self._shipments)
        self._stop_of_shipment.append(index)
        self._shipments.append(
            pyvrp.Shipment(
                origin,
                to,
                first[0],
                first[1],
                stop.collecting.service,
                last[0],
                last[1],
                stop.service,
                [*self._amounts(stop)[: len(self._units)], *([0] if self._count_stops else [])],
                need_with_locks(self.part.problem, stop) * price,
                required=False,
            )
        )

    def _amounts(self, stop: Stop) -> list[int]:
        """What a stop takes of each limit: its loads, and one stop."""
        return [*(stop.loads[u] if stop.loads else 0 for u in self._units), *([1] if self._count_stops else [])]

    def _room(self, helper: Helper) -> tuple[int, ...]:
        """How much of each limit a helper has; where they have none, as much as all stops together take."""
        room = [helper.capacity[u] if helper.capacity else self._everything[i] for i, u in enumerate(self._units)]
        if self._count_stops:
            room.append(self._everything[-1] if helper.max_stops is None else helper.max_stops)
        return tuple(room)

    def _put_together(self, travel: Travel) -> pyvrp.ProblemData:
        nowhere = self._locations.at(None, "nowhere")
        depots: dict[int, int] = {}
        stations: dict[int, Station] = {}
        kinds: dict[_Kind, list[int]] = {}
        for index, turn in enumerate(self.part.turns):
            leave, lead, far, hub_open = self._ways_in[index]
            if not (hub_open and turn.window.start < turn.window.end and self.part.may[index].any()):
                continue
            helper = turn.helper
            start = nowhere
            if turn.first_place is not None:
                start = self._locations.at(turn.first_place, ("start", lead, far))
            end = self._locations.at(turn.end, "end") if turn.end is not None else nowhere
            profile = self._profiles.setdefault((helper.mode, self.part.may[index].tobytes()), len(self._profiles))
            shuts = turn.hub.window[1] if turn.hub and turn.hub.window else FOREVER
            reload = None
            if helper.trips > 1 and helper.capacity and (station := station_of(turn)):
                again = self._locations.at(station.place, ("reload", station.window, station.loading))
                stations[again] = station
                reload = depots.setdefault(again, len(depots))
            resting = sum(rest.seconds for rest in helper.breaks)
            kind = _Kind(
                depots.setdefault(start, len(depots)),
                depots.setdefault(end, len(depots)),
                self._room(helper),
                leave - lead - self._base,
                max(leave - self._base, turn.window.end - self._base - resting),
                min(shuts - lead, turn.window.end) - self._base,
                helper.max_seconds,
                helper.max_metres,
                profile,
                reload,
                helper.trips,
            )
            kinds.setdefault(kind, []).append(index)

        locations = [pyvrp.Location(0, 0) for _ in self._locations.points]
        vehicles: list[pyvrp.VehicleType] = []
        for kind, turns in kinds.items():
            for index in turns:
                self._vehicle_of[index] = len(vehicles)
            self._turns_of.append(turns)
            vehicles.append(
                pyvrp.VehicleType(
                    num_available=len(turns),
                    capacity=list(kind.capacity),
                    start_depot=kind.start,
                    end_depot=kind.end,
                    tw_early=kind.early,
                    tw_late=kind.late,
                    start_late=min(kind.late, max(kind.early, kind.start_late)),
                    unit_distance_cost=1,
                    unit_duration_cost=1,
                    profile=kind.profile,
                    shift_duration=UNLIMITED if kind.max_seconds is None else kind.max_seconds,
                    max_distance=UNLIMITED if kind.max_metres is None else kind.max_metres,
                    reload_depots=[] if kind.reload is None else [kind.reload],
                    max_reloads=0 if kind.reload is None else kind.trips - 1,
                )
            )
        seconds_of, metres_of = self._matrices(travel, nowhere)
        return pyvrp.ProblemData(
            locations=locations,
            clients=self._clients,
            depots=[self._depot(location, stations.get(location)) for location in depots],
            vehicle_types=vehicles,
            distance_matrices=metres_of,  # type: ignore[arg-type]  # PyVRP's hint for an array's shape is off
            duration_matrices=seconds_of,  # type: ignore[arg-type]
            groups=self._groups,
            shipments=self._shipments,
        )

    def _depot(self, location: int, station: Station | None) -> pyvrp.Depot:
        if station is None:
            return pyvrp.Depot(location=location)
        opens, shuts = station.window
        early = min(self._horizon, max(0, opens - self._base))
        late = max(early, min(self._horizon, shuts - station.loading - self._base))
        return pyvrp.Depot(location=location, tw_early=early, tw_late=late, service_duration=station.loading)

    def _matrices(self, travel: Travel, nowhere: int) -> tuple[list[Integers], list[Integers]]:
        """Seconds and metres for every profile: a mode of travel and a set of stops that may be visited."""
        known: dict[Point, int] = {}
        for point in self._locations.points:
            if point is not None:
                known.setdefault(point, len(known))
        where = np.array([known[p] if p is not None else 0 for p in self._locations.points], dtype=np.int64)
        seconds_by_mode: dict[Mode, tuple[Integers, Integers]] = {}
        all_seconds, all_metres = [], []
        stop_location = np.array([location for location, _ in self._doors], dtype=np.int64)
        client_stop = np.array([stop for _, stop in self._doors], dtype=np.int64)
        for mode, may in self._profiles:
            if mode not in seconds_by_mode:
                seconds, metres = travel.matrix(mode, list(known), list(known))
                seconds, metres = seconds[np.ix_(where, where)], metres[np.ix_(where, where)]
                for (_, kind), location in self._locations.number.items():
                    if (
                        isinstance(kind, tuple) and kind[0] == "start"
                    ):  # on the way from a hub, what was before the hub is already gone
                        seconds[location, :] += kind[1]
                        metres[location, :] += kind[2]
                seconds[nowhere, :] = seconds[:, nowhere] = 0
                metres[nowhere, :] = metres[:, nowhere] = 0
                np.fill_diagonal(seconds, 0)
                np.fill_diagonal(metres, 0)
                seconds_by_mode[mode] = seconds, metres
            seconds, metres = seconds_by_mode[mode]
            who = np.frombuffer(may, dtype=np.bool_)
            shut = np.unique(stop_location[~who[client_stop]])
            if len(shut):
                seconds, metres = seconds.copy(), metres.copy()
                seconds[:, shut], metres[:, shut] = self._forbidden, FORBIDDEN_METRES
                seconds[shut, shut] = metres[shut, shut] = 0
            all_seconds.append(seconds)
            all_metres.append(metres)
        return all_seconds, all_metres

    def search(
        self,
        enough: Callable[[int], bool],
        seed: int,
        start: Orders | None = None,
        tell: Callable[[int], None] = _nothing,
    ) -> Orders:
        """The best orders found until `enough(cost)`, asked once per round, says so.

        `start` is a plan to begin with. `tell` hears how many stops each new best plan serves. Where PyVRP found
        nothing that keeps every promise, the orders may break some: whoever calls times them and drops what does not
        hold.
        """
        if not (self._clients or self._shipments) or not self._turns_of:
            return {}
        rng = pyvrp.RandomNumberGenerator(seed=seed)
        local = pyvrp.search.LocalSearch(
            self._data,
            rng,
            # Measured on mixed evenings with too little help: with fewer neighbours, stops that are left out find no
            # place, and with stronger shaking the search does not settle.
            pyvrp.search.compute_neighbours(self._data, pyvrp.search.NeighbourhoodParams(num_neighbours=100)),
            pyvrp.search.PerturbationManager(pyvrp.search.PerturbationParams(1, 5)),
        )
        for operator in pyvrp.search.OPERATORS:
            if operator.supports(self._data):
                local.add_operator(operator(self._data))
        # One box too many, or a minute too late, must cost more than any prize, or the search ends among plans that
        # don't hold.
        prizes = [*(c.prize for c in self._clients), *(s.prize for s in self._shipments)]
        excess = len(self._doors) * max(self._forbidden, *self._everything, 1)
        dearest = min(float(max(prizes)), 4 * MOST_COST / excess)
        penalties = pyvrp.PenaltyParams(max_penalty=2 * dearest)
        loads = [dearest] * self._data.num_load_dimensions
        manager = pyvrp.PenaltyManager((loads, dearest / 60, dearest / 60), penalties)
        first = self._solution(start) if start else pyvrp.Solution.make_random(self._data, rng)
        first = local(first, manager.max_cost_evaluator(), exhaustive=True)
        params = pyvrp.IteratedLocalSearchParams(callbacks=_Listener(tell))
        with warnings.catch_warnings():
            # A part in which little can be served keeps the penalties high; that is no mistake in the data.
            warnings.simplefilter("ignore", PenaltyBoundWarning)
            result = pyvrp.IteratedLocalSearch(self._data, manager, local, first, params).run(
                _Enough(enough), collect_stats=False
            )
        return self._orders(result.best, start or {})

    def _solution(self, orders: Orders) -> pyvrp.Solution:
        routes = []
        for turn, order in sorted(orders.items()):
            steps = self._activities(order)
            if steps and turn in self._vehicle_of:
                routes.append(pyvrp.Route(self._data, steps, self._vehicle_of[turn]))
        return pyvrp.Solution(self._data, routes)

    def _activities(self, order: list[int]) -> list[pyvrp.Activity]:
        steps, begun = [], set()
        times = Counter(order)
        for stop in order:
            if stop in self._shipment_of and times[stop] == 2:
                kind = pyvrp.ActivityType.DELIVERY if stop in begun else pyvrp.ActivityType.PICKUP
                begun.add(stop)
                steps.append(pyvrp.Activity(kind, self._shipment_of[stop]))
            elif self._clients_of[stop]:
                steps.append(pyvrp.Activity(pyvrp.ActivityType.CLIENT, self._clients_of[stop][0]))
        return steps

    def _orders(self, solution: pyvrp.Solution, former: Orders) -> Orders:
        """Name the runs: among helpers who are alike for the engine, each keeps the run most like the one they had."""
        routes: dict[int, list[list[int]]] = {}
        for route in solution.routes():
            stops = [
                self._stop_of[step.idx] if step.is_client() else self._stop_of_shipment[step.idx]
                for step in route
                if not step.is_depot()
            ]
            routes.setdefault(route.vehicle_type(), []).append(stops)
        orders: Orders = {}
        for vehicle, runs in routes.items():
            orders |= named(runs, self._turns_of[vehicle], former)
        return orders


def named(runs: Sequence[list[int]], turns: Sequence[int], former: Mapping[int, Sequence[int]]) -> Orders:
    """These runs, each given to one of these turns, who are alike: to the one that had most of it."""
    free = list(turns)
    orders: Orders = {}
    pairs = sorted(
        (-len(set(run) & set(former.get(turn, ()))), number, turn) for number, run in enumerate(runs) for turn in turns
    )
    done: set[int] = set()
    for _, number, turn in pairs:
        if number not in done and turn in free:
            done.add(number)
            free.remove(turn)
            orders[turn] = runs[number]
    return orders


class _Listener(pyvrp.IteratedLocalSearchCallbacks):
    def __init__(self, tell: Callable[[int], None]) -> None:
        self._tell = tell

    def on_best(self, best: pyvrp.Solution) -> None:
        self._tell(best.num_clients() + best.num_shipments())


class _Enough(pyvrp.stop.StoppingCriterion):
    def __init__(self, enough: Callable[[int], bool]) -> None:
        self._enough = enough

    def __call__(self, best_cost: int) -> bool:
        return self._enough(best_cost)
