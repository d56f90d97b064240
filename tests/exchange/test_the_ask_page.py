"""At the desk, one ask: all that is known, all that happened, and all that can be done about it."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from manyhands.exchange import actions, queries
from manyhands.exchange.models import Cause, Claim, Match
from manyhands.exchange.states import AskState, MatchState
from tests import cast
from tests.exchange.test_the_desk import multiply


@pytest.fixture
def page(town, as_):
    """The page of an ask as Dee reads it."""

    def read(ask=None) -> str:
        response = as_(town.dee).get(f"/riverside/desk/asks/{(ask or town.groceries).code}/")
        assert response.status_code == 200
        return html.unescape(response.content.decode())

    return read


@pytest.fixture
def do(town, as_, page):
    """Does one thing about an ask on its page, as it is now."""

    def press(what: str, ask=None, **more):
        ask = ask or town.groceries
        standing = more.pop("standing", None) or re.search(r'name="standing" value="([^"]+)"', page(ask))[1]
        return as_(town.dee).post(
            f"/riverside/desk/asks/{ask.code}/", {"do": what, "standing": standing, **more}, follow=True
        )

    return press


def state_of(ask):
    ask.refresh_from_db()
    return ask.state


def said(response) -> str:
    return html.unescape(response.content.decode())


def test_the_desk_sees_who_and_where(page):
    text = page()
    for known in ("Nia Neighbour", "tel:+17185550123", "412 Elm Street", "3rd floor, bell 3B", "Groceries for four"):
        assert known in text


def test_linked_asks_lead_to_each_other(town, page):
    asking = actions.post_asking(
        network=town.riverside,
        needs=[actions.NewAsk(category=cast.category(town.riverside, what)) for what in ("Food", "A ride")],
        now=timezone.now(),
    )
    first, second = asking.asks.all()
    assert f"/desk/asks/{second.code}/" in page(first)


def test_of_many_rounds_of_one_ask_the_page_shows_the_open_and_the_latest(town, page):
    multiply(town.groceries, 40)
    assert page().count("/desk/asks/Z") == 12


def test_what_happened_is_told_in_plain_words(town, page):
    now = timezone.now()
    claim = actions.claim_ask(town.groceries, helper=town.hana, by=town.hana.membership.person, now=now)
    actions.hand_back(claim, by=town.hana.membership.person, now=now)
    claim = actions.claim_ask(town.groceries, helper=town.hugo, by=town.dee, now=now + timedelta(minutes=1))
    actions.mark_outcome(claim, outcome="not_home", by=town.hugo.membership.person, now=now + timedelta(minutes=2))
    actions.change_ask(town.groceries, by=town.nia, now=now, words="Five now", people=5)
    actions.close_ask(town.groceries, state="not_met", why_not_met="no_helper", by=town.dee, now=now)
    text = page()
    for told in (
        "Asked.", "Taken on by Hana H..", "Handed back by Hana H..", "Taken on by Hugo H..",
        "Hugo H. was there: Nobody in.", "Changed: how many people, the words.", "the asker", "Dee D.",
        "Closed: could not be met. Why: no helper was free.",
    ):  # fmt: skip
        assert told in text


@pytest.mark.parametrize(
    ("what", "more", "becomes"),
    [
        ("look_again", {}, AskState.NEW),
        ("close", {"state": "met"}, AskState.MET),
        ("close", {"state": "signposted"}, AskState.SIGNPOSTED),
        ("could_not", {"why_not_met": "no_stock"}, AskState.NOT_MET),
        ("withdraw", {}, AskState.WITHDRAWN),
    ],
)
def test_what_can_be_done_with_a_ready_ask(town, do, what, more, becomes):
    assert do(what, **more).status_code == 200
    assert state_of(town.groceries) == becomes


def test_what_was_closed_by_mistake_opens_again(town, do):
    do("withdraw")
    do("reopen")
    assert state_of(town.groceries) == AskState.READY


def test_it_is_given_to_a_helper_and_taken_back_for_them(town, do):
    assert "Hana H. holds it now" in said(do("give", helper=str(town.hana.pk)))
    assert queries.claim_on(town.groceries).helper == town.hana
    do("set_out")
    assert state_of(town.groceries) == AskState.ON_THE_WAY
    do("hand_back")
    assert state_of(town.groceries) == AskState.READY


def test_how_a_visit_went_is_noted_for_a_helper_who_calls_in_and_undone(town, do):
    do("give", helper=str(town.hugo.pk))
    do("visited", outcome="left_at_door", note="Ring twice")
    assert state_of(town.groceries) == AskState.MET
    assert town.groceries.notes == "Ring twice"
    do("unvisit")
    assert state_of(town.groceries) == AskState.CLAIMED


@pytest.mark.parametrize(
    ("what", "more", "sentence"),
    [
        ("could_not", {}, "Please look at this again"),
        ("close", {"state": "withdrawn"}, "Please look at this again"),
        ("give", {"helper": "not a key"}, "Please look at this again"),
        ("duplicate", {"of": "zzzzz"}, "There is no ask ZZZZZ here."),
        ("match", {"offer": "zzzzz"}, "There is no offer ZZZZZ here."),
        ("hand_back", {}, "Nobody holds this any more."),
        ("end_match", {"which": "x"}, "This is already over."),
        ("reopen", {}, "is open"),
    ],
)
def test_what_can_not_be_done_says_why_and_does_nothing(town, do, what, more, sentence):
    response = do(what, **more)
    assert response.status_code == 400
    assert sentence in said(response)
    assert state_of(town.groceries) == AskState.READY


def test_an_unknown_press_is_a_page_that_is_not_there(do):
    assert do("explode").status_code == 404


def test_who_pressed_on_an_old_page_is_shown_how_it_is_now(town, page, do):
    old = re.search(r'name="standing" value="([^"]+)"', page())[1]
    actions.claim_ask(town.groceries, helper=town.hana, by=None, now=timezone.now())
    response = do("could_not", standing=old, why_not_met="no_helper")
    assert response.status_code == 409
    assert "Someone changed ask" in said(response)
    assert "Hana Helper" in said(response)
    assert state_of(town.groceries) == AskState.CLAIMED


def test_what_lies_behind_it_is_told_on_the_askers_behalf(town, do):
    cause = Cause.objects.filter(network=town.riverside).first()
    do("cause", cause=str(cause.pk))
    town.groceries.refresh_from_db()
    assert town.groceries.cause == cause


def test_the_same_phone_and_the_same_words_nearby_may_be_the_same_ask(town, page):
    now = timezone.now()
    by_phone = cast.ask(town.riverside, words="Bread", lat=40.80, now=now)
    other_need = cast.ask(town.riverside, "A ride", words="To the station", now=now)
    by_words = cast.ask(town.riverside, reach="other@example.org", words="groceries, for four", lat=40.704, now=now)
    far_away = cast.ask(town.riverside, reach="far@example.org", lat=40.80, now=now)
    text = page()
    box = text[text.index("Perhaps the same") : text.index("Who could bring it")]
    assert by_phone.code in box
    assert by_words.code in box
    assert far_away.code not in box
    assert other_need.code not in box
    assert "the same phone or e-mail" in box
    assert "nearly the same words, close by" in box


def test_a_double_is_closed_with_one_press(town, do):
    again = cast.ask(town.riverside, now=timezone.now())
    do("duplicate", again, of=town.groceries.code)
    assert state_of(again) == AskState.DUPLICATE


def test_an_offer_is_put_to_both_and_ended(town, do):
    ask = cast.ask(town.riverside, "Childcare", words="A pram", now=timezone.now())
    do("match", ask, offer=town.pram.code)
    match = Match.objects.get()
    assert (match.ask, match.offer, match.state) == (ask, town.pram, MatchState.PROPOSED)
    do("end_match", ask, which=str(match.pk))
    match.refresh_from_db()
    assert match.state == MatchState.DECLINED


# ── Putting right what it says ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def put_right(town, as_):
    """Sends the form that changes an ask, with what it says now but for what is given."""

    def send(*, mark=None, ask=None, **changes):
        ask = ask or town.groceries
        url = f"/riverside/desk/asks/{ask.code}/put-right/"
        text = as_(town.dee).get(url).content.decode()
        data = {
            "mark": mark or re.search(r'name="mark" value="(\w+)"', text)[1],
            "category": str(ask.category_id),
            "words": "Groceries for four", "notes": "",
            "wanted_from": "2026-06-04T17:30", "wanted_until": "2026-06-04T20:00",
            "people": "1", "boxes": "2", "minutes": "5", "skill": "", "language": "",
            "place_text": "412 Elm Street", "door": "3rd floor, bell 3B", "area": "",
            "lat": "40.7031", "lon": "-73.9512", "name": "Nia Neighbour", "reach": "(718) 555-0123",
        }  # fmt: skip
        return as_(town.dee).post(url, data | changes)

    return send


def mark_of(town, as_) -> str:
    text = as_(town.dee).get(f"/riverside/desk/asks/{town.groceries.code}/put-right/").content.decode()
    return re.search(r'name="mark" value="(\w+)"', text)[1]


def test_the_desk_puts_right_what_an_ask_says(town, put_right):
    response = put_right(
        words="For five, one vegetarian", people="5", boxes="3", is_urgent="on", language="es", skill="driver",
        notes="Called twice", wanted_until="2026-06-04T21:00",
    )  # fmt: skip
    assert response.status_code == 302
    ask = town.groceries
    ask.refresh_from_db()
    assert (ask.words, ask.people, ask.boxes, ask.is_urgent) == ("For five, one vegetarian", 5, 3, True)
    assert (ask.language, ask.skill, ask.notes) == ("es", "driver", "Called twice")
    assert ask.wanted_until.astimezone(cast.ZONE).hour == 21


def test_a_place_is_put_on_the_map_by_hand(town, put_right):
    put_right(place_text="Elm & 5th", lat="40.71", lon="-73.94", area=str(town.harbour.pk))
    place = town.groceries.place
    place.refresh_from_db()
    assert (place.text, place.lat, place.lon, place.area) == ("Elm & 5th", 40.71, -73.94, town.harbour)


def test_how_to_reach_them_is_put_right(town, put_right):
    put_right(name="Nia N.", reach="718 555 0188\r\nnia@example.org")
    town.nia.refresh_from_db()
    assert town.nia.name == "Nia N."
    assert sorted(point.value for point in town.nia.contact_points.all()) == ["+17185550188", "nia@example.org"]


def test_what_was_not_touched_is_not_written_again(town, put_right):
    place, points = town.groceries.place, list(town.nia.contact_points.values_list("pk", flat=True))
    put_right(words="Other words")
    place.refresh_from_db()
    assert place.exactness == "door"
    assert list(town.nia.contact_points.values_list("pk", flat=True)) == points


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"wanted_until": "2026-06-04T17:00"}, "It must end after it begins"),
        ({"lat": ""}, "needs both a latitude and a longitude"),
        ({"lat": "91"}, "less than or equal to 90"),
        ({"lat": "nan"}, "Enter a number"),
        ({"people": "0"}, "greater than or equal to 1"),
        ({"boxes": "many"}, "Enter a whole number"),
        ({"wanted_from": "tomorrow"}, "Enter a valid date/time"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_typed_is_lost(town, put_right, changes, sentence):
    response = put_right(words="Typed with care", **changes)
    assert response.status_code == 400
    assert sentence in said(response)
    assert "Typed with care" in said(response)
    town.groceries.refresh_from_db()
    assert town.groceries.words == "Groceries for four"


def test_when_two_change_it_both_are_shown_and_nothing_is_overwritten(town, as_, put_right):
    read_earlier = mark_of(town, as_)
    actions.change_ask(town.groceries, by=town.sol, now=timezone.now(), words="Sol wrote this", people=7)
    response = put_right(mark=read_earlier, words="Dee wrote that")
    assert response.status_code == 409
    assert "now: Sol wrote this" in said(response)
    assert "yours: Dee wrote that" in said(response)
    town.groceries.refresh_from_db()
    assert (town.groceries.words, town.groceries.people) == ("Sol wrote this", 7)
    seen_both = re.search(r'name="mark" value="(\w+)"', said(response))[1]
    assert put_right(mark=seen_both, words="Both of it", people="7").status_code == 302
    town.groceries.refresh_from_db()
    assert town.groceries.words == "Both of it"


def test_a_moved_pin_is_noticed_too(town, as_, put_right):
    read_earlier = mark_of(town, as_)
    actions.change_ask(
        town.groceries, by=town.sol, now=timezone.now(), place_text="Elm & 6th", door="", lat=40.72, lon=-73.95
    )
    response = put_right(mark=read_earlier)
    assert response.status_code == 409
    assert "now: Elm & 6th" in said(response)


def test_the_page_takes_a_fixed_number_of_questions(town, as_, django_assert_max_num_queries):
    now = timezone.now()
    for _ in range(10):
        claim = actions.claim_ask(town.groceries, helper=town.hana, by=town.dee, now=now)
        actions.hand_back(claim, by=town.sol, now=now)
        cast.ask(town.riverside, now=now)
    client = as_(town.dee)
    with django_assert_max_num_queries(40):
        client.get(f"/riverside/desk/asks/{town.groceries.code}/")
    assert Claim.objects.count() == 10
