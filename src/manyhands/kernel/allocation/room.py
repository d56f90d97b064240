"""How many pieces of what a household may have, and by which rule not more."""

from __future__ import annotations

from manyhands.kernel.allocation.problem import NO_END, Household, Item
from manyhands.kernel.allocation.reasons import Reason, Why


def why_not_at_all(household: Household, item: Item) -> Reason | None:
    """The hard rule by which a household may have no piece of an item, or None."""
    if item.contains & household.avoids:
        return Reason(Why.CONTAINS, {"item": item.id, "what": _listed(item.contains & household.avoids)})
    if item.suits is not None and not household.diets <= item.suits:
        return Reason(Why.DIET, {"item": item.id, "diets": _listed(household.diets - item.suits)})
    if (days := days_to_rest(household, item)) > 0:
        return Reason(Why.RESTING, {"item": item.id, "days": days})
    return None


def days_to_rest(household: Household, item: Item) -> int:
    """In how many days a household may have an item again: 0 or less where it may now."""
    return max((item.rest - had.days for had in household.had if had.pieces and had.what in _names(item)), default=0)


def bound_of_item(household: Household, item: Item) -> int:
    """The most pieces of an item a household may have."""
    if why_not_at_all(household, item):
        return 0
    most = NO_END
    if item.most is not None:
        most = min(most, item.most)
    if item.most_per_head is not None:
        most = min(most, item.most_per_head * household.people)
    if household.wants is not None:
        if item.id in household.wants:
            most = min(most, household.wants[item.id])
        elif item.stands_for not in household.wants:
            most = 0
    return most


def bound_of_kind(household: Household, kind: str) -> int:
    """The most pieces of a kind a household can use."""
    if household.wants is None or kind not in household.wants:
        return NO_END
    return min(NO_END, household.wants[kind])


def _names(item: Item) -> tuple[str, str]:
    return item.id, item.stands_for


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
