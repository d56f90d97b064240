"""A dispatcher looks through the queue: tabs, filters, search, order; what is not shown there; moves and their undoing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from manyhands.exchange import actions, finding, queries
from manyhands.exchange.states import AskState
from tests import cast


def codes_on(response) -> list[str]:
    return re.findall(r'data-item data-point="(\w+)"', response.content.decode())


@pytest.fixture
def desk(town, as_):
    """Looks at the desk as Dee."""

    def look(query: str = ""):
        response = as_(town.dee).get(f"/riverside/desk/{query}")
        assert response.status_code == 200
        return response

    return look


@pytest.fixture
def evening(town):
    """Asks in every corner of the queue, by name, with times around the real clock."""
    now = timezone.now()
    noon = now.astimezone(cast.ZONE).replace(hour=12, minute=0)
    by = {
        "new": cast.ask(town.riverside, ready=False, now=now, name="Nadia New"),
        "urgent": cast.ask(town.riverside, "Medicine", is_urgent=True, now=now - timedelta(hours=1)),
        "today": cast.ask(
            # Until midnight: at two in the afternoon it must not be overdue yet.
            town.riverside, wanted_from=noon, wanted_until=noon.replace(hour=23, minute=59), now=now - timedelta(hours=2)
        ),
        "tomorrow": cast.ask(
            town.riverside, wanted_from=noon + timedelta(days=1), wanted_until=noon + timedelta(days=1, hours=2),
            now=now - timedelta(hours=3),
        ),
        "overdue": cast.ask(
            town.riverside, wanted_until=now - timedelta(days=2), now=now - timedelta(days=3), words="Formula, size 2"
        ),
        "held": cast.ask(town.riverside, now=now - timedelta(hours=4)),
        "done": cast.ask(town.riverside, now=now - timedelta(hours=5)),
    }  # fmt: skip
    actions.claim_ask(by["held"], helper=town.hana, by=None, now=now)
    actions.close_ask(by["done"], state="not_met", why_not_met="no_stock", by=None, now=now)
    return by


def test_what_is_new_comes_first_and_then_what_is_ready(town, desk, evening):
    assert codes_on(desk()) == [evening["new"].code]
    actions.make_ready(evening["new"], by=None, now=timezone.now())
    assert evening["urgent"].code in codes_on(desk())


@pytest.mark.parametrize(
    ("tab", "who"),
    [
        ("new", ["new"]),
        ("claimed", ["held"]),
        ("on_the_way", []),
        ("met", []),
        ("could_not", ["done"]),
    ],
)
def test_a_tab_holds_what_stands_there(desk, evening, tab, who):
    assert codes_on(desk(f"?tab={tab}")) == [evening[name].code for name in who]


@pytest.mark.parametrize(
    ("query", "who"),
    [
        ("urgent=on", {"urgent"}),
        ("when=tonight", {"today"}),
        ("when=tomorrow", {"tomorrow"}),
        ("when=overdue", {"overdue", "groceries"}),
        ("q=formula", {"overdue"}),
        ("q=nadia", {"new"}),
    ],
)
def test_filters_find_what_is_looked_for_wherever_it_stands(town, desk, evening, query, who):
    everyone = evening | {"groceries": town.groceries}
    assert set(codes_on(desk(f"?tab=all&{query}"))) == {everyone[name].code for name in who}


def test_a_code_typed_in_small_letters_is_found(desk, evening):
    assert codes_on(desk(f"?q={evening['done'].code.lower()}")) == [evening["done"].code]


@pytest.mark.parametrize("typed", ["718 555 0177", "(718) 555-0177", "+17185550177", "5550177"])
def test_a_phone_number_is_found_however_it_is_written(town, desk, typed):
    wanted = cast.ask(town.riverside, reach="718-555-0177")
    assert codes_on(desk(f"?q={typed.replace('+', '%2B')}")) == [wanted.code]


def test_a_name_is_never_found_in_another_network(desk, town):
    assert codes_on(desk("?q=Otherwise")) == []


def test_nobodys_name_phone_or_door_is_in_the_list(town, desk):
    text = desk("?tab=all").content.decode()
    assert town.groceries.code in text
    for secret in ("Nia", "5550123", "555-0123", "3rd floor", "412 Elm"):
        assert secret not in text


def test_an_ask_is_told_by_its_tags(town, desk):
    now = timezone.now()
    ask = cast.ask(town.riverside, is_urgent=True, wanted_until=now - timedelta(hours=1), now=now - timedelta(days=1))
    claim = actions.claim_ask(ask, helper=town.hana, by=None, now=now)
    actions.mark_outcome(claim, outcome="not_home", by=None, now=now)
    text = desk(f"?q={ask.code}").content.decode()
    for told in ("urgent", "late", "1 try"):
        assert f">{told}</span>" in text


def test_who_holds_it_is_told_by_first_name_and_initial(desk, evening):
    assert "Hana H." in desk("?tab=claimed").content.decode()


@pytest.mark.parametrize("sort", ["waiting", "wanted", "latest"])
def test_asks_come_in_the_order_chosen(desk, evening, sort):
    orders = {
        "waiting": sorted(evening.values(), key=lambda ask: ask.asked_at),
        "latest": sorted(evening.values(), key=lambda ask: ask.asked_at, reverse=True),
    }
    shown = [code for code in codes_on(desk(f"?tab=all&sort={sort}")) if code in {a.code for a in evening.values()}]
    if sort == "wanted":
        assert shown[:3] == [evening[name].code for name in ("overdue", "today", "tomorrow")]
    else:
        assert shown == [ask.code for ask in orders[sort]]


@pytest.mark.parametrize("query", ["?tab=nonsense&when=never&sort=x&category=999999&area=x&page=0", "?q=%00&page=-3"])
def test_a_query_that_makes_no_sense_finds_the_queue_all_the_same(desk, evening, query):
    desk(query)


def test_nothing_found_says_what_to_do(desk):
    assert "look for less" in desk("?q=zzzzzz").content.decode()


def test_the_tabs_count_what_is_found(town, evening, desk):
    found = finding.narrowed(
        queries.visible_to(town.dee, town.riverside), finding.Search(urgent=True), town.riverside, now=timezone.now()
    )
    assert finding.counted(found)["all"] == 1


# ── Moves ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def move(town, as_):
    """Presses a button over the list as Dee."""

    def press(do: str, asks, **more):
        data = {"do": do, "ask": [ask.code for ask in asks], **more}
        return as_(town.dee).post("/riverside/desk/move/", data, follow=True)

    return press


def state_of(ask):
    ask.refresh_from_db()
    return ask.state


def test_picked_asks_are_made_ready_and_put_back(town, as_, move, evening):
    response = move("ready", [evening["new"], evening["done"]])
    text = response.content.decode()
    assert "Done with 1 ask" in text
    assert "Not done with 1 ask" in text
    assert "only new ones are made ready" in text
    assert state_of(evening["new"]) == AskState.READY
    mark = re.search(r'name="mark" value="(\w+)"', text)[1]
    undone = as_(town.dee).post("/riverside/desk/moved/", {"mark": mark})
    assert "as before" in undone.content.decode()
    assert state_of(evening["new"]) == AskState.NEW


def test_an_old_page_undoes_nothing_of_what_was_moved_since(town, as_, move, evening):
    first = move("ready", [evening["new"]]).content.decode()
    mark = re.search(r'name="mark" value="(\w+)"', first)[1]
    move("withdraw", [evening["today"]])
    response = as_(town.dee).post("/riverside/desk/moved/", {"mark": mark})
    assert "nothing was undone" in response.content.decode()
    assert (state_of(evening["new"]), state_of(evening["today"])) == (AskState.READY, AskState.WITHDRAWN)


def test_giving_asks_first_who_takes_them(town, move, evening):
    picked = [evening["new"], evening["today"]]
    asked = move("give", picked)
    assert "Who takes it?" in asked.content.decode()
    assert state_of(evening["new"]) == AskState.NEW
    given = move("give", picked, helper=str(town.hugo.pk))
    assert "Done with 2 asks" in given.content.decode()
    assert queries.holding(town.hugo) == 2


def test_a_helper_of_another_network_can_not_be_given_anything(town, move, evening):
    response = move("give", [evening["new"]], helper=str(town.ola.pk))
    assert response.status_code == 400
    assert state_of(evening["new"]) == AskState.NEW


def test_closing_as_not_met_asks_why(move, evening):
    assert "Why could it not be met?" in move("could_not", [evening["today"]]).content.decode()
    assert move("could_not", [evening["today"]], said="1").status_code == 400
    move("could_not", [evening["today"]], said="1", why_not_met="no_helper")
    assert state_of(evening["today"]) == AskState.NOT_MET


def test_doubles_are_closed_and_the_one_they_repeat_stays(move, evening):
    picked = [evening["today"], evening["tomorrow"]]
    assert evening["tomorrow"].code in move("duplicate", picked).content.decode()
    wrong = move("duplicate", picked, of="QQQQQ")
    assert (wrong.status_code, "There is no ask QQQQQ here" in wrong.content.decode()) == (400, True)
    move("duplicate", picked, of=evening["tomorrow"].code)
    assert [state_of(ask) for ask in picked] == [AskState.DUPLICATE, AskState.READY]


def test_nothing_picked_does_nothing_and_says_so(move, evening):
    response = move("withdraw", [])
    assert (response.status_code, "Pick at least one ask first" in response.content.decode()) == (400, True)


def test_picked_asks_are_carried_to_a_new_plan(town, as_, evening):
    data = {"do": "plan", "ask": [evening["today"].code, evening["urgent"].code]}
    response = as_(town.dee).post("/riverside/desk/move/", data)
    codes = f"ask={evening['today'].code}&ask={evening['urgent'].code}"
    assert response["Location"] == f"/riverside/desk/plans/new/?{codes}"
    assert as_(town.dee).get(response["Location"]).status_code == 200


def test_what_is_anothers_is_not_moved(town, move):
    assert move("withdraw", [town.elsewhere]).status_code == 400
    assert state_of(town.elsewhere) == AskState.READY


# ── Ten thousand ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_ten_thousand_asks_take_no_more_questions_than_ten(town, as_, django_assert_max_num_queries):
    multiply(town.groceries, 10_000)
    client = as_(town.dee)
    for query in ("", "?tab=all&q=groceries&sort=wanted", "?tab=ready&page=150"):
        with django_assert_max_num_queries(17):
            response = client.get(f"/riverside/desk/{query}")
        assert len(codes_on(response)) == 50
        assert len(response.content) < 60_000


def multiply(ask, times: int) -> None:
    """The same ask over and over, each under a code of its own."""
    from manyhands.exchange.models import Ask
    from manyhands.kit.codes import ALPHABET

    def code(number: int) -> str:
        signs = []
        for _ in range(5):
            number, rest = divmod(number, len(ALPHABET))
            signs.append(ALPHABET[rest])
        return "Z" + "".join(signs)

    fields = {f.attname: getattr(ask, f.attname) for f in Ask._meta.concrete_fields if f.name not in {"id", "code"}}
    Ask.objects.bulk_create([Ask(**fields, code=code(number)) for number in range(times)], batch_size=500)
