"""Giving a table back so that a spreadsheet program runs nothing and the importer reads the very same text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

GUARD = "'"
# What spreadsheet programs take for the start of a formula (also in full-width forms and behind blanks they skip),
# and the guard itself, so that taking one guard off always gives the text back.
_DANGEROUS = re.compile(r"'|[\t\r\n\x00]|[\s\x00\ufeff]*[=+\-@＝＋－＠]")
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


def guard(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet program could take it for a formula."""
    return GUARD + text if _DANGEROUS.match(text) else text


def unguard(text: str) -> str:
    """Take off exactly the apostrophe `guard` put there: `unguard(guard(text)) == text` for every text."""
    if text.startswith(GUARD) and _DANGEROUS.match(text, 1):
        return text[1:]
    return text


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[str | float]]) -> bytes:
    """A CSV file (UTF-8 with a byte order mark, so that Excel shows every alphabet), guarded against formulas.

    Texts are guarded; a number, which is never a formula, stays one: -72.34, not '-72.34. Half a surrogate pair, which
    no encoding can hold, becomes "�".
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for row in (headings, *rows):
        writer.writerow([guard(cell) if isinstance(cell, str) else cell for cell in row])
    return _LONE_SURROGATES.sub("�", out.getvalue()).encode("utf-8-sig")
