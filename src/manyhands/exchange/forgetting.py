"""Forgetting asks, offers, helpers, and the people and places behind them. The counts for public figures stay."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from manyhands.exchange import holding
from manyhands.exchange.models import Ask, Asking, Claim, Helper, Letter, Match, Offer, Repeat
from manyhands.exchange.states import OfferState, RepeatState
from manyhands.journal import actions as journal
from manyhands.kit import links, ring, wall
from manyhands.kit.refusals import refuse_if
from manyhands.networks.models import Joined, Membership, Network
from manyhands.networks.queries import may, same_as
from manyhands.networks.states import Role, Standing
from manyhands.people.models import (
    Authenticator,
    ContactPoint,
    Device,
    Invitation,
    Passkey,
    Person,
    RecoveryCode,
    SecondStepDue,
    SignInCode,
)
from manyhands.places.models import Place
from manyhands.privacy import actions as privacy
from manyhands.privacy.models import Care, Erasure

AT_ONCE = 500
SETTLED_AFTER = timedelta(days=7)  # a join that old was there for the whole desk to see

# ── What is over ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _recent(model: type[Any], before: datetime, **tie: Any) -> Exists:
    """Something open, or closed since."""
    return Exists(model.objects.filter(Q(closed_at=None) | Q(closed_at__gte=before), **tie))


def _running(**tie: Any) -> Exists:
    return Exists(Repeat.objects.exclude(state=RepeatState.STOPPED).filter(**tie))


def _asks(before: datetime) -> QuerySet[Ask]:
    """What comes round again is copied from its first: that one waits until nothing comes round."""
    return Ask.objects.filter(closed_at__lt=before).exclude(_running(first=OuterRef("pk"))).order_by("pk")


def _askings(before: datetime) -> QuerySet[Asking]:
    return (
        Asking.objects.filter(made_at__lt=before)
        .exclude(_recent(Ask, before, asking=OuterRef("pk")))
        .exclude(_running(first__asking=OuterRef("pk")))
        .order_by("pk")
    )


def _places(before: datetime) -> QuerySet[Place]:
    """Places of asks and offers; where a helper sets out goes when they have left."""
    return (
        Place.objects.filter(
            Exists(Ask.objects.filter(place=OuterRef("pk"), closed_at__lt=before))
            | Exists(Offer.objects.filter(place=OuterRef("pk"), closed_at__lt=before))
            | Exists(_helpers(before).filter(Q(start=OuterRef("pk")) | Q(end=OuterRef("pk"))))
        )
        .exclude(_recent(Ask, before, place=OuterRef("pk")))
        .exclude(_recent(Offer, before, place=OuterRef("pk")))
        .exclude(_running(first__place=OuterRef("pk")))
        .exclude(
            Exists(
                Helper.objects.exclude(membership__standing=Standing.LEFT).filter(
                    Q(start=OuterRef("pk")) | Q(end=OuterRef("pk"))
                )
            )
        )
        .order_by("pk")
    )


def _rests(**tie: Any) -> Exists:
    """Somebody who rests behind another record of theirs that is a member: they are one, and may be two again."""
    mates = Joined.objects.filter(
        network=OuterRef("network"), person=OuterRef("person"), into=OuterRef(OuterRef("into"))
    )
    members = Membership.objects.filter(network=OuterRef("network")).exclude(standing=Standing.LEFT)
    helps = members.filter(Q(person=OuterRef("into")) | Exists(mates))
    return Exists(Joined.objects.exclude(stood="").filter(Exists(helps), **tie))


def _helpers(before: datetime) -> QuerySet[Helper]:
    left = Helper.objects.filter(membership__standing=Standing.LEFT, membership__since__lt=before)
    return left.exclude(_rests(network=OuterRef("network"), person=OuterRef("membership__person"))).order_by("pk")


def _memberships(before: datetime) -> QuerySet[Membership]:
    """A membership that helped stays as long as what it helped with; who is behind it goes with the person."""
    left = Membership.objects.filter(standing=Standing.LEFT, since__lt=before)
    left = left.exclude(_rests(network=OuterRef("network"), person=OuterRef("person")))
    return left.exclude(Exists(Helper.objects.filter(membership=OuterRef("pk")))).order_by("pk")


def _people(before: datetime) -> QuerySet[Person]:
    """Who has nothing open, belongs nowhere and did not sign in since. Who looks after the install stays."""
    return (
        Person.objects.filter(joined_at__lt=before, is_host=False)
        .exclude(last_login__gte=before)
        .exclude(_recent(Ask, before, asking__asked_by=OuterRef("pk")))
        .exclude(_recent(Offer, before, offered_by=OuterRef("pk")))
        .exclude(_running(first__asking__asked_by=OuterRef("pk")))
        .exclude(_rests(person=OuterRef("pk")))
        .exclude(
            Exists(
                Membership.objects.filter(person=OuterRef("pk")).filter(
                    ~Q(standing=Standing.LEFT) | Q(since__gte=before)
                )
            )
        )
        .order_by("pk")
    )


def _joined(before: datetime) -> QuerySet[Joined]:
    return Joined.objects.filter(person__in=_people(before).values("pk")).order_by("pk")


def _contact_points(before: datetime) -> QuerySet[ContactPoint]:
    return ContactPoint.objects.filter(person__in=_people(before).values("pk")).order_by("pk")


def _with_the_person(model: type[Any]) -> Callable[[datetime], QuerySet[Any]]:
    """What somebody signs in with goes when they do."""
    return lambda before: model.objects.filter(person__in=_people(before).values("pk")).order_by("pk")


def only_in(things: QuerySet[Any], networks: set[UUID], *, whose: str) -> QuerySet[Any]:
    """Those of people who have something in these networks and nothing in any other: that one may still keep it."""
    here = Q()
    for model, tie in ((Asking, "asked_by"), (Offer, "offered_by"), (Membership, "person")):
        theirs = model._default_manager.filter(**{tie: OuterRef(whose)})
        here |= Q(Exists(theirs.filter(network__in=networks)))
        things = things.exclude(Exists(theirs.exclude(network__in=networks)))
    return things.filter(here)


def _care(before: datetime) -> QuerySet[Care]:
    """It goes with the person, and protects whoever is held to be them as long as anything of theirs is open."""
    over = Care.objects.filter(person__in=_people(before).values("pk"))
    lasts = [
        care.pk
        for care in over.select_related("network")
        if (others := same_as(care.person_id, care.network) - {care.person_id})
        and Person.objects.filter(pk__in=others).exclude(pk__in=_people(before).values("pk")).exists()
    ]
    return over.exclude(pk__in=lasts).order_by("pk")


def _codes(before: datetime) -> QuerySet[SignInCode]:
    return SignInCode.objects.filter(expires_at__lt=before).order_by("pk")


def _devices(before: datetime) -> QuerySet[Device]:
    """Where somebody signed in just now stays, however long they have been known here: or they were signed out."""
    return Device.objects.filter(begun_at__lt=before, person__in=_people(before).values("pk")).order_by("pk")


def _closed_offers(before: datetime) -> QuerySet[Offer]:
    return Offer.objects.filter(closed_at__lt=before).order_by("pk")


def _claims(before: datetime) -> QuerySet[Claim]:
    return Claim.objects.filter(ended_at__lt=before, ask__closed_at__lt=before).order_by("pk")


def _matches(before: datetime) -> QuerySet[Match]:
    return Match.objects.filter(ask__closed_at__lt=before, offer__closed_at__lt=before).order_by("pk")


def _repeats(before: datetime) -> QuerySet[Repeat]:
    return Repeat.objects.filter(state=RepeatState.STOPPED, first__closed_at__lt=before).order_by("pk")


def _letters(before: datetime) -> QuerySet[Letter]:
    return Letter.objects.filter(put_at__lt=before).order_by("pk")


def _invitations(before: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(expires_at__lt=before).order_by("pk")


# ── Letting go ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _shut_link(thing: Asking | Offer) -> None:
    """The private link opens nothing any more."""
    thing.nonce = links.fresh_nonce()
    thing.token_digest = links.digest(links.fresh_nonce())


def forget_ask(ask: Ask) -> None:
    ask.words = ask.notes = ask.language = ""
    ask.row, ask.wanted_from, ask.wanted_until = {}, None, None
    ask.save(update_fields=["words", "notes", "language", "row", "wanted_from", "wanted_until"])


def forget_asking(asking: Asking) -> None:
    asking.for_name = ""
    _shut_link(asking)
    asking.save(update_fields=["for_name", "nonce", "token_digest"])


def forget_offer(offer: Offer) -> None:
    offer.words = offer.language = ""
    offer.row, offer.free_from, offer.free_until = {}, None, None
    _shut_link(offer)
    offer.save(update_fields=["words", "language", "row", "free_from", "free_until", "nonce", "token_digest"])


def forget_place(place: Place) -> None:
    """The part of town stays: it says where help was needed, and no door."""
    place.text = place.door = ""
    place.lat = place.lon = None
    place.exactness, place.is_found = Place.Exactness.UNKNOWN, False
    place.save(update_fields=["text", "door", "lat", "lon", "exactness", "is_found"])


def forget_helper(helper: Helper) -> None:
    helper.languages, helper.skills, helper.hours, helper.row = [], [], [], {}
    helper.save(update_fields=["languages", "skills", "hours", "row"])


def forget_person(person: Person) -> None:
    person.name = person.language = ""
    person.login = None
    person.set_unusable_password()
    person.save(update_fields=["name", "language", "login", "password"])


def _goes(thing: Any) -> None:
    thing.delete()


CLOCKS = (
    privacy.Clock("exchange.Letter", _letters, _goes, goes=True),
    privacy.Clock("exchange.Match", _matches, _goes, goes=True),
    privacy.Clock("exchange.Claim", _claims, _goes, goes=True),
    privacy.Clock("exchange.Repeat", _repeats, _goes, goes=True),
    privacy.Clock("exchange.Ask", _asks, forget_ask),
    privacy.Clock("exchange.Asking", _askings, forget_asking),
    privacy.Clock("exchange.Offer", _closed_offers, forget_offer),
    privacy.Clock("exchange.Helper", _helpers, forget_helper),
)
# Rooms below this one don't know what is open; this one says it for them.
CLOCKS_BELOW = {
    "places": (privacy.Clock("places.Place", _places, forget_place),),
    "networks": (
        privacy.Clock("networks.Joined", _joined, _goes, goes=True),
        privacy.Clock("networks.Membership", _memberships, _goes, goes=True),
    ),
    "privacy": (privacy.Clock("privacy.Care", _care, _goes, goes=True),),
    "people": (
        privacy.Clock(
            "people.ContactPoint", _contact_points, _goes, goes=True, only_in=partial(only_in, whose="person")
        ),
        privacy.Clock("people.Person", _people, forget_person, only_in=partial(only_in, whose="pk")),
        privacy.Clock("people.Invitation", _invitations, _goes, goes=True, only_in=partial(only_in, whose="person")),
        privacy.Clock("people.SignInCode", _codes, _goes, goes=True, only_in=partial(only_in, whose="person")),
        privacy.Clock("people.Device", _devices, _goes, goes=True, only_in=partial(only_in, whose="person")),
        *(
            privacy.Clock(
                model._meta.label, _with_the_person(model), _goes, goes=True, only_in=partial(only_in, whose="person")
            )
            for model in (Passkey, Authenticator, RecoveryCode, SecondStepDue)
        ),
    ),
}

# ── All of one person, now ───────────────────────────────────────────────────────────────────────────────────────────


@wall.everywhere()
@transaction.atomic
def erase_person(person: Person, *, by: Person, now: datetime) -> privacy.Erasure:
    """Forget all of one person now, because they want it so. Their key dies once this is committed.

    They say it themselves, or tell a steward who does it. What they asked for is withdrawn, what they held goes back,
    they leave every network: wherever this is said, it is about all of them. The counts stay. Whoever is held to be
    them goes as well (`_gone_with`).
    """
    refuse_if(why_not_erase(by, person))
    for network in Network.objects.filter(
        Exists(Joined.objects.filter(Q(person=person) | Q(into=person), network=OuterRef("pk")))
    ):
        all_of_them = same_as(person.pk, network)
        gone = _gone_with(person, network, now=now)
        # Who stays is protected still by what was said of those who go.
        if all_of_them - {person.pk} - {each.pk for each in gone}:
            privacy.protect_each(all_of_them, network=network, now=now)
        for other in gone:
            _erase(other, by=by, now=now)
    return _erase(person, by=by, now=now)


def _gone_with(person: Person, network: Network, *, now: datetime) -> list[Person]:
    """Who is held to be this person here and goes with them: all but those with an account, members, and who has
    something elsewhere. And whom they were said to be only lately: nobody is joined and forgotten in one go.
    """
    rows = Joined.objects.filter(network=network, since__lt=now - SETTLED_AFTER)
    settled = {person.pk, *rows.values_list("person", flat=True), *rows.values_list("into", flat=True)}
    if Joined.objects.filter(network=network, person=person, since__gte=now - SETTLED_AFTER).exists():
        return []
    members = Membership.objects.filter(person=OuterRef("pk")).exclude(standing=Standing.LEFT)
    found = Person.objects.filter(
        pk__in=(same_as(person.pk, network) & settled) - {person.pk}, login_index=None, is_host=False
    )
    return list(only_in(found.exclude(Exists(members)), {network.pk}, whose="pk").order_by("pk"))


def why_not_erase(by: Person, person: Person) -> str | None:
    """Have all of somebody forgotten: one's own, or as a steward because they asked for it."""
    if by.pk != person.pk and not _is_all_in_their_hands(by, person):
        return _("Only you yourself can have everything about you forgotten.")
    memberships = Membership.objects.filter(person=person).exclude(standing=Standing.LEFT)
    if person.is_host or any(_is_last_steward(each) for each in memberships):
        return _("You are the only one who looks after something here. Hand that over first.")
    return None


