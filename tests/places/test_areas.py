"""Stewards name the parts of town; a text that names one finds it; everyone else sees a square."""

import pytest

from manyhands.kit.refusals import Refused
from manyhands.places import actions, queries
from manyhands.places.models import Area, Place
from tests.cast import NOW


@pytest.mark.parametrize("text", ["Harbour", "harbour", "Habour", "by the Harbour"])
def test_a_text_finds_its_area(town, text):
    assert queries.area_named(town.riverside, text) == town.harbour


@pytest.mark.parametrize("text", ["", "   ", "412 Ninth Avenue", "Xyzzy"])
def test_a_text_that_names_none_finds_none(town, text):
    assert queries.area_named(town.riverside, text) is None


def test_a_place_named_by_its_area_is_put_in_the_middle_and_says_so(town):
    place = actions.note_place(town.riverside, text="somewhere in Hilltop", by=None, now=NOW)
    assert (place.lat, place.lon) == (40.712, -73.935)
    assert place.exactness == Place.Exactness.AREA


def test_a_place_with_half_a_point_is_refused(town):
    with pytest.raises(Refused, match="both a latitude and a longitude"):
        actions.note_place(town.riverside, text="x", lat=40.0, by=None, now=NOW)


def test_the_square_is_the_same_every_time_and_is_not_the_door(town):
    place = town.groceries.place
    first, second = queries.blurred(place, town.riverside, hidden=()), queries.blurred(place, town.riverside, hidden=())
    assert first == second
    assert (first.lat, first.lon) != (place.lat, place.lon)


def test_neighbours_in_one_square_look_the_same(town):
    a = actions.note_place(town.riverside, lat=40.70310, lon=-73.95120, by=None, now=NOW)
    b = actions.note_place(town.riverside, lat=40.70311, lon=-73.95121, by=None, now=NOW)
    assert queries.blurred(a, town.riverside, hidden=()) == queries.blurred(b, town.riverside, hidden=())


def test_a_steward_adds_changes_and_removes_an_area(as_, town):
    client = as_(town.sol)
    client.post("/riverside/desk/areas/", {"name": "Docks", "other_names": "Quay, Pier", "lat": "40.7", "lon": "-73.9"})
    docks = Area.objects.get(name="Docks")
    assert docks.other_names == ["Quay", "Pier"]
    client.post(f"/riverside/desk/areas/{docks.pk}/", {"name": "The Docks", "within": town.harbour.pk})
    docks.refresh_from_db()
    assert (docks.name, docks.within) == ("The Docks", town.harbour)
    page = client.post(f"/riverside/desk/areas/{town.harbour.pk}/remove/", follow=True)
    assert "lie within this one" in page.content.decode()
    client.post(f"/riverside/desk/areas/{docks.pk}/remove/")
    assert not Area.objects.filter(pk=docks.pk).exists()


def test_an_area_cannot_lie_in_itself(town):
    with pytest.raises(Refused, match="within itself"):
        actions.save_area(town.riverside, area=town.harbour, name="Harbour", within=town.harbour, by=None, now=NOW)


def test_a_name_is_taken_once(as_, town):
    page = as_(town.sol).post("/riverside/desk/areas/", {"name": "Harbour"})
    assert page.status_code == 400
    assert "already an area" in page.content.decode()


def test_another_networks_area_cannot_be_chosen(as_, town):
    foreign = Area.objects.get(network=town.hillside, name="Harbour")
    page = as_(town.sol).post("/riverside/desk/areas/", {"name": "Docks", "within": foreign.pk})
    assert page.status_code == 400


def test_a_point_lies_in_the_area_it_is_nearest_to_unless_it_is_far_from_all(town):
    near = actions.note_place(town.riverside, text="412 Ninth Avenue", lat=40.7115, lon=-73.936, by=None, now=NOW)
    far = actions.note_place(town.riverside, text="412 Ninth Avenue", lat=41.5, lon=-73.936, by=None, now=NOW)
    assert near.area is not None
    assert near.area.name == "Hilltop"
    assert far.area is None
