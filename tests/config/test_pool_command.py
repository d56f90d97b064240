"""`manyhands pool`: what networks can spare and want in, who gives what to whom out, a sentence for all that can't be
used.
"""

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from manyhands.config.cli import app

SURPLUS = """Network,Item,Quantity,Use by,lat,lon
Ash,Bread,60,2026-11-29,51.5,0.0
Birch,rice,100,,51.5,0.1
Ash,soap,5,,,
"""
WANTS = """Network,What,Needed,Priority,lat,lon
Birch,bread,30,medium,,
Cedar,bread,40,,51.5,0.2
Ash,Rice,20,,,
Elm,rice,50,high,51.5,3.0
Ash,soap,3,,,
Ash,tea,3,,,
"""
VANS = 'Network,Capacity,Days,Max km\nAsh,50,"1, 2",20\n'


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A folder with the sheets of the worked table in it."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("surplus.csv", SURPLUS), ("wants.csv", WANTS), ("vans.csv", VANS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def pool(*more: str):
    given = ["pool", "surplus.csv", "--wants", "wants.csv", "--out", "out", "--date", "2026-11-28", *more]
    result = CliRunner().invoke(app, given)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def test_the_worked_table_comes_out_of_files(shelf):
    answer = json.loads(pool("--vans", "vans.csv", "--json").stdout)
    assert (answer["points"], answer["transfers"], answer["problems"]) == (pytest.approx(96.77, abs=0.005), 4, [])
    goes = [
        (row["day"], row["from"], row["to"], row["kind"], row["amount"]) for row in rows(shelf / "out/transfers.csv")
    ]
    assert goes == [
        ("2026-11-28", "Ash", "Ash", "soap", "3"),
        ("2026-11-29", "Ash", "Birch", "Bread", "30"),
        ("2026-11-29", "Ash", "Cedar", "Bread", "20"),
        ("2026-11-30", "Birch", "Ash", "rice", "20"),
    ]
    wasted = {row["kind"]: row for row in rows(shelf / "out/wasted.csv")}
    assert wasted["Bread"]["why"] == "Every van that could take it is full on the days that suit."
    assert wasted["Bread"]["left"] == "10.0"
    unmet = {row["network"]: row["why"] for row in rows(shelf / "out/unmet.csv")}
    assert unmet["Elm"].startswith("The nearest who could is Birch")


def test_without_vans_all_within_reach_can_go_and_that_is_said(shelf):
    result = pool()
    assert result.exit_code == 0
    assert "No vans were given, so everything within 50 km can go." in " ".join(result.stdout.split())
    assert sum(float(row["amount"]) for row in rows(shelf / "out/transfers.csv") if row["kind"] == "Bread") == 60


def test_what_comes_in_pieces_is_loaded_in_pieces(shelf):
    (shelf / "surplus.csv").write_text(
        SURPLUS.replace("Use by,", "Use by,Space,")
        .replace(",2026-11-29,", ",2026-11-29,1.7,")
        .replace("100,,", "100,,,")
        .replace("5,,,", "5,,,,")
    )
    pool("--vans", "vans.csv")
    amounts = [float(row["amount"]) for row in rows(shelf / "out/transfers.csv")]
    assert amounts
    assert all(amount == int(amount) for amount in amounts)


def test_each_cell_that_cannot_be_used_is_named_by_row_and_column(shelf):
    (shelf / "surplus.csv").write_text(SURPLUS + "Oak,soap,5,,,\nAsh,jam,5,2026-11-01,,\nAsh,tea,lots,,,\n,tea,1,,,\n")
    (shelf / "vans.csv").write_text(VANS + "Ash,5,Blursday,20\nAsh,,1,20\n")
    answer = json.loads(pool("--vans", "vans.csv", "--json").stdout)
    assert {(p["file"], p["row"], p["column"]) for p in answer["problems"]} == {
        ("surplus", 5, "Network"),
        ("surplus", 6, "Use by"),
        ("surplus", 7, "Quantity"),
        ("surplus", 8, "Network"),
        ("vans", 3, "Days"),
        ("vans", 4, "Capacity"),
    }
    assert all(p["sentence"].startswith(f"Row {p['row']}, column “{p['column']}”:") for p in answer["problems"])


def test_a_van_goes_on_the_days_of_the_week_its_sheet_names(shelf):
    (shelf / "vans.csv").write_text("Network,Capacity,Days\nAsh,500,Sunday\n")  # the second day
    pool("--vans", "vans.csv")
    assert {row["day"] for row in rows(shelf / "out/transfers.csv") if row["van"]} == {"2026-11-29"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--wants-map", "What=colour"], "“colour” is not a field."),
        (["--date", "soon"], "--date is “soon”."),
        (["--vans", "nowhere.csv"], "There is no file nowhere.csv."),
        (["--map", "Quantity=notes"], "no column looks like “quantity”"),
    ],
)
def test_what_is_asked_wrongly_ends_with_a_sentence_and_2(shelf, more, said):
    result = pool(*more)
    assert result.exit_code == 2
    assert said in result.stderr


def test_nothing_to_bring_ends_with_1_and_says_why(shelf):
    (shelf / "wants.csv").write_text("Network,What,Needed\nBirch,violins,2\n")
    assert pool().exit_code == 1
    assert {row["why"] for row in rows(shelf / "out/wasted.csv")} == {
        "Nobody wants Bread.",
        "Nobody wants rice.",
        "Nobody wants soap.",
    }
