"""Why a helper is suggested for an ask, and why another is not: codes, facts and the sentences for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from manyhands.kernel.explanation import Template, filled, gettext_noop

Fact = str | int | float


class For(StrEnum):
    """What speaks for a pair."""

    NEAR = "near"
    PLACE_UNKNOWN = "place_unknown"
    SPEAKS = "speaks"
    SKILLED = "skilled"
    FREE_THEN = "free_then"
    KNOWN = "known"
    NEW = "new"
    RESTED = "rested"
    LATELY = "lately"


class Against(StrEnum):
    """What rules a pair out, or leaves an ask without anyone."""

    BLOCKED = "blocked"
    RULED_OUT = "ruled_out"
    SKILL = "skill"
    LANGUAGE = "language"
    NOT_FREE = "not_free"
    TOO_FAR = "too_far"
    NO_PLACES = "no_places"
    NO_HELPERS = "no_helpers"
    NOBODY = "nobody"
    OTHERS_FIRST = "others_first"
    ALL_FULL = "all_full"
    NOBODY_FREE = "nobody_free"
    NOBODY_NEAR = "nobody_near"
    NOBODY_SPEAKS = "nobody_speaks"
    NOBODY_SKILLED = "nobody_skilled"
    NOBODY_ALLOWED = "nobody_allowed"


REASONS: Mapping[For | Against, Template] = {
    For.NEAR: Template(gettext_noop("%(km).1f km away, about %(minutes)d min")),
    For.PLACE_UNKNOWN: Template(gettext_noop("How far it is, is not known.")),
    For.SPEAKS: Template(gettext_noop("Speaks %(languages)s")),
    For.SKILLED: Template(gettext_noop("Has %(skills)s")),
    For.FREE_THEN: Template(gettext_noop("Is free then")),
    For.KNOWN: Template(gettext_noop("They know one another")),
    For.NEW: Template(gettext_noop("Has not helped yet")),
    For.RESTED: Template(gettext_noop("Helped last %(days)d days ago")),
    For.LATELY: Template(gettext_noop("Helped only %(days)d days ago")),
    Against.BLOCKED: Template(
        gettext_noop("These two are not to meet."),
    ),
    Against.RULED_OUT: Template(gettext_noop("This helper is ruled out for this ask.")),
    Against.SKILL: Template(
        gettext_noop("Does not have %(skills)s."),
        gettext_noop("Find a helper with: %(skills)s."),
    ),
    Against.LANGUAGE: Template(
        gettext_noop("Speaks none of: %(languages)s."),
        gettext_noop("Find a helper who speaks one of: %(languages)s."),
    ),
    Against.NOT_FREE: Template(
        gettext_noop("Is not free then."),
        gettext_noop("Find a helper for that time, or ask whether another time would do."),
    ),
    Against.TOO_FAR: Template(
        gettext_noop("It is %(km).1f km, and they go %(most).1f km at most."),
        gettext_noop("Find a helper nearer by."),
    ),
    Against.NO_PLACES: Template(
        gettext_noop("Has as many asks as they can take."),
        gettext_noop("Find one more helper, or ask whether they can take one more."),
    ),
    Against.NO_HELPERS: Template(gettext_noop("There is no helper."), gettext_noop("Find a helper.")),
    Against.NOBODY: Template(
        gettext_noop("Each helper is ruled out by something; for most it is this:"),
        gettext_noop("See what stands against each helper."),
    ),
    Against.OTHERS_FIRST: Template(
        gettext_noop("Everyone who could take it is needed for other asks."),
        gettext_noop("Find one more helper like %(helper)s, or ask whether they can take one more."),
    ),
    Against.ALL_FULL: Template(
        gettext_noop("Everyone who could take it has as many asks as they can take (%(helpers)d)."),
        gettext_noop("Ask %(helper)s whether they can take one more, or find one more helper."),
    ),
    Against.NOBODY_FREE: Template(
        gettext_noop("Nobody who could do it is free then. Free at another time: %(helpers)d."),
        gettext_noop("Ask whether another time would do, or ask %(helper)s."),
    ),
    Against.NOBODY_NEAR: Template(
        gettext_noop("Everyone who could do it is too far away: it is %(km).1f km, and %(helper)s goes %(most).1f km."),
        gettext_noop("Ask %(helper)s whether they would go that far, or find a helper nearer by."),
    ),
    Against.NOBODY_SPEAKS: Template(
        gettext_noop("Nobody who could do it speaks %(languages)s."),
        gettext_noop("Find a helper who speaks one of: %(languages)s."),
    ),
    Against.NOBODY_SKILLED: Template(
        gettext_noop("Nobody who could come has %(skills)s."),
        gettext_noop("Find a helper with: %(skills)s."),
    ),
    Against.NOBODY_ALLOWED: Template(
        gettext_noop("Everyone who could do it is ruled out for this ask."),
        gettext_noop("Find one more helper."),
    ),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason as data. `code` is stable, `facts` hold what the sentences name, `detail` is a reason behind it."""

    code: For | Against
    facts: Mapping[str, Fact] = field(default_factory=dict)
    detail: Reason | None = None

    def sentence(self, translate: Callable[[str], str] = gettext_noop) -> str:
        """The reason in words; pass the translation in (`gettext`) for another language than English."""
        why = filled(REASONS[self.code].why, self.facts, translate)
        return f"{why} {self.detail.sentence(translate)}" if self.detail else why

    def change(self, translate: Callable[[str], str] = gettext_noop) -> str:
        """What would change it, in a sentence; "" where nothing is named."""
        return filled(REASONS[self.code].change, self.facts, translate)


def named(reason: Reason, names: Mapping[str, str]) -> Reason:
    """The reason with helpers' names in place of their ids; an id without a name stays as it is."""
    facts = {key: names.get(str(value), value) if key == "helper" else value for key, value in reason.facts.items()}
    return Reason(reason.code, facts, named(reason.detail, names) if reason.detail else None)
