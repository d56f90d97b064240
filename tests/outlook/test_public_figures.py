"""Everyone may read what was met and what was not; nobody is found by it, on one day or by comparing two."""

from __future__ import annotations

import csv
import io
import random
import re
import uuid
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from manyhands.exchange.models import Ask, Cause
from manyhands.kernel import disclosure
from manyhands.outlook import figures, queries
from tests import cast

FIGURES = "/riverside/figures/"


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def quiet(town):
    """Riverside, with nothing asked yet."""
    Ask.objects.filter(network=town.riverside).delete()
    return town


def asked(
    town, count: int, category="Food", state="met", *, at=None, days_ago=3, hours=20, why="", cause="", **more
) -> None:
    """So many asks, asked then or so many days ago, that ended so (or are open still) after so many hours."""
    template = cast.ask(town.riverside, category, now=at or timezone.now() - timedelta(days=days_ago), **more)
    same = {field.attname: getattr(template, field.attname) for field in Ask._meta.concrete_fields}
    template.delete()
    is_open = state in {"new", "ready", "claimed", "on_the_way"}
    same |= {
        "state": state,
        "closed_at": None if is_open else same["asked_at"] + timedelta(hours=hours),
        "why_not_met": why,
        "cause_id": Cause.objects.get(network=town.riverside, name=cause).pk if cause else None,
    }
    Ask.objects.bulk_create(
        Ask(**same | {"id": uuid.uuid4(), "code": uuid.uuid4().hex[:8]}) for _number in range(count)
    )


def told(town, months=1, now=None):
    return figures.published(town.riverside, now=now or timezone.now())[months]


def read(client, query="") -> str:
    response = client.get(FIGURES + query)
    assert response.status_code == 200
    return response.content.decode()


def test_each_outcome_is_counted(quiet):
    asked(quiet, 30)
    asked(quiet, 10, state="not_met", why="no_helper")
    asked(quiet, 6, state="ready")
    asked(quiet, 7, state="withdrawn")
    found = told(quiet)
    assert found.asked == 53
    assert {name: count for name, count in found.outcomes.items() if count} == {
        "met": 30, "not_met": 10, "open": 6, "withdrawn": 7,
    }  # fmt: skip
    assert found.whys == (("no_helper", 10),)


def test_what_was_sent_twice_is_counted_once(quiet):
    asked(quiet, 20)
    asked(quiet, 9, state="duplicate")
    assert told(quiet).asked == 20


def test_another_networks_asks_are_not_counted(quiet):
    asked(quiet, 20)
    assert figures.published(quiet.hillside, now=timezone.now())[12].asked in {0, None}


def test_what_lies_behind_is_counted_without_who(quiet):
    asked(quiet, 12, cause="Rent or bills")
    asked(quiet, 8, cause="Lost work")
    asked(quiet, 20)
    found = told(quiet)
    assert found.told == 20
    assert sorted(count for _cause, count in found.causes) == [8, 12]


def test_half_of_what_was_met_is_told_as_a_time(quiet):
    asked(quiet, 20, hours=10)
    asked(quiet, 15, hours=40)
    assert told(quiet).half_met_within == timedelta(hours=10)


def test_half_of_a_handful_is_not_told(quiet):
    asked(quiet, 8, hours=10)
    assert told(quiet).half_met_within is None


def test_a_small_number_is_a_dash_and_so_is_what_would_give_it_away(quiet, client):
    asked(quiet, 30)
    asked(quiet, 12, state="not_met", why="no_helper")
    asked(quiet, 9, state="not_met", why="too_late")
    asked(quiet, 2, state="not_met", why="no_stock")
    found = told(quiet)
    assert found.outcomes["not_met"] == 23
    assert {why: count for why, count in found.whys if count != 0} == {
        "no_helper": 12,
        "too_late": None,
        "no_stock": None,
    }
    page = read(client)
    assert "–" in page
    assert "give such a number away" in page


def test_a_network_of_a_few_asks_tells_nothing_and_still_has_a_page(quiet, client):
    asked(quiet, 1)
    asked(quiet, 2, state="not_met", why="no_stock")
    assert told(quiet).asked is None
    page = read(client)
    assert not re.search(r"stat__number\">[1-9]", page)


def test_the_network_says_what_is_small(quiet):
    asked(quiet, 8)
    asked(quiet, 30, "A ride")
    assert [row.total for row in told(quiet).by_category] == [8, 30]
    quiet.riverside.hide_below = 10
    quiet.riverside.save()
    assert None in [row.total for row in told(quiet).by_category]


