"""When somebody is free, as their row says it, over the weeks of a roster."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from manyhands.kernel.rostering import Span
from manyhands.kernel.rostering.problem import DAY
from manyhands.kernel.sheets import When


def free_spans(when: When, monday: date, days: int) -> tuple[Span, ...]:
    """When somebody is free, over so many days from the Monday; () where they say nothing."""
    if not when:
        return ()
    zero = datetime.combine(monday, time())
    spans: list[Span] = []
    for number in range(-1, days):
        day = monday + timedelta(days=number)
        if (when.on is not None and when.on != day) or (when.days and day.weekday() not in when.days):
            continue
        opens = _minute(when.after) if when.after is not None else 0
        closes = _minute(when.before) if when.before is not None else DAY
        closes += DAY if closes <= opens else 0
        start, end = number * DAY + opens, number * DAY + closes
        for bound, last in ((when.since, False), (when.until, True)):
            if bound is not None:
                at = int((bound.replace(tzinfo=None) - zero).total_seconds() // 60)
                start, end = (start, min(end, at)) if last else (max(start, at), end)
        if start < end:
            if spans and spans[-1].end >= start:
                spans[-1] = Span(spans[-1].start, max(end, spans[-1].end))
            else:
                spans.append(Span(start, end))
    # Somebody who names other weeks is not free in these: an empty span keeps them out.
    return tuple(spans) or (Span(0, 0),)


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute + (1 if (clock.hour, clock.minute) == (23, 59) else 0)
