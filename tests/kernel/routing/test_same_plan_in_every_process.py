"""The same problem, rounds and seed give the same plan, also where sets and dictionaries are gone through otherwise."""

import os
import subprocess
import sys
from dataclasses import replace

from manyhands.kernel.routing import PickUp, Rounds, solve, solving
from tests.kernel.routing.evenings import north, town

HOW = "from tests.kernel.routing import test_same_plan_in_every_process as here; here.show()"


def evening():
    """A town in which much has to be mended: pick-ups, things that go together, people who know each other."""
    problem = town(30, 40, seed=3, hub=True)
    stops = [
        replace(
            stop,
            pick_up=PickUp(north(300 * number, -200)) if number % 5 == 0 else None,
            together=f"pair {number // 2}" if number % 8 < 2 else None,
            remembered=frozenset({"h0", "h1", "h2"}) if number % 3 == 0 else frozenset(),
        )
        for number, stop in enumerate(problem.stops)
    ]
    return replace(problem, stops=tuple(stops))


def show():
    """The plan of it, and of an evening the search core knows, in words."""
    solving.CORE_FROM = 0  # this is a process of its own
    for problem in (evening(), town(40, 9, seed=4)):
        for run in solve(problem, until=Rounds(200), seed=2).runs:
            print(run.helper_id, run.depart, run.finish, *run.stop_ids)


def test_the_plan_does_not_hang_on_how_words_are_hashed():
    asked = [
        subprocess.Popen(
            [sys.executable, "-c", HOW],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for hash_seed in ("1", "2")
    ]
    one, other = (process.communicate()[0] for process in asked)
    assert "h" in one
    assert one == other
