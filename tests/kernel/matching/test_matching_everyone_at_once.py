"""Everyone at once: no other matching meets more need, and none that meets as much costs less."""

import itertools
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manyhands.kernel.geo import Mode, Point
from manyhands.kernel.matching import (
    Against,
    Ask,
    Helper,
    Matching,
    Problem,
    better_exists,
    check,
    everyone,
    match_all,
    search,
    suggest,
    table,
)
from manyhands.kernel.matching.problem import MOST_NEED


def crowd(asks: int, helpers: int, seed: int) -> Problem:
    luck = random.Random(seed)

    def somewhere() -> Point | None:
        return Point(40.6 + luck.random() / 5, -74 + luck.random() / 5) if luck.random() < 0.95 else None

    return Problem(
        tuple(
            Ask(
                f"a{n}",
                somewhere(),
                frozenset(luck.sample(["es", "en", "zh"], luck.choice([0, 0, 1, 2]))),
                frozenset(["lift"] if luck.random() < 0.2 else []),
                ((luck.randrange(10), luck.randrange(10, 20)),) if luck.random() < 0.5 else (),
                luck.choice([1, 1, 2]),
                luck.randrange(30),
                never=frozenset([f"h{luck.randrange(helpers)}"]) if helpers else frozenset(),
            )
            for n in range(asks)
        ),
        tuple(
            Helper(
                f"h{n}",
                somewhere(),
                frozenset(luck.sample(["es", "en", "zh"], 2)),
                frozenset(["lift"] if luck.random() < 0.5 else []),
                ((luck.randrange(15), luck.randrange(15, 20)),) if luck.random() < 0.5 else (),
                luck.choice([0, 1, 1, 2]),
                luck.choice(list(Mode)),
                luck.choice([None, 8000, 15000]),
                luck.choice([None, 2, 60]),
                luck.randrange(3),
            )
            for n in range(helpers)
        ),
        blocked=frozenset({("a0", "h0")}),
        remembered=frozenset({("a1", "h1"), ("a2", "h0")}),
    )


def best_by_trying_everything(problem: Problem) -> tuple[int, int]:
    fits = {ask.id: {s.helper_id: s.cost for s in suggest(problem, ask.id, limit=99).ranked} for ask in problem.asks}
    best = (0, 0)
    for choice in itertools.product(*[[None, *fits[a.id]] for a in problem.asks]):
        if all(choice.count(h.id) <= h.open_places for h in problem.helpers):
            taken = [(a.id, h) for a, h in zip(problem.asks, choice, strict=True) if h]
            worth = (sum(problem.need[a] for a, _ in taken), -sum(fits[a][h] for a, h in taken))
            best = max(best, worth)
    return best


def worth(problem: Problem, found: Matching) -> tuple[int, int]:
    return sum(problem.need[p.ask_id] for p in found.pairs), -sum(p.cost for p in found.pairs)


@pytest.mark.parametrize("seed", range(15))
def test_no_other_matching_is_better(seed):
    problem = crowd(6, 4, seed)
    found = match_all(problem)
    assert check(problem, found) == []
    assert worth(problem, found) == best_by_trying_everything(problem)


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 12), st.integers(0, 8), st.integers(0, 10**6))
def test_any_crowd_gets_a_matching_that_holds(asks, helpers, seed):
    problem = crowd(asks, helpers, seed)
    found = match_all(problem)
    assert check(problem, found) == []
    for out in found.unmatched:
        assert out.reason.sentence()
        assert "%(" not in out.reason.sentence() + out.reason.change()


def test_the_order_in_which_people_come_does_not_matter():
    problem = crowd(40, 15, 7)
    turned = replace(problem, asks=problem.asks[::-1], helpers=problem.helpers[::-1])
    assert match_all(problem) == match_all(turned)


def test_a_price_is_the_same_alone_and_all_at_once():
    problem = crowd(20, 10, 3)
    for pair in match_all(problem).pairs:
        ranked = suggest(problem, pair.ask_id, limit=99).ranked
        assert pair in ranked


