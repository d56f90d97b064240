"""Every "may I?" about networks and membership."""

from __future__ import annotations

from django.utils.translation import gettext as _

from manyhands.kit import wall
from manyhands.networks.models import Joined, Membership, Network
from manyhands.networks.queries import kept_apart_from, may, same_as
from manyhands.networks.states import MOVES, SAID_TO_BE_TWO, Role, Standing
from manyhands.people.models import Person


def why_not_create(person: Person | None) -> str | None:
    """``None`` is the host's own terminal."""
    if person is not None and not person.is_host:
        return _("Only the host of this install can create a network.")
    return None


def why_not_settle(person: Person | None, network: Network) -> str | None:
    """Change a network's rules, areas, words and categories."""
    if person is not None and not may(person, network, Role.STEWARD):
        return _("Only a steward of this network can change how it works.")
    return None


def why_not_join(former: Membership | None) -> str | None:
    """``former`` is the membership the person has or once had here."""
    if former is not None and former.standing in {Standing.ACTIVE, Standing.PAUSED}:
        return _("You are already a member here.")
    if former is not None and former.standing == Standing.WAITING:
        return _("You have already asked to join. Someone will welcome you soon.")
    return None


def why_not_welcome(person: Person, membership: Membership) -> str | None:
    if not may(person, membership.network, Role.DISPATCHER):
        return _("Only a dispatcher can welcome new helpers.")
    if membership.standing == Standing.LEFT:
        return _("That is not possible from here.")
    if membership.standing != Standing.WAITING:
        return _("This person is already a member.")
    if membership.is_held:
        return _("Somebody of trust asked for this rest, and will be in touch. Only they can end it.")
    return None


def why_not_move(person: Person, membership: Membership, standing: str) -> str | None:
    """Pause, come back or leave: for oneself, or for others by a steward."""
    if membership.person_id != person.pk and not may(person, membership.network, Role.STEWARD):
        return _("Only a steward can do that for someone else.")
    if standing == Standing.ACTIVE and membership.is_held:
        return _("Somebody of trust asked for this rest, and will be in touch. Only they can end it.")
    if standing == Standing.ACTIVE and membership.standing == Standing.WAITING:
        return _("Someone has to welcome you first.") if membership.person_id == person.pk else None
    if standing not in MOVES[membership.standing]:
        return _("That is not possible from here.")
    if standing == Standing.LEFT and _is_last_steward(membership):
        return _("This is the only steward. Make someone else a steward first.")
    return None


def why_not_give_role(person: Person, membership: Membership, role: str) -> str | None:
    if not may(person, membership.network, Role.STEWARD):
        return _("Only a steward can change what someone does here.")
    if membership.standing != Standing.ACTIVE:
        return _("Only an active member can carry a role.")
    if role != Role.STEWARD and _is_last_steward(membership):
        return _("This is the only steward. Make someone else a steward first.")
    return None


def _is_last_steward(membership: Membership) -> bool:
    if membership.role != Role.STEWARD or membership.standing != Standing.ACTIVE:
        return False
    others = Membership.objects.filter(network=membership.network, role=Role.STEWARD, standing=Standing.ACTIVE)
    return not others.exclude(pk=membership.pk).exists()


def why_not_invite_again(person: Person, membership: Membership) -> str | None:
    """Make a new sign-in link for a member: whoever holds it can sign in as them, so it is a steward's to give.

    Someone who looks after other networks or the install could be entered through the side door this way.
    """
    if not may(person, membership.network, Role.STEWARD):
        return _("Only a steward can make a new sign-in link.")
    if membership.person.is_host and membership.person_id != person.pk:
        return _("The host makes their own link on the server: manyhands createhost.")
    # Asked from a page of one network, about all of them: inside its wall nobody would ever be a member elsewhere.
    with wall.everywhere():
        elsewhere = Membership.objects.filter(person=membership.person).exclude(network=membership.network)
        is_elsewhere = elsewhere.exclude(standing=Standing.LEFT).exists()
    if is_elsewhere and membership.person_id != person.pk:
        return _("This person is also a member of another network here. Ask the host to make the link.")
    return None


def why_not_hold_for_one(by: Person, network: Network, keep: Person, other: Person) -> str | None:
    """Hold ``other`` to be ``keep``. Whatever else they do here is asked by the rooms above."""
    if not may(by, network, Role.DISPATCHER):
        return _("Only a dispatcher can do this.")
    ones, others = same_as(keep.pk, network), same_as(other.pk, network)
    if by.pk in ones | others:
        return _("Somebody else of the desk has to say that of you.")
    if other.pk in ones:
        return _("They are held to be one person already.")
    if Person.objects.filter(pk__in=others).exclude(login_index=None).exists():
        if Person.objects.filter(pk__in=ones).exclude(login_index=None).exists():
            return _("Both sign in with an account of their own. Ask which one they use, and let the other one leave.")
        return _("Keep the one who signs in with an account.")
    if any(kept_apart_from(each, network) & others for each in ones):
        return str(SAID_TO_BE_TWO)
    return None


def why_not_stand_behind(by: Person, keep: Membership | None, other: Membership | None) -> str | None:
    """Of two members one helps from now on, and the other one rests behind them."""
    if keep is None or other is None:
        return None
    if not may(by, other.network, Role.STEWARD):
        return _("Both are members here. Only a steward can say that they are one.")
    if other.role != Role.HELPER or other.person.is_host:
        return _("Keep the one who works at the desk.")
    if other.is_held or keep.is_held:
        return _("One of them rests because somebody of trust asked for it. Please ask a person of trust first.")
    return None


def why_not_take_out(by: Person, network: Network, person: Person) -> str | None:
    """Say that somebody who was held to be another is someone else."""
    if not may(by, network, Role.DISPATCHER):
        return _("Only a dispatcher can do this.")
    all_of_them = same_as(person.pk, network)
    if len(all_of_them) < 2:
        return _("They are held to be nobody else.")
    if by.pk in all_of_them:
        return _("Somebody else of the desk has to say that of you.")
    if Joined.objects.filter(network=network, person__in=all_of_them).exclude(stood="").exists():
        if not may(by, network, Role.STEWARD):
            return _("Both were members here. Only a steward can take them apart.")
        if Membership.objects.filter(network=network, person__in=all_of_them, is_held=True).exists():
            return _("One of them rests because somebody of trust asked for it. Please ask a person of trust first.")
    return None
