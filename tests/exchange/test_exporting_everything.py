"""Everything a network holds is given back: a CSV per table, and what was imported under its own headings."""

import csv
import io

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from manyhands.exchange import actions, exporting, importing
from manyhands.journal.models import Entry
from manyhands.kernel import sheets
from manyhands.kit.refusals import Refused
from manyhands.privacy.models import Care
from tests import cast
from tests.cast import NOW
from tests.exchange.test_importing_a_file import ASKS, HELPERS, OFFERS, understood

TRICKY = (
    '"Name ","Phone","What do you need? Check all that apply","Notes\n(internal)","Sum"\r\n'
    '"\'quoted",\'+17185550160,"Groceries, pet care","=1+1",-5\r\n'
    '@home,(718) 555-0161,Food,"two\nlines","\t tab"\r\n'
    "Zoë 中,none,Diapers,'=already guarded,+49\r\n"
)


def table(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    read = sheets.read(files[name])
    return [dict(zip(read.headings, line.cells, strict=True)) for line in read.lines]


@pytest.fixture(autouse=True)
def agreed(town):
    """It takes two to export: Sol said yes to Dee."""
    cast.two_agree(town.riverside, town.dee, town.sol, now=NOW)


def test_a_table_for_everything_the_network_holds(town):
    files = exporting.give_back(town.riverside, by=town.dee, now=NOW)
    assert {"asks.csv", "offers.csv", "helpers.csv", "claims.csv", "categories.csv", "areas.csv"} <= set(files)
    (groceries,) = table(files, "asks.csv")
    assert (groceries["code"], groceries["name"], groceries["what"]) == (town.groceries.code, "Nia Neighbour", "Food")
    assert groceries["door"] == "3rd floor, bell 3B"
    assert {helper["name"] for helper in table(files, "helpers.csv")} == {"Hana Helper", "Hugo Helper"}


def test_every_table_that_hangs_on_a_network_is_given_back(town):
    files = exporting.give_back(town.riverside, by=town.dee, now=NOW)
    told = {
        "Ask": "asks", "Offer": "offers", "Helper": "helpers", "Claim": "claims", "Match": "matches", "Repeat": "repeats",
        "Category": "categories", "Cause": "causes", "Area": "areas",
    }  # fmt: skip
    hanging = [
        model
        for model in apps.get_models()
        if model.__module__.startswith("manyhands.")
        and any(getattr(field.related_model, "__name__", "") == "Network" for field in model._meta.concrete_fields)
    ]
    assert len(hanging) > 10
    hanging.remove(Care)  # who is in danger is a list that must not be
    # Nor what was told in trust, who is kept apart from whom, or who may be whom.
    held_back = [model for model in hanging if getattr(model, "is_never_exported", False)]
    assert {model.__name__ for model in held_back} == {"Report", "Line", "Apart", "Pair"}
    hanging = [model for model in hanging if model not in held_back]
    for model in hanging:
        name = told.get(model.__name__) or str(model._meta.verbose_name_plural).replace(" ", "-")
        assert f"{name}.csv" in files, model


def test_nothing_of_another_network_is_in_it(town):
    cast.ask(town.hillside, name="Nobody Else", words="only Hillside knows this")
    everything = b"".join(exporting.give_back(town.riverside, by=town.dee, now=NOW).values()).decode()
    for theirs in (
        town.elsewhere.code,
        "Nora Otherwise",
        "only Hillside knows this",
        str(town.hillside.pk),
        "Ola Other",
    ):
        assert theirs not in everything


def test_nothing_that_opens_a_private_link_is_in_it(town):
    everything = b"".join(exporting.give_back(town.riverside, by=town.dee, now=NOW).values()).decode()
    for secret in (town.asking.nonce, town.asking.token_digest, town.pram.nonce):
        assert secret not in everything


@pytest.mark.parametrize(("text", "kind"), [(ASKS, "asks"), (HELPERS, "helpers"), (OFFERS, "offers"), (TRICKY, "asks")])
def test_what_came_from_a_file_goes_back_under_the_same_headings(town, text, kind):
    before = understood(text, kind=kind)
    importing.bring_in(before, network=town.riverside, by=None, now=NOW)
    back = exporting.as_imported(town.riverside)[f"{kind}-as-imported.csv"]
    after = sheets.understand(sheets.read(back), kind=kind, region="US", today=NOW.date())
    assert [dict(record.raw) for record in after.records] == [dict(record.raw) for record in before.records]
    assert after.columns == before.columns
    assert [line.cells for line in sheets.read(back).lines] == [line.cells for line in sheets.read(text.encode()).lines]


def test_what_was_given_back_is_known_when_it_comes_again(town):
    importing.bring_in(understood(ASKS), network=town.riverside, by=None, now=NOW)
    back = exporting.as_imported(town.riverside)["asks-as-imported.csv"]
    seen = importing.look(sheets.understand(sheets.read(back), region="US", today=NOW.date()), network=town.riverside)
    assert [double.reason for double in seen.doubles if isinstance(double.of, str)] == ["imported_before"] * 3


def test_two_files_with_different_headings_go_back_as_two(town):
    importing.bring_in(understood(ASKS), network=town.riverside, by=None, now=NOW)
    importing.bring_in(understood(TRICKY, kind="asks"), network=town.riverside, by=None, now=NOW)
    assert set(exporting.as_imported(town.riverside)) == {"asks-as-imported-1.csv", "asks-as-imported-2.csv"}


def test_no_cell_of_any_file_can_be_a_formula(town):
    for nasty in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"):
        cast.ask(town.riverside, name=nasty, words=nasty)
    actions.save_category(town.riverside, name="=cmd|' /C calc'!A0", by=None, now=NOW)
    for name, content in exporting.give_back(town.riverside, by=None, now=NOW).items():
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
            for cell in row:
                assert (
                    cell[:1] not in {"=", "@", "+", "-", "\t", "\r"} or cell.lstrip("-").replace(".", "").isdigit()
                ), (
                    name,
                    cell,
                )


def test_the_export_is_in_the_journal(town):
    exporting.give_back(town.riverside, by=town.dee, now=NOW)
    entry = Entry.objects.get(verb="network.exported")
    assert entry.by == f"person:{town.dee.pk}"


@pytest.mark.parametrize("role", ["eve", "otto", "nia"])
def test_nobody_else_may_export(town, role):
    with pytest.raises(Refused, match="Only a dispatcher"):
        exporting.give_back(town.riverside, by=getattr(town, role), now=NOW)


def test_more_asks_take_no_more_questions(town):
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            exporting.give_back(town.riverside, by=None, now=NOW)
        return len(asked)

    few = questions()
    for _ in range(20):
        cast.ask(town.riverside)
    assert questions() <= few
