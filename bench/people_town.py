"""A made-up town for the bench: families behind one door and one phone, and some people written down twice.

Names come from the shared lists, read in place; who is who is drawn with a seed. Nobody in it exists.
"""

from __future__ import annotations

import csv
import gzip
import random
from collections import defaultdict
from pathlib import Path

from manyhands.kernel.likeness import Someone

STREETS = """
Alder Almond Anchor Apple Ash Baker Barley Basin Bay Beech Bell Birch Bridge Brook Canal Castle Cedar Chapel Cherry
Church Clay Cliff Copper Creek Crown Dale Dock Dove Elm Farm Fern Ferry Field Forge Fountain Garden Gate Glen Grange
Grove Harbour Hazel Heath Hill Holly Iron Ivy Jasmine Juniper Kiln King Lake Lark Laurel Lime Linden Lock Maple
Market Meadow Mill Moor Moss Oak Orchard Park Pear Pine Plum Pond Poplar Quarry Quay Queen Raven Reed River Rose
Rowan School Shore Silver Spring Station Swan Thorn Tower Valley Vine Walnut Water Well Willow Wren
""".split()  # noqa: SIM905 - words are read as a text
KINDS = (("Street", "St"), ("Road", "Rd"), ("Avenue", "Ave"), ("Lane", "Ln"))
KEYS = "abcdefghijklmnopqrstuvwxyz"


def _names(data: Path) -> tuple[dict[str, list[tuple[str, str]]], dict[str, list[tuple[str, str]]]]:
    given, family = defaultdict(list), defaultdict(list)
    with gzip.open(data / "names" / "names_by_country.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            written, latin = row["Localized Name"].strip(), row["Romanized Name"].strip()
            if written or latin:
                kind = given if row["kind"] == "forename" else family
                kind[row["Country"]].append((written or latin, latin or written))
    return given, family


def _short_names(data: Path) -> dict[str, list[str]]:
    shorts = defaultdict(list)
    with (data / "names" / "nicknames.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            shorts[row["name"]].append(row["nickname"])
    return shorts


def town(data: Path, *, people: int, seed: int, twice: float = 0.15) -> tuple[list[Someone], dict[object, int]]:
    """So many records, and who is behind each."""
    luck = random.Random(seed)
    given, family = _names(data)
    shorts = _short_names(data)
    home_lands = [land for land in given if land in family]
    records: list[Someone] = []
    who: dict[object, int] = {}
    human = 0
    while len(records) < people:
        land = luck.choice(home_lands) if luck.random() < 0.6 else luck.choice(["US", "GB", "ES", "MX"])
        if land not in given or land not in family:
            continue
        surname = _pick(family[land if luck.random() < 0.5 else luck.choice(home_lands)], luck)
        called: set[str] = set()
        street, kind = luck.choice(STREETS), luck.choice(KINDS)
        number, postcode = str(luck.randint(1, 180)), f"{luck.randint(10, 10 + people // 60):05d}"
        shared = _phone(luck)
        for _member in range(luck.choices((1, 2, 3, 4, 5), (35, 30, 18, 12, 5))[0]):
            first = next((name for _try in range(9) if (name := _pick(given[land], luck))[1] not in called), None)
            if first is None:
                break
            called.add(first[1])
            last = surname if luck.random() < 0.85 else _pick(family[land], luck)
            phone = shared if luck.random() < 0.5 else _phone(luck)
            mail = f"{first[1]}.{last[1]}{luck.randint(1, 99)}@example.org".replace(" ", "").lower()
            fields = {
                "names": (f"{first[1]} {last[1]}",),
                "phones": frozenset({phone}) if luck.random() < 0.85 else frozenset(),
                "emails": frozenset({mail}) if luck.random() < 0.4 else frozenset(),
                "number": number, "street": f"{street} {kind[0]}", "postcode": postcode,
            }  # fmt: skip
            if luck.random() < 0.3:
                fields |= {"number": "", "street": ""}
            human += 1
            records.append(Someone(key=len(records), **fields))
            who[records[-1].key] = human
            if luck.random() < twice:
                again = _written_again(fields, first, last, kind, shorts, luck)
                records.append(Someone(key=len(records), **again))
                who[records[-1].key] = human
    return records[:people], {record.key: who[record.key] for record in records[:people]}


def _pick(names: list[tuple[str, str]], luck: random.Random) -> tuple[str, str]:
    return names[int(luck.random() ** 2 * len(names))]  # the first of a list are the common ones


def _phone(luck: random.Random) -> str:
    return f"+1718{luck.randint(2_000_000, 9_999_999)}"


def _written_again(fields, first, last, kind, shorts, luck):
    """The same person, noted once more by somebody else."""
    again = dict(fields)
    name, surname = first[1], last[1]
    how = luck.random()
    if how < 0.15 and shorts.get(name.lower()):
        name = luck.choice(shorts[name.lower()]).title()
    elif how < 0.3:
        name, surname = first[0], last[0]  # in its own script
    elif how < 0.45:
        surname = _slip(surname, luck)
    elif how < 0.55:
        name = _slip(name, luck)
    elif how < 0.62:
        name = f"{name[0]}."
    elif how < 0.7:
        surname = ""
    written = f"{surname} {name}" if luck.random() < 0.15 else f"{name} {surname}"
    again["names"] = (written.strip(),)
    chance = luck.random()
    if chance < 0.2:
        again["phones"] = frozenset({_phone(luck)})
    elif chance < 0.35:
        again["phones"] = frozenset()
    elif chance < 0.42 and fields["phones"]:
        number = next(iter(fields["phones"]))
        at = luck.randint(5, len(number) - 1)
        again["phones"] = frozenset({number[:at] + str(luck.randint(0, 9)) + number[at + 1 :]})
    if luck.random() < 0.6:
        again["emails"] = frozenset()
    if luck.random() < 0.3:
        again |= {"number": "", "street": ""}
    elif luck.random() < 0.3:
        again["street"] = again["street"].replace(*kind)
    if luck.random() < 0.3:
        again["postcode"] = ""
    if not again["phones"] and not again["emails"] and not again["street"]:
        again["phones"] = fields["phones"]
    return again


def _slip(word: str, luck: random.Random) -> str:
    if len(word) < 4:
        return word
    at, how = luck.randint(1, len(word) - 2), luck.random()
    if how < 0.3:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if how < 0.6:
        return word[:at] + word[at + 1 :]
    if how < 0.8:
        return word[:at] + luck.choice(KEYS) + word[at + 1 :]
    return word[:at] + word[at] + word[at:]
