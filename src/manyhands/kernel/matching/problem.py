"""What is to be matched: asks that want someone, and helpers (or what they offer) with places still open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from manyhands.kernel.geo import Mode, Point

Window = tuple[int, int]
"""From and until, in whole seconds since any moment, the same for all."""

MOST_NEED = 10**10
"""The highest need times the number of asks: beyond it, need before cost would not fit into the numbers of the flow."""

FARTHEST = 10**12


@dataclass(frozen=True, slots=True)
class Ask:
    """Something someone wants.

    `languages`: any one of them will do (none: any language); `skills`: all are needed; `windows`: when (none: any
    time).
    `weight` and `waiting` decide who comes first where there is too little help. `only` (None: anyone) and `never` name
    helpers.
    """

    id: str
    place: Point | None = None
    languages: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    windows: tuple[Window, ...] = ()
    weight: int = 1
    waiting: int = 0
    only: frozenset[str] | None = None
    never: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Helper:
    """Someone who helps, or one thing they offer.

    `open_places`: how many more asks they can take; `shifts`: when they are free (none: any time); `max_metres`: how
    far they go on their way there. `days_since_helped` (None: has not helped yet) and `asked_lately` let the work go
    round.
    """

    id: str
    place: Point | None = None
    languages: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    shifts: tuple[Window, ...] = ()
    open_places: int = 1
    mode: Mode = Mode.CAR
    max_metres: int | None = None
    days_since_helped: int | None = None
    asked_lately: int = 0


@dataclass(frozen=True)
class Problem:
    """Asks and helpers, and pairs (ask id, helper id) among them.

    `blocked`: never together; `remembered`: know one another well; `former`: were put together when it was last asked.

    Raises ValueError, in a sentence, for an id that comes twice, a number below zero, or one too large to reckon with
    (`MOST_NEED`; moments and metres above a million million).
    """

    asks: tuple[Ask, ...] = ()
    helpers: tuple[Helper, ...] = ()
    blocked: frozenset[tuple[str, str]] = frozenset()
    remembered: frozenset[tuple[str, str]] = frozenset()
    former: frozenset[tuple[str, str]] = frozenset()

    def __post_init__(self) -> None:
        _refuse_repeated("asks", (a.id for a in self.asks))
        _refuse_repeated("helpers", (h.id for h in self.helpers))
        for ask in self.asks:
            if ask.weight < 0 or ask.waiting < 0:
                raise ValueError(f"Ask {ask.id} has a weight or a waiting below zero.")
        for helper in self.helpers:
            if helper.open_places < 0 or helper.asked_lately < 0:
                raise ValueError(f"Helper {helper.id} has a number of places or of askings below zero.")
        for ask in self.asks:
            _refuse_beyond(f"Ask {ask.id}", ask.windows)
        for helper in self.helpers:
            _refuse_beyond(f"Helper {helper.id}", helper.shifts, helper.max_metres or 0)
        refuse_too_heavy("ask", self.need)

    @cached_property
    def ask(self) -> Mapping[str, Ask]:
        """Each ask by its id."""
        return {a.id: a for a in self.asks}

    @cached_property
    def helper(self) -> Mapping[str, Helper]:
        """Each helper by their id."""
        return {h.id: h for h in self.helpers}

    @cached_property
    def need(self) -> Mapping[str, int]:
        """Points of need of each ask: 100 per weight and 0 to 50 for its share of the longest waiting; at least 1."""
        longest = max((a.waiting for a in self.asks), default=0) or 1
        return {a.id: max(1, 100 * a.weight + round(50 * a.waiting / longest)) for a in self.asks}


def refuse_too_heavy(what: str, need: Mapping[str, int]) -> None:
    """Raises ValueError where a need is so high that so many of them can't be added up exactly."""
    heaviest = max(need, key=lambda id_: need[id_], default="")
    if need and need[heaviest] * len(need) > MOST_NEED:
        most = max(1, MOST_NEED // len(need) // 100)
        raise ValueError(
            f"The weight of {what} {heaviest} is too large to be weighed beside {len(need)} of them. About {most:,} is "
            "the most."
        )


def _refuse_beyond(whose: str, times: tuple[Window, ...], metres: int = 0) -> None:
    if any(abs(number) > FARTHEST for number in (metres, *(moment for window in times for moment in window))):
        raise ValueError(f"{whose} has a time or a way beyond all that there is.")


def _refuse_repeated(what: str, ids: Iterable[str]) -> None:
    repeated = [i for i, times in Counter(ids).items() if times > 1]
    if repeated:
        raise ValueError(f"Two {what} have the same id: {', '.join(repeated[:5])}.")
