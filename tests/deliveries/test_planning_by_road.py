"""Where the streets are in the house, an evening is planned, moved and checked by road, and the pages say so."""

import json
from dataclasses import replace

import pytest

from manyhands.deliveries import planning, settling
from manyhands.kernel.geo import METRES_PER_DEGREE, Point, StraightLines
from manyhands.places import queries as places
from manyhands.places.streets import store
from manyhands.places.streets.importing import bring_in
from manyhands.places.streets.steps import STEPS
from tests.cast import NOW
from tests.deliveries.conftest import laid_out, worked_out
from tests.places.maps import STREET, write_map


@pytest.fixture
def no_streets(tmp_path, settings):
    settings.ENV = replace(settings.ENV, data_dir=tmp_path / "data")
    return tmp_path


@pytest.fixture
def streets(no_streets, settings):
    """Riverside as a grid of slow lanes: every way is longer and slower than the straight line."""
    from tests.places import maps

    def at(east: float, north: float) -> Point:
        return Point(40.69 + north / METRES_PER_DEGREE, -73.97 + east / METRES_PER_DEGREE / 0.758)

    lanes = [({**STREET, "maxspeed": "10"}, [(x, y) for y in range(0, 4001, 400)]) for x in range(0, 4001, 400)]
    lanes += [({**STREET, "maxspeed": "10"}, [(x, y) for x in range(0, 4001, 400)]) for y in range(0, 4001, 400)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(maps, "at", at)
        file = write_map(no_streets / "riverside.osm.pbf", lanes)
    return bring_in(file, store.home(settings.ENV.data_dir), steps=STEPS, now=NOW)[0]


def test_a_plan_goes_by_road_where_there_are_streets(streets, evening):
    plan = evening.plan
    assert plan.summary["times"] == {"by": "road", "map_of": "", "off": 0}
    tonight = planning.evening(plan, now=NOW)
    straight = planning.routing.retime(
        tonight.problem,
        [planning.routing.Order(run.helper_id, tuple(v.stop_id for v in run.visits)) for run in tonight.former.runs],
        StraightLines(),
    )
    assert tonight.former.seconds > straight.seconds
    assert plan.summary["metres"] == tonight.former.metres
    assert planning.routing.check(tonight.problem, tonight.former, tonight.travel) == []


def test_on_the_map_of_another_town_it_goes_by_straight_lines_and_says_so(no_streets, settings, town, clock, client):
    far = write_map(no_streets / "elsewhere.osm.pbf", [(STREET, [(0, 0), (400, 0)]), (STREET, [(400, 0), (400, 400)])])
    bring_in(far, store.home(settings.ENV.data_dir), steps=STEPS, now=NOW)
    plan = worked_out(laid_out(town, [town.groceries]))
    assert plan.summary["times"] == {"by": "straight"}


def test_without_streets_it_goes_by_straight_lines_and_says_so(no_streets, evening, client, town):
    assert evening.plan.summary["times"] == {"by": "straight"}
    client.force_login(town.dee)
    page = client.get(f"/riverside/desk/plans/{evening.plan.pk}/").content.decode()
    assert "straight lines with a detour" in page
    assert "OpenStreetMap" not in page


def test_the_page_and_the_papers_say_that_times_are_by_road(streets, evening, client, town):
    client.force_login(town.dee)
    for page in (f"/riverside/desk/plans/{evening.plan.pk}/", f"/riverside/desk/plans/{evening.plan.pk}/sheets/"):
        text = client.get(page).content.decode()
        assert "Times by road" in text
        assert "© OpenStreetMap contributors" in text


def test_a_stop_that_is_moved_is_timed_by_road(streets, evening, town):
    ask = evening.asks[1]
    stop = evening.stop(ask)
    other = evening.run(town.hugo if stop.run.helper_id != town.hugo.pk else town.hana)
    move = settling.move_stop(stop, run=other, position=1, confirmed=True, by=town.dee, now=NOW)
    plan = evening.again()
    assert plan.summary["times"]["by"] == "road"
    tonight = planning.evening(plan, now=NOW)
    assert plan.summary["metres"] == tonight.former.metres == move.plan.metres


def test_streets_that_come_in_later_time_a_plan_anew(no_streets, town, clock, request):
    plan = worked_out(laid_out(town, [town.groceries]))
    before = plan.summary["metres"]
    request.getfixturevalue("streets")
    settling.check_again(plan, by=town.dee, now=NOW)
    plan.refresh_from_db()
    assert plan.summary["times"]["by"] == "road"
    assert plan.summary["metres"] != before


def test_streets_of_another_version_are_left_alone(streets, evening):
    (streets.folder / "about.json").write_text(
        (streets.folder / "about.json").read_text().replace('"shape": 2', '"shape": 99')
    )
    assert places.by_road(places.travel()) is None
    assert not places.streets_are_whole()


@pytest.mark.parametrize("step", ["addresses", "map"])
def test_the_host_is_told_of_any_part_that_another_version_made(streets, evening, step):
    assert places.streets_are_whole()
    about = json.loads((streets.folder / "about.json").read_text())
    about["steps"][step]["shape"] = 99
    (streets.folder / "about.json").write_text(json.dumps(about))
    assert places.by_road(places.travel()) is not None
    assert not places.streets_are_whole()


def test_a_folder_that_lost_a_file_is_no_trouble(streets, evening):
    from manyhands.places.streets import nets

    nets.read.cache_clear()
    next((streets.folder / "roads").glob("foot-*.npy")).unlink()
    assert isinstance(places.travel(), StraightLines)


def test_a_host_sees_which_streets_are_there(streets, town, client):
    from manyhands.config.health.state import matters

    (told,) = [matter for matter in matters(now=NOW) if matter.about == "Streets"]
    assert (told.word, "riverside.osm.pbf" in told.says, "© OpenStreetMap" in told.says) == ("fine", True, True)
    (streets.folder / "about.json").write_text(
        (streets.folder / "about.json").read_text().replace('"shape": 2', '"shape": 99')
    )
    (told,) = [matter for matter in matters(now=NOW) if matter.about == "Streets"]
    assert (told.word, told.step) == ("needs you", "manyhands places import")
