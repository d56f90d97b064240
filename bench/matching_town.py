"""A town made of numbers: asks and helpers as many as wanted, the same for the same seed."""

from __future__ import annotations

import numpy as np

from manyhands.kernel.geo import Mode, Point
from manyhands.kernel.matching import Ask, Helper, Problem, Window

MIDDLE = Point(40.7, -73.95)
LANGUAGES = ("en", "es", "zh", "ht", "ar", "ru")
SPOKEN_BY_ASKERS = (0.62, 0.2, 0.08, 0.05, 0.03, 0.02)
SPOKEN_BY_HELPERS = (0.97, 0.22, 0.06, 0.03, 0.02, 0.03)
SKILLS = ("driver", "lifting", "nurse")
WANTED, HAD = (0.12, 0.06, 0.01), (0.5, 0.3, 0.03)
EVENINGS: tuple[Window, ...] = ((61_200, 68_400), (68_400, 75_600), (147_600, 154_800))
REACH = {Mode.FOOT: 2_500, Mode.BIKE: 6_000, Mode.CAR: 20_000, Mode.VAN: None}
CLASSES = {"even": 1.0, "shortage": 0.6, "plenty": 1.6}
"""Helpers for each ask."""


def town(n: int, cls: str, seed: int) -> Problem:
    """``n`` asks and, by the class, as many helpers or fewer or more, in neighbourhoods of a town of about 5,000 people
    a square kilometre and one in fifty of them asking; three in a hundred have no place on the map.
    """
    luck = np.random.default_rng([seed, n, sorted(CLASSES).index(cls)])
    helpers = round(n * CLASSES[cls])
    side = np.sqrt(n / 100) * 1000
    hearts = luck.normal(0, side / 3, (max(1, n // 500), 2))
    ask_at, helper_at = _spots(luck, hearts, n), _spots(luck, hearts, helpers)
    language = luck.choice(len(LANGUAGES), n, p=SPOKEN_BY_ASKERS)
    skill = luck.random((n, len(SKILLS))) < np.array(WANTED)
    speaks = luck.random((helpers, len(LANGUAGES))) < np.array(SPOKEN_BY_HELPERS)
    can = luck.random((helpers, len(SKILLS))) < np.array(HAD)
    evening, free = luck.integers(-3, 3, n), luck.integers(-3, 3, helpers)
    waiting, urgent = luck.exponential(60, n).astype(int), luck.random(n) < 0.15
    mode = luck.choice(4, helpers, p=(0.25, 0.15, 0.52, 0.08))
    places = luck.choice(4, helpers, p=(0.05, 0.75, 0.12, 0.08))
    rested, asked = luck.integers(-20, 60, helpers), luck.poisson(0.4, helpers)
    asks = tuple(
        Ask(
            f"a{i:07}",
            ask_at[i],
            frozenset([LANGUAGES[language[i]]]),
            frozenset(name for name, wanted in zip(SKILLS, skill[i], strict=True) if wanted),
            (EVENINGS[evening[i]],) if evening[i] >= 0 else (),
            3 if urgent[i] else 1,
            int(waiting[i]),
        )
        for i in range(n)
    )
    people = tuple(
        Helper(
            f"h{i:07}",
            helper_at[i],
            frozenset(name for name, does in zip(LANGUAGES, speaks[i], strict=True) if does),
            frozenset(name for name, has in zip(SKILLS, can[i], strict=True) if has),
            (EVENINGS[free[i]],) if free[i] >= 0 else (),
            int(places[i]),
            list(Mode)[mode[i]],
            REACH[list(Mode)[mode[i]]],
            int(rested[i]) if rested[i] >= 0 else None,
            int(asked[i]),
        )
        for i in range(helpers)
    )
    known = zip(luck.integers(n, size=n // 20).tolist(), luck.integers(max(1, helpers), size=n // 20), strict=True)
    return Problem(asks, people, remembered=frozenset((f"a{a:07}", f"h{h:07}") for a, h in known))


def _spots(luck: np.random.Generator, hearts: np.ndarray, count: int) -> list[Point | None]:
    metres = hearts[luck.integers(len(hearts), size=count)] + luck.normal(0, 900, (count, 2))
    lat = MIDDLE.lat + metres[:, 0] / 111_195
    lon = MIDDLE.lon + metres[:, 1] / (111_195 * np.cos(np.radians(MIDDLE.lat)))
    nowhere = luck.random(count) < 0.03
    return [None if no else Point(a, b) for a, b, no in zip(lat.tolist(), lon.tolist(), nowhere, strict=True)]
