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

# What no test was seen to notice yet. Each of these is a test that is missing, or a filter nobody needs; which of the two
# is not known before somebody looked. The long form fails when one is noticed: then it goes off this list.
NOT_NOTICED = {
    "deliveries/forgetting.py _stops_of: stops…filter(plan__network__in=networks)",
    "doubles/actions.py _keep: Pair…filter(network=network)",
    "doubles/actions.py join: Pair…filter(network=network)",
    "doubles/actions.py look: Pair…filter(network=network)",
    "doubles/actions.py look: Pair…filter(network=network) (2)",
    "doubles/actions.py take_out: Pair…filter(network=network)",
    "doubles/queries.py _where: Ask…filter(network=network)",
    "doubles/queries.py _where: Helper…filter(network=network)",
    "doubles/queries.py _where: Offer…filter(network=network)",
    "doubles/queries.py known: Ask…filter(network=network)",
    "doubles/queries.py known: Claim…filter(network=network)",
    "doubles/queries.py known: Helper…filter(network=network)",
    "doubles/queries.py known: Membership…filter(network=network)",
    "doubles/queries.py known: Offer…filter(network=network)",
    "doubles/queries.py people_of: Membership…filter(network=network)",
    "doubles/queries.py people_of: Offer…filter(network=network)",
    "exchange/actions/asks.py save_with_code: type…filter(network=thing.network_id)",
    "exchange/actions/inbox.py _free_codes: Ask…filter(network=network)",
    "exchange/actions/inbox.py put_letter: Letter…filter(network=network)",
    "exchange/actions/offers.py post_offer: Offer…filter(network=network)",
    "exchange/finding.py asks_that_may_fit: Ask…filter(network=offer.network_id)",
    "exchange/forgetting.py _held_to_be: Joined…filter(network=OuterRef('pk'))",
    "exchange/forgetting.py _is_last_steward: Membership…filter(network=membership.network_id)",
    "exchange/forgetting.py only_in: theirs…filter(network__in=networks)",
    "exchange/forms/keeping.py HoldForm.told: Ask…filter(network=self.network)",
    "exchange/hibernating.py _shred: Helper…filter(network=network)",
    "exchange/holding.py _asks: Q…Q(network=hold.network_id)",
    "exchange/holding.py _offers: Q…Q(network=hold.network_id)",
    "exchange/queries.py things_of: Ask…filter(network__in=networks)",
    "exchange/views/desk.py _last: last['network'] == request.network.slug",
    "exchange/views/keeping.py _show: queries…filter(network=network)",
    "networks/actions.py _back: Membership…filter(network=network)",
    "networks/actions.py _member_among: Membership…filter(network=network)",
    "networks/actions.py hold_for_one: Joined…filter(network=network)",
    "networks/actions.py take_out: Joined…filter(network=network)",
    "networks/queries.py kept_apart_from: Apart…filter(network=network)",
    "outlook/queries.py _asks_since: Ask…filter(network=network)",
    "places/actions.py measure_squares: Squares…filter(network=network)",
    "places/actions.py settle_squares: Squares…filter(network=network)",
    "privacy/actions.py keep: Keeping…filter(network=network)",
    "privacy/forgetting.py _of_networks: things…filter(network__in=networks)",
    "privacy/forgetting.py _unlocks_of: things…filter(network__in=networks)",
    "privacy/queries.py homes_opened_to: Unlock…filter(network=network)",
    "privacy/queries.py two_who_agreed: Unlock…filter(network=network)",
    "privacy/queries.py waiting_for: Unlock…filter(network=network)",
    "privacy/templatetags/seeing.py holds: queries…filter(network=network)",
    "safety/queries.py is_trusted: Trusted…filter(network__in=_networks_of(person))",
    "safety/queries.py visible_to: Q…Q(network__in=_networks_of(person))",
}

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
    """A place that is new stands on neither before the long form has tried it."""
    assert not NOT_NOTICED & set(NOTICED_BY)
    assert len(NOTICED_BY) > 2 * len(NOT_NOTICED)


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
    assert idle == NOT_NOTICED & set(results)
