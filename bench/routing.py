"""Measure the routing search on a folder of instances, beside each engine alone.

    script/bench routing --dir ../shared/bench/routing --budget 10 --only CVRP,R109 --csv /tmp/routing.csv
    script/bench routing --dir ../shared/bench/routing --budget 10 --engine pyvrp

Cost is in the instance's own objective, as the independent check counts it; for PDPTW, where fewer vehicles come before
a shorter way, a vehicle counts 10,000 units of the file. Single engines run on one core, as they are made; ours uses
`--cores` (2).
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from bench.fair_clock import FairClock
from bench.measuring import Outcome, Row, Table, gap, measure
from bench.routing_files import Unreadable, instances_in, read
from manyhands.kernel.routing.core import Answer, Case, assess
from manyhands.kernel.routing.until import Seconds

ENGINES = ("ours", "pyvrp", "vroom", "ortools")


def run(file: Path, engine: str, budget: float, seed: int, cores: int, by_cpu: bool) -> Outcome:
    """Plan one instance with one engine and let the check judge it."""
    case = read(file).case
    answer = _planned(case, engine, budget, seed, cores, by_cpu)
    if isinstance(answer, str):
        return Outcome(False, None, note=answer)
    verdict = assess(case, answer)
    note = "; ".join(verdict.broken[:2]) or f"{verdict.vehicles} vehicles, way {verdict.distance}"
    return Outcome(verdict.holds, verdict.cost, verdict.left, note[:160])


def _planned(case: Case, engine: str, budget: float, seed: int, cores: int, by_cpu: bool) -> Answer | str:
    clock = FairClock(os.getpid(), cores if engine == "ours" else 1) if by_cpu else time.monotonic
    begun = clock()
    if engine == "pyvrp":
        from manyhands.kernel.routing.core.pyvrp_engine import Pyvrp

        if case.size > 9000:
            return "its matrix would not fit"
        whole = Pyvrp(case)
        return whole.search(lambda _: clock() - begun >= budget, seed)
    if engine == "vroom":
        from manyhands.kernel.routing.core import vroom_engine

        return vroom_engine.plan(case, budget, 5) if vroom_engine.can_plan(case) else "not a case for VROOM"
    if engine == "ortools":
        from bench import routing_ortools

        return routing_ortools.plan(case, budget) if routing_ortools.can_plan(case) else "not a case for OR-Tools"
    from manyhands.kernel.routing.core.searching import search

    return search(case, until=Seconds(budget, clock), seed=seed, cores=cores)


def main() -> int:
    """Read the arguments, run each instance, show and keep the figures."""
    parser = argparse.ArgumentParser(prog="script/bench routing", description=__doc__.split("\n\n")[0])
    parser.add_argument("--dir", type=Path, required=True, help="the folder with the instances")
    parser.add_argument("--budget", type=float, default=10, help="seconds for each instance (10)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--csv", type=Path, help="where the figures are kept")
    parser.add_argument("--engine", default="ours", help=f"one or more of {', '.join(ENGINES)}, with commas (ours)")
    parser.add_argument("--only", default="", help="names or classes, with commas")
    parser.add_argument("--cores", type=int, default=2, help="how many cores ours may use (2)")
    parser.add_argument(
        "--by-cpu",
        action="store_true",
        help="count seconds of CPU (of ours: per core), for a machine others use at the same time; not VROOM, OR-Tools",
    )
    given = parser.parse_args()
    engines = given.engine.split(",")
    if unknown := [e for e in engines if e not in ENGINES]:
        parser.error(f"there is no engine “{unknown[0]}”; there are {', '.join(ENGINES)}")
    if not given.dir.is_dir():
        parser.error(f"{given.dir} is not a folder")
    files = instances_in(given.dir, [word for word in given.only.split(",") if word])
    if not files:
        parser.error(f"{given.dir} has no instance (.vrp, .txt or .json) of such a name or class")
    table = Table(given.csv)
    for file in files:
        try:
            instance = read(file)
        except Unreadable as trouble:
            print(trouble, file=sys.stderr)
            continue
        for engine in engines:
            patience = (20 if given.by_cpu else 3) * given.budget + 120
            outcome, wall, cpu, memory = measure(
                run, file, engine, given.budget, given.seed, given.cores, given.by_cpu, patience=patience
            )
            table.add(
                Row(
                    instance.name,
                    instance.cls,
                    instance.case.size,
                    engine,
                    given.seed,
                    given.budget,
                    outcome.feasible,
                    outcome.cost,
                    gap(outcome.cost, instance.best_known) if outcome.feasible else None,
                    outcome.unserved,
                    round(wall, 2),
                    round(cpu, 2),
                    round(memory),
                    outcome.note,
                )
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
