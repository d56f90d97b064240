"""How a shortage is shared: seconds, whether the proof holds, and how low the lowest are beside simpler ways to share.

    script/bench allocation --csv allocation.csv
    script/bench allocation --households 300 --items 85 --engine turns

Instances come out of the seed, or are `.json` files in ``--dir`` as ``--write DIR`` writes them. ``cost`` is how many
points a head, in thousandths, the lowest tenth of the households is short of what everyone would have if all could have
anything: a smaller number is a fairer split. Seconds are for sharing, explaining and checking together; the note says
how long sharing alone took. ``unserved`` counts households that get nothing though they had
nothing lately.

Engines: `ours`, and `turns`: households take turns in the order of the list, each the first thing that is for it.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench.measuring import Outcome, Row, Table, measure
from manyhands.kernel.allocation import Given, Had, Household, Item, Level, Problem, Rule, Split, check, explain, share
from manyhands.kernel.allocation.levels import had_lately, weight
from manyhands.kernel.allocation.room import bound_of_item, bound_of_kind

DIETS, BAD = ("halal", "vegetarian", "gluten-free"), ("nuts", "milk", "pork")


def shortage(seed: int, households: int, items: int, worths: tuple[int, ...], level: str, plenty: float) -> Problem:
    """A give-out: diets, wants, bounds, rest and what was had; `plenty` pieces a household of each item in the mean."""
    luck = random.Random(seed)
    kinds = max(1, items // 3)

    def some(words: tuple[str, ...], share_of: float) -> frozenset[str]:
        return frozenset(word for word in words if luck.random() < share_of)

    stock = tuple(
        Item(
            f"i{n:03}",
            luck.randint(0, round(2 * plenty * households)),
            kind=f"k{n % kinds:02}",
            worth=luck.choice(worths),
            suits=some(DIETS, 0.5) if luck.random() < 0.7 else None,
            contains=some(BAD, 0.15),
            most=luck.choice([None, None, 2, 4]),
            rest=luck.choice([0, 0, 7, 14]),
        )
        for n in range(items)
    )
    homes = tuple(
        Household(
            f"h{n:04}",
            people=luck.choice([1, 1, 2, 2, 3, 4, 5, 7]),
            need=luck.choice([1, 1, 1, 2, 3]),
            waited=luck.randint(0, 30),
            wants={f"k{k:02}": luck.randint(1, 4) for k in range(kinds) if luck.random() < 0.6}
            if luck.random() < 0.7
            else None,
            most=luck.choice([None, None, None, 25]),
            diets=some(DIETS, 0.15),
            avoids=some(BAD, 0.1),
            had=tuple(
                Had(f"i{luck.randrange(items):03}", luck.randint(1, 3), luck.randint(0, 40))
                for _ in range(luck.choice([0, 0, 2, 4]))
            ),
        )
        for n in range(households)
    )
    return Problem(homes, stock, Rule(level=Level(level), draw=str(seed)))


def run(problem: Problem, engine: str) -> Outcome:
    """Share with one engine, and what the independent check says."""
    begun = time.perf_counter(), time.process_time()
    split = share(problem) if engine == "ours" else _turns(problem)
    shared = f"shared in {time.perf_counter() - begun[0]:.2f} s ({time.process_time() - begun[1]:.2f} s cpu)"
    if engine == "ours":
        begun = time.perf_counter(), time.process_time()
        reasons = explain(problem, split)
        explained = f"{len(reasons)} reasons in {time.perf_counter() - begun[0]:.2f} s"
        broken = check(problem, split)
        exact = "exact" if split.exact else "no better move"
        note = broken[0] if broken else f"{exact}; {shared}, {explained}, {len(split.circles)} circles"
    else:
        broken = [each for each in check(problem, split) if "said once" not in each]
        note = broken[0] if broken else f"{shared}"
    without = sum(1 for h in problem.households if h.id not in split.of and not had_lately(problem, h, ""))
    return Outcome(not broken, _short(problem, _levels(problem, split)), without, note)


def _levels(problem: Problem, split: Split) -> np.ndarray:
    points = {h.id: had_lately(problem, h, "") for h in problem.households}
    for given in split.given:
        points[given.household_id] += given.pieces * problem.item[given.item_id].worth
    return np.array([points[h.id] / weight(h, problem.rule) for h in problem.households])


def _short(problem: Problem, levels: np.ndarray) -> float:
    weights = sum(weight(h, problem.rule) for h in problem.households)
    points = sum(i.quantity * i.worth for i in problem.items)
    even = (points + sum(had_lately(problem, h, "") for h in problem.households)) / weights
    lowest = np.sort(levels)[: max(1, len(levels) // 10)]
    return 1000 * float(np.maximum(0, even - lowest).mean())


def _turns(problem: Problem) -> Split:
    """One piece a turn in the order of the list, until nobody takes any."""
    left = {item.id: item.quantity for item in problem.items}
    has: dict[tuple[str, str], int] = {}
    used: dict[tuple[str, str], int] = {}
    total = {h.id: 0 for h in problem.households}
    bounds = {(h.id, i.id): bound_of_item(h, i) for h in problem.households for i in problem.items}
    taking = list(problem.households)
    while taking:
        again = []
        for home in taking:
            for item in problem.items:
                key, kind = (home.id, item.id), (home.id, item.stands_for)
                whole = home.most is None or total[home.id] < home.most
                room = has.get(key, 0) < bounds[key] and used.get(kind, 0) < bound_of_kind(home, item.stands_for)
                if left[item.id] and whole and room:
                    left[item.id] -= 1
                    has[key] = has.get(key, 0) + 1
                    used[kind] = used.get(kind, 0) + 1
                    total[home.id] += 1
                    again.append(home)
                    break
        taking = again
    return Split(tuple(Given(h, i, n) for (h, i), n in has.items()), left)


CLASSES: dict[str, dict[str, Any]] = {
    "single": {"worths": (1,), "level": "together", "plenty": 0.2},
    "plenty": {"worths": (1,), "level": "together", "plenty": 1.0},
    "kits": {"worths": (1, 2, 5), "level": "together", "plenty": 0.2},
    "kinds": {"worths": (1,), "level": "kind", "plenty": 0.2},
}


def instances(args: argparse.Namespace) -> Iterator[tuple[str, str, Problem]]:
    """Those of the folder, else out of the seed: small, as the issue asks, and larger."""
    if args.dir:
        for path in sorted(args.dir.glob("*.json")):
            yield path.stem, "file", from_json(json.loads(path.read_text(encoding="utf-8")))
        return
    sizes = [(args.households, args.items)] if args.households else [(30, 20), (300, 85), (1000, 85)]
    for households, items in sizes:
        for name, more in CLASSES.items():
            yield f"{name}-{households}x{items}-{args.seed}", name, shortage(args.seed, households, items, **more)


def to_json(problem: Problem) -> dict[str, Any]:
    """A problem as plain lists and words."""

    def plain(value: Any) -> Any:
        if isinstance(value, frozenset):
            return sorted(value)
        if isinstance(value, dict):
            return {key: plain(each) for key, each in value.items()}
        return [plain(each) for each in value] if isinstance(value, list | tuple) else value

    found: dict[str, Any] = plain(dataclasses.asdict(problem))
    return found


def from_json(written: dict[str, Any]) -> Problem:
    """The problem in what `to_json` wrote."""

    def some(record: dict[str, Any], *names: str) -> dict[str, Any]:
        return {**record, **{n: frozenset(record[n]) for n in names if record.get(n) is not None}}

    homes = (
        Household(**{**some(h, "diets", "avoids", "likes"), "had": tuple(Had(**each) for each in h.get("had", ()))})
        for h in written["households"]
    )
    rule = written.get("rule", {})
    return Problem(
        tuple(homes),
        tuple(Item(**some(i, "suits", "contains")) for i in written["items"]),
        Rule(**{**rule, "level": Level(rule.get("level", "together"))}),
    )


def main() -> None:
    """Measure every instance and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, help="a folder of .json instances; left out: out of the seed")
    parser.add_argument("--budget", type=float, default=60.0, help="seconds after which a run is given up")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--csv", type=Path)
    parser.add_argument("--engine", choices=["ours", "turns", "all"], default="all")
    parser.add_argument("--households", type=int)
    parser.add_argument("--items", type=int, default=85)
    parser.add_argument("--write", type=Path, help="write the instances to this folder and end")
    args = parser.parse_args()
    if args.write:
        args.write.mkdir(parents=True, exist_ok=True)
        for name, _, problem in instances(args):
            (args.write / f"{name}.json").write_text(json.dumps(to_json(problem), indent=1), encoding="utf-8")
        return
    table = Table(args.csv)
    engines = ["ours", "turns"] if args.engine == "all" else [args.engine]
    for name, cls, problem in instances(args):
        for engine in engines:
            outcome, wall, cpu, memory = measure(run, problem, engine, patience=args.budget)
            table.add(
                Row(
                    name,
                    cls,
                    len(problem.households),
                    engine,
                    args.seed,
                    args.budget,
                    outcome.feasible,
                    outcome.cost,
                    None,
                    outcome.unserved,
                    wall,
                    cpu,
                    memory,
                    outcome.note,
                )
            )


if __name__ == "__main__":
    main()
