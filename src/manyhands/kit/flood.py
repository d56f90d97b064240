"""Standing up to a flood of anonymous posts without shutting anyone out.

In quiet times a form carries nothing of this. Once far more is posted than people type, the form carries a puzzle: the
browser works it out by itself in a second or two. A browser that runs no scripts waits a little instead. Nobody is
refused for good, nothing that was typed is lost, and whoever is signed in notices nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.translation import ngettext

from manyhands.kit import limits

# A phone bank behind one address writes down some thirty asks in ten minutes, a busy network a hundred and more.
WITHIN = timedelta(minutes=10)
QUIET_FROM_ONE_PLACE = 40
QUIET_HERE = 200
# Sixteen zero bits are some 65,000 tries: about a second on an old phone, a day of a core for 100,000 posts.
BITS = 16
PUZZLE_LASTS = timedelta(hours=3)
WAIT = timedelta(seconds=20)
WAITERS_FROM_ONE_PLACE = 10
WAITERS_HERE = 60


@dataclass(frozen=True, slots=True)
class Puzzle:
    """What a form carries under flood; ``mark`` is ours and works once."""

    mark: str
    bits: int = BITS


def puzzle_for(request: HttpRequest, what: str, where: object, *, now: datetime) -> Puzzle | None:
    """The puzzle the form shall carry; ``None`` in quiet times, and for whoever is signed in.

    A form that comes again keeps the puzzle it had, so that the waiting was not for nothing.
    """
    if not isinstance(request.user, AnonymousUser) or not _is_flooded(request, what, where, now=now):
        return None
    had = request.POST.get("puzzle", "")
    if _issued_at(had, what, where, now=now) and not limits.is_spent("puzzle", had, most=1, now=now):
        return Puzzle(had)
    return Puzzle(_fresh_mark(what, where, now=now))


def why_not_take(request: HttpRequest, what: str, where: object, *, now: datetime) -> str | None:
    """Count one anonymous post; a sentence if the form has to come again first."""
    if not isinstance(request.user, AnonymousUser):
        return None
    one_place = limits.allow(
        f"{what} from one place", limits.sender_of(request), most=QUIET_FROM_ONE_PLACE, within=WITHIN, now=now
    )
    if limits.allow(f"{what} here", where, most=QUIET_HERE, within=WITHIN, now=now) and one_place:
        return None
    mark, answer = request.POST.get("puzzle", ""), request.POST.get("puzzle_answer", "")
    issued_at = _issued_at(mark, what, where, now=now)
    if issued_at is None:
        return _wait_a_little(WAIT)
    if not solves(mark, answer):
        if (left := issued_at + WAIT - now) > timedelta(0):
            return _wait_a_little(left)
        sender = limits.sender_of(request)
        for waiters, who, most in (
            (f"{what} waiter", sender, WAITERS_FROM_ONE_PLACE),
            (f"{what} waiters", where, WAITERS_HERE),
        ):
            if not limits.allow(waiters, who, most=most, within=WITHIN, now=now):
                minutes = limits.minutes_left(waiters, who, now=now)
                return ngettext(
                    "Very many messages are coming in right now. Please press again in %(minutes)d minute, or tell "
                    "someone of the network in person: nothing you typed is lost.",
                    "Very many messages are coming in right now. Please press again in %(minutes)d minutes, or tell "
                    "someone of the network in person: nothing you typed is lost.",
                    minutes,
                ) % {"minutes": minutes}
    if not limits.allow("puzzle", mark, most=1, within=PUZZLE_LASTS, now=now):
        return _wait_a_little(WAIT)
    return None


def solves(mark: str, answer: str, bits: int = BITS) -> bool:
    """Whether the sum was worked out: the SHA-256 of mark and answer begins with that many zero bits."""
    if not answer or len(answer) > 20:
        return False
    found = hashlib.sha256(f"{mark}:{answer}".encode()).digest()
    return int.from_bytes(found, "big") >> (256 - bits) == 0


def _wait_a_little(left: timedelta) -> str:
    seconds = max(1, round(left.total_seconds()))
    return ngettext(
        "Very many messages are coming in right now. Please wait %(seconds)d second and press again: nothing you typed "
        "is lost.",
        "Very many messages are coming in right now. Please wait %(seconds)d seconds and press again: nothing you "
        "typed is lost.",
        seconds,
    ) % {"seconds": seconds}


def _is_flooded(request: HttpRequest, what: str, where: object, *, now: datetime) -> bool:
    sender = limits.sender_of(request)
    return limits.is_spent(f"{what} from one place", sender, most=QUIET_FROM_ONE_PLACE, now=now) or limits.is_spent(
        f"{what} here", where, most=QUIET_HERE, now=now
    )


def _fresh_mark(what: str, where: object, *, now: datetime) -> str:
    plain = f"{int(now.timestamp())}.{secrets.token_hex(8)}"
    return f"{plain}.{_sign(plain, what, where)}"


def _issued_at(mark: str, what: str, where: object, *, now: datetime) -> datetime | None:
    """When this puzzle of ours was given out; ``None`` if it isn't ours, is for another form, or is too old."""
    plain, _dot, signature = mark.rpartition(".")
    if len(mark) > 100 or not hmac.compare_digest(signature.encode(), _sign(plain, what, where).encode()):
        return None
    issued_at = datetime.fromtimestamp(int(plain.split(".")[0]), now.tzinfo)
    return issued_at if now - issued_at < PUZZLE_LASTS else None


def _sign(plain: str, what: str, where: object) -> str:
    message = f"puzzle:{what}:{where}:{plain}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).hexdigest()[:32]
