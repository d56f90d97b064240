# ruff: noqa: E501 - lists of words read better unbroken
"""Hours, parts of the day and weekdays: "5-7pm", "17:30–19:00", "after 6", "Tue/Thu mornings"."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import time
from functools import lru_cache

from manyhands.kernel.sheets.looks import says_none

# Hours of the day each word means, in hours from midnight.
_PARTS: dict[str, tuple[int, int]] = {}
for _words, _between in (
    ("early morning|temprano en la manana", (6, 10)),
    ("mornings|morning|mananas|manana|por la manana|en la manana|matin|matins|le matin|vormittags|vormittag|morgens|mattina|mattino|manha|manhas|صباحا|الصباح|صباح|בוקר|בבוקר|上午|早上|早晨|午前|утро|утром|maten|a m|am", (8, 12)),
    ("midday|noontime|lunchtime|lunch|mediodia|al mediodia|midi|mittags|mezzogiorno|meio dia|ظهرا|الظهر|צהריים|中午|昼", (11, 14)),
    ("early afternoon", (12, 15)),
    ("late afternoon", (15, 18)),
    ("afternoons|afternoon|tardes|tarde|por la tarde|en la tarde|apres midi|l apres midi|nachmittags|nachmittag|pomeriggio|بعد الظهر|العصر|אחהצ|אחר הצהריים|אחה צ|下午|午后|午後|днем|apremidi|p m|pm", (12, 17)),
    ("evenings|evening|after work|noches|noche|por la noche|en la noche|soir|soirs|le soir|soiree|abends|abend|sera|la sera|noite|a noite|مساء|المساء|ערב|בערב|晚上|傍晚|夜|вечер|вечером|aswe|tonight|night|nights", (17, 21)),
    ("daytime|during the day|business hours|office hours|working hours|durante el dia|journee|tagsuber|giornata", (9, 17)),
):  # fmt: skip
    for _word in _words.split("|"):
        _PARTS[_word] = _between

_ANY = frozenset(
    ["any time", "anytime", "any", "flexible", "whenever", "all day", "no preference", "open", "always", "everyday", "every day", "daily", "any day", "all", "cualquier hora", "cualquier momento", "flexibel", "jederzeit", "egal", "n importe quand", "flessibile", "qualquer hora", "sempre", "toda hora", "في اي وقت", "בכל שעה", "גמיש", "任何时间", "随时", "隨時", "anytime works", "any time works", "24 7", "anytime is fine", "any time is fine", "todo el dia", "todos los dias", "tous les jours", "taglich"]
)  # fmt: skip

_DAY_WORDS = """
    monday mon mo lunes lun lundi montag mo. lunedi segunda seg الاثنين الإثنين שני 周一 星期一 月曜 понедельник lendi
    tuesday tue tues tu martes mar mardi dienstag di. martedi terca ter الثلاثاء שלישי 周二 星期二 火曜 вторник madi
    wednesday wed weds we miercoles mie mercredi mittwoch mi. mercoledi quarta qua الاربعاء الأربعاء רביעי 周三 星期三 水曜 среда mekredi
    thursday thu thur thurs th jueves jue jeudi donnerstag do. giovedi quinta qui الخميس חמישי 周四 星期四 木曜 четверг jedi
    friday fri fr viernes vie vendredi freitag fr. venerdi sexta sex الجمعة שישי 周五 星期五 金曜 пятница vandredi
    saturday sat sa sabado sab samedi samstag sonnabend sa. sabato السبت שבת 周六 星期六 土曜 суббота samdi
    sunday sun su domingo dom dimanche sonntag so. domenica الاحد الأحد ראשון 周日 星期日 星期天 周天 日曜 воскресенье dimanch
