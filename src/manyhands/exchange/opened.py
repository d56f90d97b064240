"""Whose door or phone stood open to whom, and whose is held at all: for the number of what one account could learn."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from manyhands.exchange.models import Asking, Claim, Helper, Match, Offer
from manyhands.exchange.states import MatchState
from manyhands.networks.models import Membership, Network
from manyhands.networks.states import Standing
from manyhands.people.models import ContactPoint
from manyhands.privacy.models import Forgotten


def opened_since(network: Network, since: datetime) -> set[tuple[UUID, UUID]]:
    """Who held whose ask for some time since then, by themselves, from the desk or on a run; and who agreed with whom.

    Gives pairs of persons' keys: the one who could look, and the one who could be seen.
    """
    lately = Q(ended_at=None) | Q(ended_at__gt=since)
    held = Claim.objects.filter(lately, network=network)
    pairs = set(held.values_list("helper__membership__person", "ask__asking__asked_by"))
    agreed = Match.objects.filter(lately, network=network, state=MatchState.AGREED)
    for asker, giver in agreed.values_list("ask__asking__asked_by", "offer__offered_by"):
        pairs |= {(asker, giver), (giver, asker)}
    return pairs


def people_held(network: Network) -> set[UUID]:
    """Whose door or phone the network holds: with a place that is not forgotten, or a way to be reached."""
    gone = Forgotten.objects.filter(model="places.Place").values("key")
    askings, offers = Asking.objects.filter(network=network), Offer.objects.filter(network=network)
    members = Membership.objects.filter(network=network).exclude(standing=Standing.LEFT)
    helpers = Helper.objects.filter(network=network)
    with_a_door = {
        *askings.filter(asks__isnull=False).exclude(asks__place__in=gone).values_list("asked_by", flat=True),
        *offers.exclude(place__in=gone).values_list("offered_by", flat=True),
        *helpers.exclude(start__in=gone).values_list("membership__person", flat=True),
    }
    known = ContactPoint.objects.filter(
        Q(person__in=askings.values("asked_by"))
        | Q(person__in=offers.values("offered_by"))
        | Q(person__in=members.values("person"))
    )
    return with_a_door | set(known.values_list("person", flat=True))
