"""From spreadsheets of several networks to a pooling problem, and to who gives what to whom on paper; no database."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from manyhands.deliveries.headed import OUT_OF_YEARS, Headed, headed, named_once, number_in, same
from manyhands.kernel.geo import Point, is_on_the_globe
from manyhands.kernel.pooling import Lot, Network, Plan, Problem, Reason, Reasons, Van, Want
from manyhands.kernel.sheets import Table, write_csv
from manyhands.kernel.sheets.dates import can_be_meant, parse_dates
from manyhands.kernel.sheets.hours import weekday_of
from manyhands.kernel.sheets.problems import shown

_NETWORK = (
    "network; group; who; organisation; organization; name; from; to; site; pantry; hub; partner; red; grupo; "
    "organizacion; netzwerk; gruppe; reseau; groupe; rete; rede; الشبكة; 组织"
)
_KIND = (
    "kind; item; items; what; product; goods; good; article; thing; category; articulo; producto; artikel; ware; "
    "produit; prodotto; الصنف; 物品"
)
_QUANTITY = (
    "quantity; qty; amount; how many; count; units; surplus; spare; wanted; needed; number; kg; boxes; cantidad; "
    "menge; anzahl; quantite; quantita; الكمية; 数量"
)
_PLACE = {"lat": "lat; latitude; latitud; breite", "lon": "lon; lng; long; longitude; longitud; laenge"}
SURPLUS = {
    "network": _NETWORK,
    "kind": _KIND,
    "quantity": _QUANTITY,
    "ready": "ready; from day; available; available from; ready on; since; start; desde; ab",
    "use_by": "use by; best before; expires; expiry; expiry date; until; by; last day; bbd; mhd; "
    "caducidad; vence; hasta; bis",
    "space": "space; size; volume; space per unit; boxes per unit; van space; litres; platz; espacio",
    **_PLACE,
}
WANTS = {
    "network": _NETWORK,
    "kind": _KIND,
    "quantity": _QUANTITY,
    "since": "since; from day; from date; earliest; start; desde; ab",
    "until": "until; by; needed by; latest; last day; deadline; hasta; bis",
    "worth": "worth; priority; urgency; points; weight; importance; prioridad; dringlichkeit",
    **_PLACE,
}
VANS = {
    "network": _NETWORK,
    "van": "van; vehicle; car; plate; driver; furgoneta; transporter; camionnette",
    "capacity": "capacity; space; room; load; boxes; volume; max; capacidad; platz; capacite",
    "days": "days; day; when; available; availability; dias; tage; jours",
    "reach": "reach; max km; km; distance; range; max distance; how far; reichweite; alcance",
    **_PLACE,
}
WORTHS = {"low": 1.0, "normal": 1.0, "medium": 2.0, "high": 3.0, "urgent": 4.0}


@dataclass(frozen=True)
class Week:
    """The problem; `rows` of lots and wants by id; `whole`: kinds that come in whole pieces; remarks."""

    problem: Problem
    starts: date
    rows: Mapping[str, int]
    whole: frozenset[str]
    remarks: tuple[str, ...]


def read_surplus(table: Table, given: Mapping[str, str]) -> Headed:
    """Which column of the surplus' sheet is which."""
    return headed(table, SURPLUS, given)


def read_wants(table: Table, given: Mapping[str, str]) -> Headed:
    """Which column of the wants' sheet is which."""
    return headed(table, WANTS, given)


def read_vans(table: Table, given: Mapping[str, str]) -> Headed:
    """Which column of the vans' sheet is which."""
    return headed(table, VANS, given)