def test_who_is_left_without_anyone_learns_why():
    here = Point(40.7, -73.9)
    problem = Problem(
        (Ask("a", here, weight=2), Ask("b", here), Ask("c", here, frozenset({"es"})), Ask("d", here)),
        (Helper("h", here, open_places=1), Helper("away", here, frozenset({"es"}), open_places=0)),
        blocked=frozenset({("d", "h")}),
    )
    reasons = {out.ask_id: out.reason for out in match_all(problem).unmatched}
    assert reasons["b"].code == Against.OTHERS_FIRST
    assert reasons["b"].facts == {"helpers": 1, "helper": "h"}
    assert reasons["c"].code == Against.ALL_FULL
    assert reasons["c"].facts == {"helpers": 1, "helper": "away"}
    assert [out.reason.code for out in match_all(Problem((Ask("a"),))).unmatched] == [Against.NO_HELPERS]


def few_at_first(monkeypatch, levels: int = 2) -> None:
    """So that a small crowd is treated like a city: few neighbours are weighed before prices call for more."""
    monkeypatch.setattr(everyone, "EVERY_PAIR", 0)
    monkeypatch.setattr(search, "CHUNK", 60)
    for name, few in (("NEAREST", 1), ("CHEAPEST", 1), ("ENOUGH", 1), ("CALLED", 1), ("LEVELS", levels)):
        monkeypatch.setattr(search, name, few)


@pytest.mark.parametrize("seed", range(12))
def test_neighbours_and_prices_lead_to_the_best_of_all_pairs(monkeypatch, seed):
    problem = crowd(60, 45, seed)
    every = match_all(problem)
    few_at_first(monkeypatch)
    some = match_all(problem, rounds=200)
    assert some.proven
    assert check(problem, some) == []
    assert worth(problem, some) == worth(problem, every)
    assert {out.ask_id for out in some.unmatched if out.reason.code != Against.OTHERS_FIRST} == {
        out.ask_id for out in every.unmatched if out.reason.code != Against.OTHERS_FIRST
    }


@pytest.mark.parametrize("seed", range(4))
def test_the_independent_proof_agrees_and_finds_out_what_is_worse(monkeypatch, seed):
    problem = crowd(70, 50, seed)
    few_at_first(monkeypatch)
    assert not better_exists(problem, match_all(problem, rounds=200))
    hasty = match_all(problem, rounds=0)
    best = match_all(problem, rounds=200)
    assert better_exists(problem, hasty) == (worth(problem, hasty) != worth(problem, best))
    shorter = replace(best, pairs=best.pairs[1:])
    assert better_exists(problem, shorter)


def test_a_crowd_around_the_globe_is_matched_too(monkeypatch):
    luck = random.Random(4)
    few = crowd(40, 30, 4)
    around = replace(
        few,
        asks=tuple(replace(a, place=Point(luck.uniform(-90, 90), luck.uniform(-180, 180))) for a in few.asks),
        helpers=tuple(replace(h, place=Point(luck.uniform(-90, 90), luck.uniform(-180, 180))) for h in few.helpers),
    )
    every = match_all(around)
    few_at_first(monkeypatch)
    assert worth(around, match_all(around, rounds=200)) == worth(around, every)
    # Where the engine can't be told numbers as large as they should be, it says no more than it knows.
    monkeypatch.setattr(everyone, "MOST_TOLD", 100_000)
    careful = match_all(around, rounds=200)
    assert check(around, careful) == []
    assert careful.proven <= (worth(around, careful) == worth(around, every))


def test_what_is_not_proven_is_not_called_so(monkeypatch):
    problem = crowd(60, 45, 5)
    best = worth(problem, match_all(problem))
    few_at_first(monkeypatch)
    hasty = match_all(problem, rounds=0)
    assert worth(problem, hasty) < best
    assert not hasty.proven
    assert check(problem, hasty) == []


def test_a_far_but_only_possible_helper_is_found(monkeypatch):
    few_at_first(monkeypatch)
    near = tuple(Helper(f"n{i}", Point(40.7, -73.9 + i / 10_000), max_metres=10) for i in range(50))
    far = Helper("far", Point(41.9, -73.9))
    found = match_all(Problem((Ask("a", Point(40.7, -74.5)), Ask("b", Point(40.7, -74.6))), (*near, far)), rounds=0)
    assert [(pair.ask_id, pair.helper_id) for pair in found.pairs] == [("a", "far")]


class Streets:
    """Ways that are no straight lines: the same pair costs the same whatever it is asked with."""

    def matrix(self, mode, froms, tos):
        seconds = np.array([[int(1e5 * abs(a.lat - b.lat) + 2e5 * abs(a.lon - b.lon)) for b in tos] for a in froms])
        return seconds.reshape(len(froms), len(tos)), 5 * seconds.reshape(len(froms), len(tos))


