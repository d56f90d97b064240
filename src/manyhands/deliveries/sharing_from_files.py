"""From spreadsheets to a shortage to be shared, and to who gets what on paper; no database."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from manyhands.deliveries.headed import Headed, headed, named_once, number_in, same
from manyhands.kernel.allocation import Had, Household, Item, Problem, Reason, Rule, Split
from manyhands.kernel.allocation.levels import had_lately, weight
from manyhands.kernel.sheets import Table, write_csv

STOCK = {
    "item": "item; items; what; name; article; product; good; goods; thing; description; articulo; producto; artikel; "
    "ware; produit; prodotto; produto; الصنف; 物品",
    "quantity": "quantity; qty; count; pieces; amount; number; how many; in stock; stock; on hand; units; left; "
    "cantidad; menge; anzahl; stueck; quantite; quantita; quantidade; الكمية; 数量",
    "kind": "kind; group; category; stands for; substitute; substitutes; type; family; categoria; art; gruppe; "
    "categorie; الفئة; 类别",
    "worth": "worth; points; weight; value; puntos; punkte; wert",
    "suits": "suits; diet; diets; suitable for; dietary; dieta; dietas; geeignet; regime",
    "contains": "contains; allergens; allergen; ingredients; contiene; alergenos; enthaelt; allergene; contient",
    "most": "most; max; maximum; limit; max per household; per household; per family; limit per household; maximo",
    "most_per_head": "most per head; per person; max per person; per head; limit per person; por persona; pro kopf",
    "rest": "rest; rest days; cooldown; days between; again after; cooldown days; ruhetage",
    "use_by": "use by; best before; expires; expiry; expiry date; expiration; sell by; keeps; keeps days; bbd; mhd; "
    "caducidad; vence; haltbar bis; dlc",
}
HOUSEHOLDS = {
    "household": "household; name; family; home; who; household name; household id; id; neighbour; neighbor; hogar; "
    "familia; nombre; haushalt; familie; foyer; nom; الاسم; 姓名",
    "people": "people; size; household size; persons; members; heads; number of people; how many people; family size; "
    "personas; personen; personnes; persone; pessoas; العدد; 人数",
    "need": "need; priority; urgency; need factor; necesidad; prioridad; dringlichkeit; prioritaet",
    "waited": "waited; waiting; days waited; waiting since; asked; asked on; date asked; date; since; timestamp; "
    "esperando; wartet seit; en attente depuis",
    "wants": "wants; items; wanted; needs; what do you need; request; requested; order; list; wish; quiere; pedido; "
    "braucht; besoin",
    "most": "most; max; carries; can carry; max pieces; max items; limit; maximo",
    "diets": "diet; diets; dietary; dietary needs; dietary restrictions; eats; dieta; dietas; ernaehrung; regime",
    "avoids": "avoids; allergies; allergy; avoid; does not eat; intolerances; alergias; allergien; allergies "
    "alimentaires",
    "likes": "likes; prefers; preference; preferred; favourites; favorites; prefiere; mag",
}
HAD = {
    "household": HOUSEHOLDS["household"],
    "item": STOCK["item"],
    "pieces": STOCK["quantity"],
    "date": "date; day; on; when; days ago; given on; fecha; datum",
}
EVERYBODY = {"all", "any", "anyone", "everyone", "everybody", "todos", "alle", "tous", "non food", "not food", "n a"}
NEEDS = {"low": 1, "normal": 1, "usual": 1, "medium": 2, "some": 2, "high": 3, "urgent": 3, "very high": 4}
_TIMES = re.compile(
    r"(?P<what>.*?)\s*(?:[x×*:]\s*(?P<after>\d{1,6})|\((?P<in>\d{1,6})\))\s*$|(?P<before>\d{1,6})\s*[x×*]?\s+(?P<that>.+)"
)


@dataclass(frozen=True)
class Shortage:
    """The problem, `rows` of the households' sheet by household, and `remarks` on what was assumed."""

    problem: Problem
    rows: Mapping[str, int]
    remarks: tuple[str, ...]


def read_stock(table: Table, given: Mapping[str, str]) -> Headed:
    """Which column of the stock's sheet is which."""
    return headed(table, STOCK, given)


def read_households(table: Table, given: Mapping[str, str]) -> Headed:
    """Which column of the households' sheet is which."""
    return headed(table, HOUSEHOLDS, given)


def read_had(table: Table, given: Mapping[str, str]) -> Headed:
    """Which column of the sheet of what was given before is which."""
    return headed(table, HAD, given)


