"""A helper sees what fits, takes it on, carries it, says how it went, hands it back, undoes a slip."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from django.utils import timezone

from manyhands.exchange import actions, queries
from manyhands.exchange.models import Claim, Helper
from manyhands.exchange.states import AskState, ClaimState
from manyhands.networks.models import Membership
from manyhands.networks.states import Standing
from tests import cast
from tests.exchange.test_the_desk import multiply

CONTACT = ("Nia Neighbour", "718-555-0123", "+17185550123", "412 Elm Street", "3rd floor, bell 3B", "40.7031")


def text_of(response) -> str:
    return html.unescape(response.content.decode())


def state_of(ask):
    ask.refresh_from_db()
    return ask.state


@pytest.fixture
def hana(town, as_):
    return as_(town.hana)


@pytest.fixture
def held(town):
    """Hana holds the groceries."""
    return actions.claim_ask(town.groceries, helper=town.hana, by=None, now=timezone.now())


@pytest.fixture
def press(town, as_):
    """Presses a button on one's own page."""

    def send(claim, do, *, as_whom=None, **more):
        return as_(as_whom or town.hana).post(f"/riverside/mine/{claim.pk}/", {"do": do, **more}, follow=True)

    return send


# ── What fits ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_open_asks_show_without_name_phone_or_door(town, hana):
    for url in ("/riverside/open/", f"/riverside/open/{town.groceries.code}/"):
        text = text_of(hana.get(url))
        assert town.groceries.code in text
        for secret in (*CONTACT, "Groceries for four"):
            assert secret not in text


def test_what_fits_comes_first_and_the_rest_says_why_not(town, hana):
    ride = cast.ask(town.riverside, "A ride", now=timezone.now())
    text = text_of(hana.get("/riverside/open/"))
    assert "from where you set out" in text
    assert f'value="{ride.code}"' not in text
    assert "It needs someone who can do this: driver." in text


def test_new_and_taken_asks_are_not_open(town, hana):
    new = cast.ask(town.riverside, ready=False, now=timezone.now())
    actions.claim_ask(town.groceries, helper=town.hugo, by=None, now=timezone.now())
    text = text_of(hana.get("/riverside/open/"))
    assert new.code not in text
    assert town.groceries.code not in text
    assert "Nothing fits right now" in text


def test_a_helper_looks_for_one_kind_or_one_part_of_town(town, hana):
    ride = cast.ask(town.riverside, "Supplies", now=timezone.now())
    text = text_of(hana.get(f"/riverside/open/?category={ride.category_id}&area=nonsense"))
    assert ride.code in text
    assert town.groceries.code not in text


def test_several_are_taken_on_at_once_and_each_says_what_became_of_it(town, hana):
    now = timezone.now()
    more, taken = cast.ask(town.riverside, "Supplies", now=now), cast.ask(town.riverside, now=now)
    actions.claim_ask(taken, helper=town.hugo, by=None, now=now)
    response = hana.post(
        "/riverside/open/", {"ask": [town.groceries.code, more.code, taken.code, "QQQQQ"]}, follow=True
    )
    text = text_of(response)
    assert f"You hold these now: {town.groceries.code}, {more.code}." in text
    assert f"ask {taken.code} is already taken" in text
    assert "Ask QQQQQ is not open any more." in text
    assert queries.holding(town.hana) == 2


def test_nobody_takes_more_than_they_may_hold(town, hana):
    asks = [cast.ask(town.riverside, now=timezone.now()) for _ in range(6)]
    text = text_of(hana.post("/riverside/open/", {"ask": [ask.code for ask in asks]}, follow=True))
    assert queries.holding(town.hana) == 5
    assert "You hold 5 asks, which is the most here." in text
    assert "You hold as many as you can at once." in text_of(hana.get("/riverside/open/"))


def test_ticking_nothing_says_so(hana):
    assert "Tick at least one first." in text_of(hana.post("/riverside/open/", follow=True))


