"""What can be done about networks and membership."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from manyhands.journal import actions as journal
from manyhands.kit import asking_less
from manyhands.kit.refusals import Refused, refuse_if
from manyhands.networks import rules
from manyhands.networks.models import RESERVED_SLUGS, Apart, Joined, Membership, Network, Wording
from manyhands.networks.queries import same_as
from manyhands.networks.states import Role, Standing
from manyhands.people import actions as people
from manyhands.people.models import Invitation, Person

SETTLED = (
    "name", "welcome", "language", "time_zone", "country", "lat", "lon", "is_open", "closed_note", "look_first",
    "welcome_helpers", "ask_days", "offer_days", "claim_cap", "blur_metres", "hide_below", "second_step",
)  # fmt: skip
# What everybody reads before they ask.
SENTENCES = ("welcome", "closed_note")


@transaction.atomic
def create_network(
    *, slug: str, name: str, steward: Person | None, by: Person | None, now: datetime, **rules_of_it: Any
) -> Network:
    """Create a network; ``steward`` looks after it. ``by`` is the host, ``None`` on the host's own terminal."""
    refuse_if(rules.why_not_create(by))
    if slug in RESERVED_SLUGS:
        raise Refused(_("“%(slug)s” is the address of a page here. Choose another short name.") % {"slug": slug})
    if Network.objects.filter(slug=slug).exists():
        raise Refused(_("There is already a network with the short name “%(slug)s”.") % {"slug": slug})
    network = Network(slug=slug, name=name, made_at=now, **rules_of_it)
    try:
        with transaction.atomic():
            network.save(force_insert=True)
    except IntegrityError:  # taken in the same second
        raise Refused(_("There is already a network with the short name “%(slug)s”.") % {"slug": slug}) from None
    journal.record("network.created", network, by=by, now=now, network=network.pk)
    if steward is not None:
        Membership.objects.create(
            network=network, person=steward, role=Role.STEWARD, standing=Standing.ACTIVE, since=now
        )
    return network


@transaction.atomic
def settle(network: Network, *, by: Person | None, now: datetime, **changes: Any) -> Network:
    """Change how a network works. ``changes`` are names of :data:`SETTLED`.

    Raises ``AsksTooMuch`` where a sentence asks for what a group should not know and no second person agreed.
    """
    network = Network.objects.select_for_update(no_key=True).get(pk=network.pk)
    refuse_if(rules.why_not_settle(by, network))
    unknown = set(changes) - set(SETTLED)
    if unknown:
        raise ValueError(f"Not settings of a network: {sorted(unknown)}")
    changed = [name for name, value in changes.items() if getattr(network, name) != value]
    asks_for = asking_less.asked_in(changes[name] for name in SENTENCES if name in changed)
    asking_less.refuse_alone(asks_for, network, by=by, now=now)
    for name in changed:
        setattr(network, name, changes[name])
    if changed:
        network.save(update_fields=changed)
        pried = {"asks_for": [one.topic.value for one in asks_for]} if asks_for else {}
        journal.record("network.settled", network, by=by, now=now, network=network.pk, changed=sorted(changed), **pried)
    return network


@transaction.atomic
def fall_asleep(network: Network, *, note: str, now: datetime) -> Network:
    """Mark a network as asleep: its pages are shut but for the front, the figures and the way to wake it.

    The rooms above decide whether it may, and let go of what it holds.
    """
    network.asleep_since, network.asleep_note = now, note.strip()[:300]
    network.save(update_fields=["asleep_since", "asleep_note"])
    return network


@transaction.atomic
def wake(network: Network, *, by: Person | None, now: datetime) -> Network:
    """Wake a network: everything is as it was set, and whoever comes anew is taken in."""
    network = Network.objects.select_for_update(no_key=True).get(pk=network.pk)
    refuse_if(rules.why_not_settle(by, network))
    if network.asleep_since is not None:
        network.asleep_since, network.asleep_note = None, ""
        network.save(update_fields=["asleep_since", "asleep_note"])
        journal.record("network.woke", network, by=by, now=now, network=network.pk)
    return network