def _is_all_in_their_hands(by: Person, person: Person) -> bool:
    """Whether everything somebody has lies in networks this steward looks after: a steward forgets nothing elsewhere.

    A neighbour or a helper; not another one of the desk, who could be made to disappear with what they did.
    """
    networks = {
        *Asking.objects.filter(asked_by=person).values_list("network", flat=True),
        *Offer.objects.filter(offered_by=person).values_list("network", flat=True),
        *Membership.objects.filter(person=person).values_list("network", flat=True),
    }
    desk = Membership.objects.filter(person=person, role__in=[Role.DISPATCHER, Role.STEWARD])
    return (
        bool(networks)
        and not desk.exists()
        and all(may(by, network, Role.STEWARD) for network in Network.objects.filter(pk__in=networks))
    )


def erase_again(*, now: datetime) -> int:
    """Forget again whoever an old backup brought back: they are in the database, and their key was destroyed.

    What was sealed reads as nothing already; here the rest of it goes as well. Costs one question where nobody is.
    """
    gone = ring.forgotten().keys() - set(Erasure.objects.exclude(after="").values_list("holder", flat=True))
    keys = sorted(gone)
    people = [
        person
        for first in range(0, len(keys), AT_ONCE)
        for person in Person.objects.filter(pk__in=keys[first : first + AT_ONCE])
    ]
    for person in people:
        with transaction.atomic():
            Person.objects.filter(pk=person.pk).update(is_host=False)
            erasure = _erase(person, by=None, now=now)
        privacy.destroy_key(erasure, now=now)
    return len(people)


