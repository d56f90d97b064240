"""Why an ask is in no run: rule by rule, who is left after each, and what would have to be otherwise for it to be
served.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np

from manyhands.kernel.geo import Integers, StraightLines, Travel, is_on_the_globe
from manyhands.kernel.routing.ability import Alone, Table, Truths, alone, can_be_visited, rules_allow
from manyhands.kernel.routing.changes import gap, longer_turn, one_thing, price
from manyhands.kernel.routing.fitting import fitted, ways_in
from manyhands.kernel.routing.insertion import IMPOSSIBLE, Leftovers, openings
from manyhands.kernel.routing.plan import Plan, Unserved
from manyhands.kernel.routing.problem import Helper, Problem, Stop, Window
from manyhands.kernel.routing.promises import breaches, listed, minutes
from manyhands.kernel.routing.reasons import Breach, Code, Fact, Reason, Recruit
from manyhands.kernel.routing.steps import windows_for
from manyhands.kernel.routing.timing import Turn, schedule, turns_of
from manyhands.kernel.routing.ways import Ways

IN_DEPTH = 200
"""For how many unserved asks a whole plan tries every run; for the others it names the nearest helper who could go."""

RUNS_TRIED = 8
"""How many helpers' runs are tried for an ask, the nearest first."""

DOUBTFUL_KM = 200
"""A place further than this from every helper is more likely mistyped than meant."""

HOURS_MORE = 6 * 3600
"""How much longer a helper's shift is imagined when looking for where a stop would fit."""


def explain(problem: Problem, plan: Plan, ask_id: str, travel: Travel | None = None) -> Reason:
    """The true reason why this ask is in no run of the plan, and what would change it.

    It is found by trying: a reason that names a change (some minutes, some boxes, one more helper) was tested with that
    change. Raises KeyError for an ask that is not in the problem and ValueError for one that is in a run.
    """
    stop = problem.stop[ask_id]
    if ask_id in plan.run_of:
        raise ValueError(f"Ask {ask_id} is served, by helper {plan.run_of[ask_id].helper_id}.")
    return _Inquiry(problem, plan, [stop], _visitable([stop]), travel or StraightLines()).reason(stop, in_depth=True)


def explain_all(
    problem: Problem, plan: Plan, travel: Travel, known: Mapping[str, Reason] = MappingProxyType({})
) -> tuple[Unserved, ...]:
    """Every ask that is in no run with its reason, in the order of the problem; in depth for those that matter most.

    Reasons that are `known` (by ask id) are taken over.
    """
    left = [s for s in problem.stops if s.id not in plan.run_of]
    unknown = [s for s in left if s.id not in known]
    deep = sorted(_visitable(unknown), key=lambda s: (-problem.need[s.id], s.id))[:IN_DEPTH]
    inquiry = _Inquiry(problem, plan, unknown, deep, travel)
    return tuple(
        Unserved(s.id, known.get(s.id) or inquiry.reason(s, in_depth=s.id in inquiry.deep_column)) for s in left
    )


def _visitable(stops: Sequence[Stop]) -> list[Stop]:
    return [s for s in stops if can_be_visited(s)]


