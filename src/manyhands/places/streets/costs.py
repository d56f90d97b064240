"""Seconds and metres of a way as one number that adds up, and compares by seconds first and metres second.

Both parts are whole, hundredths of a second and tenths of a metre, and stay below their limits (a week, 13,000 km), so
that a float holds them exactly: however a way is put together, the same way costs the same.
"""

from __future__ import annotations

import numpy as np

from manyhands.kernel.geo import Floats

PARTS = float(2**27)
PER_SECOND, PER_METRE = 100, 10


def cost_of(seconds: Floats, metres: Floats) -> Floats:
    """Seconds and metres as one number."""
    return np.asarray(np.rint(seconds * PER_SECOND) * PARTS + np.rint(metres * PER_METRE), dtype=np.float64)


def told_by(costs: Floats) -> tuple[Floats, Floats]:
    """The seconds and metres in a number made by `cost_of`; both infinite where it is."""
    seconds = np.floor(costs / PARTS)
    with np.errstate(invalid="ignore"):
        metres = np.where(np.isfinite(costs), costs - seconds * PARTS, np.inf)
    return seconds / PER_SECOND, metres / PER_METRE
