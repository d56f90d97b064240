"""The desk looks at a plan, changes it, and publishes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from manyhands.deliveries import actions, planning, queries, rules, settling
from manyhands.deliveries.models import Plan, Run, Stop
from manyhands.deliveries.reasons import Names
from manyhands.deliveries.states import NEVER, PlanState
from manyhands.deliveries.views import showing
from manyhands.kit.refusals import Refused
from manyhands.networks.here import NetworkRequest, for_role
from manyhands.networks.states import Role
from manyhands.people.models import Person

# Up to so many stops stand on the plan's own page, side by side; larger plans have a page for each run.
STOPS_SIDE_BY_SIDE = 40
# A page stays light enough for a bad line.
RUNS_ON_A_PAGE = 20
UNSERVED_BESIDE_RUNS = 8
UNSERVED_ON_A_PAGE = 30
LINKS_ON_A_PAGE = 20
# Beyond this many stops the map shows only the ways; each run's own page has its stops.
STOPS_ON_THE_MAP = 60


def person(request: HttpRequest) -> Person:
    """Who is signed in; only behind a door that lets nobody else through."""
    return cast(Person, request.user)


def found(request: NetworkRequest, key: Any) -> Plan:
    """The plan with this key, if it is theirs to see."""
    return get_object_or_404(queries.visible_to(request.user, request.network), pk=key)


@for_role(Role.DISPATCHER)
def plans(request: NetworkRequest) -> HttpResponse:
    """Every plan, the newest first, and what is on the road now."""
    listed = Paginator(queries.with_counts(queries.visible_to(request.user, request.network)), 30)
    return render(
        request,
        "deliveries/plans.html",
        {
            "page": listed.get_page(request.GET.get("page")),
            "tonight": queries.tonight(request.network, request.user, now=timezone.now()),
        },
    )


@for_role(Role.DISPATCHER)
def plan(request: NetworkRequest, plan: Any) -> HttpResponse:
    """One plan: being planned, to look at, or published."""
    this = get_object_or_404(queries.with_another(queries.visible_to(request.user, request.network)), pk=plan)
    if this.state == PlanState.WORKING:
        return render(request, "deliveries/plan_working.html", _work(this))
    runs = list(queries.runs_in(this))
    stops = list(queries.stops_in(this))
    for stop in stops:
        stop.plan = this
    unserved = [stop for stop in stops if stop.run_id is None]
    each = showing.shown(runs, stops)
    names = Names(runs, stops)
    page = Paginator([one for one in each if one.stops], RUNS_ON_A_PAGE).get_page(request.GET.get("page"))
    listed = list(page.object_list)
    on_map = [stop for one in listed for stop in one.stops]
    crowded = sum(len(one.stops) for one in listed) > STOPS_ON_THE_MAP
    marked = ([] if crowded else on_map) + unserved[:100]
    without = showing.see_map(listed, marked, by=person(request), network=this.network, now=timezone.now())
    return render(
        request,
        "deliveries/plan.html",
        {
            "plan": this,
            "page": page,
            "runs": listed,
            "idle": [one for one in each if not one.stops],
            "side_by_side": this.state == PlanState.DRAFT and len(stops) - len(unserved) <= STOPS_SIDE_BY_SIDE,
            "numbers": showing.numbers(this),
            "parts": showing.parts(this, each),
            "points": showing.points([] if crowded else listed, unserved[:100], without=without),
            "lines": showing.lines(listed, without=without, network=this.network),
            "unserved_count": len(unserved),
            "unserved": showing.explained(unserved[:UNSERVED_BESIDE_RUNS], names),
            "broken": [names.tell(kept) for kept in this.summary.get("broken", [])],
            "recruit": [names.tell(kept) for kept in this.summary.get("recruit", [])],
            "gone": this.summary.get("gone", 0),
            "left_over": queries.left_over(this).count() if this.state == PlanState.PUBLISHED else 0,
        },
    )


@for_role(Role.DISPATCHER)
def unserved(request: NetworkRequest, plan: Any) -> HttpResponse:
    """Every ask the plan does not reach, with why and what would change it."""
    this = found(request, plan)
    page = Paginator(queries.unserved_in(this), UNSERVED_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "deliveries/unserved.html",
        {
            "plan": this,
            "page": page,
            "unserved": showing.explained(list(page.object_list), Names(queries.runs_in(this))),
        },
    )


def _work(this: Plan) -> dict[str, Any]:
    return {"plan": this, "silent": this.is_silent(timezone.now()), "asks": this.summary.get("asks", 0)}


@for_role(Role.DISPATCHER)
def progress(request: NetworkRequest, plan: Any) -> HttpResponse:
    """How far the planner is; once it is done, the plan itself."""
    this = found(request, plan)
    if this.state != PlanState.WORKING:
        return redirect("deliveries:plan", request.network.slug, this.pk)
    return render(request, "deliveries/plan_working.html", _work(this))


def _press(do: Callable[[NetworkRequest, Plan], object]) -> Callable[..., HttpResponse]:
    """A button on a plan's page: do it, or say why not, and come back to the plan."""

    @for_role(Role.DISPATCHER)
    @require_POST
    def pressed(request: NetworkRequest, plan: Any) -> HttpResponse:
        this = found(request, plan)
        try:
            do(request, this)
        except Refused as no:
            messages.error(request, str(no))
        return redirect("deliveries:plan", request.network.slug, this.pk)

    return pressed  # type: ignore[return-value]


