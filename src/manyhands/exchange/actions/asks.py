"""Asking, and what becomes of an ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from manyhands.exchange import rules
from manyhands.exchange.models import Ask, Asking, Category, Cause, Claim, Letter, Match, Offer
from manyhands.exchange.states import CLOSED, AskState, ClaimState, MatchState, OfferState
from manyhands.journal import actions as journal
from manyhands.kit import codes, links
from manyhands.kit.refusals import Refused, refuse_if
from manyhands.networks.models import Network
from manyhands.networks.queries import kept_apart_from_all_the_desk, networks_with_people_kept_apart
from manyhands.people import actions as people
from manyhands.people.models import Person
from manyhands.places import actions as places
from manyhands.places.models import Area
from manyhands.places.queries import Found


@dataclass(frozen=True, slots=True)
class NewAsk:
    """One need, as it was told. Times are aware datetimes; ``minutes`` and ``boxes`` default to the category's."""

    category: Category
    words: str = ""
    wanted_from: datetime | None = None
    wanted_until: datetime | None = None
    people: int = 1
    boxes: int | None = None
    minutes: int | None = None
    skill: str | None = None
    is_urgent: bool = False
    notes: str = ""
    row: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Promised:
    """What a neighbour was told of their ask before it was one: the id behind their link, its luck, and the codes."""

    asking: UUID
    nonce: str
    codes: Sequence[str]


@transaction.atomic
def post_asking(
    *,
    network: Network,
    needs: Sequence[NewAsk],
    name: str = "",
    reach: str = "",
    language: str = "",
    reads: str = "",
    place_text: str = "",
    door: str = "",
    area: Area | None = None,
    lat: float | None = None,
    lon: float | None = None,
    for_name: str = "",
    consent: bool = False,
    source: str = Asking.Source.PAGE,
    submission: UUID | None = None,
    promised: Promised | None = None,
    by: Person | None = None,
    asked_at: datetime | None = None,
    now: datetime,
) -> Asking:
    """Take in what one person asks for, as linked asks under one private link.

    ``by`` is whoever writes it down at the desk; ``None`` is the neighbour themselves, without an account. ``language``
    is what the visit needs, ``reads`` what we write to them in, where the two differ.
    ``promised`` is what a letter told the neighbour already while the house was shut.
    The same ``submission`` sent twice is taken in once. Raises ``Refused`` while the network takes no asks.
    """
    network = Network.objects.select_for_update(no_key=True).get(pk=network.pk)
    if submission is not None:
        earlier = Asking.objects.filter(network=network, submission=submission).first()
        if earlier is not None and earlier.source == source:
            return earlier
        if earlier is not None:
            # The mark of a file's row can be reckoned out from the row: it must open no link on the page.
            submission = None
    refuse_if(rules.why_not_ask(by, network, source))
    if not needs:
        raise Refused(_("Choose at least one thing you need."))
    if for_name and not consent:
        raise Refused(_("Please ask them first, and tick that they agree."))
    asker = people.note_person(
        name=name, reach=reach, region=network.country, language=reads or language, by=by, now=now
    )
    place = places.note_place(
        network, whose=asker, text=place_text, door=door, area=area, lat=lat, lon=lon, by=by or asker, now=now
    )
    asking = Asking(
        id=promised.asking if promised else uuid4(),
        network=network,
        asked_by=asker,
        source=source,
        for_name=for_name.strip(),
        consent_at=now if consent else None,
        nonce=promised.nonce if promised else links.fresh_nonce(),
        submission=submission or uuid4(),
        made_at=now,
    )
    asking.token_digest = links.digest(links.token_for("asking", asking.pk, asking.nonce))
    asking.save()
    at_once = not network.look_first or source == Asking.Source.DESK
    codes_left = list(promised.codes) if promised else []
    for need in needs:
        category = need.category
        ask = Ask(
            network=network,
            asking=asking,
            category=category,
            words=need.words.strip()[:2000],
            notes=need.notes,
            place=place,
            language=language if language and language != network.language else "",
            wanted_from=need.wanted_from,
            wanted_until=need.wanted_until,
            people=max(1, need.people),
            boxes=category.boxes if need.boxes is None else need.boxes,
            minutes=category.minutes if need.minutes is None else need.minutes,
            skill=category.skill if need.skill is None else need.skill,
            is_urgent=need.is_urgent,
            state=AskState.READY if at_once else AskState.NEW,
            asked_at=asked_at or now,
            moved_at=now,
            expires_at=expiry_of(network, need.wanted_until, now=now),
            row=need.row,
        )
        save_with_code(ask, first=codes_left.pop(0) if codes_left else "")
        journal.record(
            "ask.posted", ask, by=by or asker, now=now, category=category.pk, source=source, for_other=consent
        )
    return asking


def promised_codes(network: Network) -> set[str]:
    """The codes that letters gave to neighbours and that no ask has yet."""
    return {code for codes in Letter.objects.filter(network=network).values_list("codes", flat=True) for code in codes}


