"""Measure times by road: bringing a map in, an evening's ways, one more ask, and thousands of places.

Each .osm.pbf in the folder is brought in, and places are drawn by chance from the points of its roads. ``--city`` adds
a made city of so many blocks to a side (300: 420,000 points), for the size of a real one. Whether the ways are right
is checked against Dijkstra's algorithm (SciPy) on the net itself; ``cost`` is the mean seconds of a way by car.

    script/bench streets --dir ../shared/data/osm --city 300
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import osmium
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from bench.measuring import Outcome, Row, Table, measure
from manyhands.kernel.geo import METRES_PER_DEGREE, Mode, Point
from manyhands.kernel.streets.hierarchy import Ends, ways
from manyhands.places.streets import nets, roads
from manyhands.places.streets.importing import Step, bring_in
from manyhands.places.streets.store import Streets, kept
from manyhands.places.streets.times import RoadTimes

STEPS = (Step(nets.NAME, "Roads", nets.SHAPE, roads.make),)
EVENING, MANY = 380, 3_000
MODES = (Mode.FOOT, Mode.BIKE, Mode.CAR)


def made_city(file: Path, side: int, seed: int) -> None:
    """A city of blocks: a third of the streets missing, a fifth one-way, every sixth a main road, bends in all."""
    luck = np.random.default_rng(seed)
    number = np.arange(side * side).reshape(side, side)
    with osmium.SimpleWriter(str(file)) as writer:
        shifts, ways_made = luck.normal(0, 15, (side * side, 2)), 0
        made = [
            (node % side * 110 + shifts[node, 0], node // side * 110 + shifts[node, 1]) for node in range(side * side)
        ]
        for pair in [
            *zip(number[:, :-1].ravel(), number[:, 1:].ravel(), strict=True),
            *zip(number[:-1].ravel(), number[1:].ravel(), strict=True),
        ]:
            main = pair[0] // side % 6 == 0 or pair[0] % side % 6 == 0
            if not main and luck.random() > 0.62:
                continue
            (x, y), (u, v) = made[pair[0]], made[pair[1]]
            first = len(made)
            made += [
                (x + (u - x) * s + luck.normal(0, 4), y + (v - y) * s + luck.normal(0, 4)) for s in (0.3, 0.5, 0.7)
            ]
            tags = {"highway": "secondary" if main else "residential"}
            if not main and luck.random() < 0.2:
                tags["oneway"] = "yes"
            nodes = [int(pair[0]) + 1, first + 1, first + 2, first + 3, int(pair[1]) + 1]
            ways_made += 1
            writer.add_way(osmium.osm.mutable.Way(id=ways_made, nodes=nodes, tags=tags))
        points = [
            osmium.osm.mutable.Node(
                id=i, location=(2.0 + x / METRES_PER_DEGREE / 0.66, 48.7 + y / METRES_PER_DEGREE), tags={}
            )
            for i, (x, y) in enumerate(made, 1)
        ]
    # Points come before ways in a file that is read once.
    loose = file.with_name("loose.osm.pbf")
    file.replace(loose)
    with osmium.SimpleWriter(str(file)) as writer:
        for point in points:
            writer.add_node(point)
        for thing in osmium.FileProcessor(str(loose)):
            writer.add(thing)
    loose.unlink()


def come_in(file: Path, where: Path) -> Outcome:
    """Bring the map in."""
    streets, _anew = bring_in(file, where, steps=STEPS, now=datetime.now(UTC), large=True)
    found = streets.steps[nets.NAME]["car"]
    size = sum(path.stat().st_size for path in (streets.folder / nets.NAME).iterdir()) / 1e6
    return Outcome(
        True, None, note=f"{found['points']:,} points by car, {size:.0f} MB of nets from {streets.size / 1e6:.1f} MB"
    )


def evening(where: Path, count: int, modes: tuple[Mode, ...], seed: int) -> Outcome:
    """All ways between so many places, for each way of getting about."""
    travel, places = RoadTimes(_there(where)), _places(where, count, seed)
    for mode in modes:
        seconds, _metres = travel.matrix(mode, places, places)
    return Outcome(_is_right(where, seed), float(seconds.mean()), note=f"{travel.strays} pairs on straight lines")


def more(where: Path, count: int, modes: tuple[Mode, ...], seed: int) -> Outcome:
    """One ask more, when the ways between the others are known; what is told is that alone."""
    import time

    travel, places = RoadTimes(_there(where)), _places(where, count + 1, seed)
    for mode in modes:
        travel.prepare(mode, places[:-1])
    begun = time.perf_counter()
    for mode in modes:
        travel.matrix(mode, places, places)
    return Outcome(True, None, note=f"{1000 * (time.perf_counter() - begun):.0f} ms for the one")


def _there(where: Path) -> Streets:
    streets = kept(where)
    assert streets is not None
    return streets


def _places(where: Path, count: int, seed: int) -> list[Point]:
    """Doors some metres off a road, by chance, from the middle of the map where it is larger than a city."""
    net, luck = nets.read(_there(where).folder / nets.NAME, Mode.CAR), np.random.default_rng(seed)
    x, y = np.asarray(net.ends[0]), np.asarray(net.ends[1])
    near = np.flatnonzero(np.hypot(x - np.median(x), y - np.median(y)) < 15_000)
    chosen = luck.choice(near, count, replace=count > len(near))
    lat = net.cells.south + (y[chosen] + luck.normal(0, 12, count)) / METRES_PER_DEGREE
    lon = net.cells.west + (x[chosen] + luck.normal(0, 12, count)) / METRES_PER_DEGREE / net.cells.narrow
    return [Point(float(a), float(b)) for a, b in zip(lat, lon, strict=True)]


def _is_right(where: Path, seed: int) -> bool:
    """Whether ways between some junctions cost what Dijkstra's algorithm finds."""
    net, luck = nets.read(_there(where).folder / nets.NAME, Mode.CAR), np.random.default_rng(seed)
    least: dict[tuple[int, int], float] = {}
    for tails, heads, costs in ((net.tails, net.heads, net.forth), (net.heads, net.tails, net.back)):
        for tail, head, cost in zip(tails.tolist(), heads.tolist(), costs.tolist(), strict=True):
            if np.isfinite(cost) and tail != head:
                least[tail, head] = min(cost, least.get((tail, head), np.inf))
    rows, columns = zip(*least, strict=True)
    count = len(net.hierarchy)
    plain = csr_matrix((list(least.values()), (rows, columns)), shape=(count, count))
    some = luck.choice(count, min(5, count), replace=False)
    ends = Ends(some[:, None], np.zeros((len(some), 1)))
    return bool(np.array_equal(ways(net.hierarchy, ends, ends), dijkstra(plain, indices=some)[:, some]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, required=True, help="a folder of .osm.pbf files")
    parser.add_argument("--city", type=int, default=0, help="a made city too, of so many blocks to a side")
    parser.add_argument("--budget", type=float, default=600, help="the most seconds for one line")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--csv", type=Path)
    given: Any = parser.parse_args()
    table = Table(given.csv)
    with tempfile.TemporaryDirectory() as folder:
        files = sorted(given.dir.glob("*.osm.pbf"))
        if given.city:
            files.append(Path(folder) / "made-city.osm.pbf")
            # Elsewhere: what this process ever held counts as held by those it starts.
            making = multiprocessing.get_context("spawn").Process(
                target=made_city, args=(files[-1], given.city, given.seed)
            )
            making.start()
            making.join()
        for file in files:
            where = Path(folder) / file.stem
            lines = [("import", 1, come_in, (file, where))]
            lines += [("evening", EVENING, evening, (where, EVENING, MODES, given.seed))]
            lines += [("one more", EVENING, more, (where, EVENING, MODES, given.seed))]
            lines += [("many", MANY, evening, (where, MANY, (Mode.CAR,), given.seed))]
            for kind, count, work, what in lines:
                outcome, wall, cpu, memory = measure(work, *what, patience=given.budget)
                table.add(
                    Row(
                        file.name.split(".")[0][:22], kind, count, "ours", given.seed, given.budget, outcome.feasible,
                        outcome.cost, None, outcome.unserved, wall, cpu, memory, outcome.note,
                    )
                )  # fmt: skip


if __name__ == "__main__":
    main()
