"""The same again: asks that come round by themselves, and asks whose time is over."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from manyhands.exchange import queries, rules
from manyhands.exchange.actions.asks import expiry_of, locked, put, save_with_code
from manyhands.exchange.models import Ask, Asking, Offer, Repeat
from manyhands.exchange.states import OPEN, AskState, OfferState, RepeatState
from manyhands.journal import actions as journal
from manyhands.kit.refusals import refuse_if
from manyhands.people.models import Person

# A round is posted this long before its day, so that the desk can plan it.
AHEAD = timedelta(days=2)


@transaction.atomic
def repeat_ask(ask: Ask, *, weekday: int, every_weeks: int = 1, by: Person | None, now: datetime) -> Repeat:
    """Let an ask come round on a weekday (0 is Monday), first in the week after the day it is wanted itself."""
    ask = locked(ask)
    refuse_if(rules.why_not_repeat(by, ask))
    zone = ask.network.zone
    after = now.astimezone(zone).date()
    wanted = ask.wanted_from or ask.wanted_until
    if ask.is_open and wanted is not None:
        after = max(after, wanted.astimezone(zone).date())
    days = (weekday - after.weekday()) % 7 or 7
    repeat = Repeat.objects.create(
        network=ask.network, first=ask, weekday=weekday, every_weeks=every_weeks, next_on=after + timedelta(days=days)
    )
    ask.repeat = repeat
    ask.save(update_fields=["repeat"])
    journal.record("ask.repeats", ask, by=by, now=now, weekday=weekday, every_weeks=every_weeks)
    return repeat


@transaction.atomic
def repeat_asking(asking: Asking, *, weekday: int, by: Person | None, now: datetime) -> None:
    """Let all linked asks of an asking come round every week; one that already does stays as it is."""
    for ask in Ask.objects.filter(asking=asking, repeat=None).order_by("pk"):
        repeat_ask(ask, weekday=weekday, by=by, now=now)


@transaction.atomic
def ask_same_again(ask: Ask, *, by: Person | None, now: datetime) -> Ask:
    """Ask for the same once more, now, after the first was met or given up; it stays under the same private link.

    The day it was wanted is over, so the new one is wanted on no day in particular. Pressed twice, it is asked once.
    """
    first = locked(ask)
    refuse_if(rules.why_not_ask_same_again(by, first))
    waiting = Ask.objects.filter(asking=first.asking_id, category=first.category_id, state__in=OPEN)
    if (already := waiting.order_by("-asked_at").first()) is not None:
        return already
    again = _copy(first, now=now)
    again.state = AskState.NEW if first.network.look_first else AskState.READY
    again.is_urgent = first.is_urgent
    save_with_code(again)
    journal.record("ask.posted", again, by=by, now=now, category=again.category_id, source="again", first=str(first.pk))
    return again


@transaction.atomic
def move_repeat(repeat: Repeat, *, state: str, by: Person | None, now: datetime) -> Repeat:
    """Pause a repeat, let it run again, or stop it. Days that passed meanwhile are not made up for."""
    repeat = Repeat.objects.select_for_update(of=("self",)).select_related("network", "first__asking").get(pk=repeat.pk)
    refuse_if(rules.why_not_move_repeat(by, repeat, state))
    repeat.state = state
    if state == RepeatState.RUNNING:
        today = now.astimezone(repeat.network.zone).date()
        while repeat.next_on <= today:
            repeat.next_on += timedelta(weeks=repeat.every_weeks)
    repeat.save(update_fields=["state", "next_on"])
    journal.record("ask.repeat_moved", repeat.first, by=by, now=now, state=str(state))
    return repeat


def come_round(*, now: datetime) -> int:
    """Post every round whose day is near. Safe to call from several places at once. Returns how many were posted."""
    due = list(queries.due_to_come_round(now + AHEAD))
    return sum(_post_round(repeat.pk, now=now) for repeat in due)


@transaction.atomic
def _post_round(key: UUID, *, now: datetime) -> int:
    repeat = (
        Repeat.objects.select_for_update(of=("self",))
        .select_related("network", "first__asking", "first__place", "first__category")
        .get(pk=key)
    )
    today = now.astimezone(repeat.network.zone).date()
    if repeat.state != RepeatState.RUNNING or repeat.next_on > today + AHEAD:
        return 0
    posted = 0
    if repeat.next_on >= today:
        posted = _copy_for(repeat, repeat.next_on, now=now)
    while repeat.next_on <= today + AHEAD:
        repeat.next_on += timedelta(weeks=repeat.every_weeks)
    repeat.save(update_fields=["next_on"])
    return posted


def _copy_for(repeat: Repeat, day: date, *, now: datetime) -> int:
    first = repeat.first

    def on_that_day(moment: datetime | None) -> datetime | None:
        """The same clock time on the new day, in the network's own zone, across summer time."""
        if moment is None:
            return None
        base = first.wanted_from or first.wanted_until or moment
        here = moment.astimezone(repeat.network.zone)
        later = (here.date() - base.astimezone(repeat.network.zone).date()).days
        return datetime.combine(day + timedelta(days=later), here.timetz().replace(tzinfo=None), repeat.network.zone)

    start, end = on_that_day(first.wanted_from), on_that_day(first.wanted_until)
    if start is None and end is None:
        start = datetime.combine(day, datetime.min.time(), repeat.network.zone)
        end = start + timedelta(days=1)
    ask = _copy(first, start=start, end=end, now=now)
    # The desk looked at it when it was first asked.
    ask.state, ask.repeat, ask.repeat_on = AskState.READY, repeat, day
    try:
        with transaction.atomic():
            save_with_code(ask)
    except IntegrityError:
        return 0  # another process posted this day's round
    journal.record("ask.came_round", ask, by=None, now=now, first=str(first.pk))
    return 1


def _copy(first: Ask, *, start: datetime | None = None, end: datetime | None = None, now: datetime) -> Ask:
    """The same need once more, not saved yet."""
    return Ask(
        network=first.network,
        asking=first.asking,
        category=first.category,
        words=first.words,
        notes="",
        place=first.place,
        language=first.language,
        wanted_from=start,
        wanted_until=end,
        people=first.people,
        boxes=first.boxes,
        minutes=first.minutes,
        skill=first.skill,
        is_urgent=False,
        asked_at=now,
        moved_at=now,
        expires_at=expiry_of(first.network, end, now=now),
    )


def expire_what_is_due(*, now: datetime) -> int:
    """Let asks and offers expire whose time is over and that nobody holds. Returns how many did."""
    expired = 0
    for due in queries.due_to_expire(now):
        with transaction.atomic():
            ask = locked(due)
            if ask.state in {AskState.NEW, AskState.READY} and ask.expires_at <= now:
                put(ask, AskState.EXPIRED, now=now)
                journal.record("ask.expired", ask, by=None, now=now)
                expired += 1
    for late in Offer.objects.filter(state=OfferState.OPEN, expires_at__lte=now):
        with transaction.atomic():
            offer = Offer.objects.select_for_update(of=("self",)).get(pk=late.pk)
            if offer.state == OfferState.OPEN and offer.expires_at <= now:
                offer.state, offer.closed_at = OfferState.EXPIRED, now
                offer.save(update_fields=["state", "closed_at"])
                journal.record("offer.expired", offer, by=None, now=now)
                expired += 1
    return expired
