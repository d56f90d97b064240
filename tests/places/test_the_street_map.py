"""Streets that were brought in put what people type on the map, and lie under every map of the house."""

from __future__ import annotations

import math
import re

import pytest
from django.urls import reverse

from manyhands.kit import maps
from manyhands.places import actions, queries, views
from manyhands.places.models import Area, Place
from manyhands.places.streets import addresses, drawing, here, store
from manyhands.places.streets.importing import Step, bring_in
from manyhands.places.streets.tiles import MOST_BYTES, Tiles
from tests.cast import NOW
from tests.places.streets.a_town import LAT, LON, Town, corner, riverside

STEPS = (
    Step("addresses", "", addresses.SHAPE, addresses.make),
    Step("map", "", drawing.SHAPE, drawing.make),
)


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    bring_in(riverside(folder / "town.osm.pbf"), store.home(folder), steps=STEPS, now=NOW)
    return folder


@pytest.fixture
def streets(imported, monkeypatch):
    """An install that has brought the streets of Riverside in."""
    there = store.kept(store.home(imported))
    monkeypatch.setattr(here, "streets", lambda: there)
    return there


def _noted(town, text: str, **more) -> Place:
    return actions.note_place(town.riverside, whose=town.nia, text=text, by=town.dee, now=NOW, **more)


@pytest.mark.parametrize(
    ("text", "exactness", "spot"),
    [
        ("Great Oak Rd 12", "door", corner(1, 1)),
        ("Elm and 4th", "corner", corner(0, 0)),
        ("opposite Jane Addams Library", "corner", corner(1, 3)),
        ("somewhere in Mill Lane", "street", corner(4, 2)),
    ],
)
def test_what_is_surely_found_is_put_on_the_map_as_exactly_as_it_is_known(town, streets, text, exactness, spot):
    place = _noted(town, text)
    assert (place.exactness, place.is_found) == (exactness, True)
    assert abs(place.lat - spot[0]) < 0.0015
    assert abs(place.lon - spot[1]) < 0.0015


def test_what_is_not_sure_stays_to_be_confirmed(town, streets):
    Area.objects.all().delete()
    town.riverside.lat = town.riverside.lon = None
    place = _noted(town, "Elm Street 3")
    assert (place.exactness, place.lat, place.is_found) == ("unknown", None, False)
    assert {each.label for each in queries.places_meant(place)} >= {"Elm Street 3, Riverside", "Elm Street 3, Hillside"}


def test_a_point_somebody_gave_is_left_alone(town, streets):
    place = _noted(town, "Great Oak Rd 12", lat=1.0, lon=2.0)
    assert (place.lat, place.lon, place.is_found) == (1.0, 2.0, False)


def test_the_house_number_before_the_bell_brings_it_near_and_no_nearer(town, streets):
    place = _noted(town, "Great Oak Road", door="12, third floor, ring twice")
    assert (place.exactness, place.is_found) == ("corner", True)
    assert _noted(town, "Great Oak Road", door="third floor").exactness == "street"


def test_without_streets_all_is_as_it_was(town, monkeypatch):
    monkeypatch.setattr(here, "streets", lambda: None)
    place = _noted(town, "Great Oak Rd 12")
    assert not place.is_found
    assert queries.places_meant(place) == []
    assert queries.ground() is None
    assert maps.draw([maps.Point(LAT, LON)], ground=queries.ground()).tiles == ()


def test_a_broken_index_stops_nobody_from_asking_and_tells_nothing_of_it(town, streets, monkeypatch, caplog, tmp_path):
    broken = tmp_path / addresses.FILE
    broken.write_bytes(b"no database" * 100)
    monkeypatch.setattr(here, "_finder", lambda _file: here.Finder(broken))
    assert _noted(town, "Great Oak Rd 12").is_found is False
    assert "manyhands places import" in caplog.text
    assert "Oak" not in caplog.text


def test_finding_asks_the_database_no_more_than_before(town, streets, django_assert_max_num_queries, monkeypatch):
    def asked() -> int:
        with django_assert_max_num_queries(50) as seen:
            _noted(town, "Great Oak Rd 12")
        return len(seen)

    asked()
    with_streets = asked()
    monkeypatch.setattr(here, "streets", lambda: None)
    assert with_streets == asked()


