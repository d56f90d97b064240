"""Every "may I?" about pairs: None, or why not."""

from __future__ import annotations

from django.utils.translation import gettext as _

from manyhands.doubles.models import Pair
from manyhands.doubles.queries import Known
from manyhands.doubles.states import MOVES
from manyhands.networks.models import Network
from manyhands.networks.queries import may
from manyhands.networks.states import Role
from manyhands.people.models import Person


def why_not_look(person: Person | None, network: Network) -> str | None:
    """Look for people who are written down twice; ``None`` is the clock."""
    if person is not None and not may(person, network, Role.DISPATCHER):
        return _("Only a dispatcher can do this.")
    return None


def why_not_answer(person: Person, pair: Pair, state: str) -> str | None:
    """Say of a pair what it is."""
    if not may(person, pair.network, Role.DISPATCHER):
        return _("Only a dispatcher can do this.")
    if state not in MOVES[pair.state]:
        return _("That is not possible from here.")
    if person.pk in {pair.one_id, pair.other_id}:
        return _("Somebody else of the desk has to say that of you.")
    return None


def why_not_rest(stand: list[Known], rest: list[Known]) -> str | None:
    """Stand behind somebody who is the same person and helps too: not with something in one's hands."""
    if any(each.is_member for each in stand) and any(each.held for each in rest):
        return _("Both help here, and the one who would step back holds something now. Hand that back first.")
    return None
