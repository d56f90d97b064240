"""How often something may be tried: exact, and shared by every process of the server.

One statement asks and counts, so two processes can't both take the last try. Who tried is never written down: a row is
marked with an HMAC under a key of the day, lives a day at most, and is swept by the clock.

The key comes from the server's secret and not from the ring: a sealed server still takes asks, and still has to count.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from manyhands.kit.models import Allowance

LONGEST = timedelta(hours=24)

_COUNT = """
    INSERT INTO kit_allowance (mark, tries, ends_at) VALUES (%s, 1, %s)
    ON CONFLICT (mark) DO UPDATE SET
        tries = CASE WHEN kit_allowance.ends_at <= %s THEN 1 ELSE kit_allowance.tries + 1 END,
        ends_at = CASE WHEN kit_allowance.ends_at <= %s THEN excluded.ends_at ELSE kit_allowance.ends_at END
    WHERE kit_allowance.ends_at <= %s OR kit_allowance.tries < %s
    RETURNING tries
"""


def allow(what: str, who: object, *, most: int, within: timedelta, now: datetime) -> bool:
    """Count one try of ``what`` by ``who``; ``False`` once there were ``most`` of them ``within`` this time.

    The time runs from the first try; a try that is refused does not make it longer. Call it outside a transaction that
    may be rolled back, or the try is not counted.
    """
    if within > LONGEST:
        raise ValueError("A limit may look back a day at most: what it knows about people is gone after that.")
    moment = connection.ops.adapt_datetimefield_value(now)
    ends = connection.ops.adapt_datetimefield_value(now + within)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [mark_of(what, who, now=now), ends, moment, moment, moment, most])
        return cursor.fetchone() is not None


def is_spent(what: str, who: object, *, most: int, now: datetime) -> bool:
    """Whether the next try would be refused. Asks without counting."""
    mark = mark_of(what, who, now=now)
    return Allowance.objects.filter(mark=mark, tries__gte=most, ends_at__gt=now).exists()


def minutes_left(what: str, who: object, *, now: datetime) -> int:
    """In how many minutes it may be tried again, for the sentence that says so; at least one."""
    found = Allowance.objects.filter(mark=mark_of(what, who, now=now)).first()
    left = (found.ends_at - now).total_seconds() if found else 0
    return max(1, -int(-left // 60))


def give_back(what: str, who: object, *, now: datetime) -> None:
    """Forget the tries: it was the right person after all."""
    Allowance.objects.filter(mark=mark_of(what, who, now=now)).delete()


def sweep(*, now: datetime) -> int:
    """Forget every count whose time is over. How many there were."""
    gone, _each = Allowance.objects.filter(ends_at__lte=now).delete()
    return gone


def mark_of(what: str, who: object, *, now: datetime) -> str:
    """What the database keeps in place of who tried what. Another day's mark of the same is another one."""
    day = now.astimezone(UTC).date().isoformat()
    key = hmac.new(settings.SECRET_KEY.encode(), f"limits:{day}".encode(), hashlib.sha256).digest()
    return hmac.new(key, f"{what}\0{who}".encode(), hashlib.sha256).hexdigest()


def sender_of(request: HttpRequest) -> str:
    """The network address a request came from, for :func:`allow` only: it must never be stored or logged.

    Behind proxies of the host's own it is what the outermost of them wrote down; what came before that, anyone can
    claim. A home has a whole /64 of IPv6 addresses, so that counts as one.
    """
    address = request.META.get("REMOTE_ADDR", "")
    proxies = settings.ENV.trusted_proxies
    if proxies:
        chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        if chain:
            address = chain[-min(proxies, len(chain))]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "somewhere"
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network(f"{parsed}/64", strict=False).network_address)
