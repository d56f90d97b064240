"""Measure rostering on instances in the format of Curtois and Qu: cost in the instance's own weights, checked again.

script/bench rostering --dir ../shared/bench/rostering --budget 60 --seed 1 --csv rostering.csv
script/bench rostering --engine cpsat ...     the whole problem in one engine, for the same table
"""

from __future__ import annotations

import argparse
import csv
import os
import time
from collections import Counter
from pathlib import Path

from bench.curtois import read
from bench.measuring import Outcome, Row, Table, gap, measure
from manyhands.kernel.rostering.patterns.problem import Weeks, WeeksRoster

ENGINES = ("ours", "highs", "cpsat")
PATIENCE = 120.0
MOST_EXPLAINED = 40


def main() -> None:
    parser = argparse.ArgumentParser(prog="script/bench rostering", description=__doc__.splitlines()[0])
    parser.add_argument("--dir", type=Path, required=True, help="a folder of .txt files, bks.csv beside them")
    parser.add_argument("--budget", type=float, default=60.0, help="seconds of search for each instance")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--csv", type=Path, default=None, help="write the table here too")
    parser.add_argument("--engine", choices=ENGINES, default="ours")
    parser.add_argument("--cores", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--only", default="", help="names of instances, parted by commas")
    given = parser.parse_args()
    known = _best_known(given.dir / "bks.csv")
    table = Table(given.csv)
    chosen = {name for name in given.only.split(",") if name}
    for file in sorted(given.dir.glob("*.txt"), key=lambda path: path.stat().st_size):
        if chosen and file.stem not in chosen:
            continue
        outcome, wall, cpu, memory = measure(
            run, file, given.engine, given.budget, given.seed, given.cores, patience=given.budget + PATIENCE
        )
        problem = read(file)
        table.add(
            Row(
                name=file.stem,
                cls="CURTOIS",
                n=len(problem.workers) * problem.days,
                engine=given.engine,
                seed=given.seed,
                budget=given.budget,
                feasible=outcome.feasible,
                cost=outcome.cost,
                gap=gap(outcome.cost, known.get(file.stem)),
                unserved=outcome.unserved,
                wall=wall,
                cpu=cpu,
                peak_memory_mib=memory,
                note=outcome.note,
            )
        )
    gaps = [row.gap for row in table.rows if row.gap is not None]
    if gaps:
        print(
            f"mean gap {sum(gaps) / len(gaps):+.2%} over {len(gaps)}; "
            f"feasible {sum(row.feasible for row in table.rows)} of {len(table.rows)}"
        )


def run(file: Path, engine: str, budget: float, seed: int, cores: int) -> Outcome:
    """One instance by one engine, judged by the checker that knows only the file."""
    from bench.whole_roster import solve_whole
    from manyhands.kernel.rostering.patterns import NoLine, check, penalty, solve_weeks
    from manyhands.kernel.routing.until import Seconds

    begun = time.monotonic()
    problem = read(file)
    try:
        if engine == "ours":
            left = 0.97 * budget - (time.monotonic() - begun) - 0.5
            roster = solve_weeks(problem, until=Seconds(max(0, left), clock=time.monotonic), seed=seed, cores=cores)
        else:
            found = solve_whole(problem, engine, budget, seed, cores)
            if found is None:
                return Outcome(False, None, note="found none")
            roster = found
    except NoLine as nobody:
        return Outcome(False, None, note=str(nobody))
    broken = check(problem, roster)
    short = sum(
        max(0, cover.wanted - sum(line[cover.day] == cover.kind for line in roster.days.values()))
        for cover in problem.covers
    )
    bound = "" if (roster.bound or 0) <= 0 else f"bound {roster.bound}{', proven' if roster.proven else ''}; "
    return Outcome(
        not broken, penalty(problem, roster), short, broken[0] if broken else bound + _what_binds(problem, roster)
    )


def _what_binds(problem: Weeks, roster: WeeksRoster) -> str:
    """For places with too few people: which rule alone keeps how many away, summed over the first places."""
    from manyhands.kernel.rostering.patterns import gaps

    alone: Counter[str] = Counter()
    for place in gaps(problem, roster, most=MOST_EXPLAINED):
        alone.update(dict(place.binds))
    return ", ".join(f"{rule} keeps {count} away" for rule, count in alone.most_common(3))


def _best_known(file: Path) -> dict[str, float]:
    if not file.exists():
        return {}
    with file.open(newline="", encoding="utf-8") as lines:
        return {row["name"]: float(row["bks"]) for row in csv.DictReader(lines) if row.get("bks")}


if __name__ == "__main__":
    main()
