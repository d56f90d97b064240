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
from manyhands.kernel.matching.problem import refuse_too_heavy

LONGEST = 4
MOST_TAKERS = 25
"""To how many people one person's gift is looked at."""

MOST_SWAPS = 10
"""With how many of those they could simply swap, where there are more: so few that others are left to others."""

MOST_RINGS, MOST_STEPS, MOST_ROUNDS = 5_000, 400_000, 8
"""How many rings a round weighs, how many people it tries on the way to them, and how many rounds there are."""


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

    Raises ValueError, in a sentence, for an id that comes twice, or a number below zero or too large to reckon with.
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
        refuse_too_heavy("trader", self.need)

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
    "part": Template(
        gettext_noop("No ring was found for them, but there are too many to look at every ring."),
        gettext_noop("Look at fewer people at once, or match what they want by itself."),
    ),
    "others_first": Template(
        gettext_noop("The rings they could be in need people who are in another ring."),
        gettext_noop("Match what they want by itself."),
    ),
}


@dataclass(frozen=True, slots=True)
class Rings:
    """The rings, each as its gifts in order, and who is in none. `proven`: no other set of rings is better. `whole`:
    every ring there is was looked at, and not a part of them.
    """

    rings: tuple[tuple[Gift, ...], ...] = ()
    alone: tuple[Alone, ...] = ()
    proven: bool = True
    whole: bool = True


def find_rings(market: Market, *, longest: int = LONGEST, effort: float = 5.0, travel: Travel | None = None) -> Rings:
    """The best rings of two to `longest` people that share nobody.

    Objective, lexicographic: most Σ need (`Market.need`) over everyone in a ring; then the fewest people to a ring, as
    every further yes can fail (least Σ length²); then least Σ seconds of way of all gifts (half an hour where a place
    is not known). Exact over all rings where there are at most 5,000 and nobody could give to more than 25.

    Otherwise a part is looked at (`Rings.whole` is False), in at most eight rounds: the best of up to 5,000 rings, the
    short ones first, then the same among those who are left, until no more is found. `proven` is False then, and where
    `effort` (CP-SAT's deterministic seconds in all) was over first. The same market always gives the same rings, in
    whichever order people come.
    """
    chosen: list[tuple[Gift, ...]] = []
    could: set[str] = set()
    able: set[str] = set()
    whole = proven = True
    left = {t.id for t in market.traders}
    for number in range(MOST_ROUNDS):
        ways = _Ways(market, left, longest, travel or StraightLines())
        listed, all_of_them = _listed(ways, longest)
        if number == 0:
            whole, able = ways.whole and all_of_them, {*ways.takers}
        found, best, used = _chosen(market, ways, listed, effort)
        effort -= used
        proven = whole and best
        could |= {who for ring in listed for who in ring}
        left -= {who for ring in found for who in ring}
        chosen += [tuple(ways.gift[pair] for pair in _pairs(ring)) for ring in found]
        if whole or not found:
            break
    inside = {gift.giver for ring in chosen for gift in ring}
    alone = tuple(
        _why_alone(market, trader, could, set() if whole else able, longest)
        for trader in sorted(market.traders, key=lambda t: t.id)
        if trader.id not in inside
    )
    return Rings(tuple(sorted(chosen, key=lambda ring: [g.giver for g in ring])), alone, proven, whole)


