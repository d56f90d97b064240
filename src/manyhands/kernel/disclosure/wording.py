"""Whether someone's own words say where they live or how to reach them.

Meant to err on the careful side: a board without someone's words is a nuisance, a board with their address a danger.
Nothing here understands names; whoever shows words to everyone must not count on this alone where health or the law
is in them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Beside the number: "12 Elm Street", "flat 3", "Hauptstr. 7".
_BESIDE = """
    street st road rd avenue ave lane ln drive dr boulevard blvd court ct place pl square sq terrace way close crescent
    highway hwy route parkway pkwy apartment apt flat unit suite floor building bldg block lot room house number
    piso apartamento apto edificio bloque appartement appt etage batiment haus stock wohnung kat daire
    strasse straße str weg gasse platz allee straat laan plein lari ri wout
"""
# Before a name and a number: "Calle Luna 5", "12 rue des Lilas", "ул. Ленина 5", "شارع النصر 9".
_BEFORE = """
    calle avenida av carrera cra carretera plaza paseo camino puerta colonia rue allée allee chemin quai impasse via
    viale piazza corso rua travessa ulica ul aleja sokak cadde mahalle
    улица ул проспект дом кв квартира переулок вулиця شارع عمارة شقة بناية طابق רחוב דירה
"""


def _any_of(words: str) -> str:
    return "|".join(sorted(map(re.escape, words.split()), key=len, reverse=True))


_STREET, _STREET_FIRST = _any_of(_BESIDE + _BEFORE), _any_of(_BEFORE)
_SIGNS = {
    "e-mail": re.compile(r"\S@\S|\(at\)|\[at\]|\bat\s+(?:gmail|hotmail|yahoo|outlook|proton)", re.IGNORECASE),
    "handle": re.compile(r"(?:^|\s)@\w{2,}"),
    "link": re.compile(
        r"https?:|www\.|\b[\w-]+\.(?:com|org|net|info|me|io|app|gle|link|co|us|uk|de|fr|es|eu)\b", re.IGNORECASE
    ),
    # Seven digits or more, whatever stands between them; also written out with single letters, "o" for nought.
    "phone": re.compile(r"(?:[+(]?[\dOo][\s().+/_\-–*]{0,3}){7,}"),
    "long number": re.compile(r"\d{4,}"),
    "street": re.compile(rf"\b(?:{_STREET})\b\.?\s*(?:no\.?|nr\.?|#|n[º°])?\s*\d|#\s*\d", re.IGNORECASE),
    "street first": re.compile(rf"\b(?:{_STREET_FIRST})\b\.?\s+(?:[\w’'.-]+[\s,]+){{0,3}}\d", re.IGNORECASE),
    "number and street": re.compile(
        rf"\d+\s*[a-z]?\b[\s,.-]+(?:[\w’'-]+[\s,.-]+){{0,3}}(?:{_STREET})\b|\d+(?:st|nd|rd|th)\b", re.IGNORECASE
    ),
    # "Lindenstr. 4", "Elmstreet 12", "Kerkstraat 9": the kind of street grown together with its name.
    "grown together": re.compile(
        r"\w(?:str|strasse|straße|street|straat|weg|gasse|platz|laan)\b\.?\s*\d", re.IGNORECASE
    ),
    # "Rosewood 14", "14 Rosewood": a name beside a number, inside a sentence.
    "name and number": re.compile(
        r"(?<=[\s,(])(?:[A-ZÀ-ÖØ-Þ]\w{2,}\s+\d{1,4}[a-zA-Z]?\b|\d{1,4}[a-zA-Z]?\s+[A-ZÀ-ÖØ-Þ]\w{2,})"
    ),
}


def gives_away(words: str) -> list[str]:
    """What in these words may tell where someone lives or how to reach them; empty where nothing was found.

    The names in the list are those of the signs ("phone", "street" ...), not what was found.
    """
    plain = _plain(words)
    return [name for name, sign in _SIGNS.items() if sign.search(plain)]


def _plain(words: str) -> str:
    """Digits of every script as 0 to 9, full-width signs as plain ones, invisible ones gone."""
    return "".join(_signs(unicodedata.normalize("NFKC", words)))


def _signs(words: str) -> Iterator[str]:
    for sign in words:
        if unicodedata.category(sign) == "Cf":
            continue
        digit = unicodedata.digit(sign, None)
        yield sign if digit is None else str(digit)