def test_someone_without_a_profile_is_asked_for_it_first(town, as_):
    client = as_(town.dee)
    assert "First say what you can carry" in text_of(client.get("/riverside/open/"))
    for url in ("/riverside/open/", f"/riverside/open/{town.groceries.code}/"):
        response = client.post(url, {"ask": [town.groceries.code]})
        assert response["Location"] == "/riverside/me/helping/"
    assert state_of(town.groceries) == AskState.READY


# ── Taking one on ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_ask_is_taken_on_and_the_door_shows(town, hana):
    response = hana.post(f"/riverside/open/{town.groceries.code}/", follow=True)
    assert response.redirect_chain == [("/riverside/mine/", 302)]
    text = text_of(response)
    for known in ("Nia Neighbour", "tel:+17185550123", "412 Elm Street", "3rd floor, bell 3B", "geo:40.7031"):
        assert known in text


def test_who_comes_second_reads_so_politely_and_sees_no_door(town, held, as_):
    response = as_(town.hugo).post(f"/riverside/open/{town.groceries.code}/")
    assert response.status_code == 409
    assert "Someone was faster" in text_of(response)
    for secret in CONTACT:
        assert secret not in text_of(response)


def test_pressing_twice_holds_it_once(town, hana):
    url = f"/riverside/open/{town.groceries.code}/"
    for _ in range(2):
        assert hana.post(url)["Location"] == "/riverside/mine/"
    again = hana.post("/riverside/open/", {"ask": [town.groceries.code]}, follow=True)
    assert f"You hold {town.groceries.code} now." in text_of(again)
    assert "Someone was faster" not in text_of(again)
    assert hana.get(url)["Location"] == "/riverside/mine/"
    assert Claim.objects.filter(ask=town.groceries, state="held").count() == 1


def test_what_another_helper_holds_is_not_there(town, held, as_):
    client = as_(town.hugo)
    for url in (f"/riverside/open/{town.groceries.code}/", "/riverside/open/QQQQQ/"):
        assert client.get(url).status_code == 404
    assert client.post("/riverside/open/QQQQQ/").status_code == 404


@pytest.mark.parametrize("closing", ["withdraw", "close", "new"])
def test_what_is_not_open_can_not_be_taken_and_is_not_there(town, hana, closing):
    ask, now = town.groceries, timezone.now()
    if closing == "withdraw":
        actions.withdraw_ask(ask, by=None, now=now)
    elif closing == "close":
        actions.close_ask(ask, state="met", by=None, now=now)
    else:
        actions.look_again(ask, by=None, now=now)
    assert hana.post(f"/riverside/open/{ask.code}/").status_code == 404


@pytest.mark.parametrize("standing", [Standing.WAITING, Standing.PAUSED, Standing.LEFT])
def test_only_active_members_take_anything_on(town, hana, standing):
    Membership.objects.filter(pk=town.hana.membership_id).update(standing=standing)
    assert hana.get("/riverside/open/").status_code == 404
    assert hana.post(f"/riverside/open/{town.groceries.code}/").status_code == 404
    assert state_of(town.groceries) == AskState.READY


# ── What I hold ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_someone_taking_a_rest_still_finishes_what_they_hold(town, held, hana, press):
    Membership.objects.filter(pk=town.hana.membership_id).update(standing=Standing.PAUSED)
    assert "412 Elm Street" in text_of(hana.get("/riverside/mine/"))
    press(held, "visited", outcome="handed_over")
    assert state_of(town.groceries) == AskState.MET


def test_someone_who_left_sees_nothing_any_more(town, held, hana):
    Membership.objects.filter(pk=town.hana.membership_id).update(standing=Standing.LEFT)
    assert hana.get("/riverside/mine/").status_code == 404


def test_a_visit_from_setting_out_to_the_door(town, held, hana, press):
    assert "Good way!" in text_of(press(held, "set_out"))
    assert state_of(town.groceries) == AskState.ON_THE_WAY
    text = text_of(press(held, "visited", outcome="left_at_door", note="Ring twice"))
    assert "Noted. Thank you!" in text
    assert (state_of(town.groceries), town.groceries.notes) == (AskState.MET, "Ring twice")


