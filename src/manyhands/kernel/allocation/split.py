"""How a shortage was shared, and what proves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Given:
    """So many pieces of an item for a household."""

    household_id: str
    item_id: str
    pieces: int


@dataclass(frozen=True, slots=True)
class Circle:
    """Households that together have all they ever could have of some goods: the proof that none can have one more
    unless another of them has one less.

    The goods are those of `level` (a kind, or "" for all) whose pieces are worth `worth`. With S = `households` and
    G = `items`, what S has of them can't be more than

      Σ stock of G + Σ over s in S and each kind k of min(bound(s, k), Σ bound(s, i) over items i of k outside G)

    and is exactly that.
    """

    level: str
    worth: int
    households: frozenset[str]
    items: frozenset[str]


@dataclass(frozen=True, slots=True)
class Bound:
    """Why a household has not one piece more of one sort of goods: the number of the circle it is bound by, in
    `Split.circles`. None: it has as many pieces as it may have altogether.
    """

    household_id: str
    level: str
    worth: int
    circle: int | None


@dataclass(frozen=True)
class Split:
    """Who gets what, what stays, and the proof.

    `exact`: no split at all is better by the rule (see `share`). Otherwise no piece can be moved, along whatever chain
    of stand-ins of the same worth, to somebody who has less.
    """

    given: tuple[Given, ...] = ()
    left: Mapping[str, int] = field(default_factory=dict)
    circles: tuple[Circle, ...] = ()
    bounds: tuple[Bound, ...] = ()
    exact: bool = True

    @cached_property
    def of(self) -> Mapping[str, Mapping[str, int]]:
        """What each household gets: household id -> item id -> pieces. Who gets nothing is not in it."""
        found: dict[str, dict[str, int]] = {}
        for given in self.given:
            found.setdefault(given.household_id, {})[given.item_id] = given.pieces
        return found
