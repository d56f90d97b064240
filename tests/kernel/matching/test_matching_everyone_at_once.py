"""Everyone at once: no other matching meets more need, and none that meets as much costs less."""

import itertools
import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from manyhands.kernel.geo import Mode, Point
from manyhands.kernel.matching import Against, Ask, Helper, Problem, check, everyone, match_all, suggest


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
                luck.choice([None, 8000]),
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


@pytest.mark.parametrize("seed", range(15))
def test_no_other_matching_is_better(seed):
    problem = crowd(6, 4, seed)
    found = match_all(problem)
    assert check(problem, found) == []
    worth = (sum(problem.need[p.ask_id] for p in found.pairs), -sum(p.cost for p in found.pairs))
    assert worth == best_by_trying_everything(problem)


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
    assert reasons["c"].code == Against.NOBODY
    assert reasons["c"].detail.code == Against.NO_PLACES
    assert [out.reason.code for out in match_all(Problem((Ask("a"),))).unmatched] == [Against.NO_HELPERS]


def test_a_crowd_too_big_for_every_pair_is_matched_among_the_best_of_each(monkeypatch):
    problem = crowd(60, 40, 5)
    every = match_all(problem)
    monkeypatch.setattr(everyone, "EVERY_PAIR", 10)
    monkeypatch.setattr(everyone, "CANDIDATES", 12)
    monkeypatch.setattr(everyone, "BLOCK", 100)
    some = match_all(problem)
    assert check(problem, some) == []
    assert len(some.pairs) >= 0.9 * len(every.pairs)


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
