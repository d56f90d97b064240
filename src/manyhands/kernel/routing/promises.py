"""What a run promises, and in words what it would break."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from manyhands.kernel.routing.loading import fullest
from manyhands.kernel.routing.plan import Run
from manyhands.kernel.routing.problem import Problem, Stop
from manyhands.kernel.routing.reasons import Breach, Fact, Reason
from manyhands.kernel.routing.timing import Turn, kept


def minutes(seconds: int) -> int:
    """Whole minutes, any begun minute counted."""
    return -(-seconds // 60)


def breaches(problem: Problem, turn: Turn, stops: Sequence[Stop], run: Run) -> list[Reason]:
    """Every promise this timed run breaks; [] where it holds."""
    found: list[Reason] = []
    helper = turn.helper

    def say(code: Breach, facts: Mapping[str, Fact]) -> None:
        found.append(Reason(code, {"helper": helper.id, **facts}))

    collected: set[str] = set()
    for stop, visit in zip(stops, run.visits, strict=True):
        if visit.collects:
            collected.add(stop.id)
        else:
            found.extend(not_allowed(turn, stop))
            if stop.pick_up is not None and stop.id not in collected:
                say(Breach.NOT_COLLECTED, {"ask": stop.id})
        if visit.late:
            say(Breach.LATE, {"ask": stop.id, "minutes": minutes(visit.late)})
    found.extend(apart(problem, turn, stops))
    if turn.hub and turn.hub.window:
        leaves = [run.hub_leave, *(again.leave for again in run.reloads)]
        if any(leave is not None and leave > turn.hub.window[1] for leave in leaves):
            say(Breach.HUB_SHUT, {"hub": turn.hub.id})
    if turn.window.start >= turn.window.end:
        say(Breach.NO_SHIFT, {})
    elif run.finish > turn.window.end:
        say(Breach.SHIFT, {"minutes": minutes(run.finish - turn.window.end)})
    if helper.max_seconds is not None and run.seconds > helper.max_seconds:
        say(Breach.DURATION, {"minutes": minutes(run.seconds - helper.max_seconds)})
    if helper.max_stops is not None and len(run.served) > helper.max_stops:
        say(Breach.STOPS, {"stops": len(run.served), "most": helper.max_stops})
    if helper.max_metres is not None and run.metres > helper.max_metres:
        say(Breach.DISTANCE, {"km": (run.metres - helper.max_metres) / 1000})
    if helper.capacity:
        for unit, load, most in zip(problem.units, fullest(run), helper.capacity, strict=True):
            if load > most:
                say(Breach.LOAD, {"load": load, "most": most, "unit": unit})
    for rest in helper.breaks:
        if not kept(run, rest):
            say(Breach.BREAK, {"minutes": minutes(rest.seconds)})
    visited = [s for s, v in zip(stops, run.visits, strict=True) if not v.collects]
    numbers = [s.locked_order for s in visited if s.locked_to == helper.id and s.locked_order is not None]
    if numbers != sorted(numbers):
        say(Breach.ORDER, {})
    return found


def apart(problem: Problem, turn: Turn, stops: Sequence[Stop]) -> list[Reason]:
    """The asks of this run that must ride together with one that is not in it."""
    here = {stop.id for stop in stops}
    found = []
    for word in sorted({s.together for s in stops if s.together in problem.companions} - {None}, key=str):
        missing = [i for i in problem.companions[str(word)] if i not in here]
        if missing:
            one = next(s.id for s in stops if s.together == word)
            found.append(Reason(Breach.APART, {"helper": turn.helper.id, "ask": one, "other": missing[0]}))
    return found


def not_allowed(turn: Turn, stop: Stop) -> list[Reason]:
    """Which of the rules about people this helper breaks at this stop."""
    helper = turn.helper
    both: dict[str, Fact] = {"helper": helper.id, "ask": stop.id}
    found = []
    if not stop.skills <= helper.skills:
        found.append(Reason(Breach.SKILL, {**both, "skills": listed(stop.skills - helper.skills)}))
    if stop.languages and stop.languages.isdisjoint(helper.languages):
        found.append(Reason(Breach.LANGUAGE, {**both, "languages": listed(stop.languages)}))
    if helper.id in stop.never or (stop.only is not None and helper.id not in stop.only):
        found.append(Reason(Breach.NOT_ALLOWED, both))
    if stop.locked_to is not None and stop.locked_to != helper.id:
        found.append(Reason(Breach.LOCKED, {**both, "locked": stop.locked_to}))
    if stop.locked_to is None and helper.settled:
        found.append(Reason(Breach.SETTLED, both))
    if stop.hub is not None and stop.hub != helper.hub:
        found.append(Reason(Breach.OTHER_HUB, {**both, "hub": stop.hub}))
    return found


def listed(names: frozenset[str]) -> str:
    """Names in a stable order, with commas."""
    return ", ".join(sorted(names))
