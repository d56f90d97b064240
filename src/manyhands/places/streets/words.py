"""Words of an address as they are compared: one spelling for each, whatever the script, the case and the shorthand.

The same folding is done to the names of the map when it is brought in and to what somebody types. It loses on purpose
what people leave out or write in two ways: accents, doubled letters, "ae" for "ä", "Street" for "St".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from anyascii import anyascii

MOST_TYPED = 300  # letters of one place; the rest is not read
MOST_WORDS = 24


class Sort(Enum):
    """What a word is worth: one that names, the kind of street, a small word, a number."""

    NAMES = auto()
    KIND = auto()
    SMALL = auto()
    NUMBER = auto()


@dataclass(frozen=True, slots=True)
class Word:
    """One word. ``parts`` are two where one was written: "Landstrasse" is land and st. ``number`` is of a house."""

    text: str
    sort: Sort
    parts: tuple[str, ...] = ()
    number: int | None = None


# One word stands for all spellings of it. The kinds of street, of many languages, in their long and short forms.
_KINDS = {
    "st": "st street str strs straat strasse straße saint sankt sant sainte gatan gata gade ul ulitsa ulica vulitsya "
    "vulytsia vul ulice utca shr shari sharia sharea shara odos thnn rhvv rehov lu jie gil jalan jl sok sokak sk dt",
    "av": "av ave aven avenue avenu avinguda avgda avda avd avenida avn prospekt prosp prospect leoforos cadde caddesi "
    "cd tariq tryq allee alle al alley daeryo daelo daero",
    "rd": "rd road doroga",
    "ln": "ln lane laan",
    "dr": "dr drive doctor doktor",
    "ct": "ct court cort",
    "pl": "pl place platz plaza placa plaça piazza plac ploshchad ploshcha plein plads plats praca praça pza pca pta "
    "plza pz midan mydan square sq namesti ter square",
    "bd": "bd boulevard blvd bulevar bulvar bul boul bvd",
    "hw": "hw hwy highway",
    "pk": "pkwy parkway",
    "tr": "terrace terr",
    "ci": "cir circle",
    "cr": "cres crescent",
    "c": "c carrer calle cl cr cll rua rue r via viale calea",
    "g": "gasse g gassli",
    "wg": "weg vej vei vagen way wy",
    "ch": "ch chemin chem cami camino cno",
    "ct.": "ctra crta cra carretera carr route rte ruta estrada strada",
    "pj": "passatge ptge pge pje pasaje passage psg",
    "pg": "passeig pg paseo pso passeggiata",
    "pn": "pereulok per provulok prov",
    "br": "bridge brucke pont puente",
    "n": "n north norte nord nort",
    "s": "s south sud sur",
    "e": "e east est este ost",
    "w": "w west oest oeste ouest",
}
_SMALL = (
    "the of de la le les los las el els del dels des du da do di d l dos das der die den dem das von vom zum zur am "
    "im in bei y i et und and a to at al van het op ten s near by next opposite behind beside beim neben hinter "
    "gegenuber cerca junto frente pres devant davant prop vicino na no nr num numero numer number "
    "corner cnr esq esquina ecke angle cantonada intersection crossing kreuzung con amb and between x"
)
# A place said by what stands next to it is not the place itself.
_ROUGHLY = (
    "near opposite behind beside beim neben hinter gegenuber cerca junto frente pres devant davant vicino okolo vozle "
    "qrb blqrb bjwar"
)
_ORDINALS = {
    word: str(number)
    for number, words in enumerate(
        (
            "first primera primer premiere erste pervaya",
            "second segunda segon deuxieme zweite vtoraya",
            "third tercera tercer troisieme dritte",
            "fourth cuarta quart quatrieme vierte",
            "fifth quinta cinque cinquieme funfte",
            "sixth sexta sechste sixieme",
            "seventh septima siebte septieme",
            "eighth octava achte huitieme",
            "ninth novena neunte neuvieme",
            "tenth decima zehnte dixieme",
            "eleventh",
            "twelfth",
        ),
        start=1,
    )
    for word in words.split()
}
_FLOORS = "floor fl stock og etage piso planta pis piano kat level etazh"
# What people call a landmark when they don't name it, by the map's own word for it.
_CATEGORIES = {
    "school": "school schule escola escuela ecole scuola shkola mdrst madrasa okul skola szkola",
    "place_of_worship": "church kirche esglesia iglesia eglise chiesa tserkov mosque moschee mesquita mezquita msjd "
    "masjid camii synagogue temple tempel kapelle capella chapel capilla kathedrale cathedral catedral",
    "station": "station bahnhof estacio estacion gare stazione vokzal mhtt istasyon",
    "hospital": "hospital spital krankenhaus clinic klinik hopital ospedale bolnitsa mstshf hastane",
    "library": "library bibliothek biblioteca bibliotheque biblioteka mktbt kutuphane",
    "pharmacy": "pharmacy apotheke farmacia pharmacie chemist apteka sydlyt eczane",
    "post_office": "post postamt correos correus poste pochta bryd",
    "supermarket": "supermarket supermarkt supermercat supermercado supermarche",
    "townhall": "townhall rathaus ajuntament ayuntamiento mairie comu municipio gemeindehaus",
    "park": "park parc parque parco hdyqt",
    "kindergarten": "kindergarten kita guarderia creche nursery",
    "bank": "bank banc banco banque banca",
    "hotel": "hotel",
    "playground": "playground spielplatz",
    "community_centre": "community_centre",
}
_UNITS = (
    f"{_FLOORS} apt apartment apto app unit suite ste flat room rm wohnung whg top stiege pta puerta porta escala esc "
    "appartement bat batiment interno scala kv kvartira daire lejl box ofis office lot trlr bldg"
)
_GLUED = {
    "strase": "st", "strasse": "st", "str": "st", "straat": "st", "gatan": "st", "gase": "g", "weg": "wg", "vej": "wg",
    "vagen": "wg", "platz": "pl", "plein": "pl", "alee": "av", "lan": "ln", "brucke": "br",
}  # fmt: skip
_SUFFIX = re.compile(rf"^([a-z]{{3,}}?)({'|'.join(sorted(_GLUED, key=len, reverse=True))})$")
_TOKEN = re.compile(r"\d+(?:[-/]\d+)*[a-z]?(?![a-z0-9])|[a-z0-9]+")
_ORDINAL_FIGURE = re.compile(r"^(\d+)(?:st|nd|rd|th|eme|ere|er|ste|de)$")
_STOREY = re.compile(r"^\d{1,2}[a-z]{0,3}$")
_HOUSE = re.compile(r"^(\d{1,6})(?:[-/]\d+)*(?:[a-z]|bis|ter|quater)?$")
_NUMBER_SIGN = re.compile(r"(?<![a-z])\s*#\s*(?=\w)", re.IGNORECASE)
_HAN = re.compile(r"([\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff])")


def _same_sound(word: str) -> str:
    """Spellings that are heard alike become one."""
    word = re.sub(r"([aou])e", r"\1", word)
    word = re.sub(r"([a-z])\1+", r"\1", word)
    return word.replace("ph", "f")


_KIND_OF = {_same_sound(word): kind.rstrip(".") + "_" for kind, words in _KINDS.items() for word in words.split()}
_SMALL_ONES = {_same_sound(word) for word in _SMALL.split()}
_ROUGH_ONES = {_same_sound(word) for word in _ROUGHLY.split()}
_ORDINAL_OF = {_same_sound(word): figure for word, figure in _ORDINALS.items()}
_CATEGORY_OF = {_same_sound(word): sort + "@" for sort, words in _CATEGORIES.items() for word in words.split()}
_FLOOR_ONES = {_same_sound(word) for word in _FLOORS.split()}
_UNIT_ONES = {_same_sound(word) for word in _UNITS.split()}


def category_of(text: str) -> str:
    """The word all landmarks of a sort bear besides their names, where a typed word asks for one; else nothing."""
    return _CATEGORY_OF.get(text, "")


def category_word(sort: str) -> str:
    """The same word, for the sort the map gives a landmark."""
    return sort + "@" if sort in _CATEGORIES else ""


def plain(text: str) -> str:
    """Letters a to z, digits and what stands between them, in small letters."""
    text = unicodedata.normalize("NFKC", text[:MOST_TYPED]).casefold()
    text = _HAN.sub(r" \1 ", text)
    if not text.isascii():
        text = anyascii(text.replace("’", "'")).lower()
    text = text.replace("`", "")
    text = re.sub(r"\b([dl]|dell|nell|all)'(?=[a-z])", r"\1 ", text)
    return text.replace("'", "").replace("°", "").replace(".", " ")


def _tokens(text: str) -> Iterator[str]:
    for token in _TOKEN.findall(plain(text)):
        yield token if token[0].isdigit() else _same_sound(token)


def _word(token: str) -> Word:
    house = _HOUSE.match(token)
    if house:
        return Word(token, Sort.NUMBER, number=int(house[1]))
    figure = _ORDINAL_FIGURE.match(token)
    if figure or token in _ORDINAL_OF:
        return Word(figure[1] if figure else _ORDINAL_OF[token], Sort.NAMES)
    if token in _KIND_OF:
        return Word(_KIND_OF[token], Sort.KIND)
    if token in _SMALL_ONES:
        return Word(token, Sort.SMALL)
    glued = _SUFFIX.match(token)
    if glued:
        return Word(token, Sort.NAMES, parts=(glued[1], _GLUED[glued[2]] + "_"))
    return Word(token, Sort.NAMES)


def words_of_name(name: str) -> tuple[Word, ...]:
    """The words of a name on the map. A figure in it names ("4th Street"), it is not a house."""
    found = [_word(token) for token in _tokens(name)][:MOST_WORDS]
    # In "Avenue A" the small word is all that names.
    naming = {Sort.NUMBER} if any(word.sort in {Sort.NAMES, Sort.NUMBER} for word in found) else {Sort.SMALL}
    return tuple(Word(word.text, Sort.NAMES) if word.sort in naming else word for word in found)


def numbers_in(said: str) -> Iterator[tuple[int, str]]:
    """The numbers of a house as the map writes them, each with the label it is told by."""
    for token in _joined(["", *_tokens(said)]):
        house = _HOUSE.match(token)
        if house:
            yield int(house[1]), token


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed, in words; ``is_rough``: they said what is near it."""

    words: tuple[Word, ...]
    is_rough: bool


