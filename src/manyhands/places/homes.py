"""Reading a list of homes: only where they are and how many, and nothing else of it is kept."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from manyhands.kernel.geo import Point, is_on_the_globe
from manyhands.kit.refusals import Refused

LAT = ("lat", "latitude", "y")
LON = ("lon", "lng", "long", "longitude", "x")
HOMES = ("homes", "households", "dwellings", "units", "flats", "building:flats", "count")
MOST_IN_ONE = 2_000  # flats in one house; more than that is a mistake in the list
Home = tuple[float, float, int]


def read_homes(data: bytes) -> list[Home]:
    """Homes of a CSV with a column for each of latitude and longitude, or of GeoJSON (also one feature to a line).

    A column or property "homes" (or households, dwellings, units, flats) says how many are at one place; without it a
    place is one home, which counts too few rather than too many. Raises :class:`Refused` where no place can be read.
    """
    text = data.decode("utf-8-sig", "replace").replace("\x00", "")
    found = list(_of_features(text) if text.lstrip()[:1] in {"{", "["} else _of_table(text))
    if not found:
        raise Refused(_("No place was found in it. It needs columns called lat and lon, or GeoJSON."))
    return found


def _of_table(text: str) -> Iterator[Home]:
    head = text.split("\n", 1)[0][:10_000]
    delimiter = max(",;\t", key=head.count)
    try:
        rows = csv.reader(io.StringIO(text), delimiter=delimiter)
        names = [name.strip().strip('"').casefold() for name in next(rows, [])]
        lat, lon, homes = (_column(names, known) for known in (LAT, LON, HOMES))
        if lat is None or lon is None:
            return
        for row in rows:
            if len(row) > max(lat, lon):
                many = row[homes] if homes is not None and homes < len(row) else ""
                yield from _home(row[lat], row[lon], many)
    except csv.Error:
        raise Refused(_("This file can’t be read as a table.")) from None


def _column(names: list[str], known: Iterable[str]) -> int | None:
    return next((names.index(name) for name in known if name in names), None)


def _of_features(text: str) -> Iterator[Home]:
    try:
        whole = json.loads(text)
        features = whole.get("features", [whole]) if isinstance(whole, dict) else whole
    except (ValueError, RecursionError):
        features = list(_lines(text))
    for feature in features if isinstance(features, list) else []:
        if isinstance(feature, dict) and (point := _point(feature.get("geometry"))) is not None:
            said = feature.get("properties")
            many = next((said[name] for name in HOMES if name in said), "") if isinstance(said, dict) else ""
            yield from _home(point[1], point[0], many)


def _lines(text: str) -> Iterator[Any]:
    for line in text.splitlines():
        try:
            yield json.loads(line.strip().strip("\x1e,"))
        except (ValueError, RecursionError):
            continue


def _point(geometry: Any) -> tuple[Any, Any] | None:
    """A point, or the middle of the corners of an outline, as longitude and latitude."""
    corners = geometry.get("coordinates") if isinstance(geometry, dict) else None
    while isinstance(corners, list) and corners and isinstance(corners[0], list) and isinstance(corners[0][0:1], list):
        if corners[0] and not isinstance(corners[0][0], list):
            break
        corners = corners[0]
    if not isinstance(corners, list) or not corners:
        return None
    if not isinstance(corners[0], list):
        return (corners[0], corners[1]) if len(corners) > 1 else None
    ring = [corner for corner in corners if isinstance(corner, list) and len(corner) > 1]
    try:
        return sum(float(c[0]) for c in ring) / len(ring), sum(float(c[1]) for c in ring) / len(ring)
    except (TypeError, ValueError, ZeroDivisionError):
        return None


def _home(lat: Any, lon: Any, many: Any) -> Iterator[Home]:
    try:
        point = Point(*(float(str(number).strip().replace(",", ".")) for number in (lat, lon)))
    except ValueError:
        return
    if is_on_the_globe(point):
        count = re.match(r"\d{1,6}", str(many).strip())
        yield point.lat, point.lon, max(1, min(MOST_IN_ONE, int(count[0]))) if count else 1
