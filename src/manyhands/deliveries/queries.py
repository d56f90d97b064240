"""Questions about hubs, plans and runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from manyhands.deliveries import rules
from manyhands.deliveries.models import UNDO_FOR, Hub, Plan, Run, Stop
from manyhands.deliveries.states import LIVE, PlanState, RunState
from manyhands.exchange.models import Ask, Helper
from manyhands.exchange.states import AskState, ClaimState
from manyhands.kit import links, wall
from manyhands.networks.models import Network
from manyhands.networks.queries import kept_apart_from, may, may_see
from manyhands.networks.states import Role
from manyhands.people.models import Person

Someone = Person | AnonymousUser | None


def hubs_of(network: Network) -> QuerySet[Hub]:
    """The network's hubs by name, those in use first."""
    return Hub.objects.filter(network=network).select_related("place__area").order_by("-is_used", "name")


def hubs_to_load_at(network: Network) -> QuerySet[Hub]:
    """Hubs a plan can send runs to: in use, and on the map."""
    return hubs_of(network).filter(is_used=True, place__lat__isnull=False, place__lon__isnull=False)


def visible_to(person: Someone, network: Network) -> QuerySet[Plan]:
    """Plans this person may see, newest first: all of them at the desk, none elsewhere. The only way in from a page.

    A plan with an ask of somebody they are kept apart from is not there for them as a whole: its times, sums and ways
    would tell of the stop that is missing.
    """
    plans = Plan.objects.filter(network=network).select_related("network", "made_by").order_by("-made_at", "pk")
    if not may(person, network, Role.DISPATCHER):
        return plans.none()
    hidden = _hidden_from(person, network)
    return plans if hidden is None else plans.exclude(pk__in=hidden)


def _hidden_from(person: Someone, network: Network) -> QuerySet[Stop, Any] | None:
    """The plans this person must not see, if there are any."""
    apart = kept_apart_from(person.pk, network) if isinstance(person, Person) else frozenset()
    return Stop.objects.filter(ask__network=network, ask__asking__asked_by__in=apart).values("plan") if apart else None


def to_compare(person: Someone, network: Network, *, beside: Plan | None = None) -> QuerySet[Plan]:
    """Plans of theirs that were worked out and share time with another such; with ``beside``, those others of it."""
    plans = _worked_out(visible_to(person, network))
    if beside is None:
        return plans.filter(_another(plans))
    return plans.filter(starts_at__lt=beside.ends_at, ends_at__gt=beside.starts_at).exclude(pk=beside.pk)


