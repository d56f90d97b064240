"""What is known of somebody, as it was written, and made ready to be compared."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from anyascii import anyascii

from manyhands.kernel.likeness.names import Name, skeleton, take_apart

_ROAD = frozenset(
    """street st str road rd avenue ave av lane ln drive dr court ct place pl crescent cres cr close cl way circuit cct
    terrace tce parade pde boulevard blvd highway hwy square sq calle c avenida avda rue strasse weg platz via
    """.split()  # noqa: SIM905 - words are read as a text
)
_UNIT = re.compile(r"\b(?:apt|apartment|flat|unit|suite|ste|floor|fl|room|rm|piso)\.?\s*#?\s*\w+|#\s*\w+")
_HOUSE = re.compile(r"\d+[a-z]?(?:[-/]\d+[a-z]?)?")
_POSTCODE = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Someone:
    """What is known of one person. Everything but ``key`` may be missing.

    ``names`` are all the names they are known by, as written, in any script and order. ``phones`` are in E.164,
    ``emails`` in small letters. ``born`` is a date in ISO order ("1980-05-17"), as far as it is known ("1980").
    """

    key: Hashable
    names: tuple[str, ...] = ()
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    number: str = ""  # of the house
    street: str = ""
    postcode: str = ""
    place: str = ""
    born: str = ""


@dataclass(frozen=True, slots=True)
class Ready:
    """The same, folded and taken apart. Made once for each person, compared many times."""

    key: Hashable
    names: tuple[Name, ...]
    phones: frozenset[str]
    emails: frozenset[str]
    number: str
    street: str
    postcode: str
    place: str
    born: str
    sounds: frozenset[str] = field(repr=False)


def make_ready(someone: Someone) -> Ready:
    """Fold what is known of somebody so that it can be compared."""
    names = tuple(dict.fromkeys(name for written in someone.names if (name := take_apart(written)).words))
    return Ready(
        key=someone.key,
        names=names,
        phones=someone.phones,
        emails=frozenset(email.strip().lower() for email in someone.emails if email.strip()),
        number="".join(_plain(someone.number).split()),
        street=street_of(someone.street),
        postcode=_POSTCODE.sub("", _plain(someone.postcode)),
        place=" ".join(re.findall(r"[a-z0-9]+", _plain(someone.place))),
        born=re.sub(r"\D", "", someone.born),
        sounds=frozenset(skeleton(word) or word for name in names for word in name.words if len(word) > 1),
    )


def home_of(text: str) -> tuple[str, str]:
    """The house number and the street in an address written as one line; both "" where there is no number.

    A corner, a landmark or a square has no number, and many people share it: it says nothing about who somebody is.
    """
    first = _UNIT.sub(" ", _plain(text.split(",", maxsplit=1)[0]))
    found = _HOUSE.search(first)
    if found is None:
        return "", ""
    street = street_of(first[: found.start()] + " " + first[found.end() :])
    return (found.group(), street) if street else ("", "")


def street_of(text: str) -> str:
    """A street folded for comparing: without the word for "street", so that "Elm St." and "elm street" are one."""
    words = re.findall(r"[a-z0-9]+", _plain(text))
    return " ".join([word for word in words if word not in _ROAD] or words)


def _plain(text: str) -> str:
    return (text if text.isascii() else anyascii(text)).lower()


def all_ready(people: Iterable[Someone]) -> list[Ready]:
    return [make_ready(each) for each in people]
