"""Pairs of people who may be one, and what the desk said of them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from manyhands.doubles.states import PairState
from manyhands.kernel.likeness import LIKELY, Reason, Sign
from manyhands.networks.models import Network
from manyhands.people.models import Person

_SIGNS = frozenset(Sign)


class Pair(models.Model):
    """Two people who may be one: how likely, the codes of the reasons, and what the desk said. No name, no number."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    one = models.ForeignKey(Person, models.CASCADE, related_name="+")  # whose key is the smaller one
    other = models.ForeignKey(Person, models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=PairState, default=PairState.OPEN)
    bits = models.FloatField(null=True)  # log-odds that they are one; nothing where the desk put them together
    signs = models.JSONField(default=list, blank=True)  # codes of `kernel.likeness.Sign`
    found_at = models.DateTimeField()
    answered_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    again_on = models.DateField(null=True)  # when "later" is over

    is_never_exported: ClassVar[bool] = True  # who may be whom is nobody's to take along

    class Meta:
        # Whom the desk put together comes first, on either database.
        ordering = (models.F("bits").desc(nulls_first=True), "pk")
        indexes = (models.Index(fields=["network", "state", "-bits"]),)
        constraints = (
            models.UniqueConstraint(fields=["network", "one", "other"], name="one_pair_of_two_people"),
            models.CheckConstraint(name="pair_stands_in_order", condition=models.Q(one__lt=models.F("other"))),
            models.CheckConstraint(
                name="pair_is_looked_at_again_only_later",
                condition=models.Q(state="later", again_on__isnull=False)
                | (~models.Q(state="later") & models.Q(again_on=None)),
            ),
        )

    @property
    def reasons(self) -> list[Reason]:
        """Why they may be one, or may not; a code of an older version that means nothing any more is left out."""
        return [Reason(Sign(sign)) for sign in self.signs if sign in _SIGNS]

    @property
    def is_likely(self) -> bool:
        """Whether they are more than possibly one; whom the desk put together counts as that."""
        return self.bits is None or self.bits >= LIKELY

    @property
    def standing(self) -> str:
        """Changes whenever somebody answers."""
        return f"{self.state}@{self.answered_at.timestamp():.6f}" if self.answered_at else self.state