def words_typed(text: str) -> Typed:
    """The words of a place as somebody typed it, without floor, flat and door: those are not on the map."""
    tokens = list(_tokens(_NUMBER_SIGN.sub(" apt ", text[:MOST_TYPED])))
    is_rough = any(token in _ROUGH_ONES for token in tokens)
    return Typed(tuple(_word(token) for token in _joined(_without_units(tokens)))[:MOST_WORDS], is_rough)


def _without_units(tokens: list[str]) -> list[str]:
    kept: list[str] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        after = tokens[at + 1] if at + 1 < len(tokens) else ""
        if token in _UNIT_ONES and kept and (re.match(r"\d", after) or len(after) == 1):
            at += 2
            continue
        if token in _FLOOR_ONES and len(kept) > 1 and (_STOREY.match(kept[-1]) or kept[-1] in _ORDINAL_OF):
            kept.pop()
            at += 1
            continue
        kept.append(token)
        at += 1
    return kept


def _joined(tokens: list[str]) -> Iterator[str]:
    """A number and the letter behind it are one: the house 12b."""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        after = tokens[at + 1] if at + 1 < len(tokens) else ""
        if token.isdigit() and len(token) < 5 and re.fullmatch(r"[a-h]|bis|ter", after) and at:
            yield token + after
            at += 2
        else:
            yield token
            at += 1


