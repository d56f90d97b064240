"""P-50: no square of a shared map holds fewer homes than asked for, whatever the town looks like.

Random towns: thick and thin, along a road, on islands, one farm alone, homes on one spot. The squares are looked at
here by counting homes once more, with code of its own.
"""

from __future__ import annotations

import os
from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manyhands.kernel import squares
from manyhands.kernel.squares import Measured

TOWNS = 400 if os.environ.get("PROMISES_LONG") else 40


def a_town(seed: int, homes: int, lat: float, lon: float) -> list[tuple[float, float, int]]:
    """Some hundred or thousand homes: a few thick places, some along roads, some on their own."""
    luck = Random(seed)
    middles = [
        (lat + luck.gauss(0, 0.05), lon + luck.gauss(0, 0.05), 10 ** luck.uniform(-4, -1.5))
        for _ in range(luck.randint(1, 6))
    ]
    found = []
    for _ in range(homes):
        y, x, spread = luck.choice(middles)
        kind = luck.random()
        if kind < 0.7:
            place = (y + luck.gauss(0, spread), x + luck.gauss(0, spread))
        elif kind < 0.9:
            along = luck.uniform(-0.2, 0.2)
            place = (y + along, x + along / 3)
        else:
            place = (y + luck.uniform(-0.5, 0.5), x + luck.uniform(-0.5, 0.5))
        found.append((max(-89.9, min(89.9, place[0])), (place[1] + 180) % 360 - 180, luck.choice([1, 1, 1, 4, 30])))
    return found


def counted_anew(made: Measured, homes: list[tuple[float, float, int]]) -> Counter[object]:
    """Homes by what everybody sees of them: the middle of the square, and nothing else."""
    return Counter({}) + sum((Counter({made.middle(lat, lon): many}) for lat, lon, many in homes), Counter())


@settings(max_examples=TOWNS)
@given(
    seed=st.integers(0, 10**6),
    homes=st.integers(60, 900),
    lat=st.sampled_from([-54.8, -0.2, 40.7, 47.1, 69.6]),
    lon=st.sampled_from([-73.95, 9.5, 179.98, -179.99]),
    least=st.sampled_from([20, 50, 120]),
)
def test_every_square_of_a_random_town_holds_enough_homes(seed, homes, lat, lon, least):
    town = a_town(seed, homes, lat, lon)
    if sum(many for _lat, _lon, many in town) < least:
        with pytest.raises(squares.TooFew):
            squares.measure(town, least=least)
        return
    made = squares.measure(town, least=least)
    seen = counted_anew(made, town)
    assert None not in seen  # every home that was counted lies in a square
    assert min(seen.values()) >= least
    assert min(seen.values()) == made.fewest


@settings(max_examples=TOWNS)
@given(seed=st.integers(0, 10**6), spots=st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), max_size=30))
def test_squares_never_overlap_and_leave_no_gap(seed, spots):
    """Overlapping squares could be subtracted from one another; what is left might hold one home."""
    made = squares.measure(a_town(seed, 400, 40.7, -73.95), least=50)
    south, west = min(s.south for s in made.squares), min(s.west for s in made.squares)
    north, east = max(s.north for s in made.squares), max(s.east for s in made.squares)
    assert sum((s.north - s.south) * (s.east - s.west) for s in made.squares) == (north - south) * (east - west)
    for up, right in spots:
        row = south + (up + 1) / 2 * (north - south - 1)
        column = west + (right + 1) / 2 * (east - west - 1)
        point = made.grid.point(int(row) + 0.5, int(column) + 0.5)
        around = [s for s in made.squares if s.south <= int(row) < s.north and s.west <= int(column) < s.east]
        assert around == [made.around(point.lat, point.lon)]


def test_a_plain_grid_does_not_hold_it_and_this_does():
    """Why the squares are of different sizes: one farm in a square of 800 m is a farm found."""
    from manyhands.kernel.geo import cell

    town = a_town(50, 900, 47.1, 9.5)
    plain = Counter(cell(lat, lon, 800).id for lat, lon, _many in town)
    assert min(plain.values()) == 1
    assert squares.measure(town, least=50).fewest >= 50


def test_a_guess_widens_where_people_live_apart():
    sides = [squares.assume(homes_per_km2=homes, least=50).metres for homes in (1200, 350, 80, 8)]
    assert sides == sorted(sides)
    for homes, side in zip((1200, 350, 80, 8), sides, strict=True):
        # Enough are expected even if four times fewer live there.
        assert (side / 1000) ** 2 * homes / 4 == pytest.approx(50)


def test_a_list_a_little_longer_leaves_most_places_where_they_were():
    town = a_town(7, 900, 47.1, 9.5)
    before, after = squares.measure(town, least=50), squares.measure(town[:-9], least=50)
    same = sum(before.middle(lat, lon) == after.middle(lat, lon) for lat, lon, _many in town[:-9])
    assert same > 0.6 * len(town)
