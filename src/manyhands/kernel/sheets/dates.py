# ruff: noqa: E501 - the ways to write a date read better unbroken
"""Dates as people and programs write them; which number is the day is decided by the whole column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from manyhands.kernel.sheets.looks import says_none
from manyhands.kernel.sheets.problems import Code


class Order(StrEnum):
    """In which order day, month and year stand between the slashes."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    YEAR_FIRST = "year first"


# Where people write the month first; everywhere else the day (or the year) comes first.
_MONTH_FIRST_REGIONS = frozenset({"US", "PR", "GU", "VI", "AS", "MP", "PH", "PW", "FM", "MH"})
_YEAR_FIRST_REGIONS = frozenset({"CN", "JP", "KR", "TW", "HU", "LT", "MN", "IR"})

_MONTHS_WRITTEN = """
    january jan enero ene janvier janv januar janner gennaio gen janeiro يناير ינואר 1月 январь января ocak styczen janvye
    february feb febrero fevrier fevr februar febbraio fevereiro fev فبراير פברואר 2月 февраль февраля subat luty fevriye
    march mar marzo mars marz maerz marco مارس מרץ מרס 3月 март марта mart marzec mas
    april apr abril abr avril avr aprile أبريل ابريل אפריל 4月 апрель апреля nisan kwiecien avril
    may mayo mai maggio mag maio مايو מאי 5月 май мая mayis maj me
    june jun junio juin juni giugno giu junho يونيو יוני 6月 июнь июня haziran czerwiec jen
    july jul julio juillet juil juli luglio lug julho يوليو יולי 7月 июль июля temmuz lipiec jiye
    august aug agosto ago aout أغسطس اغسطس אוגוסט 8月 август августа agustos sierpien dawou out
    september sep sept septiembre set septembre settembre setembro سبتمبر ספטמבר 9月 сентябрь сентября eylul wrzesien septanm
    october oct octubre octobre okt oktober ottobre ott outubro أكتوبر اكتوبر אוקטובר 10月 октябрь октября ekim pazdziernik oktob
    november nov noviembre novembre novembro نوفمبر נובמבר 11月 ноябрь ноября kasim listopad novanm
    december dec diciembre dic decembre dez dezember dicembre dezembro ديسمبر דצמבר 12月 декабрь декабря aralik grudzien desanm
"""
MONTHS: dict[str, int] = {
    word: month
    for month, words in enumerate((line for line in _MONTHS_WRITTEN.splitlines() if line.strip()), start=1)
    for word in words.split()
}

