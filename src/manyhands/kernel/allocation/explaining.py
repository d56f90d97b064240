"""Why each household gets this much, and what would have given it one more: found by trying."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping, Sequence

from manyhands.kernel.allocation.chains import carry_out, chain_to, reach
from manyhands.kernel.allocation.goods import Goods, sorts_of
from manyhands.kernel.allocation.levels import Levels, had_lately, weight
from manyhands.kernel.allocation.problem import NO_END, Household, Problem
from manyhands.kernel.allocation.reasons import Fact, Reason, Why
from manyhands.kernel.allocation.room import why_not_at_all
from manyhands.kernel.allocation.split import Bound, Circle, Split

TRIES = 3000
"""How many pieces more are tried out, over all households, to say what would have given one more."""

NAMED = 3


def explain(problem: Problem, split: Split, *, tries: int = TRIES) -> Mapping[str, Reason]:
    """A reason for each household, by its id. Where it names so many pieces more of an item, that was tried out: with
    them, and what is settled of other levels and sorts left as it is, the household gets one more; with one fewer it
    does not. Where the split is exact with them too, sharing anew says the same.
    """
    by_household: dict[str, list[Bound]] = {}
    for bound in split.bounds:
        by_household.setdefault(bound.household_id, []).append(bound)
    more = _what_would_give_more(problem, split, tries)
    givers = {
        circle: frozenset(h for h in circle.households if circle.items & split.of.get(h, {}).keys())
        for circle in split.circles
    }
    stands: dict[tuple[str, str], float] = {}
    for level in {circle.level for circle in split.circles}:
        stands |= _levels(problem, split, level)
    found = {}
    for household in sorted(problem.households, key=lambda h: h.id):
        found[household.id] = _reason(
            problem, split, household, by_household.get(household.id, []), more, givers, stands
        )
    return found


_More = Mapping[str, tuple[str, int]]  # household id -> item id, pieces


def _reason(
    problem: Problem,
    split: Split,
    household: Household,
    bounds: Sequence[Bound],
    more: _More,
    givers: Mapping[Circle, frozenset[str]],
    stands: Mapping[tuple[str, str], float],
) -> Reason:
    if not any(item.quantity for item in problem.items):
        return Reason(Why.NOTHING_THERE)
    if any(bound.circle is None for bound in bounds):
        return Reason(Why.CARRIES, {"most": household.most or 0})
    circles = [split.circles[bound.circle] for bound in bounds if bound.circle is not None]
    short = [circle for circle in circles if circle.items]
    if not short:
        return Reason(Why.ALL_WANTED) if household.id in split.of else _nothing(problem, household)
    # Where it is short of several sorts, the one told is what would soonest have given more, else the dearest.
    named = more.get(household.id)
    told = next((c for c in short if named and named[0] in c.items), max(short, key=lambda c: (c.worth, c.level)))
    facts: dict[str, Fact] = {"goods": _named(problem, household, told)}
    if named and named[0] in told.items:
        facts |= {"item": named[0], "pieces": named[1]}
    others = givers[told] - {household.id}
    if not others:
        return Reason(Why.ONLY_THEY, facts)
    facts |= {
        "others": len(others),
        "theirs": max(
            stands[each, told.level] - told.worth / weight(problem.household[each], problem.rule) for each in others
        ),
        "ours": stands[household.id, told.level],
    }
    return Reason(Why.OTHERS_FIRST, facts)


def _nothing(problem: Problem, household: Household) -> Reason:
    wanted = [
        item
        for item in sorted(problem.items, key=lambda i: i.id)
        if item.quantity
        and (household.wants is None or household.wants.get(item.id, household.wants.get(item.stands_for, 0)))
    ]
    against = [reason for item in wanted if (reason := why_not_at_all(household, item))]
    if not against:
        return Reason(Why.NOTHING_WANTED)
    usual = Counter(reason.code for reason in against).most_common(1)[0][0]
    return Reason(Why.NOTHING_SUITS, detail=next(reason for reason in against if reason.code == usual))


def _named(problem: Problem, household: Household, circle: Circle) -> str:
    """The goods that would help, those the household itself may have first."""
    items = sorted(circle.items, key=lambda i: (why_not_at_all(household, problem.item[i]) is not None, i))
    more = len(items) - NAMED
    return ", ".join(items[:NAMED]) + (f" … (+{more})" if more > 0 else "")


def _levels(problem: Problem, split: Split, level: str) -> dict[tuple[str, str], float]:
    """What each household has by the rule."""
    found = {}
    for household in problem.households:
        points = had_lately(problem, household, level)
        for item_id, pieces in split.of.get(household.id, {}).items():
            item = problem.item[item_id]
            if not level or item.stands_for == level:
                points += pieces * item.worth
        found[household.id, level] = points / weight(household, problem.rule)
    return found


def _what_would_give_more(problem: Problem, split: Split, tries: int) -> _More:
    """For each household an item of which a few more would have given it one more, and how many. Tried item by item,
    those first that are the scarcest for someone.
    """
    households = sorted(problem.households, key=lambda h: h.id)
    row_of = {household.id: row for row, household in enumerate(households)}
    free = [NO_END if h.most is None else h.most - sum(split.of.get(h.id, {}).values()) for h in households]
    would_help: dict[str, set[str]] = {}
    for bound in split.bounds:
        if bound.circle is not None:
            for item_id in split.circles[bound.circle].items:
                would_help.setdefault(item_id, set()).add(bound.household_id)
    found: dict[str, tuple[str, int]] = {}
    sorts = _as_it_stands(problem, split, households)
    for item_id in sorted(would_help, key=lambda i: (len(would_help[i]), i)):
        if tries <= 0:
            break
        if would_help[item_id] <= found.keys():
            continue
        goods = next(g for g in sorts if any(item.id == item_id for item in g.items))
        levels = _levels_now(problem, split, households, goods.level)
        rows = {row_of[h] for h in would_help[item_id] if free[row_of[h]] > 0}
        tries -= _try_more(copy.deepcopy(goods), item_id, levels, rows, list(free), households, found, tries)
    return found


def _try_more(
    goods: Goods,
    item_id: str,
    levels: Levels,
    rows: set[int],
    free: list[int],
    households: Sequence[Household],
    found: dict[str, tuple[str, int]],
    tries: int,
) -> int:
    """Give one piece more after the other, each to the lowest who can have it; how often that was tried."""
    column = next(number for number, item in enumerate(goods.items) if item.id == item_id)
    goods.left[:] = 0
    pieces = tried = 0
    while rows and tried < tries and not {households[row].id for row in rows} <= found.keys():
        row = min(rows, key=lambda each: levels.standing[each])
        tried += 1
        goods.left[column] = 1
        reached = reach(goods, row)
        if reached.free < 0:
            rows.discard(row)
            continue
        carry_out(goods, chain_to(goods, reached, reached.free))
        pieces += 1
        found.setdefault(households[row].id, (item_id, pieces))
        levels.add(row, goods.worth)
        free[row] -= 1
        if free[row] <= 0:
            rows.discard(row)
    return tried


def _as_it_stands(problem: Problem, split: Split, households: Sequence[Household]) -> list[Goods]:
    sorts = sorts_of(problem)
    for goods in sorts:
        for row, household in enumerate(households):
            for column, item in enumerate(goods.items):
                if pieces := split.of.get(household.id, {}).get(item.id, 0):
                    goods.put(row, column, pieces)
    for goods in sorts:
        goods.leave_room_for(sorts)
    return sorts


def _levels_now(problem: Problem, split: Split, households: Sequence[Household], level: str) -> Levels:
    levels = Levels(problem, households, level)
    for row, household in enumerate(households):
        for item_id, pieces in split.of.get(household.id, {}).items():
            item = problem.item[item_id]
            if not level or item.stands_for == level:
                levels.add(row, pieces * item.worth)
    return levels
