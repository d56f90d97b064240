"""Forgetting reports that ended: with who read them and what was written."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from manyhands.privacy.actions import Clock
from manyhands.safety.models import Report


def _over(before: datetime) -> QuerySet[Report]:
    return Report.objects.filter(ended_at__lt=before).order_by("pk")


CLOCKS = (Clock("safety.Report", _over, lambda report: report.delete(), goes=True),)
