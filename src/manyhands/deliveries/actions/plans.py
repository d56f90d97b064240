"""Making a plan, settling it, publishing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from manyhands.deliveries import reasons, rules
from manyhands.deliveries.models import LINK_LIVES_ON, Hub, Plan, Run, Stop
from manyhands.deliveries.states import PlanState, RunState
from manyhands.exchange import actions as exchange
from manyhands.exchange.models import Ask, Helper
from manyhands.exchange.states import AskState
from manyhands.journal import actions as journal
from manyhands.kernel import routing
from manyhands.kit import links
from manyhands.kit.refusals import Refused, refuse_if
from manyhands.networks.models import Network
from manyhands.people.models import Person

RUN_FIELDS = ("departs_at", "finish_at", "hub_at", "hub_leave_at", "metres", "load")
STOP_FIELDS = ("run", "position", "arrive_at", "start_at", "leave_at", "late_minutes", "reason", "is_locked")
PLANNABLE = (AskState.NEW, AskState.READY)


@dataclass(frozen=True, slots=True)
class Availability:
    """One helper in a plan: from when until when (setting out and coming home included), and how many boxes fit."""

    helper: Helper
    available_from: datetime
    available_until: datetime
    boxes: int
    hub: Hub | None = None


def locked_plan(plan: Plan) -> Plan:
    """The plan as it is now, held so that nobody else changes it meanwhile."""
    return Plan.objects.select_for_update(of=("self",)).select_related("network").get(pk=plan.pk)


@transaction.atomic
def make_plan(
    *,
    network: Network,
    asks: Sequence[Ask],
    helpers: Sequence[Availability],
    starts_at: datetime,
    ends_at: datetime,
    seconds: int = 12,
    seed: int = 1,
    by: Person | None,
    now: datetime,
) -> Plan:
    """Lay out what is to be planned; the planner is started afterwards. ``seconds`` is how long it may search."""
    refuse_if(rules.why_not_plan(by, network))
    refuse_if(rules.why_not_when(starts_at, ends_at, now=now))
    if any(item.available_from >= item.available_until for item in helpers):
        raise Refused(_("Each helper's time must end after it begins."))
    belongs_to = {ask.network_id for ask in asks} | {item.helper.network_id for item in helpers}
    belongs_to |= {item.hub.network_id for item in helpers if item.hub is not None}
    if belongs_to - {network.pk}:
        raise Refused(_("Only asks and helpers of this network can be planned."))
    plan = Plan.objects.create(
        network=network,
        starts_at=starts_at,
        ends_at=ends_at,
        seconds=seconds,
        seed=seed,
        made_by=by,
        made_at=now,
        started_at=now,
        heartbeat_at=now,
        summary={"asks": len(asks)},
    )
    Run.objects.bulk_create(
        Run(
            network=network,
            plan=plan,
            helper=item.helper,
            number=number,
            available_from=item.available_from,
            available_until=item.available_until,
            boxes=item.boxes,
            hub=item.hub,
        )
        for number, item in enumerate(helpers, start=1)
    )
    Stop.objects.bulk_create((Stop(plan=plan, ask=ask) for ask in asks), batch_size=500)
    journal.record("plan.made", plan, by=by, now=now, asks=len(asks), helpers=len(helpers))
    return plan


@transaction.atomic
def plan_again(plan: Plan, *, by: Person | None, now: datetime) -> Plan:
    """Let the planner look once more: what is locked stays, what was taken meanwhile is left out."""
    plan = locked_plan(plan)
    refuse_if(rules.why_not_move_plan(by, plan, PlanState.WORKING, now=now))
    gone, _each = Stop.objects.filter(plan=plan).exclude(ask__state__in=PLANNABLE).delete()
    before = {name: plan.summary[name] for name in ("asks", "served", "metres", "seconds") if name in plan.summary}
    plan.summary = {"asks": Stop.objects.filter(plan=plan).count(), "gone": gone}
    if "served" in before:
        plan.summary["before"] = before
    plan.state, plan.attempt, plan.seed = PlanState.WORKING, plan.attempt + 1, plan.seed + 1
    plan.started_at = plan.heartbeat_at = now
    plan.progress, plan.best_so_far, plan.stop_asked = 0.0, 0, False
    plan.save()
    journal.record("plan.again", plan, by=by, now=now, gone=gone)
    return plan


def note_progress(key: UUID, attempt: int, *, now: datetime, progress: float | None = None, best: int = 0) -> bool:
    """The planner is alive, and maybe further. Says whether it shall stop: asked to, or overtaken by another start."""
    values: dict[str, Any] = {"heartbeat_at": now}
    if progress is not None:
        values |= {"progress": min(1.0, max(0.0, progress)), "best_so_far": best}
    ours = Plan.objects.filter(pk=key, attempt=attempt, state=PlanState.WORKING)
    return ours.update(**values) == 0 or Plan.objects.filter(pk=key, stop_asked=True).exists()


@transaction.atomic
def stop_planning(plan: Plan, *, by: Person | None, now: datetime) -> Plan:
    """End the search early and keep the best found so far."""
    plan = locked_plan(plan)
    refuse_if(rules.why_not_plan(by, plan.network))
    if plan.state != PlanState.WORKING:
        raise Refused(_("The planning has already ended."))
    plan.stop_asked = True
    plan.save(update_fields=["stop_asked"])
    journal.record("plan.stopped", plan, by=by, now=now)
    return plan


@transaction.atomic
def keep_plan(
    plan: Plan,
    result: routing.Plan,
    *,
    broken: Sequence[routing.Reason],
    advice: Sequence[routing.Advice] = (),
    now: datetime,
    times: Mapping[str, Any] | None = None,
) -> bool:
    """Write down what the planner found, if it is still asked for. ``plan`` is as it was when the planner began.

    ``times``: what its times go by, for the page. ``advice``: what would reach more.
    """
    attempt = plan.attempt
    plan = locked_plan(plan)
    if plan.attempt != attempt or plan.state != PlanState.WORKING:
        return False
    write(plan, result, broken, times)
    plan.summary["recruit"] = [reasons.packed(one.reason) for one in advice]
    plan.summary |= {"rounds": result.stats.rounds, "stopped": result.stats.stopped}
    plan.state, plan.progress, plan.best_so_far = PlanState.DRAFT, 1.0, result.served
    plan.heartbeat_at = now
    plan.save(update_fields=["state", "progress", "best_so_far", "heartbeat_at", "summary"])
    journal.record("plan.planned", plan, by=None, now=now, asks=plan.summary["asks"], served=result.served)
    return True


@transaction.atomic
def note_failure(plan: Plan, *, now: datetime) -> None:
    """The planner could not do it; the page says so and offers to try again."""
    attempt = plan.attempt
    plan = locked_plan(plan)
    if plan.attempt == attempt and plan.state == PlanState.WORKING:
        plan.state = PlanState.FAILED
        plan.save(update_fields=["state"])
        journal.record("plan.failed", plan, by=None, now=now)


def write(
    plan: Plan, result: routing.Plan, broken: Sequence[routing.Reason], times: Mapping[str, Any] | None = None
) -> None:
    """Write runs, times and reasons into the rows of a plan. The caller holds the plan and saves its summary."""
    # What more help would reach was found for the plan as it was.
    plan.summary.pop("recruit", None)
    runs = {str(run.pk): run for run in Run.objects.filter(plan=plan)}
    stops = {stop.ask.code: stop for stop in Stop.objects.filter(plan=plan).select_related("ask")}
    rows: list[Run | Stop] = [*runs.values(), *stops.values()]
    before = {id(row): _as_written(row) for row in rows}
    for run in runs.values():
        run.departs_at = run.finish_at = run.hub_at = run.hub_leave_at = None
        run.metres = run.load = 0
    for stop in stops.values():
        stop.run = stop.position = stop.arrive_at = stop.start_at = stop.leave_at = None
        stop.late_minutes, stop.reason = 0, {}
    for ridden in result.runs:
        run = runs[ridden.helper_id]
        run.departs_at, run.finish_at = _moment(ridden.depart), _moment(ridden.finish)
        run.hub_at = None if ridden.hub_arrive is None else _moment(ridden.hub_arrive)
        run.hub_leave_at = None if ridden.hub_leave is None else _moment(ridden.hub_leave)
        run.metres, run.load = ridden.metres, sum(ridden.load)
        for position, visit in enumerate(ridden.visits, start=1):
            stop = stops[visit.stop_id]
            stop.run, stop.position = run, position
            stop.arrive_at, stop.start_at, stop.leave_at = (
                _moment(visit.arrive),
                _moment(visit.start),
                _moment(visit.leave),
            )
            stop.late_minutes = -(-visit.late // 60)
    for unserved in result.unserved:
        stops[unserved.stop_id].reason = reasons.packed(unserved.reason)
    for stop in stops.values():
        stop.is_locked = stop.is_locked and stop.run is not None
    # Moving one stop touches two runs: the hundreds of rows that stay as they were are not written again.
    changed_runs = [run for run in runs.values() if before[id(run)] != _as_written(run)]
    changed_stops = [stop for stop in stops.values() if before[id(stop)] != _as_written(stop)]
    Run.objects.bulk_update(changed_runs, RUN_FIELDS, batch_size=100)
    Stop.objects.bulk_update(changed_stops, STOP_FIELDS, batch_size=100)
    plan.summary |= {
        "asks": len(stops),
        "served": result.served,
        "metres": result.metres,
        "seconds": result.seconds,
        "broken": [reasons.packed(reason) for reason in broken],
    }
    if times is not None:
        plan.summary["times"] = dict(times)


def _as_written(row: Run | Stop) -> list[Any]:
    names = RUN_FIELDS if isinstance(row, Run) else ("run_id", *STOP_FIELDS[1:])
    return [getattr(row, name) for name in names]


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)


@transaction.atomic
def put_stops(
    plan: Plan,
    result: routing.Plan,
    *,
    broken: Sequence[routing.Reason],
    times: Mapping[str, Any] | None = None,
    lock: Stop | None = None,
    by: Person | None,
    now: datetime,
    **details: Any,
) -> Plan:
    """Write down the runs as a dispatcher changed them. ``lock``: the stop that was moved, so that it stays there."""
    plan = locked_plan(plan)
    refuse_if(rules.why_not_change(by, plan))
    if lock is not None:
        Stop.objects.filter(pk=lock.pk).update(is_locked=True)
    write(plan, result, broken, times)
    plan.save(update_fields=["summary"])
    journal.record("plan.changed", plan, by=by, now=now, **details)
    return plan


@transaction.atomic
def put_otherwise(
    plan: Plan,
    result: routing.Plan,
    *,
    broken: Sequence[routing.Reason],
    times: Mapping[str, Any] | None = None,
    without: Sequence[Run],
    added: Sequence[Ask],
    mark: str = "",
    by: Person | None,
    now: datetime,
) -> Plan:
    """Write down the plan as it is without the runs of those who dropped out, and with these asks more.

    ``mark``: of the form that said so, for when it comes again.
    """
    plan = locked_plan(plan)
    refuse_if(rules.why_not_change(by, plan))
    if any(ask.network_id != plan.network_id for ask in added):
        raise Refused(_("Only asks and helpers of this network can be planned."))
    gone = [run.pk for run in without]
    Stop.objects.filter(plan=plan, run__in=gone).update(
        run=None, position=None, arrive_at=None, start_at=None, leave_at=None, is_locked=False
    )
    Run.objects.filter(plan=plan, pk__in=gone).delete()
    Stop.objects.bulk_create((Stop(plan=plan, ask=ask) for ask in added), batch_size=500)
    write(plan, result, broken, times)
    plan.summary["made_so"] = mark
    plan.save(update_fields=["summary"])
    journal.record("plan.changed", plan, by=by, now=now, dropped=len(gone), added=len(added))
    return plan


@transaction.atomic
def set_lock(plan: Plan, thing: Stop | Run, *, is_locked: bool, by: Person | None, now: datetime) -> None:
    """Settle a stop (it stays with this helper, in this order) or a whole run (nothing added, nothing taken away)."""
    plan = locked_plan(plan)
    refuse_if(rules.why_not_change(by, plan))
    if isinstance(thing, Stop):
        if thing.run_id is None and is_locked:
            raise Refused(_("Ask %(code)s is in no run.") % {"code": thing.ask.code})
        Stop.objects.filter(pk=thing.pk, plan=plan).update(is_locked=is_locked)
        journal.record("plan.lock_set", plan, by=by, now=now, stop=thing.pk, is_locked=is_locked)
    else:
        Run.objects.filter(pk=thing.pk, plan=plan).update(is_locked=is_locked)
        journal.record("plan.lock_set", plan, by=by, now=now, run=str(thing.pk), is_locked=is_locked)


@transaction.atomic
def discard_plan(plan: Plan, *, by: Person | None, now: datetime) -> Plan:
    """Put a plan aside that is not wanted; nobody was told anything."""
    plan = locked_plan(plan)
    refuse_if(rules.why_not_move_plan(by, plan, PlanState.DISCARDED, now=now))
    plan.state, plan.closed_at, plan.stop_asked = PlanState.DISCARDED, now, True
    plan.save(update_fields=["state", "closed_at", "stop_asked"])
    journal.record("plan.discarded", plan, by=by, now=now)
    return plan


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a publication: how many asks the helpers now hold, and code -> why for those left out."""

    plan: Plan
    given: int
    left_out: Mapping[str, str]


