"""A group brings its spreadsheet in: every cell lands somewhere, nothing comes in twice, nothing is dropped silently."""

import csv
import io
from datetime import datetime

import pytest

from manyhands.exchange import actions, importing
from manyhands.exchange.importing import Choice, Doubles
from manyhands.exchange.models import Ask, Helper, Offer
from manyhands.journal.models import Entry
from manyhands.kernel import sheets
from manyhands.kit import ring
from manyhands.kit.refusals import Refused
from manyhands.networks.models import Membership
from tests import cast
from tests.cast import NOW, ZONE

ASKS = """ID,Timestamp,Name,Phone,Address,What do you need?,Details,Household size,Status,Is your need:,Favourite colour
1,6/2/2026 9:15:00,Ada Abramov,(718) 555-0160,12 Orchard Avenue,Groceries; diapers,No nuts,3,,Urgent,green
2,6/2/2026 10:00:00,Bilal Baker,none,33 Quarry Hill,Prescription,,1,Completed,,
3,6/3/2026 11:30:00,Carmen Castillo,718.555.0162,5 Mill Lane,Groceries,,2,New,,=HYPERLINK("http://x")
"""


def understood(text: str, **more) -> sheets.Reading:
    return sheets.understand(sheets.read(text.encode()), region="US", today=NOW.date(), **more)


def bring(town, text: str, *, by="dee", reading=None, **choice) -> importing.Report:
    return importing.bring_in(
        reading or understood(text),
        network=town.riverside,
        choice=Choice(**choice),
        by=getattr(town, by) if by else None,
        now=NOW,
    )


def imported(town):
    return Ask.objects.filter(network=town.riverside).exclude(row={})


def test_rows_become_asks_with_their_people_places_and_dates(town):
    report = bring(town, ASKS)
    assert (report.rows, report.asks, report.skipped) == (3, 4, [])
    carmen = cast.the_one(imported(town), asking__asked_by__name="Carmen Castillo")
    assert carmen.category.name == "Food"
    assert carmen.place.text == "5 Mill Lane"
    assert carmen.people == 2
    assert carmen.asked_at == datetime(2026, 6, 3, 11, 30, tzinfo=ZONE)
    assert [point.value for point in carmen.asking.asked_by.contact_points.all()] == ["+17185550162"]
    assert carmen.asking.source == "file"


def test_keys_for_all_the_people_of_a_file_are_made_in_one_write(town, monkeypatch):
    """Each key by itself waits for the disk: a list of thousands would take minutes longer."""
    writes, real = [], ring.Ring._make
    monkeypatch.setattr(ring.Ring, "_make", lambda self, holders: (writes.append(len(holders)), real(self, holders)))
    report = bring(town, ASKS)
    assert report.asks == 4
    assert writes == [3]
    people = {ask.asking.asked_by for ask in imported(town)}
    assert set(ring.keys_of(person.pk for person in people)) == {person.pk for person in people}
    assert {person.name for person in people} >= {"Carmen Castillo", "Ada Abramov"}


def test_several_needs_in_a_row_become_linked_asks(town):
    bring(town, ASKS)
    asks = cast.those(imported(town), asking__asked_by__name="Ada Abramov")
    assert {ask.category.name for ask in asks} == {"Food", "Supplies"}
    assert len({ask.asking_id for ask in asks}) == 1
    assert all(ask.is_urgent for ask in asks)


def test_what_the_sheet_says_is_done_comes_in_as_met(town):
    bring(town, ASKS)
    bilal = cast.the_one(imported(town), asking__asked_by__name="Bilal Baker")
    assert bilal.state == "met"
    assert not bilal.asking.asked_by.contact_points.exists()


def test_every_cell_lands_in_a_field_or_in_the_notes(town):
    bring(town, ASKS)
    rows = list(csv.DictReader(io.StringIO(ASKS)))
    for row in rows:
        ask = cast.those(imported(town), asking__asked_by__name=row["Name"])[0]
        held = "\n".join(
            [ask.words, ask.notes, ask.place.text, ask.asking.asked_by.name, ask.category.name, str(ask.people)]
        ).casefold()
        for heading in ("ID", "Details", "Status", "Is your need:", "Favourite colour"):
            assert row[heading].casefold() in held, (row["Name"], heading)


