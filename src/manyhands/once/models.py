"""What was sent and answered."""

from __future__ import annotations

from django.db import models


class Sent(models.Model):
    """That someone sent a form under a mark, and what it was answered.

    Who, the mark and what the form said are digests. Where the answer led is sealed with a key made from the mark,
    which only whoever sent it has: it may be a private link.
    """

    who = models.CharField(max_length=64)
    mark = models.CharField(max_length=64)
    said = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    led_to = models.BinaryField(default=b"")
    sent_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["who", "mark"], name="one_answer_for_one_mark"),)
