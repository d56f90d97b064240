"""What differs between two plans, for whom: who comes, when, and who is no longer reached."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from manyhands.kernel.routing.plan import Plan

TOLERANCE = 600
"""A visit that begins up to so many seconds earlier or later than told is as told."""


@dataclass(frozen=True, slots=True)
class Change:
    """One ask: which helper came or comes, and when the visit was or is to begin; None where it is in no run."""

    stop_id: str
    helper_before: str | None
    helper_now: str | None
    start_before: int | None
    start_now: int | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What one plan changes of another, each ask in one list at most, in the order of the visits.

    `moved`: another helper comes. `retimed`: the same helper, at another time. `dropped`: was to be visited and is not
    any more. `added`: was not to be visited and is now. `gone`: is not asked for any more (withdrawn, or done).
    `helpers`: whose run has other stops, or the same in another order.
    """

    moved: tuple[Change, ...] = ()
    retimed: tuple[Change, ...] = ()
    dropped: tuple[Change, ...] = ()
    added: tuple[Change, ...] = ()
    gone: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()

    @property
    def people(self) -> int:
        """How many have to be told something new: the asks that were told a helper and a time, and the helpers."""
        return len(self.moved) + len(self.retimed) + len(self.dropped) + len(self.helpers)

    @property
    def nothing(self) -> bool:
        """Whether nobody has to be told anything."""
        return not (self.people or self.added)


def what_changes(
    before: Plan, now: Plan, *, tolerance: int = TOLERANCE, asked: Collection[str] | None = None
) -> Changes:
    """What `now` changes of `before`. Times within `tolerance` seconds count as the same, at the visit and, where there
    is one, at the pick-up.

    `asked`: what is still asked for (None: everything in either plan).
    """
    told, planned = _visits(before), _visits(now)
    known = set(asked) if asked is not None else {*told, *planned, *before.reason_of, *now.reason_of}
    moved, retimed, dropped, added = [], [], [], []
    for stop_id in [*told, *(i for i in planned if i not in told)]:
        if stop_id not in known:
            continue
        old, new = told.get(stop_id), planned.get(stop_id)
        change = Change(
            stop_id,
            old[0] if old else None,
            new[0] if new else None,
            old[1] if old else None,
            new[1] if new else None,
        )
        if old is None:
            added.append(change)
        elif new is None:
            dropped.append(change)
        elif old[0] != new[0]:
            moved.append(change)
        elif abs(old[1] - new[1]) > tolerance or abs(old[2] - new[2]) > tolerance:
            retimed.append(change)
    orders, orders_now = _orders(before, known), _orders(now, known)
    helpers = [h for h in dict.fromkeys([*orders, *orders_now]) if orders.get(h, ()) != orders_now.get(h, ())]
    return Changes(
        tuple(moved),
        tuple(retimed),
        tuple(dropped),
        tuple(added),
        tuple(i for i in told if i not in known),
        tuple(helpers),
    )


def _visits(plan: Plan) -> dict[str, tuple[str, int, int]]:
    """Each ask that is met: the helper, when the visit begins, and when the pick-up does (else the same)."""
    found: dict[str, tuple[str, int, int]] = {}
    for run in sorted(plan.runs, key=lambda run: (run.depart, run.helper_id, run.shift)):
        fetched: dict[str, int] = {}
        for visit in run.visits:
            if visit.collects:
                fetched[visit.stop_id] = visit.start
            else:
                found[visit.stop_id] = run.helper_id, visit.start, fetched.get(visit.stop_id, visit.start)
    return found


def _orders(plan: Plan, known: Collection[str]) -> dict[str, tuple[str, ...]]:
    orders: dict[str, tuple[str, ...]] = {}
    for run in sorted(plan.runs, key=lambda run: (run.helper_id, run.shift)):
        mine = tuple(i for i in run.stop_ids if i in known)
        if mine:
            orders[run.helper_id] = (*orders.get(run.helper_id, ()), *mine)
    return orders
