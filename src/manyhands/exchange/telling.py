"""What the asker is told about their ask, in plain words: where it stands, what went wrong, what happened so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manyhands.exchange.models import Ask, Repeat
from manyhands.exchange.states import AskState, Outcome, RepeatState
from manyhands.kernel import disclosure


def day_said(day: date) -> str:
    """A day with its weekday: "Thursday 4 June"."""
    # Translators: a day, in Django's date format letters: l is the weekday, j the day, F the month.
    return date_format(day, _("l j F"))


def window_said(start: datetime | None, end: datetime | None) -> str:
    """When something is wanted, by the network's clock: "Thursday 4 June, 17:30 to 20:00". Empty if on no day."""
    if start is None and end is None:
        return ""
    if start is None or end is None:
        moment = localtime(start or end)
        told = {"day": day_said(moment.date()), "time": date_format(moment, "TIME_FORMAT")}
        return (_("from %(day)s, %(time)s") if end is None else _("until %(day)s, %(time)s")) % told
    opens, closes = localtime(start), localtime(end)
    from_midnight, to_midnight = _is_midnight(opens), _is_midnight(closes)
    last = (closes - timedelta(microseconds=1)).date() if to_midnight else closes.date()
    told = {
        "day": day_said(opens.date()),
        "last": day_said(last),
        "from": date_format(opens, "TIME_FORMAT"),
        "until": date_format(closes, "TIME_FORMAT"),
    }
    if opens.date() == last:
        if from_midnight and to_midnight:
            return told["day"]
        if to_midnight:
            return _("%(day)s, from %(from)s") % told
        if from_midnight:
            return _("%(day)s, until %(until)s") % told
        return _("%(day)s, %(from)s to %(until)s") % told
    if from_midnight and to_midnight:
        return _("%(day)s to %(last)s") % told
    return _("%(day)s, %(from)s to %(last)s, %(until)s") % told


def days_said(start: datetime | None, end: datetime | None) -> str:
    """The day or days only, without hours: for the eyes of everyone."""
    if start is None and end is None:
        return ""
    first = localtime(start).date() if start else None
    last = (localtime(end) - timedelta(microseconds=1)).date() if end else None
    if first is None or last is None:
        told = {"day": day_said(first or last)}  # type: ignore[arg-type]
        return (_("from %(day)s") if last is None else _("until %(day)s")) % told
    if first >= last:
        return day_said(first)
    return _("%(day)s to %(last)s") % {"day": day_said(first), "last": day_said(last)}


def _is_midnight(moment: datetime) -> bool:
    return (moment.hour, moment.minute, moment.second) == (0, 0, 0)


_EVERY = {
    1: gettext_lazy("Every week on %(weekday)s."),
    2: gettext_lazy("Every two weeks on %(weekday)s."),
    3: gettext_lazy("Every three weeks on %(weekday)s."),
    4: gettext_lazy("Every four weeks on %(weekday)s."),
}


def repeat_said(repeat: Repeat) -> str:
    """How something comes round, and when next."""
    told = {"weekday": WEEKDAYS[repeat.weekday], "weeks": repeat.every_weeks, "next": day_said(repeat.next_on)}
    every = str(_EVERY.get(repeat.every_weeks, _("Every %(weeks)s weeks on %(weekday)s."))) % told
    match repeat.state:
        case RepeatState.RUNNING:
            return f"{every} {_('Next on %(next)s.') % told}"
        case RepeatState.PAUSED:
            return f"{every} {_('Paused just now.')}"
        case _stopped:
            return _("It came round every so often; that is stopped.")


TONES = {
    AskState.NEW: "new",
    AskState.READY: "wait",
    AskState.CLAIMED: "move",
    AskState.ON_THE_WAY: "move",
    AskState.MET: "good",
    AskState.PARTLY_MET: "good",
    AskState.NOT_MET: "stuck",
}


def tone_of(ask: Ask) -> str:
    """The tone a tag about this ask's state takes."""
    return TONES.get(AskState(ask.state), "over")


