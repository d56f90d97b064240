"""Whoever holds the private link sees how it stands, changes it, takes it back; whoever does not, sees nothing."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from manyhands.exchange import actions, queries
from manyhands.exchange.models import Ask, Cause, Match
from manyhands.exchange.states import AskState, MatchState
from tests import cast
from tests.cast import NOW


@pytest.fixture
def link(town):
    return f"/a/{queries.asking_token(town.asking)}/"


def page(client, link) -> str:
    response = client.get(link)
    assert response.status_code == 200
    return response.content.decode()


def press(client, link, what, ask, data=None):
    """Press a button on the page, and read the page it leads to."""
    response = client.post(f"{link}{ask.code}/{what}/", data or {}, follow=True)
    assert response.status_code == 200
    ask.refresh_from_db()
    return response.content.decode()


def test_it_shows_the_words_and_where_it_stands(town, client, link):
    shown = page(client, link)
    assert town.groceries.code in shown
    assert "Groceries for four" in shown
    assert "nobody has taken it on yet" in shown


def test_a_link_typed_in_capitals_opens(town, client, link):
    assert client.get(link.upper().replace("/A/", "/a/")).status_code == 200


@pytest.mark.parametrize("token", ["x", "aaaaaaaaaaaaaaaaaaaaaaaaaa", "%00", "..", "🙂"])
def test_a_wrong_link_is_not_there(town, client, token):
    assert client.get(f"/a/{token}/").status_code == 404


def test_every_page_behind_it_stays_out_of_caches_and_logs(town, client, link):
    for path in (link, f"{link}asked/", f"{link}reach/", f"{link}{town.groceries.code}/change/"):
        response = client.get(path)
        assert response["Cache-Control"] == "no-store, private"
        assert response["Referrer-Policy"] == "same-origin"
        assert "noindex" in response["X-Robots-Tag"]


def test_an_ask_of_another_link_is_not_there(town, client, link):
    other = cast.ask(town.riverside, "Supplies", name="Someone Else")
    for what in ("change", "withdraw", "repeat"):
        assert client.get(f"{link}{other.code}/{what}/").status_code == 404
        assert client.post(f"{link}{other.code}/{what}/").status_code == 404
    other.refresh_from_db()
    assert other.state == AskState.READY


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("met", "Done. We hope it helped."),
        ("partly_met", "Part of it is done."),
        ("signposted", "We passed this on"),
        ("duplicate", "We already had this ask"),
        ("expired", "waited so long that it expired"),
        ("withdrawn", "You took this back."),
    ],
)
def test_every_end_is_told_in_plain_words(town, client, link, state, sentence):
    Ask.objects.filter(pk=town.groceries.pk).update(state=state, closed_at=NOW)
    assert sentence in page(client, link)


def test_what_could_not_be_met_says_why(town, client, link):
    actions.close_ask(town.groceries, state="not_met", why_not_met="no_helper", by=None, now=NOW)
    assert "We could not do this: no helper was free." in page(client, link)


def test_who_comes_is_named_once_they_took_it_on_and_then_by_first_name_and_initial(town, client, link):
    assert "Hana" not in page(client, link)
    claim = actions.claim_ask(town.groceries, helper=town.hana, by=None, now=NOW)
    assert "Hana H. has taken it on." in page(client, link)
    actions.set_out(claim, by=None, now=NOW)
    assert "Hana H. is on the way." in page(client, link)
    assert "Hana Helper" not in page(client, link)


def test_what_went_wrong_is_told_and_that_it_will_be_tried_again(town, client, link):
    claim = actions.claim_ask(town.groceries, helper=town.hana, by=None, now=NOW)
    actions.mark_outcome(claim, outcome="not_home", by=None, now=NOW)
    assert "Someone came, but nobody was in. We will try again." in page(client, link)


def test_what_happened_so_far_is_told_without_names(town, client, link):
    claim = actions.claim_ask(town.groceries, helper=town.hana, by=None, now=NOW)
    actions.hand_back(claim, by=None, now=NOW)
    shown = page(client, link)
    assert "Someone took it on." in shown
    assert "They could not do it after all" in shown
    assert "Hana" not in shown


def test_ones_own_phone_is_not_written_out(town, client, link):
    shown = page(client, link)
    assert "the phone that ends in 23" in shown
    assert "555" not in shown


def test_words_day_and_place_can_be_changed(town, client, link):
    path = f"{link}{town.groceries.code}/change/"
    tomorrow = timezone.now().astimezone(town.riverside.zone).date() + timedelta(days=1)
    response = client.post(
        path,
        {"words": "Groceries for five", "people": "5", "place_text": "Pier 3", "area": town.harbour.pk, "door": "",
         "when": "tomorrow", "until_time": "12:00"},
    )  # fmt: skip
    assert response.status_code == 302
    ask = Ask.objects.select_related("place__area").get(pk=town.groceries.pk)
    assert (ask.words, ask.people, ask.place.text, ask.place.area) == ("Groceries for five", 5, "Pier 3", town.harbour)
    assert ask.wanted_until.astimezone(town.riverside.zone).date() == tomorrow
    assert ask.wanted_until.astimezone(town.riverside.zone).hour == 12


def test_what_is_not_touched_stays(town, client, link):
    """The form comes back as it was shown, but for one word."""
    before = cast.as_it_is(town.groceries)
    place = cast.as_it_is(town.groceries.place)
    form = client.get(f"{link}{town.groceries.code}/change/").context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    client.post(f"{link}{town.groceries.code}/change/", data | {"words": "Only bread"})
    after = cast.as_it_is(town.groceries)
    assert {key for key in before if before[key] != after[key]} <= {"words", "expires_at"}
    town.groceries.place.refresh_from_db()
    assert (town.groceries.place.lat, town.groceries.place.door) == (place["lat"], place["door"])


def test_another_door_does_not_move_the_point_on_the_map(town, client, link):
    form = client.get(f"{link}{town.groceries.code}/change/").context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    client.post(f"{link}{town.groceries.code}/change/", data | {"door": "Back yard"})
    town.groceries.place.refresh_from_db()
    assert (town.groceries.place.door, town.groceries.place.lat) == ("Back yard", 40.7031)


def test_a_wrong_change_loses_nothing(town, client, link):
    response = client.post(
        f"{link}{town.groceries.code}/change/",
        {"words": "Other words", "place_text": "", "when": "day", "day": "2020-01-01"},
    )
    shown = response.content.decode()
    assert response.status_code == 400
    assert "This day is over" in shown
    assert "Tell us roughly where" in shown
    assert "Other words" in shown


def test_what_is_on_the_way_cannot_be_changed_any_more(town, client, link):
    actions.set_out(actions.claim_ask(town.groceries, helper=town.hana, by=None, now=NOW), by=None, now=NOW)
    shown = client.get(f"{link}{town.groceries.code}/change/", follow=True).content.decode()
    assert "Someone is already on the way with it." in shown


def test_taking_it_back_asks_first_and_can_be_undone(town, client, link):
    path = f"{link}{town.groceries.code}/withdraw/"
    assert "Take back ask" in page(client, path)
    town.groceries.refresh_from_db()
    assert town.groceries.state == AskState.READY
    shown = press(client, link, "withdraw", town.groceries)
    assert town.groceries.state == AskState.WITHDRAWN
    assert "Taken back." in shown
    press(client, link, "again", town.groceries)
    assert town.groceries.state == AskState.NEW


def test_taking_it_back_twice_is_said_not_done(town, client, link):
    press(client, link, "withdraw", town.groceries)
    assert "This is already finished." in press(client, link, "withdraw", town.groceries)


def test_a_helper_who_held_it_is_free_again(town, client, link):
    actions.claim_ask(town.groceries, helper=town.hana, by=None, now=NOW)
    press(client, link, "withdraw", town.groceries)
    assert queries.holding(town.hana) == 0


def test_still_needed_lets_it_wait_longer(town, client, link):
    before = town.groceries.expires_at
    press(client, link, "still-needed", town.groceries)
    assert town.groceries.expires_at > before


def test_the_same_again_is_a_new_ask_under_the_same_link(town, client, link):
    actions.close_ask(town.groceries, state="met", by=None, now=NOW)
    press(client, link, "same-again", town.groceries)
    press(client, link, "same-again", town.groceries)
    again = town.asking.asks.exclude(pk=town.groceries.pk).get()
    assert (again.words, again.state, again.place_id, again.wanted_until) == (
        "Groceries for four",
        AskState.NEW,
        town.groceries.place_id,
        None,
    )
    assert again.code in page(client, link)


def test_a_resting_network_takes_no_same_again(town, client, link):
    actions.close_ask(town.groceries, state="met", by=None, now=NOW)
    town.riverside.is_open = False
    town.riverside.save()
    client.post(f"{link}{town.groceries.code}/same-again/")
    assert town.asking.asks.count() == 1
    assert "Ask for the same again" not in page(client, link)


def test_another_way_to_be_reached_replaces_the_old_one(town, client, link):
    client.post(f"{link}reach/", {"reach": "nia@example.org", "name": "Nia N."})
    town.nia.refresh_from_db()
    assert [point.value for point in town.nia.contact_points.all()] == ["nia@example.org"]
    assert town.nia.name == "Nia N."
    response = client.post(f"{link}reach/", {"reach": "718 55"})
    assert response.status_code == 400
    assert "718 55" in response.content.decode()


def test_what_lies_behind_it_can_be_told_and_taken_back(town, client, link):
    rent = Cause.objects.get(network=town.riverside, name="Rent or bills")
    press(client, link, "cause", town.groceries, {"cause": rent.pk})
    assert town.groceries.cause == rent
    press(client, link, "cause", town.groceries, {"cause": ""})
    assert town.groceries.cause is None
    foreign = Cause.objects.get(network=town.hillside, name="Rent or bills")
    shown = press(client, link, "cause", town.groceries, {"cause": foreign.pk})
    assert "not on the list any more" in shown
    assert town.groceries.cause is None


@pytest.fixture
def found(town):
    return actions.propose_match(town.groceries, town.pram, by=None, now=NOW)


def test_both_say_yes_before_either_sees_how_to_reach_the_other(town, client, link, found):
    assert "A pram, hardly used" in page(client, link)
    assert "gil@example.org" not in page(client, link)
    client.post(f"{link}found/{found.pk}/yes/")
    assert "We wait for the other side" in page(client, link)
    assert "gil@example.org" not in page(client, link)
    actions.answer_match(found, yes=True, by=town.pram.offered_by, now=NOW)
    assert "gil@example.org" in page(client, link)
    client.post(f"{link}found/{found.pk}/end/")
    assert "gil@example.org" not in page(client, link)
    town.groceries.refresh_from_db()
    assert town.groceries.state == AskState.READY


def test_no_thank_you_leaves_the_ask_open(town, client, link, found):
    client.post(f"{link}found/{found.pk}/no/")
    assert Match.objects.get().state == MatchState.DECLINED
    assert "hardly used" not in page(client, link)
    town.groceries.refresh_from_db()
    assert town.groceries.state == AskState.READY


def test_someone_elses_match_is_not_there(town, client, found):
    other = cast.ask(town.riverside, "Supplies", name="Someone Else").asking
    response = client.post(f"/a/{queries.asking_token(other)}/found/{found.pk}/yes/")
    assert response.status_code == 404
    found.refresh_from_db()
    assert found.asker_agreed_at is None


def test_any_other_answer_is_not_there(town, client, link, found):
    assert client.post(f"{link}found/{found.pk}/perhaps/").status_code == 404
    found.refresh_from_db()
    assert found.state == MatchState.PROPOSED


def test_nothing_changes_by_only_looking(town, client, link):
    for what in ("again", "same-again", "still-needed", "cause"):
        assert client.get(f"{link}{town.groceries.code}/{what}/").status_code == 405


def test_many_linked_asks_cost_no_more_questions_than_few(town, client, link, django_assert_max_num_queries):
    for number in range(15):
        again = Ask.objects.get(pk=town.groceries.pk)
        again.pk, again.code, again._state.adding = uuid.uuid4(), f"X{number:04}", True
        again.save()
    with django_assert_max_num_queries(15):
        shown = page(client, link)
    assert len(shown) < 100_000


def test_the_link_opens_in_a_network_of_its_own(town, client):
    token = queries.asking_token(town.elsewhere.asking)
    shown = page(client, reverse("exchange:asking", args=[token]))
    assert "Hillside" in shown
    assert "Riverside" not in shown
