"""The commands that answer from sheets, given what nobody means: a sentence each time, and never a traceback."""

import csv
import io
import signal

import pytest
from typer.testing import CliRunner

from manyhands.config.cli import app
from manyhands.kernel import rostering

SHEETS = {
    "asks": "ID,Name,Phone,Latitude,Longitude,What do you need?,Deliver on\n"
    "1,Ada,718 555 0100,40.70,-73.93,Groceries,2026-06-04\n",
    "helpers": "Name,Phone,Latitude,Longitude,Available from\nHana,718 555 0190,40.69,-73.96,5:30 PM\n",
    "surplus": "Network,Item,Quantity,Use by,lat,lon\nAsh,Bread,60,2026-11-29,51.5,0.0\n",
    "wants": "Network,What,Needed,Until,lat,lon\nBirch,bread,30,2026-12-01,51.5,0.1\n",
    "vans": "Network,Van,Capacity,Days,Max km\nAsh,V1,50,2026-11-28,20\n",
    "stock": "Item,Quantity,Use by\nRice,6,2026-12-01\n",
    "households": "Household,People,Waited since\nAmina,4,2026-11-20\n",
    "had": "Household,Item,Pieces,Date\nAmina,Rice,1,2026-11-18\n",
    "shifts": "Shift,Date,From,Until,Needed\nKitchen,2026-06-01,9:00,16:00,1\nSupper,2026-06-05,17:00,21:00,1\n",
    "people": "Name,Availability\nAna,Mon-Fri 9-22\n",
}
COMMANDS = {
    "match": ["match", "asks.csv", "--helpers", "helpers.csv", "--date", "2026-06-04"],
    "plan": ["plan", "asks.csv", "--helpers", "helpers.csv", "--seconds", "0", "--date", "2026-06-04"],
    "pool": ["pool", "surplus.csv", "--wants", "wants.csv", "--vans", "vans.csv", "--date", "2026-11-28"],
    "share": ["share", "stock.csv", "--households", "households.csv", "--had", "had.csv", "--date", "2026-11-28"],
    "roster": ["roster", "shifts.csv", "--helpers", "people.csv", "--seconds", "2", "--since", "2026-01-01"],
}


@pytest.fixture(autouse=True)
def desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in SHEETS.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def answer(command: str, *more: str):
    result = CliRunner().invoke(app, [*COMMANDS[command], "--out", "out", *more])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1969-12-31"])
def test_a_day_out_of_all_years_is_refused_by_its_option(command, day):
    option = "--since" if command == "roster" else "--date"
    result = answer(command, option, day)
    assert result.exit_code == 2
    assert f"{option} is “{day}”. Name a day in the years 1970 to 2200." in result.stderr


@pytest.mark.parametrize(
    ("command", "sheet", "column"),
    [
        ("pool", "surplus", "Use by"),
        ("pool", "wants", "Until"),
        ("pool", "vans", "Days"),
        ("share", "stock", "Use by"),
        ("share", "had", "Date"),
        ("roster", "shifts", "Date"),
        ("roster", "shifts", "Until"),
    ],
)
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-02"])
def test_a_day_out_of_all_years_in_a_cell_is_told_with_its_row_and_column(command, sheet, column, day, desk):
    headings, first, *others = csv.reader(io.StringIO(SHEETS[sheet]))
    first[headings.index(column)] = day
    with (desk / f"{sheet}.csv").open("w", newline="") as file:
        csv.writer(file).writerows([headings, first, *others])
    result = answer(command)
    assert result.exit_code in {0, 1}
    said = " ".join(result.stdout.split())
    assert f"“{day}”" in said
    assert "is not in the years 1970 to 2200" in said
    assert "Row 2" in said
    assert f"column “{column}”" in said


def test_a_day_out_of_all_years_is_not_the_evening_to_plan(desk):
    (desk / "asks.csv").write_text(SHEETS["asks"].replace("2026-06-04", "9999-12-31"), encoding="utf-8")
    result = CliRunner().invoke(app, [*COMMANDS["plan"][:-2], "--out", "out"])
    assert result.exit_code == 1
    assert "0 of 1 asks planned" in result.stdout


@pytest.mark.parametrize("command", ["plan", "roster"])
def test_more_luck_than_there_is_is_refused(command):
    assert answer(command, "--seed", "9" * 20).exit_code == 2


def test_numbers_next_to_nothing_are_nothing(desk):
    (desk / "surplus.csv").write_text(SHEETS["surplus"].replace(",60,", ",0.0000000000000001,"), encoding="utf-8")
    assert answer("pool", "--points-per-km", "1e-300", "--km", "1e-300").exit_code == 1


def pressing(times: int, monkeypatch):
    """Ctrl-C, so many times, just when the search begins."""
    solve = rostering.solve

    def interrupted(*args, **kwargs):
        for _ in range(times):
            signal.raise_signal(signal.SIGINT)
        return solve(*args, **kwargs)

    monkeypatch.setattr(rostering, "solve", interrupted)


def test_ctrl_c_keeps_the_best_roster_so_far(desk, monkeypatch):
    pressing(1, monkeypatch)
    before = signal.getsignal(signal.SIGINT)
    result = answer("roster")
    assert result.exit_code == 0
    assert "Ana" in (desk / "out" / "roster.csv").read_text(encoding="utf-8-sig")
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_twice_ends_at_once_and_writes_nothing(desk, monkeypatch):
    pressing(2, monkeypatch)
    assert answer("roster").exit_code == 130
    assert not (desk / "out" / "roster.csv").exists()
