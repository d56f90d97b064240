"""What one person alone may not do: None, or why not."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from manyhands.networks.models import Network
from manyhands.networks.queries import kept_apart_from, may
from manyhands.networks.states import Role
from manyhands.people.models import Person
from manyhands.privacy.models import Limits, Unlock
from manyhands.privacy.states import ABOUT_A_MEMBER, ABOUT_ONE, Bulk

_ASKED_FOR_BY = {Bulk.ADDRESSES: Role.HELPER, Bulk.HOLD: Role.STEWARD, Bulk.SLEEP: Role.STEWARD}


def why_not_ask_to_open(
    person: Person, network: Network, what: str, *, about: str = "", whom: Person | None = None
) -> str | None:
    """Ask for a second person's yes."""
    if what not in Bulk.values or (what in ABOUT_ONE) != (whom is not None) or (what == Bulk.DOOR and not about):
        return _("Choose what you would like to do.")
    if whom is not None and what in ABOUT_A_MEMBER and whom.pk in kept_apart_from(person.pk, network):
        return _("That is not possible from here.")
    if not may(person, network, _ASKED_FOR_BY.get(Bulk(what), Role.DISPATCHER)):
        return _("Only someone who works here can ask for that.")
    return None


def why_not_answer(person: Person, unlock: Unlock, *, now: datetime) -> str | None:
    """Be the second person: someone of the desk, and never the one who asks."""
    if not may(person, unlock.network, Role.DISPATCHER):
        return _("Only someone of the desk can answer this.")
    if person.pk == unlock.asked_by_id:
        return _("It takes a second person: you can't agree with yourself.")
    if unlock.answered_at is not None:
        return _("This has been answered already.")
    if unlock.ends_at <= now:
        return _("This is over. If it is still needed, ask again.")
    return None


def why_not_export(person: Person | None, *, is_open: bool) -> str | None:
    """All at once leaves the house only with two. ``None`` holds the server's terminal, and has the database anyway."""
    if person is None or is_open:
        return None
    return _("It takes two to export everything: ask for it first, and let another one of the desk agree.")


def why_not_open_one_more(limits: Limits, *, today: int, this_month: int, is_open: bool) -> str | None:
    """Open one more address by oneself, having opened so many already."""
    if is_open:
        return None
    if today >= limits.a_day:
        return ngettext(
            "You opened %(count)d address in a day. For more, ask for a second person’s yes under “Two people”.",
            "You opened %(count)d addresses in a day. For more, ask for a second person’s yes under “Two people”.",
            today,
        ) % {"count": today}
    if this_month >= limits.a_month:
        return ngettext(
            "You opened %(count)d address in 30 days. For more, ask for a second person’s yes under “Two people”.",
            "You opened %(count)d addresses in 30 days. For more, ask for a second person’s yes under “Two people”.",
            this_month,
        ) % {"count": this_month}
    return None


def why_not_take_care(by: Person, person: Person, network: Network) -> str | None:
    """Be extra careful with somebody: they say so themself, or one of the desk."""
    if by.pk != person.pk and not may(by, network, Role.DISPATCHER):
        return _("Only someone of the desk can do that for somebody else.")
    return None


def why_not_end_care(by: Person, person: Person) -> str | None:
    """Take the extra care off: the person themself. The desk needs two."""
    if by.pk != person.pk:
        return _("That takes two of the desk, or the person themself on their own page.")
    return None


def why_not_limit(person: Person | None, network: Network) -> str | None:
    """Set the limits of a network, what it keeps and what it holds."""
    if person is not None and not may(person, network, Role.STEWARD):
        return _("Only a steward of this network can change how it works.")
    return None
