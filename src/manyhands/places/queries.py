"""Questions about places: which area is meant, where on the map, and how vaguely to show it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from rapidfuzz import fuzz, process, utils

from manyhands.kernel import geo, squares
from manyhands.kernel.squares import Assumed, Grid, Measured, Square
from manyhands.kit.maps import Ground
from manyhands.networks.models import Network
from manyhands.places.models import Area, Place, Squares
from manyhands.places.streets import drawing, finding, here, store, tiles
from manyhands.places.streets.finding import Exactness, Near
from manyhands.places.streets.times import RoadTimes, times_on

Found: TypeAlias = finding.Found
NotNowError = here.NotNowError
CREDIT = "© OpenStreetMap contributors"
MOST_FOUND = 6
REACH_METRES = 8_000.0  # how far a network is taken to reach that named no areas
NEAR_METRES = 2_500  # a point further than this from every middle lies in no area
# Homes to a square kilometre in the thinner parts of each; :data:`squares.DOUBT` is taken off that once more.
HOMES_PER_KM2 = {
    Squares.Settled.CITY: 1200.0,
    Squares.Settled.TOWN: 350.0,
    Squares.Settled.VILLAGE: 80.0,
    Squares.Settled.COUNTRY: 8.0,
}
ALIKE = 86  # of 100: "Elm Stret" still means Elm Street, "Pine" does not mean Vine


def streets() -> store.Streets | None:
    """The streets this install holds; None where nobody brought them in. The same for every network."""
    return store.kept(store.home(settings.ENV.data_dir))


def streets_are_whole() -> bool:
    """Whether this version can read all that was made of the streets that are there: roads, addresses, the map."""
    # Only whoever looks after the house asks; what reads a map is not loaded for everybody else.
    from manyhands.places.streets.steps import STEPS

    there = streets()
    return there is not None and all(there.has(step.name, step.shape) for step in STEPS) and times_on(there) is not None


def travel() -> geo.Travel:
    """How long ways take: by road where the streets are in, else on straight lines with a detour.

    Made for one piece of work and thrown away with it: it remembers places it was asked about.
    """
    return times_on(streets()) or geo.StraightLines()


def by_road(travel: geo.Travel) -> RoadTimes | None:
    """What goes by road; None where ways go by straight lines."""
    return travel if isinstance(travel, RoadTimes) else None


def areas_of(network: Network) -> QuerySet[Area]:
    """The network's areas by name. Public."""
    return Area.objects.filter(network=network).select_related("within")


def area_named(network: Network, text: str, *, areas: Sequence[Area] | None = None) -> Area | None:
    """The area a text most likely names, if it names one. ``areas`` are the network's, where they were read before."""
    wanted = text.strip()
    if not wanted:
        return None
    names: dict[tuple[int, int], str] = {}
    by_key = {area.pk: area for area in (areas_of(network) if areas is None else areas)}
    for area in by_key.values():
        for position, name in enumerate([area.name, *area.other_names]):
            names[area.pk, position] = name
    best = process.extractOne(wanted, names, scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=ALIKE)
    return by_key[best[2][0]] if best else None


def area_around(network: Network, lat: float, lon: float, *, areas: Sequence[Area] | None = None) -> Area | None:
    """The area whose middle is nearest to a point, if it is near enough to be meant."""
    here = geo.Point(lat, lon)
    near = [
        (geo.metres_between(here, geo.Point(area.lat, area.lon)), area.pk, area)
        for area in (areas_of(network) if areas is None else areas)
        if area.lat is not None and area.lon is not None
    ]
    if not near:
        return None
    metres, _key, area = min(near)
    return area if metres <= NEAR_METRES else None


@dataclass(frozen=True, slots=True)
class Blurred:
    """What everyone may see of a place: a square, always the same one for the same place, and the area's name."""

    lat: float
    lon: float
    area: str


def blurred(place: Place, network: Network, *, hidden: Container[UUID]) -> Blurred | None:
    """The square a place is shown in to those who don't need the door; ``None`` where it is not on the map.

    Nor where homes were counted and the place lies beyond them: it might be the only one there. Nor is a place of
    the people in ``hidden``, who would be in danger if they were found: this room doesn't know them.
    """
    if place.lat is None or place.lon is None or place.holder in hidden:
        return None
    middle = squares_of(network).middle(place.lat, place.lon)
    if middle is None:
        return None
    return Blurred(lat=middle.lat, lon=middle.lon, area=place.area.name if place.area else "")


def area_told(place: Place, *, hidden: Container[UUID]) -> str:
    """The part of town as everyone may read it; nothing of the people in ``hidden``."""
    return place.area.name if place.area is not None and place.holder not in hidden else ""


def squares_as_set(network: Network) -> Squares:
    """How the network's squares are made, as a steward set it, or as it is for everyone who set nothing."""
    return Squares.objects.filter(network=network).first() or Squares(network=network)