def expiry_of(network: Network, wanted_until: datetime | None, *, now: datetime) -> datetime:
    """When an open ask stops waiting: by the network's rule, but never before a day after it is wanted."""
    by_rule = now + timedelta(days=network.ask_days)
    return by_rule if wanted_until is None else max(by_rule, wanted_until + timedelta(days=1))


def save_with_code(thing: Ask | Offer, *, first: str = "") -> None:
    """Save a new ask or offer under a code nobody else in the network has; under ``first``, if that was promised."""
    promised = promised_codes(thing.network)
    for attempt in range(20):
        thing.code = codes.fresh_code() if attempt or not first else first
        if thing.code in promised and thing.code != first:
            continue
        try:
            with transaction.atomic():
                thing.save(force_insert=True)
        except IntegrityError:
            if type(thing)._default_manager.filter(network=thing.network_id, code=thing.code).exists():
                continue
            raise
        return
    raise Refused(_("No free code was found. Please send it once more."))


def locked(ask: Ask) -> Ask:
    """The ask as it is now, held so that nobody else changes it meanwhile."""
    return (
        Ask.objects.select_for_update(of=("self",))
        .select_related("network", "asking", "category", "place")
        .get(pk=ask.pk)
    )


def put(ask: Ask, state: str, *, now: datetime, also: Sequence[str] = ()) -> None:
    """Set where an ask stands and save it; what is closed gets its time, what is opened loses it."""
    ask.state, ask.moved_at = state, now
    ask.closed_at = now if state in CLOSED else None
    if state != AskState.NOT_MET:
        ask.why_not_met = ""
    ask.save(update_fields=["state", "moved_at", "closed_at", "why_not_met", *also])


def release(ask: Ask, *, now: datetime) -> None:
    """End whatever holds an ask or ties it to an offer, because the ask itself is over."""
    Claim.objects.filter(ask=ask, state=ClaimState.HELD).update(state=ClaimState.HANDED_BACK, ended_at=now)
    for match in Match.objects.filter(ask=ask).exclude(state=MatchState.DECLINED).select_related("offer"):
        # Only the match both agreed to holds its offer: it may be promised to somebody else.
        if match.state == MatchState.AGREED and match.offer.state == OfferState.PROMISED:
            match.offer.state = OfferState.OPEN
            match.offer.save(update_fields=["state"])
        match.state, match.ended_at = MatchState.DECLINED, now
        match.save(update_fields=["state", "ended_at"])


@transaction.atomic
def make_ready(ask: Ask, *, by: Person | None, now: datetime) -> Ask:
    """A dispatcher has looked at it: helpers may see and claim it."""
    ask = locked(ask)
    refuse_if(rules.why_not_move(by, ask, AskState.READY))
    if ask.is_held:
        release(ask, now=now)
    put(ask, AskState.READY, now=now)
    journal.record("ask.ready", ask, by=by, now=now)
    return ask


def let_through_what_nobody_sees(*, now: datetime) -> int:
    """Asks that wait for a look nobody at the desk can give them go to the helpers. Returns how many.

    Everybody there is kept apart from whoever asked: without this the ask would lie where no page shows it.
    """
    through = 0
    for network in Network.objects.filter(asleep_since=None, pk__in=networks_with_people_kept_apart()):
        unseen = kept_apart_from_all_the_desk(network)
        for ask in Ask.objects.filter(network=network, state=AskState.NEW, asking__asked_by__in=unseen):
            try:
                make_ready(ask, by=None, now=now)
            except Refused:  # moved in the same moment
                continue
            through += 1
    return through


@transaction.atomic
def change_ask(
    ask: Ask,
    *,
    by: Person | None,
    now: datetime,
    place_text: str | None = None,
    door: str | None = None,
    area: Area | None = None,
    lat: float | None = None,
    lon: float | None = None,
    **changes: Any,
) -> Ask:
    """Change what an open ask says.

    ``changes`` are words, notes, category, wanted_from, wanted_until, people, boxes, minutes, skill, language and
    is_urgent.
    The place is shared by the linked asks of one asking; changing it here changes it for all of them.
    """
    ask = locked(ask)
    refuse_if(rules.why_not_change(by, ask))
    allowed = {
        "words", "notes", "category", "wanted_from", "wanted_until", "people", "boxes", "minutes", "skill", "language",
        "is_urgent",
    }  # fmt: skip
    unknown = set(changes) - allowed
    if unknown:
        raise ValueError(f"Not something an ask says: {sorted(unknown)}")
    changed = sorted(name for name, value in changes.items() if getattr(ask, name) != value)
    for name in changed:
        setattr(ask, name, changes[name])
    if ask.wanted_from and ask.wanted_until and ask.wanted_from >= ask.wanted_until:
        raise Refused(_("It must end after it begins: look at the two times again."))
    ask.expires_at = max(ask.expires_at, expiry_of(ask.network, ask.wanted_until, now=ask.asked_at))
    ask.save(update_fields=[*changed, "expires_at"])
    if place_text is not None or door is not None or lat is not None or area is not None:
        places.correct_place(
            ask.place,
            text=ask.place.text if place_text is None else place_text,
            door=ask.place.door if door is None else door,
            area=area,
            lat=lat,
            lon=lon,
            by=by,
            now=now,
        )
        changed.append("place")
    if changed:
        journal.record("ask.changed", ask, by=by, now=now, changed=changed)
    return ask


