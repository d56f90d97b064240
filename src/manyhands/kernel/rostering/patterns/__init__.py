"""Rosters by days and kinds of shift over weeks: rows of work, rest, weekends, hours, cover by weight.

`solve_weeks` makes one, `check` goes through it again from the problem alone.
"""

from manyhands.kernel.rostering.patterns.checking import Rule, check, penalty
from manyhands.kernel.rostering.patterns.explaining import Gap, gaps
from manyhands.kernel.rostering.patterns.problem import Cover, Kind, Request, Weeks, WeeksRoster, Worker
from manyhands.kernel.rostering.patterns.search import solve_weeks
from manyhands.kernel.rostering.patterns.starting import NoLine

__all__ = [
    "Cover",
    "Gap",
    "Kind",
    "NoLine",
    "Request",
    "Rule",
    "Weeks",
    "WeeksRoster",
    "Worker",
    "check",
    "gaps",
    "penalty",
    "solve_weeks",
]
