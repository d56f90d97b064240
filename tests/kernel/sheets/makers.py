"""Making spreadsheets the way programs and people make them, in many dialects, for the tests of this folder."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import re
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import openpyxl

SHARED = Path(__file__).parents[4] / "shared" / "data"
TODAY = date(2020, 6, 1)

Rows = Sequence[Sequence[str]]


def csv_bytes(
    rows: Rows, *, delimiter: str = ",", encoding: str = "utf-8", newline: str = "\r\n", quote_all: bool = False
) -> bytes:
    out = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=delimiter, lineterminator=newline, quoting=quoting).writerows(rows)
    return out.getvalue().encode(encoding, errors="replace")


def xlsx_bytes(
    rows: Sequence[Sequence[object]],
    *,
    sheet: str = "Sheet1",
    others: dict[str, Sequence[Sequence[object]]] | None = None,
) -> bytes:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = sheet
    for row in rows:
        first.append([_storable(cell) for cell in row])
    for name, more in (others or {}).items():
        another = book.create_sheet(name)
        for row in more:
            another.append([_storable(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _storable(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", cell)
    return text or None


def json_bytes(rows: Rows) -> bytes:
    headings, *body = rows
    return json.dumps([dict(zip(headings, row, strict=False)) for row in body], ensure_ascii=False).encode()


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def workbook_of(sheet_xml: bytes, *, strings: bytes = b"", styles: bytes = b"", workbook: bytes = b"") -> bytes:
    """A minimal workbook around hand-written parts."""
    main = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    members = {
        "xl/workbook.xml": workbook
        or b"<workbook "
        + main
        + b" "
        + rel
        + b'><sheets><sheet name="One" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId1" Type="t" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet_xml,
    }
    if strings:
        members["xl/sharedStrings.xml"] = strings
    if styles:
        members["xl/styles.xml"] = styles
    return zipped(members)


DIALECTS = {
    "comma": csv_bytes,
    "comma, all quoted": lambda rows: csv_bytes(rows, quote_all=True),
    "comma with mark": lambda rows: csv_bytes(rows, encoding="utf-8-sig"),
    "tab": lambda rows: csv_bytes(rows, delimiter="\t", newline="\n"),
    "semicolon": lambda rows: csv_bytes(rows, delimiter=";"),
    "pipe": lambda rows: csv_bytes(rows, delimiter="|"),
    "utf-16": lambda rows: csv_bytes(rows, delimiter="\t", encoding="utf-16"),
    "utf-16 without mark": lambda rows: csv_bytes(rows, encoding="utf-16-le"),
    "old mac newlines": lambda rows: csv_bytes(rows, newline="\r"),
    "gzip": lambda rows: gzip.compress(csv_bytes(rows)),
    "xlsx": xlsx_bytes,
    "json": json_bytes,
}

# Cells as people fill them, right and wrong, by what the heading seems to ask for.
_CELLS: tuple[tuple[str, Sequence[str]], ...] = (
    (r"e-?mail", ("rosa@example.org", "none", "A.B@EXAMPLE.com", "rosa at example", "x@y.org, z@y.org", "")),
    (r"phone|tel|mobile|whatsapp|cell|phn|טלפון", ("(718) 555-0101", "718-555-0102", "+17185550103", "7185550104", "none", "718-555-0101 / 0102 Rosa", "7.18556E+09", "")),
    (r"lat\b|latitude", ("40.71", "40,72", "-33.9", "200", "", "40°42'46\"N")),
    (r"lng|lon", ("-73.99", "-73,98", "151.2", "abc", "", "73°59'W")),
    (r"geo|coord", ("40.7,-73.9", "", "1,2,3")),
    (r"date|time|created|timestamp|modified|opened|submitted|wann|תאריך", ("3/15/2020 22:49:40", "2020-03-16", "15.3.2020", "1970-01-01", "31/02/2020", "", "March 5, 2020", "43905.5", "5-7pm")),
    (r"address|street|calle|רחוב|בית", ("12 Main St", "447 Grand Ave Apt 3, Brooklyn NY", "", "?", "corner of 5th & Oak")),
    (r"zip|postal|postcode", ("11221", "02139", "SW1A 1AA", "")),
    (r"name|nombre|first|last|consumer|who", ("Rosa Díaz", "李小龙", "=cmd|'/C calc'!A0", "O'Neil, Sam", "", "none")),
    (r"language|idioma|lang", ("Spanish", "eglish", "Español / English / 中文", "Chinese - Mandarin; English", "Klingon", "")),
    (r"people|household|adults|kids|number of|size|quantity|#|orders|meals|count", ("4", "4 adults 2 kids", "lots", "3-4", "½", "", "0")),
    (r"need|request|support|type|items|category|offer|volunteer|help", ("Food, pet care - food, litter", "groceries; meds", "Yes", "", "x", '["Food", "Rides"]', "TRUE", "Food\nMedicine")),
    (r"amount|cost|total|balance|price|donation", ("$1,200.50", "12", "-3", "", "1.200,50")),
    (r"\bid\b|code|ticket|serial", ("rec0123456789ABCD", "17", "A-17", "")),
    (r"car|bike|vehicle|driver|\?$", ("yes", "no", "X", "✓", "FALSE", "Sí", "maybe", "")),
)  # fmt: skip
_OTHERWISE = (
    "",
    "some words, with a comma",
    'a "quoted" word',
    "TRUE",
    "FALSE",
    "line one\nline two",
    "12",
    "-5 degrees",
    "@handle",
    "+1",
    "ünïcödé عربي 中文",
    "'tis",
    "none",
)


def filled(headings: Sequence[str], *, rows: int = 8, seed: int = 0) -> list[list[str]]:
    """A heading row and rows filled as people fill them, good cells and bad ones mixed."""
    luck = random.Random(seed)
    table = [list(headings)]
    for _ in range(rows):
        row = []
        for heading in headings:
            words = heading.replace("_", " ")
            choices = next((cells for pattern, cells in _CELLS if re.search(pattern, words, re.IGNORECASE)), _OTHERWISE)
            row.append(luck.choice(choices if luck.random() < 0.85 else _OTHERWISE))
        table.append(row)
    return table


def shapes() -> dict[str, list[str]]:
    """The headings of every shape that was shared, by name."""
    found = {}
    for shape in json.loads((SHARED / "import-shapes" / "shapes.json").read_text())["shapes"]:
        found[shape["id"]] = shape["columns"]
    for table in json.loads((SHARED / "sheet_shapes" / "headings.json").read_text()):
        found[f"{table['source']}: {table['table']}"] = table["headings"]
    return found
