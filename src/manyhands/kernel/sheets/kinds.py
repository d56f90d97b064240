"""What the rows of a sheet are about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from manyhands.kernel.sheets.fields import Field, Kind
from manyhands.kernel.sheets.lexicon import plain
from manyhands.kernel.sheets.profiles import Profile, profile_of
from manyhands.kernel.sheets.questions import heading_points
from manyhands.kernel.sheets.signs import (
    ASK_SIGNS,
    HELPER_SIGNS,
    KIND_SIGNS,
    OFFER_SIGNS,
    OTHER_SIGNS,
    SAYS_LITTLE,
    SOMEBODY_ELSE,
)
from manyhands.kernel.sheets.tables import Table


def guess_kind(table: Table, profiles: Sequence[Profile] | None = None) -> Kind:
    """What the rows are about, from the headings and the name of the sheet.

    OTHER where nothing speaks for people asking, offering or helping (ledgers, directories, counts).
    """
    profiles = profiles or [profile_of(table.column(index)) for index in range(len(table.headings))]
    points = {Kind.ASKS: 0.0, Kind.OFFERS: 0.0, Kind.HELPERS: 0.0, Kind.OTHER: 0.9}
    first_words = Counter(plain(heading).split(" ")[0] for heading in table.headings)
    about_helpers = first_words["volunteer"] > 3 or first_words["helper"] > 3
    for heading, profile in zip(table.headings, profiles, strict=True):
        text = plain(heading[:400])
        weight = (1.0 if len(text.split()) <= 6 else 0.7) * (0.4 if profile.url > 0.5 else 1.0)
        somebody = bool(SOMEBODY_ELSE.search(text)) and len(text.split()) > 1
        if ASK_SIGNS.search(text):
            points[Kind.ASKS] += 0.9 * weight
        if HELPER_SIGNS.search(text):
            # "Delivery volunteer" on an ask names who took it on; "volunteer_email" in every heading names the rows.
            points[Kind.HELPERS] += 0.25 if somebody and not about_helpers else 0.9 * weight
        if OFFER_SIGNS.search(text):
            points[Kind.OFFERS] += 1.3 * weight
        if OTHER_SIGNS.search(text):
            points[Kind.OTHER] += 0.7 * weight
        scores = heading_points(heading)
        for kind, field, worth in KIND_SIGNS:
            if scores.get(field, 0.0) >= 0.75 and not (somebody and kind == Kind.ASKS):
                points[kind] += worth * weight * (0.35 if text in SAYS_LITTLE else 1.0)
    _add_name_of_sheet(plain(table.sheet), points)
    if _tells_of_needs(table) and points[Kind.OTHER] < 1.0:
        points[Kind.ASKS] += 1.0
    if _roles(table) and points[Kind.ASKS] > 1.0 and _counts(table, profiles) >= 2:
        points[Kind.ASKS] += 2.0  # a run sheet: stops with what goes to each, and the drivers between them
    return max(points, key=lambda kind: points[kind])


def _add_name_of_sheet(name: str, points: dict[Kind, float]) -> None:
    if re.search(r"\b(volunteers?|helpers?|drivers?|voluntari\w*|helfer\w*|benevoles?)\b", name):
        points[Kind.HELPERS] += 3
    if re.search(r"\b(offers?|ofertas?|angebote?|offres?)\b", name):
        points[Kind.OFFERS] += 3
    if re.search(r"\b(asks?|needs?|requests?|deliver(y|ies)|orders?|solicitudes|pedidos|demandes|anfragen)\b", name):
        points[Kind.ASKS] += 3


def _tells_of_needs(table: Table) -> bool:
    """Something wanted, and somebody or somewhere it is wanted for."""
    fields = {field for heading in table.headings for field, value in heading_points(heading).items() if value >= 0.9}
    wanted = fields & {Field.WHAT, Field.WORDS, Field.NEED}
    whose = fields & {Field.NAME, Field.FIRST_NAME, Field.PHONE, Field.ADDRESS, Field.CROSS_STREET, Field.LAT}
    return bool(wanted and whose) or (Field.WORDS in wanted and len(table.headings) <= 4)


def _roles(table: Table) -> bool:
    fields = {field for heading in table.headings for field, value in heading_points(heading).items() if value >= 1.0}
    return {Field.IS_ASKER, Field.IS_HELPER} <= fields


def _counts(table: Table, profiles: Sequence[Profile]) -> int:
    return sum(
        1
        for heading, profile in zip(table.headings, profiles, strict=True)
        if profile.number >= 0.8 and profile.phone < 0.5 and not re.search(r"\b(id|zip)\b", plain(heading))
    )
