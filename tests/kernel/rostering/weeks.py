"""Odd weeks of shifts and helpers, made by luck with a seed."""

import random

from manyhands.kernel.rostering import Assignment, Helper, Problem, Role, Shift, Span, State

DAY = 24 * 60
SKILLS = ("cook", "drive", "any")


def odd_weeks(seed: int, *, helpers: int = 12, shifts: int = 14, weeks: int = 2) -> Problem:
    luck = random.Random(seed)
    made = tuple(_shift(luck, n, weeks) for n in range(shifts))
    people = tuple(_helper(luck, n, weeks, shifts) for n in range(helpers))
    pairs = [frozenset(luck.sample([h.id for h in people], 2)) for _ in range(4)] if helpers > 1 else []
    standing = {}
    for _ in range(shifts // 2):
        shift, helper = luck.choice(made), luck.choice(people)
        state = luck.choice([State.PROPOSED, State.CONFIRMED])
        standing[shift.id, helper.id] = Assignment(shift.id, luck.choice(shift.roles).name, helper.id, state)
    return Problem(
        made,
        people,
        frozenset(pairs[:2]),
        frozenset(pairs[2:]),
        tuple(standing.values()) if seed % 2 else (),
        luck.choice([1, 2]),
    )


def _shift(luck: random.Random, number: int, weeks: int) -> Shift:
    start = luck.randrange(7 * weeks) * DAY + luck.choice([9, 13, 18, 22]) * 60
    roles = []
    for name in luck.sample(SKILLS, luck.choice([1, 1, 2])):
        least = luck.choice([0, 1, 2])
        roles.append(Role(name, least, least + luck.choice([0, 1]), frozenset({name} - {"any"})))
    return Shift(
        f"s{number}",
        start,
        start + luck.choice([100, 180, 300, 480]),
        tuple(roles),
        luck.choice([1, 2]),
        number % 4 == 0,
    )


def _helper(luck: random.Random, number: int, weeks: int, shifts: int) -> Helper:
    days = luck.sample(range(7 * weeks), luck.choice([3, 7, 12]))
    return Helper(
        f"h{number}",
        frozenset(skill for skill in ("cook", "drive") if luck.random() < 0.5),
        tuple(Span(day * DAY + 480, day * DAY + luck.choice([1440, 1900])) for day in days)
        if luck.random() < 0.8
        else (),
        {f"s{luck.randrange(shifts)}": luck.choice([-2, 1, 3])},
        frozenset({f"s{luck.randrange(shifts)}"}),
        luck.choice([None, 300, 480]),
        luck.choice([None, 600]),
        luck.choice([0, 480, 660]),
        luck.choice([None, 1, 3]),
        luck.choice([None, 0, 1]),
        luck.choice([None, 0, 1]),
        luck.random() < 0.3,
        luck.choice([0, 200, 900]),
        luck.choice([0, 2]),
    )
