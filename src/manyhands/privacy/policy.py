"""Who may see what of whom: the one table. Every page, paper and file asks it; nothing else decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from manyhands.networks.states import Role
from manyhands.privacy.states import Part, Why


@dataclass(frozen=True, slots=True)
class Ground:
    """One row: on these grounds, these parts show, to whoever carries at least this role.

    ``role`` is ``None`` where the tie itself is what opens it (a claim, a match, its being one's own) and no role does.
    ``leaves_trace`` is false only for what is one's own. ``in_danger`` is what shows on these grounds of somebody who
    would be in danger if they were found; with ``by_two`` the rest shows once two of the desk said yes for this helper
    and this ask, or for this one of the desk and this helper's own door.
    """

    parts: frozenset[Part]
    role: Role | None = None
    leaves_trace: bool = True
    in_danger: frozenset[Part] = frozenset()
    by_two: bool = False


_ALL = frozenset(Part)

GROUNDS: Mapping[Why, Ground] = {
    Why.OWN: Ground(_ALL, leaves_trace=False, in_danger=_ALL),
    # While it is held, and no longer: the rooms above hand in nothing else.
    Why.CLAIM: Ground(_ALL, by_two=True),
    Why.RUN: Ground(_ALL, by_two=True),
    # Two who agreed see how to reach each other; where they live they tell each other.
    Why.MATCH: Ground(frozenset({Part.NAME, Part.REACH})),
    # The desk has to be able to call; it looks one by one, and the person reads it.
    Why.DESK: Ground(_ALL, Role.DISPATCHER, in_danger=_ALL),
    Why.MAP: Ground(frozenset({Part.SPOT}), Role.DISPATCHER),
    Why.SHEETS: Ground(frozenset({Part.NAME, Part.PLACE, Part.REACH}), Role.DISPATCHER),
    # A table of a plan goes without names and phones.
    Why.TABLE: Ground(frozenset({Part.PLACE, Part.SPOT}), Role.DISPATCHER),
    Why.MEMBERS: Ground(frozenset({Part.NAME, Part.REACH}), Role.DISPATCHER),
    # Where a helper sets out and ends. Of one who would be in danger, by two of the desk and for the one who asked.
    Why.HELPER: Ground(_ALL, Role.DISPATCHER, by_two=True),
    Why.EXPORT: Ground(_ALL, Role.DISPATCHER),
    # Two side by side, when the reasons alone are not enough. Of whom would be in danger, the ask's own page tells.
    Why.TWICE: Ground(frozenset({Part.NAME, Part.PLACE, Part.REACH}), Role.DISPATCHER),
}

# Where a member's own phone and door show: to nobody of the desk who is kept apart from them.
OF_MEMBERS = frozenset({Why.MEMBERS, Why.HELPER})

# Everyone who could look, the least first: someone without an account is nobody's member.
LOOKERS: tuple[Role | None, ...] = (None, *Role)


def parts_shown(why: Why, role: Role | None) -> frozenset[Part]:
    """Which parts someone with this role sees on these grounds; ``None`` is someone who is no active member."""
    ground = GROUNDS[why]
    order = list(LOOKERS)
    return ground.parts if order.index(role) >= order.index(ground.role) else frozenset()
