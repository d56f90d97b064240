"""Looking by the clock, and for who pressed where there are many."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from django_tasks import task

from manyhands.doubles import actions
from manyhands.networks import queries as networks


# Each network is a transaction of its own, and looking twice finds the same.
@task(by_steps=True)
def look_everywhere() -> int:
    """Every network that is awake: how many pairs are to be looked at in all of them."""
    awake = networks.open_to_all().filter(asleep_since=None)
    return sum(actions.look(network, by=None, now=timezone.now()) for network in awake)


@task(by_steps=True)
def look_through(network: str) -> int:
    """One network, because somebody of its desk pressed."""
    found = networks.open_to_all().filter(pk=UUID(network), asleep_since=None).first()
    return actions.look(found, by=None, now=timezone.now()) if found is not None else 0
