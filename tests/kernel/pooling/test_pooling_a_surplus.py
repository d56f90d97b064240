"""Pooling: all that can be brought to where it is wanted is, at the best, and prices prove it."""

import dataclasses
import random

import numpy as np
import pytest
from scipy.optimize import linprog

from manyhands.kernel.geo import Point
from manyhands.kernel.pooling import Lot, Network, Problem, Transfer, Van, Want, Why, check, explain, pool, solving


def week(seed: int, networks: int, kinds: int, *, vans: bool = True) -> Problem:
    luck = random.Random(seed)
    nets = [Network(f"n{n}", Point(51 + luck.random() / 4, luck.random() / 3)) for n in range(networks)]

    def span() -> tuple[int, int]:
        day = luck.randrange(5)
        return day, day + luck.choice([0, 1, 3])

    def some(what, share):
        return [
            what(
                f"{what.__name__}{n.id}{k}", n.id, f"k{k}", float(luck.randrange(30)), *span(), luck.choice([0.5, 1, 2])
            )
            for n in nets
            for k in range(kinds)
            if luck.random() < share
        ]

    return Problem(
        tuple(nets),
        tuple(some(Lot, 0.4)),
        tuple(some(Want, 0.5)),
        tuple(
            Van(
                f"v{n.id}",
                n.id,
                luck.choice([5.0, 20.0]),
                frozenset(range(luck.randrange(8))),
                luck.choice([5, 12, 30]),
            )
            for n in nets
            if luck.random() < 0.7
        )
        if vans
        else None,
        points_per_km=luck.choice([0.0, 0.02, 0.05]),
        reach_km=15.0,
    )


def most_points(problem: Problem) -> float:
    """The optimum of the whole program written down anew, one way after the other."""
    from manyhands.kernel.geo import metres_between

    place = {n.id: n.place for n in problem.networks}
    gains, rows = [], []
    for lot in problem.lots:
        for want in problem.wants:
            km = metres_between(place[lot.network], place[want.network]) / 1000
            days = range(max(lot.ready, want.since), min(lot.use_by, want.until) + 1)
            if lot.kind != want.kind or not days:
                continue
            if problem.vans is None:
                ways = [None] if km <= problem.reach_km else []
            elif lot.network == want.network:
                ways = [None]
            else:
                ends = {lot.network, want.network}
                ways = [
                    (v.id, d)
                    for v in problem.vans
                    if v.network in ends and km <= v.reach_km
                    for d in v.days & set(days)
                ]
            for way in ways:
                gains.append(want.worth - problem.points_per_km * km * lot.space)
                rows.append({("lot", lot.id): 1, ("want", want.id): 1, ("van", way): lot.space if way else 0})
    tops = {("lot", x.id): x.quantity for x in problem.lots} | {("want", x.id): x.quantity for x in problem.wants}
    tops |= {("van", (v.id, d)): v.capacity for v in problem.vans or () for d in v.days} | {("van", None): 0}
    if not gains:
        return 0.0
    number = {key: row for row, key in enumerate(tops)}
    matrix = np.zeros((len(tops), len(gains)))
    for column, row in enumerate(rows):
        for key, value in row.items():
            matrix[number[key], column] = value
    return -linprog([-g for g in gains], A_ub=matrix, b_ub=list(tops.values()), method="highs-ds").fun


@pytest.mark.parametrize("vans", [True, False])
def test_no_plan_gains_more(vans):
    gained = 0.0
    for seed in range(15):
        problem = week(seed, 3 + seed % 5, 1 + seed % 3, vans=vans)
        plan = pool(problem)
        assert check(problem, plan) == []
        assert plan.gained == pytest.approx(most_points(problem), rel=1e-7, abs=1e-7)
        gained += plan.gained
    assert gained > 100


def test_the_few_ways_looked_at_closely_are_enough(monkeypatch):
    for seed in range(4):
        problem = week(seed, 30, 6)
        whole = pool(problem, whole=True)
        monkeypatch.setattr(solving, "FEW", 0)
        by_structure = pool(problem)
        monkeypatch.undo()
        assert check(problem, by_structure) == []
        assert by_structure.gained == pytest.approx(whole.gained, rel=1e-9)
        assert by_structure.bound == pytest.approx(whole.gained, rel=1e-9)


def test_a_lot_goes_to_as_many_as_it_has_parts():
    shares = tuple(Want(f"w{n:02}", "Birch", "x", 1 / 14) for n in range(14))
    problem = dataclasses.replace(WEEK, lots=(Lot("x", "Ash", "x", 1.0),), wants=shares)
    plan = pool(problem)
    assert check(problem, plan) == []
    assert len(plan.transfers) == 14
    assert plan.left == plan.unmet == {}


