"""How often a place is found as people type it: addresses, crossings, landmarks, streets and places of a map.

    script/bench finding --dir ../shared/data/osm --seed 1 --csv finding.csv

What the map holds is written as people write it: with slips, shorthand, parts left out, in another order, case or
script. A line for each kind and each distortion says how often the first answer lies within 50 and 200 metres, how
often one of the six answers does, how often the first was called sure, and how often it was sure and wrong: a street
more than 1,500 metres away, a part of town more than 3,000, anything else more than 200; or the door, and not within
50. Addresses from elsewhere and words without sense must find nothing surely. "unmapped" are houses taken out of the
index first.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import math
import random
import re
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from manyhands.places.streets import addresses
from manyhands.places.streets.finding import LONG_STREET, Exactness, Finder, Found

METRES = 111_195.0
# A street without its house is somewhere in it, and so with a part of town.
MAY_BE_OFF = {Exactness.STREET: LONG_STREET, Exactness.AREA: 3_000.0}


@dataclass(frozen=True, slots=True)
class Held:
    """Something the map holds: how it is written, in parts, and where it is."""

    kind: str
    name: str
    number: str
    town: str
    lat: float
    lon: float
    street: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table; shares of ``n``, and milliseconds a question."""

    map: str
    kind: str
    distortion: str
    n: int
    within_50: float
    within_200: float
    among_six: float
    sure: float
    sure_wrong: float
    door_wrong: float
    ms_mean: float
    ms_most: float


# ── How people write ─────────────────────────────────────────────────────────────────────────────────────────────────

_SHORT = (
    ("strasse", "str."), ("straße", "str."), ("gasse", "g."), ("platz", "pl."), ("Avinguda", "Av."), ("Carrer", "C/"),
    ("Plaça", "Pl."), ("Carretera", "Ctra."), ("Passatge", "Ptge."), ("Sankt", "St."), ("Sant ", "St. "),
    ("Street", "St"), ("Avenue", "Ave"), ("Road", "Rd"),
)  # fmt: skip
_KINDS = r"\b(?:Avinguda|Carrer|Plaça|Carretera|Passatge|Camí|Street|Avenue|Road)(?: (?:de la|dels|del|de|d'))?\s*"
_CYRILLIC = dict(zip("abcdefghijklmnopqrstuvwxyz", "абкдефгхийклмнопкрстуввхиц", strict=True)) | {"x": "кс"}


def _plain_of(held: Held) -> str:
    return f"{held.name} {held.number}".strip() + (f", {held.town}" if held.town and held.town != held.name else "")


def _slip(text: str, luck: random.Random) -> str:
    """One slip in a word of five letters or more: one left out, doubled, swapped or hit beside."""
    words = list(re.finditer(r"[^\W\d_]{5,}", text))
    if not words:
        return text
    word = luck.choice(words)
    at = luck.randrange(word.start() + 1, word.end() - 1)
    match luck.randrange(4):
        case 0:
            return text[:at] + text[at + 1 :]
        case 1:
            return text[:at] + luck.choice("aeinrst") + text[at:]
        case 2:
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + luck.choice("abdegiklmnoprstuvz") + text[at + 1 :]


def _short(text: str) -> str:
    for long, short in _SHORT:
        text = re.sub(long, short, text, flags=re.IGNORECASE if long.islower() else 0)
    return text