def test_a_new_text_is_looked_for_anew_and_a_choice_outlives_a_new_bell(town, streets):
    place = _noted(town, "Great Oak Rd 12")
    other = queries.places_found(town.riverside, "Elm Street 3, Hillside")[0]
    actions.settle_place(place, found=other, by=town.dee, now=NOW)

    def corrected(text: str, door: str) -> Place:
        return actions.correct_place(
            place, text=text, door=door, area=place.area, lat=None, lon=None, by=town.dee, now=NOW
        )

    place.refresh_from_db()
    assert corrected("Great Oak Rd 12", "bell 3").lat == pytest.approx(other.lat)
    assert corrected("Bahnhofstr. Ecke Mill Ln", "").lat == pytest.approx(corner(4, 3)[0])


# ── At the desk ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _unsure(town):
    town.riverside.lat = town.riverside.lon = None
    town.riverside.save()
    Area.objects.all().delete()
    place = town.groceries.place
    place.refresh_from_db()
    actions.correct_place(place, text="Elm Street 3", door="", area=None, lat=None, lon=None, by=town.dee, now=NOW)
    return reverse("exchange:ask_page", args=["riverside", town.groceries.code])


def test_the_desk_chooses_which_of_several_is_meant(town, streets, client):
    page = _unsure(town)
    client.force_login(town.dee)
    told = client.get(page).content.decode()
    assert "Elm Street 3, Hillside" in told
    key = re.search(r'value="([^"]+)"[^>]*>\s*Elm Street 3, Hillside', told)[1]
    standing = re.search(r'name="standing" value="([^"]+)"', told)[1]
    said = client.post(page, {"do": "place", "which": key, "standing": standing})
    assert said.status_code == 302
    place = Place.objects.get(pk=town.groceries.place.pk)
    assert (place.exactness, place.is_found) == ("door", True)
    assert place.lat == pytest.approx(LAT + 0.1001)


def test_a_choice_that_was_not_offered_is_refused(town, streets, client):
    page = _unsure(town)
    client.force_login(town.dee)
    standing = re.search(r'name="standing" value="([^"]+)"', client.get(page).content.decode())[1]
    assert client.post(page, {"do": "place", "which": "1,2,door", "standing": standing}).status_code == 400
    assert Place.objects.get(pk=town.groceries.place.pk).lat is None


# ── The map ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_everyone_gets_a_tile_and_keeps_it_for_an_hour_alone(streets, client, db):
    address = maps.draw([maps.Point(*corner(2, 2))], ground=queries.ground()).tiles[0].href
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    assert answer["Cache-Control"] == "private, max-age=3600"
    assert b"<script" not in answer.content
    assert client.get(address.replace(streets.version, "another")).status_code == 404


@pytest.fixture
def none_drawn(monkeypatch):
    monkeypatch.setattr(here, "_kept", type(here._kept)())


