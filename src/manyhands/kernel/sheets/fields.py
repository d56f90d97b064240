"""The fields a column can land in, and the kinds of sheet there are."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What the rows of a sheet are about."""

    ASKS = "asks"
    OFFERS = "offers"
    HELPERS = "helpers"
    OTHER = "other"


class Field(StrEnum):
    """Where a column lands. Several columns may share one field (two phones, a street and a unit)."""

    NOTES = "notes"
    # who
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    PHONE = "phone"
    EMAIL = "email"
    CONTACT_METHOD = "contact_method"
    LANGUAGE = "language"
    PRIVACY = "privacy"
    CONSENT = "consent"
    EXTERNAL_ID = "external_id"
    SOURCE = "source"
    STATUS = "status"
    # where
    ADDRESS = "address"
    UNIT = "unit"
    CITY = "city"
    STATE = "state"
    POSTCODE = "postcode"
    COUNTRY = "country"
    CROSS_STREET = "cross_street"
    AREA = "area"
    LAT = "lat"
    LON = "lon"
    GEO = "geo"
    END_ADDRESS = "end_address"
    END_LAT = "end_lat"
    END_LON = "end_lon"
    # what is wanted or offered
    WHAT = "what"
    WORDS = "words"
    NEED = "need"
    NEED_DETAIL = "need_detail"
    QUANTITY = "quantity"
    LOAD = "load"
    MINUTES = "minutes"
    URGENCY = "urgency"
    RECURRING = "recurring"
    HOUSEHOLD_SIZE = "household_size"
    HOUSEHOLD_PART = "household_part"
    REQUESTER = "requester"
    FOR_SOMEONE_ELSE = "for_someone_else"
    IS_ASKER = "is_asker"
    IS_HELPER = "is_helper"
    # when
    ASKED_AT = "asked_at"
    WANTED_ON = "wanted_on"
    WANTED_FROM = "wanted_from"
    WANTED_UNTIL = "wanted_until"
    WANTED_WINDOW = "wanted_window"
    # what a helper brings
    SKILLS = "skills"
    SKILL = "skill"
    MODE = "mode"
    CAPACITY = "capacity"
    AVAILABLE_FROM = "available_from"
    AVAILABLE_UNTIL = "available_until"
    AVAILABILITY = "availability"
    AVAILABLE_ON = "available_on"
    MAX_MINUTES = "max_minutes"
    MAX_STOPS = "max_stops"


# Only one column can be the moment of asking or the latitude; a second candidate goes to the notes.
ONE_COLUMN_ONLY = frozenset(
    {
        Field.FIRST_NAME,
        Field.LAST_NAME,
        Field.EXTERNAL_ID,
        Field.STATUS,
        Field.LAT,
        Field.LON,
        Field.GEO,
        Field.END_LAT,
        Field.END_LON,
        Field.ASKED_AT,
        Field.WANTED_ON,
        Field.WANTED_FROM,
        Field.WANTED_UNTIL,
        Field.URGENCY,
        Field.RECURRING,
        Field.HOUSEHOLD_SIZE,
        Field.QUANTITY,
        Field.LOAD,
        Field.MINUTES,
        Field.CONSENT,
        Field.PRIVACY,
        Field.FOR_SOMEONE_ELSE,
        Field.IS_ASKER,
        Field.IS_HELPER,
        Field.NAME,
        Field.CAPACITY,
        Field.AVAILABLE_FROM,
        Field.AVAILABLE_UNTIL,
        Field.AVAILABLE_ON,
        Field.MAX_MINUTES,
        Field.MAX_STOPS,
        Field.CITY,
        Field.STATE,
        Field.POSTCODE,
        Field.COUNTRY,
    }
)

_WHO_AND_WHERE = frozenset(
    {
        Field.NAME, Field.FIRST_NAME, Field.LAST_NAME, Field.PHONE, Field.EMAIL, Field.CONTACT_METHOD, Field.LANGUAGE,
        Field.PRIVACY, Field.CONSENT, Field.EXTERNAL_ID, Field.SOURCE, Field.STATUS, Field.ADDRESS, Field.UNIT,
        Field.CITY, Field.STATE, Field.POSTCODE, Field.COUNTRY, Field.CROSS_STREET, Field.AREA, Field.LAT, Field.LON,
        Field.GEO, Field.NOTES, Field.ASKED_AT, Field.IS_ASKER, Field.IS_HELPER,
    }
)  # fmt: skip
_WANTED = frozenset(
    {
        Field.WHAT, Field.WORDS, Field.NEED, Field.NEED_DETAIL, Field.QUANTITY, Field.LOAD, Field.MINUTES,
        Field.URGENCY, Field.RECURRING, Field.HOUSEHOLD_SIZE, Field.HOUSEHOLD_PART, Field.REQUESTER,
        Field.FOR_SOMEONE_ELSE, Field.WANTED_ON, Field.WANTED_FROM, Field.WANTED_UNTIL, Field.WANTED_WINDOW,
    }
)  # fmt: skip
_BROUGHT = frozenset(
    {
        Field.SKILLS, Field.SKILL, Field.MODE, Field.CAPACITY, Field.AVAILABLE_FROM, Field.AVAILABLE_UNTIL,
        Field.AVAILABILITY, Field.AVAILABLE_ON, Field.MAX_MINUTES, Field.MAX_STOPS, Field.END_ADDRESS, Field.END_LAT,
        Field.END_LON,
    }
)  # fmt: skip

FIELDS_OF: dict[Kind, frozenset[Field]] = {
    Kind.ASKS: _WHO_AND_WHERE | _WANTED,
    Kind.OFFERS: _WHO_AND_WHERE | _WANTED | _BROUGHT,
    Kind.HELPERS: _WHO_AND_WHERE | _BROUGHT | {Field.MINUTES, Field.WORDS},
    Kind.OTHER: _WHO_AND_WHERE,
}
