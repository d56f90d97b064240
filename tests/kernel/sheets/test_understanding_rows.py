"""Rows become records with typed values; nothing is lost, nothing is made up, and what was odd is said."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manyhands.kernel.sheets import (
    SENTENCES,
    Field,
    Kind,
    Need,
    Problem,
    grouped,
    read,
    understand,
)
from manyhands.kernel.sheets.problems import Code
from tests.kernel.sheets.makers import TODAY, csv_bytes, filled
from tests.kernel.sheets.test_importing_every_shape_seen import accounted_for


def reading_of(rows, **options):
    return understand(read(csv_bytes(rows)), options.pop("mapping", None), today=TODAY, **options)


def only_record(headings, row, **options):
    reading = reading_of([headings, row], kind=options.pop("kind", "asks"), **options)
    assert len(reading.records) == 1
    return reading.records[0]


def told(reading):
    return [(problem.code, problem.row, problem.column) for problem in reading.problems]


def test_an_ask_is_read_whole():
    headings = ["ID", "Timestamp", "First Name", "Last Name", "Phone", "Email", "Street Address", "Apt", "City", "State", "Zip",
                "Languages", "What do you need?", "Details", "Household size", "Delivery date", "Time window", "Urgency",
                "Is this recurring?", "Status", "Can we share your request?", "Gate code"]  # fmt: skip
    row = ["A-17", "3/15/2020 22:49", "Rosa", "Díaz", "(718) 555-0101", "rosa@example.org", "12 Main St", "4B", "Brooklyn", "NY", "11221",
           "Spanish, English", "Food, Diapers", "Please ring twice", "2 adults 3 kids", "3/17/2020", "5-7pm", "Urgent!",
           "every week", "new", "no", "1234"]  # fmt: skip
    ask = only_record(headings, row)
    assert ask.kind == Kind.ASKS
    assert (ask.external_id, ask.name, ask.phone, ask.email) == (
        "A-17",
        "Rosa Díaz",
        "+17185550101",
        "rosa@example.org",
    )
    assert ask.place.address == "12 Main St, 4B, Brooklyn, NY, 11221"
    assert (ask.place.city, ask.place.state, ask.place.postcode) == ("Brooklyn", "NY", "11221")
    assert ask.languages == ("es", "en")
    assert ask.needs == (Need("Food"), Need("Diapers"))
    assert ask.words == "Please ring twice"
    assert ask.household_size == 5
    assert ask.asked_at == dt.datetime(2020, 3, 15, 22, 49)
    assert ask.when.on == dt.date(2020, 3, 17)
    assert (ask.when.after, ask.when.before) == (dt.time(17), dt.time(19))
    assert (ask.urgency, ask.priority) == ("Urgent!", 3)
    assert (ask.recurring, ask.recurring_words) == (True, "every week")
    assert ask.status == "new"
    assert ask.private is not None
    assert "Gate code: 1234" in ask.notes
    assert ask.raw == dict(zip(headings, row, strict=True))


def test_a_helper_is_read_whole():
    headings = ["Name", "Mobile", "Languages", "What can you help with?", "Do you have a car?", "Max bags", "Home address",
                "lat", "lng", "Available from", "Available until", "Max stops", "Max time (hours)", "Where will you finish?"]  # fmt: skip
    row = [
        "Bo",
        "718-555-0102",
        "English; Kreyol",
        "Bike delivery, Phone calls",
        "yes",
        "6",
        "9 Oak St",
        "40.7",
        "-73.9",
        "17:00",
        "8pm",
        "5",
        "2",
        "3 Elm St",
    ]
    helper = only_record(headings, row, kind="helpers")
    assert helper.kind == Kind.HELPERS
    assert helper.skills == ("Bike delivery", "Phone calls")
    assert set(helper.modes) == {"bike", "car"}
    assert (helper.capacity, helper.max_stops, helper.max_minutes) == (6, 5, 120)
    assert (helper.place.lat, helper.place.lon) == (40.7, -73.9)
    assert (helper.when.after, helper.when.before) == (dt.time(17), dt.time(20))
    assert helper.languages == ("en", "ht")
    assert helper.end_place.address == "3 Elm St"


def test_moments_as_windows_keep_their_day():
    ask = only_record(["Name", "Address", "earliest", "latest"], ["Ana", "1 Main St", "2020-06-02 17:30", "2020-06-02"])
    assert ask.when.since == dt.datetime(2020, 6, 2, 17, 30)
    assert ask.when.until == dt.datetime(2020, 6, 2, 23, 59)


def test_columns_of_ticks_numbers_and_words_become_needs_with_their_details():
    headings = [
        "Name",
        "needwater",
        "needfood",
        "detailwater",
        "detailfood",
        "Do you need help with errands?",
        "Milk",
        "Eggs",
    ]
    ask = only_record(
        headings,
        ["Ana", "TRUE", "FALSE", "two bottles", "", "pharmacy run", "2", "0"],
        mapping={"Milk": "need", "Eggs": "need"},
    )
    assert ask.needs == (
        Need("water", None, "two bottles"),
        Need("Do you need help with errands?", None, "pharmacy run"),
        Need("Milk", 2.0),
    )


def test_days_of_the_week_as_columns_say_when_somebody_has_time():
    helper = only_record(["Name", "Mon", "Tue", "Wed", "Thu"], ["Bo", "x", "", "9-12", "no"], kind="helpers")
    assert helper.when.days == {0, 2}
    assert helper.when.after == dt.time(9)


def test_a_wrong_cell_never_loses_its_row_and_is_told_with_row_and_column():
    headings = ["Name", "Phone", "Email", "Date needed", "lat", "lng", "Household size", "Languages"]
    rows = [
        headings,
        ["Ana", "none", "ana at x", "31/02/2020", "95", "200", "lots", "Klingon"],
        ["Bo", "718-555-0102", "", "", "", "", "", ""],
    ]
    reading = reading_of(rows, kind="asks")
    ana = reading.records[0]
    assert ana.name == "Ana"
    for cell in ("ana at x", "31/02/2020", "lat: 95", "lng: 200", "lots", "Klingon"):
        assert cell in ana.notes
    assert told(reading) == [
        ("phone_none", 2, "Phone"), ("email_wrong", 2, "Email"), ("date_wrong", 2, "Date needed"),
        ("number_wrong", 2, "Household size"), ("language_unknown", 2, "Languages"), ("place_wrong", 2, "lat"),
    ]  # fmt: skip
    assert all("2" in problem.sentence and problem.column in problem.sentence for problem in reading.problems)


def test_a_formula_in_a_cell_is_kept_as_text_and_told():
    reading = reading_of([["Name", "Household size"], ['=HYPERLINK("http://x")', "=1+1"], ["=)", "3"]], kind="asks")
    assert told(reading) == [("formula", 2, "Name"), ("formula", 2, "Household size")]
    assert "=1+1" in reading.records[0].notes
    assert reading.records[1].name == "=)"


def test_swapped_coordinates_are_put_right_and_half_a_point_is_none():
    rows = [
        ["Name", "lat", "lng"],
        ["Ana", "-118.2", "34.05"],
        ["Bo", "-118.3", "34.06"],
        ["Cy", "-118.3", ""],
        ["Di", "0", "0"],
    ]
    reading = reading_of(rows, kind="asks")
    assert [(record.place.lat, record.place.lon) for record in reading.records[:2]] == [
        (34.05, -118.2),
        (34.06, -118.3),
    ]
    assert reading.records[2].place.lat is None
    assert reading.records[3].place.lat is None
    assert [code for code, _, _ in told(reading)] == ["place_swapped", "place_swapped", "place_half"]


def test_two_phone_columns_and_a_phone_shared_by_two_people():
    ask = only_record(["Name", "Phone #", "Phone2 #"], ["Ana", "718-555-0101 / 0102 Rosa", "718-555-0103"])
    assert ask.phones == ("+17185550101", "+17185550102", "+17185550103")
    assert "Rosa" in ask.notes


def test_an_email_under_phone_and_a_phone_under_email_find_their_place():
    ask = only_record(
        ["Name", "Phone", "Email"], ["Ana", "ana@x.org", "718-555-0101"], mapping={"Phone": "phone", "Email": "email"}
    )
    assert (ask.phone, ask.email, ask.notes) == ("+17185550101", "ana@x.org", "")


def test_an_address_in_several_columns_is_joined_and_not_said_twice():
    headings = ["Street", "House number", "City", "State", "Zip"]
    assert (
        only_record(headings, ["Main St", "12", "Brooklyn", "NY", "11221"]).place.address
        == "Main St 12, Brooklyn, NY, 11221"
    )
    whole = only_record(["Address", "City", "State"], ["12 Main St, Brooklyn, NY", "Brooklyn", "NY"])
    assert whole.place.address == "12 Main St, Brooklyn, NY"
    two = only_record(["Street Address", "Current Address"], ["12 Main St", "shelter on Oak St"])
    assert two.place.address == "12 Main St"
    assert "Current Address: shelter on Oak St" in two.notes


def test_corners_and_areas_are_places_too():
    ask = only_record(["Name", "Cross Street #1", "Cross Street #2", "Neighborhood"], ["Ana", "5th", "Oak", "Hills"])
    assert ask.place.cross_street == "5th & Oak"
    assert ask.place.words == "5th & Oak"
    assert ask.place.area == "Hills"


def test_a_request_for_somebody_else_names_both():
    ask = only_record(
        ["Name", "Requested by", "Is this for you or someone else?"], ["Ana", "Sam, her nephew", "someone else"]
    )
    assert (ask.name, ask.requester, ask.for_someone_else) == ("Ana", "Sam, her nephew", True)


@pytest.mark.parametrize(
    ("typed", "on", "priority"),
    [("today", dt.date(2020, 6, 1), None), ("mañana", dt.date(2020, 6, 2), None), ("ASAP", None, 3)],
)
def test_days_may_be_said_in_words(typed, on, priority):
    ask = only_record(["Name", "Delivery date"], ["Ana", typed])
    assert (ask.when.on, ask.priority) == (on, priority)


@pytest.mark.parametrize("heading", ["Delivery date", "When?"])
@pytest.mark.parametrize(
    ("typed", "on", "hours"),
    [
        ("today evening", 1, (17, 21)),
        ("Tomorrow, after 5pm", 2, (17, None)),
        ("hoy por la tarde", 1, (12, 17)),
        ("mañana por la mañana", 2, (8, 12)),
        ("por la mañana", None, (8, 12)),
        ("heute Abend", 1, (17, 21)),
        ("aujourd'hui soir", 1, (17, 21)),
        ("aujourd'hui après 17h", 1, (17, None)),
        ("today or tomorrow", None, (None, None)),
        ("heute oder morgen", None, None),
        ("heute, morgen", None, None),
        ("hoy/mañana", None, None),
        ("hoy no, mañana sí", None, None),
        ("today not possible", None, (None, None)),
        ("today ???", None, (None, None)),
        ("todays list", None, (None, None)),
    ],
)
def test_a_day_said_in_words_may_have_its_hours_behind_it(heading, typed, on, hours):
    ask = only_record(["Name", heading], ["Ana", typed])
    assert ask.when.on == (on and dt.date(2020, 6, on))
    assert hours in (None, tuple(bound and bound.hour for bound in (ask.when.after, ask.when.before)))


@pytest.mark.parametrize("heading", ["Delivery date", "When?"])
@pytest.mark.parametrize("typed", ["today, urgent", "Today ASAP", "heute dringend"])
def test_a_day_may_say_how_urgent_it_is(heading, typed):
    ask = only_record(["Name", heading], ["Ana", typed])
    assert (ask.when.on, ask.priority) == (dt.date(2020, 6, 1), 3)


def test_several_kinds_in_one_file_are_told_apart():
    headings = ["Consumer", "Driver", "Name", "Phone", "Address", "Boxes"]
    rows = [
        headings,
        ["FALSE", "TRUE", "Dee", "718-555-0101", "1 Oak", ""],
        ["TRUE", "FALSE", "Ana", "718-555-0102", "2 Oak", "2"],
        ["FALSE", "FALSE", "Kitchen", "", "3 Oak", ""],
    ]
    reading = reading_of(rows, kind="asks")
    assert [record.kind for record in reading.records] == ["helpers", "asks", "other"]
    assert [record.name for record in reading.asks] == ["Ana"]


def test_invisible_characters_do_not_reach_the_records():
    ask = only_record(["Name", "Notes"], ["An\x00a\ufeff", "x\x07y"])
    assert ask.name == "Ana"
    assert ask.raw["Notes"] == "xy"


def test_the_same_thing_wrong_many_times_is_shown_once():
    rows = [["Name", "Phone"], *[[f"n{number}", "none"] for number in range(50)], ["Z", "12"]]
    groups = grouped(reading_of(rows, kind="asks").problems)
    assert [(group.first.code, group.count) for group in groups] == [("phone_none", 50), ("phone_wrong", 1)]
    assert groups[0].rows == tuple(range(2, 12))


def test_every_sentence_can_be_filled_and_translated():
    facts = {"row": 1, "column": "Phone", "value": "x", "date": "2020-01-01", "limit": 3, "columns": 4, "characters": 5, "cells": "6",
             "megabytes": "7", "position": 8, "sheet": "A", "sheets": "A, B", "field": "x", "fields": "y", "kind": "z", "kinds": "w",
             "others": "B", "rows": "2–3", "heading": "H", "name": "H (2)", "order": "day first"}  # fmt: skip
    assert set(SENTENCES) == set(Code)
    for code, template in SENTENCES.items():
        numbers = facts | {"cells": 6} if "%(cells)d" in template else facts
        assert Problem(code, facts=numbers).sentence
        assert "%" not in Problem(code, facts=numbers).sentence


CELL = st.text(max_size=30) | st.sampled_from(["none", "=1+1", "718-555-0101", "3/4/2020", "40.7", "x", "5-7pm", "a@b.org", "4 adults", "Spanish", "[1]", "+1", "0"])  # fmt: skip


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_column_is_called_what_no_cell_is_lost(data):
    """Any mapping, any cells: every filled cell is in the notes, or in its field, or says that there is nothing."""
    fields = data.draw(st.lists(st.sampled_from(sorted(Field)), min_size=1, max_size=8))
    headings = [f"Heading {index}" for index in range(len(fields))]
    rows = data.draw(st.lists(st.lists(CELL, min_size=len(fields), max_size=len(fields)), min_size=1, max_size=4))
    table = read(csv_bytes([headings, *rows], encoding="utf-8-sig"))
    kind = data.draw(st.sampled_from(sorted(Kind)))
    reading = understand(table, dict(zip(headings, fields, strict=True)), kind=kind, today=TODAY)
    for record in reading.records:
        for heading, cell in record.raw.items():
            if cell.strip() and heading in reading.columns:
                assert accounted_for(record, heading, reading.columns[heading], cell), (heading, cell)
    assert len(reading.records) + len(reading.aside) == len(table.lines) + len(table.aside)


@given(st.integers(0, 10_000), st.sampled_from(sorted(Kind)))
@settings(max_examples=40, deadline=None)
def test_reading_twice_gives_the_same(seed, kind):
    table = read(csv_bytes(filled(["Name", "Phone", "Created", "Need", "Languages", "lat", "lng"], seed=seed)))
    assert understand(table, kind=kind, today=TODAY) == understand(table, kind=kind, today=TODAY)
