"""A steward says how thickly people live here, or brings a list of homes; nobody is found by the square they are shown in."""

from __future__ import annotations

import json
from random import Random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from manyhands.kit.refusals import Refused
from manyhands.places import actions, queries
from manyhands.places.homes import read_homes
from manyhands.places.models import Squares
from tests.cast import NOW

LUCK = Random(5)
PLACES = [(40.70 + LUCK.gauss(0, 0.01), -73.95 + LUCK.gauss(0, 0.01)) for _ in range(300)]
CSV = "lat,lon\n" + "\n".join(f"{lat},{lon}" for lat, lon in PLACES)
FEATURES = [
    {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": {"flats": "3"}}
    for lat, lon in PLACES
]
OUTLINE = {"type": "Polygon", "coordinates": [[[9.0, 47.0], [9.2, 47.0], [9.2, 47.2], [9.0, 47.2]]]}


def _page(slug: str = "riverside") -> str:
    return reverse("places:squares", args=[slug])


def _send(client, text: str, *, at_least: int = 50):
    file = SimpleUploadedFile("homes.csv", text.encode())
    return client.post(reverse("places:homes", args=["riverside"]), {"homes": file, "at_least": at_least})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Latitude;Longitude;Households\n47,14;9,52;3", [(47.14, 9.52, 3)]),
        ("x\ty\tstreet\n9.52\t47.14\tElm", [(47.14, 9.52, 1)]),
        ("lat,lon\n47.1,9.5\nnot,a place\n95,9\nnan,9\n47.2", [(47.1, 9.5, 1)]),
        (json.dumps({"type": "FeatureCollection", "features": FEATURES[:1]}), [(*PLACES[0], 3)]),
        ("\n".join(json.dumps(feature) for feature in FEATURES[:2]), [(*PLACES[0], 3), (*PLACES[1], 3)]),
        (json.dumps({"type": "Feature", "geometry": OUTLINE, "properties": {}}), [(47.1, 9.1, 1)]),
    ],
)
def test_a_list_is_read_as_towns_publish_it(text, expected):
    assert [(pytest.approx(lat), pytest.approx(lon), many) for lat, lon, many in expected] == read_homes(text.encode())


@pytest.mark.parametrize(
    "text",
    ["", "name,street\nA,B", "{", "[" * 100_000, '{"features": 3}', "\x00\xff", "lat,lon\n" + '"' + "x" * 200_000],
)
def test_what_is_no_list_is_refused_in_a_sentence(town, as_, text):
    with pytest.raises(Refused):
        read_homes(text.encode())
    answer = _send(as_(town.sol), text or " ")
    assert answer.status_code == 400
    assert not Squares.objects.exists()


def test_a_list_makes_the_squares_and_is_gone(town, as_):
    client = as_(town.sol)
    assert "Nobody has counted the homes here" in client.get(_page()).content.decode()
    assert _send(client, CSV).status_code == 302
    page = client.get(_page()).content.decode()
    kept = Squares.objects.get()
    assert f"None has fewer than {min(square[4] for square in kept.cut)} homes" in page
    assert sum(square[4] for square in kept.cut) == len(PLACES)
    assert min(square[4] for square in kept.cut) >= 50
    assert str(PLACES[0][0])[:8] not in str(kept.cut)
    # Nothing moves until another list comes.
    before = queries.squares_of(town.riverside).middle(*PLACES[0])
    client.post(_page(), {"settled": "country", "least": "50"})
    town.riverside.__dict__.pop("_squares")
    assert queries.squares_of(town.riverside).middle(*PLACES[0]) == before


def test_too_few_homes_are_refused_and_the_old_squares_stay(town, as_):
    _send(as_(town.sol), CSV)
    answer = _send(as_(town.sol), "lat,lon\n40.7,-73.9")
    assert answer.status_code == 400
    assert "fewer homes in it" in answer.content.decode()
    assert Squares.objects.get().version == 1


def test_a_place_beyond_the_counted_homes_is_on_no_shared_map(town):
    actions.measure_squares(town.riverside, data=CSV.encode(), least=50, by=town.sol, now=NOW)
    assert queries.blurred(town.groceries.place, town.riverside, hidden=()) is not None
    far = town.groceries.place
    far.lat, far.lon = 41.5, -74.5
    assert queries.blurred(far, town.riverside, hidden=()) is None
    actions.forget_homes(town.riverside, by=town.sol, now=NOW)
    assert queries.blurred(far, town.riverside, hidden=()) is not None


def test_scattered_farms_get_wider_squares(town):
    sides = []
    for settled in Squares.Settled:
        actions.settle_squares(town.riverside, settled=settled, least=50, by=town.sol, now=NOW)
        sides.append(queries.squares_of(town.riverside).metres)
    assert sides == sorted(sides)
    assert sides[0] == town.riverside.blur_metres  # never narrower than the steward wants them
    assert sides[-1] >= 5_000


def test_only_a_steward_says_so(town):
    with pytest.raises(Refused):
        actions.measure_squares(town.riverside, data=CSV.encode(), least=50, by=town.dee, now=NOW)
    with pytest.raises(Refused):
        actions.settle_squares(town.riverside, settled="city", least=50, by=town.dee, now=NOW)
