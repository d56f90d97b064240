"""A page of a network stands inside that network's wall, and every table with a network's rows is behind one."""

from __future__ import annotations

import uuid

from django.apps import apps

from manyhands.config import walls
from manyhands.kit import wall
from manyhands.networks.models import Network

# Whose rows belong to no single network. (A person may be in several, so theirs lie outside as well.)
OUTSIDE = {"networks.Network"}


def test_every_table_of_the_rooms_is_behind_the_wall_or_named_outside():
    rooms = {"networks", "places", "exchange", "deliveries"}
    behind = {one.table.strip('"') for one in walls.walled()}
    outside = {
        model._meta.label for model in apps.get_models()
        if model._meta.app_label in rooms and model._meta.db_table not in behind
    }  # fmt: skip
    assert outside <= OUTSIDE
    assert {"exchange_ask", "places_place", "networks_membership", "deliveries_stop"} <= behind


def test_whatever_names_a_network_is_behind_the_wall():
    behind = {one.table.strip('"') for one in walls.walled()}
    named = {
        model._meta.db_table for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is Network
    }  # fmt: skip
    assert named <= behind


def test_a_network_page_stands_inside_and_leaves_nothing_behind(client, town, monkeypatch):
    stood = []
    seen = wall.step_in
    monkeypatch.setattr(wall, "step_in", lambda network: (seen(network), stood.append(wall.inside())))
    client.get("/riverside/board/")
    assert stood == [str(town.riverside.pk)]
    assert wall.inside() == wall.EVERY
    client.get("/sign-in/")
    assert stood == [str(town.riverside.pk)]


def test_inside_ends_where_it_ends():
    one, other = uuid.uuid4(), uuid.uuid4()
    with wall.within(one):
        with wall.within(other):
            assert wall.inside() == str(other)
        with wall.within(None):
            assert wall.inside() == wall.EVERY
        assert wall.inside() == str(one)
    assert wall.inside() == wall.EVERY
