"""Small maps: places on a page, fitted, drawn and kept small. Plain Python; the `{% map %}` tag draws it.

The projection is Mercator around the places shown, so shapes are true and north is up. Places without usable
coordinates are left out and counted. Near marks of one kind merge until at most MOST_MARKS are left: the drawing of a
thousand asks stays as light as that of a hundred.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan, cos, exp, isfinite, log, log2, pi, radians, tan

EARTH = 6_371_008.8  # metres, mean radius
HIGHEST = 85.0  # degrees; Mercator has no poles
SMALLEST_SPAN = 600.0  # metres across, so that one door is not drawn as if it were a city
SMALLEST_TILE = 400.0  # pixels across at least, so that a page asks for few
MARGIN = 28  # pixels kept free on every side for marks at the edge
MOST_MARKS = 180
MOST_KEYS = 8  # rows of a list that one merged mark lights up
LABEL_LENGTH = 80
RUN_COLOURS = 8
RUN_PATTERNS = 5  # shares no factor with RUN_COLOURS: the first 40 runs all look different
STEPS: list[int] = [m * 10**e for e in range(7) for m in (10, 20, 50)]  # metres a square of the grid may measure

# Marks are drawn around (0, 0), about 20 pixels wide. Shape repeats what colour says.
SHAPES = (
    "M0-9.5A9.5 9.5 0 1 1-.01-9.5z",
    "M-8.5-8.5H8.5V8.5H-8.5z",
    "M0-12 12 0 0 12-12 0z",
    "M-5.5-9.5H5.5L11 0 5.5 9.5H-5.5L-11 0z",
    "M0-12 10.5-3V9.5H-10.5V-3z",
)
TONE_SHAPES = {"new": 0, "calm": 0, "wait": 2, "move": 3, "good": 4, "stuck": 1, "over": 0, "start": 4}
# What needs a look is drawn last, on top.
TONE_ORDER = ("over", "good", "calm", "start", "move", "new", "wait", "stuck")


@dataclass(frozen=True, slots=True)
class Point:
    """One thing at one place. `run` gives it the colour and shape of that run; otherwise `tone` does."""

    lat: float | None
    lon: float | None
    label: str = ""
    tone: str = "calm"
    href: str = ""
    number: int | None = None
    run: int | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """The way of one run, place after place; `run` counts from 0."""

    places: Sequence[tuple[float, float]]
    run: int = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """One or several points as they are drawn."""

    x: float
    y: float
    kind: str
    shape: str
    text: str
    label: str
    href: str
    keys: str


@dataclass(frozen=True, slots=True)
class Track:
    """One line as it is drawn: `path` is for an SVG path."""

    run: int
    colour: int
    pattern: int
    path: str
    label: str


@dataclass(frozen=True, slots=True)
class Viewport:
    """How a piece of the world lies on the page. Make it with `fit`."""

    west: float  # degrees, the left edge longitudes are counted from
    left: float  # Mercator x of the left edge, radians
    top: float  # Mercator y of the upper edge, radians
    scale: float  # pixels per radian
    width: int
    height: int

    def place(self, lat: float, lon: float) -> tuple[float, float]:
        """Pixels from the left and from the top."""
        x = radians(self.west + (lon - self.west) % 360)
        return (x - self.left) * self.scale, (self.top - _mercator(lat)) * self.scale

    @property
    def metres_per_pixel(self) -> float:
        """In the middle of the map."""
        middle = self.top - self.height / 2 / self.scale
        latitude = 2 * atan(exp(middle)) - pi / 2
        return EARTH * cos(latitude) / self.scale


@dataclass(frozen=True, slots=True)
class Ground:
    """A street map to draw on: where its tiles are, by zoom, east and south; the zooms there are; what to say of it.

    ``box`` is the piece of the globe it shows: south, west, north and east.
    """

    address: Callable[[int, int, int], str]
    zooms: tuple[int, int]
    box: tuple[float, float, float, float]
    credit: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A square of the street map as it lies on the page, in pixels."""

    href: str
    x: float
    y: float
    side: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything the template needs, in pixels."""

    width: int
    height: int
    marks: tuple[Mark, ...]
    tracks: tuple[Track, ...]
    grid: str
    grid_metres: int
    left_out: int
    tiles: tuple[Tile, ...] = ()
    credit: str = ""

    @property
    def grid_kilometres(self) -> int:
        """The side of a square in whole kilometres, or 0 when it is less than one."""
        return self.grid_metres // 1000


def colour_of(run: int) -> int:
    """1 to 8: which run colour."""
    return run % RUN_COLOURS + 1


def pattern_of(run: int) -> int:
    """0 to 4: which dash pattern and which shape."""
    return run % RUN_PATTERNS


def fit(places: Iterable[tuple[float, float]], width: int, height: int) -> Viewport:
    """The viewport in which all these (lat, lon) lie, at least SMALLEST_SPAN across. No places: the Gulf of Guinea."""
    spots = list(places) or [(0.0, 0.0)]
    west = _western_end([lon for _, lon in spots])
    xs = [radians(west + (lon - west) % 360) for _, lon in spots]
    ys = [_mercator(lat) for lat, _ in spots]
    middle_x, middle_y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    smallest = SMALLEST_SPAN / (EARTH * cos(2 * atan(exp(middle_y)) - pi / 2))
    scale = min(
        (width - 2 * MARGIN) / max(max(xs) - min(xs), smallest),
        (height - 2 * MARGIN) / max(max(ys) - min(ys), smallest * height / width),
    )
    return Viewport(
        west=west,
        left=middle_x - width / 2 / scale,
        top=middle_y + height / 2 / scale,
        scale=scale,
        width=width,
        height=height,
    )


def draw(
    points: Iterable[Point],
    lines: Iterable[Line] = (),
    *,
    width: int = 400,
    height: int = 320,
    ground: Ground | None = None,
) -> Drawing:
    """Points and lines on one map, in pixels, with a grid of round metres; on a street map where there is one."""
    asked = list(points)
    usable = [(point, point.lat, point.lon) for point in asked if is_place(point.lat, point.lon)]
    kept = [(point, lat, lon) for point, lat, lon in usable if lat is not None and lon is not None]
    ways = [(line, [place for place in line.places if is_place(*place)]) for line in lines]
    view = fit([(lat, lon) for _, lat, lon in kept] + [place for _, places in ways for place in places], width, height)
    metres = _grid_step(view)
    tiles = _tiles(view, ground) if ground is not None else ()
    return Drawing(
        width=width,
        height=height,
        marks=_marks([(point, *view.place(lat, lon)) for point, lat, lon in kept]),
        tracks=tuple(_track(view, line, places) for line, places in ways if len(places) > 1),
        grid=_grid(view, metres / view.metres_per_pixel),
        grid_metres=metres,
        left_out=len(asked) - len(kept),
        tiles=tiles,
        credit=ground.credit if ground is not None and tiles else "",
    )


_GROUNDS: list[Callable[[], Ground | None]] = []


def drawn_on(ground: Callable[[], Ground | None]) -> None:
    """Say what the maps of pages are drawn on. Said only in config/wiring.py."""
    _GROUNDS[:] = [ground]


def ground_here() -> Ground | None:
    """What the maps of pages are drawn on, if there is anything."""
    return _GROUNDS[0]() if _GROUNDS else None


def _tiles(view: Viewport, ground: Ground) -> tuple[Tile, ...]:
    """The tiles under a viewport, at the finest zoom at which they are not small; none where the map doesn't reach."""
    whole = 2 * pi * view.scale  # pixels around the globe
    zoom = min(ground.zooms[1], int(log2(max(whole, 1.0) / SMALLEST_TILE)))
    if zoom < ground.zooms[0]:
        return ()
    count, side = 2**zoom, whole / 2**zoom
    left, top = (view.left + pi) * view.scale / side, (pi - view.top) * view.scale / side
    found = []
    for south in range(max(0, int(top)), min(count, int(top + view.height / side) + 1)):
        for east in range(int(left // 1), int((left + view.width / side) // 1) + 1):
            if _reaches(ground.box, zoom, east % count, south):
                href = ground.address(zoom, east % count, south)
                x, y = round((east - left) * side, 2), round((south - top) * side, 2)
                found.append(Tile(href, x, y, round(side, 2)))
    return tuple(found)


def _reaches(box: tuple[float, float, float, float], zoom: int, east: int, south: int) -> bool:
    """Whether a tile shows some of the box."""
    south_end, west_end, north_end, east_end = box
    count = 2**zoom
    first, last = ((lon + 180) / 360 * count for lon in (west_end, east_end))
    upper, lower = ((pi - _mercator(lat)) / (2 * pi) * count for lat in (north_end, south_end))
    return bool(first < east + 1 and east <= last and upper < south + 1 and south <= lower)


def is_place(lat: float | None, lon: float | None) -> bool:
    """Whether these are coordinates on Earth."""
    return (
        lat is not None
        and lon is not None
        and isfinite(lat)
        and isfinite(lon)
        and abs(lat) <= 90
        and abs(lon) <= 360  # some sheets count eastwards from 0 to 360
    )


def _mercator(lat: float) -> float:
    return log(tan(pi / 4 + radians(max(-HIGHEST, min(HIGHEST, lat))) / 2))


def _western_end(longitudes: list[float]) -> float:
    """Where to cut the globe: east of its widest empty stretch, so that Fiji stays in one piece."""
    around = sorted({lon % 360 for lon in longitudes})
    gaps = [(after - before, after) for before, after in pairwise(around)]
    gaps.append((around[0] + 360 - around[-1], around[0]))
    return max(gaps)[1]


def _grid_step(view: Viewport) -> int:
    """Round metres that make squares of 60 pixels or a little more."""
    return next((step for step in STEPS if step / view.metres_per_pixel >= 60), STEPS[-1])


def _grid(view: Viewport, step: float) -> str:
    down = "".join(f"M{_short(i * step)} 0V{view.height}" for i in range(1, int(view.width / step) + 1))
    across = "".join(f"M0 {_short(i * step)}H{view.width}" for i in range(1, int(view.height / step) + 1))
    return down + across


def _track(view: Viewport, line: Line, places: Sequence[tuple[float, float]]) -> Track:
    corners = [view.place(*place) for place in places]
    path = "M" + " ".join(f"{_short(x)} {_short(y)}" for x, y in corners)
    return Track(line.run, colour_of(line.run), pattern_of(line.run), path, line.label[:LABEL_LENGTH])


def _marks(placed: list[tuple[Point, float, float]]) -> tuple[Mark, ...]:
    """Marks from bottom to top; the side of a merging cell grows until few enough are left."""
    cell = 2.0
    while True:
        cells: dict[tuple[str, int, int], list[tuple[Point, float, float]]] = defaultdict(list)
        for point, x, y in placed:
            cells[_kind(point), int(x // cell), int(y // cell)].append((point, x, y))
        if len(cells) <= MOST_MARKS:
            break
        cell *= 1.4
    drawn = [_mark(kind, together) for (kind, _, _), together in cells.items()]
    return tuple(sorted(drawn, key=lambda mark: _height(mark.kind)))


def _kind(point: Point) -> str:
    if point.run is not None:
        return f"run-{point.run}"
    return point.tone if point.tone in TONE_SHAPES else "calm"


def _height(kind: str) -> int:
    return TONE_ORDER.index(kind) if kind in TONE_SHAPES else len(TONE_ORDER)


def _mark(kind: str, together: list[tuple[Point, float, float]]) -> Mark:
    first = together[0][0]
    alone = len(together) == 1
    if first.run is not None:
        kind_class, shape = f"run-{colour_of(first.run)}", SHAPES[pattern_of(first.run)]
    else:
        kind_class, shape = kind, SHAPES[TONE_SHAPES[kind]]
    if first.number is not None:
        text = str(first.number) if alone else f"{first.number}+"
    else:
        text = "" if alone else str(len(together))
    labels = [point.label for point, _, _ in together if point.label]
    said = labels[0][:LABEL_LENGTH] if labels else ""
    if len(labels) > 1:
        said = " | ".join(label[: LABEL_LENGTH // 2] for label in labels[:2]) + (" | …" if len(labels) > 2 else "")
    return Mark(
        x=round(sum(x for _, x, _ in together) / len(together), 1),
        y=round(sum(y for _, _, y in together) / len(together), 1),
        kind=kind_class,
        shape=shape,
        text=text,
        label=said,
        href=first.href if alone else "",
        keys=" ".join([point.key for point, _, _ in together if point.key][:MOST_KEYS]),
    )


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
