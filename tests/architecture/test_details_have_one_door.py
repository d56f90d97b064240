"""Contact details reach a page, a paper or a file through `privacy.actions.reveal` alone, by one table."""

from __future__ import annotations

import re
from pathlib import Path

from manyhands.networks.states import Role
from manyhands.privacy import policy
from manyhands.privacy.states import Part, Why

HOUSE = Path(__file__).resolve().parents[2] / "src" / "manyhands"
# What a page would read a detail from, if it went past the door.
DETAIL = re.compile(r"contact_points\.(all|values|filter)|\b(place|start|end)\.(text|door|lat|lon|is_on_map)\b")
# Where such words are no detail of a person's, and why; how often they stand there.
KNOWN = {
    "deliveries/views/hubs.py": 3,  # a hub is a public house
    "deliveries/templates/deliveries/hubs.html": 2,  # the same
    "deliveries/templates/deliveries/run.html": 3,  # the hub to load at
    "deliveries/views/showing.py": 9,  # marks of a map; whoever draws one calls `see_map` or `see_stops`
    "deliveries/views/papers.py": 6,  # `place` is what `reveal` gave back
    "deliveries/templates/deliveries/_unserved.html": 1,  # only whether it is on the map
    "exchange/templates/exchange/desk_line.html": 1,  # only whether it is on the map
    "exchange/views/desk.py": 2,  # the blurred square
    "exchange/views/helping.py": 4,  # the blurred square
}


def _pages() -> list[Path]:
    views = [*HOUSE.rglob("views.py"), *HOUSE.glob("*/views/*.py"), *HOUSE.glob("*/exporting.py")]
    return [path for path in [*views, *HOUSE.rglob("*.html")] if "privacy" not in path.parts]


def test_no_page_reads_a_detail_past_the_door():
    found = {}
    for path in _pages():
        if times := len(DETAIL.findall(path.read_text())):
            found[path.relative_to(HOUSE).as_posix()] = times
    assert found == KNOWN


def test_what_is_shown_is_made_in_one_room():
    """A page can't make up a `Shown` of its own, nor a second way to write what was seen."""
    strays = [
        path.relative_to(HOUSE).as_posix()
        for path in HOUSE.rglob("*.py")
        if "privacy" not in path.parts and re.search(r"privacy\.Shown\(|\bReveal[.(]", path.read_text())
    ]
    assert strays == []


def test_every_ground_has_a_row():
    assert set(policy.GROUNDS) == set(Why)


def test_the_table_gives_nobody_more_than_this():
    """The whole table, said once more by hand: a change to it is a change here."""
    everything = frozenset(Part)
    desk = {
        Why.DESK: everything,
        Why.EXPORT: everything,
        Why.MAP: {Part.SPOT},
        Why.SHEETS: {Part.NAME, Part.PLACE, Part.REACH},
        Why.TABLE: {Part.PLACE, Part.SPOT},
        Why.MEMBERS: {Part.NAME, Part.REACH},
        Why.HELPER: everything,
        Why.TWICE: {Part.NAME, Part.PLACE, Part.REACH},
    }
    tied = {
        Why.OWN: everything,
        Why.CLAIM: everything,
        Why.RUN: everything,
        Why.MATCH: {Part.NAME, Part.REACH},
    }
    for why in Why:
        for role in (None, *Role):
            at_the_desk = role in {Role.DISPATCHER, Role.STEWARD}
            expected = tied.get(why) or (desk[why] if at_the_desk else frozenset())
            assert policy.parts_shown(why, role) == expected, (why, role)


def test_of_somebody_in_danger_the_table_gives_nobody_more_than_this():
    """Said once more by hand: only oneself, and the desk one by one; a helper once two of the desk said yes."""
    everything = frozenset(Part)
    assert {why: ground.in_danger for why, ground in policy.GROUNDS.items() if ground.in_danger} == {
        Why.OWN: everything,
        Why.DESK: everything,
    }
    assert {why for why, ground in policy.GROUNDS.items() if ground.by_two} == {
        Why.CLAIM,
        Why.RUN,
        Why.HELPER,
    }


def test_only_ones_own_leaves_no_trace():
    assert [why for why, ground in policy.GROUNDS.items() if not ground.leaves_trace] == [Why.OWN]