def steps_of(ask: Ask) -> tuple[list[tuple[str, str]], str]:
    """The way an ask goes, and how far this one is; an empty key where it left the way."""
    looked = _("Looked at") if ask.network.look_first else _("Shown to helpers")
    way = [
        (AskState.NEW, _("Asked")),
        (AskState.READY, looked),
        (AskState.CLAIMED, _("Someone took it on")),
        (AskState.ON_THE_WAY, _("On the way")),
        (AskState.MET, _("Done")),
    ]
    current = AskState.MET if ask.state == AskState.PARTLY_MET else ask.state
    return [(str(key), label) for key, label in way], current if current in dict(way) else ""


def standing_of(ask: Ask, *, held_by: str = "") -> str:
    """The answer to "is this being handled?". ``held_by`` is a first name and initial, if someone took it on."""
    who = {"who": held_by or _("Someone")}
    match ask.state:
        case AskState.NEW:
            return _("We have it. A dispatcher looks at it next.")
        case AskState.READY:
            if ask.network.look_first:
                return _("A dispatcher has looked at it. Helpers can see it; nobody has taken it on yet.")
            return _("Helpers can see it; nobody has taken it on yet.")
        case AskState.CLAIMED:
            return _("%(who)s has taken it on.") % who
        case AskState.ON_THE_WAY:
            return _("%(who)s is on the way.") % who
        case AskState.MET:
            return _("Done. We hope it helped.")
        case AskState.PARTLY_MET:
            return _("Part of it is done. If you still need the rest, ask the same again.")
        case AskState.NOT_MET:
            return _not_met(ask)
        case AskState.SIGNPOSTED:
            return _("We passed this on to others who can do it better. If you heard nothing from them, ask again.")
        case AskState.WITHDRAWN:
            return _("You took this back. If that was a slip, ask again.")
        case AskState.DUPLICATE:
            return _("We already had this ask, so it is counted once and handled there.")
        case _expired:
            return _("This waited so long that it expired. We are sorry. If you still need it, ask again.")


def _not_met(ask: Ask) -> str:
    why = ask.get_why_not_met_display() if ask.why_not_met else ""
    if not why:
        return _("We could not do this. We are sorry; it is counted, so that it can change.")
    return _("We could not do this: %(why)s. We are sorry; it is counted, so that it can change.") % {"why": why}


_WENT_WRONG = {
    Outcome.NOT_HOME: gettext_lazy("Someone came, but nobody was in. We will try again."),
    Outcome.BAD_ADDRESS: gettext_lazy("Someone tried, but could not find the address. Please look at it again below."),
    Outcome.TOO_FAR: gettext_lazy("Someone tried, but it was too far for them. We will look for someone nearer."),
    Outcome.NOT_READY: gettext_lazy("Someone came, but it was not ready to go. We will try again."),
    Outcome.OTHER: gettext_lazy("Someone tried, but it did not work out. We will try again."),
}


def went_wrong(ask: Ask) -> str:
    """What went wrong at the last visit of an ask that is still open, and that it will be tried again."""
    if not ask.is_open or ask.is_held or not ask.tries:
        return ""
    return str(_WENT_WRONG.get(Outcome(ask.outcome), "")) if ask.outcome else ""


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of an ask's history, without saying who."""

    at: datetime
    words: str
    tone: str = ""


