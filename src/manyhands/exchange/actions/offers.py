"""Offering, and what becomes of an offer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from manyhands.exchange import rules
from manyhands.exchange.actions.asks import locked, put, save_with_code
from manyhands.exchange.actions.matches import let_go
from manyhands.exchange.models import Category, Match, Offer
from manyhands.exchange.states import AskState, MatchState, OfferState
from manyhands.journal import actions as journal
from manyhands.kit import links
from manyhands.kit.refusals import Refused, refuse_if
from manyhands.networks.models import Network
from manyhands.people import actions as people
from manyhands.people.models import Person
from manyhands.places import actions as places
from manyhands.places.models import Area


@transaction.atomic
def post_offer(
    *,
    network: Network,
    kind: str,
    words: str,
    category: Category | None = None,
    name: str = "",
    reach: str = "",
    language: str = "",
    reads: str = "",
    place_text: str = "",
    area: Area | None = None,
    lat: float | None = None,
    lon: float | None = None,
    free_from: datetime | None = None,
    free_until: datetime | None = None,
    submission: UUID | None = None,
    by: Person | None = None,
    offered_at: datetime | None = None,
    row: dict[str, Any] | None = None,
    now: datetime,
) -> Offer:
    """Take in an offer. The same ``submission`` sent twice is taken in once.

    ``language`` is what the giver speaks while giving, ``reads`` what we write to them in, where the two differ.
    """
    network = Network.objects.select_for_update(no_key=True).get(pk=network.pk)
    if submission is not None and (earlier := Offer.objects.filter(network=network, submission=submission).first()):
        if bool(earlier.row) == bool(row):
            return earlier
        # The mark of a file's row can be reckoned out from the row: it must open no link on the page.
        submission = None
    if free_from and free_until and free_from >= free_until:
        raise Refused(_("It must end after it begins: look at the two times again."))
    giver = people.note_person(
        name=name, reach=reach, region=network.country, language=reads or language, by=by, now=now
    )
    place = places.note_place(
        network, whose=giver, text=place_text, area=area, lat=lat, lon=lon, by=by or giver, now=now
    )
    by_rule = now + timedelta(days=network.offer_days)
    offer = Offer(
        network=network,
        offered_by=giver,
        kind=kind,
        category=category,
        words=words.strip()[:2000],
        place=place,
        language=language,
        free_from=free_from,
        free_until=free_until,
        offered_at=offered_at or now,
        expires_at=by_rule if free_until is None else free_until,
        nonce=links.fresh_nonce(),
        submission=submission or uuid4(),
        row=row or {},
    )
    offer.token_digest = links.digest(links.token_for("offer", offer.pk, offer.nonce))
    save_with_code(offer)
    journal.record("offer.posted", offer, by=by or giver, now=now, kind=str(kind))
    return offer


def _locked(offer: Offer) -> Offer:
    return Offer.objects.select_for_update(of=("self",)).select_related("network", "place").get(pk=offer.pk)


@transaction.atomic
def change_offer(
    offer: Offer,
    *,
    by: Person | None,
    now: datetime,
    place_text: str | None = None,
    area: Area | None = None,
    lat: float | None = None,
    lon: float | None = None,
    **changes: Any,
) -> Offer:
    """Change what an open offer says.

    ``changes`` are words, kind, category, language, free_from, free_until. A place is described anew as a whole.
    """
    offer = _locked(offer)
    refuse_if(rules.why_not_change_offer(by, offer))
    unknown = set(changes) - {"words", "kind", "category", "language", "free_from", "free_until"}
    if unknown:
        raise ValueError(f"Not something an offer says: {sorted(unknown)}")
    stands_until = offer.free_until
    for name, value in changes.items():
        setattr(offer, name, value)
    if offer.free_from and offer.free_until and offer.free_from >= offer.free_until:
        raise Refused(_("It must end after it begins: look at the two times again."))
    if offer.free_until is not None:
        offer.expires_at = offer.free_until
    elif stands_until is not None:
        offer.expires_at = max(offer.expires_at, now + timedelta(days=offer.network.offer_days))
    offer.save(update_fields=[*changes, "expires_at"])
    if place_text is not None or area is not None or lat is not None:
        places.correct_place(
            offer.place,
            text=offer.place.text if place_text is None else place_text,
            door=offer.place.door,
            area=area,
            lat=lat,
            lon=lon,
            by=by,
            now=now,
        )
    journal.record("offer.changed", offer, by=by, now=now, changed=sorted(changes))
    return offer


@transaction.atomic
def move_offer(offer: Offer, *, state: str, by: Person | None, now: datetime) -> Offer:
    """Withdraw an offer, note that it was given, or open it again.

    An ask it was promised to is met once the offer was given; otherwise that ask is open to others again.
    """
    # The asks first, then the offer: everyone locks in this order.
    living = Match.objects.filter(offer=offer).exclude(state=MatchState.DECLINED).order_by("ask_id")
    asks = {match.ask_id: locked(match.ask) for match in living.select_related("ask")}
    offer = _locked(offer)
    refuse_if(rules.why_not_move_offer(by, offer, state))
    for match in living.filter(ask__in=asks):
        ask = asks[match.ask_id]
        if state != OfferState.GIVEN or match.state != MatchState.AGREED:
            let_go(match, ask, offer, by=by, now=now)
        elif ask.is_held:
            put(ask, AskState.MET, now=now)
            journal.record("ask.closed", ask, by=by, now=now, state=str(AskState.MET), offer=str(offer.pk))
    offer.state = state
    offer.closed_at = None if state in {OfferState.OPEN, OfferState.PROMISED} else now
    if state == OfferState.OPEN:
        offer.expires_at = max(offer.expires_at, now + timedelta(days=offer.network.offer_days))
    offer.save(update_fields=["state", "closed_at", "expires_at"])
    journal.record("offer.moved", offer, by=by, now=now, state=str(state))
    return offer
