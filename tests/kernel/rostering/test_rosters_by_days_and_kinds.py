"""A roster over weeks keeps every rule of everyone's time, costs what it says, and none that small is better."""

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bench.curtois import read

from manyhands.kernel.rostering.patterns import (
    Cover,
    Kind,
    NoLine,
    Request,
    Weeks,
    WeeksRoster,
    Worker,
    check,
    gaps,
    penalty,
    solve_weeks,
)
from manyhands.kernel.rostering.patterns.diving import Part
from manyhands.kernel.rostering.patterns.exactly import exact_line
from manyhands.kernel.rostering.patterns.pricing import Span
from manyhands.kernel.rostering.patterns.several import never
from manyhands.kernel.rostering.patterns.starting import first_lines
from manyhands.kernel.rostering.patterns.tables import Tables
from manyhands.kernel.routing.until import Rounds, Seconds
from tests.kernel.rostering.wards import ward

SHARED = Path(__file__).parents[3] / ".." / "shared" / "bench" / "rostering"
DAY, NIGHT = Kind("D", 480), Kind("N", 600, frozenset({"D"}))
ANA = Worker("Ana", (960, 3360), (2, 4), 2, 1)


def two_weeks(line: str, **changes) -> list[str]:
    """What is wrong with a line like `DD..NN`, a dot for a day off."""
    problem = Weeks(len(line), (DAY, NIGHT), (replace(ANA, **changes),))
    days = {"Ana": tuple(None if sign == "." else sign for sign in line)}
    return check(problem, WeeksRoster(days, 0))


@pytest.mark.parametrize(
    ("line", "changes", "said"),
    [
        ("DD..DD........", {}, ""),
        ("D..DD.........", {}, ""),  # a row that touches the first day may have begun before
        (".DD...DDDDD...", {}, "works 5 days in a row from day 6, at most 4"),
        (".DD...D...DD..", {}, "works 1 days in a row from day 6, at least 2"),
        (".DD.DD........", {}, "is off for 1 days from day 3, at least 2"),
        (".ND...........", {}, "has D on day 2 after N"),
        ("....DD....DD..", {"weekends": 0}, "works on 1 weekends, at most 0"),
        ("....DD....DD..", {}, ""),
        ("....DD.....DD.", {}, "works on 2 weekends, at most 1"),
        (".DD...........", {"off": frozenset({2})}, "works on day 2, on which they cannot"),
        (".NN...........", {"most": {"N": 1}}, "has 2 shifts N, at most 1"),
        (".DD...........", {"minutes": (1000, 2000)}, "works 960 minutes, outside 1000 to 2000"),
    ],
)
def test_every_rule_is_checked(line, changes, said):
    broken = two_weeks(line, **changes)
    assert (said in broken[0]) if said else (broken == [])


def test_penalties_are_added_up_from_the_problem_alone():
    problem = Weeks(
        2,
        (DAY, NIGHT),
        (replace(ANA, minutes=(0, 960), row=(1, 4)),),
        (Request("Ana", 0, "D", 3, True), Request("Ana", 1, "N", 5, False)),
        (Cover(0, "D", 2, 100, 1), Cover(1, "N", 0, 100, 7)),
    )
    assert penalty(problem, WeeksRoster({"Ana": ("D", "N")}, 0)) == 0 + 5 + 100 + 7
    assert penalty(problem, WeeksRoster({"Ana": (None, None)}, 0)) == 3 + 200
    assert check(problem, WeeksRoster({"Ana": (None, None)}, 200)) == [
        "The roster says it costs 200; its penalties add up to 203."
    ]


@pytest.mark.parametrize("seed", range(25))
def test_odd_wards_get_a_roster_that_keeps_every_rule(seed):
    problem = ward(seed, workers=3 + seed % 7, days=[14, 21, 28][seed % 3], kinds=1 + seed % 4)
    try:
        roster = solve_weeks(problem, until=Rounds(2), seed=seed)
    except NoLine as nobody:
        tables = Tables(problem)
        for worker in nobody.workers:
            assert exact_line(tables, worker, np.zeros(tables.wish.shape[1:])) is None
        return
    assert check(problem, roster) == []
    assert roster.bound is None or roster.bound <= roster.cost


@pytest.mark.parametrize("seed", range(6))
def test_no_roster_of_a_small_ward_is_better_and_its_bound_is_true(seed):
    problem = ward(seed, workers=2, days=7, kinds=1)
    lines = {
        worker.id: [
            line
            for line in itertools.product([None, "k0"], repeat=7)
            if not [
                said
                for said in check(replace(problem, workers=(worker,), requests=()), WeeksRoster({worker.id: line}, 0))
                if "costs" not in said
            ]
        ]
        for worker in problem.workers
    }
    best = min(
        penalty(problem, WeeksRoster({"w0": first, "w1": second}, 0)) for first in lines["w0"] for second in lines["w1"]
    )
    roster = solve_weeks(problem, until=Rounds(5), seed=seed)
    assert roster.cost == best
    assert roster.bound is None or roster.bound <= best


