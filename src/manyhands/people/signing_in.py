"""Finding the person behind a sign-in name and a password, and how often that may be tried."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext

from manyhands.kit import limits, reaching
from manyhands.people import queries
from manyhands.people.models import Person

WITHIN = timedelta(minutes=15)
# For one name from one place; for one place, where a whole hall may sit; for one name from everywhere together.
TRIES_HERE, TRIES_FROM_ONE_PLACE, TRIES_IN_ALL = 10, 200, 100
KNOWN_LASTS = timedelta(days=180)
KNOWN_PEOPLE = 4  # on one browser, such as a family's


class LoginNameBackend(BaseBackend):
    """Signs in by e-mail address or phone number, however it is typed."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_kwargs: Any
    ) -> Person | None:
        person = queries.signing_in_as(names_of(username or "", _kwargs.get("region", "")))
        if person is None:
            # Take as long as for someone who exists, so that the answer does not tell who does.
            make_password(password)
            return None
        if not person.has_usable_password():
            make_password(password)
            return None
        return person if person.check_password(password or "") else None

    def get_user(self, user_id: Any) -> Person | None:
        return Person.objects.filter(pk=user_id).first()


def names_of(typed: str, region: str = "") -> list[str]:
    """What someone typed, as the sign-in names it may stand for; the best reading last."""
    plain = typed.strip().lower()
    way = reaching.understand(plain, region)
    return [plain, way.value] if way and way.value != plain else [plain]


def why_not_try(request: HttpRequest, what: str, typed: str, *, now: datetime) -> str | None:
    """Count one try of a password or for a code; a sentence once there were too many.

    Tries from elsewhere never keep out a browser that was signed in as this person before: it has tries of its own.
    A name nobody has is counted like any other, so that the sentence tells nothing.
    """
    name, sender = names_of(typed)[-1], limits.sender_of(request)
    person = queries.signing_in_as(names_of(typed))
    if person is not None and (known := _known_as(request, person)):
        allowed = [(f"{what} from a known browser", known, TRIES_HERE)]
    else:
        allowed = [
            (f"{what} here", f"{name}\0{sender}", TRIES_HERE),
            (f"{what} from one place", sender, TRIES_FROM_ONE_PLACE),
            (f"{what} in all", name, TRIES_IN_ALL),
        ]
    for counted, who, most in allowed:
        if not limits.allow(counted, who, most=most, within=WITHIN, now=now):
            minutes = limits.minutes_left(counted, who, now=now)
            return ngettext(
                "That was tried many times. Please try again in %(minutes)d minute, or ask a steward of your network "
                "for a private link.",
                "That was tried many times. Please try again in %(minutes)d minutes, or ask a steward of your network "
                "for a private link.",
                minutes,
            ) % {"minutes": minutes}
    return None


def remember_browser(request: HttpRequest, response: HttpResponse, person: Person) -> None:
    """Let this browser keep tries of its own for whoever just signed in. It tells nothing about who that was."""
    nonce = secrets.token_hex(12)
    mine = f"{nonce}.{_mark_of_known(nonce, person)}"
    others = [each for each in _kept(request) if not _is_of(each, person)]
    response.set_cookie(
        cookie_name(), "~".join([mine, *others][:KNOWN_PEOPLE]), max_age=KNOWN_LASTS,
        secure=settings.ENV.https, httponly=True, samesite="Lax",
    )  # fmt: skip


def cookie_name() -> str:
    return "__Host-known" if settings.ENV.https else "known"


def _known_as(request: HttpRequest, person: Person) -> str | None:
    return next((each.split(".")[0] for each in _kept(request) if _is_of(each, person)), None)


def _kept(request: HttpRequest) -> list[str]:
    return [each for each in request.COOKIES.get(cookie_name(), "").split("~")[:KNOWN_PEOPLE] if "." in each]


def _is_of(kept: str, person: Person) -> bool:
    nonce, _dot, mark = kept.partition(".")
    return hmac.compare_digest(mark.encode(), _mark_of_known(nonce, person).encode())


def _mark_of_known(nonce: str, person: Person) -> str:
    message = f"known browser:{person.pk}:{nonce}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).hexdigest()[:32]
