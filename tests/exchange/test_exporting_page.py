"""A dispatcher takes everything with them, and says that they will look after it."""

import io
import zipfile

import pytest
from django.utils import timezone

from manyhands.journal.models import Entry
from tests import cast

EXPORT = "/riverside/desk/export/"


@pytest.fixture(autouse=True)
def agreed(town):
    """It takes two to export: Sol said yes to Dee."""
    cast.two_agree(town.riverside, town.dee, town.sol, now=timezone.now())


def test_looking_at_the_page_takes_nothing(town, as_):
    page = as_(town.dee).get(EXPORT)
    assert page.status_code == 200
    assert "names, addresses and phone numbers" in page.content.decode()
    assert not Entry.objects.filter(verb="network.exported").exists()


def test_without_the_tick_nothing_comes(town, as_):
    answer = as_(town.dee).post(EXPORT, {})
    assert answer.status_code == 400
    assert "Please tick this" in answer.content.decode()
    assert not Entry.objects.filter(verb="network.exported").exists()


def test_one_archive_holds_a_table_for_everything(town, as_):
    answer = as_(town.dee).post(EXPORT, {"careful": "on"})
    assert answer["Content-Type"] == "application/zip"
    assert "attachment" in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "no-store, private"
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert {"asks.csv", "offers.csv", "helpers.csv"} <= set(archive.namelist())
        assert town.groceries.code in archive.read("asks.csv").decode()
    assert Entry.objects.get(verb="network.exported").by == f"person:{town.dee.pk}"
