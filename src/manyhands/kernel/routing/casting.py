"""An evening as a case of the search core, and the core's answer as orders of stops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from manyhands.kernel.geo import METRES_PER_DEGREE, Floats, Integers, Mode, Point, Travel
from manyhands.kernel.routing.ability import way_in
from manyhands.kernel.routing.core import (
    BEYOND,
    DELIVERY,
    JOB,
    PICKUP,
    Answer,
    Case,
    Job,
    Matrices,
    Route,
    Shipment,
    Step,
    Vehicles,
)
from manyhands.kernel.routing.engine import MOST_COST, Orders, Part, named, need_with_locks
from manyhands.kernel.routing.problem import Stop
from manyhands.kernel.routing.steps import windows_for

MATRIX_BYTES = 150_000_000
"""The most memory for the ways of one case."""

LONGEST = 10**8
"""The longest evening in seconds: with more, a penalty for being late would not fit into the engine's numbers."""

Spans = list[tuple[int, int]]


def fits_the_core(part: Part) -> bool:
    """Whether a case can say all that is asked for here, and its ways fit into memory.

    A case has no words for what goes together, houses, who is remembered, breaks, second trips, several windows of an
    ask, and for the most stops of a run that has pick-ups. When a hub shuts it does not know: what comes back is timed
    and looked at anyway.
    """
    problem, helpers = part.problem, [turn.helper for turn in part.turns]
    places = sum(stop.visits for stop in part.stops) + 2 * len(helpers)
    modes = len({helper.mode for helper in helpers})
    base, horizon = _time(part)
    fetching = any(stop.pick_up is not None for stop in part.stops)
    return (
        16 * modes * places**2 <= MATRIX_BYTES
        and horizon <= LONGEST
        and not any(h.breaks or h.trips > 1 or (fetching and h.max_stops is not None) for h in helpers)
        and not any(
            stop.together in problem.companions
            or stop.building is not None
            or stop.remembered
            or len(_spans(stop, base, horizon)) > 1
            or len(_spans(stop.collecting, base, horizon)) > 1
            for stop in part.stops
        )
    )


def _time(part: Part) -> tuple[int, int]:
    """When the first turn begins, and the seconds from then until the last one is over."""
    base = min(turn.window.start for turn in part.turns)
    return base, max(turn.window.end for turn in part.turns) - base


def _spans(stop: Stop, base: int, horizon: int) -> Spans:
    """When the visit may begin, for each window that lies in the evening."""
    spans = [(max(0, w.start - base), min(horizon, w.end - stop.service - base)) for w in windows_for(stop)]
    return [(early, late) for early, late in spans if early <= late]


