"""Rostering: who is asked for which shift, fairly, and the rule that binds for every place that stays empty.

A frozen `Problem` goes in, a frozen `Roster` comes out of `solve`: proposals that wait for a yes, beside what was said
yes to. `check` lists every promise a roster breaks, `gaps` and `idle` say why a place or a person has nothing.
Rosters of weeks by days and kinds of shift, as hospitals have them, are in `rostering.patterns`.
"""

from manyhands.kernel.rostering.checking import check
from manyhands.kernel.rostering.explaining import Gap, gaps, idle
from manyhands.kernel.rostering.problem import (
    Assignment,
    Helper,
    Problem,
    Role,
    Roster,
    Score,
    Shift,
    Span,
    State,
)
from manyhands.kernel.rostering.reasons import REASONS, Code, Reason, named
from manyhands.kernel.rostering.solving import solve
from manyhands.kernel.routing.until import Rounds, Seconds, Until

__all__ = [
    "REASONS",
    "Assignment",
    "Code",
    "Gap",
    "Helper",
    "Problem",
    "Reason",
    "Role",
    "Roster",
    "Rounds",
    "Score",
    "Seconds",
    "Shift",
    "Span",
    "State",
    "Until",
    "check",
    "gaps",
    "idle",
    "named",
    "solve",
]
