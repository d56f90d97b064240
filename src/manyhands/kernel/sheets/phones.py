"""Phone numbers and e-mail addresses as people type them into cells."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import phonenumbers

from manyhands.kernel.sheets.looks import says_none
from manyhands.kernel.sheets.problems import Code

_LOOKED_AT = 300  # characters of a cell among which numbers are looked for
_ROUNDED = re.compile(r"[+]?\d+[.,]\d+e\+?\d+", re.IGNORECASE)
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\-\u00a1-\uffff]+@[A-Za-z0-9\u00a1-\uffff](?:[A-Za-z0-9.\-\u00a1-\uffff]*\.)[A-Za-z\u00a1-\uffff]{2,}"
)
# "… / 0102": only the last digits of a second number are written. Not "ext 12".
_SHORT_SECOND = re.compile(
    r"(?<=\d)\s*(?:/|,|;|\bor\b|\bo\b|\bou\b|\boder\b|\band\b|&)\s*(\d{2,4})(?!\d|[-. ]\d)", re.IGNORECASE
)
# Words that only say what the number is; they carry nothing that would be lost.
_LABELS = re.compile(
    r"\b(?:cell|mobile|mob|home|work|phone|tel|telephone|telefono|teléfono|celular|movil|móvil|portable|handy|text|sms|call|whatsapp|signal|fax|ext|extension|x|or|and|o|y|ou|oder|und|e|h|c|m|w|p|t)\b\.?",
    re.IGNORECASE,
)
_SPELLED = re.compile(r"1?[-. ]?\(?8\d\d\)?[-. ]?[A-Z0-9-]{7,9}", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s()\[\]+\-–—/.,;:&|#'\"*]+")


@dataclass(frozen=True, slots=True)
class Phones:
    """The numbers in a cell (E.164), an extension, and what is to be said about it.

    `words`: more than numbers stood in the cell, so all of it should be kept in the notes as well.
    """

    numbers: tuple[str, ...] = ()
    extension: str = ""
    problem: Code | None = None
    words: bool = False


def parse_phones(text: str, region: str) -> Phones:
    """Every phone number in a cell. `region` (like "US") tells how numbers without a country code are meant."""
    cell = text.strip().lstrip("'’`").strip()
    if not cell:
        return Phones()
    if says_none(cell):
        return Phones(problem=Code.PHONE_NONE)
    if _ROUNDED.fullmatch(cell.replace(" ", "")):
        whole = _unrounded(cell)
        if whole is None:
            return Phones(problem=Code.PHONE_ROUNDED)
        cell = whole
    phones = _parsed(re.sub(r"(\d)\.0$", r"\1", cell[:_LOOKED_AT]), region)
    return replace(phones, words=True) if len(cell) > _LOOKED_AT and phones.numbers else phones


def _parsed(cell: str, region: str) -> Phones:
    numbers: list[str] = []
    extension = ""
    doubtful = False
    rest = cell
    for number, piece in _numbers_in(cell, region):
        written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        rest = rest.replace(piece, " ", 1)
        if written not in numbers:
            numbers.append(written)
        extension = extension or number.extension or ""
        doubtful = doubtful or not phonenumbers.is_valid_number(number)
    if not numbers:
        return Phones(problem=Code.PHONE_WRONG)
    for found in _SHORT_SECOND.finditer(cell):
        tail = found.group(1)
        second = numbers[0][: -len(tail)] + tail
        if second not in numbers and tail in rest:
            numbers.append(second)
            rest = rest.replace(tail, " ", 1)
    words = bool(_BETWEEN.sub("", _LABELS.sub("", rest)))
    problem = Code.PHONE_DOUBTFUL if doubtful else Code.PHONE_AND_WORDS if words else None
    return Phones(tuple(numbers), extension, problem, words)


def _numbers_in(cell: str, region: str) -> list[tuple[phonenumbers.PhoneNumber, str]]:
    """The numbers and the pieces of the cell they were read from."""
    region = region.upper()
    if sum(char.isdigit() for char in cell) <= 18 and not re.search(r"[/;,&\n|]|\bor\b", cell):
        whole = _possible(cell, region)
        worded = re.search(r"[^\W\d_]{3,}", _LABELS.sub("", cell)) and not _SPELLED.fullmatch(cell)
        if whole is not None and not worded:
            return [(whole, cell)]
    matches = phonenumbers.PhoneNumberMatcher(cell, region, leniency=phonenumbers.Leniency.POSSIBLE, max_tries=12)
    found = [(match.number, match.raw_string) for match in matches if _whole(match.number)]
    if found:
        return found
    pieces = [piece for piece in re.split(r"[/;,&\n|]|\bor\b", cell) if sum(char.isdigit() for char in piece) >= 7]
    return [(number, piece) for piece in pieces[:10] if (number := _possible(piece, region)) is not None]


def _possible(piece: str, region: str) -> phonenumbers.PhoneNumber | None:
    spelled = bool(_SPELLED.fullmatch(piece.strip()))
    if len(piece) > 60 or (sum(char.isdigit() for char in piece) < 7 and not spelled):
        return None
    abroad = re.sub(r"^\s*00(?=[1-9])", "+", piece)
    for written in (piece, abroad) if abroad != piece else (piece,):
        try:
            number = phonenumbers.parse(written, region if region in phonenumbers.SUPPORTED_REGIONS else None)
        except phonenumbers.NumberParseException:
            continue
        if _whole(number):
            return number
    return None


def _whole(number: phonenumbers.PhoneNumber) -> bool:
    """Long enough to be called from anywhere: not a local number whose area code is missing."""
    return phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE


def _unrounded(text: str) -> str | None:
    """7.185550101E+09 still has all its digits; 7.18556E+09 has lost some."""
    mantissa, _, exponent = text.replace(" ", "").replace(",", ".").lower().partition("e")
    digits = len(mantissa.partition(".")[2])
    if not exponent.lstrip("+").isdigit() or int(exponent.lstrip("+")) > 18 or digits < int(exponent.lstrip("+")):
        return None
    return str(round(float(f"{mantissa}e{exponent}")))


@dataclass(frozen=True, slots=True)
class Emails:
    """The addresses in a cell; `words`: more than addresses stood there."""

    addresses: tuple[str, ...] = ()
    problem: Code | None = None
    words: bool = False


def _written_around_at(cell: str) -> list[str]:
    """What looks like an address around each of the first @ signs; looking no further keeps long cells cheap."""
    written = []
    end = 0
    for _ in range(20):
        at = cell.find("@", end)
        if at < 0:
            break
        found = _EMAIL.search(cell, max(end, at - 64), at + 255)
        end = at + 1
        if found and found.start() <= at < found.end():
            written.append(found[0])
            end = found.end()
    return written


def parse_emails(text: str) -> Emails:
    """Every e-mail address in a cell; the domain in lower case, the part before the @ as written."""
    cell = text.strip().removeprefix("'").removeprefix("mailto:")
    if says_none(cell):
        return Emails()
    found = _written_around_at(cell)
    if not found:
        return Emails(problem=Code.EMAIL_WRONG)
    rest = cell
    addresses: list[str] = []
    for written in found:
        rest = rest.replace(written, " ", 1)
        name, _, domain = written.strip(".").rpartition("@")
        address = f"{name}@{domain.lower()}"
        if address not in addresses:
            addresses.append(address)
    left = re.sub(r"[\s,;/|<>()\[\]\"'.&]+|mailto:|\b(?:and|or|y|o|e|et|ou|und|oder)\b", "", rest)
    return Emails(tuple(addresses), None, bool(left))
