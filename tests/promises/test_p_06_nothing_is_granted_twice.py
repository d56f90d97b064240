"""P-06: eight processes claim at once; no ask is given to two, and no helper holds more than they may."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import Server, own_database

pytestmark = pytest.mark.server

PROCESSES, ASKS, CAP = 8, 30, 5
SCENE = f"""
import json
from tests import cast
town = cast.network("riverside", "Riverside", cast.person("Sol Steward"))
town.claim_cap = {CAP}
town.save(update_fields=["claim_cap"])
helpers = [cast.helper(town, cast.person(f"Help{{number}} Er")) for number in range({PROCESSES})]
asks = [cast.ask(town, name=f"Nia {{number}}") for number in range({ASKS})]
print(json.dumps([[str(each.pk) for each in helpers], [str(each.pk) for each in asks]]))
"""
CLAIM = """
import random, sys
from manyhands.exchange import actions
from manyhands.exchange.models import Ask, Helper
from manyhands.kit.refusals import Refused
from tests.cast import NOW
helper = Helper.objects.select_related("membership__person", "membership__network").get(pk=sys.argv[1])
asks = sys.argv[3:]
random.Random(int(sys.argv[2])).shuffle(asks)
sys.stdin.readline()
granted = 0
for key in asks:
    try:
        actions.claim_ask(Ask.objects.get(pk=key), helper=helper, by=helper.membership.person, now=NOW)
        granted += 1
    except Refused:
        pass
print(granted)
"""
HELD = """
import json
from collections import Counter
from manyhands.exchange.models import Claim
held = Claim.objects.filter(state="held")
by_ask = Counter(str(key) for key in held.values_list("ask", flat=True))
by_helper = Counter(str(key) for key in held.values_list("helper", flat=True))
print(json.dumps([by_ask, by_helper]))
"""
START = "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'manyhands.config.settings'\nimport django; django.setup()\n"


def rush(folder: Path, *, helpers: int) -> tuple[int, dict[str, int], dict[str, int]]:
    """Let eight processes claim every ask for so many helpers; grants told, holders of each ask, asks of each helper."""
    with own_database(folder) as database:
        house = Server(folder, database, demo=False)
        people, asks = json.loads(house.python(SCENE))
        claiming = [
            subprocess.Popen(
                [sys.executable, "-c", START + CLAIM, people[number % helpers], str(number), *asks], env=house.env,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
            )
            for number in range(PROCESSES)
        ]  # fmt: skip
        for process in claiming:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        told = [process.communicate(timeout=120)[0] for process in claiming]
        assert all(process.returncode == 0 for process in claiming)
        by_ask, by_helper = json.loads(house.python(HELD))
    return sum(int(each) for each in told), by_ask, by_helper


def test_every_ask_is_given_once(tmp_path):
    granted, by_ask, by_helper = rush(tmp_path, helpers=PROCESSES)
    assert granted == len(by_ask) == ASKS
    assert set(by_ask.values()) == {1}
    assert max(by_helper.values()) <= CAP


def test_one_helper_in_four_places_at_once_holds_no_more_than_they_may(tmp_path):
    granted, by_ask, by_helper = rush(tmp_path, helpers=2)
    assert granted == len(by_ask) == 2 * CAP
    assert set(by_helper.values()) == {CAP}