def test_the_same_file_twice_brings_its_rows_in_once(town):
    bring(town, ASKS)
    again = bring(town, ASKS)
    assert (again.rows, [skipped.code for skipped in again.skipped]) == (0, ["imported_before"] * 3)
    assert imported(town).count() == 4


def test_whoever_wants_them_again_gets_them_again(town):
    bring(town, ASKS)
    again = bring(town, ASKS, doubles=Doubles.KEEP)
    assert again.rows == 3
    assert imported(town).count() == 8


def test_a_file_with_new_rows_below_brings_only_those(town):
    bring(town, ASKS)
    more = ASKS + "4,6/3/2026 12:00:00,Dov Dreyer,(718) 555-0163,1 Ferry Street,Laundry,,1,,,\n"
    again = bring(town, more)
    assert (again.rows, list(again.codes)) == (1, [5])


def test_two_rows_alike_are_two_rows_unless_doubles_are_left_out(town):
    twice = ASKS + ASKS.splitlines()[3] + "\n"
    assert bring(town, twice, doubles=Doubles.SKIP).rows == 3
    assert bring(town, twice).rows == 1


def test_someone_who_has_an_open_ask_for_the_same_is_shown(town):
    nia = "Name,Phone,Address,What do you need?\nNia N,718-555-0123,412 Elm Street,Groceries\n"
    seen = importing.look(understood(nia), network=town.riverside)
    assert [(double.row, double.of, double.reason) for double in seen.doubles] == [
        (2, town.groceries.code, "already_asked")
    ]
    assert town.groceries.code in seen.doubles[0].sentence
    assert bring(town, nia, doubles=Doubles.SKIP).skipped[0].code == "already_asked"
    assert bring(town, nia).rows == 1


def test_the_asks_of_another_network_are_not_compared(town):
    nora = "Name,Phone,Address,What do you need?\nNora O,718 555 0199,1 Elsewhere,Groceries\n"
    assert importing.look(understood(nora), network=town.riverside).doubles == ()


def test_all_or_nothing_leaves_nothing_behind_when_one_row_fails(town, monkeypatch):
    post = actions.post_asking
    monkeypatch.setattr(actions, "post_asking", lambda **told: _refuse_carmen(post, **told))
    with pytest.raises(Refused, match="Row 4 can't be brought in, so nothing was"):
        bring(town, ASKS, all_or_nothing=True)
    assert not imported(town).exists()


def test_otherwise_the_rest_comes_in_and_the_row_is_named(town, monkeypatch):
    post = actions.post_asking
    monkeypatch.setattr(actions, "post_asking", lambda **told: _refuse_carmen(post, **told))
    report = bring(town, ASKS)
    assert report.rows == 2
    assert [(skipped.row, skipped.sentence) for skipped in report.skipped] == [(4, "Carmen is on holiday.")]


def _refuse_carmen(post, **told):
    asking = post(**told)
    if told["name"].startswith("Carmen"):
        raise Refused("Carmen is on holiday.")
    return asking


def test_rows_with_something_wrong_can_be_left_out(town):
    wrong = (
        "Name,Phone,What do you need?,Wanted on\nAda,(718) 555-0160,Food,2/31/2026\nDov,(718) 555-0161,Food,6/5/2026\n"
    )
    report = bring(town, wrong, leave_out_troubled=True)
    assert report.rows == 1
    assert report.skipped[0].row == 2
    assert "2/31/2026" in report.skipped[0].sentence


def test_a_time_it_is_wanted_in_is_kept(town):
    text = "Name,Address,What do you need?,Delivery date,Time window\nAda,1 Mill Lane,Groceries,6/5/2026,17:30-19:00\n"
    bring(town, text)
    ask = imported(town).get()
    assert ask.wanted_from == datetime(2026, 6, 5, 17, 30, tzinfo=ZONE)
    assert ask.wanted_until == datetime(2026, 6, 5, 19, 0, tzinfo=ZONE)


HELPERS = """Name,Phone,Email,Languages,Do you have a car?,Max boxes,Available from,Available until,Latitude,Longitude
Ivy Inman,(718) 555-0170,ivy@example.org,"English, Spanish",Yes,12,17:30,20:00,40.7012,-73.9511
Hana Helper,,hana@example.org,English,No,4,17:30,19:30,40.7001,-73.9502
"""