def _addresses(streets, count: int) -> list[str]:
    x, y = (each // drawing.TILE for each in drawing.spot(LAT, LON))
    return [reverse("places:tile", args=[streets.version, drawing.FINEST, x + step, y]) for step in range(count)]


def test_one_sender_has_only_so_many_tiles_drawn_and_what_is_at_hand_stays(
    streets, client, db, none_drawn, monkeypatch
):
    monkeypatch.setattr(views, "MOST_DRAWN", 3)
    addresses = _addresses(streets, 5)
    assert [client.get(each).status_code for each in addresses] == [200, 200, 200, 429, 429]
    refused = client.get(addresses[4])
    assert (refused["Retry-After"], refused["Cache-Control"]) == ("600", "no-store, private")
    assert (refused["Content-Type"], refused.content[:5]) == ("image/svg+xml", b"<svg "), (
        "or a browser draws a broken one"
    )
    assert [client.get(each).status_code for each in addresses[:3]] == [200, 200, 200]
    assert client.get(addresses[4], REMOTE_ADDR="192.0.2.7").status_code == 200
    assert client.get(addresses[4]).status_code == 200, "somebody else had it drawn"


def test_only_so_many_tiles_are_kept(streets, client, db, none_drawn, monkeypatch):
    monkeypatch.setattr(here, "MOST_KEPT", 2)
    for address in _addresses(streets, 4):
        assert client.get(address).status_code == 200
    assert len(here._kept) == 2


def test_a_tile_and_its_address_are_the_same_whoever_asks_and_name_nobodys_door(town, streets, client, none_drawn):
    """All doors of a part of town ask for the same tiles, and no tile is finer than half a kilometre here."""
    [first, second] = (
        maps.draw([maps.Point(lat, lon)], width=560, height=460, ground=queries.ground())
        for lat, lon in (corner(2, 2), tuple(each + 0.00005 for each in corner(2, 2)))
    )
    addresses = {tile.href for tile in first.tiles}
    assert addresses == {tile.href for tile in second.tiles}
    for address in addresses:
        zoom = int(re.fullmatch(rf"/streets/{streets.version}/(\d+)/\d+/\d+\.svg", address)[1])
        assert 40_075_000 / 2**zoom * math.cos(math.radians(LAT)) > 500
    address = min(addresses)
    anyone = client.get(address)
    client.force_login(town.dee)
    known = client.get(address)
    assert (anyone.content, anyone.headers) == (known.content, known.headers)
    assert not anyone.cookies


def test_pages_with_a_map_say_whose_the_streets_are(town, streets, client):
    client.force_login(town.dee)
    town.groceries.place.refresh_from_db()
    actions.correct_place(town.groceries.place, text="", door="", area=None, lat=LAT, lon=LON, by=town.dee, now=NOW)
    told = client.get(reverse("exchange:ask_page", args=["riverside", town.groceries.code])).content.decode()
    assert "© OpenStreetMap contributors" in told
    assert '<image href="/streets/' in told


def test_tiles_cover_the_sheet_without_gaps_and_are_few(streets):
    for spread in (0.0, 0.01, 0.05):
        points = [maps.Point(LAT, LON), maps.Point(LAT + spread, LON + spread)]
        drawn = maps.draw(points, width=560, height=460, ground=queries.ground())
        assert 1 <= len(drawn.tiles) <= 9
        assert all(
            tile.x < 560 and tile.y < 460 and tile.x + tile.side > 0 and tile.y + tile.side > 0 for tile in drawn.tiles
        )


def test_marks_lie_on_the_streets_they_are_in(streets):
    """The crossing of a tile's own two streets is drawn where the page puts a mark for it."""
    lat, lon = corner(2, 2)
    drawn = maps.draw([maps.Point(lat, lon)], ground=queries.ground())
    mark = drawn.marks[0]
    zoom = int(drawn.tiles[0].href.split("/")[3])
    x, y = (each / (drawing.TILE << (drawing.FINEST - zoom)) for each in drawing.spot(lat, lon))
    tile = next(t for t in drawn.tiles if t.href.endswith(f"/{zoom}/{int(x)}/{int(y)}.svg"))
    assert tile.x + (x % 1) * tile.side == pytest.approx(mark.x, abs=1.5)
    assert tile.y + (y % 1) * tile.side == pytest.approx(mark.y, abs=1.5)


def test_elsewhere_there_is_no_map_and_no_word_of_one(streets):
    drawn = maps.draw([maps.Point(-33.9, 18.4)], ground=queries.ground())
    assert (drawn.tiles, drawn.credit) == ((), "")


def test_no_tile_is_heavy_however_much_lies_in_it(tmp_path):
    town = Town()
    for row in range(90):
        ends = [town.node(LAT + row * 0.0001 + (step % 2) * 0.00005, LON + step * 0.0001) for step in range(90)]
        town.way(ends, highway="service")
        town.way(ends[40:45], highway="primary", name=f"Street <{row}> & more")
    drawing.make(town.write(tmp_path / "dense.osm.pbf"), tmp_path, lambda _share: None)
    x, y = (each // drawing.TILE for each in drawing.spot(LAT + 0.004, LON + 0.004))
    tile = Tiles(tmp_path / drawing.FILE).tile(drawing.FINEST, x, y)
    assert tile is not None
    assert 5_000 < len(tile) < MOST_BYTES + 8_000
    assert b"#b08a3c" in tile  # the main roads are there, whatever was left out


@pytest.mark.parametrize("where", [(7, 0, 0), (16, 0, 0), (12, 4096, 0), (12, 0, -1), (40, 1, 1)])
def test_there_is_no_tile_beyond_the_world(streets, where):
    assert queries.street_tile(streets.version, *where) is None


def test_water_is_drawn_and_names_are_written_so_that_nothing_in_them_works(streets):
    x, y = (each // drawing.TILE for each in drawing.spot(LAT - 0.0015, LON + 0.002))
    tile = queries.street_tile(streets.version, drawing.FINEST, x, y)
    assert tile is not None
    assert b"#4a9cc7" in tile
