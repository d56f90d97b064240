"""One square of the street map as a small SVG: public, the same for everyone, light enough to come along with a page.

Its colours are see-through greys, blues and greens, so that it lies on light and on dark paper alike and keeps behind
the marks of the page. What would make a tile too heavy is left out, the least telling
and the smallest first.
"""

from __future__ import annotations

import math
import sqlite3
import threading
from array import array
from collections.abc import Iterable, Iterator
from html import escape
from itertools import pairwise
from pathlib import Path

from manyhands.places.streets import drawing
from manyhands.places.streets.drawing import (
    COARSE,
    FINEST,
    GREEN,
    HOUSE,
    LANE,
    MAIN,
    MIDDLE,
    NAME,
    PATH,
    RAIL,
    RIVER,
    STREAM,
    STREET,
    TILE,
    TRUNK,
    WATER,
)  # fmt: skip

COARSEST = 8
MOST_BYTES = 16_000  # of one tile before it is packed; packed it is somewhat more than a third
MARGIN = 6  # drawn beyond the edge, so that strokes don't end at it
LETTER = 6.2  # how wide one is, about, at the size names have
_FILL, _STROKE = ' fill-opacity="%s" fill="%s"', ' fill="none" stroke="%s" stroke-opacity="%s" stroke-width="%s"'
_LOOK = {
    GREEN: _FILL % (".16", "#5a9e3f"),
    WATER: _FILL % (".3", "#4a9cc7"),
    HOUSE: _FILL % (".17", "#8a8070"),
    STREAM: _STROKE % ("#4a9cc7", ".35", "1"),
    RIVER: _STROKE % ("#4a9cc7", ".4", "2.5"),
    RAIL: _STROKE % ("#888", ".6", "1.4") + ' stroke-dasharray="6 3"',
    PATH: _STROKE % ("#8f8674", ".4", "1") + ' stroke-dasharray="3 2"',
    LANE: _STROKE % ("#8f8674", ".35", "1.4"),
    STREET: _STROKE % ("#8f8674", ".45", "2.4"),
    MIDDLE: _STROKE % ("#8f8674", ".6", "3.2"),
    MAIN: _STROKE % ("#b08a3c", ".6", "3.8"),
    TRUNK: _STROKE % ("#c07a2c", ".65", "4.6"),
}
# The most telling first: what comes when the tile is full is left out.
_ORDER = (TRUNK, MAIN, WATER, MIDDLE, STREET, RIVER, RAIL, GREEN, STREAM, HOUSE, LANE, PATH)
_OUTLINES = {GREEN, WATER, HOUSE}
Corners = list[tuple[int, int]]


class Tiles:
    """Draws tiles from one file. Safe to share between threads; raises ``sqlite3.Error`` where it can't be read."""

    def __init__(self, file: Path) -> None:
        self._uri = f"{file.resolve().as_uri()}?mode=ro&immutable=1"
        self._here = threading.local()

    def box(self) -> tuple[float, float, float, float] | None:
        """South, west, north and east of what there is to draw, in degrees; None where there is nothing."""
        found: tuple[float, float, float, float] | None = self._open().execute("SELECT * FROM box").fetchone()
        return found

    def tile(self, zoom: int, east: int, south: int) -> bytes | None:
        """The tile of this zoom, counted from the north-west; None where there is no such tile."""
        if not COARSEST <= zoom <= FINEST or not (0 <= east < 2**zoom and 0 <= south < 2**zoom):
            return None
        shift = FINEST - zoom
        sheet = _Sheet(east * TILE, south * TILE, shift)
        lines: dict[int, list[tuple[str, bytes]]] = {}
        for sort, name, rings in self._lines(zoom, sheet):
            lines.setdefault(sort, []).append((name, rings))
        for sort in _ORDER:
            sheet.draw(sort, [(name, drawing.rings_in(blob)) for name, blob in lines.get(sort, ())])
        for name, blob in lines.get(NAME, ()):
            sheet.name_place(name, drawing.rings_in(blob)[0])
        return sheet.svg(with_street_names=zoom == FINEST)

    def _open(self) -> sqlite3.Connection:
        if not hasattr(self._here, "db"):
            self._here.db = sqlite3.connect(self._uri, uri=True)
        db: sqlite3.Connection = self._here.db
        return db

    def _lines(self, zoom: int, sheet: _Sheet) -> Iterator[tuple[int, str, bytes]]:
        db = self._open()
        side = TILE << sheet.shift
        west, north, edge = sheet.west << sheet.shift, sheet.north << sheet.shift, MARGIN << sheet.shift
        given = {"west": west - edge, "east": west + side + edge, "north": north - edge, "south": north + side + edge}
        for index in ("coarse", "fine") if zoom > COARSE else ("coarse",):
            question = _QUESTIONS[index]
            yield from db.execute(question, given | {"zoom": zoom})


