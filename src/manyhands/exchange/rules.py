"""Every "may I?" about asks, offers, claims, matches and repeats: None, or why not."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from manyhands.exchange.models import Ask, Asking, Claim, Helper, Match, Offer, Repeat
from manyhands.exchange.states import (
    ASK_MOVES,
    CLAIM_MOVES,
    MATCH_MOVES,
    OFFER_MOVES,
    OUTCOME_LEADS_TO,
    REPEAT_MOVES,
    AskState,
    ClaimState,
    MatchState,
    OfferState,
    Outcome,
    WhyNotMet,
)
from manyhands.networks.models import Network
from manyhands.networks.queries import kept_apart_from, may
from manyhands.networks.states import Role, Standing
from manyhands.people.models import Person
from manyhands.privacy import queries as privacy
from manyhands.privacy.states import Bulk

# How long a helper can undo what they did. Afterwards, and once anything else happened, a closed door stays closed.
UNDO_FOR = timedelta(hours=12)


def dispatches(person: Person | None, network: Network) -> bool:
    """Whether this person works at the network's desk; the house itself (``None``) does."""
    return person is None or may(person, network, Role.DISPATCHER)


def why_not_ask(person: Person | None, network: Network, source: str) -> str | None:
    """Without an account one asks on the page; writing down for others, or bringing a file, is the desk's work."""
    if person is not None and source != Asking.Source.PAGE and not dispatches(person, network):
        return _("Only a dispatcher can write down asks for others.")
    if network.asleep_since is not None:
        return _("This network is asleep.")
    if not network.is_open and source == Asking.Source.PAGE:
        return network.closed_note or _("This network takes no new asks right now. Please come back later.")
    return None


def _is_asker(person: Person | None, ask: Ask) -> bool:
    return person is not None and person.pk == ask.asking.asked_by_id


def why_not_change(person: Person | None, ask: Ask) -> str | None:
    """Change what an open ask says."""
    if not _is_asker(person, ask) and not dispatches(person, ask.network):
        return _("Only the person who asked, or a dispatcher, can change this.")
    if not ask.is_open:
        return _("This is already finished.")
    if ask.state == AskState.ON_THE_WAY and not dispatches(person, ask.network):
        return _("Someone is already on the way with it.")
    return None


def why_not_withdraw(person: Person | None, ask: Ask) -> str | None:
    if not _is_asker(person, ask) and not dispatches(person, ask.network):
        return _("Only the person who asked, or a dispatcher, can withdraw this.")
    if not ask.is_open:
        return _("This is already finished.")
    return None


def why_not_move(person: Person | None, ask: Ask, state: str) -> str | None:
    """Move an ask along at the desk."""
    if not dispatches(person, ask.network):
        return _("Only a dispatcher can do this.")
    if state not in ASK_MOVES[ask.state]:
        return _("Ask %(code)s is “%(state)s” and can't become “%(wanted)s”.") % {
            "code": ask.code,
            "state": ask.get_state_display(),
            "wanted": AskState(state).label,
        }
    return None


def why_not_ask_again(person: Person | None, ask: Ask) -> str | None:
    """Open an ask of one's own again after it expired or was withdrawn."""
    if not _is_asker(person, ask) and not dispatches(person, ask.network):
        return _("Only the person who asked, or a dispatcher, can ask again.")
    if ask.state not in {AskState.EXPIRED, AskState.WITHDRAWN} and ask.is_open is False:
        return _("This is finished. Please ask anew.")
    return None


def why_not_ask_same_again(person: Person | None, ask: Ask) -> str | None:
    """Ask anew for what was asked before."""
    if not _is_asker(person, ask) and not dispatches(person, ask.network):
        return _("Only the person who asked, or a dispatcher, can ask again.")
    if ask.is_open:
        return _("This is still open: no need to ask again.")
    if ask.state == AskState.DUPLICATE:
        return _("We already had this ask; it is handled there.")
    return why_not_ask(None, ask.network, Asking.Source.PAGE)


def cap_of(helper: Helper) -> int:
    """How many asks this helper may hold at once."""
    return helper.cap if helper.cap is not None else helper.network.claim_cap


def why_not_give(person: Person | None, helper: Helper | None, ask: Ask, *, holding: int) -> str | None:
    """Give an ask to a helper who said yes on the phone: the desk claims it for them, even one still new."""
    if not dispatches(person, ask.network):
        return _("Only a dispatcher can give an ask to someone else.")
    if helper is None or helper.network_id != ask.network_id:
        return _("Choose a helper of this network.")
    if helper.membership.standing != Standing.ACTIVE:
        return _("%(name)s is not active here now.") % {"name": helper.membership.person.short_name}
    if ask.is_held:
        return _("Ask %(code)s is already taken.") % {"code": ask.code}
    if ask.state not in {AskState.NEW, AskState.READY}:
        return _("Ask %(code)s is not open any more.") % {"code": ask.code}
    if _are_apart(helper, ask):
        return _("%(name)s can’t take ask %(code)s. Please choose someone else.") % {
            "name": helper.membership.person.short_name,
            "code": ask.code,
        }
    if holding >= cap_of(helper):
        return ngettext(
            "%(name)s holds %(count)d ask, which is the most here.",
            "%(name)s holds %(count)d asks, which is the most here.",
            holding,
        ) % {"count": holding, "name": helper.membership.person.short_name}
    return None


