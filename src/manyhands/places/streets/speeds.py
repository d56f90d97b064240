"""How fast one gets along a way, by what OpenStreetMap says of it: on foot, by bike and by car, forth and back.

What the tags mean: wiki.openstreetmap.org/wiki/Key:highway, /Key:access, /Key:oneway, /Key:maxspeed. The paces are for
a town and for somebody who carries something; what lights and crossings cost comes on top (`DELAYS`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from manyhands.kernel.geo import Mode

MODES = (Mode.FOOT, Mode.BIKE, Mode.CAR)
"""A van goes where a car goes, and as fast."""
KMH = 1 / 3.6


class Pace(NamedTuple):
    """Metres a second along a way as it was drawn, and against it; 0 where that is not allowed."""

    forth: float
    back: float


NO_WAY = Pace(0.0, 0.0)
Tags = Mapping[str, str]
KNOWN = (
    "highway", "route", "oneway", "junction", "access", "vehicle", "motor_vehicle", "motorcar", "bicycle", "foot",
    "sidewalk", "maxspeed", "surface", "tracktype", "cycleway", "oneway:bicycle", "sac_scale", "motorroad",
)  # fmt: skip
"""The tags that are looked at."""

# km/h by car: what one keeps where no limit is written, and the most one keeps whatever is written.
CAR: Mapping[str, tuple[float, float]] = {
    "motorway": (100, 120), "motorway_link": (60, 80), "trunk": (80, 100), "trunk_link": (50, 70),
    "primary": (55, 85), "primary_link": (40, 60), "secondary": (50, 80), "secondary_link": (35, 50),
    "tertiary": (42, 70), "tertiary_link": (30, 45), "unclassified": (35, 60), "road": (25, 40),
    "residential": (25, 35), "living_street": (10, 15), "service": (15, 20), "track": (12, 20),
    "busway": (0, 0), "pedestrian": (8, 8), "footway": (6, 6), "cycleway": (8, 8), "path": (6, 6), "bridleway": (6, 6),
}  # fmt: skip
ONLY_IF_SAID = {"pedestrian", "footway", "cycleway", "path", "bridleway"}
BIKE: Mapping[str, float] = {
    "trunk": 17, "trunk_link": 17, "primary": 17, "primary_link": 17, "secondary": 17, "secondary_link": 17,
    "tertiary": 17, "tertiary_link": 17, "unclassified": 17, "road": 15, "residential": 16, "living_street": 12,
    "service": 13, "track": 13, "cycleway": 17, "path": 11,
}  # fmt: skip
PUSHING = {"footway", "pedestrian", "steps", "bridleway", "corridor", "platform"}
PUSHED, UP_STEPS = 4.5, 1.8
TRACKS: Mapping[str, float] = {"grade1": 1.2, "grade2": 1.0, "grade3": 0.85, "grade4": 0.65, "grade5": 0.5}
ROUGH = {
    "unpaved", "gravel", "ground", "dirt", "earth", "grass", "sand", "mud", "pebblestone", "cobblestone", "rock",
    "unhewn_cobblestone", "woodchips",
}  # fmt: skip
FOOT: Mapping[str, float] = {"steps": 2.4, "track": 4.6, "path": 4.3, "bridleway": 4.3}
ON_FOOT = 4.8
NOT_ON_FOOT = {"motorway", "motorway_link", "trunk", "trunk_link", "busway"}
FERRY = 12.0
NOTHING_YET = {"construction", "proposed", "abandoned", "razed", "raceway", "disused", "planned", "no", "elevator"}

YES = {"yes", "permissive", "designated", "destination", "delivery", "customers", "official", "permit", "dismount"}
NO = {"no", "agricultural", "forestry", "agricultural;forestry", "emergency", "military", "psv", "bus", "use_sidepath"}
# Somebody's own drive: homes lie there, so it is a way in, but no way through.
PRIVATE, SLOWED = {"private", "residents"}, 0.4


class Delay(NamedTuple):
    """Seconds lost at a light, where one gives way, and at any meeting of three ways or more."""

    light: float
    sign: float
    meeting: float


DELAYS: Mapping[Mode, Delay] = {
    Mode.FOOT: Delay(12.0, 0.0, 0.0),
    Mode.BIKE: Delay(12.0, 2.0, 1.0),
    Mode.CAR: Delay(15.0, 4.0, 1.0),
}
BARS_CARS = {
    "bollard", "block", "cycle_barrier", "motorcycle_barrier", "stile", "kissing_gate", "turnstile", "chain", "log",
    "full-height_turnstile", "jersey_barrier", "horse_stile", "debris", "planter", "sally_port", "hampshire_gate",
    "fence", "wall",
}  # fmt: skip
BARS_BIKES = {"stile", "turnstile", "full-height_turnstile", "fence", "wall", "debris"}
GATES = {"gate", "lift_gate", "swing_gate", "sliding_gate"}


def of_way(tags: Tags) -> tuple[Pace, Pace, Pace]:
    """The paces along a way on foot, by bike and by car (the order of `MODES`)."""
    return _paces(tuple(tags.get(key, "") for key in KNOWN))


@lru_cache(maxsize=65_536)
def _paces(values: tuple[str, ...]) -> tuple[Pace, Pace, Pace]:
    tags = {key: value for key, value in zip(KNOWN, values, strict=True) if value}
    kind = tags.get("highway", "")
    if not kind and tags.get("route") == "ferry":
        return _ferry(tags)
    if not kind or kind in NOTHING_YET:
        return NO_WAY, NO_WAY, NO_WAY
    return _on_foot(kind, tags), _by_bike(kind, tags), _by_car(kind, tags)


def _ferry(tags: Tags) -> tuple[Pace, Pace, Pace]:
    aboard = Pace(FERRY * KMH, FERRY * KMH)
    cars = _said(tags, "motorcar", "motor_vehicle", "vehicle") or "no"
    return (
        NO_WAY if tags.get("foot") in NO else aboard,
        NO_WAY if tags.get("bicycle") in NO else aboard,
        NO_WAY if cars in NO else aboard,
    )


def _said(tags: Tags, *keys: str) -> str:
    """What the most particular of some keys says."""
    return next((tags[key] for key in keys if key in tags), "")


def _share(word: str) -> float:
    """How much of the pace is left by what is said of who may go there."""
    return 0.0 if word in NO else SLOWED if word in PRIVATE else 1.0


def _on_foot(kind: str, tags: Tags) -> Pace:
    word = _said(tags, "foot", "access")
    if kind in NOT_ON_FOOT and tags.get("foot") not in YES and tags.get("sidewalk") in {None, "no", "none"}:
        return NO_WAY
    if (kind == "cycleway" and tags.get("foot") in NO) or (tags.get("motorroad") == "yes" and "foot" not in tags):
        return NO_WAY
    pace = FOOT.get(kind, ON_FOOT)
    if tags.get("sac_scale", "hiking") not in {"hiking", "strolling"}:
        pace *= 0.6
    pace *= _share(word) * KMH
    return Pace(pace, pace)


def _by_bike(kind: str, tags: Tags) -> Pace:
    word = _said(tags, "bicycle", "vehicle", "access")
    if kind in {"motorway", "motorway_link"} or tags.get("motorroad") == "yes":
        return NO_WAY
    share = _share(word)
    may_push = _share(_said(tags, "foot", "access")) > 0 and kind not in NOT_ON_FOOT
    pushed = PUSHED if may_push and word != "use_sidepath" else 0.0
    if kind == "steps":
        return Pace(UP_STEPS * KMH, UP_STEPS * KMH) if may_push else NO_WAY
    if kind in PUSHING and tags.get("bicycle") not in YES - {"dismount"}:
        return Pace(pushed * KMH, pushed * KMH)
    pace = BIKE.get(kind, 13.0)
    if kind == "path" and tags.get("bicycle") == "designated":
        pace = 16.0
    if kind == "track":
        pace *= TRACKS.get(tags.get("tracktype", ""), 0.85)
    if tags.get("surface") in ROUGH:
        pace *= 0.75
    if tags.get("sac_scale", "hiking") not in {"hiking", "strolling"}:
        pace = min(pace, 5.0)
    pace *= share
    if word == "dismount" or not share:
        return Pace(pushed * KMH, pushed * KMH)
    return _one_way(tags, pace * KMH, against=pushed * KMH, bike=True)


def _by_car(kind: str, tags: Tags) -> Pace:
    word = _said(tags, "motorcar", "motor_vehicle", "vehicle", "access")
    if kind not in CAR or (kind in ONLY_IF_SAID and _said(tags, "motorcar", "motor_vehicle") not in YES):
        return NO_WAY
    usual, most = CAR[kind]
    limit = _limit(tags.get("maxspeed", ""))
    pace = min(most, limit * 0.9) if limit else usual
    if kind == "track":
        pace *= TRACKS.get(tags.get("tracktype", ""), 0.85)
    elif tags.get("surface") in ROUGH:
        pace = min(pace, 30.0)
    return _one_way(tags, pace * _share(word) * KMH, against=0.0, bike=False)


def _one_way(tags: Tags, pace: float, *, against: float, bike: bool) -> Pace:
    word = tags.get("oneway", "")
    if bike and (tags.get("oneway:bicycle") == "no" or tags.get("cycleway", "").startswith("opposite")):
        return Pace(pace, pace)
    if not word and (tags.get("junction") in {"roundabout", "circular"} or tags.get("highway") == "motorway"):
        word = "yes"
    if word in {"yes", "true", "1"}:
        return Pace(pace, min(pace, against))
    if word in {"-1", "reverse"}:
        return Pace(min(pace, against), pace)
    return Pace(pace, pace)


def _limit(text: str) -> float:
    """A speed limit in km/h; 0 where it says none that can be read. A word for walking pace counts as 7."""
    first = text.partition(";")[0].strip().lower()
    if first == "walk" or first.endswith(":living_street"):
        return 7.0
    number, _, unit = first.partition(" ")
    miles = unit == "mph" or number.endswith("mph")
    try:
        value = float(number.removesuffix("mph").removesuffix("km/h"))
    except ValueError:
        return 0.0
    return value * (1.609344 if miles else 1.0) if 0 < value < 200 else 0.0


def bars(barrier: str, tags: Tags) -> tuple[bool, bool, bool]:
    """Whether something in the way (the ``barrier`` of a point) keeps out those on foot, on a bike, in a car."""
    car = _said(tags, "motorcar", "motor_vehicle", "vehicle", "access")
    bike = _said(tags, "bicycle", "vehicle", "access")
    foot = _said(tags, "foot", "access")
    if barrier in GATES:
        return foot in NO, bike in NO, car in NO | PRIVATE
    return (
        foot in NO or (barrier in {"wall", "fence", "debris"} and foot not in YES),
        bike in NO or (barrier in BARS_BIKES and bike not in YES),
        car in NO or (barrier in BARS_CARS and car not in YES),
    )