SIZES = {
    "parts": lambda luck: 1.0,
    "crumbs": lambda luck: 1e-9,
    "shiploads": lambda luck: 1e10,
    "all of these": lambda luck: 10.0 ** luck.randrange(-9, 11),
}


def of_any_size(seed: int, size: str) -> Problem:
    """A week whose quantities, worths, spaces and vans are odd parts of a size."""
    luck = random.Random(f"{seed} {size}")

    def some(*more: float) -> float:
        return luck.choice([0.5, 1 / 3, 1 / 7, 1 / 14, 2 / 3, 10 / 7, 1, 30, *more]) * SIZES[size](luck)

    problem = week(seed, 8, 3, vans=seed % 2 > 0)
    return dataclasses.replace(
        problem,
        lots=tuple(dataclasses.replace(x, quantity=some(0), space=luck.choice([1, some()])) for x in problem.lots),
        wants=tuple(dataclasses.replace(w, quantity=some(0), worth=luck.choice([1, some(0)])) for w in problem.wants),
        vans=problem.vans and tuple(dataclasses.replace(v, capacity=some(0)) for v in problem.vans),
        points_per_km=luck.choice([0.02, some() / 100]),
    )


@pytest.mark.parametrize("few", [0, solving.FEW])
@pytest.mark.parametrize("size", SIZES)
def test_plans_keep_their_promises_whatever_the_sizes(size, few, monkeypatch):
    monkeypatch.setattr(solving, "FEW", few)
    sent = 0
    for seed in range(24):
        problem = of_any_size(seed, size)
        plan = pool(problem)
        assert check(problem, plan) == [], seed
        sent += len(plan.transfers)
    assert sent > 24


def test_what_the_solver_cannot_tell_apart_ends_the_search(monkeypatch):
    rounds, solved = [], solving._solved
    monkeypatch.setattr(solving, "FEW", 0)
    monkeypatch.setattr(solving, "_solved", lambda *of: rounds.append(1) or (len(rounds) < 30 and solved(*of)))
    for seed in range(24):
        for problem in (of_any_size(seed, "all of these"), dear(week(seed, 8, 3))):
            rounds.clear()
            assert check(problem, pool(problem)) == []


def dear(problem: Problem) -> Problem:
    """The same, with worths in a unit of which there are a thousand million to a point."""
    return dataclasses.replace(
        problem, wants=tuple(dataclasses.replace(w, worth=w.worth * 1e9 / 7) for w in problem.wants)
    )


def test_the_order_of_a_list_changes_nothing():
    problem = week(3, 8, 3)
    luck = random.Random(0)
    shuffled = dataclasses.replace(
        problem,
        **{
            what: tuple(luck.sample(getattr(problem, what), len(getattr(problem, what))))
            for what in ("networks", "lots", "wants", "vans")
        },
    )
    assert pool(shuffled) == pool(problem)


NETWORKS = tuple(
    Network(name, Point(51.5, lon)) for name, lon in (("Ash", 0.0), ("Birch", 0.1), ("Cedar", 0.2), ("Elm", 3.0))
)
WEEK = Problem(
    NETWORKS,
    (Lot("bread", "Ash", "bread", 60, 0, 1), Lot("rice", "Birch", "rice", 100, 0, 6), Lot("soap", "Ash", "soap", 5)),
    (
        Want("bread for Birch", "Birch", "bread", 30, 0, 6, 2),
        Want("bread for Cedar", "Cedar", "bread", 40, 0, 6, 1),
        Want("rice for Ash", "Ash", "rice", 20, 0, 6, 1),
        Want("rice for Elm", "Elm", "rice", 50, 0, 6, 3),
        Want("soap for Ash", "Ash", "soap", 3),
        Want("tea for Ash", "Ash", "tea", 3),
    ),
    (Van("Ash's van", "Ash", 50, frozenset({1, 2}), 20),),
)


