"""A host brings the streets of the area into the house; whatever goes wrong, those that were there stay."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from manyhands.config.cli import app
from manyhands.places.streets import store
from manyhands.places.streets.importing import CannotImport, Step, bring_in
from manyhands.places.streets.steps import STEPS
from tests.places.maps import CROSS, STREET, write_map

NOW = datetime(2026, 6, 4, 18, tzinfo=UTC)


@pytest.fixture
def data(tmp_path, settings):
    """An install with a data folder of its own."""
    from dataclasses import replace

    settings.ENV = replace(settings.ENV, data_dir=tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def city(tmp_path):
    return write_map(tmp_path / "city.osm.pbf", CROSS)


def places(*arguments: object):
    return CliRunner().invoke(app, ["places", *map(str, arguments)])


def files(folder):
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_streets_come_in_and_are_shown_with_whose_they_are(data, city):
    result = places("import", city)
    assert result.exit_code == 0, result.output
    assert "The streets are in." in result.output
    shown = places("show")
    assert shown.exit_code == 0
    assert "city.osm.pbf" in shown.output
    assert "© OpenStreetMap contributors, ODbL 1.0" in shown.output
    assert store.kept(store.home(data)).steps["roads"]["car"]["pieces"] == 4


def test_the_file_may_go_once_it_is_in(data, city):
    places("import", city)
    city.unlink()
    again = places("import")
    assert again.exit_code == 0, again.output
    assert store.kept(store.home(data)).name == "city.osm.pbf"


def test_the_same_file_twice_is_no_work(data, city):
    places("import", city)
    before = files(data)
    second = places("import", city)
    assert (second.exit_code, "in already" in second.output) == (0, True)
    assert files(data) == before


def test_another_file_takes_the_place_of_the_first(data, city, tmp_path):
    places("import", city)
    first = store.kept(store.home(data))
    places("import", write_map(tmp_path / "town.osm.pbf", [(STREET, [(0, 0), (300, 0), (600, 50)])]))
    second = store.kept(store.home(data))
    assert (first.name, second.name) == ("city.osm.pbf", "town.osm.pbf")
    assert not first.folder.exists()


def test_forgotten_streets_are_gone_from_the_disk(data, city):
    places("import", city)
    assert places("forget").exit_code == 0
    assert [path.name for path in store.home(data).iterdir()] == ["lock"]
    assert places("show").exit_code == 1
    assert places("forget").exit_code == 1


def test_without_a_file_or_streets_it_says_how_to_begin(data):
    result = places("import")
    assert result.exit_code == 2
    assert "manyhands places import CITY.osm.pbf" in result.output


BAD_FILES = {
    "nothing in it": (b"", "empty"),
    "words": (b"hello, this is no map", "no .osm.pbf"),
    "zeros": (b"\0" * 5000, "no .osm.pbf"),
    "random bytes": (bytes(range(256)) * 40, "no .osm.pbf"),
    "XML": (b"<?xml version='1.0'?><osm version='0.6'/>", "XML"),
    "bzip2": (b"BZh91AY&SY", "bzip2"),
    "gzip": (b"\x1f\x8b\x08\0\0\0", "gzip"),
    "a zip": (b"PK\x03\x04", "zip"),
    "a web page": (b"<!DOCTYPE html><html>", "web page"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_file_that_is_no_map_gets_a_sentence_and_changes_nothing(data, city, tmp_path, case):
    places("import", city)
    before = files(data)
    (tmp_path / "bad.osm.pbf").write_bytes(BAD_FILES[case][0])
    result = places("import", tmp_path / "bad.osm.pbf")
    assert result.exit_code == 1
    assert BAD_FILES[case][1] in result.output
    assert isinstance(result.exception, SystemExit)
    assert files(data) == before


def test_a_file_cut_anywhere_is_noticed(data, city, tmp_path):
    whole = city.read_bytes()
    for length in range(1, len(whole), 7):
        (tmp_path / "cut.osm.pbf").write_bytes(whole[:length])
        result = places("import", tmp_path / "cut.osm.pbf")
        # Where a piece ends there is a shorter map in it, and then no road.
        assert result.exit_code == 1, length
        assert isinstance(result.exception, SystemExit)
    assert store.kept(store.home(data)) is None


def test_a_damaged_piece_is_noticed(data, city, tmp_path):
    places("import", city)
    before = store.kept(store.home(data))
    whole = bytearray(city.read_bytes())
    for at in range(len(whole) - 60, len(whole) - 20):
        whole[at] ^= 0x5A
    (tmp_path / "bent.osm.pbf").write_bytes(whole)
    result = places("import", tmp_path / "bent.osm.pbf")
    assert (result.exit_code, "damaged" in result.output or "no road" in result.output) == (1, True), result.output
    assert store.kept(store.home(data)) == before


def test_a_map_without_a_road_is_refused(data, tmp_path):
    result = places("import", write_map(tmp_path / "lake.osm.pbf", [({"natural": "water"}, [(0, 0), (9, 9)])]))
    assert result.exit_code == 1
    assert "no road" in result.output


def test_a_country_wants_to_be_asked_for(data, city, monkeypatch):
    monkeypatch.setattr("manyhands.places.streets.importing.LARGE_BYTES", 100)
    result = places("import", city)
    assert (result.exit_code, "osmium extract" in result.output, "--large" in result.output) == (1, True, True)
    assert places("import", city, "--large").exit_code == 0


def test_a_full_disk_is_told_before_anything_is_written(data, city, monkeypatch):
    monkeypatch.setattr("manyhands.places.streets.importing.ROOM", 10**15)
    result = places("import", city)
    assert (result.exit_code, "free" in result.output) == (1, True)
    assert store.kept(store.home(data)) is None


def test_a_step_that_fails_leaves_what_was_there(tmp_path, city):
    where = tmp_path / "streets"
    first, _anew = bring_in(city, where, steps=STEPS, now=NOW)

    def fails(_file, folder, _tell):
        (folder / "half").write_text("half")
        raise CannotImport("No.")

    def is_full(_file, folder, _tell):
        (folder / "half").write_text("half")
        raise sqlite3.OperationalError("database or disk is full")

    def makes_no_sense(_file, _folder, _tell):
        raise RuntimeError("location not found")

    def is_ours_to_mend(_file, _folder, _tell):
        raise RecursionError

    with pytest.raises(RecursionError):
        bring_in(city, where, steps=(Step("odd", "Odd", 1, is_ours_to_mend),), now=NOW, again=True)
    for step, words in ((fails, "No."), (is_full, "room on the disk"), (makes_no_sense, "damaged")):
        with pytest.raises(CannotImport, match=words):
            bring_in(city, where, steps=(Step("odd", "Odd", 1, step),), now=NOW, again=True)
    assert store.kept(where) == first
    assert sorted(path.name for path in where.iterdir()) == sorted([first.version, "current", "lock"])


def test_one_import_at_a_time(tmp_path, city):
    where = tmp_path / "streets"
    with store.alone(where), pytest.raises(CannotImport, match="right now"):
        bring_in(city, where, steps=STEPS, now=NOW)


KILLED = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from manyhands.places.streets.importing import Step, bring_in
def waits(file, folder, tell):
    (folder / "half").write_text("half")
    print("now", flush=True)
    time.sleep(60)
bring_in(Path(sys.argv[1]), Path(sys.argv[2]), steps=(Step("waits", "", 1, waits),), now=datetime(2026, 6, 5, tzinfo=UTC))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_killed_import_leaves_the_old_one_and_the_next_tidies_up(tmp_path, city):
    where = tmp_path / "streets"
    first, _anew = bring_in(city, where, steps=STEPS, now=NOW)
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, city, where], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "src"}
    )
    assert child.stdout.readline() == b"now\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert store.kept(where) == first
    assert list(where.glob("making-*"))
    bring_in(city, where, steps=STEPS, now=NOW, again=True)
    assert not list(where.glob("making-*"))


def test_nothing_leaves_the_machine(data, city, monkeypatch):
    def refuse(*_arguments, **_more):
        raise AssertionError("somebody wanted to talk to the outside")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert places("import", city).exit_code == 0


@pytest.mark.data
@pytest.mark.parametrize(("country", "ways"), [("andorra", 1613), ("liechtenstein-latest", 4623)])
def test_a_small_country_comes_in(data, shared, country, ways):
    result = places("import", shared / "data" / "osm" / f"{country}.osm.pbf")
    assert result.exit_code == 0, result.output
    streets = store.kept(store.home(data))
    assert streets.steps["roads"]["ways"] == ways
    assert streets.data_of.year in {2013, 2015}