@transaction.atomic
def reword(network: Network, *, word: str, language: str, text: str, by: Person, now: datetime) -> None:
    """Use the network's own word for one of ours; an empty text goes back to ours.

    A word is read like a name on a list: it stands on every page. Raises ``AsksTooMuch`` as :func:`settle` does.
    """
    refuse_if(rules.why_not_settle(by, network))
    asks_for = asking_less.found_in([text])
    asking_less.refuse_alone(asks_for, network, by=by, now=now)
    pried = {"asks_for": [one.topic.value for one in asks_for]} if asks_for else {}
    if text.strip():
        Wording.objects.update_or_create(network=network, word=word, language=language, defaults={"text": text.strip()})
    else:
        Wording.objects.filter(network=network, word=word, language=language).delete()
    journal.record(
        "network.reworded", network, by=by, now=now, network=network.pk, word=word, language=language, **pried
    )


@transaction.atomic
def join(person: Person, *, network: Network, now: datetime) -> Membership:
    """Ask to join as a helper; where the network welcomes everyone, one is in at once.

    Whoever was here before is welcomed by a person again: they may have been removed. Sign-in links made for them die,
    for whoever made one in another network could walk into this one with it.
    """
    former = Membership.objects.select_for_update().filter(network=network, person=person).first()
    refuse_if(rules.why_not_join(former))
    membership = former or Membership(network=network, person=person)
    membership.role = Role.HELPER
    waits = network.welcome_helpers or former is not None
    membership.standing = Standing.WAITING if waits else Standing.ACTIVE
    membership.since = now
    try:
        with transaction.atomic():
            membership.save()
    except IntegrityError:  # joined in another tab in the same second
        raise Refused(_("You have already asked to join. Someone will welcome you soon.")) from None
    people.let_invitations_lapse(person, now=now)
    journal.record("membership.asked", membership, by=person, now=now, standing=membership.standing)
    return membership


@transaction.atomic
def welcome(membership: Membership, *, by: Person, now: datetime) -> Membership:
    """Welcome someone who asked to join."""
    membership = Membership.objects.select_for_update(of=("self",)).select_related("network").get(pk=membership.pk)
    refuse_if(rules.why_not_welcome(by, membership))
    membership.standing, membership.since = Standing.ACTIVE, now
    membership.save(update_fields=["standing", "since"])
    journal.record("membership.welcomed", membership, by=by, now=now)
    return membership


def _hold_the_stewards(membership: Membership) -> None:
    """Two stewards who leave in the same second wait for each other, so that one stays."""
    # Without its key: whoever notes something in this network need not wait for us, and we not for them.
    Network.objects.select_for_update(no_key=True).get(pk=membership.network_id)


@transaction.atomic
def move(membership: Membership, *, standing: str, by: Person, now: datetime) -> Membership:
    """Take a rest, come back, or leave."""
    _hold_the_stewards(membership)
    membership = Membership.objects.select_for_update(of=("self",)).select_related("network").get(pk=membership.pk)
    refuse_if(rules.why_not_move(by, membership, standing))
    membership.standing, membership.since = standing, now
    if standing == Standing.LEFT:
        membership.role = Role.HELPER
    membership.save(update_fields=["standing", "since", "role"])
    journal.record("membership.moved", membership, by=by, now=now, standing=standing)
    return membership


@transaction.atomic
def hold(membership: Membership, *, is_held: bool, now: datetime) -> Membership:
    """Let someone rest until somebody of trust lets them back, or let them back. Who asked for it stands nowhere."""
    membership = Membership.objects.select_for_update(of=("self",)).select_related("network").get(pk=membership.pk)
    membership.is_held = is_held
    if membership.standing in {Standing.ACTIVE, Standing.PAUSED}:
        membership.standing, membership.since = Standing.PAUSED if is_held else Standing.ACTIVE, now
    membership.save(update_fields=["is_held", "standing", "since"])
    journal.record("membership.moved", membership, by=None, now=now, standing=membership.standing)
    return membership


