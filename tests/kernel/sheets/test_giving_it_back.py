"""What was imported is given back unchanged, and no spreadsheet program finds a formula in it."""

import csv
import io
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from manyhands.kernel.sheets import guard, read, understand, unguard, write_csv
from tests.kernel.sheets.makers import TODAY, csv_bytes

DANGEROUS = "=+-@\t\r\n\x00'＝＋－＠ "
TEXT = st.text(max_size=20) | st.builds(
    lambda start, rest: start + rest, st.text(alphabet=DANGEROUS, min_size=1, max_size=3), st.text(max_size=10)
)


@given(TEXT)
@settings(max_examples=500)
def test_taking_the_guard_off_always_gives_the_text_back(text):
    assert unguard(guard(text)) == text
    assert unguard(guard(guard(text))) == guard(text)


@given(TEXT)
@settings(max_examples=500)
def test_no_guarded_text_can_be_taken_for_a_formula(text):
    assert not guard(text).lstrip(" \t\r\n\x00\ufeff").startswith(tuple("=+-@＝＋－＠"))


def test_ordinary_words_are_not_touched():
    for text in ("Rosa", "12 Main St", "o'clock", "", " two blanks", "(718) 555-0101", "50%"):
        assert guard(text) == text
    assert guard("+17185550101") == "'+17185550101"
    assert guard("'tis") == "''tis"
    assert unguard("'hello") == "'hello"


def test_a_hundred_thousand_random_cells_come_back_unchanged():
    luck = random.Random(7)
    alphabet = "abc,;|\"' \t\r\n\x00=+-@é中ع\u200f½0123" + DANGEROUS
    rows = [["x" + "".join(luck.choices(alphabet, k=luck.randint(0, 9))) for _ in range(3)] for _ in range(500)]
    rows += [["k", *("".join(luck.choices(alphabet, k=luck.randint(0, 9))) for _ in range(9))] for _ in range(11_000)]
    width = 10
    headings = ["Name", "Phone", "Email", "Address", "Notes", "Status", "Need", "City", "Zip", "ID"]
    table = read(write_csv(headings, rows))
    assert table.headings == tuple(headings)
    back = [list(line.cells) for line in table.lines]
    assert back == [row + [""] * (width - len(row)) for row in rows]


@given(st.lists(st.lists(TEXT, min_size=2, max_size=2), max_size=6))
@settings(max_examples=200, deadline=None)
def test_any_rows_come_back_under_the_same_headings(rows):
    rows = [["k", *(cell.encode("utf-8", "replace").decode() for cell in row)] for row in rows]
    table = read(write_csv(["Name ", "=Phone", "What\ndo you need?"], rows))
    assert table.headings == ("Name ", "=Phone", "What\ndo you need?")
    assert [list(line.cells) for line in table.lines] == rows


def test_records_give_back_the_table_they_came_from():
    rows = [["Name", "Phone", "Phone", ""], ["Ana", "+17185550101", "none", "x"], ["-Bo-", "=1+1", "", "'y"]]
    table = read(csv_bytes(rows))
    reading = understand(table, today=TODAY)
    again = read(write_csv(table.headings, [list(record.raw.values()) for record in reading.records]))
    assert again.headings == table.headings
    assert [line.cells for line in again.lines] == [line.cells for line in table.lines]


def test_the_file_opens_in_a_spreadsheet_with_every_alphabet_and_line_break():
    data = write_csv(["Name", "Notes"], [["Zoë 中文", "one\r\ntwo"]])
    assert data.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))) == [
        ["Name", "Notes"],
        ["Zoë 中文", "one\r\ntwo"],
    ]


def test_half_a_character_does_not_stop_the_export():
    assert "�".encode() in write_csv(["Name"], [["\ud83d"]])
