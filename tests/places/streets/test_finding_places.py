"""A place is found as people type it, and nobody is sent to the wrong door without being asked."""

from __future__ import annotations

import math
from random import Random

import pytest

from manyhands.places.streets import addresses
from manyhands.places.streets.finding import Exactness, Finder, Near
from tests.places.streets.a_town import LAT, LON, STEP, Town, corner, riverside


@pytest.fixture(scope="module")
def finder(tmp_path_factory) -> Finder:
    folder = tmp_path_factory.mktemp("town")
    addresses.make(riverside(folder / "town.osm.pbf"), folder, lambda _share: None)
    return Finder(folder / addresses.FILE)


def metres(found, lat: float, lon: float) -> float:
    return 111_195 * math.hypot(found.lat - lat, (found.lon - lon) * math.cos(math.radians(lat)))


@pytest.mark.parametrize(
    ("typed", "spot"),
    [
        ("12 Great Oak Road, Riverside", corner(1, 1)),
        ("great oak rd 14", corner(1, 1)),
        ("Graet Oak Road 16", corner(1, 1)),
        ("GREAT OAK ROAD 12, 2nd floor", corner(1, 1)),
        ("11206, Great Oak Rd. 12, apt 4", corner(1, 1)),
        ("7b Saint Marys Avenue", corner(2, 2)),
        ("St Mary's Ave 7 b, Riverside", corner(2, 2)),
        ("улица Ленина 20", corner(3, 3)),
        ("ul. Lenina 20", corner(3, 3)),
        ("Ulitsa Lenina 20", corner(3, 3)),
    ],
)
def test_a_door_is_found_however_it_is_written(finder, typed, spot):
    first = finder.find(typed)[0]
    assert first.is_sure
    assert first.exactness is Exactness.DOOR
    assert metres(first, *spot) < 60


@pytest.mark.parametrize(
    ("typed", "spot"),
    [
        ("Elm and 4th", corner(0, 0)),
        ("Elm & 4th St", corner(0, 0)),
        ("corner of Fourth Street and Elm St", corner(0, 0)),
        ("near Elm / 4th, Riverside", corner(0, 0)),
        ("esq. Calle de la Paz con Mill Lane", corner(4, 4)),
        ("Bahnhofstr. Ecke Mill Ln", corner(4, 3)),
        ("Great Oak Road 5th Street", corner(1, 1)),
        ("شارع الملك & Elm Street", corner(2, 0)),
        ("King Street at Elm", corner(2, 0)),
    ],
)
def test_a_crossing_is_found_by_its_two_streets(finder, typed, spot):
    first = finder.find(typed)[0]
    assert first.is_sure
    assert first.exactness in {Exactness.CROSSING, Exactness.NEAR}
    assert metres(first, *spot) < 5


def test_a_number_the_map_does_not_know_lies_between_its_neighbours_and_says_so(finder):
    first = finder.find("Elm Street 7, Riverside")[0]
    assert first.exactness is Exactness.NEAR
    assert metres(first, LAT + 0.0001, LON + 7 * 0.0003) < 10


def test_houses_of_an_interpolation_are_only_near(finder):
    first = finder.find("Bahnhofstrasse 22")[0]
    assert first.exactness is Exactness.NEAR
    assert metres(first, LAT + 3 * STEP, LON + 2 * STEP) < 20


def test_a_street_without_a_number_is_somewhere_in_it(finder):
    first = finder.find("Mill Lane")[0]
    assert (first.exactness, first.label, first.is_sure) == (Exactness.STREET, "Mill Lane, Riverside", True)


@pytest.mark.parametrize("typed", ["Jane Addams Library", "the library", "jane adams libary"])
def test_a_landmark_is_found_by_its_name_or_by_what_it_is(finder, typed):
    assert metres(finder.find(typed)[0], *corner(1, 3)) < 5


@pytest.mark.parametrize("typed", ["Riverside", "Риверсайд", "riversyde"])
def test_a_town_is_only_an_area(finder, typed):
    first = finder.find(typed)[0]
    assert (first.exactness, first.label) == (Exactness.AREA, "Riverside")


def test_of_two_streets_of_one_name_none_is_sure_and_both_are_offered(finder):
    found = finder.find("Elm Street 3")
    assert not found[0].is_sure
    assert {each.label for each in found[:2]} == {"Elm Street 3, Riverside", "Elm Street 3, Hillside"}


def test_the_town_that_is_named_beside_it_decides(finder):
    first = finder.find("Hillside, Elm Street 3")[0]
    assert (first.label, first.is_sure) == ("Elm Street 3, Hillside", True)


def test_where_the_network_is_decides_when_nothing_else_does(finder):
    first = finder.find("Elm Street 3", near=Near(LAT + 0.1, LON, 3_000))[0]
    assert (first.label, first.is_sure) == ("Elm Street 3, Hillside", True)


def test_what_stands_next_to_it_is_not_the_place_itself(finder):
    assert finder.find("opposite Jane Addams Library")[0].exactness is Exactness.NEAR


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "?!", "please bring it soon", "the blue door", "Qwertz Boulevard 12", "12", "Elm Street 3, Springfield",
     "PO Box 12", "2nd floor", "نن", "\x00\x01", "💛", "a" * 5_000, "'; DROP TABLE word; --", "% _ ? * [a-z]"],
)  # fmt: skip
def test_nonsense_is_never_sure(finder, typed):
    assert not any(each.is_sure for each in finder.find(typed))


