"""Areas and places."""

from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from manyhands.kit.sealed_fields import HolderField, SealedCharField, SealedFloatField, Sealing, Under
from manyhands.networks.models import Network

LATITUDE = [MinValueValidator(-90.0), MaxValueValidator(90.0)]
LONGITUDE = [MinValueValidator(-180.0), MaxValueValidator(180.0)]


class Area(models.Model):
    """A part of town by the name people use for it; areas may lie in areas."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    other_names = models.JSONField(default=list, blank=True)  # as people also write it
    within = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    lat = models.FloatField(_("latitude"), null=True, blank=True, validators=LATITUDE)
    lon = models.FloatField(_("longitude"), null=True, blank=True, validators=LONGITUDE)

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=["network", "name"], name="one_area_per_name"),)

    def __str__(self) -> str:
        return self.name


class Squares(models.Model):
    """The squares a network shows places in: from homes that were counted, or from a guess how people live there.

    Of a list of homes only the squares stay, and how many homes lie in each. They stay as they are until a steward
    brings another list: a place that moved between squares would be one of fewer homes.
    """

    class Settled(models.TextChoices):
        CITY = "city", _("a city: blocks of flats")
        TOWN = "town", _("a town, or the edge of a city")
        VILLAGE = "village", _("villages")
        COUNTRY = "country", _("scattered farms")

    network = models.OneToOneField(Network, models.CASCADE, related_name="+")
    settled = models.CharField(_("How people live here"), max_length=8, choices=Settled, default=Settled.TOWN)
    least = models.PositiveSmallIntegerField(
        _("Homes in a square, at least"), default=50, validators=[MinValueValidator(20), MaxValueValidator(1000)]
    )
    version = models.PositiveIntegerField(default=0)  # one more with each list
    measured_at = models.DateTimeField(null=True, blank=True)  # empty: nobody counted
    grid = models.JSONField(default=list, blank=True)  # metres, latitude and longitude of `kernel.squares.Grid`
    cut = models.JSONField(default=list, blank=True)  # south, west, north, east, homes of each square


class Place(Sealing):
    """Where something is: as people wrote it, and on the map as exactly as it is known.

    It is somebody's, who asked, offers or sets out there, or the network's own.
    """

    class Exactness(models.TextChoices):
        DOOR = "door", _("the door")
        CORNER = "corner", _("a corner nearby")
        STREET = "street", _("somewhere in this street")
        AREA = "area", _("only the area")
        UNKNOWN = "unknown", _("not on the map yet")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    holder = HolderField()  # the person's id, or the network's
    text = SealedCharField(max_length=300, blank=True)  # "near Elm St & 4th"
    door = SealedCharField(max_length=200, blank=True)  # floor, bell, gate code
    area = models.ForeignKey(Area, models.SET_NULL, null=True, blank=True, related_name="+")
    lat = SealedFloatField(blank=True, least=-90.0, most=90.0)
    lon = SealedFloatField(blank=True, least=-180.0, most=180.0)
    exactness = models.CharField(max_length=8, choices=Exactness, default=Exactness.UNKNOWN)
    is_found = models.BooleanField(default=False, db_default=False)  # the point comes from the street map

    under = Under(holder="holder", network="network_id")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="place_is_on_the_map_with_both_or_neither",
                condition=models.Q(lat=None, lon=None) | models.Q(lat__isnull=False, lon__isnull=False),
            ),
        )

    @property
    def is_on_map(self) -> bool:
        return self.lat is not None and self.lon is not None

    @property
    def is_given(self) -> bool:
        """Whether somebody gave its point: it is not found on the street map, nor the middle of its area."""
        return self.exactness in {self.Exactness.DOOR, self.Exactness.CORNER} and not self.is_found
