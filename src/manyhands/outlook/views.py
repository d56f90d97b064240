"""The public figures, as a page and as a table to take away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET

from manyhands.exchange.states import WhyNotMet
from manyhands.kernel.sheets.writing import write_csv
from manyhands.networks.here import NetworkRequest
from manyhands.networks.models import Network
from manyhands.outlook import figures, queries
from manyhands.outlook.figures import PERIODS, Figures
from manyhands.outlook.queries import OUTCOMES

KEPT_SECONDS = 24 * 60 * 60
OUTCOME_NAMES: dict[str, Any] = {
    "met": gettext_lazy("Met"),
    "partly_met": gettext_lazy("Partly met"),
    "not_met": gettext_lazy("Could not be met"),
    "signposted": gettext_lazy("Passed on to others"),
    "expired": gettext_lazy("Expired unmet"),
    "withdrawn": gettext_lazy("Taken back"),
    "open": pgettext_lazy("asks", "Still open"),
}
TONES = {
    "met": "good",
    "partly_met": "calm",
    "not_met": "stuck",
    "signposted": "move",
    "expired": "stuck",
    "open": "wait",
}


def _published(network: Network) -> dict[int, Figures]:
    """Worked out once a day, as the numbers change only at midnight; and again when the steward changes the rule."""
    now = timezone.now()
    day = now.astimezone(network.zone).date()
    key = f"outlook.figures:{network.pk}:{day.isoformat()}:{network.hide_below}:{network.time_zone}"
    found: dict[int, Figures] | None = cache.get(key)
    if found is None:
        found = figures.published(network, now=now)
        cache.set(key, found, KEPT_SECONDS)
    return found


def _period(request: NetworkRequest) -> int:
    asked = request.GET.get("months", "")
    return int(asked) if asked in {str(months) for months in PERIODS} else PERIODS[0]


@require_GET
def figures_page(request: NetworkRequest) -> HttpResponse:
    """What was asked, what was met, what was not and why: for everyone, and without anyone in it."""
    network, months = request.network, _period(request)
    found = _published(network)[months]
    kinds, causes = queries.category_names(network), queries.cause_names(network)
    parts = [(OUTCOME_NAMES[name], found.outcomes[name], TONES.get(name, "over")) for name in OUTCOMES]
    return render(
        request,
        "outlook/figures.html",
        {
            "figures": found,
            "periods": [(each, _looking_back(each), each == months) for each in PERIODS],
            "outcomes": parts,
            "outcome_names": [OUTCOME_NAMES[name] for name in OUTCOMES],
            "parts": [part for part in parts if part[1]] if all(part[1] is not None for part in parts) else [],
            "by_category": [(*kinds.get(row.key, ("", "")), row.total, row.cells) for row in found.by_category],
            "by_month": [(date_format(row.key, "YEAR_MONTH_FORMAT"), row.total, row.cells) for row in found.by_month],
            "whys": [(_why_said(why), count) for why, count in found.whys],
            "causes": [(causes.get(key, ""), count) for key, count in found.causes],
            "half_met_within": _wait_said(found.half_met_within) if found.half_met_within is not None else "",
            "hide_below": network.hide_below,
        },
    )


def _looking_back(months: int) -> str:
    return ngettext("Last month and this", "Last %(months)d months and this", months) % {"months": months}


def _why_said(why: str) -> str:
    return str(WhyNotMet(why).label) if why in WhyNotMet.values else _("not said")


def _wait_said(wait: timedelta) -> str:
    """Rounded up so that it tells of no single visit: to six hours below two days, to days above."""
    hours = -(-wait // timedelta(hours=6)) * 6 or 6
    if hours <= 48:
        return ngettext("%(hours)d hour", "%(hours)d hours", hours) % {"hours": hours}
    days = -(-wait // timedelta(days=1))
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


@require_GET
def figures_csv(request: NetworkRequest) -> HttpResponse:
    """The same figures as a spreadsheet. What the page hides is hidden here."""
    months = _period(request)
    found = _published(request.network)[months]
    content = write_csv([_("Table"), _("What"), _("Outcome"), _("Number")], list(_lines(request.network, found)))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    name = f"{request.network.slug}-{found.since.isoformat()}-{found.last.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _lines(network: Network, found: Figures) -> Iterator[list[str | float]]:
    kinds, causes = queries.category_names(network), queries.cause_names(network)
    everything, hidden = _("Everything"), _("hidden")

    def number(count: int | None) -> str | float:
        return hidden if count is None else count

    yield [everything, "", _("Asked"), number(found.asked)]
    for name in OUTCOMES:
        yield [everything, "", str(OUTCOME_NAMES[name]), number(found.outcomes[name])]
    tables = [
        (_("By kind of need"), [(kinds.get(row.key, ("",))[0], row) for row in found.by_category]),
        (_("By month"), [(row.key.strftime("%Y-%m"), row) for row in found.by_month]),
    ]
    for table, rows in tables:
        for what, row in rows:
            yield [table, what, _("Asked"), number(row.total)]
            for name, count in zip(OUTCOMES, row.cells, strict=True):
                yield [table, what, str(OUTCOME_NAMES[name]), number(count)]
    for why, count in found.whys:
        yield [_("Why it could not be met"), _why_said(why), "", number(count)]
    for cause, count in found.causes:
        yield [_("What lay behind it"), causes.get(cause, ""), "", number(count)]
