"""Reading the file `addresses` wrote: which words are like a typed one, what bears a name, and what lies in a street.

One connection a thread; the words lie in memory (some megabytes for a city of a million addresses), the rest on disk.
"""

from __future__ import annotations

import json
import math
import sqlite3
import threading
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

COMMON = 4_000  # names a word may occur in and still lead to them
MOST_ENDINGS = 24  # words that begin as the typed one does
MOST_ALIKE = 24


@dataclass(frozen=True, slots=True)
class Thing:
    """A street, landmark, place or postcode. ``reach`` is metres from its point to its furthest end."""

    key: int
    kind: str
    sort: str
    name: str
    town: int | None
    lat: float
    lon: float
    reach: float
    line: int | None  # one for all pieces of a street that runs through several towns


@dataclass(frozen=True, slots=True)
class Name:
    """One name of a thing: its words, each with its parts where it is made of two; small ones end in a tilde."""

    thing: int
    words: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Door:
    """A house of a street: its number, the label it is told by, and whether its point is reckoned from its ends."""

    number: int
    label: str
    lat: float
    lon: float
    is_reckoned: bool


class Lookup:
    """Questions to one file. Raises ``sqlite3.Error`` where it can't be read."""

    def __init__(self, file: Path) -> None:
        self._uri = f"{file.resolve().as_uri()}?mode=ro&immutable=1"
        self._here = threading.local()
        self._names: dict[int, str] = {}  # of towns, which are few
        self._words: dict[str, tuple[int, int]] = {}
        by_length: dict[int, list[str]] = defaultdict(list)
        for key, text, names in self._ask("SELECT id, text, names FROM word"):
            self._words[text] = key, names
            if len(text) > 2 and not text.endswith("_"):
                by_length[len(text)].append(text)
        self._by_length = dict(by_length)
        self._sorted = sorted(text for text in self._words if not text.endswith("_"))
        whole = math.log(2 + max((names for _, names in self._words.values()), default=1) * 4)
        self._weights = {
            text: 0.5 + 0.9 * max(0.0, 1 - math.log(1 + names) / whole) for text, (_, names) in self._words.items()
        }

    def _ask(self, question: str, *given: object) -> list[tuple]:  # type: ignore[type-arg]
        db = getattr(self._here, "db", None)
        if db is None:
            db = self._here.db = sqlite3.connect(self._uri, uri=True)
        return db.execute(question, given).fetchall()

    def knows(self, text: str) -> bool:
        return text in self._words

    def weight(self, text: str) -> float:
        """What a word tells: a rare one more than one that many names hold."""
        return self._weights.get(text, 1.2)

    def alike(self, text: str) -> dict[str, float]:
        """The words of the map a typed one may mean, each with how surely, up to 1."""
        if text in self._words:
            found = {text: 1.0}
            # "Berg" is a word, and perhaps a slip for another: both are kept, the slip for much less.
            return found if len(text) < 5 else {**self._slips(text, 1, 0.25), **found}
        found = {}
        if len(text) >= 3:
            start = bisect_left(self._sorted, text)
            for word in self._sorted[start : start + MOST_ENDINGS]:
                if not word.startswith(text):
                    break
                found[word] = 0.5 + 0.45 * len(text) / len(word)
        allowed = 0 if len(text) < 4 or text.isdigit() else 1 if len(text) < 7 else 2 if len(text) < 12 else 3
        for word, sure in self._slips(text, allowed, 0.0).items():
            found[word] = max(sure, found.get(word, 0.0))
        return found

    def _slips(self, text: str, allowed: int, less: float) -> dict[str, float]:
        if not allowed or text[0].isdigit():
            return {}
        near: list[tuple[str, float]] = []
        for length in range(len(text) - allowed, len(text) + allowed + 1):
            choices = self._by_length.get(length, ())
            alike = process.extract(text, choices, scorer=OSA.distance, score_cutoff=allowed, limit=MOST_ALIKE)
            near += [(word, 1 - 1.3 * distance / max(len(text), 4) - less) for word, distance, _ in alike]
        near.sort(key=lambda each: (-each[1], each[0]))
        return {word: sure for word, sure in near[:MOST_ALIKE] if sure > 0.35}

    def names_with(self, words: Iterable[str]) -> dict[str, list[int]]:
        """The names each of these words occurs in; of words that nearly everything bears, none."""
        found: dict[str, list[int]] = {}
        for word in words:
            known = self._words.get(word)
            if known is not None and known[1] <= COMMON:
                found[word] = [name for (name,) in self._ask("SELECT name FROM posting WHERE word = ?", known[0])]
        return found

    def names(self, keys: Sequence[int]) -> dict[int, Name]:
        rows = self._ask("SELECT id, thing, words FROM name WHERE id IN (SELECT value FROM json_each(?))", _many(keys))
        return {key: Name(thing, tuple(map(_split, words.split(" ")))) for key, thing, words in rows}

    def things(self, keys: Sequence[int]) -> dict[int, Thing]:
        rows = self._ask(
            "SELECT id, kind, sort, name, town, lat, lon, reach, line FROM thing"
            " WHERE id IN (SELECT value FROM json_each(?))",
            _many(keys),
        )
        return {row[0]: Thing(*row) for row in rows}

    def name_of(self, town: int) -> str:
        if town not in self._names:
            self._names[town] = self.things([town])[town].name
        return self._names[town]

    def doors(self, street: int, number: int) -> list[Door]:
        """The houses of this number, else the nearest number before and the nearest after it on the same side."""
        question = "SELECT number, label, lat, lon, reckoned FROM house WHERE street = ? AND number "
        rows = self._ask(question + "= ? LIMIT 60", street, number)
        if not rows:
            side = "AND number % 2 = ? "
            before = self._ask(question + f"< ? {side} ORDER BY number DESC LIMIT 1", street, number, number % 2)
            after = self._ask(question + f"> ? {side} ORDER BY number LIMIT 1", street, number, number % 2)
            rows = before + after or self._ask(
                question + "BETWEEN ? AND ? ORDER BY abs(number - ?) LIMIT 1", street, number - 3, number + 3, number
            )
        return [Door(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows]

    def has_doors(self, street: int) -> bool:
        return bool(self._ask("SELECT 1 FROM house WHERE street = ? LIMIT 1", street))

    def crossings(self, streets: Sequence[int], others: Sequence[int]) -> list[tuple[int, int, float, float]]:
        """Where any of these streets meets any of those."""
        return self._ask(
            "SELECT street, other, lat, lon FROM crossing WHERE street IN (SELECT value FROM json_each(?))"
            " AND other IN (SELECT value FROM json_each(?))",
            _many(streets),
            _many(others),
        )

    def course(self, street: int) -> list[tuple[float, float]]:
        """Corners along a street, in no order."""
        blob = self._ask("SELECT course FROM thing WHERE id = ?", street)[0][0]
        numbers = array("i", blob or b"")
        return [(numbers[at] / 1e6, numbers[at + 1] / 1e6) for at in range(0, len(numbers), 2)]


def _many(keys: Sequence[int]) -> str:
    return json.dumps(list(keys))


def _split(word: str) -> tuple[str, tuple[str, ...]]:
    whole, _, parts = word.partition("=")
    return whole, tuple(parts.split("+")) if parts else ()
