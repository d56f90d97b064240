"""Somebody calls, writes in again under another spelling, and helps: the desk sees it and says so; nothing is moved."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from manyhands.doubles import actions, queries, tasks
from manyhands.doubles.models import Pair
from manyhands.doubles.states import PairState
from manyhands.exchange import actions as exchange
from manyhands.exchange import forgetting, planning
from manyhands.exchange import queries as exchange_queries
from manyhands.exchange.models import Ask, Claim
from manyhands.kernel.likeness import SENTENCES, Sign
from manyhands.kit import ring
from manyhands.kit.refusals import Refused
from manyhands.networks import actions as networks
from manyhands.networks.models import Joined, Membership, Network
from manyhands.networks.queries import kept_apart_from, same_as
from manyhands.networks.states import Standing
from manyhands.people import actions as people
from manyhands.people.models import Person
from manyhands.privacy import actions as privacy
from manyhands.privacy import forgetting as clocks
from manyhands.privacy import queries as seeing
from manyhands.privacy.models import Care, Erasure, Reveal
from manyhands.privacy.states import Why
from manyhands.safety import actions as safety
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db

PAIRS = "/riverside/desk/twice/"


@pytest.fixture
def again(town) -> Ask:
    """Nia again, under another spelling."""
    return cast.ask(town.riverside, "A ride", name="Nia Neighbor", words="To the clinic", now=NOW + timedelta(days=8))


@pytest.fixture
def pair(town, again) -> Pair:
    assert actions.look(town.riverside, by=town.dee, now=NOW) == 1
    return Pair.objects.get()


def here() -> Network:
    """Riverside as it is now: what was asked of it is remembered while a request lasts."""
    return Network.objects.get(slug="riverside")


def join(pair, town, by=None):
    return actions.join(pair, seen=pair.standing, by=by or town.dee, now=NOW)


def page_of(pair) -> str:
    return reverse("doubles:pair", args=["riverside", pair.pk])


# ── Finding ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_wrote_in_twice_is_found_with_the_reasons(town, again, pair):
    assert {pair.one, pair.other} == {town.nia, again.asking.asked_by}
    assert Sign.SAME_PHONE in pair.signs
    assert all(name not in str(pair.signs) for name in ("Nia", "718"))


def test_two_of_one_family_are_not_likely_one(town):
    cast.ask(town.riverside, name="Omar Neighbour")
    actions.look(town.riverside, by=town.dee, now=NOW)
    assert not any(found.is_likely for found in Pair.objects.all())
    again = cast.ask(town.riverside, name="Nia Neighbour")  # she herself is
    actions.look(town.riverside, by=town.dee, now=NOW)
    (likely,) = [found for found in Pair.objects.all() if found.is_likely]
    assert {likely.one, likely.other} == {town.nia, again.asking.asked_by}


def test_what_is_only_possible_stands_behind_a_tab_of_its_own(town, as_, again, pair):
    Pair.objects.update(bits=0.5)
    client = as_(town.dee)
    assert "Nia Neighbor" not in client.get(PAIRS).content.decode()
    assert "Nia Neighbor" in client.get(f"{PAIRS}?tab=perhaps").content.decode()
    # Whoever works through those goes on with those, and not with what was left for later.
    third = cast.ask(town.riverside, name="Nia Naybor")
    actions.put_together(town.nia, third.asking.asked_by, network=town.riverside, by=town.dee, now=NOW)
    answer = client.post(page_of(pair), {"do": "different", "seen": pair.standing})
    assert answer.url == PAIRS


def test_nobody_of_another_network_is_ever_compared(town, again):
    cast.ask(town.hillside, name="Nia Neighbour")
    assert actions.look(town.riverside, by=town.dee, now=NOW) == 1
    assert {pair.network for pair in Pair.objects.all()} == {town.riverside}
    here_only = {each.key for each in queries.everybody(town.riverside)}
    assert not here_only & {town.ola.membership.person_id, town.elsewhere.asking.asked_by_id, town.otto.pk}
    assert {town.nia.pk, town.dee.pk, town.hana.membership.person_id} <= here_only


def test_it_is_looked_for_every_night_in_every_network_awake(town, again):
    cast.ask(town.hillside, "A ride", name="Nora Otherwize", reach="718 555 0199")
    networks.fall_asleep(town.hillside, note="Call us", now=NOW)
    assert tasks.look_everywhere.func() == 1
    assert Pair.objects.get().network == town.riverside


def test_looking_again_asks_nobody_twice(town, pair):
    actions.answer(pair, state=PairState.DIFFERENT, seen=pair.standing, by=town.dee, now=NOW)
    assert actions.look(town.riverside, by=None, now=NOW) == 0
    assert Pair.objects.get().state == PairState.DIFFERENT


def test_what_nothing_speaks_for_any_more_goes(town, again, pair):
    people.rename(again.asking.asked_by, name="Zoltan Quist", language="en", by=town.dee, now=NOW)
    people.change_contact(again.asking.asked_by, reach="718 555 0188", region="US", by=town.dee, now=NOW)
    assert actions.look(town.riverside, by=None, now=NOW + timedelta(days=1)) == 0
    assert not Pair.objects.exists()


def test_looking_asks_the_same_number_of_questions_however_many_there_are(town, django_assert_num_queries):
    cast.ask(town.riverside, "A ride", name="Nia Neighbor")
    actions.look(town.riverside, by=None, now=NOW)
    few = _questions(town)
    for number, name in enumerate(("Zoltan Quist", "Zoltan Qvist", "Wamaitha Njeri", "Wamaitha Njeri", "Xiu Lan")):
        cast.ask(town.riverside, name=name, reach=f"718 555 02{number // 2:02d}")
    assert actions.look(town.riverside, by=None, now=NOW) >= 3
    assert _questions(town) == few


def _questions(town) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as asked:
        actions.look(town.riverside, by=None, now=NOW)
    return len(asked)


# ── On the pages ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_desk_sees_both_side_by_side_and_no_phone(town, as_, pair):
    page = as_(town.dee).get(PAIRS).content.decode()
    assert "Nia Neighbour" in page
    assert "Nia Neighbor" in page
    assert SENTENCES[Sign.SAME_PHONE] in page
    assert "555-0123" not in page
    assert "412 Elm" not in page
    assert not Reveal.objects.filter(why=Why.TWICE).exists()


def test_phones_show_when_asked_for_and_both_can_read_it(town, as_, again, pair):
    client = as_(town.dee)
    assert "555-0123" not in client.get(page_of(pair)).content.decode()
    assert "555-0123" in client.post(page_of(pair), {"do": "show"}).content.decode()
    seen = Reveal.objects.filter(why=Why.TWICE, seen_by=town.dee)
    assert {each.whose for each in seen} == {town.nia, again.asking.asked_by}
    link = reverse("exchange:asking", args=[exchange_queries.asking_token(again.asking)])
    assert "Dee" in client.get(f"{link}seen/").content.decode()


def test_one_press_says_they_are_one_and_leads_on(town, as_, again, pair):
    third = cast.ask(town.riverside, name="Nia Neighbour-Jones")
    actions.look(town.riverside, by=None, now=NOW)
    client = as_(town.dee)
    answer = client.post(page_of(pair), {"do": "one", "seen": pair.standing})
    assert answer.status_code == 302
    assert "/desk/twice/" in answer.url
    assert again.asking.asked_by.pk in same_as(town.nia.pk, here())
    assert third.asking.asked_by.pk not in same_as(town.nia.pk, here())


def test_two_who_answer_at_once_do_not_overrule_each_other(town, as_, pair):
    seen = pair.standing
    as_(town.sol).post(page_of(pair), {"do": "different", "seen": seen})
    answer = as_(town.dee).post(page_of(pair), {"do": "one", "seen": seen})
    assert answer.status_code == 409
    assert "answered this meanwhile" in answer.content.decode()
    assert not Joined.objects.exists()


def test_a_pair_that_went_with_another_answer_is_not_an_error(town, as_, again, pair):
    """Three records: whoever joins two pairs settles the third, which somebody else has open."""
    third = cast.ask(town.riverside, name="Nia Naybor")
    how = {"network": town.riverside, "by": town.dee, "now": NOW}
    other = actions.put_together(town.nia, third.asking.asked_by, **how)
    open_elsewhere = actions.put_together(again.asking.asked_by, third.asking.asked_by, **how)
    join(pair, town)
    settles = actions.join(other, seen=other.standing, by=town.dee, now=NOW)
    assert settles.state == PairState.JOINED
    assert not Pair.objects.filter(pk=open_elsewhere.pk).exists()
    with pytest.raises(Refused, match="answered this meanwhile"):
        actions.join(open_elsewhere, seen=open_elsewhere.standing, by=town.sol, now=NOW)
    assert as_(town.sol).post(page_of(open_elsewhere), {"do": "one", "seen": "open"}).status_code == 404


def test_a_pair_that_goes_while_one_presses_leads_back_to_the_list(town, as_, pair, monkeypatch):
    """Found when the page began, gone when the answer was to be written."""
    inner = actions.join

    def gone_meanwhile(found, **how):
        Pair.objects.all().delete()
        return inner(found, **how)

    monkeypatch.setattr(actions, "join", gone_meanwhile)
    answer = as_(town.dee).post(page_of(pair), {"do": "one", "seen": pair.standing}, follow=True)
    assert answer.redirect_chain[-1][0] == PAIRS
    assert "answered this meanwhile" in answer.content.decode()


def test_later_comes_again_after_two_weeks(town, as_, pair):
    actions.answer(pair, state=PairState.LATER, seen=pair.standing, by=town.dee, now=NOW)
    waiting = {"network": town.riverside, "state": PairState.OPEN}
    pairs = queries.visible_to(town.dee, town.riverside)
    assert not queries.in_state(pairs, now=NOW + timedelta(days=13), **waiting).exists()
    assert queries.in_state(pairs, now=NOW + timedelta(days=14), **waiting).exists()
    assert actions.look(town.riverside, by=None, now=NOW) == 0


def test_on_the_page_of_an_ask_one_press_looks_whether_they_were_here_before(town, as_, again):
    client = as_(town.dee)
    assert "Were they here before?" in client.get(f"/riverside/desk/asks/{again.code}/").content.decode()
    answer = client.post(reverse("doubles:of", args=["riverside", again.code]))
    assert answer.url == page_of(Pair.objects.get())


def test_where_nobody_is_alike_it_says_so_and_leads_back(town, as_):
    answer = as_(town.dee).post(reverse("doubles:of", args=["riverside", town.groceries.code]), follow=True)
    assert "Nobody here seems to be the same person" in answer.content.decode()
    assert town.groceries.code in answer.redirect_chain[-1][0]


def test_two_codes_put_two_side_by_side_whom_nothing_likens(town, as_):
    quite = cast.ask(town.riverside, name="Zoltan Quist", reach="718 555 0177")
    client = as_(town.dee)
    answer = client.post(PAIRS, {"do": "together", "one": town.groceries.code, "other": quite.code})
    assert answer.url == page_of(Pair.objects.get())
    wrong = client.post(PAIRS, {"do": "together", "one": town.groceries.code, "other": town.elsewhere.code})
    assert wrong.status_code == 400
    assert town.groceries.code in wrong.content.decode()  # what was typed is not lost
    same = client.post(PAIRS, {"do": "together", "one": town.groceries.code, "other": town.groceries.code})
    assert same.status_code == 400


def test_many_are_looked_through_by_a_worker(town, as_, again, monkeypatch):
    monkeypatch.setattr("manyhands.doubles.views.AT_ONCE", 1)
    answer = as_(town.dee).post(PAIRS, {"do": "look"}, follow=True)
    assert "takes some minutes" in answer.content.decode()
    assert not Pair.objects.exists()
    assert tasks.look_through.func(str(town.riverside.pk)) == 1


# ── One person ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_desk_sees_together_what_one_person_asked_for(town, as_, again, pair):
    client = as_(town.dee)
    assert again.code not in client.get(f"/riverside/desk/asks/{town.groceries.code}/").content.decode()
    join(pair, town)
    assert again.code in client.get(f"/riverside/desk/asks/{town.groceries.code}/").content.decode()
    assert town.groceries.code in client.get(f"/riverside/desk/asks/{again.code}/").content.decode()


def test_a_private_link_opens_nothing_more(town, as_, again, pair):
    token = exchange_queries.asking_token(town.asking)
    before = as_(None).get(reverse("exchange:asking", args=[token])).content.decode()
    join(pair, town)
    page = as_(None).get(reverse("exchange:asking", args=[token])).content.decode()
    assert again.code not in page
    assert ("Nia Neighbor" in page) == ("Nia Neighbor" in before)
    assert as_(None).get(reverse("exchange:asking", args=[token]) + f"{again.code}/change/").status_code == 404


def test_nothing_is_moved_and_nothing_is_sealed_anew(town, again, pair):
    rows = [town.groceries, again, town.asking, again.asking, town.nia, again.asking.asked_by, again.place]
    before = [cast.as_it_is(row) for row in rows]
    join(pair, town)
    assert [cast.as_it_is(row) for row in rows] == before
    actions.take_out(again.asking.asked_by, network=town.riverside, by=town.dee, now=NOW)
    assert [cast.as_it_is(row) for row in rows] == before
    assert not Joined.objects.exists()
    pair.refresh_from_db()
    assert pair.state == PairState.DIFFERENT


def test_a_helper_who_was_there_is_known_to_both(town, again, pair):
    people.change_contact(again.asking.asked_by, reach="nia@example.org", region="US", by=town.dee, now=NOW)
    claim = exchange.claim_ask(town.groceries, helper=town.hana, by=town.dee, now=NOW)
    exchange.mark_outcome(claim, outcome="handed_over", by=town.dee, now=NOW)
    again.refresh_from_db()

    def known():
        ask = Ask.objects.select_related("network", "place", "asking__asked_by").get(pk=again.pk)
        return planning._who_was_there_before(ask)

    assert known() == set()
    join(pair, town)
    assert known() == {str(town.hana.pk)}


def test_who_is_kept_apart_from_one_is_kept_apart_from_both_and_lets_go(town, again, pair):
    hugo = town.hugo.membership.person
    networks.keep_apart(town.riverside, hugo, town.nia, apart=True, now=NOW)
    claim = exchange.claim_ask(again, helper=town.hugo, by=None, now=NOW)
    join(pair, town)
    assert {town.nia.pk, again.asking.asked_by.pk} <= kept_apart_from(hugo.pk, here())
    assert Claim.objects.get(pk=claim.pk).state == "handed_back"
    with pytest.raises(Refused):
        exchange.claim_ask(Ask.objects.get(pk=again.pk), helper=town.hugo, by=hugo, now=NOW)


def test_two_who_are_kept_apart_are_never_said_to_be_one(town, again, pair):
    networks.keep_apart(town.riverside, town.nia, again.asking.asked_by, apart=True, now=NOW)
    with pytest.raises(Refused, match="said that they are two"):
        join(pair, town)
    Pair.objects.all().delete()
    assert actions.look(here(), by=None, now=NOW) == 0
    with pytest.raises(Refused, match="said that they are two"):
        actions.put_together(town.nia, again.asking.asked_by, network=here(), by=town.dee, now=NOW)


def test_people_of_trust_overrule_whoever_held_two_for_one(town, again, pair):
    """Somebody of the desk holds a neighbour and whom she is afraid of for one person; then she reports him."""
    other = again.asking.asked_by
    join(pair, town)
    networks.keep_apart(here(), other, town.nia, apart=True, now=NOW)
    assert same_as(town.nia.pk, here()) == {town.nia.pk}
    assert other.pk in kept_apart_from(town.nia.pk, here())
    pair.refresh_from_db()
    assert pair.state == PairState.DIFFERENT
    networks.keep_apart(here(), other, town.nia, apart=False, now=NOW)
    assert not kept_apart_from(town.nia.pk, here())


def test_keeping_apart_is_lifted_wherever_it_was_said(town, again, pair):
    hugo = town.hugo.membership.person
    networks.keep_apart(here(), hugo, town.nia, apart=True, now=NOW)
    join(pair, town)
    networks.keep_apart(here(), hugo, again.asking.asked_by, apart=False, now=NOW)
    assert not kept_apart_from(hugo.pk, here())


def test_taking_apart_takes_no_protection_off(town, again, pair):
    hugo = town.hugo.membership.person
    privacy.take_care(town.nia, network=town.riverside, by=town.nia, now=NOW)
    networks.keep_apart(here(), hugo, town.nia, apart=True, now=NOW)
    join(pair, town)
    both = {town.nia.pk, again.asking.asked_by.pk}
    actions.take_out(again.asking.asked_by, network=here(), by=town.dee, now=NOW)
    assert both <= seeing.in_danger(here())
    assert both <= kept_apart_from(hugo.pk, here())


def test_extra_care_lasts_as_long_as_anything_of_the_person_is_open(town, again, pair):
    privacy.take_care(town.nia, network=town.riverside, by=town.nia, now=NOW)
    join(pair, town)
    exchange.withdraw_ask(Ask.objects.get(pk=town.groceries.pk), by=None, now=NOW)
    clocks.sweep(now=NOW + timedelta(days=400))
    assert again.asking.asked_by.pk in seeing.in_danger(here())


def test_of_whom_is_in_danger_no_reason_tells_an_address(town, as_, again, pair):
    hana = town.hana.membership.person
    privacy.take_care(hana, network=town.riverside, by=hana, now=NOW)
    guess = cast.ask(town.riverside, name="Hana Helper", reach="718 555 0100")
    hidden = {each.key: each for each in queries.everybody(here())}[hana.pk]
    assert (hidden.phones, hidden.emails, hidden.street, hidden.place) == (frozenset(), frozenset(), "", "")
    actions.look_for(guess.asking.asked_by, network=here(), by=town.dee, now=NOW)
    # Also what was found before it was known that they are in danger.
    privacy.take_care(town.nia, network=town.riverside, by=town.nia, now=NOW)
    page = as_(town.dee).get(page_of(pair)).content.decode()
    assert "not told here" in page
    assert SENTENCES[Sign.SAME_PHONE] not in page
    assert page.count("Elm Park") == 1  # of the one who is not in danger, as far as anybody knows


def test_a_dispatcher_sees_no_pair_of_whom_they_are_kept_apart_from(town, as_, pair):
    networks.keep_apart(town.riverside, town.dee, town.nia, apart=True, now=NOW)
    assert as_(town.dee).get(page_of(pair)).status_code == 404
    looked = as_(town.dee).post(PAIRS, {"do": "look"}, follow=True).content.decode()
    assert "Nia" not in looked
    assert "nobody seems to be written down twice" in looked
    assert as_(town.sol).get(page_of(pair)).status_code == 200


def test_extra_care_for_one_holds_for_both(town, as_, again, pair):
    privacy.take_care(town.nia, network=town.riverside, by=town.nia, now=NOW)
    join(pair, town)
    assert again.asking.asked_by.pk in seeing.in_danger(here())
    page = as_(town.dee).get(f"/riverside/desk/asks/{again.code}/").content.decode()
    assert "Extra care" in page
    # Side by side, and when phones are shown, of those in danger nothing shows.
    shown = as_(town.dee).post(page_of(pair), {"do": "show"}).content.decode()
    assert "555-0123" not in shown
    assert "Nia" not in shown


def test_two_of_the_desk_end_the_care_of_both(town, again, pair):
    privacy.take_care(town.nia, network=town.riverside, by=town.nia, now=NOW)
    join(pair, town)
    unlock = privacy.ask_to_open(
        what="less_care", network=town.riverside, reason="She said so", by=town.dee, now=NOW, about=again.code,
        whom=again.asking.asked_by,
    )  # fmt: skip
    privacy.answer(unlock, yes=True, by=town.sol, now=NOW)
    assert not Care.objects.exists()


def test_nobody_says_it_of_themself(town, as_):
    mine = cast.ask(town.riverside, name="Dee Dispatcher", reach="dee@example.org")
    pair = actions.put_together(town.dee, mine.asking.asked_by, network=town.riverside, by=town.sol, now=NOW)
    with pytest.raises(Refused, match="Somebody else of the desk"):
        join(pair, town)
    join(pair, town, by=town.sol)
    with pytest.raises(Refused, match="Somebody else of the desk"):
        actions.take_out(mine.asking.asked_by, network=here(), by=town.dee, now=NOW)
    assert same_as(town.dee.pk, here()) == {town.dee.pk, mine.asking.asked_by.pk}


def test_three_are_joined_and_each_is_taken_out_alone(town, again, pair):
    third = cast.ask(town.riverside, name="N. Neighbour")
    join(pair, town)
    other = actions.put_together(
        again.asking.asked_by, third.asking.asked_by, network=town.riverside, by=town.dee, now=NOW
    )
    join(other, town)
    all_three = {town.nia.pk, again.asking.asked_by.pk, third.asking.asked_by.pk}
    for key in all_three:
        assert same_as(key, here()) == all_three
    # Also whoever stands for all of them.
    stands = Joined.objects.values_list("into", flat=True).distinct().get()
    actions.take_out(Person.objects.get(pk=stands), network=town.riverside, by=town.dee, now=NOW)
    assert same_as(stands, here()) == {stands}
    left = next(iter(all_three - {stands}))
    assert same_as(left, here()) == all_three - {stands}


# ── Two members ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def imported(town):
    """Hana again, from a list: without an account."""
    someone = people.note_person(name="Hanna Helper", reach="718 555 0144", region="US", by=None, now=NOW)
    return cast.helper(town.riverside, someone)


@pytest.fixture
def twins(town, imported) -> Pair:
    return actions.put_together(
        town.hana.membership.person, imported.membership.person, network=town.riverside, by=town.dee, now=NOW
    )


def test_of_two_helpers_the_one_with_an_account_helps_and_the_other_leaves_the_list(town, as_, imported, twins):
    with pytest.raises(Refused, match="Only a steward"):
        join(twins, town)
    join(twins, town, by=town.sol)
    assert town.hana in exchange_queries.helpers_of(town.riverside)
    assert imported not in exchange_queries.helpers_of(town.riverside)
    page = as_(town.sol).get("/riverside/desk/members/").content.decode()
    assert "Hana Helper" in page
    assert "Hanna Helper" not in page
    actions.take_out(imported.membership.person, network=town.riverside, by=town.sol, now=NOW)
    assert Membership.objects.get(pk=imported.membership.pk).standing == Standing.ACTIVE


def test_where_the_one_who_helps_is_taken_out_the_other_helps_again(town, imported, twins):
    join(twins, town, by=town.sol)
    actions.take_out(town.hana.membership.person, network=town.riverside, by=town.sol, now=NOW)
    assert Membership.objects.get(pk=imported.membership.pk).standing == Standing.ACTIVE
    assert Membership.objects.get(pk=town.hana.membership.pk).standing == Standing.ACTIVE
    assert not Joined.objects.exists()


def test_who_would_step_back_hands_back_first(town, imported, twins):
    exchange.claim_ask(town.groceries, helper=imported, by=None, now=NOW)
    with pytest.raises(Refused, match="Hand that back first"):
        join(twins, town, by=town.sol)
    assert Claim.objects.get().state == "held"
    assert not Joined.objects.exists()


def test_only_a_steward_takes_two_members_apart_and_not_while_one_is_set_aside(town, imported, twins):
    join(twins, town, by=town.sol)
    person = imported.membership.person
    with pytest.raises(Refused, match="Only a steward"):
        actions.take_out(person, network=here(), by=town.dee, now=NOW)
    networks.hold(Membership.objects.get(pk=town.hana.membership.pk), is_held=True, now=NOW)
    with pytest.raises(Refused, match="person of trust"):
        actions.take_out(person, network=here(), by=town.sol, now=NOW)


def test_who_comes_back_after_the_other_was_removed_is_welcomed_first(town, imported, twins):
    join(twins, town, by=town.sol)
    networks.move(Membership.objects.get(pk=town.hana.membership.pk), standing=Standing.LEFT, by=town.sol, now=NOW)
    actions.take_out(imported.membership.person, network=here(), by=town.sol, now=NOW)
    assert Membership.objects.get(pk=imported.membership.pk).standing == Standing.WAITING


def test_what_a_resting_helper_said_is_there_when_they_are_taken_out(town, imported, twins):
    imported = exchange.change_helper(
        imported.membership, by=None, now=NOW, skills=["driver"], start_text="Mill Road", lat=40.7, lon=-73.95
    )
    join(twins, town, by=town.sol)
    for days in (31, 91, 400):
        clocks.sweep(now=NOW + timedelta(days=days))
    actions.take_out(imported.membership.person, network=here(), by=town.sol, now=NOW + timedelta(days=401))
    helper = exchange_queries.helpers_of(here()).get(pk=imported.pk)
    assert (helper.skills, helper.start.text) == (["driver"], "Mill Road")
    assert helper.membership.person.name == "Hanna Helper"


def test_a_third_who_was_said_to_be_somebody_else_does_not_slip_in(town, again, pair):
    third = cast.ask(town.riverside, "A ride", name="Nia Naybor")
    how = {"network": town.riverside, "by": town.dee, "now": NOW}
    two = actions.put_together(again.asking.asked_by, third.asking.asked_by, **how)
    actions.answer(two, state=PairState.DIFFERENT, seen=two.standing, by=town.dee, now=NOW)
    join(pair, town)
    last = actions.put_together(town.nia, third.asking.asked_by, **how)
    with pytest.raises(Refused, match="said that they are two"):
        join(last, town)


def test_whom_the_neighbour_is_held_to_be_reads_no_report_about_them(town):
    """A person of trust who asked for something without an account is whom the report is about."""
    safety.choose(town.riverside, people=[town.dee, town.sol], outside="", by=town.sol, now=NOW)
    mine = cast.ask(town.riverside, name="Dee Dispatcher", reach="dee@example.org")
    asked = actions.put_together(town.dee, mine.asking.asked_by, network=town.riverside, by=town.sol, now=NOW)
    join(asked, town, by=town.sol)
    made = safety.report(
        here(), words="x", about=mine.asking.asked_by, about_words="", not_these=[], written_by=None, to_host=False,
        now=NOW,
    )  # fmt: skip
    assert [reader.person for reader in made.readers.all()] == [town.sol]


def test_two_accounts_are_for_the_people_themselves_to_settle(town):
    twins = actions.put_together(
        town.hana.membership.person, town.hugo.membership.person, network=town.riverside, by=town.sol, now=NOW
    )
    with pytest.raises(Refused, match="an account of their own"):
        join(twins, town, by=town.sol)


def test_what_another_network_says_counts_nothing_here(town, imported, twins):
    join(twins, town, by=town.sol)
    assert same_as(town.hana.membership.person_id, town.hillside) == {town.hana.membership.person_id}


# ── Forgetting ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_has_theirs_forgotten_is_forgotten_twice(town, as_, again, pair):
    join(pair, town)
    Joined.objects.update(since=NOW - timedelta(days=8))
    keys = {town.nia.pk, again.asking.asked_by.pk}
    link = reverse("exchange:forget_asker", args=[exchange_queries.asking_token(town.asking)])
    assert as_(None).post(link).status_code == 302
    assert {person.name for person in Person.objects.filter(pk__in=keys)} == {""}
    assert set(Erasure.objects.exclude(after="").values_list("holder", flat=True)) == keys
    assert keys <= ring.forgotten().keys()
    assert not Joined.objects.exists()
    assert not Pair.objects.exists()


def test_nobody_is_joined_and_forgotten_in_one_go(town, again, pair):
    join(pair, town)
    asker = again.asking.asked_by
    forgetting.erase_person(asker, by=asker, now=NOW + timedelta(days=6))
    assert Person.objects.get(pk=town.nia.pk).name == "Nia Neighbour"
    assert Person.objects.get(pk=asker.pk).name == ""


def test_who_stays_keeps_the_care_of_who_is_forgotten(town):
    mine = cast.ask(town.riverside, name="Hana Helper", reach="hana@example.org")
    hana, asker = town.hana.membership.person, mine.asking.asked_by
    privacy.take_care(asker, network=town.riverside, by=asker, now=NOW)
    join(actions.put_together(hana, asker, network=town.riverside, by=town.dee, now=NOW), town)
    forgetting.erase_person(asker, by=asker, now=NOW + timedelta(days=30))
    assert hana.pk in seeing.in_danger(here())


def test_forgetting_a_neighbour_takes_no_account_along(town):
    mine = cast.ask(town.riverside, name="Hana Helper", reach="hana@example.org")
    hana = town.hana.membership.person
    pair = actions.put_together(hana, mine.asking.asked_by, network=town.riverside, by=town.dee, now=NOW)
    join(pair, town)
    asker = mine.asking.asked_by
    forgetting.erase_person(asker, by=asker, now=NOW + timedelta(days=30))
    assert Person.objects.get(pk=hana.pk).name == "Hana Helper"
    assert same_as(hana.pk, here()) == {hana.pk}


def test_an_account_that_is_forgotten_takes_along_what_was_asked_without_it(town):
    mine = cast.ask(town.riverside, name="Hana Helper", reach="hana@example.org")
    hana = town.hana.membership.person
    pair = actions.put_together(hana, mine.asking.asked_by, network=town.riverside, by=town.dee, now=NOW)
    join(pair, town)
    forgetting.erase_person(hana, by=hana, now=NOW + timedelta(days=30))
    assert Person.objects.get(pk=mine.asking.asked_by_id).name == ""


def test_the_clock_forgets_pairs_and_who_was_held_to_be_whom(town, again, pair):
    join(pair, town)
    for ask in (town.groceries, again):
        exchange.withdraw_ask(Ask.objects.get(pk=ask.pk), by=None, now=NOW)
    for days in (380, 381):
        clocks.sweep(now=NOW + timedelta(days=days))
    assert not Pair.objects.exists()
    assert not Joined.objects.exists()


def test_the_journal_says_who_said_so(town, as_, again, pair):
    join(pair, town)
    # Who was here first stands for both; the other one was held to be them.
    first, later = (
        (town.groceries, again) if town.nia.joined_at < again.asking.asked_by.joined_at else (again, town.groceries)
    )
    told = "Held to be somebody who was written down before"
    assert told in as_(town.sol).get(f"/riverside/desk/asks/{later.code}/").content.decode()
    assert told not in as_(town.sol).get(f"/riverside/desk/asks/{first.code}/").content.decode()
