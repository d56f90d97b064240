"""Putting a network to sleep: everybody in it is forgotten, what is counted stays, and it wakes as it was set."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from manyhands.exchange.forgetting import forget_helper, forget_place, only_in
from manyhands.exchange.models import Ask, Helper, Letter, Offer, Repeat
from manyhands.exchange.states import OPEN, OfferState, RepeatState
from manyhands.journal import actions as journal
from manyhands.kit import wall
from manyhands.kit.refusals import Refused, refuse_if
from manyhands.networks import actions as networks
from manyhands.networks.models import Membership, Network
from manyhands.networks.queries import may
from manyhands.networks.states import Role, Standing
from manyhands.notices.models import Notice
from manyhands.people.models import Person
from manyhands.privacy import actions as privacy
from manyhands.privacy import queries as seeing
from manyhands.privacy.models import Forgotten
from manyhands.privacy.states import Bulk

QUIET_DAYS = 90


def quiet_days(network: Network, *, now: datetime) -> int:
    """For how many days nobody asked, offered, joined or carried anything here."""
    moments = [
        network.made_at,
        Ask.objects.filter(network=network).aggregate(last=Max("moved_at"))["last"],
        Offer.objects.filter(network=network).aggregate(last=Max("offered_at"))["last"],
        Membership.objects.filter(network=network).aggregate(last=Max("since"))["last"],
    ]
    latest: datetime = max(moment for moment in moments if moment is not None)
    return (now - latest).days


def why_not_sleep(by: Person | None, network: Network, *, is_open: bool) -> str | None:
    """Put a network to sleep: a steward, with a second one's yes; ``None`` holds the server's terminal."""
    if by is not None and not may(by, network, Role.STEWARD):
        return _("Only a steward can put a network to sleep.")
    if network.asleep_since is not None:
        return _("It is asleep already.")
    # What is open is somebody who waits. And how it ended is not for the machine to say: it would be counted.
    waiting = Ask.objects.filter(network=network, state__in=OPEN).count()
    # What came while the house was shut waits as well, also where it could not become an ask.
    waiting += Letter.objects.filter(network=network).count()
    if waiting:
        return ngettext(
            "%(count)d ask is still open. Settle it first: somebody waits for it.",
            "%(count)d asks are still open. Settle them first: somebody waits for them.",
            waiting,
        ) % {"count": waiting}
    if by is not None and not is_open:
        return _("It takes two to put a network to sleep: ask for it first, and let another one of the desk agree.")
    return None


@wall.everywhere()
def put_to_sleep(network: Network, *, note: str, by: Person | None, now: datetime) -> dict[str, int]:
    """Forget everybody in a network but those who wake it, and shut its pages. Says how many of what were forgotten.

    Who stays are the two who agreed, with how they sign in; from the terminal the stewards. Their keys die with those
    who belong nowhere else, so this looks across all networks. The asks stay counted, and settings, words, lists, areas
    and squares stay as they are.
    """
    if not note.strip():
        raise Refused(_("Say how somebody is reached meanwhile: it stands on the public page."))
    counts = _shred(network, note=note, by=by, now=now)
    privacy.destroy_keys_left_over(now=now)
    return counts


@transaction.atomic
def _shred(network: Network, *, note: str, by: Person | None, now: datetime) -> dict[str, int]:
    network = Network.objects.select_for_update(no_key=True).get(pk=network.pk)
    two = seeing.two_who_agreed(by, network, Bulk.SLEEP, now=now) if by is not None else set[UUID]()
    refuse_if(why_not_sleep(by, network, is_open=bool(two)))
    members = Membership.objects.filter(network=network).exclude(standing=Standing.LEFT)
    stay = two or set(members.filter(role=Role.STEWARD).values_list("person", flat=True))
    here_alone = set(only_in(Person.objects.all(), {network.pk}, whose="pk").values_list("pk", flat=True))
    _end_what_runs(network, now=now)
    members.exclude(person__in=stay).update(standing=Standing.LEFT, role=Role.HELPER, since=now)
    for helper in Helper.objects.filter(network=network, membership__person__in=stay).select_related("start", "end"):
        forget_helper(helper)
        for place in (helper.start, helper.end):
            if place is not None:
                forget_place(place)
    counts = privacy.shred({network.pk}, now=now)
    forgotten = set(Forgotten.objects.filter(model="people.Person").values_list("key", flat=True))
    gone = here_alone & forgotten
    Notice.objects.filter(person__in=gone).delete()
    privacy.keys_must_go(gone, now=now)
    networks.fall_asleep(network, note=note, now=now)
    journal.record("network.slept", network, by=by, now=now, network=network.pk, people=len(gone), stay=len(stay))
    return counts


def _end_what_runs(network: Network, *, now: datetime) -> None:
    """Nothing comes round while it sleeps, and no offer waits."""
    from manyhands.exchange import actions

    Repeat.objects.filter(network=network).update(state=RepeatState.STOPPED)
    for offer in Offer.objects.filter(Q(state=OfferState.OPEN) | Q(state=OfferState.PROMISED), network=network):
        actions.move_offer(offer, state=OfferState.EXPIRED, by=None, now=now)