@_press
def again(request: NetworkRequest, this: Plan) -> None:
    """Plan again without disturbing what is locked."""
    actions.plan_again(this, by=person(request), now=timezone.now())
    planning.begin(this)


@_press
def stop(request: NetworkRequest, this: Plan) -> None:
    """End the search early; the best found so far is kept."""
    actions.stop_planning(this, by=person(request), now=timezone.now())


@_press
def discard(request: NetworkRequest, this: Plan) -> None:
    """Put the plan aside."""
    actions.discard_plan(this, by=person(request), now=timezone.now())
    messages.success(request, _("The plan is put aside. Nobody was told anything."))


@_press
def check(request: NetworkRequest, this: Plan) -> None:
    """Time it anew and look at every promise once more."""
    settling.check_again(this, by=person(request), now=timezone.now())
    messages.success(request, _("Looked at again, as things stand now."))


@_press
def lock(request: NetworkRequest, this: Plan) -> None:
    """Settle a stop or a run, or free it again."""
    thing: Stop | Run | None = None
    if "stop" in request.POST:
        thing = queries.stop_in(this, request.POST["stop"])
    elif "run" in request.POST:
        thing = queries.run_in(this, request.POST["run"])
    if thing is None:
        raise Refused(_("This is not in the plan any more."))
    actions.set_lock(
        this,
        thing,
        is_locked=not thing.is_locked,
        by=person(request),
        now=timezone.now(),
    )


@for_role(Role.DISPATCHER)
def publish(request: NetworkRequest, plan: Any) -> HttpResponse:
    """Last look: what is broken as things stand now; then the runs are the helpers'."""
    this = found(request, plan)
    by = person(request)
    now = timezone.now()
    why_not = rules.why_not_move_plan(by, this, PlanState.PUBLISHED, now=now)
    if why_not is not None:
        messages.error(request, why_not)
        return redirect("deliveries:plan", request.network.slug, this.pk)
    if request.method == "POST":
        try:
            done = settling.publish(
                this,
                confirmed=request.POST.get("confirmed") == "yes",
                by=by,
                now=now,
            )
        except Refused as no:
            messages.error(request, str(no))
        else:
            _say_what_was_given(request, done)
            return redirect("deliveries:links", request.network.slug, this.pk)
    broken = settling.broken_now(this, now=now)
    names = Names(queries.runs_in(this))
    return render(
        request,
        "deliveries/publish.html",
        {
            "plan": this,
            "numbers": showing.numbers(this),
            "broken": [names.say(reason) for reason in broken],
            "never": bool(NEVER.intersection(str(reason.code) for reason in broken)),
        },
    )


def _say_what_was_given(request: NetworkRequest, done: actions.Published) -> None:
    given = ngettext("%(count)d ask is with its helper now.", "%(count)d asks are with their helpers now.", done.given)
    messages.success(request, given % {"count": done.given})
    for why in list(done.left_out.values())[:20]:
        messages.warning(request, _("Left out: %(why)s") % {"why": why})
    if len(done.left_out) > 20:
        others = ngettext("%(count)d more was left out.", "%(count)d more were left out.", len(done.left_out) - 20)
        messages.warning(request, others % {"count": len(done.left_out) - 20})


@for_role(Role.DISPATCHER)
def links(request: NetworkRequest, plan: Any) -> HttpResponse:
    """The words and the link to send to each helper."""
    this = found(request, plan)
    open_runs = [run for run in queries.runs_in(this) if run.token_digest and run.is_live]
    page = Paginator(open_runs, LINKS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "deliveries/links.html",
        {
            "plan": this,
            "page": page,
            "messages_to_send": [(run, showing.name_of(run), _message(request, run)) for run in page.object_list],
        },
    )


def _message(request: NetworkRequest, run: Run) -> str:
    said = ngettext(
        "%(name)s, your run for %(network)s: set out at %(time)s, %(count)d stop. %(link)s",
        "%(name)s, your run for %(network)s: set out at %(time)s, %(count)d stops. %(link)s",
        run.left,  # type: ignore[attr-defined]
    )
    departs = run.departs_at or run.available_from
    return said % {
        "name": run.helper.membership.person.name.split(" ")[0],
        "network": request.network.name,
        "time": departs.astimezone(request.network.zone).strftime("%H:%M"),
        "count": run.left,  # type: ignore[attr-defined]
        "link": link_of(request, run),
    }


def link_of(request: NetworkRequest, run: Run) -> str:
    """The whole address of a run's private link."""
    return request.build_absolute_uri(reverse("deliveries:run", args=[queries.run_token(run)]))
