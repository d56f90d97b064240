"""Pooling: what one network has too much of, brought to where it is wanted, before it spoils and in the vans there are.

A frozen `Problem` goes in, `pool` makes a `Plan` that is the exact optimum, `check` lists every promise it breaks and
looks at the proof, `explain` says in words why what goes, stays or is missing.
"""

from manyhands.kernel.pooling.checking import check
from manyhands.kernel.pooling.explaining import Reasons, explain
from manyhands.kernel.pooling.plan import Plan, Transfer
from manyhands.kernel.pooling.problem import Lot, Network, Problem, Van, Want
from manyhands.kernel.pooling.reasons import REASONS, Reason, Why
from manyhands.kernel.pooling.solving import pool

__all__ = [
    "REASONS", "Lot", "Network", "Plan", "Problem", "Reason", "Reasons", "Transfer", "Van", "Want", "Why", "check",
    "explain", "pool",
]  # fmt: skip
