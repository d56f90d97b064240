"""What someone has beside a password or a code: passkeys, an app that shows digits, and codes on paper.

The stewards of a network hold other people's details, so they need one of these; nobody else is ever made to. We speak
WebAuthn through Yubico's ``fido2`` and RFC 6238 by ourselves: see docs/decisions/0014.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from manyhands.journal import actions as journal
from manyhands.kernel import sealing
from manyhands.kit import ring
from manyhands.kit.codes import ALPHABET, as_spoken
from manyhands.kit.refusals import Refused
from manyhands.people import queries
from manyhands.people.models import Authenticator, Passkey, Person, RecoveryCode, SecondStepDue

RECOVERY_CODES = 10
RECOVERY_SIGNS = 10
STEP_SECONDS = 30
SECRET_BYTES = 20

# ── Digits from an app (RFC 6238) ────────────────────────────────────────────────────────────────────────────────────


def fresh_secret(person: Person) -> str:
    """A new secret, sealed, to be kept by the page until the first digits prove that the app has it."""
    return base64.b64encode(_seal(person, secrets.token_bytes(SECRET_BYTES))).decode()


def spelled(person: Person, secret: str) -> str:
    """The secret as an app wants it typed: groups of four letters and digits."""
    plain = base64.b32encode(_open(person, base64.b64decode(secret))).decode()
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def address_for_app(person: Person, secret: str) -> str:
    """What the square picture says, for the app to read."""
    where = urlsplit(settings.PUBLIC_URL).hostname or "Manyhands"
    said = {"secret": spelled(person, secret).replace(" ", ""), "issuer": where}
    return f"otpauth://totp/{quote(where)}:{quote(person.short_name or _('You'))}?{urlencode(said)}"


def digits(secret: bytes, step: int) -> str:
    """The six digits of one step of thirty seconds."""
    mac = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")  # the apps know no other
    at = mac[-1] & 15
    return f"{(int.from_bytes(mac[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


@transaction.atomic
def take_up_authenticator(person: Person, *, secret: str, typed: str, now: datetime) -> list[str]:
    """From now on this app is a second step. Gives the codes for paper, which are never shown again."""
    plain = _open(person, base64.b64decode(secret))
    step = _step_of(plain, typed, now=now)
    if step is None:
        raise Refused(_("These are not the digits the app should show now. Look whether the phone's clock is right."))
    Authenticator.objects.update_or_create(
        person=person, defaults={"secret": _seal(person, plain), "last_step": step, "made_at": now}
    )
    journal.record("person.authenticator_taken_up", person, by=person, now=now)
    return fresh_recovery_codes(person, now=now)


def prove_by_digits(person: Person, typed: str, *, now: datetime) -> bool:
    """Whether these are the digits the person's app shows now. The same digits work once."""
    found = Authenticator.objects.filter(person=person).first()
    if found is None:
        return False
    step = _step_of(_open(person, bytes(found.secret)), typed, now=now)
    if step is None:
        return False
    return Authenticator.objects.filter(person=person, last_step__lt=step).update(last_step=step) == 1


def _step_of(secret: bytes, typed: str, *, now: datetime) -> int | None:
    """The step whose digits these are: now, or one earlier or later, for clocks that differ."""
    said = "".join(sign for sign in typed if sign.isdecimal())
    present = int(now.timestamp()) // STEP_SECONDS
    for step in (present, present - 1, present + 1):
        if hmac.compare_digest(digits(secret, step).encode(), said.encode()):
            return step
    return None


def _seal(person: Person, secret: bytes) -> bytes:
    return sealing.seal(ring.index_key("totp"), secret, generation=0, about=_about(person))


def _open(person: Person, sealed: bytes) -> bytes:
    return sealing.open_(ring.index_key("totp"), sealed, about=_about(person))


def _about(person: Person) -> bytes:
    return f"people_authenticator|secret|{person.pk}".encode()


# ── Codes on paper ───────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def fresh_recovery_codes(person: Person, *, now: datetime) -> list[str]:
    """Ten new codes for paper; earlier ones die."""
    RecoveryCode.objects.filter(person=person).delete()
    plain = ["".join(secrets.choice(ALPHABET) for _sign in range(RECOVERY_SIGNS)) for _each in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(person=person, digest=_paper_digest(person, each)) for each in plain)
    journal.record("person.recovery_codes_made", person, by=person, now=now)
    return [f"{each[:5]}-{each[5:]}" for each in plain]


def prove_by_paper(person: Person, typed: str, *, now: datetime) -> bool:
    """Whether this is one of the person's codes on paper. It is used up."""
    with transaction.atomic():
        gone, _each = RecoveryCode.objects.filter(person=person, digest=_paper_digest(person, typed)).delete()
        if gone:
            journal.record("person.recovery_code_used", person, by=person, now=now)
        return bool(gone)


