"""What is forgotten here and when, and what the law demands to be kept: for stewards."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from manyhands.exchange.forms.keeping import HoldForm, KeepingForm
from manyhands.exchange.views.desk import dispatcher
from manyhands.kit.refusals import NotHere, Refused
from manyhands.kit.versions import saving, status_of
from manyhands.networks.here import NetworkRequest, for_role
from manyhands.networks.states import Role
from manyhands.people.here import fresh_sign_in_required
from manyhands.privacy import actions as privacy
from manyhands.privacy import queries


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_role(Role.STEWARD)
@saving
def keeping(request: NetworkRequest) -> HttpResponse:
    """How long things are kept. POST sets it."""
    form = KeepingForm(request.POST or None, instance=queries.keeping_of(request.network))
    if request.method == "POST" and form.is_valid():
        try:
            privacy.keep(request.network, by=dispatcher(request), now=timezone.now(), **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Saved."))
            return redirect("exchange:keeping", request.network.slug)
    return _show(request, form=form, status=status_of(form))


@require_POST
@for_role(Role.STEWARD)
@fresh_sign_in_required()
def hold(request: NetworkRequest) -> HttpResponse:
    """Keep something the law demands."""
    form, now = HoldForm(request.POST, network=request.network, today=_today(request)), timezone.now()
    if form.is_valid():
        try:
            privacy.hold(request.network, by=dispatcher(request), now=now, **form.told())
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Kept from now on. For good once a second one of the desk says yes."))
            return redirect("exchange:keeping", request.network.slug)
    return _show(request, hold_form=form, status=400)


@require_POST
@for_role(Role.STEWARD)
@fresh_sign_in_required()
def release(request: NetworkRequest, key: UUID) -> HttpResponse:
    """The law demands it no more."""
    held = queries.holds_of(request.network).filter(pk=key).first()
    if held is None:
        raise NotHere
    privacy.release(held, by=dispatcher(request), now=timezone.now())
    messages.success(request, _("Released. What is over is forgotten within a day."))
    return redirect("exchange:keeping", request.network.slug)


def _today(request: NetworkRequest) -> date:
    return timezone.now().astimezone(request.network.zone).date()


def _show(
    request: NetworkRequest, *, form: KeepingForm | None = None, hold_form: HoldForm | None = None, status: int = 200
) -> HttpResponse:
    network, today, now = request.network, _today(request), timezone.now()
    in_force = set(queries.holds_in_force(now=now).filter(network=network).values_list("pk", flat=True))
    holds = list(queries.holds_of(network))
    context = {
        "form": form or KeepingForm(instance=queries.keeping_of(network)),
        "hold_form": hold_form or HoldForm(network=network, today=today),
        "holds": [(each, each.review_on <= today) for each in holds if each.pk in in_force],
        "over": [each for each in holds if each.pk not in in_force],
    }
    return render(request, "exchange/keeping.html", context, status=status)
