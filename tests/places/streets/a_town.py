"""A small made-up town as OpenStreetMap would tell it, written as an .osm.pbf."""

from __future__ import annotations

from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Relation, Way

LAT, LON = 40.70, -73.95
STEP = 0.001  # degrees between two corners of the grid: about 100 metres


class Town:
    """Nodes, ways and relations one after the other; ``write`` puts them into a file in the order a map has."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.ways: list[Way] = []
        self.relations: list[Relation] = []

    def node(self, lat: float, lon: float, **tags: str) -> int:
        self.nodes.append(Node(id=len(self.nodes) + 1, location=(lon, lat), tags=_told(tags)))
        return len(self.nodes)

    def way(self, nodes: list[int], **tags: str) -> int:
        self.ways.append(Way(id=len(self.ways) + 1, nodes=nodes, tags=_told(tags)))
        return len(self.ways)

    def relation(self, ways: list[int], **tags: str) -> None:
        members = [("w", way, "outer") for way in ways]
        self.relations.append(Relation(id=len(self.relations) + 1, members=members, tags=_told(tags)))

    def write(self, file: Path) -> Path:
        with osmium.SimpleWriter(str(file)) as writer:
            for thing in [*self.nodes, *self.ways, *self.relations]:
                writer.add(thing)
        return file


def _told(tags: dict[str, str]) -> dict[str, str]:
    """``addr__street`` is addr:street."""
    return {key.replace("__", ":"): value for key, value in tags.items()}


def corner(east: int, north: int) -> tuple[float, float]:
    return LAT + north * STEP, LON + east * STEP


def riverside(file: Path) -> Path:
    """Two towns: Riverside with a grid of streets, and Hillside 11 km north with an Elm Street of its own."""
    town = Town()
    crossing = {(east, north): town.node(*corner(east, north)) for east in range(5) for north in range(5)}
    across = ("Elm Street", "Great Oak Road", "Saint Mary's Avenue", "Bahnhofstraße", "Calle de la Paz")
    down = ("4th Street", "Fifth Street", "شارع الملك", "улица Ленина", "Mill Lane")
    for index, name in enumerate(across):
        town.way([crossing[east, index] for east in range(5)], highway="residential", name=name)
    for index, name in enumerate(down):
        also = {"name__en": "King Street"} if index == 2 else {}
        town.way([crossing[index, north] for north in range(5)], highway="residential", name=name, **also)
    for number in (1, 3, 5, 9, 11):
        lat, lon = corner(0, 0)
        town.node(lat + 0.0001, lon + number * 0.0003, addr__housenumber=str(number), addr__street="Elm Street")
    town.node(*corner(1, 1), addr__housenumber="12-16", addr__street="Great Oak Road", addr__postcode="11206")
    town.node(*corner(2, 2), addr__housenumber="7b", addr__street="St. Mary’s Ave", addr__city="Riverside")
    ends = [
        town.node(*corner(east, 3), addr__housenumber=n, addr__street="Bahnhofstraße")
        for east, n in ((0, "2"), (4, "42"))
    ]
    town.way(ends, addr__interpolation="even")
    block = [town.node(*corner(3, north)) for north in (2, 3, 4)]
    outline = town.way([*block, block[0]])
    town.relation([outline], type="multipolygon", building="yes", addr__housenumber="20", addr__street="улица Ленина")
    town.node(*corner(1, 3), amenity="library", name="Jane Addams Library")
    town.node(*corner(4, 4), amenity="school", name="Oak Hill School")
    town.node(*corner(2, 2), place="town", name="Riverside", name__ru="Риверсайд")
    lat, lon = LAT + 0.1, LON
    town.node(lat, lon, place="village", name="Hillside")
    far = [town.node(lat, lon + east * STEP) for east in range(4)]
    town.way(far, highway="residential", name="Elm Street")
    town.node(lat + 0.0001, lon, addr__housenumber="3", addr__street="Elm Street")
    water = [
        town.node(LAT - 0.002 + north * 0.001, LON + east * 0.004) for east, north in ((0, 0), (1, 0), (1, 1), (0, 1))
    ]
    town.way([*water, water[0]], natural="water", name="Mill Pond")
    return town.write(file)
