"""Several answers in one cell, told apart even where an answer holds a comma itself."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence

_RECORD_ID = re.compile(r"rec[A-Za-z0-9]{14}")
_HARD = re.compile(r"[;|\n\r•·‣▪]")
_COMMAS = ",،、，"
_LONGEST_SPLIT = 2_000
_CELLS_LEARNT_FROM = 3_000
# Answers people begin with and then explain: what stands behind the comma is no other answer.
_OPENERS = frozenset({"yes", "no", "si", "sí", "oui", "non", "ja", "nein", "sim", "não", "כן", "לא", "نعم", "لا"})
_GOES_ON = frozenset(
    {
        "i", "but", "and", "or", "so", "because", "etc", "etc.", "pero", "y", "o", "mais", "et", "ou", "aber", "und",
        "oder",
    }
)  # fmt: skip


class Choices:
    """How the cells of one column are cut into answers, learnt from all of them together.

    A comma is a cut unless the words around it always come together and read as one option ("Pet care - food,
    litter"), the answer plainly goes on ("non urgent, I can wait"), or semicolons or line breaks do the cutting.
    """

    def __init__(self, cells: Sequence[str]) -> None:
        filled = [cell.strip() for cell in cells if cell.strip()][:_CELLS_LEARNT_FROM]
        self._two_languages = _labels_in_two_languages(filled)
        self._whole = _options_with_commas([cell for cell in filled if "," in cell and len(cell) <= 1_000])

    def split(self, cell: str) -> tuple[str, ...]:
        """The answers in a cell, in order, each once, as written."""
        text = cell.strip()
        listed = _from_json(text)
        if listed is not None:
            return _each_once(listed)
        if len(text) > _LONGEST_SPLIT:
            return (text,)
        if _HARD.search(text) and not (self._two_languages and not re.search(r"[;\n\r•]", text)):
            return _each_once(_HARD.split(text))
        return _each_once(self._cut_at_commas(text))

    def _cut_at_commas(self, text: str) -> list[str]:
        if not any(comma in text for comma in _COMMAS):
            return [text]
        held: list[str] = []
        for option in self._whole:
            if option in text:
                text = text.replace(option, f"\x01{len(held)}\x01")
                held.append(option)
        answers: list[str] = []
        for piece in _outside_brackets(text):
            part = re.sub(r"\x01(\d{1,4})\x01", lambda found: _held(held, found), piece).strip()
            if answers and _goes_on(answers[-1], part):
                answers[-1] = f"{answers[-1]}, {part}"
            else:
                answers.append(part)
        return answers


def _labels_in_two_languages(cells: list[str]) -> bool:
    """True where each option is one label in two languages: "1. Urgences | Emergency, 2. Eau | Water"."""
    barred = [cell for cell in cells if " | " in cell]
    several = [cell for cell in barred if "," in cell.strip(" ,")]
    paired = sum(1 for cell in several if cell.count(" | ") == len([part for part in cell.split(",") if " | " in part]))
    counted = sum(1 for cell in several if cell.count(" | ") >= 2)
    return bool(barred) and counted * 2 > len(several) and paired * 10 >= len(several) * 8 and len(several) > 0


def _held(held: list[str], found: re.Match[str]) -> str:
    index = int(found[1])
    return held[index] if index < len(held) else found[0]


def _options_with_commas(cells: list[str]) -> list[str]:
    """Options that hold commas themselves, longest first: their parts come back, never without each other, and go on
    in small letters after a beginning of several words.
    """
    runs: Counter[str] = Counter()
    singles: Counter[str] = Counter()
    for cell in cells:
        parts = cell.split(",")
        if len(parts) > 24:
            continue
        singles.update(part.strip() for part in parts)
        for start in range(len(parts)):
            for end in range(start + 2, min(len(parts), start + 4) + 1):
                runs[",".join(parts[start:end]).strip()] += 1
    options = []
    for run, count in runs.items():
        parts = [part.strip() for part in run.split(",")]
        if count < 2 or any(singles[part] != count for part in parts):
            continue
        if len(parts[0].split()) >= 2 and parts[0][:1].isupper() and all(not part[:1].isupper() for part in parts[1:]):
            options.append(run)
    return sorted(options, key=len, reverse=True)[:100]


def _goes_on(before: str, part: str) -> bool:
    if before.casefold() in _OPENERS:
        return True
    first = part.split(" ", 1)[0].casefold() if part else ""
    return first in _GOES_ON and (len(before.split()) >= 2 or first in {"etc", "etc.", "and", "or", "y", "o"})


def _outside_brackets(text: str) -> list[str]:
    """Cut at commas, but not inside brackets nor within a number (1,000)."""
    parts, depth, start = [], 0, 0
    for index, char in enumerate(text):
        if char in "([":
            depth += 1
        elif char in ")]":
            depth = max(0, depth - 1)
        elif (
            char in _COMMAS
            and not depth
            and not (text[index - 1 : index].isdigit() and re.match(r"\d{3}(?!\d)", text[index + 1 :]))
        ):
            parts.append(text[start:index])
            start = index + 1
    parts.append(text[start:])
    # A bracket that never closes hides nothing.
    return re.split(f"[{_COMMAS}]", text) if depth else parts


def _from_json(text: str) -> list[str] | None:
    """The answers of a cell that holds JSON: a list of words or of named things, or names with true behind them."""
    if text[:1] not in {"[", "{"} or text[-1:] not in {"]", "}"}:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list):
        return [_name_of(item) for item in value if item is not None]
    if isinstance(value, dict) and value and all(isinstance(inner, bool) for inner in value.values()):
        return [key for key, chosen in value.items() if chosen]
    return None


def _name_of(item: object) -> str:
    if isinstance(item, dict):
        name = next((item[key] for key in ("name", "label", "title", "id") if item.get(key)), None)
        return str(name) if name is not None else json.dumps(item, ensure_ascii=False)
    return str(item)


def _each_once(pieces: Sequence[str]) -> tuple[str, ...]:
    seen: dict[str, str] = {}
    for piece in pieces:
        name = piece.strip().strip('"').strip()
        if name:
            seen.setdefault(name.casefold(), name)
    return tuple(seen.values())


def is_record_id(text: str) -> bool:
    """True for the ids with which Airtable links records (kept as they are: they name a row, not a person)."""
    return bool(_RECORD_ID.fullmatch(text.strip()))
