"""How much each household has by the rule, in numbers that compare exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from manyhands.kernel.allocation.problem import Household, Problem
from manyhands.kernel.allocation.rules import Level, Per, Rule, Tie

LARGE = 1 << 62

Numbers = NDArray[Any]  # of int64, or of whole numbers of any size


def weight(household: Household, rule: Rule) -> int:
    """What a household's points are divided by."""
    return (household.people if rule.per is Per.HEAD else 1) * (household.need if rule.by_need else 1)


def had_lately(problem: Problem, household: Household, level: str) -> int:
    """The points a household had before that still count towards a level."""
    rule = problem.rule
    points = 0
    for had in household.had:
        kind = problem.item[had.what].stands_for if had.what in problem.item else had.what
        if had.days < rule.lately and (rule.level is Level.TOGETHER or kind == level):
            points += had.pieces * had.worth
    return points


def in_order(households: Sequence[Household], rule: Rule) -> list[int]:
    """For each household its place in the order of ties: no two have the same."""

    def key(household: Household) -> tuple[int | str, ...]:
        found: list[int | str] = []
        for tie in rule.ties:
            if tie is Tie.DRAW:
                break
            found.append(-{Tie.WAITED: household.waited, Tie.NEED: household.need, Tie.SIZE: household.people}[tie])
        return (*found, rule.lot(household.id), household.id)

    order = sorted(range(len(households)), key=lambda row: key(households[row]))
    places = [0] * len(households)
    for place, row in enumerate(order):
        places[row] = place
    return places


class Levels:
    """Where each household stands on one level: level and place in one whole number that compares exactly.

    standing = level × (common multiple of all weights) × households + place
    """

    def __init__(self, problem: Problem, households: Sequence[Household], level: str) -> None:
        weights = [weight(h, problem.rule) for h in households]
        parts = math.lcm(*weights) if weights else 1
        places = in_order(households, problem.rule)
        points = [had_lately(problem, h, level) for h in households]
        most = sum(points) + sum(item.quantity * item.worth for item in problem.items)
        # Numbers beyond 64 bits (weights without common factors) are rare, exact all the same, and slower.
        kind: type = np.int64 if (most + 1) * parts * (len(households) + 1) < LARGE else object
        self.row_of = {place: row for row, place in enumerate(places)}
        self.step: Numbers = np.array([parts // each * len(households) for each in weights], dtype=kind)
        """What one point more lifts a household by."""
        self.standing: Numbers = np.array(points, dtype=kind) * self.step + np.array(places, dtype=kind)

    def add(self, row: int, points: int) -> None:
        """Count points in, or out again where below zero."""
        self.standing[row] += points * self.step[row]

    def after_losing(self, points: int) -> Numbers:
        """Where each household would stand with so many points less."""
        return np.asarray(self.standing - points * self.step)