_BETWEEN = re.compile(
    r"\s*[&@+]\s*"
    r"|\s+(?:and|und|y|i|et|e|con|amb|mit|x|at|meets|och|en|ve)\s+"
    r"|\s+(?:esq(?:uina)?|cnr|corner|ecke|eck|angle|cantonada|intersection|угол|пересечение)\.?\s+(?:of|with|con|de|amb|mit|с)?\s*"
    r"|\s+(?:и|و|і|та|ו)\s*"
    r"|(?<=[^\d\s])\s*/\s*(?=[^\d\s])",
    re.IGNORECASE,
)
_CORNER = re.compile(
    r"^\s*(?:near\s+)?(?:the\s+)?(?:corner|cnr|esq(?:uina)?|ecke|angle|cantonada|intersection|crossing|kreuzung|угол|перекресток|пересечение|تقاطع|زاوية)\b\.?\s*"
    r"(?:of|with|con|de|amb|von|di|du)?\s+",
    re.IGNORECASE,
)


def streets_that_cross(text: str) -> Iterator[tuple[str, str]]:
    """The two halves of a text that may name a crossing: at each word or sign that may stand between two streets."""
    text = _CORNER.sub("", text[:MOST_TYPED])
    for count, between in enumerate(_BETWEEN.finditer(text)):
        left, right = text[: between.start()], text[between.end() :]
        if count < 4 and left.strip() and right.strip():
            yield left, right