@pytest.mark.parametrize(
    ("outcome", "becomes"),
    [("handed_over", "met"), ("partly", "partly_met"), ("not_home", "ready"), ("not_wanted", "withdrawn")],
)
def test_each_way_a_visit_ends_can_be_undone(town, held, press, outcome, becomes):
    press(held, "visited", outcome=outcome)
    assert state_of(town.groceries) == becomes
    assert "Undone: you hold it again." in text_of(press(held, "undo"))
    assert state_of(town.groceries) == AskState.CLAIMED


def test_once_it_is_over_the_door_and_the_phone_are_gone(town, held, hana, press):
    text = text_of(press(held, "visited", outcome="handed_over"))
    assert town.groceries.code in text
    for secret in CONTACT:
        assert secret not in text


def test_handing_back_and_taking_up_again(town, held, hana, press):
    text = text_of(press(held, "hand_back"))
    assert "Handed back." in text
    for secret in CONTACT:
        assert secret not in text
    assert "You hold it again." in text_of(press(held, "undo"))
    assert state_of(town.groceries) == AskState.CLAIMED


def test_what_someone_else_took_meanwhile_is_not_taken_up_again(town, held, press):
    press(held, "hand_back")
    actions.claim_ask(town.groceries, helper=town.hugo, by=None, now=timezone.now())
    assert "Someone else has taken it meanwhile." in text_of(press(held, "undo"))
    assert queries.claim_on(town.groceries).helper == town.hugo


@pytest.mark.parametrize(
    ("do", "more"), [("visited", {}), ("visited", {"outcome": "nonsense"}), ("dance", {}), ("", {})]
)
def test_a_press_that_makes_no_sense_does_nothing(town, held, press, do, more):
    assert "Choose" in text_of(press(held, do, **more))
    held.refresh_from_db()
    assert held.state == ClaimState.HELD


def test_nobody_moves_anothers_claim(town, held, press):
    for someone in (town.hugo, town.dee, town.ola, town.eve):
        assert press(held, "hand_back", as_whom=someone).status_code == 404
    assert state_of(town.groceries) == AskState.CLAIMED


def test_what_was_done_yesterday_is_not_listed_any_more(town, held, hana):
    actions.hand_back(held, by=None, now=timezone.now() - timedelta(hours=13))
    assert town.groceries.code not in text_of(hana.get("/riverside/mine/"))


def test_only_an_area_known_leads_nobody_to_a_wrong_door(town, hana):
    asking = actions.post_asking(
        network=town.riverside, needs=[actions.NewAsk(category=cast.category(town.riverside, "Food"))],
        area=town.harbour, now=timezone.now(),
    )  # fmt: skip
    ask = actions.make_ready(asking.asks.get(), by=None, now=timezone.now())
    actions.claim_ask(ask, helper=town.hana, by=None, now=timezone.now())
    text = text_of(hana.get("/riverside/mine/"))
    assert "Only the area is known: call before you go." in text
    assert "geo:" not in text


# ── Ten thousand ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_ten_thousand_open_asks_take_no_more_questions_than_ten(town, hana, django_assert_max_num_queries):
    multiply(town.groceries, 10_000)
    with django_assert_max_num_queries(20):
        response = hana.get("/riverside/open/")
    assert "9701 more are open farther away" in text_of(response)
    assert len(response.content) < 60_000


# ── What I can carry ─────────────────────────────────────────────────────────────────────────────────────────────────

SAID = {
    "mode": "bike", "boxes": "4", "most_minutes": "90", "start_text": "The hall", "area": "", "lat": "40.70",
    "lon": "-73.95", "languages": ["en", "es"], "more_skills": "",
}  # fmt: skip


def carry(client, **changes):
    return client.post("/riverside/me/helping/", SAID | changes)


def profile(town) -> Helper:
    return Helper.objects.select_related("start").get(pk=town.hana.pk)


