"""`manyhands match`: two spreadsheets in, who could bring what to whom out, with a reason for every row."""

import csv
import gzip
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from manyhands.config.cli import app

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ASKS = """Name,Phone,What do you need?,Latitude,Longitude,Language
Ada,(718) 555-0101,Baby clothes,40.700,-73.950,
Dov,(718) 555-0102,"Tents; Soup",40.701,-73.951,
Eli,(718) 555-0103,Piano,40.702,-73.952,Spanish
Fay,(718) 555-0104,Soup,40.703,-73.953,
Gus,(718) 555-0105,Haircut,40.704,-73.954,
"""
OFFERS = """Name,Phone,What can you offer?,Latitude,Longitude
Hana,(718) 555-0191,Clothes,40.700,-73.951
Fay,(718) 555-0104,Haircut,40.703,-73.953
Gus,(718) 555-0105,Soup,40.704,-73.954
Ivo,(718) 555-0193,tent,40.710,-73.960
"""
HELPERS = "Name,Languages,Latitude,Longitude\nHugo,English,40.700,-73.950\nHana,English; Spanish,40.71,-73.95\n"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with the sheets in it, and a way to match from there."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("asks.csv", ASKS), ("offers.csv", OFFERS), ("helpers.csv", HELPERS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def match(*arguments: object, asks: str = "asks.csv", others: tuple[str, ...] = ("--offers", "offers.csv")):
    given = ["match", asks, *others, "--out", "found", "--date", "2026-06-04", *map(str, arguments)]
    return CliRunner().invoke(app, given)


