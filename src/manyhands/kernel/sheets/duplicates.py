"""Rows that may be the same ask or the same person: found, explained, and never dropped here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from manyhands.kernel.likeness import names
from manyhands.kernel.sheets.fields import Kind
from manyhands.kernel.sheets.lexicon import plain
from manyhands.kernel.sheets.problems import gettext_noop

if TYPE_CHECKING:
    from manyhands.kernel.sheets.records import Duplicate, Record

REASONS: dict[str, str] = {
    "same_row": gettext_noop("Row %(row)d repeats row %(of)d exactly."),
    "same_id": gettext_noop("Row %(row)d has the same number (%(id)s) as row %(of)d: perhaps one ask split in two."),
    "same_phone": gettext_noop("Row %(row)d has the same phone as row %(of)d and asks for the same."),
    "same_email": gettext_noop("Row %(row)d has the same e-mail address as row %(of)d and asks for the same."),
    "same_name_and_place": gettext_noop("Row %(row)d has nearly the same name and the same place as row %(of)d."),
}
_COMPARED_AT_MOST = 60  # people of one place compared with each other; a shelter's address would take for ever


def find_duplicates(records: Sequence[Record]) -> tuple[Duplicate, ...]:
    """For each row the earliest row it may repeat, with the strongest reason; rows in file order."""
    from manyhands.kernel.sheets.records import Duplicate

    found: dict[int, Duplicate] = {}

    def say(later: Record, earlier: Record, reason: str, **facts: str | int) -> None:
        found.setdefault(later.number, Duplicate(later.number, earlier.number, reason, facts))

    _same_rows(records, say)
    _same_ids(records, say)
    for reason, keys in (("same_phone", _phone_keys), ("same_email", _email_keys)):
        seen: dict[tuple[str, ...], Record] = {}
        for record in records:
            for key in keys(record):
                earlier = seen.setdefault(key, record)
                if earlier is not record:
                    say(record, earlier, reason)
    _same_names(records, say)
    return tuple(found[number] for number in sorted(found))


if TYPE_CHECKING:
    from collections.abc import Callable

    Say = Callable[..., None]


def _same_rows(records: Sequence[Record], say: Say) -> None:
    seen: dict[tuple[str, ...], Record] = {}
    for record in records:
        key = tuple(" ".join(cell.split()) for cell in record.raw.values())
        earlier = seen.setdefault(key, record)
        if earlier is not record:
            say(record, earlier, "same_row")


def _same_ids(records: Sequence[Record], say: Say) -> None:
    """The same id on two rows, unless the column numbers something else (every second row the same "id")."""
    with_id = [record for record in records if record.external_id.strip()]
    if len({record.external_id.strip() for record in with_id}) * 2 < len(with_id):
        return
    seen: dict[tuple[Kind, str], Record] = {}
    for record in with_id:
        earlier = seen.setdefault((record.kind, record.external_id.strip()), record)
        if earlier is not record:
            say(record, earlier, "same_id", id=record.external_id.strip()[:40])


def _subject(record: Record) -> str:
    """What is wanted, so that two different asks of one household are two asks."""
    if record.kind == Kind.HELPERS:
        return ""
    needs = sorted(plain(need.what) for need in record.needs)
    return "|".join(needs) or plain(record.words[:200])


def _phone_keys(record: Record) -> Iterable[tuple[str, ...]]:
    return ((record.kind, phone, _subject(record)) for phone in record.phones)


def _email_keys(record: Record) -> Iterable[tuple[str, ...]]:
    return ((record.kind, email.casefold(), _subject(record)) for email in record.emails)


def _same_names(records: Sequence[Record], say: Say) -> None:
    """Nearly the same name at the same address, corner or point, wanting the same."""
    groups: dict[tuple[str, ...], list[tuple[str, Record]]] = {}
    for record in records:
        name, place = plain(record.name), _place_key(record)
        if len(name) < 3 or not place:
            continue
        others = groups.setdefault((record.kind, place, _subject(record)), [])
        for other_name, other in others[:_COMPARED_AT_MOST]:
            if _near(name, other_name):
                say(record, other, "same_name_and_place")
                break
        else:
            others.append((name, record))


def _place_key(record: Record) -> str:
    place = record.place
    if place.address:
        return plain(place.address)
    if place.lat is not None and place.lon is not None:
        return f"{place.lat:.4f} {place.lon:.4f}"
    return plain(place.cross_street)


def _near(one: str, two: str) -> bool:
    """One name written twice: a slip, another order or script, what people are called for short, a surname more."""
    if one == two or fuzz.token_sort_ratio(one, two) >= 88:
        return True
    alike = names.compare(names.take_apart(one), names.take_apart(two))
    return alike.shape in {names.Shape.FULL, names.Shape.WITHIN} and alike.kind <= names.Kind.INITIAL
