"""The one table of the kit: how often something was tried."""

from __future__ import annotations

from django.db import models


class Allowance(models.Model):
    """How often something was tried by someone we don't know any more tomorrow. See limits.py."""

    mark = models.CharField(max_length=64, primary_key=True)
    tries = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)
