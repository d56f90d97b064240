"""What networks have too much of, what others want, and the vans between them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from manyhands.kernel.geo import Point, is_on_the_globe

LEAST, MOST = 1e-15, 1e12
"""No number is above the one, no size below the other but 0: beyond, sums with others are no longer what they seem."""


@dataclass(frozen=True, slots=True)
class Network:
    """A network and where its store is."""

    id: str
    place: Point


@dataclass(frozen=True, slots=True)
class Lot:
    """So much of a kind that a network can spare, from day `ready` until day `use_by`, both counted in (days are whole
    numbers from any day on, the same for all). `space`: what one unit takes up in a van.
    """

    id: str
    network: str
    kind: str
    quantity: float
    ready: int = 0
    use_by: int = 6
    space: float = 1.0


@dataclass(frozen=True, slots=True)
class Want:
    """So much of a kind that a network can use, arriving from day `since` until day `until`. `worth`: points a unit."""

    id: str
    network: str
    kind: str
    quantity: float
    since: int = 0
    until: int = 6
    worth: float = 1.0


@dataclass(frozen=True, slots=True)
class Van:
    """A van at a network. It brings to others and fetches from them: `capacity` units of space on each of `days`, to
    places at most `reach_km` off.
    """

    id: str
    network: str
    capacity: float
    days: frozenset[int]
    reach_km: float = 50.0


@dataclass(frozen=True)
class Problem:
    """Lots, wants and vans of networks. `vans` None: vans are no bound, everything within `reach_km` can go.

    `points_per_km`: what carrying one unit of space one kilometre costs, in the points wants are worth in.
    Raises ValueError, in a sentence, for an id that comes twice, a network that is not there, or an impossible number:
    none is above `MOST`, and quantities, spaces and capacities are 0 or at least `LEAST`.
    """

    networks: tuple[Network, ...]
    lots: tuple[Lot, ...] = ()
    wants: tuple[Want, ...] = ()
    vans: tuple[Van, ...] | None = None
    points_per_km: float = 0.01
    reach_km: float = 50.0

    def __post_init__(self) -> None:
        for what, ids in (
            ("networks", [n.id for n in self.networks]),
            ("lots", [each.id for each in self.lots]),
            ("wants", [each.id for each in self.wants]),
            ("vans", [each.id for each in self.vans or ()]),
        ):
            _refuse_repeated(what, ids)
        for network in self.networks:
            if not is_on_the_globe(network.place):
                raise ValueError(f"Network {network.id} is not on the globe.")
        known = {n.id for n in self.networks}
        at: list[Lot | Want | Van] = [*self.lots, *self.wants, *(self.vans or ())]
        for each in at:
            if each.network not in known:
                raise ValueError(f"{type(each).__name__} {each.id} is at {each.network}, which is not a network here.")
        for lot in self.lots:
            _refuse_odd(f"Lot {lot.id}", lot.quantity, lot.space)
            _refuse_crumbs(f"Lot {lot.id}", lot.quantity, lot.space)
            if lot.space <= 0:
                raise ValueError(f"Lot {lot.id} takes no space in a van. Write how much one unit takes.")
        for want in self.wants:
            _refuse_odd(f"Want {want.id}", want.quantity, want.worth)
            _refuse_crumbs(f"Want {want.id}", want.quantity)
        for van in self.vans or ():
            _refuse_odd(f"Van {van.id}", van.capacity, van.reach_km)
            _refuse_crumbs(f"Van {van.id}", van.capacity)
        _refuse_odd("The problem", self.points_per_km, self.reach_km)

    @cached_property
    def network(self) -> Mapping[str, Network]:
        """Each network by its id."""
        return {n.id: n for n in self.networks}

    @cached_property
    def lot(self) -> Mapping[str, Lot]:
        """Each lot by its id."""
        return {each.id: each for each in self.lots}

    @cached_property
    def want(self) -> Mapping[str, Want]:
        """Each want by its id."""
        return {each.id: each for each in self.wants}

    @cached_property
    def van(self) -> Mapping[str, Van]:
        """Each van by its id."""
        return {each.id: each for each in self.vans or ()}


def _refuse_repeated(what: str, ids: Iterable[str]) -> None:
    repeated = [i for i, times in Counter(ids).items() if times > 1]
    if repeated:
        raise ValueError(f"Two {what} have the same id: {', '.join(repeated[:5])}.")


def _refuse_odd(whose: str, *numbers: float) -> None:
    if any(not math.isfinite(number) or number < 0 for number in numbers):
        raise ValueError(f"{whose} has a number below zero, or one that is no number.")
    if any(number > MOST for number in numbers):
        raise ValueError(f"{whose} has a number above a million million. Count in a larger unit.")


def _refuse_crumbs(whose: str, *sizes: float) -> None:
    if any(0 < size < LEAST for size in sizes):
        raise ValueError(f"{whose} has a size of almost nothing. Count in a smaller unit.")
