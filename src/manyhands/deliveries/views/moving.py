"""The desk moves a stop by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from manyhands.deliveries import planning, queries, rules, settling
from manyhands.deliveries.forms import MoveForm
from manyhands.deliveries.models import Stop
from manyhands.deliveries.reasons import Names
from manyhands.deliveries.states import NEVER
from manyhands.deliveries.views import showing
from manyhands.deliveries.views.plans import found, person
from manyhands.kit.refusals import NotHere, Refused
from manyhands.kit.versions import saving
from manyhands.networks.here import NetworkRequest, for_role
from manyhands.networks.states import Role


@for_role(Role.DISPATCHER)
@saving
def move(request: NetworkRequest, plan: Any, stop: int) -> HttpResponse:
    """Move a stop: choose where to, see what it would break, do it. Dragging sends the same form."""
    this = found(request, plan)
    moved = queries.stop_in(this, stop)
    if moved is None:
        raise NotHere
    runs = list(queries.runs_in(this))
    form = MoveForm(
        request.POST if request.method == "POST" else None,
        runs=[("", _("no run: take it out"))] + [(str(run.pk), showing.name_of(run)) for run in runs],
        initial={"run": str(moved.run_id or ""), "position": moved.position or 1},
    )
    names = Names(runs)
    asked: list[str] = []
    if request.method == "POST" and form.is_valid():
        elsewhere = _moved_meanwhile(request, moved)
        try:
            made = _move(request, moved, form, is_elsewhere=bool(elsewhere))
        except _AskFirst as first:
            asked = elsewhere + [names.say(reason).why for reason in first.move.breaks]
        except Refused as no:
            form.add_error(None, str(no))
        else:
            _tell(request, moved, made, names)
            return redirect("deliveries:plan", request.network.slug, this.pk)
    why_not = rules.why_not_change(person(request), this)
    rooms = [] if why_not or asked else settling.rooms_for(planning.evening(this, now=timezone.now()), moved)
    return render(
        request,
        "deliveries/move.html",
        {
            "plan": this,
            "stop": moved,
            "form": form,
            "rooms": [(room, showing.name_of(room.run)) for room in rooms],
            "asked": asked,
            "why_not": why_not,
        },
        status=200 if not asked else 409,
    )


class _AskFirst(Exception):
    """The move breaks a rule about people, or the stop is not where it was, and has to be asked about."""

    def __init__(self, move: settling.Move) -> None:
        super().__init__()
        self.move = move


def _moved_meanwhile(request: NetworkRequest, moved: Stop) -> list[str]:
    """What someone else did with the stop since the page was shown that this was sent from."""
    if request.POST.get("stood", moved.stood) == moved.stood:
        return []
    if moved.run is None:
        return [_("Someone else took %(code)s out of its run meanwhile.") % {"code": moved.ask.code}]
    where = {"code": moved.ask.code, "position": moved.position, "name": showing.name_of(moved.run)}
    return [_("Someone else moved %(code)s meanwhile: it is now stop %(position)d of %(name)s.") % where]


def _move(request: NetworkRequest, moved: Stop, form: MoveForm, *, is_elsewhere: bool) -> settling.Move:
    now = timezone.now()
    run = queries.run_in(moved.plan, form.cleaned_data["run"]) if form.cleaned_data["run"] else None
    position = form.cleaned_data["position"] or 1
    # A yes was given to what the page showed; where the stop has moved since, it is asked for again.
    confirmed = request.POST.get("confirmed") == "yes" and not is_elsewhere
    no = rules.why_not_put(person(request), moved, run)
    if not confirmed and no is None:
        price = settling.price(planning.evening(moved.plan, now=now), moved, run, position)
        is_possible = not NEVER.intersection(str(reason.code) for reason in price.breaks)
        if is_possible and (is_elsewhere or price.asks_first):
            raise _AskFirst(price)
    return settling.move_stop(
        moved,
        run=run,
        position=position,
        confirmed=confirmed,
        by=person(request),
        now=now,
    )


def _tell(request: NetworkRequest, moved: Stop, made: settling.Move, names: Names) -> None:
    if made.run is None:
        messages.success(request, _("%(code)s is in no run now.") % {"code": moved.ask.code})
        return
    more = ngettext("%(count)d minute more on the way.", "%(count)d minutes more on the way.", made.added_minutes)
    said = _("%(code)s is now stop %(position)d of %(name)s, and stays there when you plan again.") % {
        "code": moved.ask.code,
        "position": made.position,
        "name": showing.name_of(made.run),
    }
    messages.success(request, f"{said} {more % {'count': made.added_minutes}}")
    for reason in made.breaks:
        messages.warning(request, names.say(reason).why)
