"""Taking an ask on, carrying it, saying how it went, handing it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from manyhands.exchange import queries, rules
from manyhands.exchange.actions.asks import give_what_was_promised, locked, put
from manyhands.exchange.models import Ask, Claim, Helper
from manyhands.exchange.states import OUTCOME_LEADS_TO, AskState, ClaimState
from manyhands.journal import actions as journal
from manyhands.kit.refusals import Refused, refuse_if
from manyhands.networks.models import Membership, Network
from manyhands.networks.states import Standing
from manyhands.people.models import Person


@transaction.atomic
def claim_ask(ask: Ask, *, helper: Helper | None, by: Person | None, now: datetime, for_plan: bool = False) -> Claim:
    """A helper takes an ask on. Of any number who try at once, one holds it and the others read why not.

    ``by`` is the helper, or a dispatcher who gives it to them after they said yes; ``None`` is the house.
    ``for_plan``: a dispatcher's plan gives it to them; the cap is then the plan's affair.
    """
    # Locked first: two helpers may press "I'll take it" in the same second.
    ask = locked(ask)
    holding = 0
    if helper is not None:
        # The helper too: one person on two phones must not pass their own cap.
        helper = _locked_helper(helper.pk)
        holding = 0 if for_plan else queries.holding(helper)
    given = by is not None and helper is not None and by.pk != helper.membership.person_id
    if given:
        refuse_if(rules.why_not_give(by, helper, ask, holding=holding))
    if (for_plan or given) and ask.state == AskState.NEW:
        put(ask, AskState.READY, now=now)
    refuse_if(rules.why_not_claim(helper, ask, holding=holding))
    assert helper is not None
    if by is not None and not given and not for_plan and not rules.dispatches(by, ask.network):
        opened, lately = queries.opened_by(helper, now=now)
        refuse_if(rules.why_not_open_another_door(by, ask, opened=opened, lately=lately, now=now))
    try:
        with transaction.atomic():
            claim = Claim.objects.create(network=ask.network, ask=ask, helper=helper, claimed_at=now)
    except IntegrityError:
        raise Refused(
            _("Someone was faster: ask %(code)s is already taken. Thank you for offering!") % {"code": ask.code}
        ) from None
    put(ask, AskState.CLAIMED, now=now)
    journal.record("ask.claimed", ask, by=by, now=now, helper=str(helper.pk))
    return claim


@transaction.atomic
def give_asks(
    pairs: Sequence[tuple[Ask, Helper]], *, by: Person | None, now: datetime
) -> tuple[dict[UUID, Claim], dict[UUID, str]]:
    """A plan gives many asks to their helpers at once, whatever their caps: in a few questions, however many they are.

    Returns the claims made, and why not for every ask that was left out; both by the ask's key.
    """
    # All asks before any helper, and each in one order: so nobody waits for us while we wait for them.
    asks = {
        ask.pk: ask
        for ask in Ask.objects.select_for_update(of=("self",))
        .select_related("network", "asking")
        .filter(pk__in=[ask.pk for ask, _helper in pairs])
        .order_by("pk")
    }
    helpers = {
        helper.pk: helper
        for helper in Helper.objects.select_for_update(of=("self",))
        .select_related("membership__person", "network")
        .filter(pk__in={helper.pk for _ask, helper in pairs})
        .order_by("pk")
    }
    # Read once the helpers are held: someone may have left while we waited.
    standings = dict(
        Membership.objects.filter(pk__in=[h.membership_id for h in helpers.values()]).values_list("pk", "standing")
    )
    networks: dict[UUID, Network] = {}
    for helper in helpers.values():
        helper.membership.standing = standings[helper.membership_id]
        helper.network = networks.setdefault(helper.network_id, helper.network)
    claims: dict[UUID, Claim] = {}
    left_out: dict[UUID, str] = {}
    for wanted, whose in pairs:
        ask, helper = asks[wanted.pk], helpers[whose.pk]
        if (no := rules.why_not_give(by, helper, ask, holding=0)) is not None:
            left_out[ask.pk] = no
        else:
            claims[ask.pk] = Claim(network=ask.network, ask=ask, helper=helper, claimed_at=now)
            ask.state = AskState.CLAIMED
    Claim.objects.bulk_create(claims.values(), batch_size=200)
    Ask.objects.filter(pk__in=list(claims)).update(state=AskState.CLAIMED, moved_at=now, closed_at=None, why_not_met="")
    given = [(claim.ask, {"helper": str(claim.helper_id)}) for claim in claims.values()]
    journal.record_all("ask.claimed", given, by=by, now=now)
    return claims, left_out


def _locked_helper(key: UUID) -> Helper:
    """The helper, held, and their membership as it stands then: they may have left while we waited."""
    helper = Helper.objects.select_for_update(of=("self",)).select_related("network").get(pk=key)
    helper.membership = Membership.objects.select_related("person").get(pk=helper.membership_id)
    return helper


def _locked_claim(claim: Claim) -> tuple[Claim, Ask]:
    """The claim and its ask as they are now; the ask first, so that everyone locks in the same order."""
    ask = locked(Ask(pk=claim.ask_id))
    claim = (
        Claim.objects.select_for_update(of=("self",))
        .select_related("helper__membership__person", "helper__network", "network")
        .get(pk=claim.pk)
    )
    claim.ask = ask
    return claim, ask


@transaction.atomic
def hand_back(claim: Claim, *, by: Person | None, now: datetime) -> Ask:
    """A helper can't do it after all: the ask is ready for someone else."""
    claim, ask = _locked_claim(claim)
    refuse_if(rules.why_not_hand_back(by, claim))
    claim.state, claim.ended_at = ClaimState.HANDED_BACK, now
    claim.save(update_fields=["state", "ended_at"])
    put(ask, AskState.READY, now=now)
    journal.record("ask.handed_back", ask, by=by, now=now, helper=str(claim.helper_id))
    return ask


