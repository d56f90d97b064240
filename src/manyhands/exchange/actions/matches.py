"""Bringing an ask and an offer together: both sides agree before either sees how to reach the other."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from manyhands.exchange import rules
from manyhands.exchange.actions.asks import locked, put
from manyhands.exchange.models import Ask, Match, Offer
from manyhands.exchange.states import AskState, MatchState, OfferState
from manyhands.journal import actions as journal
from manyhands.kit.refusals import refuse_if
from manyhands.people.models import Person


@transaction.atomic
def propose_match(ask: Ask, offer: Offer, *, by: Person | None, now: datetime) -> Match:
    """Put an ask and an offer to each other's people."""
    ask = locked(ask)
    offer = Offer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
    refuse_if(rules.why_not_match(by, ask, offer))
    match = Match.objects.filter(ask=ask, offer=offer).exclude(state=MatchState.DECLINED).first()
    if match is not None:
        return match
    match = Match.objects.create(network=ask.network, ask=ask, offer=offer, made_at=now)
    journal.record("ask.match_proposed", ask, by=by, now=now, offer=str(offer.pk))
    return match


def _locked(match: Match) -> tuple[Match, Ask, Offer]:
    ask = locked(Ask(pk=match.ask_id))
    offer = Offer.objects.select_for_update(of=("self",)).get(pk=match.offer_id)
    match = Match.objects.select_for_update(of=("self",)).select_related("network").get(pk=match.pk)
    match.ask, match.offer = ask, offer
    return match, ask, offer


@transaction.atomic
def answer_match(match: Match, *, yes: bool, by: Person | None, now: datetime) -> Match:
    """One of the two says yes or no. Once both said yes, each sees how to reach the other."""
    match, ask, offer = _locked(match)
    refuse_if(rules.why_not_answer_match(by, match))
    if not yes:
        return let_go(match, ask, offer, by=by, now=now)
    assert by is not None
    if by.pk == ask.asking.asked_by_id:
        match.asker_agreed_at = now
    if by.pk == offer.offered_by_id:
        match.giver_agreed_at = now
    if match.asker_agreed_at and match.giver_agreed_at:
        refuse_if(rules.why_not_match(None, ask, offer))
        match.state = MatchState.AGREED
        offer.state = OfferState.PROMISED
        offer.save(update_fields=["state"])
        put(ask, AskState.CLAIMED, now=now)
        journal.record("ask.match_agreed", ask, by=by, now=now, offer=str(offer.pk))
    match.save(update_fields=["asker_agreed_at", "giver_agreed_at", "state"])
    return match


@transaction.atomic
def end_match(match: Match, *, by: Person | None, now: datetime) -> Match:
    """It does not work out: the ask and the offer are open again."""
    match, ask, offer = _locked(match)
    refuse_if(rules.why_not_end_match(by, match))
    return let_go(match, ask, offer, by=by, now=now)


def let_go(match: Match, ask: Ask, offer: Offer, *, by: Person | None, now: datetime) -> Match:
    """End a match whose ask and offer are locked already, and open again what it held."""
    if match.state == MatchState.AGREED:
        if ask.is_held:
            put(ask, AskState.READY, now=now)
        if offer.state == OfferState.PROMISED:
            offer.state = OfferState.OPEN
            offer.save(update_fields=["state"])
    match.state, match.ended_at = MatchState.DECLINED, now
    match.save(update_fields=["state", "ended_at"])
    journal.record("ask.match_ended", ask, by=by, now=now, offer=str(offer.pk))
    return match
