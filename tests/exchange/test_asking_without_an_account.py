"""A neighbour asks without an account: with little, with much, twice by a double tap, and while the network rests."""

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from manyhands.exchange import queries
from manyhands.exchange.models import Ask, Asking
from manyhands.exchange.states import AskState
from tests import cast

ASK = "/riverside/ask/"


def needs(town, *names: str) -> list[int]:
    return [cast.category(town.riverside, name).pk for name in names or ("Food",)]


def said(town, *names: str, **more) -> dict:
    """The least a neighbour can say."""
    return {"needs": needs(town, *names), "place_text": "near Elm St & 4th", "submission": str(uuid.uuid4()), **more}


def sent(client, data) -> Asking:
    """Send the form, and follow to what was made of it."""
    response = client.post(ASK, data)
    assert response.status_code == 302, response.content.decode()
    found = queries.asking_behind(response["Location"].split("/")[2])
    assert found is not None
    return found


def refused(client, data) -> str:
    before = Ask.objects.count()
    response = client.post(ASK, data)
    assert response.status_code == 400
    assert Ask.objects.count() == before
    return response.content.decode()


def test_the_form_shows_the_networks_own_list_and_areas(town, client):
    page = client.get(ASK).content.decode()
    assert "What do you need?" in page
    assert "Childcare" in page
    assert "Harbour" in page
    assert len(page) < 60_000


def test_a_need_and_a_corner_are_enough(town, client):
    asking = sent(client, said(town, words="Groceries for four"))
    ask = asking.asks.get()
    assert (ask.words, ask.place.text, ask.state, ask.people) == (
        "Groceries for four",
        "near Elm St & 4th",
        AskState.NEW,
        1,
    )
    assert (asking.source, ask.wanted_from, ask.wanted_until) == ("page", None, None)


def test_several_needs_become_linked_asks_under_one_link(town, client):
    asking = sent(client, said(town, "Food", "A ride", "Company", words="Thank you"))
    assert {ask.category.name for ask in asking.asks.all()} == {"Food", "A ride", "Company"}
    page = client.get(f"/a/{queries.asking_token(asking)}/asked/").content.decode()
    assert all(ask.code in page for ask in asking.asks.all())


def test_everything_that_can_be_said_is_kept(town, client):
    tomorrow = timezone.now().astimezone(town.riverside.zone).date() + timedelta(days=1)
    asking = sent(
        client,
        said(
            town, words="One of us is diabetic", area=town.harbour.pk, door="3B, ring twice", lat="40.7012", lon="-73.9611",
            when="tomorrow", from_time="17:30", until_time="20:00", reach="(718) 555-0199", name="Nia",
            people="4", language="es", is_urgent="on",
        ),
    )  # fmt: skip
    ask = asking.asks.select_related("place__area", "network").get()
    opens, closes = (moment.astimezone(town.riverside.zone) for moment in (ask.wanted_from, ask.wanted_until))
    assert (opens.date(), opens.hour, opens.minute, closes.hour) == (tomorrow, 17, 30, 20)
    assert (ask.people, ask.language, ask.is_urgent) == (4, "es", True)
    assert (ask.place.area.name, ask.place.door, ask.place.lat) == ("Harbour", "3B, ring twice", 40.7012)
    assert asking.asked_by.name == "Nia"
    assert [point.value for point in asking.asked_by.contact_points.all()] == ["+17185550199"]


def test_the_page_afterwards_gives_code_link_and_what_comes_next(town, client):
    response = client.post(ASK, said(town), follow=True)
    page = response.content.decode()
    asking = Asking.objects.latest("made_at")
    assert asking.asks.get().code in page
    assert f"http://testserver/a/{queries.asking_token(asking)}/" in page
    assert "What happens next" in page


def test_a_double_tap_asks_once(town, client):
    data = said(town)
    first, second = sent(client, data), sent(client, data)
    assert first == second
    assert first.asks.count() == 1


def test_a_retry_with_a_repeat_repeats_once(town, client):
    data = said(town, repeat="3")
    assert sent(client, data) == sent(client, data)
    assert Ask.objects.filter(repeat__isnull=False).count() == 1


def test_a_broken_mark_in_the_form_is_no_reason_to_refuse(town, client):
    assert sent(client, said(town, submission="not-a-mark")).asks.count() == 1


def test_none_as_phone_is_an_answer_and_the_link_is_said_to_be_the_only_way(town, client):
    response = client.post(ASK, said(town, reach="none"), follow=True)
    assert "You left no way to reach you" in response.content.decode()
    assert not Asking.objects.latest("made_at").asked_by.contact_points.exists()


