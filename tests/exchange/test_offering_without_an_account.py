"""Someone offers a thing, a skill, an hour or a ride, and follows it by a private link."""

import uuid

import pytest

from manyhands.exchange import actions, queries
from manyhands.exchange.models import Match, Offer
from manyhands.exchange.states import AskState, MatchState, OfferState
from tests import cast
from tests.cast import NOW

OFFER = "/riverside/offer/"


def said(**more) -> dict:
    return {
        "kind": "thing", "words": "A pram, hardly used", "place_text": "Pier 3", "submission": str(uuid.uuid4()), **more
    }  # fmt: skip


def sent(client, data) -> Offer:
    response = client.post(OFFER, data)
    assert response.status_code == 302, response.content.decode()
    found = queries.offer_behind(response["Location"].split("/")[2])
    assert found is not None
    return found


@pytest.fixture
def link(town):
    return f"/o/{queries.offer_token(town.pram)}/"


@pytest.mark.parametrize("kind", ["thing", "skill", "time", "ride"])
def test_each_kind_can_be_offered(town, client, kind):
    offer = sent(client, said(kind=kind, reach="gil@example.org", name="Gil"))
    assert (offer.kind, offer.state, offer.words) == (kind, OfferState.OPEN, "A pram, hardly used")
    assert offer.offered_by.name == "Gil"


def test_everything_that_can_be_said_is_kept(town, client):
    childcare = cast.category(town.riverside, "Childcare")
    offer = sent(
        client,
        said(
            category=childcare.pk,
            area=town.harbour.pk,
            language="es",
            when="tomorrow",
            from_time="10:00",
            until_time="12:00",
        ),
    )
    opens = offer.free_from.astimezone(town.riverside.zone)
    assert (offer.category, offer.place.area, offer.language, opens.hour) == (childcare, town.harbour, "es", 10)


def test_a_double_tap_offers_once(town, client):
    data = said()
    assert sent(client, data) == sent(client, data)
    assert len(cast.those(Offer.objects.all(), words="A pram, hardly used", place__text="Pier 3")) == 1


def test_the_page_afterwards_gives_code_and_link(town, client):
    page = client.post(OFFER, said(reach="none"), follow=True).content.decode()
    offer = cast.the_one(Offer.objects.all(), place__text="Pier 3")
    assert offer.code in page
    assert f"http://testserver/o/{queries.offer_token(offer)}/" in page
    assert "You left no way to reach you" in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"kind": ""}, "Choose one of these four."),
        ({"kind": "money"}, "Select a valid choice"),
        ({"words": " "}, "Say in a few words what you can give."),
        ({"place_text": ""}, "Tell us roughly where"),
        ({"reach": "718 555"}, "a digit missing or too many"),
        ({"when": "day", "day": "2020-01-01"}, "This day is over"),
        ({"category": "999999"}, "Select a valid choice"),
    ],
)
def test_bad_input_gets_a_sentence_and_loses_nothing(town, client, wrong, sentence):
    data = said(name="Gil & co") | wrong
    response = client.post(OFFER, data)
    page = response.content.decode()
    assert response.status_code == 400
    assert sentence in page
    assert "Gil &amp; co" in page
    assert data["submission"] in page
    assert Offer.objects.count() == 1


def test_a_resting_network_still_takes_offers(town, client):
    town.riverside.is_open = False
    town.riverside.save()
    assert sent(client, said()).state == OfferState.OPEN


def test_the_private_page_says_where_it_stands(town, client, link):
    page = client.get(link).content.decode()
    assert "A pram, hardly used" in page
    assert "It is on the board." in page
    assert "gil@example.org" not in page


@pytest.mark.parametrize("token", ["x", "aaaaaaaaaaaaaaaaaaaaaaaaaa"])
def test_a_wrong_link_is_not_there(town, client, token):
    assert client.get(f"/o/{token}/").status_code == 404


def test_the_link_of_an_ask_opens_no_offer(town, client):
    assert client.get(f"/o/{queries.asking_token(town.asking)}/").status_code == 404
    assert client.get(f"/a/{queries.offer_token(town.pram)}/").status_code == 404


def test_every_page_behind_it_stays_out_of_caches_and_logs(town, client, link):
    for path in (link, f"{link}offered/", f"{link}change/", f"{link}reach/", f"{link}withdraw/"):
        response = client.get(path)
        assert response.status_code == 200
        assert response["Cache-Control"] == "no-store, private"
        assert "noindex" in response["X-Robots-Tag"]