def test_a_helper_says_what_they_can_carry_and_when(town, hana):
    response = carry(
        hana, mode="car", boxes="12", most_minutes="60", languages=["es", "ar"], skills=["driver"],
        more_skills="Sewing, fixing bikes", day_0="on", from_0="17:00", until_0="20:00", day_5="on",
    )  # fmt: skip
    assert response["Location"] == "/riverside/open/"
    helper = profile(town)
    assert (helper.mode, helper.boxes, helper.most_minutes) == ("car", 12, 60)
    assert (helper.languages, helper.skills) == (["es", "ar"], ["driver", "sewing", "fixing bikes"])
    assert helper.hours == [
        {"day": 0, "from": "17:00", "until": "20:00"},
        {"day": 5, "from": "00:00", "until": "23:59"},
    ]


def test_hours_without_a_tick_count_as_ticked(town, hana):
    carry(hana, from_2="18:00")
    assert profile(town).hours == [{"day": 2, "from": "18:00", "until": "23:59"}]


def test_a_second_time_on_one_day_stays(town, hana):
    twice = [{"day": 1, "from": "08:00", "until": "10:00"}, {"day": 1, "from": "17:00", "until": "19:00"}]
    actions.change_helper(town.hana.membership, by=None, now=timezone.now(), hours=twice)
    text = text_of(hana.get("/riverside/me/helping/"))
    assert 'name="from_1_2" value="17:00"' in text
    carry(hana, day_1="on", from_1="08:00", until_1="10:00", day_1_2="on", from_1_2="17:00", until_1_2="19:00")
    assert profile(town).hours == twice


def test_where_one_sets_out_is_written_only_when_it_changed(town, hana):
    before = profile(town).start
    carry(hana)
    assert profile(town).start.exactness == before.exactness
    carry(hana, start_text="Elm & 4th", area=str(town.harbour.pk), lat="", lon="")
    start = profile(town).start
    assert (start.text, start.area, start.exactness) == ("Elm & 4th", town.harbour, "area")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"mode": "horse"}, "Select a valid choice"),
        ({"boxes": "-1"}, "greater than or equal to 0"),
        ({"most_minutes": "2"}, "greater than or equal to 5"),
        ({"from_3": "17:00", "until_3": "17:00"}, "It must end after it begins"),
        ({"from_3": "late"}, "Enter a valid time"),
        ({"languages": ["klingon"]}, "Select a valid choice"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_typed_is_lost(hana, changes, sentence):
    response = carry(hana, more_skills="typed with care", **changes)
    assert response.status_code == 400
    assert sentence in text_of(response)
    assert "typed with care" in text_of(response)


def test_someone_who_waits_to_be_welcomed_can_say_it_already(town, as_):
    cast.networks.join(town.eve, network=town.riverside, now=timezone.now())
    response = carry(as_(town.eve))
    assert response["Location"] == "/riverside/me/"
    assert Helper.objects.get(membership__person=town.eve).mode == "bike"


def test_where_one_finishes_may_be_somewhere_else_and_back_again(town, hana):
    carry(hana, end_text="Home, near the pier", end_area=str(town.harbour.pk))
    end = profile(town).end
    assert (end.text, end.area, end.lat) == ("Home, near the pier", town.harbour, town.harbour.lat)
    carry(hana)
    assert profile(town).end is None


def test_the_desk_notes_it_for_someone_who_called_and_sets_how_much_they_hold(town, as_):
    client = as_(town.dee)
    url = f"/riverside/desk/helpers/{town.hana.membership_id}/"
    assert url in text_of(client.get("/riverside/desk/members/"))
    response = client.post(url, SAID | {"boxes": "7", "cap": "2"})
    assert response.status_code == 302
    helper = profile(town)
    assert (helper.boxes, helper.cap) == (7, 2)
    client.post(url, SAID | {"cap": ""})
    assert profile(town).cap is None


def test_nobody_sets_their_own_cap(town, hana):
    carry(hana, cap="50")
    assert profile(town).cap is None
