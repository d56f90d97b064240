"""How long a way takes by road: what may be used, which way round, and what happens where there is no road."""

import json
import pickle
import socket
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from manyhands.kernel.geo import Mode, Point, StraightLines
from manyhands.places.streets import speeds, times
from manyhands.places.streets.importing import bring_in
from manyhands.places.streets.steps import STEPS
from manyhands.places.streets.times import RoadTimes, times_on
from tests.places.maps import CROSS, STREET, at, write_map

NOW = datetime(2026, 6, 4, 18, tzinfo=UTC)
FAST = {"highway": "secondary"}


@pytest.fixture
def roads(tmp_path):
    """Times on a map of these ways."""

    def brought(ways, points=None) -> RoadTimes:
        file = write_map(tmp_path / "city.osm.pbf", ways, points)
        streets, _anew = bring_in(file, tmp_path / "streets", steps=STEPS, now=NOW)
        found = times_on(streets)
        assert found is not None
        return found

    return brought


def way(travel, mode, here, there):
    seconds, metres = travel.matrix(mode, [here], [there])
    return int(seconds[0, 0]), int(metres[0, 0])


# A river runs from west to east; the only bridge is two kilometres off.
RIVER = [
    (STREET, [(0, 0), (1000, 0), (2000, 0)]),
    (STREET, [(0, 100), (1000, 100), (2000, 100)]),
    (STREET, [(2000, 0), (2000, 100)]),
]


def test_a_way_over_a_river_goes_by_the_bridge(roads):
    travel = roads(RIVER)
    assert way(travel, Mode.FOOT, at(0, 0), at(0, 100))[1] == pytest.approx(4100, abs=20)
    assert StraightLines().matrix(Mode.FOOT, [at(0, 0)], [at(0, 100)])[1][0, 0] < 150


def test_a_place_in_the_middle_of_a_street_is_left_to_both_sides(roads):
    travel = roads(CROSS)
    middle = at(250, 0)
    assert way(travel, Mode.FOOT, middle, at(500, 0))[1] == pytest.approx(250, abs=2)
    assert way(travel, Mode.FOOT, middle, at(0, 500))[1] == pytest.approx(750, abs=2)
    assert way(travel, Mode.FOOT, middle, at(150, 0))[1] == pytest.approx(100, abs=2)


def test_a_one_way_street_binds_cars_and_not_those_on_foot(roads):
    ring = [({**STREET, "oneway": "yes"}, [(0, 0), (400, 0), (400, 400), (0, 400), (0, 0)])]
    travel = roads(ring)
    assert way(travel, Mode.CAR, at(100, 0), at(300, 0))[1] == pytest.approx(200, abs=2)
    assert way(travel, Mode.CAR, at(300, 0), at(100, 0))[1] == pytest.approx(1400, abs=5)
    assert way(travel, Mode.FOOT, at(300, 0), at(100, 0))[1] == pytest.approx(200, abs=2)


def test_a_bollard_stops_cars_only(roads):
    travel = roads([*RIVER, (STREET, [(0, 0), (0, 50), (0, 100)])], {(0, 50): {"barrier": "bollard"}})
    assert way(travel, Mode.FOOT, at(0, 0), at(0, 100))[1] == pytest.approx(100, abs=2)
    assert way(travel, Mode.BIKE, at(0, 0), at(0, 100))[1] == pytest.approx(100, abs=2)
    assert way(travel, Mode.CAR, at(0, 0), at(0, 100))[1] == pytest.approx(4100, abs=20)


def test_a_footpath_is_no_way_for_a_van(roads):
    travel = roads([*RIVER, ({"highway": "footway"}, [(0, 0), (0, 100)])])
    assert way(travel, Mode.FOOT, at(0, 0), at(0, 100))[1] == pytest.approx(100, abs=2)
    assert way(travel, Mode.VAN, at(0, 0), at(0, 100)) == way(travel, Mode.CAR, at(0, 0), at(0, 100))
    assert way(travel, Mode.VAN, at(0, 0), at(0, 100))[1] > 4000


def test_the_quicker_road_is_taken_though_it_is_longer(roads):
    slow = ({"highway": "track", "tracktype": "grade5"}, [(0, 0), (2000, 0)])
    fast = (FAST, [(0, 0), (0, 500), (2000, 500), (2000, 0)])
    travel = roads([slow, fast])
    assert way(travel, Mode.CAR, at(0, 0), at(2000, 0))[1] == pytest.approx(3000, abs=10)
    assert way(travel, Mode.FOOT, at(0, 0), at(2000, 0))[1] == pytest.approx(2000, abs=10)


def test_a_light_costs_time_and_no_way(roads, tmp_path):
    plain = way(roads(CROSS), Mode.CAR, at(-500, 0), at(500, 0))
    lit = way(roads(CROSS, {(0, 0): {"highway": "traffic_signals"}}), Mode.CAR, at(-500, 0), at(500, 0))
    assert lit[1] == plain[1]
    assert lit[0] - plain[0] == pytest.approx(speeds.DELAYS[Mode.CAR].light - speeds.DELAYS[Mode.CAR].meeting, abs=1)


