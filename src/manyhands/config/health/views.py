"""The host's page on how the install is doing, and the two addresses machines look at."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from manyhands.config.health import metrics, state
from manyhands.config.wellbeing import complaints
from manyhands.kit.again import may_repeat
from manyhands.kit.refusals import NotHere
from manyhands.networks.here import across_networks
from manyhands.people.models import Person


@across_networks
@require_safe
def how_it_is(request: HttpRequest) -> HttpResponse:
    """How this install is doing. For hosts only; to everyone else it is not there."""
    if not isinstance(request.user, Person) or not request.user.is_host:
        raise NotHere
    matters = state.matters(now=timezone.now())
    return render(request, "config/health.html", {"matters": matters, "complaints": complaints()})


@require_safe
def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """For whoever restarts or watches the server: it serves, or it does not. No more."""
    serving = state.is_serving()
    return JsonResponse({"serving": serving}, status=200 if serving else 503)


@csrf_exempt
@may_repeat
@require_POST
def blocked(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """A browser says that a page tried what its rules forbid. It is counted; what the browser wrote is never read,
    for it names the page, and a private link is an address too.
    """
    metrics.BLOCKED.inc()
    return HttpResponse(status=204)


@across_networks
@require_safe
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Numbers for Prometheus, for whoever holds the token; without one set, or with another, it is not there."""
    token = settings.ENV.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise NotHere
    text, kind = metrics.as_text()
    return HttpResponse(text, content_type=kind)