def shortage_from(
    stock: Headed, homes: Headed, had: Headed | None, *, rule: Rule, today: date, region: str
) -> Shortage:
    """Put the rows of the sheets into one problem; what can't be used is told in the sheets' `troubles`.

    A row of the stock is so many pieces of an item; two rows of one item are added up. Where no item says whom it
    suits, or one says nothing, it is given to nobody with a diet: a diet is a hard rule. A column of the households'
    sheet that is called like an item or a kind says how many of it they want.
    """
    items = _items(stock, today, region)
    kinds = named_once([*(i.id for i in items), *(i.stands_for for i in items)])
    households, rows = _households(homes, kinds, today, region)
    remarks = []
    if had is not None:
        households = _with_had(households, had, {i.id: i for i in items}, kinds, today, region)
    if any(h.diets for h in households) and any(i.suits == frozenset() for i in items):
        unsaid = sum(1 for i in items if i.suits == frozenset())
        remarks.append(
            f"Items that are not said to suit any diet: {unsaid}. Nobody with a diet gets them. Write the diets they "
            "suit in a column “suits”, or “all” for soap and the like."
        )
    if not any(h.wants is not None for h in households):
        remarks.append("Nobody says what they want, so everybody may get anything that suits them.")
    if not items:
        remarks.append("There is nothing in the stock's sheet, so nothing can be shared.")
    if not households:
        remarks.append("There is no household in the households' sheet, so nothing can be shared.")
    return Shortage(Problem(tuple(households), tuple(items), rule), rows, tuple(remarks))


def _items(stock: Headed, today: date, region: str) -> list[Item]:
    use_by = stock.days("use_by", today=today, region=region)
    kinds = named_once([stock.text(row, "kind") for row in range(len(stock.table.lines)) if stock.text(row, "kind")])
    found: dict[str, Item] = {}
    for row in range(len(stock.table.lines)):
        name, keeps = stock.text(row, "item"), use_by[row]
        quantity = stock.whole(row, "quantity", 0 if stock.text(row, "quantity") else None)
        if not name:
            stock.missing(row, "item")
        elif quantity is None:
            stock.missing(row, "quantity")
        elif keeps is not None and keeps < 0:
            stock.tell(row, "use_by", f"{name} was to be used {-keeps} days ago, so it is not shared.")
        elif (known := found.get(same(name))) is not None:
            soonest = min((d for d in (known.keeps, keeps) if d is not None), default=None)
            found[same(name)] = _replaced(known, quantity=known.quantity + quantity, keeps=soonest)
            stock.tell(
                row, "item", f"{known.id} stands twice; the pieces were added up, the rest of this row was not read."
            )
        else:
            kind = stock.text(row, "kind")
            found[same(name)] = Item(
                name,
                quantity,
                kinds[same(kind)] if kind else "",
                stock.whole(row, "worth", 1, least=1) or 1,
                _suits(stock.words(row, "suits")),
                frozenset(same(word) for word in stock.words(row, "contains")),
                stock.whole(row, "most"),
                stock.whole(row, "most_per_head"),
                stock.whole(row, "rest", 0) or 0,
                keeps,
            )
    return list(found.values())


def _replaced(item: Item, *, quantity: int, keeps: int | None) -> Item:
    return dataclasses.replace(item, quantity=quantity, keeps=keeps)


def _suits(words: Sequence[str]) -> frozenset[str] | None:
    said = frozenset(same(word) for word in words)
    return None if said & EVERYBODY else said


def _households(
    homes: Headed, kinds: Mapping[str, str], today: date, region: str
) -> tuple[list[Household], dict[str, int]]:
    waited = homes.days("waited", today=today, region=region)
    columns = {
        index: kinds[same(heading)]
        for index, heading in enumerate(homes.table.headings)
        if index not in homes.columns.values() and same(heading) in kinds
    }
    # A column of wants in which nobody wrote anything says as little as none.
    asked = any(
        homes.words(row, "wants") or any(line.cells[index].strip() for index in columns)
        for row, line in enumerate(homes.table.lines)
    )
    found: list[Household] = []
    rows: dict[str, int] = {}
    for row, line in enumerate(homes.table.lines):
        name = homes.text(row, "household") or f"Row {line.number}"
        if name in rows:
            name = f"{name} (row {line.number})"
        wants = _wants(homes, row, kinds, columns) if asked else None
        days = waited[row]
        rows[name] = line.number
        found.append(
            Household(
                name,
                homes.whole(row, "people", 1, least=1) or 1,
                _need(homes, row),
                # A date lies in the past, a number counts the days: both say how long.
                abs(days) if days is not None else 0,
                wants,
                homes.whole(row, "most"),
                frozenset(same(word) for word in homes.words(row, "diets")),
                frozenset(same(word) for word in homes.words(row, "avoids")),
                frozenset(kinds.get(same(word), word) for word in homes.words(row, "likes")),
            )
        )
    return found, rows


