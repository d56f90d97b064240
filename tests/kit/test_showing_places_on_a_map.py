"""A dispatcher sees asks and runs on a map that is drawn in the page, fits them all and stays light."""

from __future__ import annotations

import re
from math import cos, nan, radians

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from manyhands.kit.maps import MOST_MARKS, Line, Point, colour_of, draw, fit, pattern_of

CLEVELAND = (41.4993, -81.6944)
latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)
places = st.lists(st.tuples(latitudes, longitudes), min_size=1, max_size=40)


def rendered(points, lines=(), **options) -> str:
    words = " ".join(f"{name}={name}" for name in options)
    return Template("{% load kit %}{% map points=points lines=lines " + words + " %}").render(
        Context({"points": points, "lines": lines, **options})
    )


@given(places)
def test_every_place_lies_on_the_map(spots):
    drawing = draw([Point(*spot) for spot in spots], width=400, height=320)
    assert drawing.left_out == 0
    for mark in drawing.marks:
        assert -0.5 <= mark.x <= 400.5
        assert -0.5 <= mark.y <= 320.5


def test_north_is_up_and_east_follows_west():
    view = fit([CLEVELAND, (41.60, -81.50)], 400, 320)
    west_x, south_y = view.place(*CLEVELAND)
    east_x, north_y = view.place(41.60, -81.50)
    assert west_x < east_x
    assert north_y < south_y


def test_pixels_are_true_metres():
    view = fit([(52.0, 13.0), (52.0, 13.1)], 400, 320)
    (x1, _), (x2, _) = view.place(52.0, 13.0), view.place(52.0, 13.1)
    walked = radians(0.1) * 6_371_008.8 * cos(radians(52.0))
    assert (x2 - x1) * view.metres_per_pixel == pytest.approx(walked, rel=0.001)


def test_a_neighbourhood_across_the_date_line_stays_in_one_piece():
    taveuni = [(-16.8, 179.95), (-16.82, -179.97)]
    drawing = draw([Point(*spot) for spot in taveuni])
    assert len(drawing.marks) == 2
    assert drawing.grid_metres < 10_000


@pytest.mark.parametrize("points", [[], [Point(*CLEVELAND, label="Hub")]], ids=["nothing", "one door"])
def test_a_map_of_little_is_still_a_map(points):
    drawing = draw(points)
    assert [(mark.x, mark.y) for mark in drawing.marks] == [(200.0, 160.0)] * len(points)
    assert drawing.grid_metres <= 200
    assert "<svg" in rendered(points)


def test_many_asks_at_one_door_are_one_mark_that_counts_them():
    (mark,) = draw([Point(*CLEVELAND, label=f"Ask {n}", href=f"/{n}/", key=str(n)) for n in range(7)]).marks
    assert mark.text == "7"
    assert mark.href == ""
    assert mark.keys.split() == [str(n) for n in range(7)]


def test_stops_at_one_door_show_the_first_number():
    (mark,) = draw([Point(*CLEVELAND, run=2, number=n) for n in (3, 4)]).marks
    assert mark.text == "3+"


@pytest.mark.parametrize(
    "place", [(None, None), (nan, 1.0), (1.0, float("inf")), (91.0, 0.0), (0.0, None), (12.0, 1000.0)]
)
def test_a_place_that_is_none_is_left_out_and_counted(place):
    drawing = draw([Point(*place, label="?"), Point(*CLEVELAND)])
    assert len(drawing.marks) == 1
    assert drawing.left_out == 1
    assert "1 has no place yet" in rendered([Point(*place), Point(*CLEVELAND)])


def test_a_way_with_a_hole_in_it_is_drawn_past_the_hole():
    (track,) = draw([], [Line([CLEVELAND, (nan, 0.0), (41.6, -81.7)])]).tracks
    assert track.path.count(" ") == 3


def test_forty_runs_all_look_different():
    assert len({(colour_of(run), pattern_of(run)) for run in range(40)}) == 40


def test_neighbouring_runs_differ_in_colour_and_in_shape():
    for run in range(40):
        assert colour_of(run) != colour_of(run + 1)
        assert pattern_of(run) != pattern_of(run + 1)


def town_of(asks: int) -> list[Point]:
    return [
        Point(
            CLEVELAND[0] + (n * 37 % 499) / 5000,
            CLEVELAND[1] + (n * 61 % 503) / 4000,
            label=f"Ask {n:05} · groceries for a household of {n % 9}",
            tone=("new", "wait", "stuck", "good")[n % 4],
            href=f"/n/fairhaven/asks/{n:05}/",
            key=f"A{n:05}",
        )
        for n in range(asks)
    ]


@pytest.mark.parametrize("asks", [300, 900, 3000])
def test_hundreds_of_asks_stay_light_and_none_is_lost(asks):
    points = town_of(asks)
    drawing = draw(points)
    assert len(drawing.marks) <= MOST_MARKS
    assert sum(int(mark.text or 1) for mark in drawing.marks) == asks
    assert len(rendered(points, beside="asks").encode()) < 60_000


def test_a_full_evening_of_runs_stays_light():
    points = [
        Point(point.lat, point.lon, label=point.label, href=point.href, run=n % 40, number=n // 40 + 1)
        for n, point in enumerate(town_of(500))
    ]
    lines = [
        Line([(p.lat, p.lon) for p in points if p.run == run], run=run, label=f"Helper {run}") for run in range(40)
    ]
    assert len(rendered(points, lines).encode()) < 100_000


def test_what_needs_a_look_is_drawn_on_top():
    drawing = draw([Point(41.5, -81.7, tone="stuck"), Point(41.51, -81.71, tone="over")])
    assert [mark.kind for mark in drawing.marks] == ["over", "stuck"]


def test_names_on_a_map_are_only_words():
    page = rendered([Point(*CLEVELAND, label="<script>alert(1)</script>", href='"><b>', key='" onload="x')])
    assert "<script" not in page
    assert "<b>" not in page
    assert 'onload="' not in page


def test_marks_are_links_and_stay_out_of_the_way_of_a_list_that_says_the_same():
    points = [Point(*CLEVELAND, label="4F2KP", href="/asks/4F2KP/")]
    assert '<a href="/asks/4F2KP/" class="mark-at' in rendered(points)
    assert 'tabindex="-1"' not in rendered(points)
    assert 'href="/asks/4F2KP/" tabindex="-1"' in rendered(points, beside="asks")


def test_coordinates_are_rounded():
    page = rendered(town_of(50))
    assert not re.search(r"\d\.\d{3}", page)