def test_from_a_place_to_itself_is_no_way(roads):
    travel = roads(CROSS)
    here = [at(130, 40), at(-77, 3)]
    seconds, metres = travel.matrix(Mode.CAR, here, here)
    assert (seconds.diagonal().tolist(), metres.diagonal().tolist()) == ([0, 0], [0, 0])


def test_a_door_off_the_road_is_walked_to(roads):
    travel = roads(CROSS)
    near, far = way(travel, Mode.CAR, at(0, 0), at(500, 0)), way(travel, Mode.CAR, at(0, 0), at(500, 300))
    assert far[1] - near[1] == pytest.approx(300, abs=3)
    assert far[0] - near[0] == pytest.approx(300 * 1.25 / 1.3, abs=3)


def test_a_place_far_from_every_road_goes_by_the_straight_line_and_is_counted(roads):
    travel = roads(CROSS)
    home, hut = at(0, 0), at(9000, 9000)
    assert way(travel, Mode.CAR, home, hut) == tuple(
        int(x[0, 0]) for x in StraightLines().matrix(Mode.CAR, [home], [hut])
    )
    assert travel.strays == 1
    assert travel.off_road(Mode.CAR, [home, hut]) == [hut]


def test_two_islands_without_a_ferry_go_by_the_straight_line(roads):
    island = [(STREET, [(5000 + x, y) for x, y in spots]) for _tags, spots in CROSS]
    travel = roads([*CROSS, *island])
    assert travel.off_road(Mode.FOOT, [at(0, 0), at(5000, 0)]) == []
    seconds, _metres = way(travel, Mode.FOOT, at(0, 0), at(5000, 0))
    assert seconds == int(StraightLines().matrix(Mode.FOOT, [at(0, 0)], [at(5000, 0)])[0][0, 0])
    ferry = ({"route": "ferry"}, [(500, 0), (4500, 0)])
    assert roads([*CROSS, *island, ferry]).matrix(Mode.FOOT, [at(0, 0)], [at(5000, 0)])[0][0, 0] < seconds


def test_a_mode_without_any_road_goes_by_the_straight_line(roads):
    travel = roads([({"highway": "footway"}, [(0, 0), (500, 0)])])
    assert travel.matrix(Mode.CAR, [at(0, 0)], [at(500, 0)])[1][0, 0] == 675
    assert travel.off_road(Mode.CAR, [at(0, 0)]) == [at(0, 0)]


def test_a_pair_takes_the_same_time_whatever_it_is_asked_with(roads, monkeypatch):
    travel = roads(RIVER)
    places = [at(x, y) for x in range(0, 2000, 333) for y in (-30, 60, 140)]
    seconds, metres = travel.matrix(Mode.BIKE, places, places)
    for few in (1, 50):  # what is remembered, and what is too much to remember
        monkeypatch.setattr(times, "MOST_PAIRS", few * 100)
        other = roads(RIVER)
        for i in range(0, len(places), 4):
            for j in range(len(places)):
                assert way(other, Mode.BIKE, places[i], places[j]) == (seconds[i, j], metres[i, j])


def test_what_was_asked_is_not_worked_out_again(roads, monkeypatch):
    travel = roads(RIVER)
    places = [at(x, 0) for x in range(0, 2000, 200)]
    travel.prepare(Mode.FOOT, places)
    known = travel.matrix(Mode.FOOT, places, places)
    asked = []
    between = times._Remembered._between
    monkeypatch.setattr(
        times._Remembered,
        "_between",
        lambda self, rows, columns: asked.append((len(rows), len(columns))) or between(self, rows, columns),
    )
    assert all(np.array_equal(a, b) for a, b in zip(travel.matrix(Mode.FOOT, places, places), known, strict=True))
    assert asked == []
    travel.matrix(Mode.FOOT, [*places, at(7, 90)], [*places, at(7, 90)])
    assert sum(rows * columns for rows, columns in asked) == 2 * len(places) + 1


def test_memory_is_bounded_however_many_are_asked(roads, monkeypatch):
    monkeypatch.setattr(times, "MOST_PAIRS", 2_000)
    travel = roads(RIVER)
    for begin in range(0, 400, 20):
        places = [at(begin + step, 50) for step in range(20)]
        travel.matrix(Mode.FOOT, places, places)
        known = travel._nets[Mode.FOOT]
        assert sum(row.shape[1] for row in [*known._rows.values(), *known._columns.values()]) <= 2_000
        assert len(known.places) <= 40


def test_nothing_of_the_places_is_written_to_the_disk(roads, tmp_path):
    travel = roads(RIVER)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    places = [at(x, 20) for x in range(0, 2000, 100)]
    travel.matrix(Mode.FOOT, places, places)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_nobody_outside_is_asked(roads, monkeypatch):
    def refuse(*_arguments, **_more):
        raise AssertionError("somebody wanted to talk to the outside")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert way(roads(RIVER), Mode.CAR, at(0, 0), at(900, 0))[1] > 800


