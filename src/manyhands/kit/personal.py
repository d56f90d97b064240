"""Sorting what we hold: every field of every model is public, internal, personal or dangerous, and has a clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How much harm a field does in the wrong hands (the classes C0 to C3 of the trust model)."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    DANGEROUS = "dangerous"


# Why a field about people may lie open in the database. Everything else personal or dangerous is sealed.
POINTS = "It points to another row. Whose that is, only their key tells."
WHEN = "The database sorts and sifts by it; a time tells little without whose it is."
SPOKEN = "The database sifts by it; a language tells little without who speaks it."
OPENS_A_DOOR = "Drawn by lot, or a digest: it opens a link or a sign-in and tells nothing of anyone."
FINDS = "The blind index by which a sealed value is found: without the ring it tells nothing."
A_LETTER = "Sealed to the house as a whole, whoever it is about: it came while nobody could give it a key of its own."
WHY_LIKE = "Codes and a number for why two rows may be one person: no name, no phone, no street."
REASON_OF_A_PLAN = "A code with numbers and the keys of runs and hubs: no name, no place, nobody's words."


@dataclass(frozen=True, slots=True)
class Holds:
    """What one model holds about people: a kind for every concrete field, and how many days it is kept.

    Personal and dangerous fields are sealed, but for those in ``unsealed``, each with why it is not.
    ``keep_days`` counts from the day the thing is over (closed, expired, left); ``None`` keeps it while the thing it
    belongs to is kept. ``why`` says in a sentence what the network needs it for.
    """

    model: str
    fields: Mapping[str, Kind]
    keep_days: int | None
    why: str
    unsealed: Mapping[str, str]


def sort_fields(
    model: str,
    *,
    why: str,
    keep_days: int | None = None,
    public: Iterable[str] = (),
    internal: Iterable[str] = (),
    personal: Iterable[str] = (),
    dangerous: Iterable[str] = (),
    unsealed: Mapping[str, str] | None = None,
) -> Holds:
    """Sort every field of ``model`` ("room.Model") into its kind; a field named twice is an error."""
    kinds = {Kind.PUBLIC: public, Kind.INTERNAL: internal, Kind.PERSONAL: personal, Kind.DANGEROUS: dangerous}
    fields: dict[str, Kind] = {}
    for kind, names in kinds.items():
        for name in names:
            if name in fields:
                raise ValueError(f"{model}.{name} is sorted twice.")
            fields[name] = kind
    return Holds(model=model, fields=fields, keep_days=keep_days, why=why, unsealed=unsealed or {})


HOLDS = (
    sort_fields(
        "kit.Allowance",
        why="To count tries, so that nobody can guess codes or flood a form. Says nothing about who tried.",
        keep_days=1,
        internal=("mark", "tries", "ends_at"),
    ),
)
