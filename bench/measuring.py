"""One measured run: what every benchmark here notes, and how.

Each run has a process of its own, so that its memory and its seconds of CPU are its own and what one run leaves behind
does not help the next. Memory is the most the process and its children ever held, in MiB.
"""

from __future__ import annotations

import csv
import multiprocessing
import resource
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the independent check says of an answer. Costs are in the instance's own objective."""

    feasible: bool
    cost: float | None
    unserved: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. ``gap`` is the cost above the best known, as a share of it; empty where none is known."""

    name: str
    cls: str
    n: int
    engine: str
    seed: int
    budget: float
    feasible: bool
    cost: float | None
    gap: float | None
    unserved: int
    wall: float
    cpu: float
    peak_memory_mib: float
    note: str = ""


def measure(work: Callable[..., Outcome], *given: Any, patience: float) -> tuple[Outcome, float, float, float]:
    """Run ``work(*given)`` in a process of its own: what came out, seconds on the wall, seconds of CPU, MiB.

    One that fails, or is not done after ``patience`` seconds, is not feasible and its note says why.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(theirs, work, given))
    process.start()
    theirs.close()
    try:
        if ours.poll(patience):
            outcome, wall, cpu, memory = ours.recv()
        else:
            outcome, wall, cpu, memory = Outcome(False, None, note=f"not done after {patience:.0f} s"), patience, 0, 0
    except EOFError:
        outcome, wall, cpu, memory = Outcome(False, None, note="the process died"), 0, 0, 0
    if process.is_alive():
        process.join(timeout=5)
    if process.is_alive():
        process.kill()
    process.join()
    return outcome, wall, cpu, memory


def _run(theirs: Any, work: Callable[..., Outcome], given: tuple[Any, ...]) -> None:
    begun = time.perf_counter()
    try:
        outcome = work(*given)
    except Exception as trouble:  # noqa: BLE001 - whatever it is, the table goes on and says so
        traceback.print_exc()
        outcome = Outcome(False, None, note=f"{type(trouble).__name__}: {trouble}"[:200])
    wall = time.perf_counter() - begun
    mine, childrens = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = sum(each.ru_utime + each.ru_stime for each in (mine, childrens))
    # Children that ran at the same time may have held as much again; the larger of the two is what was surely held.
    most = max(mine.ru_maxrss, childrens.ru_maxrss) / (2**20 if sys.platform == "darwin" else 2**10)
    theirs.send((outcome, wall, cpu, most))
    theirs.close()


def gap(cost: float | None, best_known: float | None) -> float | None:
    """How far above the best known, as a share of it."""
    return None if cost is None or not best_known else cost / best_known - 1


class Table:
    """Lines of figures, shown as they come and kept in a CSV file."""

    def __init__(self, file: Path | None) -> None:
        self.rows: list[Row] = []
        self._file = file.open("w", newline="", encoding="utf-8") if file else None
        self._csv = csv.DictWriter(self._file, [_heading(each.name) for each in fields(Row)]) if self._file else None
        if self._csv:
            self._csv.writeheader()

    def add(self, row: Row) -> None:
        """Show a line, and write it down at once: what was measured is not lost when the rest is stopped."""
        self.rows.append(row)
        told = "–" if row.gap is None else f"{row.gap:+.2%}"
        cost = "–" if row.cost is None else f"{row.cost:,.0f}"
        works = "ok " if row.feasible else "NOT"
        print(
            f"{row.name:<22} {row.cls:<10} {row.n:>6} {row.engine:<9} {works} {cost:>16} {told:>8} {row.unserved:>5}",
            f"left {row.wall:8.2f} s {row.cpu:8.2f} s cpu {row.peak_memory_mib:7.0f} MiB {row.note}",
            flush=True,
        )
        if self._csv and self._file:
            self._csv.writerow({_heading(name): value for name, value in asdict(row).items()})
            self._file.flush()


def keep(file: Path | None, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write lines with columns of their own into a CSV file, if one was asked for."""
    if file:
        with file.open("w", newline="", encoding="utf-8") as text:
            csv.writer(text).writerows([heading, *rows])


def _heading(name: str) -> str:
    return "class" if name == "cls" else name
