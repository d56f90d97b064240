"""The front pages, the demo's one-tap sign-ins, and what needs doing now."""

from __future__ import annotations

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from manyhands.deliveries import queries as deliveries
from manyhands.exchange import queries as exchange
from manyhands.home import queries
from manyhands.kit.again import may_repeat
from manyhands.kit.refusals import NotHere
from manyhands.networks import queries as networks
from manyhands.networks.here import NetworkRequest, across_networks, for_role
from manyhands.networks.states import Role
from manyhands.people import queries as people
from manyhands.people.models import Person

BACKEND = "manyhands.people.signing_in.LoginNameBackend"


@across_networks
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The networks of this install; where there is only one, straight to it."""
    found = list(networks.open_to_all())
    mine = list(networks.networks_of(request.user)) if isinstance(request.user, Person) else []
    if len(mine) == 1:
        return redirect("exchange:desk" if mine[0].is_dispatcher else "home:network", mine[0].network.slug)
    if len(found) == 1 and not settings.DEMO:
        return redirect("home:network", found[0].slug)
    return render(request, "home/front.html", {"networks": found, "mine": mine, "demo": settings.DEMO})


@require_safe
def network(request: NetworkRequest) -> HttpResponse:
    """The network's front page: ask, offer, help."""
    return render(
        request, "home/network.html", {"open_count": exchange.on_the_board(request.network, request.user).count()}
    )


@for_role(Role.DISPATCHER)
def now(request: NetworkRequest) -> HttpResponse:
    """What needs doing at the desk now."""
    moment, person = timezone.now(), request.user if isinstance(request.user, Person) else None
    return render(
        request,
        "home/now.html",
        {
            "now": moment,
            "presses": queries.what_presses(request.network, person, now=moment),
            "asks": queries.pressing_asks(request.network, person),
            "tonight": deliveries.tonight(request.network, person, now=moment),
        },
    )


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What this software is, which version runs here, and where its source is to be had."""
    return render(request, "home/about.html", {"version": settings.VERSION, "source": settings.ENV.source_url})


@across_networks
@require_safe
def demo(request: HttpRequest) -> HttpResponse:
    """One tap to be a neighbour, a helper or a dispatcher of the demo network. Only in demo mode."""
    if not settings.DEMO:
        raise NotHere
    return render(request, "home/demo.html", {"faces": queries.demo_faces(), "networks": networks.open_to_all()})


@across_networks
@may_repeat
@require_POST
def demo_enter(request: HttpRequest, key: object) -> HttpResponse:
    """Become one of the demo's people. Only in demo mode, only made-up people."""
    chosen = next((person for person in people.demo_people() if person.pk == key), None) if settings.DEMO else None
    if chosen is None:
        raise NotHere
    asking = exchange.asking_of(chosen)
    if asking is not None:
        auth.logout(request)
        return redirect("exchange:asking", exchange.asking_token(asking))
    auth.login(request, chosen, backend=BACKEND)
    membership = networks.networks_of(chosen).first()
    if membership is None:
        return redirect("networks:host")
    page = "home:now" if membership.is_dispatcher else "exchange:open_asks"
    return redirect(page, membership.network.slug)
