"""What to say to a steward whose list asks for what a group should not know: what it is, why not, and what instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manyhands.kernel.prying import Prying, Topic, prying

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


def arguments(found: Iterable[Prying]) -> list[Argument]:
    """What to say about it, in the reader's language."""
    return [Argument(one.words, *(str(part) for part in _SAYS[one.topic])) for one in found]


def summary(found: Iterable[Prying]) -> str:
    """What it is, in one line: for whoever is asked to agree."""
    return _("It asks for %(what)s.") % {"what": ", ".join(str(_SAYS[one.topic][0]) for one in found)}
