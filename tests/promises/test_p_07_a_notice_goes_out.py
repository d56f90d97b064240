"""Workers are killed while they send: everyone is told, at most one text too many for each kill, and that one can be told.

PROMISES_LONG=1 does it with 1,000 texts and 60 kills.
"""

from __future__ import annotations

import random
import time
from collections import Counter

import pytest

from tests.notices import gateway
from tests.promises.crew import LONG, crew_of
from tests.serving import Server, own_database

pytestmark = pytest.mark.server

NOTICES, KILLS = (1000, 60) if LONG else (100, 8)
SCENE = f"from tests.promises import errands; errands.put_notices({NOTICES})"
RECKONING = """
from django.db.models import Sum
from manyhands.jobs.models import Job
from manyhands.notices.models import Notice
print(Notice.objects.filter(state="sent").count(), Job.objects.aggregate(all=Sum("attempts"))["all"])
print(*Notice.objects.values_list("pk", flat=True))
"""


def test_a_killed_worker_sends_at_most_one_text_too_many(tmp_path):
    luck = random.Random(3)
    with gateway.running() as texts, own_database(tmp_path) as database:
        house = Server(tmp_path, database, demo=False)
        house.env |= {"MANYHANDS_TEXT_URL": texts.url, "MANYHANDS_TEXTS_A_DAY": str(NOTICES)}
        house.python(SCENE)
        with crew_of(house) as crew:
            for kill in range(KILLS):
                crew.until(lambda done, left, kill=kill: done >= kill * NOTICES // (KILLS + 2))
                time.sleep(luck.random() * 0.03)
                crew.replace(luck.randrange(2))
            crew.until(lambda done, left: left == 0)
        counts, ids = house.python(RECKONING).splitlines()
    sent, attempts = map(int, counts.split())
    times = Counter(text["id"] for text in texts.given)
    print(f"\n{KILLS} kills, {sent} of {NOTICES} told, {len(texts.given) - NOTICES} texts too many")
    assert sent == NOTICES
    assert set(times) == set(ids.split())
    assert sum(times.values()) <= NOTICES + KILLS
    # Some were killed in the middle of it, or this would prove nothing.
    assert attempts > NOTICES
