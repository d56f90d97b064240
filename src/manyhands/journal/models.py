"""What happened."""

from __future__ import annotations

from typing import Any, Never
from uuid import UUID

from django.db import models

from manyhands.kit.refusals import Refused

HOUSE = UUID(int=0)  # the chain of what happens outside every network


class Entry(models.Model):
    """One thing that happened: who did what to which thing, when. References only, never a name or free text.

    Every entry is a link in its network's chain (kernel.chain). The database refuses to change or delete one; only
    what opens a commitment (by, subject, details and their salts) can be blanked, for good.
    """

    at = models.DateTimeField()
    network = models.UUIDField(null=True)
    by = models.CharField(max_length=60)  # "person:<uuid>", or "house" for what happens by the clock
    verb = models.CharField(max_length=60)  # "ask.claimed"
    subject = models.CharField(max_length=60)  # "ask:<uuid>"
    details = models.JSONField(default=dict)
    chain = models.UUIDField(default=HOUSE)  # the network, or the house
    by_salt = models.BinaryField(max_length=16, null=True)
    subject_salt = models.BinaryField(max_length=16, null=True)
    details_salt = models.BinaryField(max_length=16, null=True)
    commitments = models.BinaryField(max_length=96)
    body = models.BinaryField(max_length=32)
    # Given by the database as the transaction ends, so that nobody holds up others with a chain they have begun on.
    number = models.BigIntegerField(null=True)
    digest = models.BinaryField(max_length=32, null=True)

    class Meta:
        ordering = ("at", "number", "pk")
        indexes = (
            models.Index(fields=["subject", "at"]),
            models.Index(fields=["network", "at"]),
            models.Index(fields=["chain"], name="journal_not_sealed", condition=models.Q(digest=None)),
        )
        constraints = (models.UniqueConstraint(fields=["chain", "number"], name="one_entry_per_number"),)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Refused("What happened can't be changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        raise Refused("What happened can't be taken out.")


class End(models.Model):
    """Where a chain has got to: the number and digest of its last entry."""

    chain = models.UUIDField(primary_key=True)
    number = models.BigIntegerField(default=0)
    digest = models.BinaryField(max_length=32)
