"""Putting a network to sleep, and waking it: for stewards."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from manyhands.exchange import hibernating
from manyhands.exchange.forms.keeping import SleepForm
from manyhands.exchange.views.desk import dispatcher
from manyhands.kit.refusals import Refused
from manyhands.networks import actions as networks
from manyhands.networks.here import NetworkRequest, for_role
from manyhands.networks.states import Role
from manyhands.people.here import fresh_sign_in_required
from manyhands.privacy import actions as privacy
from manyhands.privacy import queries as seeing
from manyhands.privacy.states import Bulk


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_role(Role.STEWARD)
@fresh_sign_in_required()
def sleep(request: NetworkRequest) -> HttpResponse:
    """What sleeping means. POST asks for a second yes, and once it is there, puts the network to sleep."""
    network, by, now = request.network, dispatcher(request), timezone.now()
    is_open = seeing.is_open(by, network, Bulk.SLEEP, now=now)
    form = SleepForm(request.POST if request.method == "POST" else None, is_open=is_open)
    if request.method == "POST" and form.is_valid():
        try:
            if is_open:
                hibernating.put_to_sleep(network, note=form.cleaned_data["note"], by=by, now=now)
                return redirect("home:network", network.slug)
            privacy.ask_to_open(what=Bulk.SLEEP, network=network, reason=form.cleaned_data["reason"], by=by, now=now)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Asked. Tell someone of the desk that you wait for their yes."))
            return redirect("exchange:sleep", network.slug)
    why_not = hibernating.why_not_sleep(by, network, is_open=True)
    context = {"form": form, "is_open": is_open, "why_not": why_not if network.asleep_since is None else None}
    return render(request, "exchange/sleep.html", context, status=400 if form.errors else 200)


@require_POST
@for_role(Role.STEWARD)
@fresh_sign_in_required()
def wake(request: NetworkRequest) -> HttpResponse:
    """Wake the network."""
    networks.wake(request.network, by=dispatcher(request), now=timezone.now())
    messages.success(request, _("Good morning. Everything is as it was set; now invite people again."))
    return redirect("home:network", request.network.slug)