@pytest.mark.parametrize("seed", range(8))
def test_the_best_line_for_given_prices_is_the_best_there_is(seed):
    problem = ward(seed, workers=1, days=21, kinds=3)
    tables, luck = Tables(problem), np.random.default_rng(seed)
    costs = luck.integers(-30, 30, tables.wish.shape[1:]).astype(float)
    bounds, lines = Span(tables, np.array([0]), 0, 21, None, slice(0, 21)).best(
        np.array([0]), costs[None], np.zeros((1, 3))
    )
    exact = exact_line(tables, 0, costs)
    assert exact is not None
    days = np.nonzero(exact >= 0)[0]
    assert bounds[0] <= costs[days, exact[days]].sum() + 1e-6
    days = np.nonzero(lines[0] >= 0)[0]
    if len(days):
        assert bounds[0] <= costs[days, lines[0][days]].sum() + 1e-6


def test_the_same_rounds_and_seed_give_the_same_roster_on_one_core_and_on_two():
    problem = ward(3, workers=8, days=14, kinds=2)
    alone = solve_weeks(problem, until=Rounds(3), seed=5)
    assert solve_weeks(problem, until=Rounds(3), seed=5) == alone
    assert solve_weeks(problem, until=Rounds(3), seed=5, cores=2) == alone


def test_more_than_a_quarter_is_made_stretch_by_stretch():
    problem = ward(11, workers=5, days=84, kinds=2)
    roster = solve_weeks(problem, until=Rounds(2), seed=1)
    assert check(problem, roster) == []


def test_parts_of_six_weeks_leave_the_days_around_them_as_they_were():
    problem = ward(4, workers=9, days=42, kinds=2)
    tables = Tables(problem)
    lines = first_lines(tables, np.random.default_rng(1))
    for first, last in ((7, 35), (0, 28), (14, 42)):
        made = Part(tables, lines, np.arange(0, 9, 2), first, last).dive(never, tables.cost(lines), 40)
        outside = [day for day in range(42) if not first <= day < last]
        assert (made.lines[:, outside] == lines[:, outside]).all()
        assert (made.lines[1::2] == lines[1::2]).all()
        assert made.cost <= tables.cost(lines)
        lines = made.lines
        names = {worker.id: tuple(lines[n]) for n, worker in enumerate(problem.workers)}
        days = {who: tuple(None if k < 0 else problem.kinds[k].id for k in line) for who, line in names.items()}
        assert check(problem, WeeksRoster(days, made.cost)) == []


@pytest.mark.parametrize("patience", [1, 4, 30])
def test_a_search_that_is_stopped_at_any_moment_keeps_every_rule(patience):
    problem = ward(7, workers=8, days=28, kinds=3)
    asked = iter(range(10_000))
    roster = solve_weeks(problem, until=Seconds(patience, clock=lambda: next(asked) / 3))
    assert check(problem, roster) == []


def test_someone_whose_rules_leave_no_line_is_named():
    problem = Weeks(14, (DAY,), (ANA, replace(ANA, id="Bo", minutes=(9000, 9000))))
    with pytest.raises(NoLine) as nobody:
        solve_weeks(problem, until=Rounds(0))
    assert nobody.value.workers == [1]


def test_a_gap_names_the_rule_that_binds():
    bo = replace(ANA, id="Bo", off=frozenset({2}))
    problem = Weeks(14, (DAY,), (replace(ANA, minutes=(0, 960)), bo), (), (Cover(2, "D", 2, 100, 1),))
    line = (None,) * 5
    roster = WeeksRoster({"Ana": ("D", "D", *(None,) * 12), "Bo": ("D", "D", None, *line, "D", "D", *line[:4])}, 0)
    (gap,) = gaps(problem, roster)
    assert gap.missing == 2
    assert gap.why == {"Ana": ("minutes",), "Bo": ("off",)}
    assert dict(gap.binds) == {"minutes": 1, "off": 1}


@pytest.mark.parametrize("name", ["days", "kinds", "workers"])
def test_a_problem_that_no_roster_could_be_read_from_is_refused(name):
    wrong = {"days": {"days": 0}, "kinds": {"kinds": (DAY, DAY)}, "workers": {"workers": (ANA, ANA)}}[name]
    with pytest.raises(ValueError, match=r"\.$"):
        replace(Weeks(14, (DAY, NIGHT), (ANA,)), **wrong)


@pytest.mark.data
@pytest.mark.parametrize(("name", "best"), [("Instance2", 828), ("Instance3", 1001)])
def test_small_published_rosters_reach_the_best_known(name, best):
    if not SHARED.exists():
        pytest.skip(f"{SHARED} is not there")
    problem = read(SHARED / f"{name}.txt")
    roster = solve_weeks(problem, until=Rounds(12), seed=1)
    assert check(problem, roster) == []
    assert roster.cost == best


def test_a_file_of_another_format_is_refused_by_name(tmp_path):
    file = tmp_path / "odd.txt"
    file.write_text("SECTION_HORIZON\nsoon\n")
    with pytest.raises(ValueError, match=r"odd\.txt is not a roster"):
        read(file)
