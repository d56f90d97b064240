"""`manyhands plan`: two spreadsheets in, runs on paper out, a sentence for everything that can't be used."""

import csv
import gzip
import io
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from manyhands.config.cli import app

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ASKS = "Name,Phone,What do you need?,Address,Latitude,Longitude\n" + "".join(
    f"Asker {n},(718) 555-{n:04d},Groceries,{n} Elm Street,{40.70 + n / 2000:.4f},{-73.95 + n / 3000:.4f}\n"
    for n in range(1, 13)
)
HELPERS = "Name,Transport,Max boxes,Latitude,Longitude\nHugo,car,8,40.700,-73.950\nHana,bike,4,40.703,-73.948\n"
# Enough for asks as few as these, and short on a slow machine.
QUICK = ["--seconds", "0.1", "--date", "2026-06-04"]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with the two sheets in it, and a way to plan from there."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "asks.csv").write_text(ASKS, encoding="utf-8")
    (tmp_path / "helpers.csv").write_text(HELPERS, encoding="utf-8")
    return tmp_path


def plan(*arguments: object, asks: str = "asks.csv", helpers: str = "helpers.csv", out: str = "runs"):
    given = ["plan", asks, "--helpers", helpers, "--out", out, *QUICK, *map(str, arguments)]
    return CliRunner().invoke(app, given)


