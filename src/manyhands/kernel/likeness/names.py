"""Names as people write them: taken apart, made comparable across scripts and spellings, and compared."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz.distance import OSA, JaroWinkler

from manyhands.kernel.likeness.nicknames import is_short_for

_TITLES = frozenset(
    """mr mrs ms miss mx dr prof sir dame lord lady rev fr sr sra srta don dona senor senora hr herr frau mme mlle
    st nd rd th jr junior senior esq phd md baron baronet earl duke viscount ustad hajji haji sheikh""".split()  # noqa: SIM905 - words are read as a text
)
# Words that belong to a name and say little by themselves.
_PARTICLES = frozenset(
    """de la las los del da do dos das di du van von der den ter te le al el ul bin ibn bint ben y e i of the and
    """.split()  # noqa: SIM905 - words are read as a text
)
_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LIGHTER = (
    ("sch", "s"), ("tch", "s"), ("sh", "s"), ("zh", "j"), ("ch", "s"), ("kh", "h"), ("gh", "g"), ("ph", "f"),
    ("th", "t"), ("dh", "d"), ("dj", "j"), ("ck", "k"), ("qu", "k"), ("ce", "se"), ("ci", "si"), ("c", "k"),
    ("q", "k"), ("x", "ks"), ("z", "s"), ("v", "f"),
)  # fmt: skip
_MISREAD = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("5", "s"), ("8", "b"), ("i", "l"))


class Kind(IntEnum):
    """How two words of a name go together, the surest first."""

    SAME = 0
    SPELT = 1  # another spelling, perhaps from another script
    SHORT = 2  # what someone is called for short
    TYPO = 3
    INITIAL = 4
    BLUR = 5  # much alike, but more than a slip
    NOT = 6


class Shape(IntEnum):
    """How two whole names go together."""

    FULL = 0  # every word has its fellow
    WITHIN = 1  # one has words more: a second given name, a second surname
    WORD = 2  # only one word is known of one of them
    PARTLY = 3  # some words have a fellow, and each has one that the other lacks: often a family
    NONE = 4
    UNKNOWN = 5


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart: ``words`` in plain Latin letters, without titles and particles; ``joined`` has these too."""

    words: tuple[str, ...]
    joined: str

    @property
    def initials(self) -> str:
        return "".join(sorted(word[0] for word in self.words))


@dataclass(frozen=True, slots=True)
class Alike:
    """How two names compare: their shape, their weakest tie, the tied words, and whether the order was another."""

    shape: Shape
    kind: Kind = Kind.NOT
    ties: tuple[tuple[str, str, Kind], ...] = ()
    turned: bool = False


UNKNOWN = Alike(Shape.UNKNOWN)


@lru_cache(maxsize=200_000)
def take_apart(written: str) -> Name:
    """A name as written, in any script, as comparable words."""
    words: list[str] = []
    particles: list[str] = []
    parts: list[str] = []
    for chunk in written.replace("’", "'").replace("ʻ", "'").replace("`", "'").split():
        for word in _WORD.findall(chunk.replace("'", "")):
            for part in _folded(word):
                if part in _TITLES or part.isdigit() or _is_ordinal(part):
                    continue
                parts.append(part)
                (particles if part in _PARTICLES else words).append(part)
    words = words or particles
    return Name(tuple(words[:6]), "".join(parts[:8]))


def _is_ordinal(part: str) -> bool:
    return part[0].isdigit() and part[-2:] in {"st", "nd", "rd", "th"}


def _folded(word: str) -> list[str]:
    """One written word as words of small Latin letters; a name in signs is cut where the signs are."""
    if word.isascii():
        return [word.lower()]
    plain = unicodedata.normalize("NFKC", word)
    latin = re.sub(r"[^A-Za-z0-9]", "", anyascii(plain))
    if any("぀" <= sign <= "鿿" or "가" <= sign <= "힣" for sign in plain):
        return [part.lower() for part in _HUMP.split(latin) if part]
    if plain.startswith("ال") and len(plain) > 3 and latin.startswith("l"):
        latin = latin[1:]  # the Arabic article, which in Latin letters stands apart
    return [latin.lower()] if latin else []


@lru_cache(maxsize=200_000)
def skeleton(word: str) -> str:
    """The consonants of a word, spellings of one sound made one: Muhammad, Mohamed and محمد are all "mhmd"."""
    for heavy, light in _LIGHTER:
        word = word.replace(heavy, light)
    bare = word[:-1] if word.endswith("h") and len(word) > 2 else word
    signs: list[str] = []
    for sign in bare:
        if sign in "aeiouyw":
            signs.append("")
        elif not signs or signs[-1] != sign:
            signs.append(sign)
    return "".join(signs)


