"""Signing in with a code that is sent: it works once, for ten minutes, in the browser that asked for it.

Whether the name exists or not, the same is done and the same is said; whether there is anyone to send to is looked at
later, by a job. No code is stored: it is worked out from the server's secret and its row's key, so that whoever
reads the database, its backups or the queue of what is to be sent learns none.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from manyhands.journal import actions as journal
from manyhands.kit.codes import ALPHABET, as_spoken
from manyhands.people import sending
from manyhands.people.models import Person, SignInCode

LASTS = timedelta(minutes=10)
SIGNS = 8
TRIES = 5


@transaction.atomic
def ask_for(person: Person | None, *, now: datetime) -> SignInCode:
    """Make a code that is sent soon to where this person signs in; for nobody, make one that opens nothing.

    The sending is put in line for nobody, too: a stranger can't tell the two apart by the time the answer takes.
    """
    from manyhands.people import tasks

    code = SignInCode.objects.create(person=person, tries_left=TRIES, made_at=now, expires_at=now + LASTS)
    if sending.can_send():
        tasks.send_code.enqueue(str(code.pk))
    return code


def send(key: UUID | str, *, now: datetime) -> None:
    """Send a code, if it is anybody's and not over."""
    code = SignInCode.objects.select_related("person").filter(pk=key, expires_at__gt=now).first()
    person = code.person if code is not None else None
    if code is not None and person is not None and person.login and sending.can_reach(kind_of(person.login)):
        sending.send(person, kind=kind_of(person.login), code=code.pk, now=now)


def words_of(key: UUID | str, *, now: datetime) -> tuple[str, str] | None:
    """What is sent, as a subject and a text; ``None`` once the code is over."""
    if not SignInCode.objects.filter(pk=key, expires_at__gt=now).exists():
        return None
    plain = _plain(key)
    text = _(
        "%(code)s is your code to sign in. It works for ten minutes, in the browser that asked for it. Nobody of us "
        "will ever ask you for it. If you did not want it, do nothing."
    ) % {"code": f"{plain[:4]}-{plain[4:]}"}
    return _("Your code to sign in"), text


def use(key: UUID | str, typed: str, *, now: datetime) -> Person | None:
    """Who signs in with the code this browser asked for, if it is typed right and in time. Then it is gone."""
    # Taken first: of two who try at once with one try left, one has none.
    taken = SignInCode.objects.filter(pk=key, tries_left__gt=0, expires_at__gt=now).update(
        tries_left=F("tries_left") - 1
    )
    if not taken or not hmac.compare_digest(_plain(key).encode(), as_spoken(typed).encode()):
        return None
    with transaction.atomic():
        code = SignInCode.objects.select_related("person").filter(pk=key).first()
        gone, _each = SignInCode.objects.filter(pk=key).delete()
        if not gone or code is None or code.person is None:
            return None
        journal.record("person.signed_in_by_code", code.person, by=code.person, now=now)
        return code.person


def sweep(*, now: datetime) -> int:
    """Forget the codes that are over."""
    gone, _each = SignInCode.objects.filter(expires_at__lte=now).delete()
    return gone


def kind_of(login: str) -> str:
    """What a sign-in name is: an e-mail address or a phone number."""
    return "email" if "@" in login else "phone"


def _plain(key: UUID | str) -> str:
    """The code itself: eight signs, 27 choices each."""
    mac = hmac.digest(settings.SECRET_KEY.encode(), f"sign-in code:{key}".encode(), hashlib.sha256)
    number = int.from_bytes(mac, "big")
    signs = []
    for _sign in range(SIGNS):
        number, which = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[which])
    return "".join(signs)
