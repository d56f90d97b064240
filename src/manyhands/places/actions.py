"""Noting where things are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from manyhands.journal import actions as journal
from manyhands.kernel import squares
from manyhands.kit.refusals import Refused, refuse_if
from manyhands.networks.models import Network
from manyhands.people.models import Person
from manyhands.places.homes import read_homes
from manyhands.places.models import Area, Place, Squares
from manyhands.places.queries import area_around, area_named, areas_of, how_exact, places_found
from manyhands.places.rules import why_not_settle
from manyhands.places.streets.finding import Exactness, Found


def note_place(
    network: Network,
    *,
    whose: Person | None = None,
    text: str = "",
    door: str = "",
    area: Area | None = None,
    lat: float | None = None,
    lon: float | None = None,
    by: Person | None,
    now: datetime,
) -> Place:
    """Note a place as someone described it: somebody's, or the network's own.

    A point is taken as it is. Without one, the text is looked for on the street map, if the install has one; what is
    not surely found there gets the middle of the area that was chosen or named, if any.
    """
    place = Place(network=network, holder=network.pk if whose is None else whose.pk)
    _describe(place, text=text, door=door, area=area, lat=lat, lon=lon)
    place.save()
    journal.record("place.noted", place, by=by, now=now, exactness=place.exactness)
    return place


@transaction.atomic
def correct_place(
    place: Place,
    *,
    text: str,
    door: str,
    area: Area | None,
    lat: float | None,
    lon: float | None,
    by: Person | None,
    now: datetime,
) -> Place:
    """Put a place right."""
    place = Place.objects.select_for_update().get(pk=place.pk)
    _describe(place, text=text, door=door, area=area, lat=lat, lon=lon)
    place.save()
    journal.record("place.corrected", place, by=by, now=now, exactness=place.exactness)
    return place


@transaction.atomic
def settle_place(place: Place, *, found: Found, by: Person | None, now: datetime) -> Place:
    """Somebody chose which of several places on the street map was meant."""
    place = Place.objects.select_for_update().get(pk=place.pk)
    _take(place, found)
    place.save()
    journal.record("place.corrected", place, by=by, now=now, exactness=place.exactness)
    return place


def _describe(place: Place, *, text: str, door: str, area: Area | None, lat: float | None, lon: float | None) -> None:
    if (lat is None) != (lon is None):
        raise Refused(_("A point on the map needs both a latitude and a longitude."))
    network, before = place.network, (place.text, place.area)
    place.text, place.door = text.strip()[:300], door.strip()[:200]
    areas = list(areas_of(network)) if place.text or lat is not None else []
    place.area = area or area_named(network, place.text, areas=areas)
    if place.area is None and lat is not None and lon is not None:
        place.area = area_around(network, lat, lon, areas=areas)
    if lat is None and place.is_found and before == (place.text, place.area):
        return  # perhaps somebody chose it; only the door is new
    place.lat, place.lon, place.is_found = lat, lon, False
    if lat is not None:
        place.exactness = Place.Exactness.DOOR if place.door else Place.Exactness.CORNER
        return
    found = places_found(network, place.text, door=place.door, area=place.area, areas=areas, most=1)
    lends_middle = place.area is not None and place.area.lat is not None
    if found and found[0].is_sure and not (lends_middle and found[0].exactness is Exactness.AREA):
        _take(place, found[0], areas=areas)
    elif place.area is not None and lends_middle:
        place.lat, place.lon, place.exactness = place.area.lat, place.area.lon, Place.Exactness.AREA
    else:
        place.exactness = Place.Exactness.UNKNOWN


def _take(place: Place, found: Found, *, areas: Sequence[Area] | None = None) -> None:
    place.lat, place.lon, place.is_found = found.lat, found.lon, True
    place.exactness = how_exact(found)
    if place.area is None:
        place.area = area_around(place.network, found.lat, found.lon, areas=areas)


@transaction.atomic
def save_area(
    network: Network,
    *,
    area: Area | None = None,
    name: str,
    other_names: list[str] | None = None,
    within: Area | None = None,
    lat: float | None = None,
    lon: float | None = None,
    by: Person | None,
    now: datetime,
) -> Area:
    """Add an area, or change one."""
    area = area or Area(network=network)
    ancestor, steps = within, 0
    while ancestor is not None and steps < 50:
        if ancestor.pk == area.pk:
            raise Refused(_("An area can't lie within itself."))
        ancestor, steps = ancestor.within, steps + 1
    area.name, area.other_names, area.within = name.strip(), other_names or [], within
    area.lat, area.lon = lat, lon
    try:
        with transaction.atomic():
            area.save()
    except IntegrityError:
        raise Refused(_("There is already an area called “%(name)s”.") % {"name": name}) from None
    journal.record("area.saved", area, by=by, now=now)
    return area


@transaction.atomic
def settle_squares(network: Network, *, settled: str, least: int, by: Person | None, now: datetime) -> Squares:
    """Say how thickly people live here, and how many homes a square holds at least."""
    refuse_if(why_not_settle(by, network))
    said = Squares.objects.select_for_update().filter(network=network).first() or Squares(network=network)
    if said.cut and least > said.least:
        raise Refused(
            _("The squares were made for %(least)d homes. For more, bring the list again.") % {"least": said.least}
        )
    said.settled = settled
    said.least = said.least if said.cut else least
    _keep(said, network)
    journal.record("squares.settled", said, by=by, now=now, settled=str(settled), least=least)
    return said


def _keep(said: Squares, network: Network) -> None:
    said.save()
    network.__dict__.pop("_squares", None)  # what was read before


@transaction.atomic
def measure_squares(network: Network, *, data: bytes, least: int, by: Person | None, now: datetime) -> Squares:
    """Make the squares from a list of homes (CSV or GeoJSON). Of the list only the squares are kept."""
    refuse_if(why_not_settle(by, network))
    try:
        made = squares.measure(read_homes(data), least=least)
    except squares.TooFew:
        raise Refused(_("There are fewer homes in it than one square needs.")) from None
    said = Squares.objects.select_for_update().filter(network=network).first() or Squares(network=network)
    said.least, said.version, said.measured_at = least, said.version + 1, now
    said.grid = [made.grid.metres, made.grid.lat, made.grid.lon]
    said.cut = [list(square) for square in made.squares]
    _keep(said, network)
    journal.record("squares.measured", said, by=by, now=now, version=said.version, squares=len(said.cut), least=least)
    return said


@transaction.atomic
def forget_homes(network: Network, *, by: Person | None, now: datetime) -> Squares:
    """Go back from counted homes to a guess."""
    refuse_if(why_not_settle(by, network))
    said = Squares.objects.select_for_update().filter(network=network).first() or Squares(network=network)
    said.grid, said.cut, said.measured_at = [], [], None
    _keep(said, network)
    journal.record("squares.forgotten", said, by=by, now=now)
    return said


@transaction.atomic
def remove_area(area: Area, *, by: Person, now: datetime) -> None:
    """Take an area off the list; places in it keep their text and their point."""
    if Area.objects.filter(within=area).exists():
        raise Refused(_("Other areas lie within this one. Move or remove those first."))
    journal.record("area.removed", area, by=by, now=now)
    area.delete()
