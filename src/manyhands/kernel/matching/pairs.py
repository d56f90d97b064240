"""One ask and one helper: whether they may meet, what it costs, and what speaks for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from manyhands.kernel.geo import Integers, Mode, Point, Travel, is_on_the_globe
from manyhands.kernel.matching.problem import Ask, Helper, Problem
from manyhands.kernel.matching.reasons import Against, For, Reason

UNKNOWN_WAY = 30 * 60  # seconds reckoned where one of the two has no place on the map
REST_DAYS = 14
MINUTE = 60
KNOWN = 15 * MINUTE
FORMER = 3 * MINUTE


def why_not(problem: Problem, ask: Ask, helper: Helper, metres: int | None) -> Reason | None:
    """What rules this pair out, the gravest first, or None. `metres` is the way, None where it is not known."""
    if (ask.id, helper.id) in problem.blocked:
        return Reason(Against.BLOCKED)
    if helper.id in ask.never or (ask.only is not None and helper.id not in ask.only):
        return Reason(Against.RULED_OUT)
    if missing := ask.skills - helper.skills:
        return Reason(Against.SKILL, {"skills": listed(missing)})
    if ask.languages and ask.languages.isdisjoint(helper.languages):
        return Reason(Against.LANGUAGE, {"languages": listed(ask.languages)})
    if not free_then(ask, helper):
        return Reason(Against.NOT_FREE)
    if helper.max_metres is not None and metres is not None and metres > helper.max_metres:
        return Reason(Against.TOO_FAR, {"km": metres / 1000, "most": helper.max_metres / 1000})
    if helper.open_places < 1:
        return Reason(Against.NO_PLACES)
    return None


def free_then(ask: Ask, helper: Helper) -> bool:
    """Whether some time the ask is wanted and some time the helper is free overlap; no times means any time."""
    if not ask.windows or not helper.shifts:
        return True
    return any(max(w[0], s[0]) < min(w[1], s[1]) for w in ask.windows for s in helper.shifts)


def cost(problem: Problem, ask: Ask, helper: Helper, seconds: int | None) -> int:
    """What a pair costs, in seconds or what is reckoned as much; it may be below zero.

    cost = the seconds of the way (half an hour where it is not known)
         + up to 20 minutes if the helper helped in the last two weeks, the more the later
         + 5 minutes for each time they were asked lately, 20 at most
         − 15 minutes if the two know one another
         − 3 minutes if they were put together before: who was told a name keeps it, unless another is much better
    """
    way = UNKNOWN_WAY if seconds is None else seconds
    if helper.days_since_helped is not None:
        way += 20 * MINUTE * max(0, REST_DAYS - max(0, helper.days_since_helped)) // REST_DAYS
    way += min(20, 5 * helper.asked_lately) * MINUTE
    if (ask.id, helper.id) in problem.remembered:
        way -= KNOWN
    if (ask.id, helper.id) in problem.former:
        way -= FORMER
    return way


def what_speaks_for(
    problem: Problem, ask: Ask, helper: Helper, seconds: int | None, metres: int | None
) -> tuple[Reason, ...]:
    """What speaks for a pair, in the order it is best said."""
    found: list[Reason] = []
    if (ask.id, helper.id) in problem.remembered:
        found.append(Reason(For.KNOWN))
    if seconds is None or metres is None:
        found.append(Reason(For.PLACE_UNKNOWN))
    else:
        found.append(Reason(For.NEAR, {"km": metres / 1000, "minutes": -(-seconds // MINUTE)}))
    if ask.languages:
        found.append(Reason(For.SPEAKS, {"languages": listed(ask.languages & helper.languages)}))
    if ask.skills:
        found.append(Reason(For.SKILLED, {"skills": listed(ask.skills)}))
    if ask.windows and helper.shifts:
        found.append(Reason(For.FREE_THEN))
    if helper.days_since_helped is None:
        found.append(Reason(For.NEW))
    elif helper.days_since_helped < REST_DAYS:
        found.append(Reason(For.LATELY, {"days": max(0, helper.days_since_helped)}))
    else:
        found.append(Reason(For.RESTED, {"days": helper.days_since_helped}))
    return tuple(found)


def ways(travel: Travel, helpers: Sequence[Helper], asks: Sequence[Ask]) -> tuple[Integers, Integers]:
    """Seconds and metres from each helper (rows) to each ask (columns); -1 where a place is not known."""
    seconds = np.full((len(helpers), len(asks)), -1, dtype=np.int64)
    metres = seconds.copy()
    columns = [i for i, a in enumerate(asks) if is_on_the_globe(a.place)]
    tos: list[Point] = [asks[i].place or Point(0, 0) for i in columns]
    for mode in Mode:
        rows = [i for i, h in enumerate(helpers) if h.mode == mode and is_on_the_globe(h.place)]
        if rows and columns:
            froms = [helpers[i].place or Point(0, 0) for i in rows]
            seconds[np.ix_(rows, columns)], metres[np.ix_(rows, columns)] = travel.matrix(mode, froms, tos)
    return seconds, metres


def listed(names: frozenset[str]) -> str:
    """Names in a stable order, with commas."""
    return ", ".join(sorted(names))
