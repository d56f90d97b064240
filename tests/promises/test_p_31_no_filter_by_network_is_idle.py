"""P-31: leave out a place where a room says of which network, and a test fails; where none does yet is a list.

Short: of every room some of them, chosen by a seed, each with the one test that is known to notice (mutants.json).
With ``PROMISES_LONG=1``: every place, with all tests that come by it, until one notices; the list of who notices
is then written anew. It runs in a process of its own, on SQLite whatever the suite runs on.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.promises import mutants

ROOT = Path(__file__).resolve().parents[2]
NOTICED_BY: dict[str, str] = json.loads(Path(__file__).with_name("mutants.json").read_text())
OF_EACH_ROOM = 2
LONG = os.environ.get("PROMISES_LONG") == "1"
TABLE = "tests/architecture/test_who_finds_which_page.py"
ROOMS_TESTS = [f"tests/{room}" for room in mutants.rooms() if (ROOT / "tests" / room).is_dir()]

# Nobody needs these: without them the same comes out, because something else says of which network it is. They stay, for
# whoever reads them and for the wall.
NEEDED_BY_NOBODY = {
    "exchange/forgetting.py erase_person: Joined…filter(network=OuterRef('pk'))": (
        "in a network where nobody is held to be them, `same_as` finds them alone, and nothing follows"
    ),
    "exchange/forgetting.py only_in: theirs…filter(network__in=networks)": (
        "who has something anywhere and, by the line below, nothing elsewhere has it here"
    ),
}

# What no test was seen to notice and nobody has looked at yet: a test that is missing, or one for the mapping above. The
# long form fails when one is noticed, and when one is found that is not here.
NOT_NOTICED: set[str] = set()

pytestmark = pytest.mark.skipif(
    "postgres" in settings.DATABASES["default"]["ENGINE"],
    reason="The mutants live on SQLite, whatever the suite runs on: the run on SQLite has tried them.",
)


def _tried(folder: Path, tests: list[str], **how) -> dict:
    plan, came = folder / "plan.json", folder / "came.json"
    plan.write_text(json.dumps({"try": [], "by": {}, "write": str(came)} | how))
    told = subprocess.run(
        [
            sys.executable, "-m", "pytest", "-p", "tests.promises.mutants", "-p", "no:cacheprovider", "-p", "no:randomly",
            "-n", "0", "-q", "-m", "not browser and not server and not data", *tests,
        ],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={
            **{name: said for name, said in os.environ.items() if not name.startswith(("PYTEST_", "PROMISES_"))},
            "MUTANTS": str(plan), "MANYHANDS_DATABASE_URL": f"sqlite:///{folder / 'none.sqlite3'}",
        },
    )  # fmt: skip
    assert came.exists(), f"{told.stdout[-2000:]}\n{told.stderr[-2000:]}"
    return json.loads(came.read_text())


def test_every_room_that_knows_networks_is_looked_at():
    found = mutants.all_mutants()
    assert len(found) == len(set(found)) > 120
    assert {name.split("/")[0] for name in found} >= {
        "deliveries", "exchange", "home", "networks", "outlook", "places", "privacy", "safety",
    }  # fmt: skip


SOURCE = """
class Look:
    def of(self, network, ask, helper):
        asks = Ask.objects.filter(Q(place__network=network) | Q(code="A"), state="new", network=network)
        asks.exclude(network__in=[network]); asks.create(network=network); get_object_or_404(Ask, network_id=network.pk)
        return ask.network_id != helper.network_id or ask.network == network or network.name == "Riverside"
"""


def test_each_place_is_found_where_it_stands_and_nothing_else():
    _tree, found = mutants.places_in(SOURCE, "room/queries.py")
    assert sorted(found) == sorted(
        f"room/queries.py Look.of: {place}"
        for place in (
            "Ask…filter(network=network)", "Q…Q(place__network=network)", "asks…exclude(network__in=[network])",
            "get_object_or_404…get_object_or_404(network_id=network.pk)", "ask.network_id != helper.network_id",
            "ask.network == network",
        )
    )  # fmt: skip


def test_nothing_is_on_both_lists_and_most_are_noticed():
    """A place that is new stands on none before the long form has tried it."""
    unnoticed = NOT_NOTICED | set(NEEDED_BY_NOBODY)
    assert not unnoticed & set(NOTICED_BY)
    assert not NOT_NOTICED & set(NEEDED_BY_NOBODY)
    assert len(NOTICED_BY) > 10 * len(unnoticed)
    assert unnoticed <= set(mutants.all_mutants()), "A reason for what is not there any more."


def _some_of_each_room() -> dict[str, str]:
    there, luck = set(mutants.all_mutants()), random.Random(os.environ.get("PROMISES_SEED", "31"))
    chosen = {}
    for room in mutants.rooms():
        known = sorted(name for name in NOTICED_BY if name.startswith(f"{room}/") and name in there)
        chosen |= {name: NOTICED_BY[name] for name in luck.sample(known, min(OF_EACH_ROOM, len(known)))}
    return chosen


@pytest.mark.skipif(LONG, reason="The long form below tries all of them.")
def test_some_of_each_room_are_noticed(tmp_path):
    chosen = _some_of_each_room()
    assert len(chosen) >= 10
    came = _tried(
        tmp_path, sorted(set(chosen.values())), **{"try": list(chosen), "by": {m: [by] for m, by in chosen.items()}}
    )
    idle = [name for name, what in came["results"].items() if what["killed_by"] is None]
    assert idle == [], "Nothing fails without these. PROMISES_LONG=1 looks whether any other test notices."


@pytest.mark.skipif(not LONG, reason="Takes half an hour: PROMISES_LONG=1 tries every place.")
def test_every_one_is_noticed(tmp_path):
    came = _tried(tmp_path, [TABLE, *ROOMS_TESTS])
    results = came["results"]
    idle = {name for name, what in results.items() if what["killed_by"] is None}
    noticed = {name: what["killed_by"] for name, what in sorted(results.items()) if what["killed_by"]}
    Path(__file__).with_name("mutants.json").write_text(json.dumps(noticed, ensure_ascii=False, indent=1) + "\n")
    # A few tests are not made for questions that are read: they are no witnesses, and not what is looked for here.
    assert len(came["broken"]) < 60
    assert idle == (NOT_NOTICED | set(NEEDED_BY_NOBODY)) & set(results)
