"""How a code reaches someone: through whatever the wiring page ties in here. This room knows no mail and no texts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from manyhands.people.models import Person


class Send(Protocol):
    """Sees to it that someone gets a code soon. The code itself is made from its key when it is sent: `codes.words_of`.

    It must return at once, for whoever it is, and keep to the caller's transaction.
    """

    def __call__(self, person: Person, *, code: UUID, now: datetime) -> object: ...


_WAYS: dict[str, tuple[Callable[[], bool], Send]] = {}


def through(kind: str, send: Send, *, is_set: Callable[[], bool]) -> None:
    """Send to this ``kind`` of address ("email", "phone") with ``send``, while the host has set it up."""
    _WAYS[kind] = (is_set, send)


def can_reach(kind: str) -> bool:
    """Whether the host has set up a way to send to this kind of address."""
    return kind in _WAYS and _WAYS[kind][0]()


def can_send() -> bool:
    """Whether anything can be sent at all."""
    return any(can_reach(kind) for kind in _WAYS)


def send(person: Person, *, kind: str, code: UUID, now: datetime) -> None:
    """Send it the way that is tied in for this kind of address."""
    _WAYS[kind][1](person, code=code, now=now)
