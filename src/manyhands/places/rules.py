"""Who may say how places are shown: None, or why not."""

from __future__ import annotations

from django.utils.translation import gettext as _

from manyhands.networks.models import Network
from manyhands.networks.queries import may
from manyhands.networks.states import Role
from manyhands.people.models import Person


def why_not_settle(person: Person | None, network: Network) -> str | None:
    """``None`` is whoever holds the server's terminal."""
    if person is not None and not may(person, network, Role.STEWARD):
        return _("Only a steward of this network can change how it works.")
    return None