def test_odd_points_are_no_trouble(roads):
    travel = roads(CROSS)
    odd = [Point(90, 0), Point(-90, 180), Point(0, -180), at(0, 0)]
    seconds, metres = travel.matrix(Mode.CAR, odd, odd)
    assert (seconds >= 0).all()
    assert (metres >= 0).all()
    assert travel.matrix(Mode.CAR, [], odd)[0].shape == (0, 4)
    assert travel.matrix(Mode.CAR, odd, [])[0].shape == (4, 0)


@pytest.mark.parametrize(
    ("tags", "foot", "bike", "car"),
    [
        ({"highway": "residential"}, (1, 1), (1, 1), (1, 1)),
        ({"highway": "residential", "oneway": "yes"}, (1, 1), (1, 1), (1, 0)),
        ({"highway": "residential", "oneway": "-1"}, (1, 1), (1, 1), (0, 1)),
        ({"highway": "motorway"}, (0, 0), (0, 0), (1, 0)),
        ({"highway": "trunk"}, (0, 0), (1, 1), (1, 1)),
        ({"highway": "footway"}, (1, 1), (1, 1), (0, 0)),
        ({"highway": "steps"}, (1, 1), (1, 1), (0, 0)),
        ({"highway": "cycleway", "foot": "no"}, (0, 0), (1, 1), (0, 0)),
        ({"highway": "track", "motor_vehicle": "agricultural"}, (1, 1), (1, 1), (0, 0)),
        ({"highway": "service", "access": "private"}, (1, 1), (1, 1), (1, 1)),
        ({"highway": "service", "access": "no", "foot": "yes"}, (1, 1), (1, 1), (0, 0)),
        ({"highway": "primary", "junction": "roundabout"}, (1, 1), (1, 1), (1, 0)),
        ({"highway": "construction"}, (0, 0), (0, 0), (0, 0)),
        ({"route": "ferry"}, (1, 1), (1, 1), (0, 0)),
        ({"waterway": "river"}, (0, 0), (0, 0), (0, 0)),
    ],
)
def test_who_may_use_a_way(tags, foot, bike, car):
    assert [tuple(int(x > 0) for x in pace) for pace in speeds.of_way(tags)] == [foot, bike, car]


@pytest.mark.parametrize(
    ("limit", "kmh"),
    [("30", 27), ("20 mph", 28.9), ("20mph", 28.9), ("walk", 6.3), ("DE:living_street", 6.3), ("none", 25), ("?", 25)],
)
def test_a_limit_is_kept_and_not_quite_reached(limit, kmh):
    _foot, _bike, car = speeds.of_way({"highway": "residential", "maxspeed": limit})
    assert car.forth * 3.6 == pytest.approx(kmh, abs=0.1)


@pytest.mark.data
def test_times_in_a_real_country_are_like_those_of_valhalla(shared, tmp_path):
    """The ways between twelve homes in Liechtenstein, as Valhalla 3.9.1 has them on the same map."""
    streets, _anew = bring_in(
        shared / "data" / "osm" / "liechtenstein-latest.osm.pbf", tmp_path / "streets", steps=STEPS, now=NOW
    )
    known = json.loads((Path(__file__).parent / "valhalla_liechtenstein.json").read_text())
    places = [Point(*place) for place in known["places"]]
    travel = RoadTimes(streets)
    for mode, most in (("foot", 0.15), ("bike", 0.35), ("car", 0.6)):
        seconds, metres = travel.matrix(Mode(mode), places, places)
        theirs = np.array(known[mode]["seconds"])
        apart = theirs > 0
        ratio = seconds[apart] / theirs[apart]
        assert abs(np.median(ratio) - 1) < most, mode
        assert np.corrcoef(seconds[apart], theirs[apart])[0, 1] > 0.97, mode
        assert np.median(metres[apart] / np.array(known[mode]["metres"])[apart]) == pytest.approx(1, abs=0.06), mode


def test_ways_from_and_to_the_helpers_are_at_hand_however_many_stops_there_are(roads, monkeypatch):
    stops, ends = [at(x, 50) for x in range(0, 2000, 20)], [at(5, 5), at(700, 90)]
    straight_on = roads(RIVER)
    to, back = straight_on.matrix(Mode.CAR, ends, stops), straight_on.matrix(Mode.CAR, stops, ends)
    monkeypatch.setattr(times, "MOST_PAIRS", 2_000)
    travel = roads(RIVER)
    travel.prepare(Mode.CAR, stops, ends)
    monkeypatch.setattr(times._Remembered, "_between", None)  # nothing is worked out from here on
    for i, end in enumerate(ends):
        assert travel.matrix(Mode.CAR, [end], stops)[0].tolist() == [to[0][i].tolist()]
        assert travel.matrix(Mode.CAR, stops, [end])[1].tolist() == back[1][:, [i]].tolist()


def test_another_process_may_be_handed_the_streets(roads):
    travel = roads(RIVER)
    there = pickle.loads(pickle.dumps(travel))
    places = [at(0, 0), at(0, 100), at(900, 20)]
    assert np.array_equal(there.matrix(Mode.FOOT, places, places)[0], travel.matrix(Mode.FOOT, places, places)[0])
