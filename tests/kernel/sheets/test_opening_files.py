"""Files of every make are opened: encodings, delimiters, broken quotes, workbooks, JSON, compressed or not."""

import datetime as dt
import gzip
import json

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manyhands.kernel.sheets import read, understand
from tests.kernel.sheets.makers import DIALECTS, TODAY, csv_bytes, workbook_of, xlsx_bytes

PEOPLE = [
    ["Name", "Phone", "What do you need?", "Notes"],
    ["Rosa Díaz", "718-555-0101", "Food, diapers", 'says "ring twice"'],
    ["Ben", "718-555-0102", "Rides", "line one\nline two"],
    ["Li", "", "Medicine", ""],
]
SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData>%s</worksheet>'


def cells_of(table):
    return [list(table.headings), *(list(line.cells) for line in table.lines)]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_same_rows_come_out_of_every_dialect(dialect):
    rows = PEOPLE
    if dialect == "old mac newlines":
        rows = [[cell.replace("\n", " ") for cell in row] for row in PEOPLE]
    assert cells_of(read(DIALECTS[dialect](rows))) == rows


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1252", "Calle Peña 12, José García – café “Olé”"),
        ("latin-1", "Übergrößenträger in Köln, Straße 5, für Jürgen"),
        ("cp1250", "Žluťoučký kůň, Łódź, święta, ćma, ździebło"),
        ("cp1251", "Привет, нужна помощь с продуктами на улице Ленина"),
        ("koi8_r", "Привет, нужна помощь с продуктами на улице Ленина"),
        ("cp1253", "Χρειάζομαι βοήθεια με τα ψώνια στην οδό Ερμού"),
        ("cp1255", "אני צריכה עזרה עם קניות ברחוב הרצל"),
        ("cp1256", "أحتاج مساعدة في شراء الطعام من السوق"),
        ("gbk", "我需要食物和药品，请送到和平路十二号"),
        ("big5", "我需要食物和藥品，請送到和平路十二號"),
        ("shift_jis", "たべものとくすりがひつようです。東京都の住所へお願いします"),
        ("euc_jp", "たべものとくすりがひつようです。東京都の住所へお願いします"),
        ("euc_kr", "음식과 약이 필요합니다. 서울시 종로구로 보내 주세요"),
        ("utf-16", "Rosa Díaz и 中文 и عربي"),
        ("utf-8-sig", "Rosa Díaz и 中文 и عربي"),
        ("utf-32", "Rosa Díaz и 中文 и عربي"),
        ("mac_roman", "José pidió café, niño, señora, mañana, corazón"),
    ],
)
def test_words_survive_their_encoding(encoding, words):
    rows = [["Name", "Notes"], ["Ana", words], ["Bo", words + " 2"], ["Cy", "plain"]]
    assert cells_of(read(csv_bytes(rows, encoding=encoding))) == rows


def test_a_few_bytes_of_another_encoding_do_not_spoil_a_file():
    data = "Name,Notes\nRosa Díaz,mañana\nZoë,así\nLuís,olá\n".encode() + "Noël,x\n".encode("cp1252")
    table = read(data)
    assert table.lines[-1].cells == ("Noël", "x")
    assert [problem.code for problem in table.problems] == ["mixed_encoding"]


def test_semicolons_are_found_although_numbers_hold_commas():
    table = read(b"Name;lat;lon;Notes\nAna;52,1;13,4;a, b, c\nBo;52,2;13,5;x, y\n")
    assert table.delimiter == ";"
    assert table.lines[0].cells == ("Ana", "52,1", "13,4", "a, b, c")


def test_a_spreadsheet_programs_own_line_about_the_delimiter_is_followed():
    table = read(b"sep=|\r\nName|Phone\r\nAna|1,2\r\n")
    assert table.headings == ("Name", "Phone")


def test_one_column_is_a_table_too():
    table = read(b"Phone\n718-555-0101\n718-555-0102\n")
    assert table.headings == ("Phone",)
    assert len(table.lines) == 2


def test_a_quotation_mark_that_never_closes_costs_one_line_only():
    table = read(b'Name,Need,Notes\nAna,"Food,x\nBo,Rides,y\nCy,"Meds",z\n')
    assert [line.cells[0] for line in table.lines] == ["Ana", "Bo", "Cy"]
    assert table.lines[0].cells == ("Ana", '"Food', "x")
    assert [problem.row for problem in table.problems] == [2]
    assert "Row 2" in table.problems[0].sentence


