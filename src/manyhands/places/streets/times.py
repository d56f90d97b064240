"""Travel on real streets, behind the same port as travel on straight lines (`kernel.geo.Travel`)."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from manyhands.kernel.geo import Integers, Mode, Point, StraightLines
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
    except (OSError, ValueError, EOFError):  # a new import took its place just now, or the disk lost something
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

    def prepare(self, mode: Mode, places: Sequence[Point], ends: Sequence[Point] = ()) -> None:
        """Work out the ways between all of these at once; of too many to remember, only those from and to ``ends``.

        One question for all takes a fraction of what many questions for a few take.
        """
        everywhere = [*places, *ends]
        if len(set(everywhere)) ** 2 <= MOST_PAIRS:
            self.matrix(mode, everywhere, everywhere)
        elif ends:
            self.matrix(mode, ends, everywhere)
            self.matrix(mode, everywhere, ends)

    def __reduce__(self) -> tuple[type[RoadTimes], tuple[Streets]]:
        # To another process goes which streets; what was remembered stays here.
        return RoadTimes, (self.streets,)

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
        # Seconds and metres from a place to each, and to a place from each; -1: not worked out yet.
        self._rows: dict[int, NDArray[np.int32]] = {}
        self._columns: dict[int, NDArray[np.int32]] = {}
        self._held = 0

    def off_road(self, places: Sequence[Point]) -> list[Point]:
        numbers = self._numbers(places)
        return [place for place, number in zip(places, numbers, strict=True) if self._snapped.pieces[number] < 0]

    def matrix(self, froms: Sequence[Point], tos: Sequence[Point]) -> tuple[Integers, Integers]:
        # Together, so that one numbering holds for both.
        numbers = self._numbers([*froms, *tos])
        rows, columns = numbers[: len(froms)], numbers[len(froms) :]
        # Where there are too many places for a row from each, many that lead to a few are kept as columns.
        turned = len(columns) < len(rows) and len(self.places) ** 2 > MOST_PAIRS
        few, many, kept = (columns, rows, self._columns) if turned else (rows, columns, self._rows)
        if len(set(few)) * len(self.places) > MOST_PAIRS:
            return self._at_once(np.array(rows), np.array(columns))
        self._work_out(kept, sorted(set(few)), np.unique(np.array(many, dtype=np.int64)), turned=turned)
        found = np.empty((2, len(few), len(many)), dtype=np.int64)
        for i, number in enumerate(few):
            found[:, i] = kept[number][:, many]
        return (found[0].T, found[1].T) if turned else (found[0], found[1])

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
        self._rows.clear()
        self._columns.clear()
        self._held = 0

    def _work_out(self, kept: dict[int, NDArray[np.int32]], few: list[int], many: Integers, *, turned: bool) -> None:
        width = len(self.places)
        if self._held + sum(width for number in few if number not in kept) > MOST_PAIRS:
            self._forget()
        for number in few:
            known = kept.get(number, np.zeros((2, 0), dtype=np.int32))
            if known.shape[1] < width:
                kept[number] = np.full((2, width), -1, dtype=np.int32)
                kept[number][:, : known.shape[1]] = known
                self._held += width - known.shape[1]
        lacking = {number: int((kept[number][0, many] < 0).sum()) for number in few}
        # A new place lacks nearly all, and the others lack the new place: asked together, all would be worked out anew.
        for some in (
            [number for number in few if 2 * lacking[number] > len(many)],
            [number for number in few if 0 < 2 * lacking[number] <= len(many)],
        ):
            self._fill(kept, some, many, turned=turned)

    def _fill(self, kept: dict[int, NDArray[np.int32]], few: list[int], many: Integers, *, turned: bool) -> None:
        unknown = np.zeros(len(many), dtype=np.bool_)
        for number in few:
            unknown |= kept[number][0, many] < 0
        many = many[unknown]
        step = max(1, BLOCK_PAIRS // max(1, len(many)))
        for begin in range(0, len(few), step):
            some = np.array(few[begin : begin + step])
            seconds, metres = self._between(many, some) if turned else self._between(some, many)
            for i, number in enumerate(some.tolist()):
                kept[number][0, many] = seconds[:, i] if turned else seconds[i]
                kept[number][1, many] = metres[:, i] if turned else metres[i]

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
