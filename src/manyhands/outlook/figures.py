"""What everyone may know: the counts with the small ones hidden, in all periods and tables at once.

All that is published about a network is one table to the kernel. A number hidden in one period could otherwise be
subtracted from another: who knows the last three months and the last one knows the two between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from manyhands.exchange.states import WhyNotMet
from manyhands.kernel import disclosure
from manyhands.networks.models import Network
from manyhands.outlook import queries
from manyhands.outlook.queries import OUTCOMES, Counted

# Whole months looked back on, besides the one that runs.
PERIODS = (1, 3, 12)
# All there are, whether they occur or not; the last is none told. That one is missing must not tell that it is nought.
WHYS = (*WhyNotMet.values, "")
# What stands beside the totals, the most asked for first; by outcome only where the totals of it are told.
DETAILS = ("whys", "kinds", "causes", "months", "kinds by outcome", "months by outcome")
Numbers = dict[Any, int]
Sums = list[tuple[Any, list[Any]]]


@dataclass(frozen=True)
class Row:
    """A line of a table: what it is about, its total, and its number for each of OUTCOMES. ``None`` is hidden."""

    key: Any
    total: int | None
    cells: tuple[int | None, ...]


@dataclass(frozen=True)
class Figures:
    """What may be told of one period."""

    months: int
    since: date
    last: date
    asked: int | None
    outcomes: Mapping[str, int | None]
    by_category: tuple[Row, ...]
    by_month: tuple[Row, ...]
    whys: tuple[tuple[str, int | None], ...]
    told: int | None
    causes: tuple[tuple[int, int | None], ...]
    half_met_within: timedelta | None

    @property
    def is_empty(self) -> bool:
        return self.asked == 0

    @property
    def hides_something(self) -> bool:
        rows = (*self.by_category, *self.by_month)
        numbers = [self.asked, self.told, *self.outcomes.values(), *(row.total for row in rows)]
        numbers += [count for _key, count in (*self.whys, *self.causes)]
        return None in numbers or any(None in row.cells for row in rows)


def published(network: Network, *, now: datetime) -> dict[int, Figures]:
    """The figures of all PERIODS, as of the last midnight: the same all day, whoever looks and however often."""
    found = queries.counted(network, now=now)
    _table, told = as_far_as_it_goes(found, below=network.hide_below)
    shown = told.counts
    return {months: _figures(network, found, shown, months) for months in PERIODS}


def as_far_as_it_goes(found: Counted, *, below: int) -> tuple[disclosure.Table, disclosure.Shown]:
    """What was asked, met and not met comes first: a detail is published only as far as it hides none of these.

    A small network's many small details would otherwise take its few large totals with them.
    """
    told: list[str] = []
    table = table_of(found, told)
    shown = disclosure.hide(table, below=below)
    heads = set(table.counts) - table.between - shown.hidden
    for detail in DETAILS:
        wider = table_of(found, [*told, detail])
        more = disclosure.hide(wider, below=below)
        if heads.isdisjoint(more.hidden):
            told.append(detail)
            table, shown = wider, more
    return table, shown


def table_of(found: Counted, details: Sequence[str]) -> disclosure.Table:
    """The totals of every period, the ``details`` (of DETAILS) published beside them, and what ties them together."""
    counts: Numbers = {}
    sums: Sums = []
    for months in PERIODS:
        _count_period(found, months, details, counts, sums)
    if "months" in details:
        _count_months(found, details, counts, sums)
    between: set[Any] = set()
    for shorter, longer in pairwise(PERIODS):
        for key in [key for key in counts if key[0] == longer]:
            inner, rest = (shorter, *key[1:]), (("between", shorter), *key[1:])
            counts.setdefault(inner, 0)
            counts[rest] = counts[key] - counts[inner]
            sums.append((key, [inner, rest]))
            between.add(rest)
    return disclosure.Table(counts, sums, frozenset(between))


def _count_months(found: Counted, details: Sequence[str], counts: Numbers, sums: Sums) -> None:
    """The numbers of each month, and how the periods add them up."""
    for month in found.months:
        of_month: Numbers = {("month", month, outcome): 0 for outcome in OUTCOMES}
        for (when, _kind, stood), count in found.asks.items():
            if when == month:
                of_month["month", month, stood] += count
        counts["month", month] = sum(of_month.values())
        if "months by outcome" in details:
            counts.update(of_month)
            sums.append((("month", month), list(of_month)))
    for months in PERIODS:
        within = found.months[-months - 1 :]
        sums.append(((months, "asked"), [("month", month) for month in within]))
        if "months by outcome" in details:
            for outcome in OUTCOMES:
                sums.append(((months, "outcome", outcome), [("month", month, outcome) for month in within]))


def _count_period(found: Counted, months: int, details: Sequence[str], counts: Numbers, sums: Sums) -> None:
    """The numbers of one period, beginning with how many months it looks back."""
    within = found.months[-months - 1 :]
    kinds = _kinds(found)
    for outcome in OUTCOMES:
        counts[months, "outcome", outcome] = sum(found.asks[month, kind, outcome] for month in within for kind in kinds)
    _total((months, "asked"), [(months, "outcome", outcome) for outcome in OUTCOMES], counts, sums)
    if "whys" in details:
        for why in WHYS:
            counts[months, "why", why] = sum(found.whys[month, why] for month in within)
        sums.append(((months, "outcome", "not_met"), [(months, "why", why) for why in WHYS]))
    if "causes" in details:
        causes = sorted({cause for _month, cause in found.causes})
        for cause in causes:
            counts[months, "cause", cause] = sum(found.causes[month, cause] for month in within)
        _total((months, "told"), [(months, "cause", cause) for cause in causes], counts, sums)
    if "kinds" in details:
        for kind in kinds:
            counts[months, "kind", kind] = sum(
                found.asks[month, kind, outcome] for month in within for outcome in OUTCOMES
            )
        sums.append(((months, "asked"), [(months, "kind", kind) for kind in kinds]))
        if "kinds by outcome" in details:
            for kind in kinds:
                for outcome in OUTCOMES:
                    counts[months, "kind", kind, outcome] = sum(found.asks[month, kind, outcome] for month in within)
                sums.append(((months, "kind", kind), [(months, "kind", kind, outcome) for outcome in OUTCOMES]))
            for outcome in OUTCOMES:
                sums.append(((months, "outcome", outcome), [(months, "kind", kind, outcome) for kind in kinds]))


def _total(key: Any, parts: list[Any], counts: Numbers, sums: Sums) -> None:
    counts[key] = sum(counts[part] for part in parts)
    sums.append((key, parts))


def _kinds(found: Counted) -> list[int]:
    return sorted({kind for _month, kind, _stood in found.asks})


def _figures(network: Network, found: Counted, shown: Mapping[Any, int | None], months: int) -> Figures:
    within = found.months[-months - 1 :]
    met, half = queries.median_wait(network, since=within[0], until=found.until)
    outcomes = {outcome: shown[months, "outcome", outcome] for outcome in OUTCOMES}
    # Half of a handful is a few people: a median needs twice as many as a count, and a count that may be told.
    half_is_told = outcomes["met"] is not None and met >= 2 * network.hide_below
    kinds = (
        Row(
            key=kind,
            total=shown.get((months, "kind", kind)),
            cells=tuple(shown.get((months, "kind", kind, outcome)) for outcome in OUTCOMES),
        )
        for kind in _kinds(found)
    )
    by_month = (
        Row(
            key=month,
            total=shown.get(("month", month)),
            cells=tuple(shown.get(("month", month, outcome)) for outcome in OUTCOMES),
        )
        for month in within
    )
    causes = [(key, shown.get((months, "cause", key))) for key in sorted({cause for _month, cause in found.causes})]
    return Figures(
        months=months,
        since=within[0],
        last=(found.until - timedelta(days=1)).astimezone(network.zone).date(),
        asked=shown[months, "asked"],
        outcomes=outcomes,
        by_category=_with_something(kinds),
        by_month=_with_something(by_month),
        whys=_told_of((why, shown.get((months, "why", why))) for why in WHYS),
        told=shown.get((months, "told")),
        causes=_told_of(causes),
        half_met_within=half if half_is_told else None,
    )


def _told_of(numbers: Iterable[tuple[Any, int | None]]) -> tuple[tuple[Any, int | None], ...]:
    """What there is to tell of a list: nothing where all of it is hidden or nought."""
    told = tuple((key, count) for key, count in numbers if count != 0)
    return told if any(count is not None for _key, count in told) else ()


def _with_something(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(row for row in rows if row.total != 0)
