"""One run of a plan, as the desk sees it: how it goes, and putting its stops back when someone drops out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from manyhands.deliveries import actions, queries, rules
from manyhands.deliveries.views import showing
from manyhands.deliveries.views.plans import found, link_of, person
from manyhands.kit.refusals import NotHere, Refused
from manyhands.networks.here import NetworkRequest, for_role
from manyhands.networks.states import Role


@for_role(Role.DISPATCHER)
def plan_run(request: NetworkRequest, plan: Any, run: Any) -> HttpResponse:
    """One run of a plan, as the desk sees it."""
    this = found(request, plan)
    one = queries.run_in(this, run)
    if one is None:
        raise NotHere
    stops = queries.stops_of(one)
    now = timezone.now()
    each = showing.RunShown(one, stops)
    without = showing.see_map([each], stops, by=person(request), network=this.network, now=now)
    return render(
        request,
        "deliveries/plan_run.html",
        {
            "plan": this,
            "each": each,
            "run": one,
            "stops": stops,
            "late": {stop.pk for stop in stops if stop.is_late(now)},
            "link": link_of(request, one) if one.is_live and one.token_digest else "",
            "points": showing.points([each], without=without),
            "lines": showing.lines([each], without=without, network=this.network),
            "may_undo": rules.why_not_take_up_again(person(request), one, now=now) is None,
        },
    )


@for_role(Role.DISPATCHER)
@require_POST
def drop(request: NetworkRequest, plan: Any, run: Any) -> HttpResponse:
    """Someone drops out: their stops go back, in one press."""
    this = found(request, plan)
    one = queries.run_in(this, run)
    if one is None:
        raise NotHere
    try:
        codes = actions.drop_run(one, by=person(request), now=timezone.now())
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, say_dropped(codes))
    return redirect("deliveries:plan_run", request.network.slug, this.pk, one.pk)


@for_role(Role.DISPATCHER)
@require_POST
def take_up(request: NetworkRequest, plan: Any, run: Any) -> HttpResponse:
    """Undo that."""
    this = found(request, plan)
    one = queries.run_in(this, run)
    if one is None:
        raise NotHere
    try:
        back, gone = actions.take_run_up_again(one, by=person(request), now=timezone.now())
    except Refused as no:
        messages.error(request, str(no))
    else:
        say_taken_up(request, back, gone)
    return redirect("deliveries:plan_run", request.network.slug, this.pk, one.pk)


def say_dropped(codes: list[str]) -> str:
    """What went back."""
    said = ngettext(
        "%(count)d stop went back and is ready for someone else: %(codes)s. You can undo this for ten minutes.",
        "%(count)d stops went back and are ready for others: %(codes)s. You can undo this for ten minutes.",
        len(codes),
    )
    if not codes:
        return _("The run is handed back. Nothing was left to do in it.")
    return said % {"count": len(codes), "codes": ", ".join(codes)}


def say_taken_up(request: HttpRequest, back: list[str], gone: list[str]) -> None:
    """What is in the run again, and what someone else has."""
    messages.success(
        request,
        ngettext("%(count)d stop is in the run again.", "%(count)d stops are in the run again.", len(back))
        % {"count": len(back)},
    )
    if gone:
        messages.warning(
            request, _("These have moved on meanwhile and stay out: %(codes)s.") % {"codes": ", ".join(gone)}
        )
