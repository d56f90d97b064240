"""Questions about asks and offers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncDate

from manyhands.exchange.models import Ask, Asking, Category, Cause, Claim, Helper, Letter, Match, Offer, Repeat
from manyhands.exchange.states import OPEN, AskState, ClaimState, MatchState, OfferState
from manyhands.kit import codes, links, wall
from manyhands.kit.sealed_fields import read_opened
from manyhands.networks.models import Membership, Network
from manyhands.networks.queries import may, may_see, membership_of, not_kept_apart, same_as
from manyhands.networks.states import Role, Standing
from manyhands.people import queries as people
from manyhands.people.models import Person
from manyhands.places import queries as places
from manyhands.places.models import Place
from manyhands.privacy.models import Reveal
from manyhands.privacy.queries import in_danger

Someone = Person | AnonymousUser | None
Piece = TypeVar("Piece")
_MORE = 12


def helper_of(person: Someone, network: Network) -> Helper | None:
    """The person's helping side in this network, if they are a member here."""
    membership = membership_of(person, network)
    if membership is None:
        return None
    helper = Helper.objects.select_related("start__area", "end__area").filter(membership=membership).first()
    if helper is not None:
        helper.network, helper.membership = network, membership
    return helper


def _with_all(asks: QuerySet[Ask]) -> QuerySet[Ask]:
    return asks.select_related("category", "place__area", "asking__asked_by")


def visible_to(person: Someone, network: Network) -> QuerySet[Ask]:
    """Asks this person may see, newest first. The only way in from a page of a signed-in person.

    The desk sees all; a helper sees what is ready and what they hold; nobody else sees any. Nobody sees those of whom
    they are kept apart from: for them these are not there.
    """
    asks = _with_all(Ask.objects.filter(network=network)).order_by("-asked_at", "pk")
    if may(person, network, Role.DISPATCHER):
        return asks.filter(may_see(person, network, by="asking__asked_by"))
    membership = membership_of(person, network)
    if membership is None or membership.standing != Standing.ACTIVE:
        return asks.none()
    held = Claim.objects.filter(helper__membership=membership, state=ClaimState.HELD).values("ask")
    return asks.filter((Q(state=AskState.READY) & not_kept_apart(membership, by="asking__asked_by")) | Q(pk__in=held))


def on_the_board(network: Network, person: Someone = None) -> QuerySet[Ask]:
    """Open asks anyone may read, the longest waiting first: show them without names and with the place blurred.

    ``person`` is the one who reads it, if they are signed in: without those of whom they are kept apart from. Within a
    day they stand by their codes: next to one another, linked asks would tell on each other.
    """
    return (
        Ask.objects.filter(network=network, state__in=[AskState.READY, AskState.CLAIMED, AskState.ON_THE_WAY])
        .filter(may_see(person, network, by="asking__asked_by"))
        .select_related("category", "place__area")
        .order_by(TruncDate("asked_at", tzinfo=network.zone), "code")
    )


def offers_on_the_board(network: Network, person: Someone = None) -> QuerySet[Offer]:
    """Open offers anyone may read, newest first, without names and with the place blurred."""
    return (
        Offer.objects.filter(may_see(person, network, by="offered_by"), network=network, state=OfferState.OPEN)
        .select_related("category", "place__area")
        .order_by("-offered_at", "pk")
    )


def may_claim_here(person: Someone, network: Network) -> bool:
    """Whether this person is a helper of the network who may take asks on now."""
    return (helper := helper_of(person, network)) is not None and helper.membership.may(Role.HELPER)


def offers_visible_to(person: Someone, network: Network) -> QuerySet[Offer]:
    """Offers with the people behind them: for the desk only."""
    if not may(person, network, Role.DISPATCHER):
        return Offer.objects.none()
    return (
        Offer.objects.filter(may_see(person, network, by="offered_by"), network=network)
        .select_related("category", "place__area", "offered_by")
        .order_by("-offered_at", "pk")
    )