def _are_apart(helper: Helper, ask: Ask) -> bool:
    """Kept apart by people of trust: no sentence says so, for it would say that somebody was reported."""
    return ask.asking.asked_by_id in kept_apart_from(helper.membership.person_id, helper.network)


def why_not_pass(ask: Ask) -> str | None:
    """Say of a new ask, among others, that it is ready."""
    if ask.state != AskState.NEW:
        return _("Ask %(code)s is “%(state)s”: only new ones are made ready this way.") % {
            "code": ask.code,
            "state": ask.get_state_display(),
        }
    return None


def why_not_undo_move(person: Person | None, ask: Ask, *, at: datetime) -> str | None:
    """Undo a move made at ``at``."""
    if not dispatches(person, ask.network):
        return _("Only a dispatcher can do this.")
    if ask.moved_at != at:
        return _("Ask %(code)s has moved on since; it can't be undone.") % {"code": ask.code}
    return None


def why_not_claim(helper: Helper | None, ask: Ask, *, holding: int) -> str | None:
    """``holding`` is how many asks the helper holds now."""
    if helper is None or helper.network_id != ask.network_id:
        return _("Only helpers of this network can take this on.")
    if helper.membership.standing != Standing.ACTIVE:
        return _("You can take asks on once someone has welcomed you, and while you are not resting.")
    if ask.state in {AskState.CLAIMED, AskState.ON_THE_WAY}:
        return _("Someone was faster: ask %(code)s is already taken. Thank you for offering!") % {"code": ask.code}
    if ask.state != AskState.READY or _are_apart(helper, ask):
        return _("Ask %(code)s is not open any more.") % {"code": ask.code}
    return _why_not_one_more(helper, holding)


def why_not_take_everything(person: Person | None, network: Network, *, now: datetime) -> str | None:
    """Export all that the network holds: never alone."""
    is_open = person is not None and privacy.is_open(person, network, Bulk.EXPORT, now=now)
    return privacy.why_not_export(person, is_open=is_open)


def why_not_open_another_door(
    person: Person, ask: Ask, *, opened: set[UUID], lately: set[UUID], now: datetime
) -> str | None:
    """Take one more on by oneself. ``opened`` are the asks one took on in 30 days, ``lately`` those of the last day."""
    if ask.pk in opened:
        return None
    is_open = privacy.is_open(person, ask.network, Bulk.ADDRESSES, now=now)
    limits = privacy.limits_of(ask.network)
    return privacy.why_not_open_one_more(limits, today=len(lately), this_month=len(opened), is_open=is_open)


def _why_not_one_more(helper: Helper, holding: int) -> str | None:
    if holding >= cap_of(helper):
        return ngettext(
            "You hold %(count)d ask, which is the most here. Finish it or hand it back first.",
            "You hold %(count)d asks, which is the most here. Finish one or hand one back first.",
            holding,
        ) % {"count": holding}
    return None


def why_not_hand_back(person: Person | None, claim: Claim) -> str | None:
    if claim.state != ClaimState.HELD:
        return _("You don't hold this any more.")
    if person is not None and person.pk != claim.helper.membership.person_id and not dispatches(person, claim.network):
        return _("Only the helper who holds this, or a dispatcher, can hand it back.")
    return None


def why_not_set_out(person: Person | None, claim: Claim) -> str | None:
    if (no := why_not_hand_back(person, claim)) is not None:
        return no
    if AskState.ON_THE_WAY not in ASK_MOVES[claim.ask.state]:
        return _("This is already on the way.")
    return None


def why_not_mark(person: Person | None, claim: Claim, outcome: str) -> str | None:
    """Mark how a visit ended."""
    if outcome not in Outcome.values:
        return _("Choose how it went.")
    return why_not_hand_back(person, claim)


def why_not_unmark(person: Person | None, claim: Claim, *, now: datetime) -> str | None:
    """Take back how a visit ended. To hold an ask again is to see its door again.

    So a helper undoes only what they did themselves, lately, and only if nothing happened to the ask since.
    """
    ask = claim.ask
    if claim.state == ClaimState.HELD:
        return _("There is nothing to undo.")
    if (no := _why_not_hold_again(person, claim, now=now)) is not None:
        return no
    moved_on = ClaimState.HELD not in CLAIM_MOVES[claim.state] or AskState.CLAIMED not in ASK_MOVES[ask.state]
    if not moved_on and not dispatches(person, claim.network):
        left_at = OUTCOME_LEADS_TO.get(ask.outcome) if claim.state == ClaimState.DONE else AskState.READY
        moved_on = ask.moved_at != claim.ended_at or ask.state != left_at
    return _("Ask %(code)s has moved on since; it can't be undone.") % {"code": ask.code} if moved_on else None


