"""What one person is shown of another. Made here alone, by the table, and nowhere without a trace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext_lazy

from manyhands.people.models import Person
from manyhands.privacy.states import Part


class Where(Protocol):
    """A place, as far as it is shown. This room knows no places; it is handed one."""

    text: Any
    door: Any
    lat: Any
    lon: Any
    area: Any
    exactness: Any


@dataclass(frozen=True, slots=True)
class Whose:
    """Somebody to be shown, with the place and the code of the ask or offer it is about."""

    person: Person
    place: Where | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach someone."""

    kind: str
    value: str
    typed: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody's details as far as they may be seen; what may not is empty."""

    parts: frozenset[Part] = frozenset()
    name: str = ""
    short_name: str = ""
    text: str = ""
    door: str = ""
    area: str = ""
    lat: float | None = None
    lon: float | None = None
    exactness: str = ""
    ways: tuple[Way, ...] = ()
    held_back: bool = False  # would be in danger if they were found: the desk knows more

    @property
    def is_on_map(self) -> bool:
        return self.lat is not None and self.lon is not None

    @property
    def reach(self) -> list[str]:
        return [way.value for way in self.ways]


NOTHING = Shown()
# Stands on paper and in files where somebody would be in danger if they were found.
ASK_THE_DESK = gettext_lazy("ask the desk")


def held_back(parts: frozenset[Part]) -> Shown:
    """Somebody who would be in danger if they were found: nothing, not even the part of town."""
    return Shown(parts=parts, held_back=True)


def shown(whose: Whose, parts: frozenset[Part]) -> Shown:
    """Somebody, cut down to some parts. The area stays: it stands on the board as well."""
    person, place = whose.person, whose.place
    named, spot = Part.NAME in parts, place if Part.SPOT in parts else None
    where = place if Part.PLACE in parts else None
    return Shown(
        parts=parts,
        name=person.name if named else "",
        short_name=person.short_name if named else "",
        text=where.text if where else "",
        door=where.door if where else "",
        area=place.area.name if place is not None and place.area is not None else "",
        lat=spot.lat if spot else None,
        lon=spot.lon if spot else None,
        exactness=place.exactness if place is not None else "",
        ways=tuple(Way(point.kind, point.value, point.typed) for point in person.contact_points.all())
        if Part.REACH in parts
        else (),
    )
