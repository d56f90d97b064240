"""What is no table, or more than is safe, is refused with a sentence saying what to do, and quickly."""

import gzip
import io
import random
import struct
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manyhands.kernel.sheets import Limits, Unreadable, read, understand
from tests.kernel.sheets.makers import TODAY, csv_bytes, workbook_of, xlsx_bytes, zipped

SMALL = Limits(bytes=200_000, inflated_bytes=1_000_000, rows=100, columns=20, cell_chars=1_000, cells=1_500)
START = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
END = b"</sheetData></worksheet>"


A_BOOK = xlsx_bytes([["Name", "Phone", "Asked"], ["Ana", "718-555-0101", 43905.5]])


def noise(size):
    return random.Random(5).randbytes(size)


OTHER_FILES = {
    "nothing": (b"", "empty", "is empty"),
    "blanks": (b"\xef\xbb\xbf \r\n\t\n", "empty", "is empty"),
    "only delimiters": (b",,,\r\n,,,\r\n", "empty", "is empty"),
    "pdf": (b"%PDF-1.7\n" + noise(500), "pdf", "PDF"),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + noise(500), "old_excel", "save it as .xlsx or CSV"),
    "open document": (
        zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}),
        "open_document",
        "LibreOffice",
    ),
    "text document": (zipped({"word/document.xml": b"<x/>"}), "other_office", "save the table"),
    "binary workbook": (zipped({"xl/workbook.bin": b"x"}), "other_office", "save the table"),
    "zip": (zipped({"../../etc/list.csv": b"Name\nAna\n"}), "archive", "Unpack it"),
    "zip in gzip": (gzip.compress(zipped({"a.csv": b"x"})), "archive", "Unpack it"),
    "gzip in gzip": (gzip.compress(gzip.compress(b"Name\nAna")), "archive", "Unpack it"),
    "picture": (b"\x89PNG\r\n\x1a\n" + noise(300), "picture", "picture"),
    "web page": (b"<!DOCTYPE html><html><table><tr><td>Name</td></tr></table></html>", "web_page", "web page"),
    "web page called xls": (b"\n\n<table border=1><tr><td>Name</td></tr></table>", "web_page", "web page"),
    "noise": (noise(5_000), "binary", "does not look like a table"),
    "program": (b"\x7fELF" + noise(500), "binary", "does not look like a table"),
    "cut gzip": (gzip.compress(b"Name,Phone\n" * 500)[:60], "broken_gzip", "cut short"),
    "cut workbook": (xlsx_bytes([["Name"], ["Ana"]])[:400], "broken_workbook", "damaged"),
    "broken json": (b'[{"Name": "Ana"}, {"Name": ]', "broken_json", "JSON"),
    "json of numbers": (b"[1, 2, 3]", "json_is_no_table", "JSON"),
    "deep json": (b"[" * 5_000 + b"]" * 5_000, "broken_json", "JSON"),
    "flat xml": (b'<?xml version="1.0"?><Workbook><Row><Cell>x</Cell></Row></Workbook>', "other_office", "save the table"),
}  # fmt: skip


def read_or_refused(data):
    """Understood, or refused with a sentence; anything else fails the test."""
    try:
        return understand(read(data), today=TODAY)
    except Unreadable as refused:
        return str(refused)


@pytest.mark.parametrize("name", OTHER_FILES)
def test_other_files_are_refused_with_what_to_do_instead(name):
    data, code, words = OTHER_FILES[name]
    with pytest.raises(Unreadable) as refused:
        read(data)
    assert refused.value.code == code
    assert words in str(refused.value)
    assert str(refused.value) == refused.value.template % refused.value.facts


HOSTILE_SHEET = START + b'<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>' + END


def lying_zip():
    """A member whose written size is a lie: it says 10 bytes and unpacks to a hundred million."""
    data = bytearray(workbook_of(START + b" " * 100_000_000 + END))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.find(mark, 0)
        while at >= 0:
            if struct.unpack_from("<I", data, at + offset)[0] > 1_000_000:
                struct.pack_into("<I", data, at + offset, 10)
            at = data.find(mark, at + 4)
    return bytes(data)


