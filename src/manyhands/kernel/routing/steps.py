"""An order of stops as steps: what is done one after another, and how long each takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from manyhands.kernel.geo import Point
from manyhands.kernel.routing.problem import Stop, Window

FOREVER = 1 << 50


def windows_for(stop: Stop) -> tuple[Window, ...]:
    """The windows in which the whole visit fits, in order of time; one without limits where none is asked for."""
    if not stop.windows:
        return (Window(-FOREVER, FOREVER),)
    return tuple(sorted(Window(*w) for w in stop.windows if w[1] - w[0] >= stop.service))


def as_visited(stops: Sequence[Stop]) -> list[Stop]:
    """An order of stops as it is gone through: each pick-up a stop of its own, and `service` without what is shared.

    Of an ask that stands twice, the first is the pick-up. What `arriving` takes is left out where the visit right
    before is in the same building.
    """
    if all(s.pick_up is None and s.building is None for s in stops):
        return list(stops)
    times = Counter(s.id for s in stops)
    seen: set[str] = set()
    visited: list[Stop] = []
    before: str | None = None
    for stop in stops:
        first = stop.pick_up is not None and times[stop.id] > 1 and stop.id not in seen
        seen.add(stop.id)
        half = stop.collecting if first else stop
        if half.building and half.building == before:
            shared = replace(half, service=max(0, half.service - half.arriving))
            visited.append(shared)
        else:
            visited.append(half)
        before = half.building
    return visited


class Doing(Enum):
    """What is done at a step of a run."""

    VISIT = "visit"
    COLLECT = "collect"
    RELOAD = "reload"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that takes time on the way. `stop` is the ask as it stands in the problem; a rest has no place."""

    doing: Doing
    place: Point | None
    windows: tuple[Window, ...]
    service: int
    stop: Stop | None = None
    asked: tuple[Window, ...] = ()

    @property
    def loads(self) -> tuple[int, ...]:
        """What comes on board here, or leaves."""
        return self.stop.loads if self.stop is not None else ()


def afresh(step: Step) -> Step:
    """The step for someone who comes from elsewhere: with all that it takes to arrive."""
    if step.stop is None:
        return step
    half = step.stop.collecting if step.doing is Doing.COLLECT else step.stop
    return replace(step, service=half.service, windows=windows_for(half))


def steps_of(stops: Sequence[Stop]) -> list[Step]:
    """The stops of an order as steps, without reloads and rests."""
    return [
        Step(
            Doing.COLLECT if stop.pick_up is not None and half.pick_up is None else Doing.VISIT,
            half.place,
            windows_for(half),
            half.service,
            stop,
            half.windows,
        )
        for stop, half in zip(stops, as_visited(stops), strict=True)
    ]
