"""Telling people things."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from manyhands.jobs.actions import NotNow
from manyhands.journal import actions as journal
from manyhands.kit import limits
from manyhands.notices import carriers, letters, queries, tasks
from manyhands.notices.letters import Words, says
from manyhands.notices.models import Notice
from manyhands.notices.states import NoticeState, Way, WhyNot
from manyhands.people.models import Person

__all__ = ["Words", "forget_what_is_over", "says", "send", "tell"]

KEEP_FOR = timedelta(days=14)
# More than anyone needs; less than whoever is paid for each text would like.
TEXTS_TO_ONE_A_DAY = 12
_PLAIN = re.compile(r"[A-Za-z0-9_.:/-]*")


@transaction.atomic
def tell(
    person: Person,
    *,
    kind: str,
    about: object = "",
    link: str = "",
    way: str = "",
    key: str | None = None,
    by: Person | None,
    now: datetime,
) -> Notice:
    """Tell someone something, soon: the notice stands exactly if the caller's transaction does, and a job sends it.

    What it says is made when it is sent, by the writer that ``config/wiring.py`` gave this kind:

        notices.says("sign_in_code", signing_in.words_of_code)         # writer(person, about) -> Words | None
        notices.tell(person, kind="sign_in_code", about=code.pk, way=Way.TEXT, key=f"code:{code.pk}", by=None, now=now)

    ``about`` is the id of what it is about, ``link`` a page of ours that is no secret. A secret link or code is not
    kept here: the writer makes it from the thing ``about`` names. ``way`` forces mail or text; otherwise mail is tried
    before text. Two with one ``key`` are one. Nothing happens to the caller where the house sends nothing.
    """
    if not letters.knows(kind):
        raise LookupError(f"Nobody says what “{kind}” says. Give it a writer in config/wiring.py.")
    if not (_PLAIN.fullmatch(str(about)) and _PLAIN.fullmatch(link)):
        raise TypeError("A notice keeps ids and paths, not text.")
    if key is not None and (earlier := Notice.objects.filter(key=key).first()):
        return earlier
    notice = Notice(person=person, kind=kind, about=str(about), link=link, way=way, key=key, made_at=now)
    made = notice.pk
    # Not raised where another was first at the same time: an error would end the caller's transaction on PostgreSQL.
    Notice.objects.bulk_create([notice], ignore_conflicts=True)
    if key is not None and (notice := Notice.objects.get(key=key)).pk != made:
        return notice
    journal.record("person.told", person, by=by, now=now, kind=kind)
    tasks.send.enqueue(str(notice.pk))
    return notice


def send(notice: Notice, *, now: datetime, last: bool, context: Any) -> None:
    """Send a waiting notice as things stand now. A worker says this, outside any transaction.

    A text that is not urgent waits for the morning: its job goes back in line, untried. Once it is carried it is marked
    sent together with its job. A crash between the two lets it go out once more, under the same id.
    """
    words = letters.write(notice)
    way, to = _way_to(notice)
    if words is None or not to:
        why = WhyNot.OVER if words is None else WhyNot.NO_WAY if _anything_is_on(notice) else WhyNot.OFF
        _end(notice, NoticeState.DROPPED, why=why, way=way, now=now, context=context)
        return
    if way == Way.TEXT and not letters.is_urgent(notice.kind) and (morning := queries.quiet_until(notice.person, now)):
        raise NotNow(morning)
    if way == Way.TEXT and not _counts_among_todays(notice, to, now=now, context=context):
        return
    try:
        if way == Way.MAIL:
            carriers.mail(notice.pk, to=to, subject=words.subject, body=words.as_mail())
        else:
            carriers.text(notice.pk, to=to, body=words.as_text())
    except carriers.NeverCarried:
        _end(notice, NoticeState.FAILED, why=WhyNot.REFUSED, way=way, now=now, context=context)
    except carriers.NotCarried:
        if not last:
            raise
        _end(notice, NoticeState.FAILED, why=WhyNot.UNREACHABLE, way=way, now=now, context=context)
    else:
        _end(notice, NoticeState.SENT, way=way, now=now, context=context)


def _way_to(notice: Notice) -> tuple[str, str]:
    """Which way it goes, and where to: read now, for people move."""
    person = notice.person
    if notice.way in {"", Way.MAIL} and carriers.mail_is_on() and (address := queries.mail_address_of(person)):
        return Way.MAIL, address
    if notice.way in {"", Way.TEXT} and carriers.texts_are_on() and (number := queries.number_of(person)):
        return Way.TEXT, number
    return notice.way, ""


@transaction.atomic
def _counts_among_todays(notice: Notice, number: str, *, now: datetime, context: Any) -> bool:
    """Count a text among today's, once, however often its carrier is asked; one too many ends here.

    All in one transaction: a worker that is killed in the middle has counted nothing, and whoever takes over counts.
    """
    if not limits.allow("text", notice.pk, most=1, within=timedelta(days=1), now=now) or _may_text(number, now=now):
        return True
    _end(notice, NoticeState.FAILED, why=WhyNot.TOO_MANY, way=Way.TEXT, now=now, context=context)
    return False


def _may_text(number: str, *, now: datetime) -> bool:
    """Whether one more text may go out today: to this number, and from this house."""
    day = timedelta(days=1)
    return limits.allow("text to", number, most=TEXTS_TO_ONE_A_DAY, within=day, now=now) and limits.allow(
        "text from", "this house", most=settings.ENV.texts_a_day, within=day, now=now
    )


def _anything_is_on(notice: Notice) -> bool:
    on = {Way.MAIL: carriers.mail_is_on(), Way.TEXT: carriers.texts_are_on()}
    return on[Way(notice.way)] if notice.way else any(on.values())


@transaction.atomic
def _end(notice: Notice, state: NoticeState, *, why: str = "", way: str, now: datetime, context: Any) -> None:
    waiting = Notice.objects.filter(pk=notice.pk, state=NoticeState.WAITING)
    waiting.update(state=state, why_not=why, way=way, ended_at=now)
    context.finish()


def forget_what_is_over(*, now: datetime) -> int:
    """Delete notices that ended a while ago. Returns how many."""
    gone, _ = Notice.objects.filter(ended_at__lt=now - KEEP_FOR).delete()
    return gone
