"""Having everything about oneself forgotten, from a private link or one's own page."""

from __future__ import annotations

from typing import Any

from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from manyhands.exchange import forgetting, queries
from manyhands.exchange.models import Asking, Offer
from manyhands.exchange.views.desk import dispatcher
from manyhands.exchange.views.private_links import behind_asking_link, behind_offer_link
from manyhands.kit.refusals import NotHere, Refused
from manyhands.networks.here import NetworkRequest, for_role
from manyhands.networks.states import Role
from manyhands.people.models import Person
from manyhands.privacy import actions as privacy


@require_http_methods(["GET", "POST"])
@behind_asking_link
def forget_asker(request: HttpRequest, asking: Asking) -> HttpResponse:
    """For whoever holds the link of what they asked for."""
    return _forget(request, asking.asked_by, reverse("exchange:asking", args=[queries.asking_token(asking)]))


@require_http_methods(["GET", "POST"])
@behind_offer_link
def forget_giver(request: HttpRequest, offer: Offer) -> HttpResponse:
    """For whoever holds the link of what they offered."""
    return _forget(request, offer.offered_by, reverse("exchange:given", args=[queries.offer_token(offer)]))


@require_http_methods(["GET", "POST"])
def forget_me(request: NetworkRequest) -> HttpResponse:
    """For a member who is signed in."""
    if request.membership is None or not isinstance(request.user, Person):
        raise NotHere
    return _forget(request, request.user, reverse("networks:me", args=[request.network.slug]))


@require_http_methods(["GET", "POST"])
@for_role(Role.STEWARD)
def forget_on_request(request: NetworkRequest, code: str) -> HttpResponse:
    """For a steward whom somebody told, at the door or on the phone, that they want to be forgotten."""
    ask = queries.by_code(request.user, request.network, code)
    if ask is None:
        raise NotHere
    back = reverse("exchange:ask_page", args=[request.network.slug, ask.code])
    return _forget(
        request,
        ask.asking.asked_by,
        back,
        question=_("Did they ask to be forgotten?"),
        consequence=_(
            "Everything about whoever asked for this is blanked now, in all their asks, and can’t be brought back. "
            "What is still open is taken back. Whatever else the desk holds to be theirs goes with it. That something "
            "was asked for stays counted. Your name stands by it."
        ),
        yes=_("Yes, they asked for it"),
        by=dispatcher(request),
    )


def _forget(request: HttpRequest, person: Person, back: str, *, by: Person | None = None, **words: str) -> HttpResponse:
    context: dict[str, Any] = {
        "question": _("Forget everything about me?"),
        "consequence": _(
            "What is still open is taken back, and nobody comes for it. Your name, address, phone and words are "
            "blanked now and can’t be brought back here. Whatever else the desk holds to be yours goes with it. That "
            "something was asked for stays counted."
        ),
        "yes": _("Yes, forget me"),
        "no": _("No, keep it"),
        "no_url": back,
        "danger": True,
        **words,
    }
    if request.method != "POST":
        return render(request, "kit/confirm.html", context)
    now = timezone.now()
    try:
        erasure = forgetting.erase_person(person, by=by or person, now=now)
    except Refused as no:
        context["consequence"] = str(no)
        return render(request, "kit/confirm.html", context, status=400)
    privacy.destroy_key(erasure, now=now)
    privacy.destroy_keys_left_over(now=now)  # of whoever was held to be them
    if isinstance(request.user, Person) and request.user.pk == person.pk:
        auth.logout(request)
    return redirect("privacy:receipt", erasure.pk)
