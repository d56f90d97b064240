"""`manyhands share`: what there is and whom it is for in, who gets what out, a sentence for all that can't be used."""

import csv
import io
import json
from pathlib import Path

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from manyhands.config.cli import app

STOCK = """Item;Qty;Category;Diet;Allergens;Max per household;Cooldown
Rice;6;staples;vegetarian;;;14
Pasta;3;staples;vegetarian;;;
Chicken;5;;;;;
Peanut butter;3;;vegetarian;nuts;2;
"""
HOMES = """Name,People,Waiting since,Diet,Allergies,Priority
Amina,4,2026-11-25,,,
Bo,1,2026-11-19,,,
Carmen,2,2026-11-23,vegetarian,,
Dawit,3,2026-11-27,,nuts,2
"""
HAD = "household,item,pieces,date\nBo,Rice,2,2026-11-18\n"


@pytest.fixture
def table(tmp_path, monkeypatch):
    """A folder with the sheets of the worked table in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stock.csv").write_text(STOCK, encoding="utf-8")
    (tmp_path / "homes.csv").write_text(HOMES, encoding="utf-8")
    (tmp_path / "had.csv").write_text(HAD, encoding="utf-8")
    return tmp_path


def share(*more: str, stock: str = "stock.csv", homes: str = "homes.csv"):
    given = ["share", stock, "--households", homes, "--out", "out", "--date", "2026-11-28", *more]
    result = CliRunner().invoke(app, given)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def test_the_worked_table_comes_out_of_files(table):
    result = share("--had", "had.csv")
    assert result.exit_code == 0
    assert "Who has least, counted per head and by need" in " ".join(result.stdout.split())
    got = {(row["household"], row["item"]): int(row["pieces"]) for row in rows(table / "out" / "shares.csv")}
    assert got["Dawit", "Rice"] == 3
    assert sum(got.values()) == 17
    homes = {row["household"]: row for row in rows(table / "out" / "households.csv")}
    assert homes["Bo"]["pieces"] == "0"
    assert homes["Bo"]["what would have given more"] == "8 more of Chicken would have given them one more."
    assert all(row["why this much"] for row in homes.values())
    assert rows(table / "out" / "left.csv") == []


def test_what_was_given_can_be_read_again_as_what_was_had(table):
    share()
    (table / "out" / "shares.csv").rename(table / "last.csv")
    again = json.loads(share("--had", "last.csv", "--json").stdout)
    assert again["problems"] == []
    homes = {row["household"]: row for row in rows(table / "out" / "households.csv")}
    assert homes["Dawit"]["points had lately"] != "0"


def test_the_order_of_the_rows_changes_nothing(table):
    share("--had", "had.csv")
    before = {(row["household"], row["item"], row["pieces"]) for row in rows(table / "out" / "shares.csv")}
    for name in ("stock.csv", "homes.csv"):
        first, *rest = (table / name).read_text().splitlines()
        (table / name).write_text("\n".join([first, *reversed(rest)]) + "\n")
    share("--had", "had.csv")
    assert {(row["household"], row["item"], row["pieces"]) for row in rows(table / "out" / "shares.csv")} == before


def test_what_somebody_wants_stands_in_a_list_or_in_columns(table):
    (table / "homes.csv").write_text("Name,Wants,Chicken\nA,rice x 2; pasta,\nB,,1\nC,caviar,\n")
    answer = json.loads(share("--json").stdout)
    got = {(row["household"], row["item"]): row["pieces"] for row in rows(table / "out" / "shares.csv")}
    assert got == {("A", "Rice"): "2", ("A", "Pasta"): "1", ("B", "Chicken"): "1"}
    assert [p["sentence"] for p in answer["problems"]] == [
        "Row 4, column “Wants”: “caviar” is not in the stock's sheet, so none of it can be given."
    ]
    assert answer["reasons"]["C"]["code"] == "nothing_wanted"


def test_columns_of_wants_that_nobody_filled_in_say_nothing(table):
    (table / "homes.csv").write_text("Name,Wants,Chicken\nA,,\nB,,\n")
    answer = json.loads(share("--json").stdout)
    assert answer["served"] == 2
    assert "Nobody says what they want, so everybody may get anything that suits them." in answer["remarks"]


def test_more_than_anybody_counts_is_no_number_of_pieces(table):
    (table / "homes.csv").write_text(f"Name,Wants\nA,rice x {'9' * 5000}\nB,pasta\n")
    answer = json.loads(share("--json").stdout)
    assert [problem["row"] for problem in answer["problems"]] == [2]
    assert answer["served"] == 1


def test_each_cell_that_cannot_be_used_is_named_by_row_and_column(table):
    (table / "stock.csv").write_text("Item,Qty,Best before\nRice,lots,\n,4,\nBread,2,2026-11-01\nSoap,2.5,\nSoap,1,\n")
    answer = json.loads(share("--json").stdout)
    assert [(p["file"], p["row"], p["column"]) for p in answer["problems"]] == [
        ("stock", 2, "Qty"),
        ("stock", 3, "Item"),
        ("stock", 4, "Best before"),
        ("stock", 5, "Qty"),
        ("stock", 6, "Item"),
    ]
    assert answer["pieces"] == 3


def test_a_workbook_and_a_mapping_do_as_well(table):
    book = Workbook()
    book.active.append(["Zeug", "Wie viel"])
    book.active.append(["Reis", 4])
    book.save(table / "stock.xlsx")
    answer = json.loads(share("--json", "--map", "Zeug=item", "--map", "Wie viel=quantity", stock="stock.xlsx").stdout)
    assert answer["pieces"] == 4
    assert answer["columns"]["stock"] == {"Zeug": "item", "Wie viel": "quantity"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--map", "Zeug=item"], "There is no column “Zeug”."),
        (["--map", "Qty=colour"], "“colour” is not a field."),
        (["--per", "room"], "--per is “room”. Choose one of: head, household."),
        (["--tie", "luck"], "--tie is “luck”."),
        (["--had", "nowhere.csv"], "There is no file nowhere.csv."),
        (["--map", "Qty=notes"], "no column looks like “quantity”"),
    ],
)
def test_what_is_asked_wrongly_ends_with_a_sentence_and_2(table, more, said):
    result = share(*more)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (table / "out" / "shares.csv").exists()


def test_more_pieces_than_can_be_dealt_are_refused_with_what_to_do(table):
    (table / "stock.csv").write_text("Item,Qty\nRice in grams,5000000\n")
    result = share()
    assert result.exit_code == 2
    assert "Count in larger ones: bags, not grams." in result.stderr


def test_nothing_to_share_ends_with_1_and_says_why(table):
    (table / "stock.csv").write_text("Item,Qty\nRice,0\n")
    assert share().exit_code == 1
    assert {row["why this much"] for row in rows(table / "out" / "households.csv")} == {"There is nothing to share."}
