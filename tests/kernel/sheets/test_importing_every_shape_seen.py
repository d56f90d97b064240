"""Every sheet shape we know imports in every dialect: no exception, every column reported, every cell accounted for."""

import pytest

from manyhands.kernel.sheets import Field, read, understand
from manyhands.kernel.sheets.looks import is_yes_or_no, says_none
from tests.kernel.sheets.makers import DIALECTS, SHARED, TODAY, filled, shapes

pytestmark = pytest.mark.data
if not SHARED.exists():
    pytest.skip(f"the shared data is not at {SHARED}: no shape was tried", allow_module_level=True)

SHAPES = shapes()


def accounted_for(record, heading, field, cell):
    """A cell is in the notes, or its field has a value, or it says that there is nothing."""
    text = " ".join(cell.split())
    if text in " ".join(record.notes.split()):
        return True
    if text.startswith("["):  # a list in a cell is opened
        text = text.strip("[]").replace('"', "")
    if says_none(cell) or is_yes_or_no(cell) or cell.strip() in {"0", "1970-01-01"}:
        return True
    landed = {
        "name": record.name, "first_name": record.name, "last_name": record.name, "phone": record.phones,
        "email": record.emails or record.phones, "contact_method": record.contact_method, "language": record.languages,
        "external_id": record.external_id, "source": record.source, "status": record.status, "words": record.words,
        "requester": record.requester, "urgency": record.urgency, "recurring": record.recurring_words,
        "asked_at": record.asked_at, "household_size": record.household_size, "skills": record.skills,
        "skill": record.skills, "what": record.needs, "need": record.needs, "need_detail": record.needs,
        "load": record.load, "quantity": record.load, "minutes": record.minutes, "capacity": record.capacity,
        "max_minutes": record.max_minutes, "max_stops": record.max_stops, "mode": record.modes,
        "cross_street": record.place.cross_street, "area": record.place.area, "city": record.place.city,
        "state": record.place.state, "postcode": record.place.postcode, "address": record.place.address,
        "unit": record.place.address, "country": record.place.address, "lat": record.place.lat is not None,
        "lon": record.place.lon is not None, "geo": record.place.lat is not None,
        "end_address": record.end_place.address, "private": record.private, "consent": record.consent,
        "privacy": record.private is not None, "for_someone_else": record.for_someone_else is not None,
        "wanted_on": record.when, "wanted_from": record.when, "wanted_until": record.when, "wanted_window": record.when,
        "availability": record.when, "available_on": record.when, "available_from": record.when,
        "available_until": record.when,
    }  # fmt: skip
    value = landed.get(field)
    if field == "phone" and record.emails:
        return True
    if isinstance(value, str) and field not in {"first_name", "last_name"}:
        return all(part in " ".join(value.split()) for part in text.split(", "))
    return bool(value)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_imports_in_every_dialect_and_loses_no_cell(shape, dialect):
    rows = filled(SHAPES[shape], seed=len(shape) + len(dialect))
    table = read(DIALECTS[dialect](rows))
    reading = understand(table, today=TODAY)
    columns = reading.columns

    assert set(columns.values()) <= set(Field)
    spelled = [heading for heading in SHAPES[shape] if heading.strip()]
    for heading in spelled:
        assert heading in columns or heading.strip() in {known.strip() for known in columns}
    for record in reading.records:
        for heading, cell in record.raw.items():
            assert not cell.strip() or accounted_for(record, heading, columns[heading], cell), (heading, cell, record)
    kept = {record.number for record in reading.records} | {line.number for line in reading.aside}
    assert {line.number for line in table.lines} <= kept
    for problem in reading.problems:
        assert problem.sentence


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_imports_with_its_headings_alone(shape):
    from tests.kernel.sheets.makers import csv_bytes

    reading = understand(read(csv_bytes([SHAPES[shape]])), today=TODAY)
    assert reading.records == ()
    assert len(reading.columns) == len(SHAPES[shape])


@pytest.mark.parametrize("path", sorted((SHARED / "sheet_shapes").glob("*/*.csv")), ids=lambda path: path.stem)
def test_the_sheets_groups_shared_are_read(path):
    reading = understand(read(path.read_bytes()), today=TODAY)
    assert reading.records
    assert all(problem.sentence for problem in reading.problems)


def test_a_run_sheet_tells_neighbours_from_drivers_and_settings():
    path = SHARED / "sheet_shapes" / "helpberkeley" / "routed-deliveries-v302.csv"
    reading = understand(read(path.read_bytes()), today=TODAY)
    assert len(reading.asks) == 7
    assert len(reading.helpers) == 2  # the driver stands before and after the stops
    assert [line.number for line in reading.aside if line.number < 16] == list(range(2, 16))
    assert any(problem.code == "control_block" for problem in reading.problems)
    assert all(record.place.lat is None and record.place.address for record in reading.asks)