def _has_vowels(word: str) -> bool:
    return any(sign in "aeiou" for sign in word)


@lru_cache(maxsize=500_000)
def compare_words(one: str, two: str) -> Kind:
    """How two words of names go together."""
    if one == two:
        return Kind.INITIAL if len(one) == 1 else Kind.SAME
    short, long = sorted((one, two), key=len)
    if len(short) == 1:
        return Kind.INITIAL if long.startswith(short) else Kind.NOT
    if is_short_for(one, two):
        return Kind.SHORT
    alike = JaroWinkler.similarity(one, two)
    bare = skeleton(one)
    if len(bare) >= 2 and bare == skeleton(two) and (not (_has_vowels(one) and _has_vowels(two)) or alike >= 0.8):
        return Kind.SPELT
    if len(short) >= 3 and _is_cut_off(short, long):
        return Kind.SHORT
    if alike < 0.7:
        return Kind.NOT
    apart = OSA.distance(one, two)
    if apart <= (0 if len(long) < 4 else 1 if len(long) < 8 else 2) or _misread(one) == _misread(two):
        return Kind.TYPO
    if alike >= 0.87 or (len(long) >= 6 and 1 - apart / len(long) >= 0.6):
        return Kind.BLUR
    return Kind.NOT


def _is_cut_off(short: str, long: str) -> bool:
    """Whether one is the other cut off, also with an ending put on: Chris, Katie, Beth."""
    if long.startswith(short) or (len(short) >= 4 and long.endswith(short)):
        return True
    for ending in ("ie", "y", "i"):
        if short.endswith(ending):
            stem = short.removesuffix(ending)
            if len(stem) >= 4 and stem[-1] == stem[-2]:
                stem = stem[:-1]
            return len(stem) >= 3 and long.startswith(stem)
    return False


def _misread(word: str) -> str:
    """A word as a scanner may have read it."""
    for seen, meant in _MISREAD:
        word = word.replace(seen, meant)
    return word


@lru_cache(maxsize=300_000)
def compare(one: Name, two: Name) -> Alike:
    """How two names go together, whatever the order of their words."""
    if not one.words or not two.words:
        return UNKNOWN
    if one.words == two.words or one.joined == two.joined:
        kind = Kind.SAME if len(one.joined) > 1 else Kind.INITIAL
        shape = Shape.WORD if min(len(one.words), len(two.words)) == 1 and one.words == two.words else Shape.FULL
        shorter = one if len(one.words) <= len(two.words) else two
        return Alike(shape, kind, tuple((word, word, compare_words(word, word)) for word in shorter.words))
    left, right = list(enumerate(one.words)), list(enumerate(two.words))
    found = sorted(
        (kind, abs(at - to), at, to)
        for at, a in left
        for to, b in right
        if (kind := compare_words(a, b)) is not Kind.NOT
    )
    ties: list[tuple[int, int, Kind]] = []
    for kind, _apart, at, to in found:
        if all(at != other_at and to != other_to for other_at, other_to, _ in ties):
            ties.append((at, to, kind))
    taken_left, taken_right = {at for at, _to, _k in ties}, {to for _at, to, _k in ties}
    _tie_joined(one.words, two.words, taken_left, taken_right, ties, is_turned=False)
    _tie_joined(two.words, one.words, taken_right, taken_left, ties, is_turned=True)
    if not ties:
        return Alike(Shape.NONE)
    ties.sort()
    said = tuple((one.words[at], two.words[to], kind) for at, to, kind in ties)
    more_left, more_right = len(one.words) - len(taken_left), len(two.words) - len(taken_right)
    if min(len(one.words), len(two.words)) == 1:
        shape = Shape.WORD
    elif more_left and more_right:
        shape = Shape.PARTLY
    elif more_left or more_right:
        shape = Shape.WITHIN
    else:
        shape = Shape.FULL
    order = [to for _at, to, _kind in ties]
    return Alike(shape, max(kind for _a, _b, kind in said), said, order != sorted(order))


def _tie_joined(
    some: tuple[str, ...],
    other: tuple[str, ...],
    taken: set[int],
    taken_other: set[int],
    ties: list[tuple[int, int, Kind]],
    *,
    is_turned: bool,
) -> None:
    """Two words of one name written as one in the other: Anna Lena and Annalena."""
    for at in range(len(some) - 1):
        if at in taken or at + 1 in taken:
            continue
        both = some[at] + some[at + 1]
        for to, word in enumerate(other):
            if to not in taken_other and len(word) >= 5 and (kind := compare_words(both, word)) <= Kind.TYPO:
                ties.append((to, at, kind) if is_turned else (at, to, kind))
                taken.update({at, at + 1})
                taken_other.add(to)
                break
