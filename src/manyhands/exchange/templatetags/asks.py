"""Asks and offers in words: when they are wanted, how long they have waited, how they stand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from manyhands.exchange import languages, telling
from manyhands.exchange.models import Ask
from manyhands.exchange.states import ClaimState, MatchState, OfferState
from manyhands.kit import reaching

register = template.Library()

TONES: dict[str, str] = {
    **{str(state): tone for state, tone in telling.TONES.items()},
    OfferState.OPEN: "wait",
    OfferState.PROMISED: "move",
    OfferState.GIVEN: "good",
    ClaimState.HELD: "move",
    ClaimState.DONE: "good",
    MatchState.PROPOSED: "wait",
    MatchState.AGREED: "good",
}


@register.filter
def tone(state: str) -> str:
    """The kit's tone for where a thing stands."""
    return TONES.get(state, "over")


@register.filter
def day(moment: datetime, now: datetime) -> str:
    """The day of a moment: "today", "tomorrow", "Fri, June 5"."""
    here, today = localtime(moment).date(), localtime(now).date()
    match (here - today).days:
        case 0:
            return _("today")
        case 1:
            return _("tomorrow")
        case -1:
            return _("yesterday")
    return pgettext("a day", "%(weekday)s, %(day)s") % {
        "weekday": date_format(here, "D"),
        "day": date_format(here, "MONTH_DAY_FORMAT" if here.year == today.year else "DATE_FORMAT"),
    }


def _time(moment: datetime) -> str:
    return date_format(localtime(moment), "TIME_FORMAT")


def window(start: datetime | None, end: datetime | None, now: datetime) -> str:
    """A span of time in words, as its reader would say it."""
    if start is None and end is None:
        return _("any time")
    if start is None:
        assert end is not None
        return _("until %(day)s, %(time)s") % {"day": day(end, now), "time": _time(end)}
    if end is None:
        return _("from %(day)s, %(time)s") % {"day": day(start, now), "time": _time(start)}
    if localtime(start).hour == localtime(start).minute == 0 and end - start == timedelta(days=1):
        return day(start, now)
    if localtime(start).date() == localtime(end - timedelta(seconds=1)).date():
        return _("%(day)s, %(start)s–%(end)s") % {"day": day(start, now), "start": _time(start), "end": _time(end)}
    return _("%(day)s, %(start)s – %(later)s, %(end)s") % {
        "day": day(start, now), "start": _time(start), "later": day(end, now), "end": _time(end),
    }  # fmt: skip


@register.filter
def wanted(ask: Ask, now: datetime) -> str:
    """When an ask is wanted."""
    return window(ask.wanted_from, ask.wanted_until, now)


@register.filter
def free(offer: Any, now: datetime) -> str:
    """When an offer can be had."""
    return window(offer.free_from, offer.free_until, now)


@register.filter
def is_late(ask: Ask, now: datetime) -> bool:
    """Whether an open ask's time is over."""
    return ask.is_open and ask.wanted_until is not None and ask.wanted_until < now


@register.filter
def waited(ask: Ask, now: datetime) -> str:
    """How long an ask has waited, or waited until it was over: "3 days"."""
    return timesince(ask.asked_at, ask.closed_at or now, depth=1)


@register.filter
def language(code: str) -> str:
    """A language's name in the reader's language."""
    return languages.name_of(code)


@register.filter
def readable(value: str) -> str:
    """A phone number as people read it out."""
    return reaching.readable(value)
