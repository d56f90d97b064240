"""Whom or what to recruit: how many more asks a helper, an hour, a car or a language would reach, found by planning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TypeVar

import numpy as np

from manyhands.kernel.geo import Mode, Point, StraightLines, Travel, great_circle
from manyhands.kernel.routing.ability import Table, allowed, alone, can_be_visited
from manyhands.kernel.routing.fitting import fitted
from manyhands.kernel.routing.insertion import Leftovers, squeeze_in
from manyhands.kernel.routing.plan import Plan, Run
from manyhands.kernel.routing.problem import Helper, Problem, Stop, Window
from manyhands.kernel.routing.reasons import Fact, Reason, Recruit
from manyhands.kernel.routing.timing import Turn, schedule, turn_of
from manyhands.kernel.routing.ways import Ways

T = TypeVar("T")

TRIED = 150
"""How many asks that are not reached are tried, those that matter most first."""

STARTS = 4
"""From how many places a new helper is imagined to set out."""

SLOT = 1800
HOUR = 3600

SHOWN = 3
"""How many of each kind are told, the ones that reach most first."""

NEW = "one more"


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing more and what it would reach: `reason` in words, the asks, and the points of need they stand for.

    It was planned with that one thing added to the plan as it stands, so it is so many at least.
    """

    reason: Reason
    stop_ids: tuple[str, ...]
    need: int


def advise(
    problem: Problem, plan: Plan, travel: Travel | None = None, *, stop: Callable[[], bool] = lambda: False
) -> tuple[Advice, ...]:
    """What would reach asks that this plan does not, the most need first: one more helper (with a mode, where, and from
    when until when; with a language or a skill that is missing), an hour more of someone, a car for someone, a language
    for someone.

    Each was tried by fitting asks into that one run, with nothing else changed. ``stop``: asked now and then; once it
    says so, what was found until then is given.
    """
    return _Office(problem, plan, travel or StraightLines(), stop).advice()


