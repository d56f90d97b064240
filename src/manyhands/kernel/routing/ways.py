"""Travel that was asked for once: between some places, for each mode when it is first needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from manyhands.kernel.geo import Integers, Mode, Point, Travel


class Ways:
    """A `Travel` that answers from memory between the places it was made for, and asks on for any other.

    It holds two matrices of places × places for each mode in use: for some hundred places, not for thousands.
    """

    def __init__(self, travel: Travel, places: Iterable[Point | None]) -> None:
        self._travel = travel
        self._places = list(dict.fromkeys(p for p in places if p is not None))
        self._number = {p: i for i, p in enumerate(self._places)}
        self._known: dict[Mode, tuple[Integers, Integers]] = {}
        self._costs: dict[Mode, list[list[int]]] = {}
        self._seconds: dict[Mode, list[list[int]]] = {}

    def _of(self, mode: Mode) -> tuple[Integers, Integers]:
        if mode not in self._known:
            self._known[mode] = self._travel.matrix(mode, self._places, self._places)
            seconds, metres = self._known[mode]
            self._costs[mode] = (seconds + metres).tolist()
            self._seconds[mode] = seconds.tolist()
        return self._known[mode]

    def matrix(self, mode: Mode, froms: Sequence[Point], tos: Sequence[Point]) -> tuple[Integers, Integers]:
        """Seconds and metres, as `Travel` gives them."""
        try:
            rows = [self._number[p] for p in froms]
            columns = [self._number[p] for p in tos]
        except KeyError:
            return self._travel.matrix(mode, froms, tos)
        seconds, metres = self._of(mode)
        where = np.ix_(rows, columns)
        return seconds[where], metres[where]

    def hop(self, mode: Mode, here: Point | None, there: Point | None) -> tuple[int, int]:
        """Seconds, and seconds and metres together, from one place to another; 0 where either is None."""
        if here is None or there is None:
            return 0, 0
        a, b = self._number.get(here), self._number.get(there)
        if a is None or b is None:
            seconds, metres = self._travel.matrix(mode, [here], [there])
            return int(seconds[0, 0]), int(seconds[0, 0] + metres[0, 0])
        self._of(mode)
        return self._seconds[mode][a][b], self._costs[mode][a][b]
