"""Which network the work at hand is about. PostgreSQL then shows no row of another network, whatever is asked of it.

Pages of a network stand inside its wall; the house's own pages, the clock and the terminal stand outside, where all
networks are in sight. SQLite has no such wall: there the questions we ask are the only one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

EVERY = "all"
_inside: ContextVar[str] = ContextVar("inside_the_wall_of", default=EVERY)


def inside() -> str:
    """The key of the network whose wall we stand in, or :data:`EVERY`."""
    return _inside.get()


def step_in(network: UUID) -> None:
    """From here on this work is about one network, until :func:`step_out`."""
    _inside.set(str(network))


def step_out() -> None:
    """From here on all networks are in sight."""
    _inside.set(EVERY)


@contextmanager
def within(network: UUID | None) -> Iterator[None]:
    """Stand inside a network's wall for a while; with ``None`` outside of all of them."""
    before = _inside.set(EVERY if network is None else str(network))
    try:
        yield
    finally:
        _inside.reset(before)
