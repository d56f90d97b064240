"""Networks, their members and their words."""

from __future__ import annotations

import uuid
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from manyhands.networks.states import Role, Standing
from manyhands.people.models import Person

# Words that are pages of the house and so can't name a network.
RESERVED_SLUGS = frozenset(
    {
        "a",
        "about",
        "api",
        "blocked",
        "demo",
        "forgotten",
        "health",
        "host",
        "i18n",
        "invited",
        "jsi18n",
        "kit",
        "leave",
        "o",
        "r",
        "reports",
        "s",
        "sign-in",
        "sign-out",
        "static",
        "streets",
        "media",
        "metrics",
        "account",
        "networks",
    }
)


class Network(models.Model):
    """A group of people who organise together, with its own rules. Sees nothing of other networks on the install."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(
        _("short name for the address"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*$", _("Use small letters, digits and dashes."))],
    )
    name = models.CharField(_("name"), max_length=120)
    welcome = models.CharField(_("a sentence of welcome"), max_length=300, blank=True)
    language = models.CharField(_("language"), max_length=16, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    country = models.CharField(_("country of phone numbers"), max_length=2, default="US")
    lat = models.FloatField(_("latitude of its middle"), null=True, blank=True)
    lon = models.FloatField(_("longitude of its middle"), null=True, blank=True)
    is_open = models.BooleanField(_("takes new asks"), default=True)
    closed_note = models.CharField(_("what to tell people while it takes none"), max_length=300, blank=True)
    look_first = models.BooleanField(_("a dispatcher looks at each ask before helpers see it"), default=True)
    welcome_helpers = models.BooleanField(_("new helpers wait until someone welcomes them"), default=True)
    ask_days = models.PositiveSmallIntegerField(
        _("days until an open ask expires"), default=21, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    offer_days = models.PositiveSmallIntegerField(
        _("days until an open offer expires"), default=30, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    claim_cap = models.PositiveSmallIntegerField(
        _("asks a helper may hold at once"), default=5, validators=[MinValueValidator(1), MaxValueValidator(200)]
    )
    blur_metres = models.PositiveIntegerField(
        _("side of the squares places are shown in, in metres"),
        default=800,
        validators=[MinValueValidator(200), MaxValueValidator(20_000)],
    )
    hide_below = models.PositiveSmallIntegerField(
        _("hide public numbers below"), default=5, validators=[MinValueValidator(2), MaxValueValidator(50)]
    )
    second_step = models.BooleanField(
        _("stewards sign in with a passkey or an app as well (leave this on)"), default=True
    )
    is_demo = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    asleep_since = models.DateTimeField(null=True, blank=True)
    asleep_note = models.CharField(_("how to reach someone"), max_length=300, blank=True)

    class Meta:
        ordering = ("name",)

    @property
    def zone(self) -> ZoneInfo:
        """The network's time zone, for reading and showing clock times."""
        return ZoneInfo(self.time_zone)


class Membership(models.Model):
    """That a person belongs to a network, in which role, and whether they are there now."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    role = models.CharField(max_length=12, choices=Role, default=Role.HELPER)
    standing = models.CharField(max_length=12, choices=Standing, default=Standing.WAITING)
    since = models.DateTimeField()
    # Paused by somebody of trust, who alone lets them back. To everyone else they are simply taking a rest.
    is_held = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["network", "person"], name="one_membership_per_network"),)

    def may(self, role: str) -> bool:
        """Whether this member, as they stand now, may do what ``role`` does."""
        order = list(Role.values)
        return self.standing == Standing.ACTIVE and order.index(self.role) >= order.index(role)

    @property
    def is_dispatcher(self) -> bool:
        return self.may(Role.DISPATCHER)

    @property
    def is_steward(self) -> bool:
        return self.may(Role.STEWARD)


class Apart(models.Model):
    """That two people are kept apart here: nothing is matched or claimed between them. Nobody reads why, or that."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    one = models.ForeignKey(Person, models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, models.CASCADE, related_name="+")
    since = models.DateTimeField()

    is_never_exported: ClassVar[bool] = True

    class Meta:
        constraints = (models.UniqueConstraint(fields=["network", "one", "other"], name="kept_apart_once"),)


class Joined(models.Model):
    """That somebody is written down twice here: ``person`` is held to be ``into``. It moves nothing and opens nothing.

    All of one person's point at the same one, which points at nobody: there are no chains. What they said stays sealed
    under the key it was sealed under, so that each can be taken out again as it was.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    into = models.ForeignKey(Person, models.CASCADE, related_name="+")
    since = models.DateTimeField()
    # How the membership of `person` stood before: one of the two helps, the other one rests behind it.
    stood = models.CharField(max_length=12, choices=Standing, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["network", "person"], name="joined_once"),
            models.CheckConstraint(name="joined_to_another", condition=~models.Q(person=models.F("into"))),
        )


class Wording(models.Model):
    """A network's own word in place of one of ours, in one language."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="wordings")
    word = models.CharField(max_length=40)
    language = models.CharField(max_length=16)
    text = models.CharField(max_length=60)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["network", "word", "language"], name="one_wording_per_word"),)
