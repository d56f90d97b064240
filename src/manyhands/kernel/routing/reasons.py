"""Why an ask is left out or a move does not hold: codes, facts, and the sentences for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from manyhands.kernel.explanation import Template, filled, gettext_noop

Fact = str | int | float


class Code(StrEnum):
    """The kinds of reason. The value is stable and may be stored."""

    NO_PLACE = "no_place"
    WINDOW_BACKWARDS = "window_backwards"
    WINDOW_OVER = "window_over"
    WINDOW_TOO_SHORT = "window_too_short"
    NO_HELPERS = "no_helpers"
    NOBODY_ALLOWED = "nobody_allowed"
    NO_SKILL = "no_skill"
    NO_LANGUAGE = "no_language"
    NO_SKILL_AND_LANGUAGE = "no_skill_and_language"
    NOBODY_AT_HUB = "nobody_at_hub"
    ALL_SETTLED = "all_settled"
    HUB_SHUT = "hub_shut"
    TOO_BIG = "too_big"
    NOBODY_FREE = "nobody_free"
    NO_TIME = "no_time"
    TOO_FAR = "too_far"
    PLACE_DOUBTFUL = "place_doubtful"
    TOO_MANY_KM = "too_many_km"
    NOBODY_FITS = "nobody_fits"
    LOCKED_HELPER_CANNOT = "locked_helper_cannot"
    FULL_TIME = "full_time"
    FULL_LOAD = "full_load"
    FULL_STOPS = "full_stops"
    FULL_DISTANCE = "full_distance"
    FULL = "full"
    ROOM_LEFT = "room_left"
    NO_PICK_UP_PLACE = "no_pick_up_place"
    PICK_UP_OVER = "pick_up_over"
    PICK_UP_TOO_LATE = "pick_up_too_late"
    NOT_WITHOUT = "not_without"
    EVEN_SO = "even_so"
    THEN_ROOM = "then_room"
    FULL_BREAK = "full_break"


class Breach(StrEnum):
    """The kinds of promise a moved stop can break."""

    UNKNOWN_ASK = "unknown_ask"
    UNKNOWN_HELPER = "unknown_helper"
    UNREACHABLE = "unreachable"
    LATE = "late"
    SKILL = "skill"
    LANGUAGE = "language"
    NOT_ALLOWED = "not_allowed"
    LOCKED = "locked"
    SETTLED = "settled"
    ORDER = "order"
    OTHER_HUB = "other_hub"
    HUB_SHUT = "hub_shut_on_arrival"
    LOAD = "load"
    SHIFT = "shift"
    NO_SHIFT = "no_shift"
    DURATION = "duration"
    STOPS = "stops"
    DISTANCE = "distance"
    NOT_COLLECTED = "not_collected"
    APART = "apart"
    BREAK = "break"


class Recruit(StrEnum):
    """The kinds of thing that would let a plan reach more."""

    HELPER = "one_more_helper"
    HELPER_SPEAKING = "one_more_helper_speaking"
    HELPER_WITH_SKILL = "one_more_helper_with_skill"
    LATER = "an_hour_later"
    EARLIER = "an_hour_earlier"
    CAR = "a_car"
    LANGUAGE = "a_language"


REASONS: Mapping[Code | Breach | Recruit, Template] = {
    Code.NO_PLACE: Template(
        gettext_noop("It has no place on the map."),
        gettext_noop("Add an address or a corner nearby."),
    ),
    Code.WINDOW_BACKWARDS: Template(
        gettext_noop("The time it is wanted until lies before the time it is wanted from."),
        gettext_noop("Ask again when it is wanted and correct the times."),
    ),
    Code.WINDOW_OVER: Template(
        gettext_noop("The time it was wanted for ended %(minutes)d min ago."),
        gettext_noop("Ask whether another time would do."),
    ),
    Code.WINDOW_TOO_SHORT: Template(
        gettext_noop("The visit takes %(service)d min, but the time it is wanted for has only %(window)d."),
        gettext_noop("Make the time %(minutes)d min longer or the visit shorter."),
    ),
    Code.NO_HELPERS: Template(
        gettext_noop("There is no helper in this plan."),
        gettext_noop("Add a helper who is free then."),
    ),
    Code.NOBODY_ALLOWED: Template(
        gettext_noop("Every helper in this plan is ruled out for this ask by name."),
        gettext_noop("Add another helper, or lift what rules one out."),
    ),
    Code.NO_SKILL: Template(
        gettext_noop("It needs someone with: %(skills)s. No helper who may go has that."),
        gettext_noop("Find a helper with: %(skills)s."),
    ),
    Code.NO_LANGUAGE: Template(
        gettext_noop("No helper who may go speaks: %(languages)s."),
        gettext_noop("Find a helper who speaks one of: %(languages)s."),
    ),
    Code.NO_SKILL_AND_LANGUAGE: Template(
        gettext_noop("No helper who may go has %(skills)s and also speaks one of: %(languages)s."),
        gettext_noop("Find a helper with %(skills)s who speaks one of: %(languages)s."),
    ),
    Code.NOBODY_AT_HUB: Template(
        gettext_noop("Its goods lie at hub %(hub)s, and no helper who could take it loads there."),
        gettext_noop("Let a helper load at hub %(hub)s."),
    ),
    Code.HUB_SHUT: Template(
        gettext_noop("The hub is shut whenever a helper who could take it is free."),
        gettext_noop("Open hub %(hub)s at another hour, or find a helper who is free while it is open."),
    ),
    Code.TOO_BIG: Template(
        gettext_noop("It is %(load)d %(unit)s; the most any helper who could go can carry is %(most)d."),
        gettext_noop("Find a helper who can carry %(load)d %(unit)s, or split the ask."),
    ),
    Code.NOBODY_FREE: Template(
        gettext_noop(
            "No helper who could go is free at that time. Nearest: helper %(helper)s, %(minutes)d min away from it."
        ),
        gettext_noop("Find a helper for that time, or ask whether another time would do."),
    ),
    Code.NO_TIME: Template(
        gettext_noop("No helper who could go has any time in this plan."),
        gettext_noop("Find a helper who is free then, or ask the helpers when they are."),
    ),
    Code.TOO_FAR: Template(
        gettext_noop(
            "It is %(km).1f km away for helper %(helper)s, who comes nearest to reaching it and being through in time."
        ),
        gettext_noop(
            "Helper %(helper)s could take it with %(minutes)d more min. Or find a helper nearer by or quicker."
        ),
    ),
    Code.PLACE_DOUBTFUL: Template(
        gettext_noop("Its place on the map is %(km).0f km away from every helper: it may be wrong."),
        gettext_noop("Look whether its place is right. If it is, this is for another network to carry."),
    ),
    Code.TOO_MANY_KM: Template(
        gettext_noop("The way is %(needed).1f km for helper %(helper)s, who can go %(most).1f km."),
        gettext_noop("Find a helper nearer by, or ask helper %(helper)s whether they can go further."),
    ),
    Code.ALL_SETTLED: Template(
        gettext_noop("The runs of all helpers who could take it are settled."),
        gettext_noop("Open one of these runs again, or add a helper."),
    ),
    Code.NOBODY_FITS: Template(
        gettext_noop("Each helper who could go is ruled out by something else. Helper %(helper)s comes nearest."),
        gettext_noop("See what is missing with helper %(helper)s, or find a helper who has it all."),
    ),
    Code.LOCKED_HELPER_CANNOT: Template(
        gettext_noop("It is promised to helper %(helper)s, who cannot make it."),
        gettext_noop("Take the lock off so that someone else can go, or speak with helper %(helper)s."),
    ),
    Code.FULL_TIME: Template(
        gettext_noop("Every helper who could go has their hands full with other asks."),
        gettext_noop("Helper %(helper)s could take it with %(minutes)d more min, or one more helper like them could."),
    ),
    Code.FULL_LOAD: Template(
        gettext_noop("Every helper who could go has their hands full with other asks."),
        gettext_noop(
            "Helper %(helper)s could take it with %(amount)d more %(unit)s of room, or one more helper like them could."
        ),
    ),
    Code.FULL_STOPS: Template(
        gettext_noop("Every helper who could go has their hands full with other asks."),
        gettext_noop(
            "Helper %(helper)s could take it by making one stop more than agreed, or one more helper like them could."
        ),
    ),
    Code.FULL_DISTANCE: Template(
        gettext_noop("Every helper who could go has their hands full with other asks."),
        gettext_noop(
            "Helper %(helper)s could take it by going %(km).1f km further, or one more helper like them could."
        ),
    ),
    Code.FULL: Template(
        gettext_noop("Every helper who could go has their hands full with other asks at that time."),
        gettext_noop("One more helper like %(helper)s could take it."),
    ),
    Code.ROOM_LEFT: Template(
        gettext_noop("The search ended before it was fitted in: helper %(helper)s still has room for it."),
        gettext_noop("Plan again, or give it to helper %(helper)s by hand."),
    ),
    Code.NO_PICK_UP_PLACE: Template(
        gettext_noop("The place where it is to be picked up is not on the map."),
        gettext_noop("Add an address or a corner nearby for the pick-up."),
    ),
    Code.PICK_UP_OVER: Template(
        gettext_noop("The time to pick it up has no room for it, or is over."),
        gettext_noop("Ask whether it can be picked up at another time."),
    ),
    Code.PICK_UP_TOO_LATE: Template(
        gettext_noop("It can be picked up only %(minutes)d min too late for the time it is wanted."),
        gettext_noop("Let it be ready %(minutes)d min earlier, or bring it %(minutes)d min later."),
    ),
    Code.NOT_WITHOUT: Template(
        gettext_noop("It goes only together with ask %(other)s, and there is no run for both."),
        gettext_noop("Let them go in different runs, or see what keeps ask %(other)s."),
    ),
    Code.FULL_BREAK: Template(
        gettext_noop("It would cost helper %(helper)s their break, and every other helper has their hands full."),
        gettext_noop("Ask helper %(helper)s whether they can rest at another time, or find one more helper."),
    ),
    Code.EVEN_SO: Template(
        gettext_noop("That alone would not be enough."), gettext_noop("See what else is in its way.")
    ),
    Code.THEN_ROOM: Template(
        gettext_noop("With that, helper %(helper)s could take it."),
        gettext_noop("Give it to helper %(helper)s then."),
    ),
    Breach.UNKNOWN_ASK: Template(gettext_noop("There is no ask %(ask)s in this plan.")),
    Breach.UNKNOWN_HELPER: Template(gettext_noop("There is no helper %(helper)s in this plan.")),
    Breach.UNREACHABLE: Template(gettext_noop("Ask %(ask)s has no place on the map.")),
    Breach.LATE: Template(gettext_noop("Helper %(helper)s would be %(minutes)d min too late at ask %(ask)s.")),
    Breach.SKILL: Template(gettext_noop("Ask %(ask)s needs %(skills)s, which helper %(helper)s does not have.")),
    Breach.LANGUAGE: Template(
        gettext_noop("Helper %(helper)s speaks none of the languages of ask %(ask)s: %(languages)s.")
    ),
    Breach.NOT_ALLOWED: Template(gettext_noop("Helper %(helper)s is ruled out for ask %(ask)s.")),
    Breach.LOCKED: Template(gettext_noop("Ask %(ask)s is locked to helper %(locked)s.")),
    Breach.SETTLED: Template(gettext_noop("The run of helper %(helper)s is settled; nothing is to be added to it.")),
    Breach.ORDER: Template(gettext_noop("The order of the locked stops of helper %(helper)s would change.")),
    Breach.OTHER_HUB: Template(
        gettext_noop("The goods of ask %(ask)s lie at hub %(hub)s, where helper %(helper)s does not load.")
    ),
    Breach.HUB_SHUT: Template(gettext_noop("Helper %(helper)s would find hub %(hub)s shut.")),
    Breach.LOAD: Template(gettext_noop("Helper %(helper)s would carry %(load)d %(unit)s and has room for %(most)d.")),
    Breach.SHIFT: Template(gettext_noop("Helper %(helper)s would be through %(minutes)d min after their time ends.")),
    Breach.NO_SHIFT: Template(gettext_noop("Helper %(helper)s has no time in this plan.")),
    Breach.DURATION: Template(
        gettext_noop("The run of helper %(helper)s would last %(minutes)d min longer than they can.")
    ),
    Breach.STOPS: Template(gettext_noop("Helper %(helper)s would make %(stops)d stops and can make %(most)d.")),
    Breach.DISTANCE: Template(
        gettext_noop("The run of helper %(helper)s would be %(km).1f km longer than they can go.")
    ),
    Recruit.HELPER: Template(
        gettext_noop("One more helper (%(mode)s) from %(since)s to %(until)s would reach more: %(asks)d."),
        gettext_noop("Best from around %(near)s."),
    ),
    Recruit.HELPER_SPEAKING: Template(
        gettext_noop(
            "One more helper (%(mode)s, %(languages)s) from %(since)s to %(until)s would reach more: %(asks)d."
        ),
        gettext_noop("Best from around %(near)s."),
    ),
    Recruit.HELPER_WITH_SKILL: Template(
        gettext_noop(
            "One more helper (%(mode)s) with %(skills)s, from %(since)s to %(until)s, would reach more: %(asks)d."
        ),
        gettext_noop("Best from around %(near)s."),
    ),
    Recruit.LATER: Template(
        gettext_noop("With an hour more at the end, helper %(helper)s would reach more: %(asks)d.")
    ),
    Recruit.EARLIER: Template(
        gettext_noop("With an hour more at the beginning, helper %(helper)s would reach more: %(asks)d.")
    ),
    Recruit.CAR: Template(gettext_noop("With a car, helper %(helper)s would reach more: %(asks)d.")),
    Recruit.LANGUAGE: Template(
        gettext_noop("With someone beside them who speaks %(languages)s, helper %(helper)s would reach more: %(asks)d.")
    ),
    Breach.NOT_COLLECTED: Template(
        gettext_noop("Helper %(helper)s would come to ask %(ask)s without having picked up what it is about.")
    ),
    Breach.APART: Template(
        gettext_noop("Asks %(ask)s and %(other)s go together, and helper %(helper)s would have only one of them.")
    ),
    Breach.BREAK: Template(gettext_noop("Helper %(helper)s would not get their break of %(minutes)d min.")),
}


@dataclass(frozen=True)
class Reason:
    """A reason as data. `code` is stable, `facts` hold the numbers and ids that the sentences name.

    `detail` is the reason behind the reason, where there is one: what exactly the helper it is locked to is missing.
    """

    code: Code | Breach | Recruit
    facts: Mapping[str, Fact] = field(default_factory=dict)
    detail: Reason | None = None

    def sentence(self, translate: Callable[[str], str] = gettext_noop) -> str:
        """Why, in a sentence; pass the translation in (`gettext`) for another language than English."""
        why = filled(REASONS[self.code].why, self.facts, translate)
        return f"{why} {self.detail.sentence(translate)}" if self.detail else why

    def change(self, translate: Callable[[str], str] = gettext_noop) -> str:
        """What would change it, in a sentence; "" where nothing is named."""
        return filled(REASONS[self.code].change, self.facts, translate)


def named(reason: Reason, names: Mapping[str, Mapping[str, str]]) -> Reason:
    """The reason with names in place of ids: `names` has, per kind of fact ("helper", "ask", "hub", "locked"), id to
    name.

    An id without a name stays as it is. Helpers' names are also used for "locked".
    """
    words = {"locked": names.get("helper", {}), "other": names.get("ask", {}), "near": names.get("ask", {}), **names}
    facts = {key: words.get(key, {}).get(str(value), value) for key, value in reason.facts.items()}
    return Reason(reason.code, facts, named(reason.detail, names) if reason.detail else None)
