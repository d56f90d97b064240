"""Whether a network sleeps, or has been quiet for so long that it should."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template

from manyhands.exchange import hibernating
from manyhands.networks.models import Network

register = template.Library()


@register.inclusion_tag("exchange/_quiet.html")
def asleep_or_quiet(network: Network, now: datetime, *, may_act: bool = False) -> dict[str, Any]:
    """A line where a network sleeps, or where nothing happened for long. Nothing is done by itself."""
    days = 0 if network.asleep_since is not None else hibernating.quiet_days(network, now=now)
    return {"network": network, "days": days if days >= hibernating.QUIET_DAYS else 0, "may_act": may_act}
