"""Forgetting plans that are over, with their runs and stops: who rode where, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from manyhands.deliveries.models import Plan, Run, Stop
from manyhands.privacy.actions import Clock


def _plans(before: datetime) -> QuerySet[Plan]:
    return Plan.objects.filter(ends_at__lt=before).order_by("pk")


def _runs(before: datetime) -> QuerySet[Run]:
    return Run.objects.filter(plan__ends_at__lt=before).order_by("pk")


def _stops(before: datetime) -> QuerySet[Stop]:
    return Stop.objects.filter(plan__ends_at__lt=before).order_by("pk")


def _stops_of(stops: QuerySet[Stop], networks: set[UUID]) -> QuerySet[Stop]:
    return stops.filter(plan__network__in=networks)


def _goes(thing: Any) -> None:
    thing.delete()


CLOCKS = (
    Clock("deliveries.Stop", _stops, _goes, goes=True, only_in=_stops_of),
    Clock("deliveries.Run", _runs, _goes, goes=True),
    Clock("deliveries.Plan", _plans, _goes, goes=True),
)
