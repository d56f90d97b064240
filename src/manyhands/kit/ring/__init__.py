"""The key ring: a key for every person and network, kept in a file of its own, apart from the data and its backups.

What is sealed with a key is gone, in every copy, when the key is: that is how a person is forgotten. Other rooms ask
for keys here and keep none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings

from manyhands.kit.ring.keeping import Receipt, Ring
from manyhands.kit.ring.troubles import Busy, Gone, Missing, RingTrouble, Shut, Wrong

__all__ = [
    "Busy",
    "Gone",
    "Missing",
    "Receipt",
    "Ring",
    "RingTrouble",
    "Shut",
    "Wrong",
    "forget",
    "forget_all",
    "forgotten",
    "index_key",
    "is_open",
    "is_sealed",
    "key_of",
    "keys_ahead",
    "keys_of",
    "new_holder",
    "rotate",
    "the_ring",
]


def the_ring() -> Ring:
    """The ring of this house: the one in MANYHANDS_KEYS_DIR."""
    return _ring_in(Path(settings.KEYS_DIR), settings.ROOT_KEY)


@cache
def _ring_in(folder: Path, given: str) -> Ring:
    return Ring(folder, given)


def key_of(holder: UUID, *, make: bool = False) -> bytes:
    """The key of a person, or of a network for its own things; `make` gives one to a holder who never had any.

    :class:`Gone` where the key was destroyed (also with `make`: who was forgotten comes back as somebody new),
    :class:`Missing` where there never was one, :class:`Shut` while the house is sealed and nobody has opened it.
    """
    return the_ring().key_of(holder, make=make)


def keys_of(holders: Iterable[UUID], *, make: bool = False) -> dict[UUID, bytes]:
    """The keys of many at once; whoever's is gone, or was never made, is left out.

    `make` gives one to each who never had any, all in one write: twenty thousand take about a second.
    """
    return the_ring().keys_of(holders, make=make)


_AHEAD: ContextVar[list[UUID]] = ContextVar("holders whose keys were made ahead")


@contextmanager
def keys_ahead(count: int) -> Iterator[None]:
    """Make the keys of so many people to come in one write: each key by itself waits for the disk.

    Inside, :func:`new_holder` hands them out. A key that was not needed is the key of nobody.
    """
    holders = [uuid4() for _ in range(count)]
    keys_of(holders, make=True)
    before = _AHEAD.set(holders)
    try:
        yield
    finally:
        _AHEAD.reset(before)


def new_holder() -> UUID:
    """The id of somebody new, whose key may have been made ahead."""
    ahead = _AHEAD.get([])
    return ahead.pop() if ahead else uuid4()


def forget(holder: UUID, *, now: datetime) -> Receipt:
    """Destroy a holder's key for good. All that is sealed with it is gone, in every backup too; there is no way back.

    It happens at once, whatever becomes of the transaction around it: call it when that has been committed.
    """
    return the_ring().forget([holder], now=now)[0]


def forget_all(holders: Iterable[UUID], *, now: datetime) -> list[Receipt]:
    """Forget many at once: all of them or, where it is interrupted, none."""
    return the_ring().forget(holders, now=now)


def forgotten() -> dict[UUID, Receipt]:
    """Everyone whose key was destroyed, each with the receipt."""
    return the_ring().forgotten()


def rotate() -> None:
    """Wrap every key anew under a fresh epoch key."""
    the_ring().rotate()


def index_key(purpose: str) -> bytes:
    """A key for one purpose of the house as a whole, always the same: "journal", "index:<network>:<field>" ..."""
    return the_ring().index_key(purpose)


def is_open() -> bool:
    """Whether keys can be had now: always in the locked cabinet, in a sealed house once somebody has opened it."""
    return the_ring().is_open()


def is_sealed() -> bool:
    """Whether this house opens by a passphrase or by shares only; else it opens by itself, as a locked cabinet."""
    return the_ring().is_sealed()
