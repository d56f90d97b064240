"""Questions about places: which area is meant, where on the map, and how vaguely to show it."""

from __future__ import annotations

import math
from collections.abc import Container
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from rapidfuzz import fuzz, process, utils

from manyhands.kernel import geo, squares
from manyhands.kernel.squares import Assumed, Grid, Measured, Square
from manyhands.networks.models import Network
from manyhands.places.models import Area, Place, Squares

NEAR_METRES = 2_500  # a point further than this from every middle lies in no area
# Homes to a square kilometre in the thinner parts of each; :data:`squares.DOUBT` is taken off that once more.
HOMES_PER_KM2 = {
    Squares.Settled.CITY: 1200.0,
    Squares.Settled.TOWN: 350.0,
    Squares.Settled.VILLAGE: 80.0,
    Squares.Settled.COUNTRY: 8.0,
}
ALIKE = 86  # of 100: "Elm Stret" still means Elm Street, "Pine" does not mean Vine


def areas_of(network: Network) -> QuerySet[Area]:
    """The network's areas by name. Public."""
    return Area.objects.filter(network=network).select_related("within")


def area_named(network: Network, text: str) -> Area | None:
    """The area a text most likely names, if it names one."""
    wanted = text.strip()
    if not wanted:
        return None
    names: dict[tuple[int, int], str] = {}
    areas = {area.pk: area for area in areas_of(network)}
    for area in areas.values():
        for position, name in enumerate([area.name, *area.other_names]):
            names[area.pk, position] = name
    best = process.extractOne(wanted, names, scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=ALIKE)
    return areas[best[2][0]] if best else None


def area_around(network: Network, lat: float, lon: float) -> Area | None:
    """The area whose middle is nearest to a point, if it is near enough to be meant."""
    here = geo.Point(lat, lon)
    near = [
        (geo.metres_between(here, geo.Point(area.lat, area.lon)), area.pk, area)
        for area in areas_of(network)
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


def middle_of(network: Network) -> tuple[float, float] | None:
    """The middle of the network: as its steward set it, or of its areas."""
    if network.lat is not None and network.lon is not None:
        return network.lat, network.lon
    found = [(area.lat, area.lon) for area in areas_of(network) if area.lat is not None and area.lon is not None]
    if not found:
        return None
    return math.fsum(lat for lat, _ in found) / len(found), math.fsum(lon for _, lon in found) / len(found)
