# ruff: noqa: E501 - lists of words read better unbroken
"""Language names in many spellings -> BCP 47 codes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from rapidfuzz import fuzz, process

from manyhands.kernel.sheets.looks import says_none

# code: what people write for it, in the language itself, in English and in those often spoken beside it
_WRITTEN = {
    "en": "english; eng; en; ingles; inglés; anglais; englisch; inglese; inglês; angle; inglish; ingelesa; الانجليزية; אנגלית; 英文; 英语; 英語; английский; english us; english uk",
    "es": "spanish; español; espanol; castellano; es; esp; spa; espagnol; spanisch; spagnolo; espanhol; espaniol; panyol; spansh; الاسبانية; ספרדית; 西班牙语; 西班牙文; испанский; español/spanish; spanish/español",
    "fr": "french; français; francais; fr; fra; francés; frances; französisch; franzosisch; francese; francês; franse; الفرنسية; צרפתית; 法语; 法文; французский",
    "ht": "haitian creole; haitian kreyol; kreyol; kreyòl; kreyòl ayisyen; kreyol ayisyen; creole; haitian; ht; créole haïtien; criollo haitiano; creole haitien; haitian creole kreyol ayisyen; haitiano",
    "zh": "chinese; zh; chi; zho; 中文; 汉语; 漢語; 华语; 華語; chino; chinois; chinesisch; cinese; chinês; chinwa; الصينية; סינית; китайский",
    "cmn": "mandarin; chinese mandarin; mandarin chinese; chinese (mandarin); chinese - mandarin; 普通话; 國語; 国语; mandarín; mandarino; putonghua; 简体中文; 简体中文 繁體中文; chinese mandarin 简体中文 繁體中文; simplified chinese; mandarin 普通话",
    "yue": "cantonese; chinese cantonese; cantonese chinese; chinese (cantonese); chinese - cantonese; 廣東話; 广东话; 粵語; 粤语; cantonés; cantonais; 廣東話 cantonese; kantonesisch",
    "nan": "taiwanese; hokkien; min nan; fujianese; 福建话; 台語; 閩南語; teochew",
    "cdo": "fuzhounese; fuzhou; foochow; 福州话; 福州話",
    "wuu": "shanghainese; 上海话; 上海話; wu",
    "hak": "hakka; 客家话; 客家話",
    "ar": "arabic; ar; ara; árabe; arabe; arabisch; arabo; العربية; عربي; عربية; ערבית; 阿拉伯语; арабский; اللغة العربية",
    "he": "hebrew; he; heb; iw; עברית; hebreo; hébreu; hebräisch; ebraico; العبرية; 希伯来语; иврит",
    "yi": "yiddish; yi; yid; ייִדיש; יידיש; אידיש; jiddisch; idish",
    "ru": "russian; ru; rus; русский; ruso; russe; russisch; russo; الروسية; רוסית; 俄语; 俄文",
    "uk": "ukrainian; uk; ukr; українська; ucraniano; ukrainien; ukrainisch; украинский",
    "pl": "polish; pl; pol; polski; polaco; polonais; polnisch; polacco; polonês; 波兰语",
    "pt": "portuguese; pt; por; português; portugues; portugués; portugais; portugiesisch; portoghese; brazilian portuguese; brazilian; português brasileiro",
    "it": "italian; it; ita; italiano; italien; italienisch; 意大利语",
    "de": "german; de; deu; ger; deutsch; alemán; aleman; allemand; tedesco; alemão; الالمانية; 德语",
    "bn": "bengali; bangla; bn; ben; বাংলা; বাঙালি; bengalí; bangali; bengali: বাঙালি",
    "hi": "hindi; hi; hin; हिन्दी; हिंदी",
    "ur": "urdu; ur; urd; اردو; ourdou",
    "pa": "punjabi; panjabi; pa; pan; ਪੰਜਾਬੀ; پنجابی",
    "gu": "gujarati; gu; guj; ગુજરાતી",
    "ta": "tamil; ta; tam; தமிழ்",
    "te": "telugu; te; tel; తెలుగు",
    "ml": "malayalam; ml; mal; മലയാളം",
    "mr": "marathi; mr; mar; मराठी",
    "kn": "kannada; kn; kan; ಕನ್ನಡ",
    "ne": "nepali; ne; nep; नेपाली",
    "si": "sinhala; sinhalese; si; sin; සිංහල",
    "fa": "farsi; persian; fa; fas; per; فارسی; persa; persan; persisch; farsi/persian; persian/farsi",
    "prs": "dari; prs; دری",
    "ps": "pashto; ps; pus; پښتو; pushto",
    "ku": "kurdish; ku; kur; kurdî; kurmanji; kurdo; كردي; کوردی",
    "ckb": "sorani; ckb; سۆرانی",
    "tr": "turkish; tr; tur; türkçe; turco; turc; türkisch",
    "az": "azerbaijani; az; azeri",
    "hy": "armenian; hy; arm; hye; հայերեն",
    "ka": "georgian; ka; kat; ქართული",
    "uz": "uzbek; uz; uzb; oʻzbek; узбекский; ozbek",
    "tg": "tajik; tg",
    "kk": "kazakh; kk",
    "ko": "korean; ko; kor; 한국어; coreano; coréen; koreanisch; 韩语; 韓語; корейский; 조선말",
    "ja": "japanese; ja; jpn; 日本語; japonés; japonais; japanisch; giapponese; 日语",
    "vi": "vietnamese; vi; vie; tiếng việt; vietnamita; vietnamien; vietnamesisch; 越南语; viet",
    "tl": "tagalog; tl; fil; filipino; pilipino",
    "ilo": "ilocano; ilo; ilokano",
    "ceb": "cebuano; ceb; bisaya; visayan",
    "id": "indonesian; id; ind; bahasa; bahasa indonesia",
    "ms": "malay; ms; msa; melayu",
    "th": "thai; th; tha; ไทย; tailandés; ภาษาไทย",
    "lo": "lao; lo; laotian; ລາວ; lao: ລາວ",
    "km": "khmer; cambodian; km; khm; ខ្មែរ",
    "my": "burmese; my; mya; မြန်မာ; myanmar",
    "hmn": "hmong; hmn; hmoob",
    "kar": "karen; kar",
    "bo": "tibetan; bo; tib; བོད་སྐད",
    "mn": "mongolian; mn",
    "am": "amharic; am; amh; አማርኛ",
    "ti": "tigrinya; ti; tir; ትግርኛ; tigrigna",
    "om": "oromo; om; orm; oromiffa",
    "so": "somali; so; som; soomaali",
    "sw": "swahili; sw; swa; kiswahili",
    "rw": "kinyarwanda; rw",
    "rn": "kirundi; rn",
    "ln": "lingala; ln",
    "yo": "yoruba; yo; yor; yorùbá",
    "ig": "igbo; ibo; ig",
    "ha": "hausa; ha; hau",
    "ff": "fulani; fula; fulfulde; ff; fulah; pulaar; fulani: fulfulde",
    "wo": "wolof; wo",
    "bm": "bambara; bm",
    "mnk": "mandinka; mandingo; mandinga",
    "tw": "twi; tw; akan",
    "ee": "ewe; ee",
    "af": "afrikaans; af",
    "zu": "zulu; zu; isizulu",
    "xh": "xhosa; xh",
    "el": "greek; el; gre; ell; ελληνικά; ελληνικα; griego; grec; griechisch; greco; greek: ελληνικα",
    "sq": "albanian; sq; alb; shqip; albanés; albanais; albanese; albanian: shqip",
    "ro": "romanian; ro; ron; română; romana; rumano; roumain; rumänisch; rumeno; moldovan",
    "hu": "hungarian; hu; hun; magyar; húngaro; hongrois; ungarisch",
    "cs": "czech; cs; ces; cze; čeština; checo; tschechisch",
    "sk": "slovak; sk; slovenčina",
    "sl": "slovenian; slovene; sl",
    "sr": "serbian; sr; srp; srpski; српски",
    "hr": "croatian; hr; hrvatski",
    "bs": "bosnian; bs; bosanski",
    "mk": "macedonian; mk",
    "bg": "bulgarian; bg; български",
    "lt": "lithuanian; lt",
    "lv": "latvian; lv",
    "et": "estonian; et",
    "fi": "finnish; fi; suomi",
    "sv": "swedish; sv; svenska",
    "no": "norwegian; no; norsk",
    "da": "danish; da; dansk",
    "nl": "dutch; nl; nederlands; holandés; néerlandais; niederländisch",
    "is": "icelandic",
    "ga": "irish; gaeilge; ga",
    "cy": "welsh; cy; cymraeg",
    "ca": "catalan; ca; català; catalán",
    "eu": "basque; euskara",
    "gl": "galician; galego",
    "eo": "esperanto",
    "quc": "k'iche'; kiche; quiche; k’iche’",
    "mam": "mam",
    "qu": "quechua; qu; kichwa",
    "nah": "nahuatl; náhuatl",
    "mix": "mixtec; mixteco; mix",
    "zap": "zapotec; zapoteco",
    "gn": "guarani; guaraní",
    "nv": "navajo; diné",
    "gcr": "garifuna",
    "jam": "patois; jamaican; jamaican patois",
    "rom": "romani; romanes; roma",
    "mt": "maltese",
    "lb": "luxembourgish",
    "ase": "asl; american sign language; sign language; lengua de señas; lenguaje de señas; deaf asl",
    "bfi": "bsl; british sign language",
}  # fmt: skip
# These codes and short words are also ordinary words or names of other things.
_NOT_ALONE = frozenset(
    {
        "no",
        "is",
        "my",
        "am",
        "so",
        "it",
        "to",
        "in",
        "as",
        "or",
        "id",
        "he",
        "et",
        "de",
        "es",
        "la",
        "si",
        "ha",
        "om",
        "wu",
        "mam",
        "roma",
        "por",
        "per",
        "eng",
    }
)


def _plain(text: str) -> str:
    bare = "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", bare)))


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for code, written in _WRITTEN.items():
        for spelling in written.split("; "):
            names.setdefault(_plain(spelling), code)
    return names


@lru_cache(maxsize=1)
def _long_names() -> dict[str, list[str]]:
    """Names long enough to be misspelt, by their first letter."""
    names: dict[str, list[str]] = {}
    for name in _names():
        if len(name) >= 5 and name.isascii():
            names.setdefault(name[0], []).append(name)
    return names


@lru_cache(maxsize=5_000)
def language_code(text: str) -> str | None:
    """The code of one language however it is spelled ("eglish", "Haitian Kreyol", "中文", "es-MX"); None if unknown."""
    tag = text.strip()
    if re.fullmatch(r"[a-zA-Z]{2,3}[-_][A-Za-z]{2,4}", tag) and tag[:2].lower() in _WRITTEN:
        main, _, rest = tag.replace("_", "-").partition("-")
        return f"{main.lower()}-{rest.upper() if len(rest) == 2 else rest.capitalize()}"
    name = _plain(text)
    if not name:
        return None
    names = _names()
    if name in names:
        return names[name]
    words = name.split()
    # "Spanish (native)", "fluent French", "Español / Spanish": every name in it must mean the same language.
    known = {names[word] for word in words if word in names and word not in _NOT_ALONE and len(word) > 2}
    pairs = {names[" ".join(pair)] for pair in pairwise(words) if " ".join(pair) in names}
    if pairs and known <= {*pairs, "zh"}:
        return pairs.pop() if len(pairs) == 1 else None
    if "zh" in known and len(known) == 2:
        known.discard("zh")
    if len(known) == 1:
        return known.pop()
    if known or len(name) < 5 or len(words) > 2:
        return None
    close = process.extractOne(name, _long_names().get(name[0], []), scorer=fuzz.ratio, score_cutoff=84)
    return names[close[0]] if close else None


_SEPARATORS = re.compile(r"[,;/|\n&+]|\s+(?:and|y|et|und|e|ou|or|o)\s+|、|，|و(?=\s)")
_FILLER = re.compile(
    r"\b(?:a little|a bit of|some|fluent|native|basic|conversational|only|speaker|speaks?|un poco de|un peu de|etwas|un po di|also|i speak|primary|first|second|and|more|intermediate|advanced|beginner|limited|language)\b|[().:]",
    re.IGNORECASE,
)


def parse_languages(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The codes of the languages named in a cell, and the pieces that are no language known here."""
    codes: dict[str, None] = {}
    unknown: list[str] = []
    cell = text.strip()[:1_000]
    if says_none(cell):
        return (), ()
    # A label that explains itself ("Chinese (Mandarin): 简体中文 / 繁體中文") is one language; a list is several.
    one_label = len(cell) <= 60 and not re.search(r"[,;|\n&+、，]", cell) and ("/" not in cell or ":" in cell)
    whole = language_code(cell) if one_label else None
    if whole:
        return (whole,), ()
    cell = re.sub(r"\s+-\s+", " ", cell)
    for piece in _SEPARATORS.split(cell.strip("[]").replace('"', "")):
        if not piece.strip():
            continue
        code = language_code(piece)
        if code is None:
            code = language_code(_FILLER.sub(" ", piece))
        if code is not None:
            codes[code] = None
            continue
        several = [language_code(word) for word in re.findall(r"[^\W\d_]{3,}", _FILLER.sub(" ", piece))]
        if several and all(several):
            codes.update(dict.fromkeys(code for code in several if code))
        else:
            unknown.append(piece.strip())
    return tuple(codes), tuple(unknown)


@lru_cache(maxsize=10_000)
def is_language(text: str) -> bool:
    """True where a cell names nothing but languages."""
    if len(text) > 120 or not text.strip():
        return False
    codes, unknown = parse_languages(text)
    return bool(codes) and not unknown
