"""Filling what is open and passing shifts on to who has less, one by one: quick, and never against a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from manyhands.kernel.rostering.explaining import stands_against
from manyhands.kernel.rostering.model import may_take
from manyhands.kernel.rostering.problem import Assignment, Helper, Problem, Role, Shift, State
from manyhands.kernel.rostering.scoring import UNPOPULAR, WISH, load_points, quarters_of


class Draft:
    """A roster being made: who has what, by shift and by helper."""

    def __init__(self, problem: Problem, assignments: Iterable[Assignment]) -> None:
        self.problem = problem
        self.of_shift: dict[str, list[Assignment]] = {}
        self.of_helper: dict[str, list[Assignment]] = {}
        self._paired = frozenset(who for pair in problem.together for who in pair)
        self._able = {
            (shift.id, role.name): [helper for helper in problem.helpers if may_take(helper, shift, role)]
            for shift in problem.shifts
            for role in shift.roles
        }
        for one in assignments:
            self._put(one)

    def assignments(self) -> tuple[Assignment, ...]:
        """All of them, in the order of the shifts."""
        return tuple(one for shift in self.problem.shifts for one in self.of_shift.get(shift.id, ()))

    def fill(self) -> None:
        """Put someone into every open place whom no rule keeps away, minimums first, who it strains least."""
        for below_minimum in (True, False):
            for shift in sorted(self.problem.shifts, key=lambda shift: -shift.weight):
                for role in shift.roles:
                    aim = role.minimum if below_minimum else role.wanted
                    while self._count(shift, role) < aim and self._add_one(shift, role):
                        pass

    def pass_on(self, enough: Callable[[], bool]) -> None:
        """Give proposals to others as long as that strains people less."""
        better = True
        while better and not enough():
            better = False
            for one in self.assignments():
                if enough():
                    return
                better |= self._passed_on(one)

    def _passed_on(self, one: Assignment) -> bool:
        if one.state == State.CONFIRMED or one[:3] in self.problem.proposed or one.helper in self._paired:
            return False
        shift, giver = self.problem.shift[one.shift], self.problem.helper[one.helper]
        self._take(one)
        saved = self._strain(giver, shift)
        best: tuple[int, Helper] | None = None
        for helper in self._able[one.shift, one.role]:
            cost = self._strain(helper, shift)
            if cost < (best[0] if best else saved) and self._may(helper, shift, giver):
                best = (cost, helper)
        self._put(one if best is None else Assignment(one.shift, one.role, best[1].id))
        return best is not None

    def _may(self, helper: Helper, shift: Shift, instead_of: Helper | None = None) -> bool:
        here = self.of_shift.get(shift.id, [])
        if any(one.helper == helper.id for one in here) or next(stands_against(self, helper, shift), None):
            return False
        if instead_of is None or instead_of.newcomer or not helper.newcomer:
            return True
        new = sum(self.problem.helper[one.helper].newcomer for one in here) + 1
        return new <= self.problem.newcomers * (len(here) + 1 - new)

    def _add_one(self, shift: Shift, role: Role) -> bool:
        able = [helper for helper in self._able[shift.id, role.name] if self._may(helper, shift)]
        if not able:
            return False
        chosen = min(able, key=lambda helper: self._strain(helper, shift))
        self._put(Assignment(shift.id, role.name, chosen.id))
        return True

    def _count(self, shift: Shift, role: Role) -> int:
        return sum(one.role == role.name for one in self.of_shift.get(shift.id, ()))

    def _strain(self, helper: Helper, shift: Shift) -> int:
        """The points one more shift costs someone, beside what they have."""
        mine = [self.problem.shift[one.shift] for one in self.of_helper.get(helper.id, ())]
        had = helper.had_minutes + 15 * sum(quarters_of(other) for other in mine)
        points = load_points(had, quarters_of(shift)) - WISH * helper.wishes.get(shift.id, 0)
        if shift.unpopular:
            points += UNPOPULAR * (helper.had_unpopular + sum(other.unpopular for other in mine) + 1)
        return points

    def _put(self, one: Assignment) -> None:
        self.of_shift.setdefault(one.shift, []).append(one)
        self.of_helper.setdefault(one.helper, []).append(one)

    def _take(self, one: Assignment) -> None:
        self.of_shift[one.shift].remove(one)
        self.of_helper[one.helper].remove(one)
