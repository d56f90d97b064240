"""Reading cells about where: addresses in one or many columns, corners, areas and points."""

from __future__ import annotations

import re
from collections.abc import Sequence

from manyhands.kernel.sheets import looks
from manyhands.kernel.sheets.choices import Choices
from manyhands.kernel.sheets.drafts import Cell, Draft, Learnt, Reader
from manyhands.kernel.sheets.fields import Field
from manyhands.kernel.sheets.points import Point, parse_degrees, parse_point, point
from manyhands.kernel.sheets.problems import Code
from manyhands.kernel.sheets.records import Place

_ORDER = (Field.UNIT, Field.CITY, Field.STATE, Field.POSTCODE, Field.COUNTRY)


def _part(field: Field) -> Reader:
    def read(cell: Cell) -> None:
        text = " ".join(cell.text.split())
        if field == Field.AREA and text.startswith("["):
            text = ", ".join(Choices([]).split(text)) or text
        if field == Field.ADDRESS and any(char.isdigit() for char in text):
            found = parse_point(text)
            if found:
                cell.put("_point", found)
        held = cell.draft.parts.setdefault(field, [])
        if text not in (other for _, other in held):
            held.append((cell.heading, text))

    return read


def _degrees(name: str) -> Reader:
    def read(cell: Cell) -> None:
        if looks.says_none(cell.text):
            return
        if cell.draft.values.setdefault(name, cell) is not cell:
            cell.note()

    return read


def _read_geo(cell: Cell) -> None:
    if looks.says_none(cell.text):
        return
    found = parse_point(cell.text)
    if found:
        cell.put("_point", found)
        return
    if any(char.isdigit() for char in cell.text):
        cell.say(Code.PLACE_WRONG)
    cell.note()


PLACES: dict[Field, Reader] = {
    **{field: _part(field) for field in (Field.ADDRESS, *_ORDER, Field.CROSS_STREET, Field.AREA, Field.END_ADDRESS)},
    Field.LAT: _degrees("_lat"),
    Field.LON: _degrees("_lon"),
    Field.END_LAT: _degrees("_end_lat"),
    Field.END_LON: _degrees("_end_lon"),
    Field.GEO: _read_geo,
}


def join_place(draft: Draft, learnt: Learnt) -> Place:
    """Where the row is about."""
    found: Point | None = draft.values.pop("_point", None)
    found = _join_point(draft, learnt, "_lat", "_lon") or found
    street = _one_address(draft, Field.ADDRESS)
    others = [text for field in _ORDER for _, text in draft.parts.get(field, [])]
    return Place(
        address=one_line([street, *others]) if street else one_line(others) if _city_or_unit(draft) else "",
        cross_street=_texts(draft, Field.CROSS_STREET, " & "),
        area=_texts(draft, Field.AREA, ", "),
        city=_texts(draft, Field.CITY, ", "),
        state=_texts(draft, Field.STATE, ", "),
        postcode=_texts(draft, Field.POSTCODE, ", "),
        lat=found.lat if found else None,
        lon=found.lon if found else None,
    )


def join_end(draft: Draft, learnt: Learnt) -> Place:
    """Where a helper's run is to end."""
    found = _join_point(draft, learnt, "_end_lat", "_end_lon")
    return Place(
        address=_one_address(draft, Field.END_ADDRESS),
        lat=found.lat if found else None,
        lon=found.lon if found else None,
    )


def _city_or_unit(draft: Draft) -> bool:
    return any(draft.parts.get(field) for field in (Field.CITY, Field.UNIT, Field.COUNTRY))


def _texts(draft: Draft, field: Field, between: str) -> str:
    return between.join(text for _, text in draft.parts.get(field, []))


def _one_address(draft: Draft, field: Field) -> str:
    """One address from one or several columns: a house number joins its street; a second whole address is noted."""
    line = ""
    for heading, text in draft.parts.get(field, []):
        if not line or line.casefold() in text.casefold():
            line = text
        elif text.casefold() in line.casefold():
            continue
        elif _is_short(text):
            line = f"{line} {text}"
        elif _is_short(line):
            line = f"{text} {line}"
        else:
            draft.note(heading, text)
    return line


def _is_short(text: str) -> bool:
    """A house number ("12", "12a") and no address of its own."""
    return len(text) <= 6 and bool(re.match(r"\d", text))


def one_line(parts: Sequence[str]) -> str:
    """One line; a part it already holds (a city repeated in its own column) is not said twice."""
    line = ""
    for part in parts:
        if not line:
            line = part
        elif not re.search(rf"(?:^|[\s,]){re.escape(part.casefold())}(?:$|[\s,])", line.casefold()):
            line += f", {part}"
    return line


def _join_point(draft: Draft, learnt: Learnt, lat_name: str, lon_name: str) -> Point | None:
    """The point of two cells; half a point, or one that is nowhere, goes to the notes."""
    lat: Cell | None = draft.values.pop(lat_name, None)
    lon: Cell | None = draft.values.pop(lon_name, None)
    if lat is None or lon is None:
        half = lat or lon
        if half is not None:
            half.say(Code.PLACE_HALF)
            half.note()
        return None
    north, east = parse_degrees(lat.text), parse_degrees(lon.text)
    if north is not None and east is not None:
        if north == 0 and east == 0:
            return None  # what programs write for "not known"
        turned = (learnt.swapped or abs(north) > 90) and point(east, north) is not None
        if turned:
            lat.say(Code.PLACE_SWAPPED)
        found = point(east, north) if turned else point(north, east)
        if found is not None:
            return found
    wrong = lat if north is None or abs(north) > 90 else lon
    wrong.say(Code.PLACE_WRONG)
    lat.note()
    lon.note()
    return None
