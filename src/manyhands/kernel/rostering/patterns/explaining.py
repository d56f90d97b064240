"""Why a place stays empty: everyone not there is put there for a try, and the rules that breaks are noted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from manyhands.kernel.rostering.patterns.checking import Rule, broken_by
from manyhands.kernel.rostering.patterns.problem import Cover, Weeks, WeeksRoster

ELSEWHERE = "elsewhere"
DEARER = "dearer"


@dataclass(frozen=True, slots=True)
class Gap:
    """A place with too few people. `why`: for each one who is not there, what keeps them away (worker -> codes).

    Codes are those of `Rule`, `elsewhere` (they work another kind that day), or `dearer` (they could, and it would
    cost more than it saves: their wishes, or it is not found yet).
    """

    day: int
    kind: str
    missing: int
    why: Mapping[str, tuple[str, ...]]

    @property
    def binds(self) -> tuple[tuple[str, int], ...]:
        """What keeps how many away by itself, most first: without this one rule they could be there."""
        alone = Counter(codes[0] for codes in self.why.values() if len(codes) == 1)
        return tuple(alone.most_common())


def gaps(problem: Weeks, roster: WeeksRoster, most: int | None = None) -> tuple[Gap, ...]:
    """Every place with too few people (`most`: only the first so many), in the order of the problem."""
    there = Counter((day, kind) for line in roster.days.values() for day, kind in enumerate(line))
    short = [cover for cover in problem.covers if cover.under and there[cover.day, cover.kind] < cover.wanted]
    return tuple(
        Gap(cover.day, cover.kind, cover.wanted - there[cover.day, cover.kind], _why(problem, roster, cover))
        for cover in short[:most]
    )


def _why(problem: Weeks, roster: WeeksRoster, cover: Cover) -> dict[str, tuple[str, ...]]:
    why = {}
    for worker in problem.workers:
        line = roster.days[worker.id]
        has = line[cover.day]
        if has == cover.kind:
            continue
        tried = (*line[: cover.day], cover.kind, *line[cover.day + 1 :])
        rules: list[Rule] = [rule for rule, _sentence in broken_by(problem, worker, tried)]
        codes = [str(rule) for rule in dict.fromkeys(rules)] + ([ELSEWHERE] if has is not None else [])
        why[worker.id] = tuple(codes) or (DEARER,)
    return why
