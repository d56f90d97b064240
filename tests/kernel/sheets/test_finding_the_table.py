"""The table is found among titles, settings, blank rows and second tables, and what is left out is told."""

import pytest

from manyhands.kernel.sheets import read, understand
from tests.kernel.sheets.makers import TODAY, csv_bytes

ROWS = [["Name", "Phone", "What do you need?"], ["Ana", "718-555-0101", "Food"], ["Bo", "718-555-0102", "Rides"]]


def names(table):
    return [line.cells[0] for line in table.lines]


def test_headings_are_found_on_the_sixth_row_below_titles_and_notes():
    above = [
        ["Neighbours helping neighbours"],
        ["Updated every Friday, ask Sam"],
        [],
        ["Please do not sort!"],
        ["", ""],
    ]
    table = read(csv_bytes([*above, *ROWS]))
    assert table.header_row == 6
    assert table.headings == tuple(ROWS[0])
    assert [line.number for line in table.aside] == [1, 2, 4]
    assert "Rows 1–2, 4 stand outside the table" in table.problems[0].sentence


def test_a_block_of_settings_above_the_table_is_set_aside():
    above = [["Coordinator", "Sam"], ["Phone", "718-555-0100"], ["Date", "3/4/2020"], []]
    table = read(csv_bytes([*above, *ROWS]))
    assert table.header_row == 5
    assert names(table) == ["Ana", "Bo"]


def test_a_block_of_settings_below_the_headings_is_set_aside():
    block = [["SettingsBegin"], ["", "Version", "3"], ["SettingsEnd"]]
    table = read(csv_bytes([ROWS[0], *block, *ROWS[1:]]))
    assert names(table) == ["Ana", "Bo"]
    assert [problem.code for problem in table.problems] == ["control_block"]


def test_headings_repeated_on_every_printed_page_are_no_people():
    table = read(csv_bytes([*ROWS, ROWS[0], ["Cy", "", "Meds"]]))
    assert names(table) == ["Ana", "Bo", "Cy"]
    assert [(problem.code, problem.row) for problem in table.problems] == [("repeated_headings", 4)]


def test_a_second_table_below_a_gap_is_read_under_its_own_headings():
    second = [[], ["Phone", "Name", "Languages"], ["718-555-0103", "Cy", "Spanish"]]
    table = read(csv_bytes([*ROWS, *second]))
    assert table.headings == (*ROWS[0], "Languages")
    assert table.lines[2].cells == ("Cy", "718-555-0103", "", "Spanish")
    assert [(problem.code, problem.row) for problem in table.problems] == [("second_headings", 5)]


def test_headings_twice_and_empty_ones_get_names_of_their_own():
    table = read(csv_bytes([["Phone", "Name", "Phone", "", "Phone", "Column 4"], ["1", "2", "3", "4", "5", "6"]]))
    assert table.headings == ("Phone", "Name", "Phone (2)", "Column 4 (2)", "Phone (3)", "Column 4")
    assert [problem.facts["name"] for problem in table.problems] == ["Phone (2)", "Phone (3)"]


def test_edge_blanks_and_line_breaks_in_headings_are_kept_as_spelled():
    headings = ["Name ", " Phone\nnumber", "What do you need? (check all, please)"]
    columns = understand(read(csv_bytes([headings, ["Ana", "718-555-0101", "Food"]])), today=TODAY).columns
    assert columns == dict(zip(headings, ["name", "phone", "what"], strict=True))


@pytest.mark.parametrize(
    "rows",
    [
        [["718-555-0101", "Food", "Ana Li"], ["718-555-0102", "Rides", "Bo Diaz"]],
        [["Ana Li", "Food"], ["Bo Diaz", "Food"]],
        [["2020-03-01", "Ana", "yes"], ["2020-03-02", "Bo", "no"]],
    ],
)
def test_rows_without_headings_lose_no_row(rows):
    table = read(csv_bytes(rows))
    assert table.header_row is None
    assert len(table.lines) == len(rows)
    assert [problem.code for problem in table.problems] == ["no_headings"]


def test_headings_in_words_nobody_knows_are_still_headings():
    table = read(csv_bytes([["Blorp", "Zint", "Quux"], ["Ana", "12", "yes"], ["Bo", "13", "no"]]))
    assert table.headings == ("Blorp", "Zint", "Quux")


def test_headings_alone_are_a_table_without_rows():
    assert read(csv_bytes([ROWS[0]])).lines == ()


def test_a_link_or_a_title_between_the_rows_of_a_run_sheet_is_set_aside():
    rows = [
        ["Consumer", "Driver", "Name", "Address", "Boxes"],
        ["FALSE", "TRUE", "Dee", "1 Oak St", ""],
        ["TRUE", "FALSE", "Ana", "2 Oak St", "2"],
        ["https://maps.example.org/route"],
    ]
    reading = understand(read(csv_bytes(rows)), kind="asks", today=TODAY)
    assert [(record.name, record.kind) for record in reading.records] == [("Dee", "helpers"), ("Ana", "asks")]
    assert [line.number for line in reading.aside] == [4]
    assert "Row 4 holds a remark" in reading.problems[-1].sentence


@pytest.mark.parametrize(
    "row",
    [
        ["Total", "", "", "", "57"],
        ["https://forms.example.org/7"],
        ["Monday"],
        ["Please add new neighbours above this line and write the date in the last column, thanks"],
    ],
)
def test_sums_titles_and_notes_below_the_rows_are_no_people(row):
    headings = ["Name", "Phone", "Address", "Need", "Boxes"]
    reading = understand(read(csv_bytes([headings, ["Ana", "", "1 Oak", "Food", "2"], row])), kind="asks", today=TODAY)
    assert [record.name for record in reading.records] == ["Ana"]
    assert [line.number for line in reading.aside] == [3]
    assert [problem.code for problem in reading.problems] == ["row_remark"]


def test_somebody_of_whom_only_the_name_is_known_is_kept():
    headings = ["Name", "Phone", "Address", "Need", "Boxes"]
    reading = understand(read(csv_bytes([headings, ["Ana"], ["Sunny"]])), kind="asks", today=TODAY)
    assert [record.name for record in reading.records] == ["Ana", "Sunny"]
