"""A made-up city of a million addresses: how long its index takes, how large it is, and how fast places are found.

    python -m bench.finding_city --addresses 1000000 --seed 1 --csv city.csv

Streets lie on a grid and bear made-up names, as some forty thousand shops do, so that there are as many different
words as a real city has. Asked are addresses with one letter or figure changed.
"""

from __future__ import annotations

import argparse
import csv
import math
import random
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import osmium
from osmium.osm.mutable import Node, Way

from manyhands.places.streets import addresses
from manyhands.places.streets.finding import Finder

STEP = 0.0009  # degrees between two crossings
HOUSES = 12  # on each piece of street between two crossings
KINDS = ("Street", "Avenue", "Road", "Lane", "Boulevard", "Court", "Drive", "Place")
SOUNDS = ("ba", "cor", "del", "fen", "gar", "hol", "lin", "mar", "nor", "pel", "ros", "san", "tor", "ver", "wes", "ash")


def a_city(file: Path, many: int, luck: random.Random) -> list[tuple[str, float, float]]:
    """Write a city with about so many addresses; some of them as they would be typed, with where they are."""
    side = max(2, math.isqrt(many // (2 * HOUSES)))
    names = [_name(luck) for _ in range(2 * side)]
    asked: list[tuple[str, float, float]] = []
    with osmium.SimpleWriter(str(file)) as writer:
        node = 0
        for north in range(side):
            for east in range(side):
                node += 1
                writer.add_node(Node(id=node, location=(4 + east * STEP, 50 + north * STEP)))
        writer.add_node(Node(id=node + 1, location=(4.0, 50.0), tags={"place": "city", "name": "Bigtown"}))
        node += 1
        for line in range(2 * side):
            for piece in range(side):
                for house in range(HOUSES):
                    along, across = (piece + (house + 0.5) / HOUSES) * STEP, line % side * STEP + 0.0001 * (-1) ** house
                    lat, lon = (50 + across, 4 + along) if line < side else (50 + along, 4 + across)
                    number = piece * HOUSES + house + 1
                    told = {"addr:housenumber": str(number), "addr:street": names[line]}
                    node += 1
                    writer.add_node(Node(id=node, location=(lon, lat), tags=told))
                    if luck.random() < 400 / many:
                        asked.append((f"{names[line]} {number}", lat, lon))
        for shop in range(many // 25):
            words = " ".join(_word(luck, 4) for _ in range(luck.choice((1, 2, 2, 3))))
            where = 4 + luck.random() * side * STEP, 50 + luck.random() * side * STEP
            writer.add_node(Node(id=node + 1 + shop, location=where, tags={"shop": "yes", "name": words}))
        for line in range(2 * side):
            nodes = [line * side + at + 1 if line < side else at * side + line - side + 1 for at in range(side)]
            for start in range(0, side - 1, 20):
                tags = {"highway": "residential", "name": names[line]}
                writer.add_way(Way(id=line * side + start + 1, nodes=nodes[start : start + 21], tags=tags))
    return asked


def _name(luck: random.Random) -> str:
    words = " ".join(_word(luck, 3) for _ in range(luck.choice((1, 1, 2))))
    return f"{words} {luck.choice(KINDS)}"


def _word(luck: random.Random, longest: int) -> str:
    return "".join(luck.choice(SOUNDS) for _ in range(luck.randrange(2, longest + 1))).title()


def _held() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--addresses", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--csv", type=Path)
    given: Any = parser.parse_args()
    luck = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "city.osm.pbf"
        asked = a_city(file, given.addresses, luck)
        written, begun, cpu = _held(), time.perf_counter(), time.process_time()
        made = addresses.make(file, Path(folder), lambda _share: None)
        line = {
            **made,
            "map_mb": round(file.stat().st_size / 1e6, 1),
            "index_mb": round((Path(folder) / addresses.FILE).stat().st_size / 1e6, 1),
            "import_s": round(time.perf_counter() - begun, 1),
            "import_cpu_s": round(time.process_time() - cpu, 1),
            "import_mib": round(_held()),
            "before_mib": round(written),
        }
        begun = time.perf_counter()
        finder = Finder(Path(folder) / addresses.FILE)
        line["open_ms"] = round((time.perf_counter() - begun) * 1000)
        times, hits = [], 0
        for text, lat, lon in asked:
            at = luck.randrange(1, len(text) - 4)
            begun = time.perf_counter()
            found = finder.find(text[:at] + luck.choice("aeiou") + text[at + 1 :])
            times.append((time.perf_counter() - begun) * 1000)
            hits += bool(found) and math.hypot(found[0].lat - lat, (found[0].lon - lon) * 0.64) < 0.002
        times.sort()
        line |= {
            "asked": len(asked),
            "within_200": round(hits / max(1, len(asked)), 3),
            "ms_median": round(times[len(times) // 2], 1),
            "ms_95": round(times[int(len(times) * 0.95)], 1),
        }
    for name, value in line.items():
        print(f"{name:<14} {value:>12,}")
    if given.csv:
        with given.csv.open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, list(line))
            writer.writeheader()
            writer.writerow(line)


if __name__ == "__main__":
    main()
