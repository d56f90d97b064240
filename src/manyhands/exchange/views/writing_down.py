"""Writing down what someone asks for or offers over the phone."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from manyhands.exchange import actions, queries
from manyhands.exchange.forms.writing_down import WriteDownAskForm, WriteDownOfferForm
from manyhands.exchange.models import Asking
from manyhands.exchange.views.desk import dispatcher
from manyhands.kit.refusals import Refused
from manyhands.networks.here import NetworkRequest, for_role
from manyhands.networks.states import Role


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_role(Role.DISPATCHER)
def desk_ask(request: NetworkRequest) -> HttpResponse:
    """Write down an ask, or several linked ones, for someone on the phone. It is ready at once."""
    network, now = request.network, timezone.now()
    form = WriteDownAskForm(request.POST if request.method == "POST" else None, network=network, now=now)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                asking = actions.post_asking(
                    network=network,
                    needs=form.needs_told(),
                    **form.told(),
                    source=Asking.Source.DESK,
                    by=dispatcher(request),
                    now=now,
                )
                if form.cleaned_data["repeat"] is not None and asking.made_at == now:
                    actions.repeat_asking(asking, weekday=form.cleaned_data["repeat"], by=dispatcher(request), now=now)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            codes = [ask.code for ask in queries.asks_of(asking)]
            messages.success(
                request,
                ngettext("Written down. The code is %(codes)s.", "Written down. The codes are %(codes)s.", len(codes))
                % {"codes": ", ".join(codes)},
            )
            return redirect("exchange:ask_page", network.slug, codes[0])
    status = 400 if form.is_bound else 200
    return render(request, "exchange/desk_ask.html", {"form": form}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_role(Role.DISPATCHER)
def desk_offer(request: NetworkRequest) -> HttpResponse:
    """Write down an offer for someone on the phone."""
    network, now = request.network, timezone.now()
    form = WriteDownOfferForm(request.POST if request.method == "POST" else None, network=network, now=now)
    if request.method == "POST" and form.is_valid():
        try:
            offer = actions.post_offer(network=network, by=dispatcher(request), now=now, **form.told())
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Written down. The code is %(code)s.") % {"code": offer.code})
            return redirect("exchange:offer_page", network.slug, offer.code)
    status = 400 if form.is_bound else 200
    return render(request, "exchange/offers_desk_write.html", {"form": form}, status=status)