class _Office:
    def __init__(self, problem: Problem, plan: Plan, travel: Travel, stop: Callable[[], bool]) -> None:
        self.stop = stop
        self.problem = problem
        self.plan = plan
        left = [s for s in problem.stops if s.id not in plan.run_of and can_be_visited(s) and s.locked_to is None]
        self.left = sorted(left, key=lambda s: (-problem.need[s.id], s.id))[:TRIED]
        self.table = Table.of(problem, self.left)
        self.ways = Ways(travel, self._places())
        shifts = [w for h in problem.helpers for w in h.shifts if w[0] < w[1]]
        opens = min((w[0] for w in shifts), default=0)
        self.span = Window(
            opens if problem.now is None else max(opens, problem.now), max((w[1] for w in shifts), default=0)
        )

    def _places(self) -> list[Point | None]:
        served = [self.problem.stop[i] for i in self.plan.run_of if i in self.problem.stop]
        stops = [*self.left, *served][:1000]
        bases = [p for h in self.problem.helpers for p in (h.start, h.end)]
        return [*(s.place for s in stops), *bases, *(h.place for h in self.problem.hubs)]

    def advice(self) -> tuple[Advice, ...]:
        if not self.left or self.span.start >= self.span.end:
            return ()
        found: list[Advice] = []
        for kind in (self._more_helpers, self._more_hours, self._cars, self._words):
            each = sorted(kind(), key=lambda a: (-a.need, -len(a.stop_ids), str(a.reason.facts)))
            found += each[:SHOWN]
        return tuple(sorted(found, key=lambda a: (-a.need, str(a.reason.code), str(a.reason.facts))))

    def _in_time(self, each: Iterable[T]) -> Iterator[T]:
        return takewhile(lambda _: not self.stop(), each)

    # -- one run with something more

    def _filled(self, turn: Turn, order: Sequence[Stop]) -> tuple[list[Stop], Run | None]:
        """The order with every ask fitted in that it takes, the one with most need first."""
        may = allowed([turn], self.left)
        may[0] &= alone(turn, self.table, self.ways).works
        need = np.array([self.problem.need[s.id] for s in self.left], dtype=np.int64)
        leftovers = Leftovers(self.problem, self.table, need, may)
        full = squeeze_in([turn], {0: list(order)}, leftovers, self.ways, lambda: False).get(0, list(order))
        for column, stop in enumerate(self.left):
            if stop.pick_up is not None and may[0, column] and stop.id not in {s.id for s in full}:
                fit = fitted(self.problem, turn, full, [stop], self.ways)
                full = list(fit.order) if fit is not None else full
        return full, schedule(self.problem, turn, full, self.ways) if full else None

    def _advice(
        self, code: Recruit, facts: Mapping[str, Fact], order: Sequence[Stop], full: Sequence[Stop]
    ) -> Advice | None:
        had = {s.id for s in order}
        more = tuple(dict.fromkeys(s.id for s in full if s.id not in had))
        if not more:
            return None
        need = sum(self.problem.need[i] for i in more)
        return Advice(Reason(code, {**facts, "asks": len(more)}), more, need)

    def _order(self, helper: Helper, shift: int) -> list[Stop]:
        for run in self.plan.runs:
            if (run.helper_id, run.shift) == (helper.id, shift):
                return [self.problem.stop[i] for i in run.stop_ids]
        return []

    # -- one more helper

    def _more_helpers(self) -> Iterator[Advice]:
        for mode in self._modes():
            for languages, skills in self._in_time(self._profiles()):
                best: tuple[int, Helper, Stop, list[Stop], Run] | None = None
                for near in self._in_time(self._starts()):
                    helper = self._new(mode, near, languages, skills)
                    full, run = self._filled(turn_of(self.problem, helper, 0), [])
                    need = sum(self.problem.need[s.id] for s in {s.id: s for s in full}.values())
                    if run is not None and (best is None or need > best[0]):
                        best = need, helper, near, full, run
                if best is not None:
                    yield from self._told(*best[1:])

    def _told(self, helper: Helper, near: Stop, full: list[Stop], run: Run) -> Iterator[Advice]:
        """The whole run in the half hours it takes, and the one hour that reaches most."""
        yield self._told_for(helper, near, full, _half_hours_of(run))
        best: tuple[int, list[Stop], Window] | None = None
        for begin in self._in_time(range(self.span.start - self.span.start % SLOT, self.span.end - HOUR + 1, HOUR)):
            hour = Window(begin, begin + HOUR)
            turn = turn_of(self.problem, replace(helper, shifts=(hour,)), 0)
            fitting, _ = self._filled(turn, [])
            need = sum(self.problem.need[i] for i in {s.id for s in fitting})
            if need and (best is None or need > best[0]):
                best = need, fitting, hour
        if best is not None and len(best[1]) < len(full):
            yield self._told_for(helper, near, best[1], best[2])

    def _told_for(self, helper: Helper, near: Stop, full: Sequence[Stop], window: Window) -> Advice:
        usual = self._usual_languages()
        facts: dict[str, Fact] = {"mode": str(helper.mode), "near": near.id, "since": window.start, "until": window.end}
        code = Recruit.HELPER
        if helper.skills:
            code, facts["skills"] = Recruit.HELPER_WITH_SKILL, ", ".join(sorted(helper.skills))
        elif helper.languages - usual:
            code, facts["languages"] = Recruit.HELPER_SPEAKING, ", ".join(sorted(helper.languages - usual))
        advice = self._advice(code, facts, [], full)
        assert advice is not None
        return advice

    def _new(self, mode: Mode, near: Stop, languages: frozenset[str], skills: frozenset[str]) -> Helper:
        hubs = Counter(h.hub for h in self.problem.helpers)
        hub = min(hubs, key=lambda name: (-hubs[name], str(name))) if hubs else None
        return Helper(NEW, near.place, near.place, (self.span,), self._room(mode), mode, skills, languages, hub)

    def _room(self, mode: Mode) -> tuple[int, ...]:
        """What a helper with this mode usually has room for; without one, what any helper has."""
        same = [h.capacity for h in self.problem.helpers if h.mode == mode] or [
            h.capacity for h in self.problem.helpers
        ]
        known = [capacity for capacity in same if capacity]
        if len(known) < len(same) or not known:
            return ()
        return tuple(sorted(c[u] for c in known)[len(known) // 2] for u in range(len(self.problem.units)))

    def _modes(self) -> list[Mode]:
        used = Counter(h.mode for h in self.problem.helpers if h.mode != Mode.CAR)
        return [Mode.CAR, *sorted(used, key=lambda m: (-used[m], m))[:1]]

    def _usual_languages(self) -> frozenset[str]:
        """What every second helper or more speaks."""
        spoken = Counter(language for h in self.problem.helpers for language in h.languages)
        return frozenset(language for language, times in spoken.items() if 2 * times >= len(self.problem.helpers))

    def _profiles(self) -> list[tuple[frozenset[str], frozenset[str]]]:
        usual = self._usual_languages()
        nothing: frozenset[str] = frozenset()
        wanted = Counter(x for s in self.left if not s.languages & usual for x in s.languages)
        skills = Counter(s.skills for s in self.left if s.skills)
        return [
            (usual, nothing),
            *((usual | {x}, nothing) for x in sorted(wanted, key=lambda x: (-wanted[x], x))[:3]),
            *((usual, x) for x in sorted(skills, key=lambda x: (-skills[x], sorted(x)))[:2]),
        ]

    def _starts(self) -> list[Stop]:
        """Asks spread over those that are left: the one that matters most, then others that are far from the first."""
        if len(self.left) <= STARTS:
            return list(self.left)
        places = [s.place or Point(0, 0) for s in self.left]
        chosen = [0]
        while len(chosen) < STARTS:
            away = great_circle([places[i] for i in chosen], places).min(axis=0)
            # The very furthest are mistyped as likely as not: three quarters of the way out is far enough.
            chosen.append(int(np.argsort(away, kind="stable")[len(away) * 3 // 4]))
        return [self.left[i] for i in dict.fromkeys(chosen)]

    # -- more of a helper who is there

    def _turns(self) -> Iterator[tuple[Helper, int]]:
        for helper in self.problem.helpers:
            if not helper.settled:
                for shift, window in enumerate(helper.shifts):
                    if window[0] < window[1]:
                        yield helper, shift

    def _tried(self, helper: Helper, shift: int, code: Recruit, facts: Mapping[str, Fact]) -> Iterator[Advice]:
        turn = turn_of(self.problem, helper, shift)
        if turn.window.start >= turn.window.end:
            return
        order = self._order(helper, shift)
        full, _ = self._filled(turn, order)
        if advice := self._advice(code, {"helper": helper.id, **facts}, order, full):
            yield advice

    def _more_hours(self) -> Iterator[Advice]:
        for helper, shift in self._in_time(self._turns()):
            longer = None if helper.max_seconds is None else helper.max_seconds + HOUR
            opens, shuts = helper.shifts[shift]
            for window, code in (
                (Window(opens, shuts + HOUR), Recruit.LATER),
                (Window(opens - HOUR, shuts), Recruit.EARLIER),
            ):
                shifts = tuple(window if i == shift else w for i, w in enumerate(helper.shifts))
                more = replace(helper, shifts=shifts, max_seconds=longer)
                yield from self._tried(more, shift, code, {"since": window.start, "until": window.end})

    def _cars(self) -> Iterator[Advice]:
        for helper, shift in self._in_time(self._turns()):
            if helper.mode in (Mode.FOOT, Mode.BIKE):
                more = replace(helper, mode=Mode.CAR, capacity=self._room(Mode.CAR), max_metres=None)
                yield from self._tried(more, shift, Recruit.CAR, {})

    def _words(self) -> Iterator[Advice]:
        wanted = Counter(x for s in self.left for x in s.languages)
        for language in sorted(wanted, key=lambda x: (-wanted[x], x))[:3]:
            for helper, shift in self._in_time(self._turns()):
                if language not in helper.languages:
                    more = replace(helper, languages=helper.languages | {language})
                    yield from self._tried(more, shift, Recruit.LANGUAGE, {"languages": language})


def _half_hours_of(run: Run) -> Window:
    return Window(run.depart - run.depart % SLOT, run.finish + -run.finish % SLOT)