_HAPPENED = {
    "ask.posted": (gettext_lazy("You asked."), ""),
    "ask.came_round": (gettext_lazy("It came round again, as you wished."), ""),
    "ask.ready": (gettext_lazy("A dispatcher looked at it and showed it to helpers."), ""),
    "ask.changed": (gettext_lazy("It was changed."), ""),
    "ask.claimed": (gettext_lazy("Someone took it on."), "move"),
    "ask.taken_up_again": (gettext_lazy("Someone took it on."), "move"),
    "ask.handed_back": (gettext_lazy("They could not do it after all; it is open to other helpers again."), "wait"),
    "ask.on_the_way": (gettext_lazy("Someone set out."), "move"),
    "ask.visit_undone": (gettext_lazy("A slip was put right: the visit is not over yet."), "move"),
    "ask.match_proposed": (gettext_lazy("A dispatcher found something that may fit."), ""),
    "ask.match_agreed": (gettext_lazy("You and the giver agreed."), "move"),
    "ask.match_ended": (gettext_lazy("What was found did not work out."), "wait"),
    "ask.withdrawn": (gettext_lazy("It was taken back."), "over"),
    "ask.asked_again": (gettext_lazy("You asked again."), ""),
    "ask.still_needed": (gettext_lazy("You said that it is still needed."), ""),
    "ask.duplicate": (gettext_lazy("It turned out to be the same as another ask."), "over"),
    "ask.reopened": (gettext_lazy("It was opened again."), ""),
    "ask.expired": (gettext_lazy("It waited too long and expired."), "over"),
    "ask.repeats": (gettext_lazy("You let it come round again."), ""),
}
_VISITED = {
    Outcome.HANDED_OVER: (gettext_lazy("It was handed over."), "good"),
    Outcome.LEFT_AT_DOOR: (gettext_lazy("It was left at the door."), "good"),
    Outcome.PICKED_UP: (gettext_lazy("You picked it up."), "good"),
    Outcome.PARTLY: (gettext_lazy("Part of it was done."), "good"),
    Outcome.NOT_HOME: (gettext_lazy("Someone came, but nobody was in."), "stuck"),
    Outcome.BAD_ADDRESS: (gettext_lazy("Someone tried, but could not find the address."), "stuck"),
    Outcome.TOO_FAR: (gettext_lazy("Someone tried, but it was too far."), "stuck"),
    Outcome.NOT_WANTED: (gettext_lazy("It was not wanted any more."), "over"),
    Outcome.NOT_READY: (gettext_lazy("It was not ready to go."), "stuck"),
    Outcome.OTHER: (gettext_lazy("The visit did not work out."), "stuck"),
}
_CLOSED = {
    AskState.MET: (gettext_lazy("It was done."), "good"),
    AskState.PARTLY_MET: (gettext_lazy("Part of it was done."), "good"),
    AskState.NOT_MET: (gettext_lazy("It could not be done."), "stuck"),
    AskState.SIGNPOSTED: (gettext_lazy("It was passed on to others."), "over"),
}
_REPEATED = {
    "running": (gettext_lazy("It comes round again."), ""),
    "paused": (gettext_lazy("Coming round was paused."), "wait"),
    "stopped": (gettext_lazy("Coming round was stopped."), "over"),
}


def history(entries: Iterable[Any]) -> list[Happened]:
    """Journal entries about one ask as the asker reads them; what only concerns the desk is left out."""
    told = []
    for entry in entries:
        if entry.verb == "ask.visited":
            found = _VISITED.get(entry.details.get("outcome"))
        elif entry.verb == "ask.closed":
            found = _CLOSED.get(entry.details.get("state"))
        elif entry.verb == "ask.repeat_moved":
            found = _REPEATED.get(entry.details.get("state"))
        else:
            found = _HAPPENED.get(entry.verb)
        if found:
            told.append(Happened(at=entry.at, words=str(found[0]), tone=found[1]))
    return told


def met_soon_said(met: int, asked: int, *, what: str = "", hide_below: int) -> str:
    """How the asks of the last month fared within two days, as far as the numbers can be told; else nothing.

    ``what`` is a kind of need; without it, all asks are meant.
    """
    share = disclosure.roughly(met, asked, below=hide_below)
    told = {"what": what}
    match share:
        case None:
            return ""
        case disclosure.Few():
            if what:
                return _("In the last month, few asks here for “%(what)s” were met within two days.") % told
            return _("In the last month, few asks here were met within two days.")
        case disclosure.NearlyAll():
            if what:
                return _("In the last month, nearly all asks here for “%(what)s” were met within two days.") % told
            return _("In the last month, nearly all asks here were met within two days.")
        case disclosure.Fraction(part=part, of=of):
            told |= {"part": str(part), "of": str(of)}
            if what:
                return (
                    _("In the last month, about %(part)s in %(of)s asks here for “%(what)s” were met within two days.")
                    % told
                )
            return _("In the last month, about %(part)s in %(of)s asks here were met within two days.") % told
