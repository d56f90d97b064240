"""A dispatcher brings a spreadsheet in on the page: upload, look, put columns right, choose, import, read the report."""

import io
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from manyhands.exchange import kept_files
from manyhands.exchange.models import Ask, Helper
from tests import cast
from tests.exchange.test_importing_a_file import ASKS, HELPERS

UPLOAD = "/riverside/desk/import/"


@pytest.fixture(autouse=True)
def uploads(tmp_path, monkeypatch):
    """Each test keeps its files in a folder of its own."""
    monkeypatch.setattr(kept_files, "_folder", lambda: tmp_path)
    return tmp_path


def send(client, content: str | bytes, name: str = "asks.csv"):
    data = content.encode() if isinstance(content, str) else content
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, data)})


def imported(town):
    return Ask.objects.filter(network=town.riverside).exclude(row={})


def test_from_the_upload_to_the_report(town, as_):
    dee = as_(town.dee)
    looked = send(dee, ASKS)
    assert looked.status_code == 302
    assert not imported(town).exists()
    page = dee.get(looked.url).content.decode()
    for said in ("asks.csv", "Favourite colour", "Groceries; diapers", "Notes", "is not a phone number"):
        assert said in page
    done = dee.post(looked.url, {"do": "import", "doubles": "once"})
    assert done.status_code == 200
    assert imported(town).count() == 4
    assert all(code in done.content.decode() for code in imported(town).values_list("code", flat=True))


def test_the_file_is_gone_after_the_import(town, as_, uploads):
    dee = as_(town.dee)
    looked = send(dee, ASKS)
    assert len(list(uploads.iterdir())) == 2
    dee.post(looked.url, {"do": "import", "doubles": "once"})
    assert list(uploads.iterdir()) == []
    again = dee.get(looked.url)
    assert again.status_code == 404
    assert "choose it again" in again.content.decode()


def test_a_kept_file_is_for_its_owner_only_and_under_no_readable_name(town, as_, uploads):
    looked = send(as_(town.dee), ASKS)
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in uploads.iterdir())
    key = looked.url.rstrip("/").rsplit("/", 1)[1]
    assert not any(key in file.name for file in uploads.iterdir())
    assert as_(town.sol).get(looked.url).status_code == 404


def test_a_kept_file_lasts_an_hour(town, as_, uploads):
    now = timezone.now()
    key = kept_files.keep(b"Name\nAda\n", {"name": "x"}, by=town.dee, network=town.riverside, now=now)
    later = now + timedelta(minutes=61)
    assert kept_files.find(key, by=town.dee, network=town.riverside, now=now) is not None
    assert kept_files.find(key, by=town.dee, network=town.riverside, now=later) is None
    kept_files.sweep(now=later + timedelta(minutes=1))
    assert list(uploads.iterdir()) == []


def test_a_column_put_elsewhere_lands_there(town, as_):
    dee = as_(town.dee)
    looked = send(dee, ASKS)
    colour = ASKS.splitlines()[0].split(",").index("Favourite colour")
    chosen = dee.post(looked.url, {"do": "look", "kind": "asks", f"column_{colour}": "words"})
    assert chosen.status_code == 302
    assert "you said so" in dee.get(chosen.url).content.decode()
    dee.post(looked.url, {"do": "import", "doubles": "once"})
    assert "green" in cast.those(imported(town), asking__asked_by__name="Ada Abramov")[0].words


def test_saying_that_the_rows_are_helpers_makes_them_helpers(town, as_):
    dee = as_(town.dee)
    looked = send(dee, "Name,Phone\nIvy Inman,(718) 555-0170\n", "people.csv")
    dee.post(looked.url, {"do": "look", "kind": "helpers"})
    done = dee.post(looked.url, {"do": "import", "doubles": "once"})
    assert done.status_code == 200
    assert cast.those(Helper.objects.all(), membership__person__name="Ivy Inman")


def test_doubles_in_the_file_and_here_are_shown_before_anything_comes_in(town, as_):
    dee = as_(town.dee)
    text = "Name,Phone,What do you need?\nNia,718-555-0123,Groceries\nNia,718-555-0123,Groceries\n"
    page = dee.get(send(dee, text).url).content.decode()
    assert "Perhaps double" in page
    assert town.groceries.code in page
    assert "Row 3" in page


def test_leaving_doubles_out_says_which_and_why(town, as_):
    dee = as_(town.dee)
    looked = send(dee, "Name,Phone,What do you need?\nNia,718-555-0123,Groceries\nAda,718-555-0177,Groceries\n")
    page = dee.post(looked.url, {"do": "import", "doubles": "skip"}).content.decode()
    assert imported(town).count() == 1
    assert "Left out" in page
    assert town.groceries.code in page


def test_a_second_import_of_the_same_file_brings_nothing(town, as_):
    dee = as_(town.dee)
    for _ in range(2):
        done = dee.post(send(dee, ASKS).url, {"do": "import", "doubles": "once"})
    assert imported(town).count() == 4
    assert "Nothing came in" in done.content.decode()


