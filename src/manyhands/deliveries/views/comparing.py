"""The desk lays two plans of one evening side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from manyhands.deliveries import comparing, queries
from manyhands.deliveries.comparing import AsPlanned
from manyhands.deliveries.forms import CompareForm
from manyhands.deliveries.models import Plan
from manyhands.deliveries.otherwise import moment
from manyhands.deliveries.reasons import Names
from manyhands.deliveries.views import showing
from manyhands.networks.here import NetworkRequest, for_role
from manyhands.networks.states import Role

# A page stays light enough for a bad line.
PLANS_OFFERED = 60
DIFFERENCES_ON_A_PAGE = 40
HELPERS_SHOWN = 100


@require_safe
@for_role(Role.DISPATCHER)
def compare(request: NetworkRequest) -> HttpResponse:
    """Choose two plans of one evening, and see how they differ. With one chosen, its newest other is beside it."""
    those = queries.to_compare(request.user, request.network)
    plans = list(those[:PLANS_OFFERED])
    said = {name: request.GET[name] for name in ("one", "other") if name in request.GET}
    named = those.in_bulk([key for key in map(queries.key_of, said.values()) if key is not None])
    plans += [this for this in named.values() if this not in plans]
    one = named.get(queries.key_of(said.get("one", "")))
    if one is not None and "other" not in said:
        newest = queries.to_compare(request.user, request.network, beside=one)[0]
        said["other"] = str(newest.pk)
        plans += [newest] if newest not in plans else []
    form = CompareForm(said or None, plans=plans)
    context = {"form": form, "any": bool(plans)}
    if form.is_valid():
        context |= _differences(request, form.cleaned_data["one"], form.cleaned_data["other"])
    return render(request, "deliveries/compare.html", context)


@dataclass(frozen=True)
class Line:
    """One ask that the two plans treat differently: who comes and when in each, or why nobody does."""

    code: str
    kind: str
    tone: str
    who: tuple[str, str]
    at: tuple[datetime | None, datetime | None]
    why: tuple[str, str]


@dataclass(frozen=True)
class Helped:
    """One helper: minutes and stops in each plan, None where they have no run."""

    name: str
    one: tuple[int, int] | None
    other: tuple[int, int] | None


def _differences(request: NetworkRequest, first: Plan, second: Plan) -> dict[str, object]:
    one, other = comparing.as_planned(first), comparing.as_planned(second)
    helpers = comparing.helpers_in((one, other))
    who = {key: showing.name_of(run) for key, run in helpers.items()}
    changes = comparing.what_differs(one, other)
    kinds = [
        *((_("only in the first"), "stuck", change) for change in changes.dropped),
        *((_("only in the second"), "good", change) for change in changes.added),
        *((_("someone else comes"), "wait", change) for change in changes.moved),
        *((_("another time"), "wait", change) for change in changes.retimed),
    ]
    page = Paginator(kinds, DIFFERENCES_ON_A_PAGE).get_page(request.GET.get("page"))
    why = _why_nobody(one), _why_nobody(other)
    in_one, in_other = comparing.minutes_of(one), comparing.minutes_of(other)
    helped = sorted(
        (Helped(name, in_one.get(key), in_other.get(key)) for key, name in who.items()), key=lambda each: each.name
    )
    return {
        "one": first,
        "other": second,
        "page": page,
        "lines": [
            Line(
                code=change.stop_id,
                kind=kind,
                tone=tone,
                who=(who.get(change.helper_before or "", ""), who.get(change.helper_now or "", "")),
                at=(moment(change.start_before), moment(change.start_now)),
                why=(why[0].get(change.stop_id, not_in_it()), why[1].get(change.stop_id, not_in_it())),
            )
            for kind, tone, change in page.object_list
        ],
        "sums": showing.side_by_side(
            one.seen,
            other.seen,
            left=(len(one.stops) - one.seen.served, len(other.stops) - other.seen.served),
        ),
        "helped": helped[:HELPERS_SHOWN],
        "more_helpers": max(0, len(helped) - HELPERS_SHOWN),
    }


def not_in_it() -> str:
    """Said of an ask that only the other plan knows."""
    return _("was not in this plan")


def _why_nobody(plan: AsPlanned) -> dict[str, str]:
    names = Names(plan.runs, plan.stops)
    return {stop.ask.code: names.tell(stop.reason).why for stop in plan.stops if stop.run_id is None}
