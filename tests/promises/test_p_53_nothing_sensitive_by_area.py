"""P-53: what is sensitive (health, legal, medicine) is published by no area, on no page and in no file.

Two towns that differ in nothing but where one sensitive ask lies: if any public page differs by a byte, somebody could
tell. The pages are those of the access table that everybody finds; new ones come in by themselves.
"""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from manyhands.exchange.models import Category
from manyhands.places.models import Area, Place
from tests import cast
from tests.architecture.access import ACCESS, EVERYONE

# What changes from one answer to the next, whatever it says.
DRAWN_BY_LOT = re.compile(rb'(name="csrfmiddlewaretoken" value|nonce|name="submission" value|value)="[^"]{20,}"')


def _public_pages() -> list[str]:
    found = []
    for name, row in ACCESS.items():
        if row.who == EVERYONE and row.method == "get":
            try:
                found.append(reverse(name, args=["riverside"]))
            except Exception:  # noqa: BLE001 - behind a private link, or of no network
                continue
    return found


def _all_of_it(client, pages: list[str]) -> dict[str, bytes]:
    return {page: DRAWN_BY_LOT.sub(b"", client.get(page).content) for page in pages}


def _move(ask, area: Area) -> None:
    place = Place.objects.get(pk=ask.place_id)
    place.area, place.lat, place.lon = area, area.lat, area.lon
    place.save()


@pytest.mark.parametrize("sensitive", [True, False])
def test_no_public_page_tells_in_which_part_of_town(town, client, sensitive):
    Category.objects.filter(pk=town.groceries.category_id).update(is_sensitive=sensitive)
    cast.ask(town.riverside, "Medicine", name="Someone Else", lat=40.7051, lon=-73.9449)
    areas = list(Area.objects.filter(network=town.riverside))
    board = reverse("exchange:board", args=["riverside"])
    category = town.groceries.category_id
    pages = _public_pages()
    assert board in pages
    assert len(pages) > 6
    pages += [f"{board}?area={area.pk}" for area in areas]
    pages += [f"{board}?area={area.pk}&category={category}" for area in areas]
    told = []
    for area in areas:
        _move(town.groceries, area)
        told.append(_all_of_it(client, pages))
    same = all(each == told[0] for each in told[1:])
    # Where it is not sensitive the board does tell the part of town: so the pages would show it.
    assert same == sensitive
