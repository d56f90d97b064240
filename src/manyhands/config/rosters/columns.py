"""Which column of a sheet of shifts, or of helpers, says what: guessed from its heading, unless somebody says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from manyhands.kernel.sheets import Table
from manyhands.kernel.sheets.lexicon import plain

NOTES = "notes"

SHIFT_FIELDS: dict[str, str] = {
    "unpopular": r"unpopular|undesirable|nobody wants|hard to fill",
    "minimum": r"\b(min|minimum|at least|least|must have)\b",
    "needed": r"\b(needed|need|demand|wanted|required|spots|slots|capacity|how many|number of (people|volunteers|"
    r"helpers)|(volunteers|helpers|people) (needed|wanted|required)|max|maximum|headcount|plazas|places|anzahl)\b",
    "skills": r"\b(skills?|qualifications?|certificates?|training|requires|competences?|habilidades|kenntnisse)\b",
    "role": r"\b(role|job|position|task|duty|function|puesto|rol|tache|aufgabe)\b",
    "hours": r"\b((?<!volunteer )(?<!total )hours|duration|length|long|horas|duree|dauer)\b",
    "window": r"\b(times|time ?slot|window|when|hours of|horario|uhrzeit)\b",
    "from": r"\b(from|starts?|start time|begins?|beginning|begin time|desde|inicio|debut|von|beginn)\b",
    "until": r"\b(until|till|to|ends?|end time|finish(es)?|hasta|fin|bis|ende)\b",
    "date": r"\b(date|day|dates|fecha|dia|jour|datum|tag)\b",
    "weight": r"\b(priority|importance|weight|urgency|prioridad)\b",
    "place": r"\b(place|location|where|address|site|venue|postcode|lugar|lieu|ort)\b",
    "shift": r"\b(shift|name|title|event|activity|session|what|turno|equipe|schicht|nombre|id)\b",
}
HELPER_FIELDS: dict[str, str] = {
    "had_unpopular": r"unpopular",
    "had_minutes": r"\b(hours|time)\b.*\b(before|so far|already|last|past|previous|done|had)\b"
    r"|\b(before|so far|past|last)\b.*\bhours\b",
    "week_minutes": r"\bhours?\b.*\bweek|\bweek(ly)?\b.*\bhours?\b",
    "day_minutes": r"\bhours?\b.*\bday\b|\bda(y|ily)\b.*\bhours?\b",
    "rest": r"\b(rest|break between|between shifts)\b",
    "days_in_row": r"\bdays?\b.*\b(row|consecutive|running)\b|\bconsecutive days\b",
    "nights": r"\bnights?\b",
    "weekends": r"\bweekends?\b.*\b(max|most|limit|month)\b|\b(max|most|limit)\b.*\bweekends?\b",
    "newcomer": r"\b(newcomer|new|first time|experienced?|experience)\b",
    "never": r"\b(never|avoid|cannot do|can t do|not for|won t|rule out)\b",
    "rather_not": r"\b(rather not|dislikes?|prefer not|against)\b",
    "wishes": r"\b(wish(es)?|prefers?|preferred|preferences?|likes?|favou?rites?|would like|wants)\b",
    "apart": r"\b(not with|apart|keep apart|separate|blocked)\b",
    "together": r"\b(together|with whom|pair|buddy|comes with|only with)\b",
}
# Of two headings that fit, the one nearer the top of these lists is sure of it.
FIELDS = {"shifts": SHIFT_FIELDS, "helpers": HELPER_FIELDS}


class WrongField(ValueError):
    """A mapping names a heading or a field that is not there; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each column lands: heading -> field, `notes` for what says nothing of the roster."""

    of: Mapping[str, str]
    where: Mapping[str, int]

    def cell(self, cells: tuple[str, ...], field: str) -> str:
        """What a row says there; "" where no column does."""
        index = self.where.get(field)
        return cells[index].strip() if index is not None else ""

    def heading(self, field: str) -> str:
        """The column's heading as spelled."""
        return next((heading for heading, lands_in in self.of.items() if lands_in == field), field)


def columns_of(table: Table, kind: str, said: Mapping[str, str], *, elsewhere: frozenset[str] = frozenset()) -> Columns:
    """Guess where the columns land, what somebody `said` first. `elsewhere`: fields that other readers know."""
    fields = FIELDS[kind]
    for heading, field in said.items():
        if heading not in table.headings:
            raise WrongField(f"There is no column “{heading}”. The columns are: {', '.join(table.headings[:40])}.")
        if field not in fields and field not in elsewhere and field != NOTES:
            raise WrongField(f"“{field}” is no field of {kind}. Choose one of: {', '.join([*fields, NOTES])}.")
    of = {heading: said.get(heading, "") for heading in table.headings}
    taken = set(of.values())
    for field, pattern in fields.items():
        if field in taken:
            continue
        for heading in table.headings:
            if not of[heading] and re.search(pattern, plain(heading)):
                of[heading] = field
                break
    where = {field: index for index, heading in enumerate(table.headings) if (field := of[heading]) and field != NOTES}
    return Columns({heading: field or NOTES for heading, field in of.items()}, where)
