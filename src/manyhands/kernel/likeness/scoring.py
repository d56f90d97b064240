"""How likely it is that two records are one person: the weights of all that speaks for and against, added up."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import log2

from manyhands.kernel.likeness.candidates import pairs
from manyhands.kernel.likeness.evidence import Circle, Evidence, circle_of, compare_people
from manyhands.kernel.likeness.model import LIKELY, MAYBE, PRIOR, SURE, USUAL_SHARE, WEIGHTS
from manyhands.kernel.likeness.people import Ready, Someone, all_ready, make_ready
from manyhands.kernel.likeness.reasons import Reason, reasons_of

PRIOR_FALLS, PRIOR_RISES = 1.0, 8.0  # bits at most
USUAL = 1_000
# A rule, not a lesson: the files we learn from know no families. Nobody is taken for who they live with.
FAMILY = -4.0
_FAMILY = {"household", "strangers_share"}
_BORN_ALIKE = {"born same", "born newyear", "born near"}


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two people who may be one, and why. ``bits`` is the log-odds: 0 is one in two, 5 is 32 to 1."""

    one: Hashable
    two: Hashable
    bits: float
    reasons: tuple[Reason, ...]

    @property
    def is_likely(self) -> bool:
        """Whether it is likely, and not just possible."""
        return self.bits >= LIKELY


def find(people: Iterable[Someone], *, at_least: float = MAYBE) -> list[Likeness]:
    """All pairs that may be one person, the likeliest first. 50,000 people take half a minute, not the square of it."""
    ready = all_ready(people)
    circle = circle_of(ready)
    said: list[float] = []
    kept: list[tuple[int, int, float]] = []
    for one, two in pairs(ready):
        says = bits_of(compare_people(ready[one], ready[two], circle)) - PRIOR
        said.append(says)
        if says + PRIOR + PRIOR_RISES >= at_least:
            kept.append((one, two, says))
    prior = prior_of(said)
    found = [
        _likeness(ready[one], ready[two], compare_people(ready[one], ready[two], circle), prior + says)
        for one, two, says in kept
        if prior + says >= at_least
    ]
    return sorted(found, key=lambda each: (-each.bits, str(each.one), str(each.two)))


def prior_of(said: Sequence[float]) -> float:
    """How often two who were compared are one, in bits, judged by how many are one beyond doubt.

    A file in which everyone stands ten times is not one in which few stand twice. The usual share counts as much as
    ``USUAL`` comparisons, so that few comparisons move it little.
    """
    sure = sum(says + PRIOR >= SURE for says in said)
    moved = _odds((sure + USUAL * USUAL_SHARE) / (len(said) + USUAL)) - _odds(USUAL_SHARE)
    return PRIOR + max(-PRIOR_FALLS, min(PRIOR_RISES, moved))


def _odds(share: float) -> float:
    return log2(share / (1 - share)) if share < 1 else PRIOR_RISES


def find_for(one: Someone, others: Iterable[Someone], *, at_least: float = MAYBE) -> list[Likeness]:
    """Who of the others may be this person, the likeliest first. Compares with each of them."""
    mine, ready = make_ready(one), all_ready(others)
    circle = circle_of([mine, *ready])
    found = [
        _likeness(mine, each, evidence, bits)
        for each in ready
        if (bits := bits_of(evidence := compare_people(mine, each, circle))) >= at_least
    ]
    return sorted(found, key=lambda each: (-each.bits, str(each.two)))


def compare(one: Someone, two: Someone, circle: Circle | None = None) -> Likeness:
    """How likely two records are one person, with every reason; ``circle`` says how common their names are."""
    mine, theirs = make_ready(one), make_ready(two)
    evidence = compare_people(mine, theirs, circle or circle_of([mine, theirs]))
    return _likeness(mine, theirs, evidence, bits_of(evidence))


def bits_of(evidence: Evidence) -> float:
    """The weights of what was compared, added up."""
    bits = PRIOR + sum(WEIGHTS.get(level, 0.0) * value for level, value in evidence.levels.items())
    return bits + FAMILY if evidence.levels.keys() & _FAMILY and not evidence.levels.keys() & _BORN_ALIKE else bits


def _likeness(one: Ready, two: Ready, evidence: Evidence, bits: float) -> Likeness:
    return Likeness(one.key, two.key, bits, reasons_of(evidence))
