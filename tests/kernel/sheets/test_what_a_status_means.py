"""A status cell says where an ask stands, in the words of many groups; what it does not say is not guessed."""

import pytest

from manyhands.kernel.sheets import Need, Place
from manyhands.kernel.sheets.saying import needs_in_words, place_in_words
from manyhands.kernel.sheets.statuses import Standing, meaning_of


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        ("Completed", Standing.MET),
        ("completed ", Standing.MET),
        ("Completed (recurring) 4/15/20 Elijah", Standing.MET),
        ("DELIVERED 3pm", Standing.MET),
        ("Entregado", Standing.MET),
        ("הושלם", Standing.MET),
        ("تم", Standing.MET),
        ("已完成", Standing.MET),
        ("Partially fulfilled", Standing.PARTLY_MET),
        ("just can't", Standing.NOT_MET),
        ("justCant", Standing.NOT_MET),
        ("Unable to reach", Standing.NOT_MET),
        ("Cancelled", Standing.WITHDRAWN),
        ("no longer needed", Standing.WITHDRAWN),
        ("Duplicate", Standing.DUPLICATE),
        ("started", Standing.HELD),
        ("Delivery Assigned", Standing.HELD),
        ("assigned", Standing.HELD),
        ("new-request", Standing.OPEN),
        ("reoccurring", Standing.OPEN),
        ("not completed", Standing.OPEN),
        ("Delivery Needed", Standing.OPEN),
    ],
)
def test_words_that_say_where_it_stands(status, standing):
    assert meaning_of(status) == standing


@pytest.mark.parametrize(
    "status",
    [
        "",
        " ",
        "3/15/2020",
        "Sam has it",
        "complete by Friday",
        "delivered by Friday?",
        "TRUE",
        "no",
        "🙂",
        "met with her",
    ],
)
def test_words_that_say_nothing_known(status):
    assert meaning_of(status) is None


@pytest.mark.parametrize(
    ("status", "heading", "standing"),
    [
        ("TRUE", "Completed", Standing.MET),
        ("x", "Done?", Standing.MET),
        ("FALSE", "Fulfilled", Standing.OPEN),
        ("yes", "Cancelled", Standing.WITHDRAWN),
        ("TRUE", "approved", None),
        ("1", "", None),
    ],
)
def test_a_tick_means_what_its_heading_says(status, heading, standing):
    assert meaning_of(status, heading) == standing


def test_a_place_is_said_with_what_its_address_leaves_out():
    assert (
        place_in_words(Place(address="12 Elm Street", cross_street="4th", area="Harbour"))
        == "12 Elm Street, 4th, Harbour"
    )
    assert place_in_words(Place(address="12 Elm Street, Harbour", area="harbour")) == "12 Elm Street, Harbour"
    assert place_in_words(Place(area="Harbour")) == "Harbour"
    assert place_in_words(Place()) == ""


def test_needs_are_said_with_how_many():
    needs = (Need("Groceries"), Need("diapers", 3, "size 4"), Need("pads", 1), Need("rice", 0.5))
    assert needs_in_words(needs) == "Groceries, diapers × 3 (size 4), pads, rice × 0.5"
