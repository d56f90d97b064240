"""Noting what was sent, and what it was answered."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings

from manyhands.kernel import sealing
from manyhands.once.models import Sent

KEEP_FOR = timedelta(hours=24)
_ABOUT = b"once|led_to"


def digest(*parts: bytes) -> str:
    """A name for these that tells nothing to whoever reads the database: a yes or no can't be guessed from it."""
    made = hmac.new(settings.SECRET_KEY.encode(), b"once", hashlib.sha256)
    for part in parts:
        made.update(len(part).to_bytes(8, "big") + part)
    return made.hexdigest()


def note_sent(*, who: str, mark: str, said: str, now: datetime) -> tuple[Sent, bool]:
    """Note a form in the transaction of what it does. Says whether this is the first time it came.

    Where the same is being done at this moment, this waits for it to end.
    """
    noted = Sent(who=digest(who.encode()), mark=digest(mark.encode()), said=said, sent_at=now)
    Sent.objects.bulk_create([noted], ignore_conflicts=True)
    found = Sent.objects.get(who=noted.who, mark=noted.mark)
    return found, found.status == 0


def note_answer(sent: Sent, *, mark: str, status: int | None, led_to: str = "", now: datetime) -> None:
    """Note what a form was answered; with no status, that nothing was done, so that it may be sent again."""
    if status is None:
        sent.delete()
        return
    sent.status, sent.sent_at = status, now
    sent.led_to = sealing.seal(_key(mark), led_to.encode(), generation=0, about=_ABOUT)
    sent.save(update_fields=["status", "led_to", "sent_at"])


def where_it_led(sent: Sent, *, mark: str) -> str:
    """Where the first answer led."""
    return sealing.open_(_key(mark), bytes(sent.led_to), about=_ABOUT).decode()


def _key(mark: str) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), b"once|" + mark.encode(), hashlib.sha256).digest()


def forget_what_is_over(*, now: datetime) -> int:
    """Forget what was sent more than a day ago. Returns how much."""
    gone, _ = Sent.objects.filter(sent_at__lt=now - KEEP_FOR).delete()
    return gone
