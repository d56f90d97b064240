"""All ways between many places at once are exactly those that Dijkstra's algorithm finds one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from manyhands.kernel.streets.hierarchy import BLOCK, Ends, contract, ways

INF = np.inf


def prepared(count, streets):
    tails, heads, costs = (np.array(column) for column in zip(*streets, strict=True)) if streets else ([], [], [])
    return contract(
        count, np.asarray(tails, dtype=np.int64), np.asarray(heads, dtype=np.int64), np.asarray(costs, dtype=float)
    )


def at(rank, *junctions, costs=None):
    """Places right at junctions."""
    found = rank[np.array(junctions, dtype=np.int64)].reshape(-1, 1)
    return Ends(found, np.zeros(found.shape) if costs is None else np.array(costs, dtype=float).reshape(-1, 1))


def town(side, luck, *, closed=0.15, oneway=0.25):
    """A grid of blocks with some streets missing and some that go one way only."""
    number = np.arange(side * side).reshape(side, side)
    pairs = [*zip(number[:, :-1].ravel(), number[:, 1:].ravel(), strict=True)]
    pairs += [*zip(number[:-1].ravel(), number[1:].ravel(), strict=True)]
    streets = []
    for a, b in pairs:
        if luck.random() < closed:
            continue
        streets.append((a, b, int(luck.integers(10, 500))))
        if luck.random() >= oneway:
            streets.append((b, a, int(luck.integers(10, 500))))
    return side * side, streets


def one_by_one(count, streets, places):
    least = {}
    for tail, head, cost in streets:
        if tail != head:
            least[tail, head] = min(cost, least.get((tail, head), INF))
    rows, columns = zip(*least, strict=True) if least else ((), ())
    net = csr_matrix((list(least.values()), (rows, columns)), shape=(count, count))
    return dijkstra(net, indices=places)[:, places]


@pytest.mark.parametrize("seed", range(6))
def test_the_ways_of_a_town_are_the_cheapest(seed):
    luck = np.random.default_rng(seed)
    count, streets = town(12, luck)
    net, rank = prepared(count, streets)
    places = luck.permutation(count)[:40]
    assert np.array_equal(ways(net, at(rank, *places), at(rank, *places)), one_by_one(count, streets, places))


@settings(max_examples=60)
@given(
    st.integers(1, 12).flatmap(
        lambda count: st.tuples(
            st.just(count),
            st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1), st.integers(1, 50)), max_size=40),
        )
    )
)
def test_so_they_are_in_any_odd_net(given_net):
    count, streets = given_net
    net, rank = prepared(count, streets)
    everywhere = np.arange(count)
    assert np.array_equal(
        ways(net, at(rank, *everywhere), at(rank, *everywhere)), one_by_one(count, streets, everywhere)
    )


def test_every_junction_leads_up_only():
    count, streets = town(10, np.random.default_rng(3))
    net, rank = prepared(count, streets)
    assert sorted(rank) == list(range(count)) == list(range(len(net)))
    begins = np.repeat(np.arange(count), np.diff(net.first))
    assert (net.to > begins).all()


def test_the_same_net_is_taken_apart_the_same_way():
    count, streets = town(10, np.random.default_rng(4))
    one, two = prepared(count, streets), prepared(count, streets)
    assert np.array_equal(one[1], two[1])
    assert np.array_equal(one[0].to, two[0].to)


def test_a_pair_costs_the_same_whatever_it_is_asked_with():
    count, streets = town(10, np.random.default_rng(5))
    net, rank = prepared(count, streets)
    many = ways(net, at(rank, *range(count)), at(rank, *range(count)))
    for one, two in [(3, 77), (50, 0), (99, 98)]:
        assert ways(net, at(rank, one), at(rank, two))[0, 0] == many[one, two]


def test_more_places_than_go_at_once_change_nothing():
    count, streets = town(6, np.random.default_rng(6))
    net, rank = prepared(count, streets)
    places = [number % count for number in range(BLOCK + 50)]
    found = ways(net, at(rank, *places), at(rank, 0, 7))
    assert np.array_equal(found, one_by_one(count, streets, np.arange(count))[places][:, [0, 7]])


def test_a_place_between_two_junctions_leaves_by_the_better_one():
    net, rank = prepared(3, [(0, 1, 10), (1, 0, 10), (1, 2, 10), (2, 1, 10)])
    between = Ends(rank[np.array([[0, 1]])], np.array([[1.0, 9.0]]))
    assert ways(net, between, at(rank, 0, 1, 2)).tolist() == [[1.0, 9.0, 19.0]]
    only_one = Ends(np.array([[rank[0], -1]]), np.array([[1.0, INF]]))
    assert ways(net, only_one, at(rank, 2)).tolist() == [[21.0]]


def test_where_no_street_leads_there_is_no_way():
    net, rank = prepared(4, [(0, 1, 5), (2, 3, 5)])
    found = ways(net, at(rank, 0, 1), at(rank, 1, 2))
    assert found.tolist() == [[5.0, INF], [0.0, INF]]
    nowhere = Ends(np.array([[-1]]), np.array([[INF]]))
    assert ways(net, nowhere, at(rank, 1)).tolist() == [[INF]]


def test_no_net_and_no_place_are_no_trouble():
    net, rank = prepared(0, [])
    assert len(net) == 0
    assert ways(net, at(rank), at(rank)).shape == (0, 0)


def test_it_tells_how_far_it_is():
    heard = []
    count, streets = town(8, np.random.default_rng(1))
    tails, heads, costs = (np.array(column) for column in zip(*streets, strict=True))
    contract(count, tails, heads, costs.astype(float), heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
