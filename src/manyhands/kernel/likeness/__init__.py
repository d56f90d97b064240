"""Likeness: which records may be one person, and why. It proposes; nobody is joined here.

`find` looks through a whole network, `find_for` for one person, `compare` at two. Every answer carries its reasons.
"""

from manyhands.kernel.likeness.evidence import Circle
from manyhands.kernel.likeness.model import LIKELY
from manyhands.kernel.likeness.people import Someone, home_of
from manyhands.kernel.likeness.reasons import SENTENCES, Reason, Sign
from manyhands.kernel.likeness.scoring import Likeness, compare, find, find_for

__all__ = [
    "LIKELY",
    "SENTENCES",
    "Circle",
    "Likeness",
    "Reason",
    "Sign",
    "Someone",
    "compare",
    "find",
    "find_for",
    "home_of",
]
