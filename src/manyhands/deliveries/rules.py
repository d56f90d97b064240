"""Every "may I?" about hubs, plans and runs: None, or why not."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from manyhands.deliveries.models import UNDO_FOR, Plan, Run, Stop
from manyhands.deliveries.states import ASK_FIRST, LIVE, NEVER, PLAN_MOVES, RUN_MOVES, PlanState, RunState
from manyhands.networks.models import Network
from manyhands.networks.queries import may
from manyhands.networks.states import Role, Standing
from manyhands.people.models import Person


def dispatches(person: Person | None, network: Network) -> bool:
    """Whether this person works at the network's desk; the house itself (``None``) does."""
    return person is None or may(person, network, Role.DISPATCHER)


def why_not_plan(person: Person | None, network: Network) -> str | None:
    """Make plans and look after hubs."""
    if not dispatches(person, network):
        return _("Only a dispatcher can plan.")
    return None


def why_not_when(starts_at: datetime, ends_at: datetime, *, now: datetime) -> str | None:
    """Plan this span of time."""
    if starts_at >= ends_at:
        return _("It must end after it begins: look at the two times again.")
    if ends_at <= now:
        return _("That time is already over. Choose a later one.")
    return None


def why_not_move_plan(person: Person | None, plan: Plan, state: str, *, now: datetime) -> str | None:
    """Plan again, publish, put aside. While the machine works on it, only once it has gone silent."""
    if (no := why_not_plan(person, plan.network)) is not None:
        return no
    if plan.state == PlanState.WORKING and state == PlanState.WORKING and not plan.is_silent(now):
        return _("This is being planned right now.")
    if state not in PLAN_MOVES[plan.state]:
        return _("This plan is “%(state)s” and can't become “%(wanted)s”.") % {
            "state": plan.get_state_display(),
            "wanted": PlanState(state).label,
        }
    if state == PlanState.PUBLISHED and plan.ends_at <= now:
        return _("The time of this plan is already over. Make a new one.")
    return None


def why_not_change(person: Person | None, plan: Plan) -> str | None:
    """Move or lock stops and runs."""
    if (no := why_not_plan(person, plan.network)) is not None:
        return no
    if plan.state == PlanState.WORKING:
        return _("This is being planned right now. Stop it first, or wait for it.")
    if plan.state != PlanState.DRAFT:
        return _("This plan is “%(state)s” and can't be changed any more.") % {"state": plan.get_state_display()}
    return None


def why_not_put(person: Person | None, stop: Stop, run: Run | None) -> str | None:
    """Move a stop into a run, or out of its run."""
    if (no := why_not_change(person, stop.plan)) is not None:
        return no
    if run is not None and run.plan_id != stop.plan_id:
        return _("Choose one of the runs of this plan.")
    if run is not None and not stop.ask.place.is_on_map:
        return _("Ask %(code)s has no place on the map. Give it one first.") % {"code": stop.ask.code}
    if run is None and stop.run_id is None:
        return _("Ask %(code)s is in no run.") % {"code": stop.ask.code}
    return None


def why_not_break(codes: Collection[str], *, confirmed: bool) -> str | None:
    """Go on although promises of these kinds are broken."""
    if NEVER.intersection(codes):
        return _("This can't be done, whoever wishes it:")
    if codes and not confirmed:
        return _("This breaks a promise. Look at it, and say yes if it shall be so.")
    return None


def asks_first(codes: Collection[str]) -> bool:
    """Whether a move that breaks these is asked about before it is made; others are made and told."""
    return bool(ASK_FIRST.intersection(codes))


def _is_theirs(person: Person | None, run: Run) -> bool:
    return person is not None and person.pk == run.helper.membership.person_id


def why_not_ride(person: Person | None, run: Run) -> str | None:
    """Set out, mark stops, hand back: the run's helper, or a dispatcher for them."""
    if not _is_theirs(person, run) and not dispatches(person, run.network):
        return _("Only the helper whose run this is, or a dispatcher, can do this.")
    if run.state not in LIVE:
        return _("This run is “%(state)s”.") % {"state": run.get_state_display()}
    return None


def why_not_finish(person: Person | None, run: Run, *, left: int) -> str | None:
    """``left`` is how many stops are still to do."""
    if (no := why_not_ride(person, run)) is not None:
        return no
    if left:
        return _("There are stops left. Mark how each went, or hand them back.")
    return None


def why_not_drop(person: Person | None, run: Run) -> str | None:
    """Hand back all stops that are left."""
    if (no := why_not_ride(person, run)) is not None:
        return no
    if RunState.DROPPED not in RUN_MOVES[run.state]:
        return _("This run is “%(state)s”.") % {"state": run.get_state_display()}
    return None


def why_not_take_up_again(person: Person | None, run: Run, *, now: datetime) -> str | None:
    """Undo a hand-back of a whole run."""
    if not _is_theirs(person, run) and not dispatches(person, run.network):
        return _("Only the helper whose run this is, or a dispatcher, can do this.")
    if run.state != RunState.DROPPED or run.dropped_at is None:
        return _("This run was not handed back.")
    if now > run.dropped_at + UNDO_FOR:
        return _("It was handed back too long ago to undo. Plan what is left anew.")
    return None


def why_not_open(run: Run, *, now: datetime) -> str | None:
    """Open a run by its link, without a password: while it lives, and its helper is an active member."""
    if run.plan.state != PlanState.PUBLISHED or run.link_dies_at is None or run.link_dies_at <= now:
        return _("This link is closed.")
    if run.state not in {*LIVE, RunState.DROPPED} or run.helper.membership.standing != Standing.ACTIVE:
        return _("This link is closed.")
    return None
