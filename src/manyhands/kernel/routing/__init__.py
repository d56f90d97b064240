"""Routing: who visits whom, in which order and when, and the true reason for everyone who is left out.

A frozen `Problem` goes in, a frozen `Plan` comes out of `solve`. `check` lists every promise a plan breaks, `explain`
says why an ask is left out and what would change that, `advise` what to recruit, `replan` changes little of what
people were told, `price_of_move` and `retime` are for people who move stops by
hand.
"""

from manyhands.kernel.routing.checking import check
from manyhands.kernel.routing.differing import TOLERANCE, Change, Changes, what_changes
from manyhands.kernel.routing.explaining import explain
from manyhands.kernel.routing.happenings import (
    Detour,
    DroppedOut,
    Happening,
    Joined,
    RoadShut,
    UnderWay,
    Wanted,
    Withdrawn,
)
from manyhands.kernel.routing.moving import Move, Order, breaks, price_of_move, retime
from manyhands.kernel.routing.plan import Pause, Plan, Progress, Reload, Run, Stats, Unserved, Visit
from manyhands.kernel.routing.problem import Break, Helper, Hub, PickUp, Problem, Stop, Window, riding_together
from manyhands.kernel.routing.reasons import REASONS, Breach, Code, Reason, Recruit, named
from manyhands.kernel.routing.recruiting import Advice, advise
from manyhands.kernel.routing.replanning import Replanned, replan
from manyhands.kernel.routing.solving import solve
from manyhands.kernel.routing.until import Rounds, Seconds, Until

__all__ = [
    "REASONS",
    "TOLERANCE",
    "Advice",
    "Breach",
    "Break",
    "Change",
    "Changes",
    "Code",
    "Detour",
    "DroppedOut",
    "Happening",
    "Helper",
    "Hub",
    "Joined",
    "Move",
    "Order",
    "Pause",
    "PickUp",
    "Plan",
    "Problem",
    "Progress",
    "Reason",
    "Recruit",
    "Reload",
    "Replanned",
    "RoadShut",
    "Rounds",
    "Run",
    "Seconds",
    "Stats",
    "Stop",
    "UnderWay",
    "Unserved",
    "Until",
    "Visit",
    "Wanted",
    "Window",
    "Withdrawn",
    "advise",
    "breaks",
    "check",
    "explain",
    "named",
    "price_of_move",
    "replan",
    "retime",
    "riding_together",
    "solve",
    "what_changes",
]
