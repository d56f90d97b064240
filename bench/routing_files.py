"""Reading routing instances: VRPLIB .vrp and .sol, Solomon and Gehring-Homberger .txt, Li-Lim .txt, MUTUALAID .json.

All becomes whole numbers the way the class has it:
nearest whole (CVRP), ten times and cut off as in the DIMACS challenge (VRPTW, PCVRPTW, MTVRPTWR), a thousand times and
rounded (MDVRPTW, SDVRPTW, HFVRP, PDPTW), as it stands (MUTUALAID).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from manyhands.kernel.routing.core import BEYOND, JOB, RELOAD, Answer, Case, Job, Lines, Route, Shipment, Vehicles

SCALES = {
    "CVRP": (1, False),
    "VRPTW": (10, True),
    "PCVRPTW": (10, True),
    "MTVRPTWR": (10, True),
    "MUTUALAID": (1, False),
}
"""How many units are one of the file, and whether the rest is cut off; any other class has thousandths, rounded."""

A_VEHICLE = 10_000
"""What a vehicle costs in units of the file where fewer vehicles come before a shorter way (PDPTW)."""


@dataclass(frozen=True)
class Instance:
    """One file of a benchmark. `best_known` is in the units of the case, empty where none is known."""

    name: str
    cls: str
    file: Path
    case: Case
    best_known: float | None
    published: Answer | None


class Unreadable(ValueError):
    """A sentence that says what is wrong with a file."""


def instances_in(folder: Path, only: Sequence[str] = ()) -> list[Path]:
    """The files with instances, in the order of their names; `only` names (or classes) if given."""
    found = [f for f in sorted(folder.iterdir()) if f.suffix in (".vrp", ".txt", ".json")]
    if only:
        found = [f for f in found if any(o == _name(f) or o == f.name.partition("__")[0] for o in only)]
    return found


def read(file: Path) -> Instance:
    """Read an instance, with its best known value from bks.csv or from the .sol beside it."""
    try:
        cls = class_of(file)
        case, numbers = _READERS[_format(file, cls)](file, cls)
    except (KeyError, IndexError, ValueError) as trouble:
        raise Unreadable(f"{file.name} cannot be read as a routing instance: {trouble}.") from trouble
    published = _published(file, case, numbers)
    return Instance(_name(file), cls, file, case, _best_known(file, cls), published)


def class_of(file: Path) -> str:
    """The class by the name of the file (CLASS__NAME), or else by what is in it."""
    before, parted, _ = file.name.partition("__")
    if parted:
        return before.upper()
    if file.suffix == ".json":
        return "MUTUALAID"
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    if file.suffix == ".txt":
        return "PDPTW" if len(lines) > 1 and len(lines[1].split()) == 9 else "VRPTW"
    for line in lines:
        key, _, value = line.partition(":")
        if key.strip() == "TYPE":
            return value.strip().upper()
    return "CVRP"


def _name(file: Path) -> str:
    return file.stem.partition("__")[2] or file.stem


def _format(file: Path, cls: str) -> str:
    return {".json": "json", ".vrp": "vrp"}.get(file.suffix, "li-lim" if cls == "PDPTW" else "solomon")


def _rounding(cls: str) -> tuple[int, bool]:
    return SCALES.get(cls, (1000, False))


def _whole(cls: str) -> Callable[[Any], Any]:
    scale, cut_off = _rounding(cls)

    def whole(values: Any) -> Any:
        exact = scale * np.asarray(values, dtype=np.float64)
        return (exact if cut_off else np.rint(exact)).astype(np.int64)

    return whole


def _ways(xy: Any, cls: str) -> Lines:
    scale, cut_off = _rounding(cls)
    return Lines(np.asarray(xy, dtype=np.float64), scale, cut_off)


def _pair(values: Any) -> tuple[int, int]:
    return int(values[0]), int(values[1])


def _solomon(file: Path, cls: str) -> tuple[Case, list[int]]:
    fleet: tuple[int, int] | None = None
    rows = []
    for line in file.read_text().splitlines():
        try:
            numbers = [float(word) for word in line.split()]
        except ValueError:
            continue
        if len(numbers) == 2 and fleet is None:
            fleet = int(numbers[0]), int(numbers[1])
        elif len(numbers) == 7:
            rows.append(numbers)
    if fleet is None or not rows:
        raise ValueError("it has no line with the number of vehicles, or no stops")
    whole = _whole(cls)
    table = np.array(rows)
    windows, services = whole(table[:, 4:6]), whole(table[:, 6])
    jobs = tuple(Job(i, (int(table[i, 3]),), (0,), int(services[i]), _pair(windows[i])) for i in range(1, len(table)))
    vehicles = Vehicles(fleet[0], (fleet[1],), 0, 0, _pair(windows[0]))
    return Case(_ways(table[:, 1:3], cls), jobs, (vehicles,)), []


def _li_lim(file: Path, cls: str) -> tuple[Case, list[int]]:
    rows = [[float(word) for word in line.split()] for line in file.read_text().splitlines() if line.strip()]
    count, room = int(rows[0][0]), int(rows[0][1])
    table = np.array(rows[1:])
    whole = _whole(cls)
    windows, services = whole(table[:, 4:6]), whole(table[:, 6])
    shipments = []
    for i in range(1, len(table)):
        there = int(table[i, 8])
        if there > 0:
            shipments.append(
                Shipment(
                    i,
                    there,
                    (int(table[i, 3]),),
                    _pair(windows[i]),
                    _pair(windows[there]),
                    int(services[i]),
                    int(services[there]),
                )
            )
    vehicles = Vehicles(count, (room,), 0, 0, _pair(windows[0]), fixed=A_VEHICLE * _rounding(cls)[0])
    return Case(_ways(table[:, 1:3], cls), (), (vehicles,), tuple(shipments)), []


def _sections(file: Path) -> tuple[dict[str, str], dict[str, list[list[str]]]]:
    head: dict[str, str] = {}
    sections: dict[str, list[list[str]]] = {}
    current: list[list[str]] | None = None
    for raw in file.read_text().splitlines():
        line = raw.strip()
        if line == "EOF":
            break
        if line.replace(":", "").strip().endswith("_SECTION"):
            current = sections.setdefault(line.replace(":", "").strip().removesuffix("_SECTION"), [])
        elif ":" in line and not line[0].isdigit() and line[0] != "-":
            key, _, value = line.partition(":")
            head[key.strip()] = value.strip()
        elif line and current is not None:
            current.append(line.split())
    return head, sections


def _vrplib(file: Path, cls: str) -> tuple[Case, list[int]]:
    head, sections = _sections(file)
    if head.get("EDGE_WEIGHT_TYPE", "EUC_2D") != "EUC_2D":
        raise ValueError(f"ways of the kind {head['EDGE_WEIGHT_TYPE']} are not known, only EUC_2D")
    size = int(head["DIMENSION"])
    whole = _whole(cls)
    depots = [int(row[0]) - 1 for row in sections.get("DEPOT", [["1"]]) if row[0] != "-1"]
    if depots != list(range(len(depots))):
        raise ValueError("its depots are not the first places")

    def of_places(name: str, width: int, otherwise: float) -> Any:
        if name in sections:
            table = np.zeros((size, width))
            for row in sections[name]:
                table[int(row[0]) - 1] = [float(word) for word in row[1 : 1 + width]]
            return table if name == "NODE_COORD" else whole(table)
        return np.tile(whole(np.full(width, float(head.get(name, otherwise)))), (size, 1))

    count = int(head.get("VEHICLES", size - len(depots)))

    def of_vehicles(name: str, otherwise: int, *, plain: bool = False) -> list[int]:
        if name in sections:
            values = np.array([float(row[1]) for row in sections[name]])
        elif name in head:
            values = np.full(count, float(head[name]))
        else:
            return [otherwise] * count
        return [int(each) for each in (values if plain else whole(values))]

    windows = of_places("TIME_WINDOW", 2, 0) if "TIME_WINDOW" in sections else np.tile([0, BEYOND], (size, 1))
    demands, services = of_places("DEMAND", 1, 0)[:, 0], of_places("SERVICE_TIME", 1, 0)[:, 0]
    releases, prizes = of_places("RELEASE_TIME", 1, 0)[:, 0], of_places("PRIZE", 1, 0)[:, 0]
    jobs = tuple(
        Job(
            i,
            (int(demands[i]),),
            (0,),
            int(services[i]),
            _pair(windows[i]),
            int(releases[i]),
            int(prizes[i]),
            required=not prizes[i] > 0,
        )
        for i in range(len(depots), size)
    )
    allowed: list[frozenset[int] | None] = [None] * count
    for row in sections.get("VEHICLES_ALLOWED_CLIENTS", []):
        named = frozenset(int(word) - 1 - len(depots) for word in row[1:])
        allowed[int(row[0]) - 1] = named if len(named) < len(jobs) else None
    reloads: list[tuple[int, ...]] = [()] * count
    for row in sections.get("VEHICLES_RELOAD_DEPOT", []):
        reloads[int(row[0]) - 1] = tuple(int(word) - 1 for word in row[1:])
    most_reloads = int(float(head.get("VEHICLES_MAX_RELOADS", 10**6)))
    alike: dict[Vehicles, list[int]] = {}
    columns = zip(
        of_vehicles("CAPACITY", BEYOND),
        of_vehicles("VEHICLES_DEPOT", 1, plain=True),
        of_vehicles("VEHICLES_MAX_DURATION", BEYOND),
        of_vehicles("VEHICLES_MAX_DISTANCE", BEYOND),
        of_vehicles("VEHICLES_FIXED_COST", 0),
        of_vehicles("VEHICLES_UNIT_DISTANCE_COST", 1, plain=True),
        allowed,
        reloads,
        strict=True,
    )
    for number, (room, depot, duration, distance, fixed, per_distance, only, load_at) in enumerate(columns):
        each = Vehicles(
            1,
            (room,),
            depot - 1,
            depot - 1,
            _pair(windows[depot - 1]),
            duration,
            distance,
            fixed,
            per_distance,
            allowed=only,
            reloads=load_at,
            most_reloads=most_reloads if load_at else 0,
        )
        alike.setdefault(each, []).append(number)
    kind_of = [0] * count
    for kind, numbers in enumerate(alike.values()):
        for number in numbers:
            kind_of[number] = kind
    vehicles = tuple(replace(each, count=len(numbers)) for each, numbers in alike.items())
    return Case(_ways(of_places("NODE_COORD", 2, 0), cls), jobs, vehicles), kind_of


def _mutual_aid(file: Path, _cls: str) -> tuple[Case, list[int]]:
    told = json.loads(file.read_text())
    ways = Lines(
        np.array(told["xy"], dtype=np.float64), told["detour"], speed=told["speed_mps"], stopping=told["stop_seconds"]
    )
    jobs = tuple(
        Job(
            c["loc"],
            tuple(c["dlv"]),
            (0,) * len(c["dlv"]),
            c["svc"],
            _pair(c["tw"]),
            prize=c["prize"],
            required=c["prize"] == 0,
            skills=frozenset(c["skills"]),
        )
        for c in told["clients"]
    )
    shipments = tuple(
        Shipment(
            s["ploc"],
            s["dloc"],
            tuple(s["amt"]),
            _pair(s["ptw"]),
            _pair(s["dtw"]),
            s["psvc"],
            s["dsvc"],
            s["prize"],
            s["prize"] == 0,
            frozenset(s["skills"]),
        )
        for s in told.get("shipments", [])
    )
    vehicles = tuple(
        Vehicles(
            1,
            tuple(v["cap"]),
            v["start"],
            v["end"],
            _pair(v["tw"]),
            v["max_dur"],
            fixed=v["fixed"],
            per_distance=v["ud"],
            per_duration=v["ut"],
            skills=frozenset(v["skills"]),
        )
        for v in told["vehicles"]
    )
    return Case(ways, jobs, vehicles, shipments), []


_READERS: dict[str, Callable[[Path, str], tuple[Case, list[int]]]] = {
    "solomon": _solomon,
    "li-lim": _li_lim,
    "vrp": _vrplib,
    "json": _mutual_aid,
}


def _published(file: Path, case: Case, kind_of: list[int]) -> Answer | None:
    """The published answer beside the file. One depot without reloading: jobs are numbered from 1, else by place."""
    beside = file.with_suffix(".sol")
    if not beside.exists():
        return None
    depots = case.jobs[0].place
    by_place = depots > 1 or any(v.reloads for v in case.vehicles)
    routes = []
    rows = [line for line in beside.read_text().splitlines() if line.lower().startswith("route")]
    for number, line in enumerate(rows):
        places = [int(word) for word in line.partition(":")[2].split()]
        steps = tuple((RELOAD, p) if by_place and p < depots else (JOB, p - depots) for p in places)
        if steps:
            routes.append(Route(kind_of[number] if number < len(kind_of) else 0, steps))
    return tuple(routes)


def _best_known(file: Path, cls: str) -> float | None:
    table = file.parent / "bks.csv"
    if table.exists():
        with table.open(newline="", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                if row.get("file") == file.name or row.get("name") == _name(file):
                    return _with_vehicles(row, cls) if row.get("bks") else None
    beside = file.with_suffix(".sol")
    if beside.exists():
        for line in beside.read_text().splitlines():
            if line.lower().startswith("cost"):
                return float(line.split()[-1])
    return None


def _with_vehicles(row: dict[str, str], cls: str) -> float:
    best = float(row["bks"])
    if cls == "PDPTW" and row.get("bks_vehicles"):
        best += float(row["bks_vehicles"]) * A_VEHICLE * _rounding(cls)[0]
    return best
