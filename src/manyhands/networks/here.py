"""Which network a page is about, and who is looking at it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation

from manyhands.kit import wall
from manyhands.kit.refusals import NotHere
from manyhands.networks.models import Membership, Network
from manyhands.networks.queries import by_slug, membership_of
from manyhands.networks.states import Role
from manyhands.people.here import second_step_missing

# What still opens while a network sleeps.
AWAKE = frozenset(
    {
        "home:network",
        "outlook:figures",
        "outlook:figures_csv",
        "networks:heads",
        "networks:head_text",
        "exchange:sleep",
        "exchange:wake",
    }
)


class NetworkRequest(HttpRequest):
    """A request to a page of one network."""

    network: Network
    membership: Membership | None


class NetworkFromUrl:
    """Read the network from the address, once; its clock is the page's clock."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Until the address, a private link or the page itself says of which network this is, no network is in sight.
        wall.not_yet()
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()
            wall.step_out()

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        slug = kwargs.pop("network", None)
        if slug is None:
            if getattr(view, "looks_across", False):
                wall.step_out()
            return None
        network = by_slug(slug)
        if network is None:
            raise NotHere
        set_network(request, network)
        match = request.resolver_match
        if network.asleep_since is not None and (match is None or match.view_name not in AWAKE):
            return render(request, "networks/asleep.html", status=503)
        return None


def set_network(request: HttpRequest, network: Network) -> None:
    """Make this the page's network: for pages found by a private link instead of by the network's address."""
    # From here on the database shows this page no row of another network.
    wall.step_in(network.pk)
    request.network = network  # type: ignore[attr-defined]
    request.membership = membership_of(request.user, network)  # type: ignore[attr-defined]
    timezone.activate(network.zone)


def across_networks(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page of the house, which no network's address leads to and which looks across all of them.

    It says so here, by name: any other page that asks for a network's rows before it knows of which is not answered.
    """
    view.looks_across = True  # type: ignore[attr-defined]
    return view


def for_role(role: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Only members who may do what ``role`` does find the page; to everyone else it is not there."""

    def door(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def opened(request: NetworkRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.membership is None or not request.membership.may(role):
                raise NotHere
            if role == Role.STEWARD and (missing := steward_step_missing(request)) is not None:
                return missing
            return view(request, *args, **kwargs)

        return opened

    return door


def steward_step_missing(request: NetworkRequest) -> HttpResponse | None:
    """Where a steward has to go first, in a network that asks its stewards for a second step."""
    return second_step_missing(request) if request.network.second_step else None


def here(request: HttpRequest) -> dict[str, Any]:
    """What every template may say: the network, the membership, and the network's own words."""
    network: Network | None = getattr(request, "network", None)
    if network is None:
        return {"network": None, "membership": None, "wordings": {}}

    from django.utils.functional import SimpleLazyObject

    from manyhands.networks.queries import wordings_of

    language = translation.get_language() or network.language
    return {
        "network": network,
        "membership": request.membership,  # type: ignore[attr-defined]
        "wordings": SimpleLazyObject(lambda: wordings_of(network, language)),
    }
