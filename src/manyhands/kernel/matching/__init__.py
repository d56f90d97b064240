"""Matching: which helper fits which ask, ranked and with reasons, one by one or all at once.

A frozen `Problem` goes in. `suggest` and `suggest_for_helper` rank for one person, `match_all` decides for everyone
together, `check` lists every promise a matching breaks, `better_exists` looks for a better one over all pairs.
`rings` (by itself, as its engine takes long to load) finds people who can each give and each get, in rings.
"""

from manyhands.kernel.matching.checking import check
from manyhands.kernel.matching.everyone import Matching, match_all
from manyhands.kernel.matching.problem import Ask, Helper, Problem, Window
from manyhands.kernel.matching.proving import better_exists
from manyhands.kernel.matching.reasons import REASONS, Against, For, Reason, named
from manyhands.kernel.matching.suggesting import LeftOut, Suggestion, Suggestions, suggest, suggest_for_helper

__all__ = [
    "REASONS",
    "Against",
    "Ask",
    "For",
    "Helper",
    "LeftOut",
    "Matching",
    "Problem",
    "Reason",
    "Suggestion",
    "Suggestions",
    "Window",
    "better_exists",
    "check",
    "match_all",
    "named",
    "suggest",
    "suggest_for_helper",
]