def square_of(place: Place, network: Network) -> places.Blurred | None:
    """The square everyone may see a place in; ``None`` where it stands on no shared map."""
    return places.blurred(place, network, hidden=in_danger(network))


def area_of(place: Place, network: Network) -> str:
    """The part of town everyone may read; empty where nobody may."""
    return places.area_told(place, hidden=in_danger(network))


def asking_behind(token: str) -> Asking | None:
    """What a private link opens."""
    with wall.everywhere():
        return Asking.objects.filter(token_digest=links.digest(token)).select_related("network", "asked_by").first()


def letter_behind(token: str) -> Letter | None:
    """The letter a private link belongs to, as long as it is none of the asks yet."""
    with wall.everywhere():
        return Letter.objects.filter(token_digest=links.digest(token)).select_related("network").first()


def kept_letters(network: Network) -> QuerySet[Letter]:
    """What came while the house was shut and could not become an ask, the oldest first."""
    return Letter.objects.filter(network=network).exclude(why_kept="").order_by("put_at", "pk")


def asking_token(asking: Asking) -> str:
    """The secret part of an asking's private link."""
    return links.token_for("asking", asking.pk, asking.nonce)


def asks_of(asking: Asking) -> QuerySet[Ask]:
    """The linked asks of one asking: the open ones first, then those closed last."""
    return (
        _with_all(Ask.objects.filter(asking=asking))
        .select_related("repeat__first__asking", "repeat__network", "cause")
        .prefetch_related("asking__asked_by__contact_points")
        .order_by(F("closed_at").desc(nulls_first=True), "asked_at", "code")
    )


def ask_of(asking: Asking, code: str) -> Ask | None:
    """One of the linked asks behind a private link."""
    return asks_of(asking).filter(code=codes.as_spoken(code)).first()


def match_put_to(asking_or_offer: Asking | Offer, key: UUID) -> Match | None:
    """A living match with one of the asks behind a private link, or with the offer behind one."""
    matches = (
        matches_of_offer(asking_or_offer) if isinstance(asking_or_offer, Offer) else matches_of_asking(asking_or_offer)
    )
    return matches.filter(pk=key).first()


def met_soon(
    network: Network, *, since: datetime, until: datetime, within: timedelta, category: Category | None = None
) -> tuple[int, int]:
    """How many asks of a span of time were met within some time, and of how many.

    Asks taken back and asks sent twice are left out of both: neither waited for anyone. Tell people of this only
    through :func:`manyhands.kernel.disclosure.roughly`.
    """
    # The states by name rather than by what they are not: that way the index finds a month among years.
    waited = [state for state in AskState if state not in {AskState.WITHDRAWN, AskState.DUPLICATE}]
    asks = Ask.objects.filter(network=network, state__in=waited, asked_at__gte=since, asked_at__lt=until)
    if category is not None:
        asks = asks.filter(category=category)
    soon = Q(state=AskState.MET, closed_at__lte=F("asked_at") + within)
    found = asks.order_by().aggregate(met=Count("pk", filter=soon), of=Count("pk"))
    return found["met"], found["of"]


def things_of(reveals: Iterable[Reveal]) -> dict[tuple[UUID, str], str]:
    """What the codes of asks that somebody saw stand for, in words: network and "K7M3" -> "Food".

    Two networks may have given the same code to two different asks.
    """
    seen = list(reveals)
    codes_seen, networks = {each.about for each in seen if each.about}, {each.network_id for each in seen}
    if not codes_seen:
        return {}
    asks = Ask.objects.filter(network__in=networks, code__in=codes_seen).select_related("category")
    return {(ask.network_id, ask.code): str(ask.category) for ask in asks.order_by()}


def offer_behind(token: str) -> Offer | None:
    """The offer a private link opens."""
    with wall.everywhere():
        return (
            Offer.objects.filter(token_digest=links.digest(token))
            .select_related("network", "offered_by", "category", "place__area")
            .first()
        )


