# ruff: noqa: E501 - lists of words read better unbroken
"""How a helper gets around: foot, bike, car or van."""

from __future__ import annotations

import re
import unicodedata

from manyhands.kernel.sheets.answers import parse_yes_no
from manyhands.kernel.sheets.lexicon import plain

_MODES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("van", re.compile(r"\b(van|minivan|truck|pickup truck|lorry|suv|furgoneta|camioneta|camion|transporter|lieferwagen|furgone)\b|卡车|面包车|شاحنة|טנדר|משאית")),
    ("car", re.compile(r"\b(cars?|auto|automobile|vehicle|drive|driver|driving|sedan|hatchback|station wagon|coche|carro|voiture|wagen|pkw|macchina|automobil\w*|driv\w* licen[cs]e|licen[cs]e|conducir|manejar|fahrzeug|veiculo|vehiculo|vehicule)\b|汽车|汽車|开车|车辆|سيارة|רכב|מכונית|машина|авто")),
    ("bike", re.compile(r"\b(bike|bikes|bicycle|biking|biker|bicicleta|bici|velo|fahrrad|rad|cycle|cyclist|cycling|cargo bike|e bike|ebike|scooter|bicicletta|fiets)\b|自行车|单车|دراجة|אופניים|велосипед")),
    ("foot", re.compile(r"\b(foot|walk|walking|walker|on foot|by foot|pedestrian|a pie|a pied|zu fuss|fuss|caminando|a piedi|a pe|public transit|transit|bus|subway|metro|train|public transport\w*)\b|步行|走路|مشي|ברגל|пешком")),
)  # fmt: skip
_NOT = re.compile(r"\b(no|not|don t|do not|dont|without|can t|cannot|sin|sans|kein|keine|senza|sem)\b")


def modes_of(text: str, *, heading: str) -> tuple[str, ...]:
    """The ways of getting around a cell names; where it only says yes or no, those its heading asks about."""
    words = plain(unicodedata.normalize("NFKC", text)[:300])
    answer = parse_yes_no(text)
    if answer is False and len(words.split()) <= 2:
        return ()
    named = tuple(mode for mode, pattern in _MODES if pattern.search(words) and not _denied(words, pattern))
    if named or answer is not True:
        return named
    asked = tuple(mode for mode, pattern in _MODES if pattern.search(plain(heading)))
    return asked[:1] if asked else ()


def _denied(words: str, pattern: re.Pattern[str]) -> bool:
    found = pattern.search(words)
    before = words[: found.start()].split()[-3:] if found else []
    return bool(_NOT.search(" ".join(before)))
