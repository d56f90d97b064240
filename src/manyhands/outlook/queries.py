"""Counting what was asked and what became of it. These numbers are exact: only `figures` may tell them to everyone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Case, CharField, Count, DurationField, ExpressionWrapper, F, QuerySet, Value, When
from django.db.models.functions import TruncMonth

from manyhands.exchange.models import Ask, Category, Cause
from manyhands.exchange.states import AskState
from manyhands.networks.models import Network

OPEN = "open"
OUTCOMES = (
    AskState.MET.value,
    AskState.PARTLY_MET.value,
    AskState.NOT_MET.value,
    AskState.SIGNPOSTED.value,
    AskState.EXPIRED.value,
    AskState.WITHDRAWN.value,
    OPEN,
)
MONTHS = 13  # twelve whole ones and the one that runs


@dataclass(frozen=True)
class Counted:
    """Asks of the last MONTHS months, as they stood at the last midnight. Months are their first days, oldest first."""

    until: datetime
    months: tuple[date, ...]
    asks: Counter[tuple[date, int, str]] = field(default_factory=Counter)  # month, category, outcome
    whys: Counter[tuple[date, str]] = field(default_factory=Counter)  # month, why an ask was not met
    causes: Counter[tuple[date, int]] = field(default_factory=Counter)  # month, what lay behind it


def months_before(now: datetime, network: Network, count: int = MONTHS) -> tuple[date, ...]:
    """The first days of this month and of those before it, oldest first, by the network's calendar."""
    first = now.astimezone(network.zone).date().replace(day=1)
    months = [first]
    while len(months) < count:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return tuple(reversed(months))


def last_midnight(now: datetime, network: Network) -> datetime:
    """When the day began, where the network is."""
    return datetime.combine(now.astimezone(network.zone).date(), time.min, network.zone)


def counted(network: Network, *, now: datetime) -> Counted:
    """Count it all, in two questions. What was sent twice is counted once."""
    until, months = last_midnight(now, network), months_before(now, network)
    asks = _asks_since(network, months[0], until).annotate(
        month=TruncMonth("asked_at", tzinfo=network.zone), stood=_as_it_stood(until)
    )
    found = Counted(until=until, months=months)
    rows: Any = asks.values_list("month", "category_id", "stood", "why_not_met").annotate(Count("pk"))
    for month, category, stood, why, count in rows:
        found.asks[month.date(), category, stood] += count
        if stood == AskState.NOT_MET:
            found.whys[month.date(), why] += count
    rows = asks.filter(cause__isnull=False).values_list("month", "cause_id").annotate(Count("pk"))
    for month, cause, count in rows:
        found.causes[month.date(), cause] += count
    return found


def _asks_since(network: Network, since: date, until: datetime) -> QuerySet[Ask]:
    begins = datetime.combine(since, time.min, network.zone)
    return (
        Ask.objects.filter(network=network, asked_at__gte=begins, asked_at__lt=until)
        .exclude(state=AskState.DUPLICATE)
        .order_by()
    )


def _as_it_stood(until: datetime) -> Case:
    """How an ask had ended by then; what had not was still open."""
    return Case(When(closed_at__lt=until, then=F("state")), default=Value(OPEN), output_field=CharField())


def median_wait(network: Network, *, since: date, until: datetime) -> tuple[int, timedelta | None]:
    """How many asks were met, and within which time half of them were."""
    met = _asks_since(network, since, until).filter(state=AskState.MET, closed_at__lt=until)
    count = met.count()
    if not count:
        return 0, None
    waited = ExpressionWrapper(F("closed_at") - F("asked_at"), output_field=DurationField())
    return count, met.annotate(waited=waited).order_by("waited").values_list("waited", flat=True)[(count - 1) // 2]


def category_names(network: Network) -> dict[int, tuple[str, str]]:
    """Every kind of need there ever was: key -> its name in the reader's language, and its icon."""
    return {category.pk: (str(category), category.icon) for category in Category.objects.filter(network=network)}


def cause_names(network: Network) -> dict[int, str]:
    """Every cause there ever was: key -> its name in the reader's language."""
    return {cause.pk: str(cause) for cause in Cause.objects.filter(network=network)}