def week_from(
    surplus: Headed,
    wants: Headed,
    vans: Headed | None,
    *,
    starts: date,
    days: int,
    region: str,
    points_per_km: float,
    reach_km: float,
) -> Week:
    """Put the rows of the sheets into one problem; what can't be used is told in the sheets' `troubles`.

    Day 0 is `starts`; only `days` days are looked at. A network's point stands in any row of any sheet; a row whose
    network has none anywhere is left out and told.
    """
    sheets = [surplus, wants, *([vans] if vans else [])]
    names = named_once([s.text(row, "network") for s in sheets for row in range(len(s.table.lines))])
    places = _places(sheets)
    last = max(0, days - 1)
    kinds = named_once([s.text(row, "kind") for s in (surplus, wants) for row in range(len(s.table.lines))])
    rows: dict[str, int] = {}
    uneven: set[str] = set()
    lots: list[Lot] = []
    ready, use_by = (surplus.days(name, today=starts, region=region) for name in ("ready", "use_by"))
    for row, (network, kind, quantity) in _usable(surplus, places, names, kinds, uneven):
        first, until = max(0, ready[row] or 0), use_by[row]
        if until is not None and until < 0:
            surplus.tell(row, "use_by", f"it was to be used {-until} days before the first day, so it is not pooled.")
            continue
        id_ = f"S{surplus.table.lines[row].number}"
        rows[id_] = surplus.table.lines[row].number
        space = surplus.number(row, "space", 1.0) or 1.0
        lots.append(Lot(id_, network, kind, quantity, first, last if until is None else min(last, until), space))
    wanted: list[Want] = []
    since, until_ = (wants.days(name, today=starts, region=region) for name in ("since", "until"))
    for row, (network, kind, quantity) in _usable(wants, places, names, kinds, uneven):
        id_ = f"W{wants.table.lines[row].number}"
        rows[id_] = wants.table.lines[row].number
        end = until_[row]
        words = same(wants.text(row, "worth"))
        worth = WORTHS[words] if words in WORTHS else wants.number(row, "worth", 1.0) or 1.0
        wanted.append(
            Want(id_, network, kind, quantity, max(0, since[row] or 0), last if end is None else min(last, end), worth)
        )
    fleet = (
        None if vans is None else _vans(vans, places, names, starts=starts, days=days, region=region, reach=reach_km)
    )
    used = sorted({x.network for x in (*lots, *wanted, *(fleet or ()))})
    problem = Problem(
        tuple(Network(network, places[same(network)]) for network in used),
        tuple(lots),
        tuple(wanted),
        None if fleet is None else tuple(fleet),
        points_per_km,
        reach_km,
    )
    remarks = []
    if vans is None:
        remarks.append(f"No vans were given, so everything within {reach_km:g} km can go. Give them with --vans.")
    if not surplus.has("use_by"):
        remarks.append("The surplus' sheet does not say until when things keep, so all of it keeps all week.")
    if not lots:
        remarks.append("There is no surplus that can be used, so nothing can be pooled.")
    if not wanted:
        remarks.append("There is no want that can be used, so nothing can be pooled.")
    whole = frozenset(kinds.values()) - uneven
    return Week(problem, starts, rows, whole, tuple(remarks))


def _places(sheets: Iterable[Headed]) -> dict[str, Point]:
    found: dict[str, Point] = {}
    for sheet in sheets:
        for row in range(len(sheet.table.lines)):
            lat, lon = (number_in(sheet.text(row, name)) for name in ("lat", "lon"))
            if lat is None or lon is None:
                continue
            point = Point(lat, lon)
            if is_on_the_globe(point):
                found.setdefault(same(sheet.text(row, "network")), point)
            else:
                sheet.tell(row, "lat", f"{lat:g}, {lon:g} is not a point on the map.")
    return found


def _usable(
    sheet: Headed, places: Mapping[str, Point], names: Mapping[str, str], kinds: Mapping[str, str], uneven: set[str]
) -> Iterable[tuple[int, tuple[str, str, float]]]:
    """The rows with a network that has a place, a kind and a quantity; the others are told."""
    for row in range(len(sheet.table.lines)):
        network, kind = sheet.text(row, "network"), sheet.text(row, "kind")
        for name, text in (("network", network), ("kind", kind), ("quantity", sheet.text(row, "quantity"))):
            if not text:
                sheet.missing(row, name)
                break
        else:
            quantity = sheet.number(row, "quantity")
            if quantity is None:
                continue
            if same(network) not in places:
                sheet.tell(
                    row, "network", f"where {network} is, no row says, so this was left out. Add “lat” and “lon” to it."
                )
                continue
            if quantity != math.floor(quantity):
                uneven.add(kinds[same(kind)])
            yield row, (names[same(network)], kinds[same(kind)], quantity)


def _vans(
    vans: Headed,
    places: Mapping[str, Point],
    names: Mapping[str, str],
    *,
    starts: date,
    days: int,
    region: str,
    reach: float,
) -> list[Van]:
    found: list[Van] = []
    for row, line in enumerate(vans.table.lines):
        network, capacity = vans.text(row, "network"), vans.number(row, "capacity")
        if not network:
            vans.missing(row, "network")
        elif same(network) not in places:
            vans.tell(row, "network", f"where {network} is, no row says, so its van was left out. Add “lat” and “lon”.")
        elif capacity is None:
            if not vans.text(row, "capacity"):
                vans.missing(row, "capacity")
        else:
            label = vans.text(row, "van") or f"Van of {network}"
            if any(van.id == label for van in found):
                label = f"{label} (row {line.number})"
            on = _days_of(vans, row, starts=starts, days=days, region=region)
            found.append(Van(label, names[same(network)], capacity, on, vans.number(row, "reach", reach) or 0.0))
    return found


