"""Rows that may be one ask or one person are told with a reason, and none is dropped."""

import pytest

from manyhands.kernel.sheets import REASONS, read, understand
from tests.kernel.sheets.makers import TODAY, csv_bytes

HEADINGS = ["ID", "Name", "Phone", "Email", "Address", "What do you need?"]


def found(*rows, kind="asks", headings=HEADINGS):
    reading = understand(read(csv_bytes([headings, *rows])), kind=kind, today=TODAY)
    assert len(reading.records) == len(rows)
    for duplicate in reading.duplicates:
        assert str(duplicate.row) in duplicate.sentence
        assert str(duplicate.of) in duplicate.sentence
    return [(duplicate.row, duplicate.of, duplicate.reason) for duplicate in reading.duplicates]


def test_rows_repeated_exactly():
    ana = ["1", "Ana", "718-555-0101", "", "1 Main St", "Food"]
    assert found(ana, ["2", "Bo", "718-555-0102", "", "2 Main St", "Food"], ana, ana) == [
        (4, 2, "same_row"),
        (5, 2, "same_row"),
    ]


def test_the_same_phone_however_it_is_written():
    assert found(["", "Ana", "718-555-0101", "", "", "Food"], ["", "A. Li", "(718) 5550101", "", "", "food"]) == [
        (3, 2, "same_phone")
    ]


def test_the_same_email():
    assert found(["", "Ana", "", "ana@x.org", "", "Food"], ["", "A. Li", "", "ANA@X.ORG", "", "Food"]) == [
        (3, 2, "same_email")
    ]


def test_another_need_of_the_same_neighbour_is_another_ask():
    assert (
        found(
            ["", "Ana", "718-555-0101", "", "1 Main St", "Food"], ["", "Ana", "718-555-0101", "", "1 Main St", "Rides"]
        )
        == []
    )


def test_a_helper_twice_is_one_person_whatever_else_differs():
    headings = ["Name", "Phone", "Skills"]
    assert found(
        ["Bo", "718-555-0101", "Bike"], ["Bo", "718-555-0101", "Calls"], kind="helpers", headings=headings
    ) == [(3, 2, "same_phone")]


def test_nearly_the_same_name_at_the_same_place():
    assert found(["", "Rosa Diaz", "", "", "12 Main St.", "Food"], ["", "Rosa Díaz", "", "", "12 main st", "Food"], ["", "Diaz Rosa", "", "", "12 Main St", "Food"]) == [
        (3, 2, "same_name_and_place"),
        (4, 2, "same_name_and_place"),
    ]  # fmt: skip
    assert (
        found(["", "Rosa Diaz", "", "", "12 Main St", "Food"], ["", "Ben Okafor", "", "", "12 Main St", "Food"]) == []
    )


@pytest.mark.parametrize(
    ("written", "again", "is_told"),
    [
        ("Roberto Diaz", "Bob Diaz", True),
        ("Ольга Новикова", "Olga Novikova", True),
        ("Rosa Diaz", "Rosa Diaz Castro", True),
        ("Rosa Diaz", "R. Diaz", True),
        ("Rosa Diaz", "Pablo Diaz", False),  # a family at one door
        ("Rosa Diaz", "Rosa", False),
    ],
)
def test_a_name_written_otherwise_at_the_same_place(written, again, is_told):
    rows = [["", name, "", "", "12 Main St", "Food"] for name in (written, again)]
    assert found(*rows) == ([(3, 2, "same_name_and_place")] if is_told else [])


def test_a_task_split_in_two_under_one_number_is_told():
    assert found(
        ["17", "Ana", "", "", "1 Main St", "Food"],
        ["17", "Ana", "", "", "1 Main St", "Rides"],
        ["18", "Bo", "", "", "2 Main St", "Food"],
    ) == [(3, 2, "same_id")]


def test_a_column_of_few_codes_is_no_number_of_the_ask():
    rows = [["NE", f"n{number}", "", "", f"{number} Main St", "Food"] for number in range(1, 9)]
    assert found(*rows, headings=["Code", *HEADINGS[1:]]) == []


def test_every_reason_has_a_sentence():
    assert all(template % {"row": 3, "of": 2, "id": "17"} for template in REASONS.values())
