"""Latitude and longitude in degrees, however they are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_DECIMAL = re.compile(r"([NSEWO])?\s*([-+−]?\d{1,3}(?:[.,]\d+)?)\s*°?\s*([NSEWO])?", re.IGNORECASE)
_SEXAGESIMAL = re.compile(
    r"([NSEWO])?\s*([-+−]?\d{1,3})\s*[°ºd:\s]\s*(\d{1,2}(?:[.,]\d+)?)\s*(?:['′’m:\s]\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:\"|″|”|''|s)?)?)?\s*([NSEWO])?",
    re.IGNORECASE,
)
_PAIR_DECIMAL = re.compile(
    r"\(?\[?\s*([-+−]?\d{1,3}\.\d+|[-+−]?\d{1,3})\s*[,;|\s]\s*([-+−]?\d{1,3}\.\d+|[-+−]?\d{1,3})\s*\)?\]?"
)
_PAIR_COMMAS = re.compile(r"\(?\s*([-+−]?\d{1,3},\d+)\s*[;|\s]\s*([-+−]?\d{1,3},\d+)\s*\)?")
_PAIR_LETTERS = re.compile(r"(.*[NS])\s*[,;\s]\s*(.*[EWO])", re.IGNORECASE)
_PAIR_LETTERS_FIRST = re.compile(r"([NS].*?)\s*[,;\s]\s*([EWO].*)", re.IGNORECASE)
_WELL_KNOWN_TEXT = re.compile(
    r"(?:SRID=\d+;)?\s*POINT\s*\(\s*([-+]?\d+(?:\.\d+)?)\s+([-+]?\d+(?:\.\d+)?)\s*\)", re.IGNORECASE
)
_IN_A_LINK = re.compile(
    r"(?:[@=/!]|query=|ll=|q=|center=)(-?\d{1,2}\.\d{3,})(?:,|%2C)(-?\d{1,3}\.\d{3,})", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees; latitude within ±90, longitude within ±180."""

    lat: float
    lon: float


def parse_degrees(text: str) -> float | None:
    """One coordinate: "40.7128", "40,7128", "-73.9", "40°42'46''N", "73 59 W"; None where it is none."""
    cell = unicodedata.normalize("NFC", text).strip().strip("'").strip()
    if not cell or len(cell) > 40:
        return None
    found = _DECIMAL.fullmatch(cell)
    if found:
        return _signed(_float(found[2]), found[1] or found[3])
    found = _SEXAGESIMAL.fullmatch(cell)
    if found:
        minutes, seconds = _float(found[3]), _float(found[4] or "0")
        if minutes >= 60 or seconds >= 60:
            return None
        whole = _float(found[2])
        size = abs(whole) + minutes / 60 + seconds / 3600
        return _signed(-size if found[2].startswith(("-", "−")) else size, found[1] or found[5])
    return None


def _float(text: str) -> float:
    return float(text.replace(",", ".").replace("−", "-"))


def _signed(number: float, letter: str | None) -> float:
    return -abs(number) if letter and letter.upper() in "SW" else number


def parse_point(text: str) -> Point | None:
    """Two coordinates in one cell, latitude first unless it cannot be; also POINT(lon lat) and map links."""
    cell = unicodedata.normalize("NFC", text).strip()
    if not cell or len(cell) > 500:
        return None
    known = _WELL_KNOWN_TEXT.fullmatch(cell)
    if known:
        return point(float(known[2]), float(known[1]))
    link = _IN_A_LINK.search(cell) if "/" in cell or "geo:" in cell else None
    if link:
        return point(float(link[1]), float(link[2]))
    cell = re.sub(r"^(?:geo:|lat(?:itude)?\s*[:=]\s*)", "", cell, flags=re.IGNORECASE)
    cell = re.sub(r"\b(?:lon|lng|long|longitude)\s*[:=]\s*", "", cell, flags=re.IGNORECASE).split("?")[0]
    for pattern in (_PAIR_DECIMAL, _PAIR_COMMAS):
        found = pattern.fullmatch(cell)
        if found and re.search(r"[.,]\d", cell):
            return point(_float(found[1]), _float(found[2])) or point(_float(found[2]), _float(found[1]))
    if len(cell) > 80:
        return None
    for pattern in (_PAIR_LETTERS, _PAIR_LETTERS_FIRST):
        found = pattern.fullmatch(cell)
        if found:
            lat, lon = parse_degrees(found[1]), parse_degrees(found[2])
            return point(lat, lon) if lat is not None and lon is not None else None
    return None


def point(lat: float, lon: float) -> Point | None:
    """The point, or None where no such place exists or where both numbers are the zero of an empty cell."""
    if not (-90 <= lat <= 90 and -180 <= lon <= 180) or (lat == 0 and lon == 0):
        return None
    return Point(lat, lon)


def columns_are_swapped(lats: Sequence[float | None], lons: Sequence[float | None]) -> bool:
    """True where most of what is called latitude cannot be one, and all would fit the other way round."""
    pairs = [(lat, lon) for lat, lon in zip(lats, lons, strict=True) if lat is not None and lon is not None]
    impossible = sum(1 for lat, lon in pairs if abs(lat) > 90 >= abs(lon))
    return bool(pairs) and impossible * 2 > len(pairs)