HOSTILE = {
    "gzip bomb": lambda: gzip.compress(b"0," * 60_000_000),
    "zip bomb": lambda: workbook_of(START + b"<row/>" * 12_000_000 + END),
    "zip bomb below the limit": lambda: workbook_of(START + b"<row>" + b"<c/>" * 9_000_000 + b"</row>" + END),
    "lying sizes": lying_zip,
    "billion laughs": lambda: workbook_of(
        b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet><sheetData>&b;</sheetData></worksheet>'
    ),
    "outside entity": lambda: workbook_of(
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row><c t="str"><v>&a;</v></c></row></sheetData></worksheet>'
    ),
    "a million columns": lambda: b"a," * 1_000_000 + b"\n" + b"1," * 1_000_000,
    "one long line": lambda: b"x" * 15_000_000,
    "one long quoted cell": lambda: b'a,"' + b"x,\n" * 5_000_000,
    "quotes everywhere": lambda: b'a,"b\n' * 200_000,
    "quotes in threes": lambda: b',"""\n' * 200_000,
    "far corner": lambda: workbook_of(START + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' + END),
    "many rows": lambda: b"a,b\n" * 2_000_000,
    "too big": lambda: b"a" * 17_000_000,
    "deep xml": lambda: workbook_of(START + b"<r>" * 400_000 + END),
    "many members": lambda: zipped({f"xl/{number}.xml": b"" for number in range(5_001)}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_or_read_within_bounds(name):
    data = HOSTILE[name]()
    tracemalloc.start()
    try:
        assert read_or_refused(data)
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 256_000_000


@pytest.mark.parametrize("name", ["gzip bomb", "zip bomb", "lying sizes", "billion laughs", "outside entity", "a million columns", "far corner", "many rows", "too big", "many members"])  # fmt: skip
def test_bombs_are_refused_and_not_only_survived(name):
    with pytest.raises(Unreadable):
        read(HOSTILE[name]())


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"x" * 200_001, "too_big", "0.2 MB"),
        (gzip.compress(b"ab," * 400_000), "inflates_too_big", "1 MB"),
        (b"Name\n" + b"Ana\n" * 101, "too_many_rows", "100 rows"),
        (csv_bytes([["a"] * 21]), "too_many_columns", "column 21"),
        (csv_bytes([["Name", "Notes"], ["Ana", "x" * 1_001]]), "cell_too_long", "row 2"),
        (xlsx_bytes([["a"] * 21]), "too_many_columns", "column 21"),
        (xlsx_bytes([["Name"]] + [["Ana"]] * 101), "too_many_rows", "100 rows"),
        (xlsx_bytes([["Name", "Notes"], ["Ana", "x" * 1_001]]), "cell_too_long", "row 2"),
    ],
)
def test_each_limit_has_its_sentence(data, code, words):
    with pytest.raises(Unreadable) as refused:
        read(data, limits=SMALL)
    assert refused.value.code == code
    assert words in str(refused.value)


def test_a_sheet_that_is_not_there_is_named_with_those_that_are():
    data = xlsx_bytes([["Name"], ["Ana"]], sheet="Asks", others={"Helpers": [["Name"]]})
    with pytest.raises(Unreadable, match=r"“Ask”.*: Asks, Helpers"):
        read(data, sheet="Ask")


def test_a_workbook_with_a_password_in_zip_clothes_is_refused():
    data = bytearray(xlsx_bytes([["Name"], ["Ana"]]))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    with pytest.raises(Unreadable, match="password"):
        read(bytes(data))


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_a_table_or_a_sentence(data):
    assert read_or_refused(data)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_workbook_with_flipped_bytes_is_a_table_or_a_sentence(data):
    book = bytearray(A_BOOK)
    for _ in range(data.draw(st.integers(1, 6))):
        book[data.draw(st.integers(0, len(book) - 1))] = data.draw(st.integers(0, 255))
    assert read_or_refused(bytes(book))


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_workbook_with_torn_parts_is_a_table_or_a_sentence(data):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(A_BOOK)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = bytearray(source.read(name))
            if data.draw(st.integers(0, 3)) == 0 and content:
                start = data.draw(st.integers(0, len(content) - 1))
                content[start : start + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=10))
            target.writestr(name, bytes(content))
    assert read_or_refused(out.getvalue())
