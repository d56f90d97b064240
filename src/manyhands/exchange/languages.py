"""The languages people around here speak, by their BCP 47 codes and by the names their speakers know them by."""

from __future__ import annotations

from collections.abc import Iterable

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language

# Offered first wherever someone chooses; any other code already noted is offered too.
USUAL = (
    "en", "es", "ar", "bn", "de", "fa", "fr", "he", "hi", "ht", "it", "ja", "ko", "pl", "pt", "ro", "ru", "so", "sq",
    "sw", "tl", "tr", "uk", "ur", "vi", "yi", "zh", "yue", "ase",
)  # fmt: skip
# What the library has no name for in its own language.
_NAMES = {"ht": "Kreyòl ayisyen", "tl": "Tagalog", "ase": "ASL", "yi": "ייִדיש"}


def name_of(code: str) -> str:
    """A language's name in the reader's language: "Spanish"; a code nobody knows stays as it is."""
    if not code:
        return ""
    reader = _locale(get_language() or "en") or Locale("en")
    locale = _locale(code)
    named = reader.languages.get(code) or (locale.get_display_name(reader) if locale else None)
    return named or own_name(code)


def own_name(code: str) -> str:
    """A language's name as its speakers write it: "Español"."""
    if code in _NAMES:
        return _NAMES[code]
    locale = _locale(code)
    named = locale.get_display_name(locale) if locale else None
    return named[:1].upper() + named[1:] if named else code


def names_of(codes: Iterable[str]) -> list[str]:
    """The names of several, in the order given."""
    return [name_of(code) for code in codes]


def choices(also: Iterable[str] = ()) -> list[tuple[str, str]]:
    """(code, own name) pairs to choose from; ``also`` are codes that must be among them."""
    return [(code, own_name(code)) for code in dict.fromkeys([*USUAL, *also]) if code]


def _locale(code: str) -> Locale | None:
    try:
        return Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
