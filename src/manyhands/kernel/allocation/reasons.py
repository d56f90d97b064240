"""Why a household gets as much as it gets: codes, facts and the sentences for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from manyhands.kernel.explanation import Template, filled, gettext_noop

Fact = str | int | float


class Why(StrEnum):
    """What bounds a household's share."""

    ALL_WANTED = "all_wanted"
    CARRIES = "carries"
    OTHERS_FIRST = "others_first"
    ONLY_THEY = "only_they"
    NOTHING_SUITS = "nothing_suits"
    NOTHING_WANTED = "nothing_wanted"
    NOTHING_THERE = "nothing_there"
    CONTAINS = "contains"
    DIET = "diet"
    RESTING = "resting"


REASONS: Mapping[Why, Template] = {
    Why.ALL_WANTED: Template(gettext_noop("They get all they want and may have of what there is.")),
    Why.CARRIES: Template(
        gettext_noop("They get %(most)d pieces, as many as they said they take."),
        gettext_noop("Ask whether they take more than %(most)d."),
    ),
    Why.OTHERS_FIRST: Template(
        gettext_noop(
            "One more of %(goods)s would have to come from one of %(others)d other households; the best-off of them "
            "would then have %(theirs).2f, while they have %(ours).2f."
        ),
        gettext_noop("%(pieces)d more of %(item)s would have given them one more."),
    ),
    Why.ONLY_THEY: Template(
        gettext_noop("They get every piece there is of %(goods)s."),
        gettext_noop("%(pieces)d more of %(item)s would have given them one more."),
    ),
    Why.NOTHING_SUITS: Template(
        gettext_noop("Nothing of what they want may go to them; for most of it, this is why:"),
        gettext_noop("Find something they may have."),
    ),
    Why.NOTHING_WANTED: Template(
        gettext_noop("Nothing of what they want is there."),
        gettext_noop("Find some of what they want, or ask what else would do."),
    ),
    Why.NOTHING_THERE: Template(gettext_noop("There is nothing to share."), gettext_noop("Find something to share.")),
    Why.CONTAINS: Template(
        gettext_noop("%(item)s contains %(what)s, which they avoid."),
        gettext_noop("Find one without %(what)s."),
    ),
    Why.DIET: Template(
        gettext_noop("%(item)s is not known to suit: %(diets)s."),
        gettext_noop("If it does suit %(diets)s, say so at %(item)s, or find one that does."),
    ),
    Why.RESTING: Template(
        gettext_noop("They had %(item)s lately and may have it again in %(days)d days."),
        gettext_noop("Come back in %(days)d days."),
    ),
}


@dataclass(frozen=True)
class Reason:
    """A reason as data. `code` is stable, `facts` hold what the sentences name, `detail` is a reason behind it."""

    code: Why
    facts: Mapping[str, Fact] = field(default_factory=dict)
    detail: Reason | None = None

    def sentence(self, translate: Callable[[str], str] = gettext_noop) -> str:
        """The reason in words; pass the translation in (`gettext`) for another language than English."""
        why = filled(REASONS[self.code].why, self.facts, translate)
        return f"{why} {self.detail.sentence(translate)}" if self.detail else why

    def change(self, translate: Callable[[str], str] = gettext_noop) -> str:
        """What would have given them more, in a sentence; "" where nothing is named."""
        template = REASONS[self.code].change
        if self.detail and (change := self.detail.change(translate)):
            return change
        if "%(pieces)" in template and "pieces" not in self.facts:
            return ""
        return filled(template, self.facts, translate)
