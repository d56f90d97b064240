"""Extra care for somebody who would be in danger if found: switched on, and off, behind their private link."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from manyhands.exchange import queries
from manyhands.exchange.forms.care import CareForm
from manyhands.exchange.models import Asking, Offer
from manyhands.exchange.views.private_links import behind_asking_link, behind_offer_link
from manyhands.networks.models import Network
from manyhands.people.models import Person
from manyhands.privacy import actions as privacy
from manyhands.privacy import queries as seeing


@require_http_methods(["GET", "POST"])
@behind_asking_link
def care_of_asker(request: HttpRequest, asking: Asking) -> HttpResponse:
    """For whoever holds the link of what they asked for."""
    back = reverse("exchange:asking", args=[queries.asking_token(asking)])
    return _care(request, asking.asked_by, asking.network, back=back)


@require_http_methods(["GET", "POST"])
@behind_offer_link
def care_of_giver(request: HttpRequest, offer: Offer) -> HttpResponse:
    """For whoever holds the link of what they offered."""
    back = reverse("exchange:given", args=[queries.offer_token(offer)])
    return _care(request, offer.offered_by, offer.network, back=back)


def _care(request: HttpRequest, person: Person, network: Network, *, back: str) -> HttpResponse:
    form, now = CareForm(request.POST if request.method == "POST" else None), timezone.now()
    if request.method == "POST" and request.POST.get("do") == "off":
        privacy.end_care(person, network=network, by=person, now=now)
        messages.success(request, _("Saved."))
        return redirect(back)
    if request.method == "POST" and form.is_valid():
        privacy.take_care(person, network=network, by=person, now=now, word=form.cleaned_data["word"])
        messages.success(request, _("Saved."))
        return redirect(request.path)
    context = {"form": form, "care": seeing.care_of(person, network), "back": back}
    return render(request, "exchange/care.html", context, status=400 if form.errors else 200)
