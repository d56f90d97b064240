"""What one change would make room: more time, more boxes, one stop or some kilometres more, and what it asks of a
helper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from manyhands.kernel.routing.problem import Stop
from manyhands.kernel.routing.reasons import Breach, Code, Fact, Reason
from manyhands.kernel.routing.steps import windows_for
from manyhands.kernel.routing.timing import Turn


def longer_turn(turn: Turn, *, earlier: int = 0, later: int = 0, longer: int = 0) -> Turn:
    """The same turn with more seconds before, after, or of the time one run may last."""
    opens, shuts = turn.window
    helper = turn.helper
    if helper.max_seconds is not None and longer:
        helper = replace(helper, max_seconds=helper.max_seconds + longer)
    return replace(turn, helper=helper, window=type(turn.window)(opens - earlier, shuts + later))


def gap(turn: Turn, stop: Stop) -> int:
    """By how many seconds the turn and the windows of the stop miss each other, the way there left aside."""
    opens, shuts = turn.window
    missing = [max(0, max(opens, window.start) + stop.service - min(shuts, window.end)) for window in windows_for(stop)]
    return min(missing)


def one_thing(turn: Turn, found: Sequence[Reason], position: int) -> Reason | None:
    """The one thing that would make a run hold that breaks these promises; None if it takes more than one thing."""
    facts: dict[str, Fact] = {"helper": turn.helper.id, "shift": turn.shift, "position": position}
    codes = {reason.code for reason in found}
    if codes <= {Breach.SHIFT, Breach.DURATION}:
        by = {reason.code: int(reason.facts["minutes"]) for reason in found}
        return Reason(
            Code.FULL_TIME,
            {
                **facts,
                "minutes": max(by.values()),
                "later": by.get(Breach.SHIFT, 0),
                "longer": by.get(Breach.DURATION, 0),
            },
        )
    if len(found) > 1:
        return None
    (reason,) = found
    if reason.code == Breach.LOAD:
        amount = int(reason.facts["load"]) - int(reason.facts["most"])
        return Reason(Code.FULL_LOAD, {**facts, "amount": amount, "unit": reason.facts["unit"]})
    if reason.code == Breach.STOPS and int(reason.facts["stops"]) == int(reason.facts["most"]) + 1:
        return Reason(Code.FULL_STOPS, facts)
    if reason.code == Breach.BREAK:
        return Reason(Code.FULL_BREAK, facts)
    if reason.code == Breach.DISTANCE:
        return Reason(Code.FULL_DISTANCE, {**facts, "km": reason.facts["km"]})
    return None


def price(reason: Reason) -> float:
    """How much a change asks of a helper, in minutes or what feels like as much."""
    if reason.code == Code.FULL_TIME:
        return float(reason.facts["minutes"])
    if reason.code == Code.FULL_LOAD:
        return 10.0 * float(reason.facts["amount"])
    if reason.code == Code.FULL_DISTANCE:
        return 5.0 * float(reason.facts["km"])
    return 15.0