def test_whatever_is_typed_is_answered_in_order_and_within_the_world(finder):
    luck = Random(7)
    letters = "abcdeéßøıæ  ,.&/#-'’0123456789улицашارعرחוב街路号ёΩ\u200f\u0301\t()@+"
    known = ("Elm", "Street", "Great Oak Road", "and", "4th", "Riverside", "улица", "12", "шоссе", "corner of", "apt")
    for _ in range(400):
        parts = (luck.choice(known) if luck.random() < 0.5 else "".join(luck.choices(letters, k=5)) for _ in range(4))
        found = finder.find(luck.choice((" ", "", ", ")).join(parts))
        assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
        assert all(0 < each.score <= 1 and abs(each.lat) <= 90 and abs(each.lon) <= 180 for each in found)
        assert not any(each.is_sure for each in found[1:])


def test_a_point_somebody_typed_is_taken_as_it_is(finder):
    first = finder.find("40.71234, -73.95678")[0]
    assert (first.lat, first.lon, first.is_sure) == (40.71234, -73.95678, True)


def test_a_map_without_names_finds_nothing_and_breaks_nothing(tmp_path):
    town = Town()
    town.way([town.node(1.0, 1.0), town.node(1.0, 1.001)], highway="path")
    made = addresses.make(town.write(tmp_path / "empty.osm.pbf"), tmp_path, lambda _share: None)
    assert made["streets"] == made["houses"] == 0
    assert Finder(tmp_path / addresses.FILE).find("Elm Street 3") == []


def test_candidates_are_told_apart_by_keys_that_stay(finder):
    keys = [each.key for each in finder.find("Elm Street 3")]
    assert len(set(keys)) == len(keys)
    assert keys == [each.key for each in finder.find("Elm Street 3")]


@pytest.mark.data
def test_no_address_of_elsewhere_is_sure_on_a_map_of_liechtenstein(shared, tmp_path):
    from bench.finding import from_elsewhere

    file = shared / "data" / "osm" / "liechtenstein-latest.osm.pbf"
    if not file.is_file():
        pytest.skip("no map of Liechtenstein in shared")
    addresses.make(file, tmp_path, lambda _share: None)
    real = Finder(tmp_path / addresses.FILE)
    assert real.find("Städtle 43, Vaduz")[0].is_sure
    assert [
        typed for typed in list(from_elsewhere(shared / "data"))[::5] if any(f.is_sure for f in real.find(typed))
    ] == []


@pytest.fixture(scope="module")
def grid(tmp_path_factory) -> Finder:
    """Streets that bear figures both ways, east and west: the hardest to tell apart."""
    folder, town = tmp_path_factory.mktemp("grid"), Town()
    crossing = {(east, north): town.node(*corner(east, north)) for east in range(13) for north in range(13)}
    for line in range(13):
        for side, part in (("West", range(7)), ("East", range(6, 13))):
            town.way([crossing[east, line] for east in part], highway="residential", name=f"{side} {line + 1}th Street")
        name = f"{line + 1}th Avenue" if line < 9 else f"Avenue {'ABCDEF'[line - 9]}"
        town.way([crossing[line, north] for north in range(13)], highway="secondary", name=name)
    for number in range(1, 20, 2):
        where = LAT + 10 * STEP + 0.0001, LON + number * 0.0002
        town.node(*where, addr__housenumber=str(number), addr__street="West 11th Street")
    town.node(*corner(6, 6), place="city", name="New Grid")
    addresses.make(town.write(folder / "grid.osm.pbf"), folder, lambda _share: None)
    return Finder(folder / addresses.FILE)


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("W 11th St & 4th Ave", "West 11th Street / 4th Avenue, New Grid"),
        ("W 11 St and 4 Ave", "West 11th Street / 4th Avenue, New Grid"),
        ("4th ave at west 11th", "4th Avenue / West 11th Street, New Grid"),
        ("E 5th St & Avenue C", "East 5th Street / Avenue C, New Grid"),
        ("Ave A and East 5th", "Avenue A / East 5th Street, New Grid"),
        ("7 W 11th St, New Grid, NG 10011", "West 11th Street 7, New Grid"),
        ("7 west eleventh street", "West 11th Street 7, New Grid"),
        ("7 W. 11th, 2nd floor", "West 11th Street 7, New Grid"),
    ],
)
def test_figures_that_name_streets_are_told_from_numbers_of_houses(grid, typed, label):
    assert grid.find(typed)[0].label == label


def test_two_figures_that_may_be_either_are_asked_about(grid):
    found = grid.find("8th and 2nd")
    assert not found[0].is_sure
    assert {"8th Avenue", "2th Avenue"} <= {
        part for each in found for part in each.label.replace(",", " /").split(" / ")
    }


def test_what_is_odd_on_a_map_ends_no_import_and_misleads_nobody(tmp_path):
    """A number without a street ends an interpolation; names of nothing but a semicolon."""
    town = Town()
    ends = [town.node(*corner(east, 0), addr__housenumber=number) for east, number in ((0, "2"), (1, "42"))]
    town.way(ends, addr__interpolation="even")
    town.node(*corner(2, 2), amenity="cafe", name=";")
    town.way([town.node(*corner(east, 1)) for east in (0, 1)], highway="residential", name=" ; ")
    town.node(*corner(3, 3), addr__housenumber="7", addr__street="Elm Street")
    addresses.make(town.write(tmp_path / "odd.osm.pbf"), tmp_path, lambda _share: None)
    first = Finder(tmp_path / addresses.FILE).find("7 Elm Street")[0]
    assert metres(first, *corner(3, 3)) < 5
