"""Saying no: in a sentence to someone who may know why, with silence to someone who may not."""

from __future__ import annotations

from django.http import Http404


class Refused(Exception):
    """An action was not done. The text is a sentence for the person who tried, in their language."""


class NotHere(Http404):
    """There is no such thing, or it is not yours to see: from outside the two look the same."""


def refuse_if(why_not: str | None) -> None:
    """Raise :class:`Refused` with the rule's sentence, if the rule gave one."""
    if why_not:
        raise Refused(why_not)