def test_streets_are_asked_in_blocks_and_priced_alike(monkeypatch):
    problem = crowd(30, 25, 2)
    every = match_all(problem, Streets())
    assert check(problem, every, Streets()) == []
    monkeypatch.setattr(table, "BLOCK", 3)
    assert match_all(problem, Streets()) == every
    few_at_first(monkeypatch)
    some = match_all(problem, Streets())
    assert check(problem, some, Streets()) == []
    assert not some.proven


def test_who_stood_together_stays_so_when_little_changes():
    stayed, told_of = [0, 0], 0
    for seed in range(5):
        problem, newcomers = crowd(80, 120, seed), crowd(83, 120, seed + 100).asks[80:]
        told = frozenset((pair.ask_id, pair.helper_id) for pair in match_all(problem).pairs)
        again = match_all(replace(problem, former=told))
        assert {(pair.ask_id, pair.helper_id) for pair in again.pairs} == told
        told_of += len(told)
        grown = replace(problem, asks=(*problem.asks, *newcomers))
        for number, each in enumerate((grown, replace(grown, former=told))):
            stayed[number] += sum((p.ask_id, p.helper_id) in told for p in match_all(each).pairs)
    assert stayed[1] > stayed[0]
    assert stayed[1] >= 0.9 * told_of


@pytest.mark.parametrize(
    ("ask", "helper", "code", "sentence"),
    [
        ({"languages": frozenset({"es"})}, {}, Against.NOBODY_SPEAKS, "Nobody who could do it speaks es."),
        ({"skills": frozenset({"lift"})}, {}, Against.NOBODY_SKILLED, "Nobody who could come has lift."),
        ({"windows": ((0, 5),)}, {"shifts": ((6, 9),)}, Against.NOBODY_FREE, "Free at another time: 1."),
        ({}, {"max_metres": 10}, Against.NOBODY_NEAR, "and h goes 0.0 km."),
        ({}, {"open_places": 0}, Against.ALL_FULL, "has as many asks as they can take (1)"),
        ({"only": frozenset()}, {}, Against.NOBODY_ALLOWED, "is ruled out for this ask"),
    ],
)
def test_the_one_rule_in_the_way_is_named_and_without_it_somebody_comes(ask, helper, code, sentence):
    easy = Problem((Ask("a", Point(40.7, -73.9)),), (Helper("h", Point(40.8, -73.9)),))
    hard = Problem((replace(easy.asks[0], **ask),), (replace(easy.helpers[0], **helper),))
    [out] = match_all(hard).unmatched
    assert out.reason.code == code
    assert sentence in out.reason.sentence()
    assert len(match_all(easy).pairs) == 1


def test_where_two_rules_are_in_the_way_of_everybody_no_one_rule_is_blamed():
    ask = Ask("a", languages=frozenset({"es"}), skills=frozenset({"lift"}))
    [out] = match_all(Problem((ask,), (Helper("h"), Helper("i")))).unmatched
    assert out.reason.code == Against.NOBODY
    assert "%(" not in out.reason.sentence()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda m: replace(m, pairs=m.pairs + m.pairs[:1]), "is matched 2 times"),
        (lambda m: replace(m, unmatched=()), "is matched 0 times and left out 0 times"),
        (lambda m: replace(m, pairs=(replace(m.pairs[0], helper_id="x"),)), "speaks of helper x"),
        (lambda m: replace(m, pairs=(replace(m.pairs[0], ask_id="x"),)), "speaks of ask x"),
        (lambda m: replace(m, pairs=tuple(replace(p, helper_id="h1") for p in m.pairs)), "open places"),
    ],
)
def test_a_spoilt_matching_is_found_out(spoil, sentence):
    problem = crowd(12, 4, 1)
    assert any(sentence in broken for broken in check(problem, spoil(match_all(problem))))


@pytest.mark.parametrize(
    ("ask", "helper", "sentence"),
    [
        ({"never": frozenset({"h"})}, {}, "who is ruled out"),
        ({"skills": frozenset({"lift"})}, {}, "who lacks lift"),
        ({"languages": frozenset({"es"})}, {}, "who shares no language"),
        ({"windows": ((0, 5),)}, {"shifts": ((6, 9),)}, "who is not free then"),
        ({}, {"max_metres": 10}, "too far"),
    ],
)
def test_a_rule_that_came_later_is_found(ask, helper, sentence):
    mild = Problem((Ask("a", Point(40.7, -73.9)),), (Helper("h", Point(40.8, -73.9)),))
    strict = Problem((replace(mild.asks[0], **ask),), (replace(mild.helpers[0], **helper),))
    assert any(sentence in broken for broken in check(strict, match_all(mild)))


