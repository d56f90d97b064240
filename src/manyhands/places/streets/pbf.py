"""Whether a file is a whole .osm.pbf: told from how it is cut into pieces, without unpacking one.

The file is a row of pieces, each with its length in front (wiki.openstreetmap.org/wiki/PBF_Format). A piece that
reaches beyond the end of the file was cut off.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from manyhands.places.streets.store import Box

LONGEST_HEADER, LONGEST_PIECE = 64 * 1024, 32 * 1024 * 1024  # the format's own limits
OTHER_KINDS: Mapping[bytes, str] = {
    b"<?xml": "This is OpenStreetMap's XML. Make a .osm.pbf of it first: osmium cat FILE -o FILE.osm.pbf",
    b"<osm": "This is OpenStreetMap's XML. Make a .osm.pbf of it first: osmium cat FILE -o FILE.osm.pbf",
    b"BZh": "This is packed with bzip2. Make a .osm.pbf of it first: osmium cat FILE -o FILE.osm.pbf",
    b"\x1f\x8b": "This is packed with gzip. Make a .osm.pbf of it first: osmium cat FILE -o FILE.osm.pbf",
    b"PK": "This is a zip archive. Fetch the file that ends in .osm.pbf instead, for one from download.geofabrik.de.",
    b"<!": "This is a web page, not a map. Fetch the file that ends in .osm.pbf itself.",
    b"<html": "This is a web page, not a map. Fetch the file that ends in .osm.pbf itself.",
}
NO_MAP = "This is no .osm.pbf file. Fetch one of your area, for one from download.geofabrik.de."
CUT = "This file ends in the middle of something: it was not fetched to its end. Fetch it again."
EMPTY = "This file is empty. Fetch it again."


class NoMap(Exception):
    """A file is not a map the house can read. The text is a sentence that says why, and what to do."""


def look_at(file: Path) -> tuple[Box | None, datetime | None]:
    """Make sure a file is a whole .osm.pbf of one moment; the area it says it covers, and when its data was taken."""
    with file.open("rb") as pieces:
        size = pieces.seek(0, 2)
        pieces.seek(0)
        if not size:
            raise NoMap(EMPTY)
        start = pieces.read(64).lstrip().lower()
        for sign, sentence in OTHER_KINDS.items():
            if start.startswith(sign.lower()):
                raise NoMap(sentence)
        pieces.seek(0)
        kind, first = _piece(pieces), True
        while kind is not None:
            if pieces.tell() > size:
                raise NoMap(CUT)
            if first and kind != "OSMHeader":
                raise NoMap(NO_MAP)
            kind, first = _piece(pieces), False
    return _header(file)


def _piece(pieces: BinaryIO) -> str | None:
    """The kind of the next piece, with the file set behind it; None at the end."""
    begin = pieces.tell()
    length = pieces.read(4)
    if not length:
        return None
    count = int.from_bytes(length, "big")
    if len(length) < 4:
        raise NoMap(CUT)
    if not 0 < count <= LONGEST_HEADER:
        raise NoMap(NO_MAP if begin == 0 else CUT)
    header = pieces.read(count)
    if len(header) < count:
        raise NoMap(NO_MAP if begin == 0 else CUT)
    try:
        kind, size = _read_header(header)
    except (IndexError, UnicodeDecodeError, ValueError):
        raise NoMap(NO_MAP if begin == 0 else CUT) from None
    pieces.seek(size, 1)
    return kind


def _read_header(header: bytes) -> tuple[str, int]:
    """The kind and the size of a piece: fields 1 and 3 of its little message."""
    kind, size, at = "", -1, 0
    while at < len(header):
        field, at = _number(header, at)
        value, at = _number(header, at)
        if field & 7 == 2:
            if field >> 3 == 1:
                kind = header[at : at + value].decode("ascii")
            at += value
        elif field & 7 == 0:
            size = value if field >> 3 == 3 else size
        else:
            raise ValueError
    if not kind or not 0 <= size <= LONGEST_PIECE:
        raise ValueError
    return kind, size


def _number(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while message[at] & 0x80:
        value |= (message[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
    return value | message[at] << shift, at + 1


def _header(file: Path) -> tuple[Box | None, datetime | None]:
    import osmium

    try:
        reader = osmium.io.Reader(str(file))
        try:
            header = reader.header()
        finally:
            reader.close()
    except RuntimeError:
        raise NoMap("The beginning of this file is damaged. Fetch it again.") from None
    if header.has_multiple_object_versions:
        raise NoMap("This file holds the whole past of the map. Fetch the one that holds it as it is now (.osm.pbf).")
    said, box = header.box(), None
    if said.valid():
        low, high = said.bottom_left, said.top_right
        box = Box(low.lat, low.lon, high.lat, high.lon)
    return box, _moment(header.get("osmosis_replication_timestamp") or header.get("timestamp"))


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