_QUESTIONS = {
    "coarse": "SELECT sort, name, rings FROM coarse JOIN line USING (id) WHERE west <= :east AND coarse.east >= :west"
    " AND north <= :south AND coarse.south >= :north AND zoom <= :zoom",
    "fine": "SELECT sort, name, rings FROM fine JOIN line USING (id) WHERE west <= :east AND fine.east >= :west"
    " AND north <= :south AND fine.south >= :north AND zoom <= :zoom",
}


class _Sheet:
    def __init__(self, west: int, north: int, shift: int) -> None:
        self.west, self.north, self.shift = west, north, shift
        self._paths: dict[int, list[str]] = {}
        self._names: list[str] = []
        self._bytes = 400
        self._streets: dict[str, tuple[float, tuple[float, float, float]]] = {}
        self._taken: list[tuple[float, float, float, float]] = []

    def draw(self, sort: int, things: Iterable[tuple[str, list[array[int]]]]) -> None:
        """Draw all of one sort, the largest first, as long as there is room."""
        drawn = sorted((self._drawn(sort, name, rings) for name, rings in things), key=lambda each: -each[0])
        for _, path, name, pieces in drawn:
            if path and self._bytes + len(path) <= MOST_BYTES:
                self._bytes += len(path)
                self._paths.setdefault(sort, []).append(path)
                if name and sort in {STREET, MIDDLE, MAIN}:
                    for piece in pieces:
                        self._long_enough(name, piece)

    def _drawn(self, sort: int, name: str, rings: list[array[int]]) -> tuple[int, str, str, list[Corners]]:
        """How large a thing is on the sheet, its path, its name and its pieces."""
        on_sheet = [self._on_sheet(ring) for ring in rings]
        if sort in _OUTLINES:
            pieces = [piece for corners in on_sheet if len(piece := _clipped(corners)) > 2]
            pieces = [piece for piece in pieces if sort == HOUSE or _spread(piece) > 5]
            path = "".join(_path(_straightened(piece, 0.8)) + "z" for piece in pieces)
        else:
            pieces = [piece for corners in on_sheet for piece in _pieces(corners)]
            path = "".join(_path(_straightened(piece, 0.7)) for piece in pieces)
        return sum(map(_spread, pieces)), path, name, pieces

    def _on_sheet(self, ring: array[int]) -> Corners:
        corners: Corners = []
        for at in range(0, len(ring), 2):
            corner = (ring[at] >> self.shift) - self.west, (ring[at + 1] >> self.shift) - self.north
            if not corners or corners[-1] != corner:
                corners.append(corner)
        return corners

    def _long_enough(self, name: str, piece: Corners) -> None:
        """Keep the longest straight stretch of a street that its name fits on."""
        for (x, y), (other_x, other_y) in pairwise(piece):
            length = math.hypot(other_x - x, other_y - y)
            middle = (x + other_x) / 2, (y + other_y) / 2
            half = len(name) * LETTER / 2
            fits = all(half * 0.8 < each < TILE - half * 0.8 for each in middle)
            if fits and length > half * 1.5 and length > self._streets.get(name, (0.0,))[0]:
                angle = math.degrees(math.atan2(other_y - y, other_x - x))
                angle = angle - 180 if angle > 90 else angle + 180 if angle < -90 else angle
                self._streets[name] = length, (*middle, angle)

    def name_place(self, name: str, where: array[int]) -> None:
        ((x, y),) = self._on_sheet(where)
        half = len(name) * LETTER * 0.65
        if half < x < TILE - half and 10 < y < TILE - 10 and self._is_free(x, y, half, 10):
            self._names.append(f'<text x="{x}" y="{y}" font-size="15" font-weight="600">{escape(name)}</text>')

    def _is_free(self, x: float, y: float, half: float, high: float) -> bool:
        box = x - half, y - high, x + half, y + high
        if any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in self._taken):
            return False
        self._taken.append(box)
        return True

    def svg(self, *, with_street_names: bool) -> bytes:
        if with_street_names:
            for name, (_, (x, y, angle)) in sorted(self._streets.items(), key=lambda each: -each[1][0])[:40]:
                lean = abs(math.sin(math.radians(angle)))
                half = len(name) * LETTER / 2
                if self._is_free(x, y, half * (1 - lean) + 8 * lean, half * lean + 8 * (1 - lean)):
                    turned = f"translate({x:.0f} {y:.0f})rotate({angle:.0f})"
                    self._names.append(f'<text transform="{turned}" dy="4">{escape(name)}</text>')
        paths = "".join(
            f'<path{_LOOK[sort]} d="{"".join(self._paths[sort])}"/>' for sort in sorted(self._paths) if sort in _LOOK
        )
        names = "".join(self._names)
        texts = (
            f'<g font-family="sans-serif" font-size="11" text-anchor="middle" fill="#857c6d">{names}</g>'
            if names
            else ""
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {TILE} {TILE}">'
            f'<g stroke-linecap="round" stroke-linejoin="round">{paths}</g>{texts}</svg>'
        ).encode()


