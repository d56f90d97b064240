"""Rows that say where only in words are put on the map where it is sure, and never moved from a point they have."""

from __future__ import annotations

from manyhands.deliveries.locating import Spot, located, told
from manyhands.kernel.sheets import Place, Record
from manyhands.kernel.sheets.fields import Kind

MAP = {
    "Elm Street 3, Riverside": Spot(40.7, -73.95, is_rough=False),
    "Mill Lane": Spot(40.8, -73.96, is_rough=True),
}


def _row(number: int, **place) -> Record:
    return Record(number=number, kind=Kind.ASKS, raw={}, place=Place(**place))


def test_what_is_sure_gets_its_point_and_the_rest_stays_as_it_is():
    rows = [
        _row(2, address="Elm Street 3", city="Riverside"),
        _row(3, address="Mill Lane", city="Nowhere"),
        _row(4, address="Somewhere"),
        _row(5, address="Elm Street 3, Riverside", lat=1.0, lon=2.0),
        _row(6),
    ]
    answer = located(rows, MAP.get)
    assert [row.place.lat for row in answer.records] == [40.7, 40.8, None, 1.0, None]
    assert (answer.found, answer.roughly) == (2, 1)
    assert [row.place.address for row in answer.records] == [row.place.address for row in rows]


def test_the_same_words_are_looked_up_once():
    asked = []

    def find(words: str) -> None:
        asked.append(words)

    located([_row(number, address="Elm Street 3") for number in range(2, 9)], find)
    assert asked == ["Elm Street 3"]


def test_it_is_told_in_a_sentence_or_not_at_all():
    nothing = located([], MAP.get)
    some = located([_row(2, address="Mill Lane")], MAP.get)
    assert told(nothing, nothing) == []
    assert "1 asks and 0 helpers; 1 of them only somewhere" in told(some, nothing)[0]