def why_not_take_up_again(person: Person | None, claim: Claim, *, holding: int, now: datetime) -> str | None:
    """Undo a hand-back of an ask that is still ready. ``holding`` is how many asks the helper holds now."""
    if (no := _why_not_hold_again(person, claim, now=now)) is not None:
        return no
    return None if dispatches(person, claim.network) else _why_not_one_more(claim.helper, holding)


def _why_not_hold_again(person: Person | None, claim: Claim, *, now: datetime) -> str | None:
    membership, at_the_desk = claim.helper.membership, dispatches(person, claim.network)
    if not at_the_desk and (person is None or person.pk != membership.person_id):
        return _("Only the helper who marked this, or a dispatcher, can undo it.")
    if membership.standing not in {Standing.ACTIVE, Standing.PAUSED}:
        return _("%(name)s is not active here now.") % {"name": membership.person.short_name}
    if not at_the_desk and (claim.ended_at is None or now - claim.ended_at > UNDO_FOR):
        return _("There is nothing to undo.")
    return None


def why_not_close(person: Person | None, ask: Ask, state: str, why_not_met: str) -> str | None:
    if (no := why_not_move(person, ask, state)) is not None:
        return no
    if state == AskState.NOT_MET and why_not_met not in WhyNotMet.values:
        return _("Say why it could not be met: it is counted, so that it can change.")
    return None


def why_not_tell_cause(person: Person | None, ask: Ask) -> str | None:
    """Say what lies behind a need: for the asker, or the desk on their behalf."""
    if not _is_asker(person, ask) and not dispatches(person, ask.network):
        return _("Only the person who asked can say what lies behind it.")
    return None


def why_not_change_offer(person: Person | None, offer: Offer) -> str | None:
    if not (person is not None and person.pk == offer.offered_by_id) and not dispatches(person, offer.network):
        return _("Only the person who offered this, or a dispatcher, can change it.")
    if offer.closed_at is not None:
        return _("This offer is over.")
    return None


def why_not_move_offer(person: Person | None, offer: Offer, state: str) -> str | None:
    if not (person is not None and person.pk == offer.offered_by_id) and not dispatches(person, offer.network):
        return _("Only the person who offered this, or a dispatcher, can change it.")
    if state not in OFFER_MOVES[offer.state]:
        return _("This offer is “%(state)s” and can't become “%(wanted)s”.") % {
            "state": offer.get_state_display(),
            "wanted": OfferState(state).label,
        }
    return None


def why_not_match(person: Person | None, ask: Ask, offer: Offer) -> str | None:
    if not dispatches(person, ask.network) or ask.network_id != offer.network_id:
        return _("Only a dispatcher can bring an ask and an offer together.")
    if ask.state not in {AskState.NEW, AskState.READY}:
        return _("Ask %(code)s is not open any more.") % {"code": ask.code}
    if offer.state != OfferState.OPEN:
        return _("Offer %(code)s is not open any more.") % {"code": offer.code}
    if offer.offered_by_id in kept_apart_from(ask.asking.asked_by_id, ask.network):
        return _("These two can’t be brought together. Please choose another one.")
    return None


def why_not_answer_match(person: Person | None, match: Match) -> str | None:
    if person is None or person.pk not in {match.ask.asking.asked_by_id, match.offer.offered_by_id}:
        return _("Only the two people it is about can answer this.")
    if match.state != MatchState.PROPOSED:
        return _("This has already been answered.")
    return None


def why_not_end_match(person: Person | None, match: Match) -> str | None:
    if MatchState.DECLINED not in MATCH_MOVES[match.state]:
        return _("This is already over.")
    if dispatches(person, match.network):
        return None
    if person is not None and person.pk in {match.ask.asking.asked_by_id, match.offer.offered_by_id}:
        return None
    return _("Only the two people it is about, or a dispatcher, can end this.")


def why_not_repeat(person: Person | None, ask: Ask) -> str | None:
    if not _is_asker(person, ask) and not dispatches(person, ask.network):
        return _("Only the person who asked, or a dispatcher, can repeat this.")
    if ask.repeat_id is not None:
        return _("This already repeats.")
    if ask.state in {AskState.DUPLICATE, AskState.SIGNPOSTED}:
        return _("This can't be repeated. Please ask anew.")
    return None


def why_not_move_repeat(person: Person | None, repeat: Repeat, state: str) -> str | None:
    if not _is_asker(person, repeat.first) and not dispatches(person, repeat.network):
        return _("Only the person who asked, or a dispatcher, can change this.")
    if state not in REPEAT_MOVES[repeat.state]:
        return _("This no longer repeats. Please ask anew.")
    return None


def why_not_see_contact(person: Person | None, ask: Ask, *, holds: bool) -> str | None:
    """See the door and the phone: whoever holds the ask, while they hold it; the asker; the desk."""
    if holds and ask.is_held:
        return None
    if _is_asker(person, ask) or (person is not None and dispatches(person, ask.network)):
        return None
    return _("The address and phone show only to the one who brings it, while they bring it.")
