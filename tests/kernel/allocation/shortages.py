"""Odd shortages out of a seed, and a slow look at every split there is of a tiny one."""

import itertools
import math
import random
from collections.abc import Iterator
from fractions import Fraction

from manyhands.kernel.allocation import Had, Household, Item, Level, Per, Problem, Rule, Tie

Holdings = dict[tuple[str, str], int]


def shortage(seed: int, households: int, items: int, *, worths: tuple[int, ...] = (1,), level: Level = Level.TOGETHER):
    """A give-out with diets, wants, rest, bounds and what was had, some of it at odds with the rest."""
    luck = random.Random(seed)
    kinds = [f"k{n}" for n in range(max(1, items // 3))]
    diets, bad = ("halal", "vegetarian"), ("nuts", "milk")

    def some(words: tuple[str, ...], share: float) -> frozenset[str]:
        return frozenset(word for word in words if luck.random() < share)

    return Problem(
        tuple(
            Household(
                f"h{n}",
                people=luck.choice([1, 1, 2, 3, 5]),
                need=luck.choice([1, 1, 2]),
                waited=luck.randrange(3),
                wants={
                    **{kind: luck.randrange(4) for kind in kinds if luck.random() < 0.7},
                    **{f"i{i}": luck.randrange(3) for i in range(items) if luck.random() < 0.2},
                }
                if luck.random() < 0.5
                else None,
                most=luck.choice([None, None, 2, 6]),
                diets=some(diets, 0.2),
                avoids=some(bad, 0.2),
                likes=frozenset({f"i{luck.randrange(items)}"}),
                had=tuple(
                    Had(f"i{luck.randrange(items)}", luck.randrange(3), luck.randrange(40))
                    for _ in range(luck.choice([0, 0, 1, 2]))
                ),
            )
            for n in range(households)
        ),
        tuple(
            Item(
                f"i{n}",
                luck.randrange(5) if households < 5 else luck.randrange(2 * households),
                kind=luck.choice(["", *kinds]),
                worth=luck.choice(worths),
                suits=some(diets, 0.6) if luck.random() < 0.5 else None,
                contains=some(bad, 0.2),
                most=luck.choice([None, None, 1, 2]),
                most_per_head=luck.choice([None, None, 1]),
                rest=luck.choice([0, 0, 14]),
                keeps=luck.choice([None, 1, 5]),
            )
            for n in range(items)
        ),
        Rule(
            per=luck.choice(list(Per)),
            by_need=luck.random() < 0.5,
            lately=luck.choice([0, 28]),
            level=level,
            ties=luck.choice([(), (Tie.WAITED,), (Tie.NEED, Tie.SIZE), (Tie.SIZE, Tie.DRAW, Tie.WAITED)]),
            draw=str(luck.random()),
        ),
    )


def every_split(problem: Problem) -> Iterator[Holdings]:
    """All there are, by the words of the problem alone."""
    pairs = [(h, i) for h in problem.households for i in problem.items]
    for numbers in itertools.product(*(range(most_of(h, i) + 1) for h, i in pairs)):
        has = {(h.id, i.id): n for (h, i), n in zip(pairs, numbers, strict=True) if n}
        if all(sum(has.get((h.id, i.id), 0) for h in problem.households) <= i.quantity for i in problem.items) and all(
            _fits(problem, h, has) for h in problem.households
        ):
            yield has


def how_many_looks(problem: Problem) -> int:
    """How many splits `every_split` looks at."""
    return math.prod(most_of(h, i) + 1 for h in problem.households for i in problem.items)


def most_of(household: Household, item: Item) -> int:
    """The most pieces of an item somebody may have, the kind and the whole left aside."""
    kind = item.kind or item.id
    if household.avoids & item.contains or (item.suits is not None and household.diets - item.suits):
        return 0
    if any(had.pieces and had.days < item.rest and had.what in {item.id, kind} for had in household.had):
        return 0
    most = [item.quantity]
    most += [item.most] if item.most is not None else []
    most += [item.most_per_head * household.people] if item.most_per_head is not None else []
    if household.wants is not None:
        most += [household.wants[item.id]] if item.id in household.wants else []
        most += [0] if not {item.id, kind} & household.wants.keys() else []
    return min(most)


def _fits(problem: Problem, household: Household, has: Holdings) -> bool:
    pieces = [(item, has.get((household.id, item.id), 0)) for item in problem.items]
    kinds = {item.kind or item.id for item in problem.items}
    wants = household.wants or {}
    return (household.most is None or sum(n for _, n in pieces) <= household.most) and all(
        sum(n for item, n in pieces if (item.kind or item.id) == kind) <= wants[kind] for kind in kinds & wants.keys()
    )


def from_the_lowest_up(problem: Problem, has: Holdings, level: str | None = None) -> list[tuple]:
    """Level and place in the order of ties of each household, the lowest first: the larger list is the better split."""
    rule = problem.rule
    found = []
    for household in problem.households:
        kinds = {item.id: item.kind or item.id for item in problem.items}
        points = sum(
            n * problem.item[item].worth
            for (who, item), n in has.items()
            if who == household.id and level in {None, kinds[item]}
        )
        points += sum(
            had.pieces * had.worth
            for had in household.had
            if had.days < rule.lately and level in {None, kinds.get(had.what, had.what)}
        )
        heads = household.people if rule.per is Per.HEAD else 1
        ties: list[object] = []
        for tie in rule.ties:
            if tie is Tie.DRAW:
                break
            ties.append({Tie.WAITED: -household.waited, Tie.NEED: -household.need, Tie.SIZE: -household.people}[tie])
        level_of = Fraction(points, heads * (household.need if rule.by_need else 1))
        found.append((level_of, *ties, rule.lot(household.id)))
    return sorted(found)
