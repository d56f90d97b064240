"""Why two records may be one person, or may not: codes and the sentences for them. No sentence holds a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from manyhands.kernel.explanation import gettext_noop
from manyhands.kernel.likeness.evidence import Evidence
from manyhands.kernel.likeness.names import Kind, Shape


class Sign(StrEnum):
    """What speaks for or against two records being one person."""

    SAME_PHONE = "same_phone"
    NEAR_PHONE = "near_phone"
    OTHER_PHONE = "other_phone"
    SAME_EMAIL = "same_email"
    NEAR_EMAIL = "near_email"
    OTHER_EMAIL = "other_email"
    SHARED = "shared"
    SAME_NAME = "same_name"
    TURNED_NAME = "turned_name"
    SPELT_NAME = "spelt_name"
    SHORT_NAME = "short_name"
    TYPO_NAME = "typo_name"
    INITIAL = "initial"
    MORE_NAMES = "more_names"
    ONE_NAME = "one_name"
    PART_OF_NAME = "part_of_name"
    OTHER_NAME = "other_name"
    FAMILY = "family"
    SAME_HOME = "same_home"
    SAME_STREET = "same_street"
    OTHER_STREET = "other_street"
    SAME_POSTCODE = "same_postcode"
    OTHER_POSTCODE = "other_postcode"
    SAME_PLACE = "same_place"
    OTHER_PLACE = "other_place"
    SAME_BIRTH = "same_birth"
    NEAR_BIRTH = "near_birth"
    OTHER_BIRTH = "other_birth"


SENTENCES: Mapping[Sign, str] = {
    Sign.SAME_PHONE: gettext_noop("The same phone."),
    Sign.NEAR_PHONE: gettext_noop("Phones that differ in one digit."),
    Sign.OTHER_PHONE: gettext_noop("Different phones."),
    Sign.SAME_EMAIL: gettext_noop("The same e-mail address."),
    Sign.NEAR_EMAIL: gettext_noop("E-mail addresses that are nearly the same."),
    Sign.OTHER_EMAIL: gettext_noop("Different e-mail addresses."),
    Sign.SHARED: gettext_noop("Several others share that phone or address."),
    Sign.SAME_NAME: gettext_noop("The same name."),
    Sign.TURNED_NAME: gettext_noop("The names stand in another order."),
    Sign.SPELT_NAME: gettext_noop("Two spellings of one name."),
    Sign.SHORT_NAME: gettext_noop("A name and what people are called for short."),
    Sign.TYPO_NAME: gettext_noop("Names that differ by a slip or two."),
    Sign.INITIAL: gettext_noop("One has an initial where the other has a name."),
    Sign.MORE_NAMES: gettext_noop("One has a name more than the other."),
    Sign.ONE_NAME: gettext_noop("Only one name is known of one of them, and the other has it too."),
    Sign.PART_OF_NAME: gettext_noop("One name in common, and another that is different."),
    Sign.OTHER_NAME: gettext_noop("Different names."),
    Sign.FAMILY: gettext_noop("They share a phone or a home and not all of the name, as families do."),
    Sign.SAME_HOME: gettext_noop("The same street and house number."),
    Sign.SAME_STREET: gettext_noop("The same street, perhaps not the same house."),
    Sign.OTHER_STREET: gettext_noop("Different streets."),
    Sign.SAME_POSTCODE: gettext_noop("The same postcode, or one that differs in one sign."),
    Sign.OTHER_POSTCODE: gettext_noop("Different postcodes."),
    Sign.SAME_PLACE: gettext_noop("The same town or neighbourhood."),
    Sign.OTHER_PLACE: gettext_noop("Different towns or neighbourhoods."),
    Sign.SAME_BIRTH: gettext_noop("The same birthday."),
    Sign.NEAR_BIRTH: gettext_noop("Birthdays that differ by a slip."),
    Sign.OTHER_BIRTH: gettext_noop("Different birthdays."),
}

_OF_LEVEL = {
    "phone same": Sign.SAME_PHONE, "phone near": Sign.NEAR_PHONE, "phone differ": Sign.OTHER_PHONE,
    "email same": Sign.SAME_EMAIL, "email near": Sign.NEAR_EMAIL, "email differ": Sign.OTHER_EMAIL,
    "shared by many": Sign.SHARED, "household": Sign.FAMILY, "strangers_share": Sign.FAMILY,
    "street differ": Sign.OTHER_STREET, "postcode same": Sign.SAME_POSTCODE, "postcode near": Sign.SAME_POSTCODE,
    "postcode district": Sign.OTHER_POSTCODE, "postcode differ": Sign.OTHER_POSTCODE,
    "place same": Sign.SAME_PLACE, "place near": Sign.SAME_PLACE, "place differ": Sign.OTHER_PLACE,
    "born same": Sign.SAME_BIRTH, "born newyear": Sign.SAME_BIRTH, "born year": Sign.SAME_BIRTH,
    "born near": Sign.NEAR_BIRTH, "born partly": Sign.NEAR_BIRTH, "born differ": Sign.OTHER_BIRTH,
}  # fmt: skip
_OF_KIND = {
    Kind.SPELT: Sign.SPELT_NAME, Kind.SHORT: Sign.SHORT_NAME, Kind.TYPO: Sign.TYPO_NAME, Kind.BLUR: Sign.TYPO_NAME,
    Kind.INITIAL: Sign.INITIAL,
}  # fmt: skip
_AGAINST = frozenset(
    sign for sign in Sign if sign.startswith("other_") or sign in {Sign.SHARED, Sign.FAMILY, Sign.PART_OF_NAME}
)


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason as data; its code is stable and may be kept."""

    sign: Sign

    @property
    def speaks_for(self) -> bool:
        return self.sign not in _AGAINST

    def sentence(self, translate: Callable[[str], str] = gettext_noop) -> str:
        """The reason in words; pass the translation in (`gettext`) for another language than English."""
        return translate(SENTENCES[self.sign])


def reasons_of(evidence: Evidence) -> tuple[Reason, ...]:
    """Everything that was compared, what speaks for it first, names before all else."""
    found = dict.fromkeys(_of_names(evidence))
    for level in evidence.levels:
        if sign := _sign_of(level):
            found[sign] = None
    reasons = [Reason(sign) for sign in found]
    return tuple(sorted(reasons, key=lambda reason: not reason.speaks_for))


def _sign_of(level: str) -> Sign | None:
    if level.startswith("street ") and level != "street differ":
        return Sign.SAME_HOME if level.endswith("house same") else Sign.SAME_STREET
    return _OF_LEVEL.get(level)


def _of_names(evidence: Evidence) -> list[Sign]:
    names = evidence.names
    if names.shape is Shape.UNKNOWN:
        return []
    if names.shape is Shape.NONE:
        return [Sign.OTHER_NAME]
    found = [_OF_KIND[kind] for _one, _two, kind in names.ties if kind in _OF_KIND]
    if names.shape is Shape.PARTLY:
        return [*found, Sign.PART_OF_NAME]
    if names.shape is Shape.WORD:
        return [*found, Sign.ONE_NAME]
    if names.shape is Shape.WITHIN:
        return [*found, Sign.MORE_NAMES]
    return [*(found or [Sign.SAME_NAME]), *([Sign.TURNED_NAME] if names.turned else [])]
