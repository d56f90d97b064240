"""`manyhands import`: a look at any group's sheet without a database, and the real thing into a network."""

import csv
import io
import json
import os
import random
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from manyhands.config.cli import app
from manyhands.exchange.models import Ask, Helper
from manyhands.kernel import sheets
from tests import cast
from tests.conftest import SHARED
from tests.exchange.test_importing_a_file import ASKS, HELPERS

ODD = [
    "", " ", "none", "n/a", "-", "TRUE", "FALSE", "X", "x", "Yes", "no", "Sí", "כן", "(718) 555-0101", "718-555-0101 / 0102 Rosa",
    "+17185550101", "7.18556E+09", "'+1 718", "ada@example.org", "ada@", "3/15/2020 22:49:40", "2020-03-15T22:49:40Z", "31/02/2020",
    "1970-01-01", "0000-00-00", "20/03/15", "43905", "5-7pm", "after 6", "mornings", "17:30–19:00", "$1,200.50", "3-4", "½",
    "4 adults 2 kids", "Food, pet care, clothing/laundry", "Food; diapers\nwater | soap", "Español / English / 中文",
    '["recABC123", "recDEF456"]', '{"lat": 1, "lon": [2]}', "=1+1", "=cmd|' /C calc'!A0", "@home", "-5", "+1", "\t tab", "'quoted",
    "40.7031", "-73.9512", "40.7031,-73.9512", "40°42'N 73°57'W", "412 Elm Street, Apt 3B", "Completed (recurring) 4/15/20 Sam", "🍞" * 40,
    "x" * 1371, "line\none\r\nline two", "a\x0bb", "\u202eright to left", "#REF!", "1e400", "99999999999999999999", "eglish",
    "Haitian Kreyol", "urgent!!", "non urgent, I can wait a day or two",
]  # fmt: skip


@cache
def shapes() -> list[tuple[str, list[str]]]:
    """Every set of headings of real groups beside the checkout: where it is from, and the headings as spelled."""
    if not SHARED.is_dir():
        return []
    seen = json.loads((SHARED / "data" / "import-shapes" / "shapes.json").read_text(encoding="utf-8"))["shapes"]
    tables = json.loads((SHARED / "data" / "sheet_shapes" / "headings.json").read_text(encoding="utf-8"))
    return [(shape["id"], shape["columns"]) for shape in seen] + [
        (f"{table['source'].replace('/', '-')} {table['table']}", table["headings"]) for table in tables
    ]


def filled(headings: list[str], seed: str, rows: int = 12) -> list[list[str]]:
    luck = random.Random(seed)
    return [[luck.choice(ODD) for _ in headings] for _ in range(rows)]


