"""Offers at the desk: found, put together with asks, given, withdrawn; and asks and offers written down by phone."""

from __future__ import annotations

import html
from uuid import uuid4

import pytest
from django.utils import timezone

from manyhands.exchange import actions
from manyhands.exchange.models import Ask, Asking, Match, Offer
from manyhands.exchange.states import AskState, MatchState, OfferState
from tests import cast


def text_of(response) -> str:
    return html.unescape(response.content.decode())


@pytest.fixture
def dee(town, as_):
    return as_(town.dee)


@pytest.fixture
def do(town, dee):
    """Does one thing about the pram on its page."""

    def press(what: str, **more):
        return dee.post(f"/riverside/desk/offers/{town.pram.code}/", {"do": what, **more}, follow=True)

    return press


def state_of(offer):
    offer.refresh_from_db()
    return offer.state


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True), ("?q=pram", True), ("?q=gil", True), ("?q=GIL@example.org", True), ("?tab=given", False),
        ("?q=nothing-like-it", False), ("?tab=nonsense&category=x", True),
    ],
)  # fmt: skip
def test_offers_are_found_by_words_name_and_where_they_stand(town, dee, query, found):
    assert (town.pram.code in text_of(dee.get(f"/riverside/desk/offers/{query}"))) is found


def test_nobodys_name_or_e_mail_is_in_the_list(dee):
    text = text_of(dee.get("/riverside/desk/offers/"))
    assert "Gil" not in text
    assert "gil@example.org" not in text


def test_an_offer_tells_who_gives_it_and_what_happened(town, dee):
    text = text_of(dee.get(f"/riverside/desk/offers/{town.pram.code}/"))
    for known in ("Gil Giver", "gil@example.org", "A pram, hardly used", "Offered.", "the giver"):
        assert known in text


@pytest.mark.parametrize("state", [OfferState.GIVEN, OfferState.WITHDRAWN])
def test_an_offer_is_given_or_withdrawn_and_opened_again(town, do, state):
    do(state.value)
    assert state_of(town.pram) == state
    do("open")
    assert state_of(town.pram) == OfferState.OPEN


def test_an_offer_is_put_to_an_ask_that_fits_and_ended(town, dee, do):
    ask = cast.ask(town.riverside, "Childcare", words="A pram or a sling", now=timezone.now())
    assert ask.code in text_of(dee.get(f"/riverside/desk/offers/{town.pram.code}/"))
    do("match", of=ask.code)
    match = Match.objects.get()
    assert (match.ask, match.state) == (ask, MatchState.PROPOSED)
    do("end_match", which=str(match.pk))
    match.refresh_from_db()
    assert match.state == MatchState.DECLINED


@pytest.mark.parametrize(
    ("what", "more", "sentence"),
    [
        ("match", {"of": "ZZZZZ"}, "There is no ask ZZZZZ here."),
        ("match", {}, "Write the code of the ask it may fit."),
        ("open", {}, "can't become"),
        ("end_match", {"which": str(uuid4())}, "This is already over."),
    ],
)
def test_what_can_not_be_done_says_why(town, do, what, more, sentence):
    response = do(what, **more)
    assert response.status_code == 400
    assert sentence in text_of(response)
    assert state_of(town.pram) == OfferState.OPEN


def test_an_unknown_press_is_a_page_that_is_not_there(do):
    assert do("explode").status_code == 404


def test_many_offers_take_a_fixed_number_of_questions(town, dee, django_assert_max_num_queries):
    for number in range(60):
        actions.post_offer(
            network=town.riverside, kind="thing", words=f"Thing {number}", place_text="Harbour", now=timezone.now()
        )
    dee.get("/riverside/desk/offers/")  # the first page after signing in notes where one is signed in
    with django_assert_max_num_queries(12):
        text = text_of(dee.get("/riverside/desk/offers/"))
    assert text.count("data-item") == 50


# ── Written down by phone ────────────────────────────────────────────────────────────────────────────────────────────


def needs_of(town, *names: str) -> list[str]:
    return [str(cast.category(town.riverside, name).pk) for name in names]


def test_a_dispatcher_writes_down_an_ask_for_several_things(town, dee):
    response = dee.post(
        "/riverside/desk/write-down/",
        {
            "needs": needs_of(town, "Food", "A ride"), "words": "For six", "people": "6", "name": "Ada", "when": "tomorrow",
            "reach": "718 555 0133", "place_text": "Harbour, by the pier", "notes": "Calls back at noon",
            "submission": str(uuid4()),
        },
        follow=True,
    )  # fmt: skip
    assert "Written down. The codes are" in text_of(response)
    asks = cast.those(Ask.objects.all(), asking__asked_by__name="Ada")
    assert {str(ask.category) for ask in asks} == {"Food", "A ride"}
    for ask in asks:
        assert (ask.state, ask.notes, ask.people, ask.asking.source) == (
            AskState.READY, "Calls back at noon", 6, Asking.Source.DESK,
        )  # fmt: skip
        assert ask.place.area == town.harbour


def test_an_ask_without_a_place_is_taken_down_all_the_same(town, dee):
    dee.post(
        "/riverside/desk/write-down/", {"needs": needs_of(town, "Food"), "name": "Ada", "submission": str(uuid4())}
    )
    assert not cast.the_one(Ask.objects.all(), asking__asked_by__name="Ada").place.is_on_map


def test_written_down_twice_it_is_taken_in_once(town, dee):
    data = {"needs": needs_of(town, "Food"), "name": "Ada", "submission": str(uuid4()), "repeat": "3"}
    for _ in range(2):
        assert dee.post("/riverside/desk/write-down/", data).status_code == 302
    assert len(cast.those(Ask.objects.all(), asking__asked_by__name="Ada")) == 1


def test_nothing_chosen_is_said_and_nothing_typed_is_lost(dee):
    response = dee.post("/riverside/desk/write-down/", {"words": "typed with care", "reach": "718 555"})
    assert response.status_code == 400
    assert "Choose at least one thing" in text_of(response)
    assert "typed with care" in text_of(response)


def test_a_closed_network_still_writes_down_what_comes_by_phone(town, dee):
    town.riverside.is_open = False
    town.riverside.save()
    dee.post(
        "/riverside/desk/write-down/", {"needs": needs_of(town, "Food"), "name": "Ada", "submission": str(uuid4())}
    )
    assert cast.those(Ask.objects.all(), asking__asked_by__name="Ada")


def test_a_dispatcher_writes_down_an_offer(town, dee):
    response = dee.post(
        "/riverside/desk/offers/write-down/",
        {
            "kind": "ride", "words": "A car on Sundays", "name": "Ben", "reach": "ben@example.org",
            "place_text": "Hilltop", "submission": str(uuid4()),
        },
        follow=True,
    )  # fmt: skip
    offer = cast.the_one(Offer.objects.all(), offered_by__name="Ben")
    assert f"Written down. The code is {offer.code}." in text_of(response)
    assert (offer.kind, offer.place.area.name) == ("ride", "Hilltop")


def test_an_offer_without_words_is_asked_for_them(dee):
    response = dee.post("/riverside/desk/offers/write-down/", {"kind": "thing", "name": "typed with care"})
    assert response.status_code == 400
    assert "typed with care" in text_of(response)
