"""Rings of people who each give something and each get something: from A to B, from B to C, from C to A.

As in the exchange of kidneys between couples (D. Abraham, A. Blum, T. Sandholm, "Clearing algorithms for barter
exchange markets", 2007): all rings up to a length are written down, and the best set of rings that share nobody is
chosen. A ring is an offer to those in it. It comes about if all of them say yes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ortools.sat.python import cp_model

from manyhands.kernel.explanation import Template, filled, gettext_noop
from manyhands.kernel.geo import Mode, Point, StraightLines, Travel, is_on_the_globe
from manyhands.kernel.matching.pairs import UNKNOWN_WAY

LONGEST = 4
MOST_TAKERS = 25
"""How many people who want something of one person are looked at: the neediest and nearest."""

MOST_RINGS = 200_000


@dataclass(frozen=True, slots=True)
class Trader:
    """Someone who both gives and wants. `weight` and `waiting` as with an ask."""

    id: str
    gives: frozenset[str]
    wants: frozenset[str]
    place: Point | None = None
    weight: int = 1
    waiting: int = 0


@dataclass(frozen=True)
class Market:
    """Everyone who gives and wants; `blocked`: pairs of ids, in either order, that are not to meet.

    Raises ValueError, in a sentence, for an id that comes twice or a number below zero.
    """

    traders: tuple[Trader, ...] = ()
    blocked: frozenset[tuple[str, str]] = frozenset()

    def __post_init__(self) -> None:
        repeated = [i for i, times in Counter(t.id for t in self.traders).items() if times > 1]
        if repeated:
            raise ValueError(f"Two people have the same id: {', '.join(repeated[:5])}.")
        for trader in self.traders:
            if trader.weight < 0 or trader.waiting < 0:
                raise ValueError(f"{trader.id} has a weight or a waiting below zero.")

    @cached_property
    def need(self) -> Mapping[str, int]:
        """Points of need of each: 100 per weight and 0 to 50 for their share of the longest waiting; at least 1."""
        longest = max((t.waiting for t in self.traders), default=0) or 1
        return {t.id: max(1, 100 * t.weight + round(50 * t.waiting / longest)) for t in self.traders}


@dataclass(frozen=True, slots=True)
class Gift:
    """One step of a ring: who gives what to whom, and how far it is (None where a place is not known)."""

    giver: str
    taker: str
    what: str
    seconds: int | None
    metres: int | None


@dataclass(frozen=True, slots=True)
class Alone:
    """Someone in no ring, and why: the code of a sentence in `WHY_ALONE` and what it names."""

    id: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, translate: Callable[[str], str] = gettext_noop) -> str:
        """The reason in words."""
        return filled(WHY_ALONE[self.code].why, self.facts, translate)

    def change(self, translate: Callable[[str], str] = gettext_noop) -> str:
        """What would change it."""
        return filled(WHY_ALONE[self.code].change, self.facts, translate)


WHY_ALONE: Mapping[str, Template] = {
    "nobody_wants": Template(
        gettext_noop("Nobody here wants what they give."), gettext_noop("Ask them what else they could give.")
    ),
    "nobody_gives": Template(
        gettext_noop("Nobody here gives what they want: %(wants)s."), gettext_noop("Find someone who gives %(wants)s.")
    ),
    "no_ring": Template(
        gettext_noop("No ring of at most %(longest)d people closes with them."),
        gettext_noop("Look for longer rings, or match what they want by itself."),
    ),
    "others_first": Template(
        gettext_noop("The rings they could be in need people who are in another ring."),
        gettext_noop("Match what they want by itself."),
    ),
}


@dataclass(frozen=True, slots=True)
class Rings:
    """The rings, each as its gifts in order, and who is in none. `proven`: no other set of rings is better."""

    rings: tuple[tuple[Gift, ...], ...] = ()
    alone: tuple[Alone, ...] = ()
    proven: bool = True


def find_rings(market: Market, *, longest: int = LONGEST, effort: float = 5.0, travel: Travel | None = None) -> Rings:
    """The best rings of two to `longest` people that share nobody.

    Objective, lexicographic: most Σ need (`Market.need`) over everyone in a ring; then the fewest people to a ring, as
    every further yes can fail (least Σ length²); then least Σ seconds of way of all gifts (half an hour where a place
    is not known). Exact over the rings of each giver's 25 neediest and nearest takers; `proven` is False where takers
    were left aside, there were more than 200,000 rings, or `effort` (CP-SAT's deterministic seconds) was over first.
    The same market always gives the same rings, in whichever order people come.
    """
    ways = _Ways(market, travel or StraightLines())
    listed: list[tuple[str, ...]] = []
    whole = ways.whole
    for ring in _all_rings(ways, longest):
        if len(listed) == MOST_RINGS:
            whole = False
            break
        listed.append(ring)
    chosen, optimal = _chosen(market, ways, listed, effort)
    rings = tuple(
        tuple(ways.gift[giver, taker] for giver, taker in zip(ring, (*ring[1:], ring[0]), strict=True))
        for ring in sorted(chosen)
    )
    inside = {who for ring in chosen for who in ring}
    could = {who for ring in listed for who in ring}
    alone = tuple(
        _why_alone(market, trader, could, longest)
        for trader in sorted(market.traders, key=lambda t: t.id)
        if trader.id not in inside
    )
    return Rings(rings, alone, whole and optimal)


def check_rings(market: Market, found: Rings, *, longest: int = LONGEST) -> list[str]:
    """Every promise the rings break, a sentence each; [] where all hold."""
    traders = {t.id: t for t in market.traders}
    broken = []
    times = Counter(gift.giver for ring in found.rings for gift in ring)
    times.update(alone.id for alone in found.alone)
    broken += [f"{who} is there {times[who]} times." for who in sorted({*traders, *times}) if times[who] != 1]
    for ring in found.rings:
        if not 2 <= len(ring) <= longest:
            broken.append(f"A ring has {len(ring)} people.")
        for gift, after in zip(ring, (*ring[1:], *ring[:1]), strict=True):
            pair = f"{gift.giver} gives {gift.what} to {gift.taker}"
            if gift.taker != after.giver:
                broken.append(f"{pair}, but then comes {after.giver}.")
            if gift.giver not in traders or gift.what not in traders[gift.giver].gives:
                broken.append(f"{pair}, which they do not have.")
            if gift.taker not in traders or gift.what not in traders[gift.taker].wants:
                broken.append(f"{pair}, who does not want it.")
            if {(gift.giver, gift.taker), (gift.taker, gift.giver)} & market.blocked:
                broken.append(f"{pair}, but the two are not to meet.")
    return broken


class _Ways:
    """Who could give to whom: for each giver the takers, the neediest and nearest first."""

    def __init__(self, market: Market, travel: Travel) -> None:
        self.market, self._travel = market, travel
        self.gift: dict[tuple[str, str], Gift] = {}
        self.takers: dict[str, tuple[str, ...]] = {}
        self.whole = True
        traders = sorted(market.traders, key=lambda t: t.id)
        wanting: dict[str, list[Trader]] = {}
        for trader in traders:
            for what in trader.wants:
                wanting.setdefault(what, []).append(trader)
        # Only who is wanted and is given to can be in a ring.
        given = {what for t in traders for what in t.gives}
        for giver in traders:
            takers = {t.id: t for what in sorted(giver.gives) for t in wanting.get(what, ())}
            fits = [t for t in takers.values() if self._may(giver, t) and t.gives & wanting.keys()]
            if not fits or not giver.wants & given:
                continue
            gifts = self._gifts(giver, fits)
            gifts.sort(key=lambda g: (-market.need[g.taker] // 50, _seconds(g), g.taker))
            self.whole = self.whole and len(gifts) <= MOST_TAKERS
            for gift in gifts[:MOST_TAKERS]:
                self.gift[giver.id, gift.taker] = gift
            self.takers[giver.id] = tuple(sorted(g.taker for g in gifts[:MOST_TAKERS]))

    def _may(self, giver: Trader, taker: Trader) -> bool:
        pairs = {(giver.id, taker.id), (taker.id, giver.id)}
        return giver.id != taker.id and not pairs & self.market.blocked

    def _gifts(self, giver: Trader, takers: list[Trader]) -> list[Gift]:
        placed = [t for t in takers if is_on_the_globe(t.place)]
        known: dict[str, tuple[int, int]] = {}
        if giver.place is not None and is_on_the_globe(giver.place) and placed:
            seconds, metres = self._travel.matrix(Mode.CAR, [giver.place], [t.place or Point(0, 0) for t in placed])
            known = {t.id: (int(seconds[0, n]), int(metres[0, n])) for n, t in enumerate(placed)}
        return [Gift(giver.id, t.id, min(giver.gives & t.wants), *known.get(t.id, (None, None))) for t in takers]


def _seconds(gift: Gift) -> int:
    return UNKNOWN_WAY if gift.seconds is None else gift.seconds


def _all_rings(ways: _Ways, longest: int) -> Iterator[tuple[str, ...]]:
    """Every ring once, begun at the first of its ids."""

    def onward(path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for taker in ways.takers.get(path[-1], ()):
            if taker == path[0] and len(path) > 1:
                yield path
            elif taker > path[0] and taker not in path and len(path) < longest:
                yield from onward((*path, taker))

    for first in sorted(ways.takers):
        yield from onward((first,))


def _chosen(
    market: Market, ways: _Ways, listed: list[tuple[str, ...]], effort: float
) -> tuple[list[tuple[str, ...]], bool]:
    """The best rings that share nobody: one goal after the other, each held when the next is looked for."""
    if not listed:
        return [], True
    model = cp_model.CpModel()
    taken = [model.new_bool_var("") for _ in listed]
    inside: dict[str, list[cp_model.IntVar]] = {}
    for ring, variable in zip(listed, taken, strict=True):
        for who in ring:
            inside.setdefault(who, []).append(variable)
    for variables in inside.values():
        model.add_at_most_one(variables)
    goals = [
        [sum(market.need[who] for who in ring) for ring in listed],
        [-(len(ring) ** 2) for ring in listed],
        [-sum(_seconds(ways.gift[a, b]) for a, b in zip(ring, (*ring[1:], ring[0]), strict=True)) for ring in listed],
    ]
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = effort
    optimal, chosen = True, [False] * len(listed)
    for goal in goals:
        model.maximize(cp_model.LinearExpr.weighted_sum(taken, goal))
        status = solver.solve(model)
        optimal = optimal and status == cp_model.OPTIMAL
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            break
        chosen = [bool(solver.value(variable)) for variable in taken]
        reached = sum(worth for worth, yes in zip(goal, chosen, strict=True) if yes)
        model.add(cp_model.LinearExpr.weighted_sum(taken, goal) >= reached)
        model.clear_hints()  # type: ignore[no-untyped-call]
        for variable, yes in zip(taken, chosen, strict=True):
            model.add_hint(variable, yes)
    return [ring for ring, yes in zip(listed, chosen, strict=True) if yes], optimal


def _why_alone(market: Market, trader: Trader, could: set[str], longest: int) -> Alone:
    others = [t for t in market.traders if t.id != trader.id]
    if trader.id in could:
        return Alone(trader.id, "others_first")
    if not any(trader.gives & t.wants for t in others):
        return Alone(trader.id, "nobody_wants")
    if not any(trader.wants & t.gives for t in others):
        return Alone(trader.id, "nobody_gives", {"wants": ", ".join(sorted(trader.wants))})
    return Alone(trader.id, "no_ring", {"longest": longest})
