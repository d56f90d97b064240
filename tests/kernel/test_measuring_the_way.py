"""Distances over the globe, times by mode, and the blurred cell a place lies in."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyhands.kernel.geo import (
    Mode,
    Places,
    Point,
    StraightLines,
    cell,
    centre_of,
    is_on_the_globe,
    legs,
    metres_between,
)

lats = st.floats(-90, 90)
lons = st.floats(-180, 180)
points = st.builds(Point, lats, lons)


def test_known_distances():
    assert metres_between(Point(52.5200, 13.4050), Point(48.8566, 2.3522)) == pytest.approx(877_500, rel=0.002)
    assert metres_between(Point(0, 0), Point(0, 180)) == pytest.approx(math.pi * 6_371_008.8)
    assert metres_between(Point(10, 179.999), Point(10, -179.999)) == pytest.approx(219, rel=0.01)
    assert metres_between(Point(18.54, -72.33), Point(18.54, -72.33)) == 0


def test_neighbours_a_metre_apart_are_told_apart():
    assert metres_between(Point(18.540000, -72.33), Point(18.540009, -72.33)) == pytest.approx(1.0, rel=0.01)


@given(points, points)
def test_the_way_there_is_as_long_as_the_way_back(here, there):
    assert metres_between(here, there) == pytest.approx(metres_between(there, here), abs=1e-6)
    assert 0 <= metres_between(here, there) <= 20_016_000


@given(st.lists(points, min_size=1, max_size=40))
def test_the_same_pair_gives_the_same_numbers_whatever_it_is_asked_with(path):
    lines = StraightLines()
    seconds, metres = legs(lines, Mode.BIKE, path)
    all_seconds, all_metres = lines.matrix(Mode.BIKE, Places(path), Places(path))
    assert seconds == [int(all_seconds[i, i + 1]) for i in range(len(path) - 1)]
    assert metres == [int(all_metres[i, i + 1]) for i in range(len(path) - 1)]
    assert np.diagonal(all_seconds).sum() == 0


def test_a_bike_is_quicker_than_walking_and_a_van_is_as_quick_as_a_car():
    here, there = [Point(18.54, -72.33)], [Point(18.56, -72.30)]
    by = {mode: int(StraightLines().matrix(mode, here, there)[0][0, 0]) for mode in Mode}
    assert by[Mode.FOOT] > by[Mode.BIKE] > by[Mode.CAR] == by[Mode.VAN]


@pytest.mark.parametrize(
    "point", [None, Point(math.nan, 0), Point(0, math.inf), Point(90.1, 0), Point(0, 180.1), Point(None, None)]
)
def test_what_is_not_on_the_globe(point):
    assert not is_on_the_globe(point)


@given(lats, lons, st.sampled_from([50, 300, 1000, 25_000, 10_000_000]))
def test_the_middle_of_a_cell_lies_in_the_cell(lat, lon, metres):
    it = cell(lat, lon, metres)
    assert cell(it.lat, it.lon, metres) == it
    assert is_on_the_globe(Point(it.lat, it.lon))


@given(lats, lons)
def test_a_place_is_near_the_middle_of_its_cell(lat, lon):
    it = cell(lat, lon, 500)
    assert metres_between(Point(lat, lon), Point(it.lat, it.lon)) <= 500


def test_both_names_of_the_date_line_are_one_cell():
    assert cell(-17.0, 180, 500) == cell(-17.0, -180, 500)


def test_cells_are_about_as_wide_in_the_north_as_at_the_equator():
    for lat in (0.2, 45.2, 69.6):
        width = 360 / len({cell(lat, lon / 50, 20_000).lon for lon in range(-9000, 9000)})
        assert width * 111_195 * math.cos(math.radians(lat)) == pytest.approx(20_000, rel=0.02)


@pytest.mark.parametrize(("lat", "lon", "metres"), [(math.nan, 0, 500), (91, 0, 500), (0, 0, 0), (0, 0, math.nan)])
def test_a_cell_of_nowhere_is_refused_in_words(lat, lon, metres):
    with pytest.raises(ValueError, match="A cell needs"):
        cell(lat, lon, metres)


def test_the_middle_of_places_across_the_date_line():
    middle = centre_of([Point(0, 179), Point(0, -179), None, Point(math.nan, 1)])
    assert abs(middle.lon) == pytest.approx(180)
    assert centre_of([]) is None
    assert centre_of([Point(0, 0), Point(0, 180)]) is not None
