"""Real places: an evening over crisis reports of Port-au-Prince, some with their places entered wrong."""

import csv
import gzip
from pathlib import Path

import pytest

from manyhands.kernel.geo import Mode, Point
from manyhands.kernel.routing import Helper, Problem, Rounds, Stop, Window, check, solve

from .evenings import HOUR, SIX

REPORTS = Path(__file__).resolve().parents[4] / "shared" / "data" / "haiti_reports" / "reports.csv.gz"

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def places() -> list[Point]:
    if not REPORTS.exists():
        pytest.skip(f"The shared reports are not beside the checkout: {REPORTS}")
    with gzip.open(REPORTS, "rt", encoding="utf-8") as file:
        return [Point(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file)]


def test_five_hundred_reports_and_forty_helpers(places):
    stops = tuple(
        Stop(f"r{n}", place, (Window(SIX, SIX + 2 * HOUR),) if n % 3 else (), 300, (1 + n % 2,), weight=1 + n % 3)
        for n, place in enumerate(places[:500])
    )
    town = [place for place in places if 18.5 < place.lat < 18.6 and -72.4 < place.lon < -72.2]
    helpers = tuple(
        Helper(f"h{n}", town[n * 7], town[n * 7], (Window(SIX, SIX + 3 * HOUR),), (20,), list(Mode)[n % 4])
        for n in range(40)
    )
    problem = Problem(stops, helpers)
    plan = solve(problem, until=Rounds(150))
    assert check(problem, plan) == []
    in_town = {s.id for s in stops if s.place in set(town)}
    assert len(in_town & set(plan.run_of)) > 0.7 * len(in_town)
    abroad = {s.id for s in stops if s.place is not None and s.place.lon > 0}
    assert abroad
    assert all(plan.reason_of[i].code == "place_doubtful" for i in abroad)