def with_another(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """The same plans with ``another``: whether one among them that was worked out shares time with it."""
    return plans.annotate(another=_another(plans))


def _another(plans: QuerySet[Plan]) -> Exists:
    others = _worked_out(plans).filter(starts_at__lt=OuterRef("ends_at"), ends_at__gt=OuterRef("starts_at"))
    return Exists(others.exclude(pk=OuterRef("pk")))


def _worked_out(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    states = [PlanState.DRAFT, PlanState.PUBLISHED, PlanState.DISCARDED]
    return plans.filter(state__in=states, summary__has_key="served")


def key_of(text: str) -> UUID | None:
    """The key a text is; None where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def with_counts(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """The same plans with ``asks``, ``in_runs`` and ``visited``."""
    return plans.annotate(
        asks=Count("stops"),
        in_runs=Count("stops", filter=Q(stops__run__isnull=False)),
        visited=Count("stops", filter=Q(stops__claim__state=ClaimState.DONE)),
    )


def runs_in(plan: Plan) -> QuerySet[Run]:
    """The runs of a plan in the order of their numbers, with ``planned``, ``left``, ``visited`` and ``locks``."""
    return (
        Run.objects.filter(plan=plan)
        .select_related(
            "helper__membership__person", "helper__start__area", "helper__end", "hub__place", "plan__network", "network"
        )
        .annotate(
            planned=Count("stops"),
            left=Count("stops", filter=Q(stops__claim__state=ClaimState.HELD)),
            visited=Count("stops", filter=Q(stops__claim__state=ClaimState.DONE)),
            locks=Count("stops", filter=Q(stops__is_locked=True)),
        )
        .order_by("number")
    )


def stops_in(plan: Plan) -> QuerySet[Stop]:
    """Every stop of a plan in the order of its run."""
    return (
        Stop.objects.filter(plan=plan)
        .select_related("ask__category", "ask__place__area", "ask__asking__asked_by", "claim")
        .order_by("run__number", "position", "ask__code")
    )


def unserved_in(plan: Plan) -> QuerySet[Stop]:
    """The asks of a plan that are in no run, the urgent first, then those that waited longest."""
    return (
        Stop.objects.filter(plan=plan, run=None)
        .select_related("ask__category", "ask__place__area", "claim")
        .order_by("-ask__is_urgent", "ask__asked_at", "ask__code")
    )


def stop_in(plan: Plan, key: object) -> Stop | None:
    """One stop of a plan by its key, whatever was typed for it."""
    if not str(key).isdecimal() or len(str(key)) > 18:
        return None
    return stops_in(plan).select_related("run", "plan__network").filter(pk=int(str(key))).first()


def run_in(plan: Plan, key: object) -> Run | None:
    """One run of a plan by its key, whatever was typed for it."""
    try:
        return runs_in(plan).filter(pk=UUID(str(key))).first()
    except ValueError:
        return None


def askable(network: Network, person: Someone, *, until: datetime) -> QuerySet[Ask]:
    """The asks a plan of this person can take on: ready, and wanted at a time that begins before ``until``."""
    return (
        Ask.objects.filter(may_see(person, network, by="asking__asked_by"), network=network, state=AskState.READY)
        .filter(Q(wanted_from=None) | Q(wanted_from__lt=until))
        .select_related("category", "place__area")
        .order_by("-is_urgent", "asked_at", "pk")
    )


def to_add(plan: Plan, person: Someone) -> QuerySet[Ask]:
    """Asks that wait and are not in this plan, those that wait longest first."""
    waiting = askable(plan.network, person, until=plan.ends_at)
    return waiting.exclude(pk__in=Stop.objects.filter(plan=plan).values("ask_id"))


def picked(network: Network, person: Someone, keys: Iterable[str]) -> QuerySet[Ask]:
    """The asks picked at the desk, by code or key, as far as a plan of this person can take them on."""
    codes, uuids = [], []
    for key in keys:
        try:
            uuids.append(UUID(key))
        except ValueError:
            codes.append(key.strip().upper())
    return (
        Ask.objects.filter(may_see(person, network, by="asking__asked_by"), network=network)
        .filter(state__in=[AskState.NEW, AskState.READY])
        .filter(Q(code__in=codes) | Q(pk__in=uuids))
        .select_related("category", "place__area")
        .order_by("-is_urgent", "asked_at", "pk")
    )


def left_over(plan: Plan) -> QuerySet[Ask]:
    """What a published plan did not reach and is ready to be planned anew: unserved, handed back, to be tried again."""
    return (
        Ask.objects.filter(pk__in=Stop.objects.filter(plan=plan).values("ask"), state=AskState.READY)
        .select_related("category", "place__area")
        .order_by("-is_urgent", "asked_at", "pk")
    )


def helpers_on_the_road(network: Network) -> dict[object, Run]:
    """Who has a live run: helper's key -> the run that ends last."""
    runs = Run.objects.filter(network=network, state__in=LIVE).order_by("finish_at")
    return {run.helper_id: run for run in runs}


def _for_the_helper(runs: QuerySet[Run]) -> QuerySet[Run]:
    return runs.select_related(
        "plan", "network", "helper__membership__person", "helper__network", "helper__start__area", "hub__place"
    )


def run_behind(token: str, *, now: datetime) -> Run | None:
    """The run a private link opens, while it may be opened."""
    with wall.everywhere():
        run = _for_the_helper(Run.objects.filter(token_digest=links.digest(token))).first()
    return None if run is None or rules.why_not_open(run, now=now) else run


def run_token(run: Run) -> str:
    """The secret part of a published run's link."""
    return links.token_for("run", run.pk, run.nonce)


def runs_of(helper: Helper, *, now: datetime) -> QuerySet[Run]:
    """A helper's own runs that are not over, the next first; also one handed back so lately that it can be undone."""
    return (
        _for_the_helper(Run.objects.filter(helper=helper, plan__state=PlanState.PUBLISHED))
        .filter(Q(state__in=LIVE) | Q(state=RunState.DROPPED, dropped_at__gt=now - UNDO_FOR))
        .annotate(
            left=Count("stops", filter=Q(stops__claim__state=ClaimState.HELD)),
            visited=Count("stops", filter=Q(stops__claim__state=ClaimState.DONE)),
        )
        .order_by("departs_at", "number")
    )


def past_runs_of(helper: Helper) -> QuerySet[Run]:
    """A helper's runs that are over, the last first."""
    return (
        Run.objects.filter(helper=helper, state__in=[RunState.FINISHED, RunState.DROPPED])
        .annotate(visited=Count("stops", filter=Q(stops__claim__state=ClaimState.DONE)))
        .order_by("-departs_at", "number")
    )


def stops_of(run: Run) -> list[Stop]:
    """The stops of one run in order, with all the helper needs. Show doors and phones only of those still to do."""
    return list(
        Stop.objects.filter(run=run)
        .select_related("ask__category", "ask__place__area", "ask__asking__asked_by", "claim", "run", "plan")
        .prefetch_related("ask__asking__asked_by__contact_points")
        .order_by("position", "pk")
    )


def stops_on_paper(plan: Plan) -> list[Stop]:
    """The stops of every run of a plan, with all a run sheet needs."""
    return list(
        Stop.objects.filter(plan=plan, run__isnull=False)
        .select_related("ask__category", "ask__place__area", "ask__asking__asked_by", "claim", "run")
        .prefetch_related("ask__asking__asked_by__contact_points")
        .order_by("run__number", "position")
    )


@dataclass(frozen=True, slots=True)
class Tonight:
    """What is on the road now: live runs (each with ``left`` and ``visited``), and the stops that are late."""

    runs: tuple[Run, ...]
    stops_left: int
    stops_done: int
    late: tuple[Stop, ...]

    @property
    def under_way(self) -> int:
        return sum(run.state == RunState.UNDER_WAY for run in self.runs)


def tonight(network: Network, person: Someone = None, *, now: datetime) -> Tonight:
    """What is on the road now, for the front desk. Two questions, however many runs there are.

    For ``person`` without the plans they may not see.
    """
    hidden = _hidden_from(person, network)
    on_the_road = Run.objects.filter(network=network, state__in=LIVE)
    if hidden is not None:
        on_the_road = on_the_road.exclude(plan__in=hidden)
    runs = tuple(
        _for_the_helper(on_the_road)
        .annotate(
            left=Count("stops", filter=Q(stops__claim__state=ClaimState.HELD)),
            visited=Count("stops", filter=Q(stops__claim__state=ClaimState.DONE)),
        )
        .order_by(F("finish_at").asc(nulls_last=True), "number")
    )
    held = (
        Stop.objects.filter(run__in=on_the_road, claim__state=ClaimState.HELD, arrive_at__lt=now)
        .select_related("ask__category", "claim", "run__helper__membership__person", "plan")
        .order_by("arrive_at")[:100]
    )
    return Tonight(
        runs=runs,
        stops_left=sum(run.left for run in runs),
        stops_done=sum(run.visited for run in runs),
        late=tuple(stop for stop in held if stop.is_late(now)),
    )
