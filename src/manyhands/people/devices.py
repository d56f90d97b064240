"""The browsers someone is signed in with: how long that lasts, and how it ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from manyhands.journal import actions as journal
from manyhands.people.models import Device, Person

# Somebody's own phone stays signed in; one that others may pick up does not over night.
IDLE = timedelta(hours=12)
IDLE_OWN = timedelta(days=14)
AT_MOST = timedelta(days=30)


def begin(person: Person, *, agent: str, is_own: bool, now: datetime) -> Device:
    """Note that someone is signed in with a browser. What it says of itself is looked at and not kept."""
    return Device.objects.create(
        person=person, browser=family_of(agent), is_own=is_own, begun_at=now, seen_at=to_the_hour(now)
    )


def is_over(device: Device, *, now: datetime) -> bool:
    """Whether it was not used for too long, or is too old altogether."""
    idle = IDLE_OWN if device.is_own else IDLE
    return to_the_hour(now) - device.seen_at > idle or now - device.begun_at > AT_MOST


def see(device: Device, *, now: datetime) -> None:
    """Note that it was used in this hour."""
    hour = to_the_hour(now)
    if device.seen_at != hour:
        Device.objects.filter(pk=device.pk).update(seen_at=hour)


def name(device: Device, *, name: str, is_own: bool) -> None:
    """Let its person call it something, and say whether it is theirs alone."""
    device.name, device.is_own = name.strip(), is_own
    device.save(update_fields=["name", "is_own"])


@transaction.atomic
def end(person: Person, *, key: UUID | None = None, but: UUID | None = None, by: Person | None, now: datetime) -> int:
    """Sign someone out: of one browser, or of all of them ``but`` one. Holds from the next page on."""
    found = Device.objects.filter(person=person)
    if key is not None:
        found = found.filter(pk=key)
    if but is not None:
        found = found.exclude(pk=but)
    gone, _each = found.delete()
    if gone:
        journal.record("person.signed_out", person, by=by, now=now, devices=gone)
    return gone


def sweep(*, now: datetime) -> int:
    """Forget the browsers whose time is over."""
    mine = Device.objects.filter(is_own=True, seen_at__lt=to_the_hour(now) - IDLE_OWN)
    shared = Device.objects.filter(is_own=False, seen_at__lt=to_the_hour(now) - IDLE)
    old = Device.objects.filter(begun_at__lt=now - AT_MOST)
    return sum(each.delete()[0] for each in (mine, shared, old))


def to_the_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def family_of(agent: str) -> Device.Browser:
    """The one word we keep of everything a browser says about itself."""
    if "Firefox/" in agent:
        return Device.Browser.FIREFOX
    if "Chrome/" in agent or "CriOS/" in agent:
        return Device.Browser.CHROME
    if "Safari/" in agent:
        return Device.Browser.SAFARI
    return Device.Browser.OTHER