@transaction.atomic
def keep_apart(network: Network, one: Person, other: Person, *, apart: bool, now: datetime) -> None:
    """Let nothing here bring two people together from now on, or end that."""
    first, second = sorted((one, other), key=lambda person: person.pk)
    pairs = Apart.objects.filter(network=network)
    if apart:
        if other.pk in same_as(one.pk, network):
            # Two whom nothing may bring together are not one person, whatever the desk took them for.
            rests = Joined.objects.filter(network=network, person=other).exists()
            _part(_joining(network), other if rests else one, by=None, now=now)
        if not pairs.filter(one=first, other=second).exists():
            Apart.objects.create(network=network, one=first, other=second, since=now)
    else:
        ones, others = same_as(one.pk, network), same_as(other.pk, network)
        pairs.filter(Q(one__in=ones, other__in=others) | Q(one__in=others, other__in=ones)).delete()
    network.__dict__.pop("_apart", None)
    # Whom it is about stands in no journal.
    journal.record("network.kept_apart", network, by=None, now=now, network=network.pk, apart=apart)


@transaction.atomic
def hold_for_one(network: Network, *, keep: Person, other: Person, by: Person, now: datetime) -> Person:
    """Hold ``other`` to be ``keep`` from now on, with everyone who was held to be either. Returns who stands for all.

    Nothing is moved and nothing is sealed anew. Of two members the one of ``keep`` helps; the other one leaves, and is
    back as they stood once they are taken out again.
    """
    network = _joining(network)
    refuse_if(rules.why_not_hold_for_one(by, network, keep, other))
    ours, theirs = same_as(keep.pk, network), same_as(other.pk, network)
    helps, rests = _member_among(network, ours), _member_among(network, theirs)
    refuse_if(rules.why_not_stand_behind(by, helps, rests))
    joined = Joined.objects.filter(network=network)
    known = joined.filter(person=keep).select_related("into").first()
    one = known.into if known is not None else keep
    joined.filter(person__in=theirs).update(into=one)
    pointing = set(joined.filter(person__in=theirs).values_list("person", flat=True))
    for each in sorted(theirs - pointing):
        Joined.objects.create(network=network, person_id=each, into=one, since=now)
    if helps is not None and rests is not None:
        joined.filter(person=rests.person_id).update(stood=rests.standing)
        _stands(rests, Standing.LEFT, by=by, now=now)
    journal.record("person.joined", other, by=by, now=now, network=network.pk, into=str(one.pk))
    return one


@transaction.atomic
def take_out(network: Network, *, person: Person, by: Person, now: datetime) -> None:
    """Say that somebody who was held to be another is someone else. They are a member again as they were before.

    Where they were the one who helps, the next of those who are left is a member again. Whoever protects them both is
    seen to by the rooms above.
    """
    network = _joining(network)
    refuse_if(rules.why_not_take_out(by, network, person))
    _part(network, person, by=by, now=now)


def _part(network: Network, person: Person, *, by: Person | None, now: datetime) -> None:
    all_of_them = same_as(person.pk, network)
    left = all_of_them - {person.pk}
    joined = Joined.objects.filter(network=network)
    # Where nobody of them is a member any more, somebody welcomes them again: they may have been removed.
    is_welcome = _member_among(network, all_of_them) is not None
    own = joined.filter(person=person).first()
    if own is not None:
        own.delete()
        _back(network, own, is_welcome=is_welcome, by=by, now=now)
    resting = joined.filter(person__in=left).exclude(stood="").order_by("-since", "pk").first()
    if _member_among(network, left) is None and resting is not None:
        _back(network, resting, is_welcome=is_welcome, by=by, now=now)
        joined.filter(pk=resting.pk).update(stood="")
    if own is None:
        # Who stood for all is gone: whoever helps now, or nobody's stand-in, stands for those who are left.
        first = joined.filter(into=person).order_by("stood", "since", "pk")[0]
        first.delete()
        joined.filter(into=person).update(into=first.person_id)
    journal.record("person.taken_out", person, by=by, now=now, network=network.pk)