"""
_DAYS: dict[str, int] = {
    word.rstrip("."): day
    for day, line in enumerate(line for line in _DAY_WORDS.splitlines() if line.strip())
    for word in line.split()
}
_WEEKDAYS = frozenset(["weekdays", "weekday", "workdays", "mon fri", "dias de semana", "entre semana", "dias laborables", "semaine", "en semaine", "wochentags", "werktags", "feriali", "dias uteis", "ימי חול", "工作日", "平日", "будни"])  # fmt: skip
_WEEKENDS = frozenset(["weekends", "weekend", "the weekend", "fin de semana", "fines de semana", "week end", "le week end", "wochenende", "am wochenende", "fine settimana", "final de semana", "fim de semana", "סופש", "סוף שבוע", "周末", "週末", "выходные"])  # fmt: skip

_CLOCK = r"(\d{1,2})(?:\s*[:h.]\s*(\d{2}))?\s*h?(?:uhr|hrs|hours)?\s*([ap]\.?\s?m?\.?(?![a-z]))?"
_SPAN = re.compile(
    rf"{_CLOCK}\s*(?:-|–|—|~|to|until|till|a|à|bis|al|alle|até|hasta|and|y|et|und|&|עד|到|至|إلى|الى)\s*{_CLOCK}(?!\d)",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf"(?:after|from|since|not before|past|despues de|a partir de|desde|apres|nach|ab|dopo|dalle|depois das|بعد|אחרי|אחרי השעה|之后)\s*(?:the |las |les |le |l')?{_CLOCK}",
    re.IGNORECASE,
)
_AFTER_TAIL = re.compile(
    rf"{_CLOCK}\s*(?:or later|onwards?|and later|or after|\+|y despues|以后|之后|后)", re.IGNORECASE
)
_BEFORE = re.compile(
    rf"(?:before|until|till|by|up to|no later than|antes de|hasta|avant|jusqu'?a|vor|bis|prima|entro|antes das|قبل|לפני|עד)\s*(?:the |las |les |le |l')?{_CLOCK}",
    re.IGNORECASE,
)
_AT = re.compile(rf"(?:at |around |about |ca\.? |circa |um |a las |a la |alle |às |as |@ ?)?{_CLOCK}", re.IGNORECASE)
_DENIED = re.compile(
    r"\b(can t|cant|cannot|can not|don t|dont|not (on|in|available|mornings?|evenings?|afternoons?|weekends?|weekdays?)"
    r"|except|excluding|unless|never|but not|no puedo|excepto|sauf|ausser|nicht|tranne|menos|no (mon|tue|wed|thu|fri|sat|sun)\w*)\b"
)
_SPLIT_DAYS = re.compile(r"[^\W\d_]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hours:
    """`after` and `before` bound the hours, `days` the weekdays (Monday 0). `understood`: nothing of weight was left over."""

    after: time | None = None
    before: time | None = None
    days: frozenset[int] = frozenset()
    understood: bool = False


def parse_clock(text: str) -> time | None:
    """A single hour of the day: "17:30", "5:30 PM", "5pm", "17h", "noon"; None for anything else."""
    cell = _cleaned(text)
    if cell in {"noon", "midday", "12 noon", "mediodia", "midi", "mittag", "mezzogiorno"}:
        return time(12)
    if cell in {"midnight", "medianoche", "minuit", "mitternacht", "24:00", "24"}:
        return time(23, 59)
    found = re.fullmatch(
        r"(\d{1,2})(?:\s*[:h.]\s*(\d{2}))?(?::\d{2})?(?:\.\d+)?\s*h?(?:uhr|hrs|hours)?\s*([ap]\.?\s?m?\.?)?", cell
    )
    if found:
        clock = _clock(found[1], found[2], found[3])
        if clock is not None:
            return clock
    found = re.fullmatch(r"([01]\d|2[0-3])([0-5]\d)", cell)
    if found:
        return time(int(found[1]), int(found[2]))
    if re.fullmatch(r"0?[.,]\d{1,17}", cell):  # a part of a day, as a spreadsheet program keeps hours
        minutes = round(float(cell.replace(",", ".")) * 24 * 60)
        return time(minutes // 60 % 24, minutes % 60)
    return None


def _clock(hour: str, minute: str | None, half: str | None) -> time | None:
    number = int(hour)
    mark = (half or "").strip().lower()[:1]
    if mark == "p" and number < 12:
        number += 12
    elif mark == "a" and number == 12:
        number = 0
    if number == 24 and not int(minute or 0):
        return time(23, 59)
    return time(number, int(minute or 0)) if number < 24 and int(minute or 0) < 60 else None


def _cleaned(text: str) -> str:
    wide = unicodedata.normalize("NFKC", text).casefold().strip()
    bare = "".join(char for char in unicodedata.normalize("NFKD", wide) if not unicodedata.combining(char))
    digits = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in bare)
    return (
        re.sub(r"\s+", " ", digits).replace("noon", "12pm").strip()
        if "noon" in digits and "afternoon" not in digits
        else re.sub(r"\s+", " ", digits)
    )


def parse_hours(text: str) -> Hours:
    """The hours and weekdays a cell names. Where two spans are named, from the first beginning to the last end."""
    return Hours() if len(text) > 200 else _parsed(text)


@lru_cache(maxsize=10_000)
def _parsed(text: str) -> Hours:
    if says_none(text):
        return Hours(understood=True)
    cell = _cleaned(text)
    words = " ".join(re.findall(r"[^\W_]+", cell))
    if words in _ANY:
        return Hours(understood=True)
    if _DENIED.search(words):
        return Hours()  # "I can't do mornings" must not become mornings
    spans, rest = _spans(cell)
    days, rest = _days(rest)
    part_spans, rest = _day_parts(rest)
    spans = spans or part_spans  # "5 to 7 in the evening" says one thing twice
    after = min((start for start, _ in spans if start is not None), default=None)
    before = max((end for _, end in spans if end is not None), default=None)
    if any(start is None for start, _ in spans):
        after = None
    if any(end is None for _, end in spans):
        before = None
    if after is not None and before is not None and after >= before:
        before = None if before < after else before
    left = re.findall(r"[^\W_]{2,}", rest)
    ignorable = {
        "on", "in", "the", "and", "or", "at", "only", "between", "best", "please", "preferably", "prefer", "days", "day", "time", "times", "usually",
        "any", "anytime", "all", "every", "everyday", "daily", "most", "ok", "works", "for", "me", "is", "are", "good", "great", "free", "available", "am", "im", "home", "los", "las", "el", "la", "por", "en", "de", "entre", "le", "les", "uhr", "mit", "um", "dei", "nei", "flexible", "hours", "hrs", "cada", "todos", "tous", "jeden", "ogni", "after", "before", "week", "pm", "y", "et", "und", "feira", "ימי", "יום", "ביום", "בימי", "يوم", "ايام",
    }  # fmt: skip
    understood = (bool(spans) or bool(days)) and not [word for word in left if word not in ignorable]
    return Hours(after, before, days, understood)


def _days(cell: str) -> tuple[frozenset[int], str]:
    days: set[int] = set()
    rest = cell
    for words, meant in ((_WEEKENDS, {5, 6}), (_WEEKDAYS, {0, 1, 2, 3, 4})):
        for word in words:
            pattern = rf"\b{word.replace(' ', '[ -]')}\b" if word.isascii() else re.escape(word)
            if re.search(pattern, rest):
                days |= meant
                rest = re.sub(pattern, " ", rest)
    # Between two words that are both days a dash means all days between them.
    for found in re.finditer(
        r"([^\W\d_]{2,12})\.?s?\s*(?:-|–|—|to|through|thru|a|bis|au|al|עד|至|到)\s*([^\W\d_]{2,12})", rest
    ):
        first, last = _day(found[1]), _day(found[2])
        if first is not None and last is not None:
            days |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
            rest = rest.replace(found[0], " ", 1)
    named = [(word, _day(word)) for word in _SPLIT_DAYS.findall(rest) if word not in {"am", "pm", "and", "or"}]
    # "mar" is Tuesday beside other days, March elsewhere; "sun" or "we" alone in a sentence mean nothing.
    certain = any(day is not None and (len(word) > 3 or not word.isascii()) for word, day in named) or len(
        [d for _, d in named if d is not None]
    ) * 2 >= len(named)
    for word, day in named:
        if day is not None and (certain or len(word) > 3):
            days.add(day)
            rest = re.sub(rf"\b{re.escape(word)}\b", " ", rest)
    return frozenset(days), rest


def weekday_of(text: str) -> int | None:
    """The day of the week (Monday 0) that a heading is the name of, or None."""
    word = _cleaned(text).strip(" .:")
    return _day(word) if len(word) > 1 else None


def _day(word: str) -> int | None:
    if word in _DAYS:
        return _DAYS[word]
    if word.endswith("s") and word[:-1] in _DAYS and len(word) > 4:
        return _DAYS[word[:-1]]
    return None


_Spans = list[tuple[time | None, time | None]]


def _spans(cell: str) -> tuple[_Spans, str]:
    spans: _Spans = []
    rest = cell
    for found in list(_SPAN.finditer(cell)):
        span = _span(found)
        if span:
            spans.append(span)
            rest = rest.replace(found[0], " ", 1)
    for pattern in (_AFTER, _AFTER_TAIL):
        for found in list(pattern.finditer(rest)):
            moment = _open_ended(found)
            if moment:
                spans.append((moment, None))
                rest = rest.replace(found[0], " ", 1)
    for found in list(_BEFORE.finditer(rest)):
        moment = _open_ended(found)
        if moment:
            spans.append((None, moment))
            rest = rest.replace(found[0], " ", 1)
    if len(spans) == 2:
        (one_start, one_end), (two_start, two_end) = spans
        if one_start and not one_end and two_end and not two_start and one_start < two_end:
            spans = [(one_start, two_end)]
    if not spans:
        found_at = _AT.fullmatch(rest.strip())
        if found_at:
            moment = _open_ended(found_at)
            if moment and (found_at[2] or found_at[3]):
                spans.append((moment, None))
                rest = ""
    return spans, rest


def _span(found: re.Match[str]) -> tuple[time, time] | None:
    """What "5-7pm" means: it begins in the evening too; "11-1pm" at eleven in the morning; "9-5" ends in the afternoon."""
    first, last = _clock(found[1], found[2], found[3]), _clock(found[4], found[5], found[6])
    if first is None or last is None:
        return None
    if not found[3] and found[6] and found[6][:1] == "p" and first.hour < 12:
        later = first.replace(hour=first.hour + 12)
        if later < last:
            first = later
    elif not found[3] and not found[6] and first.hour <= 12 and last.hour <= 12:
        if first.hour <= 7 and last.hour <= 11 and first < last:  # 5-7 at a door is the evening
            first, last = first.replace(hour=first.hour + 12), last.replace(hour=last.hour + 12)
        elif last <= first and last.hour < 12:
            last = last.replace(hour=last.hour + 12)
    elif found[3] and not found[6] and last <= first and last.hour < 12:
        last = last.replace(hour=last.hour + 12)
    return (first, last) if first < last else None


def _open_ended(found: re.Match[str]) -> time | None:
    moment = _clock(found[1], found[2], found[3])
    if moment and not found[3] and not found[2] and 1 <= moment.hour <= 7:
        return moment.replace(hour=moment.hour + 12)
    return moment


def _day_parts(rest: str) -> tuple[_Spans, str]:
    spans: _Spans = []
    words = " ".join(re.findall(r"[^\W_]+", rest))
    for word in sorted(_PARTS, key=len, reverse=True):
        pattern = rf"\b{word}\b" if word.isascii() else re.escape(word)
        if re.search(pattern, words):
            start, end = _PARTS[word]
            spans.append((time(start), time(end)))
            words = re.sub(pattern, " ", words)
    return spans, words
