"""An evening in Riverside: a few asks, two helpers, and a planner that runs at once and in the same process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from manyhands.deliveries import actions, planning, settling
from manyhands.deliveries.models import Plan, Run, Stop
from manyhands.exchange.models import Ask
from manyhands.kernel.routing import Rounds
from tests import cast
from tests.cast import NOW, Cast


@pytest.fixture
def at_once(monkeypatch):
    """The planner works inside the request, for a few rounds."""
    monkeypatch.setattr(
        planning,
        "start",
        lambda plan: planning.work(plan.pk, until=Rounds(60), alone=False, now=lambda: timezone.now()),  # noqa: PLW0108
    )


@pytest.fixture
def clock(monkeypatch):
    """The clock the pages read: it stands at NOW until it is moved."""

    class Clock:
        now = NOW

        def forward(self, **by: float) -> datetime:
            self.now += timedelta(**by)
            return self.now

    clock = Clock()
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    return clock


@dataclass
class Evening:
    town: Cast
    asks: list[Ask]
    plan: Plan

    def run(self, helper) -> Run:
        return Run.objects.select_related("helper__membership__person", "network", "plan").get(
            plan=self.plan, helper=helper
        )

    def stop(self, ask: Ask) -> Stop:
        return Stop.objects.select_related("run", "ask__place", "plan__network", "claim").get(plan=self.plan, ask=ask)

    def again(self) -> Plan:
        self.plan.refresh_from_db()
        return self.plan


def laid_out(town: Cast, asks: list[Ask], helpers=None, *, now: datetime = NOW, **how) -> Plan:
    """A plan made but not worked out: from 17:30 to 20:30, everyone free all the time."""
    starts, ends = now.replace(hour=17, minute=30), now.replace(hour=20, minute=30)
    return actions.make_plan(
        network=town.riverside,
        asks=asks,
        helpers=[
            actions.Availability(helper, starts, ends, helper.boxes)
            for helper in ([town.hana, town.hugo] if helpers is None else helpers)
        ],
        starts_at=starts,
        ends_at=ends,
        by=town.dee,
        now=now,
        **how,
    )


def worked_out(plan: Plan, *, now: datetime = NOW) -> Plan:
    """The plan after the planner looked at it."""
    assert planning.work(plan.pk, until=Rounds(60), alone=False, now=lambda: now)
    return Plan.objects.select_related("network").get(pk=plan.pk)


@pytest.fixture
def evening(town, clock) -> Evening:
    """Four asks, planned for Hana and Hugo, to look at."""
    asks = [town.groceries] + [
        cast.ask(town.riverside, lat=40.7031 + step / 500, lon=-73.9512 + step / 700, name=f"Nia {step}")
        for step in (1, 2, 3)
    ]
    return Evening(town, asks, worked_out(laid_out(town, asks)))


@pytest.fixture
def published(evening) -> Evening:
    """The same, published by Dee."""
    settling.publish(evening.plan, confirmed=False, by=evening.town.dee, now=NOW)
    evening.plan = Plan.objects.select_related("network").get(pk=evening.plan.pk)
    return evening
