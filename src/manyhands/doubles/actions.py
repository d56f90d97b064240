"""Looking for people who are written down twice, and saying of two whether they are one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from manyhands.doubles import queries, rules
from manyhands.doubles.models import Pair
from manyhands.doubles.states import PairState
from manyhands.exchange import actions as exchange
from manyhands.journal import actions as journal
from manyhands.kernel.likeness import Likeness, find, find_for
from manyhands.kit.refusals import Refused, refuse_if
from manyhands.networks import actions as networks
from manyhands.networks.models import Network
from manyhands.networks.queries import kept_apart_from, same_as
from manyhands.networks.states import SAID_TO_BE_TWO
from manyhands.people.models import Person
from manyhands.privacy import actions as privacy

AT_ONCE = 500
MOST = 1_000  # pairs kept for the desk to look at: the likeliest
LATER_DAYS = 14


def look(network: Network, *, by: Person | None, now: datetime) -> int:
    """Look through everyone of a network and keep who may be written down twice. How many likely pairs wait then.

    ``by`` is ``None`` for the clock. What the desk said before stays said. Reads without holding anybody up; only what
    was found is written in one go.
    """
    refuse_if(rules.why_not_look(by, network))
    found = _worth_a_look(find(queries.everybody(network)), network)[:MOST]
    with transaction.atomic():
        _keep(found, network=network, now=now)
        # What nothing speaks for any more: they were put right, or forgotten. What the desk put together stays, and so
        # does what somebody found or said while we looked.
        still = {_ends(each) for each in found}
        over = [pair.pk for pair in _waiting_before(network, now) if (pair.one_id, pair.other_id) not in still]
        for first in range(0, len(over), AT_ONCE):
            _waiting_before(network, now).filter(pk__in=over[first : first + AT_ONCE]).delete()
    pairs = Pair.objects.filter(network=network) if by is None else queries.visible_to(by, network)
    return queries.likely(queries.in_state(pairs, PairState.OPEN, now=now, network=network)).count()


def _waiting_before(network: Network, now: datetime) -> QuerySet[Pair]:
    return Pair.objects.filter(network=network, state=PairState.OPEN, found_at__lt=now).exclude(bits=None)


def look_for(person: Person, *, network: Network, by: Person, now: datetime) -> int:
    """Look whether one person was here before. How many pairs they are in that are to be looked at."""
    refuse_if(rules.why_not_look(by, network))
    everybody = queries.everybody(network)
    one = next((each for each in everybody if each.key == person.pk), None)
    found = find_for(one, [each for each in everybody if each is not one]) if one is not None else []
    with transaction.atomic():
        _keep(_worth_a_look(found, network), network=network, now=now)
    pairs = queries.with_person(queries.visible_to(by, network), person)
    return queries.in_state(pairs, PairState.OPEN, now=now, network=network).count()


def _ends(likeness: Likeness) -> tuple[UUID, UUID]:
    first, second = sorted((likeness.one, likeness.two), key=str)
    return first, second  # type: ignore[return-value]  # keys are what we put in: UUIDs


def _worth_a_look(found: Iterable[Likeness], network: Network) -> list[Likeness]:
    """Without those who are held to be one already, and those whom nothing may bring together."""
    kept = []
    for each in found:
        one, other = _ends(each)
        if other not in same_as(one, network) and other not in kept_apart_from(one, network):
            kept.append(each)
    return kept


def _keep(found: list[Likeness], *, network: Network, now: datetime) -> None:
    known = {(pair.one_id, pair.other_id): pair for pair in Pair.objects.filter(network=network)}
    fresh = []
    for each in found:
        signs, pair = [str(reason.sign) for reason in each.reasons], known.get(_ends(each))
        if pair is None:
            one, other = _ends(each)
            fresh.append(Pair(network=network, one_id=one, other_id=other, bits=each.bits, signs=signs, found_at=now))
        elif pair.state in {PairState.OPEN, PairState.LATER} and (pair.bits, pair.signs) != (each.bits, signs):
            Pair.objects.filter(pk=pair.pk).update(bits=each.bits, signs=signs)
    # Two may look at once: what the other one found is there already.
    Pair.objects.bulk_create(fresh, batch_size=200, ignore_conflicts=True)


@transaction.atomic
def put_together(one: Person, other: Person, *, network: Network, by: Person, now: datetime) -> Pair:
    """Put two people side by side whom somebody of the desk takes for one."""
    refuse_if(rules.why_not_look(by, network))
    if one.pk == other.pk or other.pk in same_as(one.pk, network):
        raise Refused(_("They are held to be one person already."))
    refuse_if(str(SAID_TO_BE_TWO) if other.pk in kept_apart_from(one.pk, network) else None)
    return _pair_of(one, other, network=network, now=now)


def _pair_of(one: Person, other: Person, *, network: Network, now: datetime) -> Pair:
    """The pair of these two, made if there is none."""
    first, second = sorted((one, other), key=lambda person: str(person.pk))
    pair, _made = Pair.objects.get_or_create(network=network, one=first, other=second, defaults={"found_at": now})
    return pair


def _locked(pair: Pair, *, seen: str) -> Pair:
    """The pair, held, as it was when it was looked at.

    The network first: two who say something of the same people in one second wait for each other there.
    """
    Network.objects.select_for_update(no_key=True).get(pk=pair.network_id)
    found = Pair.objects.select_for_update(of=("self",)).select_related("network", "one", "other").filter(pk=pair.pk)
    current = found.first()
    if current is None or current.standing != seen:
        raise Refused(_("Somebody of the desk answered this meanwhile. Look at what they said."))
    return current


def _answered(pair: Pair, state: str, *, by: Person | None, now: datetime) -> Pair:
    pair.state, pair.answered_by, pair.answered_at, pair.again_on = state, by, now, None
    if state == PairState.LATER:
        pair.again_on = now.astimezone(pair.network.zone).date() + timedelta(days=LATER_DAYS)
    pair.save(update_fields=["state", "answered_by", "answered_at", "again_on"])
    journal.record("pair.answered", pair, by=by, now=now, state=state)
    return pair


@transaction.atomic
def answer(pair: Pair, *, state: str, seen: str, by: Person, now: datetime) -> Pair:
    """Say that two are two, or look at it later or again. ``seen`` is how the pair stood on the page."""
    pair = _locked(pair, seen=seen)
    refuse_if(_("That is not possible from here.") if state == PairState.JOINED else None)
    refuse_if(rules.why_not_answer(by, pair, state))
    return _answered(pair, state, by=by, now=now)


@transaction.atomic
def join(pair: Pair, *, seen: str, by: Person, now: datetime) -> Pair:
    """Hold two people to be one. Nothing of theirs is moved; it can be undone as long as they are remembered.

    Who is kept apart from one of them is kept apart from both from now on, and what brought them together ends.
    """
    pair = _locked(pair, seen=seen)
    network = pair.network
    refuse_if(rules.why_not_answer(by, pair, PairState.JOINED))
    ones, others = same_as(pair.one_id, network), same_as(pair.other_id, network)
    all_of_them = ones | others
    known = queries.known(Person.objects.filter(pk__in=all_of_them), network)
    stands, rests = queries.who_stands(_whole(ones, known), _whole(others, known))
    theirs = others if stands.person.pk in ones else ones
    refuse_if(rules.why_not_rest([known[key] for key in all_of_them - theirs], [known[key] for key in theirs]))
    refuse_if(str(SAID_TO_BE_TWO) if queries.said_to_differ(network, ones, others, besides=pair) else None)
    apart = {other for each in all_of_them for other in kept_apart_from(each, network)}
    one = networks.hold_for_one(network, keep=stands.person, other=rests.person, by=by, now=now)
    for other in Person.objects.filter(pk__in=apart).order_by("pk"):
        exchange.part(network, one, other, now=now)
    # What waited to be said of two of them is said with it.
    within = Pair.objects.filter(network=network, one__in=all_of_them, other__in=all_of_them)
    within.filter(state__in=[PairState.OPEN, PairState.LATER]).exclude(pk=pair.pk).delete()
    return _answered(pair, PairState.JOINED, by=by, now=now)


def _whole(people: Iterable[UUID], known: dict[UUID, queries.Known]) -> queries.Known:
    """Who stands for several who are held to be one already."""
    whole = [known[key] for key in people if key in known]
    first = whole[0]
    for each in whole[1:]:
        first, _rests = queries.who_stands(first, each)
    return first


@transaction.atomic
def take_out(person: Person, *, network: Network, by: Person, now: datetime) -> None:
    """Say that somebody who was held to be another is someone else after all. Everything is as it was before.

    But for what protects them: that stays with each until it is lifted in its usual way.
    """
    network = Network.objects.select_for_update(no_key=True).get(pk=network.pk)
    before = same_as(person.pk, network) - {person.pk}
    privacy.protect_each(before | {person.pk}, network=network, now=now)
    networks.take_out(network, person=person, by=by, now=now)
    for other in Person.objects.filter(pk__in=before).order_by("pk"):
        pair = _pair_of(person, other, network=network, now=now)
        _answered(pair, PairState.DIFFERENT, by=by, now=now)


def settle_parted(person: Person, *, by: Person | None, now: datetime) -> None:
    """Whom people of trust keep apart is not one person, whatever the desk said."""
    for pair in Pair.objects.filter(Q(one=person) | Q(other=person), state=PairState.JOINED).select_related("network"):
        if pair.other_id not in same_as(pair.one_id, pair.network):
            _answered(pair, PairState.DIFFERENT, by=by, now=now)