def test_a_quotation_mark_inside_a_word_is_a_character():
    table = read(b'Name,Need\nAna,5" pipe\nBo,"6"" pipe"\n')
    assert [line.cells[1] for line in table.lines] == ['5" pipe', '6" pipe']


def test_rows_may_be_shorter_and_longer_than_the_headings():
    table = read(b"Name,Phone,Need\nAna\nBo,718-555-0102,Food,and more,still\nCy,,Rides\n" + b"Di,,Rides\n" * 40)
    assert table.lines[0].cells[:3] == ("Ana", "", "")
    assert table.headings[3:] == ("Column 4", "Column 5")
    assert table.lines[1].cells[3:] == ("and more", "still")
    assert [(problem.code, problem.row) for problem in table.problems] == [("long_row", 3)]
    reading = understand(table, today=TODAY)
    assert "Column 4: and more\nColumn 5: still" in reading.records[1].notes


def test_a_very_long_cell_is_read_whole():
    words = "word " * 60_000
    assert read(csv_bytes([["Name", "Notes"], ["Ana", words]])).lines[0].cells[1] == words


def test_row_numbers_are_those_of_the_file():
    table = read(b"My list,,\n,,\nName,Phone,Need\n\nAna,718-555-0101,Food\n\n\nBo,718-555-0102,Rides\n")
    assert table.header_row == 3
    assert [line.number for line in table.lines] == [5, 8]


@given(st.lists(st.lists(st.text(max_size=12), min_size=3, max_size=3), min_size=1, max_size=8))
@settings(max_examples=150, deadline=None)
def test_any_text_under_headings_is_read_or_refused_with_a_sentence(rows):
    table = read(csv_bytes([["Name", "Phone", "Notes"], *rows], encoding="utf-8-sig"))
    reading = understand(table, today=TODAY)
    assert len(reading.records) + len(reading.aside) == len(table.lines) + len(table.aside)


# Workbooks


def test_a_workbook_gives_dates_numbers_ticks_and_long_numbers_as_people_type_them():
    book = [
        ["Name", "Asked", "Day", "Hour", "Boxes", "Phone", "Vegan"],
        ["Ana", dt.datetime(2020, 3, 15, 22, 49, 40), dt.date(2020, 3, 16), dt.time(17, 30), 2.0, 7185550101, True],
        ["Bo", None, None, None, 2.5, "+17185550102", False],
    ]  # fmt: skip
    table = read(xlsx_bytes(book))
    assert table.lines[0].cells == ("Ana", "2020-03-15 22:49:40", "2020-03-16", "17:30", "2", "7185550101", "TRUE")
    assert table.lines[1].cells == ("Bo", "", "", "", "2.5", "+17185550102", "FALSE")


def test_a_postcode_keeps_the_nought_it_is_shown_with():
    sheet = b'<row><c t="str"><v>Zip</v></c></row><row><c s="1"><v>2139</v></c></row>'
    styles = b'<styleSheet><numFmts><numFmt numFmtId="170" formatCode="00000"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>'
    assert read(workbook_of(SHEET % (sheet, b""), styles=styles)).lines[0].cells == ("02139",)


def test_a_formula_gives_its_stored_value_and_without_one_its_text():
    row = (
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c><c r="B1" t="inlineStr"><is><t>Boxes</t></is></c></row>'
        b'<row r="2"><c r="A2" t="str"><f>UPPER("ana")</f><v>ANA</v></c><c r="B2"><f>1+1</f><v>2</v></c></row>'
        b'<row r="3"><c r="A3"><f>HYPERLINK("x")</f></c><c r="B3" t="e"><v>#N/A</v></c></row>'
    )
    table = read(workbook_of(SHEET % (row, b"")))
    assert [line.cells for line in table.lines] == [("ANA", "2"), ('=HYPERLINK("x")', "")]
    said = [(problem.code, problem.row, problem.column) for problem in table.problems]
    assert said == [("formula", 3, "Name"), ("error_value", 3, "Boxes")]