def offer_token(offer: Offer) -> str:
    """The secret part of an offer's private link."""
    return links.token_for("offer", offer.pk, offer.nonce)


def by_code(person: Someone, network: Network, typed: str) -> Ask | None:
    """The ask with this code, as someone read it out, if this person may see it."""
    return visible_to(person, network).filter(code=codes.as_spoken(typed)).first()


def categories_of(network: Network) -> QuerySet[Category]:
    """What people can choose on the form, in the network's order."""
    return Category.objects.filter(network=network, is_used=True).order_by("position", "pk")


def causes_of(network: Network) -> QuerySet[Cause]:
    """What may lie behind a need, in the network's order."""
    return Cause.objects.filter(network=network, is_used=True).order_by("position", "pk")


def claims_held_by(helper: Helper) -> QuerySet[Claim]:
    """What a helper holds now, the most pressing first."""
    return (
        Claim.objects.filter(helper=helper, state=ClaimState.HELD)
        .select_related(
            "ask__category", "ask__place__area", "ask__asking__asked_by", "helper__membership__person", "network"
        )
        .prefetch_related("ask__asking__asked_by__contact_points")
        .order_by(F("ask__wanted_until").asc(nulls_last=True), "claimed_at")
    )  # fmt: skip


def claims_of(helper: Helper) -> QuerySet[Claim]:
    """All a helper ever took on, newest first."""
    return (
        Claim.objects.filter(helper=helper)
        .select_related("ask__category", "helper__membership", "network")
        .order_by("-claimed_at")
    )


def between(network: Network, one: Person, other: Person) -> tuple[QuerySet[Claim], QuerySet[Match]]:
    """What brings two people together now: claims of one on asks of the other, and living matches.

    However often either is written down.
    """
    ones, others = same_as(one.pk, network), same_as(other.pk, network)
    claims = Claim.objects.filter(network=network, state=ClaimState.HELD)
    matches = Match.objects.filter(network=network, state__in=[MatchState.PROPOSED, MatchState.AGREED])
    return (
        claims.filter(
            Q(helper__membership__person__in=ones, ask__asking__asked_by__in=others)
            | Q(helper__membership__person__in=others, ask__asking__asked_by__in=ones)
        ),
        matches.filter(
            Q(ask__asking__asked_by__in=ones, offer__offered_by__in=others)
            | Q(ask__asking__asked_by__in=others, offer__offered_by__in=ones)
        ),
    )


def more_of(asker: Person, network: Network, *, besides: Asking) -> tuple[list[Ask], list[Offer]]:
    """What else somebody asked for and offers here, however often they are written down; the latest first."""
    people = same_as(asker.pk, network)
    asks = _with_all(Ask.objects.filter(network=network, asking__asked_by__in=people)).exclude(asking=besides)
    offers = Offer.objects.filter(network=network, offered_by__in=people).select_related("category")
    return list(asks.order_by("-asked_at", "pk")[:_MORE]), list(offers.order_by("-offered_at", "pk")[:_MORE])


def whom_they_met(person: Person, network: Network) -> list[Person]:
    """Who came to somebody here, whom they came to, and whom they were matched with; the latest first."""
    claims = Claim.objects.filter(network=network).select_related("ask__asking__asked_by", "helper__membership__person")
    matches = Match.objects.filter(network=network).select_related("ask__asking__asked_by", "offer__offered_by")
    met = {
        claim.helper.membership.person: None for claim in claims.filter(ask__asking__asked_by=person).order_by("-pk")
    }
    met |= {
        claim.ask.asking.asked_by: None for claim in claims.filter(helper__membership__person=person).order_by("-pk")
    }
    met |= {match.offer.offered_by: None for match in matches.filter(ask__asking__asked_by=person)}
    met |= {match.ask.asking.asked_by: None for match in matches.filter(offer__offered_by=person)}
    return [someone for someone in met if someone is not None and someone.pk != person.pk and someone.name]


