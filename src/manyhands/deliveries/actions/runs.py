"""Riding a run: setting out, saying how each stop went, finishing, handing it back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from manyhands.deliveries import rules
from manyhands.deliveries.models import LINK_LIVES_ON, UNDO_FOR, Run, Stop
from manyhands.deliveries.states import RunState
from manyhands.exchange import actions as exchange
from manyhands.exchange.states import AskState, ClaimState
from manyhands.journal import actions as journal
from manyhands.kit.refusals import Refused, refuse_if
from manyhands.people.models import Person


def _locked(run: Run) -> Run:
    return (
        Run.objects.select_for_update(of=("self",))
        .select_related("network", "plan", "helper__membership__person", "helper__network")
        .get(pk=run.pk)
    )


def _stops(run: Run, state: str) -> list[Stop]:
    """The run's stops whose claim stands so; the asks in the order everyone locks them in."""
    return list(Stop.objects.filter(run=run, claim__state=state).select_related("claim", "ask").order_by("ask_id"))


def _under_way(run: Run, *, now: datetime) -> None:
    if run.state == RunState.READY:
        run.state, run.set_out_at = RunState.UNDER_WAY, now
        run.save(update_fields=["state", "set_out_at"])


@transaction.atomic
def set_out(run: Run, *, by: Person | None, now: datetime) -> Run:
    """The helper is on the way; everyone on the run can see it."""
    run = _locked(run)
    refuse_if(rules.why_not_ride(by, run))
    for stop in _stops(run, ClaimState.HELD):
        if stop.claim is not None and stop.ask.state == AskState.CLAIMED:
            exchange.set_out(stop.claim, by=by, now=now)
    _under_way(run, now=now)
    journal.record("run.set_out", run, by=by, now=now)
    return run


def _own(run: Run, stop: Stop) -> Stop:
    found = Stop.objects.select_related("claim", "ask").filter(run=run, pk=stop.pk).first()
    if found is None or found.claim is None:
        raise Refused(_("This stop is not in this run any more."))
    return found


@transaction.atomic
def mark_stop(run: Run, stop: Stop, *, outcome: str, note: str = "", by: Person | None, now: datetime) -> Stop:
    """Say how one visit ended."""
    run = _locked(run)
    refuse_if(rules.why_not_ride(by, run))
    stop = _own(run, stop)
    assert stop.claim is not None
    exchange.mark_outcome(stop.claim, outcome=outcome, note=note, by=by, now=now)
    stop.outcome, stop.marked_at = outcome, now
    stop.save(update_fields=["outcome", "marked_at"])
    _under_way(run, now=now)
    return stop


@transaction.atomic
def unmark_stop(run: Run, stop: Stop, *, by: Person | None, now: datetime) -> Stop:
    """Take back how a visit ended: it is to do again."""
    run = _locked(run)
    refuse_if(rules.why_not_ride(by, run))
    stop = _own(run, stop)
    assert stop.claim is not None
    exchange.unmark_outcome(stop.claim, by=by, now=now)
    stop.outcome, stop.marked_at = "", None
    stop.save(update_fields=["outcome", "marked_at"])
    if run.state == RunState.UNDER_WAY:
        exchange.set_out(stop.claim, by=by, now=now)
    return stop


@transaction.atomic
def hand_back_stop(run: Run, stop: Stop, *, by: Person | None, now: datetime) -> Stop:
    """One stop can't be done: it is ready for someone else, the others stay."""
    run = _locked(run)
    refuse_if(rules.why_not_ride(by, run))
    stop = _own(run, stop)
    assert stop.claim is not None
    exchange.hand_back(stop.claim, by=by, now=now)
    return stop


@transaction.atomic
def finish_run(run: Run, *, by: Person | None, now: datetime) -> Run:
    """The run is done: nothing is left to do, and its link closes."""
    run = _locked(run)
    refuse_if(rules.why_not_finish(by, run, left=len(_stops(run, ClaimState.HELD))))
    run.state, run.finished_at, run.link_dies_at = RunState.FINISHED, now, now
    run.save(update_fields=["state", "finished_at", "link_dies_at"])
    journal.record("run.finished", run, by=by, now=now)
    return run


@transaction.atomic
def drop_run(run: Run, *, by: Person | None, now: datetime) -> list[str]:
    """Someone drops out: every stop that is left is ready for someone else. Returns the codes of those asks."""
    run = _locked(run)
    refuse_if(rules.why_not_drop(by, run))
    codes = []
    for stop in _stops(run, ClaimState.HELD):
        assert stop.claim is not None
        exchange.hand_back(stop.claim, by=by, now=now)
        stop.dropped_at = now
        stop.save(update_fields=["dropped_at"])
        codes.append(stop.ask.code)
    run.state, run.dropped_at, run.link_dies_at = RunState.DROPPED, now, now + UNDO_FOR
    run.save(update_fields=["state", "dropped_at", "link_dies_at"])
    journal.record("run.dropped", run, by=by, now=now, stops=len(codes))
    return sorted(codes)


@transaction.atomic
def take_run_up_again(run: Run, *, by: Person | None, now: datetime) -> tuple[list[str], list[str]]:
    """Undo `drop_run` within ten minutes. Returns the codes that are back in the run, and those that are gone."""
    run = _locked(run)
    refuse_if(rules.why_not_take_up_again(by, run, now=now))
    back, gone = [], []
    dropped = Stop.objects.filter(run=run, dropped_at=run.dropped_at, claim__isnull=False)
    for stop in dropped.select_related("claim", "ask").order_by("ask_id"):
        assert stop.claim is not None
        if not exchange.take_up_again(stop.claim, by=by, now=now, for_plan=True):
            gone.append(stop.ask.code)
            continue
        if run.set_out_at is not None:
            exchange.set_out(stop.claim, by=by, now=now)
        stop.dropped_at = None
        stop.save(update_fields=["dropped_at"])
        back.append(stop.ask.code)
    run.state = RunState.READY if run.set_out_at is None else RunState.UNDER_WAY
    run.dropped_at, run.link_dies_at = None, (run.finish_at or now) + LINK_LIVES_ON
    run.save(update_fields=["state", "dropped_at", "link_dies_at"])
    journal.record("run.taken_up_again", run, by=by, now=now, stops=len(back), gone=len(gone))
    return sorted(back), sorted(gone)