def _back(network: Network, row: Joined, *, is_welcome: bool, by: Person | None, now: datetime) -> None:
    """A member as they stood before; who came back by themself meanwhile stands as they stand."""
    membership = Membership.objects.filter(network=network, person=row.person_id, standing=Standing.LEFT).first()
    if row.stood and membership is not None:
        _stands(membership, row.stood if is_welcome else Standing.WAITING, by=by, now=now)


def _joining(network: Network) -> Network:
    """The network, held and fresh: two who join the same people in one second wait for each other.

    What was remembered of who is who is forgotten, here and where it came from.
    """
    network.__dict__.pop("_joined", None)
    return Network.objects.select_for_update(no_key=True).get(pk=network.pk)


def _member_among(network: Network, people: frozenset[UUID]) -> Membership | None:
    members = Membership.objects.filter(network=network, person__in=people).exclude(standing=Standing.LEFT)
    return members.select_related("network", "person").order_by("since").first()


def _stands(membership: Membership, standing: str, *, by: Person | None, now: datetime) -> None:
    membership.standing, membership.since = standing, now
    membership.save(update_fields=["standing", "since"])
    journal.record("membership.moved", membership, by=by, now=now, standing=standing)


@transaction.atomic
def give_role(membership: Membership, *, role: str, by: Person, now: datetime) -> Membership:
    """Let a member carry a role."""
    _hold_the_stewards(membership)
    membership = Membership.objects.select_for_update(of=("self",)).select_related("network").get(pk=membership.pk)
    refuse_if(rules.why_not_give_role(by, membership, role))
    membership.role = role
    membership.save(update_fields=["role"])
    journal.record("membership.role_given", membership, by=by, now=now, role=role)
    return membership


@transaction.atomic
def bring_in(network: Network, *, person: Person, role: str, by: Person | None, now: datetime) -> Membership:
    """Make someone an active member in a role at once: an invited dispatcher, a helper from a list."""
    refuse_if(rules.why_not_settle(by, network))
    membership, _made = Membership.objects.select_for_update().get_or_create(
        network=network, person=person, defaults={"since": now}
    )
    refuse_if(rules.why_not_move(membership.person, membership, Standing.ACTIVE) if membership.is_held else None)
    membership.role, membership.standing, membership.since = role, Standing.ACTIVE, now
    membership.save()
    journal.record("membership.brought_in", membership, by=by, now=now, role=role)
    return membership


@transaction.atomic
def invite_member(network: Network, *, name: str, role: str, by: Person | None, now: datetime) -> Invitation:
    """Invite someone by name into a role; the invitation's private link is how they sign in for the first time."""
    refuse_if(rules.why_not_settle(by, network))
    person = people.note_person(name=name, language=network.language, by=by, now=now)
    bring_in(network, person=person, role=role, by=by, now=now)
    return people.invite(person, by=by, now=now)


@transaction.atomic
def invite_again(membership: Membership, *, by: Person, now: datetime) -> Invitation:
    """A new sign-in link for a member who lost their password."""
    refuse_if(rules.why_not_invite_again(by, membership))
    return people.invite(membership.person, by=by, now=now)


@transaction.atomic
def found_network(
    *, slug: str, name: str, steward_name: str, by: Person, now: datetime, **rules_of_it: Any
) -> tuple[Network, Invitation | None]:
    """Create a network for someone named, who gets an invitation; without a name the host looks after it."""
    refuse_if(rules.why_not_create(by))
    if not steward_name:
        return create_network(slug=slug, name=name, steward=by, by=by, now=now, **rules_of_it), None
    steward = people.note_person(name=steward_name, by=by, now=now)
    network = create_network(slug=slug, name=name, steward=steward, by=by, now=now, **rules_of_it)
    return network, people.invite(steward, by=by, now=now)