_TIME = (
    r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d{1,9})?)?)?"
    r"\s*(?P<half>[ap]\.?\s?m\.?)?"
)
_TAIL = rf"(?:(?:\s*,?\s*(?:at|a las|um|à|alle|às)?\s+|\s*T\s*|,\s*){_TIME}\s*(?P<zone>Z|UTC|GMT|[+-]\d{{2}}:?\d{{2}}|(?:GMT|UTC)[+-]\d{{2}}:?\d{{2}})?(?:\s*\([^)]*\))?(?:\s*(?:EST|EDT|CST|CDT|MST|MDT|PST|PDT|uhr|hrs|h))?)?"
_NUMERIC = re.compile(
    rf"(?:[^\W\d_]{{2,10}}\.?,?\s+)?(?P<a>\d{{1,4}})\s?(?P<mark>[-/.])\s?(?P<b>\d{{1,2}})\s?(?P=mark)\s?(?P<c>\d{{1,4}})\.?{_TAIL}",
    re.IGNORECASE,
)
_NO_YEAR = re.compile(rf"(?P<a>\d{{1,2}})(?:/(?P<b>\d{{1,2}})|\.(?P<b2>\d{{1,2}})\.){_TAIL}", re.IGNORECASE)
_EAST_ASIAN = re.compile(
    rf"(?:(?P<year>\d{{2,4}})\s?年\s?)?(?P<month>\d{{1,2}})\s?月\s?(?P<day>\d{{1,2}})\s?[日号號]?{_TAIL}", re.IGNORECASE
)
_WEEKDAY = r"(?:[^\W\d_]{2,12}\.?,?\s+)?"
_DAY_MONTH = re.compile(
    rf"{_WEEKDAY}(?:le\s+|el\s+|am\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|º|er|ero)?[\s\-/]*(?:of\s+|de\s+|di\s+)?(?P<month>[^\W\d_]{{2,12}})\.?,?[\s\-/]*(?:de\s+|del\s+)?(?P<year>\d{{4}}|\d{{2}}(?!\d|:|\s*[ap]m))?{_TAIL}",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"{_WEEKDAY}(?P<month>[^\W\d_]{{3,12}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<year>\d{{4}})|,\s*(?P<year2>\d{{2}})(?!:))?{_TAIL}",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_EPOCH = re.compile(r"\d{10}(?:\.\d+)?|\d{13}")
_COMPACT = re.compile(r"(?P<year>19\d{2}|20\d{2})(?P<month>\d{2})(?P<day>\d{2})")
_EMPTY = re.compile(
    r"(?:1970[-/.]0?1[-/.]0?1|0?1[-/.]0?1[-/.](?:19)?70|0{4}[-/.]0{1,2}[-/.]0{1,2}|0{1,2}[-/.]0{1,2}[-/.]0{4}"
    r"|1899[-/.]12[-/.](?:30|31)|1900[-/.]0?1[-/.]0?[01]|0?[01][-/.]0?[01][-/.]1900|0?1[-/.]0?1[-/.]0001|0001[-/.]01[-/.]01|0)"
    r"(?:[T ]00?:00(?::00(?:\.0+)?)?(?:\s*AM)?(?:Z|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)


FIRST_YEAR, LAST_YEAR = 1970, 2200


def can_be_meant(day: date) -> bool:
    """Whether a plan can be made about a day. One outside these years stands for never, or is a slip."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheets keep the wall clock


@dataclass(frozen=True, slots=True)
class Dated:
    """One cell of a date column: the moment (naive unless an offset was written), whether an hour was said,
    and what is to be said about it. An empty or never-set date has neither.
    """

    moment: datetime | None = None
    has_time: bool = False
    problem: Code | None = None


@dataclass(frozen=True, slots=True)
class DateColumn:
    """A column of dates read as one: the order chosen, whether both orders occur, and the cells."""

    order: Order
    both_ways: bool
    cells: tuple[Dated, ...]


def parse_dates(cells: Sequence[str], *, region: str, today: date) -> DateColumn:
    """Read a column of dates. Day and month are told apart by all its cells together, by `region` where that is open."""
    cleaned = [_cleaned(cell) for cell in cells]
    order, both_ways = choose_order(cleaned, region=region, today=today)
    seen: dict[str, Dated] = {}
    return DateColumn(
        order,
        both_ways,
        tuple(seen[cell] if cell in seen else seen.setdefault(cell, _dated(cell, order, today)) for cell in cleaned),
    )


def parse_date(cell: str, order: Order, *, today: date) -> Dated:
    """Read one date whose order is known."""
    return _dated(_cleaned(cell), order, today)


def _cleaned(cell: str) -> str:
    text = unicodedata.normalize("NFKC", cell).strip().lstrip("'").strip()
    if len(text) > 120:
        return text[:121]
    digits = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
    return " ".join(re.sub(r"[\u200e\u200f\u202a-\u202e\u00a0\u202f]", " ", digits).split())


def choose_order(cells: Iterable[str], *, region: str, today: date) -> tuple[Order, bool]:
    """Which order the numeric dates of a column are in, and whether some only make sense the other way round."""
    triples = []
    dotted = 0
    for cell in cells:
        found = _NUMERIC.fullmatch(cell) if len(cell) <= 60 else None
        if found and len(found["a"]) < 3 and not _EMPTY.fullmatch(cell):
            dotted += found["mark"] == "."
            triples.append((int(found["a"]), int(found["b"]), int(found["c"]), len(found["c"])))
    fallback = Order.MONTH_FIRST if region.upper() in _MONTH_FIRST_REGIONS else Order.DAY_FIRST
    if not triples:
        return fallback, False
    if dotted * 2 > len(triples):
        fallback = Order.DAY_FIRST  # 15.3.2020 is written where the day comes first
    day_only = sum(1 for a, b, _, _ in triples if a > 12 >= b and a <= 31)
    month_only = sum(1 for a, b, _, _ in triples if b > 12 >= a and b <= 31)
    # 20/03/15: a column of two-digit groups begins with the year where its first numbers are years close to now
    # and read the other way they would scatter over decades.
    short = [(a, b, c) for a, b, c, width in triples if width <= 2]
    if len(short) == len(triples) and _year_first(short, region, today):
        return Order.YEAR_FIRST, False
    if day_only or month_only:
        chosen = Order.DAY_FIRST if day_only > month_only else Order.MONTH_FIRST
        if day_only == month_only:
            chosen = fallback
        return chosen, bool(day_only and month_only)
    return _likelier([(a, b, _year(c, width, today)) for a, b, c, width in triples], fallback, today), False


def _year_first(triples: list[tuple[int, int, int]], region: str, today: date) -> bool:
    fits = sum(1 for a, b, c in triples if 1 <= b <= 12 and 1 <= c <= 31)
    if fits * 10 < len(triples) * 9:
        return False
    now = today.year % 100
    year_starts = sum(1 for a, _, _ in triples if 0 <= now - a <= 15 or a == now + 1)
    year_ends = sum(1 for _, _, c in triples if 0 <= now - c <= 15 or c == now + 1)
    impossible_end = sum(1 for a, b, c in triples if not (1 <= a <= 31 and (b <= 12 or a <= 12)))
    if impossible_end > len(triples) // 2:
        return True
    firsts, lasts = {a for a, _, _ in triples}, {c for _, _, c in triples}
    if year_starts == len(triples) and (year_ends < len(triples) or len(firsts) < len(lasts)):
        return len(firsts) <= max(2, len(lasts) // 2) or region.upper() in _YEAR_FIRST_REGIONS
    return False


def _likelier(triples: list[tuple[int, int, int]], fallback: Order, today: date) -> Order:
    """Every cell could be read both ways: prefer the reading that leaves no date in the future and keeps them in order."""
    if len(triples) < 3:
        return fallback
    readings = {}
    spans = {}
    for order in (Order.DAY_FIRST, Order.MONTH_FIRST):
        days = []
        for a, b, year in triples:
            try:
                days.append(date(year, a, b) if order == Order.MONTH_FIRST else date(year, b, a))
            except ValueError:
                continue
        future = sum(1 for day in days if day > today + timedelta(days=60))
        steps = list(pairwise(days))
        up = sum(1 for one, two in steps if one <= two)
        down = sum(1 for one, two in steps if one >= two)
        readings[order] = (len(days) - future, max(up, down))
        spans[order] = (max(days) - min(days)).days if days else 0
    day, month = readings[Order.DAY_FIRST], readings[Order.MONTH_FIRST]
    if day[0] != month[0]:
        return Order.DAY_FIRST if day[0] > month[0] else Order.MONTH_FIRST
    # Entries of a few days in a row are likelier than one on the same day of each month.
    for order, other in ((Order.DAY_FIRST, Order.MONTH_FIRST), (Order.MONTH_FIRST, Order.DAY_FIRST)):
        if len(triples) >= 4 and spans[order] * 10 < spans[other] and spans[order] <= 31:
            return order
    # Being in order only decides where it is plain: nearly all steps go one way under one reading and not the other.
    enough = (len(triples) - 1) * 0.95
    if day[1] >= enough > month[1]:
        return Order.DAY_FIRST
    if month[1] >= enough > day[1]:
        return Order.MONTH_FIRST
    return fallback


def _year(number: int, width: int, today: date) -> int:
    if width > 2:
        return number
    century = today.year // 100 * 100
    year = century + number
    return year if year <= today.year + 20 else year - 100


@lru_cache(maxsize=20_000)
def _dated(text: str, order: Order, today: date) -> Dated:
    if says_none(text) or _EMPTY.fullmatch(text):
        return Dated()
    if len(text) > 100:
        return Dated(problem=Code.DATE_WRONG)
    read = _read(text, order, today)
    if read is None:
        return Dated(problem=Code.DATE_WRONG)
    moment, has_time, problem = read
    if problem is None and not (today.year - 30 <= moment.year <= today.year + 3):
        problem = Code.DATE_FAR_OFF
    return Dated(moment, has_time, problem)


_Read = tuple[datetime, bool, Code | None] | None


def _read(text: str, order: Order, today: date) -> _Read:
    found = _NUMERIC.fullmatch(text)
    if found:
        return _numeric(found, order, today)
    found = _EAST_ASIAN.fullmatch(text)
    if found:
        return _put(
            found,
            _year_or_nearest(found["year"], int(found["month"]), int(found["day"]), today),
            int(found["month"]),
            int(found["day"]),
        )
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        found = pattern.fullmatch(text)
        if found:
            month = MONTHS.get(_bare(found["month"]))
            if month:
                year = found["year"] or (found["year2"] if pattern is _MONTH_DAY else None)
                return _put(found, _year_or_nearest(year, month, int(found["day"]), today), month, int(found["day"]))
    found = _COMPACT.fullmatch(text)
    if found:
        return _moment(int(found["year"]), int(found["month"]), int(found["day"]))
    if _SERIAL.fullmatch(text):
        serial = float(text.replace(",", "."))
        if 20_000 <= serial <= 80_000:  # a date of a spreadsheet program: days since 30 December 1899
            moment = _DAY_ZERO + timedelta(seconds=round(serial * 86_400))
            return moment, bool(serial % 1), None
    if _EPOCH.fullmatch(text):
        seconds = int(text.partition(".")[0])
        seconds = seconds // 1000 if seconds > 100_000_000_000 else seconds
        return datetime.fromtimestamp(seconds, UTC), True, None
    found = _NO_YEAR.fullmatch(text)
    if found:
        first, second = int(found["a"]), int(found["b"] or found["b2"])
        day, month = (second, first) if order == Order.MONTH_FIRST else (first, second)
        if month > 12 >= day:
            day, month = month, day
        return _put(found, _year_or_nearest(None, month, day, today), month, day)
    return _javascript(text)


_JAVASCRIPT = re.compile(
    r"[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) (?P<day>\d{2}) (?P<year>\d{4}) (?P<hour>\d{2}):(?P<minute>\d{2}):(?P<second>\d{2}) "
    r"(?P<zone>GMT[+-]\d{4})(?: \([^)]*\))?"
)


def _javascript(text: str) -> _Read:
    found = _JAVASCRIPT.fullmatch(text)
    if not found:
        return None
    month = MONTHS.get(found["month"].lower(), 0)
    moment = _moment(
        int(found["year"]), month, int(found["day"]), int(found["hour"]), int(found["minute"]), int(found["second"])
    )
    if moment is None:
        return None
    return moment[0].replace(tzinfo=_zone(found["zone"])), True, None


def _bare(word: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(char))


def _numeric(found: re.Match[str], order: Order, today: date) -> _Read:
    a, b, c = int(found["a"]), int(found["b"]), int(found["c"])
    if len(found["a"]) > 2:  # 2020-03-15, and never any other way
        return _put(found, a, b, c)
    if order == Order.YEAR_FIRST and len(found["c"]) <= 2:
        return _put(found, _year(a, 2, today), b, c)
    year = _year(c, len(found["c"]), today)
    month, day = (b, a) if order == Order.DAY_FIRST else (a, b)
    if month > 12 >= day:
        turned = _put(found, year, day, month)
        return None if turned is None else (turned[0], turned[1], Code.DATE_OTHER_ORDER)
    return _put(found, year, month, day)


def _year_or_nearest(written: str | None, month: int, day: int, today: date) -> int:
    """The year written, else the one that brings the day closest to today."""
    if written:
        return _year(int(written), len(written), today)
    years = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            years.append((abs((date(year, month, day) - today).days), year))
        except ValueError:
            continue
    return min(years)[1] if years else today.year


def _put(found: re.Match[str], year: int, month: int, day: int) -> _Read:
    """A date with the hour that stands behind it, or None where there is no such day or hour."""
    if found["hour"] is None:
        return _moment(year, month, day)
    hour, half = int(found["hour"]), (found["half"] or "").lower()[:1]
    if half and not 0 <= hour <= 23:
        return None
    if half == "p" and hour < 12:
        hour += 12
    elif half == "a" and hour == 12:
        hour = 0
    read = _moment(year, month, day, hour, int(found["minute"] or 0), int(found["second"] or 0))
    if read is None:
        return None
    return read[0].replace(tzinfo=_zone(found["zone"])), True, None


def _moment(year: int, month: int, day: int, hour: int | None = None, minute: int = 0, second: int = 0) -> _Read:
    try:
        whole = datetime.combine(date(year, month, day), time(hour or 0, minute, min(second, 59)))
    except ValueError:
        return None
    return whole, hour is not None, None


def _zone(written: str | None) -> timezone | None:
    if not written:
        return None
    digits = re.search(r"([+-])(\d{2}):?(\d{2})", written)
    if not digits:
        return UTC
    minutes = int(digits[2]) * 60 + int(digits[3])
    if minutes >= 24 * 60:
        return None
    return timezone(timedelta(minutes=minutes if digits[1] == "+" else -minutes))