def test_the_sheet_that_looks_like_a_table_is_read_and_the_others_are_named():
    data = xlsx_bytes(
        [["Read me first"]], sheet="Instructions", others={"Requests": PEOPLE, "Options": [["Food"], ["Rides"]]}
    )
    table = read(data)
    assert table.sheet == "Requests"
    assert table.sheets == ("Instructions", "Requests", "Options")
    assert "Instructions" in table.problems[0].sentence
    assert "Options" in table.problems[0].sentence
    assert read(data, sheet="options ").sheet == "Options"


def test_merged_cells_reach_every_row_they_stand_beside_and_hidden_rows_are_told():
    rows = (
        b'<row r="1"><c t="inlineStr"><is><t>Area</t></is></c><c t="inlineStr"><is><t>Name</t></is></c></row>'
        b'<row r="2"><c t="inlineStr"><is><t>Hills</t></is></c><c t="inlineStr"><is><t>Ana</t></is></c></row>'
        b'<row r="3" hidden="1"><c r="B3" t="inlineStr"><is><t>Bo</t></is></c></row>'
    )
    merged = b'<mergeCells count="2"><mergeCell ref="A2:A3"/><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    table = read(workbook_of(SHEET % (rows, merged)))
    assert [line.cells for line in table.lines] == [("Hills", "Ana"), ("Hills", "Bo")]
    assert {problem.code for problem in table.problems} == {"hidden_rows", "merged_cells"}


def test_workbooks_of_other_programs_are_read():
    """Prefixed names, texts in runs with readings beside them, shared strings, no references, days counted from 1904."""
    sheet = (
        b'<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData>'
        b'<x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c></x:row>'
        b'<x:row><x:c t="s"><x:v>2</x:v></x:c><x:c s="1"><x:v>42442.5</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    strings = (
        b"<sst><si><t>Name</t></si><si><r><t>Da</t></r><r><t>te</t></r></si>"
        b"<si><t>\xe6\x9d\x8e</t><rPh><t>LI</t></rPh></si></sst>"
    )
    styles = b'<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>'
    workbook = (
        b'<workbook xmlns:r="q"><workbookPr date1904="1"/><sheets><sheet name="S" r:id="rId1"/></sheets></workbook>'
    )
    table = read(workbook_of(sheet, strings=strings, styles=styles, workbook=workbook))
    assert table.headings == ("Name", "Date")
    assert table.lines[0].cells == ("李", "2020-03-14 12:00:00")


def test_an_airtable_answer_and_a_list_of_objects_are_tables():
    records = {
        "records": [
            {"id": "rec1", "fields": {"Name": "Ana", "Needs": ["Food", "Rides"]}},
            {"id": "rec2", "fields": {"Name": "Bo"}},
        ]
    }
    table = read(json.dumps(records).encode())
    assert table.headings == ("id", "Name", "Needs")
    assert table.lines[0].cells == ("rec1", "Ana", '["Food", "Rides"]')
    lines = b'{"Name": "Ana", "Urgent": true}\n{"Name": "Bo", "Urgent": null}\n'
    assert cells_of(read(lines)) == [["Name", "Urgent"], ["Ana", "TRUE"], ["Bo", ""]]
    message = json.dumps({"manyc": {"fullName": "Ana", "phone": "718-555-0101", "supportType": ["food"]}}).encode()
    assert read(message).headings == ("fullName", "phone", "supportType")


def test_compressed_files_are_opened_even_in_several_pieces():
    data = csv_bytes(PEOPLE)
    assert cells_of(read(gzip.compress(data[:40]) + gzip.compress(data[40:]))) == PEOPLE


def test_a_workbook_made_by_the_reference_library_with_every_style_is_read():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Name", "Asked"])
    for number, pattern in enumerate(
        ("yyyy-mm-dd", "d/m/yy h:mm", '[$-409]mmmm d", "yyyy', "General", "0.00", "@"), start=2
    ):
        sheet.cell(number, 1, f"n{number}")
        sheet.cell(number, 2, 43905.5).number_format = pattern
    import io

    out = io.BytesIO()
    book.save(out)
    asked = [line.cells[1] for line in read(out.getvalue()).lines]
    assert asked == ["2020-03-15 12:00:00"] * 3 + ["43905.5"] * 3
