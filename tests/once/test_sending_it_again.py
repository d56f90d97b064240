"""A form that comes again is done once and answered as before; with something else in it, it is refused in a sentence."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from manyhands.deliveries.models import Hub
from manyhands.exchange.models import Ask, Claim
from manyhands.kit import again
from manyhands.networks.models import Membership
from manyhands.once import actions
from manyhands.once.models import Sent
from manyhands.people.models import Person
from manyhands.places.models import Area
from tests.cast import Cast


def marks_on(page: bytes) -> list[str]:
    return re.findall(rb'name="once" value="([b-z]{30})" autocomplete="off"', page)


@pytest.fixture
def claim_url(town: Cast) -> str:
    return reverse("exchange:claim", args=("riverside", town.groceries.code))


def test_every_form_of_a_page_has_a_mark_of_its_own_and_a_new_one_each_time(as_, town, claim_url):
    first, second = (as_(town.hana).get(claim_url).content for _ in range(2))
    assert len(marks_on(first)) == first.count(b'method="post"') > 1
    assert len(set(marks_on(first) + marks_on(second))) == 2 * len(marks_on(first))


@pytest.mark.parametrize("how", ["field", "header"])
def test_the_same_again_is_done_once_and_answered_as_before(as_, town, how):
    client, hubs = as_(town.dee), reverse("deliveries:new_hub", args=("riverside",))
    more = {"headers": {"Idempotency-Key": "m1"}} if how == "header" else {}
    said = {"name": "Pantry", "lat": "40.7", "lon": "-73.9", "loading_minutes": "10"}
    answers = [client.post(hubs, said if more else {**said, "once": "m1"}, **more) for _ in range(3)]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, answers[0]["Location"])}
    assert Hub.objects.count() == 1
    client.post(hubs, {**said, "name": "Cellar", "once": "m2"})
    assert Hub.objects.count() == 2


def test_the_same_mark_with_something_else_in_it_is_refused_in_a_sentence(as_, town):
    client = as_(town.sol)
    areas = reverse("places:areas", args=("riverside",))
    assert client.post(areas, {"once": "m1", "name": "Docks"}).status_code == 302
    answer = client.post(areas, {"once": "m1", "name": "Quay"}, headers={"Referer": f"http://testserver{areas}?a=b"})
    assert answer.status_code == 422
    assert "This form was sent already" in answer.content.decode()
    assert f'href="{areas}?a=b"' in answer.content.decode()
    assert list(Area.objects.filter(name__in=["Docks", "Quay"]).values_list("name", flat=True)) == ["Docks"]


def test_nobody_reads_anothers_answer(as_, town, claim_url, client):
    said = {"once": "m1"}
    assert as_(town.hana).post(claim_url, said).status_code == 302
    assert as_(town.hugo).post(claim_url, said).status_code == 409
    assert as_(None).post(claim_url, said).status_code == 404
    assert Sent.objects.count() == 1


def test_a_form_that_came_back_may_be_put_right_and_sent_again(as_, town):
    client = as_(town.sol)
    areas = reverse("places:areas", args=("riverside",))
    assert client.post(areas, {"once": "m1", "name": ""}).status_code == 400
    assert client.post(areas, {"once": "m1", "name": "Docks"}).status_code == 302
    assert Area.objects.filter(name="Docks").count() == 1


def test_a_refusal_is_not_kept_either(as_, town):
    """The last steward may not leave; once another is there, the same press works."""
    client, members = as_(town.sol), reverse("networks:me", args=("riverside",))
    leave = {"once": "m1", "do": "leave"}
    client.post(members, leave)
    mine = Membership.objects.get(network=town.riverside, person=town.sol)
    assert (mine.standing, Sent.objects.count()) == ("active", 0)


def test_what_answered_with_a_page_leads_back_to_where_it_was_sent_from(as_, town):
    client = as_(town.sol)
    members = reverse("networks:members", args=("riverside",))
    before = Person.objects.count()
    said = {"once": "m1", "name": "Ned New", "role": "helper"}
    first = client.post(reverse("networks:invite", args=("riverside",)), said)
    assert first.status_code == 200
    answer = client.post(
        reverse("networks:invite", args=("riverside",)), said, headers={"Referer": f"http://testserver{members}"}
    )
    assert (answer.status_code, answer["Location"]) == (303, members)
    assert "was done once" in client.get(members).content.decode()
    assert Person.objects.count() == before + 1


def test_signing_in_is_never_answered_from_memory(client, town):
    town.sol.login, _ = "sol@example.org", town.sol.set_password("a long enough word")
    town.sol.save()
    said = {"once": "m1", "login": "sol@example.org", "password": "a long enough word"}
    for _time in range(2):
        client.logout()
        assert client.post(reverse("people:sign_in"), said).status_code == 302
        assert client.session.get("_auth_user_id") == str(town.sol.pk)
    assert Sent.objects.count() == 0


def test_a_stranger_who_asks_twice_over_a_bad_line_asks_once(client, town):
    page = reverse("exchange:ask", args=("riverside",))
    client.get(page)
    said = {"once": "m1", "needs": town.groceries.category_id, "words": "Bread", "place_text": "Elm St", "when": "any",
            "people": "1"}  # fmt: skip
    answers = [client.post(page, said) for _ in range(2)]
    assert answers[0].status_code == 302, answers[0].content.decode()
    assert answers[0]["Location"] == answers[1]["Location"]
    assert [ask.words for ask in Ask.objects.all()].count("Bread") == 1


def test_where_it_led_can_not_be_read_from_the_database(as_, town, claim_url):
    where = as_(town.hana).post(claim_url, {"once": "m1"})["Location"]
    kept = str(Sent.objects.values().get())
    for told in (where, "m1", str(town.hana.membership.person_id), town.groceries.code):
        assert told not in kept


def test_a_page_that_broke_leaves_nothing_and_may_be_sent_again(as_, town, claim_url, monkeypatch):
    from manyhands.exchange import actions as exchange

    real = exchange.claim_ask

    def breaks(*args, **more):
        real(*args, **more)
        raise ZeroDivisionError

    client = as_(town.hana)
    client.raise_request_exception = False
    monkeypatch.setattr(exchange, "claim_ask", breaks)
    assert client.post(claim_url, {"once": "m1"}).status_code == 500
    assert (Claim.objects.filter(ask=town.groceries).count(), Sent.objects.count()) == (0, 0)
    monkeypatch.setattr(exchange, "claim_ask", real)
    assert client.post(claim_url, {"once": "m1"}).status_code == 302


def test_a_day_later_it_is_forgotten(as_, town, claim_url):
    as_(town.hana).post(claim_url, {"once": "m1"})
    now = timezone.now()
    assert actions.forget_what_is_over(now=now) == 0
    assert actions.forget_what_is_over(now=now + actions.KEEP_FOR + timedelta(seconds=1)) == 1


def test_what_waits_for_the_end_waits_only_where_something_holds_it_back():
    done = []
    again.afterwards(lambda: done.append("now"))
    with again.held_back() as waiting:
        again.afterwards(lambda: done.append("later"))
        assert done == ["now"]
    for do in waiting:
        do()
    assert done == ["now", "later"]
