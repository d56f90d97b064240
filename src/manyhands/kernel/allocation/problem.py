"""What is to be shared: goods in whole pieces, and the households they are for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from manyhands.kernel.allocation.rules import Rule

NO_END = 1_000_000_000
"""More pieces than anybody shares out; as good as no bound."""


@dataclass(frozen=True, slots=True)
class Item:
    """One kind of thing in stock, in whole pieces (a kit is one piece).

    `kind`: what it stands for; things of one kind stand in for one another ("" : only for itself). `worth`: what a
    piece counts, in whole points. `suits`: the diets it is known to suit (None: everybody, as with nappies);
    `contains`: what somebody may have to avoid. `most` and `most_per_head`: pieces one household may have. `rest`:
    days until somebody who had it may have it again. `keeps`: days it still keeps (None: long).
    """

    id: str
    quantity: int
    kind: str = ""
    worth: int = 1
    suits: frozenset[str] | None = None
    contains: frozenset[str] = frozenset()
    most: int | None = None
    most_per_head: int | None = None
    rest: int = 0
    keeps: int | None = None

    @property
    def stands_for(self) -> str:
        """Its kind; itself where it has none."""
        return self.kind or self.id


@dataclass(frozen=True, slots=True)
class Had:
    """What a household had before: `pieces` of an item (or of a kind), `days` ago, each worth `worth` points."""

    what: str
    pieces: int = 1
    days: int = 0
    worth: int = 1


@dataclass(frozen=True, slots=True)
class Household:
    """Who shares. `people` in it; `need` as a whole factor (2: counts twice); `waited` days.

    `wants`: how many pieces of each kind they can use (None: whatever there is); a want may name an item too, which
    then is that item's own bound. `most`: pieces altogether. `diets` all have to be suited, nothing in `avoids` may be
    contained: both are hard. `likes`: items rather than others of their kind.
    """

    id: str
    people: int = 1
    need: int = 1
    waited: int = 0
    wants: Mapping[str, int] | None = None
    most: int | None = None
    diets: frozenset[str] = frozenset()
    avoids: frozenset[str] = frozenset()
    likes: frozenset[str] = frozenset()
    had: tuple[Had, ...] = ()


@dataclass(frozen=True)
class Problem:
    """Households, items and the rule. Raises ValueError, in a sentence, for an id that comes twice or a number that
    can't be.
    """

    households: tuple[Household, ...] = ()
    items: tuple[Item, ...] = ()
    rule: Rule = field(default_factory=Rule)

    def __post_init__(self) -> None:
        _refuse_repeated("households", (h.id for h in self.households))
        _refuse_repeated("items", (i.id for i in self.items))
        for household in self.households:
            wanted = (household.wants or {}).values()
            if household.people < 1 or household.need < 1:
                raise ValueError(f"Household {household.id} has less than one person, or a need below one.")
            if household.waited < 0 or (household.most or 0) < 0 or any(pieces < 0 for pieces in wanted):
                raise ValueError(f"Household {household.id} has a number below zero.")
            if any(min(had.pieces, had.days, had.worth) < 0 for had in household.had):
                raise ValueError(f"Household {household.id} had less than nothing, or will have had it.")
        for item in self.items:
            if item.quantity < 0 or min(item.most or 0, item.most_per_head or 0, item.rest) < 0:
                raise ValueError(f"Item {item.id} has a number below zero.")
            if item.worth < 1:
                raise ValueError(f"A piece of {item.id} is worth less than one point.")

    @cached_property
    def household(self) -> Mapping[str, Household]:
        """Each household by its id."""
        return {h.id: h for h in self.households}

    @cached_property
    def item(self) -> Mapping[str, Item]:
        """Each item by its id."""
        return {i.id: i for i in self.items}


def _refuse_repeated(what: str, ids: Iterable[str]) -> None:
    repeated = [i for i, times in Counter(ids).items() if times > 1]
    if repeated:
        raise ValueError(f"Two {what} have the same id: {', '.join(repeated[:5])}.")
