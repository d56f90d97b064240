"""A helper's run: opened by its link without a password, or by signing in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from manyhands.deliveries import actions, queries
from manyhands.deliveries.models import Run, Stop
from manyhands.deliveries.reasons import language_name
from manyhands.deliveries.states import RunState
from manyhands.deliveries.views.desk_runs import say_dropped, say_taken_up
from manyhands.deliveries.views.showing import hidden, lines, points, see_stops, shown
from manyhands.exchange import queries as exchange
from manyhands.exchange.states import OUTCOME_LEADS_TO, AskState, Outcome
from manyhands.kit.refusals import NotHere, Refused
from manyhands.networks.here import NetworkRequest, for_role, set_network
from manyhands.networks.states import Role, Standing
from manyhands.privacy import actions as privacy
from manyhands.privacy.states import Why

GOOD = [outcome for outcome in Outcome if OUTCOME_LEADS_TO[outcome] == AskState.MET]
OTHERWISE = [outcome for outcome in Outcome if outcome not in GOOD]


@dataclass(frozen=True)
class Card:
    """One stop as the helper sees it. The door and how to reach them are there only while it is to do."""

    stop: Stop
    is_next: bool
    shown: privacy.Shown

    @property
    def who(self) -> str:
        if self.shown.held_back:
            return _("a neighbour")
        asking = self.stop.ask.asking
        return asking.for_name or asking.asked_by.short_name or _("a neighbour")

    @property
    def asked_by(self) -> str:
        """Who asked for them, where that is someone else."""
        asking = self.stop.ask.asking
        return asking.asked_by.short_name if asking.for_name and not self.shown.held_back else ""

    @property
    def language(self) -> str:
        return language_name(self.stop.ask.language) if self.stop.ask.language else ""

    @property
    def directions(self) -> str:
        """A link the phone's own map opens; no map on the web is told where we go."""
        if not self.shown.is_on_map:
            return ""
        spot = f"{self.shown.lat:.6f},{self.shown.lon:.6f}"
        return f"geo:{spot}?q={spot}"


def run(request: HttpRequest, token: str) -> HttpResponse:
    """A run by its private link. A link that is wrong, over or closed is not there."""
    this = queries.run_behind(token, now=timezone.now())
    if this is None:
        raise NotHere
    set_network(request, this.network)
    response = _ride(request, this, reverse("deliveries:run", args=[token]))
    # The address itself is the key.
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


@for_role(Role.HELPER)
def my_run(request: NetworkRequest, run: Any) -> HttpResponse:
    """The same for the helper who is signed in, as long as the run is not over."""
    helper = exchange.helper_of(request.user, request.network)
    this = None if helper is None else queries.runs_of(helper, now=timezone.now()).filter(pk=run).first()
    if this is None:
        raise NotHere
    return _ride(request, this, reverse("deliveries:my_run", args=[request.network.slug, this.pk]))


@for_role(Role.HELPER)
def my_runs(request: NetworkRequest) -> HttpResponse:
    """A helper's runs."""
    helper = exchange.helper_of(request.user, request.network)
    context: dict[str, Any] = {"runs": [], "past": []}
    if helper is not None and helper.membership.standing == Standing.ACTIVE:
        context = {
            "runs": queries.runs_of(helper, now=timezone.now()),
            "past": queries.past_runs_of(helper)[:10],
        }
    return render(request, "deliveries/my_runs.html", context)


def _ride(request: HttpRequest, this: Run, here: str) -> HttpResponse:
    if request.method == "POST":
        try:
            over = _do(request, this)
        except Refused as no:
            messages.error(request, str(no))
        else:
            if over:
                return render(request, "deliveries/run_over.html", {"run": this})
        return redirect(here)
    stops = queries.stops_of(this)
    left = [stop for stop in stops if stop.is_to_do]
    doors = see_stops(left, why=Why.RUN, by=this.helper.membership.person, network=this.network, now=timezone.now())
    # What is done or gone is nobody's way any more, so the map does not show where it was.
    ahead = shown([this], left)[0]
    return render(
        request,
        "deliveries/run.html",
        {
            "run": this,
            "cards": [
                Card(stop, bool(left) and stop.pk == left[0].pk, doors.get(stop.pk, privacy.NOTHING))
                for stop in stops
                if not stop.is_gone
            ],
            "left": len(left),
            "done": sum(stop.is_done for stop in stops),
            "visible": sum(not stop.is_gone for stop in stops),
            "good": GOOD,
            "otherwise": OTHERWISE,
            "points": points([ahead], without=hidden(doors)),
            "lines": lines([ahead], without=hidden(doors), network=this.network),
            "is_dropped": this.state == RunState.DROPPED,
            "is_under_way": this.state == RunState.UNDER_WAY,
            "here": here,
        },
    )


def _do(request: HttpRequest, this: Run) -> bool:
    """What was pressed, done as the helper whose run it is. Says whether the run is over."""
    by, now = this.helper.membership.person, timezone.now()
    match request.POST.get("do", ""):
        case "set_out":
            actions.set_out(this, by=by, now=now)
        case "finish":
            actions.finish_run(this, by=by, now=now)
            return True
        case "drop":
            messages.success(request, say_dropped(actions.drop_run(this, by=by, now=now)))
        case "take_up":
            say_taken_up(request, *actions.take_run_up_again(this, by=by, now=now))
        case "undo":
            actions.unmark_stop(this, _stop(request, this), by=by, now=now)
        case "hand_back":
            stop = actions.hand_back_stop(this, _stop(request, this), by=by, now=now)
            messages.success(request, _("%(code)s is ready for someone else now.") % {"code": stop.ask.code})
        case _:
            stop = _stop(request, this)
            outcome = request.POST.get("outcome", "")
            actions.mark_stop(this, stop, outcome=outcome, note=request.POST.get("note", "")[:500], by=by, now=now)
    return False


def _stop(request: HttpRequest, this: Run) -> Stop:
    typed = request.POST.get("stop", "")
    stops = queries.stops_of(this) if typed.isdecimal() else []
    for stop in stops:
        if str(stop.pk) == typed:
            return stop
    raise Refused(_("This stop is not in this run any more."))
