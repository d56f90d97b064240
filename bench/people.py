"""How well people written down twice are found, beside a plain rule, and how long it takes.

    python bench/people.py                     measure on the halves nothing was learned from
    python bench/people.py --data DIR          the same for other files of the same shapes
    python bench/people.py --whole             measure on whole files, not on held-out halves
    python bench/people.py fit                 learn the weights from the other halves, and print them

The data stays where it is; see the README beside each file for its source and licence.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path

import numpy as np
from people_town import town
from scipy.optimize import minimize

from manyhands.kernel.likeness import Someone, find, model
from manyhands.kernel.likeness.candidates import pairs
from manyhands.kernel.likeness.evidence import circle_of, compare_people
from manyhands.kernel.likeness.names import Kind, Shape, compare, take_apart
from manyhands.kernel.likeness.people import all_ready

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
Data = tuple[list[Someone], dict[object, object]]


def rows(path: Path) -> Iterator[dict[str, str]]:
    open_ = gzip.open if path.suffix == ".gz" else open
    with open_(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file, skipinitialspace=True):
            yield {key.strip(): (value or "").strip() for key, value in row.items()}


def historical(data: Path) -> Data:
    people, who = [], {}
    for row in rows(data / "people_historical" / "people.csv.gz"):
        names = tuple(dict.fromkeys(n for n in (row["full_name"], row["first_and_surname"]) if n))
        people.append(
            Someone(row["unique_id"], names, postcode=row["postcode_fake"], place=row["birth_place"], born=row["dob"])
        )
        who[row["unique_id"]] = row["cluster"]
    return people, who


def febrl(name: str) -> Callable[[Path], Data]:
    def read(data: Path) -> Data:
        people, who = [], {}
        for row in rows(data / "febrl" / f"{name}.csv.gz"):
            people.append(
                Someone(
                    row["rec_id"], (f"{row['given_name']} {row['surname']}".strip(),), number=row["street_number"],
                    street=row["address_1"], postcode=row["postcode"], place=row["suburb"], born=row["date_of_birth"],
                )
            )  # fmt: skip
            who[row["rec_id"]] = row["rec_id"].split("-")[1]
        return people, who

    return read


def fake(data: Path) -> Data:
    people, who = [], {}
    for row in rows(data / "people_fake_1000" / "fake_1000.csv"):
        people.append(
            Someone(
                row["unique_id"], (f"{row['first_name']} {row['surname']}".strip(),),
                emails=frozenset({row["email"]} - {""}), place=row["city"], born=row["dob"],
            )
        )  # fmt: skip
        who[row["unique_id"]] = row["cluster"]
    return people, who


def made_up(seed: int) -> Callable[[Path], Data]:
    return lambda data: town(data, people=6_000, seed=seed)


SETS: dict[str, Callable[[Path], Data]] = {
    "people_historical": historical,
    "febrl 1": febrl("dataset1"),
    "febrl 3": febrl("dataset3"),
    "people_fake_1000": fake,
}
TRAIN_TOWN, TEST_TOWN = 1, 2
HIDDEN = ((TRAIN_TOWN, ()), (11, ("number", "street", "postcode")), (12, ("postcode",)), (13, ()))


def half(data: Data, which: int) -> Data:
    """One half of the people, every record of a person in the same."""
    people, who = data
    mine = [each for each in people if blake2b(str(who[each.key]).encode()).digest()[0] % 2 == which]
    return mine, {each.key: who[each.key] for each in mine}


def without(data: Data, *fields: str) -> Data:
    from dataclasses import replace

    people, who = data
    return [replace(each, **dict.fromkeys(fields, "")) for each in people], who


# ── Measuring ────────────────────────────────────────────────────────────────────────────────────────────────────────


def true_pairs(data: Data) -> set[frozenset]:
    by_human = defaultdict(list)
    for key, human in data[1].items():
        by_human[human].append(key)
    return {
        frozenset((one, two)) for keys in by_human.values() for at, one in enumerate(keys) for two in keys[at + 1 :]
    }


def plain_rule(people: list[Someone]) -> set[frozenset]:
    """The same phone, or exactly the same name and the same postcode."""
    groups = defaultdict(set)
    for each in people:
        for phone in each.phones:
            groups["phone", phone].add(each.key)
        for name in each.names:
            if name and each.postcode:
                groups["name", " ".join(name.lower().split()), each.postcode.lower()].add(each.key)
    found = set()
    for keys in groups.values():
        some = sorted(keys, key=str)
        found |= {frozenset((one, two)) for at, one in enumerate(some) for two in some[at + 1 :]}
    return found


def rates(found: set, true: set) -> str:
    hit = len(found & true)
    precision, recall = hit / max(1, len(found)), hit / max(1, len(true))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return f"{precision:.3f}  {recall:.3f}  {f1:.3f}"


def measure(name: str, data: Data) -> None:
    people = data[0]
    true = true_pairs(data)
    begin = time.perf_counter()
    found = find(people)
    took = time.perf_counter() - begin
    maybe = {frozenset((each.one, each.two)) for each in found}
    sure = {frozenset((each.one, each.two)) for each in found if each.is_likely}
    ready = all_ready(people)
    looked_at = {frozenset((people[one].key, people[two].key)) for one, two in pairs(ready)}
    print(f"{name:<34} {len(people):6d} {len(true):7d}   {rates(plain_rule(people), true)}   {rates(maybe, true)}   "
          f"{rates(sure, true)}   {len(looked_at & true) / max(1, len(true)):.3f} {len(looked_at):8d} {took:6.1f} s",
          flush=True)  # fmt: skip


def measure_names(data: Path) -> None:
    """Names alone: those of one row in two scripts, and short names, against as many drawn by chance."""
    luck = np.random.default_rng(5)
    scripts = defaultdict(list)
    for row in rows(data / "names" / "names_by_country.csv.gz"):
        written, latin = row["Localized Name"], row["Romanized Name"]
        if written and latin and not written.isascii() and written != latin:
            import unicodedata

            script = unicodedata.name(next(sign for sign in written if not sign.isascii())).split()[0]
            scripts[script].append((written, latin))
    for script, those in scripts.items():
        yes = sum(_alike(one, two) for one, two in those)
        other = [those[at][1] for at in luck.permutation(len(those))]
        no = [(one, two) for (one, own), two in zip(those, other, strict=True) if own != two]
        wrong = sum(_alike(one, two) for one, two in no)
        print(f"names in {script.lower():<12} and in Latin letters: alike {yes / len(those):.3f} of {len(those)}, "
              f"strangers alike {wrong / max(1, len(no)):.3f}")  # fmt: skip
    short = [(row["name"], row["nickname"]) for row in rows(data / "names" / "nicknames.csv")]
    yes = sum(_alike(one, two) for one, two in short)
    names = [one for one, _two in short]
    wrong = sum(_alike(names[a], short[b][1]) for a, b in luck.integers(0, len(short), (4000, 2)))
    print(f"short names: alike {yes / len(short):.3f} of {len(short)}, strangers alike {wrong / 4000:.3f}")


def _alike(one: str, two: str) -> bool:
    alike = compare(take_apart(one), take_apart(two))
    return alike.shape in {Shape.FULL, Shape.WORD, Shape.WITHIN} and alike.kind <= Kind.TYPO


def measure_time(data: Path) -> None:
    people, _who = town(data, people=50_000, seed=9)
    begin, used = time.perf_counter(), time.process_time()
    found = find(people)
    print(f"50,000 made-up people: {time.perf_counter() - begin:.1f} s, {time.process_time() - used:.1f} s of them on "
          f"one core, {len(found)} pairs shown")  # fmt: skip


# ── Learning ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def examples(data: Data, *, most: int = 40_000) -> list[tuple[dict[str, float], bool]]:
    people, who = data
    ready = all_ready(people)
    circle = circle_of(ready)
    looked_at = list(pairs(ready))
    luck = np.random.default_rng(3)
    if len(looked_at) > most:
        looked_at = [looked_at[at] for at in luck.choice(len(looked_at), most, replace=False)]
    return [
        (dict(compare_people(ready[one], ready[two], circle).levels), who[people[one].key] == who[people[two].key])
        for one, two in looked_at
    ]


PULL = 3.0  # towards saying nothing, where few lessons speak


def bounds_of(level: str) -> tuple[float, float]:
    """What a level may come to say at most, in bits: the same phone never speaks against, another never decides."""
    what, _space, how = level.partition(" ")
    if what == "file":
        return -20, 20
    if what == "household":
        return -8, -5  # a rule, not a lesson: a family is never taken for one person for its phone and its door
    if what in {"strangers_share", "ages_share", "shared"}:
        return -8, 0
    if what == "rarity":
        return 0, 2
    if what == "name":
        if how.startswith("word"):
            return 0, 6  # who is known by one name only is not another for it
        return (-10, 0) if how.startswith(("partly", "none")) else (-6, 6)
    if what in {"phone", "email"} and how == "same":
        return 6, 9  # six bits and more even where the name says it all already
    if how.startswith("differ"):
        return -3, 0
    return (0, 8) if "same" in how and "differ" not in how else (-1, 6)


def _own(levels: dict[str, float]) -> bool:
    return not any(level.startswith("file") for level in levels)


def fit(data: Path) -> None:
    """Learn the weights: as log-likelihood ratios in bits, all together, because the levels lean on each other."""
    sets = [half(SETS[name](data), 0) for name in SETS]
    # What an aid network never asks for is missing in half of the lessons, and where people live in some.
    sets += [without(each, "born") for each in sets]
    files = len(sets)
    sets += [without(made_up(seed)(data), *what) for seed, what in HIDDEN]
    lessons, weights = [], []
    for number, each in enumerate(sets):
        found = examples(each)
        # How often people are written down twice is each file's own; what a level says is not.
        own = {f"file {number}": 1.0} if number < files else {}
        lessons += [(levels | own, same) for levels, same in found]
        weights += [1 / len(found)] * len(found)
    names = sorted({level for levels, _is in lessons for level in levels})
    place = {name: at for at, name in enumerate(names)}
    x = np.zeros((len(lessons), len(names)))
    y = np.array([float(same) for _levels, same in lessons])
    w = np.array(weights) / sum(weights) * len(lessons)
    for at, (levels, _same) in enumerate(lessons):
        for level, value in levels.items():
            x[at, place[level]] = value

    def loss(beta):
        z = x @ beta[1:] + beta[0]
        p = 1 / (1 + np.exp(-z))
        value = np.sum(w * (np.logaddexp(0, z) - y * z)) + PULL * np.sum(beta[1:] ** 2)
        slope = x.T @ (w * (p - y)) + 2 * PULL * beta[1:]
        return value, np.concatenate([[np.sum(w * (p - y))], slope])

    bounds = [(-20, 0), *(tuple(bits * np.log(2) for bits in bounds_of(name)) for name in names)]
    best = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", bounds=bounds,
                    options={"maxiter": 5000, "maxfun": 20_000, "ftol": 1e-12}).x  # fmt: skip
    seen = Counter(level for levels, _same in lessons for level in levels)
    usual = [(at, w[at]) for at, (levels, _same) in enumerate(lessons) if _own(levels)]
    sure = sum(weight for at, weight in usual if (x[at] @ best[1:] + best[0]) / np.log(2) >= model.SURE)
    print(f"PRIOR = {best[0] / np.log(2):.2f}")
    print(f"USUAL_SHARE = {sure / sum(weight for _at, weight in usual):.4f}  # of those compared, beyond doubt\n")
    print("WEIGHTS: Mapping[str, float] = {")
    for name in (each for each in names if not each.startswith("file ")):
        print(f'    "{name}": {best[1 + place[name]] / np.log(2):.2f},'
              + (f"  # {seen[name]}" if "--seen" in sys.argv else ""))  # fmt: skip
    print("}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("what", nargs="?", choices=("measure", "fit"), default="measure")
    asked.add_argument("--data", type=Path, default=SHARED)
    asked.add_argument("--whole", action="store_true")
    asked.add_argument("--seen", action="store_true")
    said = asked.parse_args()
    if said.what == "fit":
        fit(said.data)
        return
    print(f"{'':<34} {'':6} {'':7}   {'plain rule':<21}   {'maybe the same':<21}   {'likely the same':<21}   looked at")
    print(f"{'':<34} {'people':>6} {'pairs':>7}   " + "prec.  recall F1      " * 3 + " recall    pairs    time")
    for name, read in SETS.items():
        try:
            data = read(said.data)
        except FileNotFoundError:
            print(f"{name}: not there")
            continue
        for which in (None,) if said.whole else (0, 1):
            part = data if which is None else half(data, which)
            where = "" if which is None else (", learned from", ", held out")[which]
            measure(name + where, part)
            if which != 0:
                measure(f"{name}{where}, no birth", without(part, "born"))
    for seed, where in ((TRAIN_TOWN, "learned from"), (TEST_TOWN, "another")):
        measure(f"made-up town, {where}", made_up(seed)(said.data))
    measure_names(said.data)
    measure_time(said.data)


if __name__ == "__main__":
    main()
