"""The rule a network shares by, and the one sentence that states it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from manyhands.kernel.explanation import gettext_noop


class Per(StrEnum):
    """What is counted: what each one of a household has, or what each household has."""

    HEAD = "head"
    HOUSEHOLD = "household"


class Level(StrEnum):
    """What is levelled: all goods together, or each kind of goods by itself."""

    TOGETHER = "together"
    KIND_BY_KIND = "kind"


class Tie(StrEnum):
    """Who comes first of two who have the same."""

    WAITED = "waited"
    NEED = "need"
    SIZE = "size"
    DRAW = "draw"


@dataclass(frozen=True, slots=True)
class Rule:
    """How a network shares a shortage.

    `per` and `by_need` say what a level is counted by: heads or households, times `Household.need` where `by_need`.
    `lately` is how many days back what somebody had still counts (0: it does not). `ties` are asked in turn when two
    have the same; a draw out of `draw` and the household's own id settles the rest, so that neither the order of a list
    nor a name beginning with A helps anybody. Another `draw`, another luck: the date of the give-out is a good one.
    """

    per: Per = Per.HEAD
    by_need: bool = True
    lately: int = 28
    level: Level = Level.TOGETHER
    ties: tuple[Tie, ...] = (Tie.WAITED,)
    draw: str = "1"

    def __post_init__(self) -> None:
        if self.lately < 0:
            raise ValueError("What somebody had lately can't be counted for less than no days.")

    def lot(self, household_id: str) -> str:
        """What a household drew: the lower text wins. It depends on `draw` and its own id alone."""
        return hashlib.sha256(f"{self.draw}\n{household_id}".encode("utf-8", "surrogatepass")).hexdigest()

    def sentence(self, translate: Callable[[str], str] = gettext_noop) -> str:
        """The rule in one sentence."""
        ties = [translate(TIES[tie]) for tie in self.ties if tie is not Tie.DRAW]
        if Tie.DRAW in self.ties:
            ties = [translate(TIES[tie]) for tie in self.ties[: self.ties.index(Tie.DRAW)]]
        facts = {
            "goods": translate(GOODS[self.level]),
            "counted": translate(COUNTED[self.per, self.by_need]),
            "lately": translate(LATELY) % {"days": self.lately} if self.lately else "",
            "ties": translate(THEN).join(ties),
            "draw": self.draw,
        }
        return translate(WITH_TIES if ties else BY_DRAW) % facts


GOODS = {
    Level.TOGETHER: gettext_noop("has least"),
    Level.KIND_BY_KIND: gettext_noop("has least of a kind"),
}
COUNTED = {
    (Per.HEAD, False): gettext_noop("counted per head"),
    (Per.HEAD, True): gettext_noop("counted per head and by need"),
    (Per.HOUSEHOLD, False): gettext_noop("counted per household"),
    (Per.HOUSEHOLD, True): gettext_noop("counted per household and by need"),
}
LATELY = gettext_noop(" with what they had in the last %(days)d days")
TIES = {
    Tie.WAITED: gettext_noop("who waited longer"),
    Tie.NEED: gettext_noop("who needs it more"),
    Tie.SIZE: gettext_noop("who is the larger household"),
}
THEN = gettext_noop(", then ")
WITH_TIES = gettext_noop(
    "Who %(goods)s, %(counted)s%(lately)s, comes first; %(ties)s wins a tie, and a draw (number %(draw)s) settles the "
    "rest."
)
BY_DRAW = gettext_noop("Who %(goods)s, %(counted)s%(lately)s, comes first; a draw (number %(draw)s) settles a tie.")
