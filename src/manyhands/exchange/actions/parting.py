"""Ending what brings two people together."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from manyhands.exchange import queries
from manyhands.exchange.actions.claims import hand_back
from manyhands.exchange.actions.matches import end_match
from manyhands.networks.models import Network
from manyhands.people.models import Person


@transaction.atomic
def part(network: Network, one: Person, other: Person, *, now: datetime) -> None:
    """Hand back what one holds of the other's and end their matches, however often they are written down.

    Who wanted it so stands nowhere.
    """
    claims, matches = queries.between(network, one, other)
    for claim in claims:
        hand_back(claim, by=None, now=now)
    for match in matches:
        end_match(match, by=None, now=now)
