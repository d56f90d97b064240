"""Why something goes where it goes, stays where it is, or is not met: codes, facts and the sentences for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from manyhands.kernel.explanation import Template, filled, gettext_noop

Fact = str | int | float


class Why(StrEnum):
    """What is behind a transfer, a lot left over or a want not met."""

    HERE = "here"
    BEST = "best"
    NOBODY_WANTS = "nobody_wants"
    NOBODY_HAS = "nobody_has"
    TOO_FAR = "too_far"
    NOT_IN_TIME = "not_in_time"
    NO_VAN = "no_van"
    NOT_WORTH = "not_worth"
    VANS_FULL = "vans_full"
    ALL_MET = "all_met"
    ALL_GONE = "all_gone"


REASONS: Mapping[Why, Template] = {
    Why.HERE: Template(gettext_noop("It is wanted where it is.")),
    Why.BEST: Template(
        gettext_noop(
            "%(want)s is %(km).1f km away and a unit brings %(points).2f points there, the way paid: no other use "
            "of it brings more to all."
        )
    ),
    Why.NOBODY_WANTS: Template(gettext_noop("Nobody wants %(kind)s."), gettext_noop("Ask who could use %(kind)s.")),
    Why.NOBODY_HAS: Template(gettext_noop("Nobody has %(kind)s to spare."), gettext_noop("Ask who has %(kind)s.")),
    Why.TOO_FAR: Template(
        gettext_noop("The nearest who could is %(other)s, %(km).1f km away: farther than any van goes."),
        gettext_noop("A van that goes %(km).0f km would reach it."),
    ),
    Why.NOT_IN_TIME: Template(
        gettext_noop("It suits nobody within reach on the days it can go; nearest is %(other)s, off by %(days)d days."),
        gettext_noop("%(days)d days more with %(other)s would do."),
    ),
    Why.NO_VAN: Template(
        gettext_noop("No van goes between it and %(other)s on a day that suits both."),
        gettext_noop("Find a van on day %(day)d."),
    ),
    Why.NOT_WORTH: Template(
        gettext_noop("The way costs more points than it brings: %(other)s is %(km).1f km away."),
        gettext_noop("Find someone nearer."),
    ),
    Why.VANS_FULL: Template(
        gettext_noop("Every van that could take it is full on the days that suit."),
        gettext_noop("Room for one more in van %(van)s on day %(day)d would bring %(points).2f points."),
    ),
    Why.ALL_MET: Template(
        gettext_noop("All who want %(kind)s within reach have as much as they want, or get it from elsewhere."),
        gettext_noop("Ask who else could use %(kind)s."),
    ),
    Why.ALL_GONE: Template(
        gettext_noop("All the %(kind)s within reach goes to where it brings more."),
        gettext_noop("Find more %(kind)s within reach."),
    ),
}


@dataclass(frozen=True)
class Reason:
    """A reason as data. `code` is stable, `facts` hold what the sentences name."""

    code: Why
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def sentence(self, translate: Callable[[str], str] = gettext_noop) -> str:
        """The reason in words; pass the translation in (`gettext`) for another language than English."""
        return filled(REASONS[self.code].why, self.facts, translate)

    def change(self, translate: Callable[[str], str] = gettext_noop) -> str:
        """What would change it, in a sentence; "" where nothing is named."""
        return filled(REASONS[self.code].change, self.facts, translate)
