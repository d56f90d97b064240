"""Forgetting what is over: each room says what of its own is over and how it forgets it; here is the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from manyhands.kit.personal import Holds
from manyhands.privacy.models import Forgotten, Hold, Keeping, Reveal, Sweep, Unlock
from manyhands.privacy.personal import HOLDS
from manyhands.privacy.states import Bulk

AT_ONCE = 500


# What a network may keep for fewer days than the house, by the field of `Keeping` that says how many.
SHORTER = {
    "places.Place": "door_days",
    "exchange.Ask": "words_days",
    "exchange.Asking": "words_days",
    "exchange.Offer": "words_days",
    "people.ContactPoint": "words_days",
    "people.Person": "name_days",
    "networks.Joined": "name_days",
}
# The keys of what is not forgotten for now because the law demands it: model -> its things.
Held = Mapping[str, QuerySet[Any]]


def _of_networks(things: QuerySet[Any], networks: set[UUID]) -> QuerySet[Any]:
    return things.filter(network__in=networks)


@dataclass(frozen=True, slots=True)
class Clock:
    """How one model forgets. ``over`` finds what was over before a moment; ``forget`` lets one thing go.

    A thing that stays without its words is marked, so that it is not looked at again; one that goes needs no mark.
    """

    model: str
    over: Callable[[datetime], QuerySet[Any]]
    forget: Callable[[Any], object]
    goes: bool = False
    # Those of some things that belong to these networks and to no other; plain for what names its network.
    only_in: Callable[[QuerySet[Any], set[UUID]], QuerySet[Any]] = _of_networks


_CLOCKS: dict[str, tuple[Clock, int]] = {}


def forgets(clocks: Iterable[Clock], *, holds: Iterable[Holds]) -> None:
    """Let a room's things be forgotten, after the days its own personal.py says. Said only in config/wiring.py."""
    days = {each.model: each.keep_days for each in holds}
    for clock in clocks:
        keep = days[clock.model]
        if keep is None:
            raise ValueError(f"{clock.model} has no days in personal.py.")
        _CLOCKS[clock.model] = (clock, keep)


_OWN: dict[str, Any] = {}


def forgets_by_itself(task: Any, *, holds: Iterable[Holds]) -> None:
    """A room without words or people of its own deletes its rows in a task of its own, as the timetable says."""
    _OWN.update({each.model: task for each in holds if each.keep_days is not None})


def models_with_a_clock() -> set[str]:
    return set(_CLOCKS) | set(_OWN)


def tasks_that_forget() -> list[Any]:
    """The rooms' own tasks: each must stand in the timetable."""
    return list(_OWN.values())


def is_due(*, now: datetime) -> bool:
    """Once a day."""
    return not Sweep.objects.filter(day=now.date()).exists()


def what_is_over(*, now: datetime) -> dict[str, int]:
    """What the next sweep would forget: how many of what. Changes nothing."""
    held = held_back(now=now)
    return {
        model: len({key for things in _due(clock, days, held, now=now) for key in things.values_list("pk", flat=True)})
        for model, (clock, days) in _CLOCKS.items()
    }


def sweep(*, now: datetime) -> dict[str, int]:
    """Forget all that is over for long enough. May be stopped anywhere and begun again."""
    counts: dict[str, int] = {}
    held = held_back(now=now)
    for model, (clock, days) in _CLOCKS.items():
        counts[model] = 0
        for things in _due(clock, days, held, now=now):
            counts[model] += _let_go(clock, things, now=now)
    Sweep.objects.update_or_create(day=now.date(), defaults={"at": now, "counts": counts})
    return counts


def shred(networks: set[UUID], *, now: datetime) -> dict[str, int]:
    """Forget now all that is over and belongs to these networks and to no other, whatever days are left.

    Memberships last: by them it is known who belonged here.
    """
    counts: dict[str, int] = {}
    held = held_back(now=now)
    for model in sorted(_CLOCKS, key=lambda model: model == "networks.Membership"):
        clock, _days = _CLOCKS[model]
        things = clock.only_in(clock.over(now + timedelta(days=36_500)), networks)
        counts[model] = _let_go(clock, _still_there(clock, things, held), now=now)
    return counts


def _let_go(clock: Clock, things: QuerySet[Any], *, now: datetime) -> int:
    count = 0
    while some := list(things.all()[:AT_ONCE]):
        with transaction.atomic():
            for thing in some:
                clock.forget(thing)
            if not clock.goes:
                mark([(clock.model, thing.pk) for thing in some], now=now)
        count += len(some)
    return count


def mark(things: Iterable[tuple[str, Any]], *, now: datetime) -> None:
    """Note that these are forgotten."""
    Forgotten.objects.bulk_create(
        [Forgotten(model=model, key=key, at=now) for model, key in things], ignore_conflicts=True
    )


def _due(clock: Clock, days: int, held: Held, *, now: datetime) -> Iterator[QuerySet[Any]]:
    """What is over for as many days as the house says; then what is for as many as its network says."""
    yield _still_there(clock, clock.over(now - timedelta(days=days)), held)
    for fewer, networks in _shorter(clock.model, days):
        yield _still_there(clock, clock.only_in(clock.over(now - timedelta(days=fewer)), networks), held)


def _still_there(clock: Clock, things: QuerySet[Any], held: Held) -> QuerySet[Any]:
    if (kept := held.get(clock.model)) is not None:
        things = things.exclude(pk__in=kept)
    if clock.goes:
        return things
    return things.exclude(pk__in=Forgotten.objects.filter(model=clock.model).values("key"))


def _shorter(model: str, days: int) -> Iterator[tuple[int, set[UUID]]]:
    """Fewer days than the house's, with every network that keeps no longer than that."""
    name = SHORTER.get(model)
    said = dict(Keeping.objects.filter(**{f"{name}__lt": days}).values_list("network", name)) if name else {}
    for fewer in sorted(set(said.values()), reverse=True):
        yield fewer, {network for network, its in said.items() if its <= fewer}


_HOLDING: list[Callable[[datetime], Held]] = []


def holds_back(held: Callable[[datetime], Held]) -> None:
    """Let a room say what is held by law. Said only in config/wiring.py."""
    _HOLDING.append(held)


def held_back(*, now: datetime) -> dict[str, QuerySet[Any]]:
    """What is held by law now, by model; models of which nothing is held are not in it."""
    return {model: keys for held in _HOLDING for model, keys in held(now).items()}


def _goes(thing: Any) -> None:
    thing.delete()


def _unlocks_of(things: QuerySet[Any], networks: set[UUID]) -> QuerySet[Any]:
    """Of a network that is put to sleep it stays readable which two did it."""
    return things.filter(network__in=networks).exclude(what=Bulk.SLEEP)


def _unlocks(before: datetime) -> QuerySet[Unlock]:
    """A hold stands as long as the two who said so can be read."""
    over = Unlock.objects.filter(ends_at__lt=before)
    return over.exclude(pk__in=Hold.objects.values("unlock")).order_by("pk")


CLOCKS = (
    Clock("privacy.Reveal", lambda before: Reveal.objects.filter(seen_at__lt=before).order_by("pk"), _goes, goes=True),
    Clock("privacy.Hold", lambda before: Hold.objects.filter(released_at__lt=before).order_by("pk"), _goes, goes=True),
    Clock("privacy.Unlock", _unlocks, _goes, goes=True, only_in=_unlocks_of),
)

__all__ = [
    "CLOCKS", "HOLDS", "Clock", "forgets", "forgets_by_itself", "is_due", "mark", "models_with_a_clock", "sweep",
    "tasks_that_forget", "what_is_over",
]  # fmt: skip