def _need(homes: Headed, row: int) -> int:
    words = same(homes.text(row, "need"))
    return NEEDS[words] if words in NEEDS else homes.whole(row, "need", 1, least=1) or 1


def _wants(homes: Headed, row: int, kinds: Mapping[str, str], columns: Mapping[int, str]) -> dict[str, int]:
    """What a row wants: a list in one cell ("rice x 2, milk"), or columns called like things."""
    found: dict[str, int] = {}
    for word in homes.words(row, "wants"):
        what, pieces = _how_many(word)
        if same(what) in kinds:
            found[kinds[same(what)]] = found.get(kinds[same(what)], 0) + pieces
        else:
            homes.tell(row, "wants", f"“{what}” is not in the stock's sheet, so none of it can be given.")
    for index, kind in columns.items():
        cell = homes.table.lines[row].cells[index].strip()
        number = number_in(cell)
        if number is None and same(cell) in {"yes", "y", "x", "si", "ja", "oui", "true"}:
            number = 1
        if number is not None and number >= 1:
            found[kind] = int(number)
    return found


def _how_many(word: str) -> tuple[str, int]:
    match = _TIMES.fullmatch(word)
    if not match:
        return word, 1
    if match["before"]:
        return match["that"], int(match["before"])
    return match["what"], int(match["after"] or match["in"])


def _with_had(
    households: Sequence[Household],
    had: Headed,
    items: Mapping[str, Item],
    kinds: Mapping[str, str],
    today: date,
    region: str,
) -> list[Household]:
    days = had.days("date", today=today, region=region)
    whose = named_once([h.id for h in households])
    found: dict[str, list[Had]] = {}
    for row in range(len(had.table.lines)):
        name, what = had.text(row, "household"), had.text(row, "item")
        ago = days[row]
        if same(name) not in whose:
            had.tell(row, "household", f"“{name}” is not in the households' sheet; the row was left out.")
        elif ago is None:
            had.missing(row, "date")
        else:
            thing = kinds.get(same(what), what)
            worth = items[thing].worth if thing in items else 1
            pieces = had.whole(row, "pieces", 1) or 0
            found.setdefault(whose[same(name)], []).append(Had(thing, pieces, abs(ago), worth))
    return [dataclasses.replace(h, had=tuple(found.get(h.id, ()))) for h in households]


def papers(shortage: Shortage, split: Split, reasons: Mapping[str, Reason], today: date) -> dict[str, bytes]:
    """Who gets what (`shares.csv`, which can be read again as what was had), a line with the reason for each household
    (`households.csv`), and what is left (`left.csv`).
    """
    problem = shortage.problem
    shares: list[list[str | float]] = [
        [given.household_id, given.item_id, given.pieces, today.isoformat(), shortage.rows[given.household_id]]
        for given in sorted(split.given, key=lambda g: (shortage.rows[g.household_id], g.item_id))
    ]
    lines: list[list[str | float]] = []
    for household in sorted(problem.households, key=lambda h: shortage.rows[h.id]):
        of = split.of.get(household.id, {})
        points = sum(problem.item[item].worth * pieces for item, pieces in of.items())
        before = had_lately(problem, household, "")
        reason = reasons[household.id]
        lines.append(
            [
                shortage.rows[household.id],
                household.id,
                household.people,
                household.need,
                household.waited,
                ", ".join(f"{item} × {pieces}" for item, pieces in of.items()),
                sum(of.values()),
                before,
                round((points + before) / weight(household, problem.rule), 3),
                reason.sentence(),
                reason.change(),
            ]
        )
    left: list[list[str | float]] = [
        [item, pieces, problem.item[item].quantity] for item, pieces in split.left.items() if pieces
    ]
    return {
        "shares.csv": write_csv(("household", "item", "pieces", "date", "row"), shares),
        "households.csv": write_csv(HEADINGS, lines),
        "left.csv": write_csv(("item", "left", "of"), left),
    }


HEADINGS = (
    "row", "household", "people", "need", "days waited", "gets", "pieces", "points had lately", "points a head",
    "why this much", "what would have given more",
)  # fmt: skip
