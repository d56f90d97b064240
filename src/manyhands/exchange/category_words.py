"""Finding the network's own kind of need for what someone wrote in a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from rapidfuzz import fuzz, process, utils

from manyhands.exchange.models import Category

ALIKE = 88  # of 100: "Grocerys" is groceries, "Housing" is not "House cleaning"
# What people write for the usual kinds, matched at the beginning of words. What a network renamed is not guessed.
WORDS = {
    "Food": """
        food grocer meal hamper water milk bread fruit veg rice lunch dinner breakfast formula snack pantry
        comida aliment despensa víveres agua épicerie nourriture repas lebensmittel cibo spesa manje
        طعام غذاء אוכל מזון 食 饭 飯""",
    "Supplies": """
        suppl diaper nappy nappies cloth hygiene toilet soap mask ppe blanket tent tampon pet furnitur laundry
        pañal ropa higiene vêtement couche kleidung windel حفاضات ملابس חיתולים בגדים 用品""",
    "A ride": """
        ride transport drive lift taxi trip viaje trajet fahrt توصيلة הסעה""",
    "Medicine": """
        medic prescription pharmac drug insulin receta médicament ordonnance medikament rezept دواء תרופ 药 藥""",
    "Health": """
        health doctor nurse clinic therap mental wound salud santé gesundheit arzt صحة רפואי""",
    "Legal": """
        legal lawyer immigration eviction court asylum abogado juridique anwalt قانون משפט""",
    "Housing": """
        hous shelter rent apartment landlord vivienda alquiler logement loyer wohnung miete مأوى سكن דיור""",
    "Childcare": """
        child kid baby babies school daycare tutor niñ enfant kinder garde أطفال ילדים""",
    "Repair and labour": """
        repair fix labour labor plumb electric moving snow yard garden build reparac réparation umzug mudanza
        إصلاح תיקון""",
    "Company": """
        compan lonel chat emotion spirit friend check-in compañía compagnie einsam صحبة""",
}
SOMETHING_ELSE = "Something else"


class CategoryFinder:
    """Finds a kind of need by its name, in any of its languages, or by the words people use for it."""

    def __init__(self, categories: Iterable[Category]) -> None:
        self._all = list(categories)
        self._by_name: dict[str, Category] = {}
        self._signs: list[tuple[re.Pattern[str], Category]] = []
        for category in self._all:
            for name in (category.name, *category.names.values()):
                self._by_name.setdefault(utils.default_process(str(name)), category)
            if category.name in WORDS:
                self._signs.append((_pattern(category.name), category))
        self.fallback = next(
            (category for category in self._all if category.name == SOMETHING_ELSE),
            self._all[-1] if self._all else None,
        )
        self._known: dict[str, Category] = {}

    @property
    def knows_any(self) -> bool:
        """Whether the network has any kind of need."""
        return self.fallback is not None

    def category_for(self, what: str) -> Category:
        """The kind of need closest to what was written; the network's catch-all where nothing is close.

        Raises ValueError where the network has no kinds of need at all.
        """
        if self.fallback is None:
            raise ValueError("A network without kinds of need takes no asks.")
        key = utils.default_process(what[:300])
        if key not in self._known:
            self._known[key] = self._find(key, what[:300].casefold())
        return self._known[key]

    def _find(self, key: str, words: str) -> Category:
        assert self.fallback is not None
        if not key:
            return self.fallback
        if key in self._by_name:
            return self._by_name[key]
        hits = [(found.start(), category) for pattern, category in self._signs if (found := pattern.search(words))]
        if hits:
            return min(hits, key=lambda hit: hit[0])[1]
        close = process.extractOne(key, self._by_name.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE)
        return self._by_name[close[0]] if close else self.fallback


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<!\w){re.escape(word)}" for word in WORDS[name].split()))
