"""A part of the roster made anew: lines are found where prices ask for them, then settled, the surest first.

Column generation with a dive. What is not free stays as it is; the answer is never worse than what there was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from manyhands.kernel.rostering.patterns.exactly import cheapest
from manyhands.kernel.rostering.patterns.master import Column, Master
from manyhands.kernel.rostering.patterns.pricing import Span, weeks_around
from manyhands.kernel.rostering.patterns.tables import OFF, Floats, Ints, Tables

GOOD = 1e-6
SMOOTH = 0.4
PROOFS = 8
# Of more workers than this, more than one is settled at a time.
MANY = 45
PROOF_EFFORT = 2.0


@dataclass(frozen=True, slots=True)
class Dive:
    """What came out: the lines of the whole roster, their cost, and what no roster of this part can go below."""

    lines: Ints
    cost: int
    bound: float


class Part:
    """Some workers (`who`) whose days `first` to `last` are open; all other lines and days stand."""

    def __init__(self, tables: Tables, lines: Ints, who: Ints, first: int, last: int) -> None:
        self.tables, self.lines, self.who = tables, lines, who
        self.first, self.last = first, last
        around = weeks_around(tables, who)
        begins, ends = max(0, first - around), min(tables.problem.days, last + around)
        self.offset_in_span = first - begins
        self.spans: list[tuple[Ints, Span]] = []
        for rest in np.unique(tables.rest[who]):
            places = np.nonzero(tables.rest[who] == rest)[0]
            self.spans.append((places, Span(tables, who[places], begins, ends, lines, slice(first, last))))
        self.penalties = [np.zeros((len(places), tables.wish.shape[2])) for places, _span in self.spans]
        rest_of_it = lines.copy()
        rest_of_it[who, first:last] = OFF
        self.there = tables.counted(rest_of_it)[first:last]
        need = tables.wanted[first:last] - self.there
        under, over = tables.under[first:last], tables.over[first:last]
        self.need = need
        self.offset = tables.cost(rest_of_it) - float((np.maximum(need, 0) * under + np.maximum(-need, 0) * over).sum())
        self.wish = tables.wish[who, first:last]
        self.master = Master(len(who), need, under, over)
        for place, worker in enumerate(who):
            self._add(place, lines[worker, first:last])

    def _add(self, place: int, line: Ints) -> bool:
        days = np.nonzero(line != OFF)[0]
        return self.master.add(place, line.copy(), float(self.wish[place, days, line[days]].sum()))

    def dive(
        self,
        enough: Callable[[], bool],
        beat: float,
        rounds: int,
        hurry: Callable[[], bool] | None = None,
        *,
        prove: bool = False,
    ) -> Dive:
        """Find lines, then settle worker by worker. Ends where nothing can come out below `beat`, with what there was.

        `enough` ends the finding of lines; `hurry` (else `enough` too) ends the settling. `prove`: take the trouble
        to find the true bound.
        """
        hurry = hurry or enough
        bound = self._generate(np.arange(len(self.who)), enough, rounds, beat)
        best = self.lines, self.tables.cost(self.lines)
        if np.ceil(bound - GOOD) >= beat:
            return Dive(*best, bound)
        if prove:
            bound = max(bound, self.prove(enough))
            self.master.solve()
        open_: list[int] = list(range(len(self.who)))
        lines = self.lines.copy()
        while open_:
            if hurry():
                # No time for care: everyone takes the line they have most of.
                most = [self.master.shares(place)[0][1] for place in open_]
                for place, column in zip(list(open_), most, strict=True):
                    self._give(column, place, open_, lines)
                break
            self._settle(open_, lines)
            if open_:
                self._generate(np.array(open_), hurry, max(2, min(rounds // 12, 600 // len(self.who))), -np.inf)
        cost = self.tables.cost(lines)
        return Dive(lines, cost, bound) if cost < best[1] else Dive(*best, bound)

    def prove(self, enough: Callable[[], bool]) -> float:
        """What no roster of this part can go below, with the most of each kind counted and not priced.

        For a part that is the whole. Asks CP-SAT for the cheapest line of everyone whose kinds are limited, as long as
        that finds lines which are missing; gives up where `enough` says so.
        """
        everyone = np.arange(len(self.who))
        for _round in range(PROOFS):
            self.master.solve()
            worth, settled = self.master.prices()
            found, added = float((worth * self.need).sum()) + self.offset, 0
            for (places, span), penalties in zip(self.spans, self.penalties, strict=True):
                costs = self._costs(everyone[places], worth, span)
                bounds, lines = span.best(np.arange(len(places)), costs, np.zeros_like(penalties))
                for at, place in enumerate(places.tolist()):
                    limited = (span.most[at] < span.days) & np.isfinite(span.allowed[at]).any(axis=0)
                    value, line = bounds[at], lines[at]
                    if limited.any() and value < settled[place] - GOOD:
                        if enough():
                            return -np.inf
                        exact, better = cheapest(self.tables, int(self.who[place]), costs[at], PROOF_EFFORT)
                        value, line = max(value, exact), line if better is None else better
                    found += float(value)
                    added += self._add_if_good(place, line, worth, settled)
            if not added:
                return found
        return -np.inf

    def _settle(self, open_: list[int], lines: Ints) -> None:
        """Settle whoever has one line only, and the surest of the others."""
        shares = sorted(((self.master.shares(place)[0], place) for place in open_), key=lambda one: -one[0][0])
        for number, ((share, column), place) in enumerate(shares):
            surest = number <= len(self.who) // MANY
            if share > 0.999 or surest or (share > 0.8 and number < len(shares) // 5):
                self._give(column, place, open_, lines)
        self.master.solve()

    def _give(self, column: Column, place: int, open_: list[int], lines: Ints) -> None:
        self.master.settle(column)
        lines[self.who[place], self.first : self.last] = column.line
        open_.remove(place)

    def _generate(self, some: Ints, enough: Callable[[], bool], rounds: int, beat: float) -> float:
        """Add lines that the prices ask for, until none does. Returns what no roster of this part can go below.

        Prices jump from round to round; between the last and those of the best bound so far they lead to fewer lines
        that turn out useless (smoothing after Wentges, 1997).
        """
        bound, centre = -np.inf, None
        chosen = np.zeros(len(self.who), dtype=bool)
        chosen[some] = True
        smooth = SMOOTH
        for _round in range(rounds):
            self.master.solve()
            worth, settled = self.master.prices()
            used = worth if centre is None or not smooth else smooth * centre + (1 - smooth) * worth
            found, added = float((used * self.need).sum()) + self.offset, 0
            for (places, span), penalties in zip(self.spans, self.penalties, strict=True):
                local = np.nonzero(chosen[places])[0]
                if not len(local):
                    continue
                np.multiply(penalties, 0.8, out=penalties)
                bounds, lines = span.best(local, self._costs(places[local], used, span), penalties)
                found += float(bounds.sum())
                for at, line in zip(local, lines, strict=True):
                    added += self._add_if_good(int(places[at]), line, worth, settled)
            if chosen.all() and found > bound:
                bound, centre = found, used
            if enough() or np.ceil(bound - GOOD) >= min(beat, self.master.value + self.offset - GOOD):
                break
            if not added and used is worth:
                break
            smooth = SMOOTH if added else 0.0
        self.master.solve()
        return bound

    def _add_if_good(self, place: int, line: Ints, worth: Floats, settled: Floats) -> bool:
        """Add a line whose wishes, less what its places are worth, cost less than the worker's line does now."""
        line = line[self.offset_in_span : self.offset_in_span + self.last - self.first]
        days = np.nonzero(line != OFF)[0]
        price = (self.wish[place, days, line[days]] - worth[days, line[days]]).sum()
        if not price < settled[place] - GOOD or not len(days):
            return False
        return self._add(place, line)

    def _costs(self, places: Ints, worth: Floats, span: Span) -> Floats:
        costs = np.zeros((len(places), span.days, worth.shape[1]))
        inside = slice(self.offset_in_span, self.offset_in_span + self.last - self.first)
        costs[:, inside] = self.wish[places] - worth
        return costs
