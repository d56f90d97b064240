"""Bytes to text, whatever encoding a spreadsheet program thought of."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from manyhands.kernel.sheets.problems import Code, Problem, Unreadable

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 60_000
_HIGH = re.compile(rb"[\x80-\xff]+")

# Letters that make up ordinary writing in each single-byte encoding, by how much they speak for it.
_LATIN_WEST = "éèêëàâäáãåæçñóòôöõøœúùûüíìîïýÿßÉÈÊÀÂÄÁÃÅÆÇÑÓÒÔÖÕØŒÚÙÛÜÍÌÎÏÝ¿¡°ºª€£§«»’‘“”–—…•·´ "
_LATIN_EAST = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻčďěňřšťůýžáéíúČĎĚŇŘŠŤŮÝŽÁÉÍÚőűŐŰöüÖÜăâîșțĂÂÎȘȚşţđĐ€’‘“”„–—…° "
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЁІЇЄҐ№«»–— "
_GREEK = "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΆΈΉΊΌΎΏ€’–— "
_HEBREW = "אבגדהוזחטיכךלמםנןסעפףצץקרשת׳״₪–—’“” "
_ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهويىءأإآؤئةپچژگکی،؛؟ًٌٍَُِّْ–— "
_TURKISH = "çğıöşüÇĞİÖŞÜâîû€’“”–— "
_SINGLE_BYTE: tuple[tuple[str, str], ...] = (
    ("cp1252", _LATIN_WEST),
    ("cp1250", _LATIN_EAST),
    ("cp1251", _CYRILLIC),
    ("cp1253", _GREEK),
    ("cp1255", _HEBREW),
    ("cp1256", _ARABIC),
    ("cp1254", _TURKISH),
    ("mac_roman", _LATIN_WEST),
    ("cp850", _LATIN_WEST),
    ("koi8_r", _CYRILLIC),
    ("cp866", _CYRILLIC),
)
_MULTI_BYTE = ("gb18030", "big5hkscs", "shift_jis", "cp932", "euc_jp", "euc_kr", "cp949")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the encoding it was in, and what to say about it."""

    text: str
    encoding: str
    problems: tuple[Problem, ...] = ()


