"""The desk looks after the hubs."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from manyhands.deliveries import actions, queries
from manyhands.deliveries.forms import HubForm
from manyhands.deliveries.models import Hub
from manyhands.deliveries.views.plans import person
from manyhands.kit.refusals import Refused
from manyhands.kit.versions import saving, status_of
from manyhands.networks.here import NetworkRequest, for_role
from manyhands.networks.states import Role


@for_role(Role.DISPATCHER)
def hubs(request: NetworkRequest) -> HttpResponse:
    """Where runs are loaded."""
    return render(request, "deliveries/hubs.html", {"hubs": queries.hubs_of(request.network)})


@for_role(Role.DISPATCHER)
def new_hub(request: NetworkRequest) -> HttpResponse:
    """Add a hub."""
    return _edit(request, None)


@for_role(Role.DISPATCHER)
@saving
def hub(request: NetworkRequest, hub: str) -> HttpResponse:
    """Change a hub."""
    return _edit(request, get_object_or_404(queries.hubs_of(request.network), pk=hub))


def _edit(request: NetworkRequest, found: Hub | None) -> HttpResponse:
    form = HubForm(
        request.POST if request.method == "POST" else None, network=request.network, initial=_as_it_is(found)
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_hub(
                request.network,
                hub=found,
                by=person(request),
                now=timezone.now(),
                **form.cleaned_data,
            )
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Kept."))
            return redirect("deliveries:hubs", request.network.slug)
    return render(request, "deliveries/hub.html", {"form": form, "hub": found}, status=status_of(form))


def _as_it_is(found: Hub | None) -> dict[str, object]:
    if found is None:
        return {}
    return {
        "name": found.name,
        "place_text": found.place.text,
        "area": found.place.area_id,
        "lat": found.place.lat,
        "lon": found.place.lon,
        "opens": found.opens,
        "closes": found.closes,
        "loading_minutes": found.loading_minutes,
        "is_used": found.is_used,
    }
