"""Evenings to plan: small ones by hand, odd ones by luck."""

import math
import random
from dataclasses import replace

from hypothesis import strategies as st

from manyhands.kernel.geo import Mode, Point
from manyhands.kernel.routing import Break, Helper, Hub, PickUp, Problem, Stop, Window

HOUR = 3600
SIX = 18 * HOUR
EVENING = (Window(SIX, SIX + 3 * HOUR),)
HOME = Point(40.700, -73.950)


def north(metres: float, east: float = 0) -> Point:
    """A place so many metres north and east of home."""
    return Point(HOME.lat + metres / 111_195, HOME.lon + east / (111_195 * math.cos(math.radians(HOME.lat))))


def dee(**changes) -> Helper:
    """A helper by car from home and back, free from six to nine."""
    return replace(Helper("dee", HOME, HOME, EVENING, (10,)), **changes)


def town(stops: int, helpers: int, seed: int = 1, *, hub: bool = False) -> Problem:
    """A mixed evening in one town: windows, loads, languages, skills, some with too little help."""
    luck = random.Random(seed)

    def somewhere() -> Point:
        return north(luck.gauss(0, 3000), luck.gauss(0, 3000))

    asks = []
    for number in range(stops):
        opens = SIX + luck.randrange(0, 5) * 1800
        asks.append(
            Stop(
                f"a{number}",
                somewhere(),
                (Window(opens, opens + luck.choice([3600, 7200])),) if luck.random() < 0.5 else (),
                service=luck.choice([120, 300, 600]),
                loads=(luck.choice([0, 1, 1, 2, 3]),),
                languages=frozenset(luck.choice([[], [], ["es"], ["zh", "yue"]])),
                skills=frozenset(["lift"] if luck.random() < 0.1 else []),
                weight=luck.choice([1, 1, 1, 2, 3]),
                waiting=luck.randrange(0, 72),
            )
        )
    people = []
    for number in range(helpers):
        start = somewhere()
        opens = SIX + luck.choice([0, 0, 1800, 3600])
        people.append(
            Helper(
                f"h{number}",
                start,
                start if luck.random() < 0.7 else None,
                (Window(opens, opens + luck.choice([3600, 7200, 10800])),),
                (luck.choice([4, 8, 20]),),
                luck.choice(list(Mode)),
                languages=frozenset(luck.choice([["es"], ["en"], ["zh"], ["en", "es"]])),
                skills=frozenset(["lift"] if luck.random() < 0.5 else []),
                hub="pantry" if hub and luck.random() < 0.5 else None,
            )
        )
    return Problem(tuple(asks), tuple(people), (Hub("pantry", north(500), None, 300),))


# -- by luck

odd_coordinates = st.sampled_from([math.nan, math.inf, -91.0, 181.0, 0.0])
near = st.builds(north, st.integers(-4000, 4000), st.integers(-4000, 4000))
places = st.one_of(
    near,
    near,
    near,
    near,
    st.just(HOME),
    st.builds(Point, st.sampled_from([-90.0, 0.0, 90.0, -40.7]), st.sampled_from([-180.0, 180.0, 106.05])),
    st.builds(Point, odd_coordinates, odd_coordinates),
    st.none(),
)
times = st.integers(SIX - HOUR, SIX + 4 * HOUR)
windows = st.one_of(
    st.builds(lambda a, b: Window(min(a, b), max(a, b)), times, times),
    st.builds(Window, times, times),
    st.just(Window(-HOUR, 0)),
)
words = st.frozensets(st.sampled_from(["es", "zh", "lift"]), max_size=2)
loads = st.one_of(st.just(()), st.tuples(st.integers(0, 4)))


buildings = st.sampled_from([None, None, "block a", "block b"])
pick_ups = st.builds(
    PickUp,
    places,
    st.lists(windows, max_size=2).map(tuple),
    st.sampled_from([0, 60, 300, 5400]),
    buildings,
    st.sampled_from([0, 60, 600]),
)


def extras(some):
    """What only some asks have: a pick-up, companions, a building, people they know."""
    return st.fixed_dictionaries(
        {},
        optional={
            "pick_up": st.one_of(st.none(), pick_ups),
            "together": st.sampled_from([None, "flat 3", "flat 4"]),
            "building": buildings,
            "arriving": st.sampled_from([0, 60, 600]),
            "remembered": some,
        },
    )


@st.composite
def odd_evenings(draw, most_stops: int = 8) -> Problem:
    """Anything people may have entered."""
    names = [f"h{n}" for n in range(draw(st.integers(0, 3)))]
    some = st.frozensets(st.sampled_from([*names, "stranger"]), max_size=2)
    stops = []
    for number in range(draw(st.integers(0, most_stops))):
        locked = draw(st.one_of(st.none(), st.none(), st.sampled_from(names))) if names else None
        stops.append(
            Stop(
                f"a{number}",
                draw(places),
                tuple(draw(st.lists(windows, max_size=2))),
                draw(st.sampled_from([0, 60, 300, 5400])),
                draw(loads),
                draw(st.one_of(st.just(frozenset()), words)),
                draw(st.one_of(st.just(frozenset()), words)),
                draw(st.integers(0, 3)),
                draw(st.integers(0, 100)),
                draw(st.sampled_from([None, None, "pantry"])),
                draw(st.one_of(st.none(), st.none(), some)),
                draw(st.one_of(st.just(frozenset()), some)),
                locked,
                draw(st.one_of(st.none(), st.integers(0, 3))) if locked else None,
                **draw(extras(some)),
            )
        )
    helpers = [
        Helper(
            name,
            draw(places),
            draw(places),
            tuple(draw(st.lists(windows, max_size=2))),
            draw(loads),
            draw(st.sampled_from(list(Mode))),
            draw(words),
            draw(words),
            draw(st.sampled_from([None, None, "pantry"])),
            draw(st.sampled_from([None, None, 0, 3600])),
            draw(st.sampled_from([None, None, 0, 2])),
            draw(st.sampled_from([None, None, 0, 9000])),
            draw(st.sampled_from([False, False, False, True])),
            tuple(draw(st.lists(st.builds(Break, windows, st.sampled_from([0, 900, 3600])), max_size=2))),
            draw(st.sampled_from([1, 1, 2, 3])),
        )
        for name in names
    ]
    hub = Hub("pantry", draw(near), draw(st.one_of(st.none(), windows)), draw(st.sampled_from([0, 600])))
    return Problem(tuple(stops), tuple(helpers), (hub,), now=draw(st.sampled_from([None, SIX])))