def _erase(person: Person, *, by: Person | None, now: datetime) -> privacy.Erasure:
    person = Person.objects.select_for_update().get(pk=person.pk)
    memberships = list(Membership.objects.filter(person=person).exclude(standing=Standing.LEFT))
    _end_what_is_open(person, memberships, now=now)
    asks = list(Ask.objects.filter(asking__asked_by=person).select_related("place"))
    askings = list(Asking.objects.filter(asked_by=person))
    offers = list(Offer.objects.filter(offered_by=person).select_related("place"))
    helpers = list(Helper.objects.filter(membership__person=person).select_related("start", "end"))
    told: list[Ask | Offer] = [*asks, *offers]
    places = {thing.place_id: thing.place for thing in told}
    places |= {place.pk: place for each in helpers for place in (each.start, each.end) if place is not None}
    everything: tuple[tuple[Iterable[Any], Callable[[Any], None]], ...] = (
        (asks, forget_ask),
        (askings, forget_asking),
        (offers, forget_offer),
        (helpers, forget_helper),
        (places.values(), forget_place),
        ([person], forget_person),
    )
    kept = Kept(now)
    for things, forget in everything:
        let_go = [thing for thing in things if not kept.has(thing)]
        for thing in let_go:
            forget(thing)
        privacy.mark([(type(thing)._meta.label, thing.pk) for thing in let_go], now=now)
    is_held = kept.has(person)
    if not is_held:
        ContactPoint.objects.filter(person=person).delete()
    for model in (Invitation, SignInCode, Passkey, Authenticator, RecoveryCode, SecondStepDue, Device):
        model._default_manager.filter(person=person).delete()
    Match.objects.filter(Q(ask__in=asks) | Q(offer__in=offers)).exclude(pk__in=kept.of(Match)).delete()
    Joined.objects.filter(Q(person=person) | Q(into=person)).delete()
    network = askings[0].network_id if askings else offers[0].network_id if offers else None
    journal.record("person.erased", person, by=by, now=now, network=network, asks=len(asks), offers=len(offers))
    return privacy.erase(person, asks=len(asks), offers=len(offers), now=now, is_held=is_held)


