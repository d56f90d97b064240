# ruff: noqa: E501 - lists of words read better unbroken
"""How soon something is needed, told from the words people use."""

from __future__ import annotations

import re

from manyhands.kernel.sheets.lexicon import plain

_CAN_WAIT = re.compile(r"\b(non urgent|not urgent|no urgent\w*|low|can wait|whenever|no rush|not time sensitive|flexible|no es urgente|pas urgent|nicht dringend|non urgente|nao urgente|survive without|would be great|baja|faible|niedrig|bassa|routine|eventually|lowest|no hurry|next month)\b|不紧急|不急|غير مستعجل|לא דחוף")  # fmt: skip
_SOON = re.compile(r"\b(medium|moderate|soon|this week|few days|day or two|2 3 days|normal|within a week|couple of days|media|moyenne?|mittel|48 hours|72 hours|several days|next week|semana|semaine|woche)\b|本周|这周|هذا الاسبوع|השבוע")  # fmt: skip
_URGENT = re.compile(r"\b(urgent|urgente|urgently|urgency|emergency|asap|as soon as possible|immediate\w*|right away|today|now|high|highest|critical|24 hours|24h|dringend|sofort|subito|emergencia|urgence|alta|haute|hoch|tonight|tomorrow|life threatening|lo antes posible)\b|紧急|緊急|عاجل|مستعجل|דחוף|срочно")  # fmt: skip


def priority_of(text: str) -> int | None:
    """3 urgent, 2 soon, 1 can wait; None where the words do not say. Bare numbers are left alone: scales differ."""
    words = plain(text[:300])
    if _CAN_WAIT.search(words):
        return 1
    if _URGENT.search(words):
        return 3
    if _SOON.search(words):
        return 2
    return None
