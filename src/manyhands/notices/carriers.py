"""Who carries notices out of the house: a mail server, and a gateway for text messages. Both are off until set.

Everything that goes out carries the notice's id (Message-ID, Idempotency-Key), the same one however often it is tried:
whoever gets it twice can tell.
"""

from __future__ import annotations

import json
import smtplib
from base64 import b64encode
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage

from manyhands.kit import outside


class NotCarried(Exception):
    """It was not taken this time; it may be the next."""


class NeverCarried(NotCarried):
    """It was refused, and will be again."""


def mail_is_on() -> bool:
    return settings.ENV.mail is not None


def texts_are_on() -> bool:
    return settings.ENV.texts is not None


def mail(notice: UUID, *, to: str, subject: str, body: str) -> None:
    """Give a mail to the mail server."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    letter = EmailMessage(
        subject=subject,
        body=body,
        to=[to],
        headers={"Message-ID": f"<{notice}@{host}>", "Auto-Submitted": "auto-generated"},
    )
    try:
        letter.send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as no:
        codes = (
            [code for code, _said in no.recipients.values()]
            if isinstance(no, smtplib.SMTPRecipientsRefused)
            else [no.smtp_code]
        )
        # What a mail server says may quote the address; only that it said no is passed on.
        # A wrong password is the host's to mend, so it is tried again.
        for_good = all(code >= 500 for code in codes) and not isinstance(no, smtplib.SMTPAuthenticationError)
        raise (NeverCarried if for_good else NotCarried) from None
    except (OSError, smtplib.SMTPException):
        raise NotCarried from None


def text(notice: UUID, *, to: str, body: str) -> None:
    """Give a text message to the gateway."""
    url = urlsplit(settings.ENV.texts or "")
    if url.scheme == "file":
        _put_in_folder(Path(unquote(url.path)), notice, to=to, body=body)
        return
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(notice)}
    if url.username:
        known = f"{unquote(url.username)}:{unquote(url.password or '')}"
        headers["Authorization"] = "Basic " + b64encode(known.encode()).decode()
    gateway = url._replace(netloc=url.netloc.rpartition("@")[2], fragment="").geturl()
    try:
        door = outside.door_of(gateway, near=settings.ENV.near_hosts)
        said = json.dumps({"to": to, "text": body, "id": str(notice)}).encode()
        # A redirect is not followed: nobody else gets the number.
        status = outside.ask(gateway, doors=[door], body=said, headers=headers).status
    except (outside.NotAsked, outside.NoAnswer):
        raise NotCarried from None
    if status in {400, 404, 410, 422}:
        raise NeverCarried
    if not 200 <= status < 300:
        raise NotCarried


def _put_in_folder(folder: Path, notice: UUID, *, to: str, body: str) -> None:
    """For trying things out: each text becomes a file, as Django's own file back end does with mail."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / f"{notice}.txt").write_text(f"To: {to}\n\n{body}\n", encoding="utf-8")