def holding(helper: Helper) -> int:
    """How many asks a helper holds now."""
    return Claim.objects.filter(helper=helper, state=ClaimState.HELD).count()


def opened_by(helper: Helper, *, now: datetime) -> tuple[set[UUID], set[UUID]]:
    """Which asks opened their doors to a helper in the last 30 days, and which of them within the last day."""
    month, day = now - timedelta(days=30), now - timedelta(days=1)
    claims = list(Claim.objects.filter(helper=helper, claimed_at__gt=month).values_list("ask", "claimed_at"))
    return {ask for ask, _at in claims}, {ask for ask, at in claims if at > day}


def claim_on(ask: Ask) -> Claim | None:
    """Who holds this ask now."""
    return (
        Claim.objects.filter(ask=ask, state=ClaimState.HELD)
        .select_related("helper__membership__person", "helper__network", "ask", "network")
        .first()
    )


def holders_of(asks: list[Ask]) -> dict[object, Claim]:
    """Who holds each of these asks: ask's key -> claim, in one question."""
    claims = Claim.objects.filter(ask__in=asks, state=ClaimState.HELD).select_related("helper__membership__person")
    return {claim.ask_id: claim for claim in claims}


def latest_claim(ask: Ask) -> Claim | None:
    """The last claim on this ask, whatever became of it."""
    return (
        Claim.objects.filter(ask=ask)
        .select_related("helper__membership__person", "ask__asking", "network")
        .order_by("-claimed_at", "-pk")
        .first()
    )


def helpers_of(network: Network) -> QuerySet[Helper]:
    """The network's active helpers, with all a plan needs to know."""
    return (
        Helper.objects.filter(network=network, membership__standing=Standing.ACTIVE)
        .select_related("membership__person", "start__area", "end", "network")
        .annotate(holding=Count("claims", filter=Q(claims__state=ClaimState.HELD)))
        .order_by("pk")
    )


def by_name(helpers: Iterable[Helper]) -> list[Helper]:
    """Helpers by their names, which are sealed: the database can't sort by them."""
    return sorted(helpers, key=lambda helper: (helper.membership.person.name.casefold(), helper.pk))


def matches_of_ask(ask: Ask) -> QuerySet[Match]:
    """The matches put to an asker that still live."""
    return _with_offers(Match.objects.filter(ask=ask))


def matches_of_asking(asking: Asking) -> QuerySet[Match]:
    """The living matches of all linked asks of one asking."""
    return _with_offers(Match.objects.filter(ask__asking=asking))


def _with_offers(matches: QuerySet[Match]) -> QuerySet[Match]:
    return (
        matches.exclude(state=MatchState.DECLINED)
        .select_related("offer__category", "offer__place__area", "offer__offered_by", "ask__asking", "network")
        .prefetch_related("offer__offered_by__contact_points")
    )


def matches_of_offer(offer: Offer) -> QuerySet[Match]:
    """The matches put to a giver that still live."""
    return (
        Match.objects.filter(offer=offer)
        .exclude(state=MatchState.DECLINED)
        .select_related("ask__category", "ask__place__area", "ask__asking__asked_by", "offer", "network")
        .prefetch_related("ask__asking__asked_by__contact_points")
    )


def due_to_expire(now: datetime) -> QuerySet[Ask]:
    """Open asks nobody holds whose time is over."""
    return Ask.objects.filter(state__in=[AskState.NEW, AskState.READY], expires_at__lte=now)


def due_to_come_round(now: datetime) -> QuerySet[Repeat]:
    """Repeats whose next day begins within the next two days, wherever they are."""
    return Repeat.objects.filter(state="running", next_on__lte=(now.date())).select_related(
        "network", "first__asking__asked_by", "first__place", "first__category"
    )


