# ruff: noqa: E501 - lists of words read better unbroken
"""What a single cell looks like, judged without knowing its heading."""

from __future__ import annotations

import re

_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[A-Za-z]{2,}")
_URL = re.compile(r"(https?://|www\.)\S+|\S+\.(com|org|net)/\S*", re.IGNORECASE)
_NUMBER = re.compile(r"[-+−]?[$€£₪]?\s?\d[\d.,\s]*%?")
_DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T,].*)?"
    r"|\d{1,2}\.?[ -](de )?\w{3,}\.?,?[ -](de )?\d{2,4}.*"
    r"|(\w{3,9},? )?[A-Z]\w{2,8}\.? \d{1,2}(st|nd|rd|th)?(,? \d{4})?([ ,]+\d{1,2}:.*)?",
    re.IGNORECASE,
)
_TIME = re.compile(r"\d{1,2}([:h.]\d{2}){1,2}\s*([ap]\.?m\.?)?|\d{1,2}\s*[ap]\.?m\.?", re.IGNORECASE)
_MONTH = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic|fev|fév|avr|mai|juin|juil|aoû|mär|okt|dez|gen|mag|giu|lug|set|ott)",
    re.IGNORECASE,
)
_PHONE = re.compile(r"'?\+?[\d\s().\-–/x#]{7,24}(ext\.?\s*\d+)?", re.IGNORECASE)
_COORDINATE = re.compile(r"[-+−]?\d{1,3}[.,]\d{2,}")
_GEO = re.compile(r"\(?\s*[-+−]?\d{1,3}\.\d+\s*[,;\s]\s*[-+−]?\d{1,3}\.\d+\s*\)?")
_YES_NO = frozenset(
    [
        "yes",
        "no",
        "y",
        "n",
        "true",
        "false",
        "x",
        "✓",
        "✔",
        "☑",
        "☐",
        "t",
        "f",
        "si",
        "sí",
        "oui",
        "non",
        "ja",
        "nein",
        "sim",
        "não",
        "nao",
        "vero",
        "falso",
        "כן",
        "לא",
        "نعم",
        "لا",
        "是",
        "否",
        "да",
        "нет",
    ]
)
_NONE = frozenset(
    {
        "none", "n/a", "na", "n.a.", "-", "--", "---", "–", "—", ".", "?", "nil", "null", "no phone", "no email", "not given",
        "unknown", "nothing", "none provided", "not provided", "no number", "tbd", "tba", "#n/a", "ninguno", "ninguna",
        "nada", "aucun", "keine", "kein", "nessuno", "nenhum", "sin telefono", "sin teléfono", "no tiene", "no aplica",
        "无", "無", "没有", "沒有", "なし", "없음", "لا يوجد", "אין", "нет", "not applicable", "no", "no e-mail", "no tengo",
        "doesn't have one", "does not have one", "no cell", "no phone number", "undefined", "nan", "(none)", "[]",
    }
)  # fmt: skip


def is_email(text: str) -> bool:
    """An e-mail address and nothing else."""
    return bool(_EMAIL.fullmatch(text.strip().strip("<>;,'")))


def is_url(text: str) -> bool:
    """A web address and nothing else."""
    return bool(_URL.fullmatch(text.strip()))


def is_number(text: str) -> bool:
    """A number, with or without a currency sign, thousands marks or a percent sign."""
    return bool(_NUMBER.fullmatch(text.strip()))


def is_date(text: str) -> bool:
    """Something with a day, a month and perhaps a year in it."""
    text = text.strip()
    if not (6 <= len(text) <= 70) or not _DATE.fullmatch(text):
        return False
    return bool(_MONTH.search(text)) if text[:1].isalpha() or re.match(r"\d{1,2}\.?[ -][^\d]", text) else True


def is_time(text: str) -> bool:
    """An hour of the day and nothing else."""
    return bool(_TIME.fullmatch(text.strip()))


def is_phone(text: str) -> bool:
    """Digits and the marks people put between them, as many as a phone number has."""
    text = text.strip()
    digits = sum(char.isdigit() for char in text)
    if not 7 <= digits <= 18 or not _PHONE.fullmatch(text) or is_date(text):
        return False
    # 40.712776 and 1585000000.12 are numbers; 718.555.0101 is a phone.
    return not _COORDINATE.fullmatch(text)


def is_coordinate(text: str) -> bool:
    """A number that could be a latitude or a longitude: it has decimals and is at most 180."""
    text = text.strip()
    if not _COORDINATE.fullmatch(text):
        return False
    return abs(float(text.replace(",", ".").replace("−", "-"))) <= 180


def is_geo(text: str) -> bool:
    """Two coordinates in one cell."""
    return bool(_GEO.fullmatch(text.strip()))


def is_yes_or_no(text: str) -> bool:
    """A tick, a yes or a no."""
    return text.strip().casefold() in _YES_NO


def says_none(text: str) -> bool:
    """The words people write into a cell to say that there is nothing."""
    text = text.strip().casefold()
    return not text or text in _NONE or text.rstrip(".!") in _NONE


def is_data(text: str) -> bool:
    """True for what stands in rows and hardly ever in a heading."""
    text = text.strip()
    if not text:
        return False
    return (
        is_yes_or_no(text)
        or is_number(text)
        or is_email(text)
        or is_url(text)
        or is_date(text)
        or is_time(text)
        or is_phone(text)
        or is_geo(text)
        or text[:1] in "[{"
    )