def told(result) -> dict:
    """The one object on the output, and nothing beside it."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return json.loads(result.stdout)


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def test_every_ask_is_in_a_run_or_told_with_its_reason(desk):
    answer = told(plan("--json"))
    assert answer["asks"] == 12 == answer["served"] + answer["unserved"]
    stops = rows(desk / "runs" / "runs.csv")
    left = rows(desk / "runs" / "unserved.csv")
    assert len(stops) == answer["served"] > 0
    assert sorted(int(row["row"]) for row in stops + left) == list(range(2, 14))
    assert sum(answer["reasons"].values()) == len(left) == answer["unserved"]
    assert all(row["why"] and row["what would change it"] for row in left)


def test_what_would_reach_more_is_told_with_names_and_times_of_day(desk):
    (desk / "helpers.csv").write_text(HELPERS.replace("car,8", "car,2").replace("bike,4", "bike,1"), encoding="utf-8")
    answer = told(plan("--json"))
    assert answer["unserved"] > 0
    assert any(re.match(r"One more helper \(car\) from \d\d:\d\d to \d\d:\d\d", said) for said in answer["recruit"])
    assert "%(" not in " ".join(answer["recruit"])
    assert "+ One more helper" in plan().output


def test_the_object_tells_where_each_column_landed(desk):
    answer = told(plan("--json"))
    assert answer["columns"] == {
        "Name": "name", "Phone": "phone", "What do you need?": "what", "Address": "address", "Latitude": "lat",
        "Longitude": "lon",
    }  # fmt: skip
    assert answer["helpers_columns"]["Max boxes"] == "capacity"
    assert [Path(file).name for file in answer["files"]] == ["runs.csv", "runs.geojson", "runs.html", "unserved.csv"]


def test_stops_of_a_run_follow_each_other_in_time_and_fit(desk):
    plan()
    by_run: dict[str, list[dict[str, str]]] = {}
    for stop in rows(desk / "runs" / "runs.csv"):
        by_run.setdefault(stop["run"], []).append(stop)
    for stops in by_run.values():
        assert [int(stop["order"]) for stop in stops] == list(range(1, len(stops) + 1))
        times = [time for stop in stops for time in (stop["arrive"], stop["begin"], stop["leave"])]
        assert times == sorted(times)
        assert "17:30" <= times[0] <= times[-1] <= "20:00"
        assert sum(int(stop["boxes"]) for stop in stops) <= {"Hugo": 8, "Hana": 4}[stops[0]["helper"]]


def test_the_map_file_has_a_line_per_run_and_a_point_per_stop_and_no_names(desk):
    answer = told(plan("--json"))
    collection = json.loads((desk / "runs" / "runs.geojson").read_text(encoding="utf-8"))
    kinds = [feature["geometry"]["type"] for feature in collection["features"]]
    assert (kinds.count("LineString"), kinds.count("Point")) == (answer["runs"], answer["served"])
    assert all(
        len(f["geometry"]["coordinates"]) >= 2 for f in collection["features"] if f["properties"]["kind"] == "run"
    )
    assert "Asker" not in json.dumps(collection)


class _Addresses(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in {"src", "href", "action", "srcset"}]
        assert tag not in {"script", "link", "iframe", "img", "form"}


def test_the_printable_page_needs_nothing_else(desk):
    plan()
    text = (desk / "runs" / "runs.html").read_text(encoding="utf-8")
    addresses = _Addresses()
    addresses.feed(text)
    assert all(address.startswith("#run-") for address in addresses.found)
    assert "url(" not in text
    assert "@import" not in text
    assert "@media print" in text


def test_what_people_wrote_is_text_on_paper_and_no_formula(desk):
    nasty = '"<script>alert(1)</script>",=HYPERLINK("http://x"),@SUM(1)\\,+1,"<img src=x>",40.7,-73.95\n'
    (desk / "asks.csv").write_text(ASKS.splitlines()[0] + "\n" + nasty, encoding="utf-8")
    plan()
    assert "<script>" not in (desk / "runs" / "runs.html").read_text(encoding="utf-8")
    for name in ("runs.csv", "unserved.csv"):
        for row in rows(desk / "runs" / name):
            assert not any(cell[:1] in {"=", "@", "+", "\t"} for cell in row.values())


def test_the_papers_are_for_oneself(desk):
    plan()
    assert (desk / "runs").stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in (desk / "runs").iterdir()} == {0o600}
    assert len(list((desk / "runs").iterdir())) == 4


def test_without_json_it_shows_the_guess_the_runs_and_where_they_are(desk):
    shown = plan().stdout
    for said in ("Lands in", "Hugo", "asks planned", "runs.html"):
        assert said in shown


def test_a_mapping_is_taken_at_its_word(desk):
    (desk / "asks.csv").write_text("Who=when?,A,B\nAda,40.701,-73.951\n", encoding="utf-8")
    answer = told(plan("--json", "--map", "Who=when?=name", "--map", "A=lat", "--map", "B=lon"))
    assert answer["columns"] == {"Who=when?": "name", "A": "lat", "B": "lon"}
    assert answer["served"] == 1


def test_only_the_first_so_many(desk):
    assert told(plan("--json", "--limit", 5))["asks"] == 5


def test_the_same_seed_reads_the_same_rows_in_the_same_order(desk):
    told(plan("--json", "--seed", 7))
    first = {row["row"] for row in rows(desk / "runs" / "runs.csv")}
    told(plan("--json", "--seed", 7))
    assert {row["row"] for row in rows(desk / "runs" / "runs.csv")} == first


def test_it_ends_with_1_when_nothing_could_be_planned_and_says_what_to_do(desk):
    (desk / "asks.csv").write_text("Name,Need\nAda,Food\nDov,Diapers\n", encoding="utf-8")
    result = plan("--json")
    answer = told(result)
    assert (result.exit_code, answer["served"], answer["reasons"]) == (1, 0, {"no_place": 2})
    assert "lat" in " ".join(answer["remarks"])
    assert len(rows(desk / "runs" / "unserved.csv")) == 2


def test_an_evening_may_go_past_midnight(desk):
    answer = told(plan("--json", "--from", "22:00", "--until", "1:00"))
    assert (answer["from"], answer["until"]) == ("22:00", "01:00")
    assert answer["served"] > 0


def test_workbooks_and_packed_files_are_read_too(desk):
    book = Workbook()
    for line in ASKS.splitlines():
        book.active.append(line.split(","))
    book.save(desk / "asks.xlsx")
    (desk / "helpers.csv.gz").write_bytes(gzip.compress(HELPERS.encode("utf-16")))
    assert told(plan("--json", asks="asks.xlsx", helpers="helpers.csv.gz"))["asks"] == 12


def test_neither_a_database_nor_settings_nor_a_server_is_needed(desk):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MANYHANDS", "DJANGO"))}
    environment["MANYHANDS_NO_SUCH_SETTING"] = "a wrong setting stops the server, not the planning"
    arguments = ["plan", "asks.csv", "--helpers", "helpers.csv", "--out", "runs", *QUICK, "--json"]
    done = subprocess.run(
        [sys.executable, "-c", "from manyhands.config.cli import main; main()", *arguments],
        cwd=desk, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["asks"] == 12
    assert sorted(path.name for path in desk.iterdir()) == ["asks.csv", "helpers.csv", "runs"]


def test_the_examples_can_be_planned(desk):
    town = EXAMPLES / "town"
    answer = told(plan("--json", asks=str(town / "asks.csv"), helpers=str(town / "helpers.csv")))
    assert answer["served"] > 20
    assert told(plan("--json", asks=str(town / "asks.csv"), helpers=str(EXAMPLES / "helpers.csv")))["helpers"] == 40


@pytest.mark.data
def test_real_reports_are_planned_with_forty_helpers(desk, shared):
    reports = shared / "data" / "haiti_reports" / "reports.csv.gz"
    answer = told(plan("--json", "--limit", 500, asks=str(reports), helpers=str(EXAMPLES / "helpers.csv")))
    assert (answer["asks"], answer["helpers"]) == (500, 40)
    assert answer["served"] > 250
    assert answer["served"] + answer["unserved"] == 500


@pytest.mark.data
@pytest.mark.parametrize(
    "sheet",
    [
        "disaster_messages/validation.csv.gz", "community_fridges/nyc_fridges.csv", "pantry_hours_nyc/pantries.csv.gz",
        "need_offer_posts/nepal.csv.gz", "crisislex_t26/posts.csv.gz", "sms_noise/sms.csv.gz",
        "volunteer_signups_shifts/shifts.csv", "sheet_shapes/lansing/submission_responses.csv",
        "sheet_shapes/helpberkeley/routed-deliveries-v300.csv", "people_fake_1000/fake_1000.csv",
    ],
)  # fmt: skip
def test_other_real_sheets_end_with_a_plan_or_a_reason_for_every_row(desk, shared, sheet):
    result = plan("--json", "--limit", 60, asks=str(shared / "data" / sheet))
    answer = told(result)
    assert result.exit_code in {0, 1}
    assert answer["served"] + answer["unserved"] == answer["asks"] > 0
    assert answer["served"] or answer["reasons"]


@pytest.mark.data
def test_volunteers_without_a_place_set_out_from_the_middle_and_it_is_said(desk, shared):
    volunteers = shared / "data" / "volunteer_signups_shifts" / "volunteers.csv.gz"
    answer = told(plan("--json", helpers=str(volunteers)))
    assert answer["served"] > 0
    assert any("middle of the asks" in remark for remark in answer["remarks"])


# What can go wrong with a file, an option or a folder: (what to do first, arguments, a word of the sentence).
ODD_FILES: dict[str, bytes] = {
    "empty": b"",
    "blank": b"\n \n\n",
    "a byte order mark": b"\xef\xbb\xbf",
    "zeros": b"\0" * 5000,
    "junk": bytes(range(256)) * 50,
    "a PDF": b"%PDF-1.7\n%\xe2\xe3",
    "an old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 900,
    "a broken workbook": b"PK\x03\x04" + b"\0" * 300,
    "half a gzip": gzip.compress(ASKS.encode())[:40],
    "a gzip bomb": gzip.compress(b"a,b\n" + b"x,y\n" * 30_000_000, 1),
    "a web page": b"<!doctype html><html><table><tr><td>x</td></tr></table></html>",
    "a picture": b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
}
ODD_TABLES: dict[str, str] = {
    "only headings": "Name,Need,Latitude,Longitude\n",
    "no headings": "Ada,40.7,-73.9\nDov,40.71,-73.91\n",
    "one cell": "hello",
    "only commas": ",,,,\n,,,,\n",
    "open quote": 'Name,Need\n"Ada,Food\nDov,Food\n',
    "ragged": "Name,Need,Latitude\nAda\nDov,Food,40.7,-73.9,more,and more\n",
    "points off the globe": "Name,Latitude,Longitude\nA,91,0\nB,40,181\nC,nan,inf\nD,1e400,-1e400\nE,abc,def\n",
    "points at the poles": "Name,Latitude,Longitude\nA,90,0\nB,-90,180\nC,0,-180\nD,0,0\n",
    "all at one door": "Name,Latitude,Longitude\n" + "A,40.7,-73.9\n" * 40,
    "wrong dates": "Name,Delivery date,Latitude,Longitude\nA,2/31/2026,40.7,-73.9\nB,0000-00-00,40.7,-73.9\nC,99/99/9999,40,-73\n",
    "dates of another day": "Name,Delivery date,Latitude,Longitude\nA,6/9/2026,40.7,-73.9\nB,1/1/1970,40.7,-73.9\n",
    "backwards times": "Name,Wanted from,Wanted until,Latitude,Longitude\nA,20:00,18:00,40.7,-73.9\nB,25:00,99:99,40.7,-73.9\n",
    "formulas": "Name,Need,Latitude,Longitude\n=1+1,=cmd|' /C calc'!A0,=40+0.7,-73.9\n@x,+y,40.7,-73.9\n",
    "huge numbers": "Name,Boxes,Household size,Latitude,Longitude\nA,1e308,99999999999999999999,40.7,-73.9\nB,-5,-1,40.7,-73.9\n",
    "phone none": "Name,Phone,Latitude,Longitude\nA,none,40.7,-73.9\nB,7.18556E+09,40.7,-73.9\n",
    "every alphabet": "Имя,电话,العنوان,Latitude,Longitude\nАда,１２３,شارع,40.7,-73.9\n😀,\u202eabc,\u0000,40.7,-73.9\n",
    "markup": "[red]Name[/],[/],Latitude,Longitude\n[bold],[link=file:///x]y[/link],40.7,-73.9\n",
    "the same row over and over": "Name,Phone,Need,Latitude,Longitude\n" + "Ada,718-555-0101,Food,40.7,-73.9\n" * 30,
    "semicolons and decimal commas": "Name;Breite;Länge\nAda;40,7;-73,9\n",
    "many columns": ",".join(f"c{n}" for n in range(900)) + "\n" + ",".join(["x"] * 900) + "\n",
    "a long cell": "Name,Need\nAda," + "x" * 200_000 + "\n",
    "carriage returns only": "Name,Latitude,Longitude\rAda,40.7,-73.9\r",
}  # fmt: skip


@pytest.mark.parametrize("side", ["asks", "helpers"])
@pytest.mark.parametrize("odd", sorted(ODD_FILES))
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(desk, odd, side):
    (desk / "odd.csv").write_bytes(ODD_FILES[odd])
    result = plan("--json", **{side: "odd.csv"})
    assert result.exit_code == 2
    assert "odd.csv" in told(result)["error"]
    assert "Traceback" not in result.stderr
    assert not (desk / "runs" / "runs.csv").exists()


@pytest.mark.parametrize("side", ["asks", "helpers", "both"])
@pytest.mark.parametrize("odd", sorted(ODD_TABLES))
def test_an_odd_table_ends_with_a_plan_or_reasons(desk, odd, side):
    (desk / "odd.csv").write_text(ODD_TABLES[odd], encoding="utf-8", newline="")
    both = {"asks": "odd.csv", "helpers": "odd.csv"}
    result = plan("--json", **(both if side == "both" else {side: "odd.csv"}))
    answer = told(result)
    if result.exit_code == 2:
        assert answer["error"]
    else:
        assert result.exit_code in {0, 1}
        assert answer["served"] + answer["unserved"] == answer["asks"]
        plan(**(both if side == "both" else {side: "odd.csv"}))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--date", "tomorrow"], "--date"),
        (["--date", "2026-02-30"], "--date"),
        (["--date", "9999-12-31", "--from", "20:00", "--until", "8:00"], "--date"),
        (["--from", "25:00"], "--from"),
        (["--from", "half past"], "--from"),
        (["--until", "19:75"], "--until"),
        (["--hub", "here"], "--hub"),
        (["--hub", "91,0"], "--hub"),
        (["--hub", "nan,nan"], "--hub"),
        (["--hub", "1,2,3"], "--hub"),
        (["--mode", "camel"], "--mode"),
        (["--region", "Atlantis"], "--region"),
        (["--zone", "Mars/Olympus"], "--zone"),
        (["--zone", "../../etc/passwd"], "--zone"),
        (["--map", "no divider"], "mapping"),
        (["--map", "Name=no_such_field"], "not a field"),
        (["--helpers-map", "Name=spaceship"], "not a field"),
    ],
)
def test_a_wrong_option_is_named(desk, arguments, said):
    result = plan("--json", *arguments)
    assert result.exit_code == 2
    assert said in told(result)["error"]
    assert said in result.stderr


@pytest.mark.parametrize(
    "arguments", [["--limit", "-1"], ["--seconds", "soon"], ["--seed", "x"], ["--boxes", "-3"], ["--nonsense"]]
)
def test_an_option_out_of_range_is_wrong_usage(desk, arguments):
    assert plan(*arguments).exit_code == 2


def test_a_file_that_is_not_there_a_folder_and_one_that_may_not_be_read(desk):
    assert "no file" in told(plan("--json", asks="missing.csv"))["error"]
    (desk / "folder").mkdir()
    assert "folder" in told(plan("--json", helpers="folder"))["error"]
    assert told(plan("--json", asks="asks.csv/below"))["error"]
    assert told(plan("--json", asks="x" * 5000))["error"]


@pytest.mark.parametrize("out", ["asks.csv", "asks.csv/below", "/proc/nowhere/runs", "x" * 300])
def test_a_folder_that_cannot_be_written_is_told_before_planning(desk, out):
    result = plan("--json", out=out)
    assert result.exit_code == 2
    assert "--out" in told(result)["error"]
    assert (desk / "asks.csv").read_text(encoding="utf-8") == ASKS


def test_a_paper_that_cannot_be_replaced_is_told(desk):
    (desk / "runs" / "runs.csv").mkdir(parents=True)
    result = plan("--json")
    assert result.exit_code == 2
    assert "runs.csv" in told(result)["error"]
    assert not [path for path in (desk / "runs").iterdir() if path.name.startswith(".")]


def test_a_helper_sheet_with_nobody_in_it(desk):
    (desk / "helpers.csv").write_text("Name,Transport,Latitude,Longitude\n", encoding="utf-8")
    result = plan("--json")
    answer = told(result)
    assert result.exit_code in {1, 2}
    assert "error" in answer or answer["reasons"] == {"no_helpers": 12}


def test_no_time_to_search_still_ends_with_a_plan(desk):
    answer = told(plan("--json", "--seconds", 0))
    assert answer["served"] + answer["unserved"] == 12


def test_the_help_says_what_the_exit_codes_mean():
    shown = re.sub(r"\s+", " ", CliRunner().invoke(app, ["plan", "--help"], terminal_width=200).stdout)
    for said in ("--helpers", "--out", "unserved.csv", "0 when runs were written", "2 when a file"):
        assert said in shown
