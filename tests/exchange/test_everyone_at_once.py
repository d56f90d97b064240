"""Everyone at once: what is ready and all helpers in one matching, as the desk reads it."""

from __future__ import annotations

import re
from html import unescape

import pytest

from manyhands.exchange import actions, planning
from manyhands.exchange.models import Ask
from manyhands.networks import actions as networks
from tests import cast
from tests.cast import NOW


def text_of(response) -> str:
    assert response.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def at_once(town) -> planning.AllAtOnce:
    asks = Ask.objects.filter(network=town.riverside, state="ready").select_related("asking__asked_by", "place__area")
    return planning.everyone_at_once(list(asks.order_by("asked_at", "pk")), town.riverside, now=NOW)


def who(found: planning.AllAtOnce) -> dict[str, str]:
    return {ask.code: fitting.thing.membership.person.name for ask, fitting in found.pairs}


def ready(town, **said) -> Ask:
    ask = cast.ask(town.riverside, **said)
    Ask.objects.filter(pk=ask.pk).update(state="ready")
    return ask


@pytest.fixture
def one_each(town):
    """Hana and Hugo can take one ask each; the groceries are one that both could bring."""
    for helper in (town.hana, town.hugo):
        helper.cap = 1
        helper.save()
    Ask.objects.filter(pk=town.groceries.pk).update(state="ready")
    return town


def test_who_alone_can_take_an_ask_is_kept_for_it(one_each):
    town = one_each
    spanish = ready(town)
    actions.change_ask(spanish, by=None, now=NOW, language="es")
    assert who(at_once(town)) == {spanish.code: "Hana Helper", town.groceries.code: "Hugo Helper"}


def test_an_ask_that_has_nobody_says_why_and_names_who_could_take_one_more(one_each):
    town = one_each
    for _ in range(2):
        ready(town)
    found = at_once(town)
    assert len(found.pairs) == 2
    [out] = found.left_out
    assert "Everyone who could take it is needed for other asks." in out.reasons
    assert any("Find one more helper like" in reason and "-" not in reason for reason in out.reasons)


def test_two_kept_apart_are_not_put_together(one_each):
    town = one_each
    before = who(at_once(town))[town.groceries.code]
    someone = {"Hana Helper": town.hana, "Hugo Helper": town.hugo}[before]
    asker = town.groceries.asking.asked_by
    networks.keep_apart(town.riverside, someone.membership.person, asker, apart=True, now=NOW)
    anew = type(town.riverside).objects.get(pk=town.riverside.pk)
    asks = list(Ask.objects.filter(pk=town.groceries.pk).select_related("asking__asked_by", "place__area"))
    [(_ask, fitting)] = planning.everyone_at_once(asks, anew, now=NOW).pairs
    assert fitting.thing != someone


def test_the_desk_is_not_told_who_is_kept_apart(one_each):
    town = one_each
    for helper in (town.hana, town.hugo):
        networks.keep_apart(
            town.riverside, helper.membership.person, town.groceries.asking.asked_by, apart=True, now=NOW
        )
    anew = type(town.riverside).objects.get(pk=town.riverside.pk)
    asks = list(Ask.objects.filter(pk=town.groceries.pk).select_related("asking__asked_by", "place__area"))
    [out] = planning.everyone_at_once(asks, anew, now=NOW).left_out
    assert out.reasons == ("Nobody fits right now.",)


def test_who_was_there_before_goes_again(one_each):
    town = one_each
    claim = actions.claim_ask(town.groceries, helper=town.hugo, by=None, now=NOW)
    actions.mark_outcome(claim, outcome="handed_over", by=None, now=NOW)
    again = ready(town, reach="718-555-0123")
    [(_ask, fitting)] = [pair for pair in at_once(town).pairs if pair[0] == again]
    assert ("They know one another" in fitting.reasons) is (fitting.thing == town.hugo)
    assert (str(again.pk), str(town.hugo.pk)) in planning._who_knows_whom([again], town.riverside)


def test_it_takes_a_fixed_number_of_questions(one_each, django_assert_max_num_queries):
    town = one_each
    for number in range(6):
        ready(town, reach=f"{number}@example.org")
        cast.helper(town.riverside, cast.person(f"Helper{number} Extra"))
    with django_assert_max_num_queries(11):
        at_once(town)


def test_the_desk_reads_it_and_nothing_is_given(one_each, as_):
    town = one_each
    page = text_of(as_(town.dee).get("/riverside/desk/together/"))
    assert town.groceries.code in page
    assert "Helper" in page
    assert "km away" in page
    town.groceries.refresh_from_db()
    assert town.groceries.state == "ready"


def test_with_no_ask_ready_the_page_says_so(town, as_):
    Ask.objects.filter(network=town.riverside, state="ready").update(state="new")
    assert "No ask is ready and waiting right now." in text_of(as_(town.dee).get("/riverside/desk/together/"))


def test_the_page_says_how_many_new_asks_wait_to_be_looked_at(town, as_):
    assert "to be looked at" not in text_of(as_(town.dee).get("/riverside/desk/together/"))
    _many(town.groceries, 2, state="new")
    for others in ("ready", "claimed"):
        Ask.objects.filter(network=town.riverside).exclude(state="new").update(state=others)
        page = as_(town.dee).get("/riverside/desk/together/")
        assert "2 new asks wait to be looked at" in text_of(page)
        assert 'href="/riverside/desk/?tab=new"' in page.content.decode()


def _many(like: Ask, times: int, **said) -> None:
    """More asks like one that is sealed already: posting so many would take long."""
    fields = {field.attname: getattr(like, field.attname) for field in Ask._meta.concrete_fields}
    del fields["id"]
    copies = [Ask(**{**fields, **said, "code": f"B{number:03}B"}) for number in range(times)]
    Ask.objects.bulk_create(copies, batch_size=500)


def test_three_hundred_asks_stand_on_light_pages_each_once(town, as_):
    _many(town.groceries, 299)
    for helper in (town.hana, town.hugo):
        helper.cap = 100
        helper.save()
    codes, page, pages = [], 1, []
    while page and page < 30:
        answer = as_(town.dee).get("/riverside/desk/together/", {"page": page})
        shown = answer.content.decode()
        assert len(answer.content) < 100_000
        codes += re.findall(r'href="/riverside/desk/asks/([^/"]+)/">\1 ·', shown)
        pages.append("With nobody" in shown)
        page = page + 1 if f'rel="next" href="?page={page + 1}"' in shown else 0
    ready_now = set(Ask.objects.filter(network=town.riverside, state="ready").values_list("code", flat=True))
    assert (len(codes), set(codes)) == (len(ready_now), ready_now)
    assert len(ready_now) >= 300
    assert pages == sorted(pages), "who has nobody comes after who has somebody"