def squares_of(network: Network) -> Measured | Assumed:
    """The squares this network shows places in. Asked of the database once while one request lasts."""
    known: Measured | Assumed | None = network.__dict__.get("_squares")
    if known is None:
        known = network.__dict__["_squares"] = _squares(squares_as_set(network))
    return known


def _squares(said: Squares) -> Measured | Assumed:
    if said.cut:
        return Measured(Grid(*said.grid), tuple(Square(*each) for each in said.cut))
    guess = squares.assume(homes_per_km2=HOMES_PER_KM2[Squares.Settled(said.settled)], least=said.least)
    # A steward may want them wider than that; never narrower.
    return Assumed(max(guess.metres, float(said.network.blur_metres)))


def places_found(
    network: Network,
    text: str,
    *,
    door: str = "",
    area: Area | None = None,
    areas: Sequence[Area] | None = None,
    most: int = MOST_FOUND,
) -> list[Found]:
    """What a place that was typed may mean on the street map of this install, the best first; nothing without a map.

    The first says whether it is sure. ``door`` may begin with the house number: then it is looked for, but what is
    found by it is only near. What is meant lies in the area, or else where the network is, sooner than elsewhere.
    """
    if not text.strip():
        return []
    near = _near(network, area, areas)
    number = re.match(r"\s*(\d{1,5}\s?[a-z]?)\s*(?:,|$)", door, re.IGNORECASE)
    if number and not re.search(r"\d", text):
        by_door = here.found(f"{text} {number[1]}", near=near, most=most)
        if by_door and by_door[0].is_sure and by_door[0].exactness is Exactness.DOOR:
            return [replace(by_door[0], exactness=Exactness.NEAR), *by_door[1:]]
    return here.found(text, near=near, most=most)


def _near(network: Network, area: Area | None, areas: Sequence[Area] | None) -> Near | None:
    if area is not None and area.lat is not None and area.lon is not None:
        return Near(area.lat, area.lon, NEAR_METRES)
    areas = list(areas_of(network)) if areas is None else areas
    middle = middle_of(network, areas=areas)
    if middle is None:
        return None
    spots = [geo.Point(each.lat, each.lon) for each in areas if each.lat is not None and each.lon is not None]
    furthest = max((geo.metres_between(geo.Point(*middle), spot) for spot in spots), default=0.0)
    return Near(*middle, max(REACH_METRES, furthest + NEAR_METRES))


def how_exact(found: Found) -> Place.Exactness:
    """How exactly a place is known that is put where this was found."""
    return _HOW_EXACT[found.exactness]


_HOW_EXACT = {
    Exactness.DOOR: Place.Exactness.DOOR,
    Exactness.NEAR: Place.Exactness.CORNER,
    Exactness.CROSSING: Place.Exactness.CORNER,
    Exactness.LANDMARK: Place.Exactness.CORNER,
    Exactness.STREET: Place.Exactness.STREET,
    Exactness.AREA: Place.Exactness.AREA,
}


def places_meant(place: Place) -> list[Found]:
    """What a place may mean that is only roughly on the map, or not at all; nothing where it was found or given."""
    if place.is_found or place.exactness in {Place.Exactness.DOOR, Place.Exactness.CORNER}:
        return []
    found = places_found(place.network, place.text, door=place.door, area=place.area)
    return [each for each in found if (each.lat, each.lon) != (place.lat, place.lon)]


def street_tile(
    version: str, zoom: int, east: int, south: int, *, may_draw: Callable[[], bool] = lambda: True
) -> bytes | None:
    """One tile of the street map as SVG, the same for everyone; None where there is none.

    Raises :class:`NotNowError` where it is not at hand and ``may_draw`` says that it must not be drawn.
    """
    return here.tile(version, zoom, east, south, may_draw=may_draw)


def ground() -> Ground | None:
    """What maps are drawn on: the streets of this install, or nothing."""
    there = here.streets()
    if there is None or not there.has("map", drawing.SHAPE):
        return None
    box = here.drawn_box(there)
    if box is None:
        return None
    return Ground(
        address=lambda zoom, east, south: reverse("places:tile", args=[there.version, zoom, east, south]),
        zooms=(tiles.COARSEST, drawing.FINEST),
        box=box,
        credit=CREDIT,
    )


def middle_of(network: Network, *, areas: Sequence[Area] | None = None) -> tuple[float, float] | None:
    """The middle of the network: as its steward set it, or of its areas."""
    if network.lat is not None and network.lon is not None:
        return network.lat, network.lon
    known = areas_of(network) if areas is None else areas
    found = [(area.lat, area.lon) for area in known if area.lat is not None and area.lon is not None]
    if not found:
        return None
    return math.fsum(lat for lat, _ in found) / len(found), math.fsum(lon for _, lon in found) / len(found)
