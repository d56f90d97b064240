"""What a row says: typed values, the rest in the notes, and nothing lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from manyhands.kernel.sheets.fields import Field, Kind
from manyhands.kernel.sheets.problems import Problem
from manyhands.kernel.sheets.tables import Line


@dataclass(frozen=True, slots=True)
class Place:
    """Where. `address` is one line joined from street, unit, city, state, postcode and country, in that order.

    `lat` and `lon` are degrees (WGS 84) and come both or not at all.
    """

    address: str = ""
    cross_street: str = ""
    area: str = ""
    city: str = ""
    state: str = ""
    postcode: str = ""
    lat: float | None = None
    lon: float | None = None

    @property
    def known(self) -> bool:
        """True where anything at all is said about the place."""
        return bool(self.address or self.cross_street or self.area or self.postcode or self.lat is not None)

    @property
    def words(self) -> str:
        """The best words for the place: the address, else the corner, else the area or postcode."""
        return self.address or self.cross_street or self.area or self.postcode


@dataclass(frozen=True, slots=True)
class When:
    """A span somebody wants something in, or has time in.

    `since`/`until`: moments (naive = wall clock of the network; aware where the cell wrote an offset).
    `after`/`before`: hours of any day. `days`: weekdays, Monday = 0; empty = any.
    """

    since: datetime | None = None
    until: datetime | None = None
    on: date | None = None
    after: time | None = None
    before: time | None = None
    days: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return self != When()


@dataclass(frozen=True, slots=True)
class Need:
    """One thing wanted (or offered): `what` as written, how many where a number is said, and details."""

    what: str
    quantity: float | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One row. Which fields are filled depends on `kind` and on what the sheet has; empty means not said.

    `phones`: E.164. `emails`: lower-cased domain. `languages`: BCP 47. `needs`: several in one row belong together.
    `skills`: as written. `modes`: foot, bike, car, van. `raw`: heading -> cell as it stood (invisible characters
    removed), for giving the same table back. `notes`: "Heading: value" lines of all that landed in no other field.
    """

    number: int
    kind: Kind
    raw: Mapping[str, str]
    name: str = ""
    phones: tuple[str, ...] = ()
    phone_extension: str = ""
    emails: tuple[str, ...] = ()
    contact_method: str = ""
    languages: tuple[str, ...] = ()
    place: Place = Place()
    private: bool | None = None
    consent: bool | None = None
    external_id: str = ""
    source: str = ""
    status: str = ""
    notes: str = ""
    # an ask or an offer
    needs: tuple[Need, ...] = ()
    words: str = ""
    asked_at: datetime | None = None
    when: When = When()
    urgency: str = ""
    priority: int | None = None  # 1 can wait, 2 soon, 3 urgent, where the words say so
    recurring: bool | None = None
    recurring_words: str = ""
    household_size: int | None = None
    load: float | None = None
    minutes: float | None = None
    requester: str = ""
    for_someone_else: bool | None = None
    # a helper
    skills: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    capacity: float | None = None
    end_place: Place = Place()
    max_minutes: float | None = None
    max_stops: int | None = None

    @property
    def phone(self) -> str:
        """The first phone number, or nothing."""
        return self.phones[0] if self.phones else ""

    @property
    def email(self) -> str:
        """The first e-mail address, or nothing."""
        return self.emails[0] if self.emails else ""


@dataclass(frozen=True, slots=True)
class Column:
    """Where one column of the file lands, how sure that is (0 to 1), and a few of its cells."""

    heading: str
    field: Field
    confidence: float
    given: bool = False  # a person said so
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Rows of the file that may be the same ask or person: `row` repeats `of` (both as numbered in the file).

    `reason`: same_row, same_id, same_phone, same_email, same_name_and_place; `sentence` in English.
    """

    row: int
    of: int
    reason: str
    facts: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def template(self) -> str:
        """The English sentence with named placeholders, as it stands in the catalogues."""
        from manyhands.kernel.sheets.duplicates import REASONS

        return REASONS[self.reason]

    @property
    def sentence(self) -> str:
        """Why these two rows may be one, in English."""
        return self.template % {"row": self.row, "of": self.of, **self.facts}


@dataclass(frozen=True, slots=True)
class Reading:
    """A file understood: records in file order, where each column landed, what to look at, and what may be double."""

    kind: Kind
    records: tuple[Record, ...]
    mapping: tuple[Column, ...]
    problems: tuple[Problem, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    aside: tuple[Line, ...] = ()

    @property
    def columns(self) -> dict[str, str]:
        """Every column as spelled -> the field it lands in, or "notes"."""
        return {column.heading: column.field.value for column in self.mapping}

    @property
    def asks(self) -> tuple[Record, ...]:
        """The rows in which somebody asks for something."""
        return self.of_kind(Kind.ASKS)

    @property
    def offers(self) -> tuple[Record, ...]:
        """The rows in which somebody offers something."""
        return self.of_kind(Kind.OFFERS)

    @property
    def helpers(self) -> tuple[Record, ...]:
        """The rows about people who help."""
        return self.of_kind(Kind.HELPERS)

    def of_kind(self, kind: Kind) -> tuple[Record, ...]:
        """The rows of one kind; a run sheet mixes asks and helpers."""
        return tuple(record for record in self.records if record.kind == kind)