def as_csv(headings: list[str], lines: list[list[str]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([headings, *lines])
    return text.getvalue().encode(encoding, "replace")


def as_workbook(headings: list[str], lines: list[list[str]]) -> bytes:
    book = Workbook()
    allowed = [[cell.replace("\x0b", " ") for cell in line] for line in [headings, *lines]]
    for line in allowed:
        book.active.append([cell if not cell.startswith("=") else f" {cell}" for cell in line])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with nothing of ours in it: a fresh install, no database, no settings."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("MANYHANDS_", "DATABASE_URL"))]:
        monkeypatch.delenv(name)
    return tmp_path


def look(path: Path, *arguments: str) -> dict:
    result = CliRunner().invoke(app, ["import", str(path), "--dry-run", "--json", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.data
def test_there_are_shapes_to_look_at(shared):
    assert len(shapes()) > 50


@pytest.mark.data
@pytest.mark.parametrize(("origin", "headings"), shapes(), ids=[origin for origin, _ in shapes()])
def test_the_sheets_of_real_groups_can_be_looked_at(here, origin, headings):
    lines = filled(headings, origin)
    files = {
        "plain.csv": as_csv(headings, lines),
        "latin.csv": as_csv(headings, lines, "cp1252", ";"),
        "excel.txt": as_csv(headings, lines, "utf-16", "\t"),
        "book.xlsx": as_workbook(headings, lines),
    }
    for name, content in files.items():
        (here / name).write_bytes(content)
        answer = look(here / name)
        assert answer["rows"] >= 1
        assert set(answer["columns"].values()) <= {field.value for field in sheets.Field}
        assert len(answer["columns"]) >= len({heading for heading in headings if heading.strip()})
        for problem in answer["problems"]:
            assert set(problem) == {"row", "column", "sentence", "code"}
            assert problem["sentence"]
        for double in answer["duplicates"]:
            assert {"row", "of", "reason"} <= set(double)
    assert sorted(path.name for path in here.iterdir()) == sorted(files)


@pytest.mark.data
@pytest.mark.parametrize("name", ["lansing/submission_responses.csv", "helpberkeley/routed-deliveries-v300.csv"])
def test_a_real_sheet_is_shown_readably(shared, here, name):
    result = CliRunner().invoke(app, ["import", str(shared / "data" / "sheet_shapes" / name), "--dry-run"])
    assert result.exit_code == 0
    assert "Lands in" in result.stdout
    assert "nothing was imported" in result.stdout


def test_every_column_as_spelled_has_its_field(here):
    (here / "asks.csv").write_text(ASKS, encoding="utf-8")
    answer = look(here / "asks.csv")
    assert list(answer["columns"]) == ASKS.splitlines()[0].split(",")
    assert answer["columns"]["Favourite colour"] == "notes"
    assert (answer["rows"], answer["kind"], answer["found"]["asks"], answer["imported"]) == (3, "asks", 3, 0)
    assert [(p["row"], p["column"]) for p in answer["problems"] if p["code"] == "phone_none"] == [(3, "Phone")]


def test_rows_that_repeat_are_told_with_the_row_they_repeat(here):
    (here / "asks.csv").write_text(ASKS + ASKS.splitlines()[1] + "\n", encoding="utf-8")
    (double,) = look(here / "asks.csv")["duplicates"]
    assert (double["row"], double["of"], double["reason"]) == (5, 2, "same_row")


def test_a_mapping_and_a_kind_are_taken_at_their_word(here):
    (here / "x.csv").write_text("A,B\nAda,Food\n", encoding="utf-8")
    answer = look(here / "x.csv", "--kind", "asks", "--map", "A=name", "--map", "B=what")
    assert (answer["columns"], answer["kind"]) == ({"A": "name", "B": "what"}, "asks")


@pytest.mark.parametrize(
    ("content", "arguments"),
    [
        (b"", []),
        (b"%PDF-1.7", []),
        (bytes(range(256)) * 9, []),
        (ASKS.encode(), ["--kind", "gifts"]),
        (ASKS.encode(), ["--map", "Name=nothing"]),
        (ASKS.encode(), ["--map", "Name"]),
        (ASKS.encode(), ["--region", "Atlantis"]),
        (None, []),
    ],
)
def test_what_cannot_be_used_is_one_object_with_a_sentence(here, content, arguments):
    if content is not None:
        (here / "x.csv").write_bytes(content)
    result = CliRunner().invoke(app, ["import", "x.csv", "--dry-run", "--json", *arguments])
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"]
    assert result.stderr.strip()


def test_a_look_needs_no_house_and_makes_none(here):
    (here / "asks.csv").write_text(ASKS, encoding="utf-8")
    run = [
        sys.executable,
        "-c",
        "from manyhands.config.cli import main; main()",
        "import",
        "asks.csv",
        "--dry-run",
        "--json",
    ]
    done = subprocess.run(run, cwd=here, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows"] == 3
    assert [path.name for path in here.iterdir()] == ["asks.csv"]


def test_a_look_where_the_settings_are_wrong_still_looks(here):
    (here / "asks.csv").write_text(ASKS, encoding="utf-8")
    run = [
        sys.executable,
        "-c",
        "from manyhands.config.cli import main; main()",
        "import",
        "asks.csv",
        "--dry-run",
        "--json",
    ]
    for wrong in ({"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}, {"DATABASE_URL": "oracle://x"}):
        done = subprocess.run(run, cwd=here, env={**os.environ, **wrong}, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["rows"] == 3


# With a database: the test's own, which is up to date.


@pytest.fixture
def sheet(town, tmp_path, monkeypatch):
    monkeypatch.setattr("manyhands.config.cli.open_data", lambda: None)
    (tmp_path / "asks.csv").write_text(ASKS, encoding="utf-8")
    (tmp_path / "helpers.csv").write_text(HELPERS, encoding="utf-8")
    return tmp_path


def bring(path: Path, *arguments: str):
    return CliRunner().invoke(app, ["import", str(path), "--network", "riverside", *arguments])


def test_it_comes_in_and_the_answer_says_as_what(town, sheet):
    answer = json.loads(bring(sheet / "asks.csv", "--json").stdout)
    assert (answer["imported"], answer["made"]["asks"], answer["network"]) == (3, 4, "riverside")
    codes = {code for codes in answer["codes"].values() for code in codes}
    assert codes == set(Ask.objects.filter(network=town.riverside).exclude(row={}).values_list("code", flat=True))


def test_a_look_at_a_network_compares_and_changes_nothing(town, sheet):
    bring(sheet / "asks.csv")
    before = Ask.objects.count()
    answer = json.loads(bring(sheet / "asks.csv", "--dry-run", "--json").stdout)
    assert [double["reason"] for double in answer["duplicates"]] == ["imported_before"] * 3
    assert (answer["imported"], Ask.objects.count()) == (0, before)


def test_the_same_file_again_is_no_failure_and_brings_nothing(town, sheet):
    bring(sheet / "asks.csv")
    again = bring(sheet / "asks.csv")
    assert again.exit_code == 0
    assert "Left out 3 rows" in again.stdout


def test_helpers_come_in_as_members(town, sheet):
    assert bring(sheet / "helpers.csv").exit_code == 0
    assert cast.those(Helper.objects.filter(network=town.riverside), membership__person__name="Ivy Inman")


def test_a_network_that_is_not_there_is_named(town, sheet):
    result = CliRunner().invoke(app, ["import", str(sheet / "asks.csv"), "--network", "nowhere"])
    assert result.exit_code == 2
    assert "nowhere" in result.stderr


def test_without_a_name_several_networks_are_asked_about(town, sheet):
    assert CliRunner().invoke(app, ["import", str(sheet / "asks.csv")]).exit_code == 2


def test_what_is_not_asks_offers_or_helpers_is_not_brought_in(town, sheet):
    (sheet / "ledger.csv").write_text("Description,Amount\nDiapers,$20.00\n", encoding="utf-8")
    result = bring(sheet / "ledger.csv")
    assert result.exit_code == 1
    assert "--kind" in result.stderr
