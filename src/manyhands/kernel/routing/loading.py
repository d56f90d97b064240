"""What is on board, and where to load again when not everything fits at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from manyhands.kernel.geo import Point, Travel
from manyhands.kernel.routing.plan import Run
from manyhands.kernel.routing.problem import Helper, Window
from manyhands.kernel.routing.steps import Doing, Step, afresh

NEVER = 1 << 60


@dataclass(frozen=True, slots=True)
class Station:
    """Where a run can load again: the place, when it is open, and the seconds that takes."""

    place: Point
    window: Window
    loading: int


def loaded_for(steps: Sequence[Step], first: int, units: int) -> list[int]:
    """What is loaded for the trip that begins with the step `first`: all that is dropped until the next reload and was
    not picked up on the way.
    """
    fetched = {step.stop.id for step in steps if step.doing is Doing.COLLECT and step.stop is not None}
    amounts = [0] * units
    for step in steps[first:]:
        if step.doing is Doing.RELOAD:
            break
        if step.doing is Doing.VISIT and step.loads and step.stop is not None and step.stop.id not in fetched:
            amounts = [a + x for a, x in zip(amounts, step.loads, strict=True)]
    return amounts


def fullest(run: Run) -> tuple[int, ...]:
    """The most of each unit that is ever on board."""
    boards = [run.load, *(v.load for v in run.visits), *(r.load for r in run.reloads)]
    return tuple(max(unit) for unit in zip(*boards, strict=True))


def with_reloads(steps: list[Step], helper: Helper, station: Station, travel: Travel) -> list[Step]:
    """The steps with as many reloads as the load needs, where they cost the least way; as they were where no number of
    trips would do.
    """
    if not helper.capacity or not steps:
        return steps
    units = range(len(helper.capacity))
    fetched = {step.stop.id for step in steps if step.doing is Doing.COLLECT and step.stop is not None}
    carried = [[0] * len(helper.capacity)]  # goods fetched on the way, after each step
    loaded = [[0] * len(helper.capacity)]  # goods loaded at the hub for the steps so far
    for step in steps:
        on_the_way, hub = list(carried[-1]), list(loaded[-1])
        if step.loads and step.stop is not None:
            for unit in units:
                if step.doing is Doing.COLLECT:
                    on_the_way[unit] += step.loads[unit]
                elif step.stop.id in fetched:
                    on_the_way[unit] -= step.loads[unit]
                else:
                    hub[unit] += step.loads[unit]
        carried.append(on_the_way)
        loaded.append(hub)

    def fits(first: int, last: int) -> bool:
        """Whether the steps from `first` to before `last` fit into one trip."""
        return all(
            loaded[last][unit] - loaded[step][unit] + carried[step][unit] <= helper.capacity[unit]
            for unit in units
            for step in range(first, last + 1)
        )

    if fits(0, len(steps)):
        return steps
    detour = _detours(steps, helper, station, travel)
    nothing: list[tuple[int, tuple[int, ...]]] = [(NEVER, ())] * len(steps)
    best: list[list[tuple[int, tuple[int, ...]]]] = [[(0, ()), *nothing]]
    for _ in range(helper.trips):
        row: list[tuple[int, tuple[int, ...]]] = [(NEVER, ())] * (len(steps) + 1)
        for last in range(1, len(steps) + 1):
            for first in range(last - 1, -1, -1):
                if not fits(first, last):
                    break
                cost, gaps = best[-1][first]
                again = (cost + detour[first], (*gaps, first)) if first else (cost, gaps)
                row[last] = min(row[last], again)
        best.append(row)
    cost, gaps = min(row[-1] for row in best)
    if cost >= NEVER:
        return steps
    reload = Step(Doing.RELOAD, station.place, (station.window,), station.loading)
    return [s for i, step in enumerate(steps) for s in ((reload, afresh(step)) if i in gaps else (step,))]


def _detours(steps: Sequence[Step], helper: Helper, station: Station, travel: Travel) -> list[int]:
    """What going back to load costs before each step, in seconds and metres together."""
    places = [step.place for step in steps if step.place is not None]
    back_seconds, back_metres = travel.matrix(helper.mode, places, [station.place])
    out_seconds, out_metres = travel.matrix(helper.mode, [station.place], places)
    costs = [0]
    for number, (here, there) in enumerate(pairwise(places)):
        straight_seconds, straight_metres = travel.matrix(helper.mode, [here], [there])
        costs.append(
            int(back_seconds[number, 0] + back_metres[number, 0])
            + int(out_seconds[0, number + 1] + out_metres[0, number + 1])
            - int(straight_seconds[0, 0] + straight_metres[0, 0])
        )
    return costs
