"""What the cells of a column look like, all together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from manyhands.kernel.sheets import looks
from manyhands.kernel.sheets.choices import is_record_id
from manyhands.kernel.sheets.languages import is_language

_SAMPLE = 150
_STREET = re.compile(
    r"\d+\w?\s+\S+|\b(st|street|ave|avenue|rd|road|blvd|lane|ln|drive|dr|place|pl|court|ct|way|terrace|calle|av|avenida|rue|via|rua|straße|strasse|str|weg|platz|plaza|parkway|pkwy|hwy|route|sq|square)\b\.?",
    re.IGNORECASE,
)
_POSTCODE = re.compile(
    r"\d{4,6}(?:-\d{3,4})?|[A-Z]{1,2}\d[A-Z\d]?\s?(?:\d[A-Z]{2})?|[A-Z]\d[A-Z]\s?\d[A-Z]\d|\d{3}[ -]\d{2,4}",
    re.IGNORECASE,
)
_PERSON = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.-])*(?:\s+[^\W\d_](?:[^\W\d_]|['’.-])*){1,3}")


@dataclass(frozen=True, slots=True)
class Profile:
    """Shares (0 to 1) of the filled cells that look like each thing; `filled` counts them, up to a sample."""

    filled: int = 0
    phone: float = 0.0
    email: float = 0.0
    date: float = 0.0
    time: float = 0.0
    number: float = 0.0
    coordinate: float = 0.0
    geo: float = 0.0
    yes_no: float = 0.0
    language: float = 0.0
    url: float = 0.0
    record_id: float = 0.0
    street: float = 0.0
    postcode: float = 0.0
    person: float = 0.0
    digits: float = 0.0
    length: float = 0.0
    distinct: float = 0.0
    words: float = 0.0
    largest: float = 0.0


def profile_of(cells: Iterable[str]) -> Profile:
    """Look at the first filled cells of a column."""
    sample: list[str] = []
    for cell in cells:
        text = cell.strip()
        if text and not looks.says_none(text):
            sample.append(text[:400])
            if len(sample) == _SAMPLE:
                break
    count = len(sample)
    if not count:
        return Profile()

    def share(test: Callable[[str], bool]) -> float:
        return sum(1 for text in sample if test(text)) / count

    numbers = [
        abs(float(text.replace(",", "")))
        for text in sample
        if re.fullmatch(r"-?\d{1,12}(\.\d+)?", text.replace(",", ""))
    ]
    return Profile(
        filled=count,
        phone=share(looks.is_phone),
        email=share(lambda text: looks.is_email(text) or ("@" in text and bool(re.search(r"\S@\S+\.\w", text)))),
        date=share(looks.is_date),
        time=share(looks.is_time),
        number=share(looks.is_number),
        coordinate=share(looks.is_coordinate),
        geo=share(looks.is_geo),
        yes_no=share(looks.is_yes_or_no),
        language=share(lambda text: len(text) <= 80 and not text.isdigit() and is_language(text)),
        url=share(looks.is_url),
        record_id=share(lambda text: all(is_record_id(part) for part in re.split(r"[,\s]+", text.strip('[]"')))),
        street=share(lambda text: bool(_STREET.search(text)) and not looks.is_number(text) and not looks.is_date(text)),
        postcode=share(lambda text: bool(_POSTCODE.fullmatch(text))),
        person=share(lambda text: bool(_PERSON.fullmatch(text))),
        digits=share(lambda text: any(char.isdigit() for char in text)),
        length=sum(map(len, sample)) / count,
        distinct=len(set(sample)) / count,
        words=sum(len(text.split()) for text in sample) / count,
        largest=max(numbers, default=0.0),
    )