class Cast:
    """The case of a part: its stops as jobs and shipments, its turns as vehicles, those that are alike as one kind.

    Cost: metres + seconds + the prizes of what is left, need × `price` each. Who may visit whom is a skill for each
    set of turns that may; the most stops of a run are a load of which each stop is one.
    """

    def __init__(self, part: Part, travel: Travel, price: int) -> None:
        self.part = part
        self._base, self._horizon = _time(part)
        units = range(len(part.problem.units))
        self._everything = tuple(sum(s.loads[u] if s.loads else 0 for s in part.stops) for u in units)
        need = [need_with_locks(part.problem, s) for s in part.stops]
        excess = 2 * len(need) * max(10 * self._horizon + 10**6, *self._everything, 1)
        self._price = max(1, min(price, MOST_COST // sum(need), MOST_COST // excess // max(need)))
        self._count_stops = any(turn.helper.max_stops is not None for turn in part.turns)
        self._number: dict[tuple[Point | None, int, int], int] = {}
        self._sets_of_turns: dict[bytes, int] = {}
        self._step_of: dict[int, Step] = {}
        self._modes: dict[Mode, int] = {}
        self._turns_of: list[list[int]] = []
        jobs, shipments = self._things()
        vehicles = self._vehicles(travel)
        self._stop_of = {step: stop for stop, step in self._step_of.items()}
        self._kind_of = {turn: kind for kind, turns in enumerate(self._turns_of) for turn in turns}
        self.case = Case(self._ways(travel), tuple(jobs), tuple(vehicles), tuple(shipments))

    def _at(self, place: Point | None, lead: int = 0, far: int = 0) -> int:
        """The number of a place; `lead` seconds and `far` metres are gone when one sets out from it."""
        return self._number.setdefault((place, lead, far), len(self._number))

    def _things(self) -> tuple[list[Job], list[Shipment]]:
        jobs: list[Job] = []
        shipments: list[Shipment] = []
        for number, stop in enumerate(self.part.stops):
            spans = _spans(stop, self._base, self._horizon)
            fetching = _spans(stop.collecting, self._base, self._horizon)
            if not spans or not fetching:
                continue
            who = self.part.may[:, number]
            skills: frozenset[int] = frozenset()
            if not who.all():
                skills = frozenset({self._sets_of_turns.setdefault(who.tobytes(), len(self._sets_of_turns))})
            loads = stop.loads or (0,) * len(self.part.problem.units)
            prize = need_with_locks(self.part.problem, stop) * self._price
            place = self._at(stop.place)
            if stop.pick_up is None:
                amounts = (*loads, 1) if self._count_stops else loads
                self._step_of[number] = (JOB, len(jobs))
                nothing = (0,) * len(amounts)
                jobs.append(Job(place, amounts, nothing, stop.service, spans[0], 0, prize, False, skills))
            else:
                self._step_of[number] = (PICKUP, len(shipments))
                fetched = self._at(stop.pick_up.place), place, loads, fetching[0], spans[0]
                seconds = stop.pick_up.service, stop.service
                shipments.append(Shipment(*fetched, *seconds, prize, False, skills))
        return jobs, shipments

    def _vehicles(self, travel: Travel) -> list[Vehicles]:
        sets = {group: np.frombuffer(who, dtype=np.bool_) for who, group in self._sets_of_turns.items()}
        alike: dict[Vehicles, list[int]] = {}
        for row, turn in enumerate(self.part.turns):
            leave, lead, far, hub_open = way_in(turn, travel)
            if not (hub_open and self.part.may[row].any()):
                continue
            helper, first = turn.helper, turn.first_place
            room = helper.capacity or self._everything
            if self._count_stops:
                room = (*room, len(self.part.stops) if helper.max_stops is None else helper.max_stops)
            vehicle = Vehicles(
                1,
                room,
                self._at(first, lead, far) if first is not None else self._at(None),
                self._at(turn.end),
                (leave - lead - self._base, turn.window.end - self._base),
                BEYOND if helper.max_seconds is None else helper.max_seconds,
                BEYOND if helper.max_metres is None else helper.max_metres,
                per_duration=1,
                mode=self._modes.setdefault(helper.mode, len(self._modes)),
                skills=frozenset(group for group, who in sets.items() if who[row]),
            )
            alike.setdefault(vehicle, []).append(row)
        self._turns_of = list(alike.values())
        return [replace(vehicle, count=len(rows)) for vehicle, rows in alike.items()]

    def _ways(self, travel: Travel) -> Matrices:
        places = [place for place, _, _ in self._number]
        known = {place: n for n, place in enumerate(dict.fromkeys(p for p in places if p is not None))}
        where = np.array([known[p] if p is not None else 0 for p in places], dtype=np.int64)
        nowhere = [n for n, place in enumerate(places) if place is None]
        extra = np.array([key[1:] for key in self._number], dtype=np.int64).reshape(-1, 2)
        distances: list[Integers] = []
        durations: list[Integers] = []
        for mode in self._modes:
            both = travel.matrix(mode, list(known), list(known))
            for kept, matrix, more in zip((durations, distances), both, extra.T, strict=True):
                ways = matrix[np.ix_(where, where)] + more[:, None]
                ways[nowhere, :] = ways[:, nowhere] = 0
                np.fill_diagonal(ways, 0)
                kept.append(ways)
        return Matrices(tuple(distances), tuple(durations), _on_a_map(places))

    # -- there and back

    def answer(self, orders: Mapping[int, Sequence[int]]) -> Answer:
        """Orders (the numbers of the stops, by the number of the turn) in the core's words."""
        routes = []
        for turn, order in sorted(orders.items()):
            steps: list[Step] = []
            begun: set[int] = set()
            times = Counter(order)
            for stop in order:
                kind, number = self._step_of.get(stop, ("", 0))
                if kind == JOB:
                    steps.append((JOB, number))
                elif kind == PICKUP and times[stop] == 2:
                    steps.append((DELIVERY if stop in begun else PICKUP, number))
                    begun.add(stop)
            if steps and turn in self._kind_of:
                routes.append(Route(self._kind_of[turn], tuple(steps)))
        return tuple(routes)

    def orders(self, answer: Answer, former: Mapping[int, Sequence[int]]) -> Orders:
        """The core's answer as orders; of helpers who are alike each keeps the run most like the one they had."""
        runs: dict[int, list[list[int]]] = {}
        for route in answer:
            steps = [(PICKUP if kind == DELIVERY else kind, number) for kind, number in route.steps]
            runs.setdefault(route.vehicles, []).append([self._stop_of[step] for step in steps])
        orders: Orders = {}
        for kind, mine in runs.items():
            orders |= named(mine, self._turns_of[kind], former)
        return orders


def _on_a_map(places: Sequence[Point | None]) -> Floats:
    """Places on a plane, in metres; those that are nowhere in the middle. Neighbours stay so across the date line."""
    known = np.array([p for p in places if p is not None], dtype=np.float64).reshape(-1, 2)
    lat, lon = known[:, 0], known[:, 1]
    east = (lon - lon[:1] + 180) % 360 - 180
    xy = METRES_PER_DEGREE * np.column_stack((east * np.cos(np.radians(lat[:1])), lat))
    points = np.zeros((len(places), 2))
    somewhere = [place is not None for place in places]
    points[:] = xy.mean(axis=0) if len(xy) else 0
    points[somewhere] = xy
    return points