def told(result) -> dict:
    """The one object on the output, and nothing beside it."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return json.loads(result.stdout)


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def test_offers_go_to_who_wants_the_same_thing_and_the_rest_is_told_why(desk):
    answer = told(match("--json"))
    assert answer["proven"]
    pairs = {(row["name"], row["with"], row["what"]) for row in rows(desk / "found" / "matches.csv")}
    assert {("Ada", "Hana", "Baby clothes"), ("Dov", "Ivo", "Tents"), ("Gus", "Fay", "Haircut")} <= pairs
    left = rows(desk / "found" / "left-out.csv")
    assert answer["matched"] + answer["left_out"] == 6 == len(pairs) + len(left)
    piano = next(row for row in left if row["What do you need?"] == "Piano")
    assert (piano["reason"], piano["why"]) == ("nobody_offers", "Nobody offers this: Piano.")
    soup = next(row for row in left if row["what"] == "Soup")
    assert soup["reason"] == "others_first"
    assert "like Gus" in soup["what would change it"]


def test_helpers_take_whole_rows_and_speak_the_language(desk):
    answer = told(match("--json", others=("--helpers", "helpers.csv")))
    pairs = {row["name"]: row for row in rows(desk / "found" / "matches.csv")}
    assert answer["matched"] == 2 == len(pairs)
    assert told(match("--json", "--places", 5, others=("--helpers", "helpers.csv")))["matched"] == 5
    pairs = {row["name"]: row for row in rows(desk / "found" / "matches.csv")}
    assert pairs["Eli"]["with"] == "Hana"
    assert "Speaks es" in pairs["Eli"]["why"]
    assert pairs["Dov"]["what"] == "Tents, Soup"


def test_rings_are_found_between_people_in_both_sheets(desk):
    answer = told(match("--json", "--rings"))
    assert answer["rings"] == [["+17185550104", "+17185550105"]]
    gifts = rows(desk / "found" / "rings.csv")
    assert [(row["giver"], row["gives"], row["to"]) for row in gifts] == [
        ("Fay", "haircut", "Gus"),
        ("Gus", "soup", "Fay"),
    ]
    assert rows(desk / "found" / "in-no-ring.csv") == []


def test_who_was_told_a_name_keeps_it(desk):
    twins = "Name,Phone,What can you offer?\n" + "".join(f"Twin {n},(718) 555-02{n:02d},Soup\n" for n in range(9))
    (desk / "offers.csv").write_text(twins, encoding="utf-8")
    told(match("--json"))
    fay = next(row for row in rows(desk / "found" / "matches.csv") if row["name"] == "Fay")
    earlier = (desk / "found" / "matches.csv").read_text(encoding="utf-8-sig")
    other = "10" if fay["with row"] != "10" else "9"
    (desk / "before.csv").write_text(f"row,with row\n{fay['row']},{other}\n", encoding="utf-8")
    told(match("--json", "--before", "before.csv"))
    again = next(row for row in rows(desk / "found" / "matches.csv") if row["name"] == "Fay")
    assert again["with row"] == other
    assert earlier


def test_people_see_a_table_and_where_it_was_written(desk):
    result = match("--rings")
    assert result.exit_code == 0
    for words in ("4 of 6 matched", "that is proven", "1 rings with 2 people", "left-out.csv"):
        assert words in result.output


def test_nothing_matched_ends_with_one_and_the_reasons_are_written(desk):
    (desk / "offers.csv").write_text("Name,What can you offer?\nHana,Trombone\n", encoding="utf-8")
    result = match("--json")
    assert result.exit_code == 1
    assert told(result)["matched"] == 0
    assert len(rows(desk / "found" / "left-out.csv")) == 6


def test_the_examples_can_be_matched(desk):
    town = EXAMPLES / "town"
    helpers = ("--helpers", str(town / "helpers.csv"))
    answer = told(match("--json", "--places", 3, asks=str(town / "asks.csv"), others=helpers))
    assert answer["matched"] > 20
    assert answer["proven"]


@pytest.mark.parametrize(
    ("arguments", "others", "words"),
    [
        ([], (), "Name one other sheet"),
        ([], ("--offers", "offers.csv", "--helpers", "helpers.csv"), "Name one other sheet"),
        (["--rings"], ("--helpers", "helpers.csv"), "use --offers with --rings"),
        ([], ("--offers", "none.csv"), "There is no file none.csv"),
        (["--mode", "rocket"], ("--offers", "offers.csv"), "--mode is “rocket”"),
        (["--zone", "Mars"], ("--offers", "offers.csv"), "no time zone"),
        (["--before", "asks.csv"], ("--offers", "offers.csv"), "is no matches.csv"),
        (["--before", "none.csv"], ("--offers", "offers.csv"), "There is no file none.csv"),
        (["--map", "x"], ("--offers", "offers.csv"), "is not a mapping"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_sentence(desk, arguments, others, words):
    for machine in ([], ["--json"]):
        result = match(*arguments, *machine, others=others)
        assert result.exit_code == 2, result.output
        assert words in result.output
        assert "Traceback" not in result.output
    assert not (desk / "found" / "matches.csv").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 500,
        bytes(range(256)) * 20,
        b"%PDF-1.7",
        gzip.compress(ASKS.encode(), mtime=0)[:40],
        b"Name,Need\n",
        b"hello",
    ],
)
def test_odd_files_end_with_a_sentence_and_never_with_a_traceback(desk, content):
    for name in ("asks.csv", "offers.csv"):
        (desk / "asks.csv").write_text(ASKS, encoding="utf-8")
        (desk / "offers.csv").write_text(OFFERS, encoding="utf-8")
        (desk / name).write_bytes(content)
        result = match("--json", "--rings")
        assert result.exit_code in {0, 1, 2}
        answer = told(result)
        assert answer.get("error") or answer["matched"] + answer["left_out"] >= 0


@pytest.mark.data
def test_real_reports_are_matched_with_forty_helpers(desk, shared):
    reports = shared / "data" / "haiti_reports" / "reports.csv.gz"
    others = ("--helpers", str(EXAMPLES / "helpers.csv"))
    answer = told(match("--json", "--limit", 600, "--places", 5, asks=str(reports), others=others))
    assert answer["matched"] > 150
    assert answer["matched"] + answer["left_out"] == answer["wishes"] == 600


@pytest.mark.data
def test_real_posts_of_needs_and_offers_are_matched_by_the_things_they_name(desk, shared):
    with gzip.open(shared / "data" / "need_offer_posts" / "nepal.csv.gz", "rt", encoding="utf-8") as file:
        posts = list(csv.DictReader(file))
    for name, label in (("asks.csv", "Need"), ("offers.csv", "Availability")):
        some = [post for post in posts if post["label"] == label][:200]
        with (desk / name).open("w", newline="", encoding="utf-8") as out:
            write = csv.writer(out)
            write.writerow(["Message", "Item"])
            for post in some:
                items = [item for things in json.loads(post["auto_resources"]).values() for item in things]
                write.writerow([post["text"], "; ".join(items)])
    mapped = ("--map", "Item=what", "--offers-map", "Item=what")
    answer = told(match("--json", *mapped))
    assert answer["matched"] > 20
    assert answer["matched"] + answer["left_out"] == answer["wishes"]
    for row in rows(desk / "found" / "matches.csv"):
        assert row["why"]
