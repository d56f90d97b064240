"""`manyhands roster`: two spreadsheets in, who to ask for what out, a sentence for everything that can't be used."""

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from manyhands.config.cli import app

SHARED = Path(__file__).parents[2] / ".." / "shared" / "data" / "volunteer_signups_shifts"
SHIFTS = """Shift,Date,Start,End,Role,Needed,Min,Skills,Unpopular
Pantry,2026-06-01,09:00,16:00,cook,1,1,cook,
Supper,2026-06-05,17:00,21:00,cook,3,2,cook,
Supper,2026-06-05,17:00,21:00,host,1,1,,
Night watch,2026-06-06,22:00,06:00,,1,1,,yes
"""
HELPERS = """Name,Phone,Skills,Availability,Max hours per week,Newcomer,Not with,Hours before
Ana,(718) 555-0101,cook,,10,,,
Bo,(718) 555-0102,cook,Fri,,,,4
Cleo,(718) 555-0103,cook,Fri evenings,,,Dee,
Dee,(718) 555-0104,,weekends,,,,
Eli,(718) 555-0105,,,,yes,,
"""


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with the two sheets in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shifts.csv").write_text(SHIFTS, encoding="utf-8")
    (tmp_path / "helpers.csv").write_text(HELPERS, encoding="utf-8")
    return tmp_path


def roster(*arguments: object, shifts: str = "shifts.csv", out: str = "out"):
    given = ["roster", shifts, "--helpers", "helpers.csv", "--out", out, "--seconds", "5", *map(str, arguments)]
    return CliRunner().invoke(app, given)


def told(result) -> dict:
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return json.loads(result.stdout)


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def asked(desk: Path, out: str = "out") -> set[tuple[str, str, str]]:
    return {(row["shift"], row["role"], row["helper"]) for row in rows(desk / out / "roster.csv")}


def test_every_place_is_filled_or_told_with_the_rule_that_binds(desk):
    answer = told(roster("--json"))
    assert (answer["shifts"], answer["proposed"], answer["confirmed"], answer["missing"]) == (3, 5, 0, 1)
    assert answer["proven"]
    assert asked(desk) >= {("Pantry", "cook", "Ana"), ("Supper", "cook", "Bo"), ("Supper", "cook", "Cleo")}
    (gap,) = rows(desk / "out" / "gaps.csv")
    assert gap["why"] == "Ana would exceed 10 hours this week."
    assert (gap["row"], gap["there"], gap["wanted"]) == ("3", "2", "3")
    assert [Path(file).name for file in answer["files"]] == [
        "roster.csv", "gaps.csv", "people.csv", "roster.html", "roster.ics",
    ]  # fmt: skip


def test_a_yes_stays_a_no_is_not_asked_again_and_the_rest_changes_little(desk):
    roster()
    before = asked(desk)
    lines = (desk / "out" / "roster.csv").read_text(encoding="utf-8-sig").splitlines()
    answered = [
        line.replace("proposed", "yes")
        if ",Bo," in line
        else line.replace("proposed", "no")
        if ",Eli," in line
        else line
        for line in lines
    ]
    (desk / "answered.csv").write_text("\n".join(answered), encoding="utf-8")
    answer = told(roster("--standing", "answered.csv", "--json", out="again"))
    assert answer["confirmed"] == 1
    assert answer["changes"] == 0
    after = asked(desk, "again")
    assert ("Supper", "host", "Eli") not in after
    assert before - after == {("Supper", "host", "Eli")}
    states = {row["helper"]: row["state"] for row in rows(desk / "again" / "roster.csv")}
    assert states["Bo"] == "confirmed"


def test_a_row_that_cannot_be_read_is_told_and_the_others_are_planned(desk):
    (desk / "shifts.csv").write_text(SHIFTS + "Broken,soon,9,10,,1,,,\nOdd,2026-06-07,late,,,1,,,\n", encoding="utf-8")
    answer = told(roster("--json"))
    assert answer["shifts"] == 3
    assert [gap["why"] for gap in rows(desk / "out" / "gaps.csv")][-2:] == [
        "“soon” could not be read as a date.",
        "Its hours could not be read.",
    ]


def test_a_mapping_says_where_a_column_lands(desk):
    (desk / "shifts.csv").write_text("Wozu,Wann genau,Leute\nKochen,2026-06-05,2\n", encoding="utf-8")
    assert roster().exit_code == 2
    answer = told(roster("--json", "--map", "Wozu=shift", "--map", "Wann genau=date", "--map", "Leute=needed"))
    assert answer["columns"] == {"Wozu": "shift", "Wann genau": "date", "Leute": "needed"}
    assert answer["proposed"] == 2
    assert any("don't say when they begin" in remark for remark in answer["remarks"])


def test_the_papers_run_nothing_and_hold_no_phones_where_all_can_see(desk):
    (desk / "helpers.csv").write_text(
        HELPERS.replace("Ana", "<script>x</script>").replace("Bo", "=1+1"), encoding="utf-8"
    )
    roster()
    page = (desk / "out" / "roster.html").read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "555" not in page
    cells = [cell for row in rows(desk / "out" / "roster.csv") for cell in row.values()]
    assert not any(cell.startswith(("=", "+", "@")) for cell in cells)
    calendar = (desk / "out" / "roster.ics").read_bytes()
    assert calendar.count(b"BEGIN:VEVENT") == 3
    assert all(len(line) <= 75 for line in calendar.split(b"\r\n"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "soon"], "--from is “soon”"),
        (["--hours", "0"], "--hours is 0"),
        (["--since", "June"], "--since is “June”"),
        (["--rest", "-1"], "--rest is -1"),
        (["--map", "Shift"], "is not a mapping"),
        (["--map", "Nothing=date"], "There is no column “Nothing”"),
        (["--map", "Shift=nonsense"], "“nonsense” is no field of shifts"),
        (["--standing", "helpers.csv"], "has no column"),
        (["--standing", "nowhere.csv"], "There is no file nowhere.csv"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence_and_nothing_is_written(desk, arguments, said):
    result = roster(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (desk / "out").exists()


def test_nobody_to_ask_ends_with_one_and_says_why(desk):
    (desk / "helpers.csv").write_text("Name,Skills\n", encoding="utf-8")
    result = roster("--json")
    assert result.exit_code in {1, 2}
    if result.exit_code == 1:
        assert {gap["reason"] for gap in rows(desk / "out" / "gaps.csv")} == {"no_helpers"}


@pytest.mark.data
def test_real_shifts_of_a_year_of_culture_are_read(desk):
    if not SHARED.exists():
        pytest.skip(f"{SHARED} is not there")
    answer = told(roster("--json", "--since", "2023-12-01", shifts=str(SHARED / "shifts.csv")))
    assert answer["unreadable"] == []
    assert answer["shifts"] > 0
    assert answer["columns"]["demand"] == "needed"
    assert answer["columns"]["shift_id"] == "shift"
