"""Reading spreadsheets as mutual aid groups really have them: bytes in, frozen records out, every cell accounted for.

`read(data)` makes a `Table`, `understand(table, today=...)` makes a `Reading`, `write_csv` gives it all back.
Neither files nor a clock: the caller brings the bytes and says what day it is. The only exception is `Unreadable`.
"""

from manyhands.kernel.sheets.duplicates import REASONS
from manyhands.kernel.sheets.fields import Field, Kind
from manyhands.kernel.sheets.kinds import guess_kind
from manyhands.kernel.sheets.limits import Limits
from manyhands.kernel.sheets.mapping import guess_columns
from manyhands.kernel.sheets.problems import SENTENCES, Code, Problem, ProblemGroup, Unreadable, grouped
from manyhands.kernel.sheets.reading import read
from manyhands.kernel.sheets.records import Column, Duplicate, Need, Place, Reading, Record, When
from manyhands.kernel.sheets.tables import Line, Table
from manyhands.kernel.sheets.understanding import understand
from manyhands.kernel.sheets.writing import guard, unguard, write_csv

__all__ = [
    "REASONS",
    "SENTENCES",
    "Code",
    "Column",
    "Duplicate",
    "Field",
    "Kind",
    "Limits",
    "Line",
    "Need",
    "Place",
    "Problem",
    "ProblemGroup",
    "Reading",
    "Record",
    "Table",
    "Unreadable",
    "When",
    "grouped",
    "guard",
    "guess_columns",
    "guess_kind",
    "read",
    "understand",
    "unguard",
    "write_csv",
]