@pytest.mark.parametrize(
    "reach", ["+1 718 555 0123", "rosa@example.org", "my sister at the bakery", "ext. 12, ask for Ro"]
)
def test_any_way_to_be_reached_is_taken(town, client, reach):
    assert sent(client, said(town, reach=reach)).asked_by.contact_points.count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"needs": []}, "Choose at least one thing you need."),
        ({"needs": ["999999"]}, "not on the list any more"),
        ({"needs": ["food"]}, "not on the list any more"),
        ({"place_text": ""}, "Tell us roughly where"),
        ({"reach": "718 555"}, "a digit missing or too many"),
        ({"reach": "rosa@example"}, "something missing"),
        ({"people": "0"}, "greater than or equal to 1"),
        ({"people": "many"}, "Enter a whole number"),
        ({"when": "day"}, "Choose the day."),
        ({"when": "day", "day": "yesterday-ish"}, "Enter a valid date"),
        ({"when": "day", "day": "2020-01-01"}, "This day is over"),
        ({"when": "day", "day": "2099-01-01"}, "more than a year from now"),
        ({"when": "tomorrow", "from_time": "20:00", "until_time": "17:00"}, "must be later than"),
        ({"when": "tomorrow", "from_time": "25:00"}, "Enter a valid time"),
        ({"from_time": "17:00"}, "Which day is it for?"),
        ({"for_name": "Abuela"}, "Please ask them first"),
        ({"for_other": "on", "consent": "on"}, "Tell us what to call the person"),
        ({"words": "x" * 2001}, "at most 2000 characters"),
        ({"language": "xx-nope"}, "Select a valid choice"),
        ({"area": "77777"}, "Select a valid choice"),
    ],
)
def test_bad_input_gets_a_sentence_and_loses_nothing(town, client, wrong, sentence):
    data = said(town, words="Bread & milk", reach="", people="3", door="Floor 3") | wrong
    page = refused(client, data)
    assert sentence in page.replace("&#x27;", "'")
    assert data["submission"] in page
    assert "Floor 3" in page
    if "words" not in wrong:
        assert "Bread &amp; milk" in page
    if wrong.get("reach"):
        assert wrong["reach"] in page


def test_what_was_ticked_stays_ticked(town, client):
    food, ride = needs(town, "Food", "A ride")
    page = refused(client, said(town, "Food", "A ride", place_text=""))
    ticked = re.findall(r'name="needs" value="(\d+)"[^>]*checked', page)
    assert ticked == [str(food), str(ride)]


def test_another_networks_things_cannot_be_chosen(town, client):
    foreign = cast.category(town.hillside, "Food").pk
    assert "not on the list any more" in refused(client, said(town) | {"needs": [foreign]})


@pytest.mark.parametrize(("lat", "lon"), [("abc", "2"), ("95", "10"), ("nan", "nan"), ("", "3"), ("inf", "1")])
def test_a_device_that_lies_about_where_it_is_does_no_harm(town, client, lat, lon):
    place = sent(client, said(town, lat=lat, lon=lon)).asks.get().place
    assert (place.lat, place.lon) == (None, None)


def test_a_point_alone_says_where(town, client):
    place = sent(client, said(town, place_text="", lat="40.7", lon="-73.9")).asks.get().place
    assert (place.lat, place.lon, place.exactness) == (40.7, -73.9, "corner")


def test_asking_for_someone_else_notes_their_consent(town, client):
    asking = sent(client, said(town, for_other="on", for_name="Abuela", consent="on"))
    assert asking.for_name == "Abuela"
    assert asking.consent_at is not None


def test_a_resting_network_says_so_kindly_and_shows_no_form(town, client):
    town.riverside.is_open = False
    town.riverside.closed_note = "We rest until Monday. The hall has soup at noon."
    town.riverside.save()
    page = client.get(ASK).content.decode()
    assert "We rest until Monday" in page
    assert 'name="needs"' not in page


def test_what_was_typed_before_the_network_closed_is_not_lost(town, client):
    town.riverside.is_open = False
    town.riverside.save()
    page = refused(client, said(town, words="Bread and milk"))
    assert "takes no new asks right now" in page
    assert "Bread and milk" in page


def test_without_a_look_first_helpers_see_it_at_once(town, client):
    town.riverside.look_first = False
    town.riverside.save()
    assert sent(client, said(town)).asks.get().state == AskState.READY


def test_what_people_read_is_noted_from_the_page(town, client):
    client.cookies["language"] = "es"
    asking = sent(client, said(town))
    assert (asking.asked_by.language, asking.asks.get().language) == ("es", "")


def test_nothing_said_is_ever_markup(town, client):
    asking = sent(client, said(town, words="<script>alert(1)</script>", name="<b>N</b>", for_name=""))
    page = client.get(reverse("exchange:asking", args=[queries.asking_token(asking)])).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_how_asks_fared_is_told_only_when_there_are_enough(town, client):
    assert "In the last month" not in client.get(ASK).content.decode()
    asked_at = timezone.now() - timedelta(days=10)
    for number in range(30):
        posted = cast.ask(town.riverside, now=asked_at)
        if number < 20:
            closed_at = asked_at + timedelta(hours=20)
            Ask.objects.filter(pk=posted.pk).update(state=AskState.MET, closed_at=closed_at, moved_at=closed_at)
    assert "about 2 in 3 asks here were met within two days" in client.get(ASK).content.decode()
    page = client.post(ASK, said(town), follow=True).content.decode()
    assert "about 2 in 3 asks here for “Food” were met within two days" in page


def test_what_took_long_is_not_called_soon(town, client):
    asked_at = timezone.now() - timedelta(days=10)
    for _number in range(30):
        posted = cast.ask(town.riverside, now=asked_at)
        closed_at = asked_at + timedelta(days=5)
        Ask.objects.filter(pk=posted.pk).update(state=AskState.MET, closed_at=closed_at, moved_at=closed_at)
    assert "few asks here were met within two days" in client.get(ASK).content.decode()


def test_what_is_wrong_is_told_in_the_order_of_the_page(town, client):
    page = refused(client, said(town) | {"needs": [], "place_text": "", "reach": "718 55", "when": "day"})
    told = [page.index(f'href="#id_{name}') for name in ("needs", "place_text", "day", "reach")]
    assert told == sorted(told)