class Kept:
    """What the law demands to be kept, of each model, asked once."""

    def __init__(self, now: datetime) -> None:
        self._held = holding.held(now)
        self._keys: dict[str, set[Any]] = {}

    def of(self, model: type[Any]) -> set[Any]:
        label = model._meta.label
        if label not in self._keys:
            held = self._held.get(label)
            self._keys[label] = set() if held is None else set(held.values_list("pk", flat=True))
        return self._keys[label]

    def has(self, thing: Any) -> bool:
        return thing.pk in self.of(type(thing))


def erase_what_was_held(*, now: datetime) -> int:
    """Finish forgetting those who wanted it while the law demanded some of it, once it does no more."""
    kept, done = Kept(now), 0
    for erasure in Erasure.objects.filter(is_held=True):
        if erasure.holder in kept.of(Person):
            continue
        with transaction.atomic():
            person = Person.objects.filter(pk=erasure.holder).first()
            if person is not None:
                _erase(person, by=None, now=now)
        erasure.refresh_from_db()
        privacy.destroy_key(erasure, now=now)
        done += 1
    return done


def _is_last_steward(membership: Membership) -> bool:
    stewards = Membership.objects.filter(
        network=membership.network_id, role="steward", standing__in=[Standing.ACTIVE, Standing.PAUSED]
    )
    return membership.role == "steward" and not stewards.exclude(pk=membership.pk).exists()


def _end_what_is_open(person: Person, memberships: list[Membership], *, now: datetime) -> None:
    from manyhands.exchange import actions

    Repeat.objects.filter(first__asking__asked_by=person).update(state=RepeatState.STOPPED)
    for ask in Ask.objects.filter(asking__asked_by=person, closed_at=None):
        actions.withdraw_ask(ask, by=None, now=now)
    for offer in Offer.objects.filter(offered_by=person, state__in=[OfferState.OPEN, OfferState.PROMISED]):
        actions.move_offer(offer, state=OfferState.WITHDRAWN, by=None, now=now)
    for membership in memberships:
        membership.standing, membership.since = Standing.LEFT, now
        membership.save(update_fields=["standing", "since"])
        actions.hand_back_what_they_held(membership, by=None, now=now)