@dataclass(frozen=True)
class _Inquiry:
    problem: Problem
    plan: Plan
    stops: Sequence[Stop]
    deep: Sequence[Stop]
    travel: Travel

    @cached_property
    def deep_column(self) -> dict[str, int]:
        return {s.id: i for i, s in enumerate(self.deep)}

    @cached_property
    def _openings(self) -> dict[int, list[tuple[Integers, Integers]]]:
        return {}

    @cached_property
    def turns(self) -> list[Turn]:
        return turns_of(self.problem)

    @cached_property
    def orders(self) -> dict[tuple[str, int], list[Stop]]:
        return {
            (run.helper_id, run.shift): [self.problem.stop[i] for i in run.stop_ids if i in self.problem.stop]
            for run in self.plan.runs
        }

    @cached_property
    def column(self) -> dict[str, int]:
        return {s.id: i for i, s in enumerate(_visitable(self.stops))}

    @cached_property
    def alone(self) -> list[Alone]:
        table = Table.of(self.problem, _visitable(self.stops))
        return [alone(turn, table, self.travel) for turn in self.turns]

    @cached_property
    def _works(self) -> Truths:
        return np.array([one.works for one in self.alone], dtype=np.bool_).reshape(len(self.turns), len(self.column))

    @cached_property
    def _cost(self) -> Integers:
        cost = [one.seconds + one.metres for one in self.alone]
        return np.array(cost, dtype=np.int64).reshape(len(self.turns), len(self.column))

    @cached_property
    def _rows(self) -> dict[frozenset[str], Integers]:
        return {}

    def _rows_of(self, people: frozenset[str]) -> Integers:
        if people not in self._rows:
            rows = [i for i, turn in enumerate(self.turns) if turn.helper.id in people]
            self._rows[people] = np.array(rows, dtype=np.int64)
        return self._rows[people]

    @cached_property
    def _people(self) -> dict[object, Reason | frozenset[str]]:
        return {}

    def reason(self, stop: Stop, *, in_depth: bool) -> Reason:
        if itself := self._the_ask_itself(stop):
            return itself
        people = self._who_may_go(stop)
        if isinstance(people, Reason):
            return _locked(stop, self._with_what_comes_next(stop, people) if in_depth else people)
        rows = self._rows_of(people)
        able = rows[self._works[rows, self.column[stop.id]]]
        if len(able):
            return self._hands_full(stop, able, in_depth=in_depth)
        reason = self._load(stop, people) or self._when_and_how_far(stop, rows.tolist())
        return _locked(stop, reason)

    # -- the ask itself

    def _the_ask_itself(self, stop: Stop) -> Reason | None:
        if not is_on_the_globe(stop.place):
            return Reason(Code.NO_PLACE)
        if not is_on_the_globe(stop.collecting.place):
            return Reason(Code.NO_PICK_UP_PLACE)
        usable = windows_for(stop)
        if not usable:
            longest = max(w[1] - w[0] for w in stop.windows)
            if longest < 0:
                return Reason(Code.WINDOW_BACKWARDS)
            return Reason(
                Code.WINDOW_TOO_SHORT,
                {
                    "service": minutes(stop.service),
                    "window": longest // 60,
                    "minutes": minutes(stop.service - longest),
                },
            )
        now = self.problem.now
        if now is not None and all(w.end - stop.service < now for w in usable):
            return Reason(Code.WINDOW_OVER, {"minutes": max(0, now - max(w.end for w in usable)) // 60})
        return self._the_pick_up(stop, usable) if stop.pick_up is not None else None

    def _the_pick_up(self, stop: Stop, usable: Sequence[Window]) -> Reason | None:
        up = stop.collecting
        fetching = windows_for(up)
        now = self.problem.now
        if not fetching or (now is not None and all(w.end - up.service < now for w in fetching)):
            return Reason(Code.PICK_UP_OVER)
        late = min(w.start for w in fetching) + up.service - max(w.end - stop.service for w in usable)
        return Reason(Code.PICK_UP_TOO_LATE, {"minutes": minutes(late)}) if late > 0 else None

    def _with_what_comes_next(self, stop: Stop, reason: Reason) -> Reason:
        """The reason, and what was found by lifting just this one rule: who could go then, or what comes next."""
        lifted = LIFTED.get(reason.code)
        if lifted is None or stop.id not in self.deep_column:
            return reason
        after = self.reason(lifted(stop), in_depth=True)
        if after.code == Code.ROOM_LEFT:
            return replace(reason, detail=Reason(Code.THEN_ROOM, {"helper": after.facts["helper"]}))
        return replace(reason, detail=Reason(Code.EVEN_SO, detail=after))

    # -- who may go

    def _who_may_go(self, stop: Stop) -> Reason | frozenset[str]:
        kind = (stop.skills, stop.languages, stop.hub, stop.only, stop.never, stop.locked_to)
        if kind not in self._people:
            self._people[kind] = self._who_may_go_for(stop)
        return self._people[kind]

    def _who_may_go_for(self, stop: Stop) -> Reason | frozenset[str]:
        if not self.problem.helpers:
            return Reason(Code.NO_HELPERS)
        named = [
            h
            for h in self.problem.helpers
            if h.id not in stop.never and (stop.only is None or h.id in stop.only) and stop.locked_to in (None, h.id)
        ]
        if not named:
            return Reason(Code.NOBODY_ALLOWED)
        skilled = [h for h in named if stop.skills <= h.skills]
        speaking = [h for h in named if not stop.languages or not stop.languages.isdisjoint(h.languages)]
        words: dict[str, Fact] = {"skills": listed(stop.skills), "languages": listed(stop.languages)}
        both = [h for h in skilled if h in speaking]
        if not both:
            if speaking and not skilled:
                return Reason(Code.NO_SKILL, {"skills": words["skills"]})
            if skilled and not speaking:
                return Reason(Code.NO_LANGUAGE, {"languages": words["languages"]})
            return Reason(Code.NO_SKILL_AND_LANGUAGE, words)
        at_hub = [h for h in both if stop.hub in (None, h.hub)]
        if not at_hub:
            return Reason(Code.NOBODY_AT_HUB, {"hub": stop.hub or ""})
        open_to_more = [h for h in at_hub if not h.settled or stop.locked_to == h.id]
        if not open_to_more:
            return Reason(Code.ALL_SETTLED)
        return frozenset(h.id for h in open_to_more)

    # -- load, time and way

    def _load(self, stop: Stop, people: frozenset[str]) -> Reason | None:
        helpers = [h for h in self.problem.helpers if h.id in people]
        if not stop.loads or any(_carries(h, stop) for h in helpers):
            return None
        for number, unit in enumerate(self.problem.units):
            most = max(h.capacity[number] for h in helpers)
            if stop.loads[number] > most:
                return Reason(Code.TOO_BIG, {"load": stop.loads[number], "unit": unit, "most": most})
        return Reason(Code.NOBODY_FITS, {"helper": helpers[0].id})

    def _when_and_how_far(self, stop: Stop, rows: Sequence[int]) -> Reason:
        """Why no turn could go there even with nothing else to do."""
        column = self.column[stop.id]
        rows = [r for r in rows if self.alone[r].carries[column]]
        if not rows:
            return Reason(Code.NO_TIME)
        gaps = [(gap(self.turns[r], stop), r) for r in rows]
        if all(missed > 0 for missed, _ in gaps):
            missed, row = min(gaps)
            return Reason(Code.NOBODY_FREE, {"helper": self.turns[row].helper.id, "minutes": minutes(missed)})
        rows = [r for missed, r in gaps if missed == 0]
        if not any(self.alone[r].hub_open for r in rows):
            return Reason(Code.HUB_SHUT, {"hub": self.turns[rows[0]].helper.hub or ""})
        rows = [r for r in rows if self.alone[r].hub_open]
        if nearest := self._with_more_time(stop, rows):
            return nearest
        short = [r for r in rows if self._only_the_way_is_too_long(stop, r)]
        if short:
            row = min(short, key=lambda r: (int(self.alone[r].metres[column]) - (self._most_metres(r)), r))
            needed = int(self.alone[row].metres[column]) / 1000
            helper = self.turns[row].helper.id
            return Reason(Code.TOO_MANY_KM, {"helper": helper, "needed": needed, "most": self._most_metres(row) / 1000})
        row = min(rows, key=lambda r: (int(self.alone[r].seconds[column]), r))
        turn = self.turns[row]
        run = schedule(self.problem, turn, [stop], self.travel)
        missing = breaches(self.problem, turn, [stop], run)
        return Reason(Code.NOBODY_FITS, {"helper": turn.helper.id}, missing[0] if missing else None)

    def _most_metres(self, row: int) -> int:
        return self.turns[row].helper.max_metres or 0

    def _only_the_way_is_too_long(self, stop: Stop, row: int) -> bool:
        turn = self.turns[row]
        further = replace(turn, helper=replace(turn.helper, max_metres=None))
        return turn.helper.max_metres is not None and self._works_alone(further, stop)

    def _works_alone(self, turn: Turn, stop: Stop) -> bool:
        return bool(alone(turn, Table.of(self.problem, [stop]), self.travel).works[0])

    def _with_more_time(self, stop: Stop, rows: Sequence[int]) -> Reason | None:
        """The helper who would need the least more time to go there and be through, tested with that time."""
        column = self.column[stop.id]
        tried = []
        for row in sorted(rows, key=lambda r: (int(self.alone[r].seconds[column]), r))[:RUNS_TRIED]:
            turn = self.turns[row]
            arrive = self.alone[row].finish[column] - self._after(row, column, stop)
            for window in windows_for(stop):
                earlier = minutes(max(0, int(arrive) - (window.end - stop.service))) * 60
                if self.problem.now is not None and turn.window.start - earlier < self.problem.now:
                    continue
                sooner = longer_turn(turn, earlier=earlier)
                finish = int(
                    alone(sooner, Table.of(self.problem, [replace(stop, windows=(window,))]), self.travel).finish[0]
                )
                later = minutes(max(0, finish - turn.window.end)) * 60
                more = longer_turn(turn, earlier=earlier, later=later)
                if turn.helper.max_seconds is not None:
                    one = alone(more, Table.of(self.problem, [stop]), self.travel)
                    extra = minutes(max(0, int(one.seconds[0]) - turn.helper.max_seconds)) * 60
                    more = longer_turn(turn, earlier=earlier, later=later, longer=extra)
                else:
                    extra = 0
                if self._works_alone(more, stop):
                    tried.append((max(earlier + later, extra), row, earlier, later, extra))
        if not tried:
            return None
        total, row, earlier, later, extra = min(tried)
        turn = self.turns[row]
        one = self.alone[row]
        back = 1 if turn.end is None or turn.first_place is None else 2
        km = int(one.metres[column]) / 1000 / back
        if km > DOUBTFUL_KM:
            return Reason(Code.PLACE_DOUBTFUL, {"km": km})
        return Reason(
            Code.TOO_FAR,
            {
                "helper": turn.helper.id,
                "km": km,
                "minutes": total // 60,
                "earlier": earlier // 60,
                "later": later // 60,
                "longer": extra // 60,
                "shift": turn.shift,
            },
        )

    def _after(self, row: int, column: int, stop: Stop) -> int:
        """Seconds from beginning the visit alone to being through."""
        turn = self.turns[row]
        home = 0
        if turn.end is not None and stop.place is not None:
            seconds, _ = self.travel.matrix(turn.helper.mode, [stop.place], [turn.end])
            home = int(seconds[0, 0])
        return stop.service + home

    # -- hands full

    def _hands_full(self, stop: Stop, able: Integers, *, in_depth: bool) -> Reason:
        column = self.column[stop.id]
        near: list[int] = able[np.lexsort((able, self._cost[able, column]))[:RUNS_TRIED]].tolist()
        like = Reason(Code.FULL, {"helper": self.turns[near[0]].helper.id, "shift": self.turns[near[0]].shift})
        if not in_depth:
            return like
        choices: list[tuple[float, int, int, Reason]] = []
        for row in near:
            turn = self.turns[row]
            for position, tried in self._orders_with(row, stop):
                found = breaches(self.problem, turn, tried, schedule(self.problem, turn, tried, self.travel))
                found = [reason for reason in found if reason.code != Breach.APART]
                if not found and (apart := self._only_with(stop)):
                    return apart
                if not found:
                    return Reason(Code.ROOM_LEFT, {"helper": turn.helper.id, "shift": turn.shift, "position": position})
                if change := one_thing(turn, found, position):
                    choices.append((price(change), row, position, change))
        return min(choices, key=lambda c: c[:3])[3] if choices else like

    def _only_with(self, stop: Stop) -> Reason | None:
        """That it could go but for those it goes together with, who do not fit beside it; None where they would."""
        ids = self.problem.companions.get(stop.together or "", ())
        if stop.id not in ids:
            return None
        bundle = [self.problem.stop[i] for i in ids]
        if all(can_be_visited(s) for s in bundle):
            ways = Ways(self.travel, [])
            for turn in self.turns:
                if all(rules_allow(turn.helper, s) for s in bundle):
                    order = self.orders.get(turn.key, [])
                    if fitted(self.problem, turn, order, bundle, ways) is not None:
                        return None
        return Reason(Code.NOT_WITHOUT, {"other": next(i for i in ids if i != stop.id)})

    def _orders_with(self, row: int, stop: Stop) -> list[tuple[int, list[Stop]]]:
        """The orders of this run with the stop in it that are worth a look, and where in them it stands."""
        order = self.orders.get(self.turns[row].key, [])
        if stop.pick_up is None and stop.together not in self.problem.companions:
            return [(p, [*order[:p], stop, *order[p:]]) for p in self._positions(row, stop)]
        turn = self.turns[row]
        free = replace(turn, helper=replace(turn.helper, max_seconds=None))
        ways = Ways(self.travel, [])
        tried = [o for t in (free, longer_turn(free, later=HOURS_MORE)) for _, o in ways_in(t, order, stop, ways)[:4]]
        return [(next(i for i, s in enumerate(o) if s.id == stop.id), o) for o in tried]

    def _positions(self, row: int, stop: Stop) -> list[int]:
        """Where in a run the stop would fit best by its time; else where, if the helper had hours more."""
        turn = self.turns[row]
        order = self.orders.get(turn.key, [])
        if row not in self._openings:
            free = replace(
                turn, helper=replace(turn.helper, capacity=(), max_stops=None, max_seconds=None, max_metres=None)
            )
            left = Leftovers(
                self.problem,
                Table.of(self.problem, self.deep),
                np.ones(len(self.deep), dtype=np.int64),
                np.ones((1, len(self.deep)), dtype=np.bool_),
            )
            self._openings[row] = [
                openings(free, 0, order, left, self.travel),
                openings(longer_turn(free, later=HOURS_MORE), 0, order, left, self.travel),
            ]
        column = self.deep_column[stop.id]
        return [int(at[column]) for cost, at in self._openings[row] if cost[column] < IMPOSSIBLE]


LIFTED: Mapping[Code | Breach | Recruit, Callable[[Stop], Stop]] = {
    Code.NO_SKILL: lambda stop: replace(stop, skills=frozenset()),
    Code.NO_LANGUAGE: lambda stop: replace(stop, languages=frozenset()),
    Code.NO_SKILL_AND_LANGUAGE: lambda stop: replace(stop, skills=frozenset(), languages=frozenset()),
    Code.NOBODY_AT_HUB: lambda stop: replace(stop, hub=None),
    Code.NOBODY_ALLOWED: lambda stop: replace(stop, only=None, never=frozenset(), locked_to=None),
}
"""How one rule is taken off an ask, to see whether that alone would do."""


def _locked(stop: Stop, reason: Reason) -> Reason:
    """For a stop that only one helper may take: that this is so, and behind it what stands in their way."""
    if stop.locked_to is None:
        return reason
    return Reason(Code.LOCKED_HELPER_CANNOT, {"helper": stop.locked_to}, reason)


def _carries(helper: Helper, stop: Stop) -> bool:
    return not helper.capacity or all(x <= most for x, most in zip(stop.loads, helper.capacity, strict=True))