def _days_of(vans: Headed, row: int, *, starts: date, days: int, region: str) -> frozenset[int]:
    """The days a cell lists: dates, days of the week, or numbers counted from the first day (0); empty: every day."""
    if not vans.text(row, "days") or same(vans.text(row, "days")) in {"all", "daily", "every day", "any", "always"}:
        return frozenset(range(days))
    found: set[int] = set()
    for word in vans.words(row, "days"):
        weekday = weekday_of(word)
        cell = parse_dates([word], region=region, today=starts).cells[0]
        if weekday is not None:
            found |= {day for day in range(days) if (starts + timedelta(days=day)).weekday() == weekday}
        elif re.fullmatch(r"\d{1,2}", word):
            found.add(int(word))
        elif cell.moment is not None and not can_be_meant(cell.moment.date()):
            vans.tell(row, "days", f"“{shown(word)}” {OUT_OF_YEARS}; it was left out.")
        elif cell.moment is not None:
            found.add((cell.moment.date() - starts).days)
        else:
            vans.tell(row, "days", f"“{shown(word)}” is no day; write days of the week, dates, or 0 for the first day.")
    return frozenset(day for day in found if 0 <= day < days)


def in_pieces(week: Week, plan: Plan) -> list[float]:
    """The amount of each transfer, as it can be loaded: what comes in whole pieces is rounded down."""
    kinds = week.problem.lot
    return [
        math.floor(t.amount + 1e-6) if kinds[t.lot_id].kind in week.whole else round(t.amount, 3)
        for t in plan.transfers
    ]


def papers(week: Week, plan: Plan, reasons: Reasons) -> dict[str, bytes]:
    """Who gives what to whom (`transfers.csv`), what nobody gets and why (`wasted.csv`), what is not met and why
    (`unmet.csv`).
    """
    problem = week.problem
    amounts = in_pieces(week, plan)
    lines: list[Sequence[str | float]] = []
    sent: defaultdict[str, float] = defaultdict(float)
    got: defaultdict[str, float] = defaultdict(float)
    order = sorted(range(len(amounts)), key=lambda n: (plan.transfers[n].day, plan.transfers[n].van_id or "", n))
    for number in order:
        transfer, amount = plan.transfers[number], amounts[number]
        lot, want = problem.lot[transfer.lot_id], problem.want[transfer.want_id]
        sent[lot.id] += amount
        got[want.id] += amount
        if amount:
            day = (week.starts + timedelta(days=transfer.day)).isoformat()
            why = reasons.transfers[number].sentence()
            places = (lot.network, want.network, transfer.van_id or "")
            lines.append([day, *places, lot.kind, amount, week.rows[lot.id], week.rows[want.id], why])
    left = [(lot.id, lot.network, lot.kind, lot.quantity - sent[lot.id], lot.quantity) for lot in problem.lots]
    unmet = [(want.id, want.network, want.kind, want.quantity - got[want.id], want.quantity) for want in problem.wants]
    return {
        "transfers.csv": write_csv(
            ("day", "from", "to", "van", "kind", "amount", "surplus row", "want row", "why"), lines
        ),
        "wasted.csv": write_csv(
            ("row", "network", "kind", "left", "of", "why", "what would change it"), _told(week, left, reasons.left)
        ),
        "unmet.csv": write_csv(
            ("row", "network", "kind", "missing", "of", "why", "what would change it"),
            _told(week, unmet, reasons.unmet),
        ),
    }


ROUNDED = "Less than a piece was rounded off."


def _told(
    week: Week, rows: Iterable[tuple[str, str, str, float, float]], reasons: Mapping[str, Reason]
) -> list[Sequence[str | float]]:
    lines: list[Sequence[str | float]] = []
    for id_, network, kind, rest, whole in rows:
        if rest > 1e-6:
            reason = reasons.get(id_)
            said = (reason.sentence(), reason.change()) if reason else (ROUNDED, "")
            lines.append([week.rows[id_], network, kind, round(rest, 3), whole, *said])
    return lines
