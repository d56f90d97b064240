"""Work at the desk: many asks moved at once, each told what became of it, and undone where nothing happened since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manyhands.exchange import queries, rules
from manyhands.exchange.actions.asks import close_ask, locked, make_ready, mark_duplicate, put, reopen_ask, withdraw_ask
from manyhands.exchange.actions.claims import claim_ask, hand_back, set_out, take_up_again
from manyhands.exchange.models import Ask, Claim, Helper
from manyhands.exchange.states import HELD, AskState
from manyhands.journal import actions as journal
from manyhands.kit.refusals import Refused, refuse_if
from manyhands.people.models import Person


class Do(TextChoices):
    """What can be done with many asks at once."""

    READY = "ready", gettext_lazy("Make ready")
    GIVE = "give", gettext_lazy("Give to a helper")
    COULD_NOT = "could_not", gettext_lazy("Could not be met")
    WITHDRAW = "withdraw", gettext_lazy("Withdraw")
    DUPLICATE = "duplicate", gettext_lazy("Same as another")


class ChangedMeanwhile(Refused):
    """Somebody else changed the thing after it was read. Nothing was done; show how it is now."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one ask: ``refused`` is empty where it worked. ``before`` and ``claim`` are what undoing needs."""

    ask: UUID
    code: str
    before: str
    claim: UUID | None = None
    refused: str = ""


@contextmanager
def as_it_was_read(ask: Ask, *, seen: str, told_by: Callable[[Ask], str]) -> Iterator[Ask]:
    """Hold an ask while it is changed, if it is still as it was when its page was read.

    ``seen`` is what ``told_by(ask)`` said then. Raises :class:`ChangedMeanwhile`, having done nothing.
    """
    with transaction.atomic():
        current = locked(ask)
        if told_by(current) != seen:
            raise ChangedMeanwhile(
                _("Someone changed ask %(code)s while you looked at it. Nothing was done: look at it as it is now.")
                % {"code": current.code}
            )
        yield current


@transaction.atomic
def look_again(ask: Ask, *, by: Person | None, now: datetime) -> Ask:
    """Not ready after all: back to what a dispatcher looks at, out of the helpers' sight."""
    ask = locked(ask)
    refuse_if(rules.why_not_move(by, ask, AskState.NEW))
    put(ask, AskState.NEW, now=now)
    journal.record("ask.set_aside", ask, by=by, now=now)
    return ask


@transaction.atomic
def move_many(
    asks: Iterable[Ask],
    *,
    do: str,
    helper: Helper | None = None,
    why_not_met: str = "",
    of: Ask | None = None,
    by: Person | None,
    now: datetime,
) -> list[Moved]:
    """Do one thing with each of several asks. One that can't be moved stops no other; all that worked is kept together.

    ``helper`` goes with "give", ``why_not_met`` with "could not", ``of`` with "same as another".
    """
    moved: dict[UUID, Moved] = {}
    asks = list(asks)
    # In one order, so that two dispatchers moving the same asks wait for each other instead of for ever.
    for ask in sorted(asks, key=lambda ask: str(ask.pk)):
        held = queries.claim_on(ask)
        claim = held.pk if held else None
        try:
            with transaction.atomic():
                made = _move(ask, do=do, helper=helper, why_not_met=why_not_met, of=of, by=by, now=now)
        except Refused as no:
            moved[ask.pk] = Moved(ask.pk, ask.code, ask.state, refused=str(no))
        else:
            moved[ask.pk] = Moved(ask.pk, ask.code, ask.state, made.pk if made else claim)
    return [moved[ask.pk] for ask in asks]


def _move(
    ask: Ask, *, do: str, helper: Helper | None, why_not_met: str, of: Ask | None, by: Person | None, now: datetime
) -> Claim | None:
    """Move one; the claim, where it made one."""
    if do == Do.GIVE:
        return claim_ask(ask, helper=helper, by=by, now=now)
    if do == Do.READY:
        # One in someone's hands is not taken from them in passing; its own page can do that.
        refuse_if(rules.why_not_pass(locked(ask)))
        make_ready(ask, by=by, now=now)
    elif do == Do.COULD_NOT:
        close_ask(ask, state=AskState.NOT_MET, why_not_met=why_not_met, by=by, now=now)
    elif do == Do.WITHDRAW:
        withdraw_ask(ask, by=by, now=now)
    elif do == Do.DUPLICATE and of is not None:
        mark_duplicate(ask, of=of, by=by, now=now)
    else:
        raise Refused(_("Choose what to do with them."))
    return None


@transaction.atomic
def undo_many(
    moved: Sequence[Moved], *, do: str, asks: dict[UUID, Ask], at: datetime, by: Person | None, now: datetime
) -> list[Moved]:
    """Put asks back where they were before :func:`move_many` moved them at ``at``, if nothing moved them since."""
    undone: dict[UUID, Moved] = {}
    for was in sorted(moved, key=lambda was: str(was.ask)):
        refused = ""
        try:
            with transaction.atomic():
                _put_back(asks.get(was.ask), was, do=do, at=at, by=by, now=now)
        except Refused as no:
            refused = str(no)
        undone[was.ask] = replace(was, refused=refused)
    return [undone[was.ask] for was in moved]


def _put_back(ask: Ask | None, was: Moved, *, do: str, at: datetime, by: Person | None, now: datetime) -> None:
    if ask is None:
        raise Refused(_("Ask %(code)s is not here any more.") % {"code": was.code})
    ask = locked(ask)
    refuse_if(rules.why_not_undo_move(by, ask, at=at))
    claim = Claim.objects.filter(pk=was.claim, ask=ask).first() if was.claim else None
    if do == Do.GIVE and claim is not None:
        hand_back(claim, by=by, now=now)
    elif not ask.is_open:
        reopen_ask(ask, by=by, now=now)
    if was.before == AskState.NEW:
        look_again(ask, by=by, now=now)
    elif was.before in HELD and claim is not None:
        take_up_again(claim, by=by, now=now)
        if was.before == AskState.ON_THE_WAY:
            set_out(claim, by=by, now=now)
