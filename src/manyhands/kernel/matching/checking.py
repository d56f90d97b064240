"""An independent look at a matching: nothing here is shared with what made it but the words of the problem."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from manyhands.kernel.geo import Point, StraightLines, Travel
from manyhands.kernel.matching.everyone import Matching
from manyhands.kernel.matching.problem import Ask, Helper, Problem


def check(problem: Problem, matching: Matching, travel: Travel | None = None) -> list[str]:
    """Every promise the matching breaks, a sentence each; [] where all hold."""
    return list(_broken(problem, matching, travel or StraightLines()))


def _broken(problem: Problem, matching: Matching, travel: Travel) -> Iterator[str]:
    asks = {ask.id: ask for ask in problem.asks}
    helpers = {helper.id: helper for helper in problem.helpers}
    times = Counter(pair.ask_id for pair in matching.pairs)
    load = Counter(pair.helper_id for pair in matching.pairs)
    left = Counter(out.ask_id for out in matching.unmatched)
    for ask_id in sorted({*asks, *times, *left}):
        if ask_id not in asks:
            yield f"The matching speaks of ask {ask_id}, which is not in the problem."
        elif times[ask_id] + left[ask_id] != 1:
            yield f"Ask {ask_id} is matched {times[ask_id]} times and left out {left[ask_id]} times."
    for helper_id, taken in sorted(load.items()):
        if helper_id not in helpers:
            yield f"The matching speaks of helper {helper_id}, who is not in the problem."
        elif taken > helpers[helper_id].open_places:
            yield f"Helper {helper_id} gets {taken} asks and has {helpers[helper_id].open_places} open places."
    for out in matching.unmatched:
        if not out.reason.sentence().strip():
            yield f"Ask {out.ask_id} is left out without a reason."
    for pair in matching.pairs:
        if pair.ask_id in asks and pair.helper_id in helpers:
            yield from _pair_holds(problem, asks[pair.ask_id], helpers[pair.helper_id], travel)


def _pair_holds(problem: Problem, ask: Ask, helper: Helper, travel: Travel) -> Iterator[str]:
    pair = f"Ask {ask.id} goes to helper {helper.id}"
    if (ask.id, helper.id) in problem.blocked:
        yield f"{pair}, but the two are not to meet."
    if helper.id in ask.never or (ask.only is not None and helper.id not in ask.only):
        yield f"{pair}, who is ruled out."
    for skill in sorted(ask.skills):
        if skill not in helper.skills:
            yield f"{pair}, who lacks {skill}."
    if ask.languages and not any(language in helper.languages for language in ask.languages):
        yield f"{pair}, who shares no language."
    if ask.windows and helper.shifts:
        overlaps = [min(w[1], s[1]) - max(w[0], s[0]) for w in ask.windows for s in helper.shifts]
        if max(overlaps) <= 0:
            yield f"{pair}, who is not free then."
    if helper.max_metres is None or not _known(ask.place) or not _known(helper.place):
        return
    _, metres = travel.matrix(helper.mode, [helper.place or Point(0, 0)], [ask.place or Point(0, 0)])
    if metres[0, 0] > helper.max_metres:
        yield f"{pair}, for whom it is too far: {metres[0, 0]} m."


def _known(place: Point | None) -> bool:
    return place is not None and abs(place[0]) <= 90 and abs(place[1]) <= 180 and not math.isnan(place[0] + place[1])
