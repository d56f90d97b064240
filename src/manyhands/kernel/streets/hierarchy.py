"""A net of streets, prepared so that the ways between hundreds of places take a second.

Junctions are taken out of the net one after another, those with the fewest neighbours first, and whatever way led
through one is kept as a shortcut between its neighbours. What is left over at the end is nothing; what was written
down on the way is, for every junction, its ways up to junctions that were taken out later. The quickest way between
two junctions then always goes up for a while and down for a while, and there are few junctions above any one (some
hundreds in a city). This is the customizable contraction hierarchy of Dibbelt, Strasser and Wagner (ACM JEA 21, 2016),
on an order by fewest neighbours; going down from all places at once is the sweep of Delling, Goldberg, Nowatzyk and
Werneck (PHAST, 2011).

Exact: the same lengths as Dijkstra's algorithm finds on the net itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from manyhands.kernel.geo import Floats, Integers

Small = NDArray[np.int32]
Truths = NDArray[np.bool_]
BLOCK = 256  # places whose ways up and down are worked out together


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """A net taken apart. Junctions are numbered in the order in which they were taken out.

    ``first`` (n + 1): where the ways of each junction begin in the other three. ``to``: the junction each leads to,
    always one with a higher number, in rising order. ``up`` and ``down``: what it costs to go there, and from there;
    infinity where that is not possible.
    """

    first: Integers
    to: Small
    up: Floats
    down: Floats

    def __len__(self) -> int:
        return len(self.first) - 1


def contract(
    count: int, tails: Integers, heads: Integers, costs: Floats, tell: Callable[[float], None] = lambda _share: None
) -> tuple[Hierarchy, Integers]:
    """Take apart a net of ``count`` junctions with one-way streets; the hierarchy, and each junction's number in it.

    ``costs`` are positive; of several streets from one junction to another the cheapest counts. The same net always
    gives the same hierarchy.
    """
    pairs = _paired(count, tails, heads, costs)
    # Luck decides between neighbours alike, and the same luck each time: in a row of equals a third may go at once.
    luck = np.random.default_rng(7).permutation(count)
    rank = np.full(count, -1, dtype=np.int64)
    names = np.arange(count)  # of those that are left, as they were called
    nobody = np.zeros(0, dtype=np.int64)
    taken, written = 0, [(nobody, nobody, np.zeros(0), np.zeros(0))]
    left = np.ones(count, dtype=np.bool_)
    while taken < count:
        if 2 * int(left.sum()) < len(names):
            pairs, names, luck, left = _only(pairs, names, luck, left)
        chosen = _independent(pairs, luck, left)
        rank[names[chosen]] = np.arange(taken, taken + int(chosen.sum()))
        taken += int(chosen.sum())
        left &= ~chosen
        at_a, at_b = chosen[pairs.a], chosen[pairs.b]
        # Seen from the one that goes: its neighbour, the cost of going there and of coming from there.
        gone = np.concatenate([pairs.a[at_a], pairs.b[at_b]])
        others = np.concatenate([pairs.b[at_a], pairs.a[at_b]])
        up = np.concatenate([pairs.there[at_a], pairs.back[at_b]])
        down = np.concatenate([pairs.back[at_a], pairs.there[at_b]])
        written.append((names[gone], names[others], up, down))
        pairs = _with(pairs.some(~(at_a | at_b)), _shortcuts(len(names), gone, others, up, down), len(names))
        tell(taken / count)
    gone, others = (rank[np.concatenate([part[i] for part in written])] for i in (0, 1))
    up, down = (np.concatenate([part[i] for part in written]) for i in (2, 3))
    order = np.lexsort((others, gone))
    first = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(gone, minlength=count), out=first[1:])
    return Hierarchy(first, others[order].astype(np.int32), up[order], down[order]), rank


class _Pairs(NamedTuple):
    """Junctions next to one another, the lower number first, in rising order; what it costs there and back."""

    a: Integers
    b: Integers
    there: Floats
    back: Floats

    def some(self, these: Truths) -> _Pairs:
        return _Pairs(self.a[these], self.b[these], self.there[these], self.back[these])


def _paired(count: int, tails: Integers, heads: Integers, costs: Floats) -> _Pairs:
    apart = tails != heads
    tails, heads, costs = tails[apart], heads[apart], costs[apart]
    forward = tails < heads
    endless = np.full(len(costs), np.inf)
    return _merged(
        count,
        _Pairs(
            np.where(forward, tails, heads),
            np.where(forward, heads, tails),
            np.where(forward, costs, endless),
            np.where(forward, endless, costs),
        ),
    )


def _merged(count: int, pairs: _Pairs) -> _Pairs:
    """Each pair once, with the least cost of those that stood for it."""
    if not len(pairs.a):
        return pairs
    keys = pairs.a * count + pairs.b
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    begins = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    firsts = order[begins]
    return _Pairs(
        pairs.a[firsts],
        pairs.b[firsts],
        np.minimum.reduceat(pairs.there[order], begins),
        np.minimum.reduceat(pairs.back[order], begins),
    )


def _with(old: _Pairs, new: _Pairs, count: int) -> _Pairs:
    """The old pairs and the new, where one stood already with the lesser cost. The old ones are not sorted again."""
    new = _merged(count, new)
    if not len(new.a):
        return old
    keys, more = old.a * count + old.b, new.a * count + new.b
    at = np.searchsorted(keys, more)
    stood = np.zeros(len(more), dtype=np.bool_)
    inside = at < len(keys)
    stood[inside] = keys[at[inside]] == more[inside]
    np.minimum.at(old.there, at[stood], new.there[stood])
    np.minimum.at(old.back, at[stood], new.back[stood])
    return _Pairs(*(np.insert(one, at[~stood], two[~stood]) for one, two in zip(old, new, strict=True)))


def _only(pairs: _Pairs, names: Integers, luck: Integers, left: Truths) -> tuple[_Pairs, Integers, Integers, Truths]:
    """The same with those that are gone dropped, so that each round costs what is left and not what there was."""
    number = np.cumsum(left) - 1
    fewer = _Pairs(number[pairs.a], number[pairs.b], pairs.there, pairs.back)
    return fewer, names[left], luck[left], np.ones(int(left.sum()), dtype=np.bool_)


def _independent(pairs: _Pairs, luck: Integers, left: Truths) -> Truths:
    """Junctions to take out together: with few neighbours, and none the neighbour of another."""
    degree = np.bincount(pairs.a, minlength=len(luck)) + np.bincount(pairs.b, minlength=len(luck))
    few = max(3, int(degree[left].min() * 1.1) + 1)
    wish = degree * (int(luck.max()) + 1) + luck
    least = np.full(len(luck), np.iinfo(np.int64).max)
    np.minimum.at(least, pairs.a, wish[pairs.b])
    np.minimum.at(least, pairs.b, wish[pairs.a])
    return left & (degree <= few) & (wish < least)


def _shortcuts(count: int, gone: Integers, others: Integers, up: Floats, down: Floats) -> _Pairs:
    """What leads through those that go, between every two of their neighbours."""
    order = np.argsort(gone, kind="stable")
    others, up, down = others[order], up[order], down[order]
    sizes = np.bincount(gone, minlength=count)
    begins = np.cumsum(sizes) - sizes
    none = np.zeros(0, dtype=np.int64)
    parts = [_Pairs(none, none, np.zeros(0), np.zeros(0))]
    for size in np.unique(sizes[sizes > 1]):
        rows = begins[sizes == size][:, None] + np.arange(size)[None, :]
        one, two = np.triu_indices(int(size), 1)
        left, right = rows[:, one].ravel(), rows[:, two].ravel()
        x, y = others[left], others[right]
        there, back = down[left] + up[right], down[right] + up[left]
        swap = x > y
        parts.append(
            _Pairs(np.where(swap, y, x), np.where(swap, x, y), np.where(swap, back, there), np.where(swap, there, back))
        )
    return _Pairs(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


@dataclass(frozen=True, slots=True)
class Ends:
    """Places beside the net: from each, up to k junctions and what it costs to get to them (or from them to it).

    ``junctions`` (places × k) are numbers of the hierarchy, -1 for none; ``costs`` likewise, infinity for none.
    """

    junctions: Integers
    costs: Floats

    def __len__(self) -> int:
        return len(self.junctions)

    def part(self, begin: int, end: int) -> Ends:
        """Some of the places, in their order."""
        return Ends(self.junctions[begin:end], self.costs[begin:end])


def ways(net: Hierarchy, froms: Ends, tos: Ends) -> Floats:
    """What the cheapest way costs from each of ``froms`` (rows) to each of ``tos`` (columns); infinity without a way.

    Memory: about 16 bytes × 256 × the junctions above the places, beside the answer.
    """
    found = np.full((len(froms), len(tos)), np.inf)
    above_tos = _above(net, tos)
    for begin in range(0, len(froms), BLOCK):
        some = froms.part(begin, begin + BLOCK)
        above = _above(net, some)
        costs = _downwards(net, above_tos, above, _upwards(net, above, some))
        for slot in range(tos.junctions.shape[1]):
            use = np.flatnonzero(tos.junctions[:, slot] >= 0)
            rows = np.searchsorted(above_tos, tos.junctions[use, slot])
            block = found[begin : begin + BLOCK]
            block[:, use] = np.minimum(block[:, use], (costs[rows] + tos.costs[use, slot][:, None]).T)
    return found


def _above(net: Hierarchy, ends: Ends) -> Integers:
    """The junctions of some places and all that lie above them, in rising order."""
    seen: Truths = np.zeros(len(net), dtype=np.bool_)
    at = np.unique(ends.junctions[ends.junctions >= 0])
    while len(at):
        seen[at] = True
        # Whatever lies above a junction lies above the lowest that it leads up to, or is that one.
        at = at[net.first[at] < net.first[at + 1]]
        at = np.unique(net.to[net.first[at]]).astype(np.int64)
        at = at[~seen[at]]
    return np.flatnonzero(seen)


def _upwards(net: Hierarchy, above: Integers, froms: Ends) -> Floats:
    """What it costs to get up from each place (columns) to each junction above (rows)."""
    costs = np.full((len(above), len(froms)), np.inf)
    for slot in range(froms.junctions.shape[1]):
        use = np.flatnonzero(froms.junctions[:, slot] >= 0)
        rows = np.searchsorted(above, froms.junctions[use, slot])
        costs[rows, use] = np.minimum(costs[rows, use], froms.costs[use, slot])
    first, up, rows_to = _streets_of(net, above, net.up)
    for row in range(len(above)):
        begin, end = first[row], first[row + 1]
        if begin < end:
            rows = rows_to[begin:end]
            costs[rows] = np.minimum(costs[rows], costs[row] + up[begin:end, None])
    return costs


def _downwards(net: Hierarchy, above: Integers, known: Integers, high: Floats) -> Floats:
    """What it costs to get to each junction above the goals (rows), given what it costs to get up to those known."""
    costs = np.full((len(above), high.shape[1]), np.inf)
    _both, rows, known_rows = np.intersect1d(above, known, assume_unique=True, return_indices=True)
    costs[rows] = high[known_rows]
    first, down, rows_to = _streets_of(net, above, net.down)
    for row in range(len(above) - 1, -1, -1):
        begin, end = first[row], first[row + 1]
        if begin < end:
            best = (costs[rows_to[begin:end]] + down[begin:end, None]).min(axis=0)
            np.minimum(costs[row], best, out=costs[row])
    return costs


def _streets_of(net: Hierarchy, above: Integers, costs: Floats) -> tuple[list[int], Floats, Integers]:
    """The ways up of some junctions: where each one's begin, their costs, and which row of ``above`` they lead to."""
    sizes = net.first[above + 1] - net.first[above]
    first = np.concatenate([[0], np.cumsum(sizes)])
    each = np.repeat(net.first[above] - first[:-1], sizes) + np.arange(first[-1])
    return first.tolist(), costs[each], np.searchsorted(above, net.to[each])