def _paper_digest(person: Person, typed: str) -> str:
    message = f"recovery code:{person.pk}:{as_spoken(typed)}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).hexdigest()


# ── Passkeys (WebAuthn) ──────────────────────────────────────────────────────────────────────────────────────────────


def passkeys_work_here() -> bool:
    """Browsers lend passkeys only to pages over https with a name, and to the machine itself."""
    where = urlsplit(settings.PUBLIC_URL)
    return where.scheme == "https" or where.hostname == "localhost"


def begin_passkey(person: Person) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser needs to make a passkey, and what we keep until it answers."""
    options, state = _server().register_begin(
        PublicKeyCredentialUserEntity(
            id=person.pk.bytes, name=person.short_name or "?", display_name=person.short_name or "?"
        ),
        credentials=[AttestedCredentialData(bytes(each.credential)) for each in queries.passkeys_of(person)],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return json.loads(json.dumps(dict(options))), dict(state)


@transaction.atomic
def keep_passkey(person: Person, *, state: dict[str, Any] | None, answer: str, now: datetime) -> Passkey:
    """Keep the public half of the passkey the browser made."""
    try:
        made = _server().register_complete(state, json.loads(answer))
    except (ValueError, TypeError, KeyError, AttributeError, AssertionError):
        raise Refused(_("The passkey could not be made. Please try again.")) from None
    held = made.credential_data
    assert held is not None
    passkey = Passkey(
        person=person,
        digest=_passkey_digest(held.credential_id),
        credential=bytes(held),
        uses=made.counter,
        made_at=now,
    )
    try:
        with transaction.atomic():
            passkey.save(force_insert=True)
    except IntegrityError:
        raise Refused(_("This passkey is here already.")) from None
    journal.record("person.passkey_kept", person, by=person, now=now)
    return passkey


def begin_proof(person: Person | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser needs to show a passkey: any of ours, or one of this person's."""
    held = [AttestedCredentialData(bytes(each.credential)) for each in queries.passkeys_of(person)] if person else None
    options, state = _server().authenticate_begin(held, user_verification=UserVerificationRequirement.REQUIRED)
    return json.loads(json.dumps(dict(options))), dict(state)


def prove_by_passkey(answer: str, *, state: dict[str, Any]) -> Person | None:
    """Whose passkey this is, if the browser really holds it."""
    try:
        shown = AuthenticationResponse.from_dict(json.loads(answer))
        passkey = Passkey.objects.select_related("person").filter(digest=_passkey_digest(shown.raw_id)).first()
        if passkey is None:
            return None
        _server().authenticate_complete(state, [AttestedCredentialData(bytes(passkey.credential))], shown)
        counted = shown.response.authenticator_data.counter
    except (ValueError, TypeError, KeyError, AttributeError, AssertionError):
        return None
    # A key that counts and counts backwards was copied.
    fresh = Passkey.objects.filter(pk=passkey.pk, uses__lt=counted) if counted else Passkey.objects.filter(uses=0)
    if not fresh.filter(pk=passkey.pk).update(uses=counted):
        return None
    return passkey.person


def _server() -> Fido2Server:
    where = urlsplit(settings.PUBLIC_URL)
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=where.hostname or "", name="Manyhands"),
        verify_origin=lambda origin: passkeys_work_here() and origin == f"{where.scheme}://{where.netloc}",
    )


def _passkey_digest(credential_id: bytes) -> str:
    return hashlib.sha256(credential_id).hexdigest()


# ── Having and losing them ───────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def drop(person: Person, *, passkey: Any = None, by: Person | None, now: datetime) -> None:
    """Do without a passkey, or without the app and its paper codes."""
    if passkey is not None:
        gone, _each = Passkey.objects.filter(person=person, pk=passkey).delete()
    else:
        gone, _each = Authenticator.objects.filter(person=person).delete()
        RecoveryCode.objects.filter(person=person).delete()
    if gone:
        journal.record("person.second_step_dropped", person, by=by, now=now)


@transaction.atomic
def drop_all(person: Person, *, by: Person | None, now: datetime) -> None:
    """For someone who lost everything: nothing stands beside the way in any more. Only at the host's terminal."""
    Passkey.objects.filter(person=person).delete()
    Authenticator.objects.filter(person=person).delete()
    RecoveryCode.objects.filter(person=person).delete()
    SecondStepDue.objects.filter(person=person).delete()
    journal.record("person.second_steps_dropped", person, by=by, now=now)


def tell_it_is_due(person: Person, *, now: datetime) -> datetime:
    """When this person was first told that they need a second step; now, if never."""
    due, _made = SecondStepDue.objects.get_or_create(person=person, defaults={"told_at": now})
    return due.told_at
