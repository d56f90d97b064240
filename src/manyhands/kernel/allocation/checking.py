"""An independent look at a split: nothing here is shared with what made it but the words of the problem."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from manyhands.kernel.allocation.problem import Household, Item, Problem
from manyhands.kernel.allocation.rules import Level, Per, Tie
from manyhands.kernel.allocation.split import Circle, Split

Holdings = Mapping[tuple[str, str], int]
_Standing = tuple[Fraction, tuple[int | str, ...]]
MUCH = 10**12


def check(problem: Problem, split: Split) -> list[str]:
    """Every promise the split breaks, a sentence each; [] where all hold.

    Looked at: stock, diets, what is avoided, rest, bounds, that nothing is lost, and the proof: that for each household
    and sort of goods the circle named can have no more than it has, and that nobody in it would still stand above the
    household after giving a piece up.
    """
    has: dict[tuple[str, str], int] = {}
    for given in split.given:
        if given.household_id not in problem.household or given.item_id not in problem.item:
            return [f"The split speaks of {given.household_id} and {given.item_id}, which the problem does not know."]
        if given.pieces < 1 or (given.household_id, given.item_id) in has:
            return [f"The split gives {given.item_id} to {given.household_id} twice, or less than one piece of it."]
        has[given.household_id, given.item_id] = given.pieces
    return [*_stock(problem, split, has), *_hard_rules(problem, has), *_proof(problem, split, has)]


def _stock(problem: Problem, split: Split, has: Holdings) -> Iterator[str]:
    out: Counter[str] = Counter()
    for (_, item_id), pieces in has.items():
        out[item_id] += pieces
    for item in problem.items:
        if out[item.id] + split.left.get(item.id, 0) != item.quantity or split.left.get(item.id, 0) < 0:
            yield (
                f"Of {item.id} there are {item.quantity}; {out[item.id]} are given and "
                f"{split.left.get(item.id, 0)} are left."
            )


def _hard_rules(problem: Problem, has: Holdings) -> Iterator[str]:
    of_kind: Counter[tuple[str, str]] = Counter()
    of_all: Counter[str] = Counter()
    for (household_id, item_id), pieces in has.items():
        household, item = problem.household[household_id], problem.item[item_id]
        of_kind[household_id, item.kind or item.id] += pieces
        of_all[household_id] += pieces
        yield from _may_have(household, item, pieces)
    for (household_id, kind), pieces in of_kind.items():
        wants = problem.household[household_id].wants
        if wants is not None and kind in wants and pieces > wants[kind]:
            yield f"{household_id} gets {pieces} of {kind} and wants {wants[kind]}."
    for household_id, pieces in of_all.items():
        most = problem.household[household_id].most
        if most is not None and pieces > most:
            yield f"{household_id} gets {pieces} pieces and takes {most}."


def _may_have(household: Household, item: Item, pieces: int) -> Iterator[str]:
    pair = f"{household.id} gets {item.id}"
    for bad in sorted(household.avoids & item.contains):
        yield f"{pair}, which contains {bad}."
    if item.suits is not None:
        for diet in sorted(household.diets - item.suits):
            yield f"{pair}, which is not known to suit {diet}."
    for had in household.had:
        if had.pieces > 0 and had.what in {item.id, item.kind or item.id} and had.days < item.rest:
            yield f"{pair}, and had it {had.days} days ago; it rests {item.rest}."
    if pieces > _bound(household, item, resting=False):
        yield f"{pair} {pieces} times, which is more than they may."


def _bound(household: Household, item: Item, *, resting: bool = True) -> int:
    """The most pieces; 0 where a hard rule is against it."""
    kind = item.kind or item.id
    bounds = [MUCH]
    if item.most is not None:
        bounds.append(item.most)
    if item.most_per_head is not None:
        bounds.append(household.people * item.most_per_head)
    if household.wants is not None:
        bounds.append(household.wants.get(item.id, MUCH if kind in household.wants else 0))
    if resting and any(_may_have(household, item, 0)):
        return 0
    return min(bounds)


def _proof(problem: Problem, split: Split, has: Holdings) -> Iterator[str]:
    sorts = {(_level(problem, item), item.worth) for item in problem.items}
    named = Counter((b.household_id, b.level, b.worth) for b in split.bounds)
    for household in problem.households:
        for level, worth in sorted(sorts):
            if named[household.id, level, worth] != 1:
                yield f"It is not said once why {household.id} has no more of {level or 'all'} worth {worth}."
    standing = _standings(problem, has)
    if unknown := [b for b in split.bounds if b.circle is not None and not 0 <= b.circle < len(split.circles)]:
        yield f"{unknown[0].household_id} is said to be bound by a circle that is not there."
        return
    best_off: dict[int, tuple[_Standing, str] | None] = {}
    bounds = {(h.id, i.id): _bound(h, i) for h in problem.households for i in problem.items}
    of_level: dict[str, list[Item]] = {}
    for item in problem.items:
        of_level.setdefault(_level(problem, item), []).append(item)
    for bound in split.bounds:
        if bound.circle is None:
            household = problem.household[bound.household_id]
            pieces = sum(n for (holder, _), n in has.items() if holder == household.id)
            if household.most is None or pieces < household.most:
                yield f"{household.id} is said to have all they take, and takes more."
            continue
        circle = split.circles[bound.circle]
        if bound.household_id not in circle.households or (circle.level, circle.worth) != (bound.level, bound.worth):
            yield f"{bound.household_id} is not in the circle that is said to bind it."
            continue
        if bound.circle not in best_off:
            items = of_level.get(circle.level, [])
            best_off[bound.circle] = _best_off(problem, has, standing, circle, items)
            yield from _not_full(problem, has, bounds, circle, items)
        giver = best_off[bound.circle]
        if giver and giver[0] > standing[bound.household_id, bound.level]:
            yield (
                f"{giver[1]} could give a piece worth {circle.worth} to {bound.household_id} and would still have "
                f"more: {giver[0][0]} against {standing[bound.household_id, bound.level][0]}."
            )


def _not_full(
    problem: Problem, has: Holdings, bounds: Holdings, circle: Circle, of_level: Sequence[Item]
) -> Iterator[str]:
    """A sentence where the households of a circle could have more together than they have; see `Circle`."""
    goods = [(i.id, i.kind or i.id, i.id in circle.items) for i in of_level if i.worth == circle.worth]
    others = [(i.id, i.kind or i.id) for i in of_level if i.worth != circle.worth]
    could = sum(problem.item[item_id].quantity for item_id, _, inside in goods if inside)
    have = 0
    for household_id in circle.households:
        outside: dict[str, int] = {}
        for item_id, kind, inside in goods:
            have += has.get((household_id, item_id), 0)
            if not inside:
                outside[kind] = outside.get(kind, 0) + bounds[household_id, item_id]
        wants = problem.household[household_id].wants or {}
        for kind, bound in outside.items():
            taken = sum(has.get((household_id, item_id), 0) for item_id, of_kind in others if of_kind == kind)
            could += min(bound, wants[kind] - taken) if bound and kind in wants else bound
    if could != have:
        yield f"A circle of {len(circle.households)} households has {have} pieces and could have {could}."


def _best_off(
    problem: Problem,
    has: Holdings,
    standing: Mapping[tuple[str, str], _Standing],
    circle: Circle,
    items: Sequence[Item],
) -> tuple[_Standing, str] | None:
    """Who of a circle would stand highest after giving up a piece, and where; None where nobody has one."""
    goods = [item.id for item in items if item.worth == circle.worth]
    found = None
    for household_id in circle.households:
        if any((household_id, item_id) in has for item_id in goods):
            level, place = standing[household_id, circle.level]
            level -= Fraction(circle.worth, _counted(problem, problem.household[household_id]))
            found = max(found or ((level, place), household_id), ((level, place), household_id))
    return found


def _standings(problem: Problem, has: Holdings) -> dict[tuple[str, str], _Standing]:
    """For each household and level what it has by the rule, and how it wins ties (smaller first)."""
    rule, found = problem.rule, {}
    levels = {_level(problem, item) for item in problem.items}
    points: Counter[tuple[str, str]] = Counter()
    for (household_id, item_id), pieces in has.items():
        item = problem.item[item_id]
        points[household_id, _level(problem, item)] += pieces * item.worth
    for household in problem.households:
        ways = {Tie.WAITED: -household.waited, Tie.NEED: -household.need, Tie.SIZE: -household.people}
        ties: list[int | str] = []
        for tie in rule.ties:
            if tie is Tie.DRAW:
                break
            ties.append(ways[tie])
        lot = hashlib.sha256(f"{rule.draw}\n{household.id}".encode("utf-8", "surrogatepass")).hexdigest()
        for level in levels:
            before = 0
            for had in household.had:
                kind = had.what
                if kind in problem.item:
                    kind = problem.item[kind].kind or kind
                if had.days < rule.lately and (rule.level is Level.TOGETHER or kind == level):
                    before += had.pieces * had.worth
            whole = Fraction(before + points[household.id, level], _counted(problem, household))
            found[household.id, level] = whole, (*ties, lot, household.id)
    return found


def _counted(problem: Problem, household: Household) -> int:
    heads = household.people if problem.rule.per is Per.HEAD else 1
    return heads * household.need if problem.rule.by_need else heads


def _level(problem: Problem, item: Item) -> str:
    return "" if problem.rule.level is Level.TOGETHER else item.kind or item.id
