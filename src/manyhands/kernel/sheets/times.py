"""Reading cells about when: moments, days, hours, weekdays, in one column or a pair."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from manyhands.kernel.sheets import looks
from manyhands.kernel.sheets.answers import parse_yes_no
from manyhands.kernel.sheets.dates import Dated
from manyhands.kernel.sheets.drafts import Cell, Draft, Reader
from manyhands.kernel.sheets.fields import Field
from manyhands.kernel.sheets.hours import parse_clock, parse_hours, weekday_of
from manyhands.kernel.sheets.lexicon import plain
from manyhands.kernel.sheets.problems import Code
from manyhands.kernel.sheets.records import When
from manyhands.kernel.sheets.urgency import priority_of

DATED = frozenset(
    {
        Field.ASKED_AT, Field.WANTED_ON, Field.WANTED_FROM, Field.WANTED_UNTIL, Field.AVAILABLE_FROM,
        Field.AVAILABLE_UNTIL, Field.AVAILABLE_ON,
    }
)  # fmt: skip
_TODAY = frozenset({"today", "hoy", "aujourd hui", "heute", "oggi", "hoje", "اليوم", "היום", "今天", "jodi a"})
_TOMORROW = frozenset({"tomorrow", "manana", "demain", "morgen", "domani", "amanha", "غدا", "מחר", "明天", "demen"})
_OR = frozenset(
    {
        "or", "and", "oder", "und", "o", "u", "y", "e", "ou", "et", "ni", "not", "no", "nicht", "non", "pas", "kein",
        "או", "ו", "أو", "و",
    }
)  # fmt: skip
_LONGEST_BARE_SPAN = 14  # "17:30 - 19:00" says it all; what is longer is kept in the notes as well


def _dated(cell: Cell) -> Dated:
    return cell.learnt.dates[cell.index].cells[cell.position]


def _tell(cell: Cell, dated: Dated) -> None:
    if dated.problem:
        cell.say(dated.problem, date=dated.moment.date().isoformat() if dated.moment else "")
    if dated.problem == Code.DATE_WRONG:
        cell.note()


def _read_asked_at(cell: Cell) -> None:
    dated = _dated(cell)
    if dated.moment:
        cell.put("asked_at", dated.moment)
    _tell(cell, dated)


def _read_on(cell: Cell) -> None:
    """The day something is wanted on, or somebody has time; also "today", "Tuesdays after 5", "as soon as possible"."""
    dated = _dated(cell)
    if dated.moment:
        cell.put("_on", dated.moment.date())
        if dated.has_time:
            cell.put("_after", dated.moment.time())
        _tell(cell, dated)
        return
    if not _said_which_day(cell) and dated.problem and not _understood_hours(cell) and not _said_how_soon(cell):
        _tell(cell, dated)


def _said_how_soon(cell: Cell) -> bool:
    """True for "as soon as possible": it says how urgent it is where a day was asked for."""
    priority = priority_of(cell.text)
    if priority is not None:
        cell.put("priority", priority)
        cell.note()
    return priority is not None


def _said_which_day(cell: Cell) -> bool:
    """True for "today", "tomorrow after 5", "hoy, urgente": one day, and behind it only what is understood.

    Only at the beginning, for "am Morgen" is another thing. "Today or tomorrow" and "today not possible" stay as said.
    """
    words = plain(cell.text)
    for days, names in enumerate((_TODAY, _TOMORROW)):
        for name in names:
            if words == name or words.startswith(name + " "):
                rest = _behind(name, cell.text)
                soon = priority_of(rest)
                if rest and (_names_a_day(rest, cell.text) or not (soon or parse_hours(rest).understood)):
                    return False
                cell.put("_on", cell.learnt.today + timedelta(days=days))
                if soon is not None:
                    cell.put("priority", soon)
                if rest:
                    _understood_hours(cell, rest)
                cell.note()
                return True
    return False


def _behind(name: str, text: str) -> str:
    """The words of a cell behind the day it names, as they were typed: their signs say more than `plain` keeps."""
    words = text.split()
    for count in range(1, len(words) + 1):
        if plain(" ".join(words[:count])) == name:
            return " ".join(words[count:])
    return plain(text).removeprefix(name).strip()


def _names_a_day(rest: str, text: str) -> bool:
    """Whether there is one more day in it, or a no. "Mañana" and "Morgen" are the morning there: "heute Morgen"."""
    words = plain(rest).split()
    listed = any(sign in text for sign in "/&+;") or ("," in text and words in (["manana"], ["morgen"]))
    named = _TODAY | _TOMORROW - {"manana", "morgen"}
    return listed or any(word in named or word in _OR or weekday_of(word) is not None for word in words)


def _understood_hours(cell: Cell, text: str = "") -> bool:
    """Hours and weekdays of a cell, if it says any; what it says besides stays in the notes."""
    hours = parse_hours(text or cell.text)
    if not (hours.after or hours.before or hours.days or hours.understood):
        return False
    if hours.after:
        cell.put("_after", hours.after)
    if hours.before:
        cell.put("_before", hours.before)
    if hours.days:
        cell.draft.values["_days"] = cell.draft.values.get("_days", frozenset()) | hours.days
    if not hours.understood or len(cell.text.strip()) > _LONGEST_BARE_SPAN:
        cell.note()
    return True


def _bound_into(name: str, *, last: bool) -> Reader:
    """The beginning or the end of a span: an hour, or a moment."""

    def read(cell: Cell) -> None:
        if looks.says_none(cell.text):
            return
        clock = parse_clock(cell.text)
        if clock is not None and not re.fullmatch(r"\d{5,}(\.\d+)?", cell.text.strip()):
            cell.put(name, clock)
            return
        dated = _dated(cell)
        if dated.moment:
            whole_day = last and not dated.has_time
            cell.put(name, dated.moment.replace(hour=23, minute=59) if whole_day else dated.moment)
            _tell(cell, dated)
        elif dated.problem:
            hours = parse_hours(cell.text)
            bound = hours.before or hours.after if last else hours.after
            if bound and hours.understood:
                cell.put(name, bound)
            else:
                cell.say(Code.DATE_WRONG if looks.is_date(cell.text) else Code.TIME_WRONG)
            cell.note()

    return read


def _read_window(cell: Cell) -> None:
    day = weekday_of(cell.heading)
    if day is not None:
        _read_weekday(cell, day)
        return
    clock = parse_clock(cell.text) if looks.is_time(cell.text) else None
    if clock is not None:
        cell.put("_after", clock)
        return
    if looks.says_none(cell.text) or _said_which_day(cell) or _understood_hours(cell) or _said_how_soon(cell):
        return
    if re.search(r"\d", cell.text):
        cell.say(Code.TIME_WRONG)
    cell.note()


def _read_weekday(cell: Cell, day: int) -> None:
    """A tick, or hours, in the column of a day of the week."""
    answer = parse_yes_no(cell.text)
    hours = parse_hours(cell.text)
    if answer is not False and (answer or hours.understood):
        cell.draft.values["_days"] = cell.draft.values.get("_days", frozenset()) | {day}
    if hours.after:
        cell.put("_after", hours.after)
    if hours.before:
        cell.put("_before", hours.before)
    if answer is None and not looks.says_none(cell.text):
        cell.note()


def join_when(draft: Draft) -> When:
    """One span from all columns that say when."""
    values = draft.values
    since: datetime | time | None = values.pop("_since", None)
    until: datetime | time | None = values.pop("_until", None)
    after: time | None = values.pop("_after", None)
    before: time | None = values.pop("_before", None)
    if isinstance(since, time):
        after, since = since, None
    if isinstance(until, time):
        before, until = until, None
    return When(since, until, values.pop("_on", None), after, before, values.pop("_days", frozenset()))


TIMES: dict[Field, Reader] = {
    Field.ASKED_AT: _read_asked_at,
    Field.WANTED_ON: _read_on,
    Field.AVAILABLE_ON: _read_on,
    Field.WANTED_FROM: _bound_into("_since", last=False),
    Field.AVAILABLE_FROM: _bound_into("_since", last=False),
    Field.WANTED_UNTIL: _bound_into("_until", last=True),
    Field.AVAILABLE_UNTIL: _bound_into("_until", last=True),
    Field.WANTED_WINDOW: _read_window,
    Field.AVAILABILITY: _read_window,
}
