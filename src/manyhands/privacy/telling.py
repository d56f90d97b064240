"""Who saw my details, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from manyhands.privacy.models import Erasure, Reveal
from manyhands.privacy.states import Part, Why

_GROUNDS = {
    Why.CLAIM: gettext_lazy("%(who)s, who took on %(about)s, saw your %(what)s on %(day)s."),
    Why.RUN: gettext_lazy("%(who)s, who had %(about)s on a run, saw your %(what)s on %(day)s."),
    Why.MATCH: gettext_lazy("%(who)s, with whom you agreed about %(about)s, saw your %(what)s on %(day)s."),
    Why.DESK: gettext_lazy("%(who)s, at the desk, looked at %(about)s and saw your %(what)s on %(day)s."),
    Why.MAP: gettext_lazy("%(who)s, at the desk, planned runs with %(about)s and saw your %(what)s on %(day)s."),
    Why.SHEETS: gettext_lazy("%(who)s, at the desk, had the run sheet with %(about)s: your %(what)s, %(day)s."),
    Why.TABLE: gettext_lazy("%(who)s, at the desk, took a plan with %(about)s along, with your %(what)s, on %(day)s."),
    Why.MEMBERS: gettext_lazy("%(who)s, at the desk, saw your %(what)s in the list of members on %(day)s."),
    Why.HELPER: gettext_lazy("%(who)s, at the desk, looked up what you can carry and saw your %(what)s on %(day)s."),
    Why.TWICE: gettext_lazy("%(who)s, at the desk, looked whether you are written down twice: your %(what)s, %(day)s."),
    Why.EXPORT: gettext_lazy("%(who)s exported all that the network holds: your %(what)s stands in it, %(day)s."),
}  # fmt: skip

REACHES_BACKUPS = gettext_lazy(
    "What was sealed under the key is gone from every older backup as well: without the key it can’t be opened. "
    "Where an old backup is put back, the rest is blanked again before anybody can read it."
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One line of "Who saw my details"."""

    on: date
    words: str


def told(reveals: Iterable[Reveal], things: Mapping[tuple[UUID, str], str] | None = None) -> list[Seen]:
    """Reveals as the person reads them. ``things`` says what a network's codes stand for: "K7M3" -> "Food"."""
    return [Seen(reveal.day, _line(reveal, things or {})) for reveal in reveals]


def receipt(erasure: Erasure) -> str:
    """The receipt of somebody who was forgotten, as plain text."""
    lines = (
        (_("Forgotten"), f"{erasure.at:%Y-%m-%d %H:%M:%S} UTC"),
        (_("Number"), erasure.pk),
        (_("Key ring before"), erasure.before or "–"),
        (_("Key ring after"), erasure.after or "–"),
        (_("Asks that stay counted"), erasure.asks),
        (_("Offers that stay counted"), erasure.offers),
    )
    said = "\n".join(f"{word}: {value}" for word, value in lines)
    return f"{said}\n\n{REACHES_BACKUPS}\n"


def _line(reveal: Reveal, things: Mapping[tuple[UUID, str], str]) -> str:
    thing = things.get((reveal.network_id, reveal.about), "")
    if not reveal.about:
        about = _("your part here")
    elif thing:
        about = _("“%(thing)s” (%(code)s)") % {"thing": thing, "code": reveal.about}
    else:
        about = reveal.about
    return str(_GROUNDS[Why(reveal.why)]) % {
        "who": _who(reveal),
        "about": about,
        "what": _what(reveal.kinds),
        # Translators: a day, in Django's date format letters: l is the weekday, j the day, F the month.
        "day": date_format(reveal.day, _("l j F")),
    }


def _who(reveal: Reveal) -> str:
    if reveal.seen_by is None:
        return _("Whoever looks after the server")
    return reveal.seen_by.short_name or _("Someone without a name")


def _what(parts: list[Part]) -> str:
    words = [str(part.label) for part in parts]
    if len(words) < 2:
        return "".join(words)
    return _("%(some)s and %(last)s") % {"some": ", ".join(words[:-1]), "last": words[-1]}
