# ruff: noqa: E501 - lists of words read better unbroken
"""Ticks, yes and no, numbers and headcounts as people write them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_YES = frozenset(
    [
        "yes",
        "y",
        "yeah",
        "yep",
        "yup",
        "true",
        "t",
        "x",
        "xx",
        "✓",
        "✔",
        "✔️",
        "☑",
        "☑️",
        "✅",
        "1",
        "1.0",
        "on",
        "ok",
        "okay",
        "sure",
        "checked",
        "agreed",
        "agree",
        "si",
        "sí",
        "claro",
        "oui",
        "ouais",
        "ja",
        "jawohl",
        "doch",
        "sim",
        "s",
        "verdadero",
        "vero",
        "vrai",
        "wahr",
        "да",
        "д",
        "так",
        "wi",
        "wè",
        "evet",
        "tak",
        "כן",
        "כ",
        "נעם",
        "نعم",
        "اي",
        "אמת",
        "是",
        "有",
        "对",
        "對",
        "はい",
        "○",
        "네",
        "예",
        "có",
        "oo",
        "opo",
        "po",
        "po.",
        "verdadeiro",
        "v",
        "required",
        "needed",
        "always",
        "sometimes",
        "willing",
        "absolutely",
        "definitely",
        "certainly",
        "of",
        "course",
    ]
)
_NO = frozenset(
    [
        "no",
        "n",
        "nope",
        "false",
        "f",
        "0",
        "0.0",
        "off",
        "-",
        "–",
        "—",
        "☐",
        "✗",
        "✘",
        "❌",
        "none",
        "never",
        "unchecked",
        "nein",
        "ne",
        "nee",
        "non",
        "nao",
        "não",
        "falso",
        "faux",
        "falsch",
        "нет",
        "н",
        "ні",
        "non.",
        "hayir",
        "nie",
        "לא",
        "ל",
        "לא.",
        "لا",
        "كلا",
        "否",
        "无",
        "無",
        "没有",
        "沒有",
        "いいえ",
        "×",
        "아니요",
        "아니오",
        "không",
        "hindi",
        "pa",
        "falso.",
        "n/a",
        "na",
        "not",
        "nothing",
    ]
)

_NUMBER_WORDS = {
    word: number
    for number, words in {
        0: "zero cero zéro null",
        1: "one un una uno une ein eine einer um uma single alone just_me myself solo sola yon واحد אחד 一",
        2: "two dos deux zwei dois duas due couple de اثنين שתיים שניים 二 两",
        3: "three tres trois drei três tre twa ثلاثة שלוש שלושה 三",
        4: "four cuatro quatre vier quatro quattro kat اربعة ארבע ארבעה 四",
        5: "five cinco cinq fünf funf cinque senk خمسة חמש חמישה 五",
        6: "six seis sechs sei sis ستة שש שישה 六",
        7: "seven siete sept sieben sete sette سبعة שבע שבעה 七",
        8: "eight ocho huit acht oito otto ثمانية שמונה 八",
        9: "nine nueve neuf neun nove تسعة תשע תשעה 九",
        10: "ten diez dix zehn dez dieci عشرة עשר עשרה 十",
        11: "eleven once onze elf undici",
        12: "twelve doce douze zwölf doze dodici dozen",
    }.items()
    for word in words.split()
}
_FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "⅛": 0.125}
_NUMBER = re.compile(r"(?<![\w.])[-−]?\d[\d.,'’ \u00a0\u202f]*(?:\s?[½¼¾⅓⅔⅛])?|[½¼¾⅓⅔⅛]")
_RANGE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:-|–|—|to|or|a|o|bis|à|ou|oder)\s*(\d+(?:[.,]\d+)?)", re.IGNORECASE)
_MONEY = re.compile(r"[$€£₪¥₹]|\b(?:usd|eur|gbp|ils|dollars?|euros?)\b", re.IGNORECASE)
_PEOPLE = re.compile(
    r"(?P<count>\d{1,3}|[^\W\d_]+)\s+(?:(?:small|young|little|older|elderly|other|grown|teenage|disabled)\s+)?(?P<who>adults?|kids?|children|child|seniors?|elders?|elderly|bab(?:y|ies)|infants?|toddlers?|teens?|teenagers?|people|persons?|ppl|minors?"
    r"|adultos?|adultas?|niñ[oa]s?|nin[oa]s?|personas?|bebés?|bebes?|ancianos?|menores|adultes?|enfants?|personnes?|bébés?|erwachsene[rn]?|kinder|kind|personen|babys?|adult[oi]|bambin[oia]|persone|crianças?|criancas?|pessoas?|idosos?|hijos?|hijas?|sons?|daughters?|parents?|grandparents?|moun|timoun|granmoun)\b",
    re.IGNORECASE,
)
_AGES = re.compile(
    r"\b(?:ages?|aged|edad(?:es)?|alter|anni|ans|años|years? old|yrs?|y/o|yo|months?|mo)\b", re.IGNORECASE
)


def parse_yes_no(text: str) -> bool | None:
    """True, False, or None where the cell says neither. Long answers count by their first word: "Yes, I agree"."""
    return _yes_no(text[:120])


@lru_cache(maxsize=10_000)
def _yes_no(text: str) -> bool | None:
    cell = unicodedata.normalize("NFKC", text).casefold().strip().strip(".!\"'")
    if not cell:
        return None
    if cell in _YES:
        return True
    if cell in _NO:
        return False
    if cell[0] in "✓✔☑✅":
        return True
    if cell[0] in "✗✘❌☐":
        return False
    first = re.match(r"[^\W_]+", cell)
    if first and len(first[0]) > 1 and re.match(r"\s*([,;:.!\-–(/]|\s|$)", cell[first.end() :]):
        word = first[0]
        parts = [part.strip() for part in re.split(r"\s*/\s*", cell)]
        said = {True if part in _YES else False if part in _NO else None for part in parts}
        if len(parts) > 1 and len(said) == 1 and None not in said:
            return said.pop()
        if word in {"yes", "yeah", "yep", "si", "sí", "oui", "ja", "sim", "כן", "نعم", "да", "wi"}:
            return True
        if word in {"no", "nope", "non", "nein", "não", "nao", "לא", "لا", "нет"}:
            return False
    return None


def parse_number(text: str) -> float | None:
    """The number in a cell: "$1,200.50" -> 1200.5, "3-4" -> 4, "½" -> 0.5, "two" -> 2, "about 12 kg" -> 12; else None.

    Of a range the larger is taken, so that nobody is promised too little. None where several unlike numbers stand.
    """
    cell = unicodedata.normalize("NFC", text).strip()[:200]
    word = _NUMBER_WORDS.get(cell.casefold())
    if word is not None:
        return float(word)
    between = _RANGE.search(cell)
    if between and len(_NUMBER.findall(cell.replace(between[0], ""))) == 0:
        return max(_decimal(between[1]) or 0.0, _decimal(between[2]) or 0.0)
    found = _NUMBER.findall(_MONEY.sub(" ", cell))
    if len(found) == 1:
        return _decimal(found[0])
    if not found:
        words = [
            _NUMBER_WORDS[part]
            for part in re.findall(r"[^\W\d_]+", cell.casefold())
            if part in _NUMBER_WORDS and part not in {"a", "de", "due"}
        ]
        return float(words[0]) if len(words) == 1 else None
    return None


def _decimal(written: str) -> float | None:
    """One number with whatever marks thousands and decimals: "1.200,50" and "1,200.50" alike."""
    part = 0.0
    for sign, value in _FRACTIONS.items():
        if sign in written:
            part = value
            written = written.replace(sign, "")
    text = re.sub(r"[\s'’\u00a0\u202f]", "", written).replace("−", "-").rstrip(".,")
    if not text:
        return part or None
    if "," in text and "." in text:
        text = text.replace(".", "").replace(",", ".") if text.rfind(",") > text.rfind(".") else text.replace(",", "")
    elif text.count(",") == 1 and not re.fullmatch(r"-?[1-9]\d{0,2},\d{3}", text):
        text = text.replace(",", ".")
    elif "," in text:
        text = text.replace(",", "")
    elif text.count(".") > 1:
        text = text.replace(".", "")
    try:
        number = float(text)
    except ValueError:
        return None
    return number + part if abs(number) < 1e12 else None


def parse_people(text: str) -> int | None:
    """How many people: "4 adults 2 kids" -> 6, "family of 5" -> 5, "me + 3 kids" -> 4, "5+" -> 5; None where unclear."""
    cell = unicodedata.normalize("NFC", text).strip()[:300].casefold()
    counted = 0
    found_any = False
    for found in _PEOPLE.finditer(cell):
        said = (
            int(found["count"])
            if found["count"].isdigit()
            else _NUMBER_WORDS.get(found["count"], 1 if found["count"] in {"a", "my"} else None)
        )
        if said is not None:
            counted += said
            found_any = True
    leading = re.match(r"(\d{1,3})\s*(?:\(|:|total\b|people\b|in (?:all|total)\b)", cell)
    if leading and 0 < int(leading[1]) < 100:
        return int(leading[1])  # "4 (2 kids)": the whole comes first
    if found_any:
        others = re.sub(_PEOPLE, " ", cell)
        if re.search(
            r"\b(?:me|myself|i|yo|moi|ich|io|eu)\b\s*(?:\+|and|y|et|und|e|,|&)|(?:\+|and|&)\s*(?:me|myself|yo|moi|ich)\b",
            others + " ",
        ):
            counted += 1
        # "6 people: 4 adults, 2 kids" says the total first.
        total = re.search(r"(\d{1,3})\s*(?:people|persons|ppl|personas|personnes|personen|persone|pessoas|total)", cell)
        if total and len(_PEOPLE.findall(cell)) > 1 and counted == 2 * int(total[1]):
            counted = int(total[1])
        return counted if 0 < counted < 1_000 else None
    if re.search(r"\bjust me\b|\bonly me\b|\bsolo yo\b|\bmyself\b", cell):
        return 1
    if _AGES.search(cell) and len(re.findall(r"\d+", cell)) > 1:
        return None
    number = parse_number(cell)
    if number is None:
        added = re.fullmatch(r"\s*(\d{1,2})\s*(?:\+|and|&|y)\s*(\d{1,2})\s*", cell)
        return int(added[1]) + int(added[2]) if added else None
    return round(number) if 0 <= number < 1_000 and abs(number - round(number)) < 0.01 else None


_HOURS = re.compile(
    r"(\d+(?:[.,]\d+)?|half an?|an?|one|two|three)\s*(?:hours?|hrs?|h|horas?|heures?|stunden?|std|ore|ora)\b",
    re.IGNORECASE,
)
_MINUTES = re.compile(r"(\d+)\s*(?:minutes?|mins?|m|min|minutos?|minuten?|minuti)\b", re.IGNORECASE)


def parse_minutes(text: str, *, hours: bool = False) -> float | None:
    """A duration in minutes: "90", "1.5 hours", "1h30", "2 hrs 15 min", "0:45". `hours`: plain numbers are hours."""
    cell = text.strip().casefold()[:100]
    clock = re.fullmatch(r"(\d{1,2})\s*[:h]\s*(\d{2})(?::\d{2})?", cell)
    if clock:
        return int(clock[1]) * 60.0 + int(clock[2])
    if re.search(r"half an? hour", cell) and not re.search(r"\d", cell):
        return 30.0
    long, short = _HOURS.search(cell), _MINUTES.search(cell)
    if long or short:
        total = 0.0
        if long:
            written = {"a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "three": 3.0}.get(long[1])
            total += 60 * (
                written
                if written is not None
                else 0.5
                if long[1].startswith("half")
                else float(long[1].replace(",", "."))
            )
        if short:
            total += int(short[1])
        return total
    number = parse_number(cell)
    if number is None or number < 0 or number > 10_000:
        return None
    return number * 60 if hours else number
