"""People and how to reach them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from manyhands.kit.sealed_fields import BlindIndexField, SealedCharField, Sealing, Under, marks_of


class PersonManager(BaseUserManager["Person"]):
    """Looks people up by the name they sign in with."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(login_index__in=marks_of(self.model, "login_index", [(username or "").strip().lower()]))


class Person(AbstractBaseUser, Sealing):
    """Someone: a neighbour who asked once, a helper, a dispatcher, the host. Most never sign in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = SealedCharField(_("name"), max_length=120, blank=True)
    login = SealedCharField(_("e-mail or phone you sign in with"), max_length=254, null=True)
    login_index = BlindIndexField(of="login", unique=True)
    language = models.CharField(_("language"), max_length=16, blank=True)  # BCP 47
    is_host = models.BooleanField(default=False)  # looks after this install: may create networks
    is_demo = models.BooleanField(default=False)  # one-tap sign-in, only ever in demo mode
    joined_at = models.DateTimeField()

    under = Under(holder="id")
    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def get_username(self) -> str:
        return str(self.login or "")

    @property
    def short_name(self) -> str:
        """First name and initial, as others see it: "Rosa M."."""
        parts = self.name.split()
        if len(parts) < 2:
            return str(self.name)
        return f"{parts[0]} {parts[-1][0]}."


class ContactPoint(Sealing):
    """One way to reach someone."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("Phone")
        EMAIL = "email", _("E-mail")
        OTHER = "other", _("Another way")

    person = models.ForeignKey(Person, models.CASCADE, related_name="contact_points")
    kind = models.CharField(max_length=8, choices=Kind)
    row = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)  # what its sealed values are tied to
    value = SealedCharField(max_length=254)  # E.164, lower-case e-mail, or as typed
    value_index = BlindIndexField(of="value", db_index=True)
    typed = SealedCharField(max_length=254)  # as the person wrote it
    note = SealedCharField(max_length=200, blank=True)  # "text only", "my sister's phone"

    under = Under(holder="person_id", row="row")

    class Meta:
        constraints = (models.CheckConstraint(name="contact_point_says_something", condition=~models.Q(value="")),)


class Invitation(models.Model):
    """A private link with which someone makes (or mends) their way to sign in. Works once, then dies."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=32)
    token_digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Device(Sealing):
    """A browser someone is signed in with: what its person tells it apart by; no address, no traits."""

    class Browser(models.TextChoices):
        FIREFOX = "firefox", _("Firefox")
        SAFARI = "safari", _("Safari")
        CHROME = "chrome", _("Chrome or a relative of it")
        OTHER = "other", _("Another browser")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    name = SealedCharField(_("what you call it"), max_length=60, blank=True)
    browser = models.CharField(max_length=8, choices=Browser, default=Browser.OTHER)
    is_own = models.BooleanField(default=False)  # said to be nobody else's: stays signed in for longer
    begun_at = models.DateTimeField()
    seen_at = models.DateTimeField()  # to the hour

    under = Under(holder="person_id")


class SignInCode(models.Model):
    """A code that signs someone in once, in the browser that asked for it. Nobody's, where the name is unknown."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", null=True)
    tries_left = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()


class Passkey(models.Model):
    """The public half of a key that never leaves someone's phone, computer or stick."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)  # of the credential's id, to find it by
    credential = models.BinaryField()
    uses = models.PositiveBigIntegerField(default=0)  # as counted by the key itself, where it counts
    made_at = models.DateTimeField()


class Authenticator(models.Model):
    """An app that shows six digits every thirty seconds. Its secret is sealed."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="+")
    secret = models.BinaryField()
    last_step = models.BigIntegerField(default=0)  # digits work once
    made_at = models.DateTimeField()


class RecoveryCode(models.Model):
    """A code on paper for the day the phone is lost. Works once."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)


class SecondStepDue(models.Model):
    """When someone was first told that their work here needs a second step at sign-in."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="+")
    told_at = models.DateTimeField()