def _path(corners: Corners) -> str:
    if not corners:
        return ""
    x, y = corners[0]
    steps = [f"M{x} {y}l" if len(corners) > 1 else f"M{x} {y}"]
    for other_x, other_y in corners[1:]:
        dx, dy = other_x - x, other_y - y
        steps.append(f"{'' if dx < 0 or steps[-1].endswith('l') else ' '}{dx}{'' if dy < 0 else ' '}{dy}")
        x, y = other_x, other_y
    return "".join(steps)


def _spread(corners: Corners) -> int:
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return max(max(xs) - min(xs), max(ys) - min(ys))


def _straightened(corners: Corners, most: float) -> Corners:
    """Fewer corners: none is further than ``most`` from the line without it (Ramer, Douglas and Peucker)."""
    if len(corners) < 3:
        return corners
    keep, spans = {0, len(corners) - 1}, [(0, len(corners) - 1)]
    while spans:
        first, last = spans.pop()
        (x, y), (other_x, other_y) = corners[first], corners[last]
        dx, dy = other_x - x, other_y - y
        long = math.hypot(dx, dy)
        worst, where = most, 0
        for at in range(first + 1, last):
            px, py = corners[at][0] - x, corners[at][1] - y
            far = abs(dx * py - dy * px) / long if long else math.hypot(px, py)
            if far > worst:
                worst, where = far, at
        if where:
            keep.add(where)
            spans += [(first, where), (where, last)]
    return [corners[at] for at in sorted(keep)]


def _pieces(corners: Corners) -> Iterator[Corners]:
    """The pieces of a line that touch the sheet, each with one corner beyond the edge."""
    piece: Corners = []
    for one, other in pairwise(corners):
        beyond = any(
            max(a, b) < -MARGIN or min(a, b) > TILE + MARGIN for a, b in ((one[0], other[0]), (one[1], other[1]))
        )
        if beyond:
            if piece:
                yield piece
            piece = []
        else:
            piece = [*piece, other] if piece else [one, other]
    if piece:
        yield piece


def _clipped(corners: Corners) -> Corners:
    """An outline cut off at the edges of the sheet (Sutherland and Hodgman)."""
    for axis, limit, sign in ((0, -MARGIN, 1), (0, TILE + MARGIN, -1), (1, -MARGIN, 1), (1, TILE + MARGIN, -1)):
        kept: Corners = []
        for at, corner in enumerate(corners):
            before = corners[at - 1]
            inside, was = (corner[axis] - limit) * sign >= 0, (before[axis] - limit) * sign >= 0
            if inside != was:
                share = (limit - before[axis]) / (corner[axis] - before[axis])
                other = round(before[1 - axis] + share * (corner[1 - axis] - before[1 - axis]))
                kept.append((limit, other) if axis == 0 else (other, limit))
            if inside:
                kept.append(corner)
        corners = kept
        if not corners:
            break
    return corners
