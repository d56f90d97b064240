"""Rings: everyone in one gives and gets, nobody is in two, and no other rings would serve more need."""

import itertools
import random
from dataclasses import replace

import pytest

from manyhands.kernel.geo import Point
from manyhands.kernel.matching import rings
from manyhands.kernel.matching.rings import Market, Trader, check_rings, find_rings

THINGS = ["pram", "bike", "lesson", "haircut", "soup"]


def market(count: int, seed: int) -> Market:
    luck = random.Random(seed)
    traders = []
    for n in range(count):
        some = luck.sample(THINGS, 3)
        place = Point(40.7 + luck.random() / 20, -73.9 + luck.random() / 20) if luck.random() < 0.9 else None
        gives, wants = frozenset(some[: luck.choice([1, 1, 2])]), frozenset(some[2:])
        traders.append(Trader(f"p{n}", gives, wants, place, luck.choice([1, 1, 3]), luck.randrange(40)))
    return Market(tuple(traders), frozenset({("p0", "p1")}))


def by_trying_everything(market: Market, longest: int) -> int:
    traders = {t.id: t for t in market.traders}

    def gives(a: str, b: str) -> bool:
        return bool(traders[a].gives & traders[b].wants) and not {(a, b), (b, a)} & market.blocked

    every = [
        frozenset(ring)
        for length in range(2, longest + 1)
        for ring in itertools.permutations(traders, length)
        if ring[0] == min(ring) and all(gives(a, b) for a, b in zip(ring, (*ring[1:], ring[0]), strict=True))
    ]

    def best(left: frozenset[str], rings_left: list[frozenset[str]]) -> int:
        most = 0
        for n, ring in enumerate(rings_left):
            if ring <= left:
                most = max(most, sum(market.need[w] for w in ring) + best(left - ring, rings_left[n + 1 :]))
        return most

    return best(frozenset(traders), sorted(set(every), key=sorted))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("longest", [2, 3, 4])
def test_no_other_rings_serve_more_need(seed, longest):
    people = market(7, seed)
    found = find_rings(people, longest=longest)
    assert found.proven
    assert check_rings(people, found, longest=longest) == []
    served = sum(people.need[gift.taker] for ring in found.rings for gift in ring)
    assert served == by_trying_everything(people, longest)


def test_short_rings_come_before_long_ones_that_serve_as_many_and_near_ones_before_far():
    def swap(n: int, gives: str, wants: str, lat: float) -> Trader:
        return Trader(f"p{n}", frozenset({gives}), frozenset({wants}), Point(lat, -73.9))

    people = Market(
        (swap(1, "a", "b", 40.7), swap(2, "b", "a", 40.7), swap(3, "a", "b", 40.8), swap(4, "b", "a", 40.8))
    )
    found = find_rings(people)
    assert [{gift.giver for gift in ring} for ring in found.rings] == [{"p1", "p2"}, {"p3", "p4"}]


def test_the_order_in_which_people_come_does_not_matter():
    people = market(30, 3)
    assert find_rings(people) == find_rings(replace(people, traders=people.traders[::-1]))


@pytest.mark.parametrize(
    ("gives", "wants", "code", "sentence"),
    [
        ("stamps", "pram", "nobody_wants", "Nobody here wants what they give."),
        ("bike", "stamps", "nobody_gives", "Nobody here gives what they want: stamps."),
        ("bike", "soup", "no_ring", "No ring of at most 4 people closes with them."),
    ],
)
def test_who_is_in_no_ring_learns_why(gives, wants, code, sentence):
    others = (
        Trader("a", frozenset({"pram"}), frozenset({"bike"})),
        Trader("b", frozenset({"soup"}), frozenset({"haircut"})),
    )
    me = Trader("me", frozenset({gives}), frozenset({wants}))
    [alone] = [alone for alone in find_rings(Market((*others, me))).alone if alone.id == "me"]
    assert alone.code == code
    assert alone.sentence() == sentence
    assert alone.change()


