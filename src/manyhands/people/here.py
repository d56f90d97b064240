"""Whether whoever looks at a page is still signed in, and whether they proved lately that it is really them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from manyhands.people import devices, factors, queries
from manyhands.people.models import Device, Person

DEVICE, FRESH_AT, PROVED_AT, POWERS_AT = "device", "fresh_at", "proved_at", "powers_at"
GRACE = timedelta(days=14)
POWERS_IDLE = timedelta(minutes=30)
# Whoever wrote for an hour shall not lose it: a form that is sent counts as work on the page it came from.
POWERS_IDLE_WRITING = timedelta(hours=2)
POWERS_AT_MOST = timedelta(hours=12)


class StillSignedIn:
    """Every page asks whether the browser is still among those its person is signed in with."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if auth.SESSION_KEY in request.session and isinstance(request.user, Person):
            now = timezone.now()
            device = device_of(request)
            if device is not None and not devices.is_over(device, now=now):
                devices.see(device, now=now)
            elif DEVICE in request.session:
                if device is not None:
                    devices.end(request.user, key=device.pk, by=None, now=now)
                auth.logout(request)
            else:
                adopt(request, request.user, is_own=False, now=now)
        return self.get_response(request)


def device_of(request: HttpRequest) -> Device | None:
    """The browser this page is seen in, while it is signed in."""
    key = request.session.get(DEVICE)
    return queries.devices_of(request.user).filter(pk=key).first() if key and isinstance(request.user, Person) else None


def adopt(request: HttpRequest, person: Person, *, is_own: bool, now: datetime) -> None:
    """Note the browser someone just signed in with."""
    device = devices.begin(person, agent=request.headers.get("User-Agent", ""), is_own=is_own, now=now)
    request.session[DEVICE] = str(device.pk)
    # A session from before there were devices is as old as the last time this person signed in.
    request.session[FRESH_AT] = (person.last_login or now).timestamp()


def note_proof(request: HttpRequest, *, strong: bool, now: datetime) -> None:
    """It is really them: they just signed in, or did so again. ``strong``: with a passkey or a second step."""
    request.session[FRESH_AT] = now.timestamp()
    if strong:
        request.session[PROVED_AT] = request.session[POWERS_AT] = now.timestamp()


def second_step_missing(request: HttpRequest) -> HttpResponse | None:
    """Where someone who looks after others has to go first; ``None`` once they proved it is them.

    Whoever has no second step yet has two weeks from the first time they are told. The demo asks nobody.
    """
    person, now = request.user, timezone.now()
    if not isinstance(person, Person) or (settings.DEMO and person.is_demo):
        return None
    if not queries.has_second_step(person):
        due = factors.tell_it_is_due(person, now=now) + GRACE
        if now >= due:
            return redirect("people:second_step")
        # The page itself says so: a message might come out on a page that is not there.
        request.second_step_due = due  # type: ignore[attr-defined]
        return None
    proved, used = (_moment(request, name) for name in (PROVED_AT, POWERS_AT))
    idle = POWERS_IDLE if request.method in {"GET", "HEAD"} else POWERS_IDLE_WRITING
    if proved and used and now - proved < POWERS_AT_MOST and now - used < idle:
        if now - used > timedelta(minutes=5):
            request.session[POWERS_AT] = now.timestamp()
        return None
    return _again(request, "step")


def fresh_sign_in_missing(request: HttpRequest, *, minutes: int = 15) -> HttpResponse | None:
    """Where someone has to go first who did not prove lately that it is them. The demo asks nobody."""
    if not isinstance(request.user, Person) or (settings.DEMO and request.user.is_demo):
        return None
    fresh = _moment(request, FRESH_AT)
    is_fresh = fresh is not None and timezone.now() - fresh <= timedelta(minutes=minutes)
    return None if is_fresh else _again(request, "fresh")


def fresh_sign_in_required(minutes: int = 15) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., Any]]:
    """The page opens only to someone who signed in, or proved again that it is them, in the last few minutes."""

    def door(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            missing = fresh_sign_in_missing(request, minutes=minutes)
            return view(request, *args, **kwargs) if missing is None else missing

        return opened

    return door


def _again(request: HttpRequest, need: str) -> HttpResponse:
    # A form that was sent can't be sent for them later: they come back to the page and press again.
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else request.headers.get("Referer", "/")
    return redirect(reverse("people:again") + "?" + urlencode({"need": need, "next": back}))


def _moment(request: HttpRequest, name: str) -> datetime | None:
    stamp = request.session.get(name)
    return datetime.fromtimestamp(stamp, timezone.get_default_timezone()) if stamp else None


def device_key(request: HttpRequest) -> UUID | None:
    key = request.session.get(DEVICE)
    return UUID(key) if key else None
