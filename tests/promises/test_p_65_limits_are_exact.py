"""P-65: limits are exact and shared by every process: 8 of them try 50 times each, and exactly 100 tries are allowed."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import RequestFactory

from manyhands.kit import limits
from manyhands.kit.models import Allowance
from tests.serving import own_database

PROCESSES, TRIES, MOST = 8, 50, 100
ROUNDS = 10 if os.environ.get("PROMISES_LONG") else 1
NOON = datetime(2026, 6, 4, 12, 0, tzinfo=UTC)
TRY = f"""
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "manyhands.config.settings"
import django; django.setup()
from datetime import UTC, datetime, timedelta
from manyhands.kit import limits
from django.db import connection
connection.ensure_connection()
print("ready", flush=True)
for line in sys.stdin:
    now = datetime(2026, 6, 4, 12, 0, tzinfo=UTC)
    print(sum(limits.allow("sign-in", line.strip(), most={MOST}, within=timedelta(minutes=10), now=now) for _ in range({TRIES})), flush=True)
"""


@pytest.mark.server
def test_eight_processes_share_one_limit_exactly(tmp_path):
    with own_database(tmp_path) as database:
        env = {name: value for name, value in os.environ.items() if not name.startswith("MANYHANDS_")}
        env |= {"MANYHANDS_DATA_DIR": str(tmp_path), "MANYHANDS_DATABASE_URL": database}
        tries = [
            subprocess.Popen(
                [sys.executable, "-c", TRY], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                cwd=Path(__file__).parents[2],
            )
            for _ in range(PROCESSES)
        ]  # fmt: skip
        try:
            assert [each.stdout.readline().strip() for each in tries] == ["ready"] * PROCESSES
            for number in range(ROUNDS):
                for each in tries:
                    each.stdin.write(f"someone {number}\n")
                    each.stdin.flush()
                allowed = [int(each.stdout.readline()) for each in tries]
                assert sum(allowed) == MOST, allowed
        finally:
            for each in tries:
                each.communicate()


@pytest.mark.django_db
def test_the_time_runs_from_the_first_try_and_a_refused_try_does_not_make_it_longer():
    def tries(minutes: float) -> bool:
        now = NOON + timedelta(minutes=minutes)
        return limits.allow("code", "rosa", most=2, within=timedelta(minutes=10), now=now)

    assert [tries(0), tries(1), tries(2), tries(9)] == [True, True, False, False]
    assert limits.is_spent("code", "rosa", most=2, now=NOON + timedelta(minutes=9))
    assert limits.minutes_left("code", "rosa", now=NOON + timedelta(minutes=7, seconds=30)) == 3
    assert [tries(10), tries(11), tries(12)] == [True, True, False]


@pytest.mark.django_db
def test_one_does_not_use_up_what_another_may():
    assert limits.allow("code", "rosa", most=1, within=timedelta(hours=1), now=NOON)
    assert not limits.allow("code", "rosa", most=1, within=timedelta(hours=1), now=NOON)
    assert limits.allow("code", "nia", most=1, within=timedelta(hours=1), now=NOON)
    assert limits.allow("ask", "rosa", most=1, within=timedelta(hours=1), now=NOON)


@pytest.mark.django_db
def test_who_tried_is_not_written_down_and_is_another_mark_tomorrow():
    limits.allow("sign-in", "rosa@example.org", most=1, within=timedelta(hours=24), now=NOON)
    (row,) = Allowance.objects.values_list("mark", "tries", "ends_at")
    assert "rosa" not in str(row)
    assert limits.mark_of("sign-in", "rosa@example.org", now=NOON) == row[0]
    assert limits.mark_of("sign-in", "rosa@example.org", now=NOON + timedelta(days=1)) != row[0]


@pytest.mark.django_db
def test_counts_are_swept_when_their_time_is_over_and_none_lasts_longer_than_a_day():
    limits.allow("code", "rosa", most=1, within=timedelta(hours=1), now=NOON)
    assert limits.sweep(now=NOON + timedelta(minutes=59)) == 0
    assert limits.sweep(now=NOON + timedelta(minutes=60)) == 1
    assert not Allowance.objects.exists()
    with pytest.raises(ValueError, match="a day at most"):
        limits.allow("code", "rosa", most=1, within=timedelta(hours=25), now=NOON)


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "seen"),
    [
        (0, "203.0.113.9", "198.51.100.7", "203.0.113.9"),  # nobody of ours stands in front: the header is anyone's
        (1, "127.0.0.1", "198.51.100.7", "198.51.100.7"),
        (1, "127.0.0.1", "10.0.0.1, 198.51.100.7", "198.51.100.7"),  # what came before our proxy can be claimed
        (2, "127.0.0.1", "6.6.6.6, 198.51.100.7, 192.0.2.1", "198.51.100.7"),
        (1, "203.0.113.9", "", "203.0.113.9"),
        (0, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::"),
        (0, "::ffff:203.0.113.9", "", "203.0.113.9"),
        (1, "", "not an address", "somewhere"),
    ],
)
def test_where_a_request_came_from_is_what_our_own_proxy_says(settings, proxies, peer, forwarded, seen):
    from dataclasses import replace

    settings.ENV = replace(settings.ENV, trusted_proxies=proxies)
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert limits.sender_of(RequestFactory().get("/", REMOTE_ADDR=peer, **headers)) == seen