@transaction.atomic
def publish_plan(plan: Plan, *, by: Person | None, now: datetime) -> Published:
    """Give every stop to its helper and open the runs' links, all in one transaction.

    What someone else took meanwhile, or was withdrawn, is left out and named.
    """
    plan = locked_plan(plan)
    refuse_if(rules.why_not_move_plan(by, plan, PlanState.PUBLISHED, now=now))
    stops = list(
        Stop.objects.filter(plan=plan, run__isnull=False)
        .select_related("ask", "run__helper__membership", "run__helper__network")
        .order_by("ask_id")
    )
    if not stops:
        raise Refused(_("There is no stop in any run yet."))
    helper_of = {stop.ask_id: stop.run.helper for stop in stops if stop.run is not None}
    claims, why_not = exchange.give_asks([(stop.ask, helper_of[stop.ask_id]) for stop in stops], by=by, now=now)
    given = [stop for stop in stops if stop.ask_id in claims]
    for stop in given:
        stop.claim = claims[stop.ask_id]
    left_out = {stop.ask.code: why_not[stop.ask_id] for stop in stops if stop.ask_id in why_not}
    Stop.objects.bulk_update(given, ["claim"], batch_size=200)
    _open_links({stop.run_id for stop in given}, now=now)
    plan.state, plan.published_at = PlanState.PUBLISHED, now
    plan.save(update_fields=["state", "published_at"])
    journal.record("plan.published", plan, by=by, now=now, given=len(given), left_out=len(left_out))
    return Published(plan=plan, given=len(given), left_out=left_out)


def _open_links(keys: set[Any], *, now: datetime) -> None:
    runs = list(Run.objects.filter(pk__in=keys))
    for run in runs:
        run.state, run.nonce = RunState.READY, links.fresh_nonce()
        run.token_digest = links.digest(links.token_for("run", run.pk, run.nonce))
        run.link_dies_at = (run.finish_at or run.available_until or now) + LINK_LIVES_ON
    Run.objects.bulk_update(runs, ["state", "nonce", "token_digest", "link_dies_at"], batch_size=100)