@transaction.atomic
def put_on_map(ask: Ask, *, found: Found, by: Person | None, now: datetime) -> Ask:
    """Somebody chose which place on the street map is meant; it holds for the linked asks too."""
    ask = locked(ask)
    refuse_if(rules.why_not_change(by, ask))
    places.settle_place(ask.place, found=found, by=by, now=now)
    journal.record("ask.changed", ask, by=by, now=now, changed=["place"])
    return ask


@transaction.atomic
def withdraw_ask(ask: Ask, *, by: Person | None, now: datetime) -> Ask:
    """Take an ask back: it is not needed any more."""
    ask = locked(ask)
    refuse_if(rules.why_not_withdraw(by, ask))
    release(ask, now=now)
    put(ask, AskState.WITHDRAWN, now=now)
    journal.record("ask.withdrawn", ask, by=by, now=now)
    return ask


@transaction.atomic
def ask_again(ask: Ask, *, by: Person | None, now: datetime) -> Ask:
    """Open an ask again that expired or was withdrawn."""
    ask = locked(ask)
    refuse_if(rules.why_not_ask_again(by, ask))
    if ask.is_open:
        return ask
    put(ask, AskState.NEW if ask.network.look_first else AskState.READY, now=now)
    ask.expires_at = expiry_of(ask.network, None, now=now)
    ask.save(update_fields=["expires_at"])
    journal.record("ask.asked_again", ask, by=by, now=now)
    return ask


@transaction.atomic
def still_needed(ask: Ask, *, by: Person | None, now: datetime) -> Ask:
    """The asker says it is still needed: the clock that would let it expire starts anew."""
    ask = locked(ask)
    refuse_if(rules.why_not_change(by, ask))
    ask.expires_at = expiry_of(ask.network, ask.wanted_until, now=now)
    ask.save(update_fields=["expires_at"])
    journal.record("ask.still_needed", ask, by=by, now=now)
    return ask


def give_what_was_promised(ask: Ask, *, now: datetime) -> None:
    """The ask was met: an offer promised to it has been given."""
    for match in Match.objects.filter(ask=ask, state=MatchState.AGREED).select_related("offer"):
        match.offer.state, match.offer.closed_at = OfferState.GIVEN, now
        match.offer.save(update_fields=["state", "closed_at"])


@transaction.atomic
def close_ask(ask: Ask, *, state: str, why_not_met: str = "", by: Person | None, now: datetime) -> Ask:
    """Close an ask at the desk: met, partly met, could not be met (with the reason), or passed on."""
    ask = locked(ask)
    refuse_if(rules.why_not_close(by, ask, state, why_not_met))
    if state in {AskState.MET, AskState.PARTLY_MET}:
        Claim.objects.filter(ask=ask, state=ClaimState.HELD).update(state=ClaimState.DONE, ended_at=now)
        give_what_was_promised(ask, now=now)
    else:
        release(ask, now=now)
    ask.why_not_met = why_not_met if state == AskState.NOT_MET else ""
    put(ask, state, now=now)
    journal.record("ask.closed", ask, by=by, now=now, state=str(state), why_not_met=ask.why_not_met)
    return ask


@transaction.atomic
def mark_duplicate(ask: Ask, *, of: Ask, by: Person | None, now: datetime) -> Ask:
    """Close an ask because another one says the same; it is then counted once."""
    ask = locked(ask)
    refuse_if(rules.why_not_move(by, ask, AskState.DUPLICATE))
    if of.pk == ask.pk or of.network_id != ask.network_id:
        raise Refused(_("Choose the other ask that says the same."))
    release(ask, now=now)
    put(ask, AskState.DUPLICATE, now=now)
    journal.record("ask.duplicate", ask, by=by, now=now, of=str(of.pk))
    return ask


@transaction.atomic
def reopen_ask(ask: Ask, *, by: Person | None, now: datetime) -> Ask:
    """Open an ask again that was closed at the desk by mistake."""
    ask = locked(ask)
    if ask.is_open:
        raise Refused(_("Ask %(code)s is open.") % {"code": ask.code})
    refuse_if(rules.why_not_move(by, ask, AskState.READY))
    put(ask, AskState.READY, now=now)
    ask.expires_at = max(ask.expires_at, expiry_of(ask.network, None, now=now))
    ask.save(update_fields=["expires_at"])
    journal.record("ask.reopened", ask, by=by, now=now)
    return ask


@transaction.atomic
def tell_cause(ask: Ask, *, cause: Cause | None, by: Person | None, now: datetime) -> Ask:
    """Say what lies behind the need, or take it back. Counted without names."""
    ask = locked(ask)
    refuse_if(rules.why_not_tell_cause(by, ask))
    if cause is not None and cause.network_id != ask.network_id:
        raise Refused(_("Choose one from the list."))
    ask.cause = cause
    ask.save(update_fields=["cause"])
    # Which cause is not written down here: the journal is kept longer than the ask.
    journal.record("ask.cause_told", ask, by=by, now=now)
    return ask
