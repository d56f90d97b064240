"""`manyhands plan --streets`: two spreadsheets, and times by road on the streets of this install."""

from datetime import UTC, datetime

import pytest

from manyhands.places.streets import store
from manyhands.places.streets.importing import bring_in
from manyhands.places.streets.steps import STEPS
from tests.config.test_plan_command import plan, told
from tests.places.maps import STREET, at, write_map
from tests.places.streets.a_town import riverside

NOW = datetime(2026, 6, 4, 18, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """Two sheets of a village on both banks of a river, and an install without streets."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MANYHANDS_DATA_DIR", str(tmp_path / "data"))
    asks = [("Ada", at(100, 0)), ("Dov", at(150, 100)), ("Eli", at(900, 100))]
    rows = "".join(f"{name},Groceries,{place.lat:.6f},{place.lon:.6f}\n" for name, place in asks)
    (tmp_path / "asks.csv").write_text("Name,What do you need?,Latitude,Longitude\n" + rows)
    home = at(50, 0)
    (tmp_path / "helpers.csv").write_text(
        f"Name,Transport,Max boxes,Latitude,Longitude\nHugo,bike,8,{home.lat:.6f},{home.lon:.6f}\n"
    )
    return tmp_path


@pytest.fixture
def streets(desk):
    banks = [(STREET, [(0, y), (1000, y), (2000, y)]) for y in (0, 100)]
    file = write_map(desk / "village.osm.pbf", [*banks, (STREET, [(2000, 0), (2000, 100)])])
    return bring_in(file, store.home(desk / "data"), steps=STEPS, now=NOW)[0]


def test_ways_go_by_the_bridge(desk, streets):
    straight, by_road = told(plan("--json")), told(plan("--json", "--streets"))
    assert (straight["times"], by_road["times"]) == ("straight", "road")
    assert (straight["served"], by_road["served"]) == (3, 3)
    assert straight["metres"] < 3_000
    assert by_road["metres"] > 6_000
    assert any("straight lines with a detour" in remark for remark in straight["remarks"])
    assert any("© OpenStreetMap contributors" in remark for remark in by_road["remarks"])
    assert "© OpenStreetMap contributors" in (desk / "runs" / "runs.html").read_text()


def test_without_streets_it_says_how_to_bring_them_in(desk):
    result = plan("--streets")
    assert result.exit_code == 2
    assert "manyhands places import CITY.osm.pbf" in result.output
    assert not (desk / "data").exists()


def test_streets_of_another_version_are_told(desk, streets):
    about = streets.folder / "about.json"
    about.write_text(about.read_text().replace('"shape": 2', '"shape": 99'))
    result = plan("--streets")
    assert (result.exit_code, "not of this version" in result.output) == (2, True)


def test_a_place_off_every_road_is_told(desk, streets):
    far = at(20_000, 20_000)
    with (desk / "asks.csv").open("a") as sheet:
        sheet.write(f"Zoe,Groceries,{far.lat:.6f},{far.lon:.6f}\n")
    assert any("off every road" in remark for remark in told(plan("--json", "--streets"))["remarks"])


def test_rows_that_say_where_only_in_words_are_found_on_the_map(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MANYHANDS_DATA_DIR", str(tmp_path / "data"))
    bring_in(riverside(tmp_path / "town.osm.pbf"), store.home(tmp_path / "data"), steps=STEPS, now=NOW)
    needs = ("Great Oak Rd 12", "corner of Elm & 4th", "Mill Lane", "Springfield Plaza 9")
    rows = "".join(f"Asker {n},Groceries,{where}\n" for n, where in enumerate(needs))
    (tmp_path / "asks.csv").write_text("Name,What do you need?,Address\n" + rows)
    (tmp_path / "helpers.csv").write_text("Name,Transport,Max boxes,Address\nHugo,bike,8,Jane Addams Library\n")
    by_words, without = told(plan("--json", "--streets")), told(plan("--json"))
    assert (by_words["served"], without["served"]) == (3, 0)
    found = next(remark for remark in by_words["remarks"] if "by their words" in remark)
    assert "3 asks and 1 helpers; 1 of them only somewhere in their street" in found
