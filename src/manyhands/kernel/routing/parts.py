"""Cutting an evening that is too big for one matrix into neighbourhoods with their share of the helpers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from manyhands.kernel.geo import Floats, Places, Point, great_circle
from manyhands.kernel.routing.ability import Truths
from manyhands.kernel.routing.problem import Stop
from manyhands.kernel.routing.timing import Turn

HOP = 120  # seconds between two stops of a dense evening, for estimating how many stops a turn could make


def base_of(turn: Turn) -> Point | None:
    """Where a turn belongs on the map: where it sets out, loads or ends."""
    return turn.start or (turn.hub.place if turn.hub else None) or turn.end


def could_make(turn: Turn, service: float, loads: Sequence[float]) -> int:
    """About how many stops of a usual service and load a turn could make at best: by time, room and own limit."""
    span = turn.window.end - turn.window.start
    most = min(span, turn.helper.max_seconds or span) / (service + HOP)
    for room, load in zip(turn.helper.capacity, loads, strict=False):
        if load > 0:
            most = min(most, room / load)
    if turn.helper.max_stops is not None:
        most = min(most, turn.helper.max_stops)
    return max(1, int(most))


def worth_trying(
    turns: Sequence[Turn], stops: Sequence[Stop], need: Sequence[int], may: Truths, units: int
) -> list[int]:
    """The numbers of the stops a search should look at: all, or three times what the turns could make at best.

    Those with the most need come first, and among equals those nearest to a turn that may take them.
    """
    service = float(np.mean([s.service for s in stops])) if stops else 0.0
    loads = [float(np.mean([s.loads[u] if s.loads else 0 for s in stops])) if stops else 0.0 for u in range(units)]
    most = 3 * sum(could_make(t, service, loads) for t in turns) + 50
    if len(stops) <= most:
        return list(range(len(stops)))
    near = np.full(len(stops), np.inf)
    places = Places(s.place for s in stops if s.place is not None)
    for row, turn in enumerate(turns):
        base = base_of(turn)
        away = great_circle([base], places)[0] if base is not None else np.zeros(len(places))
        near = np.minimum(near, np.where(may[row], away, np.inf))
    ranked = sorted(range(len(stops)), key=lambda i: (-need[i], near[i], i))
    # What is locked is promised: it is always looked at.
    locked = [i for i, s in enumerate(stops) if s.locked_to is not None]
    return sorted(set(locked) | set(ranked[:most]))


def cut(turns: Sequence[Turn], stops: Sequence[Stop], may: Truths, largest: int) -> list[tuple[list[int], list[int]]]:
    """Pairs of (numbers of turns, numbers of stops), each with at most `largest` stops, near to one another.

    A stop goes where its neighbours go, unless no turn there may take it. What does not fit is in no part.
    """
    wanted = min(len(turns), -(-len(stops) // max(1, largest * 3 // 4)))
    places = [s.place for s in stops if s.place is not None]
    neighbourhoods = _halved(_on_a_plane(places), list(range(len(stops))), max(1, wanted))
    middles = [_middle([places[i] for i in part]) for part in neighbourhoods]
    quota = _shares(len(turns), [len(part) for part in neighbourhoods])
    bases = [base_of(t) for t in turns]
    far = great_circle([b or middles[0] for b in bases], middles)
    team: list[list[int]] = [[] for _ in neighbourhoods]
    free = set(range(len(turns)))
    # Each neighbourhood in turn picks the nearest helper still free, so that none is left with the far ones only.
    while free:
        open_teams = [k for k in range(len(team)) if len(team[k]) < quota[k]]
        if not open_teams:
            break
        for k in open_teams:
            if free:
                mine = np.array(neighbourhoods[k], dtype=np.int64)
                pick = min(free, key=lambda t: (not may[t, mine].any(), far[t, k], t))
                team[k].append(pick)
                free.remove(pick)
    home = {turn: k for k, members in enumerate(team) for turn in members}
    parts: list[list[int]] = [[] for _ in team]
    for k, part in enumerate(neighbourhoods):
        reachable: Truths = np.asarray(may[team[k]].any(axis=0))
        for stop in part:
            if reachable[stop]:
                parts[k].append(stop)
            else:
                others = np.flatnonzero(may[:, stop])
                if len(others):
                    nearest = min(others, key=lambda t: (far[t, k], t))
                    parts[home[int(nearest)]].append(stop)
    return [(sorted(members), sorted(part)) for members, part in zip(team, parts, strict=True) if members and part]


def _shares(total: int, sizes: Sequence[int]) -> list[int]:
    """`total` dealt out by size, at least one each, by largest remainder."""
    exact = [total * size / max(1, sum(sizes)) for size in sizes]
    shares = [max(1, int(x)) for x in exact]
    by_remainder = sorted(range(len(sizes)), key=lambda k: (shares[k] - exact[k], k))
    number = 0
    while sum(shares) < total:
        shares[by_remainder[number % len(sizes)]] += 1
        number += 1
    return shares


def _on_a_plane(places: Sequence[Point]) -> Floats:
    """Places as unit vectors, so that neighbours stay neighbours across the date line."""
    degrees = np.radians(np.array(places, dtype=np.float64).reshape(-1, 2))
    lat, lon = degrees[:, 0], degrees[:, 1]
    return np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))


def _middle(places: Sequence[Point]) -> Point:
    vectors = _on_a_plane(places)
    centre = vectors.mean(axis=0)
    return places[int(((vectors - centre) ** 2).sum(axis=1).argmin())]


def _halved(vectors: Floats, members: list[int], pieces: int) -> list[list[int]]:
    """Cut along the longest side, again and again, into pieces of about the same number."""
    if pieces <= 1 or len(members) <= 1:
        return [members]
    mine = vectors[members]
    side = int(np.ptp(mine, axis=0).argmax())
    ordered = sorted(members, key=lambda i: (vectors[i, side], i))
    first = pieces // 2
    at = len(members) * first // pieces
    return [*_halved(vectors, ordered[:at], first), *_halved(vectors, ordered[at:], pieces - first)]
