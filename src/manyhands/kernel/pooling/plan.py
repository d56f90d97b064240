"""Who gives what to whom, and the prices that prove that nothing better could be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Trip = tuple[str, int]
"""A van's id and a day."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """So much of a lot for a want, in a van on a day. `van_id` is None where no van is needed; the day is then the
    first that suits.
    """

    lot_id: str
    want_id: str
    van_id: str | None
    day: int
    amount: float


@dataclass(frozen=True)
class Plan:
    """The transfers, what of each lot nobody gets, what of each want is not met, and the proof.

    `gained`: Σ points of what is transferred, ways paid. `per_lot`, `per_want`, `per_room`: what one unit more of a
    lot, of a want, or of space in a van on a day would bring at most (not named: nothing). No way gains more than its
    prices, so no plan can gain more than `bound` = Σ price × how much there is, and this one gains as much.
    """

    transfers: tuple[Transfer, ...] = ()
    left: Mapping[str, float] = field(default_factory=dict)
    unmet: Mapping[str, float] = field(default_factory=dict)
    gained: float = 0.0
    bound: float = 0.0
    per_lot: Mapping[str, float] = field(default_factory=dict)
    per_want: Mapping[str, float] = field(default_factory=dict)
    per_room: Mapping[Trip, float] = field(default_factory=dict)
    looked_at: int = 0
    """How many ways there were in all."""
