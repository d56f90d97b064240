"""The weeks as a linear model: who may be in which role, and the rules as rows `sum <= limit`.

What was said yes to is fixed. Where it alone goes beyond a limit, the limit is what it comes to: nothing is added then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from manyhands.kernel.rostering.problem import MONTH, Helper, Problem, Role, Shift
from manyhands.kernel.rostering.scoring import UNPOPULAR, WISH, load_steps, quarters_of

Place = tuple[str, str, str]


class Model:
    """Variables are numbers from 0. `places`: shift, role and helper of the first ones, which are yes or no.

    `upper` and `whole` of each variable; `rows`: variables with coefficients, and the most their sum may be. `minimum`,
    `wanted`, `changes` and `strain` are what each variable adds to the lines of the score (changes: less a constant).
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.places: list[Place] = []
        self.number: dict[Place, int] = {}
        self.upper: list[float] = []
        self.whole: list[bool] = []
        self.fixed: set[int] = set()
        self.rows: list[tuple[list[int], list[float], float]] = []
        self.minimum: dict[int, float] = {}
        self.wanted: dict[int, float] = {}
        self.changes: dict[int, float] = {}
        self.strain: dict[int, float] = defaultdict(float)
        self.in_shift: dict[tuple[str, str], list[int]] = defaultdict(list)
        self.of_helper: dict[str, list[int]] = defaultdict(list)
        self._choose_places()
        for shift in problem.shifts:
            self._shift(shift)
        for helper in problem.helpers:
            self._helper(helper)

    def _choose_places(self) -> None:
        for shift in self.problem.shifts:
            for role in shift.roles:
                for helper in self.problem.helpers:
                    place = (shift.id, role.name, helper.id)
                    said_yes = place in self.problem.confirmed
                    if not said_yes and not may_take(helper, shift, role):
                        continue
                    number = self._variable(1, whole=True)
                    self.places.append(place)
                    self.number[place] = number
                    self.in_shift[shift.id, helper.id].append(number)
                    self.of_helper[helper.id].append(number)
                    if said_yes:
                        self.fixed.add(number)
                    if place in self.problem.proposed:
                        self.changes[number] = -1.0
                    if wish := helper.wishes.get(shift.id, 0):
                        self.strain[number] -= WISH * wish

    def _variable(self, upper: float, *, whole: bool) -> int:
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.upper) - 1

    def _row(self, terms: Iterable[tuple[int, float]], most: float) -> None:
        """A rule: the sum stays at or below `most`, or below what is fixed where that is already more."""
        added: dict[int, float] = defaultdict(float)
        for variable, factor in terms:
            added[variable] += factor
        if not added or sum(f * self.upper[v] for v, f in added.items() if f > 0) <= most:
            return
        held = sum(factor for variable, factor in added.items() if variable in self.fixed)
        self.rows.append((list(added), list(added.values()), max(most, held)))

    def _shift(self, shift: Shift) -> None:
        for role in shift.roles:
            places = ((shift.id, role.name, helper.id) for helper in self.problem.helpers)
            here = [self.number[place] for place in places if place in self.number]
            self._row([(number, 1.0) for number in here], role.wanted)
            short = []
            # What is short of the minimum is dearer, so what is only wanted is left out first.
            for line, most in ((self.minimum, role.minimum), (self.wanted, role.wanted - role.minimum)):
                if most > 0:
                    short.append(self._variable(most, whole=False))
                    line[short[-1]] = float(shift.weight)
            if role.wanted:
                numbers = [*here, *short]
                self.rows.append((numbers, [-1.0] * len(numbers), -float(role.wanted)))
        self._company(shift)

    def _company(self, shift: Shift) -> None:
        """Newcomers beside experienced people, and who is kept apart or together."""
        new: list[int] = []
        known: list[int] = []
        for helper in self.problem.helpers:
            numbers = self.in_shift.get((shift.id, helper.id), [])
            (new if helper.newcomer else known).extend(numbers)
        limit = float(self.problem.newcomers)
        if len(self.fixed & set(new)) > limit * len(self.fixed & set(known)):
            for number in set(new) - self.fixed:
                self.upper[number] = 0  # those who said yes are too many newcomers already
        elif new:
            self._row([*((number, 1.0) for number in new), *((number, -limit) for number in known)], 0.0)
        for pair in sorted(map(sorted, self.problem.apart)):
            both = [number for who in pair for number in self.in_shift.get((shift.id, who), [])]
            self._row([(number, 1.0) for number in both], 1.0)
        for first, second in sorted(map(sorted, self.problem.together)):
            for one, other in ((first, second), (second, first)):
                terms = [(number, 1.0) for number in self.in_shift.get((shift.id, one), [])]
                terms += [(number, -1.0) for number in self.in_shift.get((shift.id, other), [])]
                self._row(terms, 0.0)

    def _helper(self, helper: Helper) -> None:
        mine = [(self.problem.shift[self.places[number][0]], number) for number in self.of_helper[helper.id]]
        mine.sort(key=lambda pair: (pair[0].start, pair[1]))
        # Of all shifts that are under way or being rested from at one moment, one: enough at each beginning.
        for shift, _number in {s.id: (s, n) for s, n in mine}.values():
            at = shift.start
            self._row([(n, 1.0) for s, n in mine if s.start <= at < max(s.end + helper.rest, s.start + 1)], 1.0)
        for most, length in ((helper.day_minutes, 1), (helper.week_minutes, 7)):
            blocks: dict[int, list[tuple[int, float]]] = defaultdict(list)
            for shift, number in mine:
                blocks[shift.day // length].append((number, float(shift.minutes)))
            if most is not None:
                for terms in blocks.values():
                    self._row(terms, float(most))
        self._rows_of_days(helper, mine)
        self._months(helper, mine)
        self._fairness(helper, mine)

    def _rows_of_days(self, helper: Helper, mine: list[tuple[Shift, int]]) -> None:
        if helper.days_in_row is None:
            return
        days: dict[int, list[int]] = defaultdict(list)
        for shift, number in mine:
            days[shift.day].append(number)
        rows = [range(day, day + helper.days_in_row + 1) for day in days]
        full = [row for row in rows if all(day in days for day in row)]
        used = {day: self._any_of(days[day]) for day in sorted({day for row in full for day in row})}
        for row in full:
            self._row([(used[day], 1.0) for day in row], float(helper.days_in_row))

    def _any_of(self, numbers: list[int]) -> int:
        """A variable that is 1 where any of these is."""
        if len(numbers) == 1:
            return numbers[0]
        one = self._variable(1, whole=True)
        for number in numbers:
            self.rows.append(([number, one], [1.0, -1.0], 0.0))
        if self.fixed & set(numbers):
            self.fixed.add(one)
        return one

    def _months(self, helper: Helper, mine: list[tuple[Shift, int]]) -> None:
        nights = [(shift.day, number) for shift, number in mine if shift.at_night]
        if helper.nights is not None:
            for first in sorted({day for day, _number in nights}):
                inside = [(number, 1.0) for day, number in nights if first <= day < first + MONTH]
                self._row(inside, float(helper.nights))
        if helper.weekends is None:
            return
        by_weekend: dict[int, list[int]] = defaultdict(list)
        for shift, number in mine:
            if shift.weekend is not None:
                by_weekend[shift.weekend].append(number)
        given = {weekend: self._any_of(numbers) for weekend, numbers in sorted(by_weekend.items())}
        for first in given:
            inside = [(one, 1.0) for weekend, one in given.items() if first <= weekend < first + MONTH // 7]
            self._row(inside, float(helper.weekends))

    def _fairness(self, helper: Helper, mine: list[tuple[Shift, int]]) -> None:
        """Steps that grow dearer: of hours, and of unpopular shifts."""
        quarters = [(number, float(quarters_of(shift))) for shift, number in mine]
        most = sum({shift.id: quarters_of(shift) for shift, _number in mine}.values())
        steps = [(price, count) for price, count in load_steps(helper.had_minutes, most)]
        self._steps(quarters, steps)
        unpopular = [(number, 1.0) for shift, number in mine if shift.unpopular]
        self._steps(unpopular, [(UNPOPULAR * (helper.had_unpopular + n), 1) for n in range(1, len(unpopular) + 1)])

    def _steps(self, terms: list[tuple[int, float]], steps: list[tuple[int, int]]) -> None:
        if not terms:
            return
        filled = []
        for price, count in steps:
            step = self._variable(count, whole=False)
            self.strain[step] = float(price)
            filled.append((step, -1.0))
        self.rows.append(([v for v, _ in [*terms, *filled]], [f for _, f in [*terms, *filled]], 0.0))


def may_take(helper: Helper, shift: Shift, role: Role) -> bool:
    """Whether someone may be asked at all: skills, time, and what they ruled out."""
    return (
        role.skills <= helper.skills
        and shift.id not in helper.never
        and (not helper.free or any(free.start <= shift.start and shift.end <= free.end for free in helper.free))
    )
