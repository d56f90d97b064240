"""The lifecycles of asks, offers, claims, matches and repeats; how a visit can end and why an ask may stay unmet."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AskState(models.TextChoices):
    """Where an ask stands."""

    NEW = "new", _("new")
    READY = "ready", _("ready")
    CLAIMED = "claimed", _("claimed")
    ON_THE_WAY = "on_the_way", _("on the way")
    MET = "met", _("met")
    PARTLY_MET = "partly_met", _("partly met")
    NOT_MET = "not_met", _("could not be met")
    SIGNPOSTED = "signposted", _("passed on")
    WITHDRAWN = "withdrawn", _("withdrawn")
    DUPLICATE = "duplicate", _("already asked")
    EXPIRED = "expired", _("expired")


_ENDS = {
    AskState.MET,
    AskState.PARTLY_MET,
    AskState.NOT_MET,
    AskState.SIGNPOSTED,
    AskState.WITHDRAWN,
    AskState.DUPLICATE,
    AskState.EXPIRED,
}
OPEN = (AskState.NEW, AskState.READY, AskState.CLAIMED, AskState.ON_THE_WAY)
CLOSED = tuple(state for state in AskState if state in _ENDS)
HELD = (AskState.CLAIMED, AskState.ON_THE_WAY)

ASK_MOVES: dict[str, set[str]] = {
    AskState.NEW: {AskState.READY, AskState.CLAIMED, *_ENDS},
    AskState.READY: {AskState.NEW, AskState.CLAIMED, *_ENDS},
    AskState.CLAIMED: {AskState.READY, AskState.ON_THE_WAY, *_ENDS - {AskState.EXPIRED}},
    AskState.ON_THE_WAY: {AskState.CLAIMED, AskState.READY, *_ENDS - {AskState.EXPIRED}},
    # What was closed by mistake opens again: with its helper where the visit is undone, without where the desk reopens.
    AskState.MET: {AskState.READY, AskState.CLAIMED, AskState.ON_THE_WAY},
    AskState.PARTLY_MET: {AskState.READY, AskState.CLAIMED, AskState.ON_THE_WAY},
    AskState.NOT_MET: {AskState.READY, AskState.CLAIMED, AskState.ON_THE_WAY},
    AskState.SIGNPOSTED: {AskState.READY},
    AskState.WITHDRAWN: {AskState.READY, AskState.NEW, AskState.CLAIMED, AskState.ON_THE_WAY},
    AskState.DUPLICATE: {AskState.READY},
    AskState.EXPIRED: {AskState.READY, AskState.NEW},
}


class OfferState(models.TextChoices):
    """Where an offer stands."""

    OPEN = "open", _("open")
    PROMISED = "promised", _("promised")
    GIVEN = "given", _("given")
    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPIRED = "expired", _("expired")


OFFER_MOVES: dict[str, set[str]] = {
    OfferState.OPEN: {OfferState.PROMISED, OfferState.GIVEN, OfferState.WITHDRAWN, OfferState.EXPIRED},
    OfferState.PROMISED: {OfferState.OPEN, OfferState.GIVEN, OfferState.WITHDRAWN},
    OfferState.GIVEN: {OfferState.OPEN},
    OfferState.WITHDRAWN: {OfferState.OPEN},
    OfferState.EXPIRED: {OfferState.OPEN},
}


class ClaimState(models.TextChoices):
    """Where a claim stands: a helper has taken an ask on."""

    HELD = "held", _("held")
    HANDED_BACK = "handed_back", _("handed back")
    DONE = "done", _("done")


CLAIM_MOVES: dict[str, set[str]] = {
    ClaimState.HELD: {ClaimState.HANDED_BACK, ClaimState.DONE},
    ClaimState.HANDED_BACK: {ClaimState.HELD},
    ClaimState.DONE: {ClaimState.HELD},
}


class MatchState(models.TextChoices):
    """Where a match of an ask and an offer stands. Contacts show only once both sides said yes."""

    PROPOSED = "proposed", _("proposed")
    AGREED = "agreed", _("agreed")
    DECLINED = "declined", _("declined")


MATCH_MOVES: dict[str, set[str]] = {
    MatchState.PROPOSED: {MatchState.AGREED, MatchState.DECLINED},
    MatchState.AGREED: {MatchState.DECLINED},
    MatchState.DECLINED: set(),
}


class RepeatState(models.TextChoices):
    """Where a repeating ask stands."""

    RUNNING = "running", _("repeating")
    PAUSED = "paused", _("paused")
    STOPPED = "stopped", _("stopped")


REPEAT_MOVES: dict[str, set[str]] = {
    RepeatState.RUNNING: {RepeatState.PAUSED, RepeatState.STOPPED},
    RepeatState.PAUSED: {RepeatState.RUNNING, RepeatState.STOPPED},
    RepeatState.STOPPED: set(),
}


class Outcome(models.TextChoices):
    """How a visit ended, as the helper marks it."""

    HANDED_OVER = "handed_over", _("Handed over")
    LEFT_AT_DOOR = "left_at_door", _("Left at the door")
    PICKED_UP = "picked_up", _("They picked it up")
    PARTLY = "partly", _("Only part of it")
    NOT_HOME = "not_home", _("Nobody in")
    BAD_ADDRESS = "bad_address", _("Address is wrong")
    TOO_FAR = "too_far", _("Too far to reach")
    NOT_WANTED = "not_wanted", _("Not wanted any more")
    NOT_READY = "not_ready", _("Not ready to go")
    OTHER = "other", _("Something else")


# What each way a visit ends makes of the ask: the rest go back to the desk to be tried again.
OUTCOME_LEADS_TO: dict[str, AskState] = {
    Outcome.HANDED_OVER: AskState.MET,
    Outcome.LEFT_AT_DOOR: AskState.MET,
    Outcome.PICKED_UP: AskState.MET,
    Outcome.PARTLY: AskState.PARTLY_MET,
    Outcome.NOT_WANTED: AskState.WITHDRAWN,
    Outcome.NOT_HOME: AskState.READY,
    Outcome.BAD_ADDRESS: AskState.READY,
    Outcome.TOO_FAR: AskState.READY,
    Outcome.NOT_READY: AskState.READY,
    Outcome.OTHER: AskState.READY,
}


class WhyNotMet(models.TextChoices):
    """Why an ask could not be met."""

    NO_HELPER = "no_helper", _("no helper was free")
    NO_STOCK = "no_stock", _("we did not have it")
    OUT_OF_AREA = "out_of_area", _("outside our area")
    TOO_LATE = "too_late", _("it came too late")
    NO_SKILL = "no_skill", _("nobody here can do it")
    NO_LANGUAGE = "no_language", _("nobody spoke the language")
    UNREACHABLE = "unreachable", _("we could not reach them")
    NO_MONEY = "no_money", _("there was no money for it")
    OTHER = "other", _("another reason")
