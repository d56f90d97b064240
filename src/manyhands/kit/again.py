"""For pages that are posted: what may be done again, and what waits until all is safely written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])

_WAITING: ContextVar[list[Callable[[], object]] | None] = ContextVar("waiting", default=None)


def may_repeat(view: View) -> View:
    """A page that bears being posted twice, or has a mark of its own: the room `once` leaves it alone.

    For signing in and out, for downloads, for what takes so long that nothing else could be written meanwhile.
    """
    view.may_repeat = True  # type: ignore[attr-defined]
    return view


def afterwards(do: Callable[[], object]) -> None:
    """Do this when what the page does is safely written down; now, where nothing holds it back."""
    waiting = _WAITING.get()
    if waiting is None:
        do()
    else:
        waiting.append(do)


@contextmanager
def held_back() -> Iterator[list[Callable[[], object]]]:
    """Collect what is to be done afterwards; whoever asked for it does it."""
    waiting: list[Callable[[], object]] = []
    token = _WAITING.set(waiting)
    try:
        yield waiting
    finally:
        _WAITING.reset(token)
