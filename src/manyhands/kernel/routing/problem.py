"""What is to be planned: stops that want a visit, helpers who can make one, hubs where goods are loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from manyhands.kernel.geo import Mode, Point, is_on_the_globe


class Window(NamedTuple):
    """A span of time in whole seconds since any moment the caller chose, the same for the whole problem."""

    start: int
    end: int


class Break(NamedTuple):
    """A rest: so many `seconds` at a stretch, wholly inside `window`."""

    window: Window
    seconds: int


@dataclass(frozen=True, slots=True)
class PickUp:
    """Where something is fetched before it is brought: a neighbour's door, a restaurant, a pantry.

    `windows`: the whole pick-up happens inside one of them, so "ready at six" is a window that opens at six; none means
    any time. `service`: its seconds. `building`, `arriving`: as for `Stop`.
    """

    place: Point | None
    windows: tuple[Window, ...] = ()
    service: int = 0
    building: str | None = None
    arriving: int = 0


@dataclass(frozen=True, slots=True)
class Stop:
    """An ask that wants one visit, or a pick-up and then a visit.

    `windows`: the whole visit, service included, happens inside one of them; none means any time.
    `loads`: what is dropped off, one whole number per unit of the problem; () means nothing.
    `skills`: the helper needs all of them. `languages`: the helper needs any one of them; none means any language will
    do.
    `weight`: how much it matters (1 is usual, whole numbers); `waiting`: how long it has waited, in any unit, the same
    for all.
    `hub`: the goods lie at this hub, so only a run that loads there can bring them.
    `only`: these helpers and no others (None: anyone); `never`: not these.
    `locked_to`: already promised to this helper and stays there. `locked_order`: among the locked stops of one helper,
    those with a number are visited in the order of their numbers.
    `pick_up`: fetched there first, by the same helper in the same run; `loads` are on board from there to here. Such an
    ask stands twice in an order of stops: first the pick-up, then the visit.
    `together`: asks with the same word here are in one run, or none of them is visited.
    `building`: the house, or the floor of it. The part `arriving` of `service` (parking, the door, the stairs) is not
    spent again where the visit right before was in the same building.
    `remembered`: helpers this person knows. A visit by one of them counts as `REMEMBERED` less way.
    """

    id: str
    place: Point | None
    windows: tuple[Window, ...] = ()
    service: int = 0
    loads: tuple[int, ...] = ()
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    weight: int = 1
    waiting: int = 0
    hub: str | None = None
    only: frozenset[str] | None = None
    never: frozenset[str] = frozenset()
    locked_to: str | None = None
    locked_order: int | None = None
    pick_up: PickUp | None = None
    together: str | None = None
    building: str | None = None
    arriving: int = 0
    remembered: frozenset[str] = frozenset()

    @property
    def collecting(self) -> Stop:
        """The pick-up as a stop of its own; the stop itself where nothing is picked up."""
        if self.pick_up is None:
            return self
        up = self.pick_up
        return replace(
            self,
            place=up.place,
            windows=up.windows,
            service=up.service,
            building=up.building,
            arriving=up.arriving,
            loads=(),
            pick_up=None,
        )

    @property
    def visits(self) -> int:
        """How often it stands in an order of stops."""
        return 1 if self.pick_up is None else 2


REMEMBERED = 600
"""How much a visit by someone who is remembered may cost more, in seconds and metres together."""


@dataclass(frozen=True, slots=True)
class Helper:
    """Someone who can make runs.

    `start`: where they set out; None means they begin at the hub, or without a hub at their first stop.
    `end`: where they must be in the end; None means the run ends where the last stop is.
    `shifts`: when they are free, setting out and coming home included; in each they make at most one run.
    `capacity`: what fits at once, one whole number per unit of the problem; () means anything fits. A unit may be a
    quality: with "cold" as a unit, who has no cool box has room for 0 of it.
    `hub`: where they load after setting out and before the first stop; None means they carry what they need from the
    start.
    `max_seconds`, `max_stops`, `max_metres`: the most of each in one run; None means no limit of their own. A pick-up
    and its visit are one stop.
    `settled`: the run is agreed; nothing is added to what is locked to this helper.
    `breaks`: each is kept: before setting out, between two visits, or after being through.
    `trips`: how many loads they may bring in one run. For each after the first they come back to the hub (without one,
    to where they set out) and load again, which takes the hub's time and needs it open.
    """

    id: str
    start: Point | None = None
    end: Point | None = None
    shifts: tuple[Window, ...] = ()
    capacity: tuple[int, ...] = ()
    mode: Mode = Mode.CAR
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    hub: str | None = None
    max_seconds: int | None = None
    max_stops: int | None = None
    max_metres: int | None = None
    settled: bool = False
    breaks: tuple[Break, ...] = ()
    trips: int = 1


def riding_together(driver: Helper, companion: Helper, name: str | None = None) -> Helper:
    """Two people who must ride together, as one helper: what either can do and speak, while both are free.

    The way, the room, the hub and the limits are the driver's; breaks are kept by both. Give the problem this helper
    instead of the two.
    """
    shifts = (Window(max(a[0], b[0]), min(a[1], b[1])) for a in driver.shifts for b in companion.shifts)
    return replace(
        driver,
        id=name or f"{driver.id}+{companion.id}",
        shifts=tuple(sorted(w for w in shifts if w.start < w.end)),
        skills=driver.skills | companion.skills,
        languages=driver.languages | companion.languages,
        max_seconds=_least(driver.max_seconds, companion.max_seconds),
        settled=driver.settled or companion.settled,
        breaks=(*driver.breaks, *(b for b in companion.breaks if b not in driver.breaks)),
    )


def _least(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else min(one, other)


@dataclass(frozen=True, slots=True)
class Hub:
    """A place where goods are loaded: `window` is when it is open (None: always), `loading` how many seconds loading
    takes.
    """

    id: str
    place: Point
    window: Window | None = None
    loading: int = 0


MOST_WEIGHT, MOST_TRIPS, MOST_LOAD, FURTHEST = 10**4, 10**3, 10**9, 10**12
"""The largest weight, number of trips and load, and the largest number of anything else: seconds, moments, metres. With
more, sums would not fit into the numbers the engines reckon with.
"""


@dataclass(frozen=True)
class Problem:
    """An evening to plan. Raises ValueError, in a sentence, for what can only be a mistake of the program that made it:
    two of one name, a hub or helper that is not there, numbers below zero or beyond all use (`MOST_WEIGHT`,
    `MOST_TRIPS`, `MOST_LOAD`, `FURTHEST`).

    `units` names the dimensions of load ("boxes", "kg"); `now`: no run sets out before it (None: the past does not
    matter). What people got wrong (no place, a window that ends before it starts, a shift of no length) is not an
    error: such an ask stays unserved with its reason, such a helper makes no run.
    """

    stops: tuple[Stop, ...] = ()
    helpers: tuple[Helper, ...] = ()
    hubs: tuple[Hub, ...] = ()
    units: tuple[str, ...] = ("boxes",)
    now: int | None = None

    def __post_init__(self) -> None:
        _refuse_repeated("asks", (s.id for s in self.stops))
        _refuse_repeated("helpers", (h.id for h in self.helpers))
        _refuse_repeated("hubs", (h.id for h in self.hubs))
        hubs = {h.id for h in self.hubs}
        helpers = {h.id for h in self.helpers}
        for stop in self.stops:
            who = f"Ask {stop.id}"
            self._refuse_loads(who, stop.loads)
            _refuse_beyond(who, service=stop.service, waiting=stop.waiting, arriving=stop.arriving)
            _refuse_beyond(who, MOST_WEIGHT, weight=stop.weight)
            _refuse_far(who, stop.windows)
            if stop.pick_up is not None:
                up, who = stop.pick_up, f"The pick-up of ask {stop.id}"
                _refuse_beyond(who, service=up.service, arriving=up.arriving)
                _refuse_far(who, up.windows)
            if abs(stop.locked_order or 0) > FURTHEST:
                raise ValueError(f"{who} has a locked order beyond {FURTHEST}.")
            if stop.hub is not None and stop.hub not in hubs:
                raise ValueError(f"Ask {stop.id} is to be loaded at hub {stop.hub}, which is not among the hubs.")
            if stop.locked_to is not None and stop.locked_to not in helpers:
                raise ValueError(f"Ask {stop.id} is locked to helper {stop.locked_to}, who is not among the helpers.")
        for helper in self.helpers:
            who = f"Helper {helper.id}"
            self._refuse_loads(who, helper.capacity)
            _refuse_beyond(
                who,
                max_seconds=helper.max_seconds or 0,
                max_stops=helper.max_stops or 0,
                max_metres=helper.max_metres or 0,
            )
            _refuse_far(who, helper.shifts)
            for rest in helper.breaks:
                _refuse_beyond(f"A break of helper {helper.id}", length=rest.seconds)
                _refuse_far(f"A break of helper {helper.id}", (rest.window,))
            if helper.trips < 1:
                raise ValueError(f"Helper {helper.id} needs at least one trip.")
            _refuse_beyond(who, MOST_TRIPS, trips=helper.trips)
            if helper.hub is not None and helper.hub not in hubs:
                raise ValueError(f"Helper {helper.id} is to load at hub {helper.hub}, which is not among the hubs.")
        for hub in self.hubs:
            _refuse_beyond(f"Hub {hub.id}", loading=hub.loading)
            _refuse_far(f"Hub {hub.id}", (hub.window,) if hub.window else ())
            if not is_on_the_globe(hub.place):
                raise ValueError(f"Hub {hub.id} is not on the globe.")
        if self.now is not None:
            _refuse_far("Now", (Window(self.now, self.now),))

    def _refuse_loads(self, whose: str, amounts: tuple[int, ...]) -> None:
        if amounts and len(amounts) != len(self.units):
            raise ValueError(f"{whose} has {len(amounts)} amounts, but the problem has {len(self.units)} units.")
        for amount in amounts:
            _refuse_beyond(whose, MOST_LOAD, amount=amount)

    @cached_property
    def stop(self) -> Mapping[str, Stop]:
        """Each stop by its id."""
        return {s.id: s for s in self.stops}

    @cached_property
    def helper(self) -> Mapping[str, Helper]:
        """Each helper by their id."""
        return {h.id: h for h in self.helpers}

    @cached_property
    def hub(self) -> Mapping[str, Hub]:
        """Each hub by its id."""
        return {h.id: h for h in self.hubs}

    @cached_property
    def companions(self) -> Mapping[str, tuple[str, ...]]:
        """The asks that must be in one run, by their word; only where there are several."""
        groups: dict[str, list[str]] = {}
        for stop in self.stops:
            if stop.together is not None:
                groups.setdefault(stop.together, []).append(stop.id)
        return {word: tuple(ids) for word, ids in groups.items() if len(ids) > 1}

    @cached_property
    def need(self) -> Mapping[str, int]:
        """How much need each ask stands for: 100 points per weight, plus 0 to 50 for its share of the longest waiting.

        So between two asks the heavier always stands for more, and between two of one weight the one that waited
        longer. An ask of weight 0 stands for at least one point: it is still better met than not.
        """
        longest = max((s.waiting for s in self.stops), default=0) or 1
        return {s.id: max(1, 100 * s.weight + round(50 * s.waiting / longest)) for s in self.stops}


def _refuse_repeated(what: str, ids: Iterable[str]) -> None:
    repeated = [i for i, times in Counter(ids).items() if times > 1]
    if repeated:
        raise ValueError(f"Two {what} have the same id: {', '.join(repeated[:5])}.")


def _refuse_beyond(whose: str, most: int = FURTHEST, **amounts: int) -> None:
    for name, amount in amounts.items():
        if amount < 0:
            raise ValueError(f"{whose} has {_a(name)} below zero.")
        if amount > most:
            raise ValueError(f"{whose} has {_a(name)} above {most}.")


def _a(name: str) -> str:
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def _refuse_far(whose: str, windows: Iterable[tuple[int, int]]) -> None:
    if any(abs(moment) > FURTHEST for window in windows for moment in window):
        raise ValueError(f"{whose} has a time further off than {FURTHEST} seconds.")