def _without_accents(text: str) -> str:
    from anyascii import anyascii

    return str(anyascii(text.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")))


def _cyrillic(text: str) -> str:
    return "".join(_CYRILLIC.get(letter, letter) for letter in _without_accents(text).lower())


def _shuffled(held: Held, luck: random.Random) -> str:
    street = f"{held.number} {held.name}".strip() if luck.random() < 0.5 else f"{held.name} {held.number}".strip()
    return f"{held.town} {street}" if held.town != held.name else street


def _chatty(held: Held, luck: random.Random) -> str:
    ends = (" 2nd floor", ", apt 4", ", ring twice", " (blue house)", ", top floor", ", Stock 3", ", pis 2")
    return _plain_of(held) + luck.choice(ends)


DISTORTIONS: dict[str, Callable[[Held, random.Random], str]] = {
    "as it is": lambda held, _: _plain_of(held),
    "one slip": lambda held, luck: _slip(_plain_of(held), luck),
    "two slips": lambda held, luck: _slip(_slip(_plain_of(held), luck), luck),
    "shorthand": lambda held, _: _short(_plain_of(held)),
    "no accents": lambda held, _: _without_accents(_plain_of(held)),
    "case": lambda held, luck: luck.choice((str.upper, str.lower, str.swapcase))(_plain_of(held)),
    "no commas": lambda held, _: re.sub(r"[^\w\s]", " ", _plain_of(held)),
    "order": _shuffled,
    "no town": lambda held, _: f"{held.name} {held.number}".strip(),
    "no street kind": lambda held, _: re.sub(r"(?:strasse|gasse|weg)\b|" + _KINDS, "", _plain_of(held)).strip(),
    "more words": _chatty,
    "another script": lambda held, _: _cyrillic(_plain_of(held)),
    "all at once": lambda held, luck: _slip(_short(_without_accents(_shuffled(held, luck))).lower(), luck),
}


# ── What is asked ────────────────────────────────────────────────────────────────────────────────────────────────────


def held_by(index: Path) -> Iterator[Held]:
    """Everything an index holds that has one place."""
    db = sqlite3.connect(index)
    towns = dict(db.execute("SELECT id, name FROM thing WHERE kind = 'place'"))
    streets = {row[0]: row[1:] for row in db.execute("SELECT id, name, town, lat, lon, reach, line FROM thing")}
    for street, label, lat, lon in db.execute("SELECT street, label, lat, lon FROM house WHERE NOT reckoned"):
        name, town, *_ = streets[street]
        yield Held("address", name, label, towns.get(town, ""), lat, lon, street)
    seen = set()
    for one, other, lat, lon in db.execute("SELECT street, other, lat, lon FROM crossing ORDER BY street, other"):
        (name, town, *_), (second, *_) = streets[one], streets[other]
        if (other, one) not in seen and name != second:
            seen.add((one, other))
            yield Held("crossing", f"{name} & {second}", "", towns.get(town, ""), lat, lon)
    for kind, name, town, lat, lon, reach in db.execute("SELECT kind, name, town, lat, lon, reach FROM thing"):
        if kind == "landmark" or (kind == "street" and reach < 150) or (kind == "place" and reach < 100_000):
            yield Held(kind, name, "", towns.get(town, ""), lat, lon)
    db.close()


def from_elsewhere(data: Path) -> Iterator[str]:
    """Addresses of other parts of the world, and words that are no address."""
    file = data / "addresses_us" / "labeled.json.gz"
    if file.is_file():
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            yield from (each["raw"] for each in json.load(lines))
    file = data / "addresses_world" / "libpostal_parser_cases.json"
    if file.is_file():
        yield from (each["input"] for each in json.loads(file.read_text(encoding="utf-8")))
    file = data / "addresses_world" / "opencage_format_cases.json"
    if file.is_file():
        yield from (each["expected"] for each in json.loads(file.read_text(encoding="utf-8")))


def nonsense(luck: random.Random, many: int) -> Iterator[str]:
    """Pronounceable words that mean nothing, with numbers, and sentences."""
    said = ("please bring it soon", "at my mother's place", "the blue door behind the shop", "ask the desk", "12", "?",
            "same as last week", "call me first", "no idea", "by the river somewhere", "ground floor left")  # fmt: skip
    for _ in range(many):
        word = "".join(luck.choice("bdfgklmnprstvz") + luck.choice("aeiou") for _ in range(luck.randrange(2, 5)))
        yield luck.choice(said) if luck.random() < 0.3 else f"{word} {luck.choice(('', 'street', 'strasse', 'weg'))} 7"


# ── Asking ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def measured(map_name: str, kind: str, distortion: str, asked: list[tuple[str, Held]], finder: Finder) -> Line:
    """Ask all of these and count."""
    hits: dict[str, int] = dict.fromkeys(
        ("within_50", "within_200", "among_six", "sure", "sure_wrong", "door_wrong"), 0
    )
    times = []
    for text, held in asked:
        begun = time.perf_counter()
        found = finder.find(text)
        times.append((time.perf_counter() - begun) * 1000)
        far = [_metres(each, held) for each in found] or [math.inf]
        hits["within_50"] += far[0] <= 50
        hits["within_200"] += far[0] <= 200
        hits["among_six"] += min(far) <= 200
        hits["sure"] += bool(found) and found[0].is_sure
        if found and found[0].is_sure:
            hits["sure_wrong"] += far[0] > MAY_BE_OFF.get(found[0].exactness, 200)
            hits["door_wrong"] += far[0] > 50 and found[0].exactness is Exactness.DOOR
    n = max(1, len(asked))
    shares = {name: round(count / n, 4) for name, count in hits.items()}
    return Line(
        map_name,
        kind,
        distortion,
        len(asked),
        **shares,
        ms_mean=round(sum(times) / n, 2),
        ms_most=round(max(times, default=0), 1),
    )


def _metres(found: Found, held: Held) -> float:
    east = (found.lon - held.lon) * METRES * math.cos(math.radians(held.lat))
    return math.hypot((found.lat - held.lat) * METRES, east)


def lines_of(file: Path, data: Path, luck: random.Random, sample: int) -> Iterator[Line]:
    """All lines of one map."""
    with tempfile.TemporaryDirectory() as folder:
        addresses.make(file, Path(folder), lambda _share: None)
        index = Path(folder) / addresses.FILE
        everything = list(held_by(index))
        finder = Finder(index)
        name = file.name.split(".")[0]
        for kind in ("address", "crossing", "landmark", "street", "place"):
            mine = [held for held in everything if held.kind == kind]
            chosen = luck.sample(mine, min(sample, len(mine)))
            for distortion, write in DISTORTIONS.items():
                if chosen and (kind != "place" or distortion not in {"no town", "more words", "no street kind"}):
                    asked = [(write(held, luck), held) for held in chosen]
                    yield measured(name, kind, distortion, asked, finder)
        houses = [held for held in everything if held.kind == "address"]
        out = luck.sample(houses, min(sample, len(houses) // 5))
        if out:
            yield measured(name, "address", "unmapped", [(_plain_of(held), held) for held in out], _without(index, out))
        nowhere = Held("nowhere", "", "", "", 0.0, 0.0)
        yield measured(name, "nowhere", "from elsewhere", [(text, nowhere) for text in from_elsewhere(data)], finder)
        yield measured(name, "nowhere", "nonsense", [(text, nowhere) for text in nonsense(luck, sample)], finder)


def _without(index: Path, out: list[Held]) -> Finder:
    other = index.with_name("without.sqlite3")
    shutil.copy(index, other)
    with sqlite3.connect(other) as db:
        db.executemany("DELETE FROM house WHERE street = ? AND label = ?", [(each.street, each.number) for each in out])
    return Finder(other)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, required=True, help="a folder of .osm.pbf files")
    parser.add_argument("--data", type=Path, help="the folder of addresses_us and addresses_world; beside --dir")
    parser.add_argument("--sample", type=int, default=400, help="how many of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--budget", type=float, help="not used: asking takes milliseconds")
    parser.add_argument("--csv", type=Path)
    given: Any = parser.parse_args()
    lines = []
    print(
        f"{'':<14} {'kind':<9} {'written':<16} {'n':>5} {'50 m':>6} {'200 m':>6} {'six':>6} {'sure':>6}"
        f" {'wrong':>6} {'door':>6} {'ms':>6}"
    )
    for file in sorted(given.dir.glob("*.osm.pbf")):
        for line in lines_of(file, given.data or given.dir.parent, random.Random(given.seed), given.sample):
            lines.append(line)
            print(
                f"{line.map:<14.14} {line.kind:<9} {line.distortion:<16} {line.n:>5} {line.within_50:>6.1%}"
                f" {line.within_200:>6.1%} {line.among_six:>6.1%} {line.sure:>6.1%} {line.sure_wrong:>6.2%}"
                f" {line.door_wrong:>6.2%} {line.ms_mean:>6.1f} (most {line.ms_most:.0f})",
                flush=True,
            )
    if given.csv:
        with given.csv.open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, [each.name for each in fields(Line)])
            writer.writeheader()
            writer.writerows(asdict(line) for line in lines)


if __name__ == "__main__":
    main()
