"""docs/reference/measurements.md out of the CSV files that `script/bench … --csv` wrote into bench/figures/.

A file is called after what was measured (`routing.csv`, `routing-long.csv`, `matching.csv` …), and machine.md beside
them says on what it all ran.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from bench.measuring import Row

FIGURES = Path(__file__).with_name("figures")
KINDS = ("routing", "matching", "allocation", "rostering", "pooling", "streets", "finding")
ENGINES = {"ours": "ours", "pyvrp": "PyVRP", "vroom": "VROOM", "ortools": "OR-Tools"}


def page(figures: Path = FIGURES) -> str:
    """The whole page, in Markdown."""
    out = ["# Measurements\n", (figures / "machine.md").read_text(encoding="utf-8").strip() + "\n"]
    for kind in KINDS:
        files = sorted(figures.glob(f"{kind}*.csv"))
        if not files:
            continue
        out.append(f"## {kind.capitalize()}\n")
        for file in files:
            lines = read(file)
            out += routing(lines) if kind == "routing" else plain(lines)
    return "\n".join(out)


def read(file: Path) -> list[Row]:
    """The lines of one CSV file of `script/bench`."""
    with file.open(encoding="utf-8", newline="") as text:
        return [
            Row(
                row["name"], row["class"], int(row["n"]), row["engine"], int(row["seed"]), float(row["budget"]),
                row["feasible"] == "True", _number(row["cost"]), _number(row["gap"]), int(row["unserved"]),
                float(row["wall"]), float(row["cpu"]), float(row["peak_memory_mib"]), row["note"],
            )
            for row in csv.DictReader(text)
        ]  # fmt: skip


def routing(lines: list[Row]) -> list[str]:
    """One table for each budget: ours beside every engine alone, and how far we are from the best of those."""
    out: list[str] = []
    for budget in sorted({line.budget for line in lines}):
        mine = [line for line in lines if line.budget == budget]
        engines = [engine for engine in ENGINES if any(line.engine == engine for line in mine)]
        out += [
            f"### {budget:g} seconds\n",
            "| class | instance | visits | " + " | ".join(ENGINES[engine] for engine in engines)
            + " | ours beside the best engine alone | most memory of ours |",
            "|---|---|--:|" + "--:|" * (len(engines) + 2),
        ]  # fmt: skip
        beside: dict[str, list[float]] = defaultdict(list)
        gaps: dict[str, list[float]] = defaultdict(list)
        for _cls, _n, name in sorted({(line.cls, line.n, line.name) for line in mine}):
            by = {line.engine: line for line in mine if line.name == name}
            some, ours = next(iter(by.values())), by.get("ours")
            others = [x.cost for x in by.values() if x.engine != "ours" and x.feasible and x.cost is not None]
            ratio = ours.cost / min(others) - 1 if ours and ours.feasible and ours.cost is not None and others else None
            if ratio is not None:
                beside[some.cls].append(ratio)
            if ours and ours.gap is not None:
                gaps[some.cls].append(ours.gap)
            cells = [_told(by.get(engine)) for engine in engines]
            memory = f"{ours.peak_memory_mib:,.0f} MiB" if ours and ours.peak_memory_mib else ""
            out.append(f"| {some.cls} | {name} | {some.n:,} | {' | '.join(cells)} | {_share(ratio)} | {memory} |")
        out.append("")
        means = [
            f"{cls}: {_mean(gaps[cls])} above the best known" if gaps[cls] else f"{cls}: no best known"
            for cls in sorted({line.cls for line in mine})
        ]
        means = [
            f"{said}, {_mean(beside[cls])} beside the best engine alone" if beside[cls] else said
            for cls, said in zip(sorted({line.cls for line in mine}), means, strict=True)
        ]
        out += ["Means of ours. " + "; ".join(means) + ".\n"]
    return out


def plain(lines: list[Row]) -> list[str]:
    """Every line as it was measured."""
    out = [
        "| instance | size | engine | holds | cost | gap | left | seconds | of CPU | memory | |",
        "|---|--:|---|---|--:|--:|--:|--:|--:|--:|---|",
    ]
    for line in lines:
        cost = "" if line.cost is None else f"{line.cost:,.0f}"
        out.append(
            f"| {line.name} | {line.n:,} | {line.engine} | {'yes' if line.feasible else 'no'} | {cost} "
            f"| {_share(line.gap)} | {line.unserved:,} | {line.wall:,.1f} | {line.cpu:,.1f} "
            f"| {line.peak_memory_mib:,.0f} MiB | {line.note.replace('|', '/')} |"
        )
    return [*out, ""]


def _told(line: Row | None) -> str:
    if line is None:
        return ""
    if not line.feasible or line.cost is None:
        return line.note if line.cost is None and len(line.note) < 40 else "does not hold"
    left = f", {line.unserved:,} left" if line.unserved else ""
    return (f"{line.cost:,.0f}" if line.gap is None else f"{line.gap:.1%}") + left


def _share(share: float | None) -> str:
    return "" if share is None else f"{share + 0.0:+.1%}".replace("-0.0%", "+0.0%")


def _mean(shares: Iterable[float]) -> str:
    shares = list(shares)
    return f"{sum(shares) / len(shares):+.1%}"


def _number(text: str) -> float | None:
    return float(text) if text else None
