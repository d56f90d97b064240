"""Why an ask is left without anyone: found by leaving one rule aside and looking whether somebody could come then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from manyhands.kernel.geo import Integers
from manyhands.kernel.matching.flow import Arcs
from manyhands.kernel.matching.pairs import free_then, listed, ways
from manyhands.kernel.matching.problem import Ask, Helper
from manyhands.kernel.matching.reasons import Against, Fact, Reason
from manyhands.kernel.matching.suggesting import LeftOut
from manyhands.kernel.matching.table import Table, Truths

ORDER = (
    Against.NO_PLACES,
    Against.NOT_FREE,
    Against.TOO_FAR,
    Against.LANGUAGE,
    Against.SKILL,
    Against.RULED_OUT,
    Against.BLOCKED,
)
"""Which rule is named where leaving aside either of two would do: what is changed most easily comes first."""

ALONE: Mapping[Against, Against] = {
    Against.NO_PLACES: Against.ALL_FULL,
    Against.NOT_FREE: Against.NOBODY_FREE,
    Against.TOO_FAR: Against.NOBODY_NEAR,
    Against.LANGUAGE: Against.NOBODY_SPEAKS,
    Against.SKILL: Against.NOBODY_SKILLED,
    Against.RULED_OUT: Against.NOBODY_ALLOWED,
    Against.BLOCKED: Against.NOBODY_ALLOWED,
}


def why_left_out(table: Table, asks: Integers, arcs: Arcs | None) -> tuple[LeftOut, ...]:
    """The reason of each ask that has nobody, in the order of the asks. `arcs`: the pairs that were weighed."""
    helpers = sorted(table.problem.helpers, key=lambda h: h.id)
    could = np.bincount(arcs.asks, minlength=len(table.asks)) if arcs is not None else np.zeros(len(table.asks), int)
    first = np.searchsorted(arcs.asks, asks) if arcs is not None else asks
    nobody = _Nobody(table, helpers)
    found = []
    for ask, start in zip(asks.tolist(), first.tolist(), strict=True):
        if arcs is not None and could[ask]:
            nearest = start + int(np.argmin(arcs.costs[start : start + could[ask]]))
            facts: dict[str, Fact] = {
                "helpers": int(could[ask]),
                "helper": table.helpers[int(arcs.helpers[nearest])].id,
            }
            found.append(LeftOut(table.asks[ask].id, None, Reason(Against.OTHERS_FIRST, facts)))
        else:
            found.append(LeftOut(table.asks[ask].id, None, nobody.why(table.asks[ask])))
    return tuple(found)


class _Nobody:
    """For asks that nobody at all could take: the one rule that stands in the way, or that there are several."""

    def __init__(self, table: Table, helpers: Sequence[Helper]) -> None:
        self._table, self._helpers = table, helpers
        self._number = {h.id: n for n, h in enumerate(helpers)}
        self._full = np.array([h.open_places < 1 for h in helpers], dtype=np.bool_)
        self._limited = np.array([h.max_metres is not None for h in helpers], dtype=np.bool_)
        self._most = np.array([h.max_metres or 0 for h in helpers], dtype=np.int64)
        self._seen: dict[object, Truths] = {}
        self._whys: dict[object, Reason] = {}
        self._blocked: dict[str, list[str]] = {}
        for ask, helper in table.problem.blocked:
            self._blocked.setdefault(ask, []).append(helper)

    def why(self, ask: Ask) -> Reason:
        if not self._helpers:
            return Reason(Against.NO_HELPERS)
        personal = ask.never or ask.only is not None or ask.id in self._blocked
        wish = (ask.languages, ask.skills, ask.windows, None if not self._limited.any() else ask.place)
        if personal:
            return self._found(ask)
        if wish not in self._whys:
            self._whys[wish] = self._found(ask)
        return self._whys[wish]

    def _found(self, ask: Ask) -> Reason:
        against = self._against(ask)
        many = np.sum([*against.values()], axis=0)
        for code in ORDER:
            if (alone := against[code] & (many == 1)).any():
                return self._said(ask, code, alone)
        # With two rules in the way of each, one of them is another than the way: that was not asked for everybody.
        others = [code for code in ORDER if code != Against.TOO_FAR]
        most = max(others, key=lambda code: int(against[code].sum()))
        return Reason(Against.NOBODY, {}, Reason(most, self._facts(ask, most)))

    def _against(self, ask: Ask) -> dict[Against, Truths]:
        """Which helpers each rule rules out."""
        nothing = np.zeros(len(self._helpers), dtype=np.bool_)
        blocked, ruled_out = nothing.copy(), nothing.copy()
        blocked[[self._number[h] for h in self._blocked.get(ask.id, ()) if h in self._number]] = True
        ruled_out[[self._number[h] for h in ask.never if h in self._number]] = True
        if ask.only is not None:
            only = nothing.copy()
            only[[self._number[h] for h in ask.only if h in self._number]] = True
            ruled_out |= ~only
        found = {
            Against.BLOCKED: blocked,
            Against.RULED_OUT: ruled_out & ~blocked,
            Against.SKILL: self._once(("skills", ask.skills), lambda h: not ask.skills <= h.skills),
            Against.LANGUAGE: self._once(
                ("speaks", ask.languages), lambda h: bool(ask.languages) and ask.languages.isdisjoint(h.languages)
            ),
            Against.NOT_FREE: self._once(("free", ask.windows), lambda h: not free_then(ask, h)),
            Against.NO_PLACES: self._full,
        }
        # Ways are asked for only where they decide: of helpers whom at most one other rule rules out.
        near = np.flatnonzero(self._limited & (np.sum([*found.values()], axis=0) <= 1))
        far = nothing.copy()
        if len(near):
            _, metres = ways(self._table.travel, [self._helpers[n] for n in near.tolist()], [ask])
            far[near] = metres[:, 0] > self._most[near]
        return {**found, Against.TOO_FAR: far}

    def _once(self, kind: object, holds: Callable[[Helper], bool]) -> Truths:
        if kind not in self._seen:
            self._seen[kind] = np.array([holds(h) for h in self._helpers], dtype=np.bool_)
        return self._seen[kind]

    def _said(self, ask: Ask, code: Against, alone: Truths) -> Reason:
        facts, others = self._facts(ask, code), np.flatnonzero(alone)
        helper = self._helpers[int(others[0])]
        if code == Against.TOO_FAR:
            _, metres = ways(self._table.travel, [self._helpers[n] for n in others.tolist()], [ask])
            nearest = int(np.argmin(metres[:, 0] - self._most[others]))
            helper = self._helpers[int(others[nearest])]
            facts |= {"km": int(metres[nearest, 0]) / 1000, "most": int(self._most[others[nearest]]) / 1000}
        return Reason(ALONE[code], {**facts, "helpers": len(others), "helper": helper.id})

    @staticmethod
    def _facts(ask: Ask, code: Against) -> dict[str, Fact]:
        if code == Against.SKILL:
            return {"skills": listed(ask.skills)}
        return {"languages": listed(ask.languages)} if code == Against.LANGUAGE else {}
