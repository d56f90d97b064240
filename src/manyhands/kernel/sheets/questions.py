"""What a heading says by itself: phrases and parts of them, whole questions, misspelt words, several languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from rapidfuzz import fuzz, process

from manyhands.kernel.sheets.fields import Field
from manyhands.kernel.sheets.lexicon import has_no_blanks_between_words, phrase_fields, plain
from manyhands.kernel.sheets.signs import QUESTIONS, WHOLE_ONLY

_Add = Callable[[str, float], None]
_ENOUGH_LETTERS = 400  # of a heading; a pasted page is no longer a heading
_BETWEEN_PARTS = re.compile(
    r"[?:()\[\]\n\r]|\s[-–—/|]\s|\s*[/|]\s*(?=[^\x00-\x7f])|(?<=[^\x00-\x7f])\s*[/|]\s*|<br>|\.\s|, "
)
# After these words an English noun has been named already, as in Spanish it is: "name of the driver".
_OF = frozenset("of de del da do du des der von di for para to in on and or s no number line info information 1 2 3 one two primary required optional please if".split())  # noqa: E501, SIM905  # fmt: skip


def heading_points(heading: str) -> Mapping[Field, float]:
    """How far a heading alone speaks for each field, 0 to 1."""
    return _points(heading[:_ENOUGH_LETTERS])


@lru_cache(maxsize=10_000)
def _points(heading: str) -> Mapping[Field, float]:
    points: dict[Field, float] = {}
    for weight, clause in _clauses(heading):
        for field, value in _clause_points(clause).items():
            points[field] = max(points.get(field, 0.0), value * weight)
    whole = plain(heading)
    if len(whole) > 12:
        for pattern, field, value in QUESTIONS:
            if pattern.search(whole[:250]):
                points[field] = max(points.get(field, 0.0), value)
    points.update(_need_points(heading.strip(), whole[:250], points))
    return points


def first_clause(heading: str) -> str:
    """The heading up to its first bracket, colon or question mark, plain."""
    parts = [part for part in _BETWEEN_PARTS.split(heading[:_ENOUGH_LETTERS].strip()) if part.strip()]
    return plain(parts[0]) if parts else ""


def _clauses(heading: str) -> list[tuple[float, str]]:
    """The heading whole, then its parts: before and after brackets and colons, and each of several languages."""
    text = heading[:_ENOUGH_LETTERS].strip()
    clauses = [(1.0, plain(text))]
    dotted = re.fullmatch(r"[A-Za-z]\w*\.(\w[\w ]*)", text)
    if dotted:  # "Clients.address": the name of a table and of its column
        clauses.append((0.97, plain(dotted[1])))
    parts = [part for part in _BETWEEN_PARTS.split(text) if part.strip()]
    if len(parts) > 1:
        clauses += [(0.95 if index == 0 else 0.8, plain(part)) for index, part in enumerate(parts[:8])]
    return clauses


def _clause_points(clause: str) -> dict[Field, float]:
    known = phrase_fields()
    points: dict[Field, float] = {}

    def add(phrase: str, value: float) -> None:
        for field in known.get(phrase, ()):
            points[field] = max(points.get(field, 0.0), value)

    add(clause, 1.0)
    numbered = re.sub(r"(\s+\d{1,2})+$", "", clause)
    if numbered != clause:
        add(numbered, 0.95)
    if has_no_blanks_between_words(clause):
        run = clause.replace(" ", "")
        for phrase in _unspaced_phrases():
            if phrase in run:
                add(phrase, 0.5 + 0.45 * len(phrase) / len(run))
    words = clause.split()
    if 1 < len(words) <= 40:
        joined = "".join(words)
        if joined.isascii():  # "Tele phone"
            add(joined, 0.9)
        _add_parts(words, add)
    if clause.isascii() and 5 <= len(clause) <= 34 and max(points.values(), default=0.0) < 0.7:
        _add_misspelt(clause, words, add)
    return points


def _add_parts(words: Sequence[str], add: _Add) -> None:
    """Phrases that are a part of the clause: worth more the more of it they are, and where the noun stands."""
    for size in range(min(8, len(words) - 1), 0, -1):
        for start in range(len(words) - size + 1):
            phrase = " ".join(words[start : start + size])
            if phrase in WHOLE_ONLY or len(phrase) < 2:
                continue
            ends = start + size == len(words)
            noun = ends or (start == 0 and words[size] in _OF)
            add(phrase, _part_points(size, len(words), noun=noun, edge=ends or start == 0))


def _part_points(size: int, of: int, *, noun: bool, edge: bool) -> float:
    if of <= 4:
        return 0.35 + 0.45 * size / of + (0.12 if noun else -0.12 if size == 1 else 0.0)
    if size == 1:
        return 0.3 if edge else 0.2
    return 0.42 + 0.4 * size / of + (0.04 if edge else 0.0)


def _add_misspelt(clause: str, words: Sequence[str], add: _Add) -> None:
    close = process.extractOne(clause, _spellable_phrases(), scorer=fuzz.ratio, score_cutoff=89)
    if close:
        add(close[0], 0.85 * close[1] / 100)
        return
    for word in words:
        near = process.extractOne(word, _spellable_phrases(), scorer=fuzz.ratio, score_cutoff=90)
        if near and len(word) >= 7 and near[0] not in WHOLE_ONLY:
            add(near[0], 0.5 if len(words) <= 3 else 0.3)


@lru_cache(maxsize=1)
def _spellable_phrases() -> list[str]:
    return [phrase for phrase in phrase_fields() if 5 <= len(phrase) <= 30 and phrase.isascii()]


@lru_cache(maxsize=1)
def _unspaced_phrases() -> list[str]:
    found = [phrase for phrase in phrase_fields() if len(phrase) >= 2 and has_no_blanks_between_words(phrase)]
    return sorted(found, key=len, reverse=True)


_DO_YOU_NEED = re.compile(
    r"^(do|does|are|is|would|did)\b.*\b(you|your|they|household|family|anyone)\b.*"
    r"\b(need|needs|looking for|like|require|want|seeking)\b"
    r"|^necesita|^avez vous besoin|^brauchen sie|^precisa de|^ha bisogno"
)
_ASKS_FOR_MORE = re.compile(
    r"\b(contacted|anonymous|recurring|speak|interpreter|language|delivery or|when|volunteer|help others"
    r"|someone else)\b"
)
_NEEDS_THING = re.compile(
    r"^needs? (?!by|date|on|status|id|notes?|type|level|category|focus|details?|help|email|to\b|more|for\b|description"
    r"|outreach|follow)(\w+( \w+){0,2})$"
    r"|^(?!date|when|time|what|how|who|day|follow|action)\w+( \w+){0,3} (needed|required|wanted)$"
)
_GLUED_NEED = re.compile(r"need(?!s$|ed|y$|le)[a-z_]{3,}", re.IGNORECASE)
_GLUED_DETAIL = re.compile(r"detail(?!s$|ed|s\b)[a-z_]{3,}", re.IGNORECASE)


def _need_points(heading: str, whole: str, points: Mapping[Field, float]) -> dict[Field, float]:
    """Columns that are a need themselves: "Do you need help getting supplies?", "needwater" with "detailwater"."""
    if _GLUED_NEED.fullmatch(heading):
        return {Field.NEED: 0.95}
    if _GLUED_DETAIL.fullmatch(heading):
        return {Field.NEED_DETAIL: 0.95}
    weak = {Field.WHAT, Field.WORDS, Field.NOTES, Field.URGENCY, Field.WANTED_ON}
    if max((value for field, value in points.items() if field not in weak), default=0.0) >= 0.8:
        return {}
    if _DO_YOU_NEED.search(whole) and not _ASKS_FOR_MORE.search(whole):
        return {Field.NEED: 0.84}
    if _NEEDS_THING.match(whole) and points.get(Field.WHAT, 0.0) < 0.9 and points.get(Field.WANTED_ON, 0.0) < 0.8:
        return {Field.NEED: 0.8}
    return {}
