"""The best line for each of several workers at once, given what every shift costs them: a dynamic program.

Days are walked from left to right. A line is made of blocks of work and days off between them. `free[d]` holds, per
worker, weekends worked and units of time worked so far, the least cost of being free to begin a block on day d. Blocks
come first: for each length and time, the cheapest order of kinds from each day on. Everything is done for all workers
at once in arrays; only reading the lines back goes one by one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from manyhands.kernel.rostering.patterns.problem import SATURDAY, WEEK
from manyhands.kernel.rostering.patterns.tables import OFF, Floats, Ints, Tables

TRIES = 14


def weeks_around(tables: Tables, who: Ints) -> int:
    """How many days beside open ones have to be looked at, in whole weeks: a row or a rest ends within them."""
    return WEEK * -(-int(max(tables.row[who, 1].max(), tables.rest[who].max()) + 1) // WEEK)


class Span:
    """Some workers over some days: the rest of their lines stands.

    `who`: numbers of the workers, all with the same rest. `first`, `last`: the days, half open, both Mondays (or the
    end). `allowed` (workers, days, kinds) and `may_rest` (workers, days) say what is left open; `least`, `longest`,
    `weekends` and `most` are what is left of each worker's time.
    """

    def __init__(self, tables: Tables, who: Ints, first: int, last: int, lines: Ints | None, free: slice) -> None:
        self.tables, self.who, self.first, self.last = tables, who, first, last
        self.days = last - first
        wish = tables.wish[who, first:last]
        self.allowed: Floats = np.where(np.isinf(wish), np.inf, 0.0)
        self.may_rest: Floats = np.zeros(wish.shape[:2])
        self.least, self.longest = tables.least[who].copy(), tables.longest[who].copy()
        self.weekends, self.most = tables.weekends[who].copy(), tables.most[who].copy()
        if lines is not None and (free.start > 0 or free.stop < tables.problem.days):
            self._hold(lines, free)
        self._touched: dict[tuple[int, int], int] = {}
        self.rest = int(tables.rest[who[0]])
        self.row = tables.row[who]
        self.blocks = int(self.row[:, 1].max())

    def _hold(self, lines: Ints, free: slice) -> None:
        """Days of the span outside `free` stay as they are; what is worked outside the span is taken off the rest."""
        for at, worker in enumerate(self.who):
            line = lines[worker]
            for day in range(self.first, self.last):
                if not free.start <= day < free.stop:
                    kind = line[day]
                    self.allowed[at, day - self.first] = np.inf
                    if kind != OFF:
                        self.allowed[at, day - self.first, kind] = 0.0
                        self.may_rest[at, day - self.first] = np.inf
            outside = [day for day in range(len(line)) if not self.first <= day < self.last and line[day] != OFF]
            worked = int(self.tables.length[line[outside]].sum())
            self.least[at] -= worked
            self.longest[at] -= worked
            self.weekends[at] -= len({day // WEEK for day in outside if day % WEEK >= SATURDAY})
            np.subtract.at(self.most[at], line[outside], 1)
        self.least = np.maximum(self.least, 0)

    def best(self, some: Ints, costs: Floats, penalties: Floats) -> tuple[Floats, Ints]:
        """For some of the workers (by their place in the span): a bound of the least cost, and a line that keeps every
        rule.

        `costs` (some, days, kinds). `penalties` (workers, kinds) is raised in place until no line has too many of a
        kind: what is most allowed of each is priced, not counted. So a bound may lie below the cost of the best line.
        A line that could not be found is OFF on every day and its bound infinite.
        """
        limited = np.where(self.most[some] < self.days, self.most[some], 0)
        values, lines = self._cheapest(some, costs + penalties[some][:, None, :])
        bounds = values - (penalties[some] * limited).sum(axis=1)
        for attempt in range(TRIES):
            too_many = _counts(lines, costs.shape[2]) > self.most[some]
            wrong = np.nonzero(too_many.any(axis=1))[0]
            if not len(wrong):
                break
            penalties[some[wrong]] += np.where(too_many[wrong], 2.0**attempt, 0.0)
            found, lines[wrong] = self._cheapest(some[wrong], costs[wrong] + penalties[some[wrong]][:, None, :])
            bounds[wrong] = np.maximum(bounds[wrong], found - (penalties[some[wrong]] * limited[wrong]).sum(axis=1))
        lines[(_counts(lines, costs.shape[2]) > self.most[some]).any(axis=1)] = OFF
        return bounds, lines

    def _cheapest(self, some: Ints, costs: Floats) -> tuple[Floats, Ints]:
        priced = costs + self.allowed[some]
        orders = self._orders(priced)
        width = int(max(0, self.weekends[some].max())) + 1
        depth = int(max(0, self.longest[some].max())) + 1
        ends = self._blocks(some, orders)
        free = np.full((self.days + 1, len(some), width, depth), np.inf)
        free[0, :, 0, 0] = 0.0
        rests = self.may_rest[some]
        longest = int(self.tables.length.max())
        least = int(self.least[some].min())
        pace = longest * self.blocks / (self.blocks + self.rest)
        for day in range(self.days):
            # What is left of the days lets nobody reach their least from below `low`, nor get above `reach`.
            low = min(depth, max(0, int(least - pace * (self.days - day) - longest * self.blocks)))
            reach = min(depth, int(pace * day) + longest * self.blocks + 1)
            here = free[day, :, :, low:reach]
            step = free[day + 1, :, :, low:reach]
            np.minimum(step, here + rests[:, day, None, None], out=step)
            for length, by_time in ends.items():
                until = day + length
                if until > self.days:
                    continue
                more = self._weekends(day, until)
                arrives = min(self.days, until + self.rest)
                for time, price in by_time.items():
                    if more >= width or time >= depth:
                        continue
                    upto = min(depth, reach + time)
                    if low + time >= upto:
                        continue
                    target = free[arrives, :, more:, low + time : upto]
                    come = here[:, : width - more, : upto - time - low] + price[:, day, None, None]
                    np.minimum(target, come, out=target)
        return self._read_back(some, free, ends, orders, priced)

    def _orders(self, priced: Floats) -> list[dict[int, Floats]]:
        """Per length of a block (from 1) and time: the least cost from each day and first kind on."""
        lengths = self.tables.length
        first: dict[int, Floats] = {}
        for time in sorted(set(lengths.tolist())):
            first[time] = np.where(lengths == time, priced, np.inf)
        orders = [first]
        shape = priced.shape
        for _ in range(1, self.blocks):
            longer: dict[int, Floats] = {}
            for time, costs in orders[-1].items():
                after = np.full(shape, np.inf)
                following = costs[:, 1:]
                for group, allowed in self._groups():
                    after[:, :-1, group] = following[:, :, allowed].min(axis=2, initial=np.inf)[:, :, None]
                for own in first:
                    here = np.where(lengths == own, priced + after, np.inf)
                    total = time + own
                    longer[total] = np.minimum(longer[total], here) if total in longer else here
            orders.append(longer)
        return orders

    def _groups(self) -> list[tuple[Ints, NDArray[np.bool_]]]:
        if not hasattr(self, "_grouped"):
            patterns, where = np.unique(self.tables.may_follow, axis=0, return_inverse=True)
            self._grouped = [(np.nonzero(where.ravel() == n)[0], pattern) for n, pattern in enumerate(patterns)]
        return self._grouped

    def _blocks(self, some: Ints, orders: list[dict[int, Floats]]) -> dict[int, dict[int, Floats]]:
        """Per length and time the least cost of a block from each day on, the rest after it included."""
        rests = np.concatenate([np.zeros((len(some), 1)), np.cumsum(np.isinf(self.may_rest[some]), axis=1)], axis=1)
        starts = np.arange(self.days)
        ends: dict[int, dict[int, Floats]] = {}
        for length, by_time in enumerate(orders, 1):
            until = np.minimum(starts + length, self.days)
            held = rests[:, np.minimum(until + self.rest, self.days)] - rests[:, until] > 0
            inside = (starts > 0) & (starts + length < self.days)
            short = (length < self.row[some, 0])[:, None] & inside[None, :]
            barred = held | short | (length > self.row[some, 1])[:, None] | (starts + length > self.days)[None, :]
            ends[length] = {}
            for time, costs in by_time.items():
                price = np.where(barred, np.inf, costs.min(axis=2))
                if not np.isinf(price).all():
                    ends[length][time] = price
        return ends

    def _weekends(self, begins: int, until: int) -> int:
        """How many weekends the days from `begins` up to `until` of the span touch."""
        if (begins, until) not in self._touched:
            days = range(self.first + begins, self.first + until)
            self._touched[begins, until] = len({day // WEEK for day in days if day % WEEK >= SATURDAY})
        return self._touched[begins, until]

    def _read_back(
        self,
        some: Ints,
        free: Floats,
        ends: dict[int, dict[int, Floats]],
        orders: list[dict[int, Floats]],
        priced: Floats,
    ) -> tuple[Floats, Ints]:
        values = np.full(len(some), np.inf)
        lines = np.full((len(some), self.days), OFF, dtype=np.int64)
        for at, number in enumerate(some):
            if self.weekends[number] < 0 or self.longest[number] < 0:
                continue
            final = free[self.days, at, : self.weekends[number] + 1, self.least[number] : self.longest[number] + 1]
            if final.size == 0 or np.isinf(final.min()):
                continue
            weekends, time = np.unravel_index(int(final.argmin()), final.shape)
            values[at] = final[weekends, time]
            self._read_line(
                lines[at], at, int(number), int(weekends), int(time + self.least[number]), free, ends, orders, priced
            )
        return values, lines

    def _read_line(
        self,
        line: Ints,
        at: int,
        number: int,
        weekends: int,
        time: int,
        free: Floats,
        ends: dict[int, dict[int, Floats]],
        orders: list[dict[int, Floats]],
        priced: Floats,
    ) -> None:
        """Walk from the last day back along steps that cost exactly what was reached."""
        day = self.days
        while day > 0:
            value = free[day, at, weekends, time]
            if free[day - 1, at, weekends, time] + self.may_rest[number, day - 1] == value:
                day -= 1
                continue
            day, weekends, time = self._block_before(line, at, day, weekends, time, value, free, ends, orders, priced)

    def _block_before(
        self,
        line: Ints,
        at: int,
        day: int,
        weekends: int,
        time: int,
        value: float,
        free: Floats,
        ends: dict[int, dict[int, Floats]],
        orders: list[dict[int, Floats]],
        priced: Floats,
    ) -> tuple[int, int, int]:
        stops = [day - self.rest] if day < self.days else range(max(1, day - self.rest), day + 1)
        for until in stops:
            for length, by_time in ends.items():
                begins = until - length
                if begins < 0:
                    continue
                more = self._weekends(begins, until)
                if more > weekends:
                    continue
                for taken, price in by_time.items():
                    if taken > time:
                        continue
                    if free[begins, at, weekends - more, time - taken] + price[at, begins] == value:
                        self._write_block(line, at, begins, length, taken, orders, priced)
                        return begins, weekends - more, time - taken
        raise AssertionError("A step that was taken is not found again.")

    def _write_block(
        self, line: Ints, at: int, begins: int, length: int, taken: int, orders: list[dict[int, Floats]], priced: Floats
    ) -> None:
        allowed = np.ones(priced.shape[2], dtype=bool)
        for day in range(begins, begins + length):
            costs = np.where(allowed, orders[length - (day - begins) - 1][taken][at, day], np.inf)
            kind = int(costs.argmin())
            line[day] = kind
            taken -= int(self.tables.length[kind])
            allowed = self.tables.may_follow[kind]


def _counts(lines: Ints, kinds: int) -> Ints:
    return np.stack([(lines == kind).sum(axis=1) for kind in range(kinds)], axis=1)
