"""P-51: who asks a hundred times is no easier to find than who asks once: always the same square.

The one who looks does what they can: they take every point the board ever showed of somebody and average them. Beside
it, for measure, the same against points that are moved a little at random each time.
"""

from __future__ import annotations

import math
import re
from random import Random

import pytest

from manyhands.exchange import actions as exchange
from manyhands.exchange.models import Ask
from manyhands.kernel.geo import METRES_PER_DEGREE, Point, metres_between
from manyhands.places import actions as places
from manyhands.places.queries import blurred, squares_of
from tests import cast
from tests.cast import NOW

HOME = Point(40.7031, -73.9512)
ASKS = 100


def _average(points: list[Point]) -> Point:
    return Point(sum(p.lat for p in points) / len(points), sum(p.lon for p in points) / len(points))


def _jittered(luck: Random) -> Point:
    turn, far = luck.uniform(0, 2 * math.pi), 400 * math.sqrt(luck.random())
    return Point(
        HOME.lat + far * math.sin(turn) / METRES_PER_DEGREE,
        HOME.lon + far * math.cos(turn) / METRES_PER_DEGREE / math.cos(math.radians(HOME.lat)),
    )


def _homes(count: int = 3000) -> bytes:
    luck = Random(51)
    rows = [f"{HOME.lat + luck.gauss(0, 0.02)},{HOME.lon + luck.gauss(0, 0.02)}" for _ in range(count)]
    return "\n".join(["lat,lon", *rows]).encode()


def _ask_often(town) -> list[Ask]:
    posted = exchange.post_asking(
        network=town.riverside,
        needs=[exchange.NewAsk(category=cast.category(town.riverside, "Food")) for _ in range(ASKS)],
        name="Nia", place_text="412 Elm Street", lat=HOME.lat, lon=HOME.lon, now=NOW,
    )  # fmt: skip
    asks = list(Ask.objects.filter(asking=posted).select_related("place"))
    Ask.objects.filter(asking=posted).update(state="ready")
    return asks


def test_a_hundred_asks_average_to_the_one_square(town, client):
    exchange.withdraw_ask(town.groceries, by=None, now=NOW)
    asks = _ask_often(town)
    for measured in (False, True):
        if measured:
            places.measure_squares(town.riverside, data=_homes(), least=50, by=town.sol, now=NOW)
        shown = [
            Point(square.lat, square.lon) for ask in asks if (square := blurred(ask.place, town.riverside, hidden=()))
        ]
        assert len(shown) == ASKS
        assert set(shown) == {squares_of(town.riverside).middle(*HOME)}
        assert metres_between(_average(shown), HOME) == pytest.approx(metres_between(shown[0], HOME))
        # And that is what the page shows: one place on the map for all of them.
        page = client.get("/riverside/board/").content.decode()
        assert len(set(re.findall(r'class="mark-at[^>]*translate\(([^)]*)\)', page))) == 1


def test_points_moved_at_random_would_be_found():
    """What we don't do, and why: averaged, random points close in on the door."""
    luck = Random(1)
    once = sum(metres_between(_jittered(luck), HOME) for _ in range(200)) / 200
    often = sum(metres_between(_average([_jittered(luck) for _ in range(ASKS)]), HOME) for _ in range(50)) / 50
    assert often < once / 5
