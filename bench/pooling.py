"""Pooling between networks: ours beside the whole linear program, the same objective, seconds of each.

    script/bench pooling --csv pooling.csv
    script/bench pooling --networks 300 --engine highs

Instances come out of the seed, on the real places of the mutual aid groups in ../shared/data/ma_groups_uk (Mutual Aid
Wiki, CC BY-NC-SA 4.0: read in place, never stored here), or `.json` files in ``--dir`` as ``--write DIR`` writes them.
``real``: those places; ``even``: places at random; ``towns``: places in a few crowded towns. ``cost`` is the points not
gained: of all points there would be if every want were met at no distance, those the plan does not bring. ``gap`` is
the points the prices still allow for, as a share of the points gained: 0 is proven optimal. ``unserved`` counts wants
not met in full.

Engines: `ours` and `highs`, HiGHS' interior point with crossover (through SciPy) on the program as a whole. Both plans
go through the same independent check, which looks at their prices too.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import gzip
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench.measuring import Outcome, Row, Table, measure
from manyhands.kernel.geo import Point, great_circle
from manyhands.kernel.pooling import Lot, Network, Problem, Van, Want, check, explain, pool

PLACES = Path(__file__).parents[2] / "shared" / "data" / "ma_groups_uk" / "groups.csv.gz"
DAYS, NEIGHBOURS = 7, 20


def real_places() -> list[Point]:
    """Where the groups are, each once, those on and around Great Britain."""
    if not PLACES.exists():
        raise SystemExit(f"{PLACES} is not there; the class “real” needs it. Choose --class even or towns.")
    found: dict[str, Point] = {}
    with gzip.open(PLACES, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["lat"] and row["lon"] and 49 < float(row["lat"]) < 61 and -9 < float(row["lon"]) < 3:
                found.setdefault(row["group_id"], Point(float(row["lat"]), float(row["lon"])))
    return [found[key] for key in sorted(found)]


def made_places(cls: str, luck: random.Random, networks: int) -> list[Point]:
    """Places at random, or crowded in towns."""
    if cls == "even":
        return [Point(luck.uniform(51, 55), luck.uniform(-4, 1)) for _ in range(networks)]
    towns = [Point(luck.uniform(51, 55), luck.uniform(-4, 1)) for _ in range(max(1, networks // 40))]
    return [
        Point(town.lat + luck.gauss(0, 0.05), town.lon + luck.gauss(0, 0.08))
        for town in (luck.choice(towns) for _ in range(networks))
    ]


def week(seed: int, cls: str, networks: int, kinds: int) -> Problem:
    """A week: each network has a fifth of the kinds to spare and wants two fifths; seven in ten have a van.

    Within reach are, in the mean, twenty others of each: 20,000 arcs for 1,000 networks.
    """
    luck = random.Random(f"{seed} {cls} {networks} {kinds}")
    places = luck.sample(real_places(), networks) if cls == "real" else made_places(cls, luck, networks)
    km = great_circle(places, places).ravel() / 1000
    nearest = min(len(km) - 1, networks * (NEIGHBOURS + 1))
    reach = max(1.0, float(np.partition(km, nearest)[nearest]))
    lots: list[Lot] = []
    wants: list[Want] = []
    vans: list[Van] = []
    for n in range(networks):
        home = f"n{n:04}"
        for k in range(kinds):
            kind, day = f"k{k:02}", luck.randrange(DAYS)
            if luck.random() < 0.2:
                last = min(DAYS - 1, day + luck.choice([1, 2, 3, 6]))
                lots.append(Lot(f"l{n}-{k}", home, kind, luck.randint(5, 100), day, last, luck.choice([0.5, 1, 2])))
            elif luck.random() < 0.5:
                first, last = max(0, day - luck.choice([1, 3, 6])), min(DAYS - 1, day + luck.choice([0, 2, 6]))
                wants.append(Want(f"w{n}-{k}", home, kind, luck.randint(5, 100), first, last, luck.choice([1, 2, 3])))
        if luck.random() < 0.7:
            days = frozenset(d for d in range(DAYS) if luck.random() < 0.7)
            vans.append(Van(f"v{n}", home, luck.choice([200, 500, 1000]), days, reach * luck.choice([1, 1.5, 2])))
    nets = tuple(Network(f"n{n:04}", place) for n, place in enumerate(places))
    return Problem(nets, tuple(lots), tuple(wants), tuple(vans), 0.01, reach)


def run(problem: Problem, engine: str) -> Outcome:
    """Plan with one engine, and what the independent check says."""
    begun = time.perf_counter(), time.process_time()
    plan = pool(problem, whole=engine == "highs")
    took = f"planned in {time.perf_counter() - begun[0]:.2f} s ({time.process_time() - begun[1]:.2f} s cpu)"
    reasons = explain(problem, plan)
    broken = check(problem, plan)
    said = len(reasons.transfers) + len(reasons.left) + len(reasons.unmet)
    most = sum(want.worth * want.quantity for want in problem.wants)
    proven = (plan.bound - plan.gained) / max(1.0, plan.gained)
    note = f"gained {plan.gained:.6f}; {took}; {plan.looked_at} ways, {len(plan.transfers)} transfers, {said} reasons"
    note = f"gap {proven:.1e}; {note}"
    return Outcome(not broken, most - plan.gained, len(plan.unmet), broken[0] if broken else note)


def to_json(problem: Problem) -> dict[str, Any]:
    """A problem as plain lists and words."""
    written = dataclasses.asdict(problem)
    written["vans"] = [{**van, "days": sorted(van["days"])} for van in written["vans"]]
    return written


def from_json(written: dict[str, Any]) -> Problem:
    """The problem in what `to_json` wrote."""
    return Problem(
        tuple(Network(n["id"], Point(*n["place"])) for n in written["networks"]),
        tuple(Lot(**each) for each in written["lots"]),
        tuple(Want(**each) for each in written["wants"]),
        tuple(Van(**{**each, "days": frozenset(each["days"])}) for each in written["vans"]),
        written["points_per_km"],
        written["reach_km"],
    )


def instances(args: argparse.Namespace) -> Iterator[tuple[str, str, Problem]]:
    """Those of the folder, else out of the seed."""
    if args.dir:
        for path in sorted(args.dir.glob("*.json")):
            yield path.stem, "file", from_json(json.loads(path.read_text(encoding="utf-8")))
        return
    for cls in [args.cls] if args.cls else ["real", "even", "towns"]:
        yield f"{cls}-{args.networks}x{args.kinds}-{args.seed}", cls, week(args.seed, cls, args.networks, args.kinds)


def main() -> None:
    """Measure every instance and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, help="a folder of .json instances; left out: out of the seed")
    parser.add_argument("--budget", type=float, default=300.0, help="seconds after which a run is given up")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--csv", type=Path)
    parser.add_argument("--engine", choices=["ours", "highs", "all"], default="all")
    parser.add_argument("--class", dest="cls", choices=["real", "even", "towns"])
    parser.add_argument("--networks", type=int, default=1000)
    parser.add_argument("--kinds", type=int, default=50)
    parser.add_argument("--write", type=Path, help="write the instances to this folder and end")
    args = parser.parse_args()
    if args.write:
        args.write.mkdir(parents=True, exist_ok=True)
        for name, _, problem in instances(args):
            (args.write / f"{name}.json").write_text(json.dumps(to_json(problem)), encoding="utf-8")
        return
    table = Table(args.csv)
    engines = ["ours", "highs"] if args.engine == "all" else [args.engine]
    for name, cls, problem in instances(args):
        size = len(problem.networks)
        for engine in engines:
            outcome, wall, cpu, memory = measure(run, problem, engine, patience=args.budget)
            proven = float(outcome.note.split()[1].rstrip(";")) if outcome.note.startswith("gap ") else None
            told = (outcome.feasible, outcome.cost, proven, outcome.unserved, wall, cpu, memory, outcome.note)
            table.add(Row(name, cls, size, engine, args.seed, args.budget, *told))


if __name__ == "__main__":
    main()
