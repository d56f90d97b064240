"""Details on pages of rooms below this one: shown by the table, with a trace."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import template
from django.template.context import RequestContext

from manyhands.networks.models import Membership, Network
from manyhands.privacy import actions, queries
from manyhands.privacy.models import Care
from manyhands.privacy.states import Why

register = template.Library()


@register.simple_tag(takes_context=True)
def reach_of_members(context: RequestContext, members: Iterable[Membership], now: datetime) -> list[Any]:
    """Each member of a list with what the one who looks may see of them."""
    request: Any = context["request"]
    listed = list(members)
    found = actions.reveal(
        [actions.Whose(member.person) for member in listed],
        why=Why.MEMBERS,
        by=request.user,
        network=request.network,
        now=now,
    )
    return list(zip(listed, found, strict=True))


@register.simple_tag(takes_context=True)
def extra_care(context: RequestContext) -> Care | None:
    """The extra care taken of the one who reads the page."""
    request: Any = context["request"]
    return queries.care_of(request.user, request.network)


@register.inclusion_tag("privacy/_told_to_all.html")
def told_to_all(network: Network, now: datetime) -> dict[str, Any]:
    """What was opened for much at once in the last 30 days, for every member to read."""
    return {"unlocks": queries.unlocks_of(network, since=now - queries.MONTH)[:10]}


@register.inclusion_tag("privacy/_worst.html")
def most_learned(network: Network, now: datetime) -> dict[str, Any]:
    """What one account of a network could have learned in 30 days: two numbers, and nobody's name."""
    return {"worst": queries.learned(network, now=now)}


@register.inclusion_tag("privacy/_holds.html")
def holds(network: Network, now: datetime) -> dict[str, Any]:
    """How much a network keeps because the law demands it: how many, and when the next one is looked at again."""
    in_force = list(queries.holds_in_force(now=now).filter(network=network).order_by("review_on"))
    today = now.astimezone(network.zone).date()
    first = in_force[0].review_on if in_force else None
    return {"count": len(in_force), "first": first, "is_due": first is not None and first <= today}
