"""How long what reads many asks takes: the desk's list and search, the board, what a helper is shown, the plan's input.

Run it on any version on a data folder of its own:  MANYHANDS_DATA_DIR=/tmp/bench python bench/sealed.py 10000
"""

from __future__ import annotations

import os
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ["DJANGO_SETTINGS_MODULE"] = "manyhands.config.settings"

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402
from tests import cast  # noqa: E402

from manyhands.exchange import actions, finding, queries  # noqa: E402
from manyhands.exchange.models import Ask, Category, Helper  # noqa: E402
from manyhands.networks.models import Network  # noqa: E402
from manyhands.networks.states import Role  # noqa: E402

MANY = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000


def timed(what: str, do, times: int = 5) -> None:
    do()
    spent = []
    for _ in range(times):
        begin = time.process_time()
        do()
        spent.append(time.process_time() - begin)
    with CaptureQueriesContext(connection) as asked:
        do()
    print(f"{what:<44} {min(spent) * 1000:9.1f} ms CPU   {len(asked):3d} queries", flush=True)


def fill() -> None:
    now = timezone.now()
    sol, dee = cast.person("Sol Steward"), cast.person("Dee Dispatcher")
    town = cast.network("riverside", "Riverside", sol, look_first=False)
    cast.member(town, dee, Role.DISPATCHER)
    cast.helper(town, cast.person("Hana Helper"), languages=["en"])
    food = Category.objects.filter(network=town).first()
    for first in range(0, MANY, 500):
        with transaction.atomic():
            for number in range(first, min(MANY, first + 500)):
                actions.post_asking(
                    network=town,
                    needs=[actions.NewAsk(category=food, words=f"Food for {number % 7}, no {number}", notes="Knock")],
                    name=f"Person Number{number}",
                    reach=f"+1718555{number:04d}"[:12],
                    place_text=f"{number} Elm Street",
                    lat=40.70 + number % 97 * 1e-3,
                    lon=-73.95 + number % 89 * 1e-3,
                    now=now - timedelta(minutes=number),
                )


def main() -> None:
    call_command("migrate", verbosity=0)
    if not Network.objects.exists():
        begin = time.perf_counter()
        fill()
        print(f"{'posting ' + str(MANY) + ' asks':<44} {(time.perf_counter() - begin) / MANY * 1000:9.2f} ms each")
    town = Network.objects.get(slug="riverside")
    now = timezone.now()
    from manyhands.networks.models import Membership

    dee = Membership.objects.get(network=town, role=Role.DISPATCHER).person
    helper = Helper.objects.select_related("start", "network", "membership").first()
    desk, anyone = Client(SERVER_NAME="127.0.0.1"), Client(SERVER_NAME="127.0.0.1")
    desk.force_login(dee)
    ask = Ask.objects.order_by("asked_at").first()
    everything = queries.visible_to(dee, town)

    timed("desk: the first page", lambda: desk.get("/riverside/desk/?tab=ready"))
    timed("desk: a search for a name", lambda: desk.get("/riverside/desk/?words=Number77&tab=all"), 3)
    timed("desk: an ask with its look-alikes", lambda: desk.get(f"/riverside/desk/asks/{ask.code}/"), 3)
    timed("board", lambda: anyone.get("/riverside/board/"))
    timed("nearest to a helper, of all", lambda: finding.nearest(everything, helper), 3)
    timed(
        "all asks read as a plan reads them",
        lambda: [
            (each.place.lat, each.place.lon, each.language, each.skill)
            for each in Ask.objects.filter(network=town).select_related("category", "place__area")
        ],
        3,
    )
    timed("everything given back as CSV", lambda: _export(town, now), 1)


def _export(town: Network, now) -> None:
    from manyhands.exchange import exporting

    exporting.give_back(town, by=None, now=now)


main()
