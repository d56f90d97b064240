"""Odd rosters by days and kinds, made by luck with a seed."""

import random

from manyhands.kernel.rostering.patterns import Cover, Kind, Request, Weeks, Worker


def ward(seed: int, *, workers: int = 6, days: int = 14, kinds: int = 3) -> Weeks:
    luck = random.Random(seed)
    names = [f"k{n}" for n in range(kinds)]
    return Weeks(
        days,
        tuple(Kind(name, luck.choice([480, 480, 600]), frozenset(names[:n])) for n, name in enumerate(names)),
        tuple(_worker(luck, f"w{n}", names, days) for n in range(workers)),
        tuple(
            Request(f"w{luck.randrange(workers)}", luck.randrange(days), luck.choice(names), luck.randrange(1, 4), on)
            for on in (True, False)
            for _ in range(workers)
        ),
        tuple(
            Cover(day, name, luck.randrange(0, max(2, workers // 2)), luck.choice([100, 10]), 1)
            for day in range(days)
            for name in names
        ),
    )


def _worker(luck: random.Random, name: str, kinds: list[str], days: int) -> Worker:
    most = {kind: luck.choice([days, days, 2, 0]) for kind in kinds}
    most[luck.choice(kinds)] = days
    return Worker(
        name,
        (luck.choice([0, 480 * days // 4]), 480 * days // 2),
        (luck.choice([1, 2]), luck.choice([4, 5])),
        luck.choice([1, 2, 3]),
        max(1, days // 10),
        most,
        frozenset({luck.randrange(days)}),
    )
