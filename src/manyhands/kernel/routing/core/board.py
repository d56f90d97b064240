"""The best answer so far, with what each of its routes costs; changed only for something better that holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from manyhands.kernel.routing.core.assessing import assess_route
from manyhands.kernel.routing.core.case import DELIVERY, JOB, RELOAD, Answer, Case, Route

Worth = tuple[int, int]
"""Required jobs and shipments that are left, then cost: the smaller the better."""


class Board:
    """Holds an answer. Every route on it was assessed; no job is on it twice and no vehicle more often than it is."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.routes: list[Route] = []
        self.left_jobs: set[int] = set(range(len(case.jobs)))
        self.left_shipments: set[int] = set(range(len(case.shipments)))
        self._cost: dict[Route, int | None] = {}
        self.worth = self.worth_of(())

    def cost_of(self, route: Route) -> int | None:
        """What a route costs without prizes, None if it breaks a promise."""
        if route not in self._cost:
            if len(self._cost) > 200_000:
                self._cost = {each: self._cost[each] for each in self.routes}
            cost, _, broken = assess_route(self.case, route)
            self._cost[route] = None if broken else cost
        return self._cost[route]

    def sound(self, answer: Iterable[Route]) -> Answer:
        """The routes that keep their promises, none of them with what another has or a vehicle too many."""
        seen: set[tuple[str, int]] = set()
        used: Counter[int] = Counter()
        kept = []
        for route in answer:
            steps = [step for step in route.steps if step[0] != RELOAD]
            if not steps or seen.intersection(steps) or self.cost_of(route) is None:
                continue
            if used[route.vehicles] >= self.case.vehicles[route.vehicles].count:
                continue
            seen.update(steps)
            used[route.vehicles] += 1
            kept.append(route)
        return tuple(kept)

    def worth_of(self, answer: Sequence[Route]) -> Worth:
        """How good a sound answer is."""
        done = {step for route in answer for step in route.steps}
        cost = sum(self.cost_of(route) or 0 for route in answer)
        missing = 0
        for number, job in enumerate(self.case.jobs):
            if (JOB, number) not in done:
                cost += job.prize
                missing += job.required
        for number, shipment in enumerate(self.case.shipments):
            if (DELIVERY, number) not in done:
                cost += shipment.prize
                missing += shipment.required
        return missing, cost

    def offer(self, answer: Iterable[Route]) -> bool:
        """Take a whole answer if what is sound of it is better than what is here."""
        sound = self.sound(answer)
        worth = self.worth_of(sound)
        if worth >= self.worth:
            return False
        self.routes, self.worth = list(sound), worth
        done = {step for route in sound for step in route.steps}
        self.left_jobs = {n for n in range(len(self.case.jobs)) if (JOB, n) not in done}
        self.left_shipments = {n for n in range(len(self.case.shipments)) if (DELIVERY, n) not in done}
        return True

    def exchange(self, old: Sequence[Route], new: Answer) -> bool:
        """Put `new` in the place of `old` if all of it holds and it is better. `old` must be on the board."""
        here = set(self.routes)
        if not all(route in here for route in old):
            return False
        new = tuple(route for route in new if route.steps)
        costs = [self.cost_of(route) for route in new]
        if any(cost is None for cost in costs):
            return False
        before = [step for route in old for step in route.steps if step[0] != RELOAD]
        after = [step for route in new for step in route.steps if step[0] != RELOAD]
        added, dropped = set(after) - set(before), set(before) - set(after)
        if len(set(after)) < len(after) or not all(self._is_left(step) for step in added):
            return False
        used = Counter(route.vehicles for route in self.routes)
        used.subtract(route.vehicles for route in old)
        used.update(route.vehicles for route in new)
        if any(times > self.case.vehicles[kind].count for kind, times in used.items()):
            return False
        missing, cost = self.worth
        cost += sum(cost or 0 for cost in costs) - sum(self.cost_of(route) or 0 for route in old)
        for steps, sign in ((added, -1), (dropped, 1)):
            for kind, number in steps:
                if kind in (JOB, DELIVERY):
                    thing = self.case.jobs[number] if kind == JOB else self.case.shipments[number]
                    cost += sign * thing.prize
                    missing += sign * thing.required
        if (missing, cost) >= self.worth:
            return False
        gone = set(old)
        self.routes = [route for route in self.routes if route not in gone] + list(new)
        self.worth = missing, cost
        for kind, number in added:
            (self.left_jobs if kind == JOB else self.left_shipments).discard(number)
        for kind, number in dropped:
            (self.left_jobs if kind == JOB else self.left_shipments).add(number)
        return True

    def _is_left(self, step: tuple[str, int]) -> bool:
        kind, number = step
        return number in (self.left_jobs if kind == JOB else self.left_shipments)
