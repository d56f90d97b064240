"""What can be done about a person: note them, reach them, let them sign in."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from manyhands.journal import actions as journal
from manyhands.kit import links, reaching, ring
from manyhands.kit.refusals import Refused
from manyhands.people.models import ContactPoint, Invitation, Person

INVITATION_LASTS = timedelta(days=7)


@transaction.atomic
def note_person(
    *, name: str = "", reach: str = "", region: str = "", language: str = "", by: Person | None = None, now: datetime
) -> Person:
    """Note someone who may never sign in. ``reach`` is a phone, an e-mail or another way, as typed.

    ``by`` is whoever noted them; someone who wrote in for themselves is noted by themselves.
    """
    person = Person(pk=ring.new_holder(), name=name.strip(), language=language, joined_at=now)
    person.set_unusable_password()
    person.save()
    if reach:
        add_contact_point(person, typed=reach, region=region)
    journal.record("person.noted", person, by=by or person, now=now)
    return person


def add_contact_point(person: Person, *, typed: str, region: str) -> ContactPoint | None:
    """Add one way to reach them; a line that says there is none adds none."""
    way = reaching.understand(typed, region)
    if way is None:
        return None
    return ContactPoint.objects.create(person=person, kind=way.kind, value=way.value[:254], typed=way.typed[:254])


@transaction.atomic
def change_contact(person: Person, *, reach: str, region: str, by: Person | None, now: datetime) -> None:
    """Put new ways to reach them, one on each line, in the place of all they had."""
    person.contact_points.all().delete()
    for line in reach.splitlines():
        add_contact_point(person, typed=line, region=region)
    journal.record("person.contact_changed", person, by=by, now=now)


@transaction.atomic
def open_sign_in(person: Person, *, login: str, password: str, region: str, by: Person | None, now: datetime) -> Person:
    """Let a person sign in with an e-mail address or phone number and a password (already found good enough).

    An empty password is none: they sign in with codes or a passkey.
    """
    way = reaching.understand(login, region)
    if way is None or way.kind == "other":
        raise Refused(_("Write an e-mail address or a phone number to sign in with."))
    person.login = way.value
    person.set_password(password or None)
    try:
        with transaction.atomic():
            person.save(update_fields=["login", "password"])
    except IntegrityError:
        raise Refused(
            _("Someone already signs in with that. If it is you, sign in first and then open this link again.")
        ) from None
    if not any((point.kind, point.value) == (way.kind, way.value) for point in person.contact_points.all()):
        ContactPoint.objects.create(person=person, kind=way.kind, value=way.value, typed=way.typed)
    journal.record("person.sign_in_opened", person, by=by, now=now)
    return person


@transaction.atomic
def invite(person: Person, *, by: Person | None, now: datetime) -> Invitation:
    """Make a private link with which this person sets how they sign in. Earlier links of theirs die."""
    let_invitations_lapse(person, now=now)
    invitation = Invitation(person=person, nonce=links.fresh_nonce(), made_at=now, expires_at=now + INVITATION_LASTS)
    invitation.token_digest = links.digest(links.token_for("invitation", invitation.pk, invitation.nonce))
    invitation.save()
    journal.record("person.invited", person, by=by, now=now)
    return invitation


def let_invitations_lapse(person: Person, *, now: datetime) -> None:
    """Every private link a person could still set their sign-in with dies."""
    Invitation.objects.filter(person=person, used_at=None, expires_at__gt=now).update(expires_at=now)


@transaction.atomic
def use_invitation(invitation: Invitation, *, login: str, password: str, region: str, now: datetime) -> Person:
    """Take up an invitation: from now on its person signs in with this, and the link is dead."""
    invitation = Invitation.objects.select_for_update().select_related("person").get(pk=invitation.pk)
    if invitation.used_at or invitation.expires_at <= now:
        raise Refused(_("This link has been used or is too old. Ask whoever sent it for a new one."))
    person = open_sign_in(
        invitation.person, login=login, password=password, region=region, by=invitation.person, now=now
    )
    invitation.used_at = now
    invitation.save(update_fields=["used_at"])
    return person


@transaction.atomic
def rename(person: Person, *, name: str, language: str, by: Person, now: datetime) -> Person:
    """Change what a person is called and the language they read."""
    person.name, person.language = name.strip(), language
    person.save(update_fields=["name", "language"])
    journal.record("person.renamed", person, by=by, now=now)
    return person


@transaction.atomic
def make_host(person: Person, *, by: Person | None, now: datetime) -> Person:
    """Let a person look after this install. Only ever done by another host, or on the host's own terminal."""
    if by is not None and not by.is_host:
        raise Refused(_("Only a host can make someone a host."))
    person.is_host = True
    person.save(update_fields=["is_host"])
    journal.record("person.made_host", person, by=by, now=now)
    return person


def mark_as_demo(person: Person) -> None:
    """Let anyone be this made-up person with one tap, in demo mode only."""
    person.is_demo = True
    person.save(update_fields=["is_demo"])
