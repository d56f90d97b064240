"""Extra care for somebody who would be in danger if found: switched on, and off, behind their private link.

A member does it under "My part"; the desk, for a helper, on the page of what they can carry.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from manyhands.exchange import queries
from manyhands.exchange.forms.care import CareForm, OpenDoorForm
from manyhands.exchange.models import Asking, Offer
from manyhands.exchange.views.desk import dispatcher
from manyhands.exchange.views.private_links import behind_asking_link, behind_offer_link
from manyhands.kit.refusals import NotHere, Refused
from manyhands.networks import queries as networks
from manyhands.networks.here import NetworkRequest, for_role
from manyhands.networks.models import Network
from manyhands.networks.states import Role
from manyhands.people.models import Person
from manyhands.privacy import actions as privacy
from manyhands.privacy import queries as seeing
from manyhands.privacy.states import Bulk


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


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_care(request: NetworkRequest) -> HttpResponse:
    """For a member, of their own address and phone; resting or waiting to be welcomed as well."""
    if request.membership is None or not isinstance(request.user, Person):
        raise NotHere
    return _care(request, request.user, request.network, back=reverse("networks:me", args=[request.network.slug]))


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
    is_member = networks.membership_of(person, network) is not None
    context = {"form": form, "care": seeing.care_of(person, network), "back": back, "is_member": is_member}
    return render(request, "exchange/care.html", context, status=400 if form.errors else 200)


@require_POST
@for_role(Role.DISPATCHER)
def care_of_helper(request: NetworkRequest, key: UUID) -> HttpResponse:
    """For the desk: be extra careful with a helper, and ask a second one to see them once, or to end it."""
    membership = networks.visible_to(request.user, request.network).filter(pk=key).first()
    if membership is None:
        raise NotHere
    try:
        messages.success(request, _do_for_helper(request, membership.person, timezone.now()))
    except Refused as no:
        messages.error(request, str(no))
    return redirect("exchange:helper_page", request.network.slug, key)


def _do_for_helper(request: NetworkRequest, helper: Person, now: datetime) -> str:
    by, network = dispatcher(request), request.network
    match request.POST.get("do"):
        case "care":
            privacy.take_care(helper, network=network, by=by, now=now)
            return _("From now on their door and phone open only by two of the desk.")
        case "open" | "less" as do:
            form = OpenDoorForm(request.POST)
            if not form.is_valid():
                raise Refused(_("Say what for: the other one decides by it."))
            what = Bulk.HOME if do == "open" else Bulk.LESS_CARE
            privacy.ask_to_open(what=what, network=network, by=by, now=now, whom=helper, **form.cleaned_data)
            return _("Asked. Tell someone of the desk that you wait for their yes.")
    raise Refused(_("Choose what to do."))
