"""A share said as people say it: "about 2 in 3". Too few to tell, and nothing is said."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction as Exactly


@dataclass(frozen=True, slots=True)
class Fraction:
    """About ``part`` in ``of``."""

    part: int
    of: int


@dataclass(frozen=True, slots=True)
class Few:
    """Hardly any; or so few that a number would point at someone."""


@dataclass(frozen=True, slots=True)
class NearlyAll:
    """Hardly any left out; or so few that a number would point at someone."""


# What people can picture; halves before quarters before tenths where two are equally near.
_PICTURED = [(part, of) for of in (2, 3, 4, 5, 10) for part in range(1, of) if Exactly(part, of).denominator == of]


def roughly(part: int, whole: int, *, below: int) -> Fraction | Few | NearlyAll | None:
    """About which share ``part`` is of ``whole``.

    ``None`` where the whole is under four times ``below`` (or nothing); ``Few`` where the part itself is under
    ``below`` or a twentieth of the whole, ``NearlyAll`` where the rest is. Raises ValueError for a part that is not of
    the whole.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"{part} is not a part of {whole}.")
    if whole < max(1, 4 * below):
        return None
    share = Exactly(part, whole)
    if part < below or share < Exactly(1, 20):
        return Few()
    if whole - part < below or share > Exactly(19, 20):
        return NearlyAll()
    nearest = min(_PICTURED, key=lambda pictured: (abs(Exactly(*pictured) - share), pictured[1]))
    return Fraction(*nearest)
