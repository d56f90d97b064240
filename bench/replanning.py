"""Planning again after something happened: how long it takes, what it meets, and how many people hear something new.

    python -m bench.replanning --stops 350 --helpers 30 --budget 0.8 --seed 1

Each evening is a town made of numbers, planned once; then one thing happens at a time. Beside each new plan stands the
same evening planned from scratch for two seconds: what changing little costs in need, and what it spares. Times are
seconds of CPU of one core, so that a busy machine measures the same.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.measuring import keep
from manyhands.kernel.geo import Mode, Point
from manyhands.kernel.routing import (
    DroppedOut,
    Happening,
    Helper,
    Hub,
    Plan,
    Problem,
    RoadShut,
    Seconds,
    Stop,
    UnderWay,
    Wanted,
    Window,
    Withdrawn,
    check,
    replan,
    solve,
    what_changes,
)

HOUR = 3600
SIX = 18 * HOUR
FIRST, SCRATCH = 6.0, 2.0


def at(north: float, east: float) -> Point:
    """A place so many metres north and east of the middle of the town."""
    return Point(40.7 + north / 111_195, -73.95 + east / (111_195 * math.cos(math.radians(40.7))))


def town(stops: int, helpers: int, seed: int) -> Problem:
    """A mixed evening with too little help: windows, loads, languages, skills, one hub."""
    luck = random.Random(seed)
    asks, people = [], []
    for number in range(stops):
        opens = SIX + luck.randrange(0, 5) * 1800
        asks.append(
            Stop(
                f"a{number}",
                at(luck.gauss(0, 3000), luck.gauss(0, 3000)),
                (Window(opens, opens + luck.choice([3600, 7200])),) if luck.random() < 0.5 else (),
                service=luck.choice([120, 300, 600]),
                loads=(luck.choice([0, 1, 1, 2, 3]),),
                languages=frozenset(luck.choice([[], [], ["es"], ["zh", "yue"]])),
                skills=frozenset(["lift"] if luck.random() < 0.1 else []),
                weight=luck.choice([1, 1, 1, 2, 3]),
                waiting=luck.randrange(0, 72),
            )
        )
    for number in range(helpers):
        start, opens = at(luck.gauss(0, 3000), luck.gauss(0, 3000)), SIX + luck.choice([0, 0, 1800, 3600])
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
                hub="pantry" if luck.random() < 0.5 else None,
            )
        )
    return Problem(tuple(asks), tuple(people), (Hub("pantry", at(500, 0), None, 300),))


def happenings(plan: Plan) -> Iterator[tuple[str, Happening]]:
    """What happens, one at a time, to the run with the most stops or beside it."""
    busy = max(plan.runs, key=lambda run: len(run.visits))
    third = busy.visits[min(2, len(busy.visits) - 1)]
    yield "a helper drops out", DroppedOut(busy.helper_id)
    yield "an urgent ask comes in", Wanted(Stop("new", at(900, 0), (), 300, (1,), weight=9))
    yield "an ask is withdrawn", Withdrawn(busy.served[0])
    yield "a road is shut", RoadShut(at(1000, -3000), at(1000, 3000), 600, 3000)
    behind = min(3, len(busy.visits))
    yield "a stop takes 40 min longer", UnderWay(busy.helper_id, third.leave + 2400, behind, busy.shift)


def main() -> None:
    """Measure, and show a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stops", type=int, default=350)
    parser.add_argument("--helpers", type=int, default=30)
    parser.add_argument("--budget", type=float, default=0.8, help="seconds of search for the new plan")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--csv", type=Path)
    asked = parser.parse_args()
    problem = town(asked.stops, asked.helpers, asked.seed)
    plan = solve(problem, until=Seconds(FIRST, time.process_time), seed=asked.seed)
    heading = ["what", "cpu", "need_before", "need", "told_anew", "of", "scratch_need", "scratch_told_anew", "holds"]
    rows = []
    for name, happening in happenings(plan):
        begun = time.process_time()
        made = replan(problem, plan, [happening], until=Seconds(asked.budget, time.process_time), seed=asked.seed)
        cpu = time.process_time() - begun
        scratch = solve(made.problem, until=Seconds(SCRATCH, time.process_time), travel=made.travel, seed=asked.seed)
        anew = what_changes(plan, scratch, asked=made.problem.stop)
        holds = not check(made.problem, made.plan, made.travel)
        told = plan.served + len(plan.runs)
        rows.append(
            [name, f"{cpu:.2f}", plan.need_met, made.plan.need_met, made.changes.people, told, scratch.need_met,
             anew.people, holds]
        )  # fmt: skip
        print(*rows[-1], sep=" | ", flush=True)
    keep(asked.csv, heading, rows)


if __name__ == "__main__":
    sys.exit(main())
