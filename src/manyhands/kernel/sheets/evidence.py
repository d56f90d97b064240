"""What the cells of a column say about where it belongs, with its heading and without."""

from __future__ import annotations

from manyhands.kernel.sheets.fields import FIELDS_OF, Field, Kind
from manyhands.kernel.sheets.profiles import Profile

_NUMERIC = frozenset(
    {
        Field.QUANTITY, Field.LOAD, Field.MINUTES, Field.CAPACITY, Field.MAX_MINUTES, Field.MAX_STOPS,
        Field.HOUSEHOLD_SIZE, Field.HOUSEHOLD_PART,
    }
)  # fmt: skip
_HOURS = frozenset({Field.WANTED_FROM, Field.WANTED_UNTIL, Field.AVAILABLE_FROM, Field.AVAILABLE_UNTIL})
_DEGREES = frozenset({Field.LAT, Field.LON, Field.END_LAT, Field.END_LON})
_NAMES = frozenset({Field.NAME, Field.FIRST_NAME, Field.LAST_NAME, Field.REQUESTER, Field.CITY, Field.STATE})
_UNLIKELY = 0.2


def fit(field: Field, profile: Profile) -> float:
    """How well what stands in a column goes with a field its heading names, 0 to 1."""
    few = profile.filled < 3
    doubt = 0.7 if few else 0.3
    if field == Field.EMAIL:
        return 1.0 if profile.email >= 0.3 else 0.55 if profile.phone > 0.3 else doubt
    if field == Field.PHONE:
        digits = profile.digits >= 0.6 and profile.length >= 5 and max(profile.yes_no, profile.date) < 0.5
        return 1.0 if profile.phone >= 0.25 or digits else 0.6 if profile.email >= 0.3 else doubt
    if field == Field.ASKED_AT:
        dated = profile.date >= 0.3 or (profile.number > 0.8 and profile.largest > 20_000)
        return 1.0 if dated or (few and profile.digits > 0.5) else 0.35
    if field in {Field.WANTED_ON, Field.AVAILABLE_ON}:
        return 1.0 if profile.date >= 0.3 or profile.yes_no < 0.4 else 0.3
    if field in _HOURS:
        return 1.0 if profile.time + profile.date >= 0.3 or profile.digits >= 0.6 else 0.3
    if field in _DEGREES:
        return 1.0 if profile.coordinate >= 0.3 or profile.number >= 0.5 or profile.digits >= 0.8 else _UNLIKELY
    if field == Field.GEO:
        return 1.0 if profile.geo >= 0.3 or (profile.digits >= 0.6 and profile.length > 10) else 0.3
    if field in _NUMERIC:
        if profile.record_id > 0.5 or profile.date > 0.5:
            return _UNLIKELY
        return 1.0 if profile.digits >= 0.4 or profile.number >= 0.3 else 0.75 if few else 0.4
    if field in _NAMES:
        odd = max(profile.yes_no, profile.email, profile.date, profile.url) > 0.6 or profile.number > 0.8
        return _UNLIKELY if odd else 0.6 if profile.length > 120 else 1.0
    return _fit_of_words(field, profile, few=few)


def _fit_of_words(field: Field, profile: Profile, *, few: bool) -> float:
    odd = max(profile.yes_no, profile.email, profile.date, profile.url, profile.record_id) > 0.6
    if field in {Field.ADDRESS, Field.WORDS, Field.AREA}:
        return _UNLIKELY if odd or (profile.number > 0.9 and profile.largest <= 1) else 1.0
    if field == Field.LANGUAGE:
        return (
            1.0 if profile.language >= 0.2 or (few and profile.yes_no < 0.5) else 0.6 if profile.yes_no < 0.3 else 0.3
        )
    if field in {Field.IS_ASKER, Field.IS_HELPER}:
        return 1.0 if profile.yes_no >= 0.6 else _UNLIKELY
    if field == Field.WHAT:
        return 0.35 if max(profile.date, profile.phone, profile.url, profile.record_id) > 0.6 else 1.0
    if field == Field.STATUS:
        return 0.6 if profile.date > 0.8 else 1.0
    if field in {Field.POSTCODE, Field.UNIT}:
        return 1.0 if profile.digits >= 0.4 or few else 0.4
    if field == Field.EXTERNAL_ID:
        return 0.5 if profile.words > 4 or profile.yes_no > 0.8 else 1.0
    if field in {Field.AVAILABILITY, Field.WANTED_WINDOW}:
        return 0.6 if profile.date > 0.8 else 1.0
    return 1.0


def points_of_content(profile: Profile, kind: Kind, *, named: bool) -> dict[Field, float]:
    """What the cells alone speak for.

    Under a heading only what looks like nothing else counts; where there is no heading at all, best guesses do.
    """
    points: dict[Field, float] = {}
    if profile.filled < 2:
        if profile.filled and profile.email == 1.0 and not named:
            points[Field.EMAIL] = 0.6
    elif profile.geo >= 0.8:
        points[Field.GEO] = 0.75
    elif not named:
        points = _best_guess(profile, kind)
    return {field: value for field, value in points.items() if field in FIELDS_OF[kind]}


def _best_guess(profile: Profile, kind: Kind) -> dict[Field, float]:
    if profile.email >= 0.7:
        return {Field.EMAIL: 0.85}
    if profile.phone >= 0.7:
        return {Field.PHONE: 0.8}
    if profile.date >= 0.7:
        return {Field.ASKED_AT: 0.6}
    if profile.language >= 0.8:
        return {Field.LANGUAGE: 0.7}
    if profile.number >= 0.5 or profile.yes_no >= 0.5:
        return {}
    if profile.street >= 0.6 and profile.digits >= 0.6 and profile.length < 80:
        return {Field.ADDRESS: 0.7}
    if profile.person >= 0.7 and profile.distinct >= 0.6 and profile.length < 40:
        return {Field.NAME: 0.65}
    if profile.words >= 4 and kind != Kind.HELPERS:
        return {Field.WORDS: 0.55}
    if profile.distinct <= 0.6:
        return {Field.WHAT if kind != Kind.HELPERS else Field.SKILLS: 0.5}
    return {}
