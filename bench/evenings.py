"""The desk's planner with the search core for its neighbourhoods (new) beside the same without it (old).

    python -m bench.evenings --dir ../shared/bench/routing --budget 5 --seeds 1,2,3 --csv /tmp/evenings.csv

Paired: the same evenings and seeds, and the same seconds of CPU of one process. The evenings are made towns and, with
`--dir`, the mutual aid instances as people's problems. Shown: the need met, how long the runs are (the longest three
and all together, in half hours begun: objective 2), and metres + seconds.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.measuring import keep
from bench.replanning import at, town
from manyhands.kernel.geo import Mode, StraightLines
from manyhands.kernel.routing import Helper, PickUp, Problem, Seconds, Stop, Window, check
from manyhands.kernel.routing.fairness import lengths
from manyhands.kernel.routing.solving import Search, needs_mending

MODES = {"van": Mode.VAN, "car": Mode.CAR, "bike": Mode.BIKE}
USUAL_PRIZE = 9000
TOWNS = ((60, 10, 1), (150, 12, 2), (150, 14, 3), (350, 30, 1), (350, 30, 4))


def people_of(file: Path) -> Problem:
    """A mutual aid instance as a problem of people: prizes become weights, two loads two units."""
    told = json.loads(file.read_text())
    places = [at(y, x) for x, y in told["xy"]]

    def window(opens: int, latest: int, service: int) -> tuple[Window, ...]:
        return (Window(opens, latest + service),)

    def asked(each: dict[str, object]) -> dict[str, object]:
        skills = frozenset(f"skill {n}" for n in each["skills"])  # type: ignore[attr-defined]
        return {"skills": skills, "weight": max(1, round(each["prize"] / USUAL_PRIZE))}  # type: ignore[operator]

    stops = [
        Stop(f"a{n}", places[c["loc"]], window(*c["tw"], c["svc"]), c["svc"], tuple(c["dlv"]), **asked(c))
        for n, c in enumerate(told["clients"])
    ]
    for n, s in enumerate(told.get("shipments", [])):
        up = PickUp(places[s["ploc"]], window(*s["ptw"], s["psvc"]), s["psvc"])
        there = window(*s["dtw"], s["dsvc"])
        stops.append(Stop(f"s{n}", places[s["dloc"]], there, s["dsvc"], tuple(s["amt"]), pick_up=up, **asked(s)))
    helpers = [
        Helper(
            f"h{n}",
            places[v["start"]],
            places[v["end"]],
            (Window(*v["tw"]),),
            tuple(v["cap"]),
            MODES[v["kind"]],
            frozenset(f"skill {skill}" for skill in v["skills"]),
            max_seconds=v["max_dur"],
        )
        for n, v in enumerate(told["vehicles"])
    ]
    return Problem(tuple(stops), tuple(helpers), units=("kg", "litres"))


class Before(Search):
    """The planner without the search core."""

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self.by_core = False
        self.engine_last = (0.5 if needs_mending(self.problem) else 0.9) * self.last


def evenings(folder: Path | None) -> Iterator[tuple[str, Problem]]:
    """The evenings with their names."""
    for stops, helpers, seed in TOWNS:
        yield f"town-{stops}-{helpers}-{seed}", town(stops, helpers, seed)
    for file in sorted(folder.glob("MUTUALAID__*.json")) if folder else ():
        yield file.stem.partition("__")[2], people_of(file)


def main() -> None:
    """Measure, and show a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, help="the folder with the mutual aid instances")
    parser.add_argument("--budget", type=float, default=5)
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--only", default="", help="names, with commas")
    parser.add_argument("--csv", type=Path)
    asked = parser.parse_args()
    heading = ["evening", "seed", "way", "need", "of", "served", "longest", "half_hours", "cost", "cpu", "holds"]
    rows = []
    for name, problem in evenings(asked.dir):
        if asked.only and name not in asked.only.split(","):
            continue
        for seed in map(int, asked.seeds.split(",")):
            for way, kind in (("old", Before), ("new", Search)):
                begun = time.process_time()
                until = Seconds(asked.budget, time.process_time)
                plan = kind(problem, until, seed, None, StraightLines(), None).plan()
                cpu = time.process_time() - begun
                long = lengths(plan.runs)[:-1]
                holds = not check(problem, plan)
                rows.append(
                    [name, seed, way, plan.need_met, plan.need_total, plan.served, long[:3], sum(long),
                     plan.metres + plan.seconds, f"{cpu:.1f}", holds]
                )  # fmt: skip
                print(*rows[-1], sep=" | ", flush=True)
    keep(asked.csv, heading, rows)


if __name__ == "__main__":
    sys.exit(main())
