"""Which network the work at hand is about. Then no question shows a row of another one, whatever it forgot to say.

Pages of a network stand inside its wall. A request that knows no network yet sees none, and is not answered if it asks
for rows of any; a page of the house that looks across all of them says so (networks/here.py: `across_networks`). The
clock and the terminal stand outside, where all networks are in sight. The wall is in the SQL that Django makes
(config/walled_queries) and, on PostgreSQL, once more in the database (config/walls.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import _GeneratorContextManager, contextmanager
from contextvars import ContextVar
from uuid import UUID

EVERY = "all"
NOT_SAID = ""


class NotSaid(RuntimeError):
    """Rows of networks were asked for where nobody said yet whether of one network or of all."""

    def __init__(self, table: str) -> None:
        super().__init__(f"{table}: say first of which network (wall.step_in), or that it is of all (wall.everywhere).")


class OfAnother(RuntimeError):
    """A row of another network than the one we stand in was to be put in, or moved there."""

    def __init__(self, table: str) -> None:
        super().__init__(f"{table}: this row belongs to another network.")


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


def not_yet() -> None:
    """From here on nothing of any network is in sight, until somebody says of which one, or of all."""
    _inside.set(NOT_SAID)


def everywhere() -> _GeneratorContextManager[None]:
    """Look across all networks for a while: what is about a person wherever they belong, or a private link that is to
    tell first which network it leads to. Also over a whole function: `@wall.everywhere()`.
    """
    return within(None)


@contextmanager
def within(network: UUID | None) -> Iterator[None]:
    """Stand inside a network's wall for a while; with ``None`` outside of all of them."""
    before = _inside.set(EVERY if network is None else str(network))
    try:
        yield
    finally:
        _inside.reset(before)
