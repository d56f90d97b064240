"""Two spreadsheets become one evening: what a row asks for is kept, what it leaves out is assumed and told."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from manyhands.deliveries.from_files import (
    Span,
    WhereUnsaid,
    day_most_want,
    evening_from,
    windows_of,
)
from manyhands.kernel import routing, sheets
from manyhands.kernel.geo import Mode, Point
from manyhands.kernel.routing import Window

SPAN = Span(datetime(2026, 6, 4, 17, 30), datetime(2026, 6, 4, 20, 0))
HOUR = 3600
HELPERS = "Name,Transport,Max boxes,Free from,Free until,Latitude,Longitude\n"
HUGO = "Hugo,car,20,17:30,20:00,40.700,-73.950\n"


def records(text: str, kind: str):
    return sheets.understand(sheets.read(text.encode()), kind=kind, region="US", today=SPAN.starts.date()).records


def evening(asks: str, helpers: str = HELPERS + HUGO, *, unsaid: WhereUnsaid | None = None, **more):
    return evening_from(
        records(asks, "asks"), records(helpers, "helpers"), span=SPAN, unsaid=unsaid or WhereUnsaid(), **more
    )


def only_stop(asks: str, **more):
    (stop,) = evening(asks, **more).problem.stops
    return stop


def solved(made):
    plan = routing.solve(made.problem, until=routing.Rounds(200))
    assert routing.check(made.problem, plan) == []
    return plan


def test_a_row_is_one_visit_however_much_it_asks_for():
    stop = only_stop("Name,What do you need?,Latitude,Longitude\nAda,Groceries; diapers; pads,40.701,-73.951\n")
    assert stop.place == Point(40.701, -73.951)
    assert (stop.windows, stop.service, stop.loads) == ((), 300, (1,))


def test_when_someone_wrote_is_not_when_they_want_it():
    stop = only_stop("Name,Timestamp,What do you need?,Latitude,Longitude\nAda,6/1/2026 8:00:00,Food,40.701,-73.951\n")
    assert stop.windows == ()
    assert stop.waiting == 3 * 24 + 9


def test_when_someone_wants_it_is_kept():
    stop = only_stop("Name,Best time to deliver,Need,Latitude,Longitude\nAda,18:00-19:00,Food,40.701,-73.951\n")
    assert stop.windows == (Window(18 * HOUR, 19 * HOUR),)


def test_urgent_counts_for_more():
    urgent, plain = evening(
        "Name,How urgent is it?,Need,Latitude,Longitude\nAda,Urgent,Food,40.701,-73.951\nDov,,Food,40.701,-73.951\n"
    ).problem.stops
    assert urgent.weight > plain.weight


def test_an_ask_without_a_point_comes_out_with_what_to_do():
    made = evening("Name,Need,Address\nAda,Food,somewhere\n")
    (left,) = solved(made).unserved
    assert left.reason.code == "no_place"
    assert any("“lat” and “lon”" in remark for remark in made.remarks)


def test_rows_lend_each_other_their_point():
    made = evening(
        "Name,Need,Neighborhood,Latitude,Longitude\nAda,Food,Elm Park,40.705,-73.945\nDov,Food,elm  park,,\n"
    )
    assert made.problem.stops[1].place == made.problem.stops[0].place
    assert any("same address, postcode or area" in remark for remark in made.remarks)


def test_an_area_whose_points_lie_far_apart_lends_none():
    made = evening(
        "Name,Need,Neighborhood,Latitude,Longitude\nAda,Food,North,40.7,-73.9\nEfua,Food,North,41.7,-73.9\nDov,Food,North,,\n"
    )
    assert made.problem.stops[2].place is None


@pytest.mark.parametrize(("status", "over"), [("Completed", True), ("cancelled", True), ("New", False), ("", False)])
def test_what_is_over_by_its_status_is_set_aside(status, over):
    text = f"Name,Need,Status,Latitude,Longitude\nAda,Food,{status},40.701,-73.951\n"
    made = evening(text, status_heading="Status")
    assert [aside.id for aside in made.set_aside] == (["2"] if over else [])
    assert len(made.problem.stops) == (0 if over else 1)
    assert len(evening(text, status_heading=None).problem.stops) == 1


def test_a_language_the_helpers_sheet_knows_of_is_a_hard_rule():
    helpers = 'Name,Languages,Latitude,Longitude\nHugo,English,40.7,-73.95\nLuz,"English, Spanish",40.7,-73.95\n'
    made = evening("Name,Need,Language,Latitude,Longitude\nAda,Food,Spanish,40.701,-73.951\n", helpers)
    (run,) = solved(made).runs
    assert made.names[run.helper_id] == "Luz"


def test_a_sheet_that_says_nothing_of_languages_rules_nobody_out_and_says_so():
    made = evening("Name,Need,Language,Latitude,Longitude\nAda,Food,Spanish,40.701,-73.951\n")
    assert solved(made).served == 1
    assert any("languages were not looked at" in remark for remark in made.remarks)


def test_an_ask_in_the_everyday_language_needs_nobody_special():
    stop = only_stop(
        "Name,Need,Language,Latitude,Longitude\nAda,Food,Spanish,40.701,-73.951\n",
        helpers="Name,Languages,Latitude,Longitude\nHugo,English,40.7,-73.95\n",
        unsaid=WhereUnsaid(language="es"),
    )
    assert stop.languages == frozenset()


def test_helpers_carry_what_they_say_or_what_usually_fits():
    helpers = "Name,Transport,Max boxes,Latitude,Longitude\nHugo,van,,40.7,-73.95\nHana,bike,3,40.7,-73.95\nIvy,,,40.7,-73.95\n"
    hugo, hana, ivy = evening("Name,Need\nAda,Food\n", helpers, unsaid=WhereUnsaid(mode=Mode.FOOT)).problem.helpers
    assert (hugo.mode, hugo.capacity) == (Mode.VAN, (60,))
    assert (hana.mode, hana.capacity) == (Mode.BIKE, (3,))
    assert (ivy.mode, ivy.capacity) == (Mode.FOOT, (4,))


def test_a_helper_is_free_when_they_say_and_only_in_the_evening():
    helpers = HELPERS + "Hugo,car,20,16:00,19:00,40.7,-73.95\nHana,car,20,08:00,12:00,40.7,-73.95\n"
    made = evening("Name,Need\nAda,Food\n", helpers)
    hugo, hana = made.problem.helpers
    assert hugo.shifts == (Window(17 * HOUR + 1800, 19 * HOUR),)
    assert hana.shifts == ()
    assert any("not free in this time by their sheet: 1" in remark for remark in made.remarks)


def test_a_helper_without_a_place_sets_out_from_the_middle_of_the_asks():
    asks = (
        "Name,Need,Latitude,Longitude\nA,Food,40.70,-73.95\nB,Food,40.71,-73.95\nC,Food,40.72,-73.95\nD,Food,44.4,8.9\n"
    )
    made = evening(asks, "Name,Phone\nHugo,718-555-0101\n")
    (hugo,) = made.problem.helpers
    assert hugo.start == Point(40.71, -73.95)
    assert hugo.end is None
    assert any("in the middle of the asks" in remark for remark in made.remarks)


def test_with_a_hub_everyone_loads_there_and_the_placeless_set_out_there():
    hub = Point(40.69, -73.96)
    made = evening("Name,Need,Latitude,Longitude\nA,Food,40.70,-73.95\n", "Name\nHugo\n", unsaid=WhereUnsaid(hub=hub))
    assert made.problem.helpers[0].start == hub
    (run,) = solved(made).runs
    assert run.hub_id is not None


def test_two_helpers_of_one_name_are_told_apart():
    made = evening("Name,Need\nAda,Food\n", 'Name\nMaria\nMaria\n""\n')
    assert list(made.names.values())[:2] == ["Maria (row 2)", "Maria (row 3)"]


def test_the_day_most_asks_name_is_planned_unless_another_is_said():
    text = "Name,Need,Delivery date\nA,Food,6/12/2026\nB,Food,6/12/2026\nC,Food,6/13/2026\nD,Food,\n"
    assert day_most_want(records(text, "asks"), SPAN.starts.date()) == datetime(2026, 6, 12).date()
    assert day_most_want(records("Name\nA\n", "asks"), SPAN.starts.date()) == SPAN.starts.date()


DAY = 86_400


@pytest.mark.parametrize(
    ("when", "windows"),
    [
        (sheets.When(), ()),
        (sheets.When(after=datetime(1, 1, 1, 18).time()), (Window(18 * HOUR, DAY),)),
        (sheets.When(before=datetime(1, 1, 1, 18).time()), (Window(0, 18 * HOUR),)),
        (sheets.When(after=datetime(1, 1, 1, 22).time(), before=datetime(1, 1, 1, 2).time()), (Window(22 * HOUR, 26 * HOUR),)),
        (sheets.When(on=datetime(2026, 6, 5).date()), (Window(DAY, 2 * DAY),)),
        (sheets.When(days=frozenset({3})), (Window(0, DAY),)),
        (sheets.When(days=frozenset({4, 5})), (Window(DAY, 2 * DAY),)),
        (
            sheets.When(since=datetime(2026, 6, 4, 18), until=datetime(2026, 6, 4, 19)),
            (Window(18 * HOUR, 19 * HOUR),),
        ),
        (
            sheets.When(since=datetime(2026, 6, 4, 22, tzinfo=UTC), until=datetime(2026, 6, 4, 23, tzinfo=UTC)),
            (Window(18 * HOUR, 19 * HOUR),),
        ),
        (sheets.When(since=datetime(2026, 6, 4, 18), until=datetime(2026, 6, 4, 18)), (Window(18 * HOUR, 19 * HOUR),)),
    ],
)  # fmt: skip
def test_words_for_a_time_become_windows(when, windows):
    assert windows_of(when, SPAN, zone=ZoneInfo("America/New_York")) == windows


@pytest.mark.parametrize(
    "moment",
    [datetime(1, 1, 1), datetime(9999, 12, 31, 23), datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)],
)
def test_a_date_at_the_end_of_time_is_no_accident(moment):
    windows_of(sheets.When(since=moment), SPAN, zone=ZoneInfo("Pacific/Auckland"))
    windows_of(sheets.When(until=moment), SPAN, zone=ZoneInfo("Pacific/Honolulu"))


def test_rows_that_repeat_another_are_told_and_left_out_on_request():
    text = "Name,Need,Status,Latitude,Longitude\nA,Food,,40.7,-73.9\nA,Food,,40.7,-73.9\nB,Food,Done,40.7,-73.9\nB,Food,,40.7,-73.9\n"
    repeats = {3: 2, 5: 4}
    made = evening(text, status_heading="Status", repeats=repeats)
    assert len(made.problem.stops) == 3
    assert any("seem to repeat another row: 1." in remark for remark in made.remarks)
    fewer = evening(text, status_heading="Status", repeats=repeats, skip_repeats=True)
    # Row 5 repeats one that is done, so it is wanted again.
    assert [aside.id for aside in fewer.set_aside if aside.code == "double"] == ["3"]
    assert len(fewer.problem.stops) == 2