def test_the_worked_table_of_the_explanation():
    plan = pool(WEEK)
    assert check(WEEK, plan) == []
    assert plan.transfers == (
        Transfer("bread", "bread for Birch", "Ash's van", 1, 30.0),
        Transfer("bread", "bread for Cedar", "Ash's van", 1, 20.0),
        Transfer("rice", "rice for Ash", "Ash's van", 2, 20.0),
        Transfer("soap", "soap for Ash", None, 0, 3.0),
    )
    assert plan.left == {"bread": 10.0, "rice": 80.0, "soap": 2.0}
    assert round(plan.gained, 2) == round(plan.bound, 2) == 96.77
    assert {trip: round(price, 2) for trip, price in plan.per_room.items()} == {("Ash's van", 1): 0.86}
    reasons = explain(WEEK, plan)
    assert {key: reason.code for key, reason in reasons.left.items()} == {
        "bread": Why.VANS_FULL,
        "rice": Why.ALL_MET,
        "soap": Why.ALL_MET,
    }
    assert {key: reason.code for key, reason in reasons.unmet.items()} == {
        "bread for Cedar": Why.VANS_FULL,
        "rice for Elm": Why.TOO_FAR,
        "tea for Ash": Why.NOBODY_HAS,
    }
    assert [reason.code for reason in reasons.transfers] == [Why.BEST] * 3 + [Why.HERE]
    assert reasons.left["bread"].change() == "Room for one more in van Ash's van on day 1 would bring 0.86 points."


def test_a_unit_of_room_more_brings_what_its_price_says():
    plan = pool(WEEK)
    wider = dataclasses.replace(WEEK, vans=(dataclasses.replace(WEEK.vans[0], capacity=51),))
    more = pool(wider).gained - plan.gained
    assert more == pytest.approx(plan.per_room["Ash's van", 1], rel=1e-6)


@pytest.mark.parametrize(
    ("lot", "want", "van", "said"),
    [
        (Lot("x", "Ash", "x", 5), Want("w", "Birch", "y", 5), (), Why.NOBODY_WANTS),
        (Lot("x", "Ash", "x", 5, 0, 1), Want("w", "Birch", "x", 5, 4, 6), (), Why.NOT_IN_TIME),
        (Lot("x", "Ash", "x", 5, 0, 1), Want("w", "Birch", "x", 5, 0, 6), ({4},), Why.NO_VAN),
        (Lot("x", "Ash", "x", 5, space=90), Want("w", "Birch", "x", 5, worth=0.1), ({1},), Why.NOT_WORTH),
    ],
)
def test_what_stays_says_by_which_rule(lot, want, van, said):
    vans = (Van("v", "Ash", 50, frozenset(*van), 20),)
    problem = Problem(NETWORKS, (lot,), (want,), vans)
    reason = explain(problem, pool(problem)).left["x"]
    assert reason.code is said
    assert "%(" not in reason.sentence() + reason.change()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"transfers": (Transfer("bread", "rice for Ash", "Ash's van", 1, 5.0),)}, "but is bread and not rice"),
        ({"transfers": (Transfer("bread", "bread for Birch", "Ash's van", 2, 5.0),)}, "does not suit both"),
        ({"transfers": (Transfer("bread", "bread for Birch", None, 1, 5.0),)}, "without a van"),
        ({"transfers": (Transfer("rice", "rice for Elm", "Ash's van", 1, 5.0),)}, "which is not there on day 1"),
        ({"transfers": (Transfer("bread", "bread for Birch", "Ash's van", 1, 60.0),)}, "has room for 50"),
        ({"transfers": ()}, "is said to gain"),
        ({"left": {}}, "Of bread there are 60"),
        ({"unmet": {}}, "bread for Cedar is for 40"),
        ({"per_room": {}}, "beyond its price"),
        ({"gained": 90.0}, "The prices allow for"),
        ({"per_lot": {"bread": -1.0}}, "A price is below zero."),
    ],
)
def test_every_broken_promise_is_named(change, said):
    broken = check(WEEK, dataclasses.replace(pool(WEEK), **change))
    assert any(said in sentence for sentence in broken), broken


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"networks": (NETWORKS[0], NETWORKS[0])}, "Two networks have the same id: Ash."),
        ({"lots": (Lot("x", "Nowhere", "x", 1),)}, "Lot x is at Nowhere, which is not a network here."),
        ({"lots": (Lot("x", "Ash", "x", -1),)}, "Lot x has a number below zero, or one that is no number."),
        ({"lots": (Lot("x", "Ash", "x", 1, space=0),)}, "Lot x takes no space in a van."),
        ({"lots": (Lot("x", "Ash", "x", 1e13),)}, "Lot x has a number above a million million"),
        ({"vans": (Van("x", "Ash", 1e-16, frozenset()),)}, "Van x has a size of almost nothing"),
        ({"networks": (*NETWORKS, Network("Up", Point(91, 0)))}, "Network Up is not on the globe."),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(change, said):
    with pytest.raises(ValueError, match=said):
        dataclasses.replace(WEEK, **change)


def test_nothing_to_bring_is_no_trouble():
    plan = pool(dataclasses.replace(WEEK, lots=()))
    assert plan.transfers == ()
    assert plan.unmet["tea for Ash"] == 3
