"""P-08: eight processes write to one SQLite file; nobody reads "database is locked", nobody waits much longer than others.

With ``PROMISES_LONG=1``: 200 writes a second for ten minutes, and 99 of 100 done within 250 ms.
"""

from __future__ import annotations

import os

import pytest
from bench.writers import measure

pytestmark = pytest.mark.server
LONG = os.environ.get("PROMISES_LONG") == "1"


def test_two_hundred_writes_a_second_meet_no_locked_database(tmp_path):
    figures = measure("with", writers=8, seconds=600 if LONG else 4, a_second=200, folder=tmp_path)
    assert figures["errors"] == 0
    assert figures["lost"] == 0
    assert figures["turns_min"] > 0
    if LONG:
        assert figures["p99_ms"] < 250, figures


def test_writers_in_a_rush_get_about_as_many_turns_each(tmp_path):
    """Without the queue the luckiest of eight had several hundred times the turns of the unluckiest."""
    figures = measure("with", writers=8, seconds=4, a_second=0, folder=tmp_path)
    assert figures["errors"] == figures["lost"] == 0
    assert figures["turns_min"] * 4 > figures["turns_max"], figures
