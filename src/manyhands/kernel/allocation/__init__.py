"""Sharing a shortage: who gets what when there is not enough, by a rule the network chose, with a proof.

A frozen `Problem` goes in, `share` makes a `Split`, `check` lists every promise it breaks, `explain` says for each
household what bounds its share and what would have given it more.
"""

from manyhands.kernel.allocation.checking import check
from manyhands.kernel.allocation.explaining import explain
from manyhands.kernel.allocation.problem import Had, Household, Item, Problem
from manyhands.kernel.allocation.reasons import REASONS, Reason, Why
from manyhands.kernel.allocation.rules import Level, Per, Rule, Tie
from manyhands.kernel.allocation.sharing import share
from manyhands.kernel.allocation.split import Bound, Circle, Given, Split

__all__ = [
    "REASONS", "Bound", "Circle", "Given", "Had", "Household", "Item", "Level", "Per", "Problem", "Reason", "Rule",
    "Split", "Tie", "Why", "check", "explain", "share",
]  # fmt: skip
