"""Asks and helpers as columns of numbers, and what the rules and the price say of many pairs in one go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from manyhands.kernel.geo import EARTH_RADIUS_METRES, Integers, StraightLines, Travel, is_on_the_globe
from manyhands.kernel.matching.pairs import FORMER, KNOWN, UNKNOWN_WAY, cost, ways
from manyhands.kernel.matching.problem import Ask, Helper, Problem, Window

Truths = NDArray[np.bool_]
Numbers = NDArray[np.float64]

NO_LIMIT = 1 << 60
MOST_KINDS = 64
"""With more kinds of asks than this, their times are looked at pair by pair instead of being part of the kind."""

BLOCK = 128
"""How many asks, neighbours where they can be, are put to a street network together."""


class Table:
    """The asks, and the helpers with open places, in the order of their ids; a pair is (number of ask, of helper).

    `kind`: asks of one kind want the same languages and skills (and times, where there are few); `fitting(kind)` are
    the helpers whom these rules allow. `base`: what a helper costs before the way. `ask_at`, `helper_at`: unit vectors
    from the middle of the earth, a row each; nan where the place is not known.
    """

    def __init__(self, problem: Problem, travel: Travel) -> None:
        self.problem, self.travel = problem, travel
        self.asks = sorted(problem.asks, key=lambda a: a.id)
        self.helpers = sorted((h for h in problem.helpers if h.open_places > 0), key=lambda h: h.id)
        self.number_of_ask = {a.id: n for n, a in enumerate(self.asks)}
        self.number_of_helper = {h.id: n for n, h in enumerate(self.helpers)}
        self.need = np.array([problem.need[a.id] for a in self.asks], dtype=np.int64)
        self.places = np.array([min(h.open_places, len(self.asks)) for h in self.helpers], dtype=np.int64)
        nobody = Ask("")
        self.base = np.array([cost(problem, nobody, h, 0) for h in self.helpers], dtype=np.int64)
        self.reach = np.array(
            [NO_LIMIT if h.max_metres is None else h.max_metres for h in self.helpers], dtype=np.int64
        )
        self.ask_at, self.helper_at = _vectors(self.asks), _vectors(self.helpers)
        self.ask_placed, self.helper_placed = ~np.isnan(self.ask_at[:, 0]), ~np.isnan(self.helper_at[:, 0])
        paces = travel.paces if isinstance(travel, StraightLines) else StraightLines().paces
        self.detour = np.array([paces[h.mode].detour for h in self.helpers])
        self.speed = np.array([paces[h.mode].metres_per_second for h in self.helpers])
        self._sort_into_kinds()
        self._name_pairs()

    def _sort_into_kinds(self) -> None:
        self._times: dict[tuple[Window, ...], int] = {}
        self._shifts: dict[tuple[Window, ...], int] = {}
        self.ask_time = np.array([self._times.setdefault(a.windows, len(self._times)) for a in self.asks], np.int64)
        self.helper_time = np.array(
            [self._shifts.setdefault(h.shifts, len(self._shifts)) for h in self.helpers], np.int64
        )
        whole = len({(a.languages, a.skills, a.windows) for a in self.asks}) <= MOST_KINDS
        self.times_are_in_the_kind = whole
        kinds: dict[tuple[frozenset[str], frozenset[str], int], int] = {}
        self.kind = np.array(
            [
                kinds.setdefault((a.languages, a.skills, time if whole else 0), len(kinds))
                for a, time in zip(self.asks, self.ask_time.tolist(), strict=True)
            ],
            dtype=np.int64,
        )
        able: dict[tuple[frozenset[str], frozenset[str]], int] = {}
        self._able = np.array([able.setdefault((h.languages, h.skills), len(able)) for h in self.helpers], np.int64)
        self._start_of_time, self._end_of_time = _padded(self._times)
        self._start_of_shift, self._end_of_shift = _padded(self._shifts)
        self._fitting: dict[int, Integers] = {}
        self._abilities = list(able)
        self.kinds = list(kinds)

    def _name_pairs(self) -> None:
        """Pairs that someone named: as codes, sorted."""
        self.banned = self._codes(
            [*self.problem.blocked, *((a.id, helper) for a in self.asks if a.never for helper in a.never)]
        )
        self.remembered = self._codes(self.problem.remembered)
        self.former = self._codes(self.problem.former)
        self.is_choosy = np.array([a.only is not None for a in self.asks], dtype=np.bool_)
        self.chosen = self._codes((a.id, helper) for a in self.asks if a.only is not None for helper in a.only)

    def _codes(self, pairs: Iterable[tuple[str, str]]) -> Integers:
        asks, helpers = self.number_of_ask, self.number_of_helper
        known = {asks[a] * len(self.helpers) + helpers[h] for a, h in pairs if a in asks and h in helpers}
        return np.array(sorted(known), dtype=np.int64)

    def fitting(self, kind: int) -> Integers:
        """The helpers whose languages, skills (and times, where they are in the kind) will do."""
        if kind not in self._fitting:
            languages, skills, time = self.kinds[kind]
            may = np.array(
                [skills <= s and (not languages or bool(languages & spoken)) for spoken, s in self._abilities], bool
            )
            rows = np.flatnonzero(may[self._able]) if len(self.helpers) else np.zeros(0, np.int64)
            if self.times_are_in_the_kind:
                rows = rows[self._free(np.full(len(rows), time), self.helper_time[rows])]
            self._fitting[kind] = rows
        return self._fitting[kind]

    def _free(self, times: Integers, shifts: Integers) -> Truths:
        """Whether a time and a shift, by their numbers, overlap; none noted is any time."""
        starts, ends = self._start_of_time[times], self._end_of_time[times]
        begin, finish = self._start_of_shift[shifts], self._end_of_shift[shifts]
        free = np.zeros(len(times), dtype=np.bool_)
        for window in range(starts.shape[1]):
            for shift in range(begin.shape[1]):
                free |= np.maximum(starts[:, window], begin[:, shift]) < np.minimum(ends[:, window], finish[:, shift])
        return free

    def rules_allow(self, asks: Integers, helpers: Integers) -> Truths:
        """Whether pairs whose helper fits the kind hold to every other rule too, the way left aside."""
        codes = asks * len(self.helpers) + helpers
        may = ~_among(codes, self.banned)
        if self.is_choosy.any():
            may &= ~self.is_choosy[asks] | _among(codes, self.chosen)
        if not self.times_are_in_the_kind:
            may &= self._free(self.ask_time[asks], self.helper_time[helpers])
        return may

    def price(self, asks: Integers, helpers: Integers) -> tuple[Integers, Integers, Integers]:
        """Cost, seconds and metres of each pair; the last two −1 where a place is not known."""
        seconds, metres = self._ways(asks, helpers)
        codes = asks * len(self.helpers) + helpers
        price = self.base[helpers] + np.where(seconds < 0, UNKNOWN_WAY, seconds)
        price -= KNOWN * _among(codes, self.remembered)
        price -= FORMER * _among(codes, self.former)
        return price, seconds, metres

    def _ways(self, asks: Integers, helpers: Integers) -> tuple[Integers, Integers]:
        seconds = np.full(len(asks), -1, dtype=np.int64)
        metres = seconds.copy()
        known = np.flatnonzero(self.ask_placed[asks] & self.helper_placed[helpers])
        if isinstance(self.travel, StraightLines):
            for part in np.array_split(known, max(1, -(-len(known) // 1_000_000))):
                squared = np.zeros(len(part))
                for axis in range(3):
                    squared += (self.helper_at[helpers[part], axis] - self.ask_at[asks[part], axis]) ** 2
                line = 2 * EARTH_RADIUS_METRES * np.arcsin(np.minimum(np.sqrt(squared) / 2, 1.0))
                way = np.rint(line * self.detour[helpers[part]]).astype(np.int64)
                metres[part], seconds[part] = way, np.ceil(way / self.speed[helpers[part]]).astype(np.int64)
            return seconds, metres
        order = known[np.lexsort((asks[known], _along(self.ask_at)[asks[known]]))]
        for some in _blocks(asks[order], BLOCK):
            part = order[some]
            columns, column = np.unique(asks[part], return_inverse=True)
            rows, row = np.unique(helpers[part], return_inverse=True)
            there, far = ways(self.travel, [self.helpers[n] for n in rows], [self.asks[n] for n in columns])
            seconds[part], metres[part] = there[row, column], far[row, column]
        return seconds, metres


def _vectors(people: Sequence[Ask] | Sequence[Helper]) -> Numbers:
    degrees = np.array(
        [(p.place[0], p.place[1]) if p.place is not None and is_on_the_globe(p.place) else (np.nan, 0) for p in people],
        dtype=np.float64,
    ).reshape(-1, 2)
    lat, lon = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)


def _padded(times: Iterable[tuple[Window, ...]]) -> tuple[Integers, Integers]:
    """From and until of each tuple of windows, as many columns as the longest has."""
    listed = [each or ((-NO_LIMIT, NO_LIMIT),) for each in times]
    shape = (len(listed), max(map(len, listed), default=1))
    starts, ends = np.full(shape, NO_LIMIT, dtype=np.int64), np.full(shape, -NO_LIMIT, dtype=np.int64)
    for number, windows in enumerate(listed):
        starts[number, : len(windows)] = [w[0] for w in windows]
        ends[number, : len(windows)] = [w[1] for w in windows]
    return starts, ends


def _among(codes: Integers, some: Integers) -> Truths:
    """Which codes are among some that are sorted."""
    if not len(some):
        return np.zeros(len(codes), dtype=np.bool_)
    found: Truths = some[np.minimum(np.searchsorted(some, codes), len(some) - 1)] == codes
    return found


def _along(at: Numbers) -> Integers:
    """A number for each place that neighbours mostly share or nearly share: squares of about a kilometre in rows."""
    squares = np.floor(np.nan_to_num(at) * EARTH_RADIUS_METRES / 1000).astype(np.int64)
    _, numbers = np.unique(squares, axis=0, return_inverse=True)
    return numbers.reshape(-1)


def _blocks(asks: Integers, most: int) -> Iterable[slice]:
    """Slices of a list sorted so that an ask's pairs lie together, each of at most so many asks."""
    starts = np.flatnonzero(np.r_[True, asks[1:] != asks[:-1]]) if len(asks) else np.zeros(0, np.int64)
    for first in range(0, len(starts), most):
        until = starts[first + most] if first + most < len(starts) else len(asks)
        yield slice(int(starts[first]), int(until))