def test_two_who_are_not_to_meet_are_found():
    mild = Problem((Ask("a"),), (Helper("h"),))
    assert check(replace(mild, blocked=frozenset({("a", "h")})), match_all(mild)) == [
        "Ask a goes to helper h, but the two are not to meet."
    ]


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (
            {"asks": (Ask("a", weight=10**14), Ask("b"))},
            "The weight of ask a is too large to be weighed beside 2 of them",
        ),
        ({"asks": (Ask("a", windows=((0, 10**19),)),)}, "Ask a has a time or a way beyond all that there is."),
        ({"helpers": (Helper("h", max_metres=10**19),)}, "Helper h has a time or a way beyond all that there is."),
    ],
)
def test_what_is_too_large_to_reckon_with_is_refused_in_words(problem, said):
    with pytest.raises(ValueError, match=said):
        Problem(**problem)


def test_the_heaviest_that_is_let_in_is_still_weighed_exactly():
    problem = crowd(30, 12, 1)
    heavy = MOST_NEED // 30 // 100 - 1
    luck = random.Random(2)
    asks = tuple(
        replace(a, weight=heavy - luck.randrange(5), place=Point(89 * luck.choice([1, -1]), 180 * luck.random()))
        for a in problem.asks
    )
    problem = replace(problem, asks=asks)
    found = match_all(problem)
    assert found.pairs
    assert found.proven
    assert not better_exists(problem, found)
    with pytest.raises(ValueError, match="too large"):
        replace(problem, asks=(replace(asks[0], weight=heavy + 2), *asks[1:]))


def test_the_independent_proof_does_not_find_nobody_better_than_the_only_one_there_is():
    problem = Problem((Ask("a"),), (Helper("h", asked_lately=4),))
    found = match_all(problem)
    assert [(pair.ask_id, pair.helper_id) for pair in found.pairs] == [("a", "h")]
    assert not better_exists(problem, found)
    assert better_exists(problem, replace(found, pairs=()))


@pytest.mark.parametrize("every", [0, everyone.EVERY_PAIR])
def test_odd_towns_are_matched_at_the_best(every, monkeypatch):
    """At the poles and the date line, with nobody to choose from, nobody free, and all of one price."""
    monkeypatch.setattr(everyone, "EVERY_PAIR", every)
    for few in ("NEAREST", "CHEAPEST", "ENOUGH", "CALLED"):
        monkeypatch.setattr(search, few, 1)
    for seed in range(60):
        problem = odd_town(random.Random(seed))
        found = match_all(problem)
        assert check(problem, found) == []
        assert found.proven
        assert not better_exists(problem, found), seed


def odd_town(luck: random.Random) -> Problem:
    helpers = [f"h{n}" for n in range(luck.randrange(1, 12))]
    asks = [f"a{n}" for n in range(luck.randrange(1, 14))]

    def somewhere() -> Point | None:
        return luck.choice(
            [None, Point(luck.choice([40.7, 40.7001, 89.99, -89.99]), luck.choice([0, 179.99, -179.99]))]
        )

    def pairs() -> frozenset[tuple[str, str]]:
        return frozenset((luck.choice(asks), luck.choice(helpers)) for _ in range(3))

    return Problem(
        tuple(
            Ask(
                id_,
                somewhere(),
                skills=frozenset(luck.sample("st", luck.choice([0, 0, 1]))),
                windows=luck.choice([(), ((0, 10),)]),
                weight=luck.choice([0, 1, 1, 3]),
                waiting=luck.randrange(50),
                only=luck.choice([None, None, None, frozenset(luck.sample(helpers, min(2, len(helpers))))]),
            )
            for id_ in asks
        ),
        tuple(
            Helper(
                id_,
                somewhere(),
                skills=frozenset(luck.sample("st", 1)),
                shifts=luck.choice([(), ((5, 20),), ((10, 20),)]),
                open_places=luck.choice([0, 1, 1, 3]),
                mode=luck.choice(list(Mode)),
                max_metres=luck.choice([None, 0, 5000]),
                days_since_helped=luck.choice([None, 0, 14]),
                asked_lately=luck.randrange(6),
            )
            for id_ in helpers
        ),
        *(pairs() for _ in range(3)),
    )
