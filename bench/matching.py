"""Measure the matching on towns made of numbers, or on real sheets of asks and helpers.

    script/bench matching --n 1000 10000 --csv matching.csv
    script/bench matching --n 100000 --rounds 0          the neighbours of each ask alone, without looking further
    script/bench matching --engine greedy|scipy --n ...  the same pairs, given out one by one, or by another engine
    script/bench matching --dir FOLDER                   folders in it with asks.csv and helpers.csv (or offers.csv)

``cost`` is the costs of all pairs together (`manyhands.kernel.matching.pairs.cost`: seconds) and 60 for each point of
need that stays unmet (an ask of usual weight has 100 to 150). ``gap`` of ours is 0 where the prices prove that no pair
at all would make it better, and empty where they prove it of the weighed pairs alone; that of the others is what they
cost above ours. CPU and memory are those of the whole process, with making the town and checking the answer; the note
says what the matching alone took.
"""

from __future__ import annotations

import argparse
import resource
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.matching_town import CLASSES, town
from bench.measuring import Outcome, Row, Table, gap, measure
from manyhands.kernel.geo import StraightLines
from manyhands.kernel.matching import Matching, Problem, check, match_all
from manyhands.kernel.matching.search import Search
from manyhands.kernel.matching.table import Table as Columns

POINT = 60


def ours(problem: Problem, rounds: int) -> Outcome:
    """Everyone at once."""
    begun = time.process_time()
    found = match_all(problem, rounds=rounds)
    alone = time.process_time() - begun
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    paid = sum(pair.cost for pair in found.pairs)
    told = _told(problem, [pair.ask_id for pair in found.pairs], paid, found, "all" if found.proven else "weighed")
    return replace(told, note=f"{told.note}, alone {alone:.1f} s cpu, {most} MiB")


def greedy(problem: Problem, _rounds: int) -> Outcome:
    """As a careful person would do it: the neediest first, each gets the cheapest helper who still has room."""
    table = Columns(problem, StraightLines())
    arcs = Search(table).first()
    room, matched, paid = table.places.copy(), [], 0
    start = np.searchsorted(arcs.asks, np.arange(len(table.asks) + 1))
    for ask in np.lexsort((np.arange(len(table.asks)), -table.need)).tolist():
        own = slice(start[ask], start[ask + 1])
        free = np.flatnonzero(room[arcs.helpers[own]] > 0)
        if len(free):
            best = own.start + free[np.argmin(arcs.costs[own][free])]
            room[arcs.helpers[best]] -= 1
            paid += int(arcs.costs[best])
            matched.append(table.asks[ask].id)
    return _told(problem, matched, paid, None, f"pairs {len(arcs.asks)}")


def scipy(problem: Problem, _rounds: int) -> Outcome:
    """The same pairs as a sparse assignment by SciPy: a column for each place, and one of nobody for each ask."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    table = Columns(problem, StraightLines())
    arcs = Search(table).first()
    asks, first_place = len(table.asks), np.cumsum(table.places) - table.places
    copies = table.places[arcs.helpers]
    rows = np.repeat(arcs.asks, copies)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(copies) - copies, copies)
    columns = np.repeat(first_place[arcs.helpers], copies) + within
    least = int(arcs.costs.min()) - 1
    prices = np.repeat(arcs.costs, copies) - least
    point = int(prices.max()) * 16
    everyone, places = np.arange(asks), int(table.places.sum())
    matrix = csr_matrix(
        (
            np.concatenate([prices, table.need * point]).astype(float),
            (np.concatenate([rows, everyone]), np.concatenate([columns, places + everyone])),
        ),
        shape=(asks, places + asks),
    )
    row, column = min_weight_full_bipartite_matching(matrix)
    given = column < places
    paid = int(np.asarray(matrix[row[given], column[given]]).sum()) + least * int(given.sum())
    return _told(problem, [table.asks[n].id for n in row[given]], paid, None, f"pairs {len(arcs.asks)}")


ENGINES = {"ours": ours, "greedy": greedy, "scipy": scipy}


def _told(problem: Problem, matched: list[str], paid: int, found: Matching | None, how: str) -> Outcome:
    met, wanted = sum(problem.need[a] for a in matched), sum(problem.need.values())
    note = f"matched {len(matched)}, need met {met / max(1, wanted):.3%}, pairs cost {paid}, {how}"
    feasible = True
    if found is not None:
        note += f", weighed {found.weighed}"
        feasible = not check(problem, found)
    return Outcome(feasible, paid + POINT * (wanted - met), len(problem.asks) - len(matched), note)


def from_town(n: int, cls: str, seed: int, engine: str, rounds: int) -> Outcome:
    """One town, one engine."""
    return ENGINES[engine](town(n, cls, seed), rounds)


def from_folder(folder: Path, engine: str, rounds: int) -> Outcome:
    """One folder of sheets, one engine."""
    return ENGINES[engine](read_folder(folder), rounds)


def read_folder(folder: Path) -> Problem:
    """The sheets of a folder as `manyhands match` reads them."""
    from datetime import date

    from manyhands.config.commands.sheets import read_sheet
    from manyhands.deliveries.matched_from_files import Unsaid, town_from

    others = next(p for p in (folder / "helpers.csv", folder / "offers.csv") if p.exists())
    today = date(2026, 6, 4)
    asks, helpers = (
        read_sheet(path, mapping={}, kind=path.stem, sheet=None, region="US", today=today)[1]
        for path in (folder / "asks.csv", others)
    )
    offers = others.stem == "offers"
    return town_from(asks.records, helpers.records, offers=offers, unsaid=Unsaid(today=today)).problem


def main() -> None:
    """Measure what was asked for, one line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, help="a folder of folders with asks.csv and helpers.csv or offers.csv")
    parser.add_argument("--n", type=int, nargs="*", default=[1000, 5000], help="towns of so many asks")
    parser.add_argument("--cls", nargs="*", choices=sorted(CLASSES), default=sorted(CLASSES))
    parser.add_argument("--engine", nargs="*", choices=sorted(ENGINES), default=["ours", "greedy"])
    parser.add_argument("--rounds", type=int, default=12, help="how often to look further, see match_all")
    parser.add_argument("--budget", type=float, default=600, help="seconds to wait for one run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--csv", type=Path)
    given = parser.parse_args()
    table = Table(given.csv)
    folders = sorted(p.parent for p in given.dir.rglob("asks.csv")) if given.dir else []
    cases = [(f.name, "sheets", 0, (from_folder, f)) for f in folders] or [
        (f"{cls}-{n}", cls, n, (from_town, n, cls, given.seed)) for n in given.n for cls in given.cls
    ]
    for name, cls, n, (work, *rest) in cases:
        best = None
        for engine in sorted(given.engine, key=lambda e: e != "ours"):
            outcome, wall, cpu, memory = measure(work, *rest, engine, given.rounds, patience=given.budget)
            if engine == "ours":
                best = outcome.cost
                above = 0.0 if ", all" in outcome.note else None
            else:
                above = gap(outcome.cost, best)
            table.add(
                Row(
                    name,
                    cls,
                    n,
                    engine,
                    given.seed,
                    given.budget,
                    outcome.feasible,
                    outcome.cost,
                    above,
                    outcome.unserved,
                    wall,
                    cpu,
                    memory,
                    outcome.note,
                )
            )


if __name__ == "__main__":
    main()