def _pairs(ring: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return zip(ring, (*ring[1:], ring[0]), strict=True)


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
    """Who among some could give to whom on a ring: for each giver the takers, the neediest and nearest first.

    `back` of a giver: from whom anything comes back to them, and over how many gifts at least.
    """

    def __init__(self, market: Market, among: set[str], longest: int, travel: Travel) -> None:
        self.market, self._travel = market, travel
        self._traders = sorted((t for t in market.traders if t.id in among), key=lambda t: t.id)
        self._back: dict[frozenset[str], dict[str, int]] = {}
        self._longest = longest
        self._wanting: dict[str, list[Trader]] = {}
        self._giving: dict[str, list[Trader]] = {}
        for trader in self._traders:
            for what in trader.wants:
                self._wanting.setdefault(what, []).append(trader)
            for what in trader.gives:
                self._giving.setdefault(what, []).append(trader)
        self.gift: dict[tuple[str, str], Gift] = {}
        every = {giver.id: takers for giver in self._traders if (takers := self._takers(giver))}
        self.whole = all(len(takers) <= MOST_TAKERS for takers in every.values())
        swaps = _swaps({giver: [gift.taker for gift in takers] for giver, takers in every.items()})
        self.takers: dict[str, tuple[str, ...]] = {}
        for giver, takers in every.items():
            # Sorting is stable: within swaps and others the neediest and nearest stay first.
            kept = sorted(takers, key=lambda gift: gift.taker not in swaps[gift.giver])[:MOST_TAKERS]
            self.gift |= {(giver, gift.taker): gift for gift in kept}
            self.takers[giver] = tuple(gift.taker for gift in kept)
        self.back = {t.id: self._back_to(t) for t in self._traders}

    def _back_to(self, giver: Trader) -> Mapping[str, int]:
        if giver.wants not in self._back:
            steps: dict[str, int] = {}
            things, told = giver.wants, set(giver.wants)
            for step in range(1, self._longest):
                reached = [t for what in sorted(things) for t in self._giving.get(what, ()) if t.id not in steps]
                steps |= {t.id: step for t in reached}
                things = frozenset(what for t in reached for what in t.wants) - told
                told |= things
            self._back[giver.wants] = steps
        return self._back[giver.wants]

    def _takers(self, giver: Trader) -> list[Gift]:
        back = self._back_to(giver)
        wanting = {t.id: t for what in sorted(giver.gives) for t in self._wanting.get(what, ())}
        fits = [t for t in wanting.values() if t.id in back and self._may(giver, t)]
        gifts = self._gifts(giver, fits)
        return sorted(gifts, key=lambda g: (-self.market.need[g.taker] // 50, _seconds(g), g.taker))

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


def _swaps(every: Mapping[str, list[str]]) -> Mapping[str, set[str]]:
    """With whom each could simply swap, for those with too many takers: in turn everyone is given the best of those who
    have not got enough already, so that not all look at the same few.
    """
    may = {giver: {*takers} for giver, takers in every.items() if len(takers) > MOST_TAKERS}
    found: dict[str, set[str]] = {giver: set() for giver in every}
    waiting = {giver: iter(every[giver]) for giver in may}
    while waiting:
        for giver, takers in list(waiting.items()):
            free = (t for t in takers if giver in may.get(t, every.get(t, ())) and len(found[t]) < MOST_SWAPS)
            other = next(free, None) if len(found[giver]) < MOST_SWAPS else None
            if other is None:
                del waiting[giver]
            else:
                found[giver].add(other)
                found[other].add(giver)
    return found


def _listed(ways: _Ways, longest: int) -> tuple[list[tuple[str, ...]], bool]:
    """Rings, each once and begun at the first of its ids, short ones first; and whether these are all. What may be
    looked at is shared out evenly among those at whom rings of a length begin.
    """
    found: list[tuple[str, ...]] = []
    steps, whole = MOST_STEPS, True
    for length in range(2, longest + 1):
        for number, first in enumerate(begun := sorted(ways.takers)):
            to_go = len(begun) - number
            search = _Begun(ways, first, length, -(-(MOST_RINGS - len(found)) // to_go), -(-steps // to_go))
            found += search.rings
            steps -= search.steps
            whole = whole and search.whole
    return found, whole


class _Begun:
    """The rings of so many people begun at one, in at most so many of them and so many steps."""

    def __init__(self, ways: _Ways, first: str, length: int, most: int, most_steps: int) -> None:
        self.rings: list[tuple[str, ...]] = []
        self.steps, self.whole = 0, True
        back = ways.back[first]
        paths: list[tuple[str, ...]] = [(first,)]
        while paths:
            path = paths.pop()
            if len(path) == length and (path[-1], first) in ways.gift:
                if len(self.rings) >= most:
                    self.whole = False
                    return
                self.rings.append(path)
            elif len(path) < length:
                takers = ways.takers.get(path[-1], ())
                self.steps += len(takers)
                if self.steps > most_steps:
                    self.whole = False
                    return
                paths += [
                    (*path, taker)
                    for taker in reversed(takers)
                    if taker > first and taker not in path and back.get(taker, length) <= length - len(path)
                ]


def _chosen(
    market: Market, ways: _Ways, listed: list[tuple[str, ...]], effort: float
) -> tuple[list[tuple[str, ...]], bool, float]:
    """The best rings that share nobody: one goal after the other, each held when the next is looked for. Whether they
    are the best, and the effort it took: each goal may take half of what is left.
    """
    if not listed:
        return [], True, 0.0
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
        [-sum(_seconds(ways.gift[pair]) for pair in _pairs(ring)) for ring in listed],
    ]
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    optimal, used, chosen = True, 0.0, _one_after_the_other(listed)
    for goal in goals:
        model.clear_hints()  # type: ignore[no-untyped-call]
        for variable, yes in zip(taken, chosen, strict=True):
            model.add_hint(variable, yes)
        model.maximize(cp_model.LinearExpr.weighted_sum(taken, goal))
        solver.parameters.max_deterministic_time = max(0.0, effort - used) / 2
        status = solver.solve(model)
        used += solver.response_proto.deterministic_time
        optimal = optimal and status == cp_model.OPTIMAL
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            break
        chosen = [bool(solver.value(variable)) for variable in taken]
        reached = sum(worth for worth, yes in zip(goal, chosen, strict=True) if yes)
        model.add(cp_model.LinearExpr.weighted_sum(taken, goal) >= reached)
    return [ring for ring, yes in zip(listed, chosen, strict=True) if yes], optimal, used


def _one_after_the_other(listed: list[tuple[str, ...]]) -> list[bool]:
    """A choice to begin with, and to keep where there is no time for a better one: each ring whose people are free."""
    inside: set[str] = set()
    chosen = []
    for ring in listed:
        chosen.append(inside.isdisjoint(ring))
        inside |= {*ring} if chosen[-1] else set()
    return chosen


def _why_alone(market: Market, trader: Trader, could: set[str], able: set[str], longest: int) -> Alone:
    others = [t for t in market.traders if t.id != trader.id]
    if trader.id in could:
        return Alone(trader.id, "others_first")
    if not any(trader.gives & t.wants for t in others):
        return Alone(trader.id, "nobody_wants")
    if not any(trader.wants & t.gives for t in others):
        return Alone(trader.id, "nobody_gives", {"wants": ", ".join(sorted(trader.wants))})
    return Alone(trader.id, "part" if trader.id in able else "no_ring", {"longest": longest})
