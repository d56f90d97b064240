"""The mark that keeps a form from being taken in twice is no key: nobody gets to someone's link with it."""

import csv
import io
from uuid import uuid4

import pytest
from django.urls import reverse

from manyhands.exchange import actions, exporting, importing, queries
from manyhands.exchange.models import Asking, Offer
from manyhands.kernel import sheets
from tests import cast
from tests.cast import NOW, category

FILE = b"name,phone,address,need\nIda Imported,718 555 0142,12 Elm Street,Food\n"


@pytest.fixture(autouse=True)
def agreed(town):
    """It takes two to export: Sol said yes to Dee."""
    cast.two_agree(town.riverside, town.dee, town.sol, now=NOW)


def test_an_export_holds_no_mark_of_a_form(town):
    files = exporting.give_back(town.riverside, by=town.dee, now=NOW)
    everything = b"".join(files.values()).decode("utf-8-sig", "replace")
    for asking in Asking.objects.filter(network=town.riverside):
        assert str(asking.submission) not in everything
    assert str(town.pram.submission) not in everything
    headings = {
        heading for content in files.values() for heading in next(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    }
    assert "submission" not in headings


def test_the_mark_of_an_imported_row_does_not_open_its_private_link(town, client):
    reading = sheets.understand(sheets.read(FILE), region="US", today=NOW.date())
    importing.bring_in(reading, network=town.riverside, by=town.dee, now=NOW)
    imported = Asking.objects.get(network=town.riverside, source=Asking.Source.FILE)
    answer = client.post(
        reverse("exchange:ask", args=["riverside"]),
        {
            "needs": [category(town.riverside, "Food").pk],
            "place_text": "Corner",
            "submission": str(imported.submission),
        },
    )
    assert answer.status_code == 302
    assert queries.asking_token(imported) not in answer["Location"]
    assert Asking.objects.filter(network=town.riverside, asked_by__name="").count() == 1


def test_the_mark_of_an_imported_offer_does_not_open_its_private_link(town):
    mark = uuid4()
    imported = actions.post_offer(
        network=town.riverside, kind="thing", words="A cot", name="Ira", submission=mark, row={"key": str(mark)},
        by=town.dee, now=NOW,
    )  # fmt: skip
    posted = actions.post_offer(network=town.riverside, kind="thing", words="A bed", submission=mark, now=NOW)
    assert posted.pk != imported.pk
    assert cast.those(Offer.objects.filter(network=town.riverside), words="A bed")


def test_a_page_sent_twice_is_still_taken_in_once(town, client):
    said = {"needs": [category(town.riverside, "Food").pk], "place_text": "Corner", "submission": str(uuid4())}
    first, second = (client.post(reverse("exchange:ask", args=["riverside"]), said) for _ in range(2))
    assert first["Location"] == second["Location"]
