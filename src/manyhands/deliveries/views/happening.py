"""The desk says what happened to a plan, sees what would change for whom, and then makes it so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from manyhands.deliveries import otherwise, queries, rules
from manyhands.deliveries.models import Plan, Run
from manyhands.deliveries.otherwise import Otherwise, moment
from manyhands.deliveries.reasons import Names, Told
from manyhands.deliveries.views import showing
from manyhands.deliveries.views.plans import found, person
from manyhands.exchange.models import Ask
from manyhands.kernel import routing
from manyhands.kit.again import may_repeat
from manyhands.kit.refusals import Refused
from manyhands.networks.here import NetworkRequest, for_role
from manyhands.networks.states import Role

# A page stays light enough for a bad line.
ASKS_OFFERED = 40
CHANGES_SHOWN = 60


@require_http_methods(["GET", "HEAD", "POST"])
@may_repeat  # it takes long; the mark of what was shown sees to it that it is done once
@for_role(Role.DISPATCHER)
def happening(request: NetworkRequest, plan: Any) -> HttpResponse:
    """Someone dropped out, something came in: what would change, before it does. Only making it so is posted."""
    this, now = found(request, plan), timezone.now()
    said = _said(request, this)
    status = 200
    if request.method == "POST":
        if _is_made_so(request, this, said, now=now):
            messages.success(request, _("So it is. Nobody was told anything yet."))
            return redirect("deliveries:plan", request.network.slug, this.pk)
        status = 409
        this = found(request, plan)  # as whoever came in between left it
        said = _said(request, this)
    why_not = rules.why_not_change(person(request), this)
    if why_not is None and "look" in request.GET and not said.is_something:
        messages.warning(request, _("Say first who dropped out or what came in."))
        status = 400
    seen = None
    if why_not is None and said.is_something:
        seen = otherwise.look(this, without=said.without, added=said.added, now=now)
    return render(
        request,
        "deliveries/happening.html",
        {
            "plan": this,
            "why_not": why_not,
            "runs": [(run, showing.name_of(run), str(run.pk) in said.without) for run in said.runs],
            "offered": [(ask, ask in said.added) for ask in said.offered],
            "seen": seen,
            "lines": _lines(seen, said.runs) if seen is not None else [],
            "more": max(0, len(_changes(seen)) - CHANGES_SHOWN) if seen is not None else 0,
            "sums": _sums(seen) if seen is not None else [],
        },
        status=status,
    )


@dataclass(frozen=True)
class _Said:
    """What may be said to have happened, and what was: whose runs are gone, which asks came in."""

    runs: list[Run]
    offered: list[Ask]
    without: set[str]
    added: list[Ask]

    @property
    def is_something(self) -> bool:
        return bool(self.without or self.added)


def _said(request: NetworkRequest, this: Plan) -> _Said:
    chosen = request.POST if request.method == "POST" else request.GET
    runs = list(queries.runs_in(this))
    offered = list(queries.to_add(this, request.user)[:ASKS_OFFERED])
    codes = set(chosen.getlist("ask"))
    return _Said(
        runs,
        offered,
        {str(run.pk) for run in runs} & set(chosen.getlist("run")),
        [ask for ask in offered if ask.code in codes],
    )


def _is_made_so(request: NetworkRequest, this: Plan, said: _Said, *, now: datetime) -> bool:
    """Whether it is as was asked for: it was made so now, or the same form did it before. Else a message says why."""
    mark = request.POST.get("mark", "")
    try:
        if otherwise.is_made(this, mark) or (
            said.is_something
            and otherwise.take(this, without=said.without, added=said.added, mark=mark, by=person(request), now=now)
        ):
            return True
    except Refused as no:
        messages.error(request, str(no))
        return False
    if otherwise.is_made(found(request, this.pk), mark):  # while this one was being worked out
        return True
    messages.warning(request, _("Things have moved meanwhile. Look once more at what would change."))
    return False


@dataclass(frozen=True)
class Line:
    """What changes for one ask: who came and who comes, when, and why nobody does any more."""

    code: str
    kind: str
    tone: str
    who_before: str
    who_now: str
    before: datetime | None
    now: datetime | None
    told: Told | None = None


def _changes(seen: Otherwise) -> list[tuple[str, str, routing.Change]]:
    changes = seen.changes
    return [
        *((_("not reached any more"), "stuck", change) for change in changes.dropped),
        *((_("someone else comes"), "wait", change) for change in changes.moved),
        *((_("another time"), "wait", change) for change in changes.retimed),
        *((_("new in a run"), "good", change) for change in changes.added),
    ]


def _lines(seen: Otherwise, runs: Sequence[Run]) -> list[Line]:
    names = Names(runs)
    who = {str(run.pk): showing.name_of(run) for run in runs}
    reasons = seen.found.plan.reason_of
    return [
        Line(
            code=change.stop_id,
            kind=kind,
            tone=tone,
            who_before=who.get(change.helper_before or "", ""),
            who_now=who.get(change.helper_now or "", ""),
            before=moment(change.start_before),
            now=moment(change.start_now),
            told=names.say(reasons[change.stop_id]) if change.stop_id in reasons else None,
        )
        for kind, tone, change in _changes(seen)[:CHANGES_SHOWN]
    ]


def _sums(seen: Otherwise) -> list[tuple[str, str, str]]:
    before, then = seen.before, seen.found.plan
    return showing.side_by_side(before, then, left=(len(before.unserved), len(then.unserved)))
