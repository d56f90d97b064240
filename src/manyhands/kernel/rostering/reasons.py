"""Why a place in a roster stays empty, or someone has nothing: codes, facts and the sentences for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from manyhands.kernel.explanation import Template, filled, gettext_noop

Fact = str | int


class Code(StrEnum):
    """What binds."""

    NO_HELPERS = "no_helpers"
    SKILL = "skill"
    NOT_FREE = "not_free"
    RULED_OUT = "ruled_out"
    OVERLAP = "overlap"
    REST = "rest"
    DAY = "day"
    WEEK = "week"
    ROW = "row"
    NIGHTS = "nights"
    WEEKENDS = "weekends"
    NEWCOMER = "newcomer"
    APART = "apart"
    TOGETHER = "together"
    SEVERAL = "several"
    SEARCH_ENDED = "search_ended"
    NOT_NEEDED = "not_needed"
    NO_SHIFTS = "no_shifts"


REASONS: Mapping[Code, Template] = {
    Code.NO_HELPERS: Template(
        gettext_noop("There is nobody to ask."),
        gettext_noop("Find helpers."),
    ),
    Code.SKILL: Template(
        gettext_noop("Nobody more has what it takes: %(skills)s."),
        gettext_noop("Find or train %(missing)d with: %(skills)s."),
    ),
    Code.NOT_FREE: Template(
        gettext_noop("Of the %(able)d others who could do it, none is free for all of it."),
        gettext_noop("Ask %(helper)s whether they can make time, or move the shift."),
    ),
    Code.RULED_OUT: Template(
        gettext_noop("%(helper)s is not to be asked for this shift."),
        gettext_noop("Find somebody else."),
    ),
    Code.OVERLAP: Template(
        gettext_noop("%(helper)s is in “%(other)s” then."),
        gettext_noop("One more helper at this time would fill it."),
    ),
    Code.REST: Template(
        gettext_noop("%(helper)s would have less than %(hours)s hours of rest beside “%(other)s”."),
        gettext_noop("Ask %(helper)s whether less rest is all right this once."),
    ),
    Code.DAY: Template(
        gettext_noop("%(helper)s would exceed %(hours)s hours that day."),
        gettext_noop("%(more)s more hours that day would do."),
    ),
    Code.WEEK: Template(
        gettext_noop("%(helper)s would exceed %(hours)s hours this week."),
        gettext_noop("%(more)s more hours this week would do."),
    ),
    Code.ROW: Template(
        gettext_noop("%(helper)s would work more than %(days)d days in a row."),
        gettext_noop("Ask %(helper)s whether one day more is all right."),
    ),
    Code.NIGHTS: Template(
        gettext_noop("%(helper)s would have more than %(nights)d nights in four weeks."),
        gettext_noop("Ask %(helper)s whether one night more is all right."),
    ),
    Code.WEEKENDS: Template(
        gettext_noop("%(helper)s would give more than %(weekends)d weekends in four weeks."),
        gettext_noop("Ask %(helper)s whether one weekend more is all right."),
    ),
    Code.NEWCOMER: Template(
        gettext_noop("%(helper)s is new, and there are too few experienced people beside them."),
        gettext_noop("One more experienced helper would let %(helper)s come too."),
    ),
    Code.APART: Template(
        gettext_noop("%(helper)s and %(other)s are kept apart."),
        gettext_noop("Find somebody else."),
    ),
    Code.TOGETHER: Template(
        gettext_noop("%(helper)s comes only together with %(other)s, who can't."),
        gettext_noop("Ask %(helper)s whether they would come alone."),
    ),
    Code.SEVERAL: Template(
        gettext_noop("%(helper)s is nearest to it, and more than one rule stands against it: %(rules)s."),
        gettext_noop("Find somebody else."),
    ),
    Code.SEARCH_ENDED: Template(
        gettext_noop("The search ended before it was filled; %(helper)s could do it."),
        gettext_noop("Give it more time, or ask %(helper)s."),
    ),
    Code.NOT_NEEDED: Template(gettext_noop("Everything they could do is filled.")),
    Code.NO_SHIFTS: Template(
        gettext_noop("No shift suits their skills and their time."),
        gettext_noop("Ask them for other times, or teach them what is missing."),
    ),
}

RULES: Mapping[Code, str] = {
    Code.OVERLAP: gettext_noop("another shift then"),
    Code.REST: gettext_noop("rest"),
    Code.DAY: gettext_noop("hours that day"),
    Code.WEEK: gettext_noop("hours that week"),
    Code.ROW: gettext_noop("days in a row"),
    Code.NIGHTS: gettext_noop("nights"),
    Code.WEEKENDS: gettext_noop("weekends"),
    Code.NEWCOMER: gettext_noop("newcomers"),
    Code.APART: gettext_noop("kept apart"),
    Code.TOGETHER: gettext_noop("kept together"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A code and its facts. Helpers and shifts are told by their ids; rooms put names in their place."""

    code: Code
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def sentence(self, translate: Callable[[str], str] = gettext_noop) -> str:
        """Why it is so."""
        return filled(REASONS[self.code].why, self.facts, translate)

    def change(self, translate: Callable[[str], str] = gettext_noop) -> str:
        """What would change it; "" if nothing would."""
        return filled(REASONS[self.code].change, self.facts, translate)


def named(reason: Reason, helpers: Mapping[str, str], shifts: Mapping[str, str]) -> Reason:
    """The same with names in place of ids."""
    facts = dict(reason.facts)
    for key, names in (("helper", helpers), ("other", {**shifts, **helpers})):
        if key in facts:
            facts[key] = names.get(str(facts[key]), str(facts[key]))
    return Reason(reason.code, facts)


def hours(minutes: int) -> str:
    """Minutes as hours, a half as .5."""
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".")