def test_who_could_be_in_a_ring_that_another_took_learns_so():
    a, b = Trader("a", frozenset("x"), frozenset("y"), weight=3), Trader("b", frozenset("y"), frozenset("x"))
    late = Trader("late", frozenset("x"), frozenset("y"))
    found = find_rings(Market((a, b, late)))
    assert [(alone.id, alone.code) for alone in found.alone] == [("late", "others_first")]


@pytest.mark.parametrize("cut", ["MOST_RINGS", "MOST_TAKERS", "MOST_STEPS"])
def test_where_a_part_was_looked_at_that_is_said_and_nobody_is_told_more_than_is_known(cut, monkeypatch):
    whole = find_rings(people := market(20, 1))
    assert whole.whole
    monkeypatch.setattr(rings, cut, 1)
    monkeypatch.setattr(rings, "MOST_ROUNDS", 1)
    found = find_rings(people)
    assert not found.whole
    assert not found.proven
    assert check_rings(people, found) == []
    never = {alone.id for alone in whole.alone if alone.code != "others_first"}
    assert never >= {alone.id for alone in found.alone if alone.code not in {"others_first", "part"}}
    told = {alone.sentence() for alone in found.alone if alone.code == "part"}
    assert told == {"No ring was found for them, but there are too many to look at every ring."}


@pytest.mark.parametrize("longest", [2, 4])
def test_however_many_could_swap_with_however_many_all_find_someone(longest):
    people = Market(
        tuple(
            Trader(f"{n:02}{gives}", frozenset(gives), frozenset(wants))
            for n in range(60)
            for gives, wants in ("ab", "ba")
        )
    )
    found = find_rings(people, longest=longest, effort=0.5)
    assert check_rings(people, found, longest=longest) == []
    assert len(found.rings) == 60


def test_rings_are_found_in_a_crowd_with_little_effort_and_in_bounds(monkeypatch):
    luck = random.Random(1)
    things = [f"thing {n}" for n in range(10)]
    people = Market(
        tuple(
            Trader(f"p{n:03}", frozenset(some[:2]), frozenset(some[2:]))
            for n in range(100)
            for some in [luck.sample(things, 4)]
        )
    )
    weighed = []
    chosen = rings._chosen
    monkeypatch.setattr(
        rings, "_chosen", lambda m, w, listed, e: weighed.append(len(listed)) or chosen(m, w, listed, e)
    )
    found = find_rings(people, effort=0.3)
    assert check_rings(people, found) == []
    assert sum(len(ring) for ring in found.rings) > 90
    assert len(weighed) <= rings.MOST_ROUNDS
    assert max(weighed) <= rings.MOST_RINGS


def test_without_any_effort_there_are_rings_all_the_same():
    found = find_rings(people := market(30, 3), effort=0.0)
    assert found.rings
    assert not found.proven
    assert check_rings(people, found) == []


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda f: replace(f, rings=f.rings * 2), "is there 2 times"),
        (lambda f: replace(f, alone=()), "is there 0 times"),
        (lambda f: replace(f, rings=((replace(f.rings[0][0], what="gold"), *f.rings[0][1:]),)), "do not have"),
        (lambda f: replace(f, rings=(f.rings[0][:1],)), "A ring has 1 people"),
    ],
)
def test_spoilt_rings_are_found_out(spoil, sentence):
    people = market(9, 2)
    assert any(sentence in broken for broken in check_rings(people, spoil(find_rings(people))))


def test_two_of_one_id_or_a_number_below_zero_are_refused():
    me = Trader("me", frozenset(), frozenset())
    with pytest.raises(ValueError, match="same id"):
        Market((me, me))
    with pytest.raises(ValueError, match="below zero"):
        Market((replace(me, waiting=-1),))
    with pytest.raises(ValueError, match="The weight of trader me is too large to be weighed beside 1 of them"):
        Market((replace(me, weight=10**14),))