def decode(data: bytes) -> Decoded:
    """The text of a file. Raises `Unreadable` where the bytes are not text at all."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            if encoding == "utf-8-sig":
                rest = data[len(mark) :].removeprefix(mark)
                return _utf8(rest, name=encoding) or _single_byte(rest)
            return Decoded(data.decode(encoding, errors="replace"), encoding)
    wide = _wide_without_mark(data)
    if wide:
        return Decoded(data.decode(wide, errors="replace"), wide)
    _refuse_binary(data)
    return _utf8(data, name="utf-8") or _east_asian(data) or _single_byte(data)


def _wide_without_mark(data: bytes) -> str | None:
    """UTF-16 without a byte order mark shows itself by a NUL in every other byte of its commas, digits and newlines."""
    sample = data[: _SAMPLE // 2 * 2]
    if len(sample) < 8:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) / 2
    if odd > half * 0.3 and even < half * 0.02:
        return "utf-16-le"
    if even > half * 0.3 and odd < half * 0.02:
        return "utf-16-be"
    # Chinese or Arabic text in UTF-16 has few NULs, yet its newlines and delimiters do.
    breaks = sample.count(b"\n\x00") + sample.count(b",\x00") + sample.count(b"\t\x00") + sample.count(b";\x00")
    if odd and odd > even * 8 and breaks > 1 and len(data) % 2 == 0:
        return "utf-16-le"
    return None


def _refuse_binary(data: bytes) -> None:
    sample = data[:_SAMPLE]
    odd = sum(sample.count(bytes([code])) for code in (*range(9), 11, *range(14, 27), *range(28, 32)))
    # A spreadsheet may hold a stray control character; a program or a picture holds them everywhere.
    if odd > max(4, len(sample) * 0.02) and not _is_utf8(sample):
        raise Unreadable(Code.BINARY)
    if odd > max(40, len(sample) * 0.3):
        raise Unreadable(Code.BINARY)


def _is_utf8(sample: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _utf8(data: bytes, *, name: str) -> Decoded | None:
    """UTF-8, or None. A few bytes of another encoding among much UTF-8 (pasted rows) are read as Western European."""
    try:
        return Decoded(data.decode("utf-8"), name)
    except UnicodeDecodeError:
        pass
    lenient = data.decode("utf-8", errors="surrogateescape")
    strays = sum(1 for char in lenient if "\udc80" <= char <= "\udcff")
    letters = sum(1 for char in lenient if char > "\x7f") - strays
    if strays * 3 > letters:
        return None
    repaired = re.sub(
        "[\udc80-\udcff]",
        lambda stray: bytes([ord(stray.group()) - 0xDC00]).decode("cp1252", errors="replace"),
        lenient,
    )
    return Decoded(repaired, name, (Problem(Code.MIXED_ENCODING),))


def _east_asian(data: bytes) -> Decoded | None:
    """A double-byte encoding, if the bytes above ASCII come in pairs and read as common characters; else None."""
    if len(max(_HIGH.findall(data[:_SAMPLE]), key=len, default=b"")) < 3:
        return None
    best: tuple[float, str, str] | None = None
    for encoding in _MULTI_BYTE:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        score = _common_east_asian(text[:_SAMPLE], encoding)
        if best is None or score > best[0] + 0.02:
            best = (score, encoding, text)
    if best is None or best[0] < 0.7:
        return None
    return Decoded(best[2], best[1])


def _common_east_asian(text: str, encoding: str) -> float:
    """How far the characters above ASCII are common in the languages of this encoding, 0 to 1."""
    high = [char for char in text if char > "\x7f"]
    if not high:
        return 0.0
    points = 0.0
    for char in high:
        code = ord(char)
        if 0x3040 <= code <= 0x30FF:  # kana
            points += 1.0 if encoding in {"shift_jis", "cp932", "euc_jp"} else 0.4
        elif 0xAC00 <= code <= 0xD7A3:  # hangul
            points += 1.0 if encoding in {"euc_kr", "cp949"} and _is_common_hangul(char) else 0.1
        elif 0x4E00 <= code <= 0x9FFF:
            points += _han_points(char, encoding)
        elif 0x3000 <= code <= 0x303F or 0xFF01 <= code <= 0xFF5E or char in "“”‘’…—–·、。￥":
            points += 0.9
        elif 0xFF61 <= code <= 0xFF9F:  # half-width kana are what Latin accents look like in Shift-JIS
            points += 0.1
    return points / len(high)


def _is_common_hangul(char: str) -> bool:
    """True for the 2,350 syllables of the older standard; what other bytes turn into mostly lies outside them."""
    return len(char.encode("euc_kr", errors="ignore")) == 2


def _han_points(char: str, encoding: str) -> float:
    """Characters of the first level of each standard are those people use."""
    try:
        raw = char.encode("gb2312" if encoding == "gb18030" else encoding)
    except UnicodeEncodeError:
        return 0.2
    lead = raw[0]
    if encoding == "gb18030":
        return 0.95 if 0xB0 <= lead <= 0xD7 else 0.3
    if encoding == "big5hkscs":
        return 0.95 if 0xA4 <= lead <= 0xC6 else 0.3
    if encoding in {"shift_jis", "cp932"}:
        return 0.75 if 0x88 <= lead <= 0x97 else 0.2
    if encoding == "euc_jp":
        return 0.75 if 0xB0 <= lead <= 0xCF else 0.2
    return 0.2  # Korean sheets write few Chinese characters


def _single_byte(data: bytes) -> Decoded:
    """The single-byte encoding whose letters look most like writing; Western European when in doubt."""
    sample = b" ".join(
        data[max(0, found.start() - 3) : found.end() + 3]
        for found, _ in zip(_HIGH.finditer(data), range(4_000), strict=False)
    )
    scores = {encoding: _letters_fit(sample, encoding, letters) for encoding, letters in _SINGLE_BYTE}
    best = max(scores, key=lambda encoding: scores[encoding])
    if best != "cp1252" and scores[best] < scores["cp1252"] + 0.08:
        best = "cp1252"
    if scores[best] < 0.5:
        guess = from_bytes(sample, cp_isolation=[name for name, _ in _SINGLE_BYTE]).best()
        if guess is not None and guess.encoding in scores:
            best = guess.encoding
    # cp1252 leaves five bytes without a meaning; Latin-1 has a character for every byte.
    return Decoded(data.decode(best, errors="replace"), best)


def _letters_fit(sample: bytes, encoding: str, letters: str) -> float:
    """The share of high characters that are ordinary letters there, less those that break a word's look."""
    text = sample.decode(encoding, errors="replace")
    known = set(letters)
    high = [(index, char) for index, char in enumerate(text) if char > "\x7f"]
    if not high:
        return 1.0
    latin = letters in (_LATIN_WEST, _LATIN_EAST, _TURKISH)
    points = 0.0
    if letters == _CYRILLIC and len(high) >= 10 and not set(text.lower()) & set("ыьэюяєії"):
        points -= 0.3 * len(high)  # no Slavic writing does without these; Hebrew bytes never are
    for index, char in high:
        before = text[index - 1] if index else " "
        if char == "\ufffd":
            points -= 2
        elif char in known:
            points += 1
            if not latin and char.isalpha() and (before.isascii() and before.isalpha()):
                points -= 1.5  # another alphabet does not stand in the middle of a Latin word
            if char.isupper() and before.isalpha() and before.islower():
                points -= 0.9  # "cafÉ": the wrong alphabet's capitals stand in the middle of words
            elif latin and char.isalpha() and before > "\x7f" and before.isalpha():
                points -= 0.5  # whole words of accents are another script
        else:
            points -= 0.6
    return points / len(high)