@pytest.mark.parametrize("seed", range(6))
def test_nothing_published_gives_a_small_number_away(quiet, seed):
    """A made-up year of a small network: every number of every period is looked at by itself."""
    luck = random.Random(seed)
    for _batch in range(14):
        state = luck.choice(["met", "met", "partly_met", "not_met", "ready", "expired"])
        asked(
            quiet,
            luck.choice([1, 2, 3, 6, 9, 20]),
            luck.choice(["Food", "A ride", "Health"]),
            state,
            days_ago=luck.randrange(2, 330),
            why=luck.choice(["no_helper", "no_stock"]) if state == "not_met" else "",
        )
    found = queries.counted(quiet.riverside, now=timezone.now())
    table, shown = figures.as_far_as_it_goes(found, below=5)
    assert disclosure.check(table, shown, below=5) == []


def test_what_happens_today_is_told_from_midnight_on(quiet):
    """Looking before and after someone was helped shows the same figures: a change does not point at them."""
    zone = quiet.riverside.zone
    now = datetime(2026, 11, 20, 15, 0, tzinfo=zone)
    asked(quiet, 30, at=now - timedelta(days=5))
    asked(quiet, 9, state="ready", at=now - timedelta(days=5))
    before = told(quiet, now=now)
    someone = Ask.objects.filter(network=quiet.riverside, state="ready").first()
    Ask.objects.filter(pk=someone.pk).update(state="met", closed_at=now)
    cast.ask(quiet.riverside, now=now - timedelta(hours=1))
    assert told(quiet, now=now + timedelta(hours=1)) == before
    assert told(quiet, now=now + timedelta(days=1)).asked == 40


def test_the_months_are_those_of_the_networks_own_calendar(quiet):
    zone = quiet.riverside.zone
    now = datetime(2026, 11, 20, 15, 0, tzinfo=zone)
    for month in (9, 10, 11):
        # Half past midnight on the first: by another clock it is still the month before.
        asked(quiet, 10, at=datetime(2026, month, 1, 0, 30, tzinfo=zone), hours=3)
    rows = told(quiet, 3, now=now).by_month
    assert [(row.key.month, row.total) for row in rows] == [(9, 10), (10, 10), (11, 10)]


def test_a_new_network_says_that_nothing_was_asked(quiet, client):
    assert "Nothing was asked in this time" in read(client)


@pytest.mark.parametrize("query", ["?months=x", "?months=-1", "?months=99", "?months=", "?months=1&months=3"])
def test_a_strange_period_is_the_usual_one(quiet, client, query):
    asked(quiet, 20)
    assert "What we could meet" in read(client, query)


@pytest.mark.parametrize("months", [1, 3, 12])
def test_the_page_and_the_table_tell_the_same(quiet, client, months):
    asked(quiet, 30)
    asked(quiet, 12, "A ride", state="not_met", why="no_helper", days_ago=50)
    asked(quiet, 3, "A ride", state="not_met", why="no_stock", days_ago=50)
    response = client.get(f"{FIGURES}table.csv?months={months}")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    found = told(quiet, months)
    asked_line = next(row for row in rows if row["Table"] == "Everything" and row["Outcome"] == "Asked")
    assert asked_line["Number"] == str("hidden" if found.asked is None else found.asked)
    kinds = queries.category_names(quiet.riverside)
    for row in found.by_category:
        line = next(
            each for each in rows if each["What"] == kinds[row.key][0] and each["Outcome"] == "Asked"
        )  # fmt: skip
        assert line["Number"] == str("hidden" if row.total is None else row.total)
    assert not any(number.isdigit() and 0 < int(number) < 5 for number in (row["Number"] for row in rows))


def test_nothing_is_told_by_area_and_nobody_is_named(quiet, client):
    asked(quiet, 30, "Health", name="Nia Neighbour", words="Insulin")
    page, table = read(client), client.get(f"{FIGURES}table.csv").content.decode()
    for secret in ("Harbour", "Elm Park", "Nia", "Insulin", "555"):
        assert secret not in re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)
        assert secret not in table


def test_it_reads_in_other_languages_and_from_right_to_left(quiet, client):
    asked(quiet, 30)
    client.cookies["language"] = "ar"
    assert 'dir="rtl"' in read(client)


def test_many_asks_cost_no_more_questions_than_few(quiet, client, django_assert_max_num_queries):
    for category in ("Food", "A ride", "Health", "Company"):
        asked(quiet, 500, category, days_ago=40)
    with django_assert_max_num_queries(16):
        page = read(client, "?months=12")
    assert len(page) < 100_000
    with django_assert_max_num_queries(6):
        read(client, "?months=3")


def test_small_details_do_not_take_the_large_totals_with_them(quiet):
    """Many kinds with a few asks each: the network still learns how much was met and how much was not."""
    for number, kind in enumerate(["Food", "A ride", "Health", "Legal", "Housing", "Childcare"]):
        asked(quiet, 9 + number, kind, days_ago=3)
        asked(quiet, 2 + number % 3, kind, "not_met", days_ago=3, why="no_helper" if number % 2 else "no_stock")
        asked(quiet, 1 + number % 2, kind, "ready", days_ago=3)
    found = told(quiet)
    assert found.outcomes["met"] == sum(9 + number for number in range(6))
    assert found.outcomes["not_met"] == 18
    assert found.asked is not None