def test_throwing_the_file_away_imports_nothing(town, as_, uploads):
    dee = as_(town.dee)
    looked = send(dee, ASKS)
    assert dee.post(looked.url, {"do": "forget"}).url == UPLOAD
    assert list(uploads.iterdir()) == []
    assert not imported(town).exists()


def test_a_sheet_of_something_else_offers_no_import(town, as_):
    dee = as_(town.dee)
    page = dee.get(send(dee, "Description,Amount\nDiapers,$20.00\n").url).content.decode()
    assert "does not look like asks, offers or helpers" in page
    assert 'value="import"' not in page


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "empty"),
        ("blank.csv", b"\n\n\n", "empty"),
        ("report.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "PDF"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel"),
        ("junk.csv", bytes(range(256)) * 40, "does not look like a table"),
        ("broken.xlsx", b"PK\x03\x04" + b"\0" * 200, "can"),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_sentence(town, as_, name, content, said):
    answer = send(as_(town.dee), content, name)
    assert answer.status_code == 400
    assert said in answer.content.decode()


def test_no_file_at_all_gets_a_sentence(town, as_):
    answer = as_(town.dee).post(UPLOAD, {})
    assert answer.status_code == 400
    assert "Choose a file." in answer.content.decode()


def test_a_huge_file_is_thrown_away_while_it_comes_in(town, as_, uploads):
    answer = send(as_(town.dee), b"Name,Need\n" + b"x,y\n" * 4_500_000)
    assert answer.status_code == 400
    assert "larger than 16 MB" in answer.content.decode()
    assert list(uploads.iterdir()) == []


def test_a_workbook_lets_one_choose_its_sheet(town, as_):
    book = Workbook()
    book.active.title = "Volunteers"
    for row in (line.split(",") for line in "Name,Phone\nIvy,718-555-0170\nHoa,718-555-0171".splitlines()):
        book.active.append(row)
    asks = book.create_sheet("Requests")
    for row in (line.split(",") for line in "Name,What do you need?\nAda,Food\nDov,Diapers\nEfua,A ride".splitlines()):
        asks.append(row)
    file = io.BytesIO()
    book.save(file)
    dee = as_(town.dee)
    looked = send(dee, file.getvalue(), "group.xlsx")
    page = dee.get(looked.url).content.decode()
    assert "Volunteers" in page
    assert "Requests" in page
    dee.post(looked.url, {"do": "look", "sheet": "Requests", "kind": "asks"})
    dee.post(looked.url, {"do": "import", "doubles": "once"})
    assert imported(town).count() == 3


@pytest.mark.parametrize(
    "chosen",
    [
        {"do": "look", "kind": "nonsense"},
        {"do": "look", "sheet": "no such sheet"},
        {"do": "look", "column_0": "nonsense"},
        {"do": "look", "column_9999": "phone"},
        {"do": "import", "doubles": "nonsense"},
        {"do": "nonsense"},
        {},
    ],
)
def test_a_choice_nobody_offered_changes_nothing(town, as_, chosen):
    dee = as_(town.dee)
    looked = send(dee, ASKS)
    assert dee.post(looked.url, chosen).status_code < 500
    assert dee.get(looked.url).status_code == 200
    assert not imported(town).exists()


def test_a_cell_is_text_on_the_page_whatever_it_holds(town, as_):
    dee = as_(town.dee)
    text = 'Name,"<script>alert(1)</script>",What do you need?\n"<img src=x onerror=1>",{{ 7|add:7 }},Food\n'
    page = dee.get(send(dee, text, "<b>.csv").url).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_a_wide_sheet_stays_a_light_page(town, as_):
    dee = as_(town.dee)
    headings = ",".join(f"Question {number} of a very long form" for number in range(300))
    looked = send(dee, headings + "\n" + ",".join(["yes"] * 300) + "\n")
    page = dee.get(looked.url)
    assert page.status_code == 200
    assert len(page.content) < 100_000
    assert "?page=2" in page.content.decode()
    assert dee.get(looked.url + "?page=20").status_code == 200


def test_the_page_asks_as_many_questions_for_many_rows_as_for_few(town, as_, django_assert_max_num_queries):
    dee = as_(town.dee)
    looked = send(dee, HELPERS + "".join(f"Helper {n},(718) 555-{n:04d},,,,,,,,\n" for n in range(300)))
    with django_assert_max_num_queries(25):
        assert dee.get(looked.url).status_code == 200


@pytest.mark.parametrize("role", ["hana", "eve", "otto", "stranger"])
def test_only_the_desk_finds_the_import_and_the_export(town, as_, role):
    someone = None if role == "stranger" else getattr(town, role)
    for url in (UPLOAD, reverse("exchange:export", args=["riverside"])):
        assert as_(someone).get(url).status_code == 404
        assert as_(someone).post(url, {"careful": "on"}).status_code == 404


def test_uploads_are_bounded_for_the_whole_house():
    assert settings.FILE_UPLOAD_HANDLERS == ["manyhands.kit.uploads.BoundedUpload"]
