"""What to say to a steward who asks for what a group should not know: what it is, why not, and what instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manyhands.kernel.prying import Prying, Topic, demanding, prying
from manyhands.kit.refusals import Refused

LONGEST_DAYS = 90

_COURT = gettext_lazy("What you hold can be demanded by a court or taken by the police; what you don’t hold can’t.")
_AWAY = gettext_lazy("It turns away those who need you most, and a leak harms them for good.")
_TRUST = gettext_lazy("You help without proof. Asking says otherwise.")

_SAYS = {
    Topic.IMMIGRATION: (
        gettext_lazy("immigration status or papers"),
        _COURT,
        gettext_lazy("“In which language shall we talk?”"),
    ),
    Topic.IDENTITY: (
        gettext_lazy("a number or document that proves who somebody is"),
        _COURT,
        gettext_lazy("“What shall we call you?”"),
    ),
    Topic.BIRTH: (
        gettext_lazy("a date or place of birth"),
        _AWAY,
        gettext_lazy("“Is it for a baby, a child or a grown-up?”"),
    ),
    Topic.RELIGION: (
        gettext_lazy("religion"),
        _AWAY,
        gettext_lazy("“Is there food you don’t eat, or a day that does not suit?”"),
    ),
    Topic.POLITICS: (
        gettext_lazy("politics or a union"),
        _COURT,
        gettext_lazy("Nothing: it changes nothing about the need."),
    ),
    Topic.HEALTH: (
        gettext_lazy("an illness or disability"),
        _AWAY,
        gettext_lazy("“Is there anything we should know to come to your door?”"),
    ),
    Topic.RECORD: (
        gettext_lazy("arrests or convictions"),
        _AWAY,
        gettext_lazy("Nothing: it changes nothing about the need."),
    ),
    Topic.LOVE: (
        gettext_lazy("whom somebody loves, or their gender or marriage"),
        _AWAY,
        gettext_lazy("“What shall we call you?”"),
    ),
    Topic.ORIGIN: (gettext_lazy("origin or skin"), _AWAY, gettext_lazy("“In which language shall we talk?”")),
    Topic.MONEY: (gettext_lazy("income, debts or an account"), _TRUST, gettext_lazy("“How many people is it for?”")),
}


# Whether a second person of the desk agreed that this one may ask for it in this network now.
Agreed = Callable[[Any, Any, datetime], bool]
_AGREED: list[Agreed] = []


def agrees(second_person: Agreed) -> None:
    """Where a second person says yes. Said only in config/wiring.py."""
    _AGREED.append(second_person)


class AsksTooMuch(Refused):
    """It asks for what a group should not know: ``found`` says what. With a second yes it may."""

    def __init__(self, said: str, found: tuple[Prying, ...]) -> None:
        super().__init__(said)
        self.found = found


@dataclass(frozen=True, slots=True)
class Argument:
    """One thing a text asks for that it should not: the words, what it is, why not, and what to ask instead."""

    words: str
    what: str
    why_not: str
    instead: str


def found_in(texts: Iterable[str]) -> tuple[Prying, ...]:
    """What some texts pry into, each topic once."""
    return tuple({one.topic: one for text in texts for one in prying(text)}.values())


def asked_in(sentences: Iterable[str]) -> tuple[Prying, ...]:
    """What some sentences ask people for, each topic once."""
    return tuple({one.topic: one for text in sentences for one in demanding(text)}.values())


def refuse_alone(found: tuple[Prying, ...], network: Any, *, by: Any, now: datetime) -> None:
    """Raise :class:`AsksTooMuch` where something was found and nobody else agreed. ``None`` is the host's terminal."""
    if found and by is not None and not any(agreed(by, network, now) for agreed in _AGREED):
        raise AsksTooMuch(_("It takes a second person of the desk to agree to that."), found)


def arguments(found: Iterable[Prying]) -> list[Argument]:
    """What to say about it, in the reader's language."""
    return [Argument(one.words, *(str(part) for part in _SAYS[one.topic])) for one in found]


def summary(found: Iterable[Prying]) -> str:
    """What it is, in one line: for whoever is asked to agree."""
    return _("It asks for %(what)s.") % {"what": ", ".join(str(_SAYS[one.topic][0]) for one in found)}