@transaction.atomic
def hand_back_what_they_held(membership: Membership, *, by: Person | None, now: datetime) -> None:
    """Someone left, was removed or is held: what they had is ready for others, and its doors are closed to them."""
    if membership.standing != Standing.LEFT and not membership.is_held:
        return
    held = Claim.objects.filter(helper__membership=membership, state=ClaimState.HELD).order_by("ask_id")
    for claim in held:
        hand_back(claim, by=by, now=now)
    # Once more with the helper held: what they took on in this very second.
    if Helper.objects.select_for_update(of=("self",)).filter(membership=membership).first() is not None:
        for claim in held.all():
            hand_back(claim, by=by, now=now)


@transaction.atomic
def take_up_again(claim: Claim, *, by: Person | None, now: datetime, for_plan: bool = False) -> bool:
    """Undo a hand-back, if nobody took the ask meanwhile. Says whether it could.

    ``for_plan``: it goes back into its run; the helper's cap is then the plan's affair.
    """
    claim, ask = _locked_claim(claim)
    if claim.state != ClaimState.HANDED_BACK or ask.state != AskState.READY:
        return False
    # The helper too, as in `claim_ask`: several hand-backs undone at once must not pass the cap.
    claim.helper = _locked_helper(claim.helper_id)
    holding = 0 if for_plan else queries.holding(claim.helper)
    refuse_if(rules.why_not_take_up_again(by, claim, holding=holding, now=now))
    claim.state, claim.ended_at = ClaimState.HELD, None
    claim.save(update_fields=["state", "ended_at"])
    put(ask, AskState.CLAIMED, now=now)
    journal.record("ask.taken_up_again", ask, by=by, now=now, helper=str(claim.helper_id))
    return True


@transaction.atomic
def set_out(claim: Claim, *, by: Person | None, now: datetime) -> Ask:
    """The helper is on the way."""
    claim, ask = _locked_claim(claim)
    refuse_if(rules.why_not_set_out(by, claim))
    put(ask, AskState.ON_THE_WAY, now=now)
    journal.record("ask.on_the_way", ask, by=by, now=now)
    return ask


@transaction.atomic
def mark_outcome(claim: Claim, *, outcome: str, note: str = "", by: Person | None, now: datetime) -> Ask:
    """Say how the visit ended. Where it did not end well, the ask is back at the desk to be tried again."""
    claim, ask = _locked_claim(claim)
    refuse_if(rules.why_not_mark(by, claim, outcome))
    leads_to = OUTCOME_LEADS_TO[outcome]
    claim.state, claim.ended_at = ClaimState.DONE, now
    claim.save(update_fields=["state", "ended_at"])
    ask.outcome = outcome
    if leads_to == AskState.READY:
        ask.tries += 1
    # PostgreSQL keeps no NUL; a form refuses it, a run's buttons don't.
    if note := note.replace("\x00", "").strip():
        ask.notes = f"{ask.notes}\n{note}".strip()
    put(ask, leads_to, now=now, also=["outcome", "tries", "notes"])
    Helper.objects.filter(pk=claim.helper_id).update(last_helped_at=now)
    if leads_to in {AskState.MET, AskState.PARTLY_MET}:
        give_what_was_promised(ask, now=now)
    journal.record("ask.visited", ask, by=by, now=now, outcome=str(outcome), helper=str(claim.helper_id))
    return ask


@transaction.atomic
def unmark_outcome(claim: Claim, *, by: Person | None, now: datetime) -> Ask:
    """Undo how a visit ended: a thumb on the wrong button. The helper holds the ask again."""
    claim, ask = _locked_claim(claim)
    claim.helper = _locked_helper(claim.helper_id)
    refuse_if(rules.why_not_unmark(by, claim, now=now))
    if claim.state != ClaimState.DONE or Claim.objects.filter(ask=ask, claimed_at__gt=claim.claimed_at).exists():
        raise Refused(_("Ask %(code)s has moved on since; it can't be undone.") % {"code": ask.code})
    if OUTCOME_LEADS_TO.get(ask.outcome) == AskState.READY:
        ask.tries = max(0, ask.tries - 1)
    claim.state, claim.ended_at, ask.outcome = ClaimState.HELD, None, ""
    claim.save(update_fields=["state", "ended_at"])
    put(ask, AskState.CLAIMED, now=now, also=["outcome", "tries"])
    journal.record("ask.visit_undone", ask, by=by, now=now)
    return ask