def test_it_can_be_changed(town, client, link):
    response = client.post(
        f"{link}change/", {"kind": "thing", "words": "A pram and a cot", "place_text": "Pier 3", "when": "tomorrow"}
    )
    assert response.status_code == 302
    town.pram.refresh_from_db()
    town.pram.place.refresh_from_db()
    assert (town.pram.words, town.pram.place.text) == ("A pram and a cot", "Pier 3")
    assert town.pram.free_until is not None


def test_what_is_not_touched_stays(town, client, link):
    before = cast.as_it_is(town.pram)
    form = client.get(f"{link}change/").context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    client.post(f"{link}change/", data | {"words": "A pram, with a blanket"})
    after = cast.as_it_is(town.pram)
    assert {key for key in before if before[key] != after[key]} == {"words"}


def test_taking_it_back_asks_first_and_can_be_undone(town, client, link):
    assert "Take back your offer?" in client.get(f"{link}withdraw/").content.decode()
    client.post(f"{link}withdraw/")
    town.pram.refresh_from_db()
    assert town.pram.state == OfferState.WITHDRAWN
    client.post(f"{link}move/open/")
    town.pram.refresh_from_db()
    assert town.pram.state == OfferState.OPEN


def test_given_is_said_and_a_slip_put_right(town, client, link):
    client.post(f"{link}move/given/")
    town.pram.refresh_from_db()
    assert town.pram.state == OfferState.GIVEN
    client.post(f"{link}move/open/")
    town.pram.refresh_from_db()
    assert (town.pram.state, town.pram.closed_at) == (OfferState.OPEN, None)


def test_another_state_in_the_address_is_not_there(town, client, link):
    for state in ("promised", "expired", "withdrawn", "nonsense"):
        assert client.post(f"{link}move/{state}/").status_code == 404


@pytest.fixture
def found(town):
    return actions.propose_match(town.groceries, town.pram, by=None, now=NOW)


def test_the_giver_sees_what_for_and_roughly_where_but_not_who(town, client, link, found):
    page = client.get(link).content.decode()
    assert "Someone may need it" in page
    assert "Nia" not in page
    assert "412 Elm" not in page
    assert "Groceries for four" not in page


def test_both_say_yes_and_then_see_how_to_reach_each_other(town, client, link, found):
    actions.answer_match(found, yes=True, by=town.nia, now=NOW)
    client.post(f"{link}found/{found.pk}/yes/")
    page = client.get(link).content.decode()
    assert "Nia N." in page
    assert "+1 718-555-0123" in page
    town.pram.refresh_from_db()
    assert town.pram.state == OfferState.PROMISED


def agreed(found, town):
    actions.answer_match(found, yes=True, by=town.nia, now=NOW)
    return actions.answer_match(found, yes=True, by=town.pram.offered_by, now=NOW)


def test_given_as_agreed_the_ask_is_met(town, client, link, found):
    agreed(found, town)
    client.post(f"{link}move/given/")
    town.groceries.refresh_from_db()
    assert town.groceries.state == AskState.MET


def test_taken_back_though_promised_the_ask_is_open_to_others(town, client, link, found):
    agreed(found, town)
    assert "It is promised to someone" in client.get(f"{link}withdraw/").content.decode()
    client.post(f"{link}withdraw/")
    town.groceries.refresh_from_db()
    assert (town.groceries.state, Match.objects.get().state) == (AskState.READY, MatchState.DECLINED)


def test_given_to_someone_else_the_question_falls_away(town, client, link, found):
    client.post(f"{link}move/given/")
    town.groceries.refresh_from_db()
    assert (town.groceries.state, Match.objects.get().state) == (AskState.READY, MatchState.DECLINED)
    town.pram.refresh_from_db()
    assert town.pram.state == OfferState.GIVEN


def test_it_did_not_work_out_opens_both_again(town, client, link, found):
    agreed(found, town)
    client.post(f"{link}found/{found.pk}/end/")
    town.groceries.refresh_from_db()
    town.pram.refresh_from_db()
    assert (town.groceries.state, town.pram.state) == (AskState.READY, OfferState.OPEN)


def test_someone_elses_match_is_not_there(town, client, found):
    other = sent(client, said())
    assert client.post(f"/o/{queries.offer_token(other)}/found/{found.pk}/yes/").status_code == 404


def test_another_way_to_be_reached_replaces_the_old_one(town, client, link):
    client.post(f"{link}reach/", {"reach": "718 555 0177", "name": "Gil"})
    assert [point.value for point in town.pram.offered_by.contact_points.all()] == ["+17185550177"]


def test_the_desk_closes_the_ask_as_met_and_the_offer_is_given(town, found):
    agreed(found, town)
    actions.close_ask(town.groceries, state=AskState.MET, by=town.dee, now=NOW)
    town.pram.refresh_from_db()
    assert (town.pram.state, town.pram.closed_at) == (OfferState.GIVEN, NOW)
