"""Questions about people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from manyhands.kit import links
from manyhands.kit.sealed_fields import marks_of
from manyhands.people import sending
from manyhands.people.models import (
    Authenticator,
    ContactPoint,
    Device,
    Invitation,
    Passkey,
    Person,
    RecoveryCode,
    SecondStepDue,
)


def invitation_behind(token: str, *, now: datetime) -> Invitation | None:
    """The invitation this private link opens, while it can still be used."""
    return (
        Invitation.objects.select_related("person")
        .filter(token_digest=links.digest(token), used_at=None, expires_at__gt=now)
        .first()
    )


def invitation_token(invitation: Invitation) -> str:
    """The secret part of the invitation's link."""
    return links.token_for("invitation", invitation.pk, invitation.nonce)


def demo_people() -> list[Person]:
    """The people of the demo network anyone may sign in as; only in demo mode."""
    return sorted(Person.objects.filter(is_demo=True), key=lambda person: (person.joined_at, person.name))


def signing_in_as(names: Iterable[str]) -> Person | None:
    """Who signs in with one of these e-mails or phones, each written as we keep it."""
    return Person.objects.filter(login_index__in=marks_of(Person, "login_index", names)).first()


def marks_of_reach(ways: Iterable[str]) -> dict[bytes, str]:
    """What stands in the index of contact points for these phones and e-mails, as we keep them: mark -> value."""
    return marks_of(ContactPoint, "value_index", ways)


def reached_at(ways: Iterable[str]) -> QuerySet[ContactPoint]:
    """The contact points with exactly one of these values."""
    return ContactPoint.objects.filter(value_index__in=marks_of_reach(ways))


def by_key(key: UUID) -> Person | None:
    return Person.objects.filter(pk=key).first()


def devices_of(person: Person) -> QuerySet[Device]:
    """Where this person is signed in, the one used last first."""
    return Device.objects.filter(person=person).order_by("-seen_at", "-begun_at")


def passkeys_of(person: Person) -> QuerySet[Passkey]:
    return Passkey.objects.filter(person=person).order_by("made_at")


def has_authenticator(person: Person) -> bool:
    return Authenticator.objects.filter(person=person).exists()


def has_second_step(person: Person) -> bool:
    """Whether there is something beside a password or a code: a passkey or an app that shows digits."""
    return has_authenticator(person) or passkeys_of(person).exists()


def recovery_codes_left(person: Person) -> int:
    return RecoveryCode.objects.filter(person=person).count()


def second_step_due(person: Person) -> datetime | None:
    """When this person was first told that they need a second step."""
    return SecondStepDue.objects.filter(person=person).values_list("told_at", flat=True).first()


def can_be_sent_a_code(kind: str) -> bool:
    """Whether codes to sign in with can be sent to an "email" or a "phone" from here."""
    return sending.can_reach(kind)
