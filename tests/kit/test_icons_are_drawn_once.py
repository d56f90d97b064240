"""A page carries each of its icons once, however often it shows them."""

import re

import pytest
from django.template import engines
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_every_icon_of_a_page_has_its_drawing_and_only_one(client):
    page = client.get(reverse("kit:gallery")).content.decode()
    shown = re.findall(r'<use href="#(i-[\w-]+)"', page)
    drawn = re.findall(r'<symbol id="(i-[\w-]+)"', page)
    assert len(shown) > len(drawn) > 20
    assert set(shown) == set(drawn)
    assert len(drawn) == len(set(drawn))


def test_a_page_that_is_not_there_shows_its_icons_too(client):
    page = client.get("/no-such-network/").content.decode()
    assert set(re.findall(r'<use href="#(i-[\w-]+)"', page)) <= set(re.findall(r'<symbol id="(i-[\w-]+)"', page))


def test_without_a_page_an_icon_is_whole():
    drawn = engines["django"].from_string('{% icon "bike" %}').render()
    assert "<use" not in drawn
    assert "<circle" in drawn or "<path" in drawn