def counts_by_state(network: Network, person: Someone = None) -> dict[str, int]:
    """How many asks stand where: state -> number. For ``person`` without those they may not see."""
    asks = Ask.objects.filter(may_see(person, network, by="asking__asked_by"), network=network)
    rows = asks.values_list("state").annotate(Count("pk")).order_by()
    return dict(rows)


def how_many_by_state() -> dict[str, int]:
    """How many asks of all networks together stand where: for whoever watches the server, and about nobody."""
    return dict(Ask.objects.values_list("state").annotate(Count("pk")).order_by())


def open_asks(network: Network, person: Someone = None) -> QuerySet[Ask]:
    """All that is not finished. For ``person`` without what they may not see."""
    return Ask.objects.filter(may_see(person, network, by="asking__asked_by"), network=network, state__in=OPEN)


def member_helper(membership: Membership) -> Helper | None:
    """The helping side of a membership, if it has one."""
    return Helper.objects.select_related("start__area", "end__area", "network").filter(membership=membership).first()


def all_categories(network: Network) -> QuerySet[Category]:
    """Every kind of need, also those no longer on the form. For stewards."""
    return Category.objects.filter(network=network).order_by("position", "pk")


def all_causes(network: Network) -> QuerySet[Cause]:
    """Every cause, also those no longer on the form. For stewards."""
    return Cause.objects.filter(network=network).order_by("position", "pk")


def asking_of(person: Person) -> Asking | None:
    """The last thing a person asked for: for the demo, whose neighbours have no account either."""
    return Asking.objects.filter(asked_by=person).order_by("-made_at").first()


def open_asks_reached_at(network: Network, ways: Collection[str], person: Someone = None) -> dict[str, list[Ask]]:
    """The open asks of whoever can be reached at these phones and e-mails: phone or e-mail -> asks. For the desk.

    For ``person`` without what they may not see.
    """
    found: dict[str, list[Ask]] = defaultdict(list)
    for some in _chunks(sorted(set(ways))):
        marks = people.marks_of_reach(some)
        asks = (
            open_asks(network, person)
            .filter(asking__asked_by__contact_points__value_index__in=marks)
            .select_related("category")
            .annotate(reached_at=F("asking__asked_by__contact_points__value_index"))
            .order_by("asked_at", "pk")
        )
        for ask in asks:
            found[marks[bytes(ask.reached_at)]].append(ask)
    return dict(found)


def helpers_reached_at(network: Network, ways: Collection[str]) -> dict[str, list[str]]:
    """Who among the helpers can be reached at these phones and e-mails: phone or e-mail -> names. For the desk."""
    found: dict[str, list[str]] = defaultdict(list)
    for some in _chunks(sorted(set(ways))):
        marks = people.marks_of_reach(some)
        members = Helper.objects.filter(
            network=network, membership__person__contact_points__value_index__in=marks
        ).exclude(membership__standing=Standing.LEFT)
        reached = read_opened(members, "membership__person__contact_points__value_index", "membership__person__name")
        for mark, name in reached:
            found[marks[bytes(mark)]].append(name)
    return dict(found)


def imported_before(network: Network, keys: Collection[UUID]) -> dict[UUID, str]:
    """Which rows of a file came in before: the row's key -> the code of the ask or offer, or the helper's name."""
    found: dict[UUID, str] = {}
    for some in _chunks(sorted(set(keys))):
        asks = Ask.objects.filter(network=network, asking__submission__in=some).order_by("code")
        found.update(asks.values_list("asking__submission", "code"))
        offers = Offer.objects.filter(network=network, submission__in=some)
        found.update(offers.values_list("submission", "code"))
        helpers = Helper.objects.filter(network=network, imported_as__in=some).exclude(
            membership__standing=Standing.LEFT
        )
        found.update(read_opened(helpers, "imported_as", "membership__person__name"))
    return found


def _chunks(things: Sequence[Piece]) -> Iterator[Sequence[Piece]]:
    """A long list in pieces a database takes in one question."""
    for first in range(0, len(things), 500):
        yield things[first : first + 500]
