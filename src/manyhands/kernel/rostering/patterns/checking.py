"""Goes through a roster by days and kinds again, from the problem alone: every rule, every penalty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from itertools import groupby, pairwise

from manyhands.kernel.rostering.patterns.problem import SATURDAY, WEEK, Weeks, WeeksRoster, Worker


class Rule(StrEnum):
    """The rules of a worker's time."""

    OFF = "off"
    MOST = "most_of_a_kind"
    MINUTES = "minutes"
    FOLLOWING = "following"
    WEEKENDS = "weekends"
    REST = "rest"
    LONG_ROW = "long_row"
    SHORT_ROW = "short_row"


def check(problem: Weeks, roster: WeeksRoster) -> list[str]:
    """Every broken rule in a sentence, and a cost that is not what the penalties add up to; [] where all is kept."""
    broken = [f"{who} is not among the workers." for who in roster.days if who not in problem.worker]
    for worker in problem.workers:
        line = roster.days.get(worker.id)
        if line is None or len(line) != problem.days:
            broken.append(f"{worker.id} has no line of {problem.days} days.")
        elif strange := {kind for kind in line if kind is not None and kind not in problem.kind}:
            broken.append(f"{worker.id} has the shift {min(strange)}, which is not among the kinds.")
        else:
            broken.extend(sentence for _rule, sentence in broken_by(problem, worker, line))
    if not broken and (paid := penalty(problem, roster)) != roster.cost:
        broken.append(f"The roster says it costs {roster.cost}; its penalties add up to {paid}.")
    return broken


def penalty(problem: Weeks, roster: WeeksRoster) -> int:
    """What the roster costs: each request not met, each person too few or too many, by its weight."""
    paid = 0
    for request in problem.requests:
        has_it = roster.days[request.worker][request.day] == request.kind
        if has_it != request.on:
            paid += request.weight
    there = Counter((day, kind) for line in roster.days.values() for day, kind in enumerate(line))
    for cover in problem.covers:
        count = there[cover.day, cover.kind]
        paid += cover.under * max(0, cover.wanted - count) + cover.over * max(0, count - cover.wanted)
    return paid


def broken_by(problem: Weeks, worker: Worker, line: tuple[str | None, ...]) -> Iterator[tuple[Rule, str]]:
    """Each rule of one worker that a line breaks, with a sentence."""
    worked = [day for day, kind in enumerate(line) if kind is not None]
    for day in worked:
        if day in worker.off:
            yield Rule.OFF, f"{worker.id} works on day {day}, on which they cannot."
    for kind, count in Counter(kind for kind in line if kind is not None).items():
        if count > worker.most.get(kind, count):
            yield Rule.MOST, f"{worker.id} has {count} shifts {kind}, at most {worker.most[kind]} are allowed."
    minutes = sum(problem.kind[kind].minutes for kind in line if kind is not None)
    if not worker.minutes[0] <= minutes <= worker.minutes[1]:
        yield Rule.MINUTES, f"{worker.id} works {minutes} minutes, outside {worker.minutes[0]} to {worker.minutes[1]}."
    for day, (first, second) in enumerate(pairwise(line)):
        if first is not None and second is not None and second in problem.kind[first].not_before:
            yield Rule.FOLLOWING, f"{worker.id} has {second} on day {day + 1} after {first}."
    weekends = {day // WEEK for day in worked if day % WEEK >= SATURDAY}
    if len(weekends) > worker.weekends:
        yield Rule.WEEKENDS, f"{worker.id} works on {len(weekends)} weekends, at most {worker.weekends} are allowed."
    begins = 0
    for off, days in groupby(line, key=lambda kind: kind is None):
        length = len(list(days))
        inside = begins > 0 and begins + length < problem.days
        if off and inside and length < worker.rest:
            yield (
                Rule.REST,
                f"{worker.id} is off for {length} days from day {begins}, at least {worker.rest} are needed.",
            )
        if not off and length > worker.row[1]:
            yield (
                Rule.LONG_ROW,
                f"{worker.id} works {length} days in a row from day {begins}, at most {worker.row[1]} are allowed.",
            )
        if not off and inside and length < worker.row[0]:
            yield (
                Rule.SHORT_ROW,
                f"{worker.id} works {length} days in a row from day {begins}, at least {worker.row[0]} are needed.",
            )
        begins += length