def test_a_list_of_helpers_becomes_members_who_can_be_planned(town):
    report = bring(town, HELPERS, by="sol")
    assert report.helpers == 2
    ivy = cast.the_one(Helper.objects.all(), membership__person__name="Ivy Inman")
    assert (ivy.mode, ivy.boxes, ivy.languages) == ("car", 12, ["en", "es"])
    assert (ivy.start.lat, ivy.start.lon) == (40.7012, -73.9511)
    assert ivy.hours[0] == {"day": 0, "from": "17:30", "until": "20:00"}
    assert ivy.membership.standing == "active"


def test_a_dispatcher_may_bring_helpers_too(town):
    assert bring(town, HELPERS, by="dee").helpers == 2
    assert cast.the_one(Membership.objects.all(), person__name="Ivy Inman").role == "helper"


def test_helpers_come_in_once(town):
    bring(town, HELPERS)
    assert [skipped.code for skipped in bring(town, HELPERS).skipped] == ["imported_before"] * 2


OFFERS = """Timestamp,Name,Email,What can you offer?,Details
6/2/2026 9:15:00,Gerda Give,gerda@example.org,Rides to the clinic,Mondays only
6/2/2026 9:20:00,Hoa Ho,hoa@example.org,Winter coats,Sizes M and L
"""


def test_offers_become_offers(town):
    report = bring(town, OFFERS, reading=understood(OFFERS, kind="offers"))
    assert report.offers == 2
    rides, coats = (cast.the_one(Offer.objects.all(), offered_by__name=name) for name in ("Gerda Give", "Hoa Ho"))
    assert (rides.kind, coats.kind) == ("ride", "thing")
    assert "Winter coats" in coats.words
    assert coats.row["cells"][coats.row["headings"].index("Details")] == "Sizes M and L"


def test_a_sheet_of_something_else_brings_nothing_and_says_so(town):
    ledger = "Description,Amount,Date,Platform\nDiapers,$20.00,3/1/2026,Venmo\n"
    reading = understood(ledger)
    assert reading.kind == "other"
    assert [skipped.code for skipped in bring(town, ledger, reading=reading).skipped] == ["other_kind"]


def test_a_helper_cannot_import(town):
    with pytest.raises(Refused, match="Only a dispatcher"):
        importing.bring_in(understood(ASKS), network=town.riverside, by=town.hana.membership.person, now=NOW)
    assert not imported(town).exists()


def test_the_journal_says_how_many_came_without_saying_who(town):
    bring(town, ASKS)
    entry = Entry.objects.get(verb="network.imported")
    assert (entry.details["asks"], entry.details["rows"]) == (4, 3)
    assert "Ada" not in str(entry.details)


LONG = "x" * 3000


@pytest.mark.parametrize(
    "row",
    [
        {"Name": LONG, "What do you need?": "Food"},
        {"Name": "Ada", "What do you need?": LONG},
        {"Name": "Ada", "Address": LONG, "What do you need?": "Food"},
        {"Name": "Ada", "Household size": "99999999999", "What do you need?": "Food"},
        {"Name": "Ada", "Phone": LONG, "What do you need?": "Food"},
        {"Name": "Ada", "Timestamp": "1/1/0001", "What do you need?": "Food"},
        {"Name": "Ada", "Timestamp": "12/31/9999 23:59", "What do you need?": "Food"},
        {"Name": "😀\u202e", "Language": "Klingon", "What do you need?": "🍞"},
        {"Name": "Ada\x00", "What do you need?": "Fo\x00od"},
        {"Name": "Ada", "Status": LONG, "What do you need?": "Food"},
    ],
)
def test_a_strange_row_comes_in_whole(town, row):
    headings = ["Name", "Phone", "Address", "What do you need?", "Household size", "Timestamp", "Language", "Status"]
    text = io.StringIO()
    writer = csv.DictWriter(text, headings)
    writer.writeheader()
    writer.writerow(row)
    report = bring(town, "", reading=understood(text.getvalue(), kind="asks"))
    assert (report.rows, report.skipped) == (1, [])
    ask = imported(town).first()
    held = f"{ask.words}\n{ask.notes}\n{ask.place.text}\n{ask.asking.asked_by.name}\n{ask.row['cells']}"
    for cell in row.values():
        assert cell.replace("\x00", "").replace("\u202e", "")[:1500] in held.replace("\u202e", "")
