"""Travel on real streets, behind the same port as travel on straight lines (`kernel.geo.Travel`)."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

import numpy as np

from manyhands.kernel.geo import Integers, Mode, Point, StraightLines
from manyhands.kernel.streets.hierarchy import Small
from manyhands.places.streets import nets
from manyhands.places.streets.nets import NET_OF, Net
from manyhands.places.streets.snapping import Snapped
from manyhands.places.streets.store import Streets

MOST_PAIRS = 12_000_000
"""How many pairs are remembered of each way of getting about: 3,000 places with one another; 8 bytes each."""
BLOCK_PAIRS = 2_000_000
"""How many are worked out at once."""


def times_on(streets: Streets | None) -> RoadTimes | None:
    """Times by road, where there are streets this version can read."""
    if streets is None or not streets.has(nets.NAME, nets.SHAPE):
        return None
    try:
        return RoadTimes(streets)
    except (OSError, ValueError):  # a new import took its place just now, or the disk lost something
        return None


class RoadTimes:
    """Seconds and metres by road, remembered while this object lives and nowhere else.

    Where people live is in it, so it is made for one piece of work (a plan, a page) and thrown away with it; nothing
    of it is ever written to a disk. A pair that no road joins, or of which one lies more than a kilometre off every
    road, goes by the straight line; ``strays`` counts those that were worked out.
    """

    def __init__(self, streets: Streets) -> None:
        self.streets = streets
        folder = streets.folder / nets.NAME
        found = streets.steps[nets.NAME]
        self._nets = {
            mode: _Remembered(nets.read(folder, mode), mode)
            for mode in sorted(set(NET_OF.values()))
            if found.get(mode.value, {}).get("pieces")
        }
        self._straight = StraightLines()
        self._lock = Lock()

    @property
    def strays(self) -> int:
        """How many pairs went by the straight line."""
        return sum(known.strays for known in self._nets.values())

    def off_road(self, mode: Mode, places: Sequence[Point]) -> list[Point]:
        """The places no road of this mode comes near."""
        if (known := self._nets.get(NET_OF[mode])) is None:
            return list(places)
        with self._lock:
            return known.off_road(places)

    def prepare(self, mode: Mode, places: Sequence[Point]) -> None:
        """Work out the ways between all of these places at once, if that many can be remembered.

        One question for all takes a fraction of what many questions for a few take.
        """
        if len(set(places)) ** 2 <= MOST_PAIRS:
            self.matrix(mode, places, places)

    def matrix(self, mode: Mode, froms: Sequence[Point], tos: Sequence[Point]) -> tuple[Integers, Integers]:
        """As `Travel.matrix`: whole seconds (rounded up) and whole metres."""
        if (known := self._nets.get(NET_OF[mode])) is None:
            return self._straight.matrix(mode, froms, tos)
        with self._lock:
            return known.matrix(froms, tos)


class _Remembered:
    """One net, where places lie beside it, and a row of seconds and metres for each place that was set out from."""

    def __init__(self, net: Net, mode: Mode) -> None:
        self.net, self.mode, self.strays = net, mode, 0
        self.places: list[Point] = []
        self._number: dict[Point, int] = {}
        self._snapped = Snapped(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))
        self._rows: dict[int, tuple[Small, Small]] = {}  # -1: not worked out yet
        self._held = 0

    def off_road(self, places: Sequence[Point]) -> list[Point]:
        numbers = self._numbers(places)
        return [place for place, number in zip(places, numbers, strict=True) if self._snapped.pieces[number] < 0]

    def matrix(self, froms: Sequence[Point], tos: Sequence[Point]) -> tuple[Integers, Integers]:
        # Together, so that one numbering holds for both.
        numbers = self._numbers([*froms, *tos])
        rows, columns = numbers[: len(froms)], numbers[len(froms) :]
        if len(set(rows)) * len(self.places) > MOST_PAIRS:
            return self._at_once(np.array(rows), np.array(columns))
        self._work_out(sorted(set(rows)), np.unique(np.array(columns, dtype=np.int64)))
        seconds = np.empty((len(rows), len(columns)), dtype=np.int64)
        metres = np.empty((len(rows), len(columns)), dtype=np.int64)
        for i, row in enumerate(rows):
            times, lengths = self._rows[row]
            seconds[i], metres[i] = times[columns], lengths[columns]
        return seconds, metres

    def _numbers(self, places: Sequence[Point]) -> list[int]:
        new = [place for place in dict.fromkeys(places) if place not in self._number]
        if new:
            if len(self.places) + len(new) > MOST_PAIRS // 100:
                self._forget()
                self.places, self._number, new = [], {}, list(dict.fromkeys(places))
                self._snapped = Snapped(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))
            more = self.net.snap(new)
            for place in new:
                self._number[place] = len(self.places)
                self.places.append(place)
            self._snapped = Snapped(
                np.concatenate([self._snapped.pieces, more.pieces]),
                np.concatenate([self._snapped.shares, more.shares]),
                np.concatenate([self._snapped.metres, more.metres]),
            )
        return [self._number[place] for place in places]

    def _forget(self) -> None:
        self._rows, self._held = {}, 0

    def _work_out(self, rows: list[int], columns: Integers) -> None:
        width = len(self.places)
        if self._held + sum(width for row in rows if row not in self._rows) > MOST_PAIRS:
            self._forget()
        for row in rows:
            known = self._rows.get(row)
            if known is None or len(known[0]) < width:
                longer = np.full((2, width), -1, dtype=np.int32)
                if known is not None:
                    longer[0, : len(known[0])], longer[1, : len(known[0])] = known
                self._held += width - (0 if known is None else len(known[0]))
                self._rows[row] = longer[0], longer[1]
        missing = [row for row in rows if (self._rows[row][0][columns] < 0).any()]
        if not missing:
            return
        unknown = np.zeros(len(columns), dtype=np.bool_)
        for row in missing:
            unknown |= self._rows[row][0][columns] < 0
        columns = columns[unknown]
        step = max(1, BLOCK_PAIRS // len(columns))
        for begin in range(0, len(missing), step):
            some = np.array(missing[begin : begin + step])
            seconds, metres = self._between(some, columns)
            for i, row in enumerate(some.tolist()):
                self._rows[row][0][columns], self._rows[row][1][columns] = seconds[i], metres[i]

    def _at_once(self, rows: Integers, columns: Integers) -> tuple[Integers, Integers]:
        """More than can be remembered: worked out in blocks, straight into the answer."""
        seconds = np.empty((len(rows), len(columns)), dtype=np.int64)
        metres = np.empty((len(rows), len(columns)), dtype=np.int64)
        step = max(1, BLOCK_PAIRS // max(1, len(columns)))
        for begin in range(0, len(rows), step):
            some = slice(begin, begin + step)
            seconds[some], metres[some] = self._between(rows[some], columns)
        return seconds, metres

    def _between(self, rows: Integers, columns: Integers) -> tuple[Integers, Integers]:
        """Seconds and metres between places by their numbers."""
        long, far = self.net.between(self._snapped.some(rows), self._snapped.some(columns))
        lost = ~np.isfinite(long)
        seconds = np.ceil(np.where(lost, 0, long)).astype(np.int64)
        metres = np.rint(np.where(lost, 0, far)).astype(np.int64)
        if lost.any():
            some_rows, some_columns = np.flatnonzero(lost.any(axis=1)), np.flatnonzero(lost.any(axis=0))
            straight = StraightLines().matrix(
                self.mode, [self.places[i] for i in rows[some_rows]], [self.places[i] for i in columns[some_columns]]
            )
            where = lost[np.ix_(some_rows, some_columns)]
            for values, instead in ((seconds, straight[0]), (metres, straight[1])):
                block = values[np.ix_(some_rows, some_columns)]
                values[np.ix_(some_rows, some_columns)] = np.where(where, instead, block)
        same = rows[:, None] == columns[None, :]
        seconds[same] = metres[same] = 0
        self.strays += int((lost & ~same).sum())
        return seconds, metres
